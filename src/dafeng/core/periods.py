"""Stretches of time that figures speak of: a year, a month, a day, several years.

Invariant: a period begins where it says and ends just before its end date; its text is ISO and reads back
to the same period.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label

EARLIEST, LATEST = 1900, 2200
"""Years that a period may lie in."""
_FIRST_REGULAR_PLAN = 6
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_CHINESE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of whole days.

    Parameters
    ----------
    start : date
        First day.
    end : date
        Day after the last one.
    text : str
        ISO text: ``2025``, ``2025-03``, ``2025-03-14``, ``2021/2025``.
    """

    start: date
    end: date
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def year(self) -> int | None:
        """Calendar year it lies in; ``None`` for a period that touches several."""
        last = self.end - timedelta(days=1)
        return self.start.year if self.start.year == last.year else None

    @property
    def days(self) -> int:
        """Length. [d]"""
        return (self.end - self.start).days

    def contains(self, other: Period) -> bool:
        """Whether another period lies wholly inside.

        Parameters
        ----------
        other : Period
            Any period.

        Returns
        -------
        bool
            True if no day of it lies outside.
        """
        return self.start <= other.start and other.end <= self.end


def period(text: str) -> Period:
    """Period from its text.

    Parameters
    ----------
    text : str
        ``2025``, ``2025-03``, ``2025-03-14``, ``2021/2025`` (both years included), ``2025年3月`` …

    Returns
    -------
    Period
        The period; its `text` is ISO.

    Raises
    ------
    SettingError
        If the text is no period, or ends before it begins.
    """
    first, slash, last = re.sub(r"[—–~至]+", "/", text.strip()).partition("/")
    begin, end = _span(_closed(first, last), text), _span(last, text) if slash else None
    if end is None:
        return begin
    if end.end <= begin.start or len(end.text) != len(begin.text):
        raise _wrong(text)
    return Period(begin.start, end.end, f"{begin.text}/{end.text}")


def year(number: int) -> Period:
    """Period of one calendar year.

    Parameters
    ----------
    number : int
        The year, 1900..2200.

    Returns
    -------
    Period
        The year.

    Raises
    ------
    SettingError
        If the year lies outside 1900..2200.
    """
    return period(f"{number:04d}")


def years(covered: Period) -> range:
    """Calendar years that a period touches.

    Parameters
    ----------
    covered : Period
        Any period.

    Returns
    -------
    range
        The years, in order.
    """
    return range(covered.start.year, (covered.end - timedelta(days=1)).year + 1)


def plan_period(number: int) -> Period:
    """Period of a national five-year plan.

    Parameters
    ----------
    number : int
        Number of the plan, from 6 (1981 to 1985) on: 14 is 2021 to 2025.

    Returns
    -------
    Period
        Its five years.

    Raises
    ------
    SettingError
        If the plan is earlier than the sixth: those before were not regular.
    """
    if number < _FIRST_REGULAR_PLAN:
        raise _wrong(f"plan {number}")
    first = 1951 + 5 * number
    return period(f"{first}/{first + 4}")


def _closed(first: str, last: str) -> str:
    """Give ``2021`` of ``2021—2025年`` the character its partner has."""
    return f"{first}年" if last.endswith("年") and first.isdigit() else first


def _span(text: str, given: str) -> Period:
    found = _ISO.fullmatch(text) or _CHINESE.fullmatch(text)
    if found is None:
        raise _wrong(given)
    number, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if not EARLIEST <= number <= LATEST or (found[2] and not 1 <= month <= 12):
        raise _wrong(given)
    if not month:
        return Period(date(number, 1, 1), date(number + 1, 1, 1), f"{number}")
    length = calendar.monthrange(number, month)[1]
    if found[3] and not 1 <= day <= length:
        raise _wrong(given)
    start = date(number, month, day or 1)
    text = f"{number}-{month:02d}" + (f"-{day:02d}" if day else "")
    return Period(start, start + timedelta(days=1 if day else length), text)


def _wrong(text: str) -> SettingError:
    return SettingError(
        Label(f"“{text}”不是时期", f"'{text}' is no period"),
        where="period",
        expected=Label(
            f"2025、2025-03、2021/2025 等，年份在 {EARLIEST} 至 {LATEST} 之间",
            f"such as 2025, 2025-03, 2021/2025, with years from {EARLIEST} to {LATEST}",
        ),
        remedy=Label("改正时期的写法", "correct the period"),
    )
