"""What stands for a whole: the figure that leads an answer, the sentence in the closed line of a folded part.

Invariant: every figure of a line is a figure of the view document, written as the open part writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.web.figures import show
from dafeng.web.labels import Words

DUE = 2030
"""Year that the lines speak of where a part has several."""
FIRST_VIEWS = ("co2", "consumed_share", "clean_capacity_share")
"""Views of the city that the closed line names."""
Row = Mapping[str, Any]


def lead_figure(answer: Row) -> Row | None:
    """Figure that stands large above an answer, on the first screen and on the wall alike.

    Parameters
    ----------
    answer : mapping
        Answer of the view document.

    Returns
    -------
    mapping or None
        Of counts the largest, so that many that cannot be judged are not hidden behind one that is met; of all others the
        first; ``None`` where the answer has no figure.
    """
    found = answer.get("figures") or ()
    if answer.get("id") != "plan":
        return next(iter(found), None)
    return max(found, key=lambda one: one["value"] or 0, default=None)


def tell_pathway(view: Row, words: Words) -> dict[str, str]:
    """Closed lines of the page of pathways.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict of str to str
        Part of the page → its line, empty where there is nothing to say.
    """
    pathway, power = view.get("pathway") or {}, view.get("power") or {}
    influences = pathway.get("influences") or {}
    assumptions = [*(pathway.get("assumptions") or ()), *(power.get("assumptions") or ())]
    return {
        "compared": _compared(pathway.get("scenarios") or (), words),
        "views": _views(pathway, words),
        "swings": _strongest(influences.get("drivers") or (), influences.get("year"), words),
        "fixed": _strongest(influences.get("fixed") or (), influences.get("year"), words),
        "measures": _measures(pathway.get("measures") or (), words),
        "cases": _cases(power.get("cases") or (), words),
        "drivers": words.say("summary.quantities", values={"n": len(pathway.get("quantities") or ())}),
        "assumptions": _assumptions(assumptions, words),
    }


def _compared(scenarios: Sequence[Row], words: Words) -> str:
    peaks = [f"{words.read(one['label'])} {one['peak'].get('year_p50') or '—'}" for one in scenarios]
    return words.say("summary.peaks", values={"list": words.say("app.joint").join(peaks)}) if peaks else ""


def _views(pathway: Row, words: Words) -> str:
    found, main = pathway.get("views") or {}, pathway.get("main")
    said = []
    for row in found.get("rows") or ():
        number = next((one for one in row["scenarios"].get(main) or () if one["year"] == DUE), None)
        if row["id"] in FIRST_VIEWS and number and number["value"] is not None:
            said.append(f"{words.read(row['label'])} {_write(number, words)}")
    values = {"year": DUE, "list": words.say("app.semicolon").join(said)}
    return words.say("summary.views", values=values) if said else ""


def _strongest(drivers: Sequence[Row], year: Any, words: Words) -> str:
    """The driver that moves the emissions most."""
    if not drivers:
        return ""
    most = max(drivers, key=lambda one: abs(one["emitted"]["value"] or 0.0))
    values = {"n": len(drivers), "driver": words.read(most["label"]), "year": year, "value": _write(most["emitted"], words)}
    return words.say("summary.strongest", values=values)


def _measures(measures: Sequence[Row], words: Words) -> str:
    told = [one for one in measures if (one.get("effect") or {}).get("value")]
    if not told:
        return ""
    most = max(told, key=lambda one: one["effect"]["value"])
    return words.say("summary.measures", values={"measure": words.read(most["label"]), "value": _write(most["effect"], words)})


def _cases(cases: Sequence[Row], words: Words) -> str:
    """Share of wind and sun that is thrown away, case by case."""
    said = []
    for case in cases:
        figure = next((one for one in case["figures"] if str(one.get("address")).endswith(".curtailed_share")), None)
        if figure and figure["value"] is not None:
            said.append(f"{words.read(case['label'])} {_write(figure, words)}")
    return words.say("summary.cases", values={"list": words.say("app.semicolon").join(said)}) if said else ""


def _assumptions(rows: Sequence[Row], words: Words) -> str:
    guessed = sum(one.get("grade") in ("assumption", "estimated") for one in rows)
    return words.say("summary.assumptions", values={"n": len(rows), "guessed": guessed}) if rows else ""


def tell_system(system: Row, words: Words) -> str:
    """Closed line of one way of counting on the page of conflicts.

    Parameters
    ----------
    system : mapping
        One of ``consistency.systems`` of the view document.
    words : Words
        Language of the page.

    Returns
    -------
    str
        Whether the targets hold together, how many must be given up, and what the rest costs.
    """
    holds = words.say("conflicts.holds" if system["feasible"] else "conflicts.holds_not")
    cost = f"{words.say('conflicts.cost')} {_write(system['cost'], words)}" if system["cost"]["value"] is not None else ""
    lost = len(system["given_up"])
    given = words.say("summary.given_up", values={"n": lost}) if lost else ""
    return words.say("app.semicolon").join(part for part in (holds, given, cost) if part)


def _write(number: Row, words: Words) -> str:
    vague = number.get("low") is not None and number["low"] != number.get("high")
    return str(show(number["value"], number["unit"], words.language, basis=number.get("basis") or "actual", vague=vague))
