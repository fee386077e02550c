"""A plan is written to a file of facts and read back as it was."""

from __future__ import annotations

import json

import pytest
import yaml

from dafeng.core.errors import DefinitionError
from dafeng.plans.storage import load_plan, plan_document, write_plan

TEXT = """云溪市碳达峰实施方案
一、任务
（一）能源。到2030年，风电装机达到300万千瓦（其中海上120.50万千瓦），单位产品能耗比2020年下降13.5%。（责任单位：市发改委等）
（二）绿化。到2025年，全市森林覆盖率保持稳定。截至2021年底，光伏装机已达到80万千瓦。"""
KEYS = {
    "indicator", "year", "period", "value", "unit", "comparator", "strength", "base_year", "direction", "scope", "counting",
    "part_of", "implied", "organisations", "task", "anchor",
}  # fmt: skip


@pytest.fixture
def plan(read_text):
    return read_text(TEXT, place="990100")


def test_a_written_plan_is_read_back_as_it_was(plan):
    assert load_plan(write_plan(plan)) == plan


def test_a_file_is_read_as_the_text(plan, tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(write_plan(plan), encoding="utf-8")
    assert load_plan(path) == plan


def test_the_file_holds_no_sentence_of_the_plan(plan):
    assert "比2020年下降" not in write_plan(plan)


def test_the_document_for_machines_has_the_agreed_keys(plan):
    document = plan_document(plan)
    assert {"targets", "tasks", "organisations", "goals", "findings"} <= set(document)
    assert set(document["targets"][0]) >= KEYS
    assert set(document["targets"][0]["anchor"]) == {"start", "end", "paragraph", "sha256", "document"}


def test_numbers_are_json_numbers(plan):
    values = [target["value"] for target in json.loads(json.dumps(plan_document(plan)))["targets"]]
    assert values == [300, 120.5, 13.5]


def spoil(plan, change):
    tree = yaml.safe_load(write_plan(plan))
    change(tree)
    return yaml.safe_dump(tree, allow_unicode=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree.pop("targets"),
        lambda tree: tree.update(edition=1),
        lambda tree: tree["targets"][0].pop("year"),
        lambda tree: tree["targets"][0].update(colour="red"),
        lambda tree: tree["targets"][0].update(comparator="about"),
        lambda tree: tree["tasks"][0]["responsible"][0].update(role="boss"),
        lambda tree: tree["goals"][0].update(anchor=None),
    ],
)
def test_a_damaged_file_is_refused(plan, change):
    with pytest.raises(DefinitionError):
        load_plan(spoil(plan, change))


def test_a_figure_that_is_no_target_is_kept_with_the_reason(plan):
    [other] = plan.others
    assert (other.id, other.kind, other.indicator, other.year, other.value) == ("990100-N01", "achieved", "光伏装机", 2021, 80)
    assert load_plan(write_plan(plan)).others == plan.others
