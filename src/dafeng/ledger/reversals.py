"""A wrong movement is set right by its opposite, which names it.

Invariant: a movement is reversed at most once, and a final one never; movements that were booked as one group are reversed
together, else units would go back to where they came from while what was given for them stays.
"""

from __future__ import annotations

from dafeng.ledger.blocks import choose_blocks
from dafeng.ledger.claims import expire_claims
from dafeng.ledger.definitions import kinds
from dafeng.ledger.movements import Moved, check_day, find_sides, move
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import Reverse, Span
from dafeng.ledger.state import Original, State


def reverse(state: State, request: Reverse) -> Moved:
    """Book the opposite of a movement, with the very units it moved.

    Parameters
    ----------
    state : State
        The state.
    request : Reverse
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
    was = state.originals.get(request.transfer) or _find_here(state, request.transfer)
    if was is None:
        raise Refusal("transfer_unknown", request.transfer)
    if not request.reason:
        raise Refusal("reason_missing", request.id)
    if request.transfer in state.reversed:
        raise Refusal("reversed_before", request.transfer)
    kind = kinds().get(was.kind)
    if kind is None or kind.final:
        raise Refusal("final", request.transfer)
    if not request.alone and (left := set(was.mates) - state.reversing - state.reversed.keys()):
        raise Refusal("linked", min(left))
    giver, taker = find_sides(state, was.taker, was.giver)
    day = check_day(giver, request.effective)
    if giver.state == "blocked":
        raise Refusal("account_blocked", giver.name)
    expire_claims(state, giver, state.known_at)
    expire_claims(state, taker, state.known_at)
    if giver.free() < was.quantity:
        raise Refusal("over_limit" if giver.type.floor == "limit" else "not_held", giver.name)
    spans = tuple(Span(*one) for one in was.spans)
    blocks = choose_blocks(state, giver, was.quantity, spans=spans) if giver.book.serials else []
    state.keep(state.reversed, request.transfer, request.id)
    state.newly_reversed.append((request.transfer, request.id))
    return move(state, "reverse", giver, taker, was.quantity, day, blocks)


def _find_here(state: State, name: str) -> Original | None:
    """A movement of this very batch."""
    seq = state.done.get(name, (0, ""))[0]
    at = seq - state.events[0].seq if state.events else -1
    if not 0 <= at < len(state.events) or not state.events[at].quantity:
        return None
    event = state.events[at]
    spans = tuple(sorted((first, last) for own, _, first, last in state.moves if own == seq))
    giver, taker = state.by_number[event.giver].name, state.by_number[event.taker].name
    mates = tuple(one.id for one in state.events if one.group == event.group and one.quantity and one.id != name)
    return Original(seq, event.kind, giver, taker, event.quantity, spans, mates)
