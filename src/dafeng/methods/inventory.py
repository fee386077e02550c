"""One cell of an inventory with all that made it, or with what it lacks.

Invariant: ``value`` is the amount of the activity times ``composed``, digit for digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dafeng.library.factor import Match
from dafeng.methods.definition import PLAIN, Method
from dafeng.methods.gathering import Activity


@dataclass(frozen=True, slots=True)
class Computed:
    """One cell of an inventory with all that made it, or with what it lacks.

    Parameters
    ----------
    id : str
        Id of the result.
    method : Method
        Method.
    edition : str
        Edition whose equation and factors were used.
    activity : Activity
        Activity and its facts.
    matches : mapping of str to Match
        Factor by its name in the equation.
    composed : Decimal
        Result per unit of the activity, rounded once to 9 places. [unit of the method / unit of the activity]
    value : Decimal
        Result. [unit of the method]
    place : str
        Administrative code.
    year : int
        Year.
    """

    id: str
    method: Method
    edition: str
    activity: Activity
    matches: Mapping[str, Match]
    composed: Decimal
    value: Decimal
    place: str
    year: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A cell that has facts but no result.

    Parameters
    ----------
    id : str
        Id the result would have.
    method : Method
        Method.
    activity : Activity
        Activity and its facts.
    """

    id: str
    method: Method
    activity: Activity


def cell_id(method: Method, activity: Activity, year: int) -> str:
    """Id of a cell.

    Parameters
    ----------
    method : Method
        Method.
    activity : Activity
        Activity.
    year : int
        Year of the result.

    Returns
    -------
    str
        Category, carrier, flow, gas, year of the facts and year of the result, as far as they differ among cells.
    """
    gas = None if method.quantity in PLAIN else method.quantity
    parts = (activity.category.id, activity.carrier, activity.flow, gas, activity.year, year)
    return ".".join(str(part) for part in parts if part)
