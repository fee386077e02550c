"""What an account of a book holds and what ever came and went by kind, as compliance needs it.

Invariant: a reversed transfer and its reversal count for nothing; what is read here is never kept beyond the command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dafeng.ledger.ledger import Ledger

_WHERE = " FROM ledger_account a JOIN ledger_book b ON b.no = a.book{more} WHERE b.name = ? AND a.state <> 'closed'{whose}"
_WHOSE = " AND (a.holder = ? OR a.type IN ('issuer', 'surrendered'))"
_FLOWS = (
    "SELECT p.account, e.kind, SUM(CASE WHEN p.amount > 0 THEN p.amount ELSE 0 END),"
    " SUM(CASE WHEN p.amount < 0 THEN p.amount ELSE 0 END), COUNT(*),"
    " SUM(CASE WHEN o.type = 'issuer' THEN p.amount ELSE 0 END)"
)
_MORE = (
    " JOIN ledger_posting p ON p.account = a.no JOIN ledger_event e ON e.seq = p.seq"
    " JOIN ledger_account o ON o.no = CASE WHEN e.giver = a.no THEN e.taker ELSE e.giver END"
)
_LEFT = " AND e.kind <> 'reverse' AND e.id NOT IN (SELECT id FROM ledger_reversed) GROUP BY p.account, e.kind"
_ACCOUNTS = "SELECT a.no, a.name, a.holder, a.type, a.balance, a.held, a.lim"


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


@dataclass(frozen=True, slots=True)
class Position:
    """An account as it stands.

    Parameters
    ----------
    account, holder, type : str
        Name, holder and type.
    balance, free : int
        What it holds, and what of it is not held by a claim. [minimal units]
    flows : mapping of str to Flow
        What came and went by kind.
    number : int
        Its number in the ledger.
    """

    account: str
    holder: str
    type: str
    balance: int
    free: int
    flows: Mapping[str, Flow]
    number: int = 0

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
    """Accounts of a book with their flows, in two queries.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    book : str
        Name of the book.
    holder : str, optional
        Only the accounts of this holder, the issuers and those that take what is surrendered.

    Returns
    -------
    tuple of Position
        In the order in which they were opened; none where there is no such book.
    """
    whose, values = (_WHOSE, (book, holder)) if holder else ("", (book,))
    moved: dict[int, dict[str, Flow]] = {}
    flows = _FLOWS + _WHERE.format(more=_MORE, whose=whose) + _LEFT
    for no, kind, came, went, count, issued in ledger.rows.query(flows, *values):
        moved.setdefault(no, {})[kind] = Flow(int(came), -int(went), int(count), int(issued))
    found = []
    for no, name, owner, sort, balance, held, limit in ledger.rows.query(
        _ACCOUNTS + _WHERE.format(more="", whose=whose) + " ORDER BY a.no", *values
    ):
        free = balance + limit if sort == "issuer" else balance - held
        found.append(Position(name, owner, sort, balance, free, moved.get(no, {}), no))
    return tuple(found)


def pick(positions: tuple[Position, ...], type: str, *, holder: str = "") -> Position | None:
    """First account of a type, of a holder if one is named.

    Parameters
    ----------
    positions : tuple of Position
        From `read_positions`.
    type : str
        Types of accounts, separated by spaces.
    holder : str, optional
        Its holder.

    Returns
    -------
    Position or None
        The account; ``None`` where there is none.
    """
    return next((one for one in positions if one.type in type.split() and holder in ("", one.holder)), None)
