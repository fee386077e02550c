"""A compliance period as JSON-able values.

Invariant: a quantity stands with what it was worked out from; what is not known is ``None``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dafeng.ledger.policies import write_number
from dafeng.work.policy_document import finding_document, worked_document
from dafeng.work.settle import Due, Settlement, Standing


def settlement_document(found: Settlement) -> dict[str, Any]:
    """A settlement as JSON-able values.

    Parameters
    ----------
    found : Settlement
        From `settle`.

    Returns
    -------
    dict
        Calendar, companies and findings.
    """
    return {
        "book": found.book,
        "period": found.period,
        "calendar": calendar_document(found.calendar),
        "companies": [standing_document(one) for one in found.standings],
        "findings": [finding_document(one) for one in found.findings],
    }


def calendar_document(dates: Sequence[Due]) -> list[dict[str, Any]]:
    """Dates of compliance as JSON-able values.

    Parameters
    ----------
    dates : sequence of Due
        From `read_calendar`.

    Returns
    -------
    list of dict
        Year, event, label, date (``None`` where it is not known), source and grade.
    """
    return [
        {
            "year": one.year,
            "event": one.event,
            "label": {"zh": one.label.zh, "en": one.label.en},
            "date": one.date,
            "source": one.source,
            "grade": one.grade,
        }
        for one in dates
    ]


def standing_document(one: Standing) -> dict[str, Any]:
    """How a company stands, as JSON-able values.

    Parameters
    ----------
    one : Standing
        From `settle`.

    Returns
    -------
    dict
        Quantities, verdict, and what was worked out. [t]
    """
    parts = {"limit": one.limit, "check": one.check, "penalty": one.penalty, "forecast": one.forecast}
    due = one.entitlement
    return {
        "enterprise": one.enterprise,
        "account": one.account,
        "accounts": [
            {"id": part.account, "number": part.number, "held": part.balance, "free": part.free} for part in one.accounts
        ],
        "installations": 0 if due is None else len(due.allocations),
        "verified": None if due is None or due.verified is None else write_number(due.verified),
        "booked": dict(one.booked),
        "allowance": None if due is None else due.allowance,
        "obligation": None if due is None or due.obligation is None else due.obligation.whole,
        **{name: getattr(one, name) for name in ("held", "free", "owed", "surrendered", "credits", "verdict")},
        **{name: None if part is None else worked_document(part) for name, part in parts.items()},
    }
