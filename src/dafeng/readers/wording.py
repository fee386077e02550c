"""How tables word what we know: balance rows, energy carriers and columns, each by its spellings.

Invariant: a spelling belongs to one id; wording comes from ``data/classes/*.csv``, so another edition is a cell
in a file and not code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from dafeng.core.labels import Label
from dafeng.library.balances import CARRIER_COLUMNS, FLOW_COLUMNS
from dafeng.library.balances import carriers as carriers
from dafeng.library.balances import flows as flows
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped
from dafeng.library.strict import refusal
from dafeng.readers.numbers import fold

NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]+[.、．:：]|[（(][一二三四五六七八九十\d]+[)）]|\d{1,2}(?:[.、．](?!\d)|\s+))\s*"
)
OF_WHICH = re.compile(r"^(?:#|\*|其中[:：]?|of which[:：]?)\s*")
MARKS = re.compile(r"[\s、,，.．·:：;；()（）\[\]【】+\-#*&/]+")
TRAILING_UNIT = re.compile(r"^(?P<name>.*?\S)\s*[（(\[](?P<unit>[^（()）\[\]]{1,30})[）)\]]\s*$", re.DOTALL)
COLUMN_COLUMNS: Mapping[str, Kind] = {
    "column": "text", "zh": "text", "en": "text", "spellings": "text?", "second": "text?", "note": "text?",
}  # fmt: skip


@lru_cache(maxsize=20_000)
def normal(text: str) -> str:
    """Label without numbering, marks, blanks and width.

    Parameters
    ----------
    text : str
        A label as printed.

    Returns
    -------
    str
        What distinguishes it, in lower case.
    """
    bare = fold(text)
    bare = OF_WHICH.sub("", NUMBERING.sub("", bare))
    bare = OF_WHICH.sub("", NUMBERING.sub("", bare))
    return MARKS.sub("", bare).lower()


def split_unit(text: str) -> tuple[str, str]:
    """Label and the unit in brackets behind it.

    Parameters
    ----------
    text : str
        A label as printed, e.g. ``原煤（万吨）``.

    Returns
    -------
    tuple of str
        Label and unit, the unit empty if there is none.
    """
    found = TRAILING_UNIT.match(fold(text))
    return (found["name"], found["unit"].strip()) if found else (fold(text), "")


@cache
def flow_spellings() -> Mapping[str, tuple[str, ...]]:
    """Ids of balance rows by normal label; one label may stand in two sections.

    Returns
    -------
    mapping of str to tuple of str
        Ids in the order of the table.
    """
    rows = load_csv(shipped() / "classes" / "flows.csv", FLOW_COLUMNS, key=("flow",))
    return _several((row["flow"], _words(row)) for row in rows)


@cache
def carrier_spellings() -> Mapping[str, str]:
    """Id of a balance column by normal label.

    Returns
    -------
    mapping of str to str
        Ids.

    Raises
    ------
    DefinitionError
        If two columns share a spelling.
    """
    rows = load_csv(shipped() / "classes" / "carriers.csv", CARRIER_COLUMNS, key=("carrier",))
    return _single("carriers.csv", _several((row["carrier"], _words(row)) for row in rows))


@cache
def column_spellings() -> Mapping[str, str]:
    """Our name of a column by normal heading.

    Returns
    -------
    mapping of str to str
        ``indicator``, ``period``, ``value`` … by heading.

    Raises
    ------
    DefinitionError
        If two columns share a spelling.
    """
    rows = load_csv(shipped() / "classes" / "columns.csv", COLUMN_COLUMNS, key=("column",))
    return _single("columns.csv", _several((row["column"], (*_words(row), row["column"])) for row in rows))


@cache
def second_spellings() -> Mapping[str, str]:
    """What a heading means where another column holds its first meaning: 单位 beside 计量单位 is an organisation.

    Returns
    -------
    mapping of str to str
        Our name of the column by normal heading.
    """
    rows = load_csv(shipped() / "classes" / "columns.csv", COLUMN_COLUMNS, key=("column",))
    seconds = ((row["column"], tuple((row["second"] or "").split("|"))) for row in rows)
    return _single("columns.csv", _several(seconds))


@cache
def column_labels() -> Mapping[str, Label]:
    """Names of the columns that a table of figures can have.

    Returns
    -------
    mapping of str to Label
        In the order of the file.
    """
    rows = load_csv(shipped() / "classes" / "columns.csv", COLUMN_COLUMNS, key=("column",))
    return {row["column"]: Label(row["zh"], row["en"]) for row in rows}


def _words(row: Mapping[str, str]) -> tuple[str, ...]:
    return (row["zh"], row["en"], *(row["spellings"] or "").split("|"))


def _several(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, words in pairs:
        for word in {normal(word) for word in words if word}:
            found[word] = (*found.get(word, ()), name)
    return found


def _single(file: str, found: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    for word, names in found.items():
        if len(names) > 1:
            said = ", ".join(names)
            raise refusal(file, f"写法“{word}”属于多项：{said}", f"the spelling '{word}' belongs to {said}")
    return {word: names[0] for word, names in found.items()}
