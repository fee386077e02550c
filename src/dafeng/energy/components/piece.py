"""What a component hands to the compiler: its variables, its constraints and its flows into balances.

Invariant: a flow names variables of the same piece, one per hour; its sign is + into the balance and - out of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.energy.program import Constraints, Floats, Variables


@dataclass(frozen=True, slots=True)
class Flow:
    """Variables that feed or draw from the balance of a carrier.

    Parameters
    ----------
    carrier : str
        Whose balance.
    variables : str
        Name of the block, one variable per hour. [MW]
    sign : float
        1 feeds, -1 draws.
    """

    carrier: str
    variables: str
    sign: float


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A component's part of the programme.

    Parameters
    ----------
    variables : tuple of Variables
        Its variables.
    flows : tuple of Flow
        What it feeds and draws.
    constraints : tuple of Constraints
        Its own equations.
    constant : float
        Its constant part of the cost. [yuan]
    """

    variables: tuple[Variables, ...]
    flows: tuple[Flow, ...]
    constraints: tuple[Constraints, ...] = ()
    constant: float = 0.0


def fill(value: Floats | float, hours: int) -> Floats:
    """One value per hour.

    Parameters
    ----------
    value : (hours,) array or float
        Series, or one value for all hours.
    hours : int
        Number of hours.

    Returns
    -------
    (hours,) array
        The series.
    """
    return np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), hours))
