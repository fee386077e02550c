"""Events as they are handed in: by a program, in a file, by a signed message.

Invariant: a row is an event with sound fields, or a finding that names its row and cell; nothing is guessed or filled.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from dafeng.core.errors import FileRefused, LookupFailure, SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.places import ancestors
from dafeng.core.typed import read_units

CHINA = timezone(timedelta(hours=8))
"""Time of events that name no other one; days are counted in it."""
COLUMNS = ("scene", "person", "evidence", "started", "ended", "amount", "place", "operator")
"""Columns of a file of events; ``operator`` may be absent."""
LONGEST = 200
"""Characters of a field."""
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")
"""A day of a month and a time with or without seconds; without an offset it is Beijing time."""
DIGITS = 6
"""Digits after the point of an amount."""


class Event(NamedTuple):
    """Something somebody did: instants in seconds since 1970, ``amount`` in the unit of the scene, ``person`` an identity."""

    at: str
    scene: str
    person: str
    evidence: str
    started: int
    ended: int
    amount: Decimal
    place: str
    operator: str = ""


def make_event(fields: Mapping[str, Any], at: str, *, letters: Mapping[str, str] | None = None) -> Event | Finding:
    """An event from its fields.

    Parameters
    ----------
    fields : mapping
        Field → text, as `COLUMNS`.
    at : str
        Where it stands: ``events.csv!12``.
    letters : mapping of str to str, optional
        Letter of the column of a field, for the cell that a finding names.

    Returns
    -------
    Event or Finding
        The event, or what is wrong with it.
    """
    texts = {name: str(fields.get(name) if fields.get(name) is not None else "").strip() for name in COLUMNS}
    for name, text in texts.items():
        if (not text and name != "operator") or len(text) > LONGEST or not text.isprintable():
            return _unsound(at, name, text, letters)
    instants = {}
    for name in ("started", "ended"):
        instant = _instant(texts[name])
        if instant is None:
            return _unsound(at, name, texts[name], letters)
        instants[name] = instant
    amount = _amount(texts["amount"])
    if amount is None:
        return _unsound(at, "amount", texts["amount"], letters)
    if instants["ended"] < instants["started"]:
        return _unsound(at, "ended", texts["ended"], letters)
    return Event(
        at, texts["scene"], texts["person"], texts["evidence"], instants["started"], instants["ended"], amount,
        texts["place"], texts["operator"],
    )  # fmt: skip


def _instant(text: str) -> int | None:
    """Seconds since 1970 of a time in its one form; ``None`` for any other."""
    if not _TIME.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
        return int((found if found.tzinfo else found.replace(tzinfo=CHINA)).timestamp())
    except (OverflowError, ValueError):
        return None


def _amount(text: str) -> Decimal | None:
    try:
        read_units(text, DIGITS, where="amount", least=1)
    except SettingError:
        return None
    return Decimal(text.strip().replace(",", "").replace("，", ""))


def day_of(instant: int) -> int:
    """Day of an instant in China.

    Parameters
    ----------
    instant : int
        Seconds since 1970 in UTC. [s]

    Returns
    -------
    int
        Ordinal of the day. [d]
    """
    return (instant + 8 * 3600) // 86400 + 719163


@lru_cache(maxsize=4096)
def places_around(code: str) -> frozenset[str]:
    """A place and those it belongs to.

    Parameters
    ----------
    code : str
        Administrative code.

    Returns
    -------
    frozenset of str
        Codes; empty if the place is not known.
    """
    try:
        return frozenset((code, *(one.code for one in ancestors(code))))
    except LookupFailure:
        return frozenset()


def read_events(path: Path) -> Iterator[Event | Finding]:
    """Events of a CSV file, one by one.

    Parameters
    ----------
    path : Path
        UTF-8, comma separated, with the columns of `COLUMNS` in any order.

    Yields
    ------
    Event or Finding
        One per row.

    Raises
    ------
    FileRefused
        If it is no text, or a column is missing.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from read_lines(stream, path.name)


def read_lines(stream: Iterable[str], name: str) -> Iterator[Event | Finding]:
    """Events of a CSV text, one by one; nothing of it is written anywhere.

    Parameters
    ----------
    stream : iterable of str
        Lines, as `read_events`.
    name : str
        What to call it in findings.

    Yields
    ------
    Event or Finding
        One per row.

    Raises
    ------
    FileRefused
        If it is no text, or a column is missing.
    """
    try:
        reader = csv.reader(stream, strict=True)
        heads = [head.strip() for head in next(reader, [])]
        lacking = [head for head in COLUMNS[:-1] if heads.count(head) != 1]
        if lacking:
            raise _refused(name, f"缺少或重复的列：{'、'.join(lacking)}", f"columns lack or repeat: {', '.join(lacking)}")
        letters = {head: _letter(number) for number, head in enumerate(heads)}
        for cells in reader:
            at = f"{name}!{reader.line_num}"
            if len(cells) != len(heads):
                yield _finding(
                    "inclusion.row", at, f"应有 {len(heads)} 列，实有 {len(cells)} 列",
                    f"has {len(cells)} cells instead of {len(heads)}",
                )  # fmt: skip
            elif any(cells):
                yield make_event(dict(zip(heads, cells, strict=True)), at, letters=letters)
    except (UnicodeDecodeError, csv.Error) as cause:
        raise _refused(name, f"不是 UTF-8 的 CSV 文件（{cause}）", f"is no CSV file in UTF-8 ({cause})") from cause


def _letter(number: int) -> str:
    return (_letter(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def _refused(name: str, zh: str, en: str) -> FileRefused:
    return FileRefused(
        Label(zh, en),
        where=name,
        expected=Label(f"列：{'、'.join(COLUMNS)}", f"columns: {', '.join(COLUMNS)}"),
        remedy=Label("改正文件后重新提交", "correct the file and hand it in again"),
    )


def _unsound(at: str, name: str, text: str, letters: Mapping[str, str] | None) -> Finding:
    row = at.rpartition("!")
    cell = f"{row[0]}!{letters[name]}{row[2]}" if letters and name in letters else at
    shown = "" if name in ("person", "evidence") else f" '{text[:40]}'"  # what names a person stays out of findings
    return _finding("inclusion.field", cell, f"字段 {name}{shown} 不可用", f"field {name}{shown} cannot be used")


def _finding(rule: str, at: str, zh: str, en: str) -> Finding:
    return Finding(rule, at, "error", Label(zh, en), Label("改正该行后重新提交", "correct the row and hand it in again"))
