"""The two plans of the material are read whole, against the annotations made by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.plans.read import read_plan_text
from dafeng.plans.storage import load_plan
from dafeng.readers.documents import read_document
from tests.plans.score import score, truths

PLACES = {"yantai": "370600", "qingdao": "370200"}


@pytest.fixture(scope="module")
def read(shared):
    def both(name):
        document, _ = read_document(shared / f"plans/{name}.txt")
        gold = json.loads((shared / f"gold/{name}.json").read_text(encoding="utf-8"))
        return document, read_plan_text(document, place=PLACES[name]), gold

    return {name: both(name) for name in PLACES}


@pytest.mark.parametrize(("name", "count"), [("yantai", 28), ("qingdao", 17)])
def test_every_explicit_target_is_found(read, name, count):
    _, plan, gold = read[name]
    assert sum(truth.explicit for truth in score(plan, truths(gold)).found) == count


@pytest.mark.parametrize("name", PLACES)
def test_no_target_is_false(read, name):
    _, plan, gold = read[name]
    assert [target.indicator for target in score(plan, truths(gold)).false] == []


@pytest.mark.parametrize("name", PLACES)
def test_implied_targets_are_found_and_marked(read, name):
    _, plan, gold = read[name]
    wanted = sum(not row["explicit"] for row in gold["targets"])
    assert sum(target.implied for target in plan.targets) == wanted
    assert score(plan, truths(gold)).missed == ()


@pytest.mark.parametrize("name", PLACES)
def test_the_characters_at_a_figure_hold_its_value(read, name):
    document, plan, _ = read[name]
    shown = [(document.text[slice(*target.figure)], target) for target in plan.targets if not target.implied]
    assert all(str(target.value) in text for text, target in shown)


@pytest.mark.parametrize("name", PLACES)
def test_the_sentence_of_a_target_holds_its_figure(read, name):
    _, plan, _ = read[name]
    assert all(t.anchor.start <= t.figure[0] < t.figure[1] <= t.anchor.end for t in plan.targets)


@pytest.mark.parametrize("name", PLACES)
def test_the_sentence_shown_holds_the_annotated_one(read, name):
    document, plan, gold = read[name]
    sentences = [row["sentence"].rstrip("。") for row in gold["targets"]]
    shown = [document.text[t.anchor.start : t.anchor.end] for t in plan.targets]
    assert all(any(sentence in text for sentence in sentences) for text in shown)


@pytest.mark.parametrize("name", PLACES)
def test_all_tasks_have_their_titles_and_headings(read, name):
    _, plan, gold = read[name]
    wanted = [(t["number"].rstrip("."), t["title"], t["section"]) for t in gold["tasks"]]
    assert [(t.number.rstrip("."), t.title, t.chapter) for t in plan.tasks] == wanted


def test_all_tasks_have_their_organisations(read):
    _, plan, gold = read["yantai"]
    names = gold["unit_aliases"]
    wanted = [[names.get(unit, unit) for unit in (*t["units"], *t["area_units"])] for t in gold["tasks"]]
    assert [sorted(task.organisations) for task in plan.tasks] == [sorted(units) for units in wanted]


def test_open_lists_are_marked(read):
    _, plan, gold = read["yantai"]
    assert [task.open_list for task in plan.tasks] == [task["etc"] for task in gold["tasks"]]


def test_collectives_stay_one(read):
    _, plan, gold = read["yantai"]
    assert {o.name for o in plan.organisations if o.collective} == set(gold["counts"]["collective_units"])


def test_organisations_have_one_name_and_all_mentions(read):
    _, plan, gold = read["yantai"]
    assert len(plan.organisations) == gold["counts"]["responsible_units_canonical"]
    assert sum(o.mentions for o in plan.organisations) == gold["counts"]["unit_mentions"]
    assert {alias for o in plan.organisations for alias in o.aliases} == set(gold["unit_aliases"])


@pytest.mark.parametrize("name", PLACES)
def test_targets_stand_in_their_tasks(read, name):
    _, plan, gold = read[name]
    assert [len(task.targets) for task in plan.tasks] == [len(task["targets"]) for task in gold["tasks"]]


def test_a_task_without_bracket_has_no_organisation(read):
    _, plan, _ = read["qingdao"]
    assert plan.organisations == ()


def test_parts_built_and_strength_are_kept(read):
    _, plan, _ = read["yantai"]
    by_figure = {(t.indicator, t.year): t for t in plan.targets}
    offshore = by_figure["海上光伏发电装机容量", 2025]
    assert (offshore.part_of, offshore.counting) == (by_figure["光伏发电装机容量", 2025].id, "built_and_under_construction")
    assert by_figure["核电装机容量", 2030].counting is None
    assert by_figure["星级绿色建筑面积占比", 2030].strength == "strive"


def test_the_fall_of_an_intensity_has_its_base(read):
    _, plan, _ = read["qingdao"]
    fall = next(t for t in plan.targets if t.indicator == "单位地区生产总值二氧化碳排放")
    assert (fall.value, fall.base_year, fall.direction, fall.comparator) == (Decimal(70), 2005, "decrease", ">=")


@pytest.mark.parametrize(("name", "kinds"), [("yantai", {"trackable", "qualitative"}), ("qingdao", {"delegated", "timing"})])
def test_dated_goals_without_a_figure_are_kept(read, name, kinds):
    _, plan, _ = read[name]
    assert kinds <= {goal.kind for goal in plan.goals}


@pytest.mark.parametrize("name", PLACES)
def test_reading_twice_gives_the_same(read, name):
    document, plan, _ = read[name]
    assert read_plan_text(document, place=PLACES[name]) == plan


@pytest.mark.parametrize("name", PLACES)
def test_the_city_folder_holds_the_facts_of_the_plan(read, name, root):
    _, plan, _ = read[name]
    kept = load_plan(Path(root) / f"cities/{name}/plans/plan.yaml")
    assert [(t.id, t.indicator, t.year, t.value, t.unit, t.anchor) for t in kept.targets] == [
        (t.id, t.indicator, t.year, t.value, t.unit, t.anchor) for t in plan.targets
    ]
