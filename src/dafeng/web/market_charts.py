"""Data of the charts of markets: prices of trades in their order, and demand against supply of a closed auction.

Invariant: every point is a trade or a bid that counted; amounts are shown in units and yuan, never rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from dafeng.ledger.market.auction_record import AuctionRecord
from dafeng.web.charts import Chart
from dafeng.web.labels import Words
from dafeng.work.market_overview import list_curve
from dafeng.work.right_books import tell_quantity


def draw_trades(
    market: Mapping[str, Any], trades: Sequence[Mapping[str, Any]], clock: Mapping[str, Any], words: Words
) -> Chart | None:
    """Prices and quantities of trades, the oldest first.

    Parameters
    ----------
    market : mapping
        The market with its scales.
    trades : sequence of mapping
        The newest first.
    clock : mapping
        ``local``, which writes an instant in the market's time, and ``zone``, its name.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``trades``; ``None`` where nothing was traded.
    """
    if not trades:
        return None
    shown, last, local = trades[::-1], trades[0], clock["local"]
    marks, days = _mark([one["at"] for one in shown], local)
    said = {
        "n": len(shown), "price": tell_quantity(last["price"], market["money_scale"]), "unit": market["unit"],
        "money": market["money_unit"],
        "low": tell_quantity(min(one["price"] for one in shown), market["money_scale"]),
        "high": tell_quantity(max(one["price"] for one in shown), market["money_scale"]),
    }  # fmt: skip
    return {
        "kind": "trades",
        "title": words.say("markets.chart_trades", values=said),
        "subtitle": words.say("markets.chart_trades_sub", values=said),
        "names": [local(one["at"], form="%Y-%m-%d %H:%M:%S") for one in shown],
        "marks": marks,
        "axis": words.say("markets.axis_time", values={"zone": clock["zone"], "days": days}) if days
        else words.say("markets.axis_number"),
        "ways": [words.word("market_way", one["way"]) for one in shown],
        "prices": [_number(one["price"], market["money_scale"]) for one in shown],
        "sizes": [_number(one["quantity"], market["scale"]) for one in shown],
        "unit": market["unit"],
        "said": {
            "time": words.say("markets.time"), "way": words.say("markets.way"),
            "price": words.say("markets.price_in", values={"unit": market["money_unit"]}),
            "size": words.say("markets.quantity_in", values={"unit": market["unit"]}),
        },
    }  # fmt: skip


def _mark(times: Sequence[str], local: Callable[..., str]) -> tuple[list[str], str]:
    """Marks of an axis of which no two neighbours are alike, and the days it spans; by number, without days, where none are."""
    days = sorted({local(at, form="%Y-%m-%d") for at in times})
    forms = ("%H:%M", "%H:%M:%S") if len(days) == 1 else ("%m-%d", "%m-%d %H:%M", "%m-%d %H:%M:%S")
    for form in forms:
        marks = [local(at, form=form) for at in times]
        if all(one != other for one, other in pairwise(marks)):
            return marks, days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"
    return [str(at + 1) for at in range(len(times))], ""


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
        "money": market["money_unit"],
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
            "price": words.say("markets.price_in", values={"unit": market["money_unit"]}), "here": words.say("markets.cleared"),
            "total": words.say("markets.total_in", values={"unit": market["unit"]}),
        },
    }  # fmt: skip


def _number(value: int, scale: int) -> float:
    """A quantity for a scale of pixels; the tables beside write it exactly."""
    return float(Decimal(value).scaleb(-scale))
