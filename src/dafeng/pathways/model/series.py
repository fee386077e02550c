"""What holds between dated values.

Invariant: a series goes through its knots and is constant outside them; a missing knot makes its neighbourhood missing.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from dafeng.pathways.model.axes import Array

Between = Literal["constant", "linear", "smooth", "steps"]


def interpolate(between: Between, knots: Array, values: Array, years: Any) -> Array:
    """Values of every year.

    Parameters
    ----------
    between : {"constant", "linear", "smooth", "steps"}
        ``steps`` holds a value until the next; ``smooth`` is a monotone cubic; ``constant`` takes one knot only.
    knots : (knots,) array
        Years of the values, rising.
    values : (knots,) array
        Any quantity; nan is missing.
    years : (years,) array of int
        Years wanted.

    Returns
    -------
    (years,) array
        Values. [unit of the values]

    Raises
    ------
    ValueError
        If ``constant`` is given more than one knot.

    Source
    ------
    ``fritsch-carlson-1980`` for ``smooth``.
    """
    if between == "constant" and len(knots) > 1:
        raise ValueError("a constant has one value, not several")
    inside = np.clip(np.asarray(years, dtype=float), knots[0], knots[-1])
    if between == "steps":
        return np.asarray(values[np.searchsorted(knots, inside, side="right") - 1])
    if between == "smooth" and len(knots) > 2 and np.isfinite(values).all():
        from scipy.interpolate import PchipInterpolator

        return np.asarray(PchipInterpolator(knots, values)(inside))
    return np.asarray(np.interp(inside, knots, values))
