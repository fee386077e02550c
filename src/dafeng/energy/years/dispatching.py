"""Operate a network of fixed capacities in many years: cost, proven bound, energy, unserved demand and curtailment of each.

Invariant: every year has a feasible cost and a lower bound of its own; years that the kernel does not fit are solved one
by one, and the result says which.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.energy.network.build import Built, build_network
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.program import Floats
from dafeng.energy.years.chain import Chain, chain_of, refusal
from dafeng.energy.years.forward import PULL, Guide, Sweep, sweep_years
from dafeng.energy.years.series import Series, changes_of, network_of_year, years_of
from dafeng.energy.years.stage import Stage, stage_of

DISPATCH: Mapping[str, str] = {"generator": "p", "link": "p", "storage_unit": "p_dispatch", "cogeneration": "p", "store": "p"}
"""Quantity whose energy is told, by component."""
GUIDES = 2
"""Years solved exactly to guide the others, if none are named."""


@dataclass(frozen=True, slots=True, eq=False)
class YearsResult:
    """Operation of many years.

    Parameters
    ----------
    cost, bound : (years,) array
        Cost of a feasible dispatch, and a proven lower bound of the least cost. [yuan]
    energy : mapping of (component, name) to (years,) array
        Energy of each component; of a link what it takes in. [MWh]
    unserved, curtailed : (years,) array
        Energy of the components named as unserved demand, and of varied generators that was available and not used. [MWh]
    exact : mapping of int to float
        Least cost of the years that were solved exactly. [yuan]
    alone : tuple of int
        Years whose result is the exact one because the kernel does not fit them.
    reason : str
        Why the kernel does not fit any year; empty where it does.
    seconds : mapping of str to float
        CPU seconds of ``guides``, ``kernel`` and ``exact``. [s]
    """

    cost: Floats
    bound: Floats
    energy: Mapping[tuple[str, str], Floats]
    unserved: Floats
    curtailed: Floats
    exact: Mapping[int, float]
    alone: tuple[int, ...]
    reason: str
    seconds: Mapping[str, float]

    @property
    def proven_gap(self) -> Floats:
        """Most that a year's cost can lie above its optimum, (years,). [share]"""
        gap: Floats = (self.cost - self.bound) / np.abs(self.cost)
        return gap

    @property
    def true_gap(self) -> Mapping[int, float]:
        """How far the cost of the years solved exactly lies above their optimum. [share]"""
        return {year: float((self.cost[year] - least) / abs(least)) for year, least in self.exact.items()}


def dispatch_years(
    network: Network,
    series: Series,
    *,
    guides: Sequence[int] | None = None,
    checked: Sequence[int] = (),
    unserved: Sequence[str] = (),
    pull: float = PULL,
    told: Callable[[int], None] | None = None,
) -> YearsResult:
    """Operate a network of fixed capacities in many years.

    Parameters
    ----------
    network : Network
        Fixed capacities, no whole variables.
    series : Series
        Arrays (years, steps) of what differs from year to year.
    guides : sequence of int, optional
        Years that are solved exactly to guide the others; evenly spread if not given.
    checked : sequence of int
        Further years solved exactly to measure the true gap.
    unserved : sequence of str
        Generators that stand for unserved demand.
    pull : float
        What a full store is worth less than an empty one. [yuan/MWh]
    told : callable, optional
        Called with each step; what it raises ends the work.

    Returns
    -------
    YearsResult
        Cost, bound and energy of each year.

    Raises
    ------
    DefinitionError
        If the series do not fit the network.
    SolveError
        If a guide or a year solved alone has no provable optimum.
    """
    count = years_of(network, series)
    chosen = sorted({int(year) for year in (_spread(count) if guides is None else guides)})
    start = time.process_time()
    solved = {year: solve_network(network_of_year(network, series, year)) for year in chosen}
    middle = time.process_time()
    stage, sweep, reason = _kernel(network, series, list(solved.values()), count, pull, told)
    done = time.process_time()
    failed = np.ones(count, dtype=bool) if sweep is None else sweep.failed
    for year in (*np.flatnonzero(failed), *checked):
        if int(year) not in solved:
            solved[int(year)] = solve_network(network_of_year(network, series, int(year)))
    seconds = {"guides": middle - start, "kernel": done - middle, "exact": time.process_time() - done}
    found = _kernel_result(network, stage, sweep, count)
    for year in np.flatnonzero(failed):
        _put(found, int(year), solved[int(year)])
    return YearsResult(
        cost=found.cost,
        bound=found.bound,
        energy=found.energy,
        unserved=_total(found.energy, unserved, count),
        curtailed=_curtailed(network, series, found.energy, count),
        exact={year: outcome.system_cost for year, outcome in sorted(solved.items())},
        alone=tuple(int(year) for year in np.flatnonzero(failed)),
        reason=reason,
        seconds=seconds,
    )


@dataclass(slots=True, eq=False)
class _Found:
    """Results while they are gathered."""

    cost: Floats
    bound: Floats
    energy: dict[tuple[str, str], Floats]


def _spread(count: int) -> tuple[int, ...]:
    size = min(GUIDES, count)
    return tuple(int(year) for year in np.linspace(0, count - 1, size).round())


def _kernel(
    network: Network,
    series: Series,
    guides: list[Outcome],
    count: int,
    pull: float,
    told: Callable[[int], None] | None,
) -> tuple[tuple[Built, Chain, Stage] | None, Sweep | None, str]:
    """The sweep, or why there is none."""
    try:
        if not guides:
            raise refusal("没有指导年份", "there is no guide year")
        _check(network)
        built = build_network(network)
        chain = chain_of(built)
        stage = stage_of(chain, changes_of(built, chain, series))
    except DefinitionError as error:
        return None, None, str(error)
    return (built, chain, stage), sweep_years(stage, _guide(chain, stage, guides), count, pull=pull, told=told), ""


def _check(network: Network) -> None:
    for component, letter in CAPACITY.items():
        if network.table(component).flag(f"{letter}_nom_extendable").any() if len(network.table(component)) else False:
            raise refusal(f"“{component}”的容量可扩建", f"capacities of {component} are extendable")


def _guide(chain: Chain, stage: Stage, outcomes: list[Outcome]) -> Guide:
    """Mean prices and levels of the guide years."""
    prices, values = [], []
    for outcome in outcomes:
        given = outcome.solution.prices.copy()
        merged = chain.partner >= 0
        np.add.at(given, chain.partner[merged], -outcome.solution.prices[merged])
        rows, columns = np.zeros(chain.matrix.shape[0]), np.zeros(chain.matrix.shape[1])
        rows[chain.row_place[chain.row_place >= 0]] = given[chain.row_place >= 0]
        columns[chain.place] = outcome.solution.values
        prices.append(rows.reshape(-1, chain.steps)[stage.rows].T)
        values.append(columns.reshape(-1, chain.steps)[stage.columns].T)
    return Guide(np.mean(prices, axis=0), np.mean(values, axis=0))


def _kernel_result(network: Network, parts: tuple[Built, Chain, Stage] | None, sweep: Sweep | None, count: int) -> _Found:
    energy = {(kind, name): np.zeros(count) for kind in DISPATCH for name in network.table(kind).names}
    if parts is None or sweep is None:
        return _Found(np.zeros(count), np.zeros(count), energy)
    built, chain, stage = parts
    hours = float(network.clock.generators[0])
    spot = {int(column): place for place, column in enumerate(stage.columns)}
    for component, quantity in DISPATCH.items():
        frame = built.frames.get(component)
        for number, name in enumerate(frame.table.names if frame is not None else ()):
            column = int(chain.place[built.builder.variables[f"{component}.{quantity}"][0, number]] // chain.steps)
            still = float(chain.low.reshape(-1, chain.steps)[column].sum())
            energy[component, name] = hours * (sweep.energy[:, spot[column]] if column in spot else np.full(count, still))
    return _Found(sweep.cost.copy(), sweep.bound.copy(), energy)


def _put(found: _Found, year: int, outcome: Outcome) -> None:
    """Replace a year's result by the exact one."""
    found.cost[year], found.bound[year] = outcome.system_cost, outcome.solution.certificate.bound
    weights = outcome.network.clock.generators
    for component, quantity in DISPATCH.items():
        for name, sums in zip(
            outcome.network.table(component).names, weights @ outcome.value(component, quantity), strict=True
        ):
            found.energy[component, name][year] = sums


def _total(energy: Mapping[tuple[str, str], Floats], names: Sequence[str], count: int) -> Floats:
    return sum((energy["generator", name] for name in names), start=np.zeros(count))


def _curtailed(network: Network, series: Series, energy: Mapping[tuple[str, str], Floats], count: int) -> Floats:
    total, table = np.zeros(count), network.table("generator")
    for (component, attribute, name), values in series.items():
        if (component, attribute) == ("generator", "p_max_pu"):
            size = table.number("p_nom")[table.names.index(name)]
            total += size * (values @ network.clock.generators) - energy["generator", name]
    return total
