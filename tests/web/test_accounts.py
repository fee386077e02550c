"""The first administrator, one-time links, roles, one's own account: over the pages, as people do it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.web.offices import Office
from dafeng.web.setups import LASTING, SetUp
from dafeng.work.city import City, init
from tests.web.client import Client
from tests.web.reviews import PASSWORD, Person, app_of, city_with_people, person

OWN, ALL = "/qinglan/account", "/qinglan/accounts"
FIRST = {"name": "主任", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def bare(tmp_path: Path) -> Office:
    """Writing side of a city without accounts."""
    return Office(init(tmp_path / "qinglan", place="990200"))


@pytest.fixture
def city(tmp_path: Path, kept: str) -> City:
    return city_with_people(tmp_path, records=kept)


def address(office: Office) -> str:
    return f"/qinglan/setup/{office.set_up.token}"


def near(app: Any) -> Person:
    """Somebody at the machine itself: httpx tells the loopback address."""
    return Person(app)


@pytest.fixture
def administrator(bare: Office) -> Person:
    one = near(create_app([], offices=[bare]))
    assert one.post(address(bare), data=FIRST, follow=False).status_code == 303
    return one


def link_of(text: str) -> str:
    return re.findall(r"<code>http://testserver(/qinglan/welcome/[\w-]{43})</code>", text)[0]


def test_the_set_up_makes_an_administrator_and_is_gone(bare: Office) -> None:
    app = create_app([], offices=[bare])
    one = near(app)
    assert one.get(address(bare)).status_code == 200
    made = one.post(address(bare), data=FIRST, follow=False)
    assert (made.status_code, made.headers["location"]) == (303, ALL)
    assert "管理员" in one.get(ALL).text
    assert [Client(app).get(address(bare)).status_code, Client(app).post(address(bare), data=FIRST).status_code] == [404, 405]


def test_nothing_is_written_until_the_set_up_is_used(bare: Office) -> None:
    one = near(create_app([], offices=[bare]))
    assert one.get(address(bare)).status_code == 200
    assert one.post(address(bare), data={**FIRST, "again": "another one entirely"}).status_code == 422
    assert sorted(path.name for path in bare.city.folder.iterdir()) == ["city.yaml", "data", "inbox", "plans"]


def test_a_wrong_or_foreign_address_sets_nobody_up(bare: Office) -> None:
    one = near(create_app([], offices=[bare]))
    wrong = address(bare)[:-1] + ("A" if address(bare)[-1] != "A" else "B")
    foreign = one.post(address(bare), data=FIRST, headers={"sec-fetch-site": "cross-site"})
    assert [one.get(wrong).status_code, one.post(wrong, data=FIRST).status_code, foreign.status_code] == [404, 404, 403]
    assert not bare.is_open()


def test_the_set_up_is_good_for_an_hour() -> None:
    now = [0.0]
    made = SetUp(lambda: now[0])
    early = made.fits(made.token)
    now[0] = LASTING + 1
    assert (early, made.fits(made.token), SetUp(lambda: 0.0).token == made.token) == (True, False, False)


def test_a_weak_password_is_refused_and_the_name_stays(bare: Office) -> None:
    answer = near(create_app([], offices=[bare])).post(address(bare), data={**FIRST, "password": "short", "again": "short"})
    assert (answer.status_code, 'value="主任"' in answer.text, "short" in answer.text) == (422, True, False)


def test_an_invited_account_sets_its_own_password_once(administrator: Person) -> None:
    link = link_of(administrator.write(ALL + "/add", home=ALL, name="赵六", role="editor").text)
    other = Person(administrator.app)
    assert other.log_in("赵六", "").status_code == 403
    done = other.post(link, data={"password": PASSWORD, "again": PASSWORD}, follow=False)
    assert (done.status_code, other.get(OWN).status_code, Person(administrator.app).get(link).status_code) == (303, 200, 404)
    assert Person(administrator.app).log_in("赵六").status_code == 303


def test_a_reset_ends_visits_and_tokens(administrator: Person) -> None:
    link = link_of(administrator.write(ALL + "/add", home=ALL, name="赵六", role="editor").text)
    other = Person(administrator.app)
    other.post(link, data={"password": PASSWORD, "again": PASSWORD}, follow=False)
    made = other.write(OWN + "/tokens", home=OWN, name="月报", scope="read", days="30")
    assert re.search(r"<code>dafeng_[\w-]{43}</code>", made.text)
    again = link_of(administrator.write(ALL + "/reset", home=ALL, account="赵六", seen="2").text)
    assert (other.get(OWN, follow=False).status_code, Person(administrator.app).log_in("赵六").status_code) == (303, 403)
    other.post(again, data={"password": "another long one", "again": "another long one"}, follow=False)
    assert "已失效" in other.get(OWN).text


def test_the_second_of_two_administrators_is_told(administrator: Person) -> None:
    administrator.write(ALL + "/add", home=ALL, name="赵六", role="reader")
    first = administrator.write(ALL + "/role", home=ALL, account="赵六", role="editor", seen="1")
    second = administrator.write(ALL + "/role", home=ALL, account="赵六", role="confirmer", seen="1")
    assert (first.status_code, second.status_code, "已被他人改动" in second.text) == (303, 409, True)


@pytest.mark.parametrize("act", ["close", "role"])
def test_the_last_administrator_stays(administrator: Person, act: str) -> None:
    answer = administrator.write(f"{ALL}/{act}", home=ALL, account="主任", role="reader", seen="1")
    assert (answer.status_code, "最后一位管理员" in answer.text, administrator.get(ALL).status_code) == (422, True, 200)


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(city: City) -> None:
    app = app_of(city)
    chief, editor = person(app, "管理"), person(app, "张三")
    chief.write(ALL + "/close", home=ALL, account="张三", seen="1")
    assert (editor.get(OWN, follow=False).status_code, Person(app).log_in("张三").status_code) == (303, 403)
    chief.write(ALL + "/role", home=ALL, account="张三", role="reader", seen="2")
    assert Person(app).log_in("张三").status_code == 303


@pytest.mark.parametrize("name", ["王五", "张三", "李四"])
def test_only_administrators_see_and_change_accounts(city: City, name: str) -> None:
    one = person(app_of(city), name)
    told = {"account": "王五", "role": "editor", "seen": "1"}
    acts = [one.write(f"{ALL}/{act}", home=OWN, **told) for act in ("add", "role", "close", "reset")]
    assert [one.get(ALL).status_code, *(answer.status_code for answer in acts)] == [403] * 5


def test_one_changes_ones_password_with_the_present_one(city: City) -> None:
    app = app_of(city)
    one, elsewhere = person(app, "张三"), person(app, "张三")
    new = {"password": "quite another one", "again": "quite another one"}
    wrong = one.write(OWN + "/password", home=OWN, old="not the one", **new)
    right = one.write(OWN + "/password", home=OWN, old=PASSWORD, **new)
    assert (wrong.status_code, right.status_code, one.get(OWN).status_code) == (422, 303, 200)
    assert (elsewhere.get(OWN, follow=False).status_code, Person(app).log_in("张三", new["password"]).status_code) == (303, 303)


def test_one_ends_ones_other_visits(city: City) -> None:
    app = app_of(city)
    one, elsewhere, other = person(app, "张三"), person(app, "张三"), person(app, "李四")
    assert "登录 2 处" in one.get(OWN).text
    one.write(OWN + "/visits", home=OWN)
    codes = [who.get(OWN, follow=False).status_code for who in (one, elsewhere, other)]
    assert codes == [200, 303, 200]


def test_every_change_of_an_account_stands_in_the_log(administrator: Person, bare: Office) -> None:
    administrator.write(ALL + "/add", home=ALL, name="赵六", role="reader")
    administrator.write(OWN + "/tokens", home=OWN, name="月报", scope="write", days="5")
    with open_records(bare.city.records) as records:
        assert records.verify() == ()
    kept = b"".join(path.read_bytes() for path in bare.city.folder.rglob("*") if path.is_file())
    assert (PASSWORD.encode() in kept, b"dafeng_" in kept, bare.set_up.token.encode() in kept) == (False, False, False)


def test_the_set_up_answers_nobody_on_the_network(bare: Office) -> None:
    import asyncio

    import httpx

    async def ask() -> int:
        way = httpx.ASGITransport(create_app([], offices=[bare]), client=("10.1.2.3", 5))
        async with httpx.AsyncClient(transport=way, base_url="http://testserver") as client:
            return (await client.get(address(bare))).status_code

    assert asyncio.run(ask()) == 403
