"""What a person reads is there in Chinese and English: labels of data, pages, scripts, commands and messages.

Invariant: each rule is shown to see a breach.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from dafeng.cli.main import app
from tests.conftest import ROOT

SOURCE = ROOT / "src/dafeng"
TABLES = sorted(path for path in SOURCE.rglob("*.yaml"))
PAGES = sorted((SOURCE / "web/templates").glob("*.html"))
SCRIPTS = sorted((SOURCE / "web/static/js").glob("*.js"))
MODULES = sorted(SOURCE.rglob("*.py"))
CHINESE, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{2,}")
NAMES = {"JSON", "CSV", "API", "OpenAPI", "UTC", "Esc", "sha", "plan", "yaml", "GeoJSON", "SVG", "PNG"}
"""Names of things that are the same in both languages."""
SPOKEN = re.compile(r"""(?:textContent|innerHTML|innerText|title|placeholder|ariaLabel)\s*=\s*["'`][^"'`<$]*[A-Za-z]{2,}""")


def halves(found: Any, at: str = "") -> Iterator[str]:
    """Places in a table where a label has one language, or one of two is blank."""
    if isinstance(found, Mapping):
        told = {"zh", "en"} & {str(key) for key in found}
        if (
            told
            and all(isinstance(found[one], str) for one in told)
            and not all(str(found.get(one) or "").strip() for one in ("zh", "en"))
        ):
            yield at
        for key, value in found.items():
            yield from halves(value, f"{at}.{key}")
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from halves(value, f"{at}[{number}]")


def bare_words(page: str) -> set[str]:
    """Words that a template says by itself, in one language whatever the reader's."""
    for pattern in (r"\{#.*?#\}", r"\{%.*?%\}", r"\{\{.*?\}\}", r"<(code|pre)\b.*?</\1>", r"<[^>]*>"):
        page = re.sub(pattern, " ", page, flags=re.DOTALL)
    return {*LATIN.findall(page), *CHINESE.findall(page)} - NAMES


def blank_labels(source: str) -> list[int]:
    """Lines where a label is made of one text, or of a blank one."""
    calls = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Label"
    ]
    return [node.lineno for node in calls if _is_half(node)]


def _is_half(node: ast.Call) -> bool:
    given = [*node.args, *(one.value for one in node.keywords if one.arg)]
    spread = any(isinstance(one, ast.Starred) for one in node.args) or any(one.arg is None for one in node.keywords)
    return not spread and (
        len(given) != 2 or any(isinstance(one, ast.Constant) and not str(one.value).strip() for one in given)
    )


def commands(group: Any, name: str = "dafeng") -> Iterator[tuple[str, Any]]:
    """All commands of the command line, with their full names."""
    yield name, group
    for inner, one in getattr(group, "commands", {}).items():
        yield from commands(one, f"{name} {inner}")


def helps() -> Iterator[tuple[str, str]]:
    """Every text that ``--help`` shows: of commands, options and arguments."""
    for name, command in commands(typer.main.get_command(app)):
        yield name, command.help or ""
        for one in command.params:
            if not getattr(one, "hidden", False) and "--help" not in one.opts:
                yield f"{name} {one.opts[0]}", getattr(one, "help", "") or ""


def test_the_rules_find_what_they_are_for() -> None:
    assert list(halves({"a": {"zh": "甲"}, "b": [{"zh": "乙", "en": " "}], "c": {"zh": "丙", "en": "c"}})) == [".a", ".b[0]"]
    assert bare_words('<p title="x">{{ t("a.b") }} Hello <code>make</code> 你</p>') == {"Hello", "你"}
    assert blank_labels('Label("甲", "a")\nLabel("乙", "")\nLabel("丙")\nLabel(**row)') == [2, 3]
    assert SPOKEN.search('note.textContent = "Nothing found";') is not None


@pytest.mark.parametrize("path", TABLES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_label_of_a_table_lacks_a_language(path: Path) -> None:
    assert list(halves(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_template_says_nothing_by_itself(path: Path) -> None:
    assert bare_words(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_nothing_by_itself(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert (CHINESE.findall(text), SPOKEN.findall(text)) == ([], [])


def test_every_message_has_both_languages() -> None:
    found = {str(path.relative_to(SOURCE)): blank_labels(path.read_text(encoding="utf-8")) for path in MODULES}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_the_command_line_explains_itself_in_both_languages() -> None:
    found = list(helps())
    assert len(found) > 100
    assert [name for name, text in found if not (CHINESE.search(text) and LATIN.search(text))] == []
