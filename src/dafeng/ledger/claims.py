"""Units set aside: placed, given back, expired; and who waits in line gets what becomes free.

Invariant: what is held of an account is the sum of what its claims hold; a claim that is over holds nothing. A claim ends at
its instant whether or not anybody looks: whoever touches the account next finds it over.
"""

from __future__ import annotations

from collections.abc import Sequence

from dafeng.ledger.blocks import choose_blocks, mark_block
from dafeng.ledger.requests import Span
from dafeng.ledger.state import Account, Claim, State


def place_claim(state: State, claim: Claim, *, spans: Sequence[Span] = (), vintage: str = "", restricted: bool = True) -> None:
    """Set units aside for a new claim, as many as are free.

    Parameters
    ----------
    state : State
        The state.
    claim : Claim
        The claim; `Claim.asked` says how many.
    spans : sequence of Span, optional
        Exactly these numbers.
    vintage : str, optional
        Only of this vintage.
    restricted : bool, optional
        Whether restricted units may be taken.

    Raises
    ------
    Refusal
        ``not_held`` or ``restricted``, if there are no such units.
    """
    account = claim.account
    state.save(account)
    state.keep(state.claims, claim.id, claim)
    state.changed_claims.add(claim)
    account.claims.append(claim)
    if claim.until is not None:
        account.due = claim.until if account.due is None else min(account.due, claim.until)
    _fill(state, claim, min(claim.asked, account.free()), spans, vintage, restricted)


def free_claim(state: State, claim: Claim, quantity: int, now: int) -> None:
    """Free units of a claim; at zero it is over. Then those who wait are served.

    Parameters
    ----------
    state : State
        The state.
    claim : Claim
        The claim.
    quantity : int
        How many of those asked for. [minimal units]
    now : int
        Instant. [µs]
    """
    _shrink(state, claim, quantity)
    serve_waiting(state, claim.account, now)


def spend_claim(state: State, claim: Claim, quantity: int) -> None:
    """Take units out of a claim that are about to leave the account; their blocks were taken before.

    Parameters
    ----------
    state : State
        The state.
    claim : Claim
        The claim.
    quantity : int
        How many. [minimal units]
    """
    account = claim.account
    state.save(claim)
    state.save(account)
    claim.asked -= quantity
    claim.left -= quantity
    account.held -= quantity
    if not claim.asked:
        _end(claim)


def expire_claims(state: State, account: Account, now: int) -> None:
    """End the claims whose instant has come, one after the other, and serve those who wait in between.

    Parameters
    ----------
    state : State
        The state.
    account : Account
        The account.
    now : int
        Instant. [µs]
    """
    while account.due is not None and account.due <= now:
        at = account.due
        state.save(account)
        for claim in [one for one in account.claims if one.until is not None and one.until <= at]:
            _shrink(state, claim, claim.asked)
        account.due = min((one.until for one in account.claims if one.until is not None), default=None)
        serve_waiting(state, account, at)


def serve_waiting(state: State, account: Account, now: int) -> None:
    """Give free units to claims that wait, by rank and then in the order they came.

    Parameters
    ----------
    state : State
        The state.
    account : Account
        The account.
    now : int
        Instant. [µs]
    """
    waiting = [one for one in account.claims if one.waits and one.left < one.asked and (one.until is None or one.until > now)]
    for claim in sorted(waiting, key=lambda one: (one.rank, one.seq)):
        _fill(state, claim, min(claim.asked - claim.left, account.free()))


def _fill(
    state: State, claim: Claim, quantity: int, spans: Sequence[Span] = (), vintage: str = "", restricted: bool = True
) -> None:
    if quantity <= 0:
        return
    account = claim.account
    if account.book.serials:
        for block in choose_blocks(state, account, quantity, spans=spans, vintage=vintage, restricted=restricted):
            mark_block(state, block, claim.id)
    state.save(account)
    state.save(claim)
    claim.left += quantity
    account.held += quantity


def _shrink(state: State, claim: Claim, quantity: int) -> None:
    """Less is asked for: first what is only waited for, then what is held."""
    account = claim.account
    state.save(claim)
    state.save(account)
    claim.asked -= quantity
    freed = max(claim.left - claim.asked, 0)
    if freed and account.book.serials:
        for block in choose_blocks(state, account, freed, claim=claim.id):
            mark_block(state, block, "")
    claim.left -= freed
    account.held -= freed
    if not claim.asked:
        _end(claim)


def _end(claim: Claim) -> None:
    claim.over = True
    claim.account.claims.remove(claim)
