"""The rules: a state and requests in, answers and additions out; no clock, no database, no chance.

Invariant: every movement takes from one account what it gives to another of the same book; a refused group changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from dafeng.ledger.chain import link
from dafeng.ledger.definitions import kinds
from dafeng.ledger.encumbrances import hold, post, release, void
from dafeng.ledger.flaws import find_flaw, is_plain
from dafeng.ledger.movements import Moved, check_bounds, check_sides, find_sides, transfer
from dafeng.ledger.opening import open_account, open_book, set_book, set_limit, set_state
from dafeng.ledger.refusals import Answer, Booked, Refusal, Refused
from dafeng.ledger.requests import (
    Groups,
    Hold,
    OpenAccount,
    OpenBook,
    Post,
    Release,
    Request,
    Reverse,
    SetBook,
    SetLimit,
    SetState,
    Transfer,
    Void,
    encode,
)
from dafeng.ledger.reversals import reverse
from dafeng.ledger.state import Event, State


def apply(state: State, groups: Groups, known_at: int) -> list[list[Answer]]:
    """Book what the rules allow.

    Parameters
    ----------
    state : State
        What the requests touch; changed in place.
    groups : sequence of sequence of Request
        Each group is booked whole or not at all.
    known_at : int
        Instant of booking; an earlier one than that of the last event counts as that. [µs]

    Returns
    -------
    list of list of Answer
        One answer per request.
    """
    before, count = state.known_at, len(state.events)
    state.known_at = max(known_at, before)
    answers = [_apply_group(state, group) for group in groups]
    if len(state.events) == count:  # what was refused leaves no trace, not even an instant
        state.known_at = before
    return answers


def _apply_group(state: State, group: Sequence[Request]) -> list[Answer]:
    if len(group) == 1 and (answer := _apply_plain(state, group[0])) is not None:
        return [answer]
    contents = []
    for request in group:
        if flaw := find_flaw(request):
            return _refused(group, request, Refused("malformed", flaw))
        contents.append(encode(request))
    done = [state.done.get(request.id) for request in group]
    if any(done):
        return _answer_again(group, contents, done)
    state.begin()
    state.reversing = frozenset(request.transfer for request in group if type(request) is Reverse)
    first = state.seq + 1
    answers: list[Answer] = []
    for request, content in zip(group, contents, strict=True):
        try:
            if request.id in state.done:
                raise Refusal("conflict", request.id)
            moved = _book(state, request)
        except Refusal as cause:
            state.fail()
            return _refused(group, request, Refused(cause.code, cause.about))
        _log(state, request, content, first, moved)
        answers.append(Booked(state.seq))
    state.succeed()
    return answers


def _refused(group: Sequence[Request], guilty: Request, said: Refused) -> list[Answer]:
    return [said if request is guilty else Refused("group_failed", str(guilty.id)) for request in group]


def _answer_again(group: Sequence[Request], contents: Sequence[str], done: Sequence[tuple[int, str] | None]) -> list[Answer]:
    """The same group again gets the same answer; anything else under an id that is used is a conflict."""
    same = [was is not None and was[1] == content for was, content in zip(done, contents, strict=True)]
    if all(same):
        return [Booked(was[0], again=True) for was in done if was is not None]
    guilty = next(
        request for request, was, content in zip(group, done, contents, strict=True)
        if was is not None and (was[1] != content or not all(same))
    )  # fmt: skip
    return _refused(group, guilty, Refused("conflict", guilty.id))


def _apply_plain(state: State, request: Request) -> Answer | None:
    """The short way for a plain movement without serials, which checks everything before it changes anything."""
    if type(request) is not Transfer or not is_plain(request):
        return None
    giver, taker = state.accounts.get(request.giver), state.accounts.get(request.taker)
    if giver is None or taker is None or giver.book.serials or giver.due is not None or taker.due is not None:
        return None
    kind = kinds().get(request.kind)
    if kind is None or taker.claims or kind.beneficiary or giver.book.project:
        return None
    content = encode(request)
    done = state.done.get(request.id)
    if done is not None:
        return Booked(done[0], again=True) if done[1] == content else Refused("conflict", request.id)
    try:
        find_sides(state, request.giver, request.taker)
        day = check_sides(kind, giver, taker, request.effective)
        quantity = request.quantity
        if giver.free() < quantity:
            return Refused("over_limit" if giver.type.floor == "limit" else "not_held", giver.name)
        check_bounds(giver, taker, quantity)
    except Refusal as cause:
        return Refused(cause.code, cause.about)
    giver.balance -= quantity
    taker.balance += quantity
    seq = state.seq = state.seq + 1
    state.changed_accounts.add(giver)
    state.changed_accounts.add(taker)
    state.postings.append((giver.no, seq, day, -quantity, giver.balance))
    state.postings.append((taker.no, seq, day, quantity, taker.balance))
    state.hash = link(state.hash, seq, seq, state.known_at, request.id, content)
    state.events.append(
        Event(seq, request.id, seq, state.known_at, day, content, request.kind, giver.no, taker.no, quantity, state.hash)
    )
    state.done[request.id] = (seq, content)
    return Booked(seq)


def _log(state: State, request: Request, content: str, group: int, moved: Moved) -> None:
    state.seq += 1
    state.hash = link(state.hash, state.seq, group, state.known_at, request.id, content)
    state.events.append(
        Event(
            state.seq, request.id, group, state.known_at, moved.effective, content, moved.kind, moved.giver, moved.taker,
            moved.quantity, state.hash,
        )
    )  # fmt: skip
    state.keep(state.done, request.id, (state.seq, content))


def _book(state: State, request: Request) -> Moved:
    match request:
        case Transfer():
            return transfer(state, request)
        case Post():
            return post(state, request)
        case Void():
            return void(state, request)
        case Hold():
            return hold(state, request)
        case Release():
            return release(state, request)
        case Reverse():
            return reverse(state, request)
        case OpenBook():
            open_book(state, request)
            return Moved("open_book")
        case OpenAccount():
            open_account(state, request)
            return Moved("open_account")
        case SetState():
            set_state(state, request)
            return Moved("set_state")
        case SetLimit():
            set_limit(state, request)
            return Moved("set_limit")
        case SetBook():
            set_book(state, request)
            return Moved("set_book")
