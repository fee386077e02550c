"""axe-core on every page: nothing serious, nothing critical; folded parts opened, charts turned into tables, both themes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from dafeng.web.app import create_app
from dafeng.web.navigation import read_pages
from dafeng.work.uploads import keep_upload
from tests.web.axe import list_violations, open_all
from tests.web.browser import Visit, launched, served
from tests.web.ledgers import fill_ledger
from tests.web.reviews import PASSWORD, city_with_people, taken_in
from tests.web.sample import city
from tests.web.test_deliver import SLIP, UNKNOWN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIDES = {
    "desk-zh-light": ("zh", {"viewport": {"width": 1366, "height": 768}, "color_scheme": "light"}),
    "phone-en-dark": ("en", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
}
OPEN = [
    *("" if page.id == "overview" else page.id for page in read_pages()),
    "targets/T01", "targets/T08", "targets?verdict=met&q=zzz", "methods/cement_process", "explain/targets/T02",
    "search?q=风电", "nothing-here",
]  # fmt: skip
RIGHTS = ("books", "book", "account", "event", "orders", "registry", "verify")
FAULTY = """<!doctype html><html lang="zh"><head><title>t</title></head><body><main><h1>a</h1><button></button>
<img src="data:,"><p style="color: #bbb; background: #fff">pale</p><input></main></body></html>"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    office = city_with_people(tmp_path_factory.mktemp("axe"))
    fill_ledger(office)
    (office.overlay / "visibility.yaml").write_text("id: visibility\nkinds:\n  registry: public\n", "utf-8")
    read, unread = (
        keep_upload(office, content, name=f"{name}.csv", who="张三") for content, name in ((SLIP, "a"), (UNKNOWN, "b"))
    )
    homes = {
        "login": "/qinglan/login", "reviews": "/qinglan/review/", "review": taken_in(office), "uploads": "/qinglan/deliver/",
        "deliver": f"/qinglan/deliver/{read.id}/", "map": f"/qinglan/deliver/{unread.id}/",
        "books": "/qinglan/rights/", "book": "/qinglan/rights/books/1/",
        "account": "/qinglan/rights/accounts/6/?reverse=move-1",
        "event": "/qinglan/rights/events/20/", "orders": "/qinglan/rights/orders/",
        "registry": "/public/qinglan/registry", "verify": "/public/qinglan/registry/verify?code=20",
    }  # fmt: skip
    with served(create_app([city()], offices=[office])) as address:
        yield address, homes


@pytest.fixture(params=SIDES)
def visit(request: pytest.FixtureRequest, browser: Any, base: tuple[str, dict[str, str]]) -> Iterator[Visit]:
    language, options = SIDES[request.param]
    one = Visit(browser, **options, reduced_motion="reduce")
    one.context.add_cookies([{"name": "lang", "value": language, "url": base[0]}])
    yield one
    one.context.close()


def grave(page: Any) -> list[str]:
    """What is serious or critical on a page, the contrast of its other theme with it."""
    open_all(page)
    found = list_violations(page)
    page.locator("#theme").click()
    return found + list_violations(page, rules=("color-contrast",))


def log_in(page: Any, base: str, name: str = "张三") -> None:
    page.goto(base + "/qinglan/login")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action=login] button").click()


def test_the_engine_finds_what_it_is_for(browser: Any) -> None:
    page = browser.new_page()
    page.set_content(FAULTY)
    found = {tuple(line.split(" | ")[:2]) for line in list_violations(page)}
    page.close()
    assert found >= {
        ("critical", "button-name"),
        ("critical", "image-alt"),
        ("critical", "label"),
        ("serious", "color-contrast"),
    }


@pytest.mark.parametrize("name", OPEN)
def test_a_page_has_no_violation(visit: Visit, base: tuple[str, dict[str, str]], name: str) -> None:
    visit.page.goto(f"{base[0]}/yangli/{name}")
    assert grave(visit.page) == []


@pytest.mark.parametrize("name", ["/", "/api/v1/", "/qinglan/login", "/qinglan/review/nothing/"])
def test_a_page_above_the_cities_has_none(visit: Visit, base: tuple[str, dict[str, str]], name: str) -> None:
    visit.page.goto(base[0] + name)
    assert grave(visit.page) == []


@pytest.mark.parametrize("name", [*("reviews", "review", "uploads", "deliver", "map"), *RIGHTS])
def test_a_page_behind_the_login_has_none(visit: Visit, base: tuple[str, dict[str, str]], name: str) -> None:
    log_in(visit.page, base[0], "李四" if name in RIGHTS else "张三")
    visit.page.goto(base[0] + base[1][name])
    assert grave(visit.page) == []


@pytest.mark.parametrize("address", ["verdicts/T02", "targets/T02"])
def test_the_open_drawer_has_none(visit: Visit, base: tuple[str, dict[str, str]], address: str) -> None:
    visit.page.goto(f"{base[0]}/yangli/targets?explain={address}")
    expect(visit.page.locator("#drawer article")).to_be_visible()
    assert list_violations(visit.page) == []
