"""Units go from one account to another of the same book: who may, when, and which units.

Invariant: a movement takes from one account what it gives to another; the sum of all balances of a book is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from dafeng.core.days import parse_day
from dafeng.ledger.blocks import choose_blocks, make_block, move_block
from dafeng.ledger.claims import expire_claims, place_claim, serve_waiting, spend_claim
from dafeng.ledger.definitions import Kind, kinds
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import MOST, Transfer, encode
from dafeng.ledger.state import Account, Block, Claim, State


@dataclass(frozen=True, slots=True)
class Moved:
    """What a request moved, for its row in the log; nothing by default.

    Parameters
    ----------
    kind : str
        Kind of transfer, ``reverse``, or the verb.
    giver, taker : int
        Numbers of the accounts, 0 for none.
    quantity : int
        Units that moved. [minimal units]
    effective : int
        Legal day as an ordinal, 0 for none.
    """

    kind: str
    giver: int = 0
    taker: int = 0
    quantity: int = 0
    effective: int = 0


@lru_cache(maxsize=4096)
def read_day(text: str) -> int:
    """Ordinal of a day.

    Parameters
    ----------
    text : str
        ISO date, ``YYYY-MM-DD``; no other spelling, so that equal days are spelt equally.

    Returns
    -------
    int
        Days since 0001-01-01, which is 1. [d]

    Raises
    ------
    Refusal
        ``malformed``, if it is no day.
    """
    try:
        return parse_day(text).toordinal()
    except ValueError:
        raise Refusal("malformed", f"day {text}") from None


def transfer(state: State, request: Transfer) -> Moved:
    """Move units, or set them aside until they are posted.

    Parameters
    ----------
    state : State
        The state.
    request : Transfer
        The request.

    Returns
    -------
    Moved
        What moved.

    Raises
    ------
    Refusal
        What stands against it.
    """
    kind = kinds().get(request.kind)
    if kind is None:
        raise Refusal("kind_unknown", request.kind)
    giver, taker = find_sides(state, request.giver, request.taker)
    day = check_sides(kind, giver, taker, request.effective)
    if kind.beneficiary and not request.beneficiary:
        raise Refusal("beneficiary_missing", request.id)
    if not giver.book.serials and (request.spans or request.vintage or request.restricted):
        raise Refusal("serials_missing", giver.book.name)
    if giver.type.floor != "zero" and giver.book.project and not request.project:
        raise Refusal("project_missing", request.id)
    expire_claims(state, giver, state.known_at)
    expire_claims(state, taker, state.known_at)
    if request.until is not None:
        return _set_aside(state, request, kind, giver)
    claim = _claim_to_spend(state, request, giver) if request.hold else None
    if claim is None and giver.free() < request.quantity:
        raise Refusal("over_limit" if giver.type.floor == "limit" else "not_held", giver.name)
    blocks = _blocks_of(state, request, kind, giver, claim)
    if claim is not None:
        spend_claim(state, claim, request.quantity)
    return move(state, request.kind, giver, taker, request.quantity, day, blocks)


def find_sides(state: State, giver: str, taker: str) -> tuple[Account, Account]:
    """The two accounts of a movement.

    Parameters
    ----------
    state : State
        The state.
    giver, taker : str
        Names of the accounts.

    Returns
    -------
    (Account, Account)
        Giver and taker.

    Raises
    ------
    Refusal
        ``taker_unknown`` or ``giver_unknown``, also where it is closed.
    """
    one, two = state.accounts.get(giver), state.accounts.get(taker)
    if two is None or two.state == "closed":
        raise Refusal("taker_unknown", taker)
    if one is None or one.state == "closed":
        raise Refusal("giver_unknown", giver)
    return one, two


def check_sides(kind: Kind, giver: Account, taker: Account, effective: str) -> int:
    """Whether two accounts may be the two sides of a kind of transfer on a day.

    Parameters
    ----------
    kind : Kind
        Kind of transfer.
    giver, taker : Account
        The two sides.
    effective : str
        Legal day.

    Returns
    -------
    int
        The day as an ordinal. [d]

    Raises
    ------
    Refusal
        What stands against it.
    """
    book = giver.book
    if giver is taker:
        raise Refusal("account_same", giver.name)
    if book is not taker.book:
        raise Refusal("book_mismatch", taker.name)
    if kind.outward and giver.registry == taker.registry:
        raise Refusal("registry_same", taker.name)
    if not kind.outward and giver.registry != taker.registry:
        raise Refusal("book_mismatch", taker.name)
    if giver.type.name not in kind.givers or taker.type.name not in kind.takers:
        raise Refusal("type_mismatch", kind.name)
    day = check_day(giver, effective)
    if taker.state == "blocked" and taker.type.floor == "free":
        raise Refusal("book_closed_there", taker.name)
    if giver.state == "blocked" and not kind.passes_blocked:
        raise Refusal("account_blocked", giver.name)
    return day


def check_day(account: Account, effective: str) -> int:
    """Whether the book of an account is open on a day.

    Parameters
    ----------
    account : Account
        The account.
    effective : str
        Legal day.

    Returns
    -------
    int
        The day as an ordinal. [d]

    Raises
    ------
    Refusal
        ``book_closed`` or ``malformed``.
    """
    day = read_day(effective)
    if account.book.state != "open" or day < account.book.locked:
        raise Refusal("book_closed", account.book.name)
    return day


def check_bounds(giver: Account, taker: Account, quantity: int) -> None:
    """Whether both balances stay within what a database can hold.

    Parameters
    ----------
    giver, taker : Account
        The two sides.
    quantity : int
        Units to be moved. [minimal units]

    Raises
    ------
    Refusal
        ``quantity_bad``.
    """
    if giver.balance - quantity < -MOST or taker.balance + quantity > MOST:
        raise Refusal("quantity_bad", giver.name)


def move(state: State, kind: str, giver: Account, taker: Account, quantity: int, day: int, blocks: list[Block]) -> Moved:
    """Book a movement that nothing stands against.

    Parameters
    ----------
    state : State
        The state.
    kind : str
        Kind of transfer.
    giver, taker : Account
        The two sides.
    quantity : int
        Units. [minimal units]
    day : int
        Legal day as an ordinal. [d]
    blocks : list of Block
        The units, where the book has serials.

    Returns
    -------
    Moved
        What moved.

    Raises
    ------
    Refusal
        ``quantity_bad``, if a balance would be out of bounds.
    """
    check_bounds(giver, taker, quantity)
    state.save(giver)
    state.save(taker)
    giver.balance -= quantity
    taker.balance += quantity
    seq = state.seq + 1
    state.postings.append((giver.no, seq, day, -quantity, giver.balance))
    state.postings.append((taker.no, seq, day, quantity, taker.balance))
    for block in blocks:
        move_block(state, block, taker)
        state.moves.append((seq, block.book.no, block.first, block.last))
    if taker.claims:
        serve_waiting(state, taker, state.known_at)
    return Moved(kind, giver.no, taker.no, quantity, day)


def _claim_to_spend(state: State, request: Transfer, giver: Account) -> Claim:
    claim = state.claims.get(request.hold)
    if claim is None or claim.account is not giver or claim.kind == "pending":
        raise Refusal("hold_unknown", request.hold)
    if claim.over:
        raise Refusal("hold_over", request.hold)
    if claim.left < request.quantity:
        raise Refusal("quantity_over", request.hold)
    if any(one.left < one.asked and (one.rank, one.seq) < (claim.rank, claim.seq) for one in giver.claims):
        raise Refusal("hold_ranked", request.hold)
    return claim


def _blocks_of(state: State, request: Transfer, kind: Kind, giver: Account, claim: Claim | None) -> list[Block]:
    if not giver.book.serials:
        return []
    if giver.type.floor == "zero":
        return choose_blocks(
            state, giver, request.quantity, spans=request.spans, vintage=request.vintage,
            claim="" if claim is None else claim.id, restricted=kind.carries_restricted,
        )  # fmt: skip
    if request.spans:
        raise Refusal("not_held", giver.name)
    return [make_block(state, giver, request.quantity, (request.vintage, request.project, request.restricted))]


def _set_aside(state: State, request: Transfer, kind: Kind, giver: Account) -> Moved:
    until = request.until
    if until is None or until <= state.known_at:
        raise Refusal("malformed", "until")
    if request.hold:
        raise Refusal("malformed", "hold")
    if giver.type.floor != "zero":
        raise Refusal("type_mismatch", giver.type.name)
    if giver.free() < request.quantity:
        raise Refusal("not_held", giver.name)
    claim = Claim(request.id, giver, "pending", request.quantity, 0, state.seq + 1, until)
    claim.content = encode(request._replace(until=None, spans=()))
    place_claim(state, claim, spans=request.spans, vintage=request.vintage, restricted=kind.carries_restricted)
    return Moved("set_aside")
