"""Scenarios of a city at hand: a choice is answered by computing again only what follows from what changed.

Invariant: an answer depends on the choice and on the city's tables alone, never on what was asked before; every figure is the
one that a fresh run of the model gives.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.core.recent import Recent
from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.city import read_city_model
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Drivers
from dafeng.pathways.model.moves import apply_moves
from dafeng.pathways.model.overlays import Layers, compose, read_layers, refuse_conflicts
from dafeng.pathways.model.run import Labelled
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.session import Session, open_session
from dafeng.pathways.model.sliders import Panel, read_panel
from dafeng.pathways.model.tape import Tape, compile_graph
from dafeng.pathways.model.views import View, in_percent, read_views
from dafeng.pathways.model_error import ModelError
from dafeng.work.city import City
from dafeng.work.outset import read_goals
from dafeng.work.scenario_choice import Choice, moves_of, rows_of
from dafeng.work.scenario_pending import finish_save
from dafeng.work.tracing import TraceBook

MOST_SAID = 4
"""Findings that a refusal names."""
KEPT = 12
"""Open models kept at hand; the one that was not asked for longest is closed first."""
MOST_PREPARED = 8
"""Compiled models and orders of draws kept at hand."""
MOST_HELD = 2
"""Quantities that sliders move for which the draws of all others are kept at hand; up to 45 MB each."""
MOST_CHANCES = 256
"""Chances kept at hand."""
PARTS = ("activity", "service", "fuels", "mix", "power_use", "hydrogen_power", "co2_sector", "thermal_total", "power_fuel",
         "heat_use", "heat_fuel", "capacity", "burner_capacity", "clean", "clean_total", "final")  # fmt: skip
"""What decompositions and exchange tables need besides the views."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a choice comes to.

    Parameters
    ----------
    choice : Choice
        The choice.
    years : tuple of int
        Years of all series.
    series : mapping of str to tuple of float
        View → values, nan where one has none. [unit of the view]
    parts : mapping of str to Labelled
        Quantities of the model as computed.
    drivers : Drivers
        Drivers of its scenarios before sliders and events.
    """

    choice: Choice
    years: tuple[int, ...]
    series: Mapping[str, tuple[float, ...]]
    parts: Mapping[str, Labelled]
    drivers: Drivers

    def value(self, view: str, year: int) -> float:
        """A view in a year.

        Parameters
        ----------
        view : str
            Its id.
        year : int
            The year.

        Returns
        -------
        float
            The value. [unit of the view]
        """
        return self.series[view][year - self.years[0]]

    @property
    def peak(self) -> tuple[int, float]:
        """Year and level of the highest CO2 of the middle path. [Mt CO2]"""
        at = int(np.argmax(self.series["co2"]))
        return self.years[at], self.series["co2"][at]


@dataclass(slots=True)
class _Stack:
    """Scenarios laid over one another, with their open model and what is moved in it at present."""

    drivers: Drivers
    session: Session
    moved: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class LiveScenarios:
    """Everything needed to answer choices for one city.

    Parameters
    ----------
    model : Model
        The sector model.
    layers : Layers
        Tables of the city.
    panel : Panel
        What a reader may change.
    views : tuple of View
        Official views.
    tape : Tape
        The compiled model.
    errors : dict
        The model's own error for this city, once it was asked for.
    prepared : Recent
        What all draws of one set of uncertain drivers share.
    held : Recent
        Draws of what stays while a slider is moved.
    chances : Recent
        Chances that were found, which take a draw of the model each.
    """

    model: Model
    layers: Layers
    panel: Panel
    views: tuple[View, ...]
    tape: Tape
    errors: dict[str, ModelError] = field(default_factory=dict, repr=False)
    prepared: Recent[Any] = field(default_factory=lambda: Recent(MOST_PREPARED), repr=False)
    held: Recent[Any] = field(default_factory=lambda: Recent(MOST_HELD), repr=False)
    chances: Recent[Any] = field(default_factory=lambda: Recent(MOST_CHANCES), repr=False)
    _stacks: OrderedDict[str, _Stack] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def answer(self, choice: Choice) -> Answer:
        """Figures of a choice.

        Parameters
        ----------
        choice : Choice
            The choice.

        Returns
        -------
        Answer
            All views and years.

        Raises
        ------
        SettingError
            If a scenario does not exist, overlays contradict each other, a single value cannot be read, or the drivers do not
            suffice for CO2.
        DefinitionError
            If a table breaks its form.
        """
        changing = moves_of(self.model, self.panel, choice)
        refuse_conflicts(self.model, changing)
        with self._lock:
            stack = self._stack(choice)
            moves = [move for overlay in changing for move in overlay.moves]
            moved = apply_moves(self.model, stack.drivers.values, moves)
            for name in sorted(stack.moved | set(moved)):
                if name in stack.session.after:
                    value = middle_of(moved.get(name, stack.drivers.values[name]))
                    if not np.array_equal(stack.session.values[name], np.broadcast_to(value, stack.session.values[name].shape)):
                        stack.session.change(name, value)
            stack.moved = set(moved)
            found = stack.session.read(strict=False)
        return self._told(choice, found, stack.drivers)

    def compose(self, choice: Choice) -> Drivers:
        """Drivers of a choice with their bands.

        Parameters
        ----------
        choice : Choice
            The choice.

        Returns
        -------
        Drivers
            With everything that sliders and events move.
        """
        overlays = [*(self.layers.overlay(name) for name in choice.scenarios), *moves_of(self.model, self.panel, choice)]
        return compose(self.model, self.layers.base, overlays, top=rows_of(self.model, choice))

    def starts(self, choice: Choice) -> dict[str, float]:
        """Where the sliders stand before anybody touches them.

        Parameters
        ----------
        choice : Choice
            Its scenarios and single values count.

        Returns
        -------
        dict of str to float
            By slider. [unit of each]
        """
        values = self.outset(choice).values
        return {name: slider.start(self.model, values) for name, slider in self.panel.sliders.items()}

    def outset(self, choice: Choice) -> Drivers:
        """Drivers of a choice before sliders and events move anything.

        Parameters
        ----------
        choice : Choice
            Its scenarios and single values count.

        Returns
        -------
        Drivers
            With their bands.
        """
        with self._lock:
            return self._stack(choice).drivers

    def name(self, scenario: str) -> Label:
        """Name of a scenario for readers.

        Parameters
        ----------
        scenario : str
            Its id.

        Returns
        -------
        Label
            The id itself where it has no name.
        """
        return next((one.label for one in self.layers.scenarios if one.id == scenario), Label(scenario, scenario))

    def _stack(self, choice: Choice) -> _Stack:
        key = Choice(choice.scenarios, sets=choice.sets).key
        if key in self._stacks:
            self._stacks.move_to_end(key)
            return self._stacks[key]
        drivers = self.compose(Choice(choice.scenarios, sets=choice.sets))
        values = {name: middle_of(value) for name, value in drivers.values.items()}
        made = _Stack(drivers, open_session(self.tape, values))
        self._stacks[key] = made
        if len(self._stacks) > KEPT:
            self._stacks.popitem(last=False)
        return made

    def _told(self, choice: Choice, found: Mapping[str, Labelled], drivers: Drivers) -> Answer:
        series = {view.id: tuple(float(value) for value in found[view.id].along("year") * view.factor) for view in self.views}
        years = tuple(int(year) for year in self.model.graph.space.years)
        if not np.isfinite(series["co2"]).all():
            raise _insufficient(drivers)
        return Answer(choice, years, series, found, drivers)


def open_scenarios(city: City) -> LiveScenarios:
    """Scenarios of a city, ready to be asked.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    LiveScenarios
        Its tables are read once; nothing is computed yet.

    Raises
    ------
    DefinitionError
        If a table breaks its form.
    """
    finish_save(city)
    model = read_city_model()
    views = tuple(in_percent(view) for view in read_views(model))
    layers = read_layers(city.overlay, goals=read_goals(city.read_plan(), city, TraceBook()))
    tape = compile_graph(model.graph, tuple(dict.fromkeys((*(view.id for view in views), *PARTS))))
    return LiveScenarios(model, layers, read_panel(model, city.overlay), views, tape)


def _insufficient(drivers: Drivers) -> SettingError:
    lacking = [one.says for one in drivers.findings][:MOST_SAID]
    zh, en = "；".join(one.zh for one in lacking), "; ".join(one.en for one in lacking)
    return SettingError(
        Label(f"驱动因素不足以算出二氧化碳。{zh}", f"the drivers do not suffice for CO2. {en}"),
        where="data/drivers.csv",
        expected=Label(
            "至少基年能源、用电与产出（docs/sector_model.md）",
            "energy, electricity and output of the base year (docs/sector_model.md)",
        ),
        remedy=Label("在城市的 data/drivers.csv 中补充，附来源", "add them to the city's data/drivers.csv, with their source"),
    )


def middle_of(value: Array | Band) -> Array:
    """Middle values of a given quantity.

    Parameters
    ----------
    value : array or Band
        As drivers have it.

    Returns
    -------
    array
        The middle of a band. [unit of the quantity]
    """
    return value.mid if isinstance(value, Band) else value
