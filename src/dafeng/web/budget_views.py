"""What the pages of budgets show: the tree in a window, what a move would do, a node with its history, how a figure came about.

Invariant: nothing is computed here but windows; what is unknown is shown as unknown, and every sum beside its check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from dafeng.core.errors import DafengError
from dafeng.ledger.budget_act import BudgetStep
from dafeng.ledger.budget_requests import node_account
from dafeng.ledger.budget_table import BudgetLine
from dafeng.ledger.definitions import kinds
from dafeng.ledger.requests import Transfer
from dafeng.web.asking import Ask
from dafeng.web.labels import Words
from dafeng.web.unknown_choices import take_choices
from dafeng.work.budget_figures import explain_figure, tell_reported
from dafeng.work.budget_files import budget_rules
from dafeng.work.budget_moves import MoveOutlook, find_line, look_at_move, mark_move, read_history
from dafeng.work.budget_state import BudgetState
from dafeng.work.budgets import budgets, show_budget
from dafeng.work.noted_orders import Order, read_orders
from dafeng.work.right_books import read_quantity, tell_quantity
from dafeng.work.right_rows import find_account_row

Context = dict[str, Any]
ROWS = 120
"""Nodes of the tree that are shown at once, the upper ones first."""
LINES = 50
"""Lines of a history."""
LEVELS = ("city", "district", "field", "enterprise")
"""Levels that have a word of their own."""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A node of the tree as a row.

    Parameters
    ----------
    line : BudgetLine
        The node.
    depth : int
        Its level in the tree that is shown, from 1.
    below : int
        Nodes directly below it.
    shown : bool
        Whether those are shown here.
    wanted : int or None
        What the file gives it, where that differs from what is booked. [minimal units]
    reported : int or None
        Reported use with all below it; ``None`` where it is not known. [minimal units]
    gap : int
        What it got less what it and all below it have done with it: zero, or the books are broken. [minimal units]
    """

    line: BudgetLine
    depth: int
    below: int
    shown: bool
    wanted: int | None
    reported: int | None
    gap: int

    @property
    def budget(self) -> int:
        """What it has been allotted, with what was moved."""
        return self.line.allotted + self.line.moved


def build_budgets(ask: Ask) -> Context:
    """What the list of budgets shows.

    Parameters
    ----------
    ask : Ask
        The request.

    Returns
    -------
    dict
        Each budget with its sums; or what is wrong with a file.
    """
    try:
        found = budgets(ask.office.city)
    except DafengError as cause:
        return {"budgets": [], "broken": cause, "gaps": 0}
    told = [{**_name(one), "top": list_tree(one, "")[0]} for one in found]
    gaps = sum(any(not check.holds for check in one.checks) for one in found)
    return {"budgets": told, "broken": None, "gaps": gaps}


def build_budget(ask: Ask, name: str, *, typed: Mapping[str, str] | None = None) -> Context:
    """What the tree of a budget shows.

    Parameters
    ----------
    ask : Ask
        The request.
    name : str
        Id of the budget.
    typed : mapping of str to str, optional
        Fields of a move; else those of the address.

    Returns
    -------
    dict
        Rows of the tree, checks, findings, moves that wait, and what the asked move would do; of a node that there is not
        the whole tree.

    Raises
    ------
    LookupFailure
        If there is no such budget.
    DafengError
        If its files are broken.
    """
    state = show_budget(ask.office.city, name)
    query = ask.request.query_params
    kept, told = take_choices(query, {"top": {line.node.id for line in state.lines}}, "budgets", Words(ask.language))
    top = kept["top"]
    asked = {key: (typed or query).get(key, "").strip()[:400] for key in ("giver", "taker", "quantity", "reason")}
    return {
        **_name(state), "rows": list_tree(state, top), "way": _path(state, top) if top else (),
        "whole": list_tree(state, "")[0], "broken_checks": [one for one in state.checks if not one.holds],
        "waiting": list_waiting(ask, state), "steps": list_steps(ask, name),
        "classes": budget_rules()["warnings"], "moving": _groups(state),
        **look(ask, state, asked), "account": None, "unknown_choices": told,
    }  # fmt: skip


def look(ask: Ask, state: BudgetState, asked: Mapping[str, str]) -> Context:
    """What an asked move would do.

    Parameters
    ----------
    ask : Ask
        The request.
    state : BudgetState
        The budget.
    asked : mapping of str to str
        ``giver``, ``taker``, ``quantity``, ``reason`` as typed.

    Returns
    -------
    dict
        ``outlook`` or why there is none, with the mark and the id for its form.
    """
    told: Context = {"asked": asked, "outlook": None, "unread": None, "seen": 0, "move_id": uuid4().hex}
    if not (asked["giver"] and asked["taker"] and asked["quantity"]):
        return told
    try:
        units = read_quantity(asked["quantity"], state.file.budget.scale)
        outlook: MoveOutlook = look_at_move(state, asked["giver"], asked["taker"], units)
    except DafengError as cause:
        return {**told, "unread": cause}
    seen = 0
    if ask.office.rights.has_ledger():
        with ask.office.rights.reading() as rows:
            seen = mark_move(rows, state.file.budget.id, asked["giver"], asked["taker"])
    return {**told, "outlook": outlook, "seen": seen}


def _name(state: BudgetState) -> Context:
    budget = state.file.budget
    return {
        "budget": budget, "state": state, "form": state.file.form, "q": partial(tell_quantity, scale=budget.scale),
        "instrument": budget.kind,
    }  # fmt: skip


def list_tree(state: BudgetState, top: str) -> list[TreeRow]:
    """Nodes below one, each parent before its children; level by level as far as they fit.

    Parameters
    ----------
    state : BudgetState
        The budget.
    top : str
        Id of the node to begin with; empty for the root.

    Returns
    -------
    list of TreeRow
        At least the node itself.
    """
    below: dict[str, list[BudgetLine]] = {}
    for line in state.lines:
        below.setdefault(line.node.parent, []).append(line)
    first = find_line(state, top) if top else state.lines[0]
    opened: set[str] = set()
    level, count = [first], 1
    while level:
        found = [child for line in level for child in below.get(line.node.id, ())]
        if count + len(found) > ROWS and len(opened) > 0:
            break
        opened |= {line.node.id for line in level}
        count += len(found)
        level = found
    rows: list[TreeRow] = []
    waiting: list[tuple[BudgetLine, int]] = [(first, 1)]
    while waiting:
        line, depth = waiting.pop()
        children = below.get(line.node.id, [])
        rows.append(_row(state, line, depth, len(children), shown=line.node.id in opened))
        if line.node.id in opened:
            waiting += [(child, depth + 1) for child in reversed(children)]
    return rows


def _row(state: BudgetState, line: BudgetLine, depth: int, below: int, *, shown: bool) -> TreeRow:
    wanted = state.wanted.get(line.node.id, 0)
    gap = line.allotted + line.moved - sum(line.below.values())
    return TreeRow(
        line, depth, below, shown, wanted if wanted != line.allotted else None, tell_reported(state, line), gap
    )  # fmt: skip


def _path(state: BudgetState, node: str) -> tuple[BudgetLine, ...]:
    """Nodes from the root down to one."""
    lines = {line.node.id: line for line in state.lines}
    found: list[BudgetLine] = []
    while node in lines:
        found.append(lines[node])
        node = lines[node].node.parent
    return tuple(reversed(found))


def _groups(state: BudgetState) -> list[tuple[BudgetLine, list[BudgetLine]]]:
    """Nodes with at least two below them, between which something can be moved."""
    found: dict[str, list[BudgetLine]] = {}
    for line in state.lines:
        found.setdefault(line.node.parent, []).append(line)
    return [(line, found[line.node.id]) for line in state.lines if len(found.get(line.node.id, ())) > 1]


def list_waiting(ask: Ask, state: BudgetState) -> list[tuple[Order, Transfer]]:
    """Moves within a budget that wait for a second person.

    Parameters
    ----------
    ask : Ask
        The request.
    state : BudgetState
        The budget.

    Returns
    -------
    list of (Order, Transfer)
        The newest first.
    """
    prefix = f"{state.file.budget.id}/"
    found = read_orders(ask.office.rights, states=("waiting",), limit=200, records=ask.office.records)
    return [
        (one, one.request) for one in found if isinstance(one.request, Transfer) and one.request.giver.startswith(prefix)
    ]  # fmt: skip


def list_steps(ask: Ask, budget: str) -> list[Order]:
    """Steps of a budget that wait for a second person: to book its files, freeze, release or close.

    Parameters
    ----------
    ask : Ask
        The request.
    budget : str
        Id of the budget.

    Returns
    -------
    list of Order
        The newest first.
    """
    found = read_orders(ask.office.rights, states=("waiting",), limit=200, records=ask.office.records)
    return [one for one in found if isinstance(one.request, BudgetStep) and one.request.budget == budget]


def build_node(ask: Ask, name: str, node: str) -> Context:
    """What the page of a node shows.

    Parameters
    ----------
    ask : Ask
        The request.
    name, node : str
        Ids of the budget and the node.

    Returns
    -------
    dict
        The node, what lies above, beside and below it, and a window of its history.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    state = show_budget(ask.office.city, name)
    line, text = find_line(state, node), ask.request.query_params.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
    history, account, rights = [], None, ask.office.rights
    if rights.has_ledger():
        with rights.reading() as rows:
            history = read_history(rows, name, node, before=before, limit=LINES + 1)
            account = find_account_row(rows, name=node_account(name, node))
    beside = [one for one in state.lines if one.node.parent == line.node.parent and one.node.id != node]
    more = len(history) > LINES
    return {
        **_name(state), "row": next(one for one in list_tree(state, node)), "way": _path(state, node)[:-1],
        "children": list_tree(state, node)[1:], "beside": beside if line.node.parent else (), "lines": history[:LINES],
        "older": history[LINES - 1].seq if more else 0, "before": before, "account": account, "kind": name_kind,
        "warned": state.warned.get(node), "use": state.uses.get(node), "over": state.over.get(node, 0),
        "prefix": f"{name}/", "waiting": _about(list_waiting(ask, state), name, node),
    }  # fmt: skip


def _about(waiting: Sequence[tuple[Order, Transfer]], name: str, node: str) -> list[tuple[Order, Transfer]]:
    own = node_account(name, node)
    return [(one, move) for one, move in waiting if own in (move.giver, move.taker)]


def name_kind(name: str) -> Any:
    """Name of a kind of transfer.

    Parameters
    ----------
    name : str
        Its id.

    Returns
    -------
    Label or None
        ``None`` for a reversal.
    """
    found = kinds().get(name)
    return found.label if found is not None else None


def build_figure(ask: Ask, name: str, node: str, figure: str) -> Context:
    """How a figure of a node came about.

    Parameters
    ----------
    ask : Ask
        The request.
    name, node, figure : str
        Ids of the budget and the node, and the figure.

    Returns
    -------
    dict
        The figure with its parts.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    state = show_budget(ask.office.city, name)
    found = explain_figure(ask.office.rights, state, node, figure)
    whole = sum(part.quantity for part in found.parts)
    return {**_name(state), "figure": found, "adds": found.quantity is None or not found.parts or whole == found.quantity}
