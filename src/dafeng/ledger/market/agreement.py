"""An agreement: one side offers a quantity at a price, the other takes it whole; no clock, no database, no chance.

Invariant: nobody takes an own offer, and an offer made to somebody is taken by nobody else.
"""

from __future__ import annotations

from typing import NamedTuple


class Standing(NamedTuple):
    """An offer that may be taken; ``to`` names the one member it is made to (anybody where empty)."""

    id: str
    member: str
    holder: str
    side: str
    quantity: int
    price: int
    to: str = ""


def flaw_of_take(offer: Standing, member: str, holder: str) -> str:
    """Why a member may not take an offer.

    Parameters
    ----------
    offer : Standing
        The offer.
    member, holder : str
        Who wants to take it, and for whom it holds.

    Returns
    -------
    str
        Code of the refusal; empty where it may.
    """
    if holder == offer.holder:
        return "self_trade"
    return "offer_private" if offer.to not in ("", member) else ""


def sides(offer: Standing, taker: str) -> tuple[str, str]:
    """Who buys and who sells.

    Parameters
    ----------
    offer : Standing
        The offer.
    taker : str
        Who takes it.

    Returns
    -------
    (str, str)
        Buyer and seller.
    """
    return (offer.member, taker) if offer.side == "buy" else (taker, offer.member)
