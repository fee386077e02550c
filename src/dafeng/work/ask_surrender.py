"""Asking for a surrender: orders that wait for a second person, with the limit on credits held before anything is asked.

Invariant: what waits counts as used, so that orders that are all accepted do not pass the limit
as it was when they were asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger import act
from dafeng.store.records import Records
from dafeng.work import ask_allowances
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.noted_orders import Order, find_known, read_orders
from dafeng.work.rights import Rights
from dafeng.work.settle import Standing, find_offset_book, settle

MOST = 1000
"""Orders that wait and are looked at."""


@dataclass(frozen=True, slots=True)
class Surrender:
    """A surrender that is asked for.

    Parameters
    ----------
    id : str
        Given by who asks; that of the credits ends in ``:credits``.
    enterprise : str
        The company.
    quantity, credits : int
        Allowances and credits. [t]
    day : str
        Effective day.
    """

    id: str
    enterprise: str
    quantity: int
    credits: int
    day: str


def ask_surrender(
    rights: Rights, book: str, wanted: Surrender, *, who: str, records: Records, plants: Path | None = None
) -> tuple[Order, ...]:
    """Ask for a surrender of allowances, of credits, or of both.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    book : str
        Book of the period.
    wanted : Surrender
        What is asked.
    who : str
        Who asks.
    records : Records
        Open records of the city.
    plants : Path, optional
        Table of units.

    Returns
    -------
    tuple of Order
        One for allowances and credits together; it waits for a second person. Asked again, it is the same order.

    Raises
    ------
    SettingError
        If nothing is asked, the day is none, more is asked than is free or still owed, or credits would pass their limit.
    LookupFailure
        If the book or the company has no account.
    """
    _check_form(wanted)
    period = rights.find_book(book).period
    if find_known(rights, wanted.id, records=records) is None:
        found = settle(rights.city, book, period, plants=plants)
        standing = next((one for one in found.standings if one.enterprise == wanted.enterprise), None)
        if standing is None:
            raise _bad("enterprise", wanted.enterprise, Label("本账簿已开户的企业", "a company with an account in the book"))
        waiting = read_orders(rights, states=("waiting", "handed"), limit=MOST, records=records)
        _check_quantities(rights, book, standing, wanted, waiting)
    order = ask_allowances.ask_surrender(
        rights.city, book, period, wanted.enterprise, quantity=wanted.quantity, credits=wanted.credits, day=wanted.day, who=who,
        plants=plants, id=wanted.id, records=records,
    )  # fmt: skip
    return (order,)


def sum_waiting(rights: Rights, book: str, enterprise: str, waiting: Sequence[Order]) -> tuple[int, int]:
    """What of a company waits to be surrendered for a book.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    book : str
        Book of the period.
    enterprise : str
        The company.
    waiting : sequence of Order
        Orders that wait.

    Returns
    -------
    (int, int)
        Allowances and credits. [t]
    """
    named = act.Surrender("", book, "", enterprise, 0, 0, find_offset_book(rights.city), "")
    with open_city_ledger(rights.city) as ledger:
        return ask_allowances.sum_waiting(ledger, named, waiting)


def _check_form(wanted: Surrender) -> None:
    if wanted.quantity < 0 or wanted.credits < 0 or wanted.quantity + wanted.credits == 0:
        said = f"{wanted.quantity} + {wanted.credits}"
        raise _bad("quantity", said, Label("至少一项大于零", "at least one of the two above zero"))
    try:
        date.fromisoformat(wanted.day)
    except ValueError:
        raise _bad("day", wanted.day, Label("日期，如 2026-01-31", "a day such as 2026-01-31")) from None


def _check_quantities(rights: Rights, book: str, standing: Standing, wanted: Surrender, waiting: Sequence[Order]) -> None:
    allowances, offset = sum_waiting(rights, book, wanted.enterprise, waiting)
    if wanted.quantity + allowances > standing.free:
        free = f"{standing.free - allowances:,}"
        raise _bad(
            "quantity", f"{wanted.quantity:,}", Label(f"不超过可用的 {free} t", f"no more than the {free} t that are free")
        )
    if not wanted.credits:
        return
    most = None if standing.limit is None else standing.limit.whole
    if most is None:
        said = Label(
            "先补报经核查排放量：应清缴量未知，抵销上限不可计算",
            "verified emissions first: without them the limit is not known",
        )
        raise _bad("credits", f"{wanted.credits:,}", said)
    left = most - standing.credits - offset
    if wanted.credits > left:
        said = Label(f"不超过抵销上限余量 {left:,} t", f"no more than the {left:,} t that are left of the limit on credits")
        raise _bad("credits", f"{wanted.credits:,}", said)


def _bad(field: str, text: str, expected: Label) -> SettingError:
    return SettingError(
        Label(f"“{text[:60]}”不能采用", f"'{text[:60]}' cannot be used"),
        where=field,
        expected=expected,
        remedy=Label("改正后重试；没有提出申请", "correct it and try again; nothing was asked"),
    )
