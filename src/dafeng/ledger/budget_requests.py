"""The requests between what a budget says and what stands booked.

Invariant: only differences are asked for, and the id of a request counts what moved on its edge before: the same files give
the same requests, whoever runs them and however often, until something is booked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.ledger.book_opening import list_openings
from dafeng.ledger.budget_books import BudgetBooks, sort_pair
from dafeng.ledger.budgets import Budget, BudgetNode
from dafeng.ledger.requests import Hold, OpenAccount, OpenBook, Release, Request, Reverse, SetBook, SetLimit, Transfer

AUTHORITY = "authority"
"""Holder of the accounts that belong to no node."""
REALLOT = "reallot"
"""Kind of a transfer between two nodes below the same one."""


def node_account(budget: str, node: str) -> str:
    """Name of the account of a node.

    Parameters
    ----------
    budget, node : str
        Ids.

    Returns
    -------
    str
        Unique in the ledger.
    """
    return f"{budget}/{node}"


def used_account(budget: str, node: str) -> str:
    """Name of the account that takes what a node consumes.

    Parameters
    ----------
    budget, node : str
        Ids.

    Returns
    -------
    str
        Unique in the ledger.
    """
    return f"{budget}/{node}:used"


def ask_allotment(budget: Budget, quantities: Mapping[str, int], books: BudgetBooks) -> list[Request]:
    """What must be booked so that every node has got what it shall get.

    Parameters
    ----------
    budget : Budget
        The tree.
    quantities : mapping of str to int
        From `allot`. [minimal units]
    books : BudgetBooks
        What stands booked.

    Returns
    -------
    list of Request
        One group: missing accounts, then what goes back from the leaves up, then what goes down; empty if nothing differs.

    Raises
    ------
    DefinitionError
        If a node was moved to another parent, or would keep less than it has used, frozen or passed on.
    """
    flows, counts = books.flows, books.counts
    gone = list_gone(budget, books)
    _refuse_moved(budget, books)
    back: list[Request] = []
    down: list[Request] = []
    for node in (*budget.nodes, *gone):
        own = node_account(budget.id, node.id)
        above = _above(budget.id, node, books)
        now = flows.get((above, own), 0) - flows.get((own, above), 0)
        wanted = quantities.get(node.id, 0)
        named = f"{own}:{counts.get(sort_pair(above, own), 0) + 1}"
        if wanted > now:
            down.append(Transfer(named, "allot", above, own, wanted - now, node.effective))
        elif wanted < now:
            back.append(Transfer(named, "give_back", own, above, now - wanted, node.effective))
    _refuse_used(budget, gone, (*back, *down), books)
    return [*_openings(budget, quantities, books), *reversed(back), *_limits(budget, quantities, books), *down]


def _above(budget: str, node: BudgetNode, books: BudgetBooks) -> str:
    return node_account(budget, node.parent) if node.parent else books.own["issuer"]


def _openings(budget: Budget, quantities: Mapping[str, int], books: BudgetBooks) -> list[Request]:
    asked: list[Request] = []
    cap, holder = quantities[budget.nodes[0].id], budget.book.holder if budget.book else AUTHORITY
    if not books.state and budget.book is not None:
        asked += list_openings(budget.book.plan, budget.book.period, holder=holder, limit=cap)
    elif not books.state:
        asked.append(OpenBook(f"{budget.id}:open", budget.id, budget.instrument, budget.unit, budget.scale))
    known = {*books.accounts, *(one.account for one in asked if isinstance(one, OpenAccount))}

    def account(name: str, sort: str, holder: str, title: str = "", limit: int | None = None) -> None:
        if name not in known:
            asked.append(OpenAccount(f"{name}:open", name, books.own["book"], sort, (holder,), title, limit=limit))

    account(books.own["issuer"], "issuer", holder, limit=cap)
    account(books.own["returned"], "issuer", holder, limit=0)
    account(books.own["lapsed"], "cancelled", holder)
    for node in budget.nodes:
        account(node_account(budget.id, node.id), "budget", node.holder, f"{node.label.zh} ({node.id})"[:120])
        account(used_account(budget.id, node.id), "used", node.holder)
    return asked


def _limits(budget: Budget, quantities: Mapping[str, int], books: BudgetBooks) -> list[Request]:
    issuer = books.own["issuer"]
    root = budget.nodes[0]
    wanted, known = quantities[root.id], books.accounts.get(issuer)
    if known is None or known.limit == wanted:
        return []
    made = books.counts.get(sort_pair(issuer, node_account(budget.id, root.id)), 0)
    return [SetLimit(f"{issuer}:limit:{made + 1}", issuer, wanted, f"{known.limit} -> {wanted}")]


def list_gone(budget: Budget, books: BudgetBooks) -> tuple[BudgetNode, ...]:
    """Nodes that have accounts and stand no longer in the tree: they shall have nothing.

    Parameters
    ----------
    budget : Budget
        The tree.
    books : BudgetBooks
        What stands booked.

    Returns
    -------
    tuple of BudgetNode
        Every parent before its children.
    """
    known = {node_account(budget.id, node.id) for node in budget.nodes}
    prefix, effective = f"{budget.id}/", budget.nodes[0].effective
    first = _first_givers(books)
    gone = [name for name, one in books.accounts.items() if one.type == "budget" and name not in known and name in first]
    return tuple(
        BudgetNode(own, first[own_name].removeprefix(prefix), Label(own, own), "", "", 0, None, 0, effective, own)
        for own_name, own in ((name, name.removeprefix(prefix)) for name in gone)
    )


def _first_givers(books: BudgetBooks) -> Mapping[str, str]:
    """Account → who allotted its first units: its parent, for a child can only give back what it got before."""
    found: dict[str, str] = {}
    for one in books.transfers:
        if one.kind != REALLOT:
            found.setdefault(one.taker, one.giver)
    return found


def _refuse_moved(budget: Budget, books: BudgetBooks) -> None:
    first = _first_givers(books)
    for node in budget.nodes:
        own, above = node_account(budget.id, node.id), _above(budget.id, node, books)
        was = first.get(own, above)
        if was != above:
            raise DefinitionError(
                Label(f"“{node.id}”原属“{was}”，现属“{above}”", f"'{node.id}' got its units from '{was}', not from '{above}'"),
                where=node.at,
                expected=Label("节点不换上级", "a node that stays below its parent"),
                remedy=Label("另取编号新建节点，旧节点数量改为 0", "make a node with a new id and set the old one to 0"),
            )


def _refuse_used(budget: Budget, gone: Iterable[BudgetNode], asked: Sequence[Transfer | Request], books: BudgetBooks) -> None:
    """Say which node would run short, before the ledger refuses the group as a whole."""
    change: dict[str, int] = {}
    for one in asked:
        if isinstance(one, Transfer):
            change[one.giver] = change.get(one.giver, 0) - one.quantity
            change[one.taker] = change.get(one.taker, 0) + one.quantity
    for node in (*budget.nodes, *gone):
        known = books.accounts.get(node_account(budget.id, node.id))
        left = (known.free if known else 0) + change.get(node_account(budget.id, node.id), 0)
        if left < 0:
            raise DefinitionError(
                Label(
                    f"“{node.id}”已使用、冻结或下达的部分比改后的数量多 {-left}",
                    f"'{node.id}' has used, frozen or passed on {-left} more than it would have",
                ),
                where=node.at,
                expected=Label("不低于已使用、冻结和下达的数量", "no less than what is used, frozen and passed on"),
                remedy=Label(
                    "提高该节点数量，或先解冻、更正用量", "raise the node, or release what is frozen, or mend the reported use"
                ),
            )


def ask_use(budget: Budget, node: str, used: int, books: BudgetBooks, *, effective: str) -> tuple[list[Request], int]:
    """What must be booked so that a node has consumed what was reported, as far as its budget goes.

    Parameters
    ----------
    budget : Budget
        The tree.
    node : str
        Id of the node.
    used : int
        Reported use since the start of the period. [minimal units]
    books : BudgetBooks
        What stands booked.
    effective : str
        Last day of the report, ISO.

    Returns
    -------
    (list of Request, int)
        One group, empty if nothing differs; and what was used beyond the budget, which is not booked. [minimal units]
    """
    own, sink = node_account(budget.id, node), used_account(budget.id, node)
    flows, made = books.flows, books.counts.get(sort_pair(own, sink), 0)
    now, free = flows.get((own, sink), 0) - flows.get((sink, own), 0), books.accounts[own].free
    asked: list[Request] = []
    standing = list(books.standing.get((own, sink), ()))
    while now > used:
        wrong = standing.pop()
        asked.append(Reverse(f"{wrong.id}:reversed", wrong.id, effective, "reported use was corrected", alone=True))
        now, free, made = now - wrong.quantity, free + wrong.quantity, made + 1
    part = min(used - now, free)
    if part:
        asked.append(Transfer(f"{sink}:{made + 1}", "consume", own, sink, part, effective))
    return asked, used - now - part


def ask_move(budget: Budget, giver: str, taker: str, quantity: int, *, id: str, effective: str, reason: str) -> Transfer:
    """Move budget from a node to another one below the same node.

    Parameters
    ----------
    budget : Budget
        The tree.
    giver, taker : str
        Ids of the nodes.
    quantity : int
        How much. [minimal units]
    id : str
        Chosen by whoever asks.
    effective : str
        Day from which it counts, ISO.
    reason : str
        Why.

    Returns
    -------
    Transfer
        One movement; what the node above has given stays the same.

    Raises
    ------
    DefinitionError
        If the nodes are not two different ones below the same node.
    """
    above = {node.id: node.parent for node in budget.nodes}
    if giver == taker or not above.get(giver) or above.get(giver) != above.get(taker):
        raise DefinitionError(
            Label(
                f"“{giver}”与“{taker}”不是同一上级的两个节点", f"'{giver}' and '{taker}' are not two nodes below the same one"
            ),
            where="node",
            expected=Label("同一上级下的两个节点", "two nodes below the same node"),
            remedy=Label("跨上级的调整请改预算文件", "change the file of the budget for anything else"),
        )
    return Transfer(
        id, REALLOT, node_account(budget.id, giver), node_account(budget.id, taker), quantity, effective, reason=reason
    )


def ask_freeze(budget: Budget, nodes: Sequence[str], books: BudgetBooks, *, reason: str) -> list[Request]:
    """Freeze what nodes have left.

    Parameters
    ----------
    budget : Budget
        The tree.
    nodes : sequence of str
        Ids of the nodes.
    books : BudgetBooks
        What stands booked.
    reason : str
        Why.

    Returns
    -------
    list of Request
        One hold per node that has anything free.
    """
    asked: list[Request] = []
    counted = Counter(one.account for one in books.holds)
    for node in nodes:
        own = node_account(budget.id, node)
        made = counted[own]
        known = books.accounts.get(own)
        if known is not None and known.free > 0:
            asked.append(Hold(f"{own}:freeze:{made + 1}", own, "freeze", known.free, reason))
    return asked


def ask_release(budget: Budget, nodes: Sequence[str], books: BudgetBooks) -> list[Request]:
    """Free what was frozen of nodes by `ask_freeze`.

    Parameters
    ----------
    budget : Budget
        The tree.
    nodes : sequence of str
        Ids of the nodes.
    books : BudgetBooks
        What stands booked.

    Returns
    -------
    list of Request
        One release per freeze that stands.
    """
    wanted = {node_account(budget.id, node) for node in nodes}
    frozen = [
        one for one in books.holds if not one.over and one.account in wanted and one.id.startswith(f"{one.account}:freeze:")
    ]
    return [Release(f"{one.id}:released", one.id) for one in frozen]


def ask_close(budget: Budget, books: BudgetBooks, *, unused: str, effective: str) -> list[Request]:
    """Close a period: what nodes have left goes back or lapses, and the book is closed.

    Parameters
    ----------
    budget : Budget
        The tree.
    books : BudgetBooks
        What stands booked; nothing may be held.
    unused : {"give_back", "lapse"}
        What happens to what is left.
    effective : str
        Day of closing, ISO.

    Returns
    -------
    list of Request
        One group.
    """
    taker = books.own["returned" if unused == "give_back" else "lapsed"]
    asked: list[Request] = [
        Transfer(f"{account.name}:closing", unused, account.name, taker, account.free, effective, "period closed")
        for account in books.accounts.values()
        if account.type == "budget" and account.free
    ]
    return [*asked, SetBook(f"{budget.id}:closing", books.own["book"], "closed", "", "period closed")]
