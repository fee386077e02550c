"""Time segmentation with its error: decide over segments, then operate every step with what was decided.

Invariant: no cost of the segments goes out without the cost of operating all steps with the same capacities beside it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.certificate import Certificate
from dafeng.energy.modes.answer import share_above
from dafeng.energy.network.build import build_network
from dafeng.energy.network.design import Design, design_of, fixed
from dafeng.energy.network.linear import Places
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import Network
from dafeng.energy.segmentation.merging import extreme_steps, merge_steps, scaled_series
from dafeng.energy.segmentation.shortening import shorten
from dafeng.energy.solving.answer import Algorithm
from dafeng.energy.solving.start import Start
from dafeng.energy.windows.operation import Operated, joint_prices, levels_at, operate, plan_of, whole_operation
from dafeng.energy.windows.timing import time_program

DENSITY = 6
"""Steps per segment where no number of segments is given."""
STARTED: tuple[Algorithm, ...] = ("simplex", "clarabel", "ipx")
"""Solvers of the operation where the simplex has a start."""


@dataclass(frozen=True, slots=True, eq=False)
class Segmented:
    """A design from segments of time, and what it really costs.

    Parameters
    ----------
    network : Network
        What was asked.
    edges : (segments + 1,) array of int
        First step of each segment, and the number of steps.
    outcome : Outcome
        Optimum over the segments.
    design : Design
        The capacities it decided.
    operated : Operated
        Operation of all steps with those capacities; every row of the whole programme has been checked.
    seconds : mapping of str to float
        CPU seconds of ``merge``, ``solve`` (the segments) and ``operate`` (all steps). [s]
    """

    network: Network
    edges: Places
    outcome: Outcome
    design: Design
    operated: Operated
    seconds: Mapping[str, float]

    @property
    def cost(self) -> float:
        """True cost: of the design in all steps; never below the optimum. [yuan]"""
        return self.design.cost + self.operated.cost

    @property
    def claimed(self) -> float:
        """Cost that the segments claim; neither above nor below the optimum for sure. [yuan]"""
        return self.outcome.system_cost

    @property
    def error(self) -> float:
        """Claimed cost against true cost, as a share of it; negative where the segments promise too much."""
        return -share_above(self.cost, self.claimed)

    @property
    def bound(self) -> float:
        """None: means over segments prove no bound. [yuan]"""
        return -math.inf

    @property
    def gap(self) -> float:
        """Infinite, since there is no bound."""
        return math.inf

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Proofs of the optimum over the segments and of the operation of all steps."""
        return (self.outcome.solution.certificate, *self.operated.certificates)

    @property
    def violation(self) -> float:
        """Largest violation of any row by the operation of all steps, relative to its size."""
        return self.operated.violation

    @property
    def statement(self) -> Label:
        """How far the claimed cost is from the true one."""
        count, error = len(self.edges) - 1, self.error
        return Label(
            f"{count} 个时段定容量，全部时段运行核实；时段所称费用与真实费用相差 {error:+.3%}，与最优的距离未证明",
            f"designed over {count} segments, operated in all steps; claimed cost {error:+.3%} from the true one, "
            "distance to the optimum not proven",
        )


def solve_segments(
    network: Network,
    *,
    segments: int | None = None,
    keep_extremes: bool = False,
    exact: bool = True,
    ladder: Sequence[Algorithm] | None = None,
    start: Start | None = None,
    edges: Places | None = None,
) -> Segmented:
    """Decide capacities over segments of time and operate all steps with them.

    Parameters
    ----------
    network : Network
        A network with capacities to decide.
    segments : int, optional
        Number of segments; one for six steps if not given.
    keep_extremes : bool
        Whether the steps of highest and lowest demand stay segments of their own.
    exact : bool
        Whether all steps are operated at least cost, as one certified programme; otherwise in windows whose levels the
        segments lead, several times faster and never cheaper.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried.
    start : Start, optional
        Where the simplex begins to operate all steps: the ``start`` of a like network with given capacities.
    edges : (segments + 1,) array of int, optional
        First step of each segment, and the number of steps, where they are known already: nothing is merged.

    Returns
    -------
    Segmented
        Design, claimed and true cost.

    Raises
    ------
    DefinitionError
        If the number of segments is impossible or the network counts steps.
    SolveError
        If no certified optimum is found; also where the design cannot operate all steps, which unserved demand with a
        price would allow.
    """
    begin = time.process_time()
    if edges is None:
        edges = segment_edges(network, segments, keep_extremes=keep_extremes)
    short = shorten(network, edges)
    merged = time.process_time()
    outcome = solve_network(short, ladder=ladder)
    design = design_of(outcome)
    solved = time.process_time()
    operated = _operated(fixed(network, design), outcome, edges, exact=exact, ladder=ladder, start=start)
    seconds = {"merge": merged - begin, "solve": solved - merged, "operate": time.process_time() - solved}
    return Segmented(network, edges, outcome, design, operated, seconds)


def segment_edges(network: Network, segments: int | None, *, keep_extremes: bool = False) -> Places:
    """Segments of time in which the series of a network change least.

    Parameters
    ----------
    network : Network
        A network.
    segments : int or None
        Number of segments; ``None``: one for six steps.
    keep_extremes : bool
        Whether the steps of highest and lowest demand stay segments of their own.

    Returns
    -------
    (segments + 1,) array of int
        First step of each segment, and the number of steps.

    Raises
    ------
    DefinitionError
        If the number of segments is impossible.
    """
    alone = extreme_steps(network) if keep_extremes else ()
    begins = np.flatnonzero(network.clock.first)
    least = len(begins) + 2 * len(alone)
    count = max(least, network.clock.size // DENSITY) if segments is None else segments
    return merge_steps(scaled_series(network), count, begins=begins, alone=alone)


def _operated(
    network: Network,
    outcome: Outcome,
    edges: Places,
    *,
    exact: bool,
    ladder: Sequence[Algorithm] | None,
    start: Start | None,
) -> Operated:
    if exact:
        rungs = ladder or (STARTED if start is not None else None)
        return whole_operation(solve_network(network, ladder=rungs, start=start).solution)
    own, short, found = build_network(network), outcome.built, outcome.solution
    levels = levels_at(short, found.values, slice(None))
    return operate(time_program([own]), plan_of(own, levels, edges[1:] - 1, joint_prices(short, found.prices)))
