"""Certified aggregation: a design with a proof how far it can be from the optimum, where the exact problem is out of reach.

Invariant: the bound is a dual value of the whole programme and the cost that of an operation which satisfies every row of
it; the optimum lies between them whatever the segments are.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.core.errors import DefinitionError, SolveError
from dafeng.core.labels import Label
from dafeng.energy.certificate import Certificate
from dafeng.energy.duality import proven_bound
from dafeng.energy.modes.answer import share_above
from dafeng.energy.network.build import build_network, build_scenarios
from dafeng.energy.network.design import Design, design_at, fixed
from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Network
from dafeng.energy.program import Floats
from dafeng.energy.segmentation.merging import extreme_steps, merge_steps, scaled_series
from dafeng.energy.segmentation.relaxation import Relaxation, relax
from dafeng.energy.segmentation.sharpening import sharpen
from dafeng.energy.solution import CancelledError, InfeasibleError, Solution, UnboundedError, solve_program
from dafeng.energy.solving.answer import Algorithm
from dafeng.energy.windows.operation import Operated, joint_prices, levels_at, operate, plan_of
from dafeng.energy.windows.timing import Timed, stretches, time_program

Future = tuple[float, Network]
"""Probability of a future, and its network."""
DENSITY = 12
"""Steps per segment in the first round: two a day tell day from night, and sharpening makes up for few segments
(measured in docs/modes.md: half as many leave a sharpened bound twice as far away)."""
GROWTH = 1.6
"""How many times more segments the next round has: rounds that cost a third, a half, ... of the last one, so that all
before it together cost less than twice the last."""
ROUNDS = 4
"""Most rounds: the fourth has a segment for three steps, and a fifth would cost as much as the whole programme."""
WHOLE = 500_000
"""Columns up to which the whole programme is solved where four rounds leave too large a gap: a minute, less than 1 GB."""
TOLERANCE = 1e-5
"""What the certificate of an aggregated optimum accepts: far below any gap, and no bound depends on it."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of refinement.

    Parameters
    ----------
    segments : int
        Number of segments of all futures.
    bound : float
        Proven lower bound of the optimum. [yuan]
    cost : float
        Cost of the design that this round decided. [yuan]
    rows, columns : int
        Size of the programme that was solved.
    """

    segments: int
    bound: float
    cost: float
    rows: int
    columns: int


@dataclass(frozen=True, slots=True, eq=False)
class Certified:
    """A design between a proven bound and a real cost.

    Parameters
    ----------
    network : Network
        The first future.
    design : Design
        Capacities.
    cost : float
        Cost of the design and of an operation of all steps of all futures, weighted by probability. [yuan]
    bound : float
        No solution of the whole problem costs less. [yuan]
    violation : float
        Largest violation of any row by the operation, relative to its size.
    rounds : tuple of Round
        What each round of refinement reached.
    certificates : tuple of Certificate
        Proofs of the aggregated optima and of all windows of operation.
    asked : float
        Gap that was asked for.
    seconds : mapping of str to float
        CPU seconds of ``build``, ``solve`` (the segments), ``operate`` (the cost), ``sharpen`` (the bound) and ``whole``
        (all steps, where the rounds left too large a gap). [s]
    """

    network: Network
    design: Design
    cost: float
    bound: float
    violation: float
    rounds: tuple[Round, ...]
    certificates: tuple[Certificate, ...]
    asked: float
    seconds: Mapping[str, float]

    @property
    def gap(self) -> float:
        """How much the design can be dearer than the optimum at most, as a share of its cost."""
        return share_above(self.cost, self.bound)

    @property
    def reached(self) -> bool:
        """Whether the gap is as small as it was asked for."""
        return self.gap <= self.asked

    @property
    def whole(self) -> bool:
        """Whether the segments left too large a gap, so that all steps were solved at once."""
        return "whole" in self.seconds

    @property
    def statement(self) -> Label:
        """Between which values the optimum lies, and whether that is as close as it was asked for."""
        missed_zh = "" if self.reached else f"，未达到要求的 {self.asked:.2%}"
        missed_en = "" if self.reached else f"; the {self.asked:.2%} asked for is not reached"
        if self.whole:
            missed_zh = f"{missed_zh}；合并时段未达到间隙，改为全部时段一次求解"
            missed_en = f"{missed_en}; segments did not reach the gap, so all steps were solved at once"
        if math.isinf(self.gap):
            return Label(f"可行，但未证得下界{missed_zh}", f"feasible, but no lower bound could be proven{missed_en}")
        return Label(
            f"最优费用介于 {self.bound:.9g} 与 {self.cost:.9g} 元之间（已证明），方案至多贵 {self.gap:.2%}{missed_zh}",
            f"the optimum is proven to lie between {self.bound:.9g} and {self.cost:.9g} yuan: at most {self.gap:.2%} too dear"
            f"{missed_en}",
        )

    def regret(self, optimum: float) -> float:
        """How much the design really is dearer, where the optimum is known.

        Parameters
        ----------
        optimum : float
            Least cost. [yuan]

        Returns
        -------
        float
            Share of the cost, never above the gap by more than rounding.
        """
        return share_above(self.cost, optimum)


def solve_certified(
    futures: Network | Sequence[Future],
    *,
    gap: float = 0.01,
    segments: int | None = None,
    ladder: Sequence[Algorithm] | None = None,
) -> Certified:
    """Decide capacities with a proven gap, refining until it is small enough.

    Parameters
    ----------
    futures : Network or sequence of (probability, Network)
        What is optimised: one network, with or without investment periods, or several weather years of it.
    gap : float
        Gap at which refinement ends, as a share of the cost.
    segments : int, optional
        Number of segments of all futures in the first round; one for twelve steps if not given.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried on the aggregated programme; by size if not given.

    Returns
    -------
    Certified
        The best design and the best bound of all rounds. Where four rounds leave too large a gap, the whole programme is
        solved, unless it is out of reach; then ``reached`` is false and ``statement`` says so.

    Raises
    ------
    DefinitionError
        If whole numbers or squared costs are to be decided, for which the bound would not hold.
    SolveError
        If a programme has no certified optimum; ``InfeasibleError`` and ``UnboundedError`` name the blocks of the network.
    """
    given = [(1.0, futures)] if isinstance(futures, Network) else list(futures)
    clock = _Stopwatch()
    timed = time_program(build_scenarios(given))
    _check(timed)
    work = _Work(given, timed, _stacked(given), [start for start, _ in stretches(timed)], _peaks(given), gap, ladder, clock)
    clock.stop("build")
    count = max(len(work.begins), timed.steps // DENSITY) if segments is None else segments
    tried = [work.round(count, math.inf)]
    while _gap(tried) > gap and len(tried) < ROUNDS and count < timed.steps:
        count = min(timed.steps, max(count + 1, int(count * GROWTH)))
        tried.append(work.round(count, _least(tried)))
    gap_now = _gap(tried)
    if gap_now > gap and (len(timed.program.cost) <= WHOLE or math.isinf(gap_now)):
        tried.append(work.whole())
    best = min(tried, key=lambda one: one.told.cost)
    return Certified(
        network=given[0][1],
        design=best.design,
        cost=best.told.cost,
        bound=max(one.told.bound for one in tried),
        violation=best.violation,
        rounds=tuple(one.told for one in tried),
        certificates=tuple(proof for one in tried for proof in one.proofs),
        asked=gap,
        seconds=clock.seconds,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """A round with its design, the largest violation of its operation, and the proofs."""

    told: Round
    design: Design
    violation: float
    proofs: tuple[Certificate, ...]


def _gap(tried: Sequence[_Tried]) -> float:
    return share_above(_least(tried), max(one.told.bound for one in tried))


def _least(tried: Sequence[_Tried]) -> float:
    return min(one.told.cost for one in tried)


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What all rounds share."""

    given: Sequence[Future]
    timed: Timed
    series: Floats
    begins: Sequence[int]
    peaks: Sequence[int]
    gap: float
    ladder: Sequence[Algorithm] | None
    clock: _Stopwatch

    def round(self, count: int, ceiling: float) -> _Tried:
        """Aggregate, bound and operate once."""
        timed = self.timed
        enough = count >= 2 * (len(self.begins) + 2 * len(self.peaks))
        alone = self.peaks if enough else ()
        edges = merge_steps(self.series, min(count, timed.steps), begins=self.begins, alone=alone)
        try:
            small, solution = self._solved(edges, ceiling)
        except (InfeasibleError, UnboundedError):  # sums prove nothing about costs without end, and name no blocks
            return _Tried(Round(len(edges) - 1, -math.inf, math.inf, 0, 0), Design({}, 0.0), math.inf, ())
        design = design_at(self.given[0][1], timed.built[0], small.spread(solution.values, timed.program))
        self.clock.stop("solve")
        cost, violation, proofs = self._priced(small, solution, edges, design)
        self.clock.stop("operate")
        bound = self._bound(small.rows.T @ solution.prices, cost, min(cost, ceiling))
        told = Round(len(edges) - 1, bound, cost, *small.program.matrix.shape)
        return _Tried(told, design, violation, (solution.certificate, *proofs))

    def whole(self) -> _Tried:
        """Solve all steps at once; what cannot be solved is named by the blocks of the network."""
        timed = self.timed
        solution = solve_program(timed.program, ladder=self.ladder)
        self.clock.stop("whole")
        proof = solution.certificate
        told = Round(timed.steps, proof.bound, proof.objective, *timed.program.matrix.shape)
        return _Tried(told, design_at(self.given[0][1], timed.built[0], solution.values), proof.primal_share, (proof,))

    def _bound(self, prices: Floats, cost: float, ceiling: float) -> float:
        """The bound that prices prove; where it leaves more than the gap, also that of prices made hourly."""
        program = self.timed.program
        bound = proven_bound(program, prices, ceiling=ceiling)
        self.clock.stop("solve")
        if share_above(cost, bound) <= self.gap or math.isinf(cost):
            return bound
        bound = max(bound, proven_bound(program, sharpen(self.timed, prices), ceiling=ceiling))
        self.clock.stop("sharpen")
        return bound

    def _solved(self, edges: Places, ceiling: float) -> tuple[Relaxation, Solution]:
        """Optimum over segments; sums of rows alone may leave the cost without end, bounds that rows imply then end it."""
        small = relax(self.timed, edges)
        try:
            return small, solve_program(small.program, ladder=self.ladder, tolerance=TOLERANCE)
        except UnboundedError:
            small = relax(self.timed, edges, ceiling=ceiling)
            return small, solve_program(small.program, ladder=self.ladder, tolerance=TOLERANCE)

    def _priced(
        self, small: Relaxation, solution: Solution, edges: Places, design: Design
    ) -> tuple[float, float, Sequence[Certificate]]:
        """Cost of a design; infinite where it cannot be operated, which more segments cure."""
        try:
            return _cost(self.given, self.timed, small, solution, edges, design)
        except CancelledError:
            raise
        except SolveError:
            return math.inf, math.inf, ()


class _Stopwatch:
    """CPU seconds by part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.process_time()

    def stop(self, part: str) -> None:
        now = time.process_time()
        self.seconds[part] = self.seconds.get(part, 0.0) + now - self._last
        self._last = now


def _cost(
    given: Sequence[Future], timed: Timed, small: Relaxation, solution: Solution, edges: Places, design: Design
) -> tuple[float, float, list[Certificate]]:
    """Cost of the design in all futures, the largest violation of any of its rows, and the proofs of the windows."""
    values = small.spread(solution.values, timed.program)
    prices = np.asarray(small.rows.T @ solution.prices)
    total, worst, proofs = design.cost, 0.0, list[Certificate]()
    for place, (share, network) in enumerate(given):
        found = _operated(timed, place, fixed(network, design), values, prices / max(share, 1e-12), edges)
        total += share * found.cost
        worst = max(worst, found.violation)
        proofs += found.certificates
    return total, worst, proofs


def _operated(timed: Timed, place: int, network: Network, values: Floats, prices: Floats, edges: Places) -> Operated:
    """Operation of one future, led by the levels and prices that the segments gave it."""
    prefix, own, whole = f"{place}." if place else "", build_network(network), timed.built[place]
    size = network.clock.size
    ends = edges[(edges > place * size) & (edges <= (place + 1) * size)] - 1 - place * size
    levels = levels_at(whole, values, ends, prefix=prefix)
    return operate(time_program([own]), plan_of(own, levels, ends, joint_prices(whole, prices, prefix=prefix)))


def _stacked(given: Sequence[Future]) -> Floats:
    """Series of all futures, one after another; where one has fewer, what is missing does not vary."""
    parts = [scaled_series(network) for _, network in given]
    width = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in parts])


def _peaks(given: Sequence[Future]) -> list[int]:
    """Steps of highest and lowest demand in each future: what a design fails by, if they are averaged away."""
    return [
        place * network.clock.size + int(step) for place, (_, network) in enumerate(given) for step in extreme_steps(network)
    ]


def _check(timed: Timed) -> None:
    if timed.program.integer is not None or timed.program.quadratic is not None:
        raise DefinitionError(
            Label("问题含整数变量或二次费用", "the problem has whole variables or squared costs"),
            where="energy.modes.certified",
            expected=Label("线性规划", "a linear programme"),
            remedy=Label("放松开停机，或改用精确求解", "relax commitment, or solve exactly"),
        )
