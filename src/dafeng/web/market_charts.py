"""Data of the charts of markets: prices of trades in their order, and demand against supply of a closed auction.

Invariant: every point is a trade or a bid that counted; amounts are shown in units and yuan, never rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dafeng.ledger.market.auction_record import AuctionRecord
from dafeng.web.charts import Chart
from dafeng.web.labels import Words
from dafeng.work.market_overview import list_curve
from dafeng.work.right_books import tell_quantity


def draw_trades(
    market: Mapping[str, Any], trades: Sequence[Mapping[str, Any]], local: Callable[..., str], words: Words
) -> Chart | None:
    """Prices and quantities of trades, the oldest first.

    Parameters
    ----------
    market : mapping
        The market with its scales.
    trades : sequence of mapping
        The newest first.
    local : callable
        Writes an instant in the market's time.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``trades``; ``None`` where nothing was traded.
    """
    if not trades:
        return None
    shown, last = trades[::-1], trades[0]
    said = {
        "n": len(shown), "price": tell_quantity(last["price"], market["money_scale"]), "unit": market["unit"],
        "low": tell_quantity(min(one["price"] for one in shown), market["money_scale"]),
        "high": tell_quantity(max(one["price"] for one in shown), market["money_scale"]),
    }  # fmt: skip
    return {
        "kind": "trades",
        "title": words.say("markets.chart_trades", values=said),
        "subtitle": words.say("markets.chart_trades_sub", values=said),
        "names": [local(one["at"], "%m-%d %H:%M:%S") for one in shown],
        "ways": [words.word("market_way", one["way"]) for one in shown],
        "prices": [_number(one["price"], market["money_scale"]) for one in shown],
        "sizes": [_number(one["quantity"], market["scale"]) for one in shown],
        "unit": market["unit"],
        "said": {
            "time": words.say("markets.time"), "way": words.say("markets.way"), "price": words.say("markets.price_yuan"),
            "size": words.say("markets.quantity_in", values={"unit": market["unit"]}),
        },
    }  # fmt: skip


def draw_clearing(market: Mapping[str, Any], found: AuctionRecord, words: Words) -> Chart | None:
    """Demand that counted against what was offered, with the price at which both met.

    Parameters
    ----------
    market : mapping
        The market with its scales.
    found : AuctionRecord
        The auction.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``clearing``; ``None`` before the close, and where no bid counted.
    """
    curve = list_curve(found)
    if not curve:
        return None
    scale, money = market["scale"], market["money_scale"]
    said = {
        "asked": tell_quantity(curve[-1][1], scale), "offered": tell_quantity(found.offered, scale), "unit": market["unit"],
        "price": tell_quantity(found.price or 0, money), "sold": tell_quantity(found.sold, scale),
    }  # fmt: skip
    return {
        "kind": "clearing",
        "title": words.say("markets.chart_clearing", values=said),
        "subtitle": words.say("markets.chart_clearing_sub", values=said),
        "unit": market["unit"],
        "demand": [[_number(quantity, scale), _number(price, money)] for price, quantity in curve],
        "offered": _number(found.offered, scale),
        "reserve": _number(found.reserve, money),
        "price": _number(found.price, money) if found.price is not None else None,
        "sold": _number(found.sold, scale),
        "said": {
            "demand": words.say("markets.demand"), "supply": words.say("markets.supply"),
            "price": words.say("markets.price_yuan"), "here": words.say("markets.cleared"),
            "total": words.say("markets.total_in", values={"unit": market["unit"]}),
        },
    }  # fmt: skip


def _number(value: int, scale: int) -> float:
    """A quantity for a scale of pixels; the tables beside write it exactly."""
    return float(Decimal(value).scaleb(-scale))
