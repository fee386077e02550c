"""Two- and three-hour systems whose optimum can be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable

from dafeng.core.labels import Label
from dafeng.energy.profiles import Profile, Profiles, collect, shape
from dafeng.energy.system import Row, System, build_system

NOTE = Label("手算", "by hand")


def series(name: str, *values: float) -> Profile:
    """Profile of a toy."""
    return shape(name, values, source="dafeng", origin="synthetic", note=NOTE)


def hours(*given: Profile) -> Profiles:
    """Profiles of a toy."""
    return collect(given)


def coal(**more: object) -> Row:
    """Coal of 100 MW at 300 yuan/MWh and 0.8 t/MWh."""
    return {
        "name": "coal",
        "technology": "coal",
        "capacity_mw": 100,
        "variable_cost": 300,
        "co2_intensity": 0.8,
        **more,
    }


def wind(**more: object) -> Row:
    """Wind of 100 MW with the profile ``wind``."""
    return {
        "name": "wind",
        "technology": "onshore_wind",
        "capacity_mw": 100,
        "profile": "wind",
        "variable_cost": 0,
        "co2_intensity": 0,
        "renewable": True,
        "non_fossil": True,
        **more,
    }


def battery(**more: object) -> Row:
    """Battery without losses, 10 MW for 2 h."""
    return {
        "name": "battery",
        "technology": "battery",
        "power_mw": 10,
        "hours": 2,
        "charge_efficiency": 1,
        "discharge_efficiency": 1,
        **more,
    }


def line(direction: str, **more: object) -> Row:
    """Line of 20 MW at 400 yuan/MWh for import, 100 for export."""
    price = 400 if direction == "import" else 100
    return {"name": direction, "direction": direction, "limit_mw": 20, "price": price, **more}


def system(*, load: float, parts: Iterable[Row], **tables: Iterable[Row]) -> System:
    """System with one load of a mean power. [MW]"""
    city = {"name": "city", "annual_mwh": load * 8760, "profile": "load", "unserved_cost": 20000, "surplus_cost": 1000}
    return build_system(generators=parts, loads=[city], **tables)[0]
