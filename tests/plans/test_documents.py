"""Documents of many shapes, invented, against a table of what stands in them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.library.strict import load_yaml
from dafeng.plans.lines import clean_lines, mend_lines
from dafeng.plans.read import read_plan_text
from dafeng.plans.structure import outline
from dafeng.plans.tables import captions, survey_tables
from dafeng.readers.documents import read_document

FOLDER = Path(__file__).parent / "documents"
CASES = load_yaml(Path(__file__).parent / "outlines.yaml")["documents"]


@pytest.fixture(params=CASES, ids=[case["file"] for case in CASES])
def case(request):
    return request.param, read_document(FOLDER / request.param["file"])[0]


def parts_of(document):
    """Outline of the running text of a document."""
    cleaned, _ = clean_lines(document)
    survey = survey_tables(document, cleaned)
    lines = mend_lines(document, [one for one in cleaned if one.paragraph not in survey.left], left=survey.left)
    return outline(lines, loose=survey.loose | captions(survey.grids, lines))


def target(line):
    """A line of the table."""
    year, indicator, figure = line.split(" | ")
    comparator, value, unit = figure.split(" ")
    return int(year), indicator, comparator, Decimal(value), unit


def test_every_part_has_its_level_and_heading(case):
    wanted, document = case
    assert [f"{part.level} {part.heading}".strip() for part in parts_of(document)[1:]] == wanted["outline"]


def test_the_tasks_are_found_and_nothing_else(case):
    wanted, document = case
    assert [task.number + task.title for task in read_plan_text(document).tasks] == wanted["tasks"]


def test_the_title_is_that_of_the_document(case):
    wanted, document = case
    assert read_plan_text(document).document.title == wanted["title"]


def test_the_explicit_targets_are_found_and_nothing_else(case):
    wanted, document = case
    read = [(t.year, t.indicator, t.comparator, t.value, t.unit) for t in read_plan_text(document).targets if not t.implied]
    assert read == [target(line) for line in wanted["targets"]]


def test_no_line_is_lost_between_the_parts(case):
    _, document = case
    cleaned, _ = clean_lines(document)
    kept = {place for part in parts_of(document) for script in part.scripts for place in script.origin}
    texts = [script for script in cleaned if script.text.endswith("。")]
    assert all(kept >= set(script.origin) for script in texts)


def test_a_box_belongs_to_the_part_around_it():
    parts = parts_of(read_document(FOLDER / "boxes.txt")[0])
    boxes = [parts[part.parent].heading for part in parts if part.level == "box"]
    assert boxes == ["（一）加快发展风电", "（二）积极发展光伏", "1.加强主网"]


def test_figures_of_a_list_of_projects_are_projects():
    plan = read_plan_text(read_document(FOLDER / "chapters.txt")[0])
    assert [int(other.value) for other in plan.others if other.kind == "project"] == [3, 200]


def test_roles_of_brackets_are_kept_where_chapters_are_tasks():
    plan = read_plan_text(read_document(FOLDER / "flat.txt")[0])
    assert next((task.leads, task.supports) for task in plan.tasks) == (("市发展改革委",), ("市自然资源局",))
