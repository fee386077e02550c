"""The page of the hourly models: its sentences, the strip of weeks and one week hour by hour.

Invariant: figures are those that the run kept; one scale for all weeks of a carrier, so that they can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.web.charts import Chart
from dafeng.web.cities import CityView
from dafeng.web.figures import Scale, scale_series
from dafeng.web.hours_charts import PRICE, draw_curve, draw_levels, draw_stack, draw_streams
from dafeng.web.hours_choice import Choice, Row, choose, name_day, name_week, tell, tell_share
from dafeng.web.labels import Words

ORDER = ("plant", "renewable", "storage", "trade", "unserved", "demand")
"""Order of the areas of a week from the zero line outwards."""
NOTICEABLE = 1e-7
"""Share of demand below which what is not served is noise of the solution."""


def build_hours(city: CityView, words: Words, query: Mapping[str, str]) -> dict[str, Any]:
    """What the template of the page gets.

    Parameters
    ----------
    city : CityView
        The city.
    words : Words
        Language of the page.
    query : mapping of str to str
        Filters.

    Returns
    -------
    dict
        ``chosen`` is ``None`` where the run kept no hourly result.
    """
    index = city.view.get("hours")
    if not index or not index["cases"]:
        return {"chosen": None}
    chosen = choose(index, query)
    return {
        "chosen": chosen,
        "cases": index["cases"],
        "title": tell_case(chosen, words),
        "proof": chosen.case["proof"],
        "statement": tell_error(chosen, words),
        "strip": draw_strip(chosen, words),
        "week": draw_week(city, chosen, words),
        "year": announce_year(chosen, words) if city.hours is not None else None,
        "curves": [draw_curve(chosen, words, names) for names in (("load", "residual"), ("price",))],
        "levels": draw_levels(chosen, words),
        "streams": draw_streams(chosen, words),
        "stacks": [draw_stack(chosen, words, kind) for kind in ("capacity", "cost")],
        "circulating": tell(chosen.case["streams"][chosen.period]["circulating"], "MWh", words),
    }


def find_week(city: CityView, words: Words, query: Mapping[str, str]) -> Chart | None:
    """Chart of the week that an address asks for.

    Parameters
    ----------
    city : CityView
        The city.
    words : Words
        Language of the page.
    query : mapping of str to str
        Filters.

    Returns
    -------
    dict or None
        ``None`` where the run kept no hourly result.
    """
    index = city.view.get("hours")
    return draw_week(city, choose(index, query), words) if index and index["cases"] else None


def find_year(city: CityView, words: Words, query: Mapping[str, str]) -> Chart | None:
    """Chart of all hours that an address asks for.

    Parameters
    ----------
    city : CityView
        The city.
    words : Words
        Language of the page.
    query : mapping of str to str
        Filters.

    Returns
    -------
    dict or None
        Chart ``year``; ``None`` where the run kept no hourly result.
    """
    index = city.view.get("hours")
    if not index or not index["cases"] or city.hours is None:
        return None
    chosen = choose(index, query)
    year = city.hours.year(chosen.case["id"], carrier=chosen.carrier, bus=chosen.bus, period=chosen.period)
    scale = _scale(chosen, words)
    enough = sum(green >= load for green, load in zip(year["renewable"], year["load"], strict=True))
    said = {
        "n": f"{enough:,}",
        "hours": f"{len(year['load']):,}",
        "peak": tell(max(year["load"], default=0.0), chosen.unit, words),
    }
    return {
        **announce_year(chosen, words),
        "title": words.say("hours.whole_title", values=said),
        "money": scale_series([year["price"]], PRICE, words.language).text,
        "days": [name_day(day) for day in range(-(-len(year["load"]) // 24))],
        "load": scale.spread(year["load"]),
        "renewable": scale.spread(year["renewable"]),
        "price": [round(value, 1) for value in year["price"]],
    }


def announce_year(chosen: Choice, words: Words) -> Chart:
    """The chart of all hours before its series are fetched.

    Parameters
    ----------
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        Chart ``year`` without series; ``from`` is the query they are fetched with.
    """
    unit = _scale(chosen, words).text
    return {
        "kind": "year",
        "title": words.say("hours.whole"),
        "subtitle": words.say("hours.whole_sub", values={"unit": unit}),
        "unit": unit,
        "from": {**chosen.query(), "lang": words.language},
    }


def _scale(chosen: Choice, words: Words) -> Scale:
    """One scale for all weeks of a carrier, so that they can be compared."""
    return scale_series([chosen.side["curves"]["load"]], chosen.unit, words.language)


def tell_case(chosen: Choice, words: Words) -> str:
    """Headline: what is short, what is curtailed.

    Parameters
    ----------
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.

    Returns
    -------
    str
        One sentence.
    """
    totals = chosen.side["totals"]
    offered = totals["renewable"] + totals["curtailed"]
    said = {
        "carrier": chosen.name(chosen.carrier, words),
        "year": "" if chosen.year is None else chosen.year,
        "demand": tell(totals["load"], _energy(chosen), words),
        "share": tell_share(totals["renewable"] / totals["load"] if totals["load"] else 0.0),
        "curtailed": tell_share(totals["curtailed"] / offered if offered else 0.0),
        "unserved": tell(totals["unserved"], _energy(chosen), words),
    }
    short = totals["unserved"] > NOTICEABLE * totals["load"]
    head = words.say("hours.title_year", values=said) if chosen.year else words.say("hours.title_plain", values=said)
    tail = words.say("hours.short", values=said) if short else words.say("hours.served", values=said)
    green = words.say("hours.green", values=said) if offered else ""
    return head + tail + green


def tell_error(chosen: Choice, words: Words) -> str:
    """How far the result may be from the optimum of all hours.

    Parameters
    ----------
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.

    Returns
    -------
    str
        One sentence.
    """
    stated = chosen.case["approximation"]
    if stated is None:
        return words.say("hours.exact", values={"steps": f"{chosen.case['steps']:,}"})
    said = {"steps": f"{stated['steps']:,}", "of": f"{stated['of']:,}", "error": tell_share(stated["error"])}
    return words.say("hours.segments", values=said)


def draw_strip(chosen: Choice, words: Words) -> Chart:
    """The weeks of the year, for finding one.

    Parameters
    ----------
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        ``load`` and ``renewable``, one mean a week, and the name of each week.
    """
    weekly = chosen.side["weekly"]
    scale = scale_series([weekly["load"]], chosen.unit, words.language)
    return {
        "unit": scale.text,
        "names": [name_week(week, chosen, words) for week in range(len(weekly["load"]))],
        "load": scale.spread(weekly["load"]),
        "renewable": scale.spread(weekly["renewable"]),
        "week": chosen.week,
    }


def draw_week(city: CityView, chosen: Choice, words: Words) -> Chart | None:
    """Who puts in and takes out in every hour of a week.

    Parameters
    ----------
    city : CityView
        The city with its kept series.
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``hours``; ``None`` in a copy without the series.
    """
    if city.hours is None:
        return None
    try:
        week = city.hours.week(
            chosen.case["id"], carrier=chosen.carrier, bus=chosen.bus, period=chosen.period, week=chosen.week
        )
    except LookupFailure:
        return None
    load = [one["values"] for one in week["series"] if one["role"] == "demand"]
    others = sorted((one for one in week["series"] if one["role"] != "demand"), key=lambda one: ORDER.index(one["role"]))
    scale = _scale(chosen, words)
    demand = [-sum(values) for values in zip(*load, strict=True)]
    return {
        "kind": "hours",
        "title": _tell_week(chosen, demand, others, words),
        "subtitle": words.say("hours.week_sub", values={"unit": scale.text}),
        "unit": scale.text,
        "week": chosen.week,
        "name": name_week(chosen.week, chosen, words),
        "stamps": _stamps(week["start"], len(week["price"])),
        "series": [_area(one, chosen, scale, words) for one in others],
        "load": scale.spread(demand),
        "price": [round(value, 2) for value in week["price"]],
        "money": scale_series([week["price"]], PRICE, words.language).text,
    }


def _tell_week(chosen: Choice, demand: Sequence[float], others: Sequence[Row], words: Words) -> str:
    green = sum(max(value, 0.0) for one in others if one["role"] == "renewable" for value in one["values"])
    said = {
        "week": name_week(chosen.week, chosen, words),
        "peak": tell(max(demand, default=0.0), chosen.unit, words),
        "share": tell_share(green / sum(demand) if sum(demand) else 0.0),
    }
    if not any(one["role"] == "renewable" for one in chosen.case["columns"] if one["kind"] == "flow" and _of(one, chosen)):
        return words.say("hours.week_title_plain", values=said)
    return words.say("hours.week_title", values=said)


def _of(column: Row, chosen: Choice) -> bool:
    buses = next(one["buses"] for one in chosen.case["carriers"] if one["id"] == chosen.carrier)
    return column["bus"] in ((chosen.bus,) if chosen.bus else buses)


def _area(one: Row, chosen: Choice, scale: Scale, words: Words) -> Chart:
    values = scale.spread(one["values"])
    return {
        "technology": one["technology"],
        "role": one["role"],
        "name": chosen.name(one["technology"], words),
        "values": values,
    }


def _stamps(start: int, count: int) -> list[str]:
    return [f"{name_day((start + at) // 24)} {(start + at) % 24:02d}:00" for at in range(count)]


def _energy(chosen: Choice) -> str:
    return "MWh" if chosen.unit == "MW" else chosen.unit.removesuffix("/h")
