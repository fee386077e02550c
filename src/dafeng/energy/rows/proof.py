"""Whether some rows can hold together, with the proof either way.

Invariant: "possible" comes with a point that keeps every row within the tolerance, "impossible" with multipliers whose
weak-duality bound on the total violation is above it; anything between is an error, never an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from dafeng.core.errors import SolveError
from dafeng.core.labels import Label
from dafeng.energy.certificate import DUAL_TOLERANCE, Certificate, certify
from dafeng.energy.program import Floats, Program
from dafeng.energy.rows.table import Rows, compile_rows, size_of
from dafeng.energy.solvers import Algorithm, Answer, hold_program, run_solver

TOLERANCE = 1e-7
"""Total violation, relative to the sizes of the rows, up to which rows count as kept."""
LADDER: tuple[Algorithm, ...] = ("simplex", "ipx", "clarabel")
"""Solvers in the order in which they are tried on small tables."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether rows can hold together.

    Parameters
    ----------
    possible : bool
        Whether they can.
    point : mapping of str to float
        Values by variable: one that keeps them, or the one that breaks them least.
    multipliers : mapping of str to float
        Where they cannot: the rows that contradict one another, each with its part in the contradiction.
        [1 per unit of the row]
    bounds : tuple of str
        Variables whose bounds take part in the contradiction.
    """

    possible: bool
    point: Mapping[str, float]
    multipliers: Mapping[str, float]
    bounds: tuple[str, ...]


def examine(rows: Rows, held: Collection[str]) -> Proof:
    """Prove whether some rows can hold together.

    Parameters
    ----------
    rows : Rows
        The table.
    held : collection of str
        Rows that are to hold.

    Returns
    -------
    Proof
        The answer with its point or its multipliers.

    Raises
    ------
    SolveError
        If no solver gives a proof, or the rows are so close to a contradiction that neither is provable.
    """
    names = tuple(held)
    program = _elastic(rows, names)
    said = []
    for algorithm in LADDER:
        answer = run_solver(program, algorithm, scaled=True)
        proof, certificate = _read(rows, names, program, answer)
        if proof is not None:
            return proof
        said.append(f"{answer.ran} ({answer.status}): {certificate.bound:.1e} … {certificate.objective:.1e}")
    raise SolveError(
        Label(f"无法证明这些行能否同时成立：{'; '.join(said)}", f"cannot prove whether the rows can hold: {'; '.join(said)}"),
        where="energy.rows",
        expected=Label("明确可行或明确矛盾的行", "rows that clearly hold or clearly contradict"),
        remedy=Label("检查数量级相差悬殊的系数", "check coefficients of very different magnitude"),
    )


def remember(rows: Rows) -> Callable[[Collection[str]], Proof]:
    """An ``examine`` for one table that keeps it loaded and asks nothing twice.

    Parameters
    ----------
    rows : Rows
        The table.

    Returns
    -------
    callable
        From rows that are to hold to the proof; what holds in a larger set holds in every part of it.
    """
    names = tuple(rows.rows)
    program = _elastic(rows, names)
    answer = hold_program(program, scaled=True)
    seen: dict[frozenset[str], Proof] = {}

    def ask(held: Collection[str]) -> Proof:
        used = np.array([name in held for name in names], dtype=bool)
        low, high = np.where(used, program.row_low, -np.inf), np.where(used, program.row_high, np.inf)
        part = replace(program, row_low=low, row_high=high)
        proof, _ = _read(rows, names, part, answer(part))
        return proof or examine(rows, tuple(name for name in names if name in held))

    def recall(held: Collection[str]) -> Proof:
        key = frozenset(held)
        if key not in seen:
            wider = (proof for known, proof in seen.items() if proof.possible and key <= known)
            seen[key] = next(wider, None) or ask(key)
        return seen[key]

    return recall


def _elastic(rows: Rows, names: tuple[str, ...]) -> Program:
    """Least total violation of some rows, each relative to its size."""
    return compile_rows(rows, names, objective={}, elastic={name: 1.0 / size_of(rows.rows[name]) for name in names})


def _read(rows: Rows, names: tuple[str, ...], program: Program, answer: Answer) -> tuple[Proof | None, Certificate]:
    """What an answer proves, if anything."""
    found = certify(program, answer.values, answer.multipliers)
    if found.primal_share <= TOLERANCE and found.objective <= TOLERANCE:
        return Proof(True, _point(rows, answer.values), {}, ()), found
    if found.bound > TOLERANCE and found.dual_violation <= DUAL_TOLERANCE:
        return _contradiction(rows, names, answer.values, answer.multipliers), found
    return None, found


def _point(rows: Rows, values: Floats) -> dict[str, float]:
    return {name: float(value) for name, value in zip(rows.variables, values, strict=False)}


def _contradiction(
    rows: Rows,
    names: tuple[str, ...],
    values: Floats,
    multipliers: Floats,
) -> Proof:
    part = {
        name: float(value)
        for name, value in zip(names, multipliers, strict=True)
        if abs(value) * size_of(rows.rows[name]) > DUAL_TOLERANCE
    }
    left = dict.fromkeys(rows.variables, 0.0)
    size = dict.fromkeys(rows.variables, 0.0)
    for name, value in part.items():
        for variable, coefficient in rows.rows[name].coefficients.items():
            left[variable] += value * coefficient
            size[variable] = max(size[variable], abs(value * coefficient))
    bounds = tuple(name for name, value in left.items() if abs(value) > DUAL_TOLERANCE * size[name])
    return Proof(False, _point(rows, values), part, bounds)
