"""Places by their administrative code: the country, the province, its two cities and their districts.

Invariant: every code has six digits, one label in each language and, but for the country, one parent that
is in the same table (``classes/places.csv``). The country is 100000; zones with a statistical code only are
marked, so that they are never added to the districts whose land they share.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label


@dataclass(frozen=True, slots=True)
class Place:
    """One administrative place.

    Parameters
    ----------
    code : str
        Six digits.
    label : Label
        Official Chinese name, English name.
    parent : str
        Code of the place it belongs to; empty for the country.
    kind : str
        ``country``, ``province``, ``city``, ``district``, ``county_city`` or ``zone`` (a development zone: a
        code of the statistics, no administrative division).
    """

    code: str
    label: Label
    parent: str
    kind: str


def place(code: str) -> Place:
    """Place with a code.

    Parameters
    ----------
    code : str
        Six digits: ``370600`` for 烟台市.

    Returns
    -------
    Place
        The place.

    Raises
    ------
    LookupFailure
        If the table has no such code.
    """
    found = _places().get(code)
    if found is None:
        raise LookupFailure(
            Label(f"没有代码为“{code}”的地方", f"there is no place with the code '{code}'"),
            where="place",
            expected=Label("六位行政区划代码，如 370600", "an administrative code of six digits such as 370600"),
            remedy=Label("改正代码，或在 places.csv 中加一行", "correct the code, or add a row to places.csv"),
        )
    return found


def is_place(code: str) -> bool:
    """Whether the table has a code.

    Parameters
    ----------
    code : str
        Six digits.

    Returns
    -------
    bool
        True where it has.
    """
    return code in _places()


def children(code: str, *, zones: bool = False) -> tuple[Place, ...]:
    """Places one level below.

    Parameters
    ----------
    code : str
        Six digits.
    zones : bool
        Whether to list development zones as well; they overlap the districts.

    Returns
    -------
    tuple of Place
        In order of their codes; empty for a district.

    Raises
    ------
    LookupFailure
        If the table has no such code.
    """
    parent = place(code).code
    return tuple(p for p in _places().values() if p.parent == parent and (zones or p.kind != "zone"))


def ancestors(code: str) -> tuple[Place, ...]:
    """Places a place belongs to, nearest first.

    Parameters
    ----------
    code : str
        Six digits.

    Returns
    -------
    tuple of Place
        Parent, its parent … up to the country.

    Raises
    ------
    LookupFailure
        If the table has no such code.
    """
    found: list[Place] = []
    current = place(code)
    while current.parent:
        current = place(current.parent)
        found.append(current)
    return tuple(found)


@cache
def _places() -> Mapping[str, Place]:
    text = (files("dafeng") / "data" / "classes" / "places.csv").read_text("utf-8")
    rows = sorted(csv.DictReader(text.splitlines()), key=lambda row: row["code"])
    return {row["code"]: Place(row["code"], Label(row["zh"], row["en"]), row["parent"], row["kind"]) for row in rows}
