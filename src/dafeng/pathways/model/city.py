"""The sector model of a city with the drivers of its folder and of one scenario.

Invariant: the package's table lies lowest, then each folder's, then the scenario's rows in the same order; a city needs no
table of its own to be read, and what it lacks is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from dafeng.core.findings import Finding
from dafeng.library.overlay import layers, shipped
from dafeng.library.sources import read_sources
from dafeng.library.strict import read_yaml
from dafeng.pathways.model.definition import Model, read_model
from dafeng.pathways.model.drivers import Drivers, Row, lay_over, read_drivers
from dafeng.pathways.model.tables import Goal, Scenario, read_names, read_rows, read_scenarios, scenario_rows


def read_city_model() -> Model:
    """The sector model as the package ships it.

    Returns
    -------
    Model
        Axes and quantities of ``data/pathways/city.yaml``.
    """
    return read_model(read_yaml(shipped() / "pathways" / "city.yaml"))


def read_scenario_names() -> tuple[Scenario, ...]:
    """Scenarios in the order in which they are shown.

    Returns
    -------
    tuple of Scenario
        Of ``data/pathways/scenarios.yaml``.
    """
    return read_names(read_yaml(shipped() / "pathways" / "scenarios.yaml"))


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
    known = read_sources(*folders)
    package = shipped() / "pathways"
    tables = [
        path for path in (package / "drivers.csv", *(folder / "drivers.csv" for folder in _own(*folders))) if path.exists()
    ]
    overlays = [package / "scenarios.csv", *(folder / "drivers_scenarios.csv" for folder in _own(*folders))]
    laid: list[tuple[Row, ...]] = [read_rows(path, sources=known) for path in tables]
    findings: list[Finding] = []
    for path in (path for path in overlays if path.exists()):
        rows, unnamed = scenario_rows(read_scenarios(path, sources=known), scenario, goals or {})
        laid.append(rows)
        findings.extend(unnamed)
    made = read_drivers(model.graph, model.given, lay_over(*laid))
    return replace(made, findings=(*made.findings, *findings))


def _own(*folders: Path) -> tuple[Path, ...]:
    return layers(*folders)[1:]
