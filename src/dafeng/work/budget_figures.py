"""How a figure of a budget came about: what it is, its formula with numbers, and where its parts lead.

Invariant: the parts of a figure add up to it; each is a node of the tree, an event of the ledger or a place in a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.ledger.budget_table import BudgetLine
from dafeng.work.budget_moves import find_line, read_history
from dafeng.work.budget_state import BudgetState
from dafeng.work.rights import Rights


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a figure.

    Parameters
    ----------
    label : Label
        What it is.
    quantity : int
        With its sign. [minimal units]
    node, figure : str
        Node and figure that it leads to; empty for none.
    event : int
        Number of the event that it leads to; 0 for none.
    """

    label: Label
    quantity: int
    node: str = ""
    figure: str = ""
    event: int = 0


@dataclass(frozen=True, slots=True)
class BudgetFigure:
    """A figure of a node.

    Parameters
    ----------
    id : str
        One of `FIGURES`.
    line : BudgetLine
        The node.
    label, says : Label
        Its name, and what it means.
    quantity : int or None
        The figure; ``None`` where it is not known. [minimal units]
    parts : tuple of Part
        What it is the sum of.
    at : str
        Where it was read; empty for what the ledger says.
    """

    id: str
    line: BudgetLine
    label: Label
    says: Label
    quantity: int | None
    parts: tuple[Part, ...]
    at: str = ""


_LABELS: Mapping[str, tuple[Label, Label]] = MappingProxyType(
    {
        "wanted": (
            Label("文件规定", "by the file"),
            Label("预算文件给该节点的数量，含追加。", "What the file of the budget gives the node, with what was added later."),
        ),
        "allotted": (
            Label("下达", "allotted"),
            Label("上级下达给该节点、尚未收回的数量。", "What the node got of the one above and did not give back."),
        ),
        "moved": (
            Label("调剂", "moved"),
            Label(
                "从同一上级的其他节点调入的，减去调出的。", "What came from nodes below the same one, less what went to them."
            ),
        ),
        "given": (
            Label("再下达", "passed on"),
            Label("该节点下达给下级的数量。", "What the node passed on to those below it."),
        ),
        "used": (
            Label("已用", "used"),
            Label("该节点及全部下级已入账的用量。", "Booked use of the node and all below it."),
        ),
        "frozen": (
            Label("冻结", "frozen"),
            Label("该节点及全部下级被冻结的数量。", "What is frozen of the node and all below it."),
        ),
        "free": (
            Label("剩余", "left"),
            Label("该节点及全部下级未用、未冻结的数量。", "What the node and all below it have neither used nor frozen."),
        ),
        "reported": (
            Label("报告用量", "reported use"),
            Label(
                "年内累计的报告用量；不齐即未知。",
                "Reported use since the start of the year; unknown unless all have reported.",
            ),
        ),
    }
)
FIGURES = tuple(_LABELS)
"""Figures that can be explained."""


def explain_figure(rights: Rights, state: BudgetState, node: str, figure: str) -> BudgetFigure:
    """How a figure came about.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    state : BudgetState
        The budget as it stands.
    node, figure : str
        Id of the node, and one of `FIGURES`.

    Returns
    -------
    BudgetFigure
        With its parts.

    Raises
    ------
    LookupFailure
        If there is no such node or figure.
    """
    line = find_line(state, node)
    if figure not in _LABELS:
        raise LookupFailure(
            Label(f"没有“{figure[:40]}”这一项", f"there is no figure '{figure[:40]}'"),
            where="figure",
            expected=Label("、".join(FIGURES), ", ".join(FIGURES)),
            remedy=Label("从预算树进入", "come from the tree"),
        )
    label, says = _LABELS[figure]
    quantity, parts, at = _READ[figure](rights, state, line)
    return BudgetFigure(figure, line, label, says, quantity, parts, at)


Read = tuple[int | None, tuple[Part, ...], str]


def _wanted(_: Rights, state: BudgetState, line: BudgetLine) -> Read:
    node = line.node
    parts: tuple[Part, ...] = ()
    whole = state.wanted.get(node.id, 0)
    if node.topped:
        parts = (Part(Label("原数量", "first"), whole - node.topped), Part(Label("追加", "added later"), node.topped))
    return whole, parts, node.at


def _allotted(rights: Rights, state: BudgetState, line: BudgetLine) -> Read:
    return line.allotted, _events(rights, state, line, ("allot", "give_back"), above=True), ""


def _moved(rights: Rights, state: BudgetState, line: BudgetLine) -> Read:
    return line.moved, _events(rights, state, line, ("reallot",), above=False), ""


def _events(rights: Rights, state: BudgetState, line: BudgetLine, kinds: tuple[str, ...], *, above: bool) -> tuple[Part, ...]:
    """Bookings of the node's own account with the node above, or with those beside it; the newest first."""
    if not rights.has_ledger():
        return ()
    prefix = f"{state.file.budget.id}/"
    parent = f"{prefix}{line.node.parent}" if line.node.parent else state.issuer
    with rights.reading() as rows:
        found = read_history(rows, state.file.budget.id, line.node.id, limit=1000)
    return tuple(
        Part(Label(f"{one.effective}", f"{one.effective}"), one.amount, one.other_name.removeprefix(prefix), "", one.seq)
        for one in found
        if (one.other_name == parent if above else one.kind in (*kinds, "reverse") and one.other_name != parent)
    )


def _given(_: Rights, state: BudgetState, line: BudgetLine) -> Read:
    parts = tuple(
        Part(one.node.label, one.allotted, one.node.id, "allotted") for one in state.lines if one.node.parent == line.node.id
    )
    return line.given, parts, ""


def _used(_: Rights, state: BudgetState, line: BudgetLine) -> Read:
    return _rolled(state, line, "consumed", "used")


def _frozen(_: Rights, state: BudgetState, line: BudgetLine) -> Read:
    return _rolled(state, line, "frozen", "frozen")


def _free(_: Rights, state: BudgetState, line: BudgetLine) -> Read:
    return _rolled(state, line, "free", "free")


def _rolled(state: BudgetState, line: BudgetLine, name: str, figure: str) -> Read:
    own = Part(Label("本级", "itself"), getattr(line, name))
    below = (
        Part(one.node.label, one.below[name], one.node.id, figure)
        for one in state.lines
        if one.node.parent == line.node.id and one.node.parent
    )
    return line.below[name], (own, *below), ""


def _reported(_: Rights, state: BudgetState, line: BudgetLine) -> Read:
    warned, use = state.warned.get(line.node.id), state.uses.get(line.node.id)
    below = [one for one in state.lines if one.node.parent == line.node.id]
    at = use.at if use is not None else ""
    quantity = tell_reported(state, line)
    if quantity is None or not below or warned is None:
        return quantity, (), at
    parts = [Part(Label("本级", "itself"), use.quantity)] if use is not None and use.quantity is not None else []
    told = ((one, tell_reported(state, one)) for one in below)
    parts += [Part(one.node.label, units, one.node.id, "reported") for one, units in told if units is not None]
    return quantity, tuple(parts), at


def tell_reported(state: BudgetState, line: BudgetLine) -> int | None:
    """Reported use of a node with all below it.

    Parameters
    ----------
    state : BudgetState
        The budget.
    line : BudgetLine
        The node.

    Returns
    -------
    int or None
        ``None`` where somebody with a budget did not report, or up to another month. [minimal units]
    """
    warned, use = state.warned.get(line.node.id), state.uses.get(line.node.id)
    if warned is not None and warned.consumed is not None:
        return warned.consumed
    leaf = not any(one.node.parent == line.node.id for one in state.lines)
    return use.quantity if use is not None and leaf else None


_READ: Mapping[str, Callable[[Rights, BudgetState, BudgetLine], Read]] = MappingProxyType({
    "wanted": _wanted, "allotted": _allotted, "moved": _moved, "given": _given, "used": _used, "frozen": _frozen,
    "free": _free, "reported": _reported,
})  # fmt: skip
