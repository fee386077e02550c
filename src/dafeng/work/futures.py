"""The futures of a city: its sector model under every scenario, on the same ranks, in the official views.

Invariant: draw number n of one scenario and draw number n of another differ in the scenario alone; what the drivers leave
unknown has no path but a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.city import Tables, lay_scenario, read_city_model, read_city_tables, read_scenario_names
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Drivers, Row
from dafeng.pathways.model.run import Labelled, run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.tables import Goal, Scenario
from dafeng.pathways.model.tape import Tape, compile_graph
from dafeng.pathways.model.views import View, read_views
from dafeng.pathways.peak import Peak, find_peak
from dafeng.work.city import City

DRAWS = 10_000
"""Draws of the scenario that answers."""
BESIDE = 2_000
"""Draws of the others: the first ones of the same ranks."""
SEED = 20260101
"""Seed of all ranks."""
EMISSIONS = "co2"
"""View whose peak is sought."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One official view of one scenario.

    Parameters
    ----------
    view : View
        What it is and in which unit.
    values : (draws, years) array
        Its paths. [unit of the view]
    """

    view: View
    values: Array


@dataclass(frozen=True, slots=True)
class Part:
    """What a group of sectors, power or heat emits.

    Parameters
    ----------
    id : str
        The group.
    label : Label
        Name for readers.
    values : (years,) array
        Mean over the draws, so that parts add up to the mean of the whole. [Mt CO2]
    """

    id: str
    label: Label
    values: Array


@dataclass(frozen=True, slots=True)
class Future:
    """A city under one scenario.

    Parameters
    ----------
    scenario : Scenario
        Name and what it assumes.
    years : (years,) array of int
        Calendar years; the first is the base year.
    views : mapping of str to Drawn
        Official views by quantity of the model.
    parts : tuple of Part
        Emissions by group.
    peak : Peak
        Peak of the underlying path.
    drivers : Drivers
        What went in, row by row.
    ranks : mapping of str to array
        Ranks of each uncertain quantity: what draw number n drew. [0..1]
    observed : Peak or None
        Peak that a published series with the scatter of the record would show; ``None`` without a record.
    """

    scenario: Scenario
    years: NDArray[np.int_]
    views: Mapping[str, Drawn]
    parts: tuple[Part, ...]
    peak: Peak
    drivers: Drivers
    ranks: Mapping[str, Array] = field(repr=False)
    observed: Peak | None = None

    @property
    def co2(self) -> Array:
        """Emissions within the city, draws by years. [Mt CO2]"""
        return self.views[EMISSIONS].values

    def at(self, view: str, year: int) -> Array:
        """Draws of one view in one year.

        Parameters
        ----------
        view : str
            Quantity of the model.
        year : int
            Calendar year.

        Returns
        -------
        (draws,) array
            Values. [unit of the view]
        """
        return self.views[view].values[:, year - int(self.years[0])]
