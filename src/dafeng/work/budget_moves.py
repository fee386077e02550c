"""Moving budget between two nodes below the same one: what it would do, and the order that asks for it.

Invariant: looking books nothing; what is asked waits for a second person, and is refused where somebody moved something since.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dafeng.core.errors import ConflictError, LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.ledger.budget_requests import ask_move, node_account
from dafeng.ledger.budget_table import BudgetLine
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.records import Records
from dafeng.work.budget_state import BudgetState
from dafeng.work.budget_warnings import Warned, warn_nodes
from dafeng.work.city_days import city_today
from dafeng.work.noted_orders import Order
from dafeng.work.right_orders import place_order
from dafeng.work.right_rows import StatementRow, find_account_row, read_statement
from dafeng.work.rights import Rights


@dataclass(frozen=True, slots=True)
class MovedNode:
    """A node before and after a move. [minimal units]

    Parameters
    ----------
    line : BudgetLine
        The node as it stands.
    budget : tuple of (int, int)
        What it has been allotted, before and after.
    free : tuple of (int, int)
        What it has left itself, before and after; below zero where it has not enough.
    warned : tuple of (Warned, Warned)
        Class of early warning, before and after.
    """

    line: BudgetLine
    budget: tuple[int, int]
    free: tuple[int, int]
    warned: tuple[Warned, Warned]


@dataclass(frozen=True, slots=True)
class MoveOutlook:
    """What a move would do.

    Parameters
    ----------
    giver, taker : MovedNode
        The two nodes.
    above : BudgetLine
        The node above both: nothing of it changes.
    quantity : int
        What is moved. [minimal units]
    lacking : int
        How much the giver has too little; 0 where it can be done. [minimal units]
    """

    giver: MovedNode
    taker: MovedNode
    above: BudgetLine
    quantity: int
    lacking: int


def look_at_move(state: BudgetState, giver: str, taker: str, quantity: int) -> MoveOutlook:
    """What it would do to move budget from one node to another one below the same node; nothing is booked.

    Parameters
    ----------
    state : BudgetState
        The budget as it stands.
    giver, taker : str
        Ids of the nodes.
    quantity : int
        How much. [minimal units]

    Returns
    -------
    MoveOutlook
        Both nodes before and after.

    Raises
    ------
    DefinitionError
        If the nodes are not two different ones below the same node.
    LookupFailure
        If there is no such node.
    """
    lines = {line.node.id: line for line in state.lines}
    given, taken = find_line(state, giver), find_line(state, taker)
    ask_move(state.file.budget, giver, taker, quantity, id="", effective="", reason="")
    wanted = {name: units + (lines[name].moved if name in lines else 0) for name, units in state.wanted.items()}
    after = {**wanted, giver: wanted.get(giver, 0) - quantity, taker: wanted.get(taker, 0) + quantity}
    warned = warn_nodes(state.file, after, state.uses)

    def build(line: BudgetLine, change: int) -> MovedNode:
        budget, name = line.allotted + line.moved, line.node.id
        return MovedNode(
            line, (budget, budget + change), (line.free, line.free + change), (state.warned[name], warned[name])
        )  # fmt: skip

    above = lines[given.node.parent]
    return MoveOutlook(build(given, -quantity), build(taken, quantity), above, quantity, max(quantity - given.free, 0))


def find_line(state: BudgetState, node: str) -> BudgetLine:
    """What stands booked of a node.

    Parameters
    ----------
    state : BudgetState
        The budget.
    node : str
        Id of the node.

    Returns
    -------
    BudgetLine
        The node.

    Raises
    ------
    LookupFailure
        If there is no such node.
    """
    found = next((line for line in state.lines if line.node.id == node), None)
    if found is not None:
        return found
    raise LookupFailure(
        Label(
            f"预算“{state.file.budget.id}”没有节点“{node[:40]}”",
            f"the budget '{state.file.budget.id}' has no node '{node[:40]}'",
        ),
        where="node",
        expected=Label("树中的一个节点", "a node of the tree"),
        remedy=Label("在预算树中核对", "look at the tree of the budget"),
    )


def move_budget(
    rights: Rights, state: BudgetState, giver: str, taker: str, quantity: int, *, id: str, who: str, reason: str,
    seen: int | None = None, records: Records | None = None,
) -> Order:  # fmt: skip
    """Ask for a move of budget between two nodes below the same node; it counts from today.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    state : BudgetState
        The budget as it stands.
    giver, taker : str
        Ids of the nodes.
    quantity : int
        How much. [minimal units]
    id : str
        Chosen by whoever asks; the same one has the same answer.
    who : str
        Who asks.
    reason : str
        Why; kept in the ledger.
    seen : int, optional
        From `mark_move`, as the page showed it.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Order
        Waiting for a second person, or refused by the ledger.

    Raises
    ------
    DefinitionError
        If the nodes are not two different ones below the same node.
    LookupFailure
        If there is no such node, or nothing was booked yet.
    SettingError
        If the reason is empty.
    ConflictError
        If somebody moved something of either node since ``seen``, or the giver has not enough.
    """
    if not reason.strip():
        raise _no_reason()
    outlook = look_at_move(state, giver, taker, quantity)
    day = city_today(rights.city).isoformat()
    request = ask_move(state.file.budget, giver, taker, quantity, id=id, effective=day, reason=reason.strip())
    with rights.reading() as rows:
        now = mark_move(rows, state.file.budget.id, giver, taker)
        known = bool(rows.query("SELECT 1 FROM ledger_event WHERE id = ?", id))
    if not known and seen is not None and seen != now:
        raise _moved_since(giver, taker)
    if not known and outlook.lacking:
        raise _too_little(state, outlook)
    return place_order(rights, request, who=who, records=records, asker="budgets")


def mark_move(rows: LedgerRows, budget: str, *nodes: str) -> int:
    """Number of the last event that moved something of some nodes.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    budget : str
        Id of the budget.
    *nodes : str
        Ids of nodes.

    Returns
    -------
    int
        0 where nothing was booked.
    """
    found = [line.seq for node in nodes for line in read_history(rows, budget, node, limit=1)]
    return max(found, default=0)


def read_history(rows: LedgerRows, budget: str, node: str, *, before: int = 0, limit: int = 50) -> list[StatementRow]:
    """What was booked of a node itself, the newest first.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    budget, node : str
        Ids.
    before : int, optional
        Only events before this one.
    limit : int, optional
        At most so many.

    Returns
    -------
    list of StatementRow
        Empty where it has no account yet.
    """
    account = find_account_row(rows, name=node_account(budget, node))
    return read_statement(rows, account.no, before=before, limit=limit) if account is not None else []


def _no_reason() -> SettingError:
    return SettingError(
        Label("未写明调剂原因", "no reason was given"),
        where="reason",
        expected=Label("一句原因", "a sentence"),
        remedy=Label("写明原因；没有记账", "say why; nothing was booked"),
    )


def _moved_since(giver: str, taker: str) -> ConflictError:
    return ConflictError(
        Label(f"“{giver}”或“{taker}”的预算刚被他人改动", f"somebody else moved budget of '{giver}' or '{taker}' meanwhile"),
        where="seen",
        expected=Label("按当前数量提出的调剂", "a move that was asked for at the present figures"),
        remedy=Label("核对下面的当前数量后再次提交；没有记账", "look at the present figures and ask again; nothing was booked"),
    )


def _too_little(state: BudgetState, outlook: MoveOutlook) -> ConflictError:
    name, scale = outlook.giver.line.node.id, state.file.budget.scale
    free, unit = f"{Decimal(outlook.giver.free[0]).scaleb(-scale):f}", state.file.budget.unit
    return ConflictError(
        Label(f"“{name}”可用 {free} {unit}，不足以调出", f"'{name}' has {free} {unit} free, which is not enough"),
        where="quantity",
        expected=Label(
            "不超过调出方未下达、未使用、未冻结的数量", "no more than the giver has neither passed on, used nor frozen"
        ),
        remedy=Label("减少数量，或先从下级收回；没有记账", "lower it, or take back from below first; nothing was booked"),
    )
