"""The keyboard alone: skip link, visible focus at every stop, no stop that cannot be left, the drawer keeps and returns it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from dafeng.web.app import create_app
from tests.web.browser import Visit, launched, served
from tests.web.sample import city

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STOPS = """
() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".away") && one.tabIndex >= 0;
  const bare = [];
  document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']").forEach((one) => {
    if (!seen(one) || one.disabled) return;
    one.focus({ focusVisible: true });
    const ringed = [one, one.closest("label"), one.parentElement, one.nextElementSibling].filter(Boolean).some((part) => {
      const style = getComputedStyle(part);
      return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
    });
    if (document.activeElement !== one || !ringed) bare.push(one.outerHTML.slice(0, 120));
  });
  return bare;
}
"""
"""What can be reached but does not show that it is."""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(create_app([city()])) as address:
        yield address + "/yangli/"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.fixture
def desk(browser: Any) -> Iterator[Visit]:
    visit = Visit(browser, viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    yield visit
    visit.context.close()


@pytest.mark.parametrize("name", ["", "targets", "pathway", "measures", "conflicts", "hours", "energy", "factors"])
def test_every_stop_shows_that_it_has_the_focus(desk: Visit, base: str, name: str) -> None:
    desk.page.goto(base + name)
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate(STOPS) == []


def test_the_first_stop_leads_to_the_content(desk: Visit, base: str) -> None:
    desk.page.goto(base + "targets")
    desk.page.keyboard.press("Tab")
    expect(desk.page.locator(".skip")).to_be_focused()
    expect(desk.page.locator(".skip")).to_be_in_viewport()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#content")).to_be_focused()


def test_the_drawer_keeps_the_focus_until_it_is_closed(desk: Visit, base: str) -> None:
    desk.page.goto(base + "targets")
    opener = desk.page.locator('a[data-explain="verdicts/T02"]')
    opener.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#drawer article")).to_be_visible()
    inside = "document.getElementById('drawer').contains(document.activeElement)"
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 15:
        desk.page.keyboard.press(key)
        assert desk.page.evaluate(inside), key
    desk.page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_drawer_that_an_address_opened_gives_the_focus_to_its_figure(desk: Visit, base: str) -> None:
    desk.page.goto(base + "targets?explain=verdicts/T02")
    expect(desk.page.locator("#drawer article")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator('main a[data-explain="verdicts/T02"]').first).to_be_focused()


def test_a_chart_becomes_its_table_by_keys(desk: Visit, base: str) -> None:
    desk.page.goto(base)
    desk.page.locator('#fan [data-act="table"]').focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#fan .chart-table table")).to_be_visible()
