"""Sums of carbon inclusion by scene, month and bundle, and which of them are withheld.

Invariant: no sum that is told is that of fewer than `SMALLEST_GROUP` persons, nor is anything that follows by adding and
subtracting from all that are told and the totals that are known (of a bundle, of what waits, of everything in the books).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dafeng.ledger.inclusion.bundles import RESERVED, REVERSED
from dafeng.work.inclusion_reading import SMALLEST_GROUP, InclusionView
from dafeng.work.withholding import Part, choose_hidden

_JULIAN = "1721424.5"
"""What makes a Julian day of an ordinal, for the dates of SQLite. [d]"""
_MONTH = f"strftime('%Y-%m', day + {_JULIAN})"
_SUMS = "count(*), sum(grams), sum(points), count(DISTINCT person)"
_NAME = f"bundle || char(31) || scene || char(31) || {_MONTH}"
"""Bundle, scene and month in one, to find many of them at once."""


@dataclass(frozen=True, slots=True)
class InclusionSum:
    """A sum over events; without figures where too few persons stand behind it, or behind what would follow from it.

    Parameters
    ----------
    scene : str
        Scene.
    month : str
        Month of the events (``2026-03``), empty where a bundle is summed.
    events, grams, points, accounts : int or None
        Sums, ``None`` where they are not told. [-, g CO2, points, -]
    """

    scene: str
    month: str
    events: int | None
    grams: int | None
    points: int | None
    accounts: int | None


class Cell(NamedTuple):
    """Events of a scene and month that are in one bundle; ``persons`` are those behind them, or five of many."""

    bundle: str
    scene: str
    month: str
    events: int
    persons: frozenset[str]


def sum_months(view: InclusionView, *, scene: str = "") -> list[InclusionSum]:
    """Sums by scene and month; what was taken back is left out.

    Parameters
    ----------
    view : InclusionView
        The programme.
    scene : str, optional
        One scene; by default all. What is withheld is the same.

    Returns
    -------
    list of InclusionSum
        By month, then scene.
    """
    with view.rows.snapshot():
        return _sum_months(view, scene)


def _sum_months(view: InclusionView, scene: str) -> list[InclusionSum]:
    cells = _read_cells(view, "bundle <> ?", REVERSED)
    months = _group(cells, "scene", "month")
    bundles = _group(cells, "bundle")
    scenes = _group(cells, "bundle", "scene")
    public = [name for name in bundles if name[0] and name[0] not in RESERVED]
    totals = [bundles[name].cells for name in public]
    for name in public:
        told = [part for at, part in scenes.items() if at[:1] == name]
        kept = choose_hidden(told, [bundles[name].cells], [one.persons for one in cells])
        totals += [part.cells for number, part in enumerate(told) if number not in kept]
    books = [frozenset(range(len(cells))), *(one.cells for name, one in bundles.items() if name not in public)]
    withheld = choose_hidden(list(months.values()), totals, [one.persons for one in cells], possible=books)
    hidden = {at for number, at in enumerate(months) if number in withheld}
    text = f"SELECT scene, {_MONTH} AS month, {_SUMS} FROM event WHERE bundle <> ? GROUP BY scene, month ORDER BY month, scene"  # noqa: S608
    found = [InclusionSum(*row) for row in view.rows.query(text, REVERSED) if scene in ("", row[0])]
    return [_withhold(one) if (one.scene, one.month) in hidden else one for one in found]


def sum_bundle(view: InclusionView, name: str) -> list[InclusionSum]:
    """What a bundle holds, by scene; its own sum is known, so that what is withheld together is that of a group.

    Parameters
    ----------
    view : InclusionView
        The programme.
    name : str
        Name of the bundle.

    Returns
    -------
    list of InclusionSum
        By scene.
    """
    cells = _read_cells(view, "bundle = ?", name)
    scenes = _group(cells, "scene")
    withheld = choose_hidden(list(scenes.values()), [frozenset(range(len(cells)))], [one.persons for one in cells])
    hidden = {at for number, at in enumerate(scenes) if number in withheld}
    text = f"SELECT scene, '', {_SUMS} FROM event WHERE bundle = ? GROUP BY scene ORDER BY scene"  # noqa: S608 - our own
    found = [InclusionSum(*row) for row in view.rows.query(text, name)]
    return [_withhold(one) if (one.scene,) in hidden else one for one in found]


def _withhold(one: InclusionSum) -> InclusionSum:
    return InclusionSum(one.scene, one.month, None, None, None, None)


def _group(cells: Sequence[Cell], *fields: str) -> dict[tuple[str, ...], Part]:
    """Cells by fields."""
    found: dict[tuple[str, ...], Part] = {}
    for number, cell in enumerate(cells):
        at = tuple(str(getattr(cell, field)) for field in fields)
        was = found.get(at, Part(frozenset(), 0))
        found[at] = Part(was.cells | {number}, was.events + cell.events)
    return found


def _read_cells(view: InclusionView, where: str, value: str) -> list[Cell]:
    """Cells with their persons; of those with many, as many names as make a group."""
    text = f"SELECT bundle, scene, {_MONTH} AS month, count(*), count(DISTINCT person) FROM event WHERE {where}"  # noqa: S608
    found = view.rows.query(text + " GROUP BY bundle, scene, month ORDER BY bundle, scene, month", value)
    few = ["\x1f".join(map(str, row[:3])) for row in found if row[4] < SMALLEST_GROUP]
    people: dict[str, set[str]] = {}
    if few:
        asked = f"SELECT DISTINCT {_NAME} AS name, person FROM event WHERE {where} AND name IN (SELECT value FROM json_each(?))"  # noqa: S608
        for name, person in view.rows.query(asked, value, few):
            people.setdefault(name, set()).add(person)
    many = frozenset(f"another {number}" for number in range(SMALLEST_GROUP))
    made = []
    for bundle, scene, month, events, persons in found:
        own = frozenset(people.get(f"{bundle}\x1f{scene}\x1f{month}", {""}))
        made.append(Cell(bundle, scene, month, events, own if persons < SMALLEST_GROUP else many))
    return made
