"""The navigation: groups with their pages, what is shown to whom, the way to a page, the phone's menu."""

from __future__ import annotations

from typing import Any

import pytest

from dafeng.web.app import create_app
from dafeng.web.navigation import choose_groups, find, read_groups, read_pages
from dafeng.web.render import TEMPLATES
from tests.web.browser import Visit, launched, served
from tests.web.client import Client, Page
from tests.web.sample import city

PHONE = {"viewport": {"width": 390, "height": 800}}


def test_every_page_stands_in_one_group() -> None:
    names = [page.id for group in read_groups() for page in group.pages]
    assert len(names) == len(set(names))


def test_no_group_is_a_wall_of_links() -> None:
    assert all(len(group.pages) <= 6 for group in read_groups())
    assert len(read_groups()) <= 10


def test_every_page_of_the_navigation_has_its_template_and_every_group_its_sign() -> None:
    sprite = (TEMPLATES / "_sprite.html").read_text(encoding="utf-8")
    assert [page.id for page in read_pages() if not (TEMPLATES / f"{page.id}.html").is_file()] == []
    assert [group.id for group in read_groups() if f'id="i-{group.id}"' not in sprite] == []


def test_a_page_that_is_made_elsewhere_is_only_a_link() -> None:
    assert find("review") is None


@pytest.mark.parametrize(("live", "accounts", "shown"), [(True, True, True), (True, False, False), (False, True, False)])
def test_what_needs_accounts_is_shown_where_there_are_accounts(*, live: bool, accounts: bool, shown: bool) -> None:
    names = {page.id for group in choose_groups(live=live, accounts=accounts) for page in group.pages}
    assert ("review" in names) is shown


def test_the_group_of_the_present_page_is_open_and_no_other() -> None:
    page = Page(Client(create_app([city()])).get("/yangli/scenarios").text)
    groups = [attrs for tag, attrs in page.tags if tag == "details" and attrs.get("class") == "nav-group"]
    assert ["open" in attrs for attrs in groups].count(True) == 1


def test_the_present_page_is_marked_once() -> None:
    page = Page(Client(create_app([city()])).get("/yangli/scenarios").text)
    assert [attrs["href"] for tag, attrs in page.tags if attrs.get("aria-current") == "page"] == ["/yangli/scenarios"]


def test_the_way_to_a_page_names_city_group_and_page() -> None:
    text = Client(create_app([city()])).get("/yangli/scenarios?lang=zh").text
    assert "</a><span>路径</span><span>情景</span></nav>" in text


@pytest.fixture(scope="module")
def browser(chromium: str) -> Any:
    with launched(chromium) as one:
        yield one


def test_on_a_phone_the_menu_opens_and_closes_with_the_keyboard(browser: Any) -> None:
    with served(create_app([city()])) as base:
        visit = Visit(browser, **PHONE)
        visit.page.goto(f"{base}/yangli/scenarios")
        links = visit.page.locator("#nav .nav-head")
        hidden = links.first.is_visible()
        visit.page.locator(".nav-open").press("Enter")
        seen = links.first.is_visible()
        visit.page.keyboard.press("Escape")
        assert (hidden, seen, links.first.is_visible()) == (False, True, False)


def test_on_a_desk_a_group_opens_with_the_keyboard(browser: Any) -> None:
    with served(create_app([city()])) as base:
        visit = Visit(browser)
        visit.page.goto(f"{base}/yangli/scenarios")
        link = visit.page.locator('#nav a[href="/yangli/hours"]')
        before = link.is_visible()
        visit.page.locator("summary.nav-head", has=visit.page.locator('use[href="#i-energy"]')).press("Enter")
        assert (before, link.is_visible(), visit.clean()) == (False, True, ([], []))
