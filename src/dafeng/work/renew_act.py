"""Limits of a surrender or carry-over worked out anew when it is carried out, since figures change while an order waits.

Invariant: a limit that can no longer be worked out is not known, and what depends on it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from dafeng.core.errors import DafengError
from dafeng.ledger.act import Carry, Surrender
from dafeng.ledger.policies import Policy, read_policies
from dafeng.work.carry_over import work_carry
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.period_books import find_year
from dafeng.work.settle import make_surrender


def renew_surrender(city: City, act: Surrender) -> Surrender:
    """A surrender with what the company owes and may cover with credits now.

    Parameters
    ----------
    city : City
        The city.
    act : Surrender
        The act as it was asked.

    Returns
    -------
    Surrender
        The same act; ``due`` and ``most`` are ``None`` where they cannot be worked out, as where the table of units is gone.
    """
    if act.beyond and not act.credits:
        return act
    try:
        now = make_surrender(
            city, act.book, act.period, act.holder, quantity=act.quantity, credits=act.credits, day=act.effective,
            plants=Path(act.plants) if act.plants else None, id=act.id,
        )  # fmt: skip
    except DafengError:
        return act._replace(due=None, most=None)
    return act._replace(due=now.due, most=now.most)


def read_known_policies(city: City) -> Mapping[str, Policy]:
    """Policies that hold, for what is carried out and may not stop halfway.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    mapping of str to Policy
        None where a file of the city does not keep its form: what depends on a policy is then not known, and refused.
    """
    try:
        return read_policies(city.overlay)
    except DafengError:
        return {}


def renew_carry(city: City, act: Carry) -> Carry:
    """A carry-over with the most that the policy allows now.

    Parameters
    ----------
    city : City
        The city.
    act : Carry
        The act as it was asked.

    Returns
    -------
    Carry
        The same act; ``most`` is ``None`` where it cannot be worked out.
    """
    try:
        with open_city_ledger(city) as ledger:
            year = find_year(ledger, act.book)
        base = Decimal(act.base) if act.base else None
        worked = work_carry(city, act.book, act.into, act.holder, year=year, base=base)
    except DafengError:
        return act._replace(most=None)
    return act._replace(most=worked.whole)
