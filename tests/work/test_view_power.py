"""The power balance in the view: chosen weeks of the certified series, storage in rising order."""

from __future__ import annotations

import pytest

from dafeng.work.tracing import TraceBook
from dafeng.work.view_number import Frame
from dafeng.work.view_power import list_weeks, write_power
from tests.work import made


@pytest.fixture(scope="module")
def weeks(view):
    return {week["id"]: week for week in view["power"]["weeks"]}


def test_the_weeks_are_those_of_load_and_wind(weeks):
    # load is highest in the second week, wind strongest in the third and weakest in the fifth; summer is not reached
    assert {name: weeks[name]["start_hour"] for name in ("winter", "windiest", "calmest")} == {
        "winter": 168,
        "windiest": 336,
        "calmest": 672,
    }


def test_every_hour_of_a_week_balances(weeks):
    week = weeks["calmest"]
    made_power = [sum(values) for values in zip(*(series["values"] for series in week["series"]), strict=True)]
    assert (len(week["load"]), made_power) == (168, pytest.approx(week["load"], abs=0.2))


def test_a_series_is_named_after_its_technology(weeks):
    assert [(one["carrier"], one["label"]["zh"]) for one in weeks["winter"]["series"]] == [
        ("coal", "煤电"),
        ("onshore_wind", "陆上风电"),
    ]


def test_less_than_four_weeks_give_no_weeks():
    found = made.operate(made.system(load=50, parts=[made.coal()]), made.hours(made.series("load", *[1.0] * 100)))
    assert list_weeks(found, {}) == []


def test_storage_stands_in_rising_order_in_gigawatts(view):
    # 30, 60 and 120 万千瓦 are 0.3, 0.6 and 1.2 GW
    found = view["power"]["storage"]
    assert (found["capacity"], found["curtailed_share"], found["cost"]) == ([0.3, 0.6, 1.2], [7.1, 5.0, 2.0], [2.5, 2.5, 2.5])


def test_the_yearly_figures_have_names_and_percent(view):
    figures = {one["id"]: one for one in view["power"]["cases"][0]["figures"]}
    assert (
        figures["generation.coal"]["label"]["zh"],
        figures["curtailed_share"]["value"],
        figures["curtailed_share"]["unit"],
    ) == (
        "发电量：煤电",
        5.0,
        "%",
    )


def test_the_certificate_tells_solver_and_gap(view):
    proof = view["power"]["certificate"]
    assert (proof["passed"], proof["relative_gap"] < 1e-6, proof["case"]) == (True, True, "base")


def test_without_a_balance_there_is_none():
    assert write_power(None, Frame("r", TraceBook())) is None
