"""A brief in one language, before it is set: sentences with numbered figures, tiles, tables, chart.

Invariant: every figure carries the number of its address; the year that a figure speaks of shares the number of the figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dafeng.core.display import display
from dafeng.core.labels import Language
from dafeng.core.units import conversion
from dafeng.plans.verdict import WORDS as VERDICTS

Row = Mapping[str, Any]
NONE = "–"
COMPARED = ("asked", "known", "expected")
MEASURED = ("cost", "years", "avoided", "probability")
CURVES = ("p10", "p50", "p90")
JOINT: Mapping[Language, str] = {"zh": "、", "en": "; "}


def write_page(form: Row, language: Language) -> dict[str, Any]:
    """A brief as plain data for a setter.

    Parameters
    ----------
    form : mapping
        ``work.brief.write_brief``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    dict
        Texts in one language; a part of a sentence is ``{"text", "number"}``, ``number`` being the place of its address
        in ``addresses``, counted from one, or ``None``.
    """
    numbers = {address: at for at, address in enumerate(dict.fromkeys(_addresses(form, language)), 1)}
    words = {name: text[language] for name, text in form["words"].items()}
    city, title = form["city"][language], form["title"][language]
    return {
        **{name: form[name][language] for name in ("subtitle", "source")},
        **{name: form[name] for name in ("at", "run")},
        "language": language,
        "title": f"{city}{title}" if language == "zh" else f"{city}: {title.lower()}",
        "words": words,
        "tiles": [{"part": _part(tile[language], numbers), "label": tile["label"][language]} for tile in form["tiles"]],
        "sections": [_section(section, numbers, language) for section in form["sections"]],
        "targets": _targets(form["targets"], words, numbers, language),
        "measures": _measures(form["measures"], words, numbers, language),
        "chart": _chart(form["chart"], words, language),
        "omitted": JOINT[language].join(row["about"][language] for row in form["omitted"]),
        "addresses": list(numbers),
        "inputs": [[row["name"], row["sha256"][:12]] for row in form["inputs"]],
    }


def _addresses(form: Row, language: Language) -> Iterator[str]:
    for tile in form["tiles"]:
        yield tile[language]["address"]
    for section in form["sections"]:
        for sentence in section["sentences"]:
            yield from (part["address"] for part in sentence[language] if not isinstance(part, str))
    for rows, names in ((form["targets"], COMPARED), (form["measures"], MEASURED)):
        yield from (row[name][language]["address"] for row in rows for name in names if row[name])


def _part(part: str | Mapping[str, str], numbers: Mapping[str, int]) -> dict[str, Any]:
    if isinstance(part, str):
        return {"text": part, "number": None}
    return {"text": part["text"], "number": None if part["form"] == "at" else numbers[part["address"]]}


def _section(section: Row, numbers: Mapping[str, int], language: Language) -> dict[str, Any]:
    return {
        **{name: section[name] for name in ("id", "turn")},
        "title": section["title"][language],
        "sentences": [
            {"kind": one["kind"], "parts": [_part(part, numbers) for part in one[language]]} for one in section["sentences"]
        ],
    }


def _targets(rows: Sequence[Row], words: Mapping[str, str], numbers: Mapping[str, int], language: Language) -> dict[str, Any]:
    """Table of targets; its last but one column is the verdict."""
    return {
        "title": words["table"],
        "heads": words["target_heads"].split("|"),
        "right": [1, 2, 3, 4],
        "verdicts": [row["verdict"] for row in rows],
        "rows": [
            [
                _part(row["name"][language], numbers),
                _part(str(row["year"]), numbers),
                *_cells(row, COMPARED, numbers, language),
                _part(VERDICTS[row["verdict"]].read(language), numbers),
                _part(row["who"] or NONE, numbers),
            ]
            for row in rows
        ],
    }


def _measures(rows: Sequence[Row], words: Mapping[str, str], numbers: Mapping[str, int], language: Language) -> dict[str, Any]:
    return {
        "title": words["measures"],
        "heads": words["measure_heads"].split("|"),
        "right": [1, 2, 3, 4],
        "verdicts": [],
        "rows": [[_part(row["name"][language], numbers), *_cells(row, MEASURED, numbers, language)] for row in rows],
    }


def _cells(row: Row, names: Sequence[str], numbers: Mapping[str, int], language: Language) -> Iterator[dict[str, Any]]:
    for name in names:
        yield _part(row[name][language] if row[name] else NONE, numbers)


def _chart(chart: Row | None, words: Mapping[str, str], language: Language) -> dict[str, Any] | None:
    """The chart in the unit that a reader of the language expects."""
    if chart is None:
        return None
    peak = {name.removeprefix("year_"): year for name, year in chart["peak"].items()}
    curves = {name: chart[name] for name in CURVES}
    amount = display(max(abs(value) for values in curves.values() for value in values), chart["unit"], language)
    factor = float(conversion(chart["unit"], str(amount.unit)))
    scaled = {name: [value * factor for value in values] for name, values in curves.items()}
    recorded = [[year, value * factor] for year, value in chart["recorded"]]
    unit = amount.text.replace("CO2", "CO₂")
    names = {"label": chart["label"][language], "unit": unit, "first": chart["years"][0], "last": chart["years"][-1]}
    told = {name: words[name].format(**names, **peak) for name in ("chart", "alt", "peaks")}
    return {**chart, **scaled, "recorded": recorded, "unit": unit, "label": names["label"], "words": told, "peak": peak}
