"""The table of targets as a file: the rows and columns that the page shows, in its order.

Invariant: a number is written with all its stored digits and its unit beside it; no text can become a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from dafeng.web import filters
from dafeng.web.labels import Words

Row = Mapping[str, Any]
Cells = Callable[[Row, Words], list[Any]]
COLUMNS = ("due", "goal", "actual", "projected", "reason", "organisation")
"""Columns that can be left out; verdict and indicator always stand."""


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
        extra = words.say("targets.comparator") if name == "goal" else words.say("targets.of_year")
        return [said, words.say("targets.unit"), extra]
    return [said]


def _number(row: Row, name: str) -> list[Any]:
    number = row.get(name) or {}
    return [number.get("value"), number.get("unit"), number.get("year")]


def _goal(row: Row, words: Words) -> list[Any]:
    return [row["value"]["value"], row["value"]["unit"], words.word("comparator", row.get("comparator"))]


_CELLS: Mapping[str, Cells] = {
    "due": lambda row, _: [row.get("year") or row.get("period")],
    "goal": _goal,
    "actual": lambda row, _: _number(row, "actual"),
    "projected": lambda row, _: _number(row, "projected"),
    "reason": lambda row, words: [words.read(row["reason"])],
    "organisation": lambda row, words: [words.say("app.joint").join(row.get("organisations") or ())],
}


def _plain(cell: Any) -> Any:
    """A text that a spreadsheet would compute is kept a text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
