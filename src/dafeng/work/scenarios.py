"""``scenarios``: choices side by side in the official views, each with the address that reproduces it.

Invariant: a figure here is the one that the page shows for the same choice, since both ask `LiveScenarios`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.work.city import City
from dafeng.work.scenario_chance import Chance, find_chance
from dafeng.work.scenario_choice import BASELINE, Choice, make_choice
from dafeng.work.scenario_live import Answer, LiveScenarios, open_scenarios

LIVE = Label("所设情景", "as set")
"""Name of what a reader chose, where it is no stored scenario."""
DIGITS = 6
"""Significant digits of series."""


@dataclass(frozen=True, slots=True)
class ScenarioTable:
    """Scenarios of a city side by side.

    Parameters
    ----------
    city : City
        The city.
    live : LiveScenarios
        What answered.
    answers : tuple of Answer
        The first one is what the others are compared with.
    """

    city: City
    live: LiveScenarios
    answers: tuple[Answer, ...]

    def beside(self, choice: Choice) -> ScenarioTable:
        """The same with one more scenario at the end.

        Parameters
        ----------
        choice : Choice
            The scenario.

        Returns
        -------
        ScenarioTable
            A new table.
        """
        return replace(self, answers=(*self.answers, self.live.answer(choice)))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is missing in the drivers of any of them, each once."""
        found = {one.says: one for answer in reversed(self.answers) for one in reversed(answer.drivers.findings)}
        return tuple(reversed(found.values()))


def scenarios(
    city: City,
    *,
    scenario: Sequence[str] = (),
    levers: Mapping[str, str] | None = None,
    events: Sequence[str] = (),
    sets: Sequence[str] = (),
) -> ScenarioTable:
    """Scenarios of a city side by side, computed now.

    Parameters
    ----------
    city : City
        The city.
    scenario : sequence of str, optional
        Scenarios to show; several laid over one another as ``plan+own``. All of them by default.
    levers : mapping of str to str, optional
        Sliders laid over the first scenario, by name. [unit of each]
    events : sequence of str, optional
        Events that happen in it.
    sets : sequence of str, optional
        Single values in it: ``quantity/member/year=value``.

    Returns
    -------
    ScenarioTable
        The scenarios; with sliders, events or values, the changed first one comes last.

    Raises
    ------
    SettingError
        If a name does not exist, a number lies outside its slider, or overlays contradict each other.
    """
    live = open_scenarios(city)
    changed = bool(levers or events or sets)
    named = tuple(scenario) or ((BASELINE,) if changed else tuple(one.id for one in live.layers.scenarios))
    stacks = [one.split("+") for one in named]
    choices = [make_choice(live.panel, scenarios=stack) for stack in stacks]
    if changed:
        choices.append(make_choice(live.panel, scenarios=stacks[0], positions=levers, switched=events, sets=sets))
    return ScenarioTable(city, live, tuple(live.answer(choice) for choice in choices))


def scenarios_document(table: ScenarioTable) -> dict[str, Any]:
    """The table as data.

    Parameters
    ----------
    table : ScenarioTable
        The table.

    Returns
    -------
    dict
        ``city``, ``years``, ``views``, ``scenarios`` and ``findings``.
    """
    live = table.live
    return {
        "city": table.city.slug,
        "years": list(table.answers[0].years),
        "views": [{"id": view.id, "label": _both(view.label), "unit": view.unit} for view in live.views],
        "scenarios": [write_answer(live, answer) for answer in table.answers],
        "findings": [
            {"rule": one.rule, "at": one.at, "severity": one.severity, "says": _both(one.says), "remedy": _both(one.remedy)}
            for one in table.findings
        ],
    }


def write_answer(live: LiveScenarios, answer: Answer) -> dict[str, Any]:
    """One scenario as data.

    Parameters
    ----------
    live : LiveScenarios
        What answered.
    answer : Answer
        The answer.

    Returns
    -------
    dict
        ``id``, ``label``, ``query`` (the address that reproduces it), ``peak``, ``chance`` (of a peak before 2030), ``series``.
    """
    year, level = answer.peak
    return {
        "id": name_choice(answer.choice),
        "label": _both(label_choice(live, answer.choice)),
        "query": answer.choice.key,
        "peak": {"year": year, "level": _cut(level), "unit": "Mt CO2"},
        "chance": _chance(find_chance(live, answer.choice)),
        "series": {view: [_cut(value) for value in values] for view, values in answer.series.items()},
    }


def _chance(found: Chance) -> dict[str, Any]:
    return {
        "before_2030": _cut(found.before),
        "least": _cut(found.least),
        "most": _cut(found.most),
        "drivers_alone": _cut(found.drivers),
        "draws": found.draws,
    }


def name_choice(choice: Choice) -> str:
    """Name of a choice in tables and files.

    Parameters
    ----------
    choice : Choice
        The choice.

    Returns
    -------
    str
        The scenarios joined by ``+``, with ``*`` where sliders, events or values were changed.
    """
    changed = choice.positions or choice.switched or choice.sets
    return ("+".join(choice.scenarios) or BASELINE) + ("*" if changed else "")


def label_choice(live: LiveScenarios, choice: Choice) -> Label:
    """Name of a choice for readers.

    Parameters
    ----------
    live : LiveScenarios
        Knows the names.
    choice : Choice
        The choice.

    Returns
    -------
    Label
        Names of the scenarios; what was changed is said to be as set.
    """
    names = [live.name(one) for one in choice.scenarios or (BASELINE,)]
    zh, en = "＋".join(name.zh for name in names), " + ".join(name.en for name in names)
    if choice.positions or choice.switched or choice.sets:
        return Label(f"{LIVE.zh}（在{zh}上）", f"{LIVE.en} (on {en})")
    return Label(zh, en)


def _both(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _cut(value: float) -> float | None:
    """Rounded; ``None`` where a view has no value, such as a share of no capacity."""
    return float(f"{value:.{DIGITS}g}") if isfinite(value) else None
