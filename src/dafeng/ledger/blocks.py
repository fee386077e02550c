"""Blocks of serial numbers: chosen, cut and moved; never overlapping, never lost.

Invariant: children tile their parent; the free blocks of an account of a book with serials add up to what is free.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from heapq import merge
from operator import attrgetter

from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import MOST, Span
from dafeng.ledger.state import PLACE, Account, Block, State

_FIRST = attrgetter("first")
_GIVEN = attrgetter("vintage", "first")


def make_block(state: State, account: Account, quantity: int, marks: tuple[str, str, bool]) -> Block:
    """The next serial numbers of a book, in an account.

    Parameters
    ----------
    state : State
        The state.
    account : Account
        Who gets them.
    quantity : int
        How many. [minimal units]
    marks : (str, str, bool)
        Vintage, project, and whether they are restricted.

    Returns
    -------
    Block
        The new block.

    Raises
    ------
    Refusal
        ``quantity_bad``, if the book runs out of numbers.
    """
    book = account.book
    first = book.next
    if first + quantity > MOST:
        raise Refusal("quantity_bad", account.name)
    state.save(book)
    book.next += quantity
    made = _make(state, account, (first, book.next - 1), marks, 0)
    state.put(made)
    return made


def choose_blocks(
    state: State,
    account: Account,
    quantity: int,
    *,
    spans: Sequence[Span] = (),
    vintage: str = "",
    claim: str = "",
    restricted: bool = True,
) -> list[Block]:
    """Blocks of an account that hold exactly a quantity; a block is cut where it holds more.

    The oldest vintage goes first and in it the lowest number, unless spans are named.

    Parameters
    ----------
    state : State
        The state.
    account : Account
        Who holds them.
    quantity : int
        How many. [minimal units]
    spans : sequence of Span, optional
        Exactly these numbers.
    vintage : str, optional
        Only of this vintage.
    claim : str, optional
        Those under this claim; the free ones if empty.
    restricted : bool, optional
        Whether restricted ones may be taken.

    Returns
    -------
    list of Block
        Sizes add up to the quantity.

    Raises
    ------
    Refusal
        ``not_held`` or ``restricted``.
    """
    if spans:
        return _choose_by_number(state, account, quantity, spans, vintage, claim, restricted)
    chosen, left = [], quantity
    for block in _order(account.blocks, claim, vintage, restricted):
        chosen.append(block if left >= block.size else _cut(state, block, block.first + left)[0])
        left -= chosen[-1].size
        if not left:
            return chosen
    held = sum(block.size for block in _order(account.blocks, claim, vintage, True))
    raise Refusal("restricted" if held >= quantity else "not_held", account.name)


def _choose_by_number(
    state: State, account: Account, quantity: int, spans: Sequence[Span], vintage: str, claim: str, restricted: bool
) -> list[Block]:
    if sum(span.last - span.first + 1 for span in spans) != quantity or any(span.first > span.last for span in spans):
        raise Refusal("quantity_bad", account.name)
    chosen: dict[int, Block] = {}
    for span in spans:
        at = span.first
        while at <= span.last:
            found = _find(account.blocks, claim, vintage, at)
            if found is None or found.no in chosen:
                raise Refusal("not_held", f"{account.name} {at}")
            if found.restricted and not restricted:
                raise Refusal("restricted", f"{account.name} {at}")
            if found.first < at:
                found = _cut(state, found, at)[1]
            if found.last > span.last:
                found = _cut(state, found, span.last + 1)[0]
            chosen[found.no] = found
            at = found.last + 1
    return list(chosen.values())


def _order(blocks: Sequence[Block], claim: str, vintage: str, restricted: bool) -> Iterator[Block]:
    """Blocks under a claim as they are given: oldest vintage first, in it the lowest number; only until the account changes."""
    found = [run for run in _runs(blocks, claim, vintage) if restricted or not blocks[run.start].restricted]
    runs = [map(blocks.__getitem__, run) for run in found]
    return runs[0] if len(runs) == 1 else merge(*runs, key=_GIVEN)


def _find(blocks: Sequence[Block], claim: str, vintage: str, number: int) -> Block | None:
    """The block under a claim that holds a number."""
    for run in _runs(blocks, claim, vintage):
        at = bisect_right(blocks, number, run.start, run.stop, key=_FIRST) - 1
        if at in run and blocks[at].last >= number:
            return blocks[at]
    return None


def _runs(blocks: Sequence[Block], claim: str, vintage: str) -> Iterator[range]:
    """Places of the blocks of each vintage under a claim, those that are restricted apart from the others."""
    start = bisect_left(blocks, (claim, vintage, False, 0), key=PLACE)
    while start < len(blocks) and (one := blocks[start]).claim == claim and vintage in ("", one.vintage):
        end = bisect_right(blocks, (claim, one.vintage, one.restricted, MOST), start, key=PLACE)
        yield range(start, end)
        start = end


def move_block(state: State, block: Block, taker: Account) -> None:
    """Give a block to another account, free of claims.

    Parameters
    ----------
    state : State
        The state.
    block : Block
        The block.
    taker : Account
        Who gets it.
    """
    state.take(block)
    block.account, block.claim = taker, ""
    state.put(block)


def mark_block(state: State, block: Block, claim: str) -> None:
    """Put a block under a claim, or free it.

    Parameters
    ----------
    state : State
        The state.
    block : Block
        The block.
    claim : str
        Id of the claim; empty to free it.
    """
    state.take(block)
    block.claim = claim
    state.put(block)


def _cut(state: State, block: Block, at: int) -> tuple[Block, Block]:
    """Two children in the place of a block, the second one beginning at a number."""
    account, marks = block.account, (block.vintage, block.project, block.restricted)
    one = _make(state, account, (block.first, at - 1), marks, block.no)
    two = _make(state, account, (at, block.last), marks, block.no)
    one.claim = two.claim = block.claim
    state.take(block, one, two)
    block.alive = False
    return one, two


def _make(state: State, account: Account, numbers: tuple[int, int], marks: tuple[str, str, bool], parent: int) -> Block:
    state.blocks_made += 1
    made = Block(state.blocks_made, account.book, *numbers, marks, account, parent)
    state.add(made)
    return made
