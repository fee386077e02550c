"""The tasks in Chromium: every view at desk and phone, by keyboard, after a filter, and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dafeng.web.app import create_app
from tests.web.browser import Visit, launched, served
from tests.web.sample import city

pytestmark = [pytest.mark.browser, pytest.mark.slow]
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


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["tasks?view=board", "tasks?view=gantt", "tasks?view=links", "tasks/K2"])
def test_a_view_is_whole_and_asks_nobody(browser: Any, base: str, name: str, size: dict[str, int]) -> None:
    visit = Visit(browser, viewport=size)
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        visit.page.goto(base + name)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert visit.clean() == ([], [])
    visit.context.close()


def test_a_filter_keeps_the_view_and_its_grouping(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport=DESK)
    visit.page.goto(base + "tasks?view=gantt&group=field")
    visit.page.fill("form.filters input[name=q]", "光伏")
    visit.page.wait_for_url("**q=%E5%85%89%E4%BC%8F**")
    visit.page.wait_for_function("document.querySelectorAll('.gantt-names li').length === 1")
    assert all(word in visit.page.url for word in ("view=gantt", "group=field"))
    visit.page.click(".shapes a >> text=看板")
    visit.page.locator(".task-card").first.wait_for()
    assert visit.page.locator(".task-card").count() == 1
    assert visit.clean() == ([], [])
    visit.context.close()


def test_a_task_is_reached_by_keyboard_alone(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport=DESK)
    for shape, selector in (("gantt", ".gantt-names a"), ("links", "a.task-node"), ("board", ".card-title")):
        visit.page.goto(f"{base}tasks?view={shape}")
        visit.page.locator("#results .shapes a").last.focus()
        for _ in range(20):
            visit.page.keyboard.press("Tab")
            if visit.page.evaluate(f"document.activeElement.matches('{selector}')"):
                break
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/tasks/K*")
    assert visit.clean() == ([], [])
    visit.context.close()


def test_on_a_phone_the_names_stay_while_the_years_scroll(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport=PHONE)
    visit.page.goto(base + "tasks?view=gantt")
    left = "document.querySelector('.gantt-names').getBoundingClientRect().left"
    before = visit.page.evaluate(left)
    assert visit.page.evaluate("(f => { f.scrollLeft = 5000; return f.scrollLeft; })(document.querySelector('.gantt'))") > 0
    assert visit.page.evaluate(left) == pytest.approx(before, abs=1)
    visit.context.close()


def test_the_time_line_prints_across(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport=DESK)
    visit.page.goto(base + "tasks?view=gantt")
    visit.page.emulate_media(media="print")
    assert visit.page.evaluate("(one => one.scrollWidth - one.clientWidth)(document.querySelector('.gantt'))") <= 1
    paper = visit.page.pdf(prefer_css_page_size=True)
    box = paper[paper.index(b"/MediaBox") :][:60]
    width, height = (float(one) for one in box[box.index(b"[") + 1 : box.index(b"]")].split()[2:])
    assert width > height
    visit.context.close()
