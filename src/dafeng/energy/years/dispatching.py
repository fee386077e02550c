"""Operate a network of fixed capacities in many years: cost, proven bound, energy, unserved demand and curtailment of each.

Invariant: every year has a feasible cost and a lower bound of its own; years that the kernel does not fit are solved one
by one, and the result says which.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.core.errors import DefinitionError, SettingError
from dafeng.core.labels import Label
from dafeng.energy.network.build import Built, build_network
from dafeng.energy.network.linear import Places
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.program import Floats
from dafeng.energy.years.batch import batch_of
from dafeng.energy.years.chain import Chain, chain_of, refusal
from dafeng.energy.years.elimination import pattern_of
from dafeng.energy.years.interior import SMALL, Guide, finish, mean_guide
from dafeng.energy.years.series import Series, changes_of, network_of_year, years_of
from dafeng.energy.years.stage import Stage, stage_of

DISPATCH: Mapping[str, str] = {"generator": "p", "link": "p", "storage_unit": "p_dispatch", "cogeneration": "p", "store": "p"}
"""Quantity whose energy is told, by component."""
GAP = 1e-3
"""Largest relative difference between a year's cost and its bound, if none is given."""
TIGHTEST, LOOSEST = 1e-7, 0.1
"""Gaps that can be asked for."""
SHORTEST = 3
"""Steps that a ring needs."""
GUIDES = 6
"""Years that are begun without a guide, at least; their prices on the way guide all others."""
TOGETHER = 8760
"""Steps of all years that are worked on at once."""


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
    resolution : (years,) array
        Unserved energy that is not told from none: what the gap of the year would pay for. [MWh]
    exact : mapping of int to float
        Least cost of the years that were solved exactly. [yuan]
    violation : (years,) array
        Largest violation of a row by the dispatch. [MW]
    alone : tuple of int
        Years whose result is the exact one because the kernel does not fit them.
    reason : str
        Why the kernel does not fit any year; empty where it does.
    seconds : mapping of str to float
        CPU seconds of ``formulation``, ``kernel`` and ``exact``. [s]
    """

    cost: Floats
    bound: Floats
    energy: Mapping[tuple[str, str], Floats]
    unserved: Floats
    curtailed: Floats
    resolution: Floats
    exact: Mapping[int, float]
    violation: Floats
    alone: tuple[int, ...]
    reason: str
    seconds: Mapping[str, float]

    @property
    def proven_gap(self) -> Floats:
        """Most that a year's cost can lie above its optimum, (years,). [share]"""
        gap: Floats = (self.cost - self.bound) / np.maximum(np.abs(self.cost), SMALL)
        return gap

    @property
    def true_gap(self) -> Mapping[int, float]:
        """How far the cost of the years solved exactly lies above their optimum. [share]"""
        return {year: float((self.cost[year] - least) / max(abs(least), SMALL)) for year, least in self.exact.items()}


def dispatch_years(
    network: Network,
    series: Series,
    *,
    gap: float = GAP,
    checked: Sequence[int] = (),
    unserved: Sequence[str] = (),
    told: Callable[[int], None] | None = None,
) -> YearsResult:
    """Operate a network of fixed capacities in many years.

    Parameters
    ----------
    network : Network
        Fixed capacities, no whole variables.
    series : Series
        Arrays (years, steps) of what differs from year to year.
    gap : float
        Largest relative difference between a year's cost and its own lower bound.
    checked : sequence of int
        Years that are solved exactly as well, to measure the true gap.
    unserved : sequence of str
        Generators that stand for unserved demand.
    told : callable, optional
        Called with the number of years done so far; what it raises ends the work.

    Returns
    -------
    YearsResult
        Cost, bound and energy of each year.

    Raises
    ------
    DefinitionError
        If the series do not fit the network.
    SettingError
        If the gap is out of range.
    SolveError
        If a year solved exactly has no provable optimum.
    """
    count = years_of(network, series)
    _check_gap(gap)
    start = time.process_time()
    found, failed, reason = _kernel(network, series, count, gap, told)
    done = time.process_time()
    solved: dict[int, Outcome] = {}
    for year in sorted({*np.flatnonzero(failed).tolist(), *map(int, checked)}):
        solved[year] = solve_network(network_of_year(network, series, year))
        if failed[year]:
            _put(found, year, solved[year])
    return YearsResult(
        cost=found.cost,
        bound=found.bound,
        energy=found.energy,
        unserved=_total(found.energy, unserved, count),
        curtailed=_curtailed(network, series, found.energy, unserved),
        resolution=_resolution(network, series, found, unserved),
        exact={year: outcome.system_cost for year, outcome in solved.items()},
        violation=found.violation,
        alone=tuple(int(year) for year in np.flatnonzero(failed)),
        reason=reason,
        seconds={
            "formulation": found.formulated - start,
            "kernel": done - found.formulated,
            "exact": time.process_time() - done,
        },
    )


def _check_gap(gap: float) -> None:
    if not TIGHTEST <= gap <= LOOSEST:
        raise SettingError(
            Label(f"间隙 {gap:g} 不能用", f"a gap of {gap:g} cannot be asked for"),
            where="gap",
            expected=Label(f"{TIGHTEST:g} … {LOOSEST:g}", f"{TIGHTEST:g} … {LOOSEST:g}"),
            remedy=Label("改正间隙", "correct the gap"),
        )


@dataclass(slots=True, eq=False)
class _Found:
    """Results while they are gathered."""

    cost: Floats
    bound: Floats
    violation: Floats
    energy: dict[tuple[str, str], Floats]
    formulated: float


def _kernel(
    network: Network, series: Series, count: int, gap: float, told: Callable[[int], None] | None
) -> tuple[_Found, Places, str]:
    """What the kernel found, which years it did not finish, and why it fits none."""
    energy = {(kind, name): np.zeros(count) for kind in DISPATCH for name in network.table(kind).names}
    found = _Found(np.zeros(count), np.zeros(count), np.zeros(count), energy, time.process_time())
    failed = np.ones(count, dtype=bool)
    try:
        _check(network)
        built = build_network(network)
        chain = chain_of(built)
        stage = stage_of(chain, changes_of(built, chain, series))
        if stage.steps < SHORTEST:
            raise refusal("时段太少", "it has too few steps")
    except DefinitionError as error:
        return found, failed, str(error)
    pattern = pattern_of(stage)
    found.formulated = time.process_time()
    step = max(1, TOGETHER // stage.steps)
    guides: list[Guide] = []
    for first in range(0, count, step):
        mine = np.arange(first, min(first + step, count))
        guide = mean_guide(guides) if guides and first >= GUIDES else None
        part = finish(batch_of(stage, mine), pattern, gap, guide=guide)
        guides += part.guides
        if told is not None:
            told(int(mine[-1]) + 1)
        found.cost[mine], found.bound[mine] = part.cost + stage.constant, part.bound + stage.constant
        found.violation[mine], failed[mine] = part.violation, part.failed
        _gather(found, (built, chain, stage), mine, part.sums)
    return found, failed, ""


def _check(network: Network) -> None:
    if np.ptp(network.clock.generators) > 0:
        raise refusal("各时段权重不同", "its steps carry different weights")
    for component, letter in CAPACITY.items():
        if network.table(component).flag(f"{letter}_nom_extendable").any() if len(network.table(component)) else False:
            raise refusal(f"“{component}”的容量可扩建", f"capacities of {component} are extendable")


def _gather(found: _Found, parts: tuple[Built, Chain, Stage], years: Places, sums: Floats) -> None:
    """Energy of each component in some years from the sums of its variable."""
    built, chain, stage = parts
    hours = float(built.network.clock.generators[0])
    spot = {int(column): place for place, column in enumerate(stage.columns)}
    for component, quantity in DISPATCH.items():
        frame = built.frames.get(component)
        for number, name in enumerate(frame.table.names if frame is not None else ()):
            column = int(chain.place[built.builder.variables[f"{component}.{quantity}"][0, number]] // chain.steps)
            still = float(chain.low.reshape(-1, chain.steps)[column].sum())
            found.energy[component, name][years] = hours * (sums[spot[column]] if column in spot else still)


def _put(found: _Found, year: int, outcome: Outcome) -> None:
    """Replace a year's result by the exact one."""
    certificate = outcome.solution.certificate
    found.cost[year], found.bound[year] = outcome.system_cost, certificate.bound
    found.violation[year] = certificate.primal_violation
    weights = outcome.network.clock.generators
    for component, quantity in DISPATCH.items():
        for name, sums in zip(
            outcome.network.table(component).names, weights @ outcome.value(component, quantity), strict=True
        ):
            found.energy[component, name][year] = sums


def _total(energy: Mapping[tuple[str, str], Floats], names: Sequence[str], count: int) -> Floats:
    return sum((energy["generator", name] for name in names), start=np.zeros(count))


def _resolution(network: Network, series: Series, found: _Found, unserved: Sequence[str]) -> Floats:
    """Unserved energy worth the gap of each year, at the least price of what stands for it."""
    table = network.table("generator")
    prices = np.broadcast_to(table.varying("marginal_cost", network.clock.size), (network.clock.size, len(table)))
    least = [
        float(series.get(("generator", "marginal_cost", name), prices[:, table.names.index(name)]).min()) for name in unserved
    ]
    price = min(least, default=0.0) * float(network.clock.objective[0] / network.clock.generators[0])
    return np.maximum(found.cost - found.bound, 0.0) / price if price > 0 else np.zeros(len(found.cost))


def _curtailed(network: Network, series: Series, energy: Mapping[tuple[str, str], Floats], unserved: Sequence[str]) -> Floats:
    table, total = network.table("generator"), np.zeros(len(next(iter(series.values()))))
    for (component, attribute, name), values in series.items():
        if (component, attribute) == ("generator", "p_max_pu") and name not in unserved:
            size = table.number("p_nom")[table.names.index(name)]
            total += size * (values @ network.clock.generators) - energy["generator", name]
    return total
