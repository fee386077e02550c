"""The futures of a city: its sector model under every scenario, on the same ranks, in the official views.

Invariant: draw number n of one scenario and draw number n of another differ in the scenario alone; what the drivers leave
unknown has no path but a finding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dafeng.core.companion import begin
from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.city import Tables, lay_scenario, read_scenario_names
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Drivers, Row
from dafeng.pathways.model.run import Labelled, run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.tables import Goal, Scenario
from dafeng.pathways.model.tape import compile_graph
from dafeng.pathways.model.views import View, read_views
from dafeng.pathways.peak import Peak, find_peak
from dafeng.pathways.residual import FEWEST, Residual, observe, read_residual

DRAWS = 10_000
"""Draws of the scenario that answers."""
BESIDE = 1_000
"""Draws of the others: the first ones of the same ranks."""
SEED = 20260101
"""Seed of all ranks."""
PARTS = (0.1, 0.5, 0.9)
"""Parts of the draws below the ends and the middle of a band."""
EMISSIONS = "co2"
"""View whose peak is sought."""


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
class Drawn:
    """One official view of one scenario.

    Parameters
    ----------
    view : View
        What it is and in which unit.
    values : (draws, years) array
        Its paths. [unit of the view]
    band : (3, years) array
        Tenth, fiftieth and ninetieth percentile of the draws, year by year. [unit of the view]
    """

    view: View
    values: Array
    band: Array


@dataclass(frozen=True, slots=True)
class Part:
    """What a group of sectors, power or heat emits.

    Parameters
    ----------
    id : str
        The group.
    label : Label
        Name for readers.
    values : (years,) array
        Mean over the draws, so that parts add up to the mean of the whole. [Mt CO2]
    """

    id: str
    label: Label
    values: Array


@dataclass(frozen=True, slots=True)
class Future:
    """A city under one scenario.

    Parameters
    ----------
    scenario : Scenario
        Name and what it assumes.
    years : (years,) array of int
        Calendar years; the first is the base year.
    views : mapping of str to Drawn
        Official views by quantity of the model.
    parts : tuple of Part
        Emissions by group.
    peak : Peak
        Peak of the underlying path.
    drivers : Drivers
        What went in, row by row.
    ranks : mapping of str to array
        Ranks of each uncertain quantity: what draw number n drew. [0..1]
    observed : Peak or None
        Peak that a published series with the scatter of the record would show; ``None`` without a record.
    """

    scenario: Scenario
    years: NDArray[np.int_]
    views: Mapping[str, Drawn]
    parts: tuple[Part, ...]
    peak: Peak
    drivers: Drivers
    ranks: Mapping[str, Array] = field(repr=False)
    observed: Peak | None = None

    @property
    def co2(self) -> Array:
        """Emissions within the city, draws by years. [Mt CO2]"""
        return self.views[EMISSIONS].values

    def at(self, view: str, year: int) -> Array:
        """Draws of one view in one year.

        Parameters
        ----------
        view : str
            Quantity of the model.
        year : int
            Calendar year.

        Returns
        -------
        (draws,) array
            Values. [unit of the view]
        """
        return self.views[view].values[:, year - int(self.years[0])]


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
    recorded : tuple of (year, value)
        The recorded series of emissions. [Mt CO2]
    """

    model: Model
    tables: Tables
    goals: Mapping[tuple[str, int], Goal]
    recorded: tuple[tuple[int, float], ...] = ()


def make_futures(outset: Outset, *, main: str, above: Mapping[str, Sequence[Row]] | None = None, draws: int = DRAWS) -> Futures:
    """Run the sector model under every scenario.

    Parameters
    ----------
    outset : Outset
        Model, tables, targets and record.
    main : str
        The scenario that answers: it has all draws, the others the first ones of the same ranks.
    above : mapping of str to sequence of Row, optional
        Rows above all others by scenario: what the hourly model has found.
    draws : int
        Draws of that scenario, at least 1; the others have at most `BESIDE`.

    Returns
    -------
    Futures
        Without paths where the city gives nothing to start from.
    """
    rows = above or {}
    laid = {
        one.id: lay_scenario(outset.model, outset.tables, one.id, goals=outset.goals, above=rows.get(one.id, ()))
        for one in read_scenario_names()
    }
    findings = tuple({found.says: found for drivers in laid.values() for found in drivers.findings}.values())
    residual = read_residual(outset.recorded) if len(outset.recorded) >= FEWEST else None
    if not is_started(laid[main]):
        return Futures(outset.model, outset.tables, outset.goals, rows, {}, residual, 0.0, findings)
    views = tuple(view for view in read_views(outset.model) if _computable(outset.model, laid[main], view.id))
    if EMISSIONS not in {view.id for view in views}:
        return Futures(outset.model, outset.tables, outset.goals, rows, {}, residual, 0.0, findings)
    common = outset.model, views, residual, _bands(laid.values()), draws
    beside = begin(_run_scenarios, *common, {one: drivers for one, drivers in laid.items() if one != main}, min(draws, BESIDE))
    made = _run_scenarios(*common, {main: laid[main]}, draws) | beside()
    # rows are told apart by their identity, which another process does not keep
    paths = {one.id: replace(made[one.id][0], drivers=laid[one.id]) for one in read_scenario_names()}
    *_, added = (made[one][1] for one in paths)
    return Futures(outset.model, outset.tables, outset.goals, rows, paths, residual, added, findings)


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


def _run_scenarios(
    model: Model,
    views: tuple[View, ...],
    residual: Residual | None,
    bands: Mapping[str, Band],
    draws: int,
    laid: Mapping[str, Drivers],
    taken: int,
) -> dict[str, tuple[Future, float]]:
    """Some scenarios on the first ranks of all draws, each with what the record adds to its level."""
    desk = _Desk(model, views, residual, bands, draws)
    names = (one for one in read_scenario_names() if one.id in laid)
    return {one.id: (desk.run(one, laid[one.id], taken), desk.added) for one in names}


class _Desk:
    """Where scenarios are run: one set of ranks and one table of views for all of them."""

    def __init__(
        self, model: Model, views: tuple[View, ...], residual: Residual | None, bands: Mapping[str, Band], draws: int
    ) -> None:
        self.model, self.views, self.residual = model, views, residual
        self.ranks = make_ranks(model.graph.space, bands, draws=draws, seed=SEED)
        self.added = 0.0

    def run(self, scenario: Scenario, drivers: Drivers, draws: int) -> Future:
        outputs = (*(view.id for view in self.views), *SUPPLIES, "co2_sector")
        tape = compile_graph(self.model.graph, outputs, drawn=drivers.drawn)
        ranks = {name: self.ranks[name][..., :draws] for name in drivers.drawn if name in tape.given}
        made = run_tape(tape, drivers.values, ranks=ranks)
        years = self.model.graph.space.years
        level = self.level(drivers, made, draws)
        views = {view.id: _drawn(view, made[view.id], draws, level) for view in self.views}
        co2 = views[EMISSIONS].values
        observed = None
        if self.residual is not None:
            observed = find_peak(years, observe(co2, self.residual, _normal("residual", draws, len(years))))
        parts = self.parts(made, level)
        return Future(scenario, years, views, parts, find_peak(years, co2), drivers, ranks, observed)

    def level(self, drivers: Drivers, made: Mapping[str, Labelled], draws: int) -> Array:
        """Factor on all emissions: what a record scatters beyond the spread of the base year, where the model closes on it."""
        if self.residual is None or not float(np.ravel(_middle(drivers.values["anchored"]))[0]) > 0:
            return np.ones(draws)
        first = made[EMISSIONS].along("year", "draw")[0]
        own = float(np.std(np.log(first)))
        self.added = float(np.sqrt(max(0.0, self.residual.level**2 - own**2)))
        return np.exp(self.added * _normal("level", draws, 1)[:, 0])

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


def _drawn(view: View, made: Labelled, draws: int, level: Array) -> Drawn:
    values = np.broadcast_to(made.along("year", "draw"), (made.values.shape[made.space.position("year")], draws))
    shown = np.ascontiguousarray(values * view.factor * (level if "CO2" in view.unit else 1.0))
    return Drawn(view, shown.T, np.quantile(shown, PARTS, axis=1))


def _normal(name: str, draws: int, years: int) -> Array:
    """Standard normal numbers that belong to a name and a draw: those of a longer run begin with them."""
    word = int.from_bytes(hashlib.sha256(f"{SEED}/{name}".encode()).digest()[:8], "big")
    return np.random.Generator(np.random.PCG64(word)).standard_normal((draws, years))
