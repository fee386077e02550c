"""``schedule_tasks`` over city folders and plans: what is derived, what is written, and the command."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import SettingError
from dafeng.core.labels import Language
from dafeng.plans.plan import Plan
from dafeng.plans.schedule_document import schedule_document
from dafeng.plans.tasklist_document import task_document
from dafeng.work.derive_links import derive_links
from dafeng.work.schedule_rows import chart_rows, write_rows
from dafeng.work.wrap_text import text_width, wrap_text

RUNNER = CliRunner()
CITIES = Path(__file__).parents[2] / "cities"
A = [f"990100-A0{n}" for n in range(1, 10)]


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The plan of the invented city."""
    return df.open_city(CITIES / "yunting").read_plan()


def target_of(plan: Plan, task: str) -> str:
    """The first target of a task."""
    return next(target.id for target in plan.targets if target.task == task)


def test_goals_in_a_row_on_one_indicator_are_ordered_by_year(plan: Plan) -> None:
    first, second = (target_of(plan, task) for task in (A[4], A[3]))
    early = next(target for target in plan.targets if target.id == first)
    later = replace(early, id=second, task=A[3], year=2030)
    made = replace(plan, targets=tuple(later if target.id == second else target for target in plan.targets))
    found = derive_links(made)
    told = [(one.first, one.second, one.kind, one.slack, one.grounds) for one in found]
    assert told == [(A[4], A[3], "milestone", 5.0, (f"targets/{first}", f"targets/{second}"))]
    widened = replace(later, scope="另一口径")
    other = replace(plan, targets=tuple(widened if target.id == second else target for target in plan.targets))
    assert derive_links(other) == []


def test_targets_in_one_clash_restrict_each_other_without_an_order(plan: Plan) -> None:
    names = [target_of(plan, task) for task in A[:3]]
    clashes = [{"targets": names[:2], "address": "clashes/1"}, {"targets": [*names, "X"], "address": "clashes/2"}]
    found = {(one.first, one.second): one.grounds for one in derive_links(plan, clashes=clashes)}
    assert found == {(A[0], A[1]): ("clashes/1", "clashes/2"), (A[0], A[2]): ("clashes/2",), (A[1], A[2]): ("clashes/2",)}


def test_a_verdict_that_reads_anothers_indicator_is_found_in_its_trace(plan: Plan) -> None:
    one, other = target_of(plan, A[0]), target_of(plan, A[1])
    verdicts = [{"target": one, "indicator_id": "wind"}, {"target": other, "indicator_id": "solar"}]
    graph = {f"verdicts/{one}": ["scores/wind.2030"], "scores/wind.2030": ["scores/solar.2025", "scores/wind.2030"]}

    def inputs(address: str) -> Sequence[str]:
        return graph.get(address, ())

    found = derive_links(plan, verdicts=verdicts, inputs=inputs)
    assert [(need.first, need.second, need.kind, need.ordered) for need in found] == [(A[1], A[0], "reads", False)]
    assert found[0].grounds == (f"verdicts/{one}", "scores/solar.2025")


def test_a_plan_alone_tells_what_it_states(plan: Plan) -> None:
    found = df.schedule_tasks(plan, day=date(2026, 1, 1))
    assert [one.ends.said if one.ends else None for one in found.tasks] == [
        "2030", "2030", "2030", "2025", "2025", "2025", "2025", None, None,
    ]  # fmt: skip
    assert ({one.begins for one in found.tasks}, found.needs, found.chain) == ({None}, (), ())
    assert {one.verdict for one in found.tasks} == {None}


def test_a_city_brings_its_own_tables() -> None:
    found = df.schedule_tasks(df.open_city(CITIES / "yunting"), day=date(2026, 1, 1))
    assert {one.listed.task.id: one.place for one in found.tasks if one.report} == {
        A[0]: "under_way", A[1]: "not_begun", A[2]: "late", A[4]: "under_way", A[8]: "done",
    }  # fmt: skip
    assert (found.chain, found.slack, found.findings) == ((A[8], A[2], A[0], A[5]), -3.5, ())


def test_a_source_that_nobody_listed_is_told(city_copy) -> None:
    folder = city_copy("yunting")
    path = folder / "data/task_links.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("yunting-transport", "hearsay"), encoding="utf-8")
    found = df.schedule_tasks(df.open_city(folder))
    assert [(one.rule, one.at) for one in found.findings] == [("tasks.unknown_source", "task_links.csv:6")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_time_line_is_a_drawing_that_stands_alone(tmp_path: Path, language: df.Language) -> None:
    found = df.schedule_tasks(df.open_city(CITIES / "yunting"), day=date(2026, 1, 1))
    for name in ("one.svg", "two.svg"):
        df.save_schedule(found, tmp_path / name, language=language)
    text = (tmp_path / "one.svg").read_text(encoding="utf-8")
    ET.fromstring(text)
    assert text == (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert ("2026-01-01" in text, "保护森林和湿地" in text, "http" in text.replace("http://www.w3.org/2000/svg", "")) == (
        True,
        True,
        False,
    )


def test_the_table_neutralises_formulas(tmp_path: Path, plan: Plan) -> None:
    tasks = (replace(plan.tasks[0], title="=1+1"), *plan.tasks[1:])
    df.save_schedule(df.schedule_tasks(replace(plan, tasks=tasks)), tmp_path / "tasks.csv", language="en")
    rows = list(csv.reader((tmp_path / "tasks.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert (rows[1][1], rows[1][8], len(rows[0])) == ("'=1+1", "not reported: targets not judged", 14)


@pytest.mark.parametrize(("language", "said"), [("zh", "严重滞后"), ("en", "off course")])
def test_the_table_says_verdicts_in_words(plan: Plan, language: Language, said: str) -> None:
    schedule = df.schedule_tasks(plan)
    told = schedule_document(schedule)
    rows = [row | {"verdict": "off_course"} for row in chart_rows(task_document(schedule.listed, texts=False), told)]
    assert {line[9] for line in csv.reader(write_rows(rows, told, language).splitlines()[1:-2])} == {said}


def test_another_ending_is_refused(tmp_path: Path, plan: Plan) -> None:
    with pytest.raises(SettingError):
        df.save_schedule(df.schedule_tasks(plan), tmp_path / "tasks.png")


def test_empty_tables_are_written_once(tmp_path: Path, plan: Plan) -> None:
    assert sorted(path.name for path in df.save_task_tables(plan, tmp_path)) == ["task_links.csv", "task_progress.csv"]
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(SettingError):
            df.save_task_tables(plan, folder)


def test_the_command_prints_and_writes(tmp_path: Path) -> None:
    city = str(CITIES / "yunting")
    told = json.loads(RUNNER.invoke(app, ["list-tasks", city, "--links", "--json"]).stdout)
    assert told["chain"]["tasks"] == [A[8], A[2], A[0], A[5]]
    shown = RUNNER.invoke(app, ["list-tasks", city, "--out", str(tmp_path / "t.svg"), "--lang", "en"])
    assert (shown.exit_code, "critical chain" in shown.stdout, (tmp_path / "t.svg").is_file()) == (0, True, True)
    made = RUNNER.invoke(app, ["list-tasks", city, "--tables", str(tmp_path)])
    assert (made.exit_code, "task_links.csv" in made.stdout) == (0, True)


@pytest.mark.parametrize(
    "text",
    ["打造千万千瓦级核电示范基地" * 2, "a very long word: Donaudampfschifffahrtsgesellschaft", "短", ""],
)
def test_a_text_is_wrapped_without_loss_or_with_an_ellipsis(text: str) -> None:
    lines = wrap_text(text, 20, lines=2)
    assert all(text_width(line) <= 20 for line in lines)
    kept = "".join(lines).replace(" ", "")
    assert kept == text.replace(" ", "") or (len(lines) == 2 and lines[-1].endswith("…"))
