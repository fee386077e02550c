"""Solve a programme and let nothing out that does not prove itself.

Invariant: a ``Solution`` carries a certificate that passed; when no solver of the ladder reaches one, ``SolveError``
says which were tried, what they said and by how much each failed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dafeng.core.errors import SolveError
from dafeng.core.labels import Label
from dafeng.energy.branching import WholeInfeasibility, prove_no_whole_point
from dafeng.energy.certificate import GAP_TOLERANCE, Certificate, certify, kind_of
from dafeng.energy.duality import reduced_costs
from dafeng.energy.ladder import choose_ladder
from dafeng.energy.program import Floats, Program
from dafeng.energy.proofs import Infeasibility, Unboundedness, diagnose, prove_infeasible
from dafeng.energy.solvers import Algorithm, Answer, Progress, Terms, Watch, run_solver
from dafeng.energy.solving.guard import present_watch
from dafeng.energy.solving.start import Start

FAULTS = Label(
    "{name}（{status}）：违反 {violation:.1e}，在“{worst}”，对偶 {dual:.1e}，间隙 {gap:.1e}",
    "{name} ({status}): violation {violation:.1e} at '{worst}', dual {dual:.1e}, gap {gap:.1e}",
)
"""What is told of a try whose certificate did not pass."""


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
        CPU time of this process while it ran. [s]
    iterations : int
        Iterations it took.
    certificate : Certificate
        What was recomputed about its point.
    asked : str
        What was asked for; empty where the way there was no single solver.
    """

    algorithm: str
    status: str
    seconds: float
    iterations: int
    certificate: Certificate
    asked: str = ""


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
    start : Start or None
        Where the simplex may begin on a like programme; ``None`` where another solver found the optimum.
    """

    program: Program
    values: Floats
    prices: Floats
    reduced: Floats
    certificate: Certificate
    attempts: tuple[Attempt, ...]
    start: Start | None = None

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


class InfeasibleError(SolveError):
    """No point keeps all constraints and bounds; ``proof`` holds the recomputed multipliers.

    Where only whole variables have no point, multipliers for each part of their box.
    """

    proof: Infeasibility | WholeInfeasibility


class UnboundedError(SolveError):
    """The cost falls for ever; ``proof`` holds a recomputed point and direction."""

    proof: Unboundedness


class CancelledError(SolveError):
    """The watch cancelled the solve; nothing of it was kept."""


def solve_program(
    program: Program,
    *,
    ladder: Sequence[Algorithm] | None = None,
    tolerance: float = GAP_TOLERANCE,
    progress: Watch | None = None,
    seconds: float = math.inf,
    scaled: bool = False,
    start: Start | None = None,
) -> Solution:
    """Optimum of a programme, with its certificate.

    Parameters
    ----------
    program : Program
        What to minimise; squared costs and whole variables are allowed.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried; by kind and size if not given (``data/energy/ladders.csv``).
    tolerance : float
        What the certificate accepts: relative gap, violations and reduced costs.
    progress : callable, optional
        Told before each solver and between iterations where it stands (``Progress``); the solve is cancelled when it
        returns true. If not given, the watch of ``solving.guard.watched``, where one is told.
    seconds : float
        Wall time after which each solver is stopped; its point counts only if the certificate passes. [s]
    scaled : bool
        Whether rows and columns are first brought to size one; the certificate is about the true data either way.
    start : Start, optional
        Where the simplex begins: the ``start`` of a solution of a like programme.

    Returns
    -------
    Solution
        Point, prices and certificate of the first solver whose certificate passes. Prices of a programme with whole
        variables are those with these variables held.

    Raises
    ------
    InfeasibleError, UnboundedError
        If there is a proof of it.
    CancelledError
        If ``progress`` cancelled.
    SolveError
        If none passes; never a result with a doubtful certificate, nor one of another algorithm than was asked for.
    """
    _check_squares(program)
    terms = Terms(tolerance, progress or present_watch(), seconds, start)
    relaxed: Floats | None = None
    attempts: list[Attempt] = []
    for algorithm in ladder or choose_ladder(program):
        if terms.watch is not None and terms.watch(Progress(algorithm, 0, math.nan, 0.0)):
            raise _cancelled(algorithm)
        answer = run_solver(program, algorithm, scaled=scaled, terms=terms)
        if answer.cancelled:
            raise _cancelled(algorithm)
        if algorithm == "branch" and relaxed is None:
            relaxed = _relaxation(program, terms)
        certificate = _judge(program, answer, relaxed, tolerance)
        attempts.append(Attempt(answer.ran, answer.status, answer.seconds, answer.iterations, certificate, algorithm))
        if certificate.passed and answer.ran in (algorithm, "presolve"):
            if not certificate.rigorous and any("nbounded" in one.status for one in attempts):
                continue
            return _solution(program, answer, certificate, tuple(attempts))
        if _hints(answer):
            _raise_proof(prove_infeasible(program, answer.multipliers) or diagnose(program, terms=terms))
    if not any(_hints_of(one.status) for one in attempts):
        _raise_proof(diagnose(program, terms=terms))
    if attempts and all(one.asked == "branch" and "nfeasible" in one.status for one in attempts):
        whole = prove_no_whole_point(program, watch=terms.watch)
        raise _unfound() if whole is None else _infeasible(whole)
    raise _failure(attempts)


def _judge(program: Program, answer: Answer, relaxed: Floats | None, tolerance: float) -> Certificate:
    """Certificate of an answer; whole variables are bounded by their relaxation and the solver's own bound."""
    proof = answer.multipliers if relaxed is None or not np.isfinite(answer.values).all() else relaxed
    return certify(program, answer.values, proof, tolerance=tolerance, claimed_bound=answer.bound)


def _relaxation(program: Program, terms: Terms) -> Floats | None:
    """Multipliers that prove the bound of the continuous relaxation; ``None`` where no solver gives any."""
    loose = replace(program, integer=None)
    for algorithm in choose_ladder(loose):
        answer = run_solver(loose, algorithm, terms=replace(terms, watch=None))
        if certify(loose, answer.values, answer.multipliers, tolerance=terms.tolerance).passed:
            return answer.multipliers
    return None


def _hints(answer: Answer) -> bool:
    return _hints_of(answer.status)


def _hints_of(status: str) -> bool:
    """Whether a status word hints at infeasible or unbounded; a reason to look for the proof, never to believe it."""
    return "nfeasible" in status or "nbounded" in status


def _raise_proof(proof: Infeasibility | Unboundedness | None) -> None:
    if isinstance(proof, Infeasibility):
        raise _infeasible(proof)
    if isinstance(proof, Unboundedness):
        raise _unbounded(proof)


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
    return _solution(program, answer, certificate, attempts)


def _solution(program: Program, answer: Answer, certificate: Certificate, attempts: tuple[Attempt, ...]) -> Solution:
    reduced = reduced_costs(program, answer.multipliers, values=answer.values)
    return Solution(program, answer.values, answer.multipliers, reduced, certificate, attempts, answer.start)


def _cancelled(algorithm: str) -> CancelledError:
    return CancelledError(
        Label(f"求解（{algorithm}）被取消，没有保留任何结果", f"the solve ({algorithm}) was cancelled; nothing of it was kept"),
        where="energy.solution",
        expected=Label("求解到证书通过为止", "a solve that runs until its certificate passes"),
        remedy=Label("需要结果时重新求解", "solve again when the result is wanted"),
    )


def _infeasible(proof: Infeasibility | WholeInfeasibility) -> InfeasibleError:
    said = ", ".join(proof.blocks)
    error = InfeasibleError(
        Label(f"问题不可行，相互矛盾的约束：{said}", f"the problem is infeasible; these contradict one another: {said}"),
        where="energy.solution",
        expected=Label("至少有一个满足全部约束的点", "at least one point that keeps all constraints"),
        remedy=Label(
            "放宽其中一项；dafeng energy solve 与 explain_network 逐项列出相关的限值、机组、母线和时段",
            "loosen one of them; dafeng energy solve and explain_network list the limits, units, buses and hours",
        ),
    )
    error.proof = proof
    return error


def _check_squares(program: Program) -> None:
    """Refuse what no solver here can do: squared costs below zero, or beside whole variables."""
    if program.quadratic is None or not np.any(program.quadratic):
        return
    negative = np.flatnonzero(program.quadratic < 0)
    if len(negative):
        block = next(name for name, part in program.variables.items() if part.start <= negative[0] < part.stop)
        raise _refused_square(
            Label(f"“{block}”的二次费用为负", f"the squared cost of '{block}' is negative"),
            Label("非负的二次费用", "squared costs that are not negative"),
            Label(
                "改正其符号：负的二次费用没有唯一的最小值可证",
                "correct its sign: with a negative one no least cost can be proven",
            ),
        )
    if kind_of(program) == "miqp":
        raise _refused_square(
            Label("整数决策与二次费用不能并存", "whole decisions and squared costs cannot stand together"),
            Label("二次费用或整数决策之一", "squared costs or whole decisions, not both"),
            Label(
                "去掉二次费用，或放松整数（--relaxed）；两者都要保留，须用混合整数二次规划求解器（SCIP、Gurobi），"
                "HiGHS 与 Clarabel 都不能",
                "leave the squared cost out, or relax whole decisions (--relaxed); to keep both takes a solver for"
                " mixed-integer quadratic programmes (SCIP, Gurobi): neither HiGHS nor Clarabel is one",
            ),
        )


def _refused_square(what: Label, expected: Label, remedy: Label) -> SolveError:
    return SolveError(what, where="energy.solution", expected=expected, remedy=remedy)


def _unfound() -> SolveError:
    return SolveError(
        Label(
            "整数搜索没有找到可行点，也未能证明没有：放松后的问题可行，分枝过多",
            "the search of whole numbers found no point, and that there is none was not proven: the relaxed problem has one,"
            " and there are too many branches",
        ),
        where="energy.solution",
        expected=Label("一个可行点，或没有可行点的证明", "a point, or a proof that there is none"),
        remedy=Label(
            "放宽整数机组的下限、启停时间或容量，或缩短时段",
            "loosen least loads, times on and off or sizes of the whole units, or take fewer steps",
        ),
    )


def _unbounded(proof: Unboundedness) -> UnboundedError:
    said = ", ".join(proof.blocks)
    error = UnboundedError(
        Label(f"成本可以无限下降，沿着：{said}", f"the cost falls for ever along: {said}"),
        where="energy.solution",
        expected=Label("成本有下限", "a cost with a lower bound"),
        remedy=Label("检查这些变量的上限与成本符号", "check the upper bounds of these variables and the sign of their costs"),
    )
    error.proof = proof
    return error


def _failure(attempts: Sequence[Attempt]) -> SolveError:
    return SolveError(
        Label(
            f"没有求解器给出可证明的最优解：{_said(attempts, FAULTS.zh)}",
            f"no solver gave a provable optimum: {_said(attempts, FAULTS.en)}",
        ),
        where="energy.solution",
        expected=Label("可行、对偶可行且间隙在容差内的解", "a feasible, dual feasible point with a gap inside the tolerance"),
        remedy=Label(
            "检查输入的数量级与上下限；怀疑约束相互矛盾时用 explain_infeasible 找出来，只缺精度时放宽容差（--tolerance）",
            "check magnitudes and bounds of the input; where constraints may contradict one another, find them with"
            " explain_infeasible; where only digits lack, ask for a larger tolerance (--tolerance)",
        ),
    )


def _said(attempts: Sequence[Attempt], form: str) -> str:
    return "; ".join(
        form.format(
            name=one.algorithm if one.asked in ("", one.algorithm) else f"{one.asked} -> {one.algorithm}",
            status=one.status,
            violation=one.certificate.primal_share,
            worst=one.certificate.worst,
            dual=one.certificate.dual_violation,
            gap=one.certificate.objective_gap,
        )
        for one in attempts
    )
