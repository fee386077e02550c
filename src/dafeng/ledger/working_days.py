"""Working days between two days, exact where the holidays are known and within bounds where they are not.

Invariant: without a table of holidays for a year nobody is told that a notice is over before that is sure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from dafeng.ledger.right_tables import read_rows

Answer = Literal["met", "not_met", "not_known"]
MARGIN = 10
"""Weekdays that holidays may take out of a few weeks at most, where no table says which."""
LONGEST = 3660
"""Days that are counted at most."""


def read_holidays(*folders: Path) -> Mapping[str, bool]:
    """Days that differ from the week: holidays, and days of the weekend that are worked.

    Parameters
    ----------
    *folders : Path
        Overlay folders with ``rights/holidays*.csv``.

    Returns
    -------
    mapping of str to bool
        ISO day → whether it is worked.

    Raises
    ------
    DefinitionError
        If a table is not as it should be.
    """
    rows = read_rows(folders, "holidays", ("date", "working"))
    return {row.day("date"): row.cells["working"] == "yes" for row in rows}


def count_days(first: date, last: date, holidays: Mapping[str, bool]) -> tuple[int, int]:
    """Working days after one day up to another one.

    Parameters
    ----------
    first, last : date
        The first is not counted, the last is.
    holidays : mapping
        From `read_holidays`.

    Returns
    -------
    (int, int)
        At least and at most; equal where the holidays of all its years are known. [d]
    """
    years = {text[:4] for text in holidays}
    days = [first + timedelta(days=n) for n in range(1, min((last - first).days, LONGEST) + 1)]
    worked = sum(holidays.get(day.isoformat(), day.weekday() < 5) for day in days)
    if all(str(year) in years for year in range(first.year, last.year + 1)):
        return worked, worked
    return max(worked - MARGIN, 0), len(days)


def is_over(first: date, last: date, length: int, holidays: Mapping[str, bool]) -> Answer:
    """Whether a number of working days has passed.

    Parameters
    ----------
    first, last : date
        Day it began, and the day on which it is asked.
    length : int
        How many. [working days]
    holidays : mapping
        From `read_holidays`.

    Returns
    -------
    {"met", "not_met", "not_known"}
        ``not_known`` where holidays that are not in a table decide.
    """
    least, most = count_days(first, last, holidays)
    if least >= length:
        return "met"
    return "not_met" if most < length else "not_known"
