"""What the pages of rights show: rows of the ledger with their words, and the windows of long lists.

Invariant: nothing is computed here; a list is read from the key of its last row, never counted through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label, Language
from dafeng.ledger.definitions import account_types, kinds
from dafeng.web.api_choices import Choices
from dafeng.web.asking import Ask
from dafeng.web.book_words import is_unused, say_unit
from dafeng.web.labels import Words
from dafeng.web.unknown_choices import take_choices
from dafeng.work.city_days import city_today
from dafeng.work.noted_orders import Order, find_behind, read_orders
from dafeng.work.order_foresight import list_free_kinds
from dafeng.work.right_books import tell_quantity
from dafeng.work.right_certificate import CERTIFIED, find_certificate
from dafeng.work.right_checks import check_movement
from dafeng.work.right_events import find_transfer, read_event, read_moves
from dafeng.work.right_overview import ENDS, sum_book, sum_books, tell_request
from dafeng.work.right_people import check_event, check_private, sum_shown
from dafeng.work.right_proof import find_day_proof
from dafeng.work.right_rows import (
    AccountRow,
    find_account_row,
    read_accounts,
    read_blocks,
    read_claims,
    read_projects,
    read_statement,
    tell_instant,
)

Context = dict[str, Any]
LINES = 50
"""Rows of a page."""
ISSUERS = 20
"""Issuers of a book whose limit has a form."""
BLOCKS = 40
"""Blocks of serial numbers of an account that are shown."""
FORMS = ("transfer", "retire", "hold", "release", "post", "void", "reverse", "set_state", "set_limit")
"""What can be asked for on the page of an account."""
STATES = ("open", "blocked", "closed")
"""States of an account."""
REVERSED = Label("更正", "reversal")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the ledger said no, in the reader's language.

    Parameters
    ----------
    code, annex : str
        Code here and number of the EU register's response; empty where there is none.
    says, remedy : str
        What is wrong and what to do.
    about : str
        What it is about.
    """

    code: str
    annex: str
    says: str
    remedy: str
    about: str


def say_refusal(order: Order, language: Language) -> Refused | None:
    """Refusal of an order.

    Parameters
    ----------
    order : Order
        The order.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    Refused or None
        ``None`` where it was not refused.
    """
    reason = order.reason
    if order.state != "refused" or reason is None:
        return None
    return Refused(reason.code, reason.annex, reason.says.read(language), reason.remedy.read(language), order.about)


def build_books(ask: Ask) -> Context:
    """What the overview shows.

    Parameters
    ----------
    ask : Ask
        The request.

    Returns
    -------
    dict
        Books with their sums, those in which nothing moved apart; definitions that can be opened, orders that wait.
    """
    rights = ask.office.rights
    books = sum_shown(rights, may=ask.visitor.sees_private)
    return {
        "books": books, "used": [one for one in books if not is_unused(one)],
        "unused": [one for one in books if is_unused(one)],
        "plans": rights.plans().books, "waiting": _waiting(ask), "ends": ENDS,
    }  # fmt: skip


def build_book(ask: Ask, number: int) -> Context:
    """What the page of a book shows.

    Parameters
    ----------
    ask : Ask
        The request.
    number : int
        Number of the book.

    Returns
    -------
    dict
        Sums, one window of its accounts, projects.

    Raises
    ------
    LookupFailure
        If there is none.
    AccessError
        If it is a person's, or full of them, and whoever asks may not see it.
    """
    rights, query = ask.office.rights, ask.request.query_params
    sums = sum_book(rights, str(number))
    check_private(rights, sums.book.name, may=ask.visitor.sees_private)
    known: Choices = {"type": account_types(), "state": STATES, "holder": None, "account": None}
    kept, told = take_choices(query, known, "rights", Words(ask.language))
    chosen = {name: text[:128] for name, text in kept.items()}
    after = _number(query.get("after"))
    with rights.reading() as rows:
        one = find_account_row(rows, name=chosen["account"]) if chosen["account"] else None
        found = [one] if one is not None and one.book == sums.book.no else []
        if not chosen["account"]:
            found = read_accounts(
                rows, book=sums.book.no, kind=chosen["type"], state=chosen["state"], holder=chosen["holder"], after=after,
                limit=LINES + 1,
            )  # fmt: skip
        projects = read_projects(rows, sums.book.no)
        issuers = read_accounts(rows, book=sums.book.no, kind="issuer", limit=ISSUERS)
    return {
        "sums": sums, "rows": found[:LINES], "more": found[LINES - 1].no if len(found) > LINES else 0, "after": after,
        "chosen": {name: text for name, text in chosen.items() if text}, "projects": projects, "types": account_types(),
        "states": STATES, "unknown_choices": told, "q": sums.tell, "issuers": issuers,
        "locked": date.fromordinal(sums.book.locked).isoformat() if sums.book.locked > 1 else "",
        "ids": {act: uuid4().hex for act in ("set_limit", "set_book")},
        "waiting": [one for one in _waiting(ask) if _names(one) & {sums.book.name, *(row.name for row in issuers)}],
    }  # fmt: skip


def build_account(ask: Ask, number: int) -> Context:
    """What the page of an account shows.

    Parameters
    ----------
    ask : Ask
        The request.
    number : int
        Number of the account.

    Returns
    -------
    dict
        The account, a page of its statement, claims, blocks, and ids for the forms.

    Raises
    ------
    LookupFailure
        If there is none.
    AccessError
        If it is a person's, or full of them, and whoever asks may not see it.
    """
    rights, query = ask.office.rights, ask.request.query_params
    account, book = rights.find_account("", number=number)
    check_private(rights, book.name, may=ask.visitor.sees_private)
    before, after = _number(query.get("before")), _number(query.get("after"))
    with rights.reading() as rows:
        lines = read_statement(rows, account.no, before=before, after=after, limit=LINES + 1)
        claims, blocks = read_claims(rows, account.no), read_blocks(rows, account.no, limit=BLOCKS + 1)
    beyond = len(lines) > LINES
    shown = lines[1:] if beyond and after else lines[:LINES]
    return {
        "account": account, "book": book, "sums": sum_book(rights, str(book.no)), "type": account_types()[account.type],
        "q": lambda value: tell_quantity(value, book.scale), "lines": shown, "kind": _name_kind, "certified": CERTIFIED,
        "older": shown[-1].seq if shown and (beyond or after) else 0,
        "newer": shown[0].seq if shown and (before or (after and beyond)) else 0,
        "claims": claims, "blocks": blocks[:BLOCKS], "more_blocks": len(blocks) > BLOCKS,
        "kinds": [(name, kinds()[name].label) for name in list_free_kinds(rights, account)],
        "today": city_today(rights.city).isoformat(), "now": datetime.now(UTC),
        "final": [name for name, one in kinds().items() if one.final], "asked": query.get("reverse", "")[:128],
        "ids": {act: uuid4().hex for act in FORMS},
        "waiting": [one for one in _waiting(ask) if account.name in _names(one)],
    }  # fmt: skip


def build_event(ask: Ask, number: int) -> Context:
    """What the page of an event shows: how a figure of a statement came about.

    Parameters
    ----------
    ask : Ask
        The request.
    number : int
        Number of the event.

    Returns
    -------
    dict
        The event, its request, its order, serial numbers, the hash before it.

    Raises
    ------
    LookupFailure
        If there is none.
    AccessError
        If it is a person's, or full of them, and whoever asks may not see it.
    """
    rights = ask.office.rights
    with rights.reading() as rows:
        check_event(rights, rows, number, may=ask.visitor.sees_private)
        event, former = read_event(rows, seq=number), read_event(rows, seq=number - 1)
        if event is None:
            raise _no_event(number)
        giver, taker = (find_account_row(rows, number=one) if one else None for one in (event.giver, event.taker))
        serials, payload = read_moves(rows, number), find_transfer(event, rows)
        forged = check_movement(rows, number) if event.kind in CERTIFIED else ()
    book = rights.find_book(str(giver.book)) if giver is not None else None
    order = find_behind(rights, event.id, records=ask.office.records)
    return {
        "event": event, "former": former.hash.hex() if former is not None else "", "giver": giver, "taker": taker,
        "serials": serials, "payload": payload, "book": book, "order": order, "kind": _name_kind,
        "q": lambda value: tell_quantity(value, book.scale if book else 0),
        "certificate": find_certificate(rights, number) if event.kind in CERTIFIED and not forged else None,
        "forged": forged,
        "day_proof": find_day_proof(rights, number),
    }  # fmt: skip


def build_orders(ask: Ask) -> Context:
    """What the list of orders shows.

    Parameters
    ----------
    ask : Ask
        The request.

    Returns
    -------
    dict
        Those that wait, and one window of all.
    """
    rights, offset = ask.office.rights, _number(ask.request.query_params.get("offset"))
    found = read_orders(rights, offset=offset, limit=LINES + 1, records=ask.office.records)
    listed = sorted(found[:LINES], key=_place, reverse=True)
    scales = {one.book.no: one.book for one in sum_books(rights)}
    return {
        "waiting": [(one, _say_order(ask, one, scales)) for one in _waiting(ask)],
        "rows": [(one, _say_order(ask, one, scales), say_refusal(one, ask.language)) for one in listed],
        "offset": offset, "more": offset + LINES if len(found) > LINES else 0, "newer": max(offset - LINES, 0),
        "kind": _name_kind,
    }  # fmt: skip


def _waiting(ask: Ask) -> tuple[Order, ...]:
    return read_orders(ask.office.rights, states=("waiting",), limit=200, records=ask.office.records)


def _place(order: Order) -> tuple[datetime, int]:
    """Where an order stands: what was asked at one instant, such as a book with its accounts, as it was booked."""
    return order.at, order.event or 0


def _names(order: Order) -> set[str]:
    """Accounts and books that an order names."""
    return {text for text in tell_request(order).values() if isinstance(text, str)}


def _say_order(ask: Ask, order: Order, books: Mapping[int, Any]) -> Context:
    """An order for the eye: accounts with their numbers, the quantity in units."""
    told = tell_request(order)
    name = str(told.get("giver") or told.get("account") or told.get("book") or "")
    row: AccountRow | None = None
    if name and ask.office.rights.has_ledger():
        with ask.office.rights.reading() as rows:
            row = find_account_row(rows, name=name)
    own = books.get(row.book) if row is not None else None
    book = own or next((one for one in books.values() if one.name == told.get("book")), None)
    quantity = told.get("quantity", told.get("limit"))
    unit = str(told.get("unit") or (book.unit if book else ""))  # a budget names its own: its book may not be open yet
    scale = int(told.get("scale", book.scale if book else 0))
    return {
        "name": name, "number": row.no if row is not None else 0, "taker": told.get("taker") or told.get("into") or "",
        "quantity": tell_quantity(quantity, book.scale) if book and isinstance(quantity, int) else quantity,
        "unit": say_unit(unit, ask.language) if unit else "",
        "beneficiary": told.get("beneficiary", ""), "reason": told.get("reason", ""),
        "project": told["project"] if isinstance(told.get("project"), str) else "", "serials": told.get("spans", ()),
        "about": told.get("transfer") or told.get("hold") or told.get("pending") or told.get("holder") or "",
        "before": told.get("before", "") if isinstance(told.get("before"), str) else "", "state": told.get("state", ""),
        "parts": _list_parts(told, scale), "shares": "shares" in told, "beyond": bool(told.get("beyond")),
        "until": tell_instant(told["until"]) if isinstance(told.get("until"), int) else None,
        "due": tell_quantity(told["due"], book.scale if book else 0) if isinstance(told.get("due"), int) else "",
    }  # fmt: skip


def _list_parts(told: Mapping[str, Any], scale: int) -> list[tuple[str, str]]:
    """What an order for several things is made of: whose or what, and how much."""
    shares = told.get("shares")
    if isinstance(shares, Mapping):
        return [(name, tell_quantity(quantity, scale)) for name, quantity in shares.items()]
    if "parts" in told:
        return [(name, tell_quantity(quantity, scale) if quantity else "") for name, quantity in told["parts"]]
    if told.get("credits"):
        pairs = ((told["book"], told["quantity"]), (told["credit_book"], told["credits"]))
        return [(name, tell_quantity(quantity, scale)) for name, quantity in pairs]
    return []


def _name_kind(name: str) -> Label:
    found = kinds().get(name)
    return found.label if found is not None else REVERSED if name == "reverse" else Label(name, name)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _no_event(number: int) -> LookupFailure:
    return LookupFailure(
        Label(f"没有事件 {number}", f"there is no event {number}"),
        where="event",
        expected=Label("账簿中的事件编号", "the number of an event"),
        remedy=Label("在账户明细中查看", "look it up in a statement"),
    )
