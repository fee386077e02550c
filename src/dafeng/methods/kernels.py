"""Functions that equations of methods may call.

Invariant: a kernel has an exact form, so that the explained number is the computed one.
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


def _exponential_unit(operands: Sequence[Unit]) -> Unit:
    if operands[0] != unit("1"):
        raise FormulaError(
            Label(f"exp 的自变量带单位 {operands[0]}", f"the operand of exp has the unit {operands[0]}"),
            where="exp",
            expected=Label("无量纲的数", "a number without unit"),
            remedy=Label("如衰减率乘以年数：单位应为 1/a 与 a", "as a decay rate in 1/a times years in a"),
        )
    return unit("1")


def _exponential(operand: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction((Decimal(operand.numerator) / Decimal(operand.denominator)).exp())


KERNELS: Mapping[str, Kernel] = {
    "exp": Kernel(Label("自然指数", "natural exponential"), 1, _exponential_unit, np.exp, _exponential),
}
"""Kernels by name. ``exp`` is exact to 60 digits."""
