"""The pages of rights, the API and the public registry: what they say, what a form does, what comes back when it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from dafeng.core.errors import CityError
from dafeng.ledger.act import Allot
from dafeng.ledger.beancount import spell_beancount
from dafeng.ledger.requests import Transfer
from dafeng.reports.certificate_pdf import write_pdf
from dafeng.store.access_tokens import make_token
from dafeng.store.ledger_rows import open_rows
from dafeng.store.records import open_records
from dafeng.web import ledger_proof_api
from dafeng.web.app import create_app
from dafeng.web.public_app import create_public_app
from dafeng.web.server import read_views
from dafeng.work import right_certificate
from dafeng.work.allotments import open_period
from dafeng.work.city import City, init, open_city
from dafeng.work.noted_orders import read_order, read_orders
from dafeng.work.right_certificate import find_certificate
from dafeng.work.right_orders import decide_order, place_act, place_order
from dafeng.work.right_proof import list_day_roots
from dafeng.work.right_register import publishes_books
from dafeng.work.rights import Rights
from tests.web.browser import Visit, launched, served
from tests.web.client import Client, unknown_choices
from tests.web.ledgers import DAY, fill_ledger
from tests.web.reviews import PASSWORD, Person, app_of, city_with_people, hidden, person

HOME = "/qinglan/rights/"
ACCOUNT = HOME + "accounts/6/"
API = "/api/v1/cities/qinglan/ledger/"
PUBLIC = "/public/qinglan/registry"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, fast_hashes: None) -> Path:  # noqa: ARG001 - before any hash
    """Folder of a city with people and books that is copied for each test."""
    made = city_with_people(tmp_path_factory.mktemp("filled"))
    fill_ledger(made)
    return made.folder


@pytest.fixture
def city(filled: Path, tmp_path: Path) -> City:
    copytree(filled, tmp_path / "qinglan")
    return open_city(tmp_path / "qinglan")


@pytest.fixture
def editor(city: City) -> Person:
    return person(app_of(city), "张三")


def publish(city: City) -> None:
    (city.overlay / "visibility.yaml").write_text("id: visibility\nkinds:\n  registry: public\n", "utf-8")


def ask(who: Person, act: str, page: str = ACCOUNT, **fields: str) -> httpx.Response:
    """Answer to a form as the page has it, with some fields filled in."""
    text = who.get(page).text
    form = next(one for one in re.findall(r"<form.*?</form>", text, re.S) if f'name="act" value="{act}"' in one)
    given = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', form))
    return who.post(HOME + "ask", data={**given, "effective": DAY, **fields}, follow=False)


def token_of(city: City, name: str, scope: str = "write") -> dict[str, str]:
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor=name, at=at) as session:
        return {"authorization": f"Bearer {make_token(session, name, 'test', scope, 5, at=at)}"}


# --- pages -----------------------------------------------------------------------------------------------------------------


def test_the_sums_of_a_book_stand_on_the_overview(editor: Person) -> None:
    page = editor.get(HOME).text
    assert [word in page for word in ("2 本账簿，收付相符", "120,000", "118,760", "1 项申请等待复核")] == [True] * 4


def test_the_json_says_the_same(editor: Person) -> None:
    books, orders = editor.get("/qinglan/rights.json").json(), editor.get("/qinglan/orders.json").json()
    assert (books[0]["book"], books[0]["issued"], books[0]["retired"]) == ("ccer", 120_000, 240)
    assert orders[0]["id"] == "large-1"


def test_a_city_without_books_says_what_to_do(tmp_path: Path) -> None:
    made = city_with_people(tmp_path)
    page = person(app_of(made), "李四").get(HOME)
    assert (page.status_code, "还没有账簿" in page.text, "开立账簿" in page.text) == (200, True, True)
    assert not (made.folder / "ledger.sqlite").exists()


def test_accounts_are_chosen_by_type_and_id(editor: Person) -> None:
    found = {query: editor.get(f"{HOME}books/1/?{query}").text for query in ("type=person", "account=B-1", "account=nobody")}
    assert ["赵六" in found["type=person"], "甲公司" in found["type=person"]] == [True, False]
    assert ["乙公司" in found["account=B-1"], "甲公司" in found["account=B-1"]] == [True, False]
    assert "没有符合条件的账户" in found["account=nobody"]


def test_a_type_or_state_of_accounts_that_there_is_not_is_told(editor: Person) -> None:
    queries = ("type=zzz&state=yyy", "type=zzz&lang=en", "type=person&state=open")
    page, english, known = (editor.get(f"{HOME}books/1/?{query}").text for query in queries)
    assert unknown_choices(page) == [
        "地址里的账户类型“zzz”不存在，没有按它筛选：全部显示。", "地址里的状态“yyy”不存在，没有按它筛选：全部显示。"
    ]  # fmt: skip
    assert unknown_choices(english) == ["There is no type of account &#39;zzz&#39;: all are shown."]
    assert (unknown_choices(known), "甲公司" in page, "赵六" in page) == ([], True, True)


def test_a_long_statement_comes_in_pages_of_fifty(city: City, editor: Person) -> None:

    with Rights(city) as rights:
        rights.submit([[Transfer(f"n{at}", "transfer", "A-1", "B-1", 1, DAY)] for at in range(60)])
    first = editor.get(ACCOUNT).text
    older = re.findall(r'rel="next" href="([^"#]+)', first)[0]
    second = editor.get(older).text
    newer = re.findall(r'rel="prev" href="([^"#]+)', second)[0]
    rows = [re.findall(r'<tr id="e(\d+)"', text) for text in (first, second, editor.get(newer).text)]
    assert (len(rows[0]), rows[2], set(rows[0]) & set(rows[1])) == (50, rows[0], set())


@pytest.mark.parametrize(
    "path", ["books/9/", "accounts/99/", "events/999/", "certificates/17.pdf", "accounts/99999999999999999999/"]
)
def test_what_is_not_there_is_not_found(editor: Person, path: str) -> None:
    assert editor.get(HOME + path).status_code == 404


def test_an_event_says_how_it_came_about(editor: Person) -> None:
    page = editor.get(HOME + "events/20/").text
    assert [word in page for word in ("海边马拉松", "retire-1", "李四 复核", "3801–3920", "散列链")] == [True] * 5


# --- forms -----------------------------------------------------------------------------------------------------------------


def test_a_transfer_is_booked_once_however_often_it_is_sent(city: City, editor: Person) -> None:
    text = editor.get(ACCOUNT).text
    name = re.findall(r'name="act" value="transfer"><input type="hidden" name="id" value="(\w+)"', text)[0]
    fields = {
        "act": "transfer",
        "id": name,
        "here": "6",
        "account": "A-1",
        "kind": "transfer",
        "taker": "B-1",
        "quantity": "1,000",
    }
    answers = [
        editor.post(HOME + "ask", data={"token": hidden(editor.get(ACCOUNT)), "effective": DAY, **fields}, follow=False)
        for _ in range(2)
    ]
    assert [(one.status_code, one.headers["location"]) for one in answers] == [(303, ACCOUNT + "#e22")] * 2
    with Rights(city) as rights:
        assert rights.find_account("B-1")[0].balance == 3_500


def test_a_refusal_comes_back_with_its_code_and_what_was_typed(editor: Person) -> None:
    answer = ask(editor, "transfer", taker="nobody", quantity="7", reason="<b>typed</b>")
    assert (answer.status_code, "接收账户不存在" in answer.text, "7020" in answer.text) == (422, True, True)
    assert ('value="nobody"' in answer.text, "<b>typed" in answer.text) == (True, False)


@pytest.mark.parametrize(("field", "value"), [("quantity", "ten"), ("effective", "31.12.2026"), ("serials", "a-b")])
def test_what_does_not_read_is_said(editor: Person, field: str, value: str) -> None:
    answer = ask(editor, "transfer", **{"taker": "B-1", "quantity": "1", field: value})
    assert (answer.status_code, "不能采用" in answer.text, f'value="{value}"' in answer.text) == (422, True, True)


def test_a_retirement_waits_and_is_booked_by_somebody_else(city: City, editor: Person) -> None:
    answer = ask(editor, "retire", quantity="30", beneficiary="图书馆", reason="开馆")
    assert answer.headers["location"] == HOME + "orders/"
    page = person(app_of(city), "李四").get(HOME + "orders/").text
    name = re.findall(r'name="id" value="([0-9a-f]{32})"', page)[0]
    assert person(app_of(city), "张三").write(HOME + "decide", home=HOME, id=name).status_code == 403
    assert person(app_of(city), "李四").write(HOME + "decide", home=HOME, id=name).status_code == 303
    with Rights(city) as rights:
        order = read_order(rights, name)
        assert (order.state, find_certificate(rights, name).beneficiary) == ("booked", "图书馆")


def test_an_order_for_a_whole_table_shows_each_share_and_its_events_who_asked(city: City) -> None:
    open_period(city, "cea-2023", "2023", limit=100_000, enterprises=["甲<b>", "乙"])
    shares = (("甲<b>", 12_000), ("乙", 7_500))
    act = Allot("table-1", "cea-2023", False, DAY, shares)
    with Rights(city) as rights:
        requests = [Transfer("x", "allocate", "cea-2023.issuer", "cea-2023.乙", 7_500, DAY)]
        assert place_act(rights, act, requests, who="张三").state == "waiting"
    chief = person(app_of(city), "李四")
    page = chief.get(HOME + "orders/").text
    assert [word in page for word in ("19,500", "甲&lt;b&gt;", "12,000", "2 家企业", "甲<b>")] == [True] * 4 + [False]
    assert chief.write(HOME + "decide", home=HOME, id="table-1").status_code == 303
    with Rights(city) as rights:
        event = read_order(rights, "table-1").event
    page = chief.get(f"{HOME}events/{event}/").text
    assert [word in page for word in ("张三", "李四 复核", "7,500")] == [True] * 3


def test_nobody_decides_an_order_of_their_own(city: City) -> None:
    chief = person(app_of(city), "李四")
    ask(chief, "retire", quantity="30", beneficiary="b", reason="c")
    page = chief.get(HOME + "orders/").text
    name = re.findall(r'id="o-([0-9a-f]{32})"', page)[0]
    answer = chief.write(HOME + "decide", home=HOME, id=name)
    assert (answer.status_code, "不能复核自己的申请" in answer.text, "自己的申请由他人复核" in page) == (422, True, True)


def accept_waiting(city: City) -> None:
    """Let a second person accept what waits, but the large transfer that waited before."""
    with Rights(city) as rights:
        for one in read_orders(rights, states=("waiting",)):
            if one.id != "large-1":
                assert decide_order(rights, one.id, accept=True, who="李四").state == "booked"


def test_a_freeze_is_made_and_released(city: City, editor: Person) -> None:
    assert ask(editor, "hold", quantity="50", reason="court").status_code == 303
    accept_waiting(city)
    assert "court" not in editor.get(ACCOUNT).text
    text = editor.get(ACCOUNT).text
    assert text.count('value="release"') == 2
    assert ask(editor, "release", quantity="1,000").status_code == 303  # the first one, hold-1
    with Rights(city) as rights:
        assert rights.find_account("A-1")[0].held == 1_050  # nobody frees alone what is frozen
        accept_waiting(city)
        assert rights.find_account("A-1")[0].held == 50


BOOK = HOME + "books/1/"


def waiting_id(who: Person) -> str:
    """Id of the order that was asked for last."""
    return re.findall(r'id="o-([0-9a-f]{32}(?:-\d)?)"', who.get(HOME + "orders/").text)[0]


def test_a_limit_is_changed_by_two_on_the_page_of_the_book(city: City, editor: Person) -> None:
    page = editor.get(BOOK).text
    assert "现为 1,000,000\u00a0t" in page
    answer = ask(editor, "set_limit", page=BOOK, limit="2,000,000", reason="总量调整")
    assert answer.headers["location"] == HOME + "orders/"
    assert "1 项申请等待复核" not in editor.get(HOME + "books/2/").text
    second = person(app_of(city), "李四")
    text = second.get(HOME + "orders/").text
    assert ("改总量" in text, "2,000,000" in text) == (True, True)
    assert second.write(HOME + "decide", home=HOME, id=waiting_id(second)).status_code == 303
    with Rights(city) as rights:
        assert rights.find_account("ccer.issuer")[0].limit == 2_000_000


def test_a_limit_below_what_is_issued_is_refused_when_it_is_decided(city: City, editor: Person) -> None:
    ask(editor, "set_limit", page=BOOK, limit="5", reason="too low")
    second = person(app_of(city), "李四")
    second.write(HOME + "decide", home=HOME, id=waiting_id(second))
    assert "limit_below" in second.get(HOME + "orders/").text


def test_the_past_of_a_book_is_locked_and_the_book_closed_by_two(city: City, editor: Person) -> None:
    second = person(app_of(city), "李四")
    ask(editor, "set_book", page=BOOK, before="2026-03-02", state="open", reason="年度结账")
    assert "2026-03-02 之前已锁账" in second.get(HOME + "orders/").text
    second.write(HOME + "decide", home=HOME, id=waiting_id(second))
    assert "2026-03-02 之前已锁账" in editor.get(BOOK).text
    refused = ask(editor, "transfer", taker="B-1", quantity="1", effective="2026-03-01")
    assert (refused.status_code, "book_closed" in refused.text) == (422, True)
    ask(editor, "set_book", page=BOOK, before="", state="closed", reason="停用")
    second.write(HOME + "decide", home=HOME, id=waiting_id(second))
    page = editor.get(BOOK).text
    assert ("账簿已关闭" in page, 'value="set_limit"' in page, 'value="set_book"' in page) == (True, False, True)


def test_what_changes_nothing_of_a_book_comes_back_with_what_was_typed(editor: Person) -> None:
    answer = ask(editor, "set_book", page=BOOK, before="", state="open", reason="<i>nothing</i>")
    assert (answer.status_code, "不能采用" in answer.text, "<i>nothing" in answer.text) == (422, True, False)
    for typed in ("soon", "2026-02-30"):
        assert ask(editor, "set_book", page=BOOK, before=typed, state="open", reason="x").status_code == 422
    assert ask(editor, "set_limit", page=BOOK, limit="many", reason="x").status_code == 422


def test_a_pending_transfer_is_posted_or_given_up(city: City, editor: Person) -> None:
    far = 2**52
    with Rights(city) as rights:
        for name in ("p1", "p2"):
            place_order(rights, Transfer(name, "transfer", "A-1", "B-1", 40, DAY, until=far), who="张三")
    text = editor.get(ACCOUNT).text
    forms = [one for one in re.findall(r"<form.*?</form>", text, re.S) if 'value="void"' in one]
    assert len(forms) == 2
    for form, act, quantity in ((forms[0], "post", "30"), (forms[1], "void", "")):
        given = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', form))
        done = editor.post(HOME + "ask", data={**given, "act": act, "quantity": quantity}, follow=False)
        assert done.status_code == 303
    with Rights(city) as rights:
        assert (rights.find_account("B-1")[0].balance, rights.find_account("A-1")[0].held) == (2_530, 1_000)


def test_the_form_of_a_transfer_sets_units_aside(city: City, editor: Person) -> None:
    held = {"taker": "B-1", "quantity": "40", "effective": DAY}
    assert 'name="until"' in re.findall(r'value="transfer".*?</form>', editor.get(ACCOUNT).text, re.S)[0]
    assert ask(editor, "transfer", **held, until="2099-01-01").status_code == 303
    assert "2099-01-01 00:00" in editor.get(ACCOUNT).text
    assert "预留至 2099-01-01 00:00" in editor.get(HOME + "orders/").text
    with Rights(city) as rights:
        assert (rights.find_account("B-1")[0].balance, rights.find_account("A-1")[0].held) == (2_500, 1_040)
    assert ask(editor, "transfer", **held, until="2020-01-01").status_code == 422
    assert ask(editor, "transfer", **held, until="soon").status_code == 422


def test_a_freeze_ends_on_the_day_that_is_typed(city: City, editor: Person) -> None:
    assert ask(editor, "hold", quantity="50", reason="court", until="2099-01-01").status_code == 303
    accept_waiting(city)
    assert "2099-01-01 00:00" in editor.get(ACCOUNT).text  # the day and the page's clock are those of the city
    assert ask(editor, "hold", quantity="50", reason="court", until="later").status_code == 422


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("place", ["", "orders/"])
def test_a_city_without_accounts_is_told_how_to_set_them_up(tmp_path: Path, place: str, language: str) -> None:
    bare = init(tmp_path / "bare", place="990200")
    client = Client(create_app([], offices=[bare]))
    answer = client.get(f"/bare/rights/{place}?lang={language}")
    words = {"zh": "先设立管理员，再开立账簿", "en": "First an administrator, then the books"}
    assert (answer.status_code, words[language] in answer.text, "dafeng user add CITY" in answer.text) == (200, True, True)
    assert str(bare.folder) not in answer.text
    assert (bare.folder / "records.sqlite").exists() is False
    assert client.get("/other/rights/").status_code == 404
    assert client.get("/bare/rights/books/1/").status_code == 404


def test_a_movement_is_reversed_with_a_reason_by_two(city: City, editor: Person) -> None:
    answer = ask(editor, "reverse", page=ACCOUNT + "?reverse=move-2", reason="typing error")
    assert answer.headers["location"] == HOME + "orders/"
    page = person(app_of(city), "管理").get(HOME + "orders/").text
    name = re.findall(r'id="o-([0-9a-f]{32})"', page)[0]
    chief = person(app_of(city), "管理")
    assert chief.write(HOME + "decide", home=HOME, id=name, decision="reject", says="not so").status_code == 303
    assert "not so" in chief.get(HOME + "orders/").text


def test_books_and_accounts_are_opened_by_those_who_may(city: City) -> None:
    chief = person(app_of(city), "李四")
    assert chief.write(HOME + "open", home=HOME, plan="points", limit="1000").headers["location"] == HOME + "books/3/"
    made = chief.write(
        HOME + "account", home=HOME, book="points", account="u-1", type="person", holder="h", title="<i>name</i>"
    )
    page = chief.get(made.headers["location"]).text
    assert ("&lt;i&gt;name" in page, "<i>name" in page) == (True, False)
    again = chief.write(HOME + "account", home=HOME, book="points", account="u-1", type="person", holder="other")
    assert (again.status_code, "conflict" in again.text) == (409, True)
    assert person(app_of(city), "张三").write(HOME + "open", home=HOME, plan="yuan").status_code == 403


def test_an_account_that_lacks_what_its_type_needs_is_refused_by_name(city: City) -> None:
    answer = person(app_of(city), "李四").write(
        HOME + "account", home=HOME, book="ccer", account="T-9", type="trading", holder="h", primary="p", secondary="p"
    )
    assert (answer.status_code, "representatives_same" in answer.text) == (409, True)


# --- certificate -----------------------------------------------------------------------------------------------------------


def test_a_certificate_is_a_pdf_in_either_language(editor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_certificate.registry, "load", lambda group, name: write_pdf)
    answers = [editor.get(HOME + f"certificates/20.pdf?lang={lang}") for lang in ("zh", "en")]
    assert [(one.status_code, one.headers["content-type"], one.content[:5]) for one in answers] == [
        (200, "application/pdf", b"%PDF-")
    ] * 2
    assert answers[0].content != answers[1].content


def test_without_the_typesetter_it_is_said_what_to_install(editor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from dafeng.core.errors import SettingError
    from dafeng.core.labels import Label

    def refuse(*_: Any) -> bytes:
        said = Label("未安装排版组件", "the typesetter is missing")
        raise SettingError(said, where="pdf", expected=said, remedy=Label("pip install", "pip install"))

    monkeypatch.setattr(right_certificate.registry, "load", lambda group, name: refuse)
    answer = editor.get(HOME + "certificates/20.pdf")
    assert (answer.status_code, "未安装排版组件" in answer.text) == (422, True)


# --- the API ---------------------------------------------------------------------------------------------------------------

WANTED = {"id": "api-1", "kind": "transfer", "giver": "A-1", "taker": "B-1", "quantity": 40, "effective": DAY}


REASON = "court 7"
ASKED = [
    ("retirements", {"account": "A-1", "quantity": 7, "effective": DAY, "beneficiary": "灯塔"}, 202),
    ("holds", {"account": "A-1", "kind": "pledge", "quantity": 5, "reason": REASON}, 201),
    ("releases", {"hold": "hold-1", "quantity": 10}, 202),
    ("reversals", {"transfer": "move-1", "effective": DAY, "reason": REASON}, 202),
    ("states", {"account": "B-1", "state": "blocked", "reason": REASON}, 202),
    ("limits", {"account": "ccer.issuer", "limit": 2_000_000, "reason": REASON}, 202),
    ("locks", {"book": "ccer", "before": "2026-02-01", "reason": REASON}, 202),
    ("posts", {"pending": "p1", "quantity": 3}, 201),
    ("voids", {"pending": "p2"}, 201),
]


@pytest.mark.parametrize(("name", "body", "code"), ASKED, ids=[one[0] for one in ASKED])
def test_a_program_asks_for_all_that_the_pages_ask_for(city: City, name: str, body: dict[str, Any], code: int) -> None:
    with Rights(city) as rights:
        for one in ("p1", "p2"):
            place_order(rights, Transfer(one, "transfer", "A-1", "B-1", 4, DAY, until=2**52), who="张三")
    client, head = Client(app_of(city)), token_of(city, "张三")
    wanted = {"id": "act-1", **body}
    first, again = (client.post(API + name, json=wanted, headers=head) for _ in range(2))
    assert (first.status_code, again.json()["again"], again.json()["event"]) == (code, True, first.json()["event"])
    assert client.get(API + "transfers/act-1", headers=head).json()["state"] == ("booked" if code == 201 else "waiting")
    other = {**wanted, **{key: 2 if key == "quantity" else "另一个" for key in ("quantity", "reason") if key in body}}
    if other != wanted:
        assert client.post(API + name, json=other, headers=head).status_code == 409
    assert client.post(API + name, json={**wanted, "more": 1}, headers=head).status_code == 422
    assert client.post(API + name, json=wanted).status_code == 401
    assert client.post(API + name, json=wanted, headers=token_of(city, "张三", "read")).status_code == 403


def test_a_program_sets_units_aside_and_posts_them(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "张三")
    wanted = {**WANTED, "until": 2**52}
    first, again = (client.post(API + "transfers", json=wanted, headers=head) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()["again"]) == (201, 200, True)
    assert client.get(API + "accounts/A-1", headers=head).json()["claims"][-1]["kind"] == "pending"
    assert client.post(API + "transfers", json=WANTED, headers=head).status_code == 409
    for wrong in (1, -1, "soon", 2**60):
        assert client.post(API + "transfers", json={**wanted, "id": "w", "until": wrong}, headers=head).status_code == 422
    told = client.post(API + "posts", json={"id": "post-1", "pending": "api-1"}, headers=head)
    with Rights(city) as rights:
        assert (told.status_code, rights.find_account("B-1")[0].balance) == (201, 2_540)


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("retirements", {"account": "none", "quantity": 7, "effective": DAY, "beneficiary": "x"}, 404),
        ("holds", {"account": "A-1", "kind": "seize", "quantity": 5, "reason": "x"}, 422),
        ("releases", {"hold": "none"}, 422),
        ("voids", {"pending": "none"}, 422),
        ("states", {"account": "none", "state": "blocked", "reason": "x"}, 422),
        ("reversals", {"transfer": "move-1", "effective": "soon", "reason": "x"}, 422),
    ],
)
def test_what_a_program_asks_wrongly_is_refused(city: City, name: str, body: dict[str, Any], code: int) -> None:
    answer = Client(app_of(city)).post(API + name, json={"id": "wrong-1", **body}, headers=token_of(city, "张三"))
    assert answer.status_code == code


@pytest.mark.parametrize("name", ["market/hold/x", "market/trade/cea/day/1"])
def test_nobody_takes_an_id_of_the_markets(city: City, name: str) -> None:
    body = {"id": name, "account": "A-1", "kind": "freeze", "quantity": 1, "reason": "x"}
    told = Client(app_of(city)).post(API + "holds", json=body, headers=token_of(city, "张三"))
    assert (told.status_code, told.json()["code"], told.json()["about"]) == (422, "id_reserved", name)


def test_a_program_asks_and_asks_again(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "张三")
    answers = [client.post(API + "transfers", json=WANTED, headers=head) for _ in range(2)]
    assert [(one.status_code, one.json()["state"], one.json()["event"]) for one in answers] == [
        (201, "booked", 22),
        (200, "booked", 22),
    ]
    other = client.post(API + "transfers", json={**WANTED, "quantity": 41}, headers=head)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


def test_a_refusal_tells_code_annex_and_words(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "张三")
    told = client.post(API + "transfers", json={**WANTED, "taker": "nobody"}, headers=head)
    assert (told.status_code, told.json()["code"], told.json()["annex"]) == (422, "taker_unknown", "7020")
    assert set(told.json()["says"]) == {"zh", "en"}


@pytest.mark.parametrize(
    "wrong", [{"quantity": "40"}, {"quantity": 0}, {"quantity": 1.5}, {"extra": 1}, {"effective": "today"}]
)
def test_a_body_of_another_form_is_refused(city: City, wrong: dict[str, Any]) -> None:
    answer = Client(app_of(city)).post(API + "transfers", json={**WANTED, **wrong}, headers=token_of(city, "张三"))
    assert answer.status_code == 422


def test_who_may_only_read_asks_for_nothing(city: City) -> None:
    client = Client(app_of(city))
    heads = [token_of(city, "王五"), token_of(city, "张三", "read")]
    assert [client.post(API + "transfers", json=WANTED, headers=head).status_code for head in heads] == [403, 403]
    assert client.post(API + "transfers", json=WANTED).status_code == 401
    assert client.get(API + "books").status_code == 401
    assert person(app_of(city), "张三").get(API + "books").status_code == 401  # a cookie is no token


def test_a_large_transfer_of_a_program_waits(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "张三")
    told = client.post(API + "transfers", json={**WANTED, "quantity": 5_001}, headers=head)
    assert (told.status_code, told.json()["state"], told.json()["second_person"]) == (202, "waiting", True)
    assert client.get(API + "transfers/api-1", headers=head).json()["state"] == "waiting"


def test_lists_come_in_pages_that_are_known_by_their_mark(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "王五")
    seen, place = [], API + "accounts?book=ccer&limit=3"
    while place:
        told = client.get(place, headers=head)
        seen += [one["account"] for one in told.json()["items"]]
        place = told.json()["next"]
    assert (len(seen), len(set(seen)), seen[-1]) == (8, 8, "P-1")
    mark = client.get(API + "books", headers=head).headers["etag"]
    assert client.get(API + "books", headers={**head, "if-none-match": mark}).status_code == 304
    first = client.get(API + "accounts/A-1?limit=2", headers=head).json()
    second = client.get(first["next"], headers=head).json()
    assert [one["event"] for one in first["lines"] + second["lines"]] == [20, 18, 17, 16]
    assert client.get(API + "accounts/nobody", headers=head).status_code == 404


# --- the public registry ---------------------------------------------------------------------------------------------------


def test_nothing_is_public_until_the_city_says_so(city: City) -> None:
    client = Client(app_of(city))
    places = [PUBLIC, PUBLIC + ".json", PUBLIC + "/verify", PUBLIC + "/verify?code=20-AAAA-AAAA-AAAA"]
    assert [client.get(place).status_code for place in places] == [404] * 4
    publish(city)
    assert [client.get(place).status_code for place in places] == [200] * 4


def test_the_registry_names_no_holder_and_no_person(city: City) -> None:
    publish(city)
    client = Client(app_of(city))
    for told in (client.get(PUBLIC).text, client.get(PUBLIC + ".json").text):
        assert ("海边马拉松" in told, "CN-WIND-7" in told) == (True, True)
        assert [word for word in ("甲公司", "乙公司", "赵六", "holder of", "婚礼") if word in told] == []


def test_programs_audit_the_ledger_and_read_it_as_it_was(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "李四")

    def get(path: str, who: dict[str, str] = head) -> Any:
        return client.get(API + path, headers=who)

    assert get("audit").json() == {"whole": True, "findings": []}
    assert get("audit", token_of(city, "张三")).status_code == 403
    told = get("balances?book=ccer&day=2001-01-01").json()
    assert (told["book"], told["accounts"]) == ("ccer", [])
    assert sum(one["balance"] for one in get("balances?book=ccer").json()["accounts"]) == 0
    assert [get(f"balances?{query}").status_code for query in ("book=no", "book=ccer&day=soon")] == [404, 422]
    assert get("roots").json() == {"items": []}
    assert "balance " in get("beancount").text
    assert get("transfers?state=bogus").status_code == 422


def test_each_piece_of_the_whole_may_be_asked_for_by_another_thread(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_proof_api, "PIECE", 512)
    with Rights(city) as rights:
        answer = ledger_proof_api._spell(rights)
        pieces = []
        with suppress(StopIteration):
            while True:
                with ThreadPoolExecutor(1) as another:
                    pieces.append(another.submit(lambda: [next(answer)]).result()[0])
    with open_rows(city.ledger, reads=True) as rows:
        assert (b"".join(pieces).decode(), len(pieces) > 3) == ("".join(spell_beancount(rows)), True)


def test_a_lost_ledger_is_told_on_every_face(editor: Person, city: City) -> None:
    """The records name what was booked: no page shows an empty ledger in its place."""
    publish(city)
    with Rights(city) as rights:
        place_order(rights, Transfer("kept-1", "transfer", "A-1", "B-1", 1, DAY), who="张三")
    Path(city.ledger).unlink()
    for path in (HOME, ACCOUNT, "/qinglan/rights.json", PUBLIC, PUBLIC + "/verify?code=20-AAAA-AAAA-AAAA"):
        answer = editor.get(path)
        assert (answer.status_code, "Traceback" in answer.text) == (503, False), path
    assert "备份" in editor.get(HOME).text
    assert "备份" in editor.get("/qinglan/rights.json").json()["remedy"]["zh"]
    assert editor.get("/public/qinglan").status_code in (200, 404)
    assert not Path(city.ledger).exists()


def test_a_certificate_is_verified_by_the_ledger(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(city)
    with Rights(city) as rights:
        codes = [find_certificate(rights, name).code for name in ("retire-1", "retire-2")]
    client = Client(app_of(city))
    own, persons = (client.get(f"{PUBLIC}/verify?code={code}").text for code in codes)
    assert ("凭证属实" in own, "海边马拉松" in own) == (True, True)
    assert ("凭证属实" in persons, "个人" in persons, "婚礼" in persons) == (True, True, False)
    assert "结束（UTC）后才有当日根值" in own
    monkeypatch.setattr("dafeng.work.right_proof._today", lambda: datetime.now(UTC).date() + timedelta(days=1))
    with Rights(city) as rights:
        root = next(list_day_roots(rights)).root
    assert root in client.get(f"{PUBLIC}/verify?code={codes[0]}").text
    wrong = client.get(f"{PUBLIC}/verify?code={codes[0][:-1]}%22%3E%3Cb%3E").text
    assert ("没有这张凭证" in wrong, "<b>" in wrong) == (True, False)


def test_the_public_server_has_the_registry_too(city: City) -> None:
    publish(city)
    client = Client(create_public_app([], offices=[city]))
    assert [client.get(place).status_code for place in (PUBLIC, "/qinglan/rights/", API + "books")] == [200, 404, 404]


@pytest.mark.parametrize("make", [app_of, lambda city: create_public_app([], offices=[city])])
def test_before_the_first_assessment_the_registry_is_there_and_the_rest_says_so(city: City, make: Any) -> None:
    client = Client(make(city))
    assert [client.get(place).status_code for place in (PUBLIC, "/public/qinglan/")] == [404, 404]
    assert "公开登记簿" not in client.get("/public/qinglan/").text
    publish(city)
    assert client.get("/public/", follow=False).headers["location"] == PUBLIC
    for place in ("/public/qinglan/", "/public/qinglan/indicators", "/public/qinglan/about"):
        answer = client.get(place)
        assert (answer.status_code, "还没有评估结果" in answer.text, f'href="{PUBLIC}"' in answer.text) == (404, True, True)
    assert "还没有评估结果" not in client.get("/public/qinglan/nothing").text
    assert "首次评估完成后" not in client.get(PUBLIC).text


def test_a_city_that_shows_its_registry_lacks_nothing_to_be_served(city: City, tmp_path: Path) -> None:
    bare = init(tmp_path / "bare", place="990200")
    with pytest.raises(CityError, match="no assessment yet"):
        read_views([bare])
    publish(bare)
    with pytest.raises(CityError, match="no assessment yet"):  # rules alone show nothing
        read_views([bare])
    fill_ledger(bare)
    assert read_views([bare]) == ([], [])
    assert [publishes_books(one) for one in (city, bare)] == [False, True]


# --- with a browser --------------------------------------------------------------------------------------------------------


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
def test_two_people_move_and_retire_and_a_third_verifies(browser: Any, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_certificate.registry, "load", lambda group, name: write_pdf)
    publish(city)
    with served(create_app([], offices=[city])) as base:
        one, two, three = (Visit(browser, viewport={"width": 390, "height": 844}, java_script_enabled=False) for _ in range(3))
        for visit, name in ((one, "张三"), (two, "李四")):
            log_in(visit.page, base, name)
        one.page.goto(base + ACCOUNT)
        one.page.locator("summary", has_text="划转").click()
        one.page.locator("form:has([value=transfer]) [name=taker]").fill("B-1")
        one.page.locator("form:has([value=transfer]) [name=quantity]").fill("2,000")
        one.page.locator("form:has([value=transfer]) button").click()
        expect(one.page.locator("#e22 .minus")).to_have_text("−2,000")
        one.page.locator("summary", has_text="自愿注销").click()
        for name, text in (("quantity", "80"), ("beneficiary", "灯塔"), ("reason", "百年")):
            one.page.locator(f"form:has([value=retire]) [name={name}]").fill(text)
        one.page.locator("form:has([value=retire]) button").click()
        two.page.goto(base + HOME + "orders/")
        two.page.locator(".order", has_text="灯塔").locator("button[value=accept]").click()
        two.page.locator("tr", has_text="灯塔").get_by_role("link", name="23").click()
        expect(two.page.locator("h1")).to_contain_text("80")
        code = two.page.locator(".event code").nth(1).inner_text()
        pdf = two.page.request.get(base + two.page.locator('a[href$="23.pdf"]').get_attribute("href"))
        assert pdf.body()[:5] == b"%PDF-"
        three.page.goto(base + PUBLIC)
        three.page.locator("#code").fill(code.lower())
        three.page.locator(".find button").click()
        expect(three.page.locator("h1")).to_have_text("凭证属实")
        expect(three.page.locator(".facts")).to_contain_text("灯塔")
        assert [visit.clean() for visit in (one, two, three)] == [([], [])] * 3
        for visit in (one, two, three):
            visit.context.close()
