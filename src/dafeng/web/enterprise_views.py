"""What the pages of enterprise accounts show: the list by grade, the account of one, authorisations, how a figure came about.

Invariant: what is unknown is told with its reason and is no grade; who has no figure has no place among its sector.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label, Language
from dafeng.store.authorisations import read_authorisations
from dafeng.web.api_choices import Choices
from dafeng.web.asking import Ask
from dafeng.web.figures import is_number, spell
from dafeng.web.labels import Words
from dafeng.web.links import query_text
from dafeng.web.unknown_choices import take_choices
from dafeng.work.authorise import CHINA, list_authorisations, list_parts
from dafeng.work.enterprise_document import enterprise_document
from dafeng.work.enterprise_rules import EnterpriseRules
from dafeng.work.enterprise_shelf import NONE, EnterpriseShelf, choose_rows, rank_enterprise
from dafeng.work.enterprises import EnterpriseAccounts
from dafeng.work.explain import walk
from dafeng.work.owner_links import list_links
from dafeng.work.tracing import trace_document

Context = dict[str, Any]
LINES = 50
"""Rows of a page."""
DIGITS = 4
"""Significant digits of a figure with decimals, as those that are worked out have in `dafeng.web.figures`."""
LEVELS = 4
"""Steps of colour below the best one."""
_UNITS: Mapping[str, str] = {"10^4 CNY": "万元", "mu": "亩", "person": "人", "point": "分"}
EVERY = "all"
"""What is chosen for all years."""


def build_list(ask: Ask) -> Context:
    """What the list shows.

    Parameters
    ----------
    ask : Ask
        The request, with filters in its address.

    Returns
    -------
    dict
        One window of the rows that fit, and what can be chosen.
    """
    shelf = ask.office.enterprises
    found, query = shelf.accounts(), ask.request.query_params
    years = [str(year) for year in reversed(found.years)]
    known = _choices_of(found, years, query.get("scale", "").strip())
    kept, told = take_choices(query, known, "enterprises", Words(ask.language))
    usual = {"year": years[0] if years else EVERY, "scale": _first_scale(found)}
    chosen = {name: text[:80] or usual.get(name, "") for name, text in kept.items()}
    rows, start = (
        choose_rows(shelf.rows(), **{**chosen, "year": chosen["year"].removeprefix(EVERY)}),
        _number(query.get("offset")),
    )
    listed = [_list_row(row, chosen["scale"], found) for row in rows[start : start + LINES]]
    counts = _count_grades(rows, chosen["scale"], found)
    return {
        "rows": listed, "total": len(rows), "chosen": chosen, "years": years, "scales": found.rules.scales,
        "sectors": known["sector"], "counts": counts, "unknown_choices": told,
        "start": start, "more": start + LINES if start + LINES < len(rows) else 0, "fewer": max(start - LINES, 0),
        "way": lambda offset: query_text({**chosen, "offset": offset or ""}),
        "unit": lambda text: name_unit(text, ask.language), "digits": cut_digits, "exact": tell_digits,
        "findings": found.findings, "known": bool(found.enterprises), "unjudged": NONE,
        "stated": any(one.scale == chosen["scale"] for one in found.rules.own.cutoffs),
    }  # fmt: skip


def _choices_of(found: EnterpriseAccounts, years: Sequence[str], scale: str) -> Choices:
    """What may be chosen of the list; grades are those of the scale that it is shown by."""
    scales, sectors = found.rules.scales, {one.sector for one in found.enterprises.values() if one.sector}
    rule = scales.get(scale) or scales.get(_first_scale(found))
    grades = (*(one["id"] for one in rule["grades"]), NONE) if rule else (NONE,)
    return {"year": (*years, EVERY), "scale": scales, "grade": grades, "sector": sorted(sectors), "q": None}


def _first_scale(found: EnterpriseAccounts) -> str:
    """The scale that the city has stated cut-offs of, else the first."""
    return next((one.scale for one in found.rules.own.cutoffs), next(iter(found.rules.scales), ""))


def _list_row(row: Mapping[str, Any], scale: str, found: EnterpriseAccounts) -> Context:
    judged = next((one for one in row["grades"] if one["rule"] == scale), None)
    return {**row, "grade": judged, "level": level_of(judged, found.rules.scales)}


def _count_grades(rows: Sequence[Mapping[str, Any]], scale: str, found: EnterpriseAccounts) -> list[Context]:
    results = [one["result"] for row in rows for one in row["grades"] if one["rule"] == scale]
    rule = found.rules.scales.get(scale)
    graded = [
        {"id": one["id"], "label": {"zh": one["zh"], "en": one["en"]}, "n": results.count(one["id"]), "level": _level(at, rule)}
        for at, one in enumerate(rule["grades"] if rule else ())
    ]
    return [*graded, {"id": NONE, "label": None, "n": results.count(NONE), "level": "none"}]


def level_of(judged: Mapping[str, Any] | None, scales: Mapping[str, Mapping[str, Any]]) -> str:
    """Colour step of a grade.

    Parameters
    ----------
    judged : mapping or None
        A judgement by a scale.
    scales : mapping
        Scales by id.

    Returns
    -------
    str
        ``0`` for the best to ``4`` for the worst, ``none`` without a grade.
    """
    rule = scales.get(judged["rule"]) if judged else None
    ids = [one["id"] for one in rule["grades"]] if rule else []
    return _level(ids.index(judged["result"]), rule) if judged and judged["result"] in ids else "none"


def _level(place: int, rule: Mapping[str, Any] | None) -> str:
    last = len(rule["grades"]) - 1 if rule else 0
    return str(round(place * LEVELS / last)) if last else "0"


def build_one(ask: Ask, name: str) -> Context:
    """What the page of an enterprise shows.

    Parameters
    ----------
    ask : Ask
        The request; ``how`` in its address asks how a figure came about.
    name : str
        Id of the enterprise.

    Returns
    -------
    dict
        Account, charts, grades with their rules, places, authorisations, links and log.

    Raises
    ------
    LookupFailure
        If there is no such enterprise.
    """
    city = ask.office.city
    told = build_account(ask.office.enterprises, name, Words(ask.language))
    log = [row for row in read_authorisations(city.folder) if row["owner"] == name][::-1]
    now = datetime.now(UTC)
    return {
        **told, **_asked(told["found"], ask.request.query_params.get("how", "")),
        "granted": [(one, one.state(now)) for one in list_authorisations(city, enterprise=name)][::-1],
        "owner_links": [(one, one.state(now)) for one in list_links(city, enterprise=name)][::-1],
        "log": [{**row, "said": _detail(row)} for row in log[:LINES]], "more_log": len(log) > LINES, "made": None,
        "refusal": None, "typed": {},
    }  # fmt: skip


def build_account(shelf: EnterpriseShelf, name: str, words: Words) -> Context:
    """The account of one, as its owner and the city's people see it.

    Parameters
    ----------
    shelf : EnterpriseShelf
        The accounts.
    name : str
        Id of the enterprise.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        Figures by year, charts, scales with grades, places, parts that may be allowed.

    Raises
    ------
    LookupFailure
        If there is no such enterprise.
    """
    found = shelf.accounts()
    if name not in found.enterprises:
        raise LookupFailure(
            Label(f"没有企业“{name[:60]}”", f"there is no enterprise '{name[:60]}'"),
            where="enterprise",
            expected=Label("企业表中的编号", "an id of the tables"),
            remedy=Label("在列表中查看", "see the list"),
        )
    document = enterprise_document(found, name)
    plain = [one for one in document["figures"] if one["kind"] in ("fact", "indicator")]
    today, rows = datetime.now(UTC).astimezone(CHINA).date(), _by_field(plain)
    return {
        "found": found, "one": document, "years": document["years"][::-1],
        "table": [row for row in rows if not _is_lacking(row)], "lacking": [row for row in rows if _is_lacking(row)],
        "charts": [one for one in (draw_years(plain, "emissions", "bar", words), _draw_intensity(plain, words)) if one],
        "scales": [_scale(document, scale, rule) for scale, rule in document["scales"].items()],
        "judged": [one for one in document["judgements"] if one["kind"] != "grade"],
        "places": rank_enterprise(found, name), "indicators": found.rules.indicators,
        "parts": [(part, say_part(found.rules, part)) for part in list_parts(found.rules)],
        "part_label": lambda part: say_part(found.rules, part),
        "today": today.isoformat(), "later": (today + timedelta(days=90)).isoformat(), "unjudged": NONE,
        "unit": lambda text: name_unit(text, words.language), "digits": cut_digits, "exact": tell_digits,
    }  # fmt: skip


def _by_field(figures: Iterable[Mapping[str, Any]]) -> list[Context]:
    """One row per field with its figures by year."""
    rows: dict[str, Context] = {}
    for one in figures:
        row = rows.setdefault(one["field"], {"field": one["field"], "label": one["label"], "unit": one["unit"], "cells": {}})
        row["cells"][one["year"]] = one
    return list(rows.values())


def _is_lacking(row: Context) -> bool:
    return all(one["value"] is None for one in row["cells"].values())


def _draw_intensity(figures: Sequence[Mapping[str, Any]], words: Words) -> Context | None:
    return draw_years(figures, "emission_intensity", "line", words) or draw_years(figures, "energy_intensity", "line", words)


def draw_years(figures: Sequence[Mapping[str, Any]], field: str, shape: str, words: Words) -> Context | None:
    """Chart of a figure by year; a year without a figure is a gap.

    Parameters
    ----------
    figures : sequence of mapping
        Figures of one enterprise.
    field : str
        Which.
    shape : {"bar", "line"}
        How.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``yearly``; ``None`` where no year is known.
    """
    own = {one["year"]: one for one in figures if one["field"] == field}
    known = {year: one for year, one in own.items() if one["value"] is not None}
    if not known:
        return None
    years, last = list(range(min(own), max(own) + 1)), known[max(known)]
    name, before = words.read(last["label"]), known.get(max(known) - 1)
    unit = name_unit(last["unit"], words.language)
    said = {"name": name, "year": last["year"], "value": cut_digits(last["value"]), "unit": unit}
    title = words.say("enterprise.chart", values=said)
    if before is not None and float(before["value"]):
        change = 100 * (float(last["value"]) / float(before["value"]) - 1)
        title = words.say("enterprise.chart_change", values={**said, "change": f"{change:+.1f}".replace("-", "−")})
    values = [float(known[year]["value"]) if year in known else None for year in years]
    return {
        "kind": "yearly", "title": title, "subtitle": f"{name} · {unit}", "unit": unit, "name": name,
        "years": years, "values": values, "shape": shape, "small": True, "id": field,
    }  # fmt: skip


def _scale(document: Mapping[str, Any], name: str, rule: Mapping[str, Any]) -> Context:
    judged = sorted((one for one in document["judgements"] if one["rule"] == name), key=lambda one: -one["year"])
    steps = [{**one, "level": _level(at, rule)} for at, one in enumerate(rule["grades"])]
    shown = [{**one, "level": level_of(one, document["scales"])} for one in judged]
    return {"id": name, "rule": rule, "steps": steps, "judged": shown}


def say_part(rules: EnterpriseRules, part: str) -> Label:
    """A part of an account in words.

    Parameters
    ----------
    rules : EnterpriseRules
        What the accounts follow.
    part : str
        As `list_parts` names it.

    Returns
    -------
    Label
        Its name; the part itself where it has none.
    """
    kind, _, name = part.partition(".")
    known = {"grade": rules.scales, "score": rules.scores}.get(kind, {**rules.fields, **rules.indicators})
    label = known.get(name or kind, {}).get("label")
    if label is None:
        return {"warnings": Label("预警", "warnings"), "size": Label("能耗规模", "size by energy")}.get(part, Label(part, part))
    if kind == "grade":
        return Label(f"评级：{label['zh']}", f"grade: {label['en']}")
    return Label(f"评分：{label['zh']}", f"score: {label['en']}") if kind == "score" else Label(label["zh"], label["en"])


def _asked(found: EnterpriseAccounts, address: str) -> Context:
    if not address:
        return {"tree": None, "asked": ""}
    known = address in found.traces  # words are not looked up here: they could lead to another enterprise
    tree = walk({name: trace_document(trace) for name, trace in found.traces.items()}, address) if known else None
    return {"tree": tree, "asked": address[:300]}


def name_unit(unit: str, language: Language) -> str:
    """Unit of a figure as the reader writes it.

    Parameters
    ----------
    unit : str
        As the account tells it.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    str
        In Chinese with the Chinese names of money, area and persons.
    """
    if language == "zh":
        for written, said in _UNITS.items():
            unit = re.sub(rf"(?<![a-z]){re.escape(written)}(?![a-z])", said, unit)
    return spell(unit, language)


def cut_digits(value: str) -> str:
    """A decimal number as a table shows it.

    Parameters
    ----------
    value : str
        As the account tells it.

    Returns
    -------
    str
        Four significant digits where it has decimals, as figures that are worked out have elsewhere; whole numbers as they are.
    """
    if not is_number(value):
        return value
    number = Decimal(value)
    if number == number.to_integral_value():
        return tell_digits(f"{number:.0f}")
    places = max(DIGITS - 1 - number.adjusted(), 0)
    return tell_digits(f"{number:.{places}f}".rstrip("0").rstrip(".") if places else f"{number:.0f}")


def tell_digits(value: str) -> str:
    """A decimal number with its thousands apart.

    Parameters
    ----------
    value : str
        As the account tells it.

    Returns
    -------
    str
        The same digits.
    """
    whole, point, rest = value.partition(".")
    return f"{int(whole):,}{point}{rest}".replace("-", "−") if whole.lstrip("-").isdigit() else value


def _detail(row: Mapping[str, str]) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(row["detail"]) if row["detail"] else {}
    return {name: told[name] for name in ("why", "code", "form") if name in told}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else 0
