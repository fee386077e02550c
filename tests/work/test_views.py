"""The whole view document of a small assessment made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from dafeng.core.units import convert
from dafeng.work.views import assessment_document, build_view, prepare
from tests.work import form

VERDICT_KEYS = ["target", "indicator", "year", "value", "unit", "verdict", "actual", "projected", "lacking", "address"]


def test_the_view_has_the_described_form(view):
    assert form.faults(view) == []


def test_the_view_is_json_without_nan(view):
    assert json.loads(json.dumps(view, allow_nan=False)) == view


def test_every_address_leads_to_a_trace_of_the_run(view, assessment):
    prefix = assessment.run.id + "/"
    assert [
        a for a in form.addresses(view) if a.removeprefix(prefix) not in assessment.traces or not a.startswith(prefix)
    ] == []


@pytest.mark.usefixtures("view")
def test_every_input_of_a_trace_leads_to_a_trace(assessment):
    assert [i for trace in assessment.traces for i in trace.inputs if i not in assessment.traces] == []


def test_a_number_is_the_one_that_its_trace_holds(view, assessment):
    # a verdict has no number of its own and is left out; shares are stored as 1 and shown as percent
    pairs = [(n, assessment.traces.get(n["address"].split("/", 1)[1])) for n in form.numbers(view)]
    told = [(n, trace) for n, trace in pairs if trace.value is not None and trace.unit is not None and n["value"] is not None]
    wrong = [
        n for n, t in told if abs(float(convert(Decimal(t.value), t.unit, n["unit"])) - n["value"]) > 1e-9 * abs(n["value"])
    ]
    assert (len(told) > 20, wrong) == (True, [])


def test_both_languages_are_complete(view):
    assert [label for label in form.labels(view) if not label["zh"].strip() or not label["en"].strip()] == []


def test_building_twice_gives_the_same_view(view, assessment):
    assert build_view(assessment) == view


@pytest.mark.usefixtures("view")
def test_preparing_twice_adds_no_trace(assessment):
    count = len(assessment.traces)
    prepare(assessment)
    assert len(assessment.traces) == count


def test_a_city_without_a_pathway_has_none(assessment):
    bare = replace(
        assessment,
        projection=replace(assessment.projection, futures=None, power=None, history=None, recorded=(), influences=None),
        measures=(),
    )
    shown = build_view(bare)
    assert (shown["pathway"], shown["power"], shown["emissions"]["gaps"], assessment_document(shown)["peak"]) == (
        None,
        None,
        [],
        dict.fromkeys(("year_p10", "year_p50", "year_p90", "probability_before_2030", "level_mt_p50")),
    )


def test_the_summary_has_the_agreed_keys(view):
    summary = assessment_document(view)
    assert list(summary) == ["city", "run", "verdicts", "peak", "clashes", "headlines", "findings"]
    assert list(summary["verdicts"][0]) == VERDICT_KEYS
    assert list(summary["peak"]) == ["year_p10", "year_p50", "year_p90", "probability_before_2030", "level_mt_p50"]
    assert list(summary["clashes"][0]) == ["targets", "minimal", "slack", "unit", "explanation", "address"]
    assert list(summary["headlines"][0]) == ["question", "answer", "numbers", "address"]


def test_the_summary_says_what_the_view_says(view):
    first = assessment_document(view)["verdicts"][0]
    assert (first["indicator"], first["value"], first["unit"], first["actual"], first["projected"]) == (
        "非化石能源消费比重",
        30.0,
        "%",
        12.0,
        24.0,
    )
