"""What a page of the hourly models shows: case, year, carrier, bus and week, as they stand in the address.

Invariant: a choice that does not exist falls back to the first one, so that every address shows something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dafeng.web.figures import show
from dafeng.web.labels import Words

Row = Mapping[str, Any]
FILTERS = ("case", "period", "carrier", "bus", "week")
"""What the address may choose."""
FIRST = ("electricity", "AC")
"""Carriers that a page begins with."""
ORDINARY = 2023
"""A year of 365 days, which hours of a model year are dated in."""
WEEK = 168
"""Hours of a week. [h]"""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a page shows.

    Parameters
    ----------
    case : mapping
        Case of the index.
    period : int
        Position of the year.
    carrier, bus : str
        Carrier, and its bus; all its buses where empty.
    week : int
        Position of the week.
    """

    case: Row
    period: int
    carrier: str
    bus: str
    week: int

    @property
    def side(self) -> Row:
        """Sums and curves of the carrier."""
        wanted = (self.carrier, self.bus, self.period)
        return next(one for one in self.case["sides"] if (one["carrier"], one["bus"], one["period"]) == wanted)

    @property
    def unit(self) -> str:
        """Unit of the carrier's power."""
        unit = next(one["unit"] for one in self.case["carriers"] if one["id"] == self.carrier)
        return "MW" if unit == "MWh" else f"{unit}/h"

    @property
    def year(self) -> int | None:
        """Year that is shown, ``None`` where the model names none."""
        found = self.case["periods"][self.period]
        return None if found is None else int(found)

    def name(self, key: str, words: Words) -> str:
        """Name of a carrier, bus or technology.

        Parameters
        ----------
        key : str
            Its id.
        words : Words
            Language of the page.

        Returns
        -------
        str
            The id itself where it has no name.
        """
        return words.read(self.case["names"].get(key)) or key

    def query(self, *, period: int | None = None, carrier: str | None = None, bus: str | None = None) -> dict[str, str]:
        """What stands in the address.

        Parameters
        ----------
        period : int, optional
            Another year.
        carrier, bus : str, optional
            Another carrier, another bus.

        Returns
        -------
        dict of str to str
            Filters.
        """
        year = self.period if period is None else period
        found = {"case": str(self.case["id"]), "period": str(year), "carrier": carrier or self.carrier}
        place = self.bus if bus is None else bus
        return {**found, "bus": place} if place else found


def choose(index: Row, query: Mapping[str, str]) -> Choice:
    """What an address asks for.

    Parameters
    ----------
    index : mapping
        Index of the hourly results.
    query : mapping of str to str
        Filters.

    Returns
    -------
    Choice
        The first of everything that is not asked for or does not exist.
    """
    cases = {one["id"]: one for one in index["cases"]}
    case = cases.get(query.get("case", "")) or index["cases"][0]
    period = _number(query.get("period"), len(case["periods"]))
    carriers = {one["id"]: one for one in case["carriers"]}
    usual = next((name for name in FIRST if name in carriers), next(iter(carriers)))
    carrier = query.get("carrier", "") if query.get("carrier") in carriers else usual
    buses = carriers[carrier]["buses"]
    bus = query.get("bus", "") if len(buses) > 1 and query.get("bus") in buses else ""
    found = Choice(case, 0 if period is None else period, carrier, bus, 0)
    weekly = found.side["weekly"]
    residual = [load - green for load, green in zip(weekly["load"], weekly["renewable"], strict=True)]
    whole = residual[: max(case["hours"][found.period] // WEEK, 1)]
    week = _number(query.get("week"), len(residual))
    return Choice(case, found.period, carrier, bus, whole.index(max(whole)) if week is None else week)


def name_week(week: int, chosen: Choice, words: Words) -> str:
    """Name of a week with its first and last day.

    Parameters
    ----------
    week : int
        Position, from 0.
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.

    Returns
    -------
    str
        E.g. 第 5 周（1/29–2/4）.
    """
    last = min((week + 1) * WEEK, chosen.case["hours"][chosen.period]) - 1
    return words.say("hours.week", values={"n": week + 1, "from": name_day(week * 7), "to": name_day(last // 24)})


def name_day(number: int) -> str:
    """A day of the model year.

    Parameters
    ----------
    number : int
        Position, from 0.

    Returns
    -------
    str
        Month and day.
    """
    day = date(ORDINARY, 1, 1) + timedelta(days=number % 365)
    return f"{day.month}/{day.day}"


def tell(value: float, unit: str, words: Words) -> str:
    """A figure of the model in words.

    Parameters
    ----------
    value : float
        The figure. [unit]
    unit : str
        Its unit.
    words : Words
        Language of the page.

    Returns
    -------
    str
        Digits and unit.
    """
    return str(show(value, unit, words.language, basis="projected"))


def tell_share(value: float) -> str:
    """A share in percent.

    Parameters
    ----------
    value : float
        The share, 0..1.

    Returns
    -------
    str
        One decimal; three where it is nearly nothing.
    """
    digits = 1 if abs(value) >= 0.0005 or not value else 3
    return f"{value * 100:.{digits}f}%".replace("-", "\N{MINUS SIGN}")


def _number(text: str | None, count: int) -> int | None:
    found = int(text) if text is not None and text.isdecimal() and len(text) < 6 else None
    return found if found is not None and found < count else None
