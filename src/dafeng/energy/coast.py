"""One weather year of a coastal city, which stands for all years.

Invariant: a profile of capacity has the full-load hours that ``full_load_hours.csv`` states for the place (to 0.01 h),
and every profile says that it is synthetic and on what grade its calibration rests.
"""

from __future__ import annotations

from pathlib import Path

from dafeng.energy.profiles import Profiles
from dafeng.energy.weather_years.ensemble import typical_year, weather_profiles
from dafeng.energy.weather_years.figures import FOLDER, Figure, figures_of


def coastal_year(place: str, *, folder: Path = FOLDER) -> Profiles:
    """Synthetic profiles of a place in one year.

    Parameters
    ----------
    place : str
        Administrative code; figures of its province are used where it has none of its own.
    folder : Path
        Where the tables stand.

    Returns
    -------
    Profiles
        All profiles of ``weather_profiles`` in the typical weather year, which itself has the stated full-load hours.

    Raises
    ------
    LookupFailure
        If neither the place nor its province has the figures.
    """
    number = typical_year(place, folder=folder)
    return weather_profiles(place, (number,), reference=(number,), folder=folder).year(number)


def full_load_hours(place: str, *, folder: Path = FOLDER) -> dict[str, Figure]:
    """Stated full-load hours of a place by profile.

    Parameters
    ----------
    place : str
        Administrative code.
    folder : Path
        Where ``full_load_hours.csv`` stands.

    Returns
    -------
    dict
        The place's own figures before its province's and the nation's. [h]

    Raises
    ------
    LookupFailure
        If there are none.
    """
    return figures_of(place, "full_load_hours.csv", folder=folder)
