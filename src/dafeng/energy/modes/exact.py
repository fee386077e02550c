"""The whole network at once: dispatch where capacities are given, expansion where they are not, a pathway with foresight.

Invariant: the cost is the certified optimum, so the gap is the solver's tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dafeng.core.labels import Label
from dafeng.energy.certificate import GAP_TOLERANCE, Certificate
from dafeng.energy.modes.answer import share_above
from dafeng.energy.network.design import Design, decided_by
from dafeng.energy.network.solve import Ladder, Outcome, solve_network, solve_scenarios
from dafeng.energy.network.table import Network


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """The optimum of a network.

    Parameters
    ----------
    outcome : Outcome
        Values, prices and certificate; of several futures the first, with the cost of all.
    """

    outcome: Outcome

    @property
    def network(self) -> Network:
        """What was asked."""
        return self.outcome.network

    @property
    def design(self) -> Design:
        """Capacities as the solver found them, and what they cost."""
        return decided_by(self.outcome)

    @property
    def cost(self) -> float:
        """Least cost. [yuan]"""
        return self.outcome.system_cost

    @property
    def bound(self) -> float:
        """Bound by weak duality; for whole variables what their search states. [yuan]"""
        return self.outcome.solution.certificate.bound

    @property
    def gap(self) -> float:
        """How far the cost can be above the optimum, as a share of it."""
        return share_above(self.cost, self.bound)

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The proof."""
        return (self.outcome.solution.certificate,)

    @property
    def violation(self) -> float:
        """Largest violation of any row, relative to its size."""
        return self.outcome.solution.certificate.primal_share

    @property
    def seconds(self) -> Mapping[str, float]:
        """CPU seconds of ``build`` and ``solve``. [s]"""
        return self.outcome.seconds

    @property
    def statement(self) -> Label:
        """What is proven."""
        return Label(
            f"已证明最优，相对误差不超过 {abs(self.gap):.1e}", f"proven optimum, within {abs(self.gap):.1e} of its cost"
        )


def solve_exact(
    futures: Network | Sequence[tuple[float, Network]],
    *,
    relaxed: bool = False,
    tolerance: float = GAP_TOLERANCE,
    ladder: Ladder = None,
) -> Exact:
    """Optimum of a network over all its steps.

    Parameters
    ----------
    futures : Network or sequence of (probability, Network)
        What is optimised: operation where capacities are given, capacities too where they are extendable, all investment
        periods at once where there are any; or several futures, for which capacities are decided once.
    relaxed : bool
        Whether commitment is relaxed to shares.
    tolerance : float
        What the certificate accepts.
    ladder : sequence of Algorithm or callable, optional
        Solvers in the order in which they are tried, or what gives them for a programme; by kind and size if not given.

    Returns
    -------
    Exact
        Values, prices and certificate.

    Raises
    ------
    DefinitionError
        If the network contradicts itself.
    SolveError
        If no solver gives a provable optimum.
    """
    if isinstance(futures, Network):
        return Exact(solve_network(futures, relaxed=relaxed, tolerance=tolerance, ladder=ladder))
    return Exact(solve_scenarios(futures, relaxed=relaxed, tolerance=tolerance, ladder=ladder)[0])
