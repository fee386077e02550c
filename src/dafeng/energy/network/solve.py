"""Optimise a network: build, solve with a certificate, and read quantities and prices back by their names.

Invariant: no outcome without a certificate that passed; the seconds say what building and what solving took.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.energy.certificate import GAP_TOLERANCE
from dafeng.energy.network.build import Built, balance_rows, build_network, build_scenarios, values_of
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.network.vintages import shares
from dafeng.energy.program import Floats, Program
from dafeng.energy.solution import Solution, solve_program
from dafeng.energy.solving.answer import Algorithm, Watch
from dafeng.energy.solving.start import Start

Ladder = Sequence[Algorithm] | Callable[[Program], Sequence[Algorithm]] | None
"""Solvers in the order in which they are tried, or what says so for a programme; by kind and size if not given."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """An optimised network.

    Parameters
    ----------
    built : Built
        Network and programme.
    solution : Solution
        The optimum with its certificate.
    seconds : mapping of str to float
        CPU seconds of ``build`` and ``solve``. [s]
    """

    built: Built
    solution: Solution
    seconds: Mapping[str, float]

    @property
    def network(self) -> Network:
        """What was optimised."""
        return self.built.network

    @property
    def objective_constant(self) -> float:
        """Cost of extendable capacity that stands already. [yuan]"""
        return self.built.constant

    @property
    def system_cost(self) -> float:
        """Cost of operation and of all extendable capacity. [yuan]"""
        return self.solution.certificate.objective

    @property
    def objective(self) -> float:
        """Cost without extendable capacity that stands already, as PyPSA states it. [yuan]"""
        return self.system_cost - self.objective_constant

    def value(self, component: str, quantity: str) -> Floats:
        """A quantity of all components of a kind, in the order of the network's table.

        Parameters
        ----------
        component : str
            Kind, e.g. ``generator``.
        quantity : str
            Its name, e.g. ``p``.

        Returns
        -------
        (steps, n) array
            Values; zero where a component is inactive. [unit of the quantity]
        """
        found = np.zeros((self.network.clock.size, len(self.network.table(component))))
        frame = self.built.frames.get(component)
        if frame is not None and quantity in frame.variables:
            joint = values_of(frame.variables[quantity], self.solution.values)
            sizes = np.broadcast_to(values_of(frame.sizes, self.solution.values), (1, len(frame.members)))[0]
            own = joint[:, frame.group] * shares(sizes, frame.group, frame.alive)
            found[:, _places(self.built, component)] = own
        return found

    def capacity(self, component: str) -> Floats:
        """Capacity of all components of a kind.

        Parameters
        ----------
        component : str
            Kind.

        Returns
        -------
        (n,) array
            Decided where extendable, given elsewhere. [MW or MWh]
        """
        table = self.network.table(component)
        found = table.number(f"{CAPACITY[component]}_nom").copy()
        frame = self.built.frames.get(component)
        if frame is not None:
            sizes = values_of(frame.sizes, self.solution.values)
            found[_places(self.built, component)] = np.broadcast_to(sizes, (1, len(frame.members)))[0]
        return found

    def price(self) -> Floats:
        """Price at every bus: cost of one more unit taken out in that step.

        Returns
        -------
        (steps, buses) array
            For one more MW over the whole step, with its weight; PyPSA states it per MWh, divided by the weight.
            Zero where a bus has no balance. [yuan]
        """
        rows = balance_rows(self.built)
        return np.where(rows < 0, 0.0, np.append(self.solution.prices, 0.0)[rows])

    def dual(self, block: str) -> Floats:
        """Price of a block of constraints; of those that became bounds, the reduced cost of their variable.

        Parameters
        ----------
        block : str
            Name of the block, e.g. ``limit.co2`` or ``generator.p.upper``.

        Returns
        -------
        array
            Cost of one more unit on the right side, in the block's shape. [yuan per unit]
        """
        rows = self.built.builder.rows[block]
        from_rows = np.where(rows.row < 0, 0.0, np.append(self.solution.prices, 0.0)[rows.row])
        size = np.where(rows.side == 0, 1.0, rows.side)
        reduced = np.append(self.solution.reduced, 0.0)[rows.column] / size
        return from_rows + np.where(rows.column < 0, 0.0, reduced)


def solve_network(
    network: Network,
    *,
    ladder: Ladder = None,
    relaxed: bool = False,
    tolerance: float = GAP_TOLERANCE,
    progress: Watch | None = None,
    start: Start | None = None,
) -> Outcome:
    """Optimum of a network.

    Parameters
    ----------
    network : Network
        What is optimised.
    ladder : sequence of Algorithm or callable, optional
        Solvers in the order in which they are tried, or what gives them for a programme; by kind and size if not given.
    relaxed : bool
        Whether commitment is relaxed to shares.
    tolerance : float
        What the certificate accepts.
    progress : callable, optional
        Told between iterations where the solver stands; cancels when it returns true.
    start : Start, optional
        Where the simplex begins: the ``start`` of the solution of a like network.

    Returns
    -------
    Outcome
        Values, prices and certificate.

    Raises
    ------
    DefinitionError
        If the network contradicts itself.
    SolveError
        If no solver gives a provable optimum; ``InfeasibleError`` where there is a proof that there is none.
    """
    begin = time.process_time()
    built = build_network(network, relaxed=relaxed)
    middle = time.process_time()
    rungs = _rungs(ladder, built)
    solution = solve_program(built.program, ladder=rungs, tolerance=tolerance, progress=progress, start=start)
    return Outcome(built, solution, {"build": middle - begin, "solve": time.process_time() - middle})


def solve_scenarios(
    scenarios: Sequence[tuple[float, Network]],
    *,
    ladder: Ladder = None,
    relaxed: bool = False,
    tolerance: float = GAP_TOLERANCE,
) -> tuple[Outcome, ...]:
    """Optimum over several futures: capacity is decided once, operation in each, for the least expected cost.

    Parameters
    ----------
    scenarios : sequence of (probability, Network)
        The same components with other values; probabilities sum to one.
    ladder : sequence of Algorithm or callable, optional
        As in ``solve_network``.
    relaxed : bool
        Whether commitment is relaxed to shares.
    tolerance : float
        What the certificate accepts.

    Returns
    -------
    tuple of Outcome
        One per scenario; costs, certificate and seconds are those of the whole.

    Raises
    ------
    DefinitionError
        If probabilities do not sum to one, or something differs that is decided once.
    SolveError
        If no solver gives a provable optimum.
    """
    start = time.process_time()
    built = build_scenarios(scenarios, relaxed=relaxed)
    middle = time.process_time()
    solution = solve_program(built[0].program, ladder=_rungs(ladder, built[0]), tolerance=tolerance)
    seconds = {"build": middle - start, "solve": time.process_time() - middle}
    return tuple(Outcome(one, solution, seconds) for one in built)


def _rungs(ladder: Ladder, built: Built) -> Sequence[Algorithm] | None:
    return ladder(built.program) if callable(ladder) else ladder


def _places(built: Built, component: str) -> list[int]:
    """Where the active components stand in the network's table."""
    known = {name: place for place, name in enumerate(built.network.table(component).names)}
    return [known[name] for name in built.frames[component].members.names]
