"""Blocks of serial numbers: chosen, cut and moved; never overlapping, never lost.

Invariant: children tile their parent; the free blocks of an account of a book with serials add up to what is free.
"""

from __future__ import annotations

from collections.abc import Sequence

from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import MOST, Span
from dafeng.ledger.state import Account, Block, State


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
    return _add(state, account, (first, book.next - 1), marks, 0)


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
    held = [block for block in account.blocks if block.claim == claim and vintage in ("", block.vintage)]
    held.sort(key=lambda block: (block.vintage, block.first))
    if spans:
        return _chosen_by_number(state, account, held, quantity, spans, restricted)
    allowed = held if restricted else [block for block in held if not block.restricted]
    chosen, left = [], quantity
    for block in allowed:
        if left >= block.size:
            chosen.append(block)
        else:
            chosen.append(_cut(state, block, block.first + left)[0])
        left -= chosen[-1].size
        if not left:
            return chosen
    raise Refusal("restricted" if sum(block.size for block in held) >= quantity else "not_held", account.name)


def _chosen_by_number(
    state: State, account: Account, held: list[Block], quantity: int, spans: Sequence[Span], restricted: bool
) -> list[Block]:
    if sum(span.last - span.first + 1 for span in spans) != quantity or any(span.first > span.last for span in spans):
        raise Refusal("quantity_bad", account.name)
    chosen = []
    for span in spans:
        at = span.first
        while at <= span.last:
            found = next((block for block in held if block.first <= at <= block.last), None)
            if found is None:
                raise Refusal("not_held", f"{account.name} {at}")
            if found.restricted and not restricted:
                raise Refusal("restricted", f"{account.name} {at}")
            held.remove(found)
            if found.first < at:
                left, found = _cut(state, found, at)
                held.append(left)
            if found.last > span.last:
                found, right = _cut(state, found, span.last + 1)
                held.append(right)
            chosen.append(found)
            at = found.last + 1
    return chosen


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
    giver = block.account
    for thing in (block, giver, taker):
        state.save(thing)
    giver.blocks.remove(block)
    taker.blocks.append(block)
    block.account, block.claim = taker, ""


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
    state.save(block)
    block.claim = claim


def _cut(state: State, block: Block, at: int) -> tuple[Block, Block]:
    """Two children in the place of a block, the second one beginning at a number."""
    account, marks = block.account, (block.vintage, block.project, block.restricted)
    state.save(block)
    state.save(account)
    account.blocks.remove(block)
    block.alive = False
    one = _add(state, account, (block.first, at - 1), marks, block.no)
    two = _add(state, account, (at, block.last), marks, block.no)
    one.claim = two.claim = block.claim
    return one, two


def _add(state: State, account: Account, numbers: tuple[int, int], marks: tuple[str, str, bool], parent: int) -> Block:
    state.save(account)
    state.blocks_made += 1
    made = Block(state.blocks_made, account.book, *numbers, marks, account, parent)
    account.blocks.append(made)
    state.changed_blocks[made.no] = made
    return made
