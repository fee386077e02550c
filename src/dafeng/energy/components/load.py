"""A load: demand that is met, or left unserved at a penalty; and surplus that must run and has no use.

Equations: ``0 <= unserved_t <= demand_t`` and ``0 <= surplus_t <= everything that can feed``; both in MW. They make
every system solvable, so that shortage shows as a number and never as a failure.
"""

from __future__ import annotations

from dafeng.energy.components.piece import Flow, Piece, fill
from dafeng.energy.components.storage import YEAR
from dafeng.energy.profiles import Profiles
from dafeng.energy.program import Floats, Variables
from dafeng.energy.system import Load


def demand(load: Load, profiles: Profiles) -> Floats:
    """Demand in each hour.

    Parameters
    ----------
    load : Load
        The component.
    profiles : Profiles
        Hourly series.

    Returns
    -------
    (hours,) array
        Mean power of the year × shape. [MW]
    """
    return load.annual_mwh / YEAR * profiles.series(load.profile)


def state(load: Load, profiles: Profiles, *, feed_mw: float) -> Piece:
    """Variables of a load.

    Parameters
    ----------
    load : Load
        The component.
    profiles : Profiles
        Hourly series.
    feed_mw : float
        Most that can ever feed the carrier, the bound of a surplus. [MW]

    Returns
    -------
    Piece
        Unserved demand and surplus.
    """
    hours = profiles.hours
    missing, spare = f"unserved.{load.name}", f"surplus.{load.name}"
    variables = (
        Variables(missing, fill(0.0, hours), demand(load, profiles), fill(load.unserved_cost, hours)),
        Variables(spare, fill(0.0, hours), fill(feed_mw, hours), fill(load.surplus_cost, hours)),
    )
    return Piece(variables, (Flow(load.carrier, missing, 1.0), Flow(load.carrier, spare, -1.0)))
