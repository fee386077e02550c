"""Proof that no point with whole variables exists: the box is halved until every part is proven empty by itself.

Invariant: the parts cover every whole point of the programme's box, and each carries multipliers that were recomputed
in unscaled data; the word of a search of whole numbers is never taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dafeng.energy.program import Floats, Program
from dafeng.energy.proofs import Infeasibility, elastic_program, keeps, prove_infeasible
from dafeng.energy.solvers import hold_program
from dafeng.energy.solving.answer import Answer, Progress, Watch

MOST_PARTS = 2000
"""Parts that are looked at before the proof is given up."""
WHOLE = 1e-6
"""Distance from a whole number up to which a value counts as whole."""


@dataclass(frozen=True, slots=True, eq=False)
class EmptyPart:
    """A part of the box in which no point exists.

    Parameters
    ----------
    low, high : (columns,) array
        Bounds of the variables in this part.
    proof : Infeasibility
        Multipliers that prove it, with whole variables taken as continuous.
    """

    low: Floats
    high: Floats
    proof: Infeasibility


@dataclass(frozen=True, slots=True, eq=False)
class WholeInfeasibility:
    """Proof that no point with whole variables exists.

    Parameters
    ----------
    parts : tuple of EmptyPart
        Parts that together hold every whole point of the programme's box.
    margin : float
        The least clear contradiction among them, relative to its terms; above 0.
    blocks : tuple of str
        Blocks that take part in any of them.
    rigorous : bool
        Whether no part left a residue out.
    """

    parts: tuple[EmptyPart, ...]
    margin: float
    blocks: tuple[str, ...]
    rigorous: bool


def prove_no_whole_point(program: Program, *, most: int = MOST_PARTS, watch: Watch | None = None) -> WholeInfeasibility | None:
    """Look for the proof that a programme has no point with whole variables.

    Parameters
    ----------
    program : Program
        A programme with whole variables.
    most : int
        Parts that are looked at before giving up.
    watch : callable, optional
        Told how many parts were looked at; true ends the search without a proof.

    Returns
    -------
    WholeInfeasibility or None
        The proof; ``None`` where a point was met, a part could not be judged, or there are too many parts.
    """
    solve = _held(program)
    open_parts, empty = [(program.low, program.high)], list[EmptyPart]()
    for seen in range(most):
        if not open_parts:
            return _proof(empty)
        if watch is not None and watch(Progress("branch", seen, math.nan, 0.0)):
            return None
        part = replace(program, low=open_parts[-1][0], high=open_parts[-1][1])
        open_parts.pop()
        found = solve(part)
        if isinstance(found, Infeasibility):
            empty.append(EmptyPart(part.low, part.high, found))
        elif found is None:
            return None
        else:
            open_parts += found
    return None


def _held(program: Program) -> Callable[[Program], Infeasibility | list[tuple[Floats, Floats]] | None]:
    """From a part of the box to the proof that it is empty, to its halves, or to nothing."""
    elastic, columns = elastic_program(program, np.arange(len(program.row_low))), len(program.cost)
    solver = hold_program(elastic)

    def look(part: Program) -> Infeasibility | list[tuple[Floats, Floats]] | None:
        crossed = prove_infeasible(part, np.zeros(len(part.row_low)))
        if crossed is not None:
            return crossed
        bounds = replace(
            elastic, low=np.append(part.low, elastic.low[columns:]), high=np.append(part.high, elastic.high[columns:])
        )
        answer: Answer = solver(bounds)
        if keeps(part, answer.values[:columns]):
            return _halves(part, answer.values[:columns])
        return prove_infeasible(part, answer.multipliers)

    return look


def _halves(part: Program, point: Floats) -> list[tuple[Floats, Floats]] | None:
    """The part cut in two at the variable that is farthest from whole; ``None`` where all are whole: a point exists."""
    whole = np.flatnonzero(part.integer) if part.integer is not None else np.zeros(0, dtype=np.int64)
    away = np.abs(point[whole] - np.round(point[whole]))
    if not len(whole) or away.max() <= WHOLE:
        return None
    place = whole[int(np.argmax(away))]
    high, low = part.high.copy(), part.low.copy()
    high[place], low[place] = np.floor(point[place]), np.ceil(point[place])
    return [(part.low, high), (low, part.high)]


def _proof(empty: list[EmptyPart]) -> WholeInfeasibility:
    proofs = [one.proof for one in empty]
    blocks = tuple(dict.fromkeys(name for one in proofs for name in one.blocks))
    return WholeInfeasibility(tuple(empty), min(one.margin for one in proofs), blocks, all(one.rigorous for one in proofs))
