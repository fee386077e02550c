"""Parts of an ensemble: some years of one city in one scenario, named by their content.

Invariant: two parts have the same name exactly if network, series, settings and the package's version are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

import numpy as np

from dafeng.energy.network.table import Network
from dafeng.energy.program import Floats
from dafeng.energy.years.dispatching import GAP, YearsResult, dispatch_years
from dafeng.energy.years.series import Series, years_of

SIZE = 50
"""Years of a part: minutes of work at most, so that little is lost when a run is stopped."""
PACKAGES = ("dafeng", "numpy", "scipy", "highspy", "clarabel")
"""What a result depends on."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One city in one scenario with the series of its years.

    Parameters
    ----------
    city, scenario : str
        Names.
    network : Network
        Fixed capacities.
    series : mapping of (component, attribute, name) to (years, steps) array
        What differs from year to year.
    unserved : tuple of str
        Generators that stand for unserved demand.
    first : int
        Number of the first year.
    gap : float
        Largest relative difference between a year's cost and its own lower bound.
    """

    city: str
    scenario: str
    network: Network
    series: Series
    unserved: tuple[str, ...] = ()
    first: int = 0
    gap: float = GAP


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Work of one process.

    Parameters
    ----------
    case : Case
        City, scenario and the series of the part's years only.
    name : str
        Hash of its content.
    versions : mapping of str to str
        Versions of the packages that the result depends on.
    """

    case: Case
    name: str
    versions: dict[str, str] = field(default_factory=dict)

    def run(self) -> YearsResult:
        """Operate the years of the part.

        Returns
        -------
        YearsResult
            Cost, bound and energy of each year.
        """
        return dispatch_years(self.case.network, self.case.series, unserved=self.case.unserved, gap=self.case.gap)


def parts_of(cases: Sequence[Case], *, size: int = SIZE) -> tuple[Part, ...]:
    """Parts of an ensemble.

    Parameters
    ----------
    cases : sequence of Case
        Cities and scenarios.
    size : int
        Most years of a part.

    Returns
    -------
    tuple of Part
        In the order of cases and years.

    Raises
    ------
    DefinitionError
        If a case's series do not fit its network.
    """
    versions = {package: version(package) for package in PACKAGES}
    return tuple(_named(piece, versions) for case in cases for piece in _pieces(case, size))


def _pieces(case: Case, size: int) -> Iterator[Case]:
    for start in range(0, years_of(case.network, case.series), size):
        series = {key: np.ascontiguousarray(values[start : start + size]) for key, values in case.series.items()}
        yield replace(case, series=series, first=case.first + start)


def _named(case: Case, versions: dict[str, str]) -> Part:
    found = hashlib.sha256()
    for piece in _content(case):
        found.update(piece)
    found.update(repr(sorted(versions.items())).encode())
    return Part(case, found.hexdigest(), versions)


def _content(case: Case) -> Iterator[bytes]:
    """Everything a result depends on, each piece with its name and length before it."""
    clock = case.network.clock
    yield from _piece("case", [case.city, case.scenario, case.first, case.gap, case.unserved, case.network.name, clock.labels])
    for name in ("objective", "stores", "generators", "period", "period_objective", "period_years"):
        yield from _piece(name, getattr(clock, name))
    for component, table in sorted(case.network.tables.items()):
        yield from _piece(component, table.names)
        for attribute in sorted(table.columns):
            yield from _piece(attribute, np.asarray(table.columns[attribute]).tolist())
        for attribute, one in sorted((attribute, one) for attribute, by in table.series.items() for one in by):
            yield from _piece(f"{attribute}.{one}", table.series[attribute][one])
    for key in sorted(case.series):
        yield from _piece(".".join(key), case.series[key])


def _piece(name: str, value: Floats | Any) -> Iterator[bytes]:
    body = np.ascontiguousarray(value).tobytes() if isinstance(value, np.ndarray) else repr(value).encode()
    yield f"{name}:{len(body)}:".encode()
    yield body
