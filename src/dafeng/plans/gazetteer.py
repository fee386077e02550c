"""The list of organisations: one name for every spelling, with the level as written and the time a spelling holds.

Invariant: a name that the list does not hold stays as it is written; bodies that differ by province are never made one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

LEVEL = r"(?:自治区|自治州|自治县|地区|新区|师市|兵团|国家|[省市县区州盟旗])"
ENDINGS = ("局", "厅", "委", "部")
"""Endings that the same department has at different levels."""
LEVELLED = re.compile(rf"(?P<level>{LEVEL})(?P<stem>.+)")
PLACED = re.compile(r"省|自治区|市|自治州|州|盟|地区|县|新区|区|旗|兵团")
MANY = re.compile("[各、，（局委厅院及]|有关|相关")
"""What is not the name of one place."""
PLATE = re.compile(r"(?<=[局委厅办部会院心司所队])（[^（）]{1,20}）$")
REMEMBERED = 8192
"""Names whose answer is remembered."""
LONGEST = 40
"""Most characters of a name that are looked up. [characters]"""
BRANCHES = (
    (
        re.compile(r"(?:中国)?(?:人民银行|人行)(?P<place>[^省市州盟区县]{2,6})市?(?:中心支行|中支)"),
        "人民银行{place}市分行",
        date(2023, 8, 17),
    ),
    (
        re.compile(r"(?:中国)?(?:人民银行|人行)(?P<place>.{1,8}?[州盟区])(?:中心支行|中支)"),
        "人民银行{place}分行",
        date(2023, 8, 17),
    ),
    (re.compile(r"(?:中国人民银行|人行)(?P<place>.{2,9}?)分行"), "人民银行{place}分行", None),
    (
        re.compile(r"(?:中国)?(?P<place>[^中国省市]{2,6})市?(?:银保监|银监)分局"),
        "国家金融监管总局{place}监管分局",
        date(2023, 7, 19),
    ),
    (re.compile(r"(?P<place>[^中国省市]{2,6})(?:银保监|银监)局"), "国家金融监管总局{place}监管局", date(2023, 7, 19)),
    (re.compile(r"(?P<place>[^地中国省市区县]{2,6})金融监管(?P<end>分?局)"), "国家金融监管总局{place}监管{end}", None),
    (
        re.compile(r"(?:国家)?金融(?:监管|监督管理)总局(?P<place>.{2,6}?)监管(?P<end>分?局)"),
        "国家金融监管总局{place}监管{end}",
        None,
    ),
)
"""Branches of national bodies: spelling, name, last day of an earlier name (new branches opened in July and August 2023)."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the list knows of a spelling.

    Parameters
    ----------
    name : str
        The one name, with the level as written.
    holds : bool
        Whether the spelling was in use at the date.
    level : str
        Level or place as written before the name of the department, as 市 or 临溪市; empty where there is none.
    """

    name: str
    holds: bool = True
    level: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    kind: str
    since: date | None
    until: date | None


@lru_cache(REMEMBERED)
def recognise(written: str, *, place: str = "", on: int | date | None = None) -> Recognised | None:
    """Look a spelling up.

    Parameters
    ----------
    written : str
        Name as written, with or without level and place.
    place : str
        Administrative code, for rows that hold in one province or city only.
    on : int or date, optional
        Year or day for which the spelling is asked; without it every row holds.

    Returns
    -------
    Recognised or None
        ``None`` where the list does not hold it.
    """
    bare = PLATE.sub("", written)
    if len(bare) > LONGEST:
        return None
    for before, stem in _cuts(bare):
        row = _row(stem, place)
        if row is not None:
            return _said(before, stem, row, on)
    return _branch(bare, on)


def complete(stem: str, level: str) -> str | None:
    """Department of which only the subject is written (财政 in “市发展改革、财政等部门”).

    Parameters
    ----------
    stem : str
        Name without its ending.
    level : str
        Level of the list it stands in.

    Returns
    -------
    str or None
        Name with level, ``None`` where the list knows none or more than one of it.
    """
    endings = ("厅",) if level in {"省", "自治区"} and ("", stem + "厅") in _table() else ("局", "委", "办")
    rows = [_table().get(("", stem + ending)) for ending in endings]
    known = {row.name for row in rows if row is not None and row.kind != "merged"}
    return level + known.pop() if len(known) == 1 else None


def list_local(place: str) -> frozenset[str]:
    """Names that the list has for one city only.

    Parameters
    ----------
    place : str
        Administrative code of the city or of one of its districts.

    Returns
    -------
    frozenset of str
        Names without level.
    """
    return frozenset(row.name for (code, _), row in _table().items() if code and code in (place, place[:4] + "00"))


def is_subject(text: str) -> bool:
    """Whether a text is the subject of a known department, without the ending.

    Parameters
    ----------
    text : str
        As 财政, 住房城乡建设.

    Returns
    -------
    bool
        Whether 局, 委, 办 or 厅 behind it gives a known name.
    """
    return any(("", text + ending) in _table() for ending in ("局", "委", "办", "厅"))


def _cuts(written: str) -> Iterator[tuple[str, str]]:
    """A name as it stands, without its level, without the place before it."""
    yield "", written
    levelled = LEVELLED.match(written)
    if levelled:
        yield levelled["level"], levelled["stem"]
    for found in PLACED.finditer(written, 2, 14):
        if MANY.search(written, 0, found.end()):
            return
        yield written[: found.end()], written[found.end() :]


def _row(stem: str, place: str) -> _Row | None:
    found = _exact(stem, place) or (_exact(stem.removesuffix("员会"), place) if stem.endswith("委员会") else None)
    if found or not stem.endswith(ENDINGS):
        return found
    for ending in ENDINGS:
        row = _exact(stem[:-1] + ending, place)
        if row is not None and row.kind in {"name", "spelling"} and row.name[-1] == ending:
            return _Row(row.name[:-1] + stem[-1], row.kind, row.since, row.until)
    return None


def _exact(stem: str, place: str) -> _Row | None:
    known = _table()
    codes = (place, place[:4] + "00", place[:2] + "0000", "") if place else ("",)
    return next((known[code, stem] for code in codes if (code, stem) in known), None)


def _said(before: str, stem: str, row: _Row, on: int | date | None) -> Recognised:
    holds = _holds(row, on)
    if row.kind == "merged" and on is not None and holds:
        return Recognised(before + stem, level=before)
    return Recognised(before + row.name, holds, before)


def _holds(row: _Row, on: int | date | None) -> bool:
    if on is None:
        return True
    first, last = (date(on, 1, 1), date(on, 12, 31)) if isinstance(on, int) else (on, on)
    return (row.until is None or first <= row.until) and (row.since is None or last >= row.since)


def _branch(written: str, on: int | date | None) -> Recognised | None:
    for pattern, name, until in BRANCHES:
        found = pattern.fullmatch(written)
        if found:
            return Recognised(name.format(**found.groupdict()), _holds(_Row(name, "renamed", None, until), on))
    if written.endswith("管理委员会"):
        return Recognised(written.removesuffix("管理委员会") + "管委会")
    return None


@cache
def _table() -> dict[tuple[str, str], _Row]:
    text = files("dafeng").joinpath("data/plans/organisations.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {
        (row["place"], row["alias"]): _Row(row["name"], row["kind"], _day(row["valid_from"]), _day(row["valid_until"]))
        for row in rows
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
