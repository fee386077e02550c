"""An order book written the slow way: every order is compared with every other one that still waits."""

from __future__ import annotations


def match_naively(orders, *, self_trade: str = "cancel_incoming"):
    """Matches (buy, sell, quantity, price), and what is left of each order that rests, and what was taken out."""
    waiting: list[list] = []  # [order, left], in time
    matches, removed = [], []
    for order in orders:
        left = order.quantity
        while left:
            best = None
            for entry in waiting:
                other = entry[0]
                if other.side == order.side or not entry[1]:
                    continue
                fits = other.price <= order.price if order.side == "buy" else other.price >= order.price
                better = best is None or (other.price < best[0].price if order.side == "buy" else other.price > best[0].price)
                if fits and better:
                    best = entry
            if best is None:
                break
            if best[0].owner == order.owner:
                if self_trade == "cancel_incoming":
                    removed.append((order.id, left))
                    left = 0
                else:
                    removed.append((best[0].id, best[1]))
                    waiting.remove(best)
                continue
            size = min(left, best[1])
            left -= size
            best[1] -= size
            pair = (order.id, best[0].id) if order.side == "buy" else (best[0].id, order.id)
            matches.append((*pair, size, best[0].price))
            if not best[1]:
                waiting.remove(best)
        if left:
            waiting.append([order, left])
    return matches, {entry[0].id: entry[1] for entry in waiting}, removed
