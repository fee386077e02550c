"""The pages and the API of budgets: the tree balances, figures say how they came about, a move is tried, asked and booked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from playwright.sync_api import expect

from dafeng.web.app import create_app
from dafeng.work.budget_figures import FIGURES
from dafeng.work.budgets import book_budget, show_budget
from dafeng.work.city import City, open_city
from tests.web.browser import Visit, launched, served
from tests.web.client import Client, unknown_choices
from tests.web.market_halls import BUDGET, deliver_budget
from tests.web.reviews import Person, app_of, city_with_people, person
from tests.web.test_markets import log_in, token_of

HOME = "/qinglan/budgets/"
TREE = f"{HOME}{BUDGET}/"
API = "/api/v1/cities/qinglan/ledger/budgets"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, fast_hashes: None) -> Path:  # noqa: ARG001 - before any hash
    made = city_with_people(tmp_path_factory.mktemp("filled"))
    deliver_budget(made)
    book_budget(made, BUDGET)
    return made.folder


@pytest.fixture
def city(filled: Path, tmp_path: Path) -> City:
    copytree(filled, tmp_path / "qinglan")
    return open_city(tmp_path / "qinglan")


@pytest.fixture
def editor(city: City) -> Person:
    return person(app_of(city), "张三")


def move(who: Person, **fields: str) -> Any:
    told = {"budget": BUDGET, "giver": "east", "taker": "west", "quantity": "5,000", "reason": "夏季错峰", "id": "m-1"}
    return who.write(HOME + "move", home=TREE, **{**told, **fields})


def left(city: City) -> dict[str, tuple[int, int]]:
    return {line.node.id: (line.allotted + line.moved, line.free) for line in show_budget(city, BUDGET).lines}


def test_the_tree_shows_every_level_and_that_it_balances(editor: Person) -> None:
    page = editor.get(TREE).text
    assert "剩余 272,400 tce，共 400,000" in page
    assert [len(re.findall(f'aria-level="{level}"', page)) for level in (1, 2, 3, 4)] == [1, 2, 3, 3]
    assert (page.count('<span class="balanced">✓'), "15 项合计与账簿相符" in page) == (10, True)
    assert "橙色" in page


def test_a_broken_file_is_named_with_its_remedy(city: City, editor: Person) -> None:
    path = city.overlay / "budgets/energy-2025-tree.csv"
    path.write_text(path.read_text("utf-8").replace("55", "5x5"), "utf-8")
    for place, code in ((HOME, 200), (TREE, 422)):
        answer = editor.get(place)
        assert (answer.status_code, "预算文件有误" in answer.text, "不是数" in answer.text) == (code, True, True)


def test_use_that_nobody_reported_is_unknown_and_not_zero(city: City, editor: Person) -> None:
    path = city.overlay / "budgets/energy-2025-use.csv"
    path.write_text("\n".join(line for line in path.read_text("utf-8").splitlines() if "YT-02" not in line) + "\n", "utf-8")
    row = re.findall(r'data-node="yunting".*?</tr>', editor.get(TREE).text, re.S)[0]
    assert ('data-label="报告用量"><a class="n unknown"' in row, "缺少用量报告：YT-02" in row) == (True, True)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_says_how_it_came_about(editor: Person, figure: str) -> None:
    whole = editor.get(f"{TREE}nodes/east/{figure}")
    piece = editor.get(f"{TREE}nodes/east/{figure}?fragment=1").text
    assert (whole.status_code, "<html" in piece, f'data-address="budgets/{BUDGET}/east/{figure}"' in piece) == (
        200,
        False,
        True,
    )
    assert "此处未列全各项" not in piece


def test_a_node_has_its_history(editor: Person) -> None:
    page = editor.get(f"{TREE}nodes/east/").text
    assert [word in page for word in ("+220,000", "−180,000", "−24,000", "预算下达", "东区工业")] == [True] * 5


@pytest.mark.parametrize("path", ["nothing/", f"{BUDGET}/nodes/nothing/", f"{BUDGET}/nodes/east/nothing", "%00/"])
def test_what_is_not_there_is_not_found(editor: Person, path: str) -> None:
    assert editor.get(HOME + path).status_code == 404


def test_a_part_of_the_tree_is_shown_alone(editor: Person) -> None:
    page = editor.get(f"{TREE}?top=west").text
    assert re.findall(r'data-node="([\w-]+)"', page) == ["west", "west-industry", "YT-03"]


def test_a_node_that_there_is_not_is_told_and_the_whole_tree_shown(editor: Person) -> None:
    chinese, english, plain = (editor.get(f"{TREE}{query}").text for query in ("?top=no", "?top=no&lang=en", "?lang=zh"))
    assert unknown_choices(chinese) == ["地址里的节点“no”不存在，没有按它筛选：全部显示。"]
    assert unknown_choices(english) == ["There is no node &#39;no&#39;: all are shown."]
    nodes = [re.findall(r'data-node="([\w-]+)"', text) for text in (chinese, plain)]
    assert (nodes[0], unknown_choices(plain), len(nodes[1]) > 3) == (nodes[1], [], True)


# --- moves -----------------------------------------------------------------------------------------------------------------


def test_looking_at_a_move_books_nothing(city: City, editor: Person) -> None:
    before = left(city)
    page = editor.get(f"{TREE}?giver=east&taker=west&quantity=5000").text
    assert ("220,000 → <strong>215,000" in page, "140,000 → <strong>145,000" in page, left(city)) == (True, True, before)
    short = editor.get(f"{TREE}?giver=east&taker=west&quantity=16001").text
    assert ("“东区”可调的少 1 tce" in short, 'name="seen"' in short) == (True, False)
    wrong = editor.get(f"{TREE}?giver=east&taker=YT-03&quantity=1").text
    assert "不是同一上级的两个节点" in wrong


def test_a_move_is_asked_decided_and_booked(city: City, editor: Person) -> None:
    assert move(editor).headers["location"] == f"{TREE}#waiting"
    assert (left(city)["east"], "夏季错峰" in editor.get(TREE).text) == ((220_000, 16_000), True)
    chief = person(app_of(city), "李四")
    assert chief.write("/qinglan/rights/decide", home=TREE, id="m-1").status_code == 303
    assert (left(city)["east"], left(city)["west"], left(city)["yunting"]) == (
        (215_000, 11_000), (145_000, 45_000), (400_000, 40_000),
    )  # fmt: skip
    state = show_budget(city, BUDGET)
    assert ([one for one in state.checks if not one.holds], state.pending) == ([], 0)
    assert book_budget(city, BUDGET).booked == 0  # the files do not take it back
    page = editor.get(TREE).text
    assert ("−5,000" in page, page.count('<span class="balanced">✓')) == (True, 10)
    assert "夏季错峰" in editor.get(f"{TREE}nodes/west/").text


def test_a_move_back_undoes_a_move_and_no_reversal_does(city: City, editor: Person) -> None:
    before, chief = left(city), person(app_of(city), "李四")
    move(editor)
    chief.write("/qinglan/rights/decide", home=TREE, id="m-1")
    head = token_of(city, "张三")
    wanted = {"id": "r-1", "transfer": "m-1", "effective": "2026-01-05", "reason": "wrong"}
    told = Client(app_of(city)).post("/api/v1/cities/qinglan/ledger/reversals", json=wanted, headers=head)
    assert (told.status_code, left(city)["east"]) == (409, (215_000, 11_000))
    assert move(editor, id="m-2", giver="west", taker="east").status_code == 303
    chief.write("/qinglan/rights/decide", home=TREE, id="m-2")
    assert (left(city), [one for one in show_budget(city, BUDGET).checks if not one.holds]) == (before, [])


@pytest.mark.parametrize(("fields", "code", "said"), [
    ({"quantity": "16,001"}, 409, "不足以调出"), ({"quantity": "x"}, 422, "不能采用"), ({"reason": " "}, 422, "未写明调剂原因"),
    ({"taker": "YT-03"}, 422, "不是同一上级"), ({"seen": "1"}, 409, "刚被他人改动"),
])  # fmt: skip
def test_a_refused_move_comes_back_with_what_was_typed(
    city: City, editor: Person, fields: dict[str, str], code: int, said: str
) -> None:
    answer = move(editor, **fields)
    assert (answer.status_code, said in answer.text, left(city)["east"]) == (code, True, (220_000, 16_000))


def test_the_second_of_two_editors_is_told(city: City, editor: Person) -> None:
    page = editor.get(f"{TREE}?giver=east&taker=west&quantity=5000").text
    seen = re.findall(r'name="seen" value="(\d+)"', page)[0]
    move(editor)
    person(app_of(city), "李四").write("/qinglan/rights/decide", home=TREE, id="m-1")
    late = move(editor, id="m-2", seen=seen)
    assert (late.status_code, "刚被他人改动" in late.text, "215,000" in late.text) == (409, True, True)


def test_who_may_only_read_moves_and_books_nothing(city: City) -> None:
    reader = person(app_of(city), "王五")
    assert move(reader).status_code == 403
    assert reader.write(HOME + "book", home=TREE, budget=BUDGET).status_code == 403


def test_what_the_files_say_is_booked_by_two(city: City, editor: Person) -> None:
    path = city.overlay / "budgets/energy-2025-use.csv"
    path.write_text(path.read_text("utf-8").replace("58000", "59000"), "utf-8")
    chief = person(app_of(city), "李四")
    assert "尚未入账" in editor.get(TREE).text
    for _ in range(2):  # asked again it is the same order
        assert editor.write(HOME + "book", home=TREE, budget=BUDGET).headers["location"] == f"{TREE}#waiting"
    page = chief.get(TREE).text
    name = re.findall(r"#o-(budget:energy-2025:book:[0-9a-f]{16})", page)
    assert (len(name), "尚未入账" in page) == (1, True)
    listed = chief.get("/qinglan/rights/orders/").text
    assert ("预算入账" in listed, "energy-2025/YT-01:used" in listed) == (True, True)
    assert editor.write("/qinglan/rights/decide", home=TREE, id=name[0]).status_code == 403
    assert chief.write("/qinglan/rights/decide", home=TREE, id=name[0]).status_code == 303
    assert "尚未入账" not in chief.get(TREE).text
    assert editor.write(HOME + "book", home=TREE, budget=BUDGET).status_code == 303  # nothing differs, nothing waits
    assert "#o-budget" not in chief.get(TREE).text


@pytest.mark.usefixtures("fast_hashes")
def test_a_first_booking_that_waits_tells_what_it_moves_in_the_unit_of_the_budget(tmp_path: Path) -> None:
    bare = city_with_people(tmp_path)
    deliver_budget(bare)
    editor = person(app_of(bare), "张三")
    assert editor.write(HOME + "book", home=TREE, budget=BUDGET).status_code == 303
    listed = editor.get("/qinglan/rights/orders/").text
    assert re.search(r"energy-2025/east</span> <span class=.units.>220,000</span> tce", listed)
    assert show_budget(bare, BUDGET).state == ""


# --- the API ---------------------------------------------------------------------------------------------------------------


def test_a_program_reads_and_asks(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "张三")
    assert client.get(API, headers=head).json()["items"][0]["root"]["below"]["free"] == "272400"
    seen, place = [], f"{API}/{BUDGET}?limit=4"
    while place:
        told = client.get(place, headers=head).json()
        seen += [one["id"] for one in told["nodes"]]
        place = told["next"]
    assert (len(seen), len(set(seen)), seen[0]) == (9, 9, "yunting")
    body = {"id": "api-1", "giver": "east", "taker": "west", "quantity": "500", "reason": "test"}
    answers = [client.post(f"{API}/{BUDGET}/moves", json=body, headers=head) for _ in range(2)]
    assert [(one.status_code, one.json()["state"]) for one in answers] == [(202, "waiting")] * 2
    short = client.post(f"{API}/{BUDGET}/moves", json={**body, "id": "api-2", "quantity": "99999"}, headers=head)
    assert (short.status_code, "不足以调出" in short.json()["says"]["zh"]) == (409, True)
    node = client.get(f"{API}/{BUDGET}/nodes/east?limit=2", headers=head).json()
    assert (node["moved"], len(node["lines"]), "before=" in node["next"]) == ("0", 2, True)
    refused = [client.post(f"{API}/{BUDGET}/moves", json=body, headers=one).status_code for one in ({}, token_of(city, "王五"))]
    assert refused == [401, 403]


# --- with a browser --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.mark.browser
@pytest.mark.slow
def test_an_editor_moves_and_a_confirmer_books(browser: Any, city: City) -> None:
    """The keyboard walks the tree, a figure says how it came about, a move is tried and asked; somebody else books it."""
    with served(create_app([], offices=[city])) as base:
        one = Visit(browser, viewport={"width": 1366, "height": 768})
        two = Visit(browser, viewport={"width": 390, "height": 844}, java_script_enabled=False)
        for visit, name in ((one, "张三"), (two, "李四")):
            log_in(visit.page, base, name)
        page = one.page
        page.goto(base + TREE)
        page.locator("[data-node=yunting]").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowLeft")
        expect(page.locator("[data-node=east]")).to_have_attribute("aria-expanded", "false")
        expect(page.locator("[data-node=east-industry]")).to_be_hidden()
        page.locator('[data-node=east] a[data-explain$="/used"]').click()
        expect(page.locator("#drawer article .sum")).to_contain_text("91,500")
        page.keyboard.press("Escape")
        page.locator("#move [name=giver]").select_option("east")
        page.locator("#move [name=taker]").select_option("west")
        page.locator("#move [name=quantity]").fill("6,000")
        page.locator("#move form[method=get] button").click()
        expect(page.locator(".outlook")).to_contain_text("214,000")
        page.locator(".outlook [name=reason]").fill("迎峰度夏")
        page.locator(".outlook form button").click()
        expect(page.locator("#waiting")).to_contain_text("6,000")
        two.page.goto(base + TREE)
        two.page.locator("#waiting a.button").click()
        two.page.locator(".order", has_text="迎峰度夏").locator("button[value=accept]").click()
        two.page.goto(base + TREE)
        expect(two.page.locator("[data-node=west]")).to_contain_text("6,000")
        assert two.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert [visit.clean() for visit in (one, two)] == [([], [])] * 2
        for visit in (one, two):
            visit.context.close()
