"""What holds for an order before the ledger is asked: who must decide, what it may free, and what goes with it.

Invariant: units begin and end by two persons; credits begin in the register of projects alone; what was set aside elsewhere is
freed there; a group goes back whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dafeng.core.errors import ConflictError, LookupFailure
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.core.typed import read_typed_day
from dafeng.ledger.act import Act
from dafeng.ledger.definitions import account_types, makes_or_ends
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.loading import find_mates
from dafeng.ledger.requests import Hold, Post, Release, Request, Reverse, SetState, Transfer, Void, decode, encode
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import CLAIM, EVENT
from dafeng.work.city_days import find_bounds
from dafeng.work.credit_books import list_credit_books
from dafeng.work.order_bounds import is_reserved
from dafeng.work.right_rows import find_account_row, read_books
from dafeng.work.rights import Rights


class _Claimed(NamedTuple):
    account: int
    kind: str
    asked: int
    content: str


def spell_verb(request: Request) -> str:
    """Verb of a request.

    Parameters
    ----------
    request : Request
        Any request.

    Returns
    -------
    str
        ``transfer``, ``hold`` …
    """
    return encode(request).split('"', 2)[1]


def needs_pair(rights: Rights, request: Request) -> bool:
    """Whether two persons are needed: by the verb, by what is frozen or blocked, because units begin or end, or it is large.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    request : Request
        What is asked.

    Returns
    -------
    bool
        False too where the account is unknown: the ledger refuses it at once.
    """
    plans, verb = rights.plans(), spell_verb(request)
    if not rights.has_ledger() or not isinstance(request, Transfer | Hold | Release | Post | SetState):
        return plans.needs_pair(verb, request, None)
    with rights.reading() as rows:
        asked, account = None, None
        claim = _find_claim(rows, _claim_of(request))
        if isinstance(request, Post) and claim is not None and claim.content:
            request = decode(request.pending, claim.content)  # to book it needs whom the transfer itself needs
        if isinstance(request, Transfer | Hold | SetState):
            account = find_account_row(rows, name=request.giver if isinstance(request, Transfer) else request.account)
        elif claim is not None:
            asked, account = claim.asked, find_account_row(rows, number=claim.account)
        taker = find_account_row(rows, name=request.taker) if isinstance(request, Transfer) else None
        books = {one.no: one for one in read_books(rows)}
    if account is None:
        return False
    told = {claim.kind} if claim is not None else {request.kind} if isinstance(request, Hold) else set()
    if isinstance(request, SetState):
        told = {request.state, account.state}
    if told & plans.pairs:
        return True
    if isinstance(request, SetState):
        return plans.needs_pair(verb, request, None)
    if taker is not None and makes_or_ends(account.type, taker.type):
        return True
    return plans.needs_pair(verb, request, (books[account.book].instrument, books[account.book].scale), asked=asked)


def check_claims(rights: Rights, group: Sequence[Request | Act], placed: Callable[[str], bool]) -> None:
    """Refuse to free here what a market, a register or a programme has set aside.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : sequence of Request or Act
        What is asked.
    placed : callable
        Whether an order has an id.

    Raises
    ------
    ConflictError
        If a hold or pending transfer that it frees, books or draws on was placed by no order, or will never be: its id is of
        a form in which the machinery of the ledger makes its own.
    """
    named = {claim for request in group if not isinstance(request, Act) and (claim := _claim_of(request))}
    unplaced = sorted(name for name in named if not placed(name))
    foreign = [name for name in unplaced if is_reserved(name)]
    if unplaced and not foreign and rights.has_ledger():
        with rights.reading() as rows:
            foreign = [name for name in unplaced if _find_claim(rows, name) is not None]
    if foreign:
        raise ConflictError(
            Label(f"“{foreign[0][:60]}”不是在这里冻结的", f"'{foreign[0][:60]}' was not set aside here"),
            where="hold",
            expected=Label("由申请设立的冻结、质押或待办划转", "a hold or pending transfer that an order placed"),
            remedy=Label(
                "在设立它的地方解除，例如撤回市场报单", "free it where it was placed, as by withdrawing the market order"
            ),
        )


def check_issue(rights: Rights, group: Sequence[Request | Act]) -> None:
    """Refuse to make credits here: the register of projects issues them, each verified period once.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : sequence of Request or Act
        What is asked.

    Raises
    ------
    ConflictError
        If units would leave the issuer of a book whose instrument a scheme of credits issues.
    """
    givers = {request.giver for request in group if isinstance(request, Transfer)}  # an issuer gives nothing that is pending
    if not givers or not rights.has_ledger():
        return
    issued = list_credit_books(rights.plans(), read_schemes(rights.city.overlay))
    with rights.reading() as rows:
        books = {one.no for one in read_books(rows) if issued.has(one.name, one.instrument)}
        for name in sorted(givers):
            account = find_account_row(rows, name=name)
            if account is not None and account.book in books and account_types()[account.type].floor == "limit":
                raise _registered_only(name)


def _registered_only(account: str) -> ConflictError:
    return ConflictError(
        Label(
            f"“{account[:60]}”的减排量只能经项目登记签发",
            f"what '{account[:60]}' gives is issued by the register of projects only",
        ),
        where="issue",
        expected=Label(
            "已登记项目中经核查、尚未签发的核算期", "a verified period of a registered project that was not issued yet"
        ),
        remedy=Label(
            "登记项目并办理至签发：dafeng credit enter、step … issue", "register the project: dafeng credit enter, step … issue"
        ),
    )


def check_days(rights: Rights, group: Sequence[Request]) -> None:
    """Whether the effective days of movements are such as their books may have.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : sequence of Request
        What is asked.

    Raises
    ------
    SettingError
        If a day is out of bounds or none.
    """
    for request in group:
        if not isinstance(request, Transfer | Reverse):
            continue
        try:
            period = rights.find_account(request.giver)[1].period if isinstance(request, Transfer) else ""
        except LookupFailure:
            period = ""  # the ledger says what is wrong with the account
        first, last = find_bounds(rights.city, period)
        read_typed_day(request.effective, where="effective", first=first, last=last)


def find_blank(request: Request) -> str:
    """A reason or beneficiary of nothing but blanks.

    Parameters
    ----------
    request : Request
        What is asked.

    Returns
    -------
    str
        Name of the field; empty if there is none.
    """
    fields = request._asdict()
    return next((f"{one} ' '" for one in ("reason", "beneficiary") if (told := fields.get(one)) and not fold_person(told)), "")


def with_mates(rights: Rights, request: Request) -> list[Request]:
    """A request with those that go with it.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    request : Request
        What is asked.

    Returns
    -------
    list of Request
        Of the reversal of a movement that was booked with others those of all of them, the last movement first; else itself.
    """
    if not isinstance(request, Reverse) or request.alone or not rights.has_ledger():
        return [request]
    with rights.reading() as rows:
        found = [row for row in rows.find(EVENT, "id", [request.transfer]) if row[9]]
        mates = find_mates(rows, {found[0][2]})[found[0][2]] if found else {}
    if len(mates) < 2:
        return [request]
    last_first = sorted(mates, key=lambda name: -mates[name])
    return [
        request if name == request.transfer else request._replace(id=f"{request.id}:{at + 1}", transfer=name)
        for at, name in enumerate(last_first)
    ]


def _find_claim(rows: LedgerRows, name: str) -> _Claimed | None:
    found = rows.find(CLAIM, "id", [name])
    return _Claimed(found[0][1], found[0][2], found[0][3], found[0][10]) if found else None


def _claim_of(request: Request) -> str:
    """Claim that a request frees, books or draws on; empty where it does none of these."""
    if isinstance(request, Release | Transfer):
        return request.hold
    return request.pending if isinstance(request, Post | Void) else ""
