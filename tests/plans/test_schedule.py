"""Tasks in time: whose word a time is, spare years, what presses what, and the city's own tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.core.traces import Anchor
from dafeng.plans.duties import read_duties
from dafeng.plans.plan import Plan, PlanDocument, Responsible, Task
from dafeng.plans.schedule import make_schedule
from dafeng.plans.schedule_document import schedule_document
from dafeng.plans.scheduled import Need, Schedule, read_moment
from dafeng.plans.task_tables import LINKS, PROGRESS, make_task_tables, read_task_links, read_task_reports
from dafeng.plans.tasklist import make_task_list

HEAD = "task,needs,kind,lag,why,source\n"
REPORTS = "task,state,begins,ends,date,note,source\n"
IDS = ("A1", "A2", "A3", "A4")
DAY = date(2026, 6, 1)


def plan(**due: int) -> Plan:
    """Four tasks without targets, some with a year."""
    anchor = Anchor(0, 4, 0, "0" * 64)
    own = (Responsible("市发展改革委", "lead", "市发展改革委"),)
    tasks = tuple(Task(name, f"任务{name}", "一", "", "1.", own, (), False, (), anchor, due.get(name)) for name in IDS)
    return Plan(PlanDocument("p.txt", "0" * 64, "方案"), "990100", (), tasks, (), (), ())


def schedule(links: str = "", reports: str = "", *, folder: Path, derived: tuple[Need, ...] = (), **due: int) -> Schedule:
    """A schedule from tables as a city delivers them."""
    (folder / LINKS).write_text(HEAD + links, encoding="utf-8")
    (folder / PROGRESS).write_text(REPORTS + reports, encoding="utf-8")
    made = plan(**due)
    needs, strange = read_task_links(folder, IDS)
    told, odd = read_task_reports(folder, IDS)
    listed = make_task_list(made, read_duties())
    return make_schedule(listed, day=DAY, links=needs, reports=told, derived=derived, findings=(*strange, *odd))


@pytest.mark.parametrize(
    ("said", "side", "years"),
    [
        ("2025", "begins", 2025.0), ("2025", "ends", 2026.0), ("2025-07", "begins", 2025.5), ("2025-06", "ends", 2025.5),
        ("2025-12", "ends", 2026.0), ("2025-01-01", "begins", 2025.0), ("2025-12-31", "ends", 2026.0),
    ],
)  # fmt: skip
def test_a_begin_counts_from_the_first_day_and_an_end_to_the_last(said: str, side: Any, years: float) -> None:
    assert read_moment(said, side) == pytest.approx(years)


def test_nobodys_silence_is_a_state(tmp_path: Path) -> None:
    found = schedule(reports="A2,under_way,,,,,局\nA3,,2024,,,,\n", folder=tmp_path)
    assert [one.place for one in found.tasks] == ["bare", "under_way", "bare", "bare"]
    assert ["report" in one.lacking for one in found.tasks] == [True, False, True, True]


def test_times_are_the_plans_or_the_citys(tmp_path: Path) -> None:
    found = schedule(reports="A1,,2024-03,,,,\n", folder=tmp_path, A1=2025, A2=2030)
    ends = [None if one.ends is None else (one.ends.said, one.ends.origin) for one in found.tasks]
    assert ends == [("2025", "stated"), ("2030", "stated"), None, None]
    assert found.tasks[0].begins is not None
    assert found.tasks[0].begins.origin == "delivered"
    assert found.tasks[1].begins is None


@pytest.mark.parametrize(
    ("kind", "lag", "begins", "slack", "bound"),
    [
        ("end_begin", "", "2028", 2.0, False),  # from the end of 2025 to the beginning of 2028
        ("end_begin", "3", "2028", -1.0, False),
        ("end_begin", "", "", 5.0, True),  # no begin: at most up to the end of 2030
        ("end_end", "1", "", 4.0, False),
        ("begin_begin", "", "2028", None, False),  # the first one has no begin
    ],
)
def test_spare_time_is_counted_in_years(
    tmp_path: Path, kind: str, lag: str, begins: str, slack: float | None, *, bound: bool
) -> None:
    reports = f"A2,,{begins},,,,\n" if begins else ""
    found = schedule(f"A2,A1,{kind},{lag},,会\n", reports, folder=tmp_path, A1=2025, A2=2030)
    assert (found.needs[0].slack, found.needs[0].bound) == (slack, bound)


def test_a_task_that_is_due_presses_all_that_wait_for_it(tmp_path: Path) -> None:
    found = schedule("A2,A1,end_end,,,会\nA3,A2,end_end,,,会\n", folder=tmp_path, A1=2025, A2=2030, A3=2031)
    told = [(one.task, one.by, one.way, one.troubles) for one in found.warnings]
    assert told == [("A2", "A1", ("A1", "A2"), ("overdue",)), ("A3", "A1", ("A1", "A2", "A3"), ("overdue",))]
    assert found.chain == ("A1", "A2", "A3")
    assert found.slack == pytest.approx(6.0)


def test_a_task_that_is_done_presses_nobody_and_is_not_pressed(tmp_path: Path) -> None:
    links = "A2,A1,end_end,,,会\nA3,A2,end_end,,,会\n"
    done = schedule(links, "A1,done,,,,,局\n", folder=tmp_path, A1=2025, A2=2030, A3=2031)
    after = schedule(links, "A2,done,,,,,局\n", folder=tmp_path, A1=2025, A2=2030, A3=2031)
    assert (done.warnings, after.warnings) == ((), ())


def test_a_late_report_and_a_missing_time_between_are_told(tmp_path: Path) -> None:
    found = schedule("A2,A1,end_begin,,,会\n", "A1,late,,2029,,,局\nA2,,2028,2030,,,\n", folder=tmp_path)
    assert [(one.task, one.troubles) for one in found.warnings] == [("A2", ("short", "late"))]


def test_a_circle_is_a_finding_that_names_its_members(tmp_path: Path) -> None:
    links = "A2,A1,end_end,,,会\nA3,A2,end_end,,,会\nA1,A3,end_end,,,会\nA4,A1,end_end,,,会\n"
    found = schedule(links, folder=tmp_path, A1=2025, A2=2025, A3=2025, A4=2030)
    assert found.circles == (("A1", "A2", "A3"),)
    assert [(one.rule, one.severity) for one in found.findings] == [("tasks.circle", "error")]
    assert "A1 → A2 → A3 → A1" in found.findings[0].says.zh
    assert [one.layer for one in found.tasks] == [0, 0, 0, 1]
    assert found.chain == ()


def test_a_conclusion_never_closes_a_circle(tmp_path: Path) -> None:
    back = Need("A2", "A1", "milestone", "derived", True, Label("因", "since"), "dafeng", slack=1.0)
    found = schedule("A2,A1,end_end,,,会\n", folder=tmp_path, derived=(back,))
    assert (found.circles, found.needs[1]) == ((), replace(back, ordered=False))


def test_a_row_about_an_unknown_task_is_left_out_and_told(tmp_path: Path) -> None:
    found = schedule("A9,A1,end_end,,,会\nA2,A1,end_end,,,会\n", "A8,done,,,,,局\n", folder=tmp_path)
    assert [(one.first, one.second) for one in found.needs] == [("A1", "A2")]
    told = [(one.rule, one.at, "A9" in one.says.zh or "A8" in one.says.zh) for one in found.findings]
    assert told == [("tasks.unknown_id", "task_links.csv:2", True), ("tasks.unknown_id", "task_progress.csv:2", True)]


@pytest.mark.parametrize(
    ("links", "reports", "at"),
    [
        ("A2,A1,before,,,会\n", "", "task_links.csv:2:3"),
        ("A1,A1,end_end,,,会\n", "", "task_links.csv:2:2"),
        ("A2,A1,end_end,,,\n", "", "task_links.csv:2:6"),
        ("A2,A1,end_end,1.5,,会\n", "", "task_links.csv:2:4"),
        ("A2,A1,end_end,,,会\nA2,A1,end_end,,,局\n", "", "task_links.csv:3"),
        ("", "A1,finished,,,,,局\n", "task_progress.csv:2:2"),
        ("", "A1,done,,,,,\n", "task_progress.csv:2:7"),
        ("", "A1,,2024-13,,,,\n", "task_progress.csv:2:3"),
        ("", "A1,,2026,2025-06,,,\n", "task_progress.csv:2:4"),
    ],
)
def test_a_damaged_row_refuses_the_table_with_its_place(tmp_path: Path, links: str, reports: str, at: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        schedule(links, reports, folder=tmp_path)
    assert str(caught.value.where).startswith(at)


def test_the_empty_tables_can_be_read_back(tmp_path: Path) -> None:
    for name, text in make_task_tables(plan()).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_task_links(tmp_path, IDS) == ((), ())
    assert read_task_reports(tmp_path, IDS) == ((), ())


def test_the_document_says_whose_word_everything_is(tmp_path: Path) -> None:
    told = schedule_document(schedule("A2,A1,end_end,,因为,会\n", "A1,done,2024,2025,2026-01-05,好,局\n", folder=tmp_path))
    assert told["day"] == "2026-06-01"
    assert [(link["origin"], link["source"], link["why"]["zh"]) for link in told["links"]] == [("delivered", "会", "因为")]
    first = told["tasks"][0]
    assert (first["begins"], first["report"]["source"]) == ({"said": "2024", "origin": "delivered"}, "局")
    assert [place["id"] for place in told["places"] if place["reported"]] == ["done", "late", "under_way", "not_begun"]
