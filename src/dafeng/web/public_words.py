"""Sentences of the public pages: what was promised, where it stands, how likely the peak is.

Invariant: every figure in a sentence is taken from the published document; a part that is not public has no sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from dafeng.web.figures import between, show
from dafeng.web.labels import Words
from dafeng.web.public_charts import Sketch, draw_history

TRIES = 10
"""Dots in which a chance is told."""
GOOD = ("met", "on_course")
BAD = ("behind", "off_course")
Number = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One idea of the first page.

    Parameters
    ----------
    id : str
        What it speaks of.
    figure : str
        The figure that stands large, without its unit.
    says : str
        The sentence.
    note : str
        What a careful reader must know.
    address : str or None
        Where the figure is explained.
    pictures : tuple of Markup
        Wide and narrow picture.
    unit : str
        Unit of the figure.
    """

    id: str
    figure: str
    says: str
    note: str = ""
    address: str | None = None
    pictures: tuple[Markup, ...] = ()
    unit: str = ""


def tell_home(view: Mapping[str, Any], words: Words) -> list[Sentence]:
    """Sentences of the first page.

    Parameters
    ----------
    view : mapping
        Published document.
    words : Words
        Language of the page.

    Returns
    -------
    list of Sentence
        At most five, in the order of the questions.
    """
    return [*_tell_targets(view, words), *_tell_peak(view, words), *_tell_emissions(view, words)]


def _tell_targets(view: Mapping[str, Any], words: Words) -> Iterator[Sentence]:
    counts, total = view["counts"], sum(view["counts"].values())
    if not total:
        return
    years = sorted({target["year"] for entry in view["indicators"] for target in entry["targets"] if target["year"]})
    due = words.say("app.joint").join(_due(view, year, words) for year in years)
    yield Sentence("promise", str(total), words.say("public.promise", values={"n": total}), due)
    good, bad = (sum(counts[name] for name in names) for names in (GOOD, BAD))
    said = words.say("public.stand", values={"met": counts["met"], "on": counts["on_course"], "bad": bad})
    yield Sentence("stand", f"{good} / {total}", said, words.say("public.stand_note"))
    if counts["not_measurable"]:
        unknown = words.say("public.unknown", values={"n": counts["not_measurable"]})
        yield Sentence("unknown", str(counts["not_measurable"]), unknown, words.say("public.unknown_note"))


def _due(view: Mapping[str, Any], year: int, words: Words) -> str:
    count = sum(target["year"] == year for entry in view["indicators"] for target in entry["targets"])
    return words.say("public.due", values={"year": year, "n": count})


def _tell_peak(view: Mapping[str, Any], words: Words) -> Iterator[Sentence]:
    peak = view["peak"]
    if peak:
        number = peak["probability_before_2030"]
        figure = f"{count_dots(number)} / {TRIES}"
        note = words.say("public.peak_note", values={"scenario": words.read(peak["label"]), "year": peak["year_p50"]})
        said = words.say("public.peak", values={"before": peak["before"], "odds": say_odds(number, words)})
        yield Sentence("peak", figure, said, f"{_tell_chance(peak, words)} {note}", peak["addresses"].get("before"))


def _tell_chance(peak: Mapping[str, Any], words: Words) -> str:
    """The chance itself, with its least and its most where they are known."""
    exact = show(peak["probability_before_2030"] * 100, "%", words.language, basis="projected")
    ends = [show(one["value"], one["unit"], words.language, basis="projected") for one in peak["chances"]]
    if len(ends) < 2 or str(ends[0]) == str(ends[1]):
        return words.say("public.chance", values={"value": exact})
    return words.say("public.chances", values={"value": exact, "low": ends[0], "high": ends[1]})


def count_dots(chance: float) -> int:
    """How many of the dots are filled.

    Parameters
    ----------
    chance : float
        Probability. [0..1]

    Returns
    -------
    int
        From 0 to `TRIES`.
    """
    return round(chance * TRIES)


def say_odds(chance: float, words: Words) -> str:
    """A chance in words.

    Parameters
    ----------
    chance : float
        Probability. [0..1]
    words : Words
        Language of the page.

    Returns
    -------
    str
        *about 9 times in 10*; all and none are never said, since a model is never certain.
    """
    dots = count_dots(chance)
    if dots == TRIES:
        return words.say("public.odds_most")
    if dots == 0:
        return words.say("public.odds_few")
    return words.say("public.odds", values={"n": dots, "of": TRIES})


def _tell_emissions(view: Mapping[str, Any], words: Words) -> Iterator[Sentence]:
    found = view["emissions"]
    if found:
        year, value, address = found["history"][-1]
        figure = show(value, found["unit"], words.language, basis="estimated")
        said = words.say("public.emitted", values={"year": year})
        note = words.say("public.emitted_note", values={"label": words.read(found["label"])})
        pictures = tuple(draw_history(found, Sketch(words, f"{said} {figure}", narrow=narrow)) for narrow in (False, True))
        yield Sentence("emissions", figure.text, said, note, address, pictures, figure.unit)


def pick_target(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The target that an article speaks of first: the last one that can be judged, else the last one.

    Parameters
    ----------
    entry : mapping
        Entry of ``indicators``.

    Returns
    -------
    mapping
        One of its targets.
    """
    judged = [one for one in entry["targets"] if one["verdict"] != "not_measurable"]
    found: Mapping[str, Any] = (judged or entry["targets"])[-1]
    return found


def tell_value(entry: Mapping[str, Any], words: Words) -> dict[str, str] | None:
    """Where an indicator stands now.

    Parameters
    ----------
    entry : mapping
        Entry of ``indicators``.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        ``figure``, ``year``, ``basis``, ``between``; ``None`` where no value is known.
    """
    number = next((one["actual"] for one in reversed(entry["targets"]) if one["actual"]), None)
    if number is None or number["value"] is None:
        return None
    shown = show(number["value"], number["unit"], words.language, basis=number["basis"])
    return {
        "figure": shown.text,
        "unit": shown.unit,
        "year": str(number["year"]),
        "basis": words.word("basis", number["basis"]),
        "grade": words.word("grade", number["grade"]),
        "between": tell_range(number, words),
        "address": number["address"] or "",
        "source": number["source"] or "",
    }


def tell_range(number: Number | None, words: Words) -> str:
    """The range of a figure.

    Parameters
    ----------
    number : mapping or None
        Figure of the published document.
    words : Words
        Language of the page.

    Returns
    -------
    str
        Empty where it has none.
    """
    if not number or number["low"] is None or number["high"] is None or number["low"] == number["high"]:
        return ""
    unit = show(number["value"], number["unit"], words.language, basis=number["basis"])
    return f"{between(number, words.language)}{unit.joint}{unit.unit}"
