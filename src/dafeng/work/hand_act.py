"""Acts carried out on the ledger of a city, each kind by its own hand.

Invariant: an act that was carried out gives the same answer again; a surrender or carry-over is judged by the limits of the
moment at which it is carried out.
"""

from __future__ import annotations

from dafeng.ledger.act import Act, Allot, Carry, Issue, Repay, Surrender, TakeBack
from dafeng.ledger.budget_act import BudgetStep, hand_budget
from dafeng.ledger.hand_act import hand_carry, hand_repay, hand_surrender
from dafeng.ledger.handed import Handed
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.shares import hand_allot
from dafeng.work.city import City
from dafeng.work.credits import hand_back, hand_issue
from dafeng.work.renew_act import read_known_policies, renew_carry, renew_surrender


def carry_out(ledger: Ledger, city: City, act: Act) -> Handed:
    """Carry out an act.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    city : City
        The city.
    act : Act
        The act.

    Returns
    -------
    Handed
        What came of it, durable.
    """
    match act:
        case Allot():
            return hand_allot(ledger, act)
        case Surrender():
            return hand_surrender(ledger, renew_surrender(city, act))
        case Carry():
            return hand_carry(ledger, renew_carry(city, act), policies=read_known_policies(city))
        case Repay():
            return hand_repay(ledger, act)
        case Issue():
            return hand_issue(ledger, city, act)
        case TakeBack():
            return hand_back(ledger, city, act)
        case BudgetStep():
            return hand_budget(ledger, act)
