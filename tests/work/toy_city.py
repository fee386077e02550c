"""A city of four figures, small enough to be solved on paper.

Electricity used: 100 GWh in 2025, 120 in 2030, 140 in 2035, less a saved share ``s`` (0 to 0.25, 1200 yuan a year per 1).
Wind: 20 MW of 1000 hours, and ``w`` MW more (0 to 30, 10 yuan a year for each). The rest is burned at 1 t per MWh, so

    co2(2030) = 120 (1 - s) - (20 + w)        share(2030) = (20 + w) / (120 (1 - s))

in GWh and kt. Nothing done, CO2 is 80, 100, 120: it rises to the end, so 2035 is its highest year.
"""

from __future__ import annotations

import numpy as np

from dafeng.core.labels import Label
from dafeng.library.strict import read_yaml
from dafeng.pathways.consistency import Row, Sense
from dafeng.pathways.model.definition import Model, read_model
from dafeng.pathways.model.drivers import Row as Driver
from dafeng.pathways.model.drivers import read_drivers
from dafeng.pathways.picture import Action, Bench, Gauge, open_bench
from dafeng.work.target_system import TargetSystem

TEXT = """
id: toy
label: {zh: 纸上城市, en: a city on paper}
axes:
  - {name: year, label: {zh: 年, en: year}, first: 2025, last: 2035}
quantities:
  - {id: demand, unit: MWh, axes: [year], label: {zh: 用电, en: electricity}}
  - {id: saved, unit: "1", axes: [year], label: {zh: 节约, en: saved}}
  - {id: capacity, unit: MW, axes: [year], label: {zh: 风电, en: wind}}
  - {id: hours, unit: h, axes: [], label: {zh: 小时, en: hours}}
  - {id: factor, unit: tCO2/MWh, axes: [], label: {zh: 因子, en: factor}}
  - {id: used, unit: MWh, expression: demand * (1 - saved), label: {zh: 实际用电, en: electricity used}}
  - {id: clean, unit: MWh, expression: capacity * hours, label: {zh: 清洁电量, en: clean electricity}}
  - {id: co2, unit: tCO2, expression: (used - clean) * factor, label: {zh: 排放, en: emissions}}
  - {id: share, unit: "1", expression: clean / used, label: {zh: 清洁占比, en: clean share}}
"""
GIVEN = {"saved": ((None, 0.0),), "capacity": ((None, 20.0),), "hours": ((None, 1000.0),), "factor": ((None, 1.0),)}
DEMAND = ((2025, 100e3), (2030, 120e3), (2035, 140e3))
UNITS = {"demand": "MWh", "saved": "1", "capacity": "MW", "hours": "h", "factor": "tCO2/MWh"}
WIND = Action("wind", Label("风电", "wind"), "capacity", unit="MW", high=30.0, cost=10.0)
SAVING = Action("saving", Label("节约", "saving"), "saved", high=0.25, cost=1200.0)


def toy_model() -> Model:
    """The model.

    Returns
    -------
    Model
        Nine quantities over eleven years.
    """
    return read_model(read_yaml(TEXT, name="toy.yaml"))


def toy_bench(*gauges: Gauge, actions: tuple[Action, ...] = (WIND, SAVING)) -> Bench:
    """The model with wind and saving.

    Parameters
    ----------
    *gauges : Gauge
        What is read.
    actions : tuple of Action
        What can be done.

    Returns
    -------
    Bench
        Nothing done yet.
    """
    model = toy_model()
    rows = [
        Driver(name, frozenset(), year, None, value, None, UNITS[name], "toy", "assumption")
        for name, dated in (GIVEN | {"demand": DEMAND}).items()
        for year, value in dated
    ]
    return open_bench(model.graph, read_drivers(model.graph, model.given, rows).values, actions, gauges)


def share(bound: float, *, year: int = 2030, name: str | None = None) -> tuple[Row, Gauge]:
    """A target of the clean share.

    Parameters
    ----------
    bound : float
        At least this. [0..1]
    year : int
        Year.
    name : str, optional
        Its name.

    Returns
    -------
    tuple of Row and Gauge
        The row and what it reads.
    """
    said = name or f"share{year}"
    return Row(said, {}, ">=", bound, "1", f"targets/{said}"), Gauge(said, "share", year)


def emissions(bound: float, *, year: int = 2030, name: str | None = None) -> tuple[Row, Gauge]:
    """A target of emissions in kt.

    Parameters
    ----------
    bound : float
        At most this. [kt]
    year : int
        Year.
    name : str, optional
        Its name.

    Returns
    -------
    tuple of Row and Gauge
        The row and what it reads.
    """
    said = name or f"co2{year}"
    return Row(said, {}, "<=", bound, "kt CO2", f"targets/{said}"), Gauge(said, "co2", year, factor=1e-3)


def wind(bound: float, sense: Sense = "<=", *, name: str = "land") -> tuple[Row, None]:
    """A bound on the wind that is added.

    Parameters
    ----------
    bound : float
        Added capacity. [MW]
    sense : {">=", "<=", "="}
        Comparison.
    name : str
        Its name.

    Returns
    -------
    tuple of Row and None
        The row; it reads no view.
    """
    return Row(name, {"wind": 1.0}, sense, bound, "MW", f"targets/{name}"), None


def toy_system(*asked: tuple[Row, Gauge | None], actions: tuple[Action, ...] = (WIND, SAVING)) -> TargetSystem:
    """Targets over the toy city.

    Parameters
    ----------
    *asked : tuple of Row and Gauge or None
        Targets.
    actions : tuple of Action
        What can be done.

    Returns
    -------
    TargetSystem
        The rows; all are targets.
    """
    gauges = [gauge for _, gauge in asked if gauge is not None]
    bench = toy_bench(*gauges, actions=actions) if gauges else None
    views = {row.name: gauge.name for row, gauge in asked if gauge is not None}
    rows = tuple(row for row, _ in asked)
    return TargetSystem(rows, views, bench, targets=frozenset(row.name for row in rows))


def highest_year(bench: Bench, **levels: float) -> int:
    """Year of the highest emissions.

    Parameters
    ----------
    bench : Bench
        With a gauge of ``co2``.
    **levels : float
        What is done.

    Returns
    -------
    int
        The first such year.
    """
    series = bench.series(levels, "co2")
    years = np.array(list(series))
    return int(years[np.argmax(list(series.values()))])
