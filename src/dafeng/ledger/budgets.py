"""A budget as a tree: what each node shall get of its parent, in whole units.

Invariant: what the children of a node get never exceeds what the node gets, and what is not split stays with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.ledger.book_plans import BookPlan

WHOLE = Fraction(100)
"""Shares that split everything. [%]"""


@dataclass(frozen=True, slots=True)
class BudgetNode:
    """One node of a budget.

    Parameters
    ----------
    id : str
        Id within the budget.
    parent : str
        Id of the node above, empty for the root.
    label : Label
        Name.
    level : str
        ``city``, ``district``, ``field``, ``enterprise`` or another word.
    holder : str
        Who holds the account.
    quantity : int or None
        What it gets; ``None`` where it gets a share. [minimal units]
    share : Fraction or None
        Share of what its parent splits. [%]
    topped : int
        What was added later. [minimal units]
    effective : str
        Day from which the latest of this counts, ISO.
    at : str
        Where it was said, for messages.
    """

    id: str
    parent: str
    label: Label
    level: str
    holder: str
    quantity: int | None
    share: Fraction | None
    topped: int
    effective: str
    at: str


class PlannedBook(NamedTuple):
    """Definition of the book of a budget, its period, and who holds the city's own accounts in it."""

    plan: BookPlan
    period: str
    holder: str


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget tree of one period.

    Parameters
    ----------
    id : str
        Id; the accounts of its nodes begin with it.
    label : Label
        Name.
    instrument, unit : str
        What is allotted, and its unit.
    scale : int
        Decimal places of the minimal unit.
    start, end : str
        First and last day, ISO.
    nodes : tuple of BudgetNode
        The root first, every parent before its children.
    book : PlannedBook or None
        Its book; ``None`` for one of its own name, as earlier versions had it.
    """

    id: str
    label: Label
    instrument: str
    unit: str
    scale: int
    start: str
    end: str
    nodes: tuple[BudgetNode, ...]
    book: PlannedBook | None = None

    @property
    def kind(self) -> Label:
        """What is allotted, in words."""
        return self.book.plan.label if self.book else Label(self.instrument, self.instrument)

    def below(self) -> Mapping[str, tuple[BudgetNode, ...]]:
        """Children of each node.

        Returns
        -------
        mapping of str to tuple of BudgetNode
            In the order of the tree; empty for a leaf.
        """
        found: dict[str, list[BudgetNode]] = {node.id: [] for node in self.nodes}
        for node in self.nodes[1:]:
            found[node.parent].append(node)
        return {name: tuple(nodes) for name, nodes in found.items()}


def split(total: int, shares: Sequence[Fraction]) -> list[int]:
    """Whole parts of a quantity by shares: largest remainders first, then the larger share, then the earlier one.

    Parameters
    ----------
    total : int
        What is split, at least 0. [minimal units]
    shares : sequence of Fraction
        Shares, none negative, together at most 100. [%]

    Returns
    -------
    list of int
        One part per share; together the whole units of ``total`` times the sum of the shares. Each part is the exact one
        rounded down or up.

    Raises
    ------
    ValueError
        If a share is negative or they exceed 100 % together.
    """
    if any(share < 0 for share in shares) or sum(shares, Fraction(0)) > WHOLE:
        raise ValueError(f"shares must be positive and at most {WHOLE} together")
    exact = [total * share / WHOLE for share in shares]
    parts = [part.numerator // part.denominator for part in exact]
    whole = sum(exact, Fraction(0))
    rest = whole.numerator // whole.denominator - sum(parts)
    ranked = sorted(range(len(shares)), key=lambda at: (parts[at] - exact[at], -shares[at], at))
    for at in ranked[:rest]:
        parts[at] += 1
    return parts


def allot(budget: Budget) -> dict[str, int]:
    """What each node shall get, rolled down from the root.

    Parameters
    ----------
    budget : Budget
        The tree.

    Returns
    -------
    dict of str to int
        Node → what it gets. [minimal units]

    Raises
    ------
    DefinitionError
        If the children of a node would get more than it gets.
    """
    below, root = budget.below(), budget.nodes[0]
    base: dict[str, int] = {root.id: root.quantity or 0}
    for node in budget.nodes:
        children = below[node.id]
        fixed = sum(child.quantity for child in children if child.quantity is not None)
        splitting = [child for child in children if child.share is not None]
        pool = base[node.id] - fixed
        if pool < 0 and children:
            raise _exceeded(node, base[node.id], fixed)
        parts = split(pool, [child.share for child in splitting if child.share is not None])
        base |= {child.id: part for child, part in zip(splitting, parts, strict=True)}
        base |= {child.id: child.quantity for child in children if child.quantity is not None}
    whole = {node.id: base[node.id] + node.topped for node in budget.nodes}
    for node in budget.nodes:
        given = sum(whole[child.id] for child in below[node.id])
        if given > whole[node.id]:
            raise _exceeded(node, whole[node.id], given)
    return whole


def order_nodes(nodes: Sequence[BudgetNode]) -> tuple[BudgetNode, ...]:
    """The same nodes with every parent before its children.

    Parameters
    ----------
    nodes : sequence of BudgetNode
        Nodes in any order.

    Returns
    -------
    tuple of BudgetNode
        The root first.

    Raises
    ------
    DefinitionError
        If there is not exactly one root, an id comes twice, a parent is missing, or nodes hang in a ring.
    """
    names: dict[str, BudgetNode] = {}
    for node in nodes:
        if node.id in names:
            raise _wrong(node.at, f"节点“{node.id}”重复", f"node '{node.id}' comes twice")
        names[node.id] = node
    roots = [node for node in nodes if not node.parent]
    if len(roots) != 1:
        raise _wrong(nodes[0].at if nodes else "nodes", f"有 {len(roots)} 个根节点", f"there are {len(roots)} roots")
    ordered = list(_walk(roots[0], names))
    lost = names.keys() - {node.id for node in ordered}
    if lost:
        node = names[min(lost)]
        raise _wrong(
            node.at,
            f"“{node.id}”的上级“{node.parent}”不在树中",
            f"'{node.id}' hangs on '{node.parent}', which is not in the tree",
        )
    return tuple(ordered)


def _walk(root: BudgetNode, names: Mapping[str, BudgetNode]) -> Iterator[BudgetNode]:
    children: dict[str, list[BudgetNode]] = {}
    for node in names.values():
        children.setdefault(node.parent, []).append(node)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children.get(node.id, [])))


def _exceeded(node: BudgetNode, gets: int, given: int) -> DefinitionError:
    return DefinitionError(
        Label(
            f"“{node.id}”得到 {gets}，下级合计 {given}，超出 {given - gets}",
            f"'{node.id}' gets {gets} and its children {given}: {given - gets} too many",
        ),
        where=node.at,
        expected=Label("下级合计不超过上级", "children that together get no more than their parent"),
        remedy=Label("减少下级数量，或先增加上级数量", "lower the children, or raise the parent first"),
    )


def _wrong(at: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where=at,
        expected=Label("一棵有一个根的树，编号不重复", "a tree with one root and ids of its own"),
        remedy=Label("按所示位置修改", "mend the place shown"),
    )
