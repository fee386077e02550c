"""Early warning: how far each node kept within what its budget allows up to the month of the last report.

Invariant: without a stated share for that month, or without a report of every node below that has a budget, a node cannot be
judged; that is said and is no pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from dafeng.core.labels import Label
from dafeng.formula.evaluation import evaluate_exact
from dafeng.formula.expression import Expression
from dafeng.formula.parser import parse
from dafeng.ledger.budgets import Budget
from dafeng.work.budget_files import BudgetFile, budget_rules
from dafeng.work.budget_use import ReportedUse

NONE = "not_measurable"
"""Class of what cannot be judged."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Class of early warning of a node.

    Parameters
    ----------
    kind : str
        One of the classes, or ``not_measurable``.
    says : Label
        Its name, or why there is none.
    completion : Decimal or None
        Completion. [%]
    month : int or None
        Month up to which it speaks.
    allowed : Decimal or None
        What the budget allows up to then. [minimal units]
    consumed : int or None
        Reported use of the node and all below it. [minimal units]
    """

    kind: str
    says: Label
    completion: Decimal | None = None
    month: int | None = None
    allowed: Decimal | None = None
    consumed: int | None = None


def warn_nodes(file: BudgetFile, wanted: Mapping[str, int], uses: Mapping[str, ReportedUse]) -> dict[str, Warned]:
    """Class of each node of a budget.

    Parameters
    ----------
    file : BudgetFile
        The budget, with its phases.
    wanted : mapping of str to int
        What each node gets. [minimal units]
    uses : mapping of str to ReportedUse
        Latest report of each node.

    Returns
    -------
    dict of str to Warned
        By node.
    """
    reporters = _reporters(file.budget, wanted, uses)
    return {node.id: _warn(file, wanted[node.id], reporters[node.id], uses) for node in file.budget.nodes}


def _reporters(budget: Budget, wanted: Mapping[str, int], uses: Mapping[str, ReportedUse]) -> dict[str, list[str]]:
    """Node → nodes at or below it whose reports must be there: leaves that got something, and whoever reported."""
    below = budget.below()
    found: dict[str, list[str]] = {}
    for node in reversed(budget.nodes):
        own = [node.id] if node.id in uses or (not below[node.id] and wanted[node.id]) else []
        found[node.id] = [*own, *(name for child in below[node.id] for name in found[child.id])]
    return found


def _warn(file: BudgetFile, quantity: int, reporters: Sequence[str], uses: Mapping[str, ReportedUse]) -> Warned:
    if not quantity or not reporters:
        return Warned(NONE, Label("没有预算", "it has no budget"))
    lacking = [name for name in reporters if name not in uses or uses[name].quantity is None]
    if lacking:
        named = lacking[0] if len(lacking) == 1 else f"{lacking[0]} … ({len(lacking)})"
        return Warned(NONE, Label(f"缺少用量报告：{named}", f"no report of use: {named}"))
    months = {uses[name].month for name in reporters}
    if len(months) > 1:
        listed = ", ".join(str(month) for month in sorted(months))
        return Warned(NONE, Label(f"各报告截至月份不同：{listed}", f"the reports end in different months: {listed}"))
    month = months.pop()
    share = _share(file, month)
    if share is None:
        return Warned(NONE, Label(f"未写明截至{month}月的进度", f"no share is stated up to month {month}"), month=month)
    allowed = Decimal(quantity) * share / 100
    consumed = sum(uses[name].quantity or 0 for name in reporters)
    done = _completion(allowed, consumed)
    row = find_class(budget_rules()["warnings"]["classes"], done)
    return Warned(str(row["id"]), Label(row["zh"], row["en"]), done, month, allowed, consumed)


def _share(file: BudgetFile, month: int) -> Decimal | None:
    """Share of the year that is stated for a month; the last month of the period has all of it. [%]"""
    if month in file.form.phases:
        return Decimal(file.form.phases[month])
    return Decimal(100) if month == int(file.budget.end[5:7]) else None


def _completion(allowed: Decimal, consumed: int) -> Decimal:
    values = {"allowed": allowed, "consumed": Decimal(consumed)}
    return evaluate_exact(_expression(), values, where="budgets.yaml")


@lru_cache(maxsize=1)
def _expression() -> Expression:
    return parse(budget_rules()["completion"]["expression"], where="budgets.yaml")


def find_class(classes: Sequence[Mapping[str, Any]], value: Decimal) -> Mapping[str, Any]:
    """Class that a value falls into.

    Parameters
    ----------
    classes : sequence of mapping
        From the best one down; each begins at ``from``, which belongs to it unless ``above`` is true. The last has none.
    value : Decimal
        Completion. [%]

    Returns
    -------
    mapping
        The class.
    """
    for row in classes[:-1]:
        least = Decimal(row["from"])
        if value > least or (value == least and not row["above"]):
            return row
    return classes[-1]
