"""Linear expressions over arrays of variables.

Invariant: an expression is a sum of (coefficient array × variable array) and a constant array that broadcast to one
shape; a variable that is absent (index −1) contributes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.signedinteger[Any]]
"""Positions of variables or rows; −1 is absent."""
Present = NDArray[np.bool_]
"""Where something exists."""


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Sum of coefficients times variables, plus a constant; everything broadcasts.

    Parameters
    ----------
    terms : tuple of (coefficient, place)
        Arrays of equal or broadcastable shape.
    constant : array or float
        What stands without a variable.
    """

    terms: tuple[tuple[Any, Places], ...] = ()
    constant: Any = 0.0

    def __add__(self, other: Linear) -> Linear:
        """Sum of two expressions."""
        return Linear(self.terms + other.terms, np.add(self.constant, other.constant))

    def __neg__(self) -> Linear:
        """The expression with the other sign."""
        return self.times(-1.0)

    def __sub__(self, other: Linear) -> Linear:
        """Difference of two expressions."""
        return self + -other

    def times(self, factor: Any) -> Linear:
        """Expression times an array; an infinite constant times zero is zero.

        Parameters
        ----------
        factor : array or float
            What every coefficient and the constant are multiplied with.

        Returns
        -------
        Linear
            The product.
        """
        terms = tuple((np.multiply(coefficient, factor), place) for coefficient, place in self.terms)
        return Linear(terms, product(self.constant, factor))

    def at(self, steps: Places) -> Linear:
        """Expression of other time steps.

        Parameters
        ----------
        steps : (steps,) or (steps, n) array
            Row of each element; −1 leaves its variables out.

        Returns
        -------
        Linear
            Variables at those steps with the coefficients they have there; the constant likewise, zero where left out.
        """
        return Linear(
            tuple((_taken(coefficient, steps, 0.0), _taken(place, steps, -1)) for coefficient, place in self.terms),
            _taken(self.constant, steps, 0.0),
        )

    def where(self, present: Any) -> Linear:
        """Expression whose variables and constant count only where something holds.

        Parameters
        ----------
        present : array of bool
            Where they count.

        Returns
        -------
        Linear
            The expression, zero elsewhere.
        """
        terms = tuple((coefficient, np.where(present, place, -1)) for coefficient, place in self.terms)
        return Linear(terms, np.where(present, self.constant, 0.0))


def product(one: Any, other: Any) -> Any:
    """Product of two arrays, zero wherever one of them is zero even if the other is infinite.

    Parameters
    ----------
    one, other : array or float
        Factors.

    Returns
    -------
    array or float
        The product.
    """
    with np.errstate(invalid="ignore"):
        found = np.multiply(one, other)
    return np.where(np.equal(one, 0.0) | np.equal(other, 0.0), 0.0, found) if np.isnan(found).any() else found


def variable(place: Places) -> Linear:
    """Expression that is one array of variables.

    Parameters
    ----------
    place : array of int
        Their positions.

    Returns
    -------
    Linear
        One times each.
    """
    return Linear(((1.0, place),))


def constant(value: Any) -> Linear:
    """Expression without variables.

    Parameters
    ----------
    value : array or float
        Its value.

    Returns
    -------
    Linear
        The constant.
    """
    return Linear((), value)


def _taken(values: Any, steps: Places, missing: float) -> Any:
    array = np.asarray(values)
    if array.ndim < 2 or array.shape[0] == 1:
        moved = np.broadcast_to(array, (1, array.shape[-1] if array.ndim else 1))
        return np.where(_columned(steps) < 0, missing, moved) if (steps < 0).any() else array
    if steps.ndim == 1:
        found = array[steps]
    else:
        found = np.take_along_axis(np.broadcast_to(array, (array.shape[0], steps.shape[1])), steps, axis=0)
    return np.where(_columned(steps) < 0, missing, found)


def _columned(steps: Places) -> Places:
    return steps if steps.ndim == 2 else steps[:, None]


def named(values: Mapping[str, Any]) -> dict[str, Linear]:
    """Arrays and expressions as expressions by name.

    Parameters
    ----------
    values : mapping
        Linear, array or number by name.

    Returns
    -------
    dict of str to Linear
        Everything as an expression.
    """
    return {name: value if isinstance(value, Linear) else constant(value) for name, value in values.items()}
