"""Sliders and switches: what a reader may change in a scenario, as data with bounds.

Invariant: a slider that stands where the scenario has it changes nothing; a switch carries its figures with source and grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from dafeng.core.labels import Label
from dafeng.core.sources import Source
from dafeng.core.units import ratio
from dafeng.library.overlay import layers, merged, shipped
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml
from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.moves import Kind, Move, check_moves, value_at
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.tables import GRADES

FILE = "sliders.yaml"
_SLIDER = ("id", "label", "says", "theme", "kind", "quantity", "places", "of_group", "giver", "first", "year", "unit",
           "low", "high", "step", "floor", "ceiling")  # fmt: skip
_SWITCH = ("id", "label", "says", "source", "grade", "moves")
_MOVE = ("quantity", "place", "first", "year", "value", "unit")


@dataclass(frozen=True, slots=True)
class Slider:
    """One figure that a reader may change.

    Parameters
    ----------
    id : str
        Name in addresses and commands.
    label, says : Label
        Name, and what it does.
    theme : str
        Group on the page.
    kind : {"reach", "add", "scale"}
        As `dafeng.pathways.model.moves.Move`.
    quantity : str
        The quantity.
    places : tuple of tuple of str
        Members of each place it moves.
    giver : str
        Member that gives what is gained.
    first, year : int
        Last year without effect and first year of the full one.
    unit : str
        Unit of what the reader types.
    low, high, step : float
        Least, most and grid. [unit]
    floor, ceiling : float
        The quantity stays between them. [unit]
    """

    id: str
    label: Label
    says: Label
    theme: str
    kind: Kind
    quantity: str
    places: tuple[tuple[str, ...], ...]
    giver: str
    first: int
    year: int
    unit: str
    low: float
    high: float
    step: float
    floor: float
    ceiling: float

    def start(self, model: Model, values: Mapping[str, Array | Band]) -> float:
        """Where the slider stands before anybody touches it.

        Parameters
        ----------
        model : Model
            The model.
        values : mapping of str to array or Band
            Given quantities of the scenario.

        Returns
        -------
        float
            The scenario's own value on the slider's grid; 0 for what adds or scales. [unit]
        """
        if self.kind != "reach":
            return 0.0
        found = value_at(model, values, self.quantity, self.places[0], self.year) / self.factor(model)
        return self.snap(found) if np.isfinite(found) else self.low

    def snap(self, value: float) -> float:
        """Nearest value that the slider can take.

        Parameters
        ----------
        value : float
            Any value. [unit]

        Returns
        -------
        float
            On the grid and within the bounds. [unit]
        """
        steps = round((min(max(value, self.low), self.high) - self.low) / self.step)
        return float(f"{self.low + steps * self.step:.10g}")

    def factor(self, model: Model) -> float:
        """Units of the quantity per unit of the slider.

        Parameters
        ----------
        model : Model
            The model.

        Returns
        -------
        float
            1 where they are the same.
        """
        unit = "1" if self.kind == "scale" else model.graph.quantities[self.quantity].unit
        return float(ratio(self.unit, unit))

    def moves(self, model: Model, value: float) -> tuple[Move, ...]:
        """What a position of the slider does.

        Parameters
        ----------
        model : Model
            The model.
        value : float
            Position. [unit]

        Returns
        -------
        tuple of Move
            One for each place.
        """
        factor = self.factor(model)
        bounds = factor if self.kind != "scale" else 1.0
        return tuple(
            Move(self.quantity, tuple(sorted(place)), self.kind, self.first, self.year, value * factor, self.giver,
                 self.floor * bounds, self.ceiling * bounds)
            for place in self.places
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Switch:
    """One event that a reader may let happen.

    Parameters
    ----------
    id : str
        Name in addresses and commands.
    label, says : Label
        Name, and what it assumes.
    source, grade : str
        Where its figures are from.
    moves : tuple of Move
        What happens.
    """

    id: str
    label: Label
    says: Label
    source: str
    grade: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything a reader may change.

    Parameters
    ----------
    sliders : mapping of str to Slider
        By id, in the order shown.
    switches : mapping of str to Switch
        By id.
    """

    sliders: Mapping[str, Slider]
    switches: Mapping[str, Switch]


def read_panel(model: Model, *folders: Path) -> Panel:
    """Sliders and switches of the package and of a city.

    Parameters
    ----------
    model : Model
        The model they act on.
    *folders : Path
        Data folders of a province and a city.

    Returns
    -------
    Panel
        In the order of the files.

    Raises
    ------
    DefinitionError
        If a file breaks its form or names what the model does not know.
    """
    paths = [shipped() / "pathways" / FILE, *(folder / FILE for folder in layers(*folders)[1:])]
    roots = [Record(read_yaml(path), ()) for path in paths if path.exists()]
    for root in roots:
        root.allow(("id", "sliders", "switches"))
    known = read_sources(*folders)
    sliders = merged((at, place, _slider(model, record)) for at, place, record in _listed(roots, "sliders"))
    switches = merged((at, place, _switch(model, record, known)) for at, place, record in _listed(roots, "switches"))
    return Panel(sliders, switches)


def _listed(roots: Iterable[Record], key: str) -> Iterator[tuple[str, str, Record]]:
    for root in roots:
        for record in root.children(key) if root.value(key) is not None else ():
            yield record.text("id"), record.marked.at(*record.path), record


def _slider(model: Model, record: Record) -> Slider:
    record.allow(_SLIDER)
    kind: Any = record.text("kind", among=get_args(Kind))
    low, high, step = (_number(record, key) for key in ("low", "high", "step"))
    if not low < high or step <= 0:
        raise record.error("须有 low < high 和正的 step", "needs low < high and a positive step")
    floor, ceiling = (_number(record, key, otherwise) for key, otherwise in (("floor", -np.inf), ("ceiling", np.inf)))
    made = Slider(
        record.text("id"), record.label("label"), record.label("says"), record.text("theme"), kind, record.text("quantity"),
        _places(model, record), record.text_or_none("giver") or "", _year(record, "first"), _year(record, "year"),
        record.text("unit"), low, high, step, floor, ceiling,
    )  # fmt: skip
    check_moves(model, made.moves(model, low))
    return made


def _places(model: Model, record: Record) -> tuple[tuple[str, ...], ...]:
    group = record.text_or_none("of_group")
    if group is not None:
        return tuple((name,) for name, own in model.groups.items() if own == group)
    return tuple(tuple(place.split()) for place in record.texts("places")) or ((),)


def _switch(model: Model, record: Record, known: Mapping[str, Source]) -> Switch:
    record.allow(_SWITCH)
    source, grade = record.text("source"), record.text("grade", among=GRADES)
    check_source(source, known, record.marked.at(*record.path, "source"))
    moves = tuple(_move(model, one.allow(_MOVE)) for one in record.children("moves"))
    check_moves(model, moves)
    return Switch(record.text("id"), record.label("label"), record.label("says"), source, grade, moves)


def _move(model: Model, record: Record) -> Move:
    quantity = record.text("quantity")
    if quantity not in model.graph.quantities:
        raise record.error("模型中没有这个量", "is no quantity of the model", key="quantity")
    factor = float(ratio(record.text("unit"), model.graph.quantities[quantity].unit))
    place = tuple(sorted(record.text("place").split()))
    return Move(quantity, place, "reach", _year(record, "first"), _year(record, "year"), _number(record, "value") * factor)


def _number(record: Record, key: str, otherwise: float | None = None) -> float:
    found = record.decimal(key)
    if found is None and otherwise is None:
        raise record.error("缺少数值", "needs a number", key=key)
    return float(otherwise if found is None and otherwise is not None else found or 0)


def _year(record: Record, key: str) -> int:
    found = record.year(key)
    if found is None:
        raise record.error("缺少年份", "needs a year", key=key)
    return found
