"""The sector model of a city with the drivers of its folder and of one scenario.

Invariant: the package's table lies lowest, then each folder's, then the scenario's rows in the same order; a city needs no
table of its own to be read, and what it lacks is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dafeng.library.overlay import layers, shipped
from dafeng.library.sources import read_sources
from dafeng.library.strict import read_yaml
from dafeng.pathways.model.definition import Model, read_model
from dafeng.pathways.model.drivers import Drivers, Row, lay_over, read_drivers
from dafeng.pathways.model.tables import Goal, Scenario, ScenarioRow, read_names, read_rows, read_scenarios, scenario_rows

OWN_NAMES = "drivers_scenarios.yaml"
"""File with the names of a city's own scenarios."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables of drivers and scenarios, the lowest first.

    Parameters
    ----------
    drivers : tuple of tuple of Row
        Rows of the package, of a province, of a city.
    overlays : tuple of tuple of ScenarioRow
        Rows of scenarios in the same order.
    """

    drivers: tuple[tuple[Row, ...], ...]
    overlays: tuple[tuple[ScenarioRow, ...], ...]


def read_city_model() -> Model:
    """The sector model as the package ships it.

    Returns
    -------
    Model
        Axes and quantities of ``data/pathways/city.yaml``.
    """
    return read_model(read_yaml(shipped() / "pathways" / "city.yaml"))


def read_scenario_names(*folders: Path) -> tuple[Scenario, ...]:
    """Scenarios in the order in which they are shown.

    Parameters
    ----------
    *folders : Path
        Data folders of a province and a city, the lowest first; a city names those of its own in `OWN_NAMES`.

    Returns
    -------
    tuple of Scenario
        Of ``data/pathways/scenarios.yaml``, then those of the folders; a folder may rename one.

    Raises
    ------
    DefinitionError
        If a file breaks its form.
    """
    named = [shipped() / "pathways" / "scenarios.yaml", *(folder / OWN_NAMES for folder in _own(*folders))]
    scenarios = [one for path in named if path.exists() for one in read_names(read_yaml(path))]
    return tuple({one.id: one for one in scenarios}.values())


def read_city_drivers(
    model: Model, *folders: Path, scenario: str = "baseline", goals: Mapping[tuple[str, int], Goal] | None = None
) -> Drivers:
    """Drivers of a city under one scenario.

    Parameters
    ----------
    model : Model
        The sector model.
    *folders : Path
        Data folders of a province and a city, the lowest first; ``drivers.csv`` and ``drivers_scenarios.csv`` are read there.
    scenario : str
        Scenario whose rows lie on top.
    goals : mapping of (str, int) to Goal, optional
        Targets of the plan by indicator and year, for rows that wait for them.

    Returns
    -------
    Drivers
        Arrays and bands, with what is missing and which targets the plan does not name.

    Raises
    ------
    DefinitionError
        If a table breaks its form or names what the model does not know.
    """
    return lay_scenario(model, read_city_tables(*folders), scenario, goals=goals)


def read_city_tables(*folders: Path) -> Tables:
    """Tables of drivers and scenarios of a city, read once for all its scenarios.

    Parameters
    ----------
    *folders : Path
        Data folders of a province and a city, the lowest first.

    Returns
    -------
    Tables
        Rows of the package and of each folder that has any.

    Raises
    ------
    DefinitionError
        If a table breaks its form.
    """
    known = read_sources(*folders)
    package = shipped() / "pathways"
    drivers = [package / "drivers.csv", *(folder / "drivers.csv" for folder in _own(*folders))]
    overlays = [package / "scenarios.csv", *(folder / "drivers_scenarios.csv" for folder in _own(*folders))]
    return Tables(
        tuple(read_rows(path, sources=known) for path in drivers if path.exists()),
        tuple(read_scenarios(path, sources=known) for path in overlays if path.exists()),
    )


def lay_scenario(
    model: Model,
    tables: Tables,
    scenario: str,
    *,
    goals: Mapping[tuple[str, int], Goal] | None = None,
    above: Sequence[Row] = (),
) -> Drivers:
    """Drivers of one scenario from tables that are read already.

    Parameters
    ----------
    model : Model
        The sector model.
    tables : Tables
        Its tables.
    scenario : str
        Scenario whose rows lie above the drivers.
    goals : mapping of (str, int) to Goal, optional
        Targets of the plan by indicator and year, for rows that wait for them.
    above : sequence of Row
        Rows above everything: what another model has found.

    Returns
    -------
    Drivers
        Arrays and bands, with what is missing and which targets the plan does not name.

    Raises
    ------
    DefinitionError
        If a row names what the model does not know.
    """
    found = [scenario_rows(table, scenario, goals or {}) for table in tables.overlays]
    laid = lay_over(*tables.drivers, *(rows for rows, _ in found), above)
    made = read_drivers(model.graph, model.given, laid)
    return replace(made, findings=(*made.findings, *(finding for _, unnamed in found for finding in unnamed)))


def _own(*folders: Path) -> tuple[Path, ...]:
    return layers(*folders)[1:]
