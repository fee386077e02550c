"""The scenario page: answers while it is moved, works without scripts, refuses in words, keeps only what a login hands in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dafeng.store.accounts import set_account
from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.work.city import City, init, open_city
from dafeng.work.scenario_pending import saved_by
from tests.web.browser import Visit, launched, served
from tests.web.client import Client, Page, unknown_choices
from tests.web.reviews import PASSWORD, PEOPLE, Person, hidden
from tests.web.sample import traces, view

CITIES = Path(__file__).resolve().parents[2] / "cities"
HOME = "/yantai/scenarios"
TOTALS = """quantity,members,year,low,mid,high,unit,source,grade,note_zh,note_en
closed,whole,,,1,,1,dafeng-scenarios,assumption,,
field_energy,whole,,,1000,,万吨标准煤,dafeng-scenarios,assumption,,
field_power,whole,,,150,,亿千瓦时,dafeng-scenarios,assumption,,
output_start,,,,3000,,亿元,dafeng-scenarios,assumption,,
"""
CLASH = "?set=capacity/pv/2040=20GW&set=capacity/pv/2040=10GW"


def shown(city: City) -> CityView:
    own = {"slug": city.slug, "label": {"zh": city.label.zh, "en": city.label.en}}
    return CityView({**view(), "city": {**view()["city"], **own}}, traces())


def app_of(*cities: City) -> Any:
    return create_app([shown(city) for city in cities], offices=cities)


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(app_of(open_city(CITIES / "yantai"), open_city(CITIES / "qingdao")))


def values(answer: Any, scenario: int, name: str) -> list[float]:
    return list(answer.json()["scenarios"][scenario]["series"][name])


@pytest.mark.parametrize(
    "query", ["", "?lang=en", "?nuclear=9000&yulong_2=on", CLASH, "?set=capacity/pv/2040=20GW&shown=1&beside=deep"]
)
def test_the_page_is_served_without_inline_code(client: Client, query: str) -> None:
    answer = client.get(HOME + query)
    assert (answer.status_code, Page(answer.text).inline(), len(answer.text) < 300_000) == (
        422 if query == CLASH else 200,
        [],
        True,
    )


def test_the_live_answer_is_that_of_the_page(client: Client) -> None:
    page, live = client.get(HOME + "?nuclear=9000").text, client.get(HOME + "/live.json?nuclear=9000").json()
    title = re.search(r"<h1>(.*?)</h1>", page)
    assert title is not None
    assert title[1] in live["parts"]["head"]
    assert (live["address"], set(live["charts"]) >= {"co2", "rules", "balance", "waterfall"}) == ("nuclear=9000", True)


@pytest.mark.parametrize(
    "asked", ["s=zzz", "over=zzz", "beside=zzz&shown=1", "left=zzz", "right_year=1066", "yulong_2=0", "x.y=1"]
)
def test_the_api_refuses_a_choice_that_there_is_not(client: Client, asked: str) -> None:
    answer = client.get(f"/api/v1/cities/yantai/scenarios/answers?{asked}")
    told = answer.json()
    assert (answer.status_code, told["where"]) == (422, f"query.{asked.partition('=')[0]}")
    assert [sorted(told[name]) for name in ("says", "expected", "remedy")] == [["en", "zh"]] * 3


def test_the_api_answers_a_choice_that_there_is(client: Client) -> None:
    asked = "over=deep&nuclear=9000&yulong_2=on&shown=1&beside=plan&left=mine&left_year=2020&right=deep&right_year=2035"
    told = client.get(f"/api/v1/cities/yantai/scenarios/answers?{asked}").json()
    assert told["query"].startswith("over=deep&nuclear=9000&yulong_2=on")
    assert client.get(f"/api/v1/cities/yantai/scenarios/answers?{told['query']}").json() == told


def test_a_slider_changes_the_figures_and_nothing_before_it_acts(client: Client) -> None:
    answer = client.get(HOME + ".json?nuclear=3000")
    base, own = values(answer, 0, "co2"), values(answer, -1, "co2")
    # the slider acts from 2027 on
    assert (base[:7], base[15] < own[15]) == (own[:7], True)


def test_a_plain_form_leads_to_the_clean_address(client: Client) -> None:
    fields = dict(re.findall(r'name="([a-z_]+)" min="[^"]*" max="[^"]*" step="[^"]*" value="([^"]*)"', client.get(HOME).text))
    assert len(fields) >= 12
    sent = "&".join(f"{name}={text}" for name, text in {**fields, "solar": "20000"}.items())
    answer = client.get(f"{HOME}?was=baseline&shown=1&beside=deep&set=&{sent}", follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}?solar=20000&shown=1&beside=deep")


def test_another_base_keeps_what_was_touched_only(client: Client) -> None:
    answer = client.get(f"{HOME}?was=baseline&over=plan&nuclear=7250&solar=20000", follow=False)
    assert answer.headers["location"] == f"{HOME}?over=plan&solar=20000"


def test_overlays_that_disagree_are_refused_by_name(client: Client) -> None:
    answer = client.get(HOME + "/live.json" + CLASH)
    said = answer.json()["says"]["en"]["what"]
    assert (answer.status_code, "20 GW" in said, "10 GW" in said, "capacity/pv/2040" in said) == (422, True, True, True)


def test_a_value_that_cannot_be_is_refused_with_its_range(client: Client) -> None:
    answer = client.get(HOME + "/live.json?set=capacity/pv/2045=-3000")
    assert (answer.status_code, answer.json()["says"]["en"]["expected"]) == (422, "0 to 1000000 MW")


@pytest.mark.parametrize(
    "query", ["nuclear=x", "nuclear=1e400", "set=%3Cscript%3E", "set=capacity/nuclear/2030=9GJ", "over=none", "over=..%2Fx"]
)
def test_what_cannot_be_answered_is_said_and_escaped(client: Client, query: str) -> None:
    page, live = client.get(f"{HOME}?{query}"), client.get(f"{HOME}/live.json?{query}")
    assert (page.status_code, live.status_code, "<script>" in page.text.replace("<script ", "")) == (422, 422, False)


@pytest.mark.parametrize(
    ("query", "chinese", "english"),
    [
        ("left=zzz", "起点情景“zzz”", "scenario to begin with &#39;zzz&#39;"),
        ("left_year=1066", "起点年份“1066”", "year to begin with &#39;1066&#39;"),
        ("right=zzz", "终点情景“zzz”", "scenario to end with &#39;zzz&#39;"),
        ("right_year=1066", "终点年份“1066”", "year to end with &#39;1066&#39;"),
    ],
)
def test_a_side_that_there_is_not_is_told(client: Client, query: str, chinese: str, english: str) -> None:
    answers = [client.get(f"{HOME}?{query}&lang={one}") for one in ("en", "zh")]
    assert [one.status_code for one in answers] == [200, 200]
    assert [unknown_choices(one.text) for one in answers] == [
        [f"There is no {english}: the usual one is shown."], [f"地址里的{chinese}不存在，显示的是通常的一项。"]
    ]  # fmt: skip


def test_a_scenario_beside_that_there_is_not_is_told_and_left_out(client: Client) -> None:
    said = [client.get(f"{HOME}?shown=1&beside=plan&beside=zzz&lang={one}").text for one in ("en", "zh")]
    assert [unknown_choices(text) for text in said] == [
        ["There is no scenario side by side &#39;zzz&#39;: it is left out."], ["地址里的并列情景“zzz”不存在，已略去。"]
    ]  # fmt: skip
    assert re.findall(r'name="beside" value="(\w+)"[^>]* checked', said[0]) == ["plan"]


def test_a_choice_of_the_page_that_there_is_is_not_told(client: Client) -> None:
    known = "over=deep&nuclear=9000&shown=1&beside=plan&left=mine&left_year=2020&right=deep&right_year=2035"
    assert unknown_choices(client.get(f"{HOME}?{known}").text) == []


def test_an_endless_address_is_refused(client: Client) -> None:
    assert client.get(HOME + "?x=" + "1" * 5000).status_code == 400


def test_no_more_than_four_stand_side_by_side(client: Client) -> None:
    answer = client.get(HOME + ".json?nuclear=9000&shown=1&beside=plan&beside=feasible&beside=deep&beside=plan")
    assert [one["id"] for one in answer.json()["scenarios"]] == ["baseline", "plan", "feasible", "baseline*"]


def test_the_waterfall_is_of_the_sides_in_the_address(client: Client) -> None:
    found = client.get(HOME + "/live.json?left=plan&left_year=2030&right=deep&right_year=2060&lang=en").json()["charts"][
        "waterfall"
    ]
    assert found["periods"] == ["plan as written 2030 → deeper cuts 2060"]
    first, *middle, last = found["values"][0]
    # bars are written to five digits, and causes without effect have none
    assert first + sum(middle) == pytest.approx(last, abs=0.01 * first)


def test_files_carry_the_choice(client: Client) -> None:
    book, table = client.get(HOME + ".xlsx?nuclear=9000"), client.get(HOME + ".csv?nuclear=9000")
    assert (book.content[:2], table.text.splitlines()[-1].split(",")[1]) == (b"PK", "baseline*")
    assert 'filename="yantai-scenarios.xlsx"' in book.headers["content-disposition"]


def test_a_city_without_a_folder_has_an_empty_page() -> None:
    bare = Client(create_app([shown(open_city(CITIES / "yantai"))]))
    found = [bare.get(HOME + tail).status_code for tail in ("", "/live.json", ".xlsx", ".csv")]
    assert found == [200, 404, 404, 404]


def test_a_broken_table_is_said_on_the_page(city_copy: Callable[[str], Path]) -> None:
    city = open_city(city_copy("qingdao"))
    (city.overlay / "drivers_scenarios.csv").write_text("nonsense\n", encoding="utf-8")
    answer = Client(app_of(city)).get("/qingdao/scenarios")
    assert (answer.status_code, "drivers_scenarios.csv" in answer.text) == (200, True)


def test_a_city_without_figures_says_what_is_lacking(tmp_path: Path) -> None:
    empty = Client(app_of(init(tmp_path / "qinglan", place="990200")))
    page, live = empty.get("/qinglan/scenarios"), empty.get("/qinglan/scenarios/live.json?nuclear=9000")
    assert (page.status_code, "data/drivers.csv" in page.text, live.status_code) == (200, True, 422)


def test_a_city_with_totals_only_has_the_page(tmp_path: Path) -> None:
    city = init(tmp_path / "qinglan", place="990200")
    (city.overlay / "drivers.csv").write_text(TOTALS, encoding="utf-8")
    answer = Client(app_of(city)).get("/qinglan/scenarios?lang=en&saving=0.5")
    # without plants there is no share of capacity, and everything else is told
    assert (answer.status_code, "nan" in answer.text, "CO₂ peaks in" in answer.text) == (200, False, True)


def test_without_accounts_nothing_is_written(client: Client) -> None:
    assert [client.post(f"{HOME}/{name}", data={"id": "x"}).status_code for name in ("save", "import")] == [405, 405]


@pytest.fixture
def city(city_copy: Callable[[str], Path]) -> City:
    found = open_city(city_copy("yantai"))
    at = datetime.now(UTC)
    with open_records(found.records) as records, records.write(actor="test", at=at) as session:
        for name, role in PEOPLE.items():
            set_account(session, name, role, PASSWORD, at=at)
    return found


@pytest.fixture
def app(city: City) -> Any:
    return app_of(city)


def visitor(app: Any, name: str) -> Person:
    made = Person(app)
    form = {"token": hidden(made.get("/yantai/login")), "name": name, "password": PASSWORD}
    assert made.post("/yantai/login", data=form, follow=False).status_code == 303
    return made


FIELDS = {"choice": "nuclear=9000", "id": "own_1", "label_zh": "我们的", "label_en": "Ours"}


def test_without_a_login_nothing_can_be_kept(app: Any, city: City) -> None:
    stranger = Person(app)
    page = stranger.get(HOME).text
    assert ('name="token"' in page, "/yantai/login?next=" in page) == (False, True)
    assert stranger.post(HOME + "/save", data={"token": "x", **FIELDS}).status_code == 403
    assert not (city.overlay / "drivers_scenarios.csv").exists()


def test_a_reader_may_not_keep(app: Any) -> None:
    assert 'name="token"' not in visitor(app, "王五").get(HOME).text


def test_a_form_of_another_visit_is_refused(app: Any) -> None:
    token = hidden(visitor(app, "李四").get(HOME))
    assert visitor(app, "张三").post(HOME + "/save", data={"token": token, **FIELDS}).status_code == 403


def test_an_editor_keeps_a_scenario_that_then_is_offered(app: Any) -> None:
    editor = visitor(app, "张三")
    answer = editor.write(HOME + "/save", home=HOME, **FIELDS)
    assert (answer.status_code, answer.headers["location"]) == (303, HOME + "?over=own_1")
    page = editor.get(HOME + "?over=own_1")
    assert ("我们的" in page.text, page.headers["cache-control"]) == (True, "no-store")
    both = editor.get(HOME + ".json?over=own_1"), editor.get(HOME + ".json?nuclear=9000")
    assert values(both[0], 0, "co2") == pytest.approx(values(both[1], -1, "co2"), rel=1e-5)


def test_of_two_who_keep_a_scenario_under_one_id_the_second_is_told(app: Any, city: City) -> None:
    first, second = visitor(app, "张三"), visitor(app, "李四")
    assert first.write(HOME + "/save", home=HOME, **FIELDS).status_code == 303
    kept = (city.overlay / "drivers_scenarios.csv").read_bytes()
    other = {**FIELDS, "choice": "nuclear=8000", "label_zh": "另一个"}
    answer = second.write(HOME + "/save", home=HOME, **other)
    assert (answer.status_code, (city.overlay / "drivers_scenarios.csv").read_bytes()) == (409, kept)
    assert ("张三 已保存情景“own_1”（我们的）" in answer.text, "<dd>另一个</dd>" in answer.text) == (True, True)
    again = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', answer.text))
    assert (again["replace"] != "", again["choice"]) == (True, "nuclear=8000")
    assert first.write(HOME + "/save", home=HOME, **FIELDS).status_code == 303  # the very same form once more
    assert second.post(HOME + "/save", data=again, follow=False).status_code == 303
    assert second.post(HOME + "/save", data={**again, "choice": "nuclear=7000"}, follow=False).status_code == 409
    with open_records(city.records) as records:
        assert (saved_by(records, "own_1").who, records.verify()) == ("李四", ())
    assert "保存情景" in first.get("/yantai/jobs/").text


def test_who_kept_a_scenario_replaces_it_from_the_page_that_shows_it(app: Any) -> None:
    editor = visitor(app, "张三")
    editor.write(HOME + "/save", home=HOME, **FIELDS)
    page = editor.get(HOME)
    told = {**FIELDS, "choice": "nuclear=8000", "token": hidden(page)}
    assert editor.post(HOME + "/save", data=told, follow=False).status_code == 409
    told["seen"] = re.findall(r'name="seen" value="([^"]*)"', page.text)[0]
    assert editor.post(HOME + "/save", data=told, follow=False).status_code == 303


@pytest.mark.parametrize("wrong", [{"id": "plan"}, {"id": "a b"}, {"label_en": ""}, {"choice": "nuclear=x"}])
def test_what_cannot_be_kept_is_refused_in_words(app: Any, city: City, wrong: dict[str, str]) -> None:
    answer = visitor(app, "张三").write(HOME + "/save", home=HOME, **{**FIELDS, **wrong})
    assert (answer.status_code, (city.overlay / "drivers_scenarios.csv").exists()) == (422, False)


def test_an_imported_workbook_is_opened_and_nothing_is_written(app: Any, city: City) -> None:
    editor = visitor(app, "张三")
    book = editor.get(HOME + ".xlsx?nuclear=9000&yulong_2=on").content
    answer = editor.write(HOME + "/import", home=HOME, files={"file": ("mine.xlsx", book)})
    assert (answer.status_code, answer.headers["location"]) == (303, HOME + "?nuclear=9000&yulong_2=on")
    bad = editor.write(HOME + "/import", home=HOME, files={"file": ("mine.xlsx", b"PK\x03\x04 nothing")})
    assert (bad.status_code, (city.overlay / "drivers_scenarios.csv").exists()) == (422, False)


def test_the_login_leads_back_to_the_choice(app: Any) -> None:
    page = Person(app).get(HOME + "?nuclear=9000").text
    assert 'next=/yantai/scenarios%3Fnuclear%3D9000"' in page


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(app_of(open_city(CITIES / "yantai"))) as address:
        yield address + HOME


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("query", ["", "?lang=en&over=plan&solar=30000"])
def test_the_page_is_whole_at_every_width(browser: Any, base: str, query: str, width: int) -> None:
    visit = Visit(browser, viewport={"width": width, "height": 800})
    visit.page.goto(base + query)
    visit.scroll()
    wider = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    undrawn = visit.page.locator(".chart-canvas:not([data-drawn]):visible").count()
    found = (visit.clean(), wider, undrawn, visit.page.get_by_text("undefined").count())
    visit.context.close()
    assert found == (([], []), 0, 0, 0)


@pytest.mark.browser
@pytest.mark.slow
def test_a_slider_that_is_moved_changes_figures_charts_and_address(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport={"width": 1366, "height": 900})
    visit.page.goto(base)
    title, tile = visit.page.locator("h1"), visit.page.locator(".scenario-tiles dd").nth(2)
    before = tile.inner_text()
    slider = visit.page.locator("#s-nuclear")
    slider.focus()
    visit.page.keyboard.press("Home")
    expect(title).to_contain_text("所设情景")
    expect(visit.page).to_have_url(base + "?nuclear=0")
    expect(visit.page.locator('[data-slider="nuclear"] output')).to_have_text("0\u202f万千瓦")
    expect(tile).not_to_have_text(before)
    expect(visit.page.locator(".beside-table thead th").last).to_have_text("所设情景")
    visit.page.locator('[data-back="nuclear"]').click()
    expect(title).to_contain_text("趋势情景")
    expect(tile).to_have_text(before)
    found = visit.clean()
    visit.context.close()
    assert found == ([], [])


@pytest.mark.browser
@pytest.mark.slow
def test_the_line_of_an_unknown_choice_goes_when_another_choice_is_made(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport={"width": 1366, "height": 900})
    visit.page.goto(base + "?left=zzz")
    expect(visit.page.locator("#unknown-choice")).to_be_visible()
    visit.page.locator("#s-nuclear").focus()
    visit.page.keyboard.press("Home")
    expect(visit.page.locator("#unknown-choice")).to_have_count(0)
    visit.context.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_refusal_is_said_and_leaves_the_figures(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport={"width": 1366, "height": 900})
    visit.page.goto(base)
    visit.page.check('input[name="over"][value="plan"]')
    expect(visit.page.locator("h1")).to_contain_text("方案情景")
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    single = visit.page.locator('input[name="set"]').first
    single.fill("heat_clean/2040=180%")
    single.blur()
    expect(visit.page.locator("#scenario-refusal")).to_contain_text("不可能是 180 %")
    expect(visit.page.locator("h1")).to_contain_text("方案情景")
    visit.context.close()


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_works_without_scripts(browser: Any, base: str) -> None:
    visit = Visit(browser, viewport={"width": 1366, "height": 900}, java_script_enabled=False)
    visit.page.goto(base)
    visit.page.locator("#s-nuclear").focus()
    visit.page.keyboard.press("Home")
    visit.page.locator(".scenario-form button.button").click()
    expect(visit.page.locator("h1")).to_contain_text("所设情景")
    found = visit.page.url
    visit.context.close()
    assert found.startswith(base + "?nuclear=0&shown=1")
