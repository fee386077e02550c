"""``brief``: two pages in plain words from the numbers of a frozen run.

Invariant: every sentence is a template filled with figures of the run; a sentence whose figures are missing is left out
and named among what is not measurable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dafeng.core.labels import Label, Language
from dafeng.work.brief_index import MEASURED, Index, index_view
from dafeng.work.brief_table import COMPARED, list_measures, list_targets, write_chart
from dafeng.work.brief_templates import PLACE, Bound, Claim, Option, Templates, read_templates
from dafeng.work.city import City
from dafeng.work.city_days import BEIJING
from dafeng.work.frozen import read_view
from dafeng.work.wording import odds, percent, say

Row = Mapping[str, Any]
Figures = Mapping[str, Row]
PLAIN: Mapping[Language, Mapping[str, str]] = {
    "zh": {"百分点": "个百分点", "CO2": "二氧化碳"},
    "en": {
        "10^10 CNY": "10 billion CNY",
        "CNY/tCO2": "CNY a tonne",
        "percentage point": "percentage points",
        "10^9 CNY": "billion CNY",
        "10^8 CNY": "100 million CNY",
        "10^6 CNY": "million CNY",
        "yr/": "years per ",
        " yr": " years",
        "CO2": "CO₂",
    },
}
"""Units as a reader says them who is no specialist."""
TILES = 4
"""Most figures at the top."""
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def brief(city: City, *, run: str | None = None) -> dict[str, Any]:
    """The brief of a city.

    Parameters
    ----------
    city : City
        The city.
    run : str, optional
        Id of a frozen run; the newest one by default.

    Returns
    -------
    dict
        As ``write_brief`` gives it.

    Raises
    ------
    CityError
        If the city has no run.
    StoreError
        If the run does not exist or is damaged.
    """
    return write_brief(read_view(city, run=run))


def write_brief(view: Row, *, templates: Templates | None = None) -> dict[str, Any]:
    """The brief of a run.

    Parameters
    ----------
    view : mapping
        View document of the run.
    templates : Templates, optional
        Sentences; those of the package by default.

    Returns
    -------
    dict
        ``city, slug, year, run, at, title, subtitle, source, inputs, tiles, words,
        sections, targets, measures, chart, omitted``. A sentence is
        ``{"kind", "zh": parts, "en": parts}``; a part is a text or ``{"text", "address"}``.
    """
    used = templates or read_templates()
    index = index_view(view)
    sections, omitted = [], []
    for section in used.sections:
        said = []
        for claim in section.claims:
            found = list(_say(claim, index, view["city"]["label"]))
            said += [sentence for sentence in found if sentence is not None]
            if not found and not claim.optional:
                omitted.append({"section": section.title.model_dump(), "about": claim.about.model_dump()})
        if said and not any(one["kind"] == "answer" for one in said):
            said[0] = said[0] | {"kind": "answer"}
        if said:
            sections.append({"id": section.id, "turn": section.turn, "title": section.title.model_dump(), "sentences": said})
    return {
        "city": view["city"]["label"],
        "slug": view["city"]["slug"],
        "year": view["year"],
        "run": view["run"]["id"],
        "at": tell_day(view["run"]["at"]),
        "title": used.title.model_dump(),
        "subtitle": used.subtitle.model_dump(),
        "source": used.source.model_dump(),
        "inputs": view["run"]["inputs"],
        "tiles": _tiles(used, index),
        "words": {name: words.model_dump() for name, words in used.words.items()},
        "sections": sections,
        "targets": [_row(row, COMPARED) for row in list_targets(view)],
        "measures": [_row(row, MEASURED) for row in list_measures(view)],
        "chart": write_chart(view),
        "omitted": omitted,
    }


def tell_day(at: str) -> str:
    """Day of an instant in Beijing time.

    Parameters
    ----------
    at : str
        ISO 8601; UTC where it names no zone.

    Returns
    -------
    str
        ``2026-11-23``.
    """
    found = datetime.fromisoformat(at)
    return f"{(found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(BEIJING):%Y-%m-%d}"


def _tiles(used: Templates, index: Index) -> list[dict[str, Any]]:
    """Figures that stand large at the top: the first four that exist."""
    rows = [(tile, index.number(tile.figure)) for tile in used.tiles]
    return [
        {"label": tile.label.model_dump(), **{lang: _figure(row, tile.form, lang) for lang in LANGUAGES}}
        for tile, row in rows
        if row is not None
    ][:TILES]


def _row(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """A row of a table with its figures in both languages."""
    forms = {"years": "size", "probability": "whole"}
    figures = {
        name: {lang: _figure(row[name], forms.get(name, "say"), lang) for lang in LANGUAGES} if row[name] else None
        for name in names
    }
    return {**row, **figures}


def _figure(row: Row, form: str, language: Language) -> dict[str, str]:
    return {"text": write_number(row, form, language), "address": row["address"], "form": form}


def _say(claim: Claim, index: Index, city: Row) -> Iterator[dict[str, Any] | None]:
    """Sentences of a claim; ``None`` where its figures exist but no sentence fits them."""
    bounds: Sequence[str | None] = index.bind(claim.each)[: claim.most] if claim.each else [None]
    for bound in bounds:
        found = {name: index.number(pattern, bound=bound) for name, pattern in claim.figures.items()}
        figures = {name: row for name, row in found.items() if row is not None}
        names = {name: _named(index, pattern, bound) for name, pattern in claim.figures.items()} | {"city": city}
        fitting = [option for option in claim.options if _sayable(option, figures, names)]
        if fitting:
            chosen = next((option for option in fitting if _holds(option, figures)), None)
            yield None if chosen is None else _fill(claim, chosen, figures, names)


def _named(index: Index, pattern: str, bound: str | None) -> Row | None:
    if "*" in pattern:
        stars = [bound] if bound is not None else list(index.bind(pattern))[:1]
        pattern = pattern.replace("*", stars[0]) if stars else pattern
    return index.names.get(pattern)


def _sayable(option: Option, figures: Figures, names: Mapping[str, Row | None]) -> bool:
    bounds = {limit for pair in option.when.values() for limit in pair if isinstance(limit, str)}
    wanted = {name for name, form in PLACE.findall(option.zh) if form != "name"} | set(option.when) | bounds
    called = {name for name, form in PLACE.findall(option.zh) if form == "name"}
    return wanted <= figures.keys() and all(names.get(name) for name in called)


def _holds(option: Option, figures: Figures) -> bool:
    return all(_within(figures[name]["value"], pair, figures) for name, pair in option.when.items())


def _within(value: float, pair: tuple[Bound, Bound], figures: Figures) -> bool:
    """Whether a value lies in a half-open interval, the lower end belonging to it."""
    low, high = (figures[limit]["value"] if isinstance(limit, str) else limit for limit in pair)
    return (low is None or value >= low) and (high is None or value < high)


def _fill(claim: Claim, option: Option, figures: Figures, names: Mapping[str, Row | None]) -> dict[str, Any]:
    texts = {"zh": option.zh, "en": option.en}
    return {"kind": claim.kind, **{lang: _begin(list(_parts(texts[lang], figures, names, lang))) for lang in LANGUAGES}}


def _begin(parts: list[str | dict[str, str]]) -> list[str | dict[str, str]]:
    """The parts of a sentence, the first letter large."""
    first = parts[0]
    return [first[:1].upper() + first[1:], *parts[1:]] if isinstance(first, str) else parts


def _parts(text: str, figures: Figures, names: Mapping[str, Row | None], language: Language) -> Iterator[str | dict[str, str]]:
    at = 0
    for found in PLACE.finditer(text):
        if text[at : found.start()]:
            yield text[at : found.start()]
        name, form = found[1], found[2] or "say"
        yield _word(names[name], language) if form == "name" else _figure(figures[name], form, language)
        at = found.end()
    if text[at:]:
        yield text[at:]


def _word(words: Row | None, language: Language) -> str:
    return str(words[language]) if words else ""


def write_number(row: Row, form: str, language: Language) -> str:
    """A number of the view in words.

    Parameters
    ----------
    row : mapping
        The number.
    form : str
        One of ``FORMS``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Three significant digits; ``size`` leaves out the sign, ``odds`` never claims certainty.
    """
    value, unit = float(row["value"]), row["unit"]
    if form in ("year", "at"):
        return str(int(value if form == "year" else row["year"]))
    if form == "count":
        return str(int(value))
    if form == "span":
        return _span(row, language)
    if form == "odds":
        return odds(value / 100)
    if unit == "%":
        return percent((abs(value) if form == "size" else value) / 100, digits=0 if form == "whole" else 1)
    told = say(abs(value) if form == "size" else value, unit, language, digits=3)
    for stored, shown in PLAIN[language].items():
        told = told.replace(stored, shown)
    return told


def _span(row: Row, language: Language) -> str:
    low, high = row.get("low"), row.get("high")
    if low is None or high is None:
        return Label("无区间", "no interval").read(language)
    form = "year" if row["unit"] == "年" else "whole" if row["unit"] == "%" else "say"
    ends = [write_number({**row, "value": end}, form, language) for end in (low, high)]
    told, _, first = ends[0].partition(" ")
    return "–".join([told if ends[1].endswith(f" {first}") else ends[0], ends[1]])
