"""One system of design: colours and sizes of type come from the tokens, in style sheets, scripts and templates alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "src/dafeng/web"
TOKENS = ("tokens.css", "dark.css")
PAPER = "print.css"
FILES = sorted(
    path for folder in ("static/css", "static/js", "templates") for path in (WEB / folder).iterdir() if path.name not in TOKENS
)
NAMED = "white|black|red|green|blue|gray|grey|silver|orange|yellow|purple|navy|teal"
COLOUR = re.compile(rf"(?<!&)#[0-9a-fA-F]{{3,8}}\b(?=[\s;,)\"'])|\b(?:rgb|rgba|hsl|hsla|oklch|lab)\(|:\s*(?:{NAMED})\s*[;}}]")
SIZE = re.compile(r"font(?:-size)?:\s*(?:\d+ )?([^;}]*)")
ABSOLUTE = re.compile(r"\b[\d.]+(?:px|rem|pt)\b")
SCALE = ("12", "14", "16", "20", "28", "40")
OWN_SCALE = {"wall.css": "read from across a room", "public.css": "an article, not a desk", "map.css": "units of the drawing"}
"""Sheets whose type has other sizes, and why."""


def stray_sizes(sheet: str) -> list[str]:
    """Sizes of type that are none of the scale, written as a number."""
    found = (one.split("/")[0] for one in SIZE.findall(sheet))
    sizes = [
        (size, 16 * float(size[:-3]) if size.endswith("rem") else float(size[:-2]))
        for one in found
        for size in ABSOLUTE.findall(one)
    ]
    return [size for size, pixels in sizes if f"{pixels:g}" not in SCALE]


def on_screen(text: str) -> str:
    """A style sheet without what it says of paper, which stands at its end."""
    return text.partition("@media print")[0]


def sheets() -> list[Path]:
    return [path for path in FILES if path.suffix == ".css" and path.name != PAPER and path.name not in OWN_SCALE]


def test_the_rules_find_what_they_are_for() -> None:
    assert COLOUR.search("a { color: #fff; }") is not None
    assert COLOUR.search("b { background: white; }") is not None
    assert COLOUR.search("#clash-4 { color: var(--ink); }") is None
    assert stray_sizes("a { font-size: 13px; } b { font: 400 0.8125rem/1.6 sans; } i { font-size: 14px; }") == [
        "13px",
        "0.8125rem",
    ]


@pytest.mark.parametrize("path", [path for path in FILES if path.name != PAPER], ids=lambda path: path.name)
def test_no_colour_stands_outside_the_tokens(path: Path) -> None:
    lines = on_screen(path.read_text(encoding="utf-8")).splitlines()
    assert [f"{number}: {line[:120]}" for number, line in enumerate(lines, 1) if COLOUR.search(line)] == []


def test_paper_has_no_colour_but_greys() -> None:
    found = re.findall(r"#([0-9a-fA-F]+)", (WEB / "static/css" / PAPER).read_text(encoding="utf-8"))
    assert [one for one in found if len(set(one)) != 1] == []


@pytest.mark.parametrize("path", sheets(), ids=lambda path: path.name)
def test_type_has_the_sizes_of_the_scale(path: Path) -> None:
    assert stray_sizes(on_screen(path.read_text(encoding="utf-8"))) == []


def test_the_scale_is_that_of_the_house() -> None:
    text = (WEB / "static/css/tokens.css").read_text(encoding="utf-8")
    assert tuple(re.findall(r"--f-(\d+):", text)) == SCALE
    assert [float(size) * 16 for size in re.findall(r"--f-\d+: ([\d.]+)rem", text)] == [float(size) for size in SCALE]


def test_both_themes_name_the_same_colours() -> None:
    def names(sheet: str) -> set[str]:
        text = (WEB / "static/css" / sheet).read_text(encoding="utf-8")
        return {name for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", text) if "#" in value or "rgb" in value}

    assert names("tokens.css") == names("dark.css")


def test_every_token_that_is_used_exists() -> None:
    text = "\n".join((WEB / "static/css" / sheet).read_text(encoding="utf-8") for sheet in TOKENS)
    made = set(re.findall(r"--([\w-]+):", text))
    used = {
        name
        for path in FILES
        if path.suffix == ".css"
        for name in re.findall(r"var\(--([\w-]+)", path.read_text(encoding="utf-8"))
    }
    own = {
        name for path in FILES if path.suffix == ".css" for name in re.findall(r"--([\w-]+):", path.read_text(encoding="utf-8"))
    }
    assert sorted(used - made - own) == []
