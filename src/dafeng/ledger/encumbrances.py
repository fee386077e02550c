"""Units are set aside and set free again: freezes, pledges and pending transfers as requests.

Invariant: what is held moves only through its hold, and never more of it than the hold has.
"""

from __future__ import annotations

from dafeng.ledger.blocks import choose_blocks
from dafeng.ledger.claims import expire_claims, free_claim, place_claim, spend_claim
from dafeng.ledger.definitions import kinds
from dafeng.ledger.movements import Moved, check_sides, find_sides, move
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import Hold, Post, Release, Transfer, Void, decode
from dafeng.ledger.state import Claim, State


def post(state: State, request: Post) -> Moved:
    """Book a pending transfer, whole or in part; the rest is free.

    Parameters
    ----------
    state : State
        The state.
    request : Post
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
    claim = _find_pending(state, request.pending)
    asked = decode(claim.id, claim.content)
    quantity = claim.left if request.quantity is None else request.quantity
    if not isinstance(asked, Transfer) or quantity > claim.left:
        raise Refusal("quantity_over", request.pending)
    kind = kinds()[asked.kind]
    giver, taker = find_sides(state, asked.giver, asked.taker)
    day = check_sides(kind, giver, taker, asked.effective)
    expire_claims(state, taker, state.known_at)
    blocks = choose_blocks(state, giver, quantity, claim=claim.id) if giver.book.serials else []
    spend_claim(state, claim, quantity)
    moved = move(state, asked.kind, giver, taker, quantity, day, blocks)
    if not claim.over:
        free_claim(state, claim, claim.asked, state.known_at)
    return moved


def void(state: State, request: Void) -> Moved:
    """Give up a pending transfer.

    Parameters
    ----------
    state : State
        The state.
    request : Void
        The request.

    Returns
    -------
    Moved
        Nothing moved.

    Raises
    ------
    Refusal
        ``hold_unknown`` or ``hold_over``.
    """
    claim = _find_pending(state, request.pending)
    free_claim(state, claim, claim.asked, state.known_at)
    return Moved("void")


def hold(state: State, request: Hold) -> Moved:
    """Freeze or pledge units.

    Parameters
    ----------
    state : State
        The state.
    request : Hold
        The request.

    Returns
    -------
    Moved
        Nothing moved.

    Raises
    ------
    Refusal
        What stands against it.
    """
    account = state.accounts.get(request.account)
    if account is None or account.state == "closed":
        raise Refusal("giver_unknown", request.account)
    if account.type.floor != "zero" or not account.type.gives or request.kind not in ("freeze", "pledge"):
        raise Refusal("type_mismatch", request.kind)
    if not request.reason:
        raise Refusal("reason_missing", request.id)
    if request.spans and not account.book.serials:
        raise Refusal("serials_missing", account.book.name)
    if request.until is not None and request.until <= state.known_at:
        raise Refusal("malformed", "until")
    expire_claims(state, account, state.known_at)
    if account.free() < request.quantity and (not request.waits or request.spans):
        raise Refusal("not_held", account.name)
    claim = Claim(request.id, account, request.kind, request.quantity, request.rank, state.seq + 1, request.until)
    claim.waits = request.waits
    place_claim(state, claim, spans=request.spans)
    return Moved("hold")


def release(state: State, request: Release) -> Moved:
    """Free units of a freeze or pledge, all or some.

    Parameters
    ----------
    state : State
        The state.
    request : Release
        The request.

    Returns
    -------
    Moved
        Nothing moved.

    Raises
    ------
    Refusal
        ``hold_unknown``, ``hold_over`` or ``quantity_over``.
    """
    claim = state.claims.get(request.hold)
    if claim is None or claim.kind == "pending":
        raise Refusal("hold_unknown", request.hold)
    expire_claims(state, claim.account, state.known_at)
    if claim.over:
        raise Refusal("hold_over", request.hold)
    quantity = claim.asked if request.quantity is None else request.quantity
    if quantity > claim.asked:
        raise Refusal("quantity_over", request.hold)
    free_claim(state, claim, quantity, state.known_at)
    return Moved("release")


def _find_pending(state: State, name: str) -> Claim:
    claim = state.claims.get(name)
    if claim is None or claim.kind != "pending":
        raise Refusal("hold_unknown", name)
    expire_claims(state, claim.account, state.known_at)
    if claim.over:
        raise Refusal("hold_over", name)
    return claim
