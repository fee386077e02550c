"""Parts of an ensemble: some years of one city in one scenario, named by their content.

Invariant: two parts have the same name exactly if network, series, settings, code and versions of packages are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.table import Network
from dafeng.energy.program import Floats
from dafeng.energy.years.dispatching import GAP, YearsResult, dispatch_years
from dafeng.energy.years.series import Series, years_of

SIZE = 50
"""Years of a part: minutes of work at most, so that little is lost when a run is stopped."""
PACKAGES = ("dafeng", "numpy", "scipy", "highspy", "clarabel")
"""Packages that a result depends on."""
CODE = ("energy", "data/energy")
"""Folders of this package whose code and tables a result depends on: a version alone does not tell what was edited."""
ENDINGS = (".py", ".csv")
"""Ends of the names of files that count."""


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
        Versions of the packages that the result depends on, and the hash of the code under ``code``.
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

        Raises
        ------
        DefinitionError
            If code or packages here are others than those the part is named by, as they may be on a cluster.
        """
        here = present_versions()
        other = [name for name, version in self.versions.items() if here.get(name) != version]
        if other:
            raise _differing(other[0], self.versions[other[0]], here.get(other[0], ""))
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
    versions = present_versions()
    return tuple(_named(piece, versions) for case in cases for piece in _pieces(case, size))


def present_versions() -> dict[str, str]:
    """What a result that is worked out here depends on beside its input.

    Returns
    -------
    dict of str to str
        Versions of packages by name, and the hash of our own code and tables under ``code``.
    """
    return {**{package: version(package) for package in PACKAGES}, "code": _code()}


@cache
def _code() -> str:
    """Hash of names and content of all files that count."""
    home = Path(str(resources.files("dafeng")))
    found = hashlib.sha256()
    for path in sorted(path for folder in CODE for path in (home / folder).rglob("*") if path.suffix in ENDINGS):
        found.update(f"{path.relative_to(home).as_posix()}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


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


def _differing(name: str, wanted: str, here: str) -> DefinitionError:
    return DefinitionError(
        Label(
            f"{name} 为 {here[:12] or '无'}，任务要求 {wanted[:12]}",
            f"{name} is {here[:12] or 'absent'}, the part asks for {wanted[:12]}",
        ),
        where="energy.ensembles",
        expected=Label("各工作节点与提交者的代码和软件包一致", "workers with the code and packages of whoever asks"),
        remedy=Label("在各节点安装同一版本", "install the same version on every worker"),
    )


def _piece(name: str, value: Floats | Any) -> Iterator[bytes]:
    body = np.ascontiguousarray(value).tobytes() if isinstance(value, np.ndarray) else repr(value).encode()
    yield f"{name}:{len(body)}:".encode()
    yield body
