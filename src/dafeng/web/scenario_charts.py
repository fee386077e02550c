"""Charts of the scenario page: lines of several scenarios, the counting rules, the electricity balance and the waterfall.

Invariant: the reader's own scenario is drawn alike in every chart; scenarios of one chart share its scale.
"""

from __future__ import annotations

from collections.abc import Sequence

from dafeng.pathways.model.views import View
from dafeng.web.charts import Chart
from dafeng.web.figures import scale_series
from dafeng.web.labels import Words
from dafeng.web.scenario_words import MT, known_values, name_answer, write_change, write_value
from dafeng.work.scenario_live import Answer, LiveScenarios
from dafeng.work.scenario_split import CAUSES, Split
from dafeng.work.scenarios import name_choice

SMALL = ("co2_consumed", "energy", "coal_use", "averaged_share", "consumed_share", "produced_share", "consumption", "exported",
         "clean_generation_share")  # fmt: skip
"""Views that have a small chart, and their rows in the table."""
LEAST = 5e-4
"""Causes below this part of the emissions have no bar. [1]"""


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


def _lines(live: LiveScenarios, view: View, answers: Sequence[Answer], own: Answer, words: Words) -> Chart:
    scale = scale_series([known_values(answer.series[view.id]) for answer in answers], view.unit, words.language)
    series = [
        {
            "id": name_choice(answer.choice),
            "name": name_answer(live, answer, words),
            "values": scale.spread(known_values(answer.series[view.id])),
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
    title = words.say("scenarios.rules", values={"low": write_value(low, "%", words), "high": write_value(high, "%", words)})
    return _several(views, pair, words) | {"title": title, "subtitle": words.say("scenarios.rules_sub")}


def _balance(views: Sequence[View], pair: tuple[Answer, Answer], words: Words) -> Chart:
    own = pair[0]
    sold = own.value("exported", 2030)
    said = {"amount": write_value(abs(sold), "亿千瓦时", words)}
    title = words.say("scenarios.sells", values=said) if sold >= 0 else words.say("scenarios.buys", values=said)
    made = _several(views, pair, words)
    return made | {"title": title, "subtitle": words.say("scenarios.balance_sub", values={"unit": made["unit"]})}


def _several(views: Sequence[View], pair: tuple[Answer, Answer], words: Words) -> Chart:
    """Several views of one scenario, with those of the one it lies on dashed."""
    own, first = pair
    scale = scale_series([known_values(own.series[view.id]) for view in views], views[0].unit, words.language)
    series = []
    for at, view in enumerate(views):
        label = words.word("scenario_line", view.id)
        if own is not first:
            before = {"id": f"{view.id}-first", "name": words.say("scenarios.before", values={"name": label}), "dashed": True}
            series.append({**before, "values": scale.spread(known_values(first.series[view.id])), "colour": at})
        series.append(
            {
                "id": view.id,
                "name": label,
                "values": scale.spread(known_values(own.series[view.id])),
                "colour": at,
                "main": True,
            }
        )
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
    shown = [cause for cause in CAUSES if abs(made.total(cause)) >= LEAST * max(made.start, made.end)]
    raw = [made.start, *(made.total(cause) for cause in shown), made.end]
    scale = scale_series([raw], MT, words.language)
    sides = [f"{name_answer(live, side.answer, words)} {side.year}" for side in (made.left, made.right)]
    said = {"from": sides[0], "to": sides[1], "change": write_change(made.end - made.start, MT, words)}
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
