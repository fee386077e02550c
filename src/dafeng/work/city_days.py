"""Days of a city: which day it is there, and which days a movement may be effective on.

Invariant: command line, pages and markets mean the same day at the same instant, wherever the machine stands.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.work.city import City

OFFSET_H = 8
"""Hours that clocks are ahead of UTC where ``options.utc_offset`` of the city names no others: China's. [h]"""
EARLIEST = date(2005, 1, 1)
"""First day for a book without a period: that of the year in which the Kyoto Protocol came into force, before which no unit of
any of the instruments existed."""
AHEAD = timedelta(days=366)
"""How far ahead a movement may be effective: what is agreed within a year; anything later is a slip of the pen."""


BEIJING = timezone(timedelta(hours=OFFSET_H))
"""Zone of the times that people are told."""


def city_zone(city: City) -> timezone:
    """Zone of a city.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    timezone
        A fixed offset from UTC.

    Raises
    ------
    SettingError
        If the option is no whole number of hours from -12 to 14.
    """
    told = city.options.get("utc_offset", OFFSET_H)
    if type(told) is not int or not -12 <= told <= 14:
        raise SettingError(
            Label(f"时区“{str(told)[:20]}”不能采用", f"the zone '{str(told)[:20]}' cannot be used"),
            where="city.yaml:options.utc_offset",
            expected=Label("-12 至 14 的整数小时", "whole hours from -12 to 14"),
            remedy=Label("改正 city.yaml", "correct city.yaml"),
        )
    return timezone(timedelta(hours=told))


def city_today(city: City) -> date:
    """The day that it is in a city.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    date
        In its zone.
    """
    return datetime.now(UTC).astimezone(city_zone(city)).date()


def find_bounds(city: City, period: str) -> tuple[date, date]:
    """First and last day on which a movement of a book may be effective now.

    Parameters
    ----------
    city : City
        The city.
    period : str
        Period of the book, such as ``2025``, ``2024-2025`` or ``2025-01-01/2025-12-31``; empty where it has none.

    Returns
    -------
    (date, date)
        From the first day of the period's first year, since a unit is not older than its period, to a year ahead of today.
    """
    first = date(int(period[:4]), 1, 1) if period[:4].isascii() and period[:4].isdigit() and int(period[:4]) else EARLIEST
    return first, city_today(city) + AHEAD
