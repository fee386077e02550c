"""A page tells which choice of its address it does not know, in the reader's language, and what it shows instead."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.navigation import read_pages
from dafeng.web.unknown_choices import choices_of_address
from tests.web.browser import Visit, launched, served
from tests.web.client import Client, unknown_choices
from tests.web.sample import city, traces, view
from tests.web.test_hours import HOURS, KEPT

VIEW = {**view(), "hours": KEPT.index}
SHOWN = CityView(VIEW, traces(), {}, HOURS)
CLIENT = Client(create_app([SHOWN]))
CHOICES = [
    (page.id, name)
    for page in read_pages()
    for name, values in choices_of_address(SHOWN, page.id, {}).items()
    if values is not None
]


def told(page: str, query: str, language: str) -> list[str]:
    answer = CLIENT.get(f"/yangli/{page}?{query}&lang={language}")
    assert answer.status_code == 200
    return unknown_choices(answer.text)


def test_every_page_with_choices_is_asked() -> None:
    pages = {page for page, _ in CHOICES}
    assert pages == {"targets", "tasks", "organisations", "map", "inventory", "measures", "hours", "compare", "factors"}


@pytest.mark.parametrize(("page", "name"), [(page, name) for page, name in CHOICES if name != "lang"])
def test_an_unknown_choice_is_told_and_left_aside(page: str, name: str) -> None:
    chinese, english = (told(page, f"{name}=xyz999", language) for language in ("zh", "en"))
    assert [len(chinese), len(english)] == [1, 1]
    assert "“xyz999”不存在" in chinese[0]
    assert english[0].startswith("There is no ")
    assert "&#39;xyz999&#39;" in english[0]
    assert re.search(r"[\u4e00-\u9fff]", english[0]) is None


@pytest.mark.parametrize(("page", "name"), [(page, name) for page, name in CHOICES if name != "lang"])
def test_a_known_choice_is_not_told(page: str, name: str) -> None:
    values = list(choices_of_address(SHOWN, page, {})[name] or ())
    assert told(page, f"{name}={values[0] if values else ''}", "zh") == []


def test_all_rows_are_shown_without_an_unknown_filter() -> None:
    plain, unknown = (CLIENT.get(f"/yangli/targets?lang=en{query}").text for query in ("", "&verdict=abc"))
    rows = re.compile(r'href="/yangli/targets/[^"]+"')
    assert rows.findall(unknown) == rows.findall(plain) != []


def test_two_unknown_choices_are_told_in_the_order_of_the_address() -> None:
    said = told("targets", "verdict=abc&field=xyz&q=a", "en")
    assert [re.findall("&#39;(.*?)&#39;", one) for one in said] == [["abc"], ["xyz"]]


def test_what_stands_in_the_address_is_text() -> None:
    assert "<b>" not in told("targets", "field=<b>x</b>", "en")[0]


@pytest.mark.browser
@pytest.mark.slow
def test_the_line_goes_when_another_choice_is_made(chromium: str) -> None:
    with served(create_app([city()])) as address, launched(chromium) as browser:
        visit = Visit(browser)
        visit.page.goto(f"{address}/yangli/targets?field=xyz&lang=en")
        expect(visit.page.locator("#unknown-choice")).to_be_visible()
        visit.page.locator("select[name=field]").select_option("energy")
        expect(visit.page.locator("#unknown-choice")).to_have_count(0)
        visit.context.close()
