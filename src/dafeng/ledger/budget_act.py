"""A step of a budget as one order: its requests, spelled when it was asked, so that a second person decides on these alone.

Invariant: it is booked as one group, all or nothing; carried out again it gives the same answer and books nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from dafeng.ledger.handed import Handed, find_done, find_refused
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.refusals import Refusal, Refused
from dafeng.ledger.requests import Hold, Release, Request, Transfer, decode

STEPS = ("book", "freeze", "release", "close")
"""What can be asked of a budget besides a move."""
_LEFT = (
    "SELECT a.name, a.balance, a.held FROM ledger_account a JOIN ledger_book b ON b.no = a.book"
    " WHERE b.name = ? AND a.type = 'budget' ORDER BY a.name"
)
"""What the nodes of a tree have left."""


class BudgetStep(NamedTuple):
    """A step of a budget in its ``book``; ``requests`` are ids with spellings, in units of ``scale`` decimals of ``unit``.

    ``again`` counts the same steps that were refused or rejected before.
    """

    id: str
    budget: str
    step: str
    book: str
    effective: str
    unit: str
    scale: int
    node: str
    reason: str
    requests: tuple[tuple[str, str], ...]
    again: int = 0

    @property
    def kind(self) -> str:
        """Verb of the step."""
        return f"{self.step}_budget"


def list_requests(act: BudgetStep) -> list[Request]:
    """Requests of a step.

    Parameters
    ----------
    act : BudgetStep
        The step.

    Returns
    -------
    list of Request
        One group.
    """
    return [decode(name, content) for name, content in act.requests]


def list_moved(act: BudgetStep) -> list[tuple[str, int]]:
    """What a step moves, freezes or frees, for whoever decides.

    Parameters
    ----------
    act : BudgetStep
        The step.

    Returns
    -------
    list of (str, int)
        From where to where, and how much; of a release the freeze, and 0 for all of it. [minimal units]
    """
    found: list[tuple[str, int]] = []
    for one in list_requests(act):
        if isinstance(one, Transfer):
            found.append((f"{one.giver} → {one.taker}", one.quantity))
        elif isinstance(one, Hold):
            found.append((one.account, one.quantity))
        elif isinstance(one, Release):
            found.append((one.hold, one.quantity or 0))
    return found


def hand_budget(ledger: Ledger, act: BudgetStep) -> Handed:
    """Book a step.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : BudgetStep
        The step.

    Returns
    -------
    Handed
        Refused where the ledger refuses one of its requests, or a period would close with other units left than were told.
    """
    requests = list_requests(act)

    def make() -> list[list[Request]]:
        if act.step == "close" and not find_done(ledger, [requests[-1].id]):
            _check_left(ledger, act, requests)
        return [requests]

    try:
        said = ledger.book(make)[-1]
    except Refusal as cause:
        return Handed(Refused(cause.code, cause.about))
    return Handed(find_refused(said) or said[-1])


def _check_left(ledger: Ledger, act: BudgetStep, requests: list[Request]) -> None:
    """Whether nothing is frozen, and nodes have left what the step moves away, no more and no less."""
    moved = {one.giver: one.quantity for one in requests if isinstance(one, Transfer)}
    for name, balance, held in ledger.rows.query(_LEFT, act.book):
        if held or balance != moved.get(name, 0):
            raise Refusal("budget_changed", name)
