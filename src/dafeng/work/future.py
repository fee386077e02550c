"""A city under one scenario: its official views draw by draw, what groups of sectors emit, when it peaks.

Invariant: the views hold the model's own error, and what the drivers alone give can be told from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dafeng.core.labels import Label
from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.drivers import Drivers
from dafeng.pathways.model.tables import Scenario
from dafeng.pathways.model.views import View
from dafeng.pathways.peak import Peak

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
    band : (3, years) array
        Tenth, fiftieth and ninetieth percentile of the draws, year by year. [unit of the view]
    """

    view: View
    values: Array
    band: Array


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
        Mean over the draws, so that parts add up to the mean of the whole as the drivers give it: the model's own error belongs
        to no sector. [Mt CO2]
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
        Peak of the underlying path, the model's own error within.
    drivers_peak : Peak
        The same if the model had no error of its own.
    chances : tuple of (float, float)
        Lowest and highest probability of a peak before 2030 over what may be assumed of how long the error lasts. [0..1]
    errors : mapping of str to (draws, years) array
        Factors of the model's own error by total, as drawn. [1]
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
    drivers_peak: Peak
    chances: tuple[float, float]
    errors: Mapping[str, Array] = field(repr=False)
    drivers: Drivers
    ranks: Mapping[str, Array] = field(repr=False)
    observed: Peak | None = None

    @property
    def co2(self) -> Array:
        """Emissions within the city, draws by years. [Mt CO2]"""
        return self.views[EMISSIONS].values

    @property
    def drivers_co2(self) -> Array:
        """Emissions as the drivers alone give them, draws by years. [Mt CO2]"""
        return np.asarray(self.co2 / self.errors[EMISSIONS])

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
