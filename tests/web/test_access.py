"""Pages for everyone: names, headings, contrast and focus; folded parts that a key, an address and paper open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dafeng.web.app import create_app
from tests.web.access import list_faults
from tests.web.browser import Visit, launched, served
from tests.web.sample import city

READ = (
    "", "pathway", "measures", "conflicts", "hours", "energy", "targets", "targets/T01", "fields", "fields/energy",
    "organisations", "organisations/市能源局",
)  # fmt: skip
SIDES = {
    "desk": {"viewport": {"width": 1366, "height": 768}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
FAULTY = """<!doctype html><html><body><main><h1>a</h1><h3 id="x">b</h3><button></button><p id="x" style="color: #aaa">c</p>
<table><tr><td>1</td></tr></table><ul><p>d</p></ul><div tabindex="3">e</div><nav><a href="#">f</a></nav>
<div style="overflow: auto; height: 10px">g<br>h<br>i</div><i aria-describedby="none">j</i></main></body></html>"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(create_app([city()])) as address:
        yield address + "/yangli/"


@pytest.fixture
def phone(browser: Any) -> Iterator[Visit]:
    visit = Visit(browser, **SIDES["phone"])
    yield visit
    visit.context.close()


def test_the_rules_find_what_they_are_for(phone: Visit) -> None:
    phone.page.set_content(FAULTY)
    rules = {line.split(":")[0].split(" ")[0] for line in list_faults(phone.page)}
    assert rules == {
        "html-has-lang", "name", "tabindex", "landmark-name", "table-head", "list", "duplicate-id", "aria-describedby",
        "heading-order", "scrollable-region-focusable", "color-contrast",
    }  # fmt: skip


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", READ)
def test_a_page_keeps_the_rules_of_access(browser: Any, base: str, name: str, side: str) -> None:
    visit = Visit(browser, **SIDES[side])
    visit.page.goto(f"{base}{name}?lang=en")
    found = list_faults(visit.page)
    visit.context.close()
    assert found == []


def test_a_closed_part_says_its_answer_and_opens_by_key(phone: Visit, base: str) -> None:
    phone.page.goto(base + "pathway?lang=zh")
    part = phone.page.locator("#compared")
    assert part.get_attribute("open") is None
    assert "达峰年中位数" in part.locator("summary").inner_text()
    part.locator("summary").focus()
    phone.page.keyboard.press("Enter")
    assert part.locator("table").is_visible()


def test_an_address_opens_the_part_it_names(phone: Visit, base: str) -> None:
    phone.page.goto(base + "conflicts")
    number = phone.page.locator(".clash").last.get_attribute("id")
    phone.page.goto(f"{base}conflicts#{number}")
    assert phone.page.locator(f"#{number} .clash-text").is_visible()


def test_a_wide_window_opens_what_a_phone_keeps_closed(browser: Any, base: str) -> None:
    visit = Visit(browser, **SIDES["desk"])
    visit.page.goto(base + "pathway")
    opened = visit.page.locator("#compared").get_attribute("open")
    visit.context.close()
    assert opened is not None


def test_paper_shows_closed_parts_and_closes_them_after(phone: Visit, base: str) -> None:
    phone.page.goto(base + "pathway")
    count = "document.querySelectorAll('main details:not([open])').length"
    before = phone.page.evaluate(count)
    phone.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert before > 0 == phone.page.evaluate(count)
    phone.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert phone.page.evaluate(count) == before


def test_columns_that_a_phone_leaves_out_can_be_had(phone: Visit, base: str) -> None:
    phone.page.goto(base + "measures")
    phone.page.locator("#payers > summary").click()
    minor = phone.page.locator("#payers td.minor").first
    assert not minor.is_visible()
    phone.page.locator("#payers .all-columns input").check()
    assert minor.is_visible()


@pytest.mark.parametrize(("side", "named"), [("desk", True), ("phone", False)])
def test_bars_of_measures_are_named_where_their_names_fit_whole(browser: Any, base: str, side: str, named: bool) -> None:
    visit = Visit(browser, **SIDES[side])
    visit.page.goto(f"{base}measures?lang=en")
    visit.page.locator("#curve .chart-canvas[data-drawn] svg").first.wait_for()
    said = " ".join(visit.page.locator("#curve .chart-canvas svg text").all_text_contents())
    visit.context.close()
    assert ("onshore wind" in said.lower() or "wind" in said.lower()) is named
