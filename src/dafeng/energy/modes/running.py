"""Use a network in the way that a mode names, whatever it is, with one form of result.

Invariant: the cost is that of an operation of all steps which satisfies every row; what was proven about it is kept apart
from what was claimed on the way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from dafeng.core.errors import SolveError
from dafeng.core.labels import Label
from dafeng.energy.certificate import GAP_TOLERANCE
from dafeng.energy.modes.alternatives import NearOptimal, group_wishes, solve_alternatives
from dafeng.energy.modes.answer import Answer
from dafeng.energy.modes.certified import solve_certified
from dafeng.energy.modes.exact import Exact, solve_exact
from dafeng.energy.modes.mode import PLAIN, Mode, check_mode
from dafeng.energy.modes.myopic import solve_myopic
from dafeng.energy.modes.rolling import solve_rolling
from dafeng.energy.modes.segments import solve_segments
from dafeng.energy.network.design import fixed, standing
from dafeng.energy.network.solve import Ladder, Outcome
from dafeng.energy.network.table import Network
from dafeng.energy.solution import InfeasibleError, UnboundedError
from dafeng.energy.solving.answer import Algorithm, Watch
from dafeng.energy.solving.guard import watched

WHOLE = (*PLAIN, "near-optimal", "certified")
"""Modes that solve the network as it is, at least in the end, so that their proof of infeasibility is one about it."""
INSTEAD: tuple[Algorithm, ...] = ("hipo", "ipx", "simplex")
"""Solvers where HiGHS is asked for and no single programme is there to choose by."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """On what terms a mode runs.

    Parameters
    ----------
    ladder : tuple of Algorithm, callable or None
        Solvers in the order in which they are tried, or what says so for a programme; by kind and size if ``None``.
    relaxed : bool
        Whether commitment is relaxed to shares.
    tolerance : float
        What the certificate accepts.
    horizon, overlap : int
        Steps of one window of ``rolling``, and those that the next one decides again.
    gap : float
        Gap at which ``certified`` ends, as a share of the cost.
    progress : callable or None
        Told between iterations where the solver stands; cancels when it returns true.
    futures : tuple of (probability, Network)
        Futures for which capacities are decided once; none where the network is certain.
    """

    ladder: Ladder = None
    relaxed: bool = False
    tolerance: float = GAP_TOLERANCE
    horizon: int = 72
    overlap: int = 24
    gap: float = 0.01
    progress: Watch | None = None
    futures: tuple[tuple[float, Network], ...] = ()

    @property
    def solvers(self) -> Sequence[Algorithm] | None:
        """Solvers where no single programme is there to choose by."""
        return INSTEAD if callable(self.ladder) else self.ladder


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a mode found.

    Parameters
    ----------
    mode : Mode
        How the network was used.
    answer : Answer
        What the mode answered: design, cost, bound and proofs, and what it alone tells.
    seconds : mapping of str to float
        CPU seconds by part, also of ``compare``. [s]
    optimum : float or None
        Cost of the exact optimum, where it was solved beside. [yuan]
    futures : tuple of (probability, Network)
        Futures for which it was decided once; none where the network is certain.
    """

    mode: Mode
    answer: Answer
    seconds: Mapping[str, float]
    optimum: float | None = None
    futures: tuple[tuple[float, Network], ...] = ()

    @property
    def constant(self) -> float:
        """Cost of extendable capacity that stands already, expected over the futures. [yuan]"""
        return sum(share * standing(one).cost for share, one in self.futures or ((1.0, self.answer.network),))

    @property
    def outcome(self) -> Outcome | None:
        """Certified optimum of one programme; ``None`` in modes that do not end in one."""
        return self.answer.outcome if isinstance(self.answer, Exact | NearOptimal) else None

    @property
    def regret(self) -> float | None:
        """How much dearer than the exact optimum, as a share of it; ``None`` where that was not solved."""
        return None if self.optimum is None else (self.answer.cost - self.optimum) / max(1.0, abs(self.optimum))


def run_mode(network: Network, mode: Mode, *, wishes: Wishes | None = None, compare: bool = False) -> Found:
    """Use a network in the way that a mode names.

    Parameters
    ----------
    network : Network
        A network.
    mode : Mode
        How.
    wishes : Wishes, optional
        On what terms.
    compare : bool
        Whether the exact optimum is solved beside, so that the regret is known.

    Returns
    -------
    Found
        Cost, capacities, what was proven.

    Raises
    ------
    SettingError
        If the network has no use for the mode.
    DefinitionError
        If the mode cannot do what the network asks for.
    SolveError
        If there is no proven result; ``InfeasibleError`` only where the network itself is proven to have no solution.
    """
    asked = wishes or Wishes()
    check_mode(mode, network)
    if mode.name == "dispatch":
        network = fixed(network, standing(network))
        asked = replace(asked, futures=tuple((share, fixed(one, standing(one))) for share, one in asked.futures))
    with watched(asked.progress):
        answer = _answered(network, mode, asked)
        found = Found(mode, answer, answer.seconds, futures=asked.futures)
        return _compared(found, network, asked) if compare else found


def _answered(network: Network, mode: Mode, asked: Wishes) -> Answer:
    try:
        return _RUNS[mode.name](network, mode, asked)
    except (InfeasibleError, UnboundedError) as failure:
        if mode.name in WHOLE:
            raise
        raise _unmet(mode, failure) from failure


def _compared(found: Found, network: Network, asked: Wishes) -> Found:
    """The same beside the exact optimum, which some modes end in."""
    if found.outcome is not None:
        return replace(found, optimum=found.answer.cost)
    start = time.process_time()
    exact = solve_exact(network, ladder=asked.ladder)
    return replace(found, optimum=exact.cost, seconds={**found.seconds, "compare": time.process_time() - start})


def _unmet(mode: Mode, failure: SolveError) -> SolveError:
    """A design or a step on the way that cannot go on says nothing about the network itself."""
    return SolveError(
        Label(
            f"模式“{mode.text}”中途无解或无界，不证明网络本身如此：{failure.what.zh}",
            f"the mode '{mode.text}' could not go on, which proves nothing about the network itself: {failure.what.en}",
        ),
        where=f"energy.modes.{mode.name}",
        expected=Label("定下的容量在每个时段都能运行", "capacities that can operate every step"),
        remedy=Label(
            "给未满足的需求定价，增加时段数，或改用 expand、path",
            "give unserved demand a price, use more segments, or expand or path",
        ),
    )


def _exact(network: Network, _: Mode, asked: Wishes) -> Answer:
    return solve_exact(asked.futures or network, relaxed=asked.relaxed, tolerance=asked.tolerance, ladder=asked.ladder)


def _myopic(network: Network, _: Mode, asked: Wishes) -> Answer:
    return solve_myopic(network, ladder=asked.solvers)


def _rolling(network: Network, _: Mode, asked: Wishes) -> Answer:
    return solve_rolling(network, horizon=asked.horizon, overlap=asked.overlap, ladder=asked.solvers)


def _segments(network: Network, mode: Mode, asked: Wishes) -> Answer:
    return solve_segments(network, segments=mode.segments, ladder=asked.solvers)


def _certified(network: Network, _: Mode, asked: Wishes) -> Answer:
    return solve_certified(asked.futures or network, gap=asked.gap, ladder=asked.solvers)


def _near_optimal(network: Network, mode: Mode, asked: Wishes) -> Answer:
    wishes = list(group_wishes(network).values())
    return solve_alternatives(network, wishes, slack=mode.slack, ladder=asked.solvers)


_RUNS: Mapping[str, Callable[[Network, Mode, Wishes], Answer]] = {
    "dispatch": _exact,
    "expand": _exact,
    "path": _exact,
    "myopic": _myopic,
    "rolling": _rolling,
    "segments": _segments,
    "certified": _certified,
    "near-optimal": _near_optimal,
}
"""What runs each mode."""
