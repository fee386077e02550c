"""Equations of components, written once as text: compiled into rows and typeset from the same source.

Invariant: the text is read by the formula engine; its root is a comparison and both sides are linear in the variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.builder import Builder, Rows
from dafeng.energy.network.linear import Linear, Present, constant, named
from dafeng.formula.expression import Apply, Expression, Name, Node, Number, fold
from dafeng.formula.parser import parse
from dafeng.formula.typesetting import typeset

SENSES: Mapping[str, tuple[float, float]] = {"<=": (-np.inf, 0.0), ">=": (0.0, np.inf), "==": (0.0, 0.0)}
"""Bounds of left minus right for each comparison."""


@dataclass(frozen=True, slots=True)
class Equation:
    """One constraint of a component.

    Parameters
    ----------
    name : str
        Name of its rows, e.g. ``ramp_limit_up``.
    text : str
        What must hold, e.g. ``p - p_before <= ramp_limit_up * p_nom``.
    label : Label
        What it says.
    symbols : mapping of str to str
        Symbols for typesetting, where the names of the text would not read well.
    """

    name: str
    text: str
    label: Label
    symbols: Mapping[str, str] = field(default_factory=dict)

    @property
    def expression(self) -> Expression:
        """The text as a tree."""
        return _parsed(self.text)

    def mathml(self, symbols: Mapping[str, str]) -> str:
        """The equation as MathML.

        Parameters
        ----------
        symbols : mapping of str to str
            Symbols of the component's attributes.

        Returns
        -------
        str
            One ``math`` element.
        """
        return typeset(self.expression, {**symbols, **self.symbols})


def add_equation(
    builder: Builder, prefix: str, equation: Equation, values: Mapping[str, Any], *, present: Present | None = None
) -> Rows:
    """Compile one equation into rows.

    Parameters
    ----------
    builder : Builder
        Takes the rows.
    prefix : str
        Name of the component; the block is ``prefix.equation``.
    equation : Equation
        What must hold.
    values : mapping
        Linear, array or number for every name in the text.
    present : array of bool, optional
        Where it must hold.

    Returns
    -------
    Rows
        Where each element went.

    Raises
    ------
    DefinitionError
        If the text is not a comparison of linear expressions.
    """
    root = equation.expression.root
    if not isinstance(root, Apply) or root.what not in SENSES:
        raise _refusal(equation, "不是比较", "no comparison")
    left, right = (_compiled(part, named(values), equation) for part in root.operands)
    low, high = SENSES[root.what]
    return builder.add_rows(f"{prefix}.{equation.name}", left - right, low, high, present=present)


@lru_cache(maxsize=512)
def _parsed(text: str) -> Expression:
    return parse(text, where="energy.equation")


def _compiled(root: Node, values: Mapping[str, Linear], equation: Equation) -> Linear:
    def visit(node: Node, parts: tuple[Linear, ...]) -> Linear:
        if isinstance(node, Number):
            return constant(float(node.value))
        if isinstance(node, Name):
            return values[node.id]
        return _applied(node.what, parts, equation)

    return fold(root, visit)


def _applied(function: str, parts: tuple[Linear, ...], equation: Equation) -> Linear:
    if function == "+":
        return parts[0] + parts[1]
    if function in ("-", "neg"):
        return parts[0] - parts[1] if len(parts) > 1 else -parts[0]
    if function == "*":
        fixed, other = parts if not parts[0].terms else (parts[1], parts[0])
        if not fixed.terms:
            return other.times(fixed.constant)
    if function == "/" and not parts[1].terms:
        return parts[0].times(1.0 / np.asarray(parts[1].constant))
    raise _refusal(equation, f"“{function}”不是线性的", f"'{function}' is not linear")


def _refusal(equation: Equation, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"方程“{equation.text}”：{zh}", f"equation '{equation.text}': {en}"),
        where=f"energy.equation.{equation.name}",
        expected=Label("两个线性表达式的比较", "a comparison of two linear expressions"),
        remedy=Label("改写方程", "rewrite the equation"),
    )
