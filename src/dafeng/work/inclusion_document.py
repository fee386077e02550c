"""Carbon inclusion as JSON-able values: sums, double claims, bundles, keys, and the account of a pseudonym.

Invariant: a sum that is not told is null; no document holds an identity or a secret.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from dafeng.ledger.inclusion.bundles import Bundle
from dafeng.ledger.inclusion.operators import OperatorKey
from dafeng.work.inclusion_account import InclusionAccount, read_account
from dafeng.work.inclusion_reading import (
    SMALLEST_GROUP,
    InclusionView,
    count_claims,
    read_bundles,
)
from dafeng.work.inclusion_sums import InclusionSum, sum_bundle, sum_months
from dafeng.work.rights import Rights

Document = dict[str, Any]


def overview_document(view: InclusionView) -> Document:
    """What the overview shows.

    Parameters
    ----------
    view : InclusionView
        The programme.

    Returns
    -------
    dict
        ``policy``, ``grade``, ``smallest_group``, ``months`` (as `sum_document`), ``double_claims`` by rule, ``bundles``.
    """
    return {
        "policy": view.policy.id,
        "grade": view.policy.grade,
        "smallest_group": SMALLEST_GROUP,
        "months": [sum_document(one) for one in sum_months(view)],
        "double_claims": count_claims(view),
        "bundles": [bundle_row(view, one) for one in read_bundles(view)],
    }


def sum_document(one: InclusionSum) -> Document:
    """A sum.

    Parameters
    ----------
    one : InclusionSum
        From `sum_months` or `sum_bundle`.

    Returns
    -------
    dict
        Figures are null where fewer than `SMALLEST_GROUP` persons stand behind them, or behind what would follow.
        [g CO2, points]
    """
    return asdict(one)


def bundle_row(view: InclusionView, one: Bundle) -> Document:
    """A bundle in a list.

    Parameters
    ----------
    view : InclusionView
        The programme.
    one : Bundle
        The bundle.

    Returns
    -------
    dict
        With ``unit`` and ``scale`` of its credits, and ``state``: ``booked`` or ``handed``. [g CO2, minimal units]
    """
    told = asdict(one)
    del told["done"]
    days = {name: date.fromordinal(getattr(one, name)).isoformat() for name in ("before", "day")}
    unit = {"unit": view.credits.unit, "scale": view.credits.scale}
    return {**told, **days, **unit, "state": "booked" if one.done else "handed"}


def bundle_content(view: InclusionView, one: Bundle) -> Document:
    """A bundle with what it holds.

    Parameters
    ----------
    view : InclusionView
        The programme.
    one : Bundle
        The bundle.

    Returns
    -------
    dict
        As `bundle_row`, with ``holds`` by scene.
    """
    return {**bundle_row(view, one), "holds": [sum_document(row) for row in sum_bundle(view, one.name)]}


def account_content(
    view: InclusionView, rights: Rights, person: str, *, may: bool, before: int = 0, limit: int = 50
) -> Document:
    """Account of a pseudonym with a page of its statement of points.

    Parameters
    ----------
    view, rights, person, may, before, limit
        As `read_account`.

    Returns
    -------
    dict
        Balances, consents with their instants, lines. [g CO2, points, s]

    Raises
    ------
    AccessError
        If whoever asks may not see accounts of persons.
    LookupFailure
        If there never was such a pseudonym.
    """
    return tell_account(read_account(view, rights, person, may=may, before=before, limit=limit))


def tell_account(found: InclusionAccount) -> Document:
    """An account.

    Parameters
    ----------
    found : InclusionAccount
        From `read_account`.

    Returns
    -------
    dict
        JSON-able.
    """
    lines = [
        {
            "event": one.seq,
            "kind": one.kind,
            "effective": one.effective.isoformat(),
            "points": one.amount,
            "balance": one.balance,
        }
        for one in found.lines
    ]
    plain = {name: getattr(found, name) for name in ("person", "kind", "joined", "state", "consent", "grams", "points")}
    return {**plain, "vouchers": dict(found.vouchers), "consents": [dict(one) for one in found.consents], "lines": lines}


def key_document(one: OperatorKey, now: int) -> Document:
    """A key of an operator; never its secret or salt.

    Parameters
    ----------
    one : OperatorKey
        The key.
    now : int
        Instant. [s]

    Returns
    -------
    dict
        JSON-able, with ``state``.
    """
    told = one._asdict()
    del told["salt"]
    return {**told, "scenes": list(one.scenes), "state": one.state(now)}
