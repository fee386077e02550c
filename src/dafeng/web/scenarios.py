"""The page of the scenarios: sliders, the answer in words, tables side by side, charts and a waterfall.

Invariant: figures are those of `LiveScenarios`, written by the rules of all pages; nothing is computed here but differences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.core.sources import Source
from dafeng.pathways.model.sliders import Slider
from dafeng.pathways.model.views import View
from dafeng.web.figures import scale_series, show
from dafeng.web.labels import Words
from dafeng.web.scenario_charts import SMALL, draw_charts, draw_waterfall
from dafeng.web.scenario_wish import MINE, Wish
from dafeng.web.scenario_words import MT, name_answer, write_amount, write_change, write_signed, write_value
from dafeng.work.scenario_chance import Chance, find_chance
from dafeng.work.scenario_choice import BASELINE
from dafeng.work.scenario_live import Answer, LiveScenarios
from dafeng.work.scenario_split import CAUSES, GROUPS, Side, Split, order_groups, split
from dafeng.work.scenarios import label_choice
from dafeng.work.wording import odds

Context = dict[str, Any]
YEARS = (2030, 2035, 2060)
"""Years of the tables."""
THEMES = ("demand", "transport", "heat", "power", "capture")
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
    scale = scale_series([[slider.high]], slider.unit, words.language)
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
        "text": write_signed(value * float(scale.factor), unit)
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
        {"id": name, "title": words.read(sources[name].title) if name in sources else name, "grade": words.word("grade", grade)}
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
    names = [name_answer(live, answer, words) for answer in answers]
    made = split(live, *(Side(live.answer(wish.choice_of(name)), year) for name, year in (wish.left, wish.right)))
    return {
        "title": tell_peak(live, own, words),
        "change": tell_change(live, own, base, words),
        "tiles": [*list_tiles(own, base, words), _chance(find_chance(live, own.choice), words)],
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
    said = {"scenario": name_answer(live, own, words), "year": year, "level": write_value(level, MT, words)}
    if year == own.years[-1]:
        return words.say("scenarios.title_none", values=said)
    if year == own.years[0]:
        return words.say("scenarios.title_first", values=said)
    return words.say("scenarios.title", values=said)


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
        "now": write_change(own.value("co2", 2035) - base.value("co2", 2035), MT, words),
        "last": write_change(own.value("co2", 2060) - base.value("co2", 2060), MT, words),
    }
    if not years:
        return words.say("scenarios.change_same", values=said)
    return words.say("scenarios.change_later", values=said) if years > 0 else words.say("scenarios.change_earlier", values=said)


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
    moved = words.say("scenarios.years", values={"n": write_signed(shift, "")}) if shift else words.say("scenarios.unchanged")
    peak = moved if changed else ""
    tiles = [{"name": words.say("scenarios.peak"), "text": str(own.peak[0]), "delta": peak}]
    for year in YEARS:
        value, before = own.value("co2", year), base.value("co2", year)
        delta = write_change(value - before, MT, words) if changed else ""
        tiles.append(
            {
                "name": words.say("scenarios.co2_of", values={"year": year}),
                "text": write_value(value, MT, words),
                "delta": delta,
            }
        )
    return tiles


def _chance(found: Chance, words: Words) -> Context:
    """Chance of a peak before 2030, and what it holds."""
    least, most, alone = odds(found.least), odds(found.most), odds(found.drivers)
    held = words.say("scenarios.chance_held", values={"least": least, "most": most, "alone": alone, "draws": found.draws})
    return {"name": words.say("scenarios.chance"), "text": odds(found.before), "delta": held}


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
    delta = "" if answer is first else "0" if close else write_change(value - before, view.unit, words)
    return {"text": write_value(value, view.unit, words), "delta": delta}


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
            "cells": [write_amount(made.effects[cause][group], words) for group in groups],
            "sum": write_amount(made.total(cause), words),
        }
        for cause in CAUSES
        if any(made.effects[cause][group] for group in groups)
    ]
    scale = scale_series([[1.0]], MT, words.language)
    return {
        "unit": scale.text,
        "groups": [GROUPS[group].read(words.language) for group in groups],
        "rows": rows,
        "sums": [write_amount(made.of_group(group), words) for group in groups],
        "total": write_amount(made.end - made.start, words),
    }
