"""What the steps of a credit project say, read: days, spans of days, facts, and the one spelling of plants or pieces of land.

Invariant: what cannot be read is a refusal that names it, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from dafeng.core.days import parse_day
from dafeng.core.errors import DefinitionError
from dafeng.core.persons import fold_person
from dafeng.ledger.eligibility import Fact, Value
from dafeng.ledger.refusals import Refusal
from dafeng.library.strict import number


def shift_years(day: date, years: int) -> date:
    """The same day in another year.

    Parameters
    ----------
    day : date
        The day.
    years : int
        How many years later. [a]

    Returns
    -------
    date
        The 28th for a 29th of February that is none.
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def read_facts(read: Any, known: Mapping[str, Fact], *, logged: bool = False) -> Mapping[str, Value]:
    """Facts from what was handed in.

    Parameters
    ----------
    read : object
        Name → value; ``None`` is a fact that is not known.
    known : mapping
        Facts that tests may ask for.
    logged : bool, optional
        Whether they were taken before; then a day may stand in any form that earlier versions took.

    Returns
    -------
    mapping of str to value
        Days as ordinals, numbers exact.

    Raises
    ------
    Refusal
        ``fact_unknown``.
    """
    if not isinstance(read, Mapping):
        raise Refusal("fact_unknown", "facts")
    made: dict[str, Value] = {}
    for name, value in read.items():
        if name not in known:
            raise Refusal("fact_unknown", str(name))
        if value is not None:
            made[name] = _fact(known[name], value, date.fromisoformat if logged else parse_day)
    return made


def _fact(fact: Fact, value: Any, read: Callable[[str], date]) -> Value:
    if fact.kind == "flag" and isinstance(value, bool):
        return value
    if fact.kind == "word" and isinstance(value, str) and value:
        return value
    try:
        if fact.kind == "day" and isinstance(value, str):
            return read(value).toordinal()
        if fact.kind == "number" and not isinstance(value, bool):
            return Decimal(number(str(value), fact.name))
    except (ValueError, DefinitionError):
        pass
    raise Refusal("fact_unknown", f"{fact.name}: {value}")


def fold_assets(assets: Iterable[str]) -> frozenset[str]:
    """The one spelling of plants or pieces of land.

    Parameters
    ----------
    assets : iterable of str
        As they were entered.

    Returns
    -------
    frozenset of str
        Without width, case, blanks and what nobody sees.
    """
    return frozenset(fold_person(one) for one in assets)


def overlaps(start: str, end: str, other_start: str, other_end: str) -> bool:
    """Whether two spans of days share a day.

    Parameters
    ----------
    start, end, other_start, other_end : str
        First and last days, ISO.

    Returns
    -------
    bool
        True where they do.
    """
    return start <= other_end and other_start <= end


def read_day_of(text: str) -> date:
    """A day from its text.

    Parameters
    ----------
    text : str
        ``YYYY-MM-DD``.

    Returns
    -------
    date
        The day.

    Raises
    ------
    Refusal
        ``day_wrong``.
    """
    try:
        return parse_day(text)
    except (TypeError, ValueError):
        raise Refusal("day_wrong", str(text)) from None


def logged_day(text: str) -> str:
    """A day of the log in its one spelling; earlier versions took it in any form.

    Parameters
    ----------
    text : str
        As it was logged.

    Returns
    -------
    str
        ``YYYY-MM-DD``.
    """
    return date.fromisoformat(text).isoformat()


def read_span(values: Mapping[str, Any]) -> tuple[str, str]:
    """First and last day of a period.

    Parameters
    ----------
    values : mapping
        With ``start`` and ``end``.

    Returns
    -------
    (str, str)
        ISO days in order.

    Raises
    ------
    Refusal
        ``period_wrong``.
    """
    start, end = str(values.get("start")), str(values.get("end"))
    try:
        sound = parse_day(start) <= parse_day(end)
    except ValueError:
        sound = False
    if not sound:
        raise Refusal("period_wrong", f"{start}/{end}")
    return start, end
