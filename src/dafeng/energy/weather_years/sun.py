"""The sun over a place: its position and the light of a cloudless sky in each hour of a year, by pvlib.

Invariant: hours are those of a common year in Beijing time, and each stands for its middle (00:30 for the first).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dafeng.energy.profiles import HOURS
from dafeng.energy.program import Floats

ZONE = "Asia/Shanghai"
"""Time zone of all profiles."""
COMMON_YEAR = 2023
"""Calendar year without a leap day whose sun is taken; the sun of other years differs by less than a minute."""


@dataclass(frozen=True, slots=True, eq=False)
class Sun:
    """Sun of a place in the hours of a year.

    Parameters
    ----------
    zenith, azimuth : (8760,) array
        True position at the middle of the hour. [degrees]
    top : (8760,) array
        Light on a plane facing the sun above the atmosphere. [W/m2]
    clear : (8760,) array
        Global horizontal light of a cloudless sky. [W/m2]
    """

    zenith: Floats
    azimuth: Floats
    top: Floats
    clear: Floats


@lru_cache(maxsize=16)
def sun_over(latitude: float, longitude: float, altitude: float) -> Sun:
    """Sun of a place.

    Parameters
    ----------
    latitude, longitude : float
        Place. [degrees]
    altitude : float
        Height above the sea. [m]

    Returns
    -------
    Sun
        Position by the NREL algorithm; cloudless sky by Ineichen and Perez with the monthly Linke turbidity of the
        place that ships with pvlib.

    Source
    ------
    ``pvlib-2023``: ``solarposition.spa_python``, ``clearsky.ineichen``, ``irradiance.get_extra_radiation``.
    """
    import pandas as pd
    import pvlib  # a second each to import

    hours = pd.date_range(f"{COMMON_YEAR}-01-01 00:30", periods=HOURS, freq="h", tz=ZONE)
    place = pvlib.location.Location(latitude, longitude, tz=ZONE, altitude=altitude)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pvlib's own, about pandas
        seen = place.get_solarposition(hours)
        clear = place.get_clearsky(hours, model="ineichen", solar_position=seen)["ghi"]
        top = pvlib.irradiance.get_extra_radiation(hours)
    found = (np.array(one, dtype=np.float64) for one in (seen["zenith"], seen["azimuth"], top, clear))
    return Sun(*(_frozen(one) for one in found))


def _frozen(values: Floats) -> Floats:
    values.setflags(write=False)
    return values
