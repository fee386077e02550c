"""The pages and the API of compliance: who is short and why, a surrender that two people make; missing data is no pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml
from playwright.sync_api import expect

from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import OpenAccount, SetState, Transfer
from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.work.allotments import open_period
from dafeng.work.ask_surrender import Surrender, ask_surrender
from dafeng.work.carry_over import carry_over
from dafeng.work.city import City, open_city
from dafeng.work.compliance import find_periods, forecast_band, rank_standings, tell_dates
from dafeng.work.right_opening import open_book
from dafeng.work.rights import Rights
from dafeng.work.settle import find_standing, read_calendar, settle
from tests.web.attacked import fresh
from tests.web.browser import Visit, launched, served
from tests.web.client import Client, unknown_choices
from tests.web.reviews import Person, app_of, city_with_people, person
from tests.web.settling import HEAD, PERIOD, account_of, book_number, fill_compliance
from tests.web.test_rights import log_in, token_of

HOME = "/qinglan/compliance/"
ORDERS = "/qinglan/rights/orders/"
API = "/api/v1/cities/qinglan/compliance"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, fast_hashes: None) -> Path:  # noqa: ARG001 - before any hash
    """Folder of a city with people and a compliance period that is copied for each test."""
    made = city_with_people(tmp_path_factory.mktemp("filled"))
    fill_compliance(made)
    return made.folder


@pytest.fixture
def city(filled: Path, tmp_path: Path) -> City:
    copytree(filled, tmp_path / "qinglan")
    return open_city(tmp_path / "qinglan")


@pytest.fixture
def editor(city: City) -> Person:
    return person(app_of(city), "张三")


def page_of(city: City, company: str = "甲电厂") -> str:
    return f"{HOME}{book_number(city)}/{account_of(city, company)}/"


def ask(who: Person, city: City, company: str = "甲电厂", **fields: str) -> Any:
    """Answer to the form of a company, with some fields filled in."""
    text = who.get(page_of(city, company)).text
    form = re.findall(r'<form class="act-form" method="post" action="/qinglan/compliance/surrender">.*?</form>', text, re.S)[0]
    given = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', form))
    return who.post(HOME + "surrender", data={**given, "effective": "2024-12-01", **fields}, follow=False)


def decide(city: City, who: str = "李四") -> list[int]:
    """Accept everything that waits."""
    chief = person(app_of(city), who)
    waiting = re.findall(r'id="o-([^"]+)"', chief.get(ORDERS).text)
    return [chief.write("/qinglan/rights/decide", home=ORDERS, id=name, decision="accept").status_code for name in waiting]


# --- what stands there -----------------------------------------------------------------------------------------------------


def test_companies_stand_by_what_they_lack_and_the_unknown_is_no_pass(city: City) -> None:
    found = rank_standings(settle(city, PERIOD, "2023"))
    assert [(one.enterprise, one.verdict) for one in found] == [
        ("甲电厂", "short"),
        ("丙电厂", "not_measurable"),
        ("乙电厂", "met"),
    ]


def test_the_overview_tells_who_is_short(editor: Person) -> None:
    page = editor.get(HOME).text
    assert [word in page for word in ("3 家企业中 1 家不足", "850,000", "上限 42,500", "上限未知", "864,544")] == [True] * 5
    told = editor.get("/qinglan/compliance.json").json()
    assert told["counts"] == {"short": 1, "not_measurable": 1, "met": 1}
    assert [one["enterprise"] for one in told["companies"]] == ["甲电厂", "丙电厂", "乙电厂"]


@pytest.mark.parametrize(("query", "names"), [("verdict=met", ["乙电厂"]), ("q=丙", ["丙电厂"]), ("verdict=met&q=丙", [])])
def test_companies_are_chosen_by_verdict_and_name(editor: Person, query: str, names: list[str]) -> None:
    found = re.findall(r'<td class="lead own"><a href="[^"]+">([^<]+)</a>', editor.get(f"{HOME}?{query}").text)
    assert found == names


def test_an_allowance_is_explained_line_by_line(city: City, editor: Person) -> None:
    page = editor.get(page_of(city)).text
    words = ("plants.csv:2", "ets-power-2023", "0.795", "A = Qf·Be·Fp + Qh·Bh", "843784.022747", "864,544.022747")
    assert [word in page for word in words] == [True] * 6


def test_all_open_accounts_of_a_company_are_named_and_add_up(city: City) -> None:
    with open_ledger(city.ledger) as ledger:
        opened = OpenAccount("more", "JIA-2", PERIOD, "organisation", ("甲电厂",))
        ledger.submit([[opened], [Transfer("split", "transfer", f"{PERIOD}.甲电厂", "JIA-2", 64_544, "2024-06-02")]])
    editor = person(app_of(city), "张三")
    page = editor.get(page_of(city)).text
    shown = re.findall(r'<a href="/qinglan/rights/accounts/\d+/">([^<]+)</a> 可用 <span class="units">([\d,]+)', page)
    assert shown == [(f"{PERIOD}.甲电厂", "800,000"), ("JIA-2", "64,544")]
    assert ask(editor, city, quantity="850000").status_code == 303
    assert decide(city) == [303]
    assert find_standing(settle(city, PERIOD, "2023"), "甲电厂").verdict == "met"


def test_a_company_whose_figures_are_missing_says_which(city: City, editor: Person) -> None:
    page = editor.get(page_of(city, "丙电厂")).text
    assert ("丙电厂：不可判断，缺 经核查排放量" in page, "不可预测，缺 预计应清缴量（按经核查或预测排放量）" in page) == (
        True,
        True,
    )


def test_the_band_of_the_forecast_is_what_may_fail_to_come(city: City) -> None:
    one = next(one for one in settle(city, PERIOD, "2023").standings if one.enterprise == "甲电厂")
    band = forecast_band(one.forecast)
    assert band is not None
    assert (band.low, band.high) == (14_544, 57_044)  # 864 544 − 850 000, and 5 % of 850 000 more


def test_the_carry_over_is_worked_out_once_its_base_is_given(city: City, editor: Person) -> None:
    place = page_of(city)
    assert "不可计算，缺 基础量" in editor.get(place).text
    assert "最多可结转 10,000" in editor.get(place + "?base=10000").text
    for base in ("NaN", "-5", "1e999", "abc"):
        assert unknown_choices(editor.get(f"{place}?base={base}").text) == [
            f"地址里的基础量“{base}”不存在，显示的是通常的一项。"
        ]
    assert unknown_choices(editor.get(place + "?base=10,000").text) == []


def test_somebody_logs_out_on_the_page_of_a_company(city: City, editor: Person) -> None:
    for query in ("", "?base=10000"):
        assert 'method="post" action="/qinglan/logout"' in editor.get(page_of(city) + query).text


def test_the_rules_on_the_english_page_are_told_in_english(city: City, editor: Person) -> None:
    told = {one: editor.get(f"{page_of(city)}?lang={one}").text for one in ("zh", "en")}
    clauses = {
        "zh": ("不超过应清缴配额量的 5 %", "缺口上限为"),
        "en": ("at most 5 % of what is to be surrendered", "the gap is at most"),
    }
    assert [text in told[one] for one, texts in clauses.items() for text in texts] == [True] * 4
    assert [text in told["en"] for text in (*clauses["zh"], "最大可结转量 =", "上一年度经核查")] == [False] * 4


def test_an_unknown_date_names_the_plan_to_look_in(city: City) -> None:
    from datetime import date

    (city.overlay / "rights" / "calendar.csv").write_text(
        "year,event,zh,en,date,source,grade\n2023,surrender,,,2024-12-31,dafeng-rights,C\n", encoding="utf-8"
    )
    told = tell_dates(city, read_calendar(city.overlay, year=2023), today=date(2024, 6, 1))
    assert [(one.due.event, one.due.date, one.look) for one in told][:2] == [
        ("surrender", "2024-12-31", ""),
        ("pre_allocate", None, "ets-power-2023"),
    ]


def test_the_newest_period_with_companies_is_shown_first(city: City) -> None:
    with Rights(city) as rights, open_records(city.records) as records:
        open_book(rights, "cea", period="2025", who="李四", limit=500_000, records=records)
    reader = person(app_of(city), "张三")
    assert "2023 年度" in reader.get(HOME).text.split("</h1>")[0].rsplit("<h1>")[-1]
    assert "2025 年度" in reader.get(HOME + "?book=cea-2025").text.split("</h1>")[0].rsplit("<h1>")[-1]
    told = [reader.get(f"/qinglan/compliance.json{query}").json()["book"] for query in ("", "?book=cea-2025")]
    assert told == ["cea-2023", "cea-2025"]


def test_a_source_of_the_calendar_is_named_once(editor: Person) -> None:
    page = editor.get(HOME).text.split('id="dates"')[1]
    assert (page.count("data/rights/calendar.csv"), page.count("待查"), page.count('class="date open"') > 4) == (1, 1, True)


def test_a_changed_table_of_units_changes_the_page_at_once(city: City, editor: Person) -> None:
    assert "1 家不足" in editor.get(HOME).text
    row = "丙电厂,1,2023,coal_to_300,500000,0,0.7,400000,,"
    plants = city.overlay / "rights" / "plants.csv"
    plants.write_text(plants.read_text("utf-8").replace("丙电厂,1,2023,coal_to_300,500000,0,0.7,,,", row), encoding="utf-8")
    assert "2 家不足" in editor.get(HOME).text


@pytest.mark.parametrize(("name", "verdict"), [("1号机组", "not_measurable"), ("2号机组", "short")])
def test_a_unit_that_is_likely_there_twice_is_told_on_the_page_and_to_programs(
    city: City, editor: Person, name: str, verdict: str
) -> None:
    plants = city.overlay / "rights" / "plants.csv"
    row = next(row for row in plants.read_text("utf-8").splitlines() if row.startswith("甲电厂"))
    plants.write_text(f"{plants.read_text('utf-8')}{row.replace('甲电厂,1,', f'甲电厂,{name},')}\n", encoding="utf-8")
    assert f"{name} (plants.csv:5) 与 1 (plants.csv:2)" in " ".join(editor.get(page_of(city)).text.split())
    assert f"1 (plants.csv:2) 与 {name} (plants.csv:5)" in editor.get(HOME).text
    place = f"{API}/{PERIOD}/{account_of(city, '甲电厂')}"
    told = Client(app_of(city)).get(place, headers=token_of(city, "张三")).json()
    said = {one["rule"] for unit in told["units"] for one in unit["findings"]} & {"allowance.unit_twice", "allowance.unit_twin"}
    assert (told["verdict"], len(said)) == (verdict, 1)


def test_a_company_without_an_open_account_is_listed_and_named(city: City, editor: Person) -> None:
    plants = city.overlay / "rights" / "plants.csv"
    plants.write_text(plants.read_text("utf-8") + "丁电厂,1,2023,coal_to_300,500000,0,0.7,410000,,\n", encoding="utf-8")
    address = page_of(city)
    with Rights(city) as rights:
        give = Transfer("m", "transfer", f"{PERIOD}.甲电厂", f"{PERIOD}.丙电厂", 864_544, "2024-07-01")
        shut = SetState("c", f"{PERIOD}.甲电厂", "closed", "merged")
        assert all(hasattr(one[0], "seq") for one in rights.submit([[give], [shut]]))
    page = editor.get(HOME).text
    assert ("4 家企业中 2 家不足" in page, "的账户已注销" in page, "没有账户" in page) == (True, True, True)
    assert re.findall(r'<td class="lead own">(丁电厂)<', page) == ["丁电厂"]  # no page, since it has no account
    assert editor.get(f"{HOME}{book_number(city)}/0/").status_code == 404
    assert "的账户已注销" in editor.get(address).text


def test_without_a_table_of_units_nothing_is_judged(city: City, editor: Person) -> None:
    (city.overlay / "rights" / "plants.csv").unlink()
    page = editor.get(HOME)
    assert (page.status_code, "缺少机组表，不可判断" in page.text, "已足额" in page.text) == (200, True, False)
    assert editor.get(page_of(city), follow=False).status_code == 303


def test_a_city_without_periods_says_what_to_do(tmp_path: Path) -> None:
    made = city_with_people(tmp_path)
    page = person(app_of(made), "张三").get(HOME)
    assert (page.status_code, "dafeng allowance open" in page.text) == (200, True)
    assert not (made.folder / "ledger.sqlite").exists()


@pytest.mark.parametrize("path", ["9/9/", "1/999/", "99999999999999999999/1/"])
def test_what_is_not_there_is_not_found(editor: Person, path: str) -> None:
    assert editor.get(HOME + path).status_code == 404


def test_a_period_or_verdict_that_there_is_not_is_told(editor: Person) -> None:
    chinese, english = (editor.get(f"{HOME}?book=nothing&verdict=zzz&lang={one}").text for one in ("zh", "en"))
    assert unknown_choices(chinese) == [
        "地址里的履约期账簿“nothing”不存在，显示的是通常的一项。", "地址里的判断“zzz”不存在，没有按它筛选：全部显示。"
    ]  # fmt: skip
    assert unknown_choices(english) == [
        "There is no book of a period &#39;nothing&#39;: the usual one is shown.",
        "There is no verdict &#39;zzz&#39;: all are shown.",
    ]
    known = editor.get(f"{HOME}?book={PERIOD}&verdict=met&lang=zh").text
    rows = [text.count('<td class="lead own">') for text in (chinese, editor.get(HOME).text)]
    assert (unknown_choices(known), rows[0]) == ([], rows[1])


def test_the_data_of_a_period_that_there_is_not_are_not_found(editor: Person) -> None:
    assert editor.get("/qinglan/compliance.json?book=nothing").status_code == 404


def test_a_long_period_comes_in_windows(city: City) -> None:
    rows = [f"企业{number:03},1,2023,coal_to_300,1000,0,0.7,900,800," for number in range(60)]
    plants = city.overlay / "rights" / "plants.csv"
    plants.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    open_period(city, PERIOD, "2023", limit=5_000_000, enterprises=[row.split(",")[0] for row in rows])
    page = person(app_of(city), "王五").get(HOME).text
    assert page.count('<td class="lead own">') == 50


# --- surrender -------------------------------------------------------------------------------------------------------------


def test_a_surrender_waits_and_the_gap_is_gone_once_it_is_confirmed(city: City, editor: Person) -> None:
    assert ask(editor, city, quantity="807,500", credits="42,500").status_code == 303
    assert "等待复核：配额 807,500" in editor.get(page_of(city)).text
    assert "尚缺 850,000" in editor.get(page_of(city)).text  # nothing is booked yet
    assert decide(city, "李四") == [303]
    assert "甲电厂：已足额清缴" in editor.get(page_of(city)).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"quantity": ""}, "至少一项大于零"),
        ({"quantity": "-5"}, "至少一项大于零"),
        ({"quantity": "a lot"}, "至少一项大于零"),
        ({"quantity": "864545"}, "不超过可用的 864,544 t"),
        ({"quantity": "850001"}, "超过尚应清缴量"),
        ({"credits": "42501"}, "不超过抵销上限余量 42,500 t"),
        ({"quantity": "5", "effective": "tomorrow"}, "日期，如 2026-01-31"),
    ],
)
def test_what_cannot_be_surrendered_is_refused_before_it_is_asked(
    city: City, editor: Person, fields: dict[str, str], said: str
) -> None:
    answer = ask(editor, city, **fields)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert "还没有申请" in editor.get(ORDERS).text or "没有等待复核" in editor.get(ORDERS).text


def test_credits_that_wait_count_against_the_limit(city: City, editor: Person) -> None:
    assert ask(editor, city, credits="42,500").status_code == 303
    answer = ask(editor, city, credits="1")
    assert (answer.status_code, "不超过抵销上限余量 0 t" in answer.text) == (422, True)


def test_credits_of_a_company_without_known_emissions_are_refused(city: City, editor: Person) -> None:
    answer = ask(editor, city, "丙电厂", credits="1")
    assert (answer.status_code, "抵销上限不可计算" in answer.text) == (422, True)


def test_the_same_surrender_twice_is_one(city: City) -> None:
    wanted = Surrender("s-1", "甲电厂", 100, 50, "2024-12-01")
    from dafeng.store.records import open_records

    with Rights(city) as rights, open_records(city.records) as records:
        first, again = (ask_surrender(rights, PERIOD, wanted, who="张三", records=records) for _ in range(2))
        assert [one.id for one in again] == [one.id for one in first] == ["s-1"]
        assert [one.again for one in again] == [True]
        assert len(find_periods(rights)) == 1


# --- the API ---------------------------------------------------------------------------------------------------------------


def test_a_sale_under_a_carry_over_does_not_go_back_and_an_excess_is_told_everywhere(city: City) -> None:
    open_period(city, "cea-2024", "2024", limit=5_000_000, enterprises=["甲电厂"])
    first, other = f"{PERIOD}.甲电厂", f"{PERIOD}.丙电厂"
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[Transfer("sale", "transfer", first, other, 4_000, "2024-07-01")]])
    more: dict[str, Any] = {"year": 2023, "day": "2024-07-02", "base": Decimal(10_000)}
    carry_over(city, PERIOD, "cea-2024", "甲电厂", quantity=16_000, **more)
    client, head = Client(app_of(city)), token_of(city, "张三")
    wanted = {"id": "undo", "transfer": "sale", "effective": "2024-07-03", "reason": "wrong"}
    said = client.post("/api/v1/cities/qinglan/ledger/reversals", json=wanted, headers=head)
    assert (said.status_code, "16000 > 10000" in said.text, "reverse the carry-over" in said.text) == (422, True, True)
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[Transfer("friend", "transfer", other, first, 3_000, "2024-07-03")]])
    says = "甲电厂：已结转 16000 t，按现在的净卖出量最多可结转 11500 t"
    assert says in person(app_of(city), "张三").get(page_of(city)).text
    one = client.get(f"{API}/{PERIOD}/{account_of(city, '甲电厂')}", headers=head).json()
    assert says in [finding["says"]["zh"] for finding in one["findings"]]


def test_a_program_reads_a_period_page_by_page(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "王五")
    place, seen = f"{API}/{PERIOD}?limit=2", []
    while place:
        told = client.get(place, headers=head).json()
        seen += [one["enterprise"] for one in told["items"]]
        place = told["next"]
    assert seen == ["甲电厂", "丙电厂", "乙电厂"]
    one = client.get(f"{API}/{PERIOD}/{account_of(city, '甲电厂')}", headers=head).json()
    assert (one["verdict"], one["units"][0]["inputs"][1]["source"]) == ("short", "ets-power-2023")
    assert client.get(f"{API}/nothing", headers=head).status_code == 404


def test_a_program_asks_for_a_surrender(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "张三")
    wanted = {"id": "p-1", "book": PERIOD, "enterprise": "甲电厂", "quantity": 10, "effective": "2024-12-01"}
    answers = [client.post(f"{API}/surrenders", json=wanted, headers=head) for _ in range(2)]
    assert [(one.status_code, one.json()["orders"][0]["state"]) for one in answers] == [(202, "waiting")] * 2
    beyond = client.post(f"{API}/surrenders", json={**wanted, "id": "p-2", "credits": 50_000}, headers=head)
    assert (beyond.status_code, set(beyond.json()["says"])) == (422, {"zh", "en"})
    assert client.post(f"{API}/surrenders", json=wanted, headers=token_of(city, "王五")).status_code == 403
    assert client.post(f"{API}/surrenders", json=wanted).status_code == 401


# --- PostgreSQL, and with a browser ----------------------------------------------------------------------------------------


def test_on_postgresql_it_is_the_same(tmp_path: Path, server: Any) -> None:
    made = city_with_people(tmp_path)
    path = made.folder / "city.yaml"
    told = yaml.safe_load(path.read_text("utf-8"))
    told["options"] = {**(told.get("options") or {}), "ledger": fresh(server.get_uri())}
    path.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    made = open_city(made.folder)
    fill_compliance(made)
    chief = person(app_of(made), "李四")
    assert "3 家企业中 1 家不足" in chief.get(HOME).text
    assert "50001–646000" in chief.get("/qinglan/projects/1/").text
    assert ask(person(app_of(made), "张三"), made, quantity="807,500", credits="42,500").status_code == 303
    assert decide(made) == [303]
    assert "没有企业不足" in chief.get(HOME).text


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.mark.browser
@pytest.mark.slow
def test_a_gap_is_surrendered_confirmed_and_gone(browser: Any, city: City) -> None:
    with served(create_app([], offices=[city])) as base:
        one, two = (Visit(browser, viewport={"width": 390, "height": 844}, java_script_enabled=False) for _ in range(2))
        for visit, name in ((one, "张三"), (two, "李四")):
            log_in(visit.page, base, name)
        one.page.goto(base + HOME)
        one.page.get_by_role("link", name="甲电厂").click()
        expect(one.page.locator("h1")).to_contain_text("尚缺 850,000")
        one.page.locator("[name=quantity]").fill("850,000")
        one.page.locator("form[action$=surrender] button").click()
        expect(one.page.locator("#waits")).to_contain_text("850,000")
        two.page.goto(base + ORDERS)
        two.page.locator("button[value=accept]").click()
        one.page.reload()
        expect(one.page.locator("h1")).to_have_text("甲电厂：已足额清缴")
        one.page.goto(base + HOME)
        expect(one.page.locator("h1")).to_contain_text("没有企业不足")
        assert [visit.clean() for visit in (one, two)] == [([], [])] * 2
        for visit in (one, two):
            visit.context.close()
