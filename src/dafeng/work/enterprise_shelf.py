"""Enterprise accounts kept until their files change; rows of a list that are chosen; the place of one among its sector.

Invariant: what is kept is what ``enterprises`` computes from the same files; who has no figure has no place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from dafeng.work.city import City
from dafeng.work.enterprise_document import enterprise_list
from dafeng.work.enterprise_rules import FOLDER
from dafeng.work.enterprises import EnterpriseAccounts, enterprises

RANKED = ("emission_intensity", "emission_per_value_added", "emission_per_product")
"""Indicators by which the place among the sector is told."""
NONE = "not_measurable"
"""What is chosen by those without a grade."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EnterprisePlace:
    """Place of an enterprise among those of its sector.

    Parameters
    ----------
    year : int
        The year.
    indicator : str
        What they are compared by.
    place : int
        1 for the best; those that are equal share it.
    known, unknown : int
        Enterprises of the sector with and without a figure.
    """

    year: int
    indicator: str
    place: int
    known: int
    unknown: int


class EnterpriseShelf:
    """The enterprise accounts of a city, computed anew when a file of theirs changes.

    Parameters
    ----------
    city : City
        The city.
    """

    def __init__(self, city: City) -> None:
        self.city = city
        self._lock = Lock()
        self._stamp: tuple[tuple[str, int, int], ...] | None = None
        self._found: EnterpriseAccounts | None = None
        self._rows: list[Row] = []

    def accounts(self) -> EnterpriseAccounts:
        """All accounts of all years.

        Returns
        -------
        EnterpriseAccounts
            As ``enterprises`` gives them.

        Raises
        ------
        DefinitionError
            If the city's rules break their form.
        FileRefused
            If a file is no table.
        """
        return self._read()[0]

    def rows(self) -> Sequence[Row]:
        """One row per enterprise and year, as `enterprise_list` tells them.

        Returns
        -------
        sequence of mapping
            By id, the newest year first.
        """
        return self._read()[1]

    def _read(self) -> tuple[EnterpriseAccounts, Sequence[Row]]:
        with self._lock:
            found, stamp = self._found, self._look()
            if found is None or stamp != self._stamp:
                found = enterprises(self.city)
                self._found, self._stamp, self._rows = found, stamp, enterprise_list(found)["rows"]
            return found, self._rows

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        """Names, times and sizes of all that the accounts rest on: the tables, and the folders of plants that are accounted."""
        places = [self.city.overlay / FOLDER]
        if self._found is not None:
            plants = self._found.rules.own.accounted
            places += [self.city.folder / one.folder if one.folder else self.city.overlay for one in plants]
        files = (path for place in places for path in place.rglob("*") if path.is_file())
        return tuple(sorted(_stamp(path) for path in files))


def _stamp(path: Path) -> tuple[str, int, int]:
    told = path.stat()
    return str(path), told.st_mtime_ns, told.st_size


def choose_rows(
    rows: Sequence[Row], *, year: str = "", scale: str = "", grade: str = "", sector: str = "", q: str = ""
) -> list[Row]:
    """Rows of the list that fit.

    Parameters
    ----------
    rows : sequence of mapping
        From `EnterpriseShelf.rows`.
    year, scale, grade, sector : str, optional
        What they must have; a grade is asked of the scale, ``not_measurable`` for those without one.
    q : str, optional
        Part of id or name.

    Returns
    -------
    list of mapping
        In their order.
    """
    wanted = q.strip().casefold()

    def fits(row: Row) -> bool:
        named = f"{row['enterprise']} {row['label']['zh']} {row['label']['en']}".casefold()
        results = {one["rule"]: one["result"] for one in row["grades"]}
        graded = not grade or (results.get(scale) == grade if scale else grade in results.values())
        return (not year or str(row["year"]) == year) and (not sector or row["sector"] == sector) and graded and wanted in named

    return [row for row in rows if fits(row)]


def rank_enterprise(found: EnterpriseAccounts, enterprise: str) -> list[EnterprisePlace]:
    """Places of an enterprise among those of its sector, for each year and indicator that is known.

    Parameters
    ----------
    found : EnterpriseAccounts
        All accounts.
    enterprise : str
        Id of the enterprise.

    Returns
    -------
    list of EnterprisePlace
        The newest year first; none where it has no sector, no figure, or nobody to stand beside.
    """
    sector = found.enterprises[enterprise].sector
    peers = {name for name, one in found.enterprises.items() if sector and one.sector == sector}
    told: list[EnterprisePlace] = []
    for indicator in RANKED:
        better = found.rules.indicators.get(indicator, {}).get("better", "lower")
        for year in found.years:
            figures = {
                one.enterprise: one.value
                for one in found.figures
                if one.kind == "indicator" and one.field == indicator and one.year == year and one.enterprise in peers
            }
            own = figures.get(enterprise)
            known = [value for value in figures.values() if value is not None]
            if own is None or len(known) < 2:
                continue
            ahead = sum(value < own if better == "lower" else value > own for value in known)
            told.append(EnterprisePlace(year, indicator, ahead + 1, len(known), len(figures) - len(known)))
    return sorted(told, key=lambda one: (-one.year, RANKED.index(one.indicator)))
