"""Charts of an hourly model's year: duration curves, levels, flows, capacities and costs.

Invariant: figures are those that the run kept, in one unit per chart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Any

from dafeng.web.charts import Chart
from dafeng.web.figures import choose_scale, largest, scale_series
from dafeng.web.hours_choice import Choice, Row, name_day, tell
from dafeng.web.labels import Words

STEEP = 4.0
"""A price curve whose highest value is so many times that of the dearest hundredth is cut off in the picture."""
SURPLUS = "surplus"
"""Technology that takes what nobody needs; it is no capacity."""
MONEY, PRICE = "元", "元/MWh"


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
    scale = scale_series([curves[name] for name in names], unit, words.language)
    head = curves[names[0]]
    said = {"high": tell(head[0], unit, words), "mid": tell(head[len(head) // 2], unit, words)}
    said["least"] = tell(curves[names[-1]][-1], unit, words)
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
        scale = scale_series([one["daily"]], "MWh", words.language)
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
                "days": [name_day(at) for at in range(len(one["daily"]))],
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
    supplies = {f"{kind}/{name}" for kind, name in streams["nodes"] if name.endswith("_supply")}
    links = leave_out_supplies(streams["links"], supplies)
    if not links:
        return None
    scale = scale_series([[link[2] for link in links]], "MWh", words.language)
    largest_source = max(links, key=lambda link: link[2])
    kept = {end for link in links for end in link[:2]}
    nodes = {f"{kind}/{name}": (kind, name) for kind, name in streams["nodes"]}
    names = {key: _node(kind, name, chosen, words) for key, (kind, name) in nodes.items() if key in kept}
    said = {"source": names[largest_source[0]], "target": names[largest_source[1]], "unit": scale.text}
    return {
        "kind": "streams",
        "title": words.say("hours.streams", values=said),
        "subtitle": words.say("hours.streams_sub", values=said),
        "unit": scale.text,
        "names": names,
        "links": [[a, b, value] for (a, b, _), value in zip(links, scale.spread([link[2] for link in links]), strict=True)],
    }


def leave_out_supplies(links: Sequence[Sequence[Any]], supplies: Container[str]) -> list[Sequence[Any]]:
    """Leave out supplies that alone bring their carrier: its own node, of the same size and nearly the same name, says it.

    Parameters
    ----------
    links : sequence of (str, str, float)
        Source, target and energy. [MWh]
    supplies : container of str
        Nodes that are supplies.

    Returns
    -------
    list of (str, str, float)
        The links that are drawn.
    """
    into, out = Counter(link[1] for link in links), Counter(link[0] for link in links)
    return [one for one in links if one[0] not in supplies or out[one[0]] > 1 or into[one[1]] > 1]


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
    said = {"carrier": chosen.name(chosen.carrier, words), "value": tell(sums[chosen.period], unit, words), "unit": scale.text}
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


def _most(found: Mapping[str, Sequence[float]]) -> float:
    return max((abs(value) for values in found.values() for value in values), default=0.0)
