"""Instants as pages write them: in Beijing time with its name, on those of the ledger in the city's, whose name they say once.

Invariant: the same instant reads the same on every page of a city, wherever the machine stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from dafeng.web.labels import Words
from dafeng.work.city import City
from dafeng.work.city_days import OFFSET_H, city_zone

MINUTES = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock at a fixed distance from UTC.

    Parameters
    ----------
    zone : timezone
        Its zone.
    """

    zone: timezone

    def tell(self, at: datetime | str | int | None, *, form: str = MINUTES) -> str:
        """An instant.

        Parameters
        ----------
        at : datetime, str, int or None
            The instant; as text in ISO 8601, where it is UTC without a zone, or in seconds since 1970 in UTC.
        form : str, optional
            How it is written.

        Returns
        -------
        str
            In the zone of the clock; empty for none.
        """
        if at is None or at == "":
            return ""
        if isinstance(at, int):
            return datetime.fromtimestamp(at, self.zone).strftime(form)
        found = datetime.fromisoformat(at) if isinstance(at, str) else at
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(self.zone).strftime(form)

    def name(self, words: Words) -> str:
        """What the time is called.

        Parameters
        ----------
        words : Words
            The reader's language.

        Returns
        -------
        str
            Beijing time, or the hours from UTC.
        """
        hours = self.zone.utcoffset(None) // timedelta(hours=1)
        return words.say("rights.beijing") if hours == OFFSET_H else f"UTC{hours:+d}".replace("-", "−")


def date_words(words: Words) -> dict[str, Any]:
    """What every template calls to write instants: in Beijing time, the zone said beside the hour.

    Parameters
    ----------
    words : Words
        The reader's language.

    Returns
    -------
    dict
        ``moment`` (day, hour and zone), ``day_of`` and ``clock_of`` (hour), each of an instant.
    """
    clock = Clock(timezone(timedelta(hours=OFFSET_H)))
    zone = clock.name(words)
    return {
        "moment": lambda at: f"{clock.tell(at)} {zone}",
        "day_of": lambda at: clock.tell(at, form="%Y-%m-%d"),
        "clock_of": lambda at: clock.tell(at, form="%H:%M"),
    }


def clock_words(zone: City | int, words: Words) -> dict[str, Any]:
    """What templates call to write instants.

    Parameters
    ----------
    zone : City or int
        The city whose time it is, or hours from UTC. [h]
    words : Words
        The reader's language.

    Returns
    -------
    dict
        ``local``, which writes an instant, and ``zone``, the name of the time.
    """
    clock = Clock(timezone(timedelta(hours=zone)) if isinstance(zone, int) else city_zone(zone))
    tell: Callable[..., str] = clock.tell
    return {"local": tell, "zone": clock.name(words)}
