"""axe-core on every page: nothing serious, nothing critical; folded parts opened, charts turned into tables, both themes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from dafeng.web.app import create_app
from dafeng.web.navigation import read_pages
from dafeng.work.city import init
from dafeng.work.job_process import work_jobs
from dafeng.work.jobs import cancel_job, start_job
from dafeng.work.look_jobs import ask_look
from dafeng.work.map_drafts import draft_map
from dafeng.work.owner_links import make_link
from dafeng.work.publish import name_indicator
from dafeng.work.publish_change import Decision, change_visibility
from dafeng.work.review import review
from dafeng.work.uploads import keep_upload
from dafeng.work.versions import confirm
from tests.plans.reviews import TEXT
from tests.web.attacked import rename
from tests.web.axe import list_violations, open_all
from tests.web.browser import Visit, launched, served
from tests.web.inclusions import fill_enterprises, fill_inclusion
from tests.web.ledgers import fill_ledger
from tests.web.market_halls import BUDGET, fill_market
from tests.web.reviews import PASSWORD, city_with_people, taken_in
from tests.web.sample import city
from tests.web.settling import fill_compliance
from tests.web.test_deliver import SLIP, UNKNOWN
from tests.web.test_security import DECISIONS
from tests.work.large_files import large_table
from tests.work.test_maps import CODES, boundary

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIDES = {
    "desk-zh-light": ("zh", {"viewport": {"width": 1366, "height": 768}, "color_scheme": "light"}),
    "phone-en-dark": ("en", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
}
OPEN = [
    *("" if page.id == "overview" else page.id for page in read_pages()),
    "targets/T01", "targets/T08", "targets?verdict=met&q=zzz", "methods/cement_process", "explain/targets/T02",
    "search?q=风电", "nothing-here", "wall", "tasks/K1", "fields/energy", "organisations/市能源局", "tasks?view=board",
    "tasks?view=gantt", "tasks?view=links",
]  # fmt: skip
ABOVE = ["/", "/api/v1/", "/qinglan/login", "/qinglan/review/nothing/"]
PUBLIC = ["", "qinglan/", "qinglan/indicators", "qinglan/indicators/{indicator}", "qinglan/data", "qinglan/words",
          "qinglan/about", "qinglan/search?q=a", "qinglan/explain/targets/T02", "qinglan/embed/{indicator}",
          "nothing/"]  # fmt: skip
INSIDE = ["reviews", "review", "uploads", "deliver", "map", "boundary", "looked", "account", "accounts", "jobs", "job",
          "publishing", "views", "confirm", "version"]  # fmt: skip
NO_PAGES = (
    "openapi.json",
    ".json",
    ".xlsx",
    ".pdf",
    ".csv",
    "/static",
    "sitemap.xml",
    "/login/",
    "/data/{name}",
    "/api/v1/cities",
    "/welcome/", "/setup/", "/{name}/form",
)  # fmt: skip
"""Addresses that answer with data, files or a way elsewhere; the two one-time pages have forms like the login's."""
FIRST = name_indicator(next(iter(city().view["verdicts"])))
RIGHTS = ("books", "book", "right_account", "event", "orders", "registry", "verify", "no_access",
          "compliance", "company", "projects", "project")  # fmt: skip
INCLUSION = ("inclusion", "scene", "claims", "people", "pseudonym", "bundle", "intake", "enterprises", "enterprise", "owner")
MARKETS = ("markets", "market", "auction", "sealed", "budgets", "budget", "node", "figure")
FAULTY = """<!doctype html><html lang="zh"><head><title>t</title></head><body><main><h1>a</h1><button></button>
<img src="data:,"><p style="color: #bbb; background: #fff">pale</p><input></main></body></html>"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    office = city_with_people(tmp_path_factory.mktemp("axe"))
    kinds = ("targets", "tasks", "emissions", "energy", "registry")
    change_visibility(office, [Decision(kind, "", "public") for kind in kinds], who="test")
    shown = rename(city(), "qinglan")
    made = review(office, source=TEXT.encode(), name="again.txt", who="张三")
    confirm(office, made, who="李四", seen=0)
    job = start_job(office, kind="assess", who="张三")
    cancel_job(office, job.id, who="张三")
    fill_ledger(office)
    settled = fill_compliance(office)
    people, _ = fill_inclusion(office)
    fill_enterprises(office)
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    _, secret = make_link(office, "QL-01", until=until, who="李四")
    fill_market(office)
    read, unread = (
        keep_upload(office, content, name=f"{name}.csv", who="张三") for content, name in ((SLIP, "a"), (UNKNOWN, "b"))
    )
    large = keep_upload(office, large_table(2400), name="月报.csv", who="张三")
    ask_look(office, large, who="张三")
    work_jobs(office.folder)
    tiles = [f"990200,{code},区{code[-1]},District {code[-1]},{x + 1},{2 - y}" for code, (x, y) in CODES.items()]
    (office.overlay / "tiles.csv").write_text("\n".join(["city,place,zh,en,column,row", *tiles]) + "\n", encoding="utf-8")
    told = {"approval": "GS(2019)1822号", "system": "CGCS2000", "source": "省标准地图服务", "day": "2019"}
    draft_map(office, json.dumps(boundary()).encode(), name="a.geojson", who="张三", **told)
    homes = {
        "login": "/qinglan/login", "reviews": "/qinglan/review/", "review": taken_in(office), "uploads": "/qinglan/deliver/",
        "deliver": f"/qinglan/deliver/{read.id}/", "map": f"/qinglan/deliver/{unread.id}/",
        "boundary": "/qinglan/map/boundary/", "looked": f"/qinglan/deliver/{large.id}/", "account": "/qinglan/account",
        "accounts": "/qinglan/accounts", "jobs": "/qinglan/jobs/", "job": f"/qinglan/jobs/{job.id}/",
        "publishing": "/qinglan/publishing/", "views": "/qinglan/views", "confirm": f"/qinglan/review/{made.id}/confirm",
        "version": "/qinglan/review/versions/1",
        "books": "/qinglan/rights/", "book": "/qinglan/rights/books/1/",
        "right_account": "/qinglan/rights/accounts/6/?reverse=move-1",
        "event": "/qinglan/rights/events/20/", "orders": "/qinglan/rights/orders/",
        "compliance": "/qinglan/compliance/", "projects": "/qinglan/projects/", "project": "/qinglan/projects/2/",
        "company": f"/qinglan/compliance/{settled['compliance.book']}/{settled['compliance.account']}/?base=10000",
        "inclusion": "/qinglan/inclusion/", "scene": "/qinglan/inclusion/scenes/metro/", "claims": "/qinglan/inclusion/claims/",
        "people": "/qinglan/inclusion/accounts/", "pseudonym": f"/qinglan/inclusion/accounts/{people[0]}/",
        "bundle": "/qinglan/inclusion/bundles/2026-q1/", "intake": "/qinglan/inclusion/intake/",
        "enterprises": "/qinglan/enterprises/", "owner": f"/qinglan/owner/{secret}",
        "enterprise": "/qinglan/enterprises/accounts/QL-01/?how=enterprise/QL-01.2025.grade.shandong",
        "markets": "/qinglan/markets/", "market": "/qinglan/markets/cea/",
        "auction": "/qinglan/markets/cea/auctions/spring/", "sealed": "/qinglan/markets/cea/auctions/summer/",
        "budgets": "/qinglan/budgets/", "budget": f"/qinglan/budgets/{BUDGET}/?giver=east&taker=west&quantity=500",
        "node": f"/qinglan/budgets/{BUDGET}/nodes/east/", "figure": f"/qinglan/budgets/{BUDGET}/nodes/east/used",
        "registry": "/public/qinglan/registry", "verify": "/public/qinglan/registry/verify?code=20",
        "no_access": "/bare/rights/",
    }  # fmt: skip
    bare = init(tmp_path_factory.mktemp("bare") / "bare", place="990200")
    with served(create_app([city(), shown], offices=[office, bare])) as address:
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
    if page.locator("#theme").count():
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


@pytest.mark.parametrize("name", ABOVE)
def test_a_page_above_the_cities_has_none(visit: Visit, base: tuple[str, dict[str, str]], name: str) -> None:
    visit.page.goto(base[0] + name)
    assert grave(visit.page) == []


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_has_none(visit: Visit, base: tuple[str, dict[str, str]], name: str) -> None:
    visit.page.goto(f"{base[0]}/public/{name.format(indicator=FIRST)}")
    assert grave(visit.page) == []


@pytest.mark.parametrize("name", [*INSIDE, *RIGHTS, *INCLUSION, *MARKETS])
def test_a_page_behind_the_login_has_none(visit: Visit, base: tuple[str, dict[str, str]], name: str) -> None:
    log_in(visit.page, base[0], "管理")
    answer = visit.page.goto(base[0] + base[1][name])
    assert answer.status == 200
    assert grave(visit.page) == []


def test_no_page_is_left_out(base: tuple[str, dict[str, str]]) -> None:
    """Every address of `DECISIONS` that answers with a page is one of those looked at above."""
    looked = [*(f"/yangli/{name}" for name in OPEN), *ABOVE, *base[1].values(), *(f"/public/{name}" for name in PUBLIC)]
    asked = [one.partition("?")[0].format(indicator="x") for one in looked]
    pages = [one.removeprefix("GET ") for one in DECISIONS if one.startswith("GET ")]
    wanted = [one for one in pages if not any(part in one for part in NO_PAGES)]
    left = [one for one in wanted if not any(re.fullmatch(_pattern(one), said) for said in asked)]
    assert left == []


def _pattern(template: str) -> str:
    """Pattern of the addresses of a route; whether a slash ends it says nothing of the page."""
    return re.sub(r"\\\{\w+(:path)?\\\}", lambda one: ".+" if one[1] else "[^/]+", re.escape(template)).rstrip("/") + "/?"


@pytest.mark.parametrize("address", ["verdicts/T02", "targets/T02"])
def test_the_open_drawer_has_none(visit: Visit, base: tuple[str, dict[str, str]], address: str) -> None:
    visit.page.goto(f"{base[0]}/yangli/targets?explain={address}")
    expect(visit.page.locator("#drawer article")).to_be_visible()
    assert list_violations(visit.page) == []
