"""Booking, surrender, carry-over and repayment asked for by orders: who asked, and who agreed where two are needed.

Invariant: what waits counts as used, so that orders that are all accepted keep the limits as they were when they were asked;
the same order again is looked at before any limit and has its first answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from dafeng.core.persons import fold_person
from dafeng.ledger.act import Carry, Repay, Surrender, act_error
from dafeng.ledger.enterprise_sides import HOLDERS
from dafeng.ledger.hand_act import (
    carry_requests,
    check_carry,
    check_surrender,
    find_credit_sink,
    repay_requests,
    surrender_requests,
)
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.policies import Worked
from dafeng.ledger.positions import read_positions
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import Request, Transfer
from dafeng.store.records import Records
from dafeng.work.allotments import BookedShare, WantedShares, find_repay, find_shares, tell_owed, tell_shares
from dafeng.work.allowances import Allowances
from dafeng.work.carry_over import make_carry, work_carry
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.noted_orders import Order, find_known
from dafeng.work.review import using
from dafeng.work.right_orders import place_act
from dafeng.work.rights import Rights
from dafeng.work.settle import Standing, make_surrender


def ask_allowances(
    city: City, book: str, found: Allowances, *, before: bool, day: str, who: str, id: str = "", records: Records | None = None
) -> tuple[tuple[BookedShare, ...], Order | None]:
    """Ask for what companies are entitled to, as one order for the whole table.

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
    who : str
        Who asks.
    id : str, optional
        Id of the order; follows from book, day and shares by default.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    (tuple of BookedShare, Order or None)
        One share per company with units in the year of the book, and the order; ``None`` where nothing is to be booked.

    Raises
    ------
    SettingError
        If it is no book of allowances of a year, or the id was booked before and the book has changed since.
    """
    with open_city_ledger(city) as ledger, using(city, records) as opened, Rights(city) as rights:
        wanted = find_shares(ledger, book, found, before=before, day=day, id=id)
        if not wanted.requests:
            return tell_shares(ledger, wanted, {}, "same"), find_known(rights, wanted.act.id, records=opened)
        order = place_act(rights, wanted.act, wanted.requests, who=who, records=opened)
        return tell_shares(ledger, wanted, _codes(order, wanted), _state(order)), order


def _state(order: Order) -> str:
    """State of a company's share whose order has this state."""
    return {"handed": "waiting", "refused": order.code}.get(order.state, order.state)


def _codes(order: Order, wanted: WantedShares) -> dict[str, str]:
    """Companies that an order left out, with the code of the refusal."""
    told = {}
    for one in order.about.split("; "):
        name, _, code = one.rpartition(": ")
        if name in wanted.due and order.state in ("booked", "refused"):
            told[name] = code
    return told


def ask_repay(
    city: City, book: str, enterprise: str, *, day: str, who: str, quantity: int | None = None, id: str = "",
    records: Records | None = None,
) -> tuple[BookedShare, Order | None]:  # fmt: skip
    """Ask for what is claimed to be given back.

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
    who : str
        Who asks.
    quantity : int, optional
        How many; all that it holds by default. [t]
    id : str, optional
        Id of the order; follows from book, company, day and quantity by default.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    (BookedShare, Order or None)
        What the company owes, and the order; ``None`` where nothing is owed or held and nothing was asked under the id.

    Raises
    ------
    SettingError
        If it is no book of allowances of a year, or an account is missing.
    """
    with open_city_ledger(city) as ledger, using(city, records) as opened, Rights(city) as rights:
        act = find_repay(ledger, book, enterprise, day=day, quantity=quantity, id=id)
        known = find_known(rights, act.id, records=opened)
        if known is None and not act.most:
            return tell_owed(ledger, book, enterprise, "same"), None
        requests = [] if known is not None else _find_requests(ledger, act)
        order = place_act(rights, act, requests, who=who, records=opened)
        return tell_owed(ledger, book, enterprise, _state(order)), order


def ask_surrender(
    city: City, book: str, period: str, enterprise: str, *, quantity: int, credits: int, day: str, who: str,
    plants: Path | None = None, id: str = "", beyond: bool = False, records: Records | None = None,
) -> Order:  # fmt: skip
    """Ask for a surrender of allowances and credits, both or neither.

    Parameters
    ----------
    city : City
        The city.
    book, period : str
        Book and compliance year.
    enterprise : str
        The company.
    quantity, credits : int
        Allowances and credits. [t]
    day : str
        Effective day.
    who : str
        Who asks.
    plants : Path, optional
        Table of units.
    id : str, optional
        Id of the order; follows from book, company, day and quantities by default.
    beyond : bool, optional
        Whether more than is owed, or owed for all that is known, may be surrendered.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Order
        Waits for a second person. Asked again, it is the same order.

    Raises
    ------
    SettingError
        If it is more than is owed or credits exceed their limit, what waits counted, or either is not known.
    """
    act = make_surrender(
        city, book, period, enterprise, quantity=quantity, credits=credits, day=day, plants=plants, id=id, beyond=beyond
    )
    with open_city_ledger(city) as ledger, using(city, records) as opened, Rights(city) as rights:
        known = find_known(rights, act.id, records=opened)
        requests = [] if known is not None else _find_requests(ledger, act)

        def check(waiting: Sequence[Order]) -> None:
            try:
                check_surrender(ledger, act, waiting=sum_waiting(ledger, act, waiting))
            except Refusal as cause:
                raise act_error(cause.code, about=cause.about) from cause

        return place_act(rights, act, requests, who=who, check=check, records=opened)


def find_beyond(standing: Standing, order: Order) -> int | None:
    """What a company has surrendered above its obligation once an order is booked.

    Parameters
    ----------
    standing : Standing
        How it stands now.
    order : Order
        The surrender.

    Returns
    -------
    int or None
        Tonnes, 0 where there is none; ``None`` where the obligation is not known. [t]
    """
    due, act = standing.entitlement, order.request
    if due is None or due.obligation is None or due.obligation.whole is None or not isinstance(act, Surrender):
        return None
    coming = act.quantity + act.credits if order.state in ("waiting", "handed") else 0
    return max(standing.surrendered + standing.credits + coming - due.obligation.whole, 0)


def sum_waiting(ledger: Ledger, act: Surrender, orders: Sequence[Order]) -> tuple[int, int]:
    """What of a company waits to be surrendered for a book, however it was asked.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Surrender
        Names company, book and book of credits.
    orders : sequence of Order
        Orders that have not ended.

    Returns
    -------
    (int, int)
        Allowances and credits. [t]
    """
    asked = [one.request for one in orders]
    whose = fold_person(act.holder)
    acts = [one for one in asked if isinstance(one, Surrender) and one.book == act.book and fold_person(one.holder) == whose]
    own, bank = (_accounts(ledger, book, act.holder) for book in (act.book, act.credit_book))
    moves = [one for one in asked if isinstance(one, Transfer) and one.kind == "surrender"]
    sink = find_credit_sink(act.credit_book, act.book)
    given = sum(one.quantity for one in acts) + sum(one.quantity for one in moves if one.giver in own)
    used = sum(one.credits for one in acts) + sum(one.quantity for one in moves if one.giver in bank and one.taker == sink)
    return given, used


def _accounts(ledger: Ledger, book: str, holder: str) -> frozenset[str]:
    found, whose = read_positions(ledger, book, holder=holder), fold_person(holder)
    return frozenset(one.account for one in found if fold_person(one.holder) == whose and one.type in HOLDERS.split())


def ask_carry(
    city: City, old: str, new: str, enterprise: str, *, quantity: int, year: int, day: str, who: str,
    base: Decimal | None = None, id: str = "", records: Records | None = None,
) -> tuple[Worked, Order]:  # fmt: skip
    """Ask for units to be carried from one period into a later one.

    Parameters
    ----------
    city : City
        The city.
    old, new : str
        Books of the two periods.
    enterprise : str
        The company.
    quantity : int
        How many. [t]
    year : int
        Compliance year of the old book.
    day : str
        Effective day.
    who : str
        Who asks.
    base : Decimal, optional
        Base quantity, where the policy does not know it. [t]
    id : str, optional
        Id of the order; follows from books, company, day and quantity by default.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    (Worked, Order)
        The policy as worked out, and the order, which waits for a second person.

    Raises
    ------
    SettingError
        If the books do not belong together, no policy holds, something it needs is not known, or the quantity is above the
        most, what waits counted.
    """
    worked = work_carry(city, old, new, enterprise, year=year, base=base)
    act = make_carry(worked, old, new, enterprise, quantity=quantity, day=day, base=base, id=id)
    with open_city_ledger(city) as ledger, using(city, records) as opened, Rights(city) as rights:
        known = find_known(rights, act.id, records=opened)
        requests = [] if known is not None else _find_requests(ledger, act)

        def check(waiting: Sequence[Order]) -> None:
            others = [one.request for one in waiting if isinstance(one.request, Carry)]
            whose = fold_person(act.holder)
            own = sum(one.quantity for one in others if one.book == act.book and fold_person(one.holder) == whose)
            try:
                check_carry(ledger, act, waiting=own)
            except Refusal as cause:
                raise act_error(cause.code, about=cause.about) from cause

        return worked, place_act(rights, act, requests, who=who, check=check, records=opened)


def _find_requests(ledger: Ledger, act: Surrender | Carry | Repay) -> list[Request]:
    """What an act would become now."""
    try:
        match act:
            case Surrender():
                groups = surrender_requests(ledger, act)
            case Carry():
                groups = carry_requests(ledger, act)
            case Repay():
                groups = repay_requests(ledger, act)
    except Refusal as cause:
        raise act_error(cause.code, about=cause.about) from cause
    return groups[-1]
