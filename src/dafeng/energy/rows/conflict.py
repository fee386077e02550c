"""All minimal sets of soft rows that cannot hold together.

Invariant: of every set returned it is proven that its rows contradict one another (with the hard rows and the bounds),
and that without any one of them the others can hold; and no such set up to the wanted size is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from dafeng.core.errors import LookupFailure, SolveError
from dafeng.core.labels import Label
from dafeng.energy.rows.optimum import shortfall
from dafeng.energy.rows.proof import Proof, remember
from dafeng.energy.rows.table import Rows

Recall = Callable[[Collection[str]], Proof]
"""Proof for rows that are to hold."""
BRANCHES = 10_000
"""Most branches of the search; beyond them it stops with an error rather than with an incomplete list."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A minimal set of rows that cannot hold together.

    Parameters
    ----------
    rows : tuple of str
        The soft rows, in the order of the table; empty where the hard rows alone contradict one another.
    hard : tuple of str
        Hard (or fixed) rows that are needed for the contradiction, minimal too.
    bounds : tuple of str
        Variables whose bounds take part.
    multipliers : mapping of str to float
        Proof: the combination of rows that leaves no point. [1 per unit of the row]
    shortfall : mapping of str to float
        By soft row: by how much it alone would have to give way if all others of the set hold. [unit of the row]
    points : mapping of str to mapping of str to float
        By soft row: values at which the others hold and it gives way least; the proof that the set is minimal.
    """

    rows: tuple[str, ...]
    hard: tuple[str, ...]
    bounds: tuple[str, ...]
    multipliers: Mapping[str, float]
    shortfall: Mapping[str, float]
    points: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the search goes.

    Parameters
    ----------
    size : int
        Largest set wanted. [rows]
    branches : int
        Most branches.
    """

    size: int
    branches: int


def conflicts(
    rows: Rows, *, max_size: int | None = None, fixed: Collection[str] = (), branches: int = BRANCHES
) -> tuple[Conflict, ...]:
    """All minimal sets of soft rows that cannot hold together.

    Parameters
    ----------
    rows : Rows
        The table; hard rows and bounds always hold.
    max_size : int or None
        Largest set wanted; ``None`` for all.
    fixed : collection of str
        Soft rows that are to be treated as hard.
    branches : int
        Most branches of the search.

    Returns
    -------
    tuple of Conflict
        Smallest first, then in the order of the table.

    Raises
    ------
    LookupFailure
        If ``fixed`` names a row that does not exist.
    SolveError
        If the search needs more branches, or a proof fails.
    """
    unknown = sorted(set(fixed) - set(rows.rows))
    if unknown:
        raise _absent(unknown)
    base = (*rows.hard, *(name for name in rows.soft if name in fixed))
    free = tuple(name for name in rows.soft if name not in fixed)
    order = {name: number for number, name in enumerate(free)}
    limits = Limits(len(free) if max_size is None else max_size, branches)
    recall = remember(rows)
    sets = {one: None for part in _parts(rows, base, free) for one in _search(recall, *part, limits)}
    found = [tuple(sorted(one, key=order.__getitem__)) for one in ([frozenset()] if frozenset() in sets else sets)]
    wanted = sorted(
        (one for one in found if len(one) <= limits.size), key=lambda one: (len(one), [order[name] for name in one])
    )
    return tuple(_describe(rows, recall, base, one) for one in wanted)


def _parts(rows: Rows, base: tuple[str, ...], free: tuple[str, ...]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Hard and soft rows cut into parts that share no variable: a contradiction lies within one of them."""
    groups: list[tuple[set[str], set[str]]] = []
    for name in (*base, *free):
        variables, names = set(rows.rows[name].coefficients), {name}
        apart = []
        for group in groups:
            if group[0] & variables:
                variables |= group[0]
                names |= group[1]
            else:
                apart.append(group)
        groups = [*apart, (variables, names)]
    return [(tuple(n for n in base if n in names), tuple(n for n in free if n in names)) for _, names in groups]


def _search(recall: Recall, base: tuple[str, ...], free: tuple[str, ...], limits: Limits) -> tuple[frozenset[str], ...]:
    """All minimal sets, by branches that never overlap.

    A branch keeps some rows and has given up others. Take any minimal set in it: another one must lack some row of it,
    so it lies in exactly one of the branches "keep the rows before this one, give up this one". None is missed.
    """
    known: dict[frozenset[str], None] = {}
    open_branches = [(frozenset[str](), frozenset[str]())]
    count = 0
    while open_branches:
        kept, given_up = open_branches.pop()
        count += 1
        if count > limits.branches:
            raise _endless(limits.branches, len(known))
        core = _core(recall, base, tuple(name for name in free if name not in given_up), kept, known)
        if core is None:
            continue
        known[core] = None
        doubtful = [name for name in free if name in core and name not in kept]
        for number, name in enumerate(doubtful):
            child = kept | set(doubtful[:number])
            if len(child) <= limits.size:
                open_branches.append((child, given_up | {name}))
    return tuple(known)


def _core(
    recall: Recall, base: tuple[str, ...], left: tuple[str, ...], kept: frozenset[str], known: Collection[frozenset[str]]
) -> frozenset[str] | None:
    """A minimal set among the rows that are left; ``None`` where the branch can hold no other one.

    Sets already known are used before a solver is asked. A branch that keeps a whole set is done: a minimal set
    contains no other.
    """
    if any(one <= kept for one in known):
        return None
    there = frozenset(left)
    found = next((one for one in known if one <= there), None)
    if found is None and not recall((*base, *left)).possible:
        return _minimal(recall, base, left)
    return found


def _minimal(recall: Recall, base: tuple[str, ...], left: tuple[str, ...]) -> frozenset[str]:
    """One minimal set among rows that cannot hold together with ``base``."""
    return frozenset(_shrink(recall, base, left, recall((*base, *left))))


def _shrink(recall: Recall, base: tuple[str, ...], names: tuple[str, ...], proof: Proof) -> tuple[str, ...]:
    """Drop every row that the contradiction does not need; what is left is minimal.

    Rows without a multiplier are not needed by that proof, so they are dropped together, if what is left still
    contradicts itself.
    """
    kept: tuple[str, ...] = ()
    while names:
        used = tuple(name for name in names if name in proof.multipliers)
        if len(used) < len(names) and not (trial := recall((*base, *kept, *used))).possible:
            names, proof = used, trial
            continue
        one, names = names[0], names[1:]
        trial = recall((*base, *kept, *names))
        if trial.possible:
            kept = (*kept, one)
        else:
            proof = trial
    return kept


def _describe(rows: Rows, recall: Recall, base: tuple[str, ...], names: tuple[str, ...]) -> Conflict:
    hard = _shrink(recall, names, base, recall((*base, *names)))
    proof = recall((*hard, *names))
    ways = {name: shortfall(rows, (*base, *names), name) for name in names}
    return Conflict(
        rows=names,
        hard=hard,
        bounds=proof.bounds,
        multipliers=proof.multipliers,
        shortfall={name: amount for name, (amount, _) in ways.items()},
        points={name: point for name, (_, point) in ways.items()},
    )


def _absent(names: Collection[str]) -> LookupFailure:
    said = ", ".join(names)
    return LookupFailure(
        Label(f"没有名为 {said} 的行", f"there is no row {said}"),
        where="energy.rows.conflicts.fixed",
        expected=Label("表中的行名", "names of rows in the table"),
        remedy=Label("改正 fixed", "correct fixed"),
    )


def _endless(branches: int, found: int) -> SolveError:
    return SolveError(
        Label(f"冲突集超过 {branches} 个分支，已找到 {found} 个", f"more than {branches} branches, {found} sets found so far"),
        where="energy.rows.conflicts",
        expected=Label("能在分支上限内穷尽的行表", "a table whose conflicts can be listed within the branches"),
        remedy=Label("把确定的行设为 fixed，或提高 branches", "fix rows that are certain, or raise branches"),
    )
