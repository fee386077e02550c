"""Why a programme has no point, in the plan's words: a smallest set of named groups that contradict one another.

Invariant: the groups returned cannot hold together (recomputed multipliers prove it) and without any one of them the
others can (a point shows it), while every constraint outside the groups holds throughout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import DefinitionError, SolveError
from dafeng.core.labels import Label
from dafeng.energy.ladder import choose_ladder
from dafeng.energy.program import Program
from dafeng.energy.proofs import KEPT, Infeasibility, elastic_program, find_point, keeps, prove_infeasible
from dafeng.energy.solvers import Terms, run_solver


@dataclass(frozen=True, slots=True)
class Group:
    """Constraints that stand or fall together: one clause of a plan, one policy.

    Parameters
    ----------
    name : str
        Identity of the group.
    label : Label
        What it demands, in the plan's words.
    clause : str
        Address of the clause that owns it; empty where no plan does.
    constraints : tuple of str
        Blocks of constraints that belong to it.
    variables : tuple of str
        Blocks of variables whose bounds belong to it; without the group they range freely, from zero if they did not
        go below it.
    """

    name: str
    label: Label
    clause: str = ""
    constraints: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Clash:
    """A smallest set of groups that cannot hold together.

    Parameters
    ----------
    groups : tuple of Group
        The groups; empty where the constraints outside all groups contradict one another already.
    proof : Infeasibility
        Multipliers that prove the contradiction of these groups and everything outside the groups.
    shortfall : mapping of str to float
        By group, the least sum of violations of its rows if it alone gives way. [unit of its rows]
    places : mapping of str to array of int
        By block of constraints that takes part, which of its rows do: the hours of the contradiction.
    """

    groups: tuple[Group, ...]
    proof: Infeasibility
    shortfall: Mapping[str, float]
    places: Mapping[str, NDArray[np.int64]]


def explain_infeasible(
    program: Program, groups: Sequence[Group], *, terms: Terms | None = None, proof: Infeasibility | None = None
) -> Clash | None:
    """Smallest set of groups that contradict one another.

    The multipliers of the first contradiction name the groups to look at; then each is left out in turn, and stays out
    where the rest still contradict. Each further contradiction may clear several groups at once.

    Parameters
    ----------
    program : Program
        The programme; whole variables are taken as continuous.
    groups : sequence of Group
        What may be in conflict; everything else holds throughout.
    terms : Terms, optional
        Watch and time limit of each solve.
    proof : Infeasibility, optional
        Proof that the programme has no point, where one is known already.

    Returns
    -------
    Clash or None
        The set with its proof; ``None`` if the programme has a point.

    Raises
    ------
    DefinitionError
        If a group names a block that does not exist.
    SolveError
        If for some subset neither a point nor a proof of infeasibility was found.
    """
    _check(program, groups)
    proof = proof or _examine(program, groups, groups, terms)
    if proof is None:
        return None
    left = _involved(program, groups, groups, proof)
    for group in left:
        without = tuple(one for one in left if one is not group)
        found = _examine(program, groups, without, terms) if group in left else None
        if found is not None:
            left, proof = _involved(program, groups, without, found), found
    return Clash(left, proof, _shortfalls(program, groups, left, terms), _places(program, proof))


def _examine(program: Program, groups: Sequence[Group], kept: Sequence[Group], terms: Terms | None) -> Infeasibility | None:
    """Proof that the kept groups contradict one another; ``None`` with a point that keeps them."""
    relaxed = _without(program, groups, kept)
    rows = _rows_of(program, kept)
    elastic, columns = elastic_program(relaxed, rows), len(program.cost)
    for algorithm in choose_ladder(elastic) if len(rows) else ():
        answer = run_solver(elastic, algorithm, terms=terms)
        if keeps(relaxed, answer.values[:columns]):
            return None
        proof = prove_infeasible(relaxed, answer.multipliers)
        if proof is not None:
            return proof
    found = find_point(relaxed, terms=terms)
    if found is None:
        raise _unclear(kept)
    return found if isinstance(found, Infeasibility) else None


def _without(program: Program, groups: Sequence[Group], kept: Sequence[Group]) -> Program:
    """The programme without the constraints and bounds of the groups that are not kept."""
    row_low, row_high, low, high = (side.copy() for side in (program.row_low, program.row_high, program.low, program.high))
    for group in groups:
        if group in kept:
            continue
        for name in group.constraints:
            row_low[program.constraints[name]], row_high[program.constraints[name]] = -np.inf, np.inf
        for name in group.variables:
            part = program.variables[name]
            low[part], high[part] = np.where(low[part] >= 0, 0.0, -np.inf), np.inf
    return replace(program, row_low=row_low, row_high=row_high, low=low, high=high)


def _involved(program: Program, groups: Sequence[Group], kept: Sequence[Group], proof: Infeasibility) -> tuple[Group, ...]:
    """The kept groups that the multipliers need: without the others they prove the contradiction just as well."""
    reduced = program.matrix.T @ proof.multipliers
    terms = abs(program.matrix).T @ np.abs(proof.multipliers)
    moved = np.abs(reduced) > KEPT * terms
    needed = tuple(
        group
        for group in kept
        if any(np.any(proof.multipliers[program.constraints[name]]) for name in group.constraints)
        or any(np.any(moved[program.variables[name]]) for name in group.variables)
    )
    enough = prove_infeasible(_without(program, groups, needed), proof.multipliers)
    return needed if enough is not None else tuple(kept)


def _shortfalls(program: Program, groups: Sequence[Group], left: Sequence[Group], terms: Terms | None) -> dict[str, float]:
    """By how much each group with rows gives way while the others of the set hold."""
    found: dict[str, float] = {}
    relaxed, columns = _without(program, groups, left), len(program.cost)
    for group in left:
        rows = _rows_of(program, (group,))
        elastic = elastic_program(relaxed, rows)
        for algorithm in choose_ladder(elastic) if len(rows) else ():
            answer = run_solver(elastic, algorithm, terms=terms)
            if keeps(elastic, answer.values):
                found[group.name] = float(answer.values[columns:].sum())
                break
    return found


def _rows_of(program: Program, groups: Sequence[Group]) -> NDArray[np.int64]:
    parts = [program.constraints[name] for group in groups for name in group.constraints]
    return np.concatenate([np.arange(part.start, part.stop) for part in parts] or [np.zeros(0, dtype=np.int64)])


def _places(program: Program, proof: Infeasibility) -> dict[str, NDArray[np.int64]]:
    return {name: np.flatnonzero(proof.multipliers[program.constraints[name]]) for name in proof.blocks}


def _check(program: Program, groups: Sequence[Group]) -> None:
    for group in groups:
        for name, known in [(one, program.constraints) for one in group.constraints] + [
            (one, program.variables) for one in group.variables
        ]:
            if name not in known:
                raise DefinitionError(
                    Label(f"没有名为“{name}”的块", f"no block is called '{name}'"),
                    where=f"energy.infeasible.{group.name}",
                    expected=Label("问题中已有的块", "blocks that the programme has: " + ", ".join(sorted(known)[:20])),
                    remedy=Label("改正该组", "correct the group"),
                )


def _unclear(kept: Sequence[Group]) -> SolveError:
    zh = "、".join(group.label.zh for group in kept)
    en = ", ".join(group.label.en for group in kept)
    return SolveError(
        Label(f"无法证明以下各项能否同时成立：{zh}", f"cannot prove whether these can hold together: {en}"),
        where="energy.infeasible",
        expected=Label("明确可行或明确矛盾的约束", "constraints that clearly hold or clearly contradict"),
        remedy=Label("检查数量级相差悬殊的系数，或放宽时限", "check coefficients of very different size, or allow more time"),
    )
