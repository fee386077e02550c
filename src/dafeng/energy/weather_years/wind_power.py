"""Wind power: hub height, power curve and losses, for many years at once.

Invariant: in one year and hour the result is what windpowerlib gives for the same speeds, curve and height (a test
holds it); shares stay between nothing and everything.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.energy.program import Floats
from dafeng.energy.weather_years.plants import Plant

TALL = 1000.0
"""Height at which windpowerlib accepts every rotor; its curves do not depend on it. [m]"""


@dataclass(frozen=True, slots=True, eq=False)
class PowerCurve:
    """Output of a turbine by wind speed.

    Parameters
    ----------
    speed : (points,) array
        Wind speed at hub height, rising. [m/s]
    share : (points,) array
        Output over nominal power. [0..1]
    """

    speed: Floats
    share: Floats


@lru_cache(maxsize=32)
def power_curve(turbine: str, turbulence: float) -> PowerCurve:
    """Power curve of a turbine type, smoothed as a farm in gusty wind shows it.

    Parameters
    ----------
    turbine : str
        Type in windpowerlib's table, e.g. ``V126/3000``.
    turbulence : float
        Turbulence intensity; 0 leaves the curve as the maker states it. [1]

    Returns
    -------
    PowerCurve
        Speeds and shares; no output outside.

    Raises
    ------
    LookupFailure
        If windpowerlib has no curve of that name.
    """
    import windpowerlib  # brings pandas

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, about pandas and about a type without a curve, which is refused here
        made = windpowerlib.WindTurbine(hub_height=TALL, turbine_type=turbine)
        if made.power_curve is None:
            raise _no_turbine(turbine)
        table = made.power_curve
        if turbulence > 0:
            table = windpowerlib.power_curves.smooth_power_curve(
                table["wind_speed"], table["value"], turbulence_intensity=turbulence
            )
    speed, share = (table[name].to_numpy(dtype=np.float64) for name in ("wind_speed", "value"))
    return PowerCurve(speed, np.clip(share / made.nominal_power, 0.0, 1.0))


def hub_speed(speed: Floats, height: float, hub_height: float, shear: float) -> Floats:
    """Wind speed at hub height by the power law.

    Parameters
    ----------
    speed : array
        Wind speed at the reference height. [m/s]
    height, hub_height : float
        Reference height and hub height. [m]
    shear : float
        Exponent. [1]

    Returns
    -------
    array
        ``speed * (hub_height / height) ** shear``. [m/s]
    """
    found: Floats = speed * (hub_height / height) ** shear
    return found


def wind_shares(speed: Floats, plant: Plant, height: float, shear: float, *, factor: float = 1.0) -> Floats:
    """Output of a wind farm over its capacity.

    Parameters
    ----------
    speed : array
        Wind speed at the reference height. [m/s]
    plant : mapping of str to str
        Its turbine, hub height, turbulence and losses.
    height : float
        Reference height. [m]
    shear : float
        Exponent of the power law of height. [1]
    factor : float
        Correction of the wind speed. [1]

    Returns
    -------
    array
        Shares, 0..1.
    """
    curve = power_curve(plant["turbine"], float(plant["turbulence"]))
    at_hub = hub_speed(speed * factor, height, float(plant["hub_height"]), shear)
    found: Floats = np.interp(at_hub, curve.speed, curve.share, left=0.0, right=0.0) * (1.0 - float(plant["losses"]))
    return found


def _no_turbine(turbine: str) -> LookupFailure:
    return LookupFailure(
        Label(f"没有机型“{turbine}”的功率曲线", f"there is no power curve of turbine '{turbine}'"),
        where="data/energy/plants.csv",
        expected=Label(
            "windpowerlib 机型表中有功率曲线的机型，如 V126/3000", "a type with a curve in windpowerlib, e.g. V126/3000"
        ),
        remedy=Label("改正机型名", "correct the turbine's name"),
    )
