"""Map and wall in a browser: keys from tile to tile, one screen without scrolling, motion, the look for a new run, access."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from tests.web.access import list_faults
from tests.web.browser import Visit, launched, served
from tests.web.sample import HASH, TEXT, city, traces, view
from tests.web.sample_districts import outline

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCREENS = {"hd": (1920, 1080), "uhd": (3840, 2160), "laptop": (1366, 768)}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    shown = view()
    shown["city"] = {**shown["city"], "slug": "outlined"}
    shown["districts"] = {**shown["districts"], "outline": outline()}
    with served(create_app([city(), CityView(shown, traces(), {HASH: TEXT})])) as address:
        yield address


@pytest.fixture
def desk(browser: Any) -> Iterator[Visit]:
    visit = Visit(browser, viewport={"width": 1920, "height": 1080})
    yield visit
    visit.context.close()


def named(visit: Visit) -> str:
    """Name of what has the focus."""
    return str(visit.page.evaluate("document.activeElement.getAttribute('aria-label')"))


def test_the_arrows_go_from_tile_to_tile_and_enter_opens_the_explanation(desk: Visit, base: str) -> None:
    desk.page.goto(base + "/yangli/map?quantity=population&year=2020")
    desk.page.locator(".district").first.focus()
    walked = [named(desk)]
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp"):
        desk.page.keyboard.press(key)
        walked.append(named(desk).split(" ")[0])
    assert [name[:2] for name in walked] == ["杨东", "杨西", "高新", "里南", "杨东", "杨东"]
    assert desk.page.locator('.district[tabindex="0"]').count() == 1
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#drawer article")).to_be_visible()
    assert desk.clean() == ([], [])


@pytest.mark.parametrize("size", SCREENS.values(), ids=SCREENS.keys())
@pytest.mark.parametrize("name", ["yangli", "outlined"])
def test_the_wall_is_one_screen(browser: Any, base: str, name: str, size: tuple[int, int]) -> None:
    visit = Visit(browser, viewport={"width": size[0], "height": size[1]})
    visit.page.goto(f"{base}/{name}/wall")
    page = visit.page
    scroll = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    below = page.evaluate(
        "[...document.querySelectorAll('main > *')].map(e => e.getBoundingClientRect().bottom).filter(b => b > innerHeight + 1)"
    )
    spilt = page.evaluate(
        "[...document.querySelectorAll('main > section')].filter(e => e.scrollHeight > e.clientHeight+2).map(e => e.className)"
    )
    letters = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.wall-text')).fontSize) / innerHeight")
    found = (scroll, below, spilt, visit.clean())
    visit.context.close()
    assert found == (list(size), [], [], ([], []))
    assert letters >= 0.013


@pytest.mark.parametrize("theme", ["", "?theme=light"])
@pytest.mark.parametrize("name", ["wall", "map"])
def test_wall_and_map_keep_the_rules_of_access(desk: Visit, base: str, name: str, theme: str) -> None:
    desk.page.goto(f"{base}/yangli/{name}{theme}")
    assert list_faults(desk.page) == []


def test_keys_turn_and_pause_the_wall(desk: Visit, base: str) -> None:
    desk.page.goto(base + "/yangli/wall")
    titles = []
    for key in ("", "ArrowRight", "ArrowLeft"):
        if key:
            desk.page.keyboard.press(key)
        titles.append(desk.page.locator(".wall-slide:not([hidden]) h2").inner_text())
    assert titles[0] == titles[2] != titles[1]
    desk.page.keyboard.press(" ")
    expect(desk.page.locator("#pause")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("motion", "paused"), [("reduce", "true"), ("no-preference", "false")])
def test_nothing_turns_where_the_system_asks_for_calm(browser: Any, base: str, motion: Any, paused: str) -> None:
    visit = Visit(browser, viewport={"width": 1920, "height": 1080}, reduced_motion=motion)
    visit.page.goto(base + "/yangli/wall")
    found = visit.page.locator("#pause").get_attribute("aria-pressed")
    visit.context.close()
    assert found == paused


def test_a_new_run_brings_a_new_wall_but_not_into_somebodys_reading(desk: Visit, base: str) -> None:
    desk.page.goto(base + "/yangli/wall")
    asked = "document.body.dataset.run = 'another'; window.stays = true; dafeng.wall.ask()"
    desk.page.locator(".wall-big a").first.click()
    expect(desk.page.locator("#drawer")).to_be_visible()
    desk.page.evaluate(asked)
    assert desk.page.evaluate("window.stays") is True
    desk.page.goto(base + "/yangli/wall")
    with desk.page.expect_navigation():
        desk.page.evaluate(asked)
    assert desk.page.evaluate("window.stays") is None


def test_a_server_that_is_gone_is_told(desk: Visit, base: str) -> None:
    desk.page.goto(base + "/yangli/wall")
    desk.page.context.set_offline(True)
    desk.page.evaluate("dafeng.wall.ask()")
    expect(desk.page.locator("#lost")).to_be_visible()
    desk.page.context.set_offline(False)
    desk.page.evaluate("dafeng.wall.ask()")
    expect(desk.page.locator("#lost")).to_be_hidden()
