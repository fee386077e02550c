"""Booking what companies are entitled to: the book of a period, pre-allocation, true-up, and claims on those who got too much.

Invariant: what is booked is what was worked out; a second run changes nothing, and a refusal is a row with its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.act import Allot, Repay, act_error, act_reasons, name_act, short_hash
from dafeng.ledger.adjustments import Sides
from dafeng.ledger.book_opening import (
    OpenedBook,
    find_opened,
    find_own,
    open_missing,
    open_planned,
    other_book,
    other_limit,
    plan_book,
    read_limits,
)
from dafeng.ledger.enterprise_sides import AllSides
from dafeng.ledger.hand_act import hand_repay
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.refusals import Refused
from dafeng.ledger.requests import MOST, OpenAccount, OpenBook, Request
from dafeng.ledger.shares import hand_allot, judge_share, share_requests
from dafeng.work.allowances import Allowances
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.period_accounts import OpenedAccount, open_accounts
from dafeng.work.period_books import find_allowance_plan, find_year, other_name, read_sides, read_year, refused

NEEDED = ("issuer", "surrendered", "cancelled")
"""Types of the city's accounts that a compliance period needs."""


@dataclass(frozen=True, slots=True)
class BookedShare:
    """What was booked for a company.

    Parameters
    ----------
    enterprise : str
        The company.
    due : int or None
        What it is entitled to. [t]
    booked, owed : int
        What it has been allotted, and what it still has to give back. [t]
    state : str
        ``booked``, ``waiting`` for a second person, ``same`` (nothing to do), ``not_measurable``, or the code of a refusal.
    says : Label
        The same in words.
    """

    enterprise: str
    due: int | None
    booked: int
    owed: int
    state: str
    says: Label


def open_period(city: City, book: str, period: str, *, limit: int, enterprises: Sequence[str]) -> tuple[OpenedAccount, ...]:
    """Open the book of a compliance period with its issuer, claims and the accounts of companies; what is there stays.

    A company whose accounts in a book are all closed gets a new one, under another name; what came and went stays with it.

    Parameters
    ----------
    city : City
        The city.
    book : str
        Name of the book, that of the plan of the instrument; its claims stand in ``<book>.owed``.
    period : str
        Compliance period.
    limit : int
        Most that may be issued. [t]
    enterprises : sequence of str
        Companies.

    Returns
    -------
    tuple of OpenedAccount
        What each company has in the book and in that of the claims: opened now, open before, or refused with the code.

    Raises
    ------
    SettingError
        If the period is no year, has another book or one with another limit, or the ledger refuses to open a book.
    """
    read_year(period)
    plan = find_allowance_plan(city)
    with open_city_ledger(city) as ledger:
        there = find_opened(ledger.rows, plan, period, former=book)
        if book != (there or plan_book(plan, period)).name:
            raise other_book(there, book) if there is not None else other_name(book, plan.name(period))
        if there is not None and limit not in read_limits(ledger.rows, there):
            raise other_limit(there, find_own(ledger.rows, there, "issuer"), limit)
        found = open_planned(ledger, plan, period, holder=city.slug, limit=limit, needs=NEEDED, former=book)
        open_missing(ledger, _openings(found, city.slug))
        return open_accounts(ledger, (found.name, f"{found.name}.owed"), enterprises)


def _openings(found: OpenedBook, holder: str) -> list[Request]:
    """The book of claims on those who got too much, and its issuer."""
    owed = f"{found.name}.owed"
    return [
        OpenBook(f"open:{owed}", owed, f"{found.instrument} owed", found.unit, found.scale, False, found.period),
        OpenAccount(f"open:{owed}.issuer", f"{owed}.issuer", owed, "issuer", (holder,), limit=MOST),
    ]


@dataclass(frozen=True, slots=True)
class WantedShares:
    """What a table of units asks to be booked.

    Parameters
    ----------
    act : Allot
        All shares that are known.
    due : mapping of str to (int or None)
        What companies are entitled to. [t]
    states : mapping of str to str
        ``""`` where something is to be booked, else the state of the company.
    requests : tuple of Request
        What would be booked now.
    """

    act: Allot
    due: Mapping[str, int | None]
    states: Mapping[str, str]
    requests: tuple[Request, ...]


def find_shares(ledger: Ledger, book: str, found: Allowances, *, before: bool, day: str, id: str = "") -> WantedShares:
    """What is to be booked of a table of units.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    book : str
        Book of the period.
    found : Allowances
        What companies are entitled to.
    before : bool
        Whether it is the pre-allocation.
    day : str
        Effective day.
    id : str, optional
        Id of the act; follows from book, day and shares by default.

    Returns
    -------
    WantedShares
        Nothing is booked.

    Raises
    ------
    SettingError
        If it is no book of allowances of a year.
    """
    year = find_year(ledger, book)
    wanted = {one.enterprise: one for one in found.entitlements if one.year == year}
    due = {
        name: (None if one.before is None else one.before.whole) if before else one.allowance for name, one in wanted.items()
    }
    spelt = Counter(map(fold_person, due))
    shares = tuple((name, many) for name, many in due.items() if many is not None and spelt[fold_person(name)] == 1)
    kind = "pre_allocate" if before else "allocate"
    act = Allot(id or name_act(kind, book, day, short_hash(repr(sorted(shares)))), book, before, day, shares)
    sides, states, requests = AllSides(ledger, book), dict.fromkeys(due, "not_measurable"), []
    for number, (name, quantity) in enumerate(shares):
        own = sides.sides(name)
        states[name] = judge_share(own, quantity, before=before)
        if own is not None and not states[name]:
            made = share_requests(act, own, number)
            requests += made
            states[name] = "" if made else "same"
    states |= {name: "holder_twice" for name in due if spelt[fold_person(name)] > 1}
    return WantedShares(act, due, states, tuple(requests))


def book_allowances(
    city: City, book: str, found: Allowances, *, before: bool, day: str, id: str = ""
) -> tuple[BookedShare, ...]:
    """Book at once what companies are entitled to; `ask_allowances` asks for it by an order.

    Parameters
    ----------
    city : City
        The city.
    book : str
        Book of the period.
    found : Allowances
        What they are entitled to.
    before : bool
        Whether it is the pre-allocation; else the final allowance with its true-up.
    day : str
        Effective day.
    id : str, optional
        Id of the act; follows from book, day and shares by default.

    Returns
    -------
    tuple of BookedShare
        One per company with units in the year of the book; what was booked before counts, so a second run changes nothing.

    Raises
    ------
    SettingError
        If it is no book of allowances of a year, or its id was booked before and the book has changed since.
    """
    with open_city_ledger(city) as ledger:
        wanted = find_shares(ledger, book, found, before=before, day=day, id=id)
        codes: Mapping[str, str] = {}
        if wanted.requests:
            codes = hand_allot(ledger, wanted.act).codes
        return tell_shares(ledger, wanted, codes, "booked")


def tell_shares(ledger: Ledger, wanted: WantedShares, codes: Mapping[str, str], state: str) -> tuple[BookedShare, ...]:
    """Companies with what became of their shares.

    Parameters
    ----------
    ledger : Ledger
        An open ledger, after the booking.
    wanted : WantedShares
        What was to be booked.
    codes : mapping of str to str
        Companies that were refused, with the code.
    state : str
        State of the others for which something was to be booked.

    Returns
    -------
    tuple of BookedShare
        In the order of the table.

    Raises
    ------
    SettingError
        ``taken_back``, if it is said to be booked and the book does not have it.
    """
    sides, told = AllSides(ledger, wanted.act.book), []
    for name, quantity in wanted.due.items():
        said = codes.get(name) or wanted.states[name] or state
        own = sides.sides(name)
        if said == "booked" and own is not None and own.booked != quantity:
            raise act_error("taken_back", about=f"{wanted.act.id} {name}: {own.booked} ≠ {quantity}")
        told.append(_share(name, quantity, own, said))
    return tuple(told)


def _share(holder: str, due: int | None, sides: Sides | None, state: str) -> BookedShare:
    says = {
        "booked": Label("已登记", "booked"),
        "waiting": Label("等待另一人复核", "waits for a second person"),
        "rejected": Label("已被复核人驳回", "rejected by the second person"),
        "same": Label("与已登记数一致", "as booked before"),
        "not_measurable": Label("权利数量未知，不予登记", "the entitlement is not known; nothing is booked"),
    }
    if state not in says:
        reason = act_reasons()[state]
        says[state] = Label(f"{reason.says.zh}；{reason.remedy.zh}", f"{reason.says.en}; {reason.remedy.en}")
    booked, owed = (0, 0) if sides is None else (sides.booked, sides.owed)
    return BookedShare(holder, due, booked, owed, state, says[state])


def find_repay(ledger: Ledger, book: str, enterprise: str, *, day: str, quantity: int | None = None, id: str = "") -> Repay:
    """What a company can give back of what is claimed.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    book : str
        Book of the period.
    enterprise : str
        The company.
    day : str
        Effective day.
    quantity : int, optional
        How many; all that it holds by default. [t]
    id : str, optional
        Id of the act; follows from book, company, day and quantity by default.

    Returns
    -------
    Repay
        ``most`` is 0 where nothing is owed or held.

    Raises
    ------
    SettingError
        If it is no book of allowances of a year, or an account is missing.
    """
    find_year(ledger, book)
    sides = read_sides(ledger, book, enterprise)
    name = id or name_act("repay", book, enterprise, day, "" if quantity is None else quantity)
    return Repay(name, book, enterprise, day, quantity, sides.to_repay)


def repay_claim(city: City, book: str, enterprise: str, *, day: str, quantity: int | None = None, id: str = "") -> BookedShare:
    """Let a company give back at once what is claimed; `ask_repay` asks for it by an order.

    Parameters
    ----------
    city : City
        The city.
    book : str
        Book of the period.
    enterprise : str
        The company.
    day : str
        Effective day.
    quantity : int, optional
        How many; all that it holds by default. [t]
    id : str, optional
        Id of the act; follows from book, company, day and quantity by default.

    Returns
    -------
    BookedShare
        What it owes afterwards.

    Raises
    ------
    SettingError
        If an account is missing or the ledger refuses.
    """
    with open_city_ledger(city) as ledger:
        act = find_repay(ledger, book, enterprise, day=day, quantity=quantity, id=id)
        if act.most and isinstance(answer := hand_repay(ledger, act).answer, Refused):
            raise refused(answer)
        return tell_owed(ledger, book, enterprise, "booked" if act.most else "same")


def tell_owed(ledger: Ledger, book: str, enterprise: str, state: str) -> BookedShare:
    """What a company was allotted and still owes.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    book : str
        Book of the period.
    enterprise : str
        The company.
    state : str
        State of what was asked.

    Returns
    -------
    BookedShare
        As it stands.

    Raises
    ------
    SettingError
        If an account is missing.
    """
    now = read_sides(ledger, book, enterprise)
    return BookedShare(enterprise, None, now.booked, now.owed, state, Label(f"尚欠 {now.owed}", f"still owed {now.owed}"))
