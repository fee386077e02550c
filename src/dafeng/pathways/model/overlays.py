"""Scenarios as overlays: several at once, in any order, or refused where they contradict each other.

Invariant: what overlays make together does not depend on the order in which they are named; where two of them give one place
different values, the one that is stated to lie over the other holds, and without such a statement the composition is refused
and names both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import ratio
from dafeng.pathways.model.city import read_city_tables, read_scenario_names
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Drivers, Row, lay_over, read_drivers
from dafeng.pathways.model.moves import Move, apply_moves
from dafeng.pathways.model.tables import Goal, Scenario, ScenarioRow, scenario_rows

Key = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Overlay:
    """What lies over the drivers under one name.

    Parameters
    ----------
    name : str
        A scenario, or ``set`` for what a reader typed.
    rows : tuple of Row
        Dated values that replace those below them.
    moves : tuple of Move
        Changes of what then stands there.
    findings : tuple of Finding
        Targets that it waits for and the plan does not name.
    over : tuple of str
        Overlays that give way to it where both give a place values.
    """

    name: str
    rows: tuple[Row, ...] = ()
    moves: tuple[Move, ...] = ()
    findings: tuple[Finding, ...] = ()
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layers:
    """All tables of a city, read once.

    Parameters
    ----------
    scenarios : tuple of Scenario
        Those of the package, then the city's own.
    base : tuple of Row
        Drivers of the package and of the city.
    tables : tuple of tuple of ScenarioRow
        Rows of scenarios, table by table.
    goals : mapping of (str, int) to Goal
        Targets of the plan by indicator and year.
    """

    scenarios: tuple[Scenario, ...]
    base: tuple[Row, ...]
    tables: tuple[tuple[ScenarioRow, ...], ...]
    goals: Mapping[tuple[str, int], Goal]

    def overlay(self, scenario: str) -> Overlay:
        """Rows of one scenario.

        Parameters
        ----------
        scenario : str
            Its id.

        Returns
        -------
        Overlay
            Its rows, a city's over those of the package.

        Raises
        ------
        SettingError
            If there is no such scenario.
        """
        known = {one.id: one for one in self.scenarios}
        if scenario not in known:
            raise _unknown(scenario, tuple(known))
        made = [scenario_rows(table, scenario, self.goals) for table in self.tables]
        findings = tuple(one for _, found in made for one in found)
        return Overlay(scenario, lay_over(*(rows for rows, _ in made)), (), findings, known[scenario].over)


def read_layers(*folders: Path, goals: Mapping[tuple[str, int], Goal] | None = None) -> Layers:
    """Tables of drivers and scenarios of a city.

    Parameters
    ----------
    *folders : Path
        Data folders of a province and a city, the lowest first.
    goals : mapping of (str, int) to Goal, optional
        Targets of the plan, for rows that wait for them.

    Returns
    -------
    Layers
        Everything that a composition needs.

    Raises
    ------
    DefinitionError
        If a table breaks its form.
    """
    tables = read_city_tables(*folders)
    return Layers(read_scenario_names(*folders), lay_over(*tables.drivers), tables.overlays, goals or {})


def compose(model: Model, base: Sequence[Row], overlays: Iterable[Overlay], *, top: Sequence[Row] = ()) -> Drivers:
    """Drivers under several overlays at once.

    Parameters
    ----------
    model : Model
        The model.
    base : sequence of Row
        Drivers without any.
    overlays : iterable of Overlay
        In any order.
    top : sequence of Row
        Single values that lie above all of them, moves excepted.

    Returns
    -------
    Drivers
        Arrays and bands, with what is missing.

    Raises
    ------
    SettingError
        If two overlays give one place different values.
    DefinitionError
        If a row or move does not fit the model.
    """
    stacked = give_way(sorted(overlays, key=lambda one: one.name))
    refuse_conflicts(model, stacked)
    refuse_conflicts(model, [Overlay(row.at, (row,)) for row in top])
    below = lay_over(base, *(one.rows for one in stacked))
    made = read_drivers(model.graph, model.given, lay_over(below, begun_rows(model, below, top), top))
    moved = apply_moves(model, made.values, (move for one in stacked for move in one.moves))
    findings = (*made.findings, *(finding for one in stacked for finding in one.findings))
    return Drivers({**made.values, **moved}, made.used, findings)


def give_way(overlays: Sequence[Overlay]) -> tuple[Overlay, ...]:
    """Overlays without the rows of places for which another one lies over them.

    Parameters
    ----------
    overlays : sequence of Overlay
        In any order.

    Returns
    -------
    tuple of Overlay
        In the same order; a place then reads as in the upper overlay alone, in all its years.
    """
    named = {one.name: {_key(row) for row in one.rows} for one in overlays}
    made = []
    for below in overlays:
        taken = set().union(*(named[one.name] for one in overlays if below.name in one.over))
        made.append(replace(below, rows=tuple(row for row in below.rows if _key(row) not in taken)) if taken else below)
    return tuple(made)


def _key(row: Row) -> Key:
    return row.quantity, row.members


def begun_rows(model: Model, below: Sequence[Row], top: Sequence[Row]) -> tuple[Row, ...]:
    """What held for all years stays the value of the first year where a single later year is given another.

    Parameters
    ----------
    model : Model
        The model.
    below : sequence of Row
        What the single values lie over.
    top : sequence of Row
        Single values.

    Returns
    -------
    tuple of Row
        To be laid between the two.
    """
    dated = {(row.quantity, row.members) for row in top if row.year is not None}
    first = int(model.graph.space.years[0])
    return tuple(replace(row, year=first) for row in below if row.year is None and (row.quantity, row.members) in dated)


def refuse_conflicts(model: Model, overlays: Sequence[Overlay]) -> None:
    """Refuse overlays that give one place different values.

    Parameters
    ----------
    model : Model
        The model, for its units.
    overlays : sequence of Overlay
        In any order.

    Raises
    ------
    SettingError
        Naming the place, both overlays and both values.
    """
    dated: dict[Key, dict[int | None, tuple[str, Row]]] = {}
    for overlay in overlays:
        for row in overlay.rows:
            places = dated.setdefault((row.quantity, row.members), {})
            for year, (name, other) in places.items():
                if name != overlay.name and _clash(model, row, other, same=year == row.year):
                    raise _conflict(_place(row), (name, _said(other)), (overlay.name, _said(row)))
            places[row.year] = (overlay.name, row)
    reached: dict[tuple[str, tuple[str, ...], int], tuple[str, Move]] = {}
    for overlay in overlays:
        for move in (one for one in overlay.moves if one.kind == "reach"):
            key = (move.quantity, move.members, move.year)
            name, before = reached.setdefault(key, (overlay.name, move))
            if before.amount != move.amount:
                place = "/".join((move.quantity, *move.members, str(move.year)))
                raise _conflict(place, (name, f"{before.amount:g}"), (overlay.name, f"{move.amount:g}"))


def _clash(model: Model, row: Row, other: Row, *, same: bool) -> bool:
    """Whether two rows of one place cannot both hold: other values in one year, or a value for all years beside dated ones."""
    if same:
        return _measured(model, row) != _measured(model, other)
    return row.year is None or other.year is None


def _measured(model: Model, row: Row) -> tuple[float | None, ...]:
    quantity = model.graph.quantities.get(row.quantity)
    factor = float(ratio(row.unit, quantity.unit)) if quantity else 1.0
    corners = (row.mid if row.low is None else row.low, row.mid, row.mid if row.high is None else row.high)
    return tuple(None if corner is None else round(corner * factor, 9) for corner in corners)


def _place(row: Row) -> str:
    return "/".join((row.quantity, *sorted(row.members), *([] if row.year is None else [str(row.year)])))


def _said(row: Row) -> str:
    return f"{'?' if row.mid is None else format(row.mid, 'g')} {row.unit}"


def _conflict(place: str, one: tuple[str, str], other: tuple[str, str]) -> SettingError:
    return SettingError(
        Label(
            f"叠加的情景在“{place}”上取值不同：“{one[0]}”为 {one[1]}，“{other[0]}”为 {other[1]}",
            f"the overlays disagree on '{place}': '{one[0]}' has {one[1]}, '{other[0]}' has {other[1]}",
        ),
        where=place,
        expected=Label("同一处至多一个取值", "at most one value for each place"),
        remedy=Label("去掉其中一个情景，或改成同一取值", "leave one of them out, or give both the same value"),
    )


def _unknown(scenario: str, known: Sequence[str]) -> SettingError:
    return SettingError(
        Label(f"没有情景“{scenario}”", f"there is no scenario '{scenario}'"),
        where=f"scenario {scenario}",
        expected=Label(f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
        remedy=Label("改正名称，或先保存该情景", "correct the name, or save the scenario first"),
    )
