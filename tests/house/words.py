"""Rule: a public name is made of words that stand in the glossary, so that one thing has one word everywhere.

A word of the glossary covers its plural; numbers and single letters are no words.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.house.tree import DATA, Module, classes, fields, functions

GLOSSARY = DATA / "glossary.csv"
COLUMNS = ["word", "zh", "en", "kind"]
KINDS = {"concept", "verb", "quality", "unit", "form"}


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of the glossary, or of a sample of it."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def split(name: str) -> list[str]:
    """Words of a name: ``NonFossilShare2030`` gives non, fossil, share."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return [word.lower() for word in re.findall(r"[A-Za-z]+", spaced) if len(word) > 1]


def forms(word: str) -> set[str]:
    """The word itself and what it may be the plural of."""
    found = {word}
    if word.endswith("ies"):
        found.add(word[:-3] + "y")
    if word.endswith("es"):
        found.add(word[:-2])
    if word.endswith("s"):
        found.add(word[:-1])
    return found


def public_names(module: Module) -> Iterator[tuple[str, str]]:
    """Place and name of the module, its public classes, their fields, and its public functions and methods."""
    yield module.path, module.name.split(".")[-1].strip("_")
    for node in classes(module):
        yield f"{module.path}:{node.lineno}", node.name
        yield from ((f"{module.path}:{node.lineno} {node.name}", field) for field in fields(node))
    for function in functions(module):
        if function.is_public:
            yield function.at, function.node.name


def unknown(module: Module, glossary: Iterable[str]) -> list[str]:
    """Public names with a word that is not in the glossary."""
    known = set(glossary)
    return [
        f"{at}: {word!r} in {name!r} is not in glossary.csv; use the word that stands there, or add a line"
        for at, name in public_names(module)
        for word in split(name)
        if not forms(word) & known
    ]


def faults(path: Path) -> list[str]:
    """What is wrong with the glossary itself: columns, kinds, empty cells, a word twice."""
    listed = rows(path)
    words = [row["word"] for row in listed]
    found = [f"{row['word']}: {column} is empty" for row in listed for column in COLUMNS if not (row.get(column) or "").strip()]
    found += [
        f"{row['word']}: kind {row['kind']!r} is none of {sorted(KINDS)}" for row in listed if row.get("kind") not in KINDS
    ]
    found += [f"{row['word']}: has more cells than the heading" for row in listed if None in row]
    found += [f"{word}: stands {words.count(word)} times" for word in sorted(set(words)) if words.count(word) > 1]
    return found + [f"{word}: write it in small letters" for word in words if word != word.lower()]
