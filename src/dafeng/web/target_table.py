"""The table of targets as a file: the rows and columns that the page shows, in its order.

Invariant: a number stands with all its digits in the unit that the page of that language shows, its unit beside it; no text can
become a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from typing import Any

from dafeng.methods.explanation import plain
from dafeng.web import filters
from dafeng.web.figures import choose_scale
from dafeng.web.labels import Words

Row = Mapping[str, Any]
Cells = Callable[[Row, Words], list[Any]]
COLUMNS = ("due", "goal", "actual", "projected", "reason", "organisation")
"""Columns that can be left out; verdict and indicator always stand."""
DIGITS = 12
"""Significant digits of a computed figure in a file."""
YEARS = ("年", "year", "a")
_NUMBER = re.compile(r"-?[0-9]+([.][0-9]+)?")


def read_hidden(chosen: Mapping[str, str]) -> tuple[str, ...]:
    """Columns that the address leaves out.

    Parameters
    ----------
    chosen : mapping of str to str
        Filters that are set.

    Returns
    -------
    tuple of str
        Of `COLUMNS`; what is no column is passed over.
    """
    named = chosen.get("hide", "").split(",")
    return tuple(name for name in COLUMNS if name in named)


def write_targets(view: Row, chosen: Mapping[str, str], words: Words) -> str:
    """The table as comma-separated text, for a spreadsheet.

    Parameters
    ----------
    view : mapping
        View document.
    chosen : mapping of str to str
        Filters that are set, hidden columns among them.
    words : Words
        Language of the table.

    Returns
    -------
    str
        One line per target, begun by a byte order mark so that spreadsheets know the encoding.
    """
    shown = [name for name in COLUMNS if name not in read_hidden(chosen)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    heads = [words.say("targets.verdict"), words.say("targets.indicator"), words.say("targets.id")]
    writer.writerow([*heads, *(cell for name in shown for cell in _heads(name, words))])
    for row in filters.choose_targets(view, chosen):
        first = [words.word("verdict", row["verdict"]), words.read(row["indicator"]), row["target"]]
        cells = [cell for name in shown for cell in _CELLS[name](row, words)]
        writer.writerow([_plain(cell) for cell in (*first, *cells)])
    return "\ufeff" + text.getvalue()


def _heads(name: str, words: Words) -> list[str]:
    said = words.say(f"targets.{name}")
    if name in ("goal", "actual", "projected"):
        last = words.say("targets.comparator") if name == "goal" else words.say("targets.of_year")
        parts = (words.say("targets.unit"), last)
        return [said, *(words.say("targets.part", values={"name": said, "part": part}) for part in parts)]
    return [said]


def write_number(value: Any, unit: str | None, words: Words) -> tuple[str, str]:
    """A stored figure with its digits, in the unit that the page shows.

    Parameters
    ----------
    value : int, float, Decimal or None
        The figure. [unit]
    unit : str or None
        Unit as stored.
    words : Words
        Language.

    Returns
    -------
    (str, str)
        Digits with a point and without groups, and the unit; a float has twelve significant digits, beyond which it is the
        noise of binary arithmetic. Both empty where there is no figure.
    """
    if value is None:
        return "", ""
    number = Decimal(str(value))
    if isinstance(value, float):
        number = Decimal(f"{value:.{DIGITS}g}")
    shown = choose_scale(number, unit or "", words.language)
    with localcontext(prec=50):
        return plain(number * shown.factor), "" if unit in YEARS else shown.text


def _number(row: Row, name: str, words: Words) -> list[Any]:
    number = row.get(name) or {}
    return [*write_number(number.get("value"), number.get("unit"), words), number.get("year")]


def _goal(row: Row, words: Words) -> list[Any]:
    asked = row["value"]
    return [*write_number(asked["value"], asked["unit"], words), words.word("comparator", row.get("comparator"))]


_CELLS: Mapping[str, Cells] = {
    "due": lambda row, _: [row.get("year") or row.get("period")],
    "goal": _goal,
    "actual": lambda row, words: _number(row, "actual", words),
    "projected": lambda row, words: _number(row, "projected", words),
    "reason": lambda row, words: [words.read(row["reason"])],
    "organisation": lambda row, words: [words.say("app.joint").join(row.get("organisations") or ())],
}


def _plain(cell: Any) -> Any:
    """A text that a spreadsheet would compute is kept a text; a negative number is no text."""
    return (
        f"'{cell}"
        if isinstance(cell, str) and not _NUMBER.fullmatch(cell) and cell[:1] in ("=", "+", "-", "@", "\t", "\r")
        else cell
    )
