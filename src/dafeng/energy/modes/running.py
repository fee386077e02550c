"""Use a network in the way that a mode names, whatever it is, with one form of result.

Invariant: the cost is that of an operation of all steps which satisfies every row; what was proven about it is kept apart
from what was claimed on the way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dafeng.core.errors import SolveError
from dafeng.core.labels import Label
from dafeng.energy.certificate import GAP_TOLERANCE
from dafeng.energy.modes.alternatives import NearOptimal, Weights, extremes, solve_alternatives
from dafeng.energy.modes.certified import Certified, solve_certified
from dafeng.energy.modes.design import capacity_cost
from dafeng.energy.modes.mode import PLAIN, Mode, check_mode, grows
from dafeng.energy.modes.pathway import Myopic, solve_myopic
from dafeng.energy.modes.rolling import Rolled, solve_rolling
from dafeng.energy.modes.segments import Segmented, solve_segments
from dafeng.energy.network.build import with_capacities
from dafeng.energy.network.solve import Ladder, Outcome, solve_network, solve_scenarios
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.program import Floats
from dafeng.energy.solution import InfeasibleError, UnboundedError
from dafeng.energy.solving.answer import Algorithm, Watch
from dafeng.energy.solving.guard import watched

WHOLE = (*PLAIN, "near-optimal", "certified")
"""Modes that solve the network as it is, at least in the end, so that their proof of infeasibility is one about it."""
INSTEAD: tuple[Algorithm, ...] = ("hipo", "ipx", "simplex")
"""Solvers where HiGHS is asked for and no single programme is there to choose by."""
Made = Outcome | Myopic | Rolled | Segmented | Certified | NearOptimal
"""What the modes return."""


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
    network : Network
        The network, with the capacities that were to be decided.
    made : object
        What the mode returned.
    cost : float
        Cost of the system in all steps. [yuan]
    sizes : mapping of str to (n,) array
        Capacities by kind, in the order of the network. [MW or MWh]
    bound : float or None
        No solution costs less; ``None`` where nothing was proven. [yuan]
    seconds : mapping of str to float
        CPU seconds by part. [s]
    optimum : float or None
        Cost of the exact optimum, where it was solved beside. [yuan]
    futures : tuple of (probability, Network)
        Futures for which it was decided once; none where the network is certain.
    """

    mode: Mode
    network: Network
    made: Made
    cost: float
    sizes: Mapping[str, Floats]
    bound: float | None
    seconds: Mapping[str, float]
    optimum: float | None = None
    futures: tuple[tuple[float, Network], ...] = ()

    @property
    def constant(self) -> float:
        """Cost of extendable capacity that stands already, expected over the futures. [yuan]"""
        return sum(share * capacity_cost(one, _standing(one)) for share, one in self.futures or ((1.0, self.network),))

    @property
    def outcome(self) -> Outcome | None:
        """Certified optimum of one programme; ``None`` in modes that do not end in one."""
        return (
            self.made if isinstance(self.made, Outcome) else self.made.outcome if isinstance(self.made, NearOptimal) else None
        )

    @property
    def regret(self) -> float | None:
        """How much dearer than the exact optimum, as a share of it; ``None`` where that was not solved."""
        return None if self.optimum is None else (self.cost - self.optimum) / max(1.0, abs(self.optimum))


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
    try:
        with watched(asked.progress):
            found = _RUNS[mode.name](network, mode, asked)
    except (InfeasibleError, UnboundedError) as failure:
        if mode.name in WHOLE:
            raise
        raise _unmet(mode, failure) from failure
    found = replace(found, futures=asked.futures)
    if compare and found.outcome is not None:
        return replace(found, optimum=found.cost)
    if not compare:
        return found
    start = time.process_time()
    exact = solve_network(network, ladder=asked.ladder, progress=asked.progress)
    return replace(found, optimum=exact.system_cost, seconds={**found.seconds, "compare": time.process_time() - start})


def group_wishes(network: Network) -> dict[str, Weights]:
    """Least and most capacity of every carrier that may grow.

    Parameters
    ----------
    network : Network
        A network with capacities to decide.

    Returns
    -------
    dict of str to mapping
        Wish by name: ``least`` or ``most``, and the carrier; a component without one stands for itself.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind, letter in CAPACITY.items():
        table = network.table(kind)
        if len(table):
            chosen = zip(table.names, table.text("carrier"), table.flag(f"{letter}_nom_extendable"), strict=True)
            for name, carrier, may in chosen:
                if may:
                    groups.setdefault(f"{kind}.{carrier or name}", []).append((kind, name))
    names = [f"{end} {group}" for group in groups for end in ("least", "most")]
    return dict(zip(names, extremes(groups), strict=True))


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


def _standing(network: Network) -> dict[str, Floats]:
    kinds = {kind: network.table(kind) for kind in CAPACITY}
    return {kind: table.number(f"{CAPACITY[kind]}_nom") for kind, table in kinds.items() if len(table)}


def _sizes(outcome: Outcome) -> dict[str, Floats]:
    return {kind: outcome.capacity(kind) for kind in CAPACITY if len(outcome.network.table(kind))}


def _plain(network: Network, mode: Mode, asked: Wishes) -> Found:
    terms: dict[str, Any] = {"ladder": asked.ladder, "relaxed": asked.relaxed, "tolerance": asked.tolerance}
    if asked.futures:
        outcome = solve_scenarios(asked.futures, **terms)[0]
    else:
        outcome = solve_network(network, **terms, progress=asked.progress)
    bound = outcome.solution.certificate.bound
    return Found(mode, network, outcome, outcome.system_cost, _sizes(outcome), bound, outcome.seconds)


def _dispatch(network: Network, mode: Mode, asked: Wishes) -> Found:
    futures = tuple((share, _standing_still(one)) for share, one in asked.futures)
    return _plain(_standing_still(network), mode, replace(asked, futures=futures))


def _standing_still(network: Network) -> Network:
    return with_capacities(network, _standing(network)) if grows(network) else network


def _myopic(network: Network, mode: Mode, asked: Wishes) -> Found:
    start = time.process_time()
    made = solve_myopic(network, ladder=asked.solvers)
    return Found(mode, network, made, made.cost, made.design.sizes, None, {"solve": time.process_time() - start})


def _rolling(network: Network, mode: Mode, asked: Wishes) -> Found:
    made = solve_rolling(network, horizon=asked.horizon, overlap=asked.overlap, ladder=asked.solvers)
    return Found(mode, network, made, made.cost, _standing(network), None, made.seconds)


def _segments(network: Network, mode: Mode, asked: Wishes) -> Found:
    made = solve_segments(network, segments=mode.segments, ladder=asked.solvers)
    return Found(mode, network, made, made.cost, made.design.sizes, None, made.seconds)


def _certified(network: Network, mode: Mode, asked: Wishes) -> Found:
    made = solve_certified(asked.futures or network, gap=asked.gap, ladder=asked.solvers)
    return Found(mode, network, made, made.cost, made.design.sizes, made.bound, made.seconds)


def _near_optimal(network: Network, mode: Mode, asked: Wishes) -> Found:
    start = time.process_time()
    made = solve_alternatives(network, list(group_wishes(network).values()), slack=mode.slack, ladder=asked.solvers)
    best = made.outcome
    seconds = {**best.seconds, "alternatives": time.process_time() - start - sum(best.seconds.values())}
    bound = best.solution.certificate.bound
    return Found(mode, network, made, best.system_cost, _sizes(best), bound, seconds)


_RUNS: Mapping[str, Callable[[Network, Mode, Wishes], Found]] = {
    "dispatch": _dispatch,
    "expand": _plain,
    "path": _plain,
    "myopic": _myopic,
    "rolling": _rolling,
    "segments": _segments,
    "certified": _certified,
    "near-optimal": _near_optimal,
}
"""What runs each mode."""
