"""A power balance of two days, for what is held against it."""

from __future__ import annotations

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.city import Plant, build_city
from dafeng.energy.dispatch import dispatch
from dafeng.work.power import Case, Power
from tests.energy.toys import hours, series

HOURS = np.arange(48)
PROFILES = hours(
    series("load", *(1.0 + 0.1 * np.sin(HOURS / 24 * 2 * np.pi))),
    series("offshore_wind", *(0.4 + 0.2 * np.sin(HOURS / 11))),
    series("pv", *np.clip(np.sin((HOURS % 24 - 6) / 12 * np.pi), 0.0, 1.0)),
    series("heating", *np.ones(48)),
)


def power() -> Power:
    """Nuclear, wind, sun, coal and a battery for 8 GW of demand."""
    plants = [
        Plant("nuclear", {"capacity": 5006}),
        Plant("offshore_wind", {"capacity": 7000}),
        Plant("pv", {"capacity": 18000}),
        Plant("coal", {"capacity": 10410}),
        Plant("battery", {"capacity": 1100}),
        Plant("grid_export", {"capacity": 6000}),
        Plant("electricity", {"annual": 8000.0 * 8760}),
    ]
    found = dispatch(build_city(plants, PROFILES))
    totals = {"available": 1.0}
    return Power(2030, (Case("written", Label("方案", "plan"), found, totals, {}),), (), (), 0.9, ())
