"""What the rules see and change: books, accounts, claims and blocks that a batch touches, and what it adds to the log.

Invariant: `State.fail` leaves everything as `State.begin` found it; nothing here decides whether something is allowed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from dafeng.ledger.chain import START
from dafeng.ledger.definitions import AccountType


class Book:
    """An open book of the ledger; ``locked`` is the first day (ordinal) that may still be booked."""

    __slots__ = ("instrument", "locked", "name", "next", "no", "period", "project", "scale", "serials", "state", "unit")

    def __init__(
        self, no: int, name: str, instrument: str, unit: str, scale: int, serials: bool, period: str, project: bool
    ) -> None:
        self.no, self.name, self.instrument, self.unit, self.scale = no, name, instrument, unit, scale
        self.serials, self.period, self.project = serials, period, project
        self.state, self.locked, self.next = "open", 0, 1


class Account:
    """An account with its balance, what is held of it, its claims and, where the book has serials, its blocks by `PLACE`."""

    __slots__ = (
        "balance", "blocks", "book", "claims", "due", "held", "holder", "limit", "name", "no", "registry", "state", "title",
        "type",
    )  # fmt: skip

    def __init__(self, no: int, name: str, book: Book, type: AccountType, holder: str, title: str, registry: str) -> None:
        self.no, self.name, self.book, self.type, self.holder = no, name, book, type, holder
        self.title, self.registry = title, registry
        self.state, self.limit, self.balance, self.held = "open", 0, 0, 0
        self.due: int | None = None
        self.claims: list[Claim] = []
        self.blocks: list[Block] = []

    def free(self) -> int:
        """Units that may leave: above the floor and not held.

        Returns
        -------
        int
            Minimal units; without bound (2 ** 63 − 1) where the account has no floor.
        """
        floor = self.type.floor
        if floor == "zero":
            return self.balance - self.held
        return self.balance + self.limit if floor == "limit" else 2**63 - 1


class Claim:
    """Units of an account set aside: a freeze, a pledge or a pending transfer; ``asked`` of which ``left`` are held now."""

    __slots__ = ("account", "asked", "content", "id", "kind", "left", "over", "rank", "seq", "until", "waits")

    def __init__(self, id: str, account: Account, kind: str, asked: int, rank: int, seq: int, until: int | None) -> None:
        self.id, self.account, self.kind, self.asked, self.rank = id, account, kind, asked, rank
        self.seq, self.until, self.left = seq, until, 0
        self.waits, self.over, self.content = False, False, ""


class Block:
    """Serial numbers ``first`` to ``last`` in one account, all free (``claim`` empty) or all under one claim."""

    __slots__ = ("account", "alive", "book", "claim", "first", "last", "no", "parent", "project", "restricted", "vintage")

    def __init__(
        self, no: int, book: Book, first: int, last: int, marks: tuple[str, str, bool], account: Account, parent: int
    ) -> None:
        self.no, self.book, self.first, self.last, self.account, self.parent = no, book, first, last, account, parent
        self.vintage, self.project, self.restricted = marks
        self.claim, self.alive = "", True

    @property
    def size(self) -> int:
        """Number of units."""
        return self.last - self.first + 1


PLACE = attrgetter("claim", "vintage", "restricted", "first")
"""Where a block stands among those of its account: all under one claim follow each other, of these all of one vintage."""


def book_row(one: Book) -> tuple[Any, ...]:
    """A book as a row of its table.

    Parameters
    ----------
    one : Book
        The book.

    Returns
    -------
    tuple
        In the order of the columns.
    """
    return (
        one.no, one.name, one.instrument, one.unit, one.scale, one.serials, one.period, one.project, one.state, one.locked,
        one.next,
    )  # fmt: skip


def account_row(one: Account) -> tuple[Any, ...]:
    """An account as a row of its table.

    Parameters
    ----------
    one : Account
        The account.

    Returns
    -------
    tuple
        In the order of the columns.
    """
    return (
        one.no, one.name, one.book.no, one.type.name, one.holder, one.title, one.registry, one.state, one.limit, one.balance,
        one.held,
    )  # fmt: skip


def claim_row(one: Claim) -> tuple[Any, ...]:
    """A claim as a row of its table.

    Parameters
    ----------
    one : Claim
        The claim.

    Returns
    -------
    tuple
        In the order of the columns.
    """
    return (
        one.id, one.account.no, one.kind, one.asked, one.left, one.rank, one.seq, one.until, one.waits, one.over, one.content,
    )  # fmt: skip


def block_row(one: Block) -> tuple[Any, ...]:
    """A block as a row of its table.

    Parameters
    ----------
    one : Block
        The block.

    Returns
    -------
    tuple
        In the order of the columns.
    """
    return (
        one.no, one.book.no, one.first, one.last, one.vintage, one.project, one.restricted, one.account.no, one.parent,
        one.claim, one.alive,
    )  # fmt: skip


class Event(NamedTuple):
    """A row of the log: a booked request, and the movement it made."""

    seq: int
    id: str
    group: int
    known_at: int
    effective: int
    content: str
    kind: str
    giver: int
    taker: int
    quantity: int
    hash: bytes


class Original(NamedTuple):
    """A movement that was booked before, with its serial numbers and the other movements that were booked with it."""

    seq: int
    kind: str
    giver: str
    taker: str
    quantity: int
    spans: tuple[tuple[int, int], ...]
    mates: tuple[str, ...] = ()


Posting = tuple[int, int, int, int, int]
"""Account number, event, effective day, amount, balance after."""
Move = tuple[int, int, int, int]
"""Event, book number, first and last serial number."""


class State:
    """The part of a ledger that a batch needs, and what the batch adds."""

    def __init__(self, seq: int = 0, known_at: int = 0, hash: bytes = START, numbers: tuple[int, int, int] = (0, 0, 0)) -> None:
        self.seq, self.known_at, self.hash = seq, known_at, hash
        self.books_made, self.accounts_made, self.blocks_made = numbers
        self.books: dict[str, Book] = {}
        self.accounts: dict[str, Account] = {}
        self.by_number: dict[int, Account] = {}
        self.claims: dict[str, Claim] = {}
        self.done: dict[str, tuple[int, str]] = {}
        self.originals: dict[str, Original] = {}
        self.reversed: dict[str, str] = {}
        self.reversing: frozenset[str] = frozenset()
        self.taken: dict[str, str] = {}
        self.forget()
        self._undo: list[Callable[[], Any]] | None = None
        self._saved: set[int] = set()

    def forget(self) -> None:
        """Begin a new batch: what the one before added has been written."""
        self.events: list[Event] = []
        self.postings: list[Posting] = []
        self.moves: list[Move] = []
        self.changed_accounts: set[Account] = set()
        self.changed_books: set[Book] = set()
        self.changed_claims: set[Claim] = set()
        self.changed_blocks: dict[int, Block] = {}
        self.newly_reversed: list[tuple[str, str]] = []
        self.newly_taken: list[tuple[str, str]] = []

    def begin(self) -> None:
        """Remember everything from here on, so that `fail` can take it back."""
        counts = (self.seq, self.hash, self.books_made, self.accounts_made, self.blocks_made)
        lists: tuple[list[Any], ...] = (self.events, self.postings, self.moves, self.newly_reversed, self.newly_taken)
        sizes = [len(one) for one in lists]

        def back() -> None:
            self.seq, self.hash, self.books_made, self.accounts_made, self.blocks_made = counts
            for one, size in zip(lists, sizes, strict=True):
                del one[size:]

        self._undo = [back]
        self._saved = set()

    def save(self, thing: Account | Book | Claim | Block) -> None:
        """Say that a thing is about to change.

        Parameters
        ----------
        thing : Account, Book, Claim or Block
            What changes.
        """
        if self._undo is not None:
            if id(thing) in self._saved:
                return
            self._saved.add(id(thing))
            claims = list(thing.claims) if type(thing) is Account else None
            self._undo.append(partial(_restore, thing, _READERS[type(thing)](thing), claims))
        if type(thing) is Account:
            self.changed_accounts.add(thing)
        elif type(thing) is Block:
            self.changed_blocks[thing.no] = thing
        elif type(thing) is Claim:
            self.changed_claims.add(thing)
        elif type(thing) is Book:
            self.changed_books.add(thing)

    def add(self, block: Block) -> None:
        """Say that a block is new: if it is taken back, nothing of it stays, so nothing need be remembered.

        Parameters
        ----------
        block : Block
            The block.
        """
        self._saved.add(id(block))
        self.changed_blocks[block.no] = block

    def take(self, block: Block, *instead: Block) -> None:
        """Take a block that is about to change out of those of its account.

        Parameters
        ----------
        block : Block
            The block.
        *instead : Block
            What stands in its place from now on.
        """
        self.save(block)
        blocks = block.account.blocks
        at = bisect_left(blocks, PLACE(block), key=PLACE)
        blocks[at : at + 1] = instead
        if self._undo is not None:
            self._undo.append(partial(blocks.__setitem__, slice(at, at + len(instead)), (block,)))

    def put(self, block: Block) -> None:
        """Put a block among those of its account.

        Parameters
        ----------
        block : Block
            The block, as it is now.
        """
        blocks = block.account.blocks
        at = bisect_left(blocks, PLACE(block), key=PLACE)
        blocks.insert(at, block)
        if self._undo is not None:
            self._undo.append(partial(blocks.__delitem__, at))

    def keep(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        """Put a new thing under its name.

        Parameters
        ----------
        table : dict
            One of the tables of this state.
        key, value : object
            Name and thing.
        """
        table[key] = value
        if self._undo is not None:
            self._undo.append(lambda: table.pop(key, None))

    def succeed(self) -> None:
        """What was begun stays."""
        self._undo = None

    def fail(self) -> None:
        """Take back all since `begin`."""
        for back in reversed(self._undo or []):
            back()
        self._undo = None
        self.changed_blocks = {no: block for no, block in self.changed_blocks.items() if no <= self.blocks_made}
        self.changed_accounts = {one for one in self.changed_accounts if one.no <= self.accounts_made}
        self.changed_books = {one for one in self.changed_books if one.no <= self.books_made}
        self.changed_claims = {one for one in self.changed_claims if one.seq <= self.seq}


_READERS: Mapping[type[Any], Callable[[Any], tuple[Any, ...]]] = MappingProxyType(
    {kind: attrgetter(*kind.__slots__) for kind in (Account, Book, Claim, Block)}
)
"""What reads all that a thing holds, at once: five times as fast as a copy of it."""


def _restore(thing: Any, values: tuple[Any, ...], claims: list[Claim] | None) -> None:
    for name, value in zip(thing.__slots__, values, strict=True):
        setattr(thing, name, value)
    if claims is not None:
        thing.claims = claims
