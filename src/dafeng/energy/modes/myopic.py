"""Pathways over investment periods: decided at once with perfect foresight, or one period after another without.

Invariant: what a period builds stands in later ones until the end of its life and cannot be taken back; both ways pay the
same prices with the same weights, so that their costs can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.certificate import Certificate
from dafeng.energy.modes.answer import share_above
from dafeng.energy.network.build import at_steps
from dafeng.energy.network.design import Design, capacity_cost
from dafeng.energy.network.frame import period_activity
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import CAPACITY, Clock, Network, Table
from dafeng.energy.program import Floats
from dafeng.energy.solving.answer import Algorithm

CAPACITY_LIMIT = "tech_capacity_expansion_limit"
"""Kind of limit that counts capacity of all ages."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One period of a myopic pathway.

    Parameters
    ----------
    year : int
        The period.
    outcome : Outcome
        Its optimum, given what stood before.
    """

    year: int
    outcome: Outcome


@dataclass(frozen=True, slots=True, eq=False)
class Myopic:
    """A pathway decided period after period.

    Parameters
    ----------
    network : Network
        What was asked.
    design : Design
        Capacity of every component, and what it costs over all periods in which it stands.
    stages : tuple of Stage
        One per period.
    operation : float
        Cost of operation over all periods, weighted as in the pathway. [yuan]
    foresight : Outcome or None
        The pathway with all periods at once, where it was asked for.
    """

    network: Network
    design: Design
    stages: tuple[Stage, ...]
    operation: float
    foresight: Outcome | None

    @property
    def cost(self) -> float:
        """Cost of the pathway; never below that with perfect foresight. [yuan]"""
        return self.design.cost + self.operation

    @property
    def bound(self) -> float:
        """Bound of the pathway with perfect foresight, where it was solved. [yuan]"""
        return -math.inf if self.foresight is None else self.foresight.solution.certificate.bound

    @property
    def gap(self) -> float:
        """What lack of foresight costs, as a share of the cost; infinite where foresight was not solved."""
        return share_above(self.cost, self.bound)

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Proofs of all periods, and of the pathway with foresight where it was solved."""
        return tuple(one.solution.certificate for one in self._outcomes)

    @property
    def violation(self) -> float:
        """Largest violation of any row in any period, relative to its size."""
        return max(one.outcome.solution.certificate.primal_share for one in self.stages)

    @property
    def seconds(self) -> Mapping[str, float]:
        """CPU seconds of ``build`` and ``solve``. [s]"""
        return {part: sum(one.seconds[part] for one in self._outcomes) for part in ("build", "solve")}

    @property
    def statement(self) -> Label:
        """What each period knew, and what that costs where it is known."""
        if self.foresight is None:
            return Label(
                "逐期最优，各期不知后事；与完全预见的差距未算",
                "each period is optimal without knowing the next; the distance to perfect foresight was not computed",
            )
        return Label(f"逐期决策比完全预见贵 {self.gap:.3%}", f"without foresight the pathway is {self.gap:.3%} dearer")

    @property
    def _outcomes(self) -> tuple[Outcome, ...]:
        return (*(one.outcome for one in self.stages), *(() if self.foresight is None else (self.foresight,)))


def solve_myopic(network: Network, *, compare: bool = False, ladder: Sequence[Algorithm] | None = None) -> Myopic:
    """Decide a pathway one period after another.

    Parameters
    ----------
    network : Network
        A network with investment periods; a component that may be extended can be built in its build year only, or in the
        first period after it.
    compare : bool
        Whether the pathway with perfect foresight is solved too, so that bound and gap are known.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried; by size if not given.

    Returns
    -------
    Myopic
        What each period decided with what stood before, and the cost over all.

    Raises
    ------
    DefinitionError
        If the network has no periods, or a limit joins several of them.
    SolveError
        If a period has no certified optimum.
    """
    _check(network)
    clock, standing = network.clock, network
    stages, operation = [], 0.0
    for place, year in enumerate(clock.periods):
        outcome = solve_network(_only(standing, network, place), ladder=ladder)
        decided = {kind: outcome.capacity(kind) for kind in CAPACITY if len(network.table(kind))}
        operation += outcome.system_cost - capacity_cost(outcome.network, decided)
        standing = _built(standing, decided, year)
        stages.append(Stage(year, outcome))
    sizes = {kind: standing.table(kind).number(f"{CAPACITY[kind]}_nom") for kind in CAPACITY if len(network.table(kind))}
    foresight = solve_network(network, ladder=ladder) if compare else None
    return Myopic(network, Design(sizes, capacity_cost(network, sizes)), tuple(stages), operation, foresight)


def _only(network: Network, original: Network, place: int) -> Network:
    """One period with its weight; limits of other periods are left out, growth counts from what was built before."""
    clock = network.clock
    one = at_steps(network, np.flatnonzero(clock.period == place))
    weight = slice(place, place + 1)
    inside = replace(
        one.clock,
        period=np.zeros(one.clock.size, dtype=np.int64),
        periods=clock.periods[weight],
        period_objective=clock.period_objective[weight],
        period_years=clock.period_years[weight],
    )
    return _counted(_grown(replace(one, clock=inside), network, place), original, place)


def _counted(one: Network, original: Network, place: int) -> Network:
    """Limits of capacity count what is decided now; what was decided before is taken off."""
    limits = one.table("global_constraint")
    if not len(limits) or not place:
        return one
    amount = limits.number("constant").copy()
    texts = zip(limits.text("type"), limits.text("carrier_attribute"), limits.text("bus"), strict=True)
    for row, (kind, carrier, bus) in enumerate(texts):
        if kind == CAPACITY_LIMIT:
            amount[row] -= sum(_standing(one.table(part), original.table(part), carrier, bus, one.clock) for part in CAPACITY)
    return one.put(limits.setting({"constant": amount}))


def _standing(table: Table, original: Table, carrier: str, bus: str, clock: Clock) -> float:
    """Capacity of a technology that an earlier period decided and that is still active."""
    if not len(table):
        return 0.0
    side = "bus0" if table.component in ("line", "transformer", "link", "process") else "bus"
    letter = CAPACITY[table.component]
    decided = original.flag(f"{letter}_nom_extendable") & ~table.flag(f"{letter}_nom_extendable")
    counted = period_activity(table, clock)[0] & decided
    counted &= np.array([one == carrier for one in table.text("carrier")])
    if bus:
        counted &= np.array([one == bus for one in table.text(side)])
    return float(table.number(f"{letter}_nom")[counted].sum())


def _grown(one: Network, network: Network, place: int) -> Network:
    """Growth relative to the period before becomes a number, since that period has been decided."""
    carriers = one.table("carrier")
    if not place or not len(carriers) or not (carriers.number("max_relative_growth") > 0).any():
        return one
    before = _additions(network, network.clock, place - 1)
    share = np.maximum(carriers.number("max_relative_growth"), 0.0)
    most = carriers.number("max_growth") + share * np.array([before.get(name, 0.0) for name in carriers.names])
    return one.put(carriers.setting({"max_growth": most, "max_relative_growth": 0.0}))


def _additions(network: Network, clock: Clock, place: int) -> Mapping[str, float]:
    """Capacity of each carrier that a period built."""
    year, found = clock.periods[place], {"": 0.0}
    earlier = clock.periods[place - 1] if place else -np.inf
    for kind in CAPACITY:
        table = network.table(kind)
        if not len(table):
            continue
        built = table.number("build_year")
        new = (built <= year) & (built > earlier) & (built > 0)
        for carrier, size, counts in zip(table.text("carrier"), table.number(f"{CAPACITY[kind]}_nom"), new, strict=True):
            found[carrier] = found.get(carrier, 0.0) + (float(size) if counts else 0.0)
    return found


def _built(network: Network, decided: Mapping[str, Floats], year: int) -> Network:
    """What has been decided stands from now on."""
    return network.put(*(_stands(network.table(kind), size, year) for kind, size in decided.items()))


def _stands(table: Table, size: Floats, year: int) -> Table:
    letter = CAPACITY[table.component]
    done = table.number("build_year") <= year
    extendable = table.flag(f"{letter}_nom_extendable")
    given = table.number(f"{letter}_nom")
    return table.setting(
        {f"{letter}_nom": np.where(done & extendable, size, given), f"{letter}_nom_extendable": extendable & ~done}
    )


def _check(network: Network) -> None:
    if not network.clock.periods:
        raise _refusal("periods", "网络没有投资期", "the network has no investment periods")
    limits = network.table("global_constraint")
    for name, kind, year in zip(limits.names, limits.text("type"), limits.number("investment_period"), strict=True):
        if np.isnan(year) or kind.startswith("transmission"):
            zh, en = f"限额“{name}”跨越所有投资期", f"limit '{name}' joins all periods"
            raise _refusal(f"global_constraint.{name}", zh, en)


def _refusal(where: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where=f"energy.modes.myopic.{where}",
        expected=Label("有投资期，限额各属一期", "investment periods, and limits that belong to one each"),
        remedy=Label("给出 investment_period，或用完全预见求解", "set investment_period, or solve with perfect foresight"),
    )
