"""Units of expressions: what an equation measures, before a number is put in.

Invariant: an expression that passes adds, compares and chooses only between quantities of one unit, so its
numbers need no conversion inside; one factor at the end brings them to the declared unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.core.units import ONE, Unit, ratio, same_dimension
from dafeng.formula.expression import COMPARISONS, Apply, Expression, Name, Node, Number, fold, write
from dafeng.formula.kernels import Kernel

NO_KERNELS: Mapping[str, Kernel] = {}
"""No kernel at all: the default where an expression calls none."""


def unit_of(
    expression: Expression, units: Mapping[str, Unit], *, kernels: Mapping[str, Kernel] = NO_KERNELS, where: str = "formula"
) -> Unit:
    """Unit of an expression's value.

    Parameters
    ----------
    expression : Expression
        What to measure.
    units : mapping
        Unit of each name.
    kernels : mapping
        Registered kernels by name.
    where : str
        What to call the place in messages.

    Returns
    -------
    Unit
        Unit of the value; a comparison is a pure number (1 true, 0 false).

    Raises
    ------
    FormulaError
        If a name has no unit, or quantities of different units are added, compared or chosen between.
        The number 0 fits every unit; any other number is a pure number.
    """

    def visit(node: Node, parts: tuple[Unit | None, ...]) -> Unit | None:
        if isinstance(node, Number):
            return ONE if node.value else None
        if isinstance(node, Name):
            return _named(node, units, where)
        return _applied(node, parts, kernels, where)

    return fold(expression.root, visit) or ONE


def check_unit(
    expression: Expression,
    units: Mapping[str, Unit],
    declared: Unit,
    *,
    kernels: Mapping[str, Kernel] = NO_KERNELS,
    where: str = "formula",
) -> Fraction:
    """Factor that brings an expression's value to its declared unit.

    Parameters
    ----------
    expression : Expression
        What to measure.
    units : mapping
        Unit of each name; names that the expression does not use serve for hints.
    declared : Unit
        Unit the value is declared to have.
    kernels : mapping
        Registered kernels by name.
    where : str
        What to call the place in messages: ``combustion.heat``.

    Returns
    -------
    Fraction
        Declared units in one unit of the value; exact. [declared unit / unit of the expression]

    Raises
    ------
    FormulaError
        As `unit_of`, or if the value has another dimension or species than declared.
    """
    found = unit_of(expression, units, kernels=kernels, where=where)
    if same_dimension(found, declared):
        return ratio(found, declared)
    zh, en = _hint(found, declared, units, expression.names)
    raise FormulaError(
        Label(f"“{expression}”的单位是 {found}，声明为 {declared}", f"'{expression}' has unit {found}, declared {declared}"),
        where=where,
        expected=Label(f"量纲与 {declared} 相同", f"the dimension of {declared}"),
        remedy=Label(zh, en),
    )


def _named(node: Name, units: Mapping[str, Unit], where: str) -> Unit:
    if node.id not in units:
        raise _wrong(
            where,
            (f"“{node.id}”没有单位", f"'{node.id}' has no unit"),
            (f"以下之一：{', '.join(sorted(units)) or '（无）'}", f"one of {', '.join(sorted(units)) or 'none'}"),
            ("声明这个量，或改正名称", "declare the quantity, or correct its name"),
        )
    return units[node.id]


def _applied(node: Apply, parts: tuple[Unit | None, ...], kernels: Mapping[str, Kernel], where: str) -> Unit | None:
    known = [part or ONE for part in parts]
    if node.what == "*":
        return known[0] * known[1]
    if node.what == "/":
        return known[0] / known[1]
    if node.what == "**":
        return known[0] ** _exponent(node)
    if node.what in kernels:
        return _called(node, known, kernels[node.what], where)
    chosen = parts[1:] if node.what == "where" else parts
    same = _same(node, chosen, where)
    return ONE if node.what in COMPARISONS else same


def _same(node: Apply, parts: tuple[Unit | None, ...], where: str) -> Unit | None:
    given = [part for part in parts if part is not None]
    odd = next((part for part in given if part != given[0]), None)
    if odd is None:
        return given[0] if given else None
    operands = node.operands[1:] if node.what == "where" else node.operands
    texts = "，".join(f"{write(o)} [{p or 0}]" for o, p in zip(operands, parts, strict=True))
    remedy = ("乘以带单位的换算常数", "multiply one by a constant with a unit")
    if same_dimension(given[0], odd):
        factor = ratio(given[0], odd)
        remedy = (f"先换算：1 {given[0]} = {factor} {odd}", f"convert one first: 1 {given[0]} = {factor} {odd}")
    raise _wrong(
        where,
        (
            f"“{write(node)}”把单位不同的量放在一起：{texts}",
            f"'{write(node)}' brings different units together: {texts.replace('，', ', ')}",
        ),
        (f"都用 {given[0]}", f"{given[0]} for each"),
        remedy,
    )


def _called(node: Apply, units: list[Unit], kernel: Kernel, where: str) -> Unit:
    if len(units) != kernel.count:
        raise _wrong(
            where,
            (f"“{write(node)}”有 {len(units)} 个参数", f"'{write(node)}' has {len(units)} operands"),
            (f"{kernel.count} 个", f"{kernel.count} operands"),
            ("按函数的定义补齐参数", "give the operands that the kernel declares"),
        )
    return kernel.unit(units)


def _exponent(node: Apply) -> int:
    power = node.operands[1]
    return int(power.text) if isinstance(power, Number) else 1


def _hint(found: Unit, declared: Unit, units: Mapping[str, Unit], used: tuple[str, ...]) -> tuple[str, str]:
    for name in sorted(units, key=lambda name: (name in used, name)):
        if same_dimension(found * units[name], declared):
            return f"先乘以“{name}”", f"Multiply by '{name}' first"
        if same_dimension(found / units[name], declared):
            return f"先除以“{name}”", f"Divide by '{name}' first"
    return "改正式子或声明的单位", "correct the expression or the declared unit"


def _wrong(where: str, what: tuple[str, str], expected: tuple[str, str], remedy: tuple[str, str]) -> FormulaError:
    return FormulaError(Label(*what), where=where, expected=Label(*expected), remedy=Label(*remedy))
