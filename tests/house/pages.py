"""Rule: what a user can meet is documented: verbs, options, settings, pages and methods; and the documents agree.

A thing counts as documented when its name stands in ``docs/`` between backticks or in a code block.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.definitions import read_yaml
from tests.house.tree import DATA, PACKAGE, ROOT

DOCS = ROOT / "docs"
VERBS = (
    "read_plan", "list_tasks", "open_city", "ingest", "audit", "account", "aggregate", "measure", "judge", "project",
    "reconcile", "present", "explain", "assess", "init", "serve", "compare_plans", "review", "balance",
)  # fmt: skip
FRAMES = ("_", "base", "layout")


def offered_verbs() -> list[str]:
    """Verbs that exist so far: all of them once there is a command line, before that those with a job."""
    complete = (PACKAGE / "cli/main.py").is_file()
    return [verb for verb in VERBS if complete or (PACKAGE / f"work/{verb}.py").is_file()]


def options() -> set[str]:
    """Long options of the command line."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(PACKAGE.glob("cli/*.py"))]
    return {option for text in texts for option in re.findall(r"[\"'/](--[a-z][a-z-]+)[\"'/]", text)}


def settings() -> set[str]:
    """Environment variables of the programme and its set-up."""
    places = [*sorted(PACKAGE.rglob("*.py")), *sorted((ROOT / "tools").glob("*.*")), ROOT / "Makefile"]
    return {name for path in places for name in re.findall(r"\bDAFENG_[A-Z_]+\b", path.read_text(encoding="utf-8"))}


def pages() -> set[str]:
    """Pages of the cockpit: its templates without the frames and fragments."""
    stems = {path.stem for path in (PACKAGE / "web/templates").glob("*.html")}
    return {stem for stem in stems if not stem.startswith(FRAMES)}


def methods() -> set[str]:
    """Ids of the methods; a file with ``gases`` defines one for each of them."""
    contents = [read_yaml(path) for path in sorted((DATA / "methods").rglob("*.yaml"))]
    return {c["id"].replace("<gas>", gas["gas"]) for c in contents for gas in c.get("gases") or [{"gas": ""}] if "id" in c}


def documented(folder: Path) -> set[str]:
    """Words that stand in code marks in the Markdown files of a folder, the glossary left out: it explains no use."""
    paths = [path for path in sorted(folder.rglob("*.md")) if path.name != "glossary.md"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    blocks = re.findall(r"```.*?```", text, flags=re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return {word for code in (*blocks, *spans) for word in re.findall(r"-{0,2}[\w.-]*\w", code)}


def without_page(folder: Path, verbs: list[str]) -> list[str]:
    """Verbs without a page of their own that shows how they are called."""
    return [
        f"docs/verbs/{verb}.md is missing or does not name `{verb}`"
        for verb in verbs
        if verb not in documented_in(folder / "verbs" / f"{verb}.md")
    ]


def documented_in(path: Path) -> str:
    """Text of a page, empty where there is none."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def broken_links(folder: Path) -> list[str]:
    """Relative links in a folder's Markdown files that lead nowhere."""
    return [
        f"{path.relative_to(folder)}: link to {target}"
        for path in sorted(folder.rglob("*.md"))
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]


def outline(path: Path) -> list[str]:
    """Levels of the headings and the places of code blocks and pictures, in order."""
    found: list[str] = []
    in_block = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            in_block = not in_block
            found += ["code"] if in_block else []
        elif not in_block:
            found += [mark.group(1) for mark in [re.match(r"(#+ |!\[)", line)] if mark]
    return found
