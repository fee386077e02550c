"""What to ask of the ledger so that a company has what it is entitled to: pre-allocation, true-up, claims, carry-over.

Invariant: what is booked for a company ends at its entitlement; what it can no longer give back becomes a claim on it and
never a balance below zero. The first id of a group depends only on what was booked before, so no step is booked twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from dafeng.ledger.positions import Position
from dafeng.ledger.requests import Request, Transfer

ALLOTTED = ("pre_allocate", "allocate", "true_up")
"""Kinds of transfers that bring an entitlement."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The accounts between which a company's entitlement is booked.

    Parameters
    ----------
    issuer, holder : Position
        Who allots, and the company's account.
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
        return self.holder.net(*ALLOTTED) - self.owed


def adjust(sides: Sides, final: int, day: str, *, kind: str, reason: str) -> list[Request]:
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

    Returns
    -------
    list of Request
        One group; none where nothing changes. More is given only after what is owed is forgiven.
    """
    name = f"{kind}:{sides.holder.account}:{sides.holder.count(*ALLOTTED) + _claims(sides)}:{final}"
    difference = final - sides.booked
    made: list[Request] = []
    if difference < 0:
        back = min(sides.holder.free, -difference)
        made += _moved(name, "true_up", sides.holder, sides.issuer, back, day, reason)
        if (rest := -difference - back) and sides.claimant is not None and sides.debtor is not None:
            made += _moved(f"{name}:owed" if made else name, "issue", sides.claimant, sides.debtor, rest, day, reason)
    if difference > 0:
        forgiven = min(sides.owed, difference)
        if forgiven and sides.claimant is not None and sides.debtor is not None:
            made += _moved(name, "true_up", sides.debtor, sides.claimant, forgiven, day, reason)
        given = difference - forgiven
        made += _moved(f"{name}:more" if made else name, kind, sides.issuer, sides.holder, given, day, reason)
    return made


def repay(sides: Sides, day: str, *, reason: str) -> list[Request]:
    """Requests by which a company gives back what is claimed, as far as it holds it.

    Parameters
    ----------
    sides : Sides
        The accounts.
    day : str
        Effective day.
    reason : str
        Why.

    Returns
    -------
    list of Request
        One group that takes the units and ends the claim; none where nothing is owed or held.
    """
    quantity = min(sides.owed, sides.holder.free)
    if not quantity or sides.claimant is None or sides.debtor is None:
        return []
    name = f"repay:{sides.holder.account}:{sides.holder.count(*ALLOTTED) + _claims(sides)}"
    return [
        *_moved(name, "true_up", sides.holder, sides.issuer, quantity, day, reason),
        *_moved(f"{name}:claim", "true_up", sides.debtor, sides.claimant, quantity, day, reason),
    ]


def _claims(sides: Sides) -> int:
    return 0 if sides.debtor is None else sides.debtor.count()


def _moved(name: str, kind: str, giver: Position, taker: Position, quantity: int, day: str, reason: str) -> list[Request]:
    if not quantity:
        return []
    return [Transfer(name, kind, giver.account, taker.account, quantity, day, reason=reason)]


def carry(old: Sides, new: Sides, quantity: int, day: str, *, reason: str) -> list[Request]:
    """Requests that carry units of one period into the next.

    Parameters
    ----------
    old, new : Sides
        Accounts in the book of the old and of the new period.
    quantity : int
        How many. [minimal units]
    day : str
        Effective day.
    reason : str
        Why.

    Returns
    -------
    list of Request
        One group: taken from the old book, issued in the new one.
    """
    name = f"carry:{old.holder.account}:{new.holder.account}:{old.holder.count('carry')}"
    return [
        *_moved(name, "carry", old.holder, old.issuer, quantity, day, reason),
        *_moved(f"{name}:in", "issue", new.issuer, new.holder, quantity, day, reason),
    ]
