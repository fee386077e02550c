"""Two walks in Chromium: from a signed message to an erased account whose books balance; and a bank that asks for a report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from dafeng.store.authorisations import read_authorisations
from dafeng.web.app import create_app
from dafeng.work.city import City, open_city
from dafeng.work.right_overview import sum_books
from dafeng.work.rights import Rights
from tests.web.browser import Visit, launched, served
from tests.web.inclusions import PEOPLE, event, fill_enterprises, fill_inclusion, message
from tests.web.reviews import PASSWORD, city_with_people

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOME = "/qinglan/inclusion/"
ONE = "/qinglan/enterprises/accounts/QL-01/"


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = city_with_people(tmp_path)
    path = made.folder / "city.yaml"
    path.write_text(path.read_text("utf-8").replace("options: {}", "options: {inclusion: trial}"), "utf-8")
    return open_city(made.folder)


@pytest.fixture
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


def log_in(page: Page, base: str) -> None:
    page.goto(base + "/qinglan/login")
    page.fill("[name=name]", "李四")
    page.fill("[name=password]", PASSWORD)
    page.click("form[action=login] button")


def test_from_a_signed_message_to_an_erased_account(city: City, browser: Any) -> None:
    people, key = fill_inclusion(city)
    body, headers = message(key, event(PEOPLE[0], "tour-1"))
    with served(create_app([], offices=[city])) as base:
        told = httpx.post(f"{base}/api/v1/cities/qinglan/inclusion/messages", content=body, headers=headers)
        assert (told.status_code, told.json()["taken"]) == (200, 1)
        visit = Visit(browser)
        page = visit.page
        log_in(page, base)
        page.goto(f"{base}{HOME}accounts/")
        page.fill("[name=person]", people[0])
        page.click(".find button")
        expect(page.locator("h1")).to_contain_text("1,030 分")
        page.locator("form[action$=redeem] button").click()
        expect(page.locator("h1")).to_contain_text("980 分")
        page.fill("[name=again]", people[0][:6])
        page.click("form[action$=erase] button")
        expect(page.locator("h1")).to_have_text("此账户已注销")
        page.goto(f"{base}/qinglan/rights/")
        books = page.locator("tr", has_text=re.compile("puhui|points|inclusion_credit"))
        assert books.count() == books.filter(has_text="相符").count() >= 4
        assert visit.clean() == ([], [])
    with Rights(city) as rights:
        assert {one.gap for one in sum_books(rights)} == {0}


def test_a_bank_gets_a_report_only_after_the_owner_has_said_so(city: City, browser: Any) -> None:
    fill_enterprises(city)
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    with served(create_app([], offices=[city])) as base:
        page, owner = Visit(browser).page, Visit(browser).page
        log_in(page, base)
        page.goto(base + ONE)
        page.fill("#report [name=recipient]", "青岚银行")
        page.fill("#report [name=purpose]", "绿色贷款")
        page.click("#report button")
        expect(page.locator("#refusal")).to_contain_text("没有授权")
        page.click("#owner summary")
        page.fill("#owner [name=until]", until)
        page.click("#owner form[action$=link] button")
        place = re.findall(r"http://\S+/owner/[\w-]{43}", page.locator("#made").inner_text())[0]
        owner.goto(place)
        owner.fill("[name=recipient]", "青岚银行")
        owner.fill("[name=purpose]", "绿色贷款")
        owner.fill("[name=until]", until)
        owner.check('[name="part.emissions"]')
        owner.click("#authorisations form button")
        expect(owner.locator("h1")).to_contain_text("1 项授权有效")
        page.goto(base + ONE)
        page.fill("#report [name=recipient]", "青岚银行")
        page.fill("#report [name=purpose]", "绿色贷款")
        page.select_option("#report [name=form]", "json")
        with page.expect_download() as given:
            page.click("#report button")
        assert given.value.suggested_filename.endswith(".json")
    assert [row["event"] for row in read_authorisations(city.folder)] == ["refuse", "link", "grant", "export"]
