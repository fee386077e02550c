"""The page of the hourly models: what is chosen, the charts of a case, and one week at a time.

Invariant: figures are those that the run kept, in one unit per chart; what is chosen stands in the address, and a choice
that does not exist falls back to the first one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.web.charts import Chart
from dafeng.web.cities import CityView
from dafeng.web.figures import Scale, choose_scale, largest, show
from dafeng.web.labels import Words

Row = Mapping[str, Any]
FILTERS = ("case", "period", "carrier", "bus", "week")
"""What the address may choose."""
ORDER = ("plant", "renewable", "storage", "trade", "unserved", "demand")
"""Order of the areas of a week from the zero line outwards."""
FIRST = ("electricity", "AC")
"""Carriers that a page begins with."""
ORDINARY = 2023
"""A year of 365 days, which hours of a model year are dated in."""
WEEK = 168
"""Hours of a week. [h]"""
NOTICEABLE = 1e-7
"""Share of demand below which what is not served is noise of the solution."""
STEEP = 4.0
"""A price curve whose highest value is so many times that of the dearest hundredth is cut off in the picture."""
SURPLUS = "surplus"
"""Technology that takes what nobody needs; it is no capacity."""
MONEY, PRICE = "元", "元/MWh"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a page shows.

    Parameters
    ----------
    case : mapping
        Case of the index.
    period : int
        Position of the year.
    carrier, bus : str
        Carrier, and its bus; all its buses where empty.
    week : int
        Position of the week.
    """

    case: Row
    period: int
    carrier: str
    bus: str
    week: int

    @property
    def side(self) -> Row:
        """Sums and curves of the carrier."""
        wanted = (self.carrier, self.bus, self.period)
        return next(one for one in self.case["sides"] if (one["carrier"], one["bus"], one["period"]) == wanted)

    @property
    def unit(self) -> str:
        """Unit of the carrier's power."""
        unit = next(one["unit"] for one in self.case["carriers"] if one["id"] == self.carrier)
        return "MW" if unit == "MWh" else f"{unit}/h"

    @property
    def year(self) -> int | None:
        """Year that is shown, ``None`` where the model names none."""
        found = self.case["periods"][self.period]
        return None if found is None else int(found)

    def name(self, key: str, words: Words) -> str:
        """Name of a carrier, bus or technology.

        Parameters
        ----------
        key : str
            Its id.
        words : Words
            Language of the page.

        Returns
        -------
        str
            The id itself where it has no name.
        """
        return words.read(self.case["names"].get(key)) or key

    def query(self, *, period: int | None = None, carrier: str | None = None, bus: str | None = None) -> dict[str, str]:
        """What stands in the address.

        Parameters
        ----------
        period : int, optional
            Another year.
        carrier, bus : str, optional
            Another carrier, another bus.

        Returns
        -------
        dict of str to str
            Filters.
        """
        year = self.period if period is None else period
        found = {"case": str(self.case["id"]), "period": str(year), "carrier": carrier or self.carrier}
        place = self.bus if bus is None else bus
        return {**found, "bus": place} if place else found


def choose(index: Row, query: Mapping[str, str]) -> Choice:
    """What an address asks for.

    Parameters
    ----------
    index : mapping
        Index of the hourly results.
    query : mapping of str to str
        Filters.

    Returns
    -------
    Choice
        The first of everything that is not asked for or does not exist.
    """
    cases = {one["id"]: one for one in index["cases"]}
    case = cases.get(query.get("case", "")) or index["cases"][0]
    period = _number(query.get("period"), len(case["periods"]))
    carriers = {one["id"]: one for one in case["carriers"]}
    usual = next((name for name in FIRST if name in carriers), next(iter(carriers)))
    carrier = query.get("carrier", "") if query.get("carrier") in carriers else usual
    buses = carriers[carrier]["buses"]
    bus = query.get("bus", "") if len(buses) > 1 and query.get("bus") in buses else ""
    found = Choice(case, 0 if period is None else period, carrier, bus, 0)
    weekly = found.side["weekly"]
    residual = [load - green for load, green in zip(weekly["load"], weekly["renewable"], strict=True)]
    whole = residual[: max(case["hours"][found.period] // WEEK, 1)]
    week = _number(query.get("week"), len(residual))
    return Choice(case, found.period, carrier, bus, whole.index(max(whole)) if week is None else week)


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
        "curves": [draw_curve(chosen, words, names) for names in (("load", "residual"), ("price",))],
        "levels": draw_levels(chosen, words),
        "streams": draw_streams(chosen, words),
        "stacks": [draw_stack(chosen, words, kind) for kind in ("capacity", "cost")],
        "circulating": _show(chosen.case["streams"][chosen.period]["circulating"], "MWh", words),
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
        "demand": _show(totals["load"], _energy(chosen), words),
        "share": _share(totals["renewable"] / totals["load"] if totals["load"] else 0.0),
        "curtailed": _share(totals["curtailed"] / offered if offered else 0.0),
        "unserved": _show(totals["unserved"], _energy(chosen), words),
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
    said = {"steps": f"{stated['steps']:,}", "of": f"{stated['of']:,}", "error": _share(stated["error"])}
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
    scale = choose_scale(largest([weekly["load"]]), chosen.unit, words.language)
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
    # one scale for all weeks of a carrier, so that they can be compared
    scale = choose_scale(largest([chosen.side["curves"]["load"]]), chosen.unit, words.language)
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
        "money": choose_scale(largest([week["price"]]), PRICE, words.language).text,
    }


def draw_curve(chosen: Choice, words: Words, names: Sequence[str]) -> Chart:
    """Duration curves.

    Parameters
    ----------
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.
    names : sequence of str
        ``load`` and ``residual``, or ``price``.

    Returns
    -------
    dict
        Chart ``curve``.
    """
    curves, unit = chosen.side["curves"], PRICE if names == ("price",) else chosen.unit
    scale = choose_scale(largest([curves[name] for name in names]), unit, words.language)
    head = curves[names[0]]
    said = {"high": _show(head[0], unit, words), "mid": _show(head[len(head) // 2], unit, words)}
    said["least"] = _show(curves[names[-1]][-1], unit, words)
    price, dear = names == ("price",), head[len(head) // 100]
    title = words.say("hours.price_curve", values=said) if price else words.say("hours.load_curve", values=said)
    return {
        "kind": "curve",
        "title": title,
        "subtitle": words.say("hours.curve_sub", values={"unit": scale.text}),
        "unit": scale.text,
        "names": [words.word("hours_curve", name) for name in names],
        "values": [scale.spread(curves[name]) for name in names],
        "roof": scale.spread([2 * dear])[0] if price and 0 < STEEP * dear < head[0] else None,
    }


def draw_levels(chosen: Choice, words: Words) -> list[Chart]:
    """Level of every storage over the year.

    Parameters
    ----------
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.

    Returns
    -------
    list of dict
        Charts ``level``, one for each storage of any carrier.
    """
    found = []
    for one in chosen.case["levels"]:
        if one["period"] != chosen.period or max(one["daily"], default=0.0) <= 0:
            continue
        scale = choose_scale(largest([one["daily"]]), "MWh", words.language)
        name = chosen.name(one["technology"], words)
        alike = [
            level
            for level in chosen.case["levels"]
            if (level["technology"], level["period"]) == (one["technology"], one["period"])
        ]
        found.append(
            {
                "kind": "level",
                "small": True,
                "title": name if len(alike) == 1 else f"{name} · {chosen.name(one['bus'], words)}",
                "subtitle": words.say("hours.level_sub", values={"unit": scale.text}),
                "unit": scale.text,
                "technology": one["technology"],
                "days": [_day(at) for at in range(len(one["daily"]))],
                "values": scale.spread(one["daily"]),
            }
        )
    return found


def draw_streams(chosen: Choice, words: Words) -> Chart | None:
    """Energy of the year from source to use.

    Parameters
    ----------
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``streams``; ``None`` where nothing flows.
    """
    streams = chosen.case["streams"][chosen.period]
    if not streams["links"]:
        return None
    scale = choose_scale(largest([[link[2] for link in streams["links"]]]), "MWh", words.language)
    largest_source = max(streams["links"], key=lambda link: link[2])
    nodes = {f"{kind}/{name}": (kind, name) for kind, name in streams["nodes"]}
    names = {key: _node(kind, name, chosen, words) for key, (kind, name) in nodes.items()}
    said = {"source": names[largest_source[0]], "target": names[largest_source[1]], "unit": scale.text}
    return {
        "kind": "streams",
        "title": words.say("hours.streams", values=said),
        "subtitle": words.say("hours.streams_sub", values=said),
        "unit": scale.text,
        "names": names,
        "links": [
            [a, b, value]
            for (a, b, _), value in zip(streams["links"], scale.spread([link[2] for link in streams["links"]]), strict=True)
        ],
    }


def draw_stack(chosen: Choice, words: Words, kind: str) -> Chart | None:
    """Capacities, or costs, of the years by technology.

    Parameters
    ----------
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.
    kind : {"capacity", "cost"}
        Which.

    Returns
    -------
    dict or None
        Chart ``stack``; ``None`` where there is nothing to show.
    """
    capacity = kind == "capacity"
    beside = {one["technology"] for one in chosen.case["columns"] if one["role"] in ("unserved", "trade")} | {SURPLUS}
    rows = [one for one in chosen.case["stacks"] if not capacity or _standing(one, chosen, beside)]
    periods = chosen.case["periods"]
    found: dict[str, list[float]] = {}
    for one in rows:
        value = one["capacity"] if capacity else one["investment"] + one["operation"]
        found.setdefault(one["technology"], [0.0] * len(periods))[one["period"]] += value
    kept = {name: values for name, values in found.items() if max(map(abs, values)) > 1e-6 * _most(found)}
    if not kept:
        return None
    unit = chosen.unit if capacity else MONEY
    sums = [sum(values) for values in zip(*kept.values(), strict=True)]
    scale = choose_scale(
        largest([sums if len(periods) > 1 else [max(map(abs, v)) for v in kept.values()]]), unit, words.language
    )
    said = {"carrier": chosen.name(chosen.carrier, words), "value": _show(sums[chosen.period], unit, words), "unit": scale.text}
    largest_name = max(kept, key=lambda name: kept[name][chosen.period])
    said["name"] = chosen.name(largest_name, words)
    return {
        "kind": "amounts",
        "title": words.say("hours.capacity", values=said) if capacity else words.say("hours.cost", values=said),
        "subtitle": words.say("hours.capacity_sub", values=said) if capacity else words.say("hours.cost_sub", values=said),
        "unit": scale.text,
        "years": [str(year) if year is not None else words.say("hours.model_year") for year in periods],
        "technologies": list(kept),
        "names": [chosen.name(name, words) for name in kept],
        "values": [scale.spread(values) for values in kept.values()],
    }


def name_week(week: int, chosen: Choice, words: Words) -> str:
    """Name of a week with its first and last day.

    Parameters
    ----------
    week : int
        Position, from 0.
    chosen : Choice
        What is shown.
    words : Words
        Language of the page.

    Returns
    -------
    str
        E.g. 第 5 周（1/29–2/4）.
    """
    last = min((week + 1) * WEEK, chosen.case["hours"][chosen.period]) - 1
    return words.say("hours.week", values={"n": week + 1, "from": _day(week * 7), "to": _day(last // 24)})


def _tell_week(chosen: Choice, demand: Sequence[float], others: Sequence[Row], words: Words) -> str:
    green = sum(max(value, 0.0) for one in others if one["role"] == "renewable" for value in one["values"])
    said = {
        "week": name_week(chosen.week, chosen, words),
        "peak": _show(max(demand, default=0.0), chosen.unit, words),
        "share": _share(green / sum(demand) if sum(demand) else 0.0),
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


def _standing(one: Row, chosen: Choice, beside: set[str]) -> bool:
    """Whether a row is capacity of the carrier, and no line or shortage."""
    return one["carrier"] == chosen.carrier and one["unit"] == "MW" and one["technology"] not in beside


def _node(kind: str, name: str, chosen: Choice, words: Words) -> str:
    if kind == "end":
        return words.word("hours_end", name)
    if kind == "demand":
        carrier = name.rpartition(".")[2]
        return words.say("hours.demand_of", values={"carrier": chosen.name(carrier, words)})
    return chosen.name(name, words)


def _stamps(start: int, count: int) -> list[str]:
    return [f"{_day((start + at) // 24)} {(start + at) % 24:02d}:00" for at in range(count)]


def _day(number: int) -> str:
    day = date(ORDINARY, 1, 1) + timedelta(days=number % 365)
    return f"{day.month}/{day.day}"


def _energy(chosen: Choice) -> str:
    return "MWh" if chosen.unit == "MW" else chosen.unit.removesuffix("/h")


def _show(value: float, unit: str, words: Words) -> str:
    return str(show(value, unit, words.language, basis="projected"))


def _share(value: float) -> str:
    digits = 1 if abs(value) >= 0.0005 or not value else 3
    return f"{value * 100:.{digits}f}%".replace("-", "\N{MINUS SIGN}")


def _most(found: Mapping[str, Sequence[float]]) -> float:
    return max((abs(value) for values in found.values() for value in values), default=0.0)


def _number(text: str | None, count: int) -> int | None:
    found = int(text) if text is not None and text.isdecimal() and len(text) < 6 else None
    return found if found is not None and found < count else None
