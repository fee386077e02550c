"""The pages and the API of markets: who is told what, what a form does, what comes back when it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from dafeng.store.access_tokens import make_token
from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.web.clocks import clock_words
from dafeng.web.labels import Words
from dafeng.web.market_charts import draw_trades
from dafeng.web.offices import Office
from dafeng.work.city import City, open_city
from dafeng.work.markets import Markets
from dafeng.work.rights import Rights
from tests.web.attacked import fresh
from tests.web.browser import Visit, launched, served
from tests.web.client import Client
from tests.web.market_halls import fill_market
from tests.web.reviews import PASSWORD, Person, app_of, city_with_people, person

HOME = "/qinglan/markets/"
CEA = HOME + "cea/"
API = "/api/v1/cities/qinglan/ledger/markets"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, fast_hashes: None) -> Path:  # noqa: ARG001 - before any hash
    """Folder of a city with people and a market that is copied for each test."""
    made = city_with_people(tmp_path_factory.mktemp("filled"))
    fill_market(made)
    return made.folder


@pytest.fixture
def city(filled: Path, tmp_path: Path) -> City:
    copytree(filled, tmp_path / "qinglan")
    return open_city(tmp_path / "qinglan")


@pytest.fixture
def seller(city: City) -> Person:
    """Editor; acts for steel (named) and glass, pool (nobody is named)."""
    return person(app_of(city), "张三")


@pytest.fixture
def buyer(city: City) -> Person:
    """Confirmer; acts for paper (named) and glass, pool."""
    return person(app_of(city), "李四")


def ask(who: Person, act: str, *, to: str = "ask", **fields: str) -> httpx.Response:
    return who.write(HOME + to, home=CEA, act=act, market="cea", **{"id": f"x.{act}", **fields})


def balances(city: City) -> dict[str, int]:
    with Rights(city) as rights, rights.reading() as rows:
        return dict(rows.query("SELECT name, balance FROM ledger_account WHERE type <> 'issuer'"))


def token_of(city: City, name: str, scope: str = "write") -> dict[str, str]:
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor=name, at=at) as session:
        return {"authorization": f"Bearer {make_token(session, name, 'test', scope, 5, at=at)}"}


# --- what is shown ---------------------------------------------------------------------------------------------------------


def test_the_list_has_last_price_and_volume(seller: Person) -> None:
    page = seller.get(HOME).text
    assert [word in page for word in ("1 个市场，1 个正在交易", "95.00", "560", "通用")] == [True] * 4
    told = seller.get("/qinglan/markets.json").json()[0]
    assert (told["last"]["price"], told["volume"]["quantity"], told["open_auctions"]) == (9_500, 560, 1)


def test_a_city_without_books_says_what_to_do(tmp_path: Path) -> None:
    made = city_with_people(tmp_path)
    page = person(app_of(made), "李四").get(HOME)
    assert (page.status_code, "还没有市场" in page.text, "先开立账簿" in page.text) == (200, True, True)
    assert not (made.folder / "ledger.sqlite").exists()


def test_depth_is_summed_from_the_best_price_on(seller: Person) -> None:
    rows = re.findall(
        r'<tr class="(ask|bid)">.*?price">([\d.]+)</td><td class="num">(\d+)</td><td class="num">(\d+)', seller.get(CEA).text
    )
    assert rows == [("ask", "97.20", "250", "290"), ("ask", "96.80", "40", "40"), ("bid", "96.50", "200", "200"),
                    ("bid", "96.30", "120", "320")]  # fmt: skip
    assert "买卖价差 0.30" in seller.get(CEA).text


@pytest.mark.parametrize(
    ("times", "marks", "axis"),
    [
        (["2026-03-01T01:00", "2026-03-02T01:00"], ["03-01", "03-02"], "成交时间（北京时间，2026-03-01 – 2026-03-02）"),
        (["2026-03-01T01:00", "2026-03-01T01:07"], ["09:00", "09:07"], "成交时间（北京时间，2026-03-01）"),
        (["2026-03-01T01:00:01", "2026-03-01T01:00:02"], ["09:00:01", "09:00:02"], "成交时间（北京时间，2026-03-01）"),
        (["2026-03-01T01:00"] * 3, ["1", "2", "3"], "第几笔，从旧到新"),
    ],
)
def test_no_two_neighbours_of_the_price_chart_are_marked_alike(times: list[str], marks: list[str], axis: str) -> None:
    words = Words("zh")
    market = {"unit": "t", "money_unit": "元", "scale": 0, "money_scale": 2}
    trades = [{"at": at, "way": "order", "price": 9_000, "quantity": 5} for at in times][::-1]
    chart = draw_trades(market, trades, clock_words(8, words), words)
    assert chart is not None
    assert (chart["marks"], chart["axis"]) == (marks, axis)


def test_an_english_page_has_english_units(seller: Person) -> None:
    for path in (HOME, CEA, CEA + "auctions/spring/"):
        page = seller.get(path + "?lang=en").text
        assert ("元" in page, "yuan" in page) == (False, True)


def test_the_lists_of_a_market_are_folded_under_their_counts(seller: Person) -> None:
    page = seller.get(CEA).text
    heads = re.findall(r'<details class="folding block card" id="([a-z-]+)"( open)?', page)
    assert {name: bool(is_open) for name, is_open in heads} == {
        "own": False, "agreements": True, "auctions": False, "trades-list": False, "settlement": False,
    }  # fmt: skip
    assert re.findall(r'<details class="folding block card" id="trades-list"( open)', seller.get(CEA + "?before=3").text)
    links = re.search(r'<nav class="jump".*?</nav>', page, re.S)
    assert links is not None
    assert all(f'id="{name}"' in page for name in re.findall(r'href="#([a-z-]+)"', links[0]))


def test_an_offer_to_somebody_is_seen_by_both_and_by_those_who_run_the_market(city: City, seller: Person) -> None:
    reader, chief = person(app_of(city), "王五"), person(app_of(city), "管理")
    assert [">f.2<" in one.get(CEA).text for one in (seller, chief, reader)] == [True, True, False]
    assert [">f.3<" in one.get(CEA).text for one in (seller, chief, reader)] == [True, True, True]


def test_own_requests_are_shown_to_those_who_act_for_their_member(city: City, seller: Person, buyer: Person) -> None:
    reader = person(app_of(city), "王五")
    shown = {name: one.get(CEA).text for name, one in (("seller", seller), ("buyer", buyer), ("reader", reader))}
    assert {name: ["<code>o.1</code>" in text, "<code>o.5</code>" in text] for name, text in shown.items()} == {
        "seller": [True, False],  # steel is his, paper is not
        "buyer": [True, True],  # runs the market
        "reader": [False, False],
    }
    assert ["steel → paper" in shown[name] for name in ("seller", "buyer", "reader")] == [True, True, False]


def test_a_bid_is_sealed_before_the_close(city: City, seller: Person, buyer: Person) -> None:
    place, reader, chief = CEA + "auctions/summer/", person(app_of(city), "王五"), person(app_of(city), "管理")
    assert ["91.11" in one.get(place).text for one in (buyer, seller, chief, reader)] == [True, False, False, False]
    assert ["91.11" in one.get(CEA).text for one in (buyer, seller, chief, reader)] == [True, False, False, False]
    head = token_of(city, "管理")
    answers = [
        Client(app_of(city)).get(API + one, headers=head).text for one in ("/cea", "/cea/auctions/summer", "/cea/requests")
    ]
    assert [word in answer for answer in answers for word in ("9111", "321", "bid.5")] == [False] * 9
    orders = chief.get("/qinglan/rights/orders/").text + chief.get("/qinglan/orders.json").text
    assert "bid" not in orders


def test_a_closed_auction_says_who_got_what_and_why(seller: Person) -> None:
    page = seller.get(CEA + "auctions/spring/").text
    assert "1,500 t 以 90.00 元/t 成交" in page
    assert "90.00 元这一档只剩 800 t，2 份报价共要 1,100 t" in page
    rows = re.findall(r'class="lead own">(\w+|不公开)</td>.*?<strong>([\d,]+)</strong></td><td data-label="依据">([^<]+)', page)
    assert (
        [(who, got, why[:4]) for who, got, why in rows]
        == [
            ("steel", "700", "高于或等"),  # hand-computed: 1 500 − 700 = 800 left for 600 + 500
            ("paper", "436", "边际价位"),  # 800 × 600 / 1 100 = 436.4
            ("glass", "364", "边际价位"),  # 800 × 500 / 1 100 = 363.6: the larger remainder
            ("glass", "0", "低于成交价"[:4]),
        ]
    )


def test_a_closed_auction_reads_the_same_after_a_restart(city: City, seller: Person) -> None:
    before = seller.get(CEA + "auctions/spring/").text
    again = person(app_of(open_city(city.folder)), "张三").get(CEA + "auctions/spring/").text
    rows = re.compile(r"<tbody>.*</tbody>", re.S)
    assert rows.findall(before) == rows.findall(again)


@pytest.mark.parametrize("path", ["nothing/", "cea/auctions/none/", "%00/", "a" * 65 + "/"])
def test_what_is_not_there_is_not_found(seller: Person, path: str) -> None:
    assert seller.get(HOME + path).status_code == 404


# --- forms -----------------------------------------------------------------------------------------------------------------


def test_two_orders_trade_and_are_delivered(city: City, seller: Person, buyer: Person) -> None:
    before = balances(city)
    assert ask(seller, "order", member="steel", side="sell", quantity="500", price="96.50", id="mine").status_code == 303
    after = balances(city)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "steel.cea": -200, "glass.cea": 200, "steel.yuan": 1_930_000, "glass.yuan": -1_930_000,
    }  # fmt: skip
    assert sum(after.values()) == sum(before.values())
    assert "<code>mine</code>" in buyer.get(CEA).text


def test_a_form_that_is_sent_twice_asks_once(city: City, seller: Person) -> None:
    fields = {"member": "steel", "side": "sell", "quantity": "10", "price": "99", "id": "twice"}
    assert [ask(seller, "order", **fields).status_code for _ in range(2)] == [303, 303]
    other = ask(seller, "order", **{**fields, "quantity": "11"})
    assert (other.status_code, "conflict" in other.text) == (409, True)
    with Markets(city) as markets, markets.opened() as exchange:
        assert sum(size for price, size in exchange.refresh().halls["cea"].orders.depth("sell") if price == 9_900) == 10


def test_nobody_asks_for_a_member_that_is_not_theirs(city: City, seller: Person) -> None:
    before = balances(city)
    answers = [
        ask(seller, "order", member="paper", side="buy", quantity="10", price="97"),
        ask(seller, "take", member="paper", target="f.2"),
        ask(seller, "cancel", target="o.5"),
        ask(seller, "refuse", target="f.2"),
        ask(seller, "bid", member="paper", auction="summer", quantity="1", price="99"),
    ]
    assert [(one.status_code, "您不代表成员“paper”" in one.text) for one in answers] == [(422, True)] * 5
    assert balances(city) == before
    assert ask(person(app_of(city), "王五"), "order").status_code == 403


def test_a_refusal_comes_back_with_its_code_and_what_was_typed(seller: Person) -> None:
    answer = ask(seller, "order", member="steel", side="sell", quantity="19,999", price="<b>9")
    assert (answer.status_code, "不能采用" in answer.text, "<b>9" in answer.text) == (422, True, False)
    short = ask(seller, "order", member="steel", side="sell", quantity="30000", price="99", id="short")
    assert short.headers["location"] == CEA + "?done=short#asked"  # beyond the threshold: it waits
    own = ask(seller, "take", member="steel", target="f.3")
    assert (own.status_code, "self_trade" in own.text, "不得与自己成交" in own.text) == (422, True, True)


def test_an_offer_is_taken_by_its_addressee_and_the_second_one_is_told(city: City, buyer: Person) -> None:
    before = balances(city)
    assert ask(buyer, "take", member="paper", target="f.2", id="t.2").status_code == 303
    after = balances(city)
    assert (after["paper.cea"] - before["paper.cea"], after["glass.yuan"] - before["glass.yuan"]) == (150, 1_440_000)
    late = ask(buyer, "take", member="paper", target="f.2", id="t.3")
    assert (late.status_code, "offer_over" in late.text) == (409, True)


def test_an_offer_is_refused_by_its_addressee(city: City, buyer: Person) -> None:
    assert ask(buyer, "refuse", target="f.2").status_code == 303
    assert ">f.2<" not in buyer.get(CEA).text
    with Markets(city) as markets, markets.opened() as exchange:
        held = exchange.rows.query("SELECT held FROM ledger_account WHERE name = 'glass.cea'")
    assert held == [(0,)]


def test_what_is_large_waits_for_a_second_person(seller: Person, buyer: Person) -> None:
    assert ask(seller, "order", member="steel", side="sell", quantity="11000", price="120", id="large").status_code == 303
    assert "11,000" not in seller.get(CEA).text.partition('id="book"')[2].partition("</section>")[0]
    assert ask(seller, "", to="decide").status_code == 403
    assert ask(buyer, "", to="decide", id="large", decision="accept").status_code == 303
    assert "11,000" in seller.get(CEA).text.partition('id="book"')[2].partition("</section>")[0]
    again = ask(buyer, "", to="decide", id="large", decision="accept")
    assert (again.status_code, "已处理过" in again.text) == (409, True)


def test_a_large_bid_is_decided_only_by_who_acts_for_its_member(city: City, seller: Person) -> None:
    assert ask(seller, "bid", member="steel", auction="summer", quantity="1900", price="93.21", id="big").status_code == 303
    chief = person(app_of(city), "管理")
    assert ["93.21" in one.get(CEA + "auctions/summer/").text for one in (seller, chief)] == [True, False]
    answer = ask(chief, "", to="decide", id="big", decision="accept")
    assert (answer.status_code, "没有申报" in answer.text) == (422, True)


def test_the_market_is_run_by_those_who_may(seller: Person, buyer: Person) -> None:
    assert ask(seller, "close_day", to="run").status_code == 403
    assert ask(buyer, "close_auction", to="run", auction="summer", here="summer", id="award").status_code == 303
    assert "321 t 以 91.11" in seller.get(CEA + "auctions/summer/").text
    assert ask(buyer, "close_day", to="run", id="shut").status_code == 303
    assert "已收市" in seller.get(CEA).text
    late = ask(seller, "order", member="steel", side="sell", quantity="1", price="99", id="late")
    assert (late.status_code, "day_closed" in late.text) == (409, True)


def test_a_delivery_that_fails_is_told_and_tried_again(city: City, seller: Person, buyer: Person) -> None:
    from dafeng.ledger.requests import SetState

    with Rights(city) as rights:
        rights.submit([[SetState("s.1", "paper.yuan", "blocked", "court")]])
    assert ask(seller, "order", member="steel", side="sell", quantity="320", price="96.30", id="into").status_code == 303
    page = seller.get(CEA).text
    assert ("未交割 (1)" in page, 'class="failed"' in page) == (True, True)
    with Rights(city) as rights:
        rights.submit([[SetState("s.2", "paper.yuan", "open", "lifted")]])
    assert ask(buyer, "settle", to="run").status_code == 303
    assert "未交割 (0)" in seller.get(CEA).text


def test_a_trade_whose_account_is_closed_is_told_as_given_back(city: City, seller: Person) -> None:
    from dafeng.ledger.requests import SetState, Transfer

    with Rights(city) as rights:
        held = rights.find_account("paper.cea")[0].balance
        empty = Transfer("s.0", "transfer", "paper.cea", "steel.cea", held, "2026-01-02")
        assert all(
            hasattr(one[0], "seq") for one in rights.submit([[empty], [SetState("s.1", "paper.cea", "closed", "merged")]])
        )
    assert ask(seller, "order", member="steel", side="sell", quantity="320", price="96.30", id="into").status_code == 303
    page = seller.get(CEA).text
    assert ("已退回 (1)" in page, "未交割 (0)" in page, 'class="failed"' in page) == (True, True, False)


def test_a_market_is_opened_and_joined(buyer: Person) -> None:
    made = buyer.write(
        HOME + "run", home=HOME, act="open_market", id="m2", market="第二", book="cea-m", money="yuan", terms="plain"
    )
    assert made.status_code == 303
    place = made.headers["location"].partition("?")[0]
    joined = buyer.write(HOME + "run", home=HOME, act="register", id="j2", market="第二", member="钢", account="steel.cea",
                         purse="steel.yuan")  # fmt: skip
    assert (joined.status_code, "还没有成交" in buyer.get(place).text) == (303, True)
    unfit = buyer.write(HOME + "run", home=HOME, act="register", id="j3", market="第二", member="a", account="steel.cea",
                        purse="paper.yuan")  # fmt: skip
    assert (unfit.status_code, "account_unfit" in unfit.text) == (422, True)


# --- the API ---------------------------------------------------------------------------------------------------------------

WANTED = {"id": "api-1", "act": "order", "member": "steel", "side": "sell", "quantity": 60, "price": 9_650}


def test_a_program_asks_and_asks_again(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "张三")
    answers = [client.post(API + "/cea/requests", json=WANTED, headers=head) for _ in range(2)]
    assert [(one.status_code, one.json()["state"], one.json()["again"]) for one in answers] == [
        (201, "booked", False),
        (200, "booked", True),
    ]
    other = client.post(API + "/cea/requests", json={**WANTED, "quantity": 61}, headers=head)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    trades = client.get(API + "/cea/trades?limit=2", headers=head).json()
    assert next((one["quantity"], one["price"], one["seller"]) for one in trades["items"]) == (60, 9_650, "steel")
    older = client.get(trades["next"], headers=head).json()["items"]
    assert not {one["trade"] for one in older} & {one["trade"] for one in trades["items"]}


def test_a_program_may_no_more_than_its_account(city: City) -> None:
    client = Client(app_of(city))
    heads = [token_of(city, "王五"), token_of(city, "张三", "read")]
    assert [client.post(API + "/cea/requests", json=WANTED, headers=head).status_code for head in heads] == [403, 403]
    other = client.post(API + "/cea/requests", json={**WANTED, "member": "paper"}, headers=token_of(city, "张三"))
    assert (other.status_code, client.get(API).status_code, client.post(API + "/cea/requests", json=WANTED).status_code) == (
        403,
        401,
        401,
    )


@pytest.mark.parametrize(("wrong", "code"), [({"act": "close_day"}, None), ({"quantity": "60"}, None), ({"price": 1.5}, None),
                                             ({"quantity": 0}, "malformed"), ({"side": ""}, "malformed"),
                                             ({"id": "a/b"}, "malformed")])  # fmt: skip
def test_a_body_of_another_form_is_refused(city: City, wrong: dict[str, Any], code: str | None) -> None:
    answer = Client(app_of(city)).post(API + "/cea/requests", json={**WANTED, **wrong}, headers=token_of(city, "张三"))
    assert (answer.status_code, answer.json().get("code")) == (422, code)


@pytest.mark.parametrize("act", ["order", "offer"])
def test_what_no_ledger_can_hold_waits_for_nobody(city: City, act: str) -> None:
    body = {**WANTED, "act": act, "side": "buy", "quantity": 2**40, "price": 2**40}
    answer = Client(app_of(city)).post(API + "/cea/requests", json=body, headers=token_of(city, "张三"))
    assert (answer.status_code, answer.json().get("state"), answer.json().get("code")) == (422, "refused", "quantity_bad")


def test_the_ledger_keeps_no_order_under_the_name_of_a_market(city: City) -> None:
    body = {
        "id": "market/x",
        "kind": "transfer",
        "giver": "glass.cea",
        "taker": "pool.cea",
        "quantity": 1,
        "effective": "2026-01-01",
    }
    answer = Client(app_of(city)).post(API[:-7] + "transfers", json=body, headers=token_of(city, "张三"))
    assert (answer.status_code, answer.json()["code"]) == (422, "id_reserved")


# --- on PostgreSQL, and with a browser ------------------------------------------------------------------------------------


def test_postgresql_says_the_same(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    import yaml

    made = city_with_people(tmp_path)
    told = yaml.safe_load((made.folder / "city.yaml").read_text("utf-8"))
    told["options"] = {**(told.get("options") or {}), "ledger": fresh(request.getfixturevalue("server").get_uri())}
    (made.folder / "city.yaml").write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    city = open_city(made.folder)
    fill_market(city)
    office = Office(city)
    one = person(create_app([], offices=[office]), "张三")
    assert "1,500 t 以 90.00 元/t 成交" in one.get(CEA + "auctions/spring/").text
    assert ask(one, "order", member="steel", side="sell", quantity="500", price="96.50", id="mine").status_code == 303
    assert "96.50" in one.get(CEA).text.partition('id="trades-list"')[2]
    office.markets.close()
    office.rights.close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


def log_in(page: Any, base: str, name: str) -> None:
    page.goto(base + "/qinglan/login")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action=login] button").click()
    page.wait_for_url("**/review/")


@pytest.mark.browser
@pytest.mark.slow
def test_two_people_place_orders_that_trade(browser: Any, city: City) -> None:
    """On a phone and without scripts: one sells, the other buys at the price, both see the trade and that it is delivered."""
    with served(create_app([], offices=[city])) as base:
        one = Visit(browser, viewport={"width": 390, "height": 844}, java_script_enabled=False)
        two = Visit(browser, viewport={"width": 1366, "height": 768})
        for visit, name in ((one, "张三"), (two, "李四")):
            log_in(visit.page, base, name)
            visit.page.goto(base + CEA)
        for visit, member, side in ((one, "steel", "sell"), (two, "paper", "buy")):
            form = visit.page.locator("form:has([value=order])")
            visit.page.locator("summary", has_text="挂牌申报").click()
            form.locator("[name=member]").select_option(member)
            form.locator("[name=side]").select_option(side)
            form.locator("[name=quantity]").fill("77")
            form.locator("[name=price]").fill("96.70")
            form.locator("button").click()
            expect(visit.page.locator(".note.good")).to_be_visible()
        one.page.goto(base + CEA)
        for visit in (one, two):
            row = visit.page.locator("#trades-list tbody tr").first
            expect(row).to_contain_text("96.70")
            expect(row).to_contain_text("steel → paper")
            expect(row).to_contain_text("已交割")
        assert [visit.clean() for visit in (one, two)] == [([], [])] * 2
        assert one.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        for visit in (one, two):
            visit.context.close()
