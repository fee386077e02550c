"""Expressions as SQL text: one portable form that DuckDB runs and SQLGlot translates.

Invariant: only ``+ - *``, ``CASE``, ``CAST`` and ``NULLIF`` are written, so no engine meets a function it does
not know; a missing operand (NULL) or a division by zero gives NULL, as nan does in arrays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.core.numbers import to_decimal
from dafeng.formula.expression import COMPARISONS, Apply, Expression, Name, Node, Number, fold, write

_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?")
_DIGITS = 38
_LONGEST = 200_000


def to_sql(expression: Expression, columns: Mapping[str, str], *, decimal: bool = False, where: str = "formula") -> str:
    """SQL text of an expression.

    Parameters
    ----------
    expression : Expression
        What to compute.
    columns : mapping
        Column for each name: ``value`` or ``facts.value``; it is quoted.
    decimal : bool
        Whether the result must stay DECIMAL, so that sums are exact: then a division is only allowed by a number
        with a finite reciprocal and becomes a product. Otherwise a division is made in DOUBLE.
    where : str
        What to call the place in messages.

    Returns
    -------
    str
        A scalar expression in DuckDB's dialect; a comparison gives BOOLEAN.

    Raises
    ------
    FormulaError
        If a name has no column, a column is no plain name, a kernel is called, a number has more than 38 digits,
        or DECIMAL cannot be kept.
    """
    quoted = {name: _column(name, columns, where) for name in expression.names}

    def visit(node: Node, parts: tuple[str, ...]) -> str:
        if isinstance(node, Number):
            return _number(node, where)
        if isinstance(node, Name):
            return quoted[node.id]
        return _short(_applied(node, parts, decimal, where), where)

    return fold(expression.root, visit)


def _column(name: str, columns: Mapping[str, str], where: str) -> str:
    if name not in columns:
        raise _error(where, f"“{name}”没有对应的列", f"'{name}' has no column")
    if not _COLUMN.fullmatch(columns[name]):
        raise _error(where, f"“{columns[name]}”不是列名", f"'{columns[name]}' is no column")
    return ".".join(f'"{part}"' for part in columns[name].split("."))


def _number(node: Number, where: str) -> str:
    text = format(Decimal(node.text), "f")
    if len(text.replace(".", "")) > _DIGITS:
        raise _error(where, f"“{node.text}”超过 {_DIGITS} 位", f"'{node.text}' has more than {_DIGITS} digits")
    return text


def _applied(node: Apply, parts: tuple[str, ...], decimal: bool, where: str) -> str:
    what = node.what
    if what in ("+", "-", "*"):
        return f"({parts[0]} {what} {parts[1]})"
    if what in COMPARISONS:
        sign = {"==": "=", "!=": "<>"}.get(what, what)
        return f"({parts[0]} {sign} {parts[1]})"
    if what == "neg":
        return f"(- {parts[0]})"
    if what == "/":
        return _reciprocal(node, parts, where) if decimal else _quotient(*parts)
    if what == "**":
        return _power(node, parts[0], decimal, where)
    if what in ("min", "max"):
        return reduce(lambda a, b: _least(a, b, "<=" if what == "min" else ">="), parts)
    if what == "where":
        return f"(CASE WHEN {parts[0]} THEN {parts[1]} WHEN NOT {parts[0]} THEN {parts[2]} END)"
    raise _error(where, f"函数“{what}”没有 SQL 写法", f"the kernel '{what}' has no SQL form")


def _quotient(above: str, below: str) -> str:
    return f"(CAST({above} AS DOUBLE) / NULLIF(CAST({below} AS DOUBLE), 0))"


def _reciprocal(node: Apply, parts: tuple[str, ...], where: str) -> str:
    divisor = node.operands[1]
    value = divisor.value if isinstance(divisor, Number) else None
    factor = to_decimal(1 / value) if value else None
    if value is None or factor is None or Fraction(factor) * value != 1:
        zh = f"“{write(node)}”的除法不能保持 DECIMAL；先用十进制合成因子"
        raise _error(where, zh, f"the division in '{write(node)}' does not stay DECIMAL: compose the factor in decimals first")
    return f"({parts[0]} * {format(factor, 'f')})"


def _power(node: Apply, base: str, decimal: bool, where: str) -> str:
    exponent = node.operands[1]
    power = int(exponent.text) if isinstance(exponent, Number) else 1
    product = f"({' * '.join([base] * abs(power))})"
    if power > 0:
        return product
    if decimal:
        raise _error(where, f"“{write(node)}”不能保持 DECIMAL", f"'{write(node)}' does not stay DECIMAL")
    return _quotient("1", product)


def _short(text: str, where: str) -> str:
    """Refuse text that nested choices have blown up: each of them writes its operands several times."""
    if len(text) > _LONGEST:
        raise _error(where, "嵌套的 min、max、where 或乘方展开后过长", "nested min, max, where or powers grow too long as SQL")
    return text


def _least(one: str, other: str, sign: str) -> str:
    opposite = "<" if sign == ">=" else ">"
    return f"(CASE WHEN {one} {sign} {other} THEN {one} WHEN {one} {opposite} {other} THEN {other} END)"


def _error(where: str, zh: str, en: str) -> FormulaError:
    return FormulaError(
        Label(zh, en),
        where=where,
        expected=Label(
            "只含 + - * 、比较、min max where 的式子，每个名称有一列",
            "+ - *, comparisons, min, max, where, and a column for each name",
        ),
        remedy=Label("给出列名，或改在 Python 中计算", "give the columns, or compute it in Python"),
    )
