"""Solve a programme and let nothing out that does not prove itself.

Invariant: a ``Solution`` carries a certificate that passed; when no solver of the ladder reaches one, ``SolveError``
says which were tried, what they said and by how much each failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dafeng.core.errors import SolveError
from dafeng.core.labels import Label
from dafeng.energy.certificate import Certificate, certify, reduced_costs
from dafeng.energy.program import Floats, Program
from dafeng.energy.solvers import Algorithm, Answer, run_solver

LADDER: tuple[Algorithm, ...] = ("simplex", "clarabel", "ipx")
"""Order in which solvers are tried on one-node dispatch; measured in ``benchmarks/dispatch.py``, see ``docs/energy.md``."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of one solver.

    Parameters
    ----------
    algorithm : str
        What really ran.
    status : str
        Status word of the solver.
    seconds : float
        Wall time. [s]
    iterations : int
        Iterations it took.
    certificate : Certificate
        What was recomputed about its point.
    """

    algorithm: str
    status: str
    seconds: float
    iterations: int
    certificate: Certificate


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A proven optimum.

    Parameters
    ----------
    program : Program
        What was solved.
    values : (columns,) array
        Optimal point.
    prices : (rows,) array
        Price of each constraint. [yuan per unit]
    reduced : (columns,) array
        Reduced cost of each variable. [yuan per unit]
    certificate : Certificate
        The proof.
    attempts : tuple of Attempt
        All tries, the last one being the one that passed.
    """

    program: Program
    values: Floats
    prices: Floats
    reduced: Floats
    certificate: Certificate
    attempts: tuple[Attempt, ...]

    def value(self, name: str) -> Floats:
        """Optimal values of a block of variables.

        Parameters
        ----------
        name : str
            Name of the block.

        Returns
        -------
        (n,) array
            Values. [unit of the variables]
        """
        return self.values[self.program.variables[name]]

    def price(self, name: str) -> Floats:
        """Prices of a block of constraints.

        Parameters
        ----------
        name : str
            Name of the block.

        Returns
        -------
        (n,) array
            Cost of one more unit on the constraint's bound. [yuan per unit]
        """
        return self.prices[self.program.constraints[name]]

    def reduced_cost(self, name: str) -> Floats:
        """Reduced costs of a block of variables.

        Parameters
        ----------
        name : str
            Name of the block.

        Returns
        -------
        (n,) array
            Cost of one more unit on the variable's own bound. [yuan per unit]
        """
        return self.reduced[self.program.variables[name]]


def solve_program(program: Program, *, ladder: Sequence[Algorithm] = LADDER, scaled: bool = False) -> Solution:
    """Optimum of a programme, with its certificate.

    Parameters
    ----------
    program : Program
        What to minimise.
    ladder : sequence of Algorithm
        Solvers in the order in which they are tried.
    scaled : bool
        Whether rows and columns are first brought to size one; the certificate is about the true data either way.

    Returns
    -------
    Solution
        Point, prices and certificate of the first solver whose certificate passes.

    Raises
    ------
    SolveError
        If none passes; never a result with a doubtful certificate, nor one of another algorithm than was asked for.
    """
    attempts: list[Attempt] = []
    for algorithm in ladder:
        answer = run_solver(program, algorithm, scaled=scaled)
        certificate = certify(program, answer.values, answer.multipliers)
        attempts.append(Attempt(answer.ran, answer.status, answer.seconds, answer.iterations, certificate))
        if certificate.passed and answer.ran in (algorithm, "presolve"):
            return accept(program, answer, certificate, tuple(attempts))
    raise _failure(attempts)


def accept(program: Program, answer: Answer, certificate: Certificate, attempts: tuple[Attempt, ...]) -> Solution:
    """Solution from an answer, if its certificate passed.

    Parameters
    ----------
    program : Program
        What was solved.
    answer : Answer
        What the solver returned.
    certificate : Certificate
        What was recomputed about it.
    attempts : tuple of Attempt
        All tries so far.

    Returns
    -------
    Solution
        The proven optimum.

    Raises
    ------
    SolveError
        If the certificate did not pass.
    """
    if not certificate.passed:
        raise _failure(attempts)
    reduced = reduced_costs(program, answer.multipliers)
    return Solution(program, answer.values, answer.multipliers, reduced, certificate, attempts)


def _failure(attempts: Sequence[Attempt]) -> SolveError:
    said = "; ".join(
        f"{one.algorithm} ({one.status}): violation {one.certificate.primal_share:.1e} at "
        f"'{one.certificate.worst}', dual {one.certificate.dual_violation:.1e}, gap {one.certificate.relative_gap:.1e}"
        for one in attempts
    )
    return SolveError(
        Label(f"没有求解器给出可证明的最优解：{said}", f"no solver gave a provable optimum: {said}"),
        where="energy.solution",
        expected=Label("可行、对偶可行且间隙在容差内的解", "a feasible, dual feasible point with a gap inside the tolerance"),
        remedy=Label(
            "检查输入的数量级与上下限；若问题不可行，先用“energy.rows.conflicts”找出冲突",
            "check the magnitudes and bounds of the input; if the problem is infeasible, find the conflict first",
        ),
    )
