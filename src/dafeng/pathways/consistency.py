"""A plan's targets as linear rows over capacities and energy, ready to be proved consistent or not.

Invariant: every row names the clause or the fact it stands for; this module forms rows, it never decides.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Sense = Literal[">=", "<=", "="]


@dataclass(frozen=True, slots=True)
class Row:
    """One linear statement ``Σ coefficient × variable  sense  bound``.

    Parameters
    ----------
    name : str
        Unique name.
    coefficients : mapping of str to float
        By variable.
    sense : {">=", "<=", "="}
        Comparison.
    bound : float
        Right-hand side. [unit]
    unit : str
        Unit of the right-hand side.
    address : str
        Address of the clause, fact or rule it stands for.
    hard : bool
        Whether it can never be given up (definitions, physics).
    """

    name: str
    coefficients: Mapping[str, float]
    sense: Sense
    bound: float
    unit: str
    address: str
    hard: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """A target in the form that rows are made from.

    Parameters
    ----------
    target : str
        Target id.
    indicator : str
        Indicator id.
    definition : str or None
        ``a / b`` where the indicator is a ratio of variables, else ``None``.
    comparator : str
        ``>= > <= < = ~``.
    value : float
        In the unit of the variables; ratios 0..1.
    tolerance : float
        Half width that “about” allows. [unit of value]
    address : str
        Address of the target.
    rising : bool
        Whether more of the indicator is better.
    """

    target: str
    indicator: str
    definition: str | None
    comparator: str
    value: float
    tolerance: float
    address: str
    rising: bool = True


def identity_rows(identities: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    """Definitions and physics that always hold.

    Parameters
    ----------
    identities : sequence of mapping
        ``{id, terms: {variable: coefficient}, sense, bound, unit}``, already strictly loaded.

    Returns
    -------
    tuple of Row
        Hard rows.
    """
    return tuple(_identity(item) for item in identities)


def goal_rows(goals: Sequence[Goal], *, about_as_least: bool) -> tuple[Row, ...]:
    """Targets as rows.

    Parameters
    ----------
    goals : sequence of Goal
        Targets of one year.
    about_as_least : bool
        How “about” (左右) is read: ``True`` as at least (or at most) the value less the tolerance,
        ``False`` as a band on both sides.

    Returns
    -------
    tuple of Row
        One row per one-sided target, two (``:low`` and ``:high``) per band; a ratio ``a / b ≥ v`` becomes
        ``a - v·b ≥ 0``.
    """
    rows: list[Row] = []
    for goal in goals:
        for suffix, sense, value in _sides(goal, about_as_least):
            coefficients, bound = _linear(goal, value)
            rows.append(Row(f"{goal.target}{suffix}", coefficients, sense, bound, "", goal.address))
    return tuple(rows)


def split_ratio(definition: str | None) -> tuple[str, str] | None:
    """Numerator and denominator of a ratio definition.

    Parameters
    ----------
    definition : str or None
        An expression.

    Returns
    -------
    tuple of str or None
        Two names for ``a / b``; ``None`` for anything else.
    """
    if definition is None:
        return None
    tree = ast.parse(definition, mode="eval").body
    if not isinstance(tree, ast.BinOp) or not isinstance(tree.op, ast.Div):
        return None
    if not isinstance(tree.left, ast.Name) or not isinstance(tree.right, ast.Name):
        return None
    return tree.left.id, tree.right.id


def _identity(item: Mapping[str, Any]) -> Row:
    terms = {str(name): float(factor) for name, factor in item["terms"].items()}
    sense: Sense = item.get("sense", "=")
    return Row(item["id"], terms, sense, float(item.get("bound", 0)), item.get("unit", ""), f"rules/{item['id']}", hard=True)


def _sides(goal: Goal, about_as_least: bool) -> tuple[tuple[str, Sense, float], ...]:
    if goal.comparator in (">=", ">"):
        return (("", ">=", goal.value),)
    if goal.comparator in ("<=", "<"):
        return (("", "<=", goal.value),)
    if goal.comparator == "=":
        return (("", "=", goal.value),)
    low: tuple[str, Sense, float] = (":low", ">=", goal.value - goal.tolerance)
    high: tuple[str, Sense, float] = (":high", "<=", goal.value + goal.tolerance)
    if about_as_least:
        return (low,) if goal.rising else (high,)
    return low, high


def _linear(goal: Goal, value: float) -> tuple[dict[str, float], float]:
    ratio = split_ratio(goal.definition)
    if ratio is None:
        return {goal.indicator: 1.0}, value
    numerator, denominator = ratio
    return {numerator: 1.0, denominator: -value}, 0.0
