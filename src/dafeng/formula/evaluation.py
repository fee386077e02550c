"""Values of expressions: fast with arrays, exact with decimals; both mean the same.

Invariant: a missing operand (nan) makes the value missing, never zero or the other branch of a ``where``;
a division by zero that reaches the result is an error, not an infinity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial, reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.core.numbers import to_decimal
from dafeng.formula.algebra import NO_KERNELS
from dafeng.formula.expression import Apply, Expression, Name, Node, Number, fold, walk, write
from dafeng.formula.kernels import Kernel

Floats = NDArray[np.float64]
Step = Callable[[tuple[Any, ...]], Any]
Compare = Callable[[Any, Any], Any]
Program = tuple[tuple[int, np.float64 | str | Step], ...]
BLOCK = 65_536
"""Numbers computed at a time, so that what is between stays in the processor's cache."""
_LARGEST = 300

_COMPARE: Mapping[str, Compare] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def evaluate(
    expression: Expression,
    values: Mapping[str, ArrayLike | Decimal],
    *,
    kernels: Mapping[str, Kernel] = NO_KERNELS,
    where: str = "formula",
) -> Floats:
    """Value of an expression with floating-point numbers.

    Parameters
    ----------
    expression : Expression
        What to compute.
    values : mapping
        Number or array for each name; arrays broadcast against one another. nan is a missing number.
    kernels : mapping
        Registered kernels by name.
    where : str
        What to call the place in messages.

    Returns
    -------
    (...) array
        The value, in the unit that `unit_of` says; nan where an operand it needs is missing; a comparison is
        1 (true) or 0. A scalar is an array without axes: ``float(…)`` takes it out.

    Raises
    ------
    FormulaError
        If a name has no value, shapes do not fit, or the value is no finite number although all operands are.
    """
    inputs = {name: _array(name, values, where) for name in expression.names}
    shape = _shape(inputs, where)
    step = _rows(shape) if not expression.kernels else 0
    program = _program(expression, kernels, where)
    with np.errstate(all="ignore"):
        if not step:
            return _settled(program, expression, {name: array[()] for name, array in inputs.items()}, where)
        made = np.empty(shape)
        for start in range(0, shape[0], step):
            piece = slice(start, start + step)
            cut = {name: _cut(array, piece, shape) for name, array in inputs.items()}
            made[piece] = _settled(program, expression, cut, where)
    return made


def evaluate_exact(
    expression: Expression,
    values: Mapping[str, Decimal | int],
    *,
    kernels: Mapping[str, Kernel] = NO_KERNELS,
    where: str = "formula",
) -> Decimal:
    """Value of an expression without rounding between the steps.

    Parameters
    ----------
    expression : Expression
        What to compute.
    values : mapping
        Finite number for each name.
    kernels : mapping
        Registered kernels by name; those called need an exact form.
    where : str
        What to call the place in messages.

    Returns
    -------
    Decimal
        The value: exact where it has a decimal form of at most 60 digits, else 60 digits.

    Raises
    ------
    FormulaError
        If a name has no finite value, the value needs a division by zero, or a kernel has no exact form.
    """
    numbers = {name: _fraction(name, values, where) for name in expression.names}

    def visit(node: Node, parts: tuple[Fraction | None, ...]) -> Fraction | None:
        if isinstance(node, Number):
            return node.value
        if isinstance(node, Name):
            return numbers[node.id]
        return _exactly(node, parts, kernels, where)

    value = fold(expression.root, visit)
    if value is None:
        raise _no_number(expression, "", where)
    return to_decimal(value)


def _program(expression: Expression, kernels: Mapping[str, Kernel], where: str) -> Program:
    """Steps of a stack machine: a number or name to put on, or a function of the topmost values."""
    steps: list[tuple[int, np.float64 | str | Step]] = []
    for node in walk(expression.root):
        if isinstance(node, Number):
            steps.append((0, np.float64(float(node.value))))
        elif isinstance(node, Name):
            steps.append((0, node.id))
        else:
            steps.append((len(node.operands), _step(node, kernels, where)))
    return tuple(steps)


def _step(node: Apply, kernels: Mapping[str, Kernel], where: str) -> Step:
    if node.what in _COMPARE:
        return partial(_compared, _COMPARE[node.what])
    if node.what in _FAST:
        return _FAST[node.what]
    if node.what == "**":
        return partial(_powered, _power(node))
    if node.what not in kernels:
        raise _no_kernel(node, where)
    compute = kernels[node.what].compute
    return lambda parts: np.asarray(compute(*parts), dtype=np.float64)


def _settled(program: Program, expression: Expression, inputs: Mapping[str, Any], where: str) -> Floats:
    stack: list[Any] = []
    for count, step in program:
        if not callable(step):
            stack.append(inputs[step] if isinstance(step, str) else step)
            continue
        parts = tuple(stack[len(stack) - count :])
        del stack[len(stack) - count :]
        stack.append(step(parts))
    value = np.asarray(stack[0], dtype=np.float64)
    finite = np.isfinite(value)
    if not finite.all():
        _refuse_lost(expression, inputs, ~finite, where)
    return value


def _divide(parts: tuple[Any, ...]) -> Any:
    quotient = parts[0] / parts[1]
    zero = parts[1] == 0.0
    return np.where(zero, np.nan, quotient) if np.any(zero) else quotient


def _compared(compare: Compare, parts: tuple[Any, ...]) -> Any:
    """Truth values; as numbers with nan where it is unknown, if it is anywhere."""
    truth = compare(parts[0], parts[1])
    unknown = [np.isnan(part) for part in parts]
    return np.where(unknown[0] | unknown[1], np.nan, truth) if any(np.any(u) for u in unknown) else truth


def _choose(parts: tuple[Any, ...]) -> Any:
    condition, one, other = parts
    if condition.dtype == np.bool_:
        return np.where(condition, one, other)
    return np.where(np.isnan(condition), np.nan, np.where(condition > 0, one, other))


_FAST: Mapping[str, Step] = {
    "+": lambda p: p[0] + p[1],
    "-": lambda p: p[0] - p[1],
    "*": lambda p: p[0] * p[1],
    "/": _divide,
    "neg": lambda p: -p[0],
    "min": lambda p: reduce(np.minimum, p),
    "max": lambda p: reduce(np.maximum, p),
    "where": _choose,
}


def _powered(power: int, parts: tuple[Any, ...]) -> Any:
    product = reduce(lambda made, _: made * parts[0], range(abs(power) - 1), parts[0])
    return product if power > 0 else _divide((np.float64(1), product))


def _power(node: Apply) -> int:
    power = node.operands[1]
    return int(power.text) if isinstance(power, Number) else 1


def _exactly(node: Apply, parts: tuple[Fraction | None, ...], kernels: Mapping[str, Kernel], where: str) -> Fraction | None:
    if node.what == "where":
        return None if parts[0] is None else parts[1] if parts[0] else parts[2]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if node.what in _COMPARE:
        return Fraction(int(_COMPARE[node.what](known[0], known[1])))
    if node.what in ("/", "**") and not known[-1 if node.what == "/" else 0]:
        return Fraction(0) if node.what == "**" and _power(node) > 0 else None
    if node.what in _EXACT:
        return _EXACT[node.what](known)
    exact = kernels[node.what].exact if node.what in kernels else None
    if exact is None:
        raise _no_kernel(node, where)
    return exact(*known)


_EXACT: Mapping[str, Callable[[list[Fraction]], Fraction]] = {
    "+": lambda p: p[0] + p[1],
    "-": lambda p: p[0] - p[1],
    "*": lambda p: p[0] * p[1],
    "/": lambda p: p[0] / p[1],
    "**": lambda p: Fraction(p[0] ** int(p[1])),
    "neg": lambda p: -p[0],
    "min": min,
    "max": max,
}


def _array(name: str, values: Mapping[str, ArrayLike | Decimal], where: str) -> Floats:
    if name not in values:
        raise _no_value(name, where)
    given = values[name]
    return np.asarray(float(given) if isinstance(given, Decimal) else given, dtype=np.float64)


def _fraction(name: str, values: Mapping[str, Decimal | int], where: str) -> Fraction:
    given = Decimal(values[name]) if name in values else Decimal("nan")
    if not given.is_finite() or abs(given.adjusted()) > _LARGEST:
        raise _no_value(name, where)
    return Fraction(given)


def _shape(inputs: Mapping[str, Floats], where: str) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*(array.shape for array in inputs.values()))
    except ValueError as cause:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in inputs.items())
        raise _error(
            where,
            (f"数组形状不能对齐：{shapes}", f"the shapes do not fit: {shapes}"),
            ("可按末轴对齐的形状", "shapes that broadcast"),
            ("按同一行序对齐各量后再算", "align the quantities to the same rows first"),
        ) from cause


def _rows(shape: tuple[int, ...]) -> int:
    size = int(np.prod(shape))
    return max(1, BLOCK * shape[0] // size) if shape and size > 2 * BLOCK else 0


def _cut(array: Floats, piece: slice, shape: tuple[int, ...]) -> Floats:
    along = array.ndim == len(shape) and array.shape[0] == shape[0]
    return array[piece] if along else array[()]


def _refuse_lost(expression: Expression, inputs: Mapping[str, Floats], lost: NDArray[np.bool_], where: str) -> None:
    known = reduce(np.logical_and, (np.isfinite(array) for array in inputs.values()), np.asarray(True))
    wrong = lost & known
    infinite = any(np.isinf(array).any() for array in inputs.values())
    if wrong.any() or infinite:
        at = np.argwhere(np.broadcast_to(wrong if wrong.any() else lost, lost.shape))[0].tolist()
        raise _no_number(expression, f" [{', '.join(map(str, at))}]" if at else "", where)


def _no_number(expression: Expression, at: str, where: str) -> FormulaError:
    divisions = [
        write(n)
        for n in walk(expression.root)
        if isinstance(n, Apply) and (n.what == "/" or (n.what == "**" and _power(n) < 0))
    ]
    shown = "、".join(divisions) or str(expression)
    return _error(
        where,
        (
            f"“{expression}”没有有限的值{at}：检查 {shown}",
            f"'{expression}' has no finite value{at}: look at {shown.replace('、', ', ')}",
        ),
        ("除数不为零，结果不溢出", "divisors other than zero and no overflow"),
        (
            "改正该处的数据，或用 where 说明除数为零时取什么",
            "correct the data there, or say with where what holds when the divisor is zero",
        ),
    )


def _no_value(name: str, where: str) -> FormulaError:
    return _error(
        where,
        (f"“{name}”没有给出有限的数", f"'{name}' has no finite value"),
        ("式中每个名称都有数", "a number for each name of the expression"),
        ("给出这个量；缺失不等于零", "give the quantity; absent is not zero"),
    )


def _no_kernel(node: Apply, where: str) -> FormulaError:
    return _error(
        where,
        (f"“{node.what}”没有登记，或没有精确算法", f"'{node.what}' is not registered, or has no exact form"),
        ("已登记的函数", "a registered kernel"),
        ("把函数交给 kernels 参数", "hand the kernel over in `kernels`"),
    )


def _error(where: str, what: tuple[str, str], expected: tuple[str, str], remedy: tuple[str, str]) -> FormulaError:
    return FormulaError(Label(*what), where=where, expected=Label(*expected), remedy=Label(*remedy))
