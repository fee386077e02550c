"""``measures``: measures of a city compared by the CO2 they avoid, what they cost and who pays.

Invariant: effects are differences between runs of the sector model on the same draws; a measure without a sourced cost is
listed with its effect and without a price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.pathways.abatement import compare_measures
from dafeng.pathways.abatement_shares import Abatement, Terms
from dafeng.pathways.measures import Measures, cost_model, read_measures, read_priced_drivers
from dafeng.pathways.model.city import read_city_model
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Drivers
from dafeng.work.city import City, open_city
from dafeng.work.error_draws import SEED, draw_city_error
from dafeng.work.futures import DRAWS

YEARS = (2030, 2035)
"""Years in which measures are compared where nothing else is asked."""


@dataclass(frozen=True, slots=True)
class CityMeasures:
    """Measures of a city and what comparing them found.

    Parameters
    ----------
    city : City
        The city.
    model : Model
        The sector model with the cost of energy.
    drivers : Drivers
        Given quantities of the city in the baseline, prices among them.
    known : Measures
        Measures whose effect is known.
    found : Abatement or None
        ``None`` where the city's figures do not suffice.
    findings : tuple of Finding
        Measures left out, and what is missing.
    """

    city: City
    model: Model
    drivers: Drivers
    known: Measures
    found: Abatement | None
    findings: tuple[Finding, ...] = ()

    @property
    def first_year(self) -> int | None:
        """First year compared; ``None`` where nothing was found."""
        return None if self.found is None else self.found.terms.years[0]


def measures(
    place: City | Path | str,
    *,
    years: Sequence[int] = YEARS,
    draws: int = 200,
    orders: int = 12,
    seed: int = 1,
    peak_draws: int = DRAWS,
) -> CityMeasures:
    """Compare the measures of a city.

    Parameters
    ----------
    place : City, Path or str
        The city or its folder.
    years : sequence of int
        Years in which they are compared; what they do until the last year of the model is found beside.
    draws : int
        Number of draws for intervals.
    orders : int
        Pairs of opposite orders for the attribution.
    seed : int
        Seed of both; the draws for the peak keep that of the pathways.
    peak_draws : int
        Number of draws for what each does to the peak: those of the trend that `project` shows with as many.

    Returns
    -------
    CityMeasures
        What each measure avoids and costs, and what all do together.

    Raises
    ------
    CityError
        If the folder is no city.
    DefinitionError
        If a table of the city breaks its form.
    SettingError
        If a year lies outside the model, or there are too few draws.
    """
    city = place if isinstance(place, City) else open_city(Path(place))
    model = cost_model(read_city_model())
    asked = tuple(dict.fromkeys(int(year) for year in years))
    _check(asked, min(draws, peak_draws), orders, model)
    drivers = read_priced_drivers(model, city.overlay)
    known = read_measures(model.graph, city.overlay)
    given = known.measures if (city.overlay / "drivers.csv").is_file() else ()
    terms = Terms(known.rate, asked, draws, orders, seed, peak_draws, SEED)
    found = compare_measures(model.graph, drivers.values, given, terms, erring=draw_city_error)
    return CityMeasures(city, model, drivers, known, found, known.findings)


def _check(years: Sequence[int], draws: int, orders: int, model: Model) -> None:
    first, last = (int(model.graph.space.years[at]) for at in (0, -1))
    if not years or not all(first < year <= last for year in years):
        raise _setting("years", f"{first + 1}–{last}", str(list(years)))
    if draws < 10 or orders < 1:
        raise _setting("draws / orders", "≥ 10 / ≥ 1", f"{draws} / {orders}")


def _setting(name: str, expected: str, got: str) -> SettingError:
    return SettingError(
        Label(f"{name} 不能取 {got}", f"{name} cannot be {got}"),
        where="dafeng measures",
        expected=Label(expected, expected),
        remedy=Label("换一个值", "give another value"),
    )
