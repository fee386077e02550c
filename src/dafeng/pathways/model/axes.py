"""Named axes of a model: every array has all of them, in one order, with length 1 where it does not vary.

Invariant: two arrays of one space meet by the names of their axes, never by position or by a join of rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label

Array = NDArray[np.float64]
YEAR = "year"
"""Axis of the calendar years; every space has it."""
DRAW = "draw"
"""Axis of the draws: the last one, so that a quantity's draws lie side by side in memory."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Parameters
    ----------
    name : str
        ``product``, ``carrier``, ``year`` …
    members : tuple of str
        Its members in order.
    label : Label
        Name for readers.
    """

    name: str
    members: tuple[str, ...]
    label: Label


@dataclass(frozen=True, slots=True)
class Space:
    """All axes of a model, the draws not counted.

    Parameters
    ----------
    axes : tuple of Axis
        In the order of every array; one of them is ``year``.
    """

    axes: tuple[Axis, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the axes, ``draw`` last."""
        return (*(axis.name for axis in self.axes), DRAW)

    @property
    def years(self) -> NDArray[np.int_]:
        """Calendar years."""
        return np.array([int(member) for member in self.axis(YEAR).members])

    def axis(self, name: str) -> Axis:
        """One axis.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        Axis
            The axis.

        Raises
        ------
        DefinitionError
            If there is no such axis.
        """
        found = next((axis for axis in self.axes if axis.name == name), None)
        if found is None:
            raise _unknown(name, [axis.name for axis in self.axes], "axis")
        return found

    def position(self, name: str) -> int:
        """Position of an axis in every array.

        Parameters
        ----------
        name : str
            Name of an axis, or ``draw``.

        Returns
        -------
        int
            From 0.
        """
        return len(self.axes) if name == DRAW else self.axes.index(self.axis(name))

    def member(self, name: str, member: str) -> int:
        """Position of a member on an axis.

        Parameters
        ----------
        name, member : str
            Axis and member.

        Returns
        -------
        int
            From 0.

        Raises
        ------
        DefinitionError
            If the axis has no such member.
        """
        members = self.axis(name).members
        if member not in members:
            raise _unknown(member, members, f"axis {name}")
        return members.index(member)

    def shape(self, varying: Collection[str], *, draws: int = 1) -> tuple[int, ...]:
        """Shape of a quantity.

        Parameters
        ----------
        varying : collection of str
            Axes along which it varies.
        draws : int
            Length of the axis of draws, if it is among them.

        Returns
        -------
        tuple of int
            One length per axis, 1 where it does not vary; the draws last.
        """
        own = tuple(len(axis.members) if axis.name in varying else 1 for axis in self.axes)
        return (*own, draws if DRAW in varying else 1)


def _unknown(name: str, known: Collection[str], where: str) -> DefinitionError:
    return DefinitionError(
        Label(f"没有“{name}”", f"there is no '{name}'"),
        where=where,
        expected=Label(f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
        remedy=Label("改正名称，或在模型中增加", "correct the name, or add it to the model"),
    )
