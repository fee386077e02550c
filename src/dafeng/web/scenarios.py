"""The page of the scenarios: sliders, the answer in words, tables side by side, charts and a waterfall.

Invariant: figures are those of `LiveScenarios`, written by the rules of all pages; nothing is computed here but differences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.core.sources import Source
from dafeng.pathways.model.sliders import Slider
from dafeng.web.charts import Chart
from dafeng.web.figures import SPACE, THIN, choose_scale, largest, show
from dafeng.web.labels import Words
from dafeng.web.scenario_wish import MINE, Wish
from dafeng.work.scenario_choice import BASELINE
from dafeng.work.scenario_live import Answer, LiveScenarios, View
from dafeng.work.scenario_split import CAUSES, GROUPS, Side, Split, order_groups, split
from dafeng.work.scenarios import label_choice, name_choice

Context = dict[str, Any]
YEARS = (2030, 2035, 2060)
"""Years of the tables."""
SMALL = ("co2_consumed", "energy", "coal_use", "averaged_share", "consumed_share", "produced_share", "consumption", "exported",
         "clean_generation_share")  # fmt: skip
"""Views that have a small chart, and their rows in the table."""
THEMES = ("demand", "transport", "heat", "power", "capture")
MT = "Mt CO2"
NOISE = 5e-5
"""Differences below this part of a figure are not shown."""


def build_scenarios(live: LiveScenarios, wish: Wish, words: Words, sources: Mapping[str, Source]) -> Context:
    """What the template of the page gets.

    Parameters
    ----------
    live : LiveScenarios
        Scenarios of the city.
    wish : Wish
        What is asked for.
    words : Words
        Language of the page.
    sources : mapping of str to Source
        Sources by id, for the defaults of the sliders.

    Returns
    -------
    dict
        Controls and results.
    """
    return {**build_controls(live, wish, words, sources), **build_results(live, wish, words)}


def build_controls(live: LiveScenarios, wish: Wish, words: Words, sources: Mapping[str, Source]) -> Context:
    """Everything that can be moved or chosen.

    Parameters
    ----------
    live : LiveScenarios
        Scenarios of the city.
    wish : Wish
        What is asked for.
    words : Words
        Language of the page.
    sources : mapping of str to Source
        Sources by id.

    Returns
    -------
    dict
        ``themes`` with sliders, ``switches``, ``offered`` scenarios, ``years`` and ``sides`` of the waterfall.
    """
    starts = live.starts(wish.choice)
    sliders = [(one, tell_slider(live, one, wish, starts[name], words, sources)) for name, one in live.panel.sliders.items()]
    offered = [
        {
            "id": one.id,
            "label": one.label.read(words.language),
            "says": one.says.read(words.language),
            "over": one.id in wish.choice.scenarios or (one.id == BASELINE and not wish.choice.scenarios),
            "beside": one.id in wish.beside,
        }
        for one in live.layers.scenarios
    ]
    return {
        "wish": wish,
        "was": "+".join(wish.choice.scenarios) or BASELINE,
        "themes": [(theme, [told for one, told in sliders if one.theme == theme]) for theme in THEMES],
        "switches": [
            {
                "id": name,
                "label": one.label.read(words.language),
                "says": one.says.read(words.language),
                "on": name in wish.choice.switched,
                "origin": _origin(((one.source, one.grade),), sources, words),
            }
            for name, one in live.panel.switches.items()
        ],
        "offered": offered,
        "all_years": [int(year) for year in live.model.graph.space.years],
        "sides": [(MINE, words.say("scenarios.mine")), *((one["id"], one["label"]) for one in offered)],
    }


def tell_slider(
    live: LiveScenarios, slider: Slider, wish: Wish, start: float, words: Words, sources: Mapping[str, Source]
) -> Context:
    """One slider as the page shows it.

    Parameters
    ----------
    live : LiveScenarios
        Scenarios of the city.
    slider : Slider
        The slider.
    wish : Wish
        What is asked for.
    start : float
        Where it stands untouched. [unit of the slider]
    words : Words
        Language of the page.
    sources : mapping of str to Source
        Sources by id.

    Returns
    -------
    dict
        Position, bounds and the texts beside it.
    """
    scale = choose_scale(largest([[slider.high]]), slider.unit, words.language)
    value = wish.choice.positions.get(slider.id, start)
    points = slider.kind != "reach"
    unit = words.say("scenarios.points") if points else scale.text
    return {
        "id": slider.id,
        "label": slider.label.read(words.language),
        "says": slider.says.read(words.language),
        **{key: f"{number:.10g}" for key, number in (("low", slider.low), ("high", slider.high), ("step", slider.step))},
        "value": f"{value:.10g}",
        "start": f"{start:.10g}",
        "moved": slider.id in wish.choice.positions,
        "factor": f"{float(scale.factor):.10g}",
        "unit": unit,
        "signed": points,
        "text": _signed(value * float(scale.factor), unit)
        if points
        else str(show(value, slider.unit, words.language, scale=scale)),
        "origin": _origin(_used(live, wish, slider), sources, words),
    }


def _used(live: LiveScenarios, wish: Wish, slider: Slider) -> tuple[tuple[str, str], ...]:
    """Source and grade of the rows that a slider's starting value is read from."""
    rows = live.answer(wish.base).drivers.used.get(slider.quantity, ())
    speaking = [row for row in rows if row.members <= set(slider.places[0])]
    most = max((len(row.members) for row in speaking), default=0)
    near = [row for row in speaking if len(row.members) == most]
    dated = [row for row in near if row.year is not None and row.year <= slider.year][-1:]
    return tuple(dict.fromkeys((row.source, row.grade) for row in (*dated, *[r for r in near if r not in dated][:1])))


def _origin(pairs: Sequence[tuple[str, str]], sources: Mapping[str, Source], words: Words) -> list[Context]:
    return [
        {"id": name, "title": sources[name].title if name in sources else name, "grade": words.word("grade", grade)}
        for name, grade in pairs
    ]


def build_results(live: LiveScenarios, wish: Wish, words: Words) -> Context:
    """What follows from a choice.

    Parameters
    ----------
    live : LiveScenarios
        Scenarios of the city.
    wish : Wish
        What is asked for.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        Headline, tiles, tables and charts.

    Raises
    ------
    SettingError
        If overlays contradict each other, or the waterfall meets a negative amount.
    """
    answers = [live.answer(choice) for choice in wish.columns]
    base = answers[0]
    own = base if wish.choice == wish.base else answers[-1]
    names = [_name(live, answer, words) for answer in answers]
    made = split(live, *(Side(live.answer(wish.choice_of(name)), year) for name, year in (wish.left, wish.right)))
    return {
        "title": tell_peak(live, own, words),
        "change": tell_change(live, own, base, words),
        "tiles": list_tiles(own, base, words),
        "names": names,
        "rows": list_rows(live, answers, words),
        "years": YEARS,
        "charts": draw_charts(live, answers, own, words),
        "waterfall": draw_waterfall(live, made, words),
        "split": tell_split(made, words),
        "findings": [one.says.read(words.language) for one in own.drivers.findings],
    }


def tell_peak(live: LiveScenarios, own: Answer, words: Words) -> str:
    """Headline: when the middle path of CO2 is highest, and where it goes.

    Parameters
    ----------
    live : LiveScenarios
        Knows the names.
    own : Answer
        The reader's own scenario.
    words : Words
        Language of the page.

    Returns
    -------
    str
        One sentence.
    """
    year, level = own.peak
    said = {"scenario": _name(live, own, words), "year": year, "level": _shown(level, MT, words)}
    if year == own.years[-1]:
        return words.say("scenarios.title_none", values=said)
    return words.say("scenarios.title_first" if year == own.years[0] else "scenarios.title", values=said)


def tell_change(live: LiveScenarios, own: Answer, base: Answer, words: Words) -> str:
    """What the changes do beside the scenario they lie on.

    Parameters
    ----------
    live : LiveScenarios
        Knows the names.
    own, base : Answer
        The reader's own scenario and the stored one under it.
    words : Words
        Language of the page.

    Returns
    -------
    str
        One sentence; empty where nothing was changed.
    """
    if own.choice == base.choice:
        return ""
    years = own.peak[0] - base.peak[0]
    said = {
        "base": label_choice(live, base.choice).read(words.language),
        "years": abs(years),
        "now": _delta(own.value("co2", 2035) - base.value("co2", 2035), MT, words),
        "last": _delta(own.value("co2", 2060) - base.value("co2", 2060), MT, words),
    }
    when = "same" if not years else ("later" if years > 0 else "earlier")
    return words.say(f"scenarios.change_{when}", values=said)


def list_tiles(own: Answer, base: Answer, words: Words) -> list[Context]:
    """The few figures that stand above everything.

    Parameters
    ----------
    own, base : Answer
        The reader's own scenario and the stored one under it.
    words : Words
        Language of the page.

    Returns
    -------
    list of dict
        ``name``, ``text`` and ``delta`` (empty where nothing was changed).
    """
    changed = own.choice != base.choice
    shift = own.peak[0] - base.peak[0]
    moved = words.say("scenarios.years", values={"n": _signed(shift, "")}) if shift else words.say("scenarios.unchanged")
    peak = moved if changed else ""
    tiles = [{"name": words.say("scenarios.peak"), "text": str(own.peak[0]), "delta": peak}]
    for year in YEARS:
        value, before = own.value("co2", year), base.value("co2", year)
        delta = _delta(value - before, MT, words) if changed else ""
        tiles.append(
            {"name": words.say("scenarios.co2_of", values={"year": year}), "text": _shown(value, MT, words), "delta": delta}
        )
    return tiles


def list_rows(live: LiveScenarios, answers: Sequence[Answer], words: Words) -> list[Context]:
    """Official views of all scenarios side by side, with what each differs from the first.

    Parameters
    ----------
    live : LiveScenarios
        Knows the views.
    answers : sequence of Answer
        The scenarios.
    words : Words
        Language of the page.

    Returns
    -------
    list of dict
        One per view: ``label`` and ``lines``, one line per year with a cell per scenario.
    """
    rows = []
    for view in live.views:
        if view.id not in ("co2", "ghg", "energy_intensity", *SMALL):
            continue
        lines = [
            {"year": year, "cells": [_cell(view, answer, answers[0], year, words) for answer in answers]} for year in YEARS
        ]
        rows.append({"id": view.id, "label": view.label.read(words.language), "lines": lines})
    return rows


def _cell(view: View, answer: Answer, first: Answer, year: int, words: Words) -> Context:
    value, before = answer.value(view.id, year), first.value(view.id, year)
    # what is below the digits of an answer is no difference
    close = abs(value - before) < NOISE * max(abs(value), abs(before))
    delta = "" if answer is first else "0" if close else _delta(value - before, view.unit, words)
    return {"text": _shown(value, view.unit, words), "delta": delta}


def draw_charts(live: LiveScenarios, answers: Sequence[Answer], own: Answer, words: Words) -> dict[str, Chart]:
    """CO2 in large, the other views in small, each with all scenarios.

    Parameters
    ----------
    live : LiveScenarios
        Knows the views.
    answers : sequence of Answer
        The scenarios.
    own : Answer
        The one among them that the page is about.
    words : Words
        Language of the page.

    Returns
    -------
    dict of str to dict
        Charts ``scenario`` by the id of their view, ``rules`` and ``balance``.
    """
    views = {view.id: view for view in live.views}
    lines = {name: _lines(live, views[name], answers, own, words) for name in ("co2", *SMALL)}
    large = {**lines["co2"], "subtitle": words.say("scenarios.co2_sub", values={"unit": lines["co2"]["unit"]})}
    shares = [views[name] for name in ("produced_share", "consumed_share", "averaged_share")]
    powers = [views[name] for name in ("consumption", "generation", "exported")]
    pair = (own, answers[0])
    charts = {"co2": large, "rules": _rules(shares, pair, words), "balance": _balance(powers, pair, words)}
    return {**charts, **{name: {**lines[name], "small": True} for name in SMALL}}


def _name(live: LiveScenarios, answer: Answer, words: Words) -> str:
    """Short name of a scenario: what was changed is named as such."""
    choice = answer.choice
    changed = choice.positions or choice.switched or choice.sets
    return words.say("scenarios.mine") if changed else label_choice(live, choice).read(words.language)


def _lines(live: LiveScenarios, view: View, answers: Sequence[Answer], own: Answer, words: Words) -> Chart:
    scale = choose_scale(largest([answer.series[view.id] for answer in answers]), view.unit, words.language)
    series = [
        {
            "id": name_choice(answer.choice),
            "name": _name(live, answer, words),
            "values": scale.spread(answer.series[view.id]),
            "colour": at,
            "main": answer is own,
        }
        for at, answer in enumerate(answers)
    ]
    title = view.label.read(words.language)
    years = list(own.years)
    return {"kind": "scenario", "title": title, "subtitle": scale.text, "unit": scale.text, "years": years, "series": series}


def _rules(views: Sequence[View], pair: tuple[Answer, Answer], words: Words) -> Chart:
    own = pair[0]
    low, high = (f([own.value(view.id, 2030) for view in views]) for f in (min, max))
    title = words.say("scenarios.rules", values={"low": _shown(low, "%", words), "high": _shown(high, "%", words)})
    return _several(views, pair, words, "rules") | {"title": title, "subtitle": words.say("scenarios.rules_sub")}


def _balance(views: Sequence[View], pair: tuple[Answer, Answer], words: Words) -> Chart:
    own = pair[0]
    sold = own.value("exported", 2030)
    key = "scenarios.sells" if sold >= 0 else "scenarios.buys"
    title = words.say(key, values={"amount": _shown(abs(sold), "亿千瓦时", words)})
    made = _several(views, pair, words, "balance")
    return made | {"title": title, "subtitle": words.say("scenarios.balance_sub", values={"unit": made["unit"]})}


def _several(views: Sequence[View], pair: tuple[Answer, Answer], words: Words, name: str) -> Chart:
    """Several views of one scenario, with those of the one it lies on dashed."""
    own, first = pair
    scale = choose_scale(largest([own.series[view.id] for view in views]), views[0].unit, words.language)
    series = []
    for at, view in enumerate(views):
        label = words.say(f"scenarios.{name}_{view.id}")
        if own is not first:
            before = {"id": f"{view.id}-first", "name": words.say("scenarios.before", values={"name": label}), "dashed": True}
            series.append({**before, "values": scale.spread(first.series[view.id]), "colour": at})
        series.append({"id": view.id, "name": label, "values": scale.spread(own.series[view.id]), "colour": at, "main": True})
    return {"kind": "scenario", "unit": scale.text, "years": list(own.years), "series": series, "legend": True}


def draw_waterfall(live: LiveScenarios, made: Split, words: Words) -> Chart:
    """Effects that lead from one side to the other.

    Parameters
    ----------
    live : LiveScenarios
        Knows the names.
    made : Split
        The effects.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        Chart ``waterfall``.
    """
    shown = [cause for cause in CAUSES if abs(made.total(cause)) >= 5e-4 * max(made.start, made.end)]
    raw = [made.start, *(made.total(cause) for cause in shown), made.end]
    scale = choose_scale(largest([raw]), MT, words.language)
    sides = [f"{_name(live, side.answer, words)} {side.year}" for side in (made.left, made.right)]
    said = {"from": sides[0], "to": sides[1], "change": _delta(made.end - made.start, MT, words)}
    names = [sides[0], *(CAUSES[cause].read(words.language) for cause in shown), sides[1]]
    return {
        "kind": "waterfall",
        "title": words.say("scenarios.waterfall", values=said),
        "subtitle": words.say("scenarios.waterfall_sub", values={"unit": scale.text}),
        "unit": scale.text,
        "names": names,
        "periods": [f"{sides[0]} → {sides[1]}"],
        "values": [scale.spread(raw)],
        "addresses": [[None] for _ in names],
    }


def tell_split(made: Split, words: Words) -> Context:
    """Effects by cause and group as a table whose margins are the sums.

    Parameters
    ----------
    made : Split
        The effects.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        ``groups``, ``rows`` and the sum line ``sums``.
    """
    groups = order_groups(made)
    rows = [
        {
            "label": CAUSES[cause].read(words.language),
            "cells": [_amount(made.effects[cause][group], words) for group in groups],
            "sum": _amount(made.total(cause), words),
        }
        for cause in CAUSES
        if any(made.effects[cause][group] for group in groups)
    ]
    scale = choose_scale(largest([[1.0]]), MT, words.language)
    return {
        "unit": scale.text,
        "groups": [GROUPS[group].read(words.language) for group in groups],
        "rows": rows,
        "sums": [_amount(made.of_group(group), words) for group in groups],
        "total": _amount(made.end - made.start, words),
    }


def _amount(value: float, words: Words) -> str:
    scale = choose_scale(largest([[1.0]]), MT, words.language)
    number = round(value * float(scale.factor), 2 if words.language == "en" else 1)
    return _signed(number, "") if number else "0"


def _shown(value: float, unit: str, words: Words) -> str:
    return str(show(round(value, 9), unit, words.language, basis="projected"))


def _delta(value: float, unit: str, words: Words) -> str:
    """A difference with its sign; of shares in percentage points."""
    if unit == "%":
        return _signed(round(value, 1), words.say("scenarios.points"))
    text = str(show(abs(float(f"{value:.3g}")), unit, words.language, basis="projected"))
    return text if not value else ("+" if value > 0 else "\N{MINUS SIGN}") + text


def _signed(value: float, unit: str) -> str:
    number = f"{abs(value):.10g}"
    sign = "" if not value else ("+" if value > 0 else "\N{MINUS SIGN}")
    joint = "" if not unit or unit == "%" else THIN if unit[0] > "\u2e7f" else SPACE
    return f"{sign}{number}{joint}{unit}"
