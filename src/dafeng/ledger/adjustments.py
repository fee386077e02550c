"""What to ask of the ledger so that a company has what it is entitled to: pre-allocation, true-up, claims, carry-over.

Invariant: what is booked for a company ends at its entitlement; what it can no longer give back becomes a claim on it and
never a balance below zero; it gives from all its open accounts, the one opened first before the next. The ids of a group
follow from the one that is given.
"""

from __future__ import annotations

from dataclasses import dataclass

from dafeng.ledger.positions import Position
from dafeng.ledger.requests import Request, Transfer

ALLOTTED = ("pre_allocate", "allocate", "true_up")
"""Kinds of transfers that bring an entitlement; of the last only what came from or went to the issuer counts."""
CARRIED = "carried"
"""End of the name of the account of a book that takes what is carried over."""


def sum_allotted(holder: Position) -> int:
    """What a company was allotted, less what was taken back.

    Parameters
    ----------
    holder : Position
        The company's accounts.

    Returns
    -------
    int
        Units; a true-up between two companies counts for nothing. [minimal units]
    """
    return holder.net("pre_allocate", "allocate") + holder.issued("true_up")


@dataclass(frozen=True, slots=True)
class Sides:
    """The accounts between which a company's entitlement is booked.

    Parameters
    ----------
    issuer, holder : Position
        Who allots, and the company's accounts as one.
    claimant, debtor : Position or None
        The same of the book of claims; the balance of the second is what the company still owes.
    """

    issuer: Position
    holder: Position
    claimant: Position | None
    debtor: Position | None

    @property
    def owed(self) -> int:
        """What the company still has to give back. [minimal units]"""
        return 0 if self.debtor is None else self.debtor.balance

    @property
    def booked(self) -> int:
        """What the company was allotted, less what was taken back or is claimed. [minimal units]"""
        return sum_allotted(self.holder) - self.owed

    @property
    def to_repay(self) -> int:
        """What of it the company holds free. [minimal units]"""
        return min(self.owed, self.holder.free)


def adjust(sides: Sides, final: int, day: str, *, kind: str, reason: str, id: str) -> list[Request]:
    """Requests that bring what is booked to what is due.

    Parameters
    ----------
    sides : Sides
        The accounts.
    final : int
        What the company is entitled to. [minimal units]
    day : str
        Effective day.
    kind : {"pre_allocate", "allocate"}
        How more is given.
    reason : str
        Why.
    id : str
        Id of the first request; those of the others begin with it.

    Returns
    -------
    list of Request
        One group; none where nothing changes. More is given only after what is owed is forgiven.
    """
    difference = final - sides.booked
    made: list[Request] = []
    if difference < 0:
        back = min(sides.holder.free, -difference)
        made += draw_moves(id, "true_up", sides.holder, sides.issuer.account, back, day, reason)
        if (rest := -difference - back) and sides.claimant is not None and sides.debtor is not None:
            name = f"{id}:owed" if made else id
            made += draw_moves(name, "issue", sides.claimant, sides.debtor.account, rest, day, reason)
    if difference > 0:
        forgiven = min(sides.owed, difference)
        if forgiven and sides.claimant is not None and sides.debtor is not None:
            made += draw_moves(id, "true_up", sides.debtor, sides.claimant.account, forgiven, day, reason)
        given = difference - forgiven
        made += draw_moves(f"{id}:more" if made else id, kind, sides.issuer, sides.holder.account, given, day, reason)
    return made


def repay(sides: Sides, quantity: int, day: str, *, reason: str, id: str) -> list[Request]:
    """Requests by which a company gives back what is claimed.

    Parameters
    ----------
    sides : Sides
        The accounts.
    quantity : int
        How many. [minimal units]
    day : str
        Effective day.
    reason : str
        Why.
    id : str
        Id of the first request; that of the other begins with it.

    Returns
    -------
    list of Request
        One group that takes the units and ends the claim; none for nothing, or without a book of claims.
    """
    if not quantity or sides.claimant is None or sides.debtor is None:
        return []
    return [
        *draw_moves(id, "true_up", sides.holder, sides.issuer.account, quantity, day, reason),
        *draw_moves(f"{id}:claim", "true_up", sides.debtor, sides.claimant.account, quantity, day, reason),
    ]


def draw_moves(id: str, kind: str, giver: Position, taker: str, quantity: int, day: str, reason: str) -> list[Request]:
    """Requests that move a quantity out of the accounts of a giver, from the one opened first as far as it goes.

    Parameters
    ----------
    id : str
        Id of the first request; those of the others begin with it.
    kind : str
        Kind of transfer.
    giver : Position
        Who gives.
    taker : str
        Account that takes.
    quantity : int
        How many. [minimal units]
    day : str
        Effective day.
    reason : str
        Why.

    Returns
    -------
    list of Request
        One for each account that gives; none for nothing. They belong into one group.
    """
    return [
        Transfer(f"{id}:part{number}" if number > 1 else id, kind, account, taker, many, day, reason=reason)
        for number, (account, many) in enumerate(giver.draw(quantity), 1)
    ]


def name_carried(book: str) -> str:
    """Name of the account that takes what is carried out of a book, so that the cap of the book keeps counting it.

    Parameters
    ----------
    book : str
        The book.

    Returns
    -------
    str
        Its name.
    """
    return f"{book}.{CARRIED}"


def carry(old: Sides, new: Sides, sink: str, quantity: int, day: str, *, reason: str, id: str) -> list[Request]:
    """Requests that carry units of one period into the next.

    Parameters
    ----------
    old, new : Sides
        Accounts in the book of the old and of the new period.
    sink : str
        Account of the old book that takes them, from `name_carried`.
    quantity : int
        How many. [minimal units]
    day : str
        Effective day.
    reason : str
        Why.
    id : str
        Id of the first request; that of the other begins with it.

    Returns
    -------
    list of Request
        One group: ended in the old book, issued in the new one; the old issuer may issue no more than before.
    """
    if not quantity:
        return []
    return [
        *draw_moves(id, "carry", old.holder, sink, quantity, day, reason),
        *draw_moves(f"{id}:in", "issue", new.issuer, new.holder.account, quantity, day, reason),
    ]
