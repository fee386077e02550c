"""A line to the outside: import or export at an hourly price, up to a limit.

Equations: ``firm·limit_t <= x_t <= limit_t`` in MW; an import costs its price, an export earns it.
"""

from __future__ import annotations

from dafeng.energy.components.piece import Flow, Piece
from dafeng.energy.profiles import Profiles
from dafeng.energy.program import Floats, Variables
from dafeng.energy.system import Line


def price(line: Line, profiles: Profiles) -> Floats:
    """Price in each hour.

    Parameters
    ----------
    line : Line
        The component.
    profiles : Profiles
        Hourly series.

    Returns
    -------
    (hours,) array
        Mean price × shape. [yuan/MWh]
    """
    return line.price * profiles.series(line.price_profile)


def state(line: Line, profiles: Profiles) -> Piece:
    """Variables of a line.

    Parameters
    ----------
    line : Line
        The component.
    profiles : Profiles
        Hourly series.

    Returns
    -------
    Piece
        The flow, into the balance for an import, out of it for an export.
    """
    name = f"{line.direction}.{line.name}"
    sign = 1.0 if line.direction == "import" else -1.0
    limit = line.limit_mw * profiles.series(line.profile)
    flow = Variables(name, line.firm_share * limit, limit, sign * price(line, profiles))
    return Piece((flow,), (Flow(line.carrier, name, sign),))
