"""A budget as JSON-able values: what a page or a terminal shows.

Invariant: an amount is exact decimal text in the unit of the budget; what is unknown is null with its reason.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.numbers import plain
from dafeng.ledger.budget_table import SUMS, BudgetLine
from dafeng.work.budget_files import budget_rules
from dafeng.work.budget_state import BudgetState


def budget_document(found: BudgetState) -> dict[str, Any]:
    """Everything that is known of a budget.

    Parameters
    ----------
    found : BudgetState
        From ``budgets`` or ``book_budget``.

    Returns
    -------
    dict
        ``nodes`` (allotted, moved, given, consumed, lapsed, returned, frozen, free, the same ``below``; [unit]), ``checks``,
        ``warnings`` (the classes with their source), ``findings``.
    """
    budget, form = found.file.budget, found.file.form
    return {
        "id": budget.id,
        "label": _label(budget.label),
        "instrument": {"id": budget.instrument, "label": _label(budget.kind)},
        "unit": budget.unit,
        "period": {"start": budget.start, "end": budget.end},
        "date": form.date,
        "source": form.source,
        "unused": form.unused,
        "state": found.state or "unbooked",
        "pending": found.pending,
        "booked": found.booked,
        "nodes": [_node(found, line) for line in found.lines],
        "checks": [
            {
                "id": one.id,
                "about": one.about,
                "flows": _amount(found, one.flows),
                "balances": _amount(found, one.balances),
                "holds": one.holds,
            }
            for one in found.checks
        ],
        "warnings": _classes(),
        "findings": [finding_document(one) for one in found.findings],
    }


def finding_document(found: Finding) -> dict[str, Any]:
    """A finding as JSON-able values.

    Parameters
    ----------
    found : Finding
        The finding.

    Returns
    -------
    dict
        Rule, place, severity, and both texts in both languages.
    """
    return {
        "rule": found.rule,
        "at": found.at,
        "severity": found.severity,
        "says": _label(found.says),
        "remedy": _label(found.remedy),
    }


def _node(found: BudgetState, line: BudgetLine) -> dict[str, Any]:
    node, use = line.node, found.uses.get(line.node.id)
    warned = found.warned.get(node.id)
    told: dict[str, Any] = {
        "id": node.id,
        "parent": node.parent or None,
        "level": node.level,
        "label": _label(node.label),
        "at": node.at,
        "wanted": _amount(found, found.wanted.get(node.id, 0)),
        "allotted": _amount(found, line.allotted),
        "moved": _amount(found, line.moved),
        "given": _amount(found, line.given),
        "kept": _amount(found, line.allotted + line.moved - line.given),
        **{name: _amount(found, getattr(line, name)) for name in SUMS},
        "below": {name: _amount(found, line.below[name]) for name in SUMS},
        "over": _amount(found, found.over.get(node.id, 0)),
        "reported": None,
        "warning": None,
    }
    if use is not None:
        told["reported"] = {"month": use.month, "quantity": _some(found, use.quantity), "at": use.at}
    if warned is not None:
        told["warning"] = {
            "class": warned.kind,
            "says": _label(warned.says),
            "completion": None if warned.completion is None else f"{plain(warned.completion.quantize(Decimal('0.01'))):f}",
            "month": warned.month,
            "allowed": _some(found, warned.allowed),
            "consumed": _some(found, warned.consumed),
        }
    return told


def _classes() -> dict[str, Any]:
    rules = budget_rules()
    warnings, completion = rules["warnings"], rules["completion"]
    classes = [
        {
            "id": row["id"],
            "label": {"zh": row["zh"], "en": row["en"]},
            "colour": row["colour"],
            "from": None if row["from"] is None else str(row["from"]),
            "above": row["above"],
        }
        for row in warnings["classes"]
    ]
    return {
        "label": dict(warnings["label"]),
        "source": warnings["source"],
        "grade": warnings["grade"],
        "year": warnings["year"],
        "expression": completion["expression"],
        "expression_grade": completion["grade"],
        "classes": classes,
    }


def _some(found: BudgetState, units: Decimal | int | None) -> str | None:
    return None if units is None else _amount(found, units)


def _amount(found: BudgetState, units: Decimal | int) -> str:
    return f"{plain(Decimal(units).scaleb(-found.file.budget.scale)):f}"


def _label(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}
