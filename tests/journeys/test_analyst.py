"""An analyst's day in a real browser: five planted errors, each found by its cell; mended, taken in, and the totals move."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import dafeng as df
from dafeng.store.records import open_records
from tests.journeys import analyst
from tests.web.browser import Visit, launched

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class Day:
    """What was seen on the way."""

    city: df.City
    found: dict[str, str]
    target: str
    left: dict[str, str]
    before_taking: int
    title: str
    moved: str
    drawer: str
    overview: str
    faults: tuple[list[str], list[str]]


@pytest.fixture(scope="module")
def day(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The whole day, once."""
    city = analyst.small_city(tmp_path_factory.mktemp("day"))
    df.assess(city)
    analyst.add_people(city)
    with analyst.serving(city) as base, launched(chromium) as browser:
        yield walk(city, base, Visit(browser, locale="zh-CN", reduced_motion="reduce"))


def walk(city: df.City, base: str, visit: Visit) -> Day:
    """From the login to what moved."""
    page: Any = visit.page
    analyst.log_in(page, base)
    analyst.hand_in(page, base)
    found = analyst.list_findings(page)
    page.click(".doubt-head a:has-text('B4')")
    target = page.evaluate("document.querySelector('td:target').textContent")
    analyst.mend(page)
    left = analyst.list_findings(page)
    analyst.correct_share(page)
    before_taking = city.facts.read(periods=("2025",)).num_rows
    analyst.take_in(page)
    analyst.assess_now(page)
    title, moved = page.inner_text("h1"), page.inner_text("main")
    page.click(".moved td[data-label='本次'] a[data-explain]")
    page.wait_for_selector("#drawer-body h2, #drawer-body h1, #drawer-body .explain")
    drawer = page.inner_text("#drawer-body")
    page.goto(f"{base}/yunting/targets?lang=zh")
    return Day(city, found, target, left, before_taking, title, moved, drawer, page.inner_text("main"), visit.clean())


def test_each_planted_error_is_found_by_its_cell(day: Day) -> None:
    assert {cell: day.found.get(cell) for cell in analyst.FAULTS} == analyst.FAULTS


def test_a_finding_leads_to_its_cell(day: Day) -> None:
    assert day.target == "2205"


def test_after_mending_only_the_share_is_an_error(day: Day) -> None:
    assert (day.left.get("C5"), set(day.left) & {"D2", "C3", "B4"}) == ("audit.share", set())


def test_both_values_of_the_share_are_kept(day: Day) -> None:
    made = df.corrections(day.city)[0]
    assert (float(made.reported), float(made.corrected), made.who) == (195.0, 95.0, "zhang")


def test_the_total_rises_by_what_the_clinker_gives(day: Day) -> None:
    job = df.list_jobs(day.city)[0]
    moves = df.job_moves(day.city, job.id)
    assert moves is not None
    whole = {one.address: one.after - one.before for one in moves.totals if one.before is not None}  # type: ignore[operator]
    assert whole
    assert list(whole.values()) == pytest.approx([analyst.CLINKER_CO2] * len(whole), rel=1e-12)


def test_the_share_of_clean_energy_is_that_of_the_paper(day: Day) -> None:
    job = df.list_jobs(day.city)[0]
    moves = df.job_moves(day.city, job.id)
    assert moves is not None
    share = next(one for one in moves.indicators if one.address == "scores/non_fossil_share.2025")
    assert (share.before, share.after) == (None, pytest.approx(100 * analyst.NON_FOSSIL, rel=1e-9))


def test_the_verdicts_that_lacked_figures_are_reached(day: Day) -> None:
    job = df.list_jobs(day.city)[0]
    moves = df.job_moves(day.city, job.id)
    assert moves is not None
    reached = {one.address for one in moves.verdicts if (one.before, one.after) == ("not_measurable", "met")}
    assert reached >= {"verdicts/990100-T01", "verdicts/990100-T07", "verdicts/990100-T09"}


def test_the_page_says_what_moved_and_from_what(day: Day) -> None:
    assert re.search(r"变化：\d+ 个总量、\d+ 个指标数、\d+ 项判断", day.title)
    assert "无法判断" in day.moved
    assert "已达成" in day.moved


def test_a_figure_that_moved_explains_itself(day: Day) -> None:
    assert "水泥" in day.drawer or "=" in day.drawer


def test_the_pages_show_the_new_run_without_a_restart(day: Day) -> None:
    assert "20.6" in day.overview


def test_records_facts_and_runs_are_sound(day: Day) -> None:
    with open_records(day.city.records) as records:
        assert records.verify() == ()
    assert [one for one in (*day.city.facts.verify(), *day.city.runs.verify()) if one.severity == "error"] == []


def test_the_browser_asks_nobody_else_and_meets_no_fault(day: Day) -> None:
    assert day.faults == ([], [])


def test_the_figures_were_those_of_the_folder(tmp_path: Path) -> None:
    city = analyst.small_city(tmp_path, complete=True)
    df.ingest(city)
    rows = {(row["indicator"], float(row["value"])) for row in city.facts.read(periods=("2025",)).to_pylist()}
    assert rows >= {("energy_consumption", 655.2), ("non_fossil_consumption", 135.0), ("clinker_output", 78.0)}
