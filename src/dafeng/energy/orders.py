"""Orders of a plan as rows over a city that may build: do they hold together, what does the city cost, what each order.

Invariant: orders and facts that clash are a proven smallest set; the cost is that of an operation of every hour, and the
price of an order is a dual of the certified optimum over the stated number of segments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.energy.city import City
from dafeng.energy.city_policies import with_rows
from dafeng.energy.infeasible import Clash, Group, explain_infeasible
from dafeng.energy.modes.segments import Segmented, segment_edges, solve_segments
from dafeng.energy.network.build import Built, build_network
from dafeng.energy.network.linear import Places
from dafeng.energy.network.policy import BLOCK, Policy
from dafeng.energy.network.table import Network
from dafeng.energy.proofs import Infeasibility
from dafeng.energy.segmentation.shortening import shorten
from dafeng.energy.solution import InfeasibleError
from dafeng.energy.solving.start import Start


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """A city under the orders of its plan.

    Parameters
    ----------
    city : City
        The city with the rows that hold.
    found : Segmented
        Capacities, claimed and true cost.
    prices : mapping of str to float
        What one more unit of each row would cost, by its name: zero where it does not bind, above zero where an order
        costs something. [yuan per unit]
    spare : mapping of str to float
        By how many units the result exceeds what each row asks; below zero where less is used than a fact allows. [unit]
    clashes : tuple of Clash
        Smallest sets that cannot hold together, in the order in which they were found.
    dropped : tuple of str
        Orders that were left out, one for each clash.
    """

    city: City
    found: Segmented
    prices: Mapping[str, float]
    spare: Mapping[str, float]
    clashes: tuple[Clash, ...]
    dropped: tuple[str, ...]

    @property
    def feasible(self) -> bool:
        """Whether all orders hold together."""
        return not self.dropped


def solve_orders(
    city: City,
    orders: Sequence[Policy],
    *,
    facts: Sequence[Policy] = (),
    more: Mapping[str, Policy] | None = None,
    segments: int = 730,
    start: Start | None = None,
) -> Ordered:
    """Build and operate a city at least cost under the orders of its plan.

    Parameters
    ----------
    city : City
        A city with capacities to decide.
    orders : sequence of Policy
        What the plan orders.
    facts : sequence of Policy
        What is known and does not give way.
    more : mapping of str to Policy, optional
        The rows by name as they are when one more unit is asked; a row that has none is priced by unit of its sum.
    segments : int
        Segments of time over which capacities are decided; every hour is operated afterwards.
    start : Start, optional
        Where the simplex begins to operate every hour: the ``start`` of the same city with given capacities.

    Returns
    -------
    Ordered
        With all orders, or without those that had to give way: of each clash the order that is missed by the smallest
        share of what it asks.

    Raises
    ------
    SolveError
        If the facts alone cannot hold, or no certified optimum is found.
    """
    kept, clashes, dropped = list(orders), list[Clash](), list[str]()
    edges = segment_edges(city.network, min(segments, city.network.clock.size))
    while True:
        ruled = with_rows(city, *kept, *facts)
        try:
            found = solve_segments(ruled.network, edges=edges, start=start)
        except InfeasibleError as refusal:
            proof = refusal.proof if isinstance(refusal.proof, Infeasibility) else None
            clash = explain_orders(ruled.network, (*kept, *facts), edges=edges, proof=proof)
            gives = None if clash is None else _giving(clash, kept)
            if clash is None or gives is None:
                raise
            kept.remove(gives)
            clashes.append(clash)
            dropped.append(gives.name)
        else:
            rows = (*kept, *facts)
            prices, spare = _measured(city, found, rows, more or {})
            return Ordered(ruled, found, prices, spare, tuple(clashes), tuple(dropped))


def explain_orders(
    network: Network, rows: Sequence[Policy], *, edges: Places, proof: Infeasibility | None = None
) -> Clash | None:
    """Smallest set of rows that cannot hold together, over segments of time.

    Parameters
    ----------
    network : Network
        A network with those rows.
    rows : sequence of Policy
        What may be in conflict.
    edges : (segments + 1,) array of int
        First step of each segment of time, and the number of steps.
    proof : Infeasibility, optional
        Proof over the same segments that the rows contradict one another; looked for where it is not given.

    Returns
    -------
    Clash or None
        The set with its proof; ``None`` if all hold.

    Raises
    ------
    SolveError
        If for some subset neither a point nor a proof was found.
    """
    program = build_network(shorten(network, edges)).program
    groups = [Group(one.name, one.label, one.clause, constraints=(f"{BLOCK}.{one.name}",)) for one in rows]
    return explain_infeasible(program, groups, proof=proof)


def _giving(clash: Clash, kept: Sequence[Policy]) -> Policy | None:
    """The order of a clash that is missed by the smallest share of what it asks."""
    taking = {group.name for group in clash.groups}
    able = [one for one in kept if one.name in taking]
    return min(able, key=lambda one: clash.shortfall.get(one.name, np.inf) / max(abs(one.amount), 1.0), default=None)


def _measured(
    city: City, found: Segmented, rows: Sequence[Policy], more: Mapping[str, Policy]
) -> tuple[dict[str, float], dict[str, float]]:
    """What one more unit of each row would cost: its dual times the slack that the unit takes; and its slack in units."""
    network = with_rows(city, *(more.get(one.name, one) for one in rows)).network
    dearer = build_network(shorten(network, found.edges))
    before, after = _slack(found, found.outcome.built, rows), _slack(found, dearer, rows)
    prices, spare = {}, {}
    for one, slack, left in zip(rows, before, after, strict=True):
        taken = slack - left if one.name in more else 1.0
        prices[one.name] = float(found.outcome.dual(f"{BLOCK}.{one.name}")[0]) * taken
        spare[one.name] = slack / taken if taken else 0.0
    return prices, spare


def _slack(found: Segmented, built: Built, rows: Sequence[Policy]) -> list[float]:
    """How far the sum of each row lies above what it is compared with, at the optimum that was found."""
    program = built.program
    activity = program.matrix @ found.outcome.solution.values
    bounds = np.where(np.isfinite(program.row_low), program.row_low, program.row_high)
    places = [int(built.builder.rows[f"{BLOCK}.{one.name}"].row[0]) for one in rows]
    return [float(activity[row] - bounds[row]) if row >= 0 else 0.0 for row in places]
