"""The decomposition of the main pathway adds up, level by level and effect by effect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dafeng.work.tracing import TraceBook
from dafeng.work.view_decomposition import decompose, write_decomposition
from dafeng.work.view_number import Frame


@pytest.fixture
def table(view):
    return next(one for one in view["emissions"]["tables"] if one["id"] == "decomposition")


def column(table, at):
    return [row["cells"][at]["value"] for row in table["rows"]]


@pytest.mark.parametrize("at", [0, 1])
def test_the_effects_add_up_to_the_change(table, at):
    before, *parts, after = column(table, at)
    assert before + sum(parts) == pytest.approx(after, rel=1e-12)


def test_one_period_begins_where_the_other_ends(table):
    assert column(table, 0)[-1] == column(table, 1)[0]


def test_growth_raises_and_everything_else_lowers(table):
    # growth is positive in the made scenario; energy per output, fossil share and carbon per energy all fall
    assert [value > 0 for value in column(table, 0)[1:-1]] == [True, False, False, False]


def test_the_level_is_the_product_of_the_medians(table, assessment):
    # 2025: level of 2020 × activity × intensity × carbon × fossil share, relative to the fossil share of 2020
    path = {
        q: float(assessment.traces.get(f"pathway/plan.{q}.2025").value)
        for q in ("activity", "intensity", "carbon", "non_fossil_share")
    }
    level = float(assessment.traces.get("pathway/plan.co2.2020").value)
    by_hand = level * path["activity"] * path["intensity"] * path["carbon"] * (1 - path["non_fossil_share"]) / (1 - 0.07)
    assert column(table, 0)[0] == pytest.approx(by_hand, rel=1e-9)


def test_every_effect_names_both_levels_and_both_values_of_its_factor(table, assessment):
    trace = assessment.traces.get(table["rows"][3]["cells"][0]["address"].split("/", 1)[1])
    assert trace.inputs == (
        "decomposition/plan.level.2025",
        "decomposition/plan.level.2030",
        "pathway/plan.non_fossil_share.2025",
        "pathway/plan.non_fossil_share.2030",
    )


def test_a_pathway_that_begins_later_is_decomposed_as_far_as_it_goes(assessment):
    path = assessment.projection.paths["plan"]
    cut = {
        name: getattr(path, name)[:, 8:] for name in ("co2", "energy", "activity", "intensity", "non_fossil_share", "carbon")
    }
    later = replace(assessment.projection, paths={"plan": replace(path, years=path.years[8:], **cut)})
    assert {address.split(".", 1)[1] for address in decompose(later, TraceBook())} == {
        "level.2030", "level.2035", "activity.2030-2035", "intensity.2030-2035", "fossil_share.2030-2035", "carbon.2030-2035",
    }  # fmt: skip


def test_without_a_pathway_there_is_no_table(assessment):
    assert write_decomposition(replace(assessment.projection, paths={}), Frame("r", TraceBook())) is None
