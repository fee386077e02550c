"""What an account of a book holds and what ever came and went by kind, as compliance needs it.

Invariant: a reversed transfer and its reversal count for nothing; what came and went stays with its holder when an account is
closed; what several accounts of a holder give together is the sum that is asked. What is read here is never kept beyond the
command.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dafeng.core.persons import fold_person
from dafeng.ledger.definitions import account_types
from dafeng.ledger.ledger import Ledger
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_sums import join_sum, split_sum

_WHERE = " FROM ledger_account a JOIN ledger_book b ON b.no = a.book{more} WHERE b.name = ?{whose}"
_WHOSE = " AND (a.holder IN ({spelt}) OR a.type IN ('issuer', 'surrendered'))"
_SPELT = "SELECT DISTINCT a.holder FROM ledger_account a JOIN ledger_book b ON b.no = a.book WHERE b.name = ?"
_ISSUED = "CASE WHEN o.type = 'issuer' THEN p.amount ELSE 0 END"
_FLOWS = (
    f"SELECT p.account, e.kind, {split_sum('CASE WHEN p.amount > 0 THEN p.amount ELSE 0 END')},"
    f" {split_sum('CASE WHEN p.amount < 0 THEN p.amount ELSE 0 END')}, COUNT(*),"
    f" {split_sum(_ISSUED)}"
)
_MORE = (
    " JOIN ledger_posting p ON p.account = a.no JOIN ledger_event e ON e.seq = p.seq"
    " JOIN ledger_account o ON o.no = CASE WHEN e.giver = a.no THEN e.taker ELSE e.giver END"
)
_LEFT = " AND e.kind <> 'reverse' AND e.id NOT IN (SELECT id FROM ledger_reversed) GROUP BY p.account, e.kind"
_ACCOUNTS = "SELECT a.no, a.name, a.holder, a.type, a.balance, a.held, a.lim, a.state"


@dataclass(frozen=True, slots=True)
class Flow:
    """What came and went by one kind of transfer.

    Parameters
    ----------
    came, went : int
        Units, both positive. [minimal units]
    count : int
        Number of transfers.
    issued : int
        What came from issuers less what went to them. [minimal units]
    """

    came: int
    went: int
    count: int
    issued: int = 0

    def __add__(self, other: Flow) -> Flow:
        return Flow(self.came + other.came, self.went + other.went, self.count + other.count, self.issued + other.issued)


_NONE = Flow(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Position:
    """An account as it stands, or all open accounts of a holder together.

    Parameters
    ----------
    account, holder, type : str
        Name, holder and type; of several accounts those of the first.
    balance, free : int
        What it holds, and what of it is not held by a claim. [minimal units]
    flows : mapping of str to Flow
        What came and went by kind.
    number : int
        Its number in the ledger.
    closed : bool
        Whether it was closed for good; what came and went through it still counts for its holder.
    blocked : bool
        Whether it gives by certain kinds of transfers only.
    parts : tuple of Position
        The open accounts of which it is the sum, in the order of their opening; empty where it is one account.
    lasting : int or None
        Least that it holds from the effective day of an act on; ``None`` where that was not asked. [minimal units]
    """

    account: str
    holder: str
    type: str
    balance: int
    free: int
    flows: Mapping[str, Flow]
    number: int = 0
    closed: bool = False
    blocked: bool = False
    parts: tuple[Position, ...] = ()
    lasting: int | None = None

    def draw(self, quantity: int) -> tuple[tuple[str, int], ...]:
        """Which accounts give how much of a quantity.

        Parameters
        ----------
        quantity : int
            How many. [minimal units]

        Returns
        -------
        tuple of (str, int)
            Account and units, which add up to the quantity: the account opened first gives what it has free and had on the
            effective day, then the next; blocked ones come last. What is free nowhere is asked of what is held, else of the
            first, for the ledger to decide.
        """
        ranked = sorted(self.parts or (self,), key=lambda one: one.blocked)
        given, left = dict.fromkeys((one.account for one in ranked), 0), quantity
        tiers = (
            {one.account: one.free if one.lasting is None else min(one.free, one.lasting) for one in ranked},
            {one.account: one.free for one in ranked},
            {one.account: one.balance for one in ranked},  # what a claim held that is over may still stand as held
        )
        for most in tiers:
            for one in ranked:
                more = min(left, max(most[one.account] - given[one.account], 0))
                given[one.account] += more
                left -= more
        given[ranked[0].account] += left
        return tuple((account, many) for account, many in given.items() if many)

    def net(self, *kinds: str) -> int:
        """What came less what went by kinds of transfers.

        Parameters
        ----------
        *kinds : str
            Kinds.

        Returns
        -------
        int
            Units; negative where more went. [minimal units]
        """
        return sum(flow.came - flow.went for kind, flow in self.flows.items() if kind in kinds)

    def issued(self, *kinds: str) -> int:
        """What came from issuers less what went to them by kinds of transfers.

        Parameters
        ----------
        *kinds : str
            Kinds.

        Returns
        -------
        int
            Units; negative where more went. [minimal units]
        """
        return sum(flow.issued for kind, flow in self.flows.items() if kind in kinds)

    def went(self, *kinds: str) -> int:
        """What went by kinds of transfers.

        Parameters
        ----------
        *kinds : str
            Kinds.

        Returns
        -------
        int
            Units. [minimal units]
        """
        return sum(flow.went for kind, flow in self.flows.items() if kind in kinds)

    def count(self, *kinds: str) -> int:
        """How many transfers of kinds there were.

        Parameters
        ----------
        *kinds : str
            Kinds; all of them if none is named.

        Returns
        -------
        int
            The number.
        """
        return sum(flow.count for kind, flow in self.flows.items() if not kinds or kind in kinds)


def read_positions(ledger: Ledger, book: str, *, holder: str = "") -> tuple[Position, ...]:
    """Accounts of a book with their flows, closed ones too.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    book : str
        Name of the book.
    holder : str, optional
        As `list_positions`.

    Returns
    -------
    tuple of Position
        As `list_positions`.
    """
    return list_positions(ledger.rows, book, holder=holder)


def list_positions(rows: LedgerRows, book: str, *, holder: str = "") -> tuple[Position, ...]:
    """Accounts of a book with their flows, closed ones too.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : str
        Name of the book.
    holder : str, optional
        Only the accounts of this holder however it is spelt, the issuers and those that take what is surrendered.

    Returns
    -------
    tuple of Position
        In the order in which they were opened; none where there is no such book.
    """
    spelt = _spellings(rows, book, holder) if holder else []
    whose, values = _WHOSE.format(spelt=", ".join("?" * len(spelt))) if spelt else "", (book, *spelt)
    moved: dict[int, dict[str, Flow]] = {}
    flows = _FLOWS + _WHERE.format(more=_MORE, whose=whose) + _LEFT
    for no, kind, *came_went, count, high, low in rows.query(flows, *values):
        came, went = join_sum(*came_went[:2]), -join_sum(*came_went[2:])
        moved.setdefault(no, {})[kind] = Flow(came, went, int(count), join_sum(high, low))
    found = []
    for no, name, owner, sort, balance, held, limit, state in rows.query(
        _ACCOUNTS + _WHERE.format(more="", whose=whose) + " ORDER BY a.no", *values
    ):
        free = balance + limit if sort == "issuer" else balance - held
        found.append(Position(name, owner, sort, balance, free, moved.get(no, {}), no, state == "closed", state == "blocked"))
    return tuple(found)


def _spellings(rows: LedgerRows, book: str, holder: str) -> list[str]:
    """Names under which accounts of a book have a holder, the one that is asked among them."""
    wanted = fold_person(holder)
    return sorted({holder, *(name for (name,) in rows.query(_SPELT, book) if fold_person(name) == wanted)})


def gather_holders(positions: Iterable[Position], types: str) -> dict[str, Position]:
    """What each holder has in all open accounts of some types, with what came and went through all accounts of the holder.

    Parameters
    ----------
    positions : iterable of Position
        From `read_positions`.
    types : str
        Types of accounts, separated by spaces.

    Returns
    -------
    dict of str to Position
        By the folded name of the holder, with the sums of its open accounts under the name of the first; a holder whose
        accounts are all closed has its first one, marked as closed.
    """
    parts: dict[str, list[Position]] = {}
    flows: dict[str, dict[str, Flow]] = {}
    for one in positions:
        sort = account_types()[one.type]
        if not sort.gives or sort.floor != "zero":
            continue
        whose = fold_person(one.holder)
        if one.type in types.split():
            parts.setdefault(whose, []).append(one)
        total = flows.setdefault(whose, {})
        for kind, flow in one.flows.items():
            total[kind] = total.get(kind, _NONE) + flow
    return {whose: _join(own, flows[whose]) for whose, own in parts.items()}


def _join(own: Sequence[Position], flows: Mapping[str, Flow]) -> Position:
    """The open accounts of a holder as one; the first of those that are closed where none is open."""
    opened = tuple(one for one in own if not one.closed)
    if not opened:
        return replace(own[0], flows=flows)
    held, free = sum(one.balance for one in opened), sum(one.free for one in opened)
    return replace(opened[0], balance=held, free=free, flows=flows, blocked=False, parts=opened)


def pick(positions: tuple[Position, ...], type: str, *, holder: str = "") -> Position | None:
    """First open account of a type, of a holder if one is named.

    Parameters
    ----------
    positions : tuple of Position
        From `read_positions`.
    type : str
        Types of accounts, separated by spaces.
    holder : str, optional
        Its holder, however it is spelt.

    Returns
    -------
    Position or None
        The account; ``None`` where there is none.
    """
    wanted, sorts = fold_person(holder), type.split()
    return next(
        (one for one in positions if one.type in sorts and not one.closed and wanted in ("", fold_person(one.holder))), None
    )
