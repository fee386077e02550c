"""How the scenario page writes figures, differences and names.

Invariant: a difference carries its sign and the unit of what differs; of shares it is in percentage points.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from dafeng.web.figures import SPACE, THIN, scale_series, show
from dafeng.web.labels import Words
from dafeng.work.scenario_live import Answer, LiveScenarios
from dafeng.work.scenarios import label_choice

MT = "Mt CO2"


def name_answer(live: LiveScenarios, answer: Answer, words: Words) -> str:
    """Short name of a scenario: what was changed is named as such.

    Parameters
    ----------
    live : LiveScenarios
        Knows the names.
    answer : Answer
        The scenario.
    words : Words
        Language of the page.

    Returns
    -------
    str
        The name.
    """
    choice = answer.choice
    changed = choice.positions or choice.switched or choice.sets
    return words.say("scenarios.mine") if changed else label_choice(live, choice).read(words.language)


def write_amount(value: float, words: Words) -> str:
    """An effect in the unit of the table of effects.

    Parameters
    ----------
    value : float
        The effect. [Mt CO2]
    words : Words
        Language of the page.

    Returns
    -------
    str
        Digits with sign.
    """
    scale = scale_series([[1.0]], MT, words.language)
    number = round(value * float(scale.factor), 2 if words.language == "en" else 1)
    return write_signed(number, "") if number else "0"


def known_values(values: Sequence[float]) -> list[float | None]:
    """Values of a series with gaps where it has none.

    Parameters
    ----------
    values : sequence of float
        As computed. [any unit]

    Returns
    -------
    list of float or None
        For a chart.
    """
    return [value if isfinite(value) else None for value in values]


def write_value(value: float, unit: str, words: Words) -> str:
    """A figure of a scenario.

    Parameters
    ----------
    value : float
        The figure. [unit]
    unit : str
        Its unit.
    words : Words
        Language of the page.

    Returns
    -------
    str
        Digits and unit.
    """
    if not isfinite(value):
        return words.say("scenarios.none")
    return str(show(round(value, 9), unit, words.language, basis="projected"))


def write_change(value: float, unit: str, words: Words) -> str:
    """A difference with its sign.

    Parameters
    ----------
    value : float
        The difference. [unit]
    unit : str
        Its unit; shares differ by percentage points.
    words : Words
        Language of the page.

    Returns
    -------
    str
        Sign, digits and unit.
    """
    if not isfinite(value):
        return ""
    if unit == "%":
        return write_signed(round(value, 1), words.say("scenarios.points"))
    text = str(show(abs(float(f"{value:.3g}")), unit, words.language, basis="projected"))
    return text if not value else ("+" if value > 0 else "\N{MINUS SIGN}") + text


def write_signed(value: float, unit: str) -> str:
    """A plain number with its sign.

    Parameters
    ----------
    value : float
        The number. [unit]
    unit : str
        What stands behind it; may be empty.

    Returns
    -------
    str
        Sign, digits and unit.
    """
    number = f"{abs(value):.10g}"
    sign = "" if not value else ("+" if value > 0 else "\N{MINUS SIGN}")
    joint = "" if not unit or unit == "%" else THIN if unit[0] > "\u2e7f" else SPACE
    return f"{sign}{number}{joint}{unit}"
