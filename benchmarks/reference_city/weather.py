"""Other weather years of the reference city: blocks of days of the one known year, drawn anew around their season.

Invariant: a year is a function of its number alone, the same on every machine; year 0 is the year of the tables.
"""

from __future__ import annotations

import numpy as np

from benchmarks.reference_city.tables import HOURS, Series, profiles

DRIVEN = ("heat_load", "cf_onwind", "cf_offwind_near", "cf_offwind_far", "cf_pv", "cf_roof_pv", "cf_sea_pv", "heat_pump_cop")
"""Series that follow the weather and are moved together; electricity and gas load and prices stay those of the calendar."""

DAYS = HOURS // 24
BLOCK_DAYS = 5
REACH_DAYS = 15


def weather_year(number: int) -> dict[str, Series]:
    """Return all series of a weather year: each block of five days is taken from at most fifteen days before or after."""
    given = profiles()
    if not number:
        return given
    hours = _hours_of(number)
    return given | {name: given[name][hours] for name in DRIVEN}


def _hours_of(number: int) -> np.ndarray:
    """Return the hour of the known year that stands at each hour of a weather year."""
    blocks = DAYS // BLOCK_DAYS
    raw = np.random.PCG64(number).random_raw(blocks)
    shift = (raw % np.uint64(2 * REACH_DAYS + 1)).astype(np.int64) - REACH_DAYS
    days = np.arange(DAYS) + np.repeat(shift, BLOCK_DAYS)
    return ((days % DAYS)[:, None] * 24 + np.arange(24)).ravel()
