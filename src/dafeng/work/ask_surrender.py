"""Asking for a surrender: orders that wait for a second person, with the limit on credits held before anything is asked.

Invariant: what waits counts as used, so that orders that are all accepted do not pass the limit
as it was when they were asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.ledger.refusals import Refused
from dafeng.ledger.requests import OpenAccount, Transfer
from dafeng.store.records import Records
from dafeng.work.allotments import HOLDERS, refused
from dafeng.work.right_orders import Order, place_order, read_order, read_orders
from dafeng.work.right_rows import AccountRow, read_accounts
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
        One for the allowances, one for the credits; each waits for a second person. Asked again, they are the same orders.

    Raises
    ------
    SettingError
        If nothing is asked, the day is none, more is asked than is free, or credits would pass their limit.
    LookupFailure
        If the book or the company has no account.
    """
    _check_form(wanted)
    period = rights.find_book(book).period
    with rights.reading():  # one at a time, so that two who ask at once cannot both have the last credit
        fresh = _leave_known(rights, wanted, records)
        if fresh.quantity or fresh.credits:
            found = settle(rights.city, book, period, plants=plants)
            standing = next((one for one in found.standings if one.enterprise == wanted.enterprise), None)
            if standing is None:
                raise _bad(
                    "enterprise", wanted.enterprise, Label("本账簿已开户的企业", "a company with an account in the book")
                )
            waiting = read_orders(rights, states=("waiting", "handed"), limit=MOST, records=records)
            _check_quantities(rights, book, standing, fresh, waiting)
        requests = _requests(rights, book, period, wanted)
        return tuple(place_order(rights, one, who=who, records=records) for one in requests)


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
    bank = find_offset_book(rights.city)
    givers = {one.name for name in (book, bank) for one in _holders(rights, name, enterprise)}
    asked = [one.request for one in waiting if isinstance(one.request, Transfer) and one.request.kind == "surrender"]
    own = [one for one in asked if one.giver in givers]
    sinks = (_sink(rights, book), f"{bank}.surrendered.{book}")
    allowances, offset = (sum(one.quantity for one in own if one.taker == sink) for sink in sinks)
    return allowances, offset


def _check_form(wanted: Surrender) -> None:
    if wanted.quantity < 0 or wanted.credits < 0 or wanted.quantity + wanted.credits == 0:
        said = f"{wanted.quantity} + {wanted.credits}"
        raise _bad("quantity", said, Label("至少一项大于零", "at least one of the two above zero"))
    try:
        date.fromisoformat(wanted.day)
    except ValueError:
        raise _bad("day", wanted.day, Label("日期，如 2026-01-31", "a day such as 2026-01-31")) from None


def _leave_known(rights: Rights, wanted: Surrender, records: Records) -> Surrender:
    """What of it was not asked before; the first answer holds for the rest."""

    def known(id: str) -> bool:
        try:
            read_order(rights, id, records=records)
        except LookupFailure:
            return False
        return True

    quantity = 0 if known(wanted.id) else wanted.quantity
    return replace(wanted, quantity=quantity, credits=0 if known(f"{wanted.id}:credits") else wanted.credits)


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


def _requests(rights: Rights, book: str, period: str, wanted: Surrender) -> list[Transfer]:
    made = []
    if wanted.quantity:
        giver = _need(rights, book, wanted.enterprise)
        made.append(Transfer(wanted.id, "surrender", giver, _sink(rights, book), wanted.quantity, wanted.day, reason=period))
    if wanted.credits:
        bank = find_offset_book(rights.city)
        giver, account = _need(rights, bank, wanted.enterprise), f"{bank}.surrendered.{book}"
        opened = rights.submit([[OpenAccount(f"open:{account}", account, bank, "surrendered", ("authority",))]])[0][0]
        if isinstance(opened, Refused) and opened.code not in ("account_exists", "name_taken"):
            raise refused(opened)
        name = f"{wanted.id}:credits"
        made.append(Transfer(name, "surrender", giver, account, wanted.credits, wanted.day, reason=f"{book} {period}"))
    return made


def _need(rights: Rights, book: str, enterprise: str) -> str:
    found = _holders(rights, book, enterprise)
    if not found:
        said = Label(f"在账簿“{book}”中的账户", f"an account in book '{book}'")
        raise _bad("enterprise", enterprise, said)
    return found[0].name


def _sink(rights: Rights, book: str) -> str:
    """Account of a book that takes what is surrendered."""
    number = rights.find_book(book).no
    with rights.reading() as rows:
        found = read_accounts(rows, book=number, kind="surrendered", limit=1)
    if not found:
        raise _bad("book", book, Label("有清缴账户的账簿", "a book with an account that takes what is surrendered"))
    return found[0].name


def _holders(rights: Rights, book: str, enterprise: str) -> list[AccountRow]:
    number = next((one.no for one in rights.books() if one.name == book), 0)
    if not number:
        return []
    with rights.reading() as rows:
        found = read_accounts(rows, book=number, holder=enterprise, limit=50)
    return [one for one in found if one.type in HOLDERS.split() and one.state != "closed"]


def _bad(field: str, text: str, expected: Label) -> SettingError:
    return SettingError(
        Label(f"“{text[:60]}”不能采用", f"'{text[:60]}' cannot be used"),
        where=field,
        expected=expected,
        remedy=Label("改正后重试；没有提出申请", "correct it and try again; nothing was asked"),
    )
