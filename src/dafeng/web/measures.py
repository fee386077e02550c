"""The page of measures: the abatement curve in both orders, who pays, interactions and the peak.

Invariant: bars, tables and sentences show figures of the view document; the page chooses a year, a scope and an order and
computes nothing but where a bar begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dafeng.web.charts import Chart, scale_column
from dafeng.web.figures import Scale, scale_series, show
from dafeng.web.filters import keep
from dafeng.web.labels import Words

FILTERS = ("year", "scope")
"""What an address of the page may choose."""
Row = Mapping[str, Any]


def build_measures(view: Row, words: Words, query: Mapping[str, str]) -> dict[str, Any]:
    """What the template of the page gets.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.
    query : mapping of str to str
        Filters.

    Returns
    -------
    dict
        ``curve`` is ``None`` where no measure was compared.
    """
    found = view.get("abatement")
    if not found:
        return {"curve": None}
    chosen = keep(query, FILTERS)
    curve = _choose(found, chosen.get("year", ""))
    scope = chosen["scope"] if chosen.get("scope") in found["scopes"] else "local"
    rows = _rows(found, curve, scope)
    return {
        "curve": curve,
        "scope": scope,
        "found": found,
        "column": _column(curve),
        "columns": [(_column(one), one["year"]) for one in found["curves"]],
        "said": _said(curve, scope, words),
        "macc": draw_curve(found, curve, scope, words),
        "rows": rows,
        "priced": [row for row in rows if row["share"]["outlay"] and row["share"]["outlay"]["value"]],
        "money": scale_column(curve["paid"].values(), words.language),
        "mass": scale_column([curve["together"][scope]], words.language),
        "says": _closed(found, curve, scope, words),
    }


def _closed(found: Row, curve: Row, scope: str, words: Words) -> dict[str, str]:
    """What the folded tables say in one line."""

    def told(number: Row) -> str:
        return str(show(number["value"], number["unit"], words.language, basis="projected", vague=True))

    known = curve["paid"]["cost"]["value"] is not None
    paid = (
        [f"{words.read(label)} {told(curve['paid']['paid_' + name])}" for name, label in found["payers"].items()]
        if known
        else []
    )
    cost = {"cost": told(curve["paid"]["cost"]), "paid": words.say("app.joint").join(paid)} if known else {}
    together = {"n": len(curve["shares"]), "total": told(curve["together"][scope])}
    return {
        "payers": words.say("measures.payers_says", values=cost) if known else "",
        "interactions": words.say("measures.interactions_says", values=together),
    }


def draw_curve(found: Row, curve: Row, scope: str, words: Words) -> Chart | None:
    """The abatement curve: width CO2 avoided, height cost per CO2.

    Parameters
    ----------
    found : mapping
        Part ``abatement`` of the view document.
    curve : mapping
        One of its years.
    scope : str
        Scope.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``macc`` with the bars of each order; ``None`` where no measure avoids anything.
    """
    named = {one["id"]: one for one in found["measures"]}
    orders = {"mean": list(_mean_bars(curve, scope, named, words)), "next": list(_next_bars(curve, scope, named, words))}
    if not orders["mean"]:
        return None
    whole = curve["together"][scope]
    scale = scale_series([[whole["value"]]], whole["unit"], words.language)
    kinds = [name for name in orders if orders[name]]
    names = {"mean": words.say("measures.order_mean"), "next": words.say("measures.order_next")}
    return {
        "kind": "macc",
        "title": words.say("measures.curve", values=_said(curve, scope, words)),
        "subtitle": words.say("measures.curve_sub"),
        "unit": scale.text,
        "money": words.say("measures.price_unit"),
        "fields": [{"id": name, "name": words.read(label)} for name, label in found["fields"].items()],
        "orders": [{"id": name, "name": names[name], "bars": [_scaled(bar, scale) for bar in orders[name]]} for name in kinds],
        "said": {
            "measure": words.say("measures.name"),
            "avoided": words.say("measures.avoided"),
            "price": words.say("measures.price"),
            "unknown": words.say("measures.unknown"),
            "clipped": words.say("measures.clipped"),
        },
    }


def _scaled(bar: dict[str, Any], scale: Scale) -> dict[str, Any]:
    """A bar whose width is written in the unit of the axis."""
    begin, width, *between = scale.spread([bar["begin"], bar["width"], *bar["between"]])
    return bar | {"begin": begin, "width": width, "between": between}


def _mean_bars(curve: Row, scope: str, named: Mapping[str, Row], words: Words) -> Iterator[dict[str, Any]]:
    shares = [one for one in curve["shares"] if (one["avoided"][scope]["value"] or 0.0) > 0]
    priced = [one for one in shares if one["price"][scope]]
    others = [one for one in shares if not one["price"][scope]]
    begin = 0.0
    for share in [
        *sorted(priced, key=lambda one: one["price"][scope]["value"]),
        *sorted(others, key=lambda one: -one["avoided"][scope]["value"]),
    ]:
        avoided, price = share["avoided"][scope], share["price"][scope]
        yield _bar(
            named[share["id"]],
            words,
            begin,
            avoided["value"],
            (avoided["low"], avoided["high"]),
            None if price is None else (price["value"], price["low"], price["high"]),
            (price or avoided)["address"],
        )
        begin += avoided["value"]


def _next_bars(curve: Row, scope: str, named: Mapping[str, Row], words: Words) -> Iterator[dict[str, Any]]:
    begin = 0.0
    for step in curve["orders"].get(scope, ()):
        width = step["avoided"]["value"]
        if width <= 0:
            continue
        price = None if step["price"] is None else (step["price"]["value"], None, None)
        address = (step["price"] or step["avoided"])["address"]
        yield _bar(named[step["id"]], words, begin, width, (None, None), price, address)
        begin += width


def _bar(
    measure: Row,
    words: Words,
    begin: float,
    width: float,
    between: tuple[float | None, float | None],
    price: tuple[float, float | None, float | None] | None,
    address: str,
) -> dict[str, Any]:
    value, low, high = price if price is not None else (None, None, None)
    return {
        "id": measure["id"],
        "name": words.read(measure["label"]),
        "field": measure["field"],
        "begin": begin,
        "width": width,
        "between": list(between),
        "price": value,
        "low": low,
        "high": high,
        "address": address,
    }


def _choose(found: Row, asked: str) -> Row:
    curves: Sequence[Row] = found["curves"]
    return next((one for one in curves if _column(one) == asked), curves[0])


def _column(curve: Row) -> str:
    return "all" if curve["year"] is None else str(curve["year"])


def _rows(found: Row, curve: Row, scope: str) -> list[dict[str, Any]]:
    named = {one["id"]: one for one in found["measures"]}
    rows = [
        {"measure": named[share["id"]], "share": share, "field": found["fields"][named[share["id"]]["field"]]}
        for share in curve["shares"]
    ]
    return sorted(rows, key=lambda row: -(row["share"]["avoided"][scope]["value"] or 0.0))


def _said(curve: Row, scope: str, words: Words) -> dict[str, Any]:
    groups, whole = curve["groups"][scope], curve["together"][scope]

    def told(number: Row) -> str:
        return str(show(number["value"], number["unit"], words.language, basis="projected", vague=True))

    when = (
        words.say("measures.all_years")
        if curve["year"] is None
        else words.say("measures.in_year", values={"year": curve["year"]})
    )
    raising = groups["raising"]
    raised = told({**raising, "value": abs(raising["value"])}) if raising["value"] else ""
    return {
        "when": when,
        "total": told(whole),
        "gaining": told(groups["gaining"]),
        "costing": told(groups["costing"]),
        "unpriced": told(groups["unpriced"]),
        "raising": words.say("measures.raising", values={"amount": raised}) if raised else "",
    }
