"""Sources, factors and methods behind the numbers of the view."""

from __future__ import annotations

from collections import Counter


def test_a_source_is_counted_as_often_as_traces_quote_it(view, assessment):
    quoted = Counter(trace.source for trace in assessment.traces if trace.source)
    assert {row["id"]: row["used"] for row in view["sources"]} == dict(quoted)


def test_the_plan_is_listed_under_its_own_title(view):
    assert next(row["title"] for row in view["sources"] if row["id"] == "plan") == "样例市碳达峰方案"


def test_a_factor_says_what_it_is_for_and_how_it_matched(view):
    found = {(row["purpose"], row["match"]) for row in view["factors"]}
    assert found == {("combustion", "substitute"), ("calorific", "exact")}


def test_a_factor_is_listed_once(view):
    keys = [(row["id"], row["match"]) for row in view["factors"]]
    assert len(keys) == len(set(keys))


def test_a_method_shows_its_equation_typeset_and_in_words(view):
    method = next(row for row in view["methods"] if row["id"] == "fuel_combustion")
    equation = method["equations"][0]
    assert (equation["typeset"].startswith("<math"), "燃料燃烧量" in equation["words"]["zh"], "FC" in equation["typeset"]) == (
        True,
        True,
        True,
    )
