"""What the pages of compliance show: companies of a period by what they lack, dates, and one company with all its reasons.

Invariant: nothing is computed here; a figure that is not known is shown as not known, and a company without it never as met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from dafeng.core.errors import DafengError, FileRefused
from dafeng.ledger.enterprise_sides import HOLDERS
from dafeng.ledger.policies import Worked
from dafeng.web.asking import Ask
from dafeng.web.filters import choose_window
from dafeng.web.labels import Words
from dafeng.web.rights_views import Refused
from dafeng.web.unknown_choices import take_choices, tell_unknown
from dafeng.work.ask_surrender import sum_waiting
from dafeng.work.carry_over import work_carry
from dafeng.work.city_days import city_today
from dafeng.work.compliance import (
    VERDICTS,
    NextDate,
    count_verdicts,
    explain_standing,
    find_period,
    find_periods,
    find_standing,
    forecast_band,
    rank_standings,
    tell_dates,
)
from dafeng.work.noted_orders import read_orders
from dafeng.work.right_rows import BookRow, read_accounts
from dafeng.work.settle import Settlement, read_calendar
from dafeng.work.settlement_document import settlement_document

Context = dict[str, Any]
DATES = 5
"""Dates of the calendar that are shown before the others are unfolded."""


def tell_amount(value: int | Decimal | Worked | str | None) -> str:
    """A quantity for the eye.

    Parameters
    ----------
    value : int, Decimal, Worked, str or None
        The quantity; of what was worked out its answer.

    Returns
    -------
    str
        With thousands marks; empty where it is not known. [t]
    """
    if isinstance(value, Worked):
        value = value.whole
    if value is None or value == "":
        return ""
    number = Decimal(value)
    return f"{number:,.0f}" if number == number.to_integral_value() else f"{number.normalize():,f}"


def build_overview(ask: Ask) -> Context:
    """What the overview of a period shows.

    Parameters
    ----------
    ask : Ask
        The request; ``book``, ``verdict``, ``q`` and ``offset`` in its query.

    Returns
    -------
    dict
        Periods, companies by what they lack, dates, and what hinders; of a book that there is not the usual one.
    """
    query, words = ask.request.query_params, Words(ask.language)
    periods = find_periods(ask.office.rights)
    books = [name for one in periods for name in (one.name, str(one.no))]
    kept, told = take_choices(query, {"book": books, "verdict": VERDICTS, "q": None}, "compliance", words)
    chosen = {name: text[:128] for name, text in kept.items()}
    book = _choose(ask, periods, chosen["book"])
    found, trouble = _settled(ask, book)
    rows = rank_standings(found, verdict=chosen["verdict"], words=chosen["q"]) if found else ()
    window = choose_window(len(rows), query)
    calendar = found.calendar if found else read_calendar(ask.office.city.overlay)
    dates = tell_dates(ask.office.city, calendar, today=city_today(ask.office.city)) if book else ()
    return {
        "periods": periods, "book": book, "found": found, "trouble": trouble, "rows": rows[window.start : window.end],
        "window": window, "chosen": {name: text for name, text in chosen.items() if text}, "verdicts": VERDICTS,
        "counts": count_verdicts(found) if found else {}, "n": tell_amount, "band": forecast_band,
        "dates": dates, "cited": cite_dates(dates, words), "shown_dates": DATES,
        "waiting": len(_waiting(ask)), "unknown_choices": told,
    }  # fmt: skip


def cite_dates(dates: Sequence[NextDate], words: Words) -> list[tuple[bool, str, str]]:
    """Where the dates of a calendar stand, every source once.

    Parameters
    ----------
    dates : sequence of NextDate
        The dates.
    words : Words
        The reader's language.

    Returns
    -------
    list of (bool, str, str)
        Whether the dates are known, the source, and the events that it names or where they have to be looked up.
    """
    made: dict[tuple[bool, str], list[str]] = {}
    for one in dates:
        source = words.read(one.title) or one.look or one.due.source
        if source:
            made.setdefault((one.due.date is not None, source), []).append(f"{words.read(one.due.label)} {one.due.year}")
    joint = words.say("app.joint")
    return [(known, source, joint.join(dict.fromkeys(events))) for (known, source), events in made.items()]


def _choose(ask: Ask, periods: Sequence[BookRow], wanted: str) -> BookRow | None:
    """The period that is asked for, else the newest in which a company has an account, else the newest."""
    rights = ask.office.rights
    if wanted or not periods:
        return find_period(rights, wanted) if periods else None
    with rights.reading() as rows:
        held = (one for one in periods if any(read_accounts(rows, book=one.no, kind=kind, limit=1) for kind in HOLDERS.split()))
        return next(held, periods[0])


def build_standing(ask: Ask, number: int, account: int) -> Context:
    """What the page of a company shows.

    Parameters
    ----------
    ask : Ask
        The request; ``base`` of the carry-over in its query.
    number, account : int
        Numbers of the book and of the company's account.

    Returns
    -------
    dict
        The company, its units with inputs and steps, forecast, carry-over, and what waits.

    Raises
    ------
    LookupFailure
        If there is no such book or account.
    FileRefused
        If the city has no table of units.
    """
    rights = ask.office.rights
    book = find_period(rights, str(number))
    found = ask.office.settlements.find(book.name, book.period)
    one = find_standing(found, account)
    waiting = _waiting(ask)
    quantity, offset = sum_waiting(rights, book.name, one.enterprise, waiting)
    typed = ask.request.query_params.get("base", "").strip()
    base = _read_base(typed)
    worked, why = _carried(ask, book, one.enterprise, base)
    return {
        "book": book, "one": one, "told": explain_standing(found, one), "n": tell_amount, "band": forecast_band(one.forecast),
        "waiting": quantity, "waiting_credits": offset, "id": uuid4().hex, "today": datetime.now(UTC).date().isoformat(),
        "carry": worked, "carry_why": why, "carry_base": typed[:30] if base is not None else "",
        "unknown_choices": tell_unknown({"base": typed} if typed and base is None else {}, "compliance", Words(ask.language)),
    }  # fmt: skip


def tell_overview(ask: Ask) -> dict[str, Any]:
    """The period as plain data.

    Parameters
    ----------
    ask : Ask
        The request.

    Returns
    -------
    dict
        The same companies in the same order; ``None`` as ``book`` where no period was opened.

    Raises
    ------
    LookupFailure
        If the book that is asked for does not exist.
    """
    periods = find_periods(ask.office.rights)
    book = _choose(ask, periods, ask.request.query_params.get("book", "").strip()[:128])
    found, trouble = _settled(ask, book)
    listed = [{"book": one.name, "period": one.period} for one in periods]
    if found is None:
        return {"periods": listed, "book": None if book is None else book.name, "trouble": trouble and trouble.says}
    ranked = Settlement(found.book, found.period, found.calendar, rank_standings(found), found.findings)
    return {"periods": listed, **settlement_document(ranked), "counts": dict(count_verdicts(found))}


def _settled(ask: Ask, book: BookRow | None) -> tuple[Settlement | None, Refused | None]:
    """The settlement, or why there is none."""
    if book is None:
        return None, None
    try:
        return ask.office.settlements.find(book.name, book.period), None
    except FileRefused as cause:
        return None, say_error(ask, cause)


def say_error(ask: Ask, cause: DafengError) -> Refused:
    """What was refused, in the reader's language.

    Parameters
    ----------
    ask : Ask
        The request.
    cause : DafengError
        Why.

    Returns
    -------
    Refused
        What is wrong, what was expected and what to do.
    """
    lang = ask.language
    remedy = f"{cause.expected.read(lang)}{'；' if lang == 'zh' else '; '}{cause.remedy.read(lang)}"
    return Refused("", "", cause.what.read(lang), remedy, cause.where)


def _read_base(text: str) -> Decimal | None:
    """A base of the carry-over that was typed; ``None`` where it is none."""
    try:
        given = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return given if given.is_finite() and 0 <= given < 10**15 else None


def _carried(ask: Ask, book: BookRow, enterprise: str, base: Decimal | None) -> tuple[Worked | None, str]:
    """Carry-over by the policy, or why it has none."""
    try:
        worked = work_carry(ask.office.city, book.name, "", enterprise, year=int(book.period), base=base)
    except DafengError as cause:
        return None, cause.what.read(ask.language)
    return worked, ""


def _waiting(ask: Ask) -> tuple[Any, ...]:
    found = read_orders(ask.office.rights, states=("waiting",), limit=1000, records=ask.office.records)
    return tuple(one for one in found if one.verb == "surrender")


def read_number(fields: Mapping[str, str], name: str) -> int:
    """A whole number that was typed; thousands marks are fine, nothing else is.

    Parameters
    ----------
    fields : mapping of str to str
        The form.
    name : str
        Its field.

    Returns
    -------
    int
        0 for an empty field, -1 for what is no number. [t]
    """
    text = fields.get(name, "").strip().replace(",", "").replace("，", "")
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else -1
