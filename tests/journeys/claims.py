"""What every journey claims, whatever the city: the tests of a city take these in."""

from __future__ import annotations

from decimal import Decimal

import pytest

import dafeng as df
from dafeng.core.units import convert
from dafeng.work.frozen import city_view
from tests.journeys.walk import plain
from tests.work import form

SUMMARY = {
    "verdicts": ["target", "indicator", "year", "value", "unit", "verdict", "actual", "projected", "lacking", "address"],
    "clashes": ["targets", "minimal", "slack", "unit", "explanation", "address"],
    "headlines": ["question", "answer", "numbers", "address"],
}
PEAK = ["year_p10", "year_p50", "year_p90", "probability_before_2030", "level_mt_p50"]


class Claims:
    """Claims on a journey, which the test module of a city gives as the fixture ``journey``."""

    def test_the_plan_is_that_of_the_city_folder(self, journey):
        assert journey.plan.document.sha256 == journey.city.read_plan().document.sha256

    def test_every_file_was_taken_in(self, journey):
        assert (journey.ingested.refused, journey.ingested.lot is not None) == ((), True)

    def test_every_target_has_one_verdict(self, journey):
        plan = journey.city.read_plan()
        asked = [*(target.id for target in plan.targets), *(goal.id for goal in plan.goals if goal.kind == "delegated")]
        assert [row["target"] for row in journey.view["verdicts"]] == asked

    def test_every_verdict_that_is_none_says_what_is_lacking(self, journey):
        open_rows = [row for row in journey.view["verdicts"] if row["verdict"] == "not_measurable"]
        assert [row["target"] for row in open_rows if not row["lacking"]] == []

    def test_the_view_has_the_described_form(self, journey):
        assert form.faults(journey.view) == []

    def test_every_address_of_the_view_leads_to_a_trace(self, journey):
        assert sorted({a for a in form.addresses(journey.view) if journey.strip(a) not in journey.frozen.traces}) == []

    def test_every_input_of_a_trace_leads_to_a_trace(self, journey):
        traces = journey.frozen.traces
        assert sorted({name for trace in traces.values() for name in trace["inputs"] if name not in traces}) == []

    def test_every_number_is_the_one_its_trace_holds(self, journey):
        traces, wrong, told = journey.frozen.traces, [], 0
        for number in form.numbers(journey.view):
            trace = traces[journey.strip(number["address"])]
            if None not in (trace["value"], trace["unit"], number["value"]):
                told += 1
                exact = float(convert(Decimal(trace["value"]), trace["unit"], number["unit"]))
                wrong += [] if exact == pytest.approx(number["value"], rel=1e-9, abs=1e-9) else [(number["address"], exact)]
        assert (told > 20, wrong) == (True, [])

    def test_every_quoted_source_is_registered(self, journey):
        known = set(journey.city.sources())
        assert sorted({t["source"] for t in journey.frozen.traces.values() if t["source"]} - known) == []

    def test_both_languages_are_complete(self, journey):
        assert [label for label in form.labels(journey.view) if not label["zh"].strip() or not label["en"].strip()] == []

    def test_the_counts_add_up_to_the_targets(self, journey):
        assert sum(journey.view["counts"].values()) == len(journey.view["verdicts"])

    def test_the_four_answers_are_given(self, journey):
        assert [answer["id"] for answer in journey.view["answers"]] == ["peak", "plan", "clash", "first"]

    def test_the_summary_has_exactly_the_agreed_keys(self, journey):
        summary = journey.summary
        assert list(summary) == ["city", "run", "verdicts", "peak", "clashes", "headlines", "findings"]
        assert {name: [list(row) for row in summary[name] if list(row) != keys] for name, keys in SUMMARY.items()} == {
            "verdicts": [],
            "clashes": [],
            "headlines": [],
        }
        assert list(summary["peak"]) == PEAK

    def test_the_summary_agrees_with_the_judged_rows(self, journey):
        told = {row["target"]: row["verdict"] for row in journey.summary["verdicts"]}
        assert told == {row.target.id: row.judgement.verdict for row in journey.assessment.verdicts.rows}

    def test_the_peak_is_known_with_its_spread(self, journey):
        peak = journey.summary["peak"]
        assert peak["year_p10"] <= peak["year_p50"] <= peak["year_p90"]
        assert 0 <= peak["probability_before_2030"] <= 1

    def test_the_report_holds_site_workbook_and_summary(self, journey):
        assert {path.name for path in journey.site.files} >= {"assessment.json", "site", f"{journey.city.slug}.xlsx"}

    def test_the_text_of_the_plan_comes_with_the_view(self, journey):
        assert list(journey.frozen.documents) == [journey.plan.document.sha256]

    def test_every_anchor_lies_inside_the_text(self, journey):
        size = len(journey.frozen.documents[journey.plan.document.sha256])
        anchors = [trace["anchor"] for trace in journey.frozen.traces.values() if trace["anchor"]]
        assert (len(anchors) > 0, [a for a in anchors if not 0 <= a["start"] < a["end"] <= size]) == (True, [])

    def test_the_steps_by_hand_give_the_numbers_of_the_assessment(self, journey):
        by_hand = {score.address: score.value for score in journey.projection.scores.rows}
        assert by_hand == {score.address: score.value for score in journey.assessment.scores.rows}

    def test_a_second_run_gives_the_same_view(self, journey):
        again = df.assess(journey.city)
        second = plain(city_view(journey.city, run=again.run.id).view)
        assert (again.run.id != journey.site.run, again.run.fingerprint) == (True, journey.assessment.run.fingerprint)
        assert {key: second[key] for key in second if second[key] != plain(journey.view)[key]} == {}
