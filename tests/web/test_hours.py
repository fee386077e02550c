"""The page of the hourly models: what it says, what it falls back to, one week at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dafeng.core.labels import Label
from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.hours import build_hours, draw_week, find_week, tell_error
from dafeng.web.hours_charts import draw_stack, draw_streams, leave_out_supplies
from dafeng.web.hours_choice import choose
from dafeng.web.labels import Words
from dafeng.work.hourly import Approximation, Case, keep_hours
from dafeng.work.hours import Hours
from tests.energy.reference_city import NAMES, solved
from tests.web.browser import Visit, launched, served
from tests.web.client import Client, Page
from tests.web.sample import traces, view

ZH, EN = Words("zh"), Words("en")
STEPS = 24 * 24
SEGMENTS = Approximation(96, STEPS, -0.00041)
KEPT = keep_hours(
    [
        Case("plan", Label("规划情形", "As planned"), solved(STEPS), 2035, NAMES, approximation=SEGMENTS),
        Case("path", Label("路径", "Pathway"), solved(24 * 8, (2030, 2040)), names=NAMES),
    ]
)
HOURS = Hours(KEPT.index, lambda name: KEPT.tables[name])


def city() -> CityView:
    return CityView({**view(), "hours": KEPT.index}, traces(), {}, HOURS)


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(create_app([city()]))


def test_the_page_begins_with_the_week_of_the_highest_residual_load() -> None:
    chosen = choose(KEPT.index, {})
    weekly = chosen.side["weekly"]
    residual = [load - green for load, green in zip(weekly["load"], weekly["renewable"], strict=True)]
    assert (chosen.carrier, residual[chosen.week]) == ("electricity", max(residual[: STEPS // 168]))


def test_a_choice_that_does_not_exist_falls_back() -> None:
    odd = {"case": "none", "period": "9", "carrier": "steam", "bus": "mars", "week": "-1"}
    chosen, usual = choose(KEPT.index, odd), choose(KEPT.index, {})
    assert (chosen.case["id"], chosen.query(), chosen.week) == ("plan", usual.query(), usual.week)


def test_the_year_has_every_hour_and_its_weeks_are_those_of_the_weeks(client: Client) -> None:
    year = client.get("/yangli/hours/year.json").json()
    week = client.get("/yangli/hours/week.json?week=1").json()
    assert (len(year["load"]), year["load"][168:336], year["unit"]) == (STEPS, week["load"], week["unit"])


def test_the_page_brings_the_year_without_its_hours(client: Client) -> None:
    page = Page(client.get("/yangli/hours").text)
    assert page.values("data-series") == ["/yangli/hours/year.json"]


def test_a_run_without_hours_has_no_year() -> None:
    assert Client(create_app([CityView({**view(), "hours": None}, traces())])).get("/yangli/hours/year.json").status_code == 404


def test_a_week_stacks_up_to_its_load() -> None:
    chart = draw_week(city(), choose(KEPT.index, {"week": "1"}), ZH) or {}
    net = [sum(values) for values in zip(*(one["values"] for one in chart["series"]), strict=True)]
    assert net == pytest.approx(chart["load"], rel=1e-3)
    assert (len(chart["stamps"]), chart["stamps"][0], chart["unit"]) == (168, "1/8 00:00", "万千瓦")


def test_the_last_week_may_be_shorter() -> None:
    assert len((draw_week(city(), choose(KEPT.index, {"week": "3"}), EN) or {})["stamps"]) == STEPS - 3 * 168


def test_a_copy_without_series_draws_no_week() -> None:
    bare = CityView({**view(), "hours": KEPT.index}, traces())
    assert (draw_week(bare, choose(KEPT.index, {}), ZH), find_week(CityView(view(), traces()), ZH, {})) == (None, None)


def test_without_results_the_page_says_so() -> None:
    assert build_hours(CityView(view(), traces()), ZH, {}) == {"chosen": None}


def test_the_error_of_segments_is_stated_and_none_where_there_is_none() -> None:
    told = [tell_error(choose(KEPT.index, {"case": name}), EN) for name in ("plan", "path")]
    assert told == [
        f"Capacities from 96 segments of {STEPS} steps, operation in all steps; the segments misjudge cost by −0.041%",
        "All 384 steps solved, no time aggregation",
    ]


def test_streams_of_the_page_are_conserved() -> None:
    chart = draw_streams(choose(KEPT.index, {}), EN) or {}
    into = sum(value for _, target, value in chart["links"] if target == "carrier/electricity")
    out = sum(value for source, _, value in chart["links"] if source == "carrier/electricity")
    assert into == pytest.approx(out, rel=1e-3)


def test_a_supply_that_alone_brings_its_carrier_is_not_told_twice() -> None:
    fuel = [("coal_mine", "coal", 3.0), ("coal", "plant", 3.0), ("port", "gas", 2.0), ("field", "gas", 1.0)]
    links = [*fuel, ("wind", "power", 1.0), ("plant", "power", 1.0)]
    assert leave_out_supplies(links, {"coal_mine", "port", "field"}) == links[1:]


def test_stacks_have_one_value_a_year_and_no_shortage() -> None:
    chart = draw_stack(choose(KEPT.index, {"case": "path"}), EN, "capacity") or {}
    assert (chart["years"], {len(values) for values in chart["values"]}) == (["2030", "2040"], {2})
    assert not {"unserved", "grid"} & set(chart["technologies"])


@pytest.mark.parametrize(
    "query", ["", "?lang=en", "?case=path&period=1", "?carrier=heat", "?carrier=electricity&bus=north&week=2"]
)
def test_the_page_is_served_without_inline_code(client: Client, query: str) -> None:
    answer = client.get("/yangli/hours" + query)
    assert (answer.status_code, Page(answer.text).inline(), len(answer.text) < 300_000) == (200, [], True)


def test_a_week_is_small(client: Client) -> None:
    answer = client.get("/yangli/hours/week.json?week=2&lang=en")
    assert (answer.json()["week"], len(answer.content) < 60_000) == (2, True)


def test_a_city_without_results_has_no_week() -> None:
    bare = Client(create_app([CityView(view(), traces())]))
    assert (bare.get("/yangli/hours/week.json").status_code, bare.get("/yangli/hours").status_code) == (404, 200)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(create_app([city()])) as address:
        yield address + "/yangli/hours"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("query", ["", "?lang=en&case=path&carrier=heat"])
def test_the_page_is_whole_at_every_width(browser: Any, base: str, query: str, width: int) -> None:
    visit = Visit(browser, viewport={"width": width, "height": 800})
    visit.page.goto(base + query)
    visit.scroll()
    wider = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    undrawn = visit.page.locator(".chart-canvas:not([data-drawn]):visible").count()
    found = (visit.clean(), wider, undrawn, visit.page.get_by_text("undefined").count())
    visit.context.close()
    assert found == (([], []), 0, 0, 0)


@pytest.mark.browser
@pytest.mark.slow
def test_weeks_are_walked_by_pointer_and_keyboard(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport={"width": 1366, "height": 800}, accept_downloads=True)
    visit.page.goto(base + "?week=1")
    title = visit.page.locator("#week h2")
    expect(title).to_contain_text("第 2 周")
    visit.page.click('.hour-strip [data-step="1"]')
    expect(title).to_contain_text("第 3 周")
    visit.page.locator("#week").focus()
    visit.page.keyboard.press("ArrowLeft")
    expect(title).to_contain_text("第 2 周")
    visit.page.locator("#week-range").focus()
    visit.page.keyboard.press("Home")
    expect(title).to_contain_text("第 1 周")
    expect(visit.page).to_have_url(base + "?week=0")
    with visit.page.expect_download() as waiting:
        visit.page.click('#week [data-act="csv"]')
    lines = Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()
    found = (visit.clean(), len(lines), lines[1].split(",")[0])
    visit.context.close()
    assert found == (([], []), 169, "1/1 00:00")
