"""Books and accounts: opened, limited, blocked and closed.

Invariant: an account has what its type asks for (holder, representatives, installation, period) from its first day on.
"""

from __future__ import annotations

from dafeng.core.persons import fold_person
from dafeng.ledger.claims import expire_claims
from dafeng.ledger.definitions import account_types
from dafeng.ledger.movements import read_day
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import OpenAccount, OpenBook, SetBook, SetLimit, SetState
from dafeng.ledger.state import Account, Book, State

STATES = ("open", "blocked", "closed")
"""States of an account."""


def open_book(state: State, request: OpenBook) -> None:
    """Open a book.

    Parameters
    ----------
    state : State
        The state.
    request : OpenBook
        The request.

    Raises
    ------
    Refusal
        ``book_exists``.
    """
    if request.book in state.books:
        raise Refusal("book_exists", request.book)
    state.books_made += 1
    book = Book(
        state.books_made, request.book, request.instrument, request.unit, request.scale, request.serials, request.period,
        request.project,
    )  # fmt: skip
    state.keep(state.books, request.book, book)
    state.save(book)


def set_book(state: State, request: SetBook) -> None:
    """Close or open a book, or lock its past.

    Parameters
    ----------
    state : State
        The state.
    request : SetBook
        The request.

    Raises
    ------
    Refusal
        ``book_unknown`` or ``malformed``.
    """
    book = state.books.get(request.book)
    if book is None:
        raise Refusal("book_unknown", request.book)
    if request.state not in ("", "open", "closed"):
        raise Refusal("malformed", f"state {request.state}")
    locked = read_day(request.before) if request.before else book.locked
    state.save(book)
    book.state, book.locked = request.state or book.state, locked


def open_account(state: State, request: OpenAccount) -> None:
    """Open an account of a book.

    Parameters
    ----------
    state : State
        The state.
    request : OpenAccount
        The request.

    Raises
    ------
    Refusal
        What the account lacks, or what it has in common with another one.
    """
    sort = account_types().get(request.type)
    book = state.books.get(request.book)
    if sort is None:
        raise Refusal("type_unknown", request.type)
    if book is None:
        raise Refusal("book_unknown", request.book)
    if book.state != "open":
        raise Refusal("book_closed", request.book)
    if request.account in state.accounts:
        raise Refusal("account_exists", request.account)
    if flaw := _lacks(request, book, sort.represented, sort.installed, sort.timed):
        raise Refusal(flaw, request.account)
    for code, key in unique_keys(request):
        if key in state.taken:
            raise Refusal(code, request.account)
        state.keep(state.taken, key, request.account)
        state.newly_taken.append((key, request.account))
    state.accounts_made += 1
    account = Account(
        state.accounts_made, request.account, book, sort, request.holders[0], request.name or request.account, request.registry
    )
    account.limit = request.limit or 0
    state.keep(state.accounts, request.account, account)
    state.keep(state.by_number, account.no, account)
    state.save(account)


def unique_keys(request: OpenAccount) -> list[tuple[str, str]]:
    """What no other account of the book may have, with the code of the refusal.

    Parameters
    ----------
    request : OpenAccount
        The request.

    Returns
    -------
    list of (code, key)
        Its installations and its name.
    """
    keys = [("installation_taken", f"installation\n{request.book}\n{one}") for one in request.installations]
    return [*keys, *([("name_taken", f"name\n{request.book}\n{request.name}")] if request.name else [])]


def _fold(names: tuple[str, ...]) -> list[str]:
    return [fold_person(name) for name in names]


def _lacks(request: OpenAccount, book: Book, represented: bool, installed: bool, timed: bool) -> str:
    checks = (
        ("holder_count", len(request.holders) != 1),
        ("primary_count", represented and len(request.primary) != 1),
        ("secondary_count", represented and len(request.secondary) != 1),
        ("representatives_same", represented and _fold(request.primary) == _fold(request.secondary)),
        ("installation_count", installed and len(request.installations) != 1),
        ("contact_count", installed and len(request.contacts) != 1),
        ("period_wrong", timed and request.period != book.period),
    )
    return next((code for code, wrong in checks if wrong), "")


def set_state(state: State, request: SetState) -> None:
    """Block an account, open it again, or close it for good.

    Parameters
    ----------
    state : State
        The state.
    request : SetState
        The request.

    Raises
    ------
    Refusal
        ``giver_unknown``, ``reason_missing``, ``malformed`` or ``account_in_use``.
    """
    account = state.accounts.get(request.account)
    if account is None or account.state == "closed":
        raise Refusal("giver_unknown", request.account)
    if request.state not in STATES:
        raise Refusal("malformed", f"state {request.state}")
    if not request.reason:
        raise Refusal("reason_missing", request.id)
    expire_claims(state, account, state.known_at)
    if request.state == "closed" and (account.balance or account.claims):
        raise Refusal("account_in_use", request.account)
    state.save(account)
    account.state = request.state


def set_limit(state: State, request: SetLimit) -> None:
    """Change how much an issuer may have issued.

    Parameters
    ----------
    state : State
        The state.
    request : SetLimit
        The request.

    Raises
    ------
    Refusal
        ``giver_unknown``, ``type_mismatch``, ``reason_missing`` or ``limit_below``.
    """
    account = state.accounts.get(request.account)
    if account is None or account.state == "closed":
        raise Refusal("giver_unknown", request.account)
    if account.type.floor != "limit":
        raise Refusal("type_mismatch", account.type.name)
    if not request.reason:
        raise Refusal("reason_missing", request.id)
    if request.limit < -account.balance:
        raise Refusal("limit_below", request.account)
    state.save(account)
    account.limit = request.limit
