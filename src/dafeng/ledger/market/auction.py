"""A sealed auction at one price: bids in, price and awards out; no clock, no database, no chance.

Invariant: what is awarded is at most what is offered; the price is the lowest price of a bid that got something, so nobody
pays more than was bid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple


class SealedBid(NamedTuple):
    """A bid; ``at`` is its place in time, a smaller one is earlier."""

    id: str
    bidder: str
    quantity: int
    price: int
    at: int


class Award(NamedTuple):
    """What a bid gets."""

    bid: str
    bidder: str
    quantity: int


class Clearing(NamedTuple):
    """The outcome: one price (None where nothing was sold), awards in the order of the bids' ranks, and what is left."""

    price: int | None
    awards: tuple[Award, ...]
    unsold: int


def clear(
    bids: Iterable[SealedBid],
    offered: int,
    *,
    reserve: int = 0,
    lot: int = 1,
    most: int | None = None,
    tie: str = "largest_remainder",
) -> Clearing:
    """Serve bids from the highest price down; at the margin they share.

    Parameters
    ----------
    bids : iterable of SealedBid
        In any order.
    offered : int
        Units for sale. [minimal units]
    reserve : int, optional
        Lowest price that counts. [minimal money per price unit]
    lot : int, optional
        Only whole lots are awarded. [minimal units]
    most : int, optional
        Most that one bidder may get; of several bids the higher price counts first, then the earlier. [minimal units]
    tie : {"largest_remainder", "earlier"}, optional
        How bids at the margin share: pro rata with the indivisible rest by largest remainder and then to the earlier bid,
        or one after the other in time.

    Returns
    -------
    Clearing
        The same whatever the order in which the bids are given.
    """
    counted = count_bids(bids, reserve=reserve, lot=lot, most=most)
    lots = offered // lot
    awards: list[Award] = []
    price = None
    for cost, found in groupby(counted, key=lambda one: one.price):
        if not lots:
            break
        level = list(found)
        wanted = [one.quantity // lot for one in level]
        given = wanted if sum(wanted) <= lots else TIES[tie](wanted, lots)
        price = cost
        lots -= sum(given)
        awards += [Award(one.id, one.bidder, size * lot) for one, size in zip(level, given, strict=True) if size]
    return Clearing(price, tuple(awards), offered - sum(one.quantity for one in awards))


def count_bids(bids: Iterable[SealedBid], *, reserve: int = 0, lot: int = 1, most: int | None = None) -> list[SealedBid]:
    """Bids that count, highest price first and then the earlier; cut to what their bidder may have.

    Parameters
    ----------
    bids : iterable of SealedBid
        In any order.
    reserve : int, optional
        Lowest price that counts. [minimal money per price unit]
    lot : int, optional
        Only whole lots count. [minimal units]
    most : int, optional
        Most that one bidder may get. [minimal units]

    Returns
    -------
    list of SealedBid
        With the quantity that counts.
    """
    got: dict[str, int] = {}
    counted = []
    for one in sorted(bids, key=lambda bid: (-bid.price, bid.at, bid.id)):
        room = one.quantity if most is None else min(one.quantity, most - got.get(one.bidder, 0))
        room -= room % lot
        if one.price >= reserve and room > 0:
            got[one.bidder] = got.get(one.bidder, 0) + room
            counted.append(one._replace(quantity=room))
    return counted


def share_by_remainder(wanted: Sequence[int], rest: int) -> list[int]:
    """Shares in proportion; what does not divide goes to the largest remainders, among equal ones to the earlier.

    Parameters
    ----------
    wanted : sequence of int
        What each wants, the earlier first. [lots]
    rest : int
        What there is, at most their sum. [lots]

    Returns
    -------
    list of int
        Shares, which add up to ``rest``; each at most what was wanted. [lots]
    """
    total = sum(wanted)
    shares = [size * rest // total for size in wanted]
    ranked = sorted(range(len(wanted)), key=lambda at: (-(wanted[at] * rest % total), at))
    for at in ranked[: rest - sum(shares)]:
        shares[at] += 1
    return shares


def share_by_time(wanted: Sequence[int], rest: int) -> list[int]:
    """Shares one after the other.

    Parameters
    ----------
    wanted : sequence of int
        What each wants, the earlier first. [lots]
    rest : int
        What there is, at most their sum. [lots]

    Returns
    -------
    list of int
        Shares, which add up to ``rest``. [lots]
    """
    shares = []
    for size in wanted:
        shares.append(min(size, rest))
        rest -= shares[-1]
    return shares


TIES: Mapping[str, Callable[[Sequence[int], int], list[int]]] = {
    "largest_remainder": share_by_remainder,
    "earlier": share_by_time,
}
"""Rules for the margin by name."""
