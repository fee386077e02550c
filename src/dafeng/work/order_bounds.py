"""What may not be ordered from the ledger by itself: ids, kinds of transfers and accounts that belong to its machinery.

Invariant: what compliance, markets, budgets or carbon inclusion ask under ids of their own, nobody else can have asked before
them; what carries a meaning for them is booked by them alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from dafeng.core.errors import ConflictError
from dafeng.core.labels import Label
from dafeng.ledger.act import Act, name_own
from dafeng.ledger.definitions import free_kinds
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.inclusion.programme import FORMER_CREDITS, GRAMS, Shelf, read_shelf
from dafeng.ledger.requests import (
    Hold,
    OpenAccount,
    Post,
    Release,
    Request,
    Reverse,
    SetBook,
    SetLimit,
    SetState,
    Transfer,
    Void,
)
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import CLAIM, EVENT
from dafeng.work.credit_books import CreditBooks, list_credit_books
from dafeng.work.period_books import INSTRUMENT
from dafeng.work.right_rows import AccountRow, BookRow, find_account_row, read_books
from dafeng.work.rights import Rights

Asker = Literal["", "opening", "budgets", "parts"]
"""Who asks: anybody, the opening of books and accounts, the tree of budgets, or what draws on several accounts in parts."""
SIGNS = (":", "/")
"""Signs that stand in every id that the machinery makes from others, and in no id that is given to an order."""
PART = ":part"
"""Stands between the id of the first part of an order that draws on several accounts and the number of a further one."""
OPENING = "open."
"""How ids of the opening of books and accounts begin."""
ISSUED = "credit:"
"""How ids of what the register of projects issues begin."""
_TREE = "SELECT 1 FROM ledger_account WHERE book = ? AND type = 'budget' AND name LIKE ? LIMIT 1"
"""Whether a tree of budgets was booked in a book: its nodes have accounts."""
_BUDGETS = Label("在预算页面办理，或用 dafeng budget", "use the pages of budgets or dafeng budget")
_REGISTER = Label("用 dafeng credit step … take_back 撤销签发", "take the issue back with dafeng credit step … take_back")
_INCLUSION = Label("在碳普惠页面办理，或用 dafeng inclusion", "use the pages of carbon inclusion or dafeng inclusion")
_OWED = ".owed"
_CLAIMS = Label("用 dafeng allowance book 或 repay 办理", "use dafeng allowance book or repay")


def is_reserved(id: str) -> bool:
    """Whether an id has a form in which the machinery of the ledger makes its own.

    Parameters
    ----------
    id : str
        The id.

    Returns
    -------
    bool
        True where no order may be given it.
    """
    return any(sign in id for sign in SIGNS) or id.startswith(OPENING)


def find_reserved(group: Iterable[Request | Act], *, asker: Asker = "") -> str:
    """First id of a group that may not be given to an order.

    Parameters
    ----------
    group : iterable of Request or Act
        What is asked; an act may have the id that follows from its content.
    asker : {"", "opening", "budgets", "parts"}, optional
        Who asks.

    Returns
    -------
    str
        The id; empty if there is none.
    """
    listed = list(group)
    firsts = {one.id for one in listed if not is_reserved(str(one.id))} if asker == "parts" else set()
    for one in listed:
        own = name_own(one) if isinstance(one, Act) else ""
        if not is_reserved(str(one.id)) or one.id == own or one.id.rpartition(PART)[0] in firsts:
            continue
        if asker != "opening" or not one.id.startswith(OPENING):
            return one.id
    return ""


def find_asker(group: Sequence[Request | Act]) -> Asker:
    """Who asked for what waits: the tree of budgets alone moves budget between two of its nodes.

    Parameters
    ----------
    group : sequence of Request or Act
        What waits.

    Returns
    -------
    {"", "budgets"}
        Who may have asked for it.
    """
    return "budgets" if all(isinstance(one, Transfer) and one.kind == "reallot" for one in group) else ""


def check_bounds(rights: Rights, group: Sequence[Request | Act], *, asker: Asker = "") -> None:
    """Refuse what only a machinery of the ledger may ask.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : sequence of Request or Act
        What is asked; acts are left out, since they are the machinery.
    asker : {"", "opening", "budgets"}, optional
        Who asks.

    Raises
    ------
    ConflictError
        If a transfer is of a kind that is not free in its book, an account or book of budgets, of carbon inclusion or of
        claims is touched, or what the register of projects issued would go back without it.
    """
    requests = [one for one in group if not isinstance(one, Act)]
    if not requests:
        return
    if not rights.has_ledger():
        _check_kinds(requests, {})
        return
    plans = rights.plans()
    issued = list_credit_books(plans, read_schemes(rights.city.overlay))
    with rights.reading() as rows:
        known = {row[1] for row in rows.find(EVENT, "id", [one.id for one in requests])}
        requests = [one for one in requests if one.id not in known]  # the ledger answers them as it did
        books = {one.no: one for one in read_books(rows)}
        touched = [(one, list(_find_touched(rows, books, one))) for one in requests]
        budgets = {one.name for _, found in touched for one, _ in found if rows.query(_TREE, one.no, "%/%")}
        shelf = read_shelf(rows, plans) if any(one.name == GRAMS for one in books.values()) else None
        _check_issued(rows, books, requests, issued)
    allowances = plans.find(INSTRUMENT)

    def is_settled(book: BookRow) -> bool:
        own = allowances is not None and allowances.has(book.name, book.instrument)
        return own or book.instrument == INSTRUMENT or issued.has(book.name, book.instrument)

    _check_kinds(requests, {one.id: any(is_settled(book) for book, _ in found) for one, found in touched})
    for request, found in touched:
        for book, account in found:
            if asker != "budgets" and book.name in budgets:
                raise _kept(account or book.name, _BUDGETS)
            if shelf is not None and _is_of_inclusion(request, book, account, shelf):
                raise _kept(account or book.name, _INCLUSION)
            owed = book.name.endswith(_OWED) or book.instrument == f"{INSTRUMENT} owed"
            if owed and not isinstance(request, OpenAccount):
                raise _kept(account or book.name, _CLAIMS)


def _check_issued(rows: LedgerRows, books: dict[int, BookRow], requests: Iterable[Request], issued: CreditBooks) -> None:
    """What the register of projects issued it takes back itself, else the period would stay issued there for good."""
    for one in requests:
        if not isinstance(one, Reverse) or not one.transfer.startswith(ISSUED):
            continue
        for event in rows.find(EVENT, "id", [one.transfer]):
            giver = find_account_row(rows, number=event[7])
            if giver is None or not issued.has(books[giver.book].name, books[giver.book].instrument):
                continue
            raise ConflictError(
                Label(
                    f"“{one.transfer[:60]}”由项目登记签发，不由申请冲回",
                    f"'{one.transfer[:60]}' was issued by the register of projects and is not reversed by an order",
                ),
                where="transfer",
                expected=Label("不是项目登记签发的变动", "a movement that the register of projects did not issue"),
                remedy=_REGISTER,
            )


def _check_kinds(requests: Iterable[Request], settled: dict[str, bool]) -> None:
    for one in (request for request in requests if isinstance(request, Transfer)):
        found = free_kinds().get(one.kind)  # the ledger says what is wrong with a kind that there is not
        if found is not None and found.remedy is not None and (found.free == "no" or settled.get(one.id, False)):
            raise ConflictError(
                Label(f"“{one.kind}”不能单独申请", f"'{one.kind}' is not ordered by itself"),
                where="kind",
                expected=Label("划转、注销等可单独申请的种类", "a kind that may be, such as transfer or retire"),
                remedy=found.remedy,
            )


def _find_touched(rows: LedgerRows, books: dict[int, BookRow], request: Request) -> Iterable[tuple[BookRow, str]]:
    """Books that a request touches, with the account; the account is empty where it is the book itself."""
    names: list[str] = []
    if isinstance(request, SetBook | OpenAccount):
        yield from ((one, "") for one in books.values() if one.name == request.book)
    elif isinstance(request, SetState | SetLimit | Hold):
        names = [request.account]
    elif isinstance(request, Transfer):
        names = [request.giver, request.taker]
    found: list[AccountRow | None] = [find_account_row(rows, name=name) for name in names if name]
    if isinstance(request, Release | Post | Void):
        claims = rows.find(CLAIM, "id", [request.hold if isinstance(request, Release) else request.pending])
        found = [find_account_row(rows, number=claim[1]) for claim in claims]
    elif isinstance(request, Reverse):
        found = [find_account_row(rows, number=event[7]) for event in rows.find(EVENT, "id", [request.transfer]) if event[7]]
    yield from ((books[one.book], one.name) for one in found if one is not None)


def _is_of_inclusion(request: Request, book: BookRow, account: str, shelf: Shelf) -> bool:
    """Whether a request would touch what carbon inclusion alone moves; credits that it has issued may be given on."""
    if book.name == shelf.points.name or book.name.startswith(f"{FORMER_CREDITS}."):
        return True
    if book.name != shelf.credits.name:
        return False
    own = account in (shelf.issuer, shelf.issued)
    return isinstance(request, SetBook | SetLimit | Reverse) or (own and not isinstance(request, Transfer))


def _kept(name: str, remedy: Label) -> ConflictError:
    return ConflictError(
        Label(f"“{name[:60]}”不由申请变动", f"'{name[:60]}' is not moved by orders"),
        where="account",
        expected=Label("不属于预算、碳普惠或返还义务的账户", "an account of neither budgets, carbon inclusion nor claims"),
        remedy=remedy,
    )
