"""The brief: templates refuse what has no figure; a sentence is said by its figures, or named as left out."""

from __future__ import annotations

import copy
import json
import re

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.work.brief import write_brief, write_number
from dafeng.work.brief_index import index_view, strip
from dafeng.work.brief_table import list_measures
from dafeng.work.brief_templates import FORMS, PLACE, parse_templates, read_templates
from tests.reports.brief_view import rich_view as invented

HEAD = """
title: {zh: 简报, en: Brief}
subtitle: {zh: 副题, en: subtitle}
source: {zh: 来源, en: source}
words: {}
sections:
  - id: one
    title: {zh: 问, en: question}
    claims:
      - about: {zh: 缺口, en: gap}
"""
RANGE = """
        figures: {gap: headlines/gap}
        options:
          - {when: {gap: [5, null]}, zh: "差{gap}，大", en: "large gap of {gap}"}
          - {when: {gap: [null, 5]}, zh: "差{gap}，小", en: "small gap of {gap}"}
"""


def made(claim: str):
    """Templates with one claim."""
    return parse_templates(HEAD + claim)


def small(value, *, unit: str = "万千瓦", **more):
    """A view that knows one number."""
    number = {
        "value": value,
        "unit": unit,
        "year": 2030,
        "address": "r/headlines/gap",
        "label": {"zh": "缺", "en": "gap"},
        **more,
    }
    head = {"id": "gap", "numbers": [number]}
    city = {"label": {"zh": "甲市", "en": "A"}, "slug": "a"}
    return {"city": city, "year": 2025, "run": {"id": "r", "at": "2026-01-01T00", "inputs": []}, "headlines": [head]}


def said(form, language: str = "zh") -> list[str]:
    """Sentences of a brief."""
    sentences = [one for section in form["sections"] for one in section["sentences"]]
    return ["".join(part if isinstance(part, str) else part["text"] for part in one[language]) for one in sentences]


def figures(form):
    """Every figure of a brief, in both languages."""
    found, rest = [], [form]
    while rest:
        part = rest.pop()
        if isinstance(part, dict):
            found += [part] if "text" in part else []
            rest += part.values()
        elif isinstance(part, list):
            rest += part
    return found


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ('{zh: "很好", en: "good"}', "no figure in"),
        ('{zh: "差{gap:name}", en: "gap {gap:name}"}', "no figure in"),
        ('{zh: "到2030年差{gap}", en: "gap {gap}"}', "a digit or a bracket"),
        ('{zh: "差{gap}", en: "gap {gap:size}"}', "the languages name different figures"),
        ('{zh: "差{gap:huge}", en: "gap {gap:huge}"}', "unknown form"),
        ('{zh: "差{gap}、{other}", en: "gap {gap}, {other}"}', "are declared"),
    ],
)
def test_a_sentence_needs_figures_and_only_declared_ones(claim: str, fault: str) -> None:
    text = f"        figures: {{gap: headlines/gap}}\n        options: [{claim}]\n"
    with pytest.raises(DefinitionError, match=re.escape(fault)):
        made(text)


def test_no_template_of_the_package_has_a_digit_and_each_names_a_figure() -> None:
    options = [option for section in read_templates().sections for claim in section.claims for option in claim.options]
    for option in options:
        for text in (option.zh, option.en):
            assert not re.search("[0-9]", PLACE.sub("", text))
            assert any(form != "name" for _, form in PLACE.findall(text))
    assert len(options) > 30


@pytest.mark.parametrize(("value", "words"), [(4.9, "差4.9 万千瓦，小"), (5, "差5 万千瓦，大"), (7, "差7 万千瓦，大")])
def test_bounds_choose_the_sentence_and_the_lower_end_belongs(value: float, words: str) -> None:
    assert said(write_brief(small(value), templates=made(RANGE))) == [words]


def test_a_sentence_without_its_figure_is_left_out_and_named() -> None:
    form = write_brief(small(None), templates=made(RANGE))
    assert (said(form), [row["about"] for row in form["omitted"]]) == ([], [{"zh": "缺口", "en": "gap"}])


def test_a_star_speaks_of_each_and_no_more_than_asked() -> None:
    claim = """
        each: headline/*.0
        most: 2
        figures: {gap: "headline/*.0"}
        options: [{zh: "{gap:name}{gap}", en: "{gap:name} {gap}"}]
"""
    many = small(1)
    many["headlines"] = [{**many["headlines"][0], "id": name} for name in "abc"]
    assert said(write_brief(many, templates=made(claim)), "en") == ["Gap 10 MW", "Gap 10 MW"]


@pytest.mark.parametrize(
    ("row", "form", "zh", "en"),
    [
        ({"value": 99.97, "unit": "%"}, "odds", "> 99%", "> 99%"),
        ({"value": 12.34, "unit": "%"}, "say", "12.3%", "12.3%"),
        ({"value": 12.34, "unit": "%"}, "whole", "12%", "12%"),
        ({"value": -4.5, "unit": "年"}, "size", "4.5 年", "4.5 years"),
        ({"value": 2025, "unit": "年", "low": 2021, "high": 2028}, "span", "2021–2028", "2021–2028"),
        ({"value": 20, "unit": "%", "low": 14.2, "high": 30.8}, "span", "14%–31%", "14%–31%"),
        ({"value": 12.64, "unit": "亿元"}, "say", "12.6 亿元", "1.26 billion CNY"),
        ({"value": 57.81, "unit": "Mt CO2"}, "say", "5,781 万吨二氧化碳", "57.8 Mt CO₂"),
        ({"value": 26, "unit": "个"}, "count", "26", "26"),
        ({"value": 3.5, "unit": "%", "year": 2030}, "at", "2030", "2030"),
    ],
)
def test_numbers_are_said_as_a_reader_says_them(row, form: str, zh: str, en: str) -> None:
    assert (write_number(row, form, "zh"), write_number(row, form, "en")) == (zh, en)
    assert form in FORMS


def test_every_figure_is_a_number_of_the_run_and_stands_behind_a_trace(assessment, view) -> None:
    form, index = write_brief(view), index_view(view)
    told = {(row["address"], text) for row in index.numbers.values() for text in _texts(row)}
    assert {(one["address"], one["text"]) for one in figures(form) if one["form"] != "at"} <= told
    assert all(strip(one["address"]) in assessment.traces for one in figures(form))
    assert len(figures(form)) > 20


def _texts(row) -> set[str]:
    """All ways to write a number."""
    forms = [*(["span"] if row.get("low") is not None else []), "say", "size", "odds", "whole", "count", "year"]
    return {write_number(row, form, language) for form in forms for language in ("zh", "en") if row["value"] is not None}


def test_a_brief_is_complete_in_both_languages_and_json() -> None:
    form = write_brief(invented())
    assert json.loads(json.dumps(form)) == form
    assert all(one["zh"] and one["en"] for section in form["sections"] for one in section["sentences"])
    assert [section["id"] for section in form["sections"]] == [section.id for section in read_templates().sections]


def test_a_city_without_pathway_says_what_is_not_measurable() -> None:
    bare = copy.deepcopy(invented())
    bare |= {"pathway": None, "emissions": None, "headlines": [], "answers": [], "clashes": [], "power": None}
    form = write_brief(bare)
    assert form["chart"] is None
    assert "方案兑现时的达峰概率" in {row["about"]["zh"] for row in form["omitted"]}
    assert "peak" not in {section["id"] for section in form["sections"]}


def test_the_table_begins_with_the_worst_verdict() -> None:
    assert [row["verdict"] for row in write_brief(invented())["targets"]][:2] == ["off_course", "off_course"]


@pytest.mark.parametrize(
    ("chance", "trend", "first", "missing"),
    [
        (99.6, 97.0, "能，而且不全靠方案", "最大的变数是方案落实与否"),
        (99.6, 41.0, "能，前提是方案兑现", "达峰的结论经得起方案落空"),
        (82.4, 41.0, "有可能，但没有十足把握", "达峰的结论经得起方案落空"),
    ],
)
def test_the_plan_is_called_decisive_only_where_it_is(chance: float, trend: float, first: str, missing: str) -> None:
    shown = invented()
    shown["headlines"][0]["numbers"][1]["value"] = chance
    shown["answers"][0]["figures"][0]["value"] = trend
    told = said(write_brief(shown))
    assert told[0].startswith(first)
    assert all(missing not in one for one in told)


def test_a_section_whose_answer_has_nothing_to_say_begins_with_one_all_the_same() -> None:
    shown = invented()
    shown["headlines"] = [one for one in shown["headlines"] if not one["id"].startswith("capacity")]
    form = write_brief(shown)
    assert all(section["sentences"][0]["kind"] == "answer" for section in form["sections"])
    assert "装机目标与已知项目之差" not in {row["about"]["zh"] for row in form["omitted"]}


def test_an_interval_names_its_unit_once() -> None:
    row = {"value": 33.1, "low": 28.3, "high": 44.3, "unit": "Mt CO2"}
    assert [write_number(row, "span", language) for language in ("zh", "en")] == [
        "2,830–4,430 万吨二氧化碳",
        "28.3–44.3 Mt CO₂",
    ]


def compared():
    """The invented view where steps of an order and measures alone avoid other amounts than the mean over all orders."""
    view = copy.deepcopy(invented())
    for step in view["abatement"]["curves"][0]["orders"]["local"]:
        step["avoided"] = step["avoided"] | {"value": 99.0}
    return view


def test_the_cheapest_measures_are_told_by_the_mean_over_all_orders_as_on_their_page() -> None:
    view = compared()
    index = index_view(view)
    shares = {one["id"]: one for one in view["abatement"]["curves"][0]["shares"]}
    told = {name: index.number(f"cheapest/{name}.avoided") for name in index.bind("cheapest/*.avoided")}
    assert told == {name: shares[name]["avoided"]["local"] for name in ("wind", "heat")}


def test_the_table_of_measures_has_the_parts_that_add_up_to_the_total() -> None:
    rows = {row["name"]["en"]: row["avoided"] for row in list_measures(compared())}
    named = {one["id"]: one["label"]["en"] for one in compared()["pathway"]["measures"]}
    assert (rows[named["heat"]]["value"], rows[named["flex"]]) == (0.5, None)


def test_the_cheapest_measure_per_tonne_comes_first() -> None:
    view = compared()
    view["abatement"]["curves"][0]["shares"].reverse()
    index = index_view(view)
    prices = [index.numbers[f"cheapest/{name}.price"]["value"] for name in index.bind("cheapest/*.price")]
    assert prices == sorted(prices) != []
