"""The futures of a city: its sector model under every scenario, on the same ranks, in the official views.

Invariant: draw number n of one scenario and draw number n of another differ in the scenario alone; what the drivers leave
unknown has no path but a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dafeng.core.companion import begin
from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.city import Tables, lay_scenario
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Drivers, Row
from dafeng.pathways.model.run import Labelled, run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.tables import Goal, Scenario
from dafeng.pathways.model.tape import compile_graph
from dafeng.pathways.model.views import View, read_views
from dafeng.pathways.model_error import ModelError, draw_error
from dafeng.pathways.peak import find_peak
from dafeng.pathways.residual import FEWEST, Residual, observe, read_residual
from dafeng.work.error_draws import ENERGY, SEED, TIMES, draw_normal, draw_peak_errors, size_errors
from dafeng.work.future import EMISSIONS, Drawn, Future, Part

DRAWS = 10_000
"""Draws of every scenario."""
PARTS = (0.1, 0.5, 0.9)
"""Parts of the draws below the ends and the middle of a band."""


GROUPS: Mapping[str, Label] = {
    "industry": Label("工业与建筑业", "industry and construction"),
    "energy": Label("能源与水的供应", "energy and water supply"),
    "buildings": Label("建筑", "buildings"),
    "transport": Label("交通", "transport"),
    "agriculture": Label("农业与渔业", "farming and fishery"),
    "waste": Label("废弃物", "waste"),
    "undivided": Label("未分部门", "not divided by sector"),
}
"""Groups of sectors with their names."""
SUPPLIES: Mapping[str, Label] = {"co2_power": Label("发电", "power"), "co2_heat": Label("供热", "heat")}
"""Emissions of power and heat, which no sector holds."""


@dataclass(frozen=True, slots=True)
class Futures:
    """A city under all scenarios.

    Parameters
    ----------
    model : Model
        The sector model.
    tables : Tables
        Drivers and scenarios as the folders hold them, with what follows from indicators above.
    goals : mapping of (str, int) to Goal
        Targets of the plan that scenarios follow.
    above : mapping of str to sequence of Row
        Rows of another model by scenario.
    paths : mapping of str to Future
        By scenario, in the order in which they are shown; empty where nothing can be computed.
    residual : Residual or None
        Scatter of the record; ``None`` where there is none.
    added : float
        Standard deviation that the record adds to the level, relative. [1]
    errors : mapping of str to ModelError
        Error of the model by total.
    findings : tuple of Finding
        What is not given.
    """

    model: Model
    tables: Tables
    goals: Mapping[tuple[str, int], Goal]
    above: Mapping[str, Sequence[Row]]
    paths: Mapping[str, Future]
    residual: Residual | None
    added: float
    errors: Mapping[str, ModelError]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Outset:
    """What every scenario starts from.

    Parameters
    ----------
    model : Model
        The sector model.
    tables : Tables
        Drivers and scenarios.
    goals : mapping of (str, int) to Goal
        Targets of the plan.
    scenarios : tuple of Scenario
        All scenarios in the order in which they are shown; the first one is the trend.
    recorded : tuple of (year, value)
        The recorded series of emissions. [Mt CO2]
    """

    model: Model
    tables: Tables
    goals: Mapping[tuple[str, int], Goal]
    scenarios: tuple[Scenario, ...]
    recorded: tuple[tuple[int, float], ...] = ()


def make_futures(outset: Outset, *, main: str, above: Mapping[str, Sequence[Row]] | None = None, draws: int = DRAWS) -> Futures:
    """Run the sector model under every scenario.

    Parameters
    ----------
    outset : Outset
        Model, tables, targets and record.
    main : str
        The scenario that answers.
    above : mapping of str to sequence of Row, optional
        Rows above all others by scenario: what the hourly model has found.
    draws : int
        Draws of every scenario, at least 1.

    Returns
    -------
    Futures
        Without paths where the city gives nothing to start from.
    """
    rows = above or {}
    laid = {
        one.id: lay_scenario(outset.model, outset.tables, one.id, goals=outset.goals, above=rows.get(one.id, ()))
        for one in outset.scenarios
    }
    findings = tuple({found.says: found for drivers in laid.values() for found in drivers.findings}.values())
    residual = read_residual(outset.recorded) if len(outset.recorded) >= FEWEST else None
    views = tuple(view for view in read_views(outset.model) if _computable(outset.model, laid[main], view.id))
    if not is_started(laid[main]) or EMISSIONS not in {view.id for view in views}:
        return Futures(outset.model, outset.tables, outset.goals, rows, {}, residual, 0.0, {}, findings)
    common = _Common(outset.model, views, residual, _bands(laid.values()), draws)
    asked = [(one, laid[one.id]) for one in outset.scenarios]
    beside = begin(_run_scenarios, common, asked[len(asked) // 2 :])
    made = _run_scenarios(common, asked[: len(asked) // 2]) | beside()
    desk, errors = _Desk(common), size_errors(made[asked[0][0].id].made)
    desk.draw(errors)
    # rows are told apart by their identity, which another process does not keep
    paths = {one.id: desk.tell(made.pop(one.id), drivers) for one, drivers in asked}
    return Futures(outset.model, outset.tables, outset.goals, rows, paths, residual, desk.added, errors, findings)


def is_started(drivers: Drivers) -> bool:
    """Whether anything is known of the base year.

    Parameters
    ----------
    drivers : Drivers
        Drivers of a scenario.

    Returns
    -------
    bool
        Whether a total of a field or a claim of a sector is above zero.
    """
    return any(bool(np.nansum(_middle(drivers.values[name])) > 0) for name in ("field_energy", "claimed"))


def run_middle(outset: Outset, scenario: str, *outputs: str, above: Sequence[Row] = ()) -> dict[str, Labelled]:
    """The model of one scenario with every band at its middle value.

    Parameters
    ----------
    outset : Outset
        Model, tables and targets.
    scenario : str
        The scenario.
    *outputs : str
        Quantities wanted.
    above : sequence of Row
        Rows above all others.

    Returns
    -------
    dict of str to Labelled
        By quantity, without draws; empty where nothing is known of the base year.
    """
    drivers = lay_scenario(outset.model, outset.tables, scenario, goals=outset.goals, above=above)
    if not is_started(drivers):
        return {}
    return run_tape(compile_graph(outset.model.graph, outputs), _middles(drivers))


def _computable(model: Model, drivers: Drivers, quantity: str) -> bool:
    """Whether the drivers give a quantity a finite value: a city without a list of plants has no clean share of them."""
    try:
        made = run_tape(compile_graph(model.graph, (quantity,)), _middles(drivers))
    except DefinitionError:
        return False
    return bool(np.isfinite(made[quantity].values).all())


def _middles(drivers: Drivers) -> dict[str, Array]:
    return {name: _middle(value) for name, value in drivers.values.items()}


def _middle(value: Array | Band) -> Array:
    return value.mid if isinstance(value, Band) else value


def _bands(laid: Iterable[Drivers]) -> dict[str, Band]:
    return {name: value for drivers in laid for name, value in drivers.values.items() if isinstance(value, Band)}


@dataclass(frozen=True, slots=True)
class _Run:
    """A scenario as its drivers give it: what is shown of it, and no more, since it may come from another process."""

    scenario: Scenario
    made: Mapping[str, Labelled]
    drawn: tuple[str, ...]
    level: Array
    added: float
    parts: tuple[Part, ...]


class _Common(NamedTuple):
    """What all scenarios of a city share."""

    model: Model
    views: tuple[View, ...]
    residual: Residual | None
    bands: Mapping[str, Band]
    draws: int


def _run_scenarios(common: _Common, asked: Sequence[tuple[Scenario, Drivers]]) -> dict[str, _Run]:
    """Some scenarios on the ranks of all draws."""
    desk = _Desk(common)
    return {one.id: desk.run(one, drivers) for one, drivers in asked}


class _Desk:
    """Where scenarios are run and told: one set of ranks, one table of views and one sample of errors for all of them."""

    def __init__(self, common: _Common) -> None:
        self.model, self.views, self.residual, self.draws = common.model, common.views, common.residual, common.draws
        self.ranks = make_ranks(common.model.graph.space, common.bands, draws=common.draws, seed=SEED)
        self.added = 0.0

    def run(self, scenario: Scenario, drivers: Drivers) -> _Run:
        outputs = (*dict.fromkeys((*(view.id for view in self.views), *SUPPLIES, EMISSIONS, ENERGY)), "co2_sector")
        tape = compile_graph(self.model.graph, outputs, drawn=drivers.drawn)
        drawn = tuple(name for name in drivers.drawn if name in tape.given)
        made = run_tape(tape, drivers.values, ranks={name: self.ranks[name] for name in drawn})
        level, added = self.level(drivers, made)
        shown = {name: made[name] for name in (*(view.id for view in self.views), ENERGY)}
        return _Run(scenario, shown, drawn, level, added, self.parts(made, level))

    def draw(self, errors: Mapping[str, ModelError]) -> None:
        """Draw the model's own errors and the scatter of the record, once for all scenarios."""
        years = len(self.model.graph.space.years)
        normal = draw_normal("model", self.draws, years)
        self.errors = {total: draw_error(error, normal) for total, error in errors.items()}
        self.peak_errors = draw_peak_errors(errors[EMISSIONS], self.draws, years)
        if self.residual is not None:
            normal = draw_normal("residual", self.draws, years, times=TIMES)
            self.scatter = observe(np.ones_like(normal), self.residual, normal)

    def tell(self, run: _Run, drivers: Drivers) -> Future:
        years, self.added = self.model.graph.space.years, run.added
        views = {view.id: _drawn(view, run.made[view.id], run.level, self.errors) for view in self.views}
        alone = views[EMISSIONS].values / self.errors[EMISSIONS]
        erring = self.peak_errors.apply(alone)
        peak = find_peak(years, erring)
        observed = None if self.residual is None else find_peak(years, erring * self.scatter)
        return Future(
            run.scenario,
            years,
            views,
            run.parts,
            peak,
            find_peak(years, alone),
            self.peak_errors.range_chances(years, alone, peak),
            self.errors,
            drivers,
            {name: self.ranks[name] for name in run.drawn},
            observed,
        )

    def level(self, drivers: Drivers, made: Mapping[str, Labelled]) -> tuple[Array, float]:
        """Factor on all emissions: what a record scatters beyond the spread of the base year, where the model closes on it."""
        if self.residual is None or not float(np.ravel(_middle(drivers.values["anchored"]))[0]) > 0:
            return np.ones(self.draws), 0.0
        first = made[EMISSIONS].along("year", "draw")[0]
        own = float(np.std(np.log(first)))
        added = float(np.sqrt(max(0.0, self.residual.level**2 - own**2)))
        return np.exp(added * draw_normal("level", self.draws, 1)[:, 0]), added

    def parts(self, made: Mapping[str, Labelled], level: Array) -> tuple[Part, ...]:
        sectors = made["co2_sector"].along("sector", "year", "draw")
        names = self.model.graph.space.axis("sector").members
        found = []
        for group, label in GROUPS.items():
            members = [at for at, name in enumerate(names) if self.model.groups[name] == group]
            found.append(Part(group, label, 1e-6 * (sectors[members].sum(axis=0) * level).mean(axis=1)))
        for name, label in SUPPLIES.items():
            found.append(Part(name, label, 1e-6 * (made[name].along("year", "draw") * level).mean(axis=1)))
        return tuple(part for part in found if part.values.any())


def _drawn(view: View, made: Labelled, level: Array, errors: Mapping[str, Array]) -> Drawn:
    values = np.broadcast_to(made.along("year", "draw"), (made.values.shape[made.space.position("year")], len(level)))
    shown = np.ascontiguousarray(values * view.factor * (level if "CO2" in view.unit else 1.0))
    if view.error is not None:
        shown *= errors[view.error].T
    return Drawn(view, shown.T, np.quantile(shown, PARTS, axis=1))
