"""A continuous order book: orders in, trades out; price first, then time; no clock, no database, no chance.

Invariant: after every call the best price bought at is below the best price sold at; no owner trades with itself; an order
is traded, cancelled or resting to the last unit.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import NamedTuple


class LimitOrder(NamedTuple):
    """An order to buy or sell at a price or better."""

    id: str
    owner: str
    side: str
    quantity: int
    price: int


class Match(NamedTuple):
    """Two orders meet, at the price of the one that rested."""

    buy: str
    sell: str
    quantity: int
    price: int


class Matched(NamedTuple):
    """What an order led to: matches, and orders taken out with what was left of them."""

    matches: tuple[Match, ...]
    removed: tuple[tuple[str, int], ...]


class Resting:
    """An order in the book and what is left of it."""

    __slots__ = ("left", "order")

    def __init__(self, order: LimitOrder, left: int) -> None:
        self.order, self.left = order, left


class _Side:
    """Orders of one side by price; ``sign`` is 1 where the lowest price is the best."""

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.levels: dict[int, deque[Resting]] = {}
        self.prices: list[int] = []

    def add(self, resting: Resting) -> None:
        price = resting.order.price
        level = self.levels.get(price)
        if level is None:
            level = self.levels[price] = deque()
            heappush(self.prices, self.sign * price)
        level.append(resting)

    def best(self) -> Resting | None:
        """The order that is served next; what has nothing left is dropped on the way."""
        while self.prices:
            price = self.sign * self.prices[0]
            level = self.levels[price]
            while level and not level[0].left:
                level.popleft()
            if level:
                return level[0]
            del self.levels[price]
            heappop(self.prices)
        return None


class OrderBook:
    """Orders of one session.

    Parameters
    ----------
    self_trade : {"cancel_incoming", "cancel_resting"}, optional
        What is taken out where an order meets one of its own owner.
    """

    def __init__(self, *, self_trade: str = "cancel_incoming") -> None:
        self._self_trade = self_trade
        self._sides = {"buy": _Side(-1), "sell": _Side(1)}
        self._resting: dict[str, Resting] = {}

    def place(self, order: LimitOrder) -> Matched:
        """Match an order; what is left of it rests.

        Parameters
        ----------
        order : LimitOrder
            With an id that was not used before.

        Returns
        -------
        Matched
            In the order in which it happened.
        """
        buys = order.side == "buy"
        opposite = self._sides["sell" if buys else "buy"]
        sign = opposite.sign
        left = order.quantity
        matches: list[Match] = []
        removed: list[tuple[str, int]] = []
        while left and (found := opposite.best()) is not None and sign * found.order.price <= sign * order.price:
            other = found.order
            if other.owner == order.owner:
                if self._self_trade == "cancel_incoming":
                    removed.append((order.id, left))
                    return Matched(tuple(matches), tuple(removed))
                removed.append((other.id, self.cancel(other.id)))
                continue
            size = min(left, found.left)
            left -= size
            found.left -= size
            matches.append(
                Match(order.id, other.id, size, other.price) if buys else Match(other.id, order.id, size, other.price)
            )
            if not found.left:
                del self._resting[other.id]
        if left:
            resting = self._resting[order.id] = Resting(order, left)
            self._sides[order.side].add(resting)
        return Matched(tuple(matches), tuple(removed))

    def cancel(self, id: str) -> int:
        """Take an order out.

        Parameters
        ----------
        id : str
            The order.

        Returns
        -------
        int
            What was left of it; 0 where it does not rest in the book. [minimal units]
        """
        resting = self._resting.pop(id, None)
        if resting is None:
            return 0
        left, resting.left = resting.left, 0
        return left

    def close(self) -> list[tuple[str, int]]:
        """Take all orders out.

        Returns
        -------
        list of (id, int)
            What was left of each, in the order they came. [minimal units]
        """
        return [(name, self.cancel(name)) for name in list(self._resting)]

    def left(self, id: str) -> int:
        """What is left of an order.

        Parameters
        ----------
        id : str
            The order.

        Returns
        -------
        int
            0 where it does not rest in the book. [minimal units]
        """
        resting = self._resting.get(id)
        return 0 if resting is None else resting.left

    def depth(self, side: str) -> list[tuple[int, int]]:
        """Quantities by price.

        Parameters
        ----------
        side : {"buy", "sell"}
            Which side.

        Returns
        -------
        list of (price, quantity)
            Best price first. [minimal money per price unit, minimal units]
        """
        found: dict[int, int] = {}
        for one in self._resting.values():
            if one.order.side == side:
                found[one.order.price] = found.get(one.order.price, 0) + one.left
        return sorted(found.items(), reverse=side == "buy")
