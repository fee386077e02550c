"""The pages and the API of credit projects: who may take which step, and that an unknown test never passes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from playwright.sync_api import expect

from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import Transfer
from dafeng.web.app import create_app
from dafeng.web.public_freeze import write_public_site
from dafeng.work.ask_credits import retire_credits
from dafeng.work.city import City, open_city
from dafeng.work.project_steps import read_projects_of
from dafeng.work.publish import publish as build_published
from dafeng.work.publish_rules import read_visibility
from dafeng.work.right_register import public_books
from dafeng.work.rights import Rights
from tests.web.attacked import rename
from tests.web.browser import Visit, launched, served
from tests.web.client import Client, unknown_choices
from tests.web.reviews import Person, app_of, city_with_people, person
from tests.web.sample import city as sample_city
from tests.web.settling import FACTS, WIND, fill_compliance
from tests.web.test_rights import log_in, publish, token_of

HOME = "/qinglan/projects/"
API = "/api/v1/cities/qinglan/projects"
PUBLIC = "/public/qinglan/registry"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, fast_hashes: None) -> Path:  # noqa: ARG001 - before any hash
    """Folder of a city with people and two projects that is copied for each test."""
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


def state_of(city: City, name: str) -> str:
    with Rights(city) as rights:
        return read_projects_of(rights).register.projects[name].state


def step(somebody: Person, number: int, name: str, *, way: str = "decide", **fields: str) -> Any:
    """Answer to the form of a step."""
    given = {"step": name, "who": "审定机构", "day": "2024-03-01", "id": f"t-{name}", **fields}
    return somebody.write(f"{HOME}{number}/{way}", home=HOME, **given)


def test_the_list_counts_what_is_not_clear(editor: Person) -> None:
    page = editor.get(HOME).text
    assert [word in page for word in ("2 个减排项目，1 个有条件尚不清楚", "646,000", "符合 7 · 不符合 0 · 未知 1")] == [
        True
    ] * 3
    assert [one["id"] for one in editor.get("/qinglan/projects.json").json()["projects"]] == ["wind-1", "wind-2"]


@pytest.mark.parametrize(
    ("query", "names"), [("state=registered", ["wind-1"]), ("q=wind-2", ["wind-2"]), ("scheme=blue", []), ("q=nothing", [])]
)
def test_projects_are_chosen_by_state_scheme_and_name(editor: Person, query: str, names: list[str]) -> None:
    assert re.findall(r"<small>(wind-\d)</small>", editor.get(f"{HOME}?{query}").text) == names


def test_a_choice_of_the_list_that_there_is_not_is_told(editor: Person) -> None:
    page = editor.get(f"{HOME}?scheme=zzz&state=yyy").text
    assert unknown_choices(page) == [
        "地址里的机制“zzz”不存在，没有按它筛选：全部显示。", "地址里的状态“yyy”不存在，没有按它筛选：全部显示。"
    ]  # fmt: skip
    english = editor.get(f"{HOME}?scheme=zzz&lang=en").text
    assert unknown_choices(english) == ["There is no scheme &#39;zzz&#39;: all are shown."]
    assert re.findall(r"<small>(wind-\d)</small>", page) == ["wind-1", "wind-2"]


def test_a_choice_of_the_list_that_there_is_is_not_told(editor: Person) -> None:
    assert unknown_choices(editor.get(f"{HOME}?scheme=ccer&state=registered&q=wind").text) == []


def test_a_project_tells_what_would_settle_the_unknown(editor: Person) -> None:
    page = editor.get(HOME + "2/").text
    words = ("1 项条件不清楚，不能通过", "待补：水深", "ccer-01-002", "§2", "离岸距离", "12&#160;km")
    assert [word in page for word in words] == [True] * 6


def test_issued_credits_lead_to_the_events_of_the_ledger(editor: Person) -> None:
    page = editor.get(HOME + "1/").text
    events = re.findall(r'href="/qinglan/rights/events/(\d+)/"', page)
    assert ("1–50000" in page, "50001–646000" in page, len(events)) == (True, True, 2)
    assert "wind-1 2023-01-01/2023-12-31" in editor.get(f"/qinglan/rights/events/{events[1]}/").text


def test_an_issue_of_which_units_are_gone_is_not_taken_back(city: City, editor: Person) -> None:
    chief = person(app_of(city), "李四")
    assert 'value="take_back"' in chief.get(HOME + "1/").text
    told = {"who": "登记机构", "day": "2024-09-01", "period": "2023-01-01/2023-12-31"}
    assert step(editor, 1, "take_back", **told).status_code == 403
    answer = step(chief, 1, "take_back", **told)
    assert (answer.status_code, "没有足够的可用数量" in answer.text) == (422, True)
    with Rights(city) as rights:
        period = read_projects_of(rights).register.projects["wind-1"].periods["2023-01-01/2023-12-31"]
        assert (period.state, period.issued) == ("issued", "2024-07-01")
        with rights.reading() as rows:
            [[bought]] = rows.query(
                "SELECT a.name FROM ledger_event e JOIN ledger_account a ON a.no = e.taker WHERE e.id = 'buy-1'"
            )
        home = Transfer("home", "transfer", str(bought), "ccer.风电公司", 50_000, "2024-08-15")
        assert isinstance(rights.submit([[home]])[0][0], Booked)
    assert step(chief, 1, "take_back", **{**told, "id": "anew"}).status_code == 303
    page = chief.get(HOME + "1/").text
    assert ('value="issue"' in page, 'value="take_back"' in page, "1–646000" in page) == (True, False, False)
    assert re.search(r'class="stage next"[^>]*><strong>减排量登记', page)


def test_an_unknown_test_stops_the_project_until_its_fact_is_known(city: City, editor: Person) -> None:
    chief = person(app_of(city), "李四")
    answer = step(chief, 2, "validate")
    assert (answer.status_code, "有适用条件尚不清楚" in answer.text, state_of(city, "wind-2")) == (422, True, "published")
    told = {"fact.depth": "31", "who": "风电公司", "day": "2024-03-02", "document": "测深报告 7 号"}
    assert step(editor, 2, "amend", way="step", **told).status_code == 303
    page = editor.get(HOME + "2/").text
    assert ("适用条件全部符合" in page, "测深报告 7 号" in page, "账号 张三" in page) == (True, True, True)
    assert step(editor, 2, "publish", way="step", who="风电公司", day="2024-03-03").status_code == 303
    assert step(chief, 2, "validate", day="2024-06-01").status_code == 303
    assert state_of(city, "wind-2") == "validated"


def test_a_fact_that_fails_is_told_as_failed(editor: Person) -> None:
    assert step(editor, 2, "amend", way="step", **{"fact.depth": "12", "day": "2024-03-02"}).status_code == 303
    assert "1 项条件不符合" in editor.get(HOME + "2/").text


@pytest.mark.parametrize(("field", "text"), [("fact.depth", "deep"), ("fact.additional", "perhaps"), ("fact.nothing", "1")])
def test_a_fact_that_does_not_read_is_refused_by_name(editor: Person, field: str, text: str) -> None:
    answer = step(editor, 2, "amend", way="step", **{field: text, "day": "2024-03-02"})
    assert (answer.status_code, field.removeprefix("fact.") in answer.text) == (422, True)


def test_whoever_took_the_step_before_does_not_take_the_next(city: City) -> None:
    chief = person(app_of(city), "李四")
    for name, more in (("amend", {"fact.depth": "31"}), ("publish", {})):
        assert step(chief, 2, name, way="step", who="风电公司", day="2024-03-02", **more).status_code == 303
    answer = step(chief, 2, "validate", day="2024-06-01")
    assert (answer.status_code, "须由另一人办理" in answer.text, state_of(city, "wind-2")) == (422, True, "published")
    assert step(person(app_of(city), "管理"), 2, "validate", day="2024-06-01").status_code == 303


def test_an_editor_takes_no_step_of_others(city: City, editor: Person) -> None:
    assert step(editor, 2, "validate").status_code == 403
    assert step(editor, 2, "validate", way="step").status_code == 403
    assert step(person(app_of(city), "王五"), 2, "amend", way="step").status_code == 403
    assert 'action="/qinglan/projects/2/decide"' not in editor.get(HOME + "2/").text


def test_a_project_is_entered_with_everything_unknown(editor: Person) -> None:
    told = {"project": "apple-1", "name": "<b>苹果园", "kind": "ccer|afforestation", "assets": "园一，园二", "who": "果业公司"}
    made = editor.write(HOME + "enter", home=HOME, day="2024-05-01", id="e-1", **told)
    page = editor.get(made.headers["location"]).text
    assert ("<b>苹果园" in page, "未知 10" in page, "园一" in page) == (False, True, True)
    again = editor.write(HOME + "enter", home=HOME, day="2024-05-02", id="e-2", **told)
    assert (again.status_code, "项目已入册" in again.text) == (422, True)


def test_an_orchard_is_no_afforestation(editor: Person) -> None:
    told = {"project": "apple-1", "kind": "ccer|afforestation", "assets": "园一", "who": "果业公司"}
    place = editor.write(HOME + "enter", home=HOME, day="2024-05-01", id="e-1", **told).headers["location"]
    editor.write(
        place + "step", home=HOME, step="amend", who="果业公司", day="2024-05-02", id="a-1", **{"fact.land": "orchard"}
    )
    row = next(one for one in re.findall(r"<tr class=.*?</tr>", editor.get(place).text, re.S) if "经济林" in one)
    assert 'class="answer-not_met"' in row


@pytest.mark.parametrize("path", ["0/", "3/", "99999999999999999999/"])
def test_a_project_that_is_not_there_is_not_found(editor: Person, path: str) -> None:
    assert editor.get(HOME + path).status_code == 404


def test_a_city_without_projects_says_what_to_do(tmp_path: Path) -> None:
    made = city_with_people(tmp_path)
    page = person(app_of(made), "张三").get(HOME).text
    assert ("还没有减排项目" in page, 'action="/qinglan/projects/enter"' in page) == (True, True)
    assert not (made.folder / "ledger.sqlite").exists()


# --- the API and the public registry ---------------------------------------------------------------------------------------


def test_a_program_enters_a_project_and_takes_its_steps(city: City) -> None:
    client, head, chief = Client(app_of(city)), token_of(city, "张三"), token_of(city, "李四")
    facts = {**FACTS, "distance": "40"}
    wanted = {
        **WIND,
        "id": "wind-3",
        "assets": ["wind-3"],
        "facts": facts,
        "who": "风电公司",
        "day": "2024-01-02",
        "request": "r-1",
    }
    answers = [client.post(API, json=wanted, headers=head) for _ in range(2)]
    assert [(one.status_code, one.json()["number"], one.json()["state"]) for one in answers] == [
        (201, 3, "entered"),
        (200, 3, "entered"),
    ]
    steps = API + "/3/steps"
    published = {"step": "publish", "who": "风电公司", "day": "2024-01-10"}
    assert client.post(steps, json=published, headers=head).json()["state"] == "published"
    early = {"step": "validate", "who": "审定机构", "day": "2024-01-12"}
    assert client.post(steps, json=early, headers=head).status_code == 403
    told = client.post(steps, json=early, headers=chief)
    assert (told.status_code, told.json()["where"]) == (422, "notice_running")
    assert client.post(steps, json={**early, "day": "2024-03-01"}, headers=chief).json()["state"] == "validated"


def test_a_program_reads_projects_page_by_page(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "王五")
    place, seen = API + "?limit=1", []
    while place:
        told = client.get(place, headers=head).json()
        seen += [one["id"] for one in told["items"]]
        place = told["next"]
    assert seen == ["wind-1", "wind-2"]
    one = client.get(API + "/2", headers=head).json()
    assert [said["missing"] for said in one["tests"] if said["answer"] == "not_known"] == [["depth"]]
    assert client.get(API + "/9", headers=head).status_code == 404
    assert client.get(API).status_code == 401


def test_the_public_registry_tells_of_projects_but_not_whose(city: City) -> None:
    publish(city)
    client = Client(app_of(city))
    page, told = client.get(PUBLIC).text, client.get(PUBLIC + ".json").json()
    project = next(one for one in told["books"] if one["book"] == "ccer")["registered"][0]
    assert (project["id"], project["issued"], project["state"]) == ("wind-1", 646_000, "registered")
    assert ("海上风电 wind-1" in page, "海上风电 wind-2" in page) == (True, True)
    assert [word for word in ("风电公司", "审定机构", "甲电厂") if word in page or word in str(told)] == []


def test_the_public_registry_tells_what_was_undone(city: City) -> None:
    publish(city)
    step(person(app_of(city), "李四"), 1, "take_back", who="登记机构", day="2024-09-01", period="2023-01-01/2023-12-31")
    client = Client(app_of(city))
    for language, words in (
        ("zh", ("撤销签发", "账簿拒绝冲回")),
        ("en", ("take an issue back", "the ledger refuses to reverse")),
    ):
        page = client.get(f"{PUBLIC}?lang={language}").text
        assert [f"{word}&#160;2024-09-01" in page for word in words] == [True, True]
    told = client.get(PUBLIC + ".json").json()
    steps = next(one for one in told["books"] if one["book"] == "ccer")["registered"][0]["steps"]
    assert [one["step"] for one in steps[-3:]] == ["issue", "take_back", "keep"]
    assert {one["period"] for one in steps[-3:]} == {"2023-01-01/2023-12-31"}


def test_who_decides_sees_project_and_serial_numbers(city: City, editor: Person) -> None:
    told = {"holder": "风电公司", "beneficiary": "灯塔", "reason": "百年", "day": "2024-09-01", "id": "r1", "who": "张三"}
    retire_credits(city, "wind-1", 7, **told)
    page = editor.get("/qinglan/rights/orders/").text
    assert ("项目 wind-1" in page, '<span class="serial">50001–50007</span>' in page) == (True, True)


def test_the_frozen_copy_holds_the_registry(city: City, tmp_path: Path) -> None:
    publish(city)
    shown, rules = rename(sample_city(), "qinglan"), read_visibility(city)
    with Rights(city) as rights:
        books = public_books(rights, rules)
    folder = write_public_site(build_published(shown.view, shown.traces, rules), tmp_path / "site", books=books).parent
    pages = {name: (folder / name).read_text("utf-8") for name in ("registry.html", "en/registry.html", "index.html")}
    assert ("海上风电 wind-1" in pages["registry.html"], "646,000" in pages["en/registry.html"]) == (True, True)
    assert ('href="registry.html"' in pages["index.html"], "/public/" in pages["registry.html"]) == (True, False)
    assert 'href="../registry.json"' in pages["en/registry.html"]
    told = json.loads((folder / "registry.json").read_text("utf-8"))
    assert [one["book"] for one in told["books"]] == ["cea-2023", "cea-2023.owed", "ccer"]
    assert [word for word in ("风电公司", "甲电厂") if word in pages["registry.html"] or word in str(told)] == []


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.mark.browser
@pytest.mark.slow
def test_a_project_passes_only_after_its_unknown_is_settled(browser: Any, city: City) -> None:
    with served(create_app([], offices=[city])) as base:
        one, two = (Visit(browser, viewport={"width": 390, "height": 844}, java_script_enabled=False) for _ in range(2))
        for visit, name in ((one, "张三"), (two, "李四")):
            log_in(visit.page, base, name)
            visit.page.goto(base + HOME)
            visit.page.get_by_role("link", name="海上风电 wind-2").click()
        two.page.locator("#step-validate summary").click()
        two.page.locator("#step-validate [name=who]").fill("审定机构")
        two.page.locator("#step-validate [name=day]").fill("2024-06-01")
        two.page.locator("#step-validate button").click()
        expect(two.page.locator("#refusal")).to_contain_text("有适用条件尚不清楚")
        one.page.locator("#step-amend summary").click()
        one.page.locator('#step-amend [name="fact.depth"]').fill("31")
        one.page.locator("#step-amend [name=day]").fill("2024-02-01")
        one.page.locator("#step-amend button").click()
        expect(one.page.locator("h1")).to_contain_text("适用条件全部符合")
        one.page.locator("#step-publish summary").click()
        one.page.locator("#step-publish [name=day]").fill("2024-02-02")
        one.page.locator("#step-publish button").click()
        two.page.goto(base + HOME + "2/")
        two.page.locator("#step-validate summary").click()
        two.page.locator("#step-validate [name=who]").fill("审定机构")
        two.page.locator("#step-validate [name=day]").fill("2024-06-01")
        two.page.locator("#step-validate button").click()
        expect(two.page.locator("#stages .done")).to_have_count(3)
        for visit in (one, two):
            visit.context.close()
