"""A budget as it stands booked: what each node got, used, froze and has left, for itself and for all below it.

Invariant: nothing here comes from the files of a city; every sum is held against the balances of the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dafeng.ledger.budget_books import BudgetBooks
from dafeng.ledger.budget_requests import REALLOT, list_gone, node_account, used_account
from dafeng.ledger.budgets import Budget, BudgetNode


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What stands booked of a node, in minimal units.

    Parameters
    ----------
    node : BudgetNode
        The node.
    allotted : int
        What it got of its parent and did not give back.
    moved : int
        What it got from nodes beside it, less what it gave them.
    given : int
        What its children got of that.
    consumed, lapsed, returned : int
        What it used itself, and what lapsed or went back when the period was closed.
    frozen, free : int
        What it has left.
    below : mapping of str to int
        ``consumed``, ``lapsed``, ``returned``, ``frozen`` and ``free`` of the node and all nodes below it.
    """

    node: BudgetNode
    allotted: int
    moved: int
    given: int
    consumed: int
    lapsed: int
    returned: int
    frozen: int
    free: int
    below: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BudgetCheck:
    """Two sums of minimal units that must be equal.

    Parameters
    ----------
    id : str
        What is checked.
    about : str
        Node or budget.
    flows, balances : int
        Sum from the log, and from the accounts. [minimal units]
    """

    id: str
    about: str
    flows: int
    balances: int

    @property
    def holds(self) -> bool:
        """Whether they are equal."""
        return self.flows == self.balances


SUMS = ("consumed", "lapsed", "returned", "frozen", "free")
"""What rolls up."""


def list_lines(budget: Budget, books: BudgetBooks) -> tuple[BudgetLine, ...]:
    """What stands booked of every node.

    Parameters
    ----------
    budget : Budget
        The tree.
    books : BudgetBooks
        What the ledger holds.

    Returns
    -------
    tuple of BudgetLine
        In the order of the tree, then nodes that left the tree and have accounts; zeros for a node that has none yet.
    """
    budget = replace(budget, nodes=(*budget.nodes, *list_gone(budget, books)))
    below = budget.below()
    beside = _move_beside(budget, books)
    own = {node.id: {**_own(budget, node, books), "moved": beside.get(node.id, 0)} for node in budget.nodes}
    rolled: dict[str, dict[str, int]] = {}
    for node in reversed(budget.nodes):
        rolled[node.id] = {name: own[node.id][name] + sum(rolled[child.id][name] for child in below[node.id]) for name in SUMS}
    return tuple(
        BudgetLine(
            node,
            own[node.id]["allotted"],
            own[node.id]["moved"],
            sum(own[child.id]["allotted"] for child in below[node.id]),
            consumed=own[node.id]["consumed"],
            lapsed=own[node.id]["lapsed"],
            returned=own[node.id]["returned"],
            frozen=own[node.id]["frozen"],
            free=own[node.id]["free"],
            below=rolled[node.id],
        )
        for node in budget.nodes
    )


def _own(budget: Budget, node: BudgetNode, books: BudgetBooks) -> dict[str, int]:
    flows = books.flows
    name, known = node_account(budget.id, node.id), books.accounts.get(node_account(budget.id, node.id))
    above = node_account(budget.id, node.parent) if node.parent else books.own["issuer"]

    def moved(taker: str) -> int:
        return flows.get((name, taker), 0) - flows.get((taker, name), 0)

    return {
        "allotted": -moved(above),
        "consumed": moved(used_account(budget.id, node.id)),
        "lapsed": moved(books.own["lapsed"]),
        "returned": moved(books.own["returned"]),
        "frozen": known.held if known else 0,
        "free": known.free if known else 0,
    }


def _move_beside(budget: Budget, books: BudgetBooks) -> Mapping[str, int]:
    """Node → what it got from nodes below the same one, less what it gave them."""
    names = {node_account(budget.id, node.id): (node.id, node.parent) for node in budget.nodes if node.parent}
    found: dict[str, int] = {}
    for move in books.transfers:
        giver, taker = names.get(move.giver), names.get(move.taker)
        if move.kind == REALLOT and not move.reversed and giver and taker and giver[1] == taker[1]:
            found[giver[0]] = found.get(giver[0], 0) - move.quantity
            found[taker[0]] = found.get(taker[0], 0) + move.quantity
    return found


def check_lines(budget: Budget, lines: tuple[BudgetLine, ...], books: BudgetBooks) -> tuple[BudgetCheck, ...]:
    """Hold the sums of the table against the balances of the ledger.

    Parameters
    ----------
    budget : Budget
        The tree.
    lines : tuple of BudgetLine
        From `list_lines`.
    books : BudgetBooks
        What the ledger holds.

    Returns
    -------
    tuple of BudgetCheck
        Each node, then the whole: the tree, what was used, and the sum of all balances.
    """
    return tuple(_checks(budget, lines, books))


def _checks(budget: Budget, lines: tuple[BudgetLine, ...], books: BudgetBooks) -> Iterator[BudgetCheck]:
    for line in lines:
        known = books.accounts.get(node_account(budget.id, line.node.id))
        left = line.allotted + line.moved - line.given - line.consumed - line.lapsed - line.returned
        yield BudgetCheck("node", line.node.id, left, known.balance if known else 0)
    if not (books.own["returned"] in books.accounts and books.own["lapsed"] in books.accounts):
        return
    accounts, root = books.accounts, lines[0]
    yield BudgetCheck("tree", root.node.id, root.allotted, sum(root.below.values()))
    yield BudgetCheck("issued", root.node.id, root.allotted, -accounts[books.own["issuer"]].balance)
    used = sum(one.balance for one in accounts.values() if one.type == "used")
    yield BudgetCheck("consumed", root.node.id, root.below["consumed"], used)
    for name in ("lapsed", "returned"):
        yield BudgetCheck(name, root.node.id, root.below[name], accounts[books.own[name]].balance)
    yield BudgetCheck("zero", budget.id, 0, sum(one.balance for one in accounts.values()))
