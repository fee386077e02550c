"""Rule: what a data file quotes exists, and what it says it says in both languages.

Sources: ``source`` in YAML and the column ``source`` in CSV name an id of ``sources.yaml`` (the package's, or the city's own).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.house.tree import DATA, ROOT

CITIES = ROOT / "cities"
MADE = {"facts", "runs", "reports", "inbox", "reviews"}


def folders() -> list[Path]:
    """Folders with definitions: the package's data and each city's."""
    return [DATA, *sorted(path.parent for path in CITIES.glob("*/city.yaml"))]


def files(folder: Path, suffix: str) -> list[Path]:
    """Definition files of a folder, without what the programme made there."""
    found = sorted(folder.rglob(f"*{suffix}"))
    return [path for path in found if not MADE & set(path.relative_to(folder).parts[:1])]


def read_yaml(path: Path) -> Any:
    """Content of a YAML file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file; lines before the heading that begin with # are skipped."""
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def nodes(content: Any, at: str) -> Iterator[tuple[str, dict[Any, Any]]]:
    """All mappings of a tree with their place."""
    if isinstance(content, dict):
        yield at, content
    children = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, child in children:
        yield from nodes(child, f"{at}.{key}")


def source_ids(folder: Path) -> set[str]:
    """Ids of every ``sources*.yaml`` in a folder, its overlays too; empty where there is none."""
    return {name for path in files(folder, "sources*.yaml") for name in read_yaml(path).get("sources") or {}}


def quoted(folder: Path) -> Iterator[tuple[str, str]]:
    """Place and id of every source that the files of a folder quote."""
    for path in files(folder, ".yaml"):
        for at, node in nodes(read_yaml(path), str(path.relative_to(folder))):
            yield from ((at, name) for name in _ids(node.get("source")))
    for path in files(folder, ".csv"):
        for number, row in enumerate(read_csv(path), 2):
            yield from (
                (f"{path.relative_to(folder)}:{number}", name.strip())
                for name in (row.get("source") or "").split("|")
                if name.strip()
            )


def _ids(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = value.get("id")
    if isinstance(value, list):
        return [name for element in value for name in _ids(element)]
    return [value] if isinstance(value, str) else []


def unresolved(folder: Path, known: set[str]) -> list[str]:
    """Quoted sources that are nowhere listed, with the first place of each."""
    first: dict[str, str] = {}
    for at, name in quoted(folder):
        if name not in known:
            first.setdefault(name, at)
    return [f"{folder.name}/{at}: source {name!r} is not in sources.yaml" for name, at in first.items()]


def one_sided(folder: Path) -> list[str]:
    """Labels in one language only."""
    found = [
        f"{folder.name}/{at}: has {given} without the other language"
        for path in files(folder, ".yaml")
        for at, node in nodes(read_yaml(path), str(path.relative_to(folder)))
        if (given := _alone(node))
    ]
    return found + [
        f"{folder.name}/{path.relative_to(folder)}:{number}: has {given} without the other language"
        for path in files(folder, ".csv")
        for number, row in enumerate(read_csv(path), 2)
        if (given := _alone(row))
    ]


def _alone(node: dict[Any, Any]) -> str:
    given = [language for language in ("zh", "en") if node.get(language) not in (None, "")]
    return given[0] if len(given) == 1 else ""
