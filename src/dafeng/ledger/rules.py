"""The rules: a state and requests in, answers and additions out; no clock, no database, no chance.

Invariant: every movement takes from one account what it gives to another of the same book; a refused group changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dafeng.ledger.blocks import choose_blocks, make_block, move_block
from dafeng.ledger.chain import link
from dafeng.ledger.claims import expire_claims, free_claim, place_claim, serve_waiting, spend_claim
from dafeng.ledger.definitions import Kind, kinds
from dafeng.ledger.flaws import find_flaw, is_sound
from dafeng.ledger.opening import open_account, open_book, set_book, set_limit, set_state
from dafeng.ledger.refusals import Answer, Booked, Refusal, Refused
from dafeng.ledger.requests import (
    PLAIN,
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
    Span,
    Transfer,
    Void,
    decode,
    encode,
)
from dafeng.ledger.state import Account, Block, Claim, Event, Original, State


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
    state.known_at = max(known_at, state.known_at)
    return [_apply_group(state, group) for group in groups]


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
    return [said if request is guilty else Refused("group_failed", guilty.id) for request in group]


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
    if type(request) is not Transfer or request[6:] != PLAIN or not is_sound(request):
        return None
    giver, taker = state.accounts.get(request.giver), state.accounts.get(request.taker)
    if giver is None or taker is None or giver.book.serials or giver.due is not None or taker.due is not None:
        return None
    kind = kinds().get(request.kind)
    if kind is None or taker.claims or request.kind == "retire":
        return None
    content = encode(request)
    done = state.done.get(request.id)
    if done is not None:
        return Booked(done[0], again=True) if done[1] == content else Refused("conflict", request.id)
    try:
        _pair(state, request.giver, request.taker)
        day = _check_pair(kind, giver, taker, request.effective)
    except Refusal as cause:
        return Refused(cause.code, cause.about)
    quantity = request.quantity
    if giver.free() < quantity:
        return Refused("over_limit" if giver.type.floor == "limit" else "not_held", giver.name)
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
            return _transfer(state, request)
        case Post():
            return _post(state, request)
        case Void():
            claim = _pending(state, request.pending)
            free_claim(state, claim, claim.asked, state.known_at)
            return Moved("void")
        case Hold():
            return _hold(state, request)
        case Release():
            return _release(state, request)
        case Reverse():
            return _reverse(state, request)
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


@lru_cache(maxsize=4096)
def read_day(text: str) -> int:
    """Ordinal of a day.

    Parameters
    ----------
    text : str
        ISO date.

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
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise Refusal("malformed", f"effective {text}") from None


def _transfer(state: State, request: Transfer) -> Moved:
    kind = kinds().get(request.kind)
    if kind is None:
        raise Refusal("kind_unknown", request.kind)
    giver, taker = _pair(state, request.giver, request.taker)
    day = _check_pair(kind, giver, taker, request.effective)
    if request.kind == "retire" and not request.beneficiary:
        raise Refusal("beneficiary_missing", request.id)
    if not giver.book.serials and (request.spans or request.vintage or request.restricted):
        raise Refusal("serials_missing", giver.book.name)
    expire_claims(state, giver, state.known_at)
    expire_claims(state, taker, state.known_at)
    if request.until is not None:
        return _set_aside(state, request, giver)
    claim = _claim_to_spend(state, request, giver) if request.hold else None
    if claim is None and giver.free() < request.quantity:
        raise Refusal("over_limit" if giver.type.floor == "limit" else "not_held", giver.name)
    blocks = _blocks_of(state, request, kind, giver, claim)
    if claim is not None:
        spend_claim(state, claim, request.quantity)
    return _move(state, request.kind, giver, taker, request.quantity, day, blocks)


def _pair(state: State, giver: str, taker: str) -> tuple[Account, Account]:
    one, two = state.accounts.get(giver), state.accounts.get(taker)
    if two is None or two.state == "closed":
        raise Refusal("taker_unknown", taker)
    if one is None or one.state == "closed":
        raise Refusal("giver_unknown", giver)
    return one, two


def _check_pair(kind: Kind, giver: Account, taker: Account, effective: str) -> int:
    """Whether two accounts may be the two sides of a kind of transfer on a day; the day."""
    book = giver.book
    if giver is taker:
        raise Refusal("account_same", giver.name)
    if book is not taker.book:
        raise Refusal("book_mismatch", taker.name)
    outward = "external" in kind.takers or "external" in kind.givers
    if outward and giver.registry == taker.registry:
        raise Refusal("registry_same", taker.name)
    if not outward and giver.registry != taker.registry:
        raise Refusal("book_mismatch", taker.name)
    if giver.type.name not in kind.givers or taker.type.name not in kind.takers:
        raise Refusal("type_mismatch", kind.name)
    day = read_day(effective)
    if book.state != "open" or day < book.locked:
        raise Refusal("book_closed", book.name)
    if taker.state == "blocked" and outward:
        raise Refusal("book_closed_there", taker.name)
    if giver.state == "blocked" and not kind.passes_blocked:
        raise Refusal("account_blocked", giver.name)
    return day


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
        free = kind.passes_blocked or kind.final
        return choose_blocks(
            state, giver, request.quantity, spans=request.spans, vintage=request.vintage,
            claim="" if claim is None else claim.id, restricted=free,
        )  # fmt: skip
    if request.spans:
        raise Refusal("not_held", giver.name)
    if giver.book.project and not request.project:
        raise Refusal("project_missing", request.id)
    return [make_block(state, giver, request.quantity, (request.vintage, request.project, request.restricted))]


def _move(state: State, kind: str, giver: Account, taker: Account, quantity: int, day: int, blocks: list[Block]) -> Moved:
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


def _set_aside(state: State, request: Transfer, giver: Account) -> Moved:
    until = request.until
    if until is None or until <= state.known_at:
        raise Refusal("malformed", "until")
    if giver.type.floor != "zero":
        raise Refusal("type_mismatch", giver.type.name)
    if giver.free() < request.quantity:
        raise Refusal("not_held", giver.name)
    claim = Claim(request.id, giver, "pending", request.quantity, 0, state.seq + 1, until)
    claim.content = encode(request._replace(until=None, spans=()))
    place_claim(state, claim, spans=request.spans)
    return Moved("set_aside")


def _pending(state: State, id: str) -> Claim:
    claim = state.claims.get(id)
    if claim is None or claim.kind != "pending":
        raise Refusal("hold_unknown", id)
    expire_claims(state, claim.account, state.known_at)
    if claim.over:
        raise Refusal("hold_over", id)
    return claim


def _post(state: State, request: Post) -> Moved:
    claim = _pending(state, request.pending)
    asked = decode(claim.id, claim.content)
    quantity = claim.left if request.quantity is None else request.quantity
    if not isinstance(asked, Transfer) or quantity > claim.left:
        raise Refusal("quantity_over", request.pending)
    kind = kinds()[asked.kind]
    giver, taker = _pair(state, asked.giver, asked.taker)
    day = _check_pair(kind, giver, taker, asked.effective)
    expire_claims(state, taker, state.known_at)
    blocks = choose_blocks(state, giver, quantity, claim=claim.id) if giver.book.serials else []
    if any(block.restricted for block in blocks) and not (kind.passes_blocked or kind.final):
        raise Refusal("restricted", giver.name)
    spend_claim(state, claim, quantity)
    moved = _move(state, asked.kind, giver, taker, quantity, day, blocks)
    if not claim.over:
        free_claim(state, claim, claim.asked, state.known_at)
    return moved


def _hold(state: State, request: Hold) -> Moved:
    account = state.accounts.get(request.account)
    if account is None or account.state == "closed":
        raise Refusal("giver_unknown", request.account)
    if account.type.floor != "zero" or not account.type.gives or request.kind not in ("freeze", "pledge"):
        raise Refusal("type_mismatch", request.kind)
    if request.spans and not account.book.serials:
        raise Refusal("serials_missing", account.book.name)
    if request.until is not None and request.until <= state.known_at:
        raise Refusal("malformed", "until")
    if request.id in state.claims:
        raise Refusal("conflict", request.id)
    expire_claims(state, account, state.known_at)
    if account.free() < request.quantity and (not request.waits or request.spans):
        raise Refusal("not_held", account.name)
    claim = Claim(request.id, account, request.kind, request.quantity, request.rank, state.seq + 1, request.until)
    claim.waits = request.waits
    place_claim(state, claim, spans=request.spans)
    return Moved("hold")


def _release(state: State, request: Release) -> Moved:
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


def _reverse(state: State, request: Reverse) -> Moved:
    was = state.originals.get(request.transfer) or _recall(state, request.transfer)
    if was is None:
        raise Refusal("transfer_unknown", request.transfer)
    if request.transfer in state.reversed:
        raise Refusal("reversed_before", request.transfer)
    kind = kinds().get(was.kind)
    if kind is None or kind.final:
        raise Refusal("final", request.transfer)
    giver, taker = _pair(state, was.taker, was.giver)
    day = read_day(request.effective)
    if giver.book.state != "open" or day < giver.book.locked:
        raise Refusal("book_closed", giver.book.name)
    if giver.state == "blocked":
        raise Refusal("account_blocked", giver.name)
    expire_claims(state, giver, state.known_at)
    expire_claims(state, taker, state.known_at)
    if giver.free() < was.quantity:
        raise Refusal("not_held", giver.name)
    spans = tuple(Span(*one) for one in was.spans)
    blocks = choose_blocks(state, giver, was.quantity, spans=spans) if giver.book.serials else []
    state.keep(state.reversed, request.transfer, request.id)
    state.newly_reversed.append((request.transfer, request.id))
    return _move(state, "reverse", giver, taker, was.quantity, day, blocks)


def _recall(state: State, id: str) -> Original | None:
    """A movement of this very batch."""
    seq = state.done.get(id, (0, ""))[0]
    at = seq - state.events[0].seq if state.events else -1
    if not 0 <= at < len(state.events) or not state.events[at].quantity:
        return None
    event = state.events[at]
    spans = tuple((first, last) for own, _, first, last in state.moves if own == seq)
    giver, taker = state.by_number[event.giver].name, state.by_number[event.taker].name
    return Original(seq, event.kind, giver, taker, event.quantity, spans)
