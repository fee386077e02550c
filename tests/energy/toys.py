"""Two- and three-hour cities whose optimum can be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable

from dafeng.core.labels import Label
from dafeng.energy.city import City, Member, Plant, build_city
from dafeng.energy.dispatch import Dispatch, dispatch
from dafeng.energy.network.build import Built, build_network
from dafeng.energy.profiles import Profile, Profiles, collect, shape

NOTE = Label("手算", "by hand")
NAMES = {"load": "electricity_load", "wind": "onshore_wind"}
"""Profiles by their names in the hand calculations."""


def series(name: str, *values: float) -> Profile:
    """Profile of a toy."""
    return shape(NAMES.get(name, name), values, source="dafeng", origin="synthetic", note=NOTE)


def hours(*given: Profile) -> Profiles:
    """Profiles of a toy; the price is the same in every hour if it is not given."""
    return collect([series("price", *[1.0] * len(given[0].values)), *given])


def coal(**more: float) -> Plant:
    """Coal of 100 MW at 300 yuan/MWh; fuel and electricity are the same."""
    figures = {
        "capacity": 100,
        "variable_cost": 300,
        "efficiency": 1,
        "available_share": 1,
        "must_run_share": 0,
        "ramp_share": 1,
    }
    return Plant("coal", {**figures, **more})


def wind(**more: float) -> Plant:
    """Wind of 100 MW with the profile ``wind``."""
    return Plant("onshore_wind", {"capacity": 100, "variable_cost": 0, "available_share": 1, **more}, name="wind")


def battery(most: float = 0.0, **more: float) -> Plant:
    """Battery without losses, 10 MW for 2 h."""
    figures = {
        "capacity": 10,
        "hours": 2,
        "loss_share": 0,
        "variable_cost": 0,
        "charge_efficiency": 1,
        "discharge_efficiency": 1,
    }
    return Plant("battery", {**figures, **more}, most=most)


def line(direction: str, **more: float) -> Plant:
    """Line of 20 MW at 400 yuan/MWh for import, 100 for export."""
    price = {"import": 400.0, "export": 100.0}[direction]
    figures = {"capacity": 20, "price": price, "co2_intensity": 0, "firm_share": 0}
    return Plant(f"grid_{direction}", {**figures, **more}, name=direction)


def system(*, load: float, parts: Iterable[Plant], storages: Iterable[Plant] = (), lines: Iterable[Plant] = ()) -> list[Plant]:
    """City with one load of a mean power [MW]; coal costs nothing and releases 0.8 t/MWh."""
    use = Plant("electricity", {"annual": load * 8760, "unserved_cost": 20000, "surplus_cost": 1000}, name="city")
    fuel = Plant("coal_supply", {"price": 0, "co2_intensity": 0.8})
    return [*parts, *storages, *lines, use, fuel]


def city(plants: Iterable[Plant], profiles: Profiles) -> City:
    """Network of a toy."""
    return build_city(plants, profiles)


def operate(plants: Iterable[Plant], profiles: Profiles, **more: object) -> Dispatch:
    """Operation of a toy."""
    return dispatch(build_city(plants, profiles), **more)  # type: ignore[arg-type]


def built(plants: Iterable[Plant], profiles: Profiles) -> Built:
    """Programme of a toy."""
    return build_network(build_city(plants, profiles).network)


def member(found: Dispatch, name: str) -> Member:
    """Component of a toy by its name."""
    return next(one for one in found.city.members if one.name == name)
