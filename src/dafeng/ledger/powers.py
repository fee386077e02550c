"""Functions that policies may call in their equations.

Invariant: a function has an exact form to 60 digits, so that the explained quantity is the computed one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.core.units import Unit, unit
from dafeng.formula import Kernel

_DIGITS = 60
_MOST = 1000
"""Largest exponent, by size."""


def _plain(operands: Sequence[Unit]) -> Unit:
    one = unit("1")
    for operand in operands:
        if operand != one:
            raise FormulaError(
                Label(f"自变量带单位 {operand}", f"an operand has the unit {operand}"),
                where="power",
                expected=Label("无量纲的数", "a number without unit"),
                remedy=Label("先除以同单位的量", "divide by a quantity of the same unit first"),
            )
    return one


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def _exponential(operand: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction(_decimal(_bounded(operand)).exp())


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if base <= 0:
        raise FormulaError(
            Label(f"底数 {base} 不是正数", f"the base {base} is not positive"),
            where="power",
            expected=Label("正的底数", "a positive base"),
            remedy=Label("核对公式", "check the equation"),
        )
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction(_decimal(base) ** _decimal(_bounded(exponent)))


def _bounded(exponent: Fraction) -> Fraction:
    if abs(exponent) > _MOST:
        raise FormulaError(
            Label("指数过大", "the exponent is too large"),
            where="power",
            expected=Label(f"绝对值不超过 {_MOST}", f"at most {_MOST} by size"),
            remedy=Label("核对输入", "check the inputs"),
        )
    return exponent


KERNELS: Mapping[str, Kernel] = {
    "exp": Kernel(Label("自然指数", "natural exponential"), 1, _plain, np.exp, _exponential),
    "power": Kernel(Label("幂", "power"), 2, _plain, np.power, _power),
}
"""Functions by name."""
