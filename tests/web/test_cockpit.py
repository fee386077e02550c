"""The cockpit in a browser: open, switch, follow a number down to its clause, download, and ask nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dafeng.web.app import create_app
from dafeng.web.freeze import write_site
from dafeng.web.navigation import read_pages
from tests.web.browser import Visit, launched, served
from tests.web.sample import city, traces, view

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ["" if page.id == "overview" else page.id for page in read_pages()]
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(create_app([city()])) as address:
        yield address + "/yangli/"


@pytest.fixture
def desk(browser: Any) -> Iterator[Visit]:
    visit = Visit(browser, viewport=DESK, accept_downloads=True)
    yield visit
    visit.context.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_site(view(), traces(), tmp_path_factory.mktemp("report")).as_uri()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", [*PAGES, "targets/T01"])
def test_a_page_is_whole_at_every_width_and_asks_nobody(browser: Any, base: str, name: str, size: dict[str, int]) -> None:
    visit = Visit(browser, viewport=size)
    visit.page.goto(base + name)
    visit.scroll()
    wider = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    expect(visit.page.locator(".chart-canvas:not([data-drawn]):visible")).to_have_count(0)
    found = (visit.clean(), wider)
    visit.context.close()
    assert found == (([], []), 0)


def test_the_language_switch_keeps_page_and_filters(desk: Visit, base: str) -> None:
    desk.page.goto(base + "targets?verdict=behind")
    desk.page.click("#language")
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    expect(desk.page.locator("#results tbody tr")).to_have_count(2)
    desk.page.goto(base + "tasks")
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")


def test_dark_is_a_choice_that_stays(desk: Visit, base: str) -> None:
    desk.page.goto(base)
    light = desk.page.evaluate("getComputedStyle(document.body).backgroundColor")
    desk.page.click("#theme")
    desk.page.goto(base + "tasks")
    expect(desk.page.locator("html")).to_have_attribute("data-theme", "dark")
    assert desk.page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_system_may_ask_for_dark(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport=DESK, color_scheme="dark")
    visit.page.goto(base)
    theme = visit.page.get_attribute("html", "data-theme")
    visit.context.close()
    assert theme == "dark"


def test_three_clicks_lead_from_the_overview_to_the_clause(desk: Visit, base: str) -> None:
    desk.page.goto(base)
    desk.page.locator(".attention a.n").first.click()
    expect(desk.page.locator("#drawer")).to_be_visible()
    desk.page.locator("#drawer .inputs a").first.click()
    expect(desk.page.locator("#drawer mark")).to_have_text("海上风电建成及在建装机达到500万千瓦")
    assert desk.clean() == ([], [])


def test_a_verdict_leads_to_clause_and_figure_by_keyboard_alone(desk: Visit, base: str) -> None:
    desk.page.goto(base + "targets")
    desk.page.locator('a[data-explain="verdicts/T01"]').focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#drawer article")).to_have_attribute("data-address", "verdicts/T01")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#drawer article")).to_have_attribute("data-address", "facts/T01.2025")
    expect(desk.page.locator("#drawer")).to_contain_text("figures.csv")
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("#drawer")).to_be_hidden()
    expect(desk.page.locator('a[data-explain="verdicts/T01"]')).to_be_focused()


def test_the_drawer_goes_back_and_stands_in_the_address(desk: Visit, base: str) -> None:
    desk.page.goto(base + "targets")
    desk.page.click('a[data-explain="verdicts/T02"]')
    desk.page.click('#drawer a[data-explain="targets/T02"]')
    expect(desk.page.locator("#drawer article")).to_have_attribute("data-address", "targets/T02")
    desk.page.click("#drawer-back")
    expect(desk.page.locator("#drawer article")).to_have_attribute("data-address", "verdicts/T02")
    desk.page.reload()
    expect(desk.page.locator("#drawer article")).to_have_attribute("data-address", "verdicts/T02")


def test_a_lost_server_is_said_in_the_drawer(desk: Visit, base: str) -> None:
    desk.page.goto(base + "targets")
    desk.context.route("**/explain/**", lambda route: route.abort())
    desk.page.click('a[data-explain="verdicts/T02"]')
    expect(desk.page.locator("#drawer .note")).to_contain_text("没有取到说明")


def test_filters_act_at_once_and_stand_in_the_address(desk: Visit, base: str) -> None:
    desk.page.goto(base + "targets")
    desk.page.locator('label:has(input[value="met"])').click()
    expect(desk.page.locator("#results tbody tr")).to_have_count(4)
    expect(desk.page).to_have_url(base + "targets?verdict=met&sort=verdict")


def test_a_slash_leads_to_the_search(desk: Visit, base: str) -> None:
    desk.page.goto(base)
    desk.page.keyboard.press("/")
    desk.page.keyboard.type("风电")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("h1")).to_contain_text("找到 2 处")


def test_arrows_walk_a_table(desk: Visit, base: str) -> None:
    desk.page.goto(base + "targets?sort=plan")
    desk.page.locator("tbody .lead a").first.focus()
    desk.page.keyboard.press("ArrowDown")
    expect(desk.page.locator("tbody .lead a").nth(1)).to_be_focused()


def test_a_chart_turns_into_its_table(desk: Visit, base: str) -> None:
    desk.page.goto(base)
    desk.page.click('#fan [data-act="table"]')
    row = desk.page.locator("#fan tbody tr").filter(has_text="2013").first
    expect(row.locator("td").nth(1)).to_have_text("—")


def test_a_chart_can_be_taken_along(desk: Visit, base: str) -> None:
    desk.page.goto(base)
    desk.page.locator("#peak [data-drawn]").wait_for()
    with desk.page.expect_download() as waiting:
        desk.page.click('#peak [data-act="csv"]')
    assert (
        Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()[0] == "年份,路径本身 (%),公布序列会显示的 (%)"
    )


def test_the_weeks_can_be_switched(desk: Visit, base: str) -> None:
    desk.page.goto(base + "pathway")
    desk.page.locator("#weeks").scroll_into_view_if_needed()
    button = desk.page.get_by_role("button", name="夏季高峰周")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_the_workbook_comes_as_a_download(desk: Visit, base: str) -> None:
    desk.page.goto(base)
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("link", name="下载工作簿").click()
    assert Path(waiting.value.path()).read_bytes()[:2] == b"PK"


def test_a_citation_can_be_copied(desk: Visit, base: str) -> None:
    desk.page.goto(base + "explain/targets/T02")
    desk.page.get_by_role("button", name="复制引用").click()
    expect(desk.page.locator("[data-copy]")).to_have_text("已复制")


def test_motion_stops_when_the_system_asks(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport=DESK, reduced_motion="reduce")
    visit.page.goto(base + "targets?explain=targets/T02")
    visit.page.locator("#drawer article").wait_for()
    name = visit.page.evaluate("getComputedStyle(document.getElementById('drawer')).animationName")
    visit.context.close()
    assert name == "none"


def test_paper_shows_the_content_alone(desk: Visit, base: str) -> None:
    desk.page.goto(base + "targets")
    desk.page.emulate_media(media="print")
    expect(desk.page.locator(".side")).to_be_hidden()
    expect(desk.page.locator("h1")).to_be_visible()


def test_the_frozen_copy_opens_from_a_folder(desk: Visit, site: str) -> None:
    desk.page.goto(site)
    desk.scroll()
    desk.page.locator(".attention a.n").first.click()
    expect(desk.page.locator("#drawer article")).to_be_visible()
    desk.page.keyboard.press("Escape")
    desk.page.click("#language")
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    desk.page.goto(desk.page.url.replace("index.html", "explain.html#targets/T02"))
    expect(desk.page.locator("#explain-page")).to_contain_text("Goal for Offshore wind capacity")
    assert desk.clean() == ([], [])
