"""The decomposition of the main pathway adds up: over factors, over groups, and to the model's own emissions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dafeng.work.futures import Outset, run_middle
from dafeng.work.tracing import TraceBook
from dafeng.work.view_decomposition import FACTORS, decompose, write_decomposition
from dafeng.work.view_number import Frame


@pytest.fixture
def table(view):
    return next(one for one in view["emissions"]["tables"] if one["id"] == "decomposition")


@pytest.fixture
def grouped(view):
    return next(one for one in view["emissions"]["tables"] if one["id"] == "decomposition_groups")


def column(table, at):
    return [row["cells"][at]["value"] for row in table["rows"]]


@pytest.mark.parametrize("at", [0, 1])
def test_the_effects_add_up_to_the_change(table, at):
    before, *parts, after = column(table, at)
    assert before + sum(parts) == pytest.approx(after, rel=1e-12)


def test_one_period_begins_where_the_other_ends(table):
    assert column(table, 0)[-1] == column(table, 1)[0]


def test_the_levels_are_those_of_the_model_with_every_driver_at_its_middle(table, assessment):
    futures = assessment.projection.futures
    made = run_middle(Outset(futures.model, futures.tables, futures.goals, ()), "plan", "co2")["co2"].along("year")
    assert [column(table, 0)[0], column(table, 0)[-1]] == pytest.approx([1e-6 * made[5], 1e-6 * made[10]], rel=1e-9)


def test_groups_add_up_to_each_factor(table, grouped):
    by_factor = dict(zip(FACTORS, column(table, 0)[1:-1], strict=True))
    for at, name in enumerate(FACTORS):
        assert sum(column(grouped, at)) == pytest.approx(by_factor[name], abs=1e-9)


def test_growth_raises_emissions(table):
    assert column(table, 0)[1] > 0


def test_a_city_in_one_sector_has_that_sector_with_power_and_heat(grouped):
    assert [row["label"]["en"] for row in grouped["rows"] if any(cell["value"] for cell in row["cells"])] == [
        "not divided by sector",
        "power",
        "heat",
    ]


def test_every_effect_names_both_levels(table, assessment):
    trace = assessment.traces.get(table["rows"][3]["cells"][0]["address"].split("/", 1)[1])
    assert trace.inputs == ("decomposition/plan.level.2025", "decomposition/plan.level.2030")


def test_without_a_pathway_there_is_no_table(assessment):
    bare = replace(assessment.projection, futures=None)
    assert (decompose(bare, TraceBook()), write_decomposition(bare, Frame("r", TraceBook()))) == ({}, [])
