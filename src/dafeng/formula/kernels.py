"""Kernels: named functions for what is no straight line, callable in an expression.

Invariant: a kernel says its unit rule, so an expression that calls it is checked like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from numpy.typing import NDArray

from dafeng.core.labels import Label
from dafeng.core.registry import load, names
from dafeng.core.units import Unit

GROUP = "dafeng.kernels"
"""Group of entry points under which packages register kernels."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A function that expressions may call by name.

    Parameters
    ----------
    label : Label
        What it computes.
    count : int
        Number of operands.
    unit : callable
        Unit of the result from the units of the operands; raises `FormulaError` or `UnitError` if they do not fit.
    compute : callable
        Result from the operands as float64 arrays that broadcast against one another.
    exact : callable or None
        Result from the operands as fractions; ``None`` where there is no exact form.
    """

    label: Label
    count: int
    unit: Callable[[Sequence[Unit]], Unit]
    compute: Callable[..., NDArray[Any]]
    exact: Callable[..., Fraction] | None = None


def registered_kernels() -> Mapping[str, Kernel]:
    """Kernels that installed packages register under ``dafeng.kernels``.

    Returns
    -------
    mapping
        Kernel for each name.

    Raises
    ------
    LookupFailure
        If one name is registered twice.
    """
    return {name: load(GROUP, name) for name in names(GROUP)}
