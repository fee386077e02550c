"""All minimal sets of soft rows that cannot hold together.

Invariant: of every set returned it is proven that its rows contradict one another (with the hard rows and the bounds),
and that without any one of them the others can hold; and no such set up to the wanted size is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from dafeng.core.errors import LookupFailure, SolveError
from dafeng.core.labels import Label
from dafeng.energy.rows.optimum import shortfall
from dafeng.energy.rows.proof import Proof, remember
from dafeng.energy.rows.table import Rows

Recall = Callable[[Collection[str]], Proof]
"""Proof for rows that are to hold."""
BRANCHES = 20_000
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
    recall = remember(rows)
    found = sorted(_search(recall, base, free, branches), key=lambda one: (len(one), sorted(order[name] for name in one)))
    wanted = [one for one in found if max_size is None or len(one) <= max_size]
    return tuple(_describe(rows, recall, base, tuple(sorted(one, key=order.__getitem__))) for one in wanted)


def _search(recall: Recall, base: tuple[str, ...], free: tuple[str, ...], branches: int) -> Iterator[frozenset[str]]:
    """Hitting-set search: each set found is left by giving up one of its rows, until what remains can hold.

    Any other minimal set lacks some row of the set just found, so it survives on that branch: none is missed.
    """
    known: list[frozenset[str]] = []
    settled: list[frozenset[str]] = []
    layer: dict[frozenset[str], None] = {frozenset(): None}
    count = 0
    while layer:
        following: dict[frozenset[str], None] = {}
        for given_up in layer:
            count += 1
            if count > branches:
                raise _endless(branches, len(known))
            if any(one <= given_up for one in settled):
                continue
            core = next((one for one in known if not one & given_up), None)
            if core is None:
                core = _minimal(recall, base, tuple(name for name in free if name not in given_up))
                if core is None:
                    settled.append(given_up)
                    continue
                known.append(core)
                yield core
            following |= {given_up | {name}: None for name in free if name in core}
        layer = following


def _minimal(recall: Recall, base: tuple[str, ...], free: tuple[str, ...]) -> frozenset[str] | None:
    """One minimal set among ``free`` that cannot hold with ``base``, or ``None`` if all can hold."""
    proof = recall((*base, *free))
    if proof.possible:
        return None
    return frozenset(_shrink(recall, base, free, proof))


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
