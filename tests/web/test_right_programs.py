"""The ledger for programs: serial numbers that are named, accounts with slashes, books without a limit, books of persons."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app as commands
from dafeng.ledger.beancount import spell_beancount
from dafeng.ledger.book_opening import list_openings
from dafeng.ledger.book_plans import find_book_plan, read_book_plans
from dafeng.ledger.inclusion.programme import require
from dafeng.ledger.inclusion.rewards import redeem_points
from dafeng.ledger.requests import Hold, Transfer
from dafeng.store.ledger_rows import open_rows
from dafeng.work.city import City, open_city
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.inclusion import open_inclusion
from dafeng.work.inclusion_messages import answer_batch
from dafeng.work.publish_change import Decision, change_visibility
from dafeng.work.publish_rules import Visibility
from dafeng.work.right_certificate import find_certificate
from dafeng.work.right_orders import place_order
from dafeng.work.right_register import shows_certificate
from dafeng.work.right_rows import read_statement
from dafeng.work.rights import Rights
from tests.web.client import Client
from tests.web.inclusions import PEOPLE, event, fill_inclusion
from tests.web.ledgers import DAY, fill_ledger
from tests.web.reviews import app_of, city_with_people, person
from tests.web.test_rights import token_of

API = "/api/v1/cities/qinglan/ledger/"
HOME = "/qinglan/rights/"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, fast_hashes: None) -> tuple[Path, list[str]]:  # noqa: ARG001 - before any hash
    """A city with books of rights and with seven who joined carbon inclusion."""
    made = city_with_people(tmp_path_factory.mktemp("filled"))
    path = made.folder / "city.yaml"
    path.write_text(path.read_text("utf-8").replace("options: {}", "options: {inclusion: trial}"), "utf-8")
    made = open_city(made.folder)
    fill_ledger(made)
    return made.folder, fill_inclusion(made)[0]


@pytest.fixture
def city(filled: tuple[Path, list[str]], tmp_path: Path) -> City:
    copytree(filled[0], tmp_path / "qinglan")
    return open_city(tmp_path / "qinglan")


@pytest.fixture
def someone(filled: tuple[Path, list[str]]) -> str:
    """Account of grams of a pseudonym."""
    return f"puhui.grams/{filled[1][0]}"


class Programs:
    """Programs of those who have an account, one token each."""

    def __init__(self, city: City) -> None:
        self.city, self.client, self.heads = city, Client(app_of(city)), {}

    def head(self, name: str) -> dict[str, str]:
        if name not in self.heads:
            self.heads[name] = token_of(self.city, name)
        return self.heads[name]

    def get(self, path: str, name: str = "李四") -> Any:
        return self.client.get(path if path.startswith("/") else API + path, headers=self.head(name))

    def post(self, path: str, body: Any) -> Any:
        return self.client.post(API + path, json=body, headers=self.head("张三"))


@pytest.fixture
def programs(city: City) -> Programs:
    return Programs(city)


# --- serial numbers --------------------------------------------------------------------------------------------------------


def test_named_serial_numbers_are_moved_held_and_retired(programs: Programs) -> None:
    mine = programs.get("accounts/A-1").json()["blocks"]
    first = next(one["first"] for one in mine if not one["claim"])
    asked = {
        "transfers": {"kind": "transfer", "giver": "A-1", "taker": "B-1", "quantity": 2, "effective": DAY},
        "holds": {"account": "A-1", "kind": "pledge", "quantity": 2, "reason": "x"},
        "retirements": {"account": "A-1", "quantity": 2, "effective": DAY, "beneficiary": "灯塔"},
    }
    told = []
    for at, (name, body) in enumerate(asked.items()):
        span = [first + 10 + 2 * at, first + 11 + 2 * at]
        told.append(programs.post(name, {**body, "id": f"s-{name}", "spans": [span]}))
        assert told[-1].json()["request"]["spans"] == [span]
    assert [(one.status_code, one.json()["state"]) for one in told] == [(201, "booked"), (201, "booked"), (202, "waiting")]
    assert programs.get(f"events/{told[0].json()['event']}").json()["serials"] == [[first + 10, first + 11]]
    held = [(one["first"], one["last"]) for one in programs.get("accounts/A-1").json()["blocks"] if one["claim"] == "s-holds"]
    assert held == [(first + 12, first + 13)]


@pytest.mark.parametrize("spans", [[[1]], [[1, 2, 3]], [["1", "2"]], [[0, 1]], [[1, 2**63]], [1, 2], "1-2"])
def test_serial_numbers_of_another_form_are_refused(programs: Programs, spans: Any) -> None:
    body = {"id": "x", "account": "A-1", "kind": "freeze", "quantity": 1, "reason": "x", "spans": spans}
    told = programs.post("holds", body)
    assert (told.status_code, told.json()["where"][0]["at"].startswith("body.spans")) == (422, True)


def test_the_description_uses_no_words_that_readers_of_it_lack(city: City) -> None:
    assert "prefixItems" not in json.dumps(app_of(city).openapi())


# --- accounts with slashes -------------------------------------------------------------------------------------------------


def test_an_account_is_told_by_id_encoded_id_and_number(city: City, programs: Programs, someone: str) -> None:
    with Rights(city) as rights:
        number = rights.find_account(someone)[0].no
    told = [programs.get(f"accounts/{name}") for name in (someone, quote(someone, safe=""), number)]
    assert [(one.status_code, one.json()["account"]) for one in told] == [(200, someone)] * 3
    assert [programs.get(f"accounts/{name}").status_code for name in ("puhui.grams/none", "0", "9" * 30, "puhui.grams/")] == [
        404
    ] * 4


def test_the_list_offers_addresses_that_work(programs: Programs) -> None:
    items = programs.get("accounts?limit=1000").json()["items"]
    assert {"A-1", "puhui.grams/issuer"} <= {one["account"] for one in items}
    assert [programs.get(one["address"]).json()["account"] for one in items] == [one["account"] for one in items]


def test_what_came_of_an_order_is_told_under_an_id_with_slashes(city: City, programs: Programs) -> None:
    with Rights(city) as rights:  # ids with slashes are those of the machinery
        assert (
            place_order(rights, Hold("open.desk/7/a", "A-1", "pledge", 1, "x"), who="张三", asker="opening").state == "booked"
        )
    assert [programs.get(f"transfers/{name}").json()["id"] for name in ("open.desk/7/a", "open.desk%2F7%2Fa")] == [
        "open.desk/7/a"
    ] * 2


# --- books without a limit -------------------------------------------------------------------------------------------------


def test_a_book_without_a_limit_says_so(city: City, programs: Programs) -> None:
    told = {one["book"]: one["limit"] for one in programs.get("books").json()["items"]}
    assert (told["puhui.grams"], told["ccer"]) == (None, 1_000_000)
    assert programs.get("accounts/puhui.grams/issuer").json()["limit"] is None
    who = person(app_of(city), "李四")
    with Rights(city) as rights:
        book, issuer = rights.find_book("puhui.grams").no, rights.find_account("puhui.grams/issuer")[0].no
    for page in (HOME, f"{HOME}books/{book}/", f"{HOME}accounts/{issuer}/"):
        text = who.get(page).text
        assert ("无上限" in text, "4611686018427387904" in text.replace(",", "")) == (True, False), page
    shown = CliRunner().invoke(commands, ["ledger", "books", str(city.folder)]).stdout
    assert ("无上限" in shown, "4,611" in shown) == (True, False), shown


# --- keys that stand twice -------------------------------------------------------------------------------------------------


def test_no_address_takes_a_body_with_a_key_twice(city: City, programs: Programs) -> None:
    """Every address that describes a body refuses it; complete over the routes."""
    head = {**programs.head("李四"), "content-type": "application/json"}
    app = app_of(city)
    paths = [
        path
        for path, said in app.openapi()["paths"].items()
        if "application/json" in str(said.get("post", {}).get("requestBody"))
    ]
    assert len(paths) > 20
    for path in paths:
        if path.endswith("/messages"):
            continue  # signed: see test_inclusion
        name = "1" if "{project}" in path else "a" * 32
        place = re.sub(r"\{\w+\}", name, path.replace("{slug}", "qinglan"))
        told = programs.client.post(place, headers=head, content=b'{"id": "a", "more": {"id": 1, "id": 2}}')
        assert (told.status_code, told.json().get("where"), sorted(told.json().get("says"))) == (422, "id", ["en", "zh"]), path


def test_a_quantity_that_stands_twice_is_not_booked(programs: Programs) -> None:
    text = json.dumps({"id": "q", "kind": "transfer", "giver": "A-1", "taker": "B-1", "quantity": 7, "effective": DAY})
    head = {**programs.head("张三"), "content-type": "application/json"}
    twice = text.replace('"quantity": 7', '"quantity": 7, "quantity": 700')
    assert programs.client.post(API + "transfers", headers=head, content=twice.encode()).status_code == 422
    assert programs.get("transfers/q").status_code == 404
    assert programs.client.post(API + "transfers", headers=head, content=text.encode()).status_code == 201


# --- books of persons ------------------------------------------------------------------------------------------------------

ROLES = {"王五": False, "张三": False, "李四": True, "管理": True}
"""Reader, editor, confirmer, administrator, and whether they are shown persons."""


def events_of(city: City, account: str) -> list[int]:
    """The opening of an account and what moved there."""
    with Rights(city) as rights, rights.reading() as rows:
        number = rights.find_account(account)[0].no
        moved = [one.seq for one in read_statement(rows, number)]
        opened = rows.query("SELECT seq FROM ledger_event WHERE id = ?", f"puhui:open:{account}")
    return [opened[0][0], *moved]


@pytest.mark.parametrize(("name", "may"), ROLES.items())
def test_the_account_of_a_person_is_for_those_who_may_confirm(
    city: City, programs: Programs, someone: str, name: str, may: bool
) -> None:
    events = events_of(city, someone)
    assert len(events) > 2
    with Rights(city) as rights:
        number = rights.find_account(someone)[0].no
    places = ["accounts?book=puhui.grams", "accounts?book=points", "balances?book=puhui.grams"]
    places += [f"accounts/{one}" for one in (someone, quote(someone, safe=""), number, "puhui.grams/issuer")]
    for place in (*places, *(f"events/{one}" for one in events)):
        told = programs.get(place, name)
        assert told.status_code == (200 if may else 403), place
        assert may or "可确认者" in told.json()["remedy"]["zh"] + told.json()["expected"]["zh"], place
        assert may or someone.partition("/")[2] not in told.text, place
    pseudonym = someone.partition("/")[2]
    for place in ("accounts?limit=1000", f"accounts?holder={pseudonym}", "beancount"):
        told = programs.get(place, name)
        assert (told.status_code, pseudonym in told.text) == (200, may), place
    assert "puhui.grams" in programs.get("books", name).text
    assert ("; left out: points, puhui.grams" in programs.get("beancount", name).text) is not may
    assert programs.get("accounts/none", name).status_code == 404
    assert programs.get("accounts/puhui.grams/none", name).status_code == (404 if may else 403)


@pytest.mark.parametrize(("name", "may"), ROLES.items())
def test_the_pages_show_the_account_of_a_person_to_those_who_may_confirm(
    city: City, someone: str, name: str, may: bool
) -> None:
    who, pseudonym = person(app_of(city), name), someone.partition("/")[2]
    with Rights(city) as rights:
        account, book = rights.find_account(someone)
    for page in (f"books/{book.no}/", f"accounts/{account.no}/", *(f"events/{one}/" for one in events_of(city, someone))):
        told = who.get(HOME + page)
        assert (told.status_code, pseudonym in told.text) == ((200, True) if may else (403, False)), page
        assert may or "可确认者" in told.text, page
    for page in (HOME, "/qinglan/rights.json"):
        assert (pseudonym in who.get(page).text, "puhui" in who.get(page).text) == (False, True)


def shown_to(programs: Programs, name: str = "王五") -> set[str]:
    """Books whose sums somebody is shown."""
    return {one["book"] for one in programs.get("books", name).json()["items"]}


def redeem(city: City, *people: str) -> str:
    """Book of the voucher that these persons get for their points, of which they earn what is lacking."""
    with open_inclusion(city) as programme:
        voucher = next(iter(programme.policy.vouchers.values()))
        shelf = programme.shelf()
        for one in people:
            earned = Transfer(f"given-{one}", "earn", shelf.earns, f"{shelf.points.name}/{one}", voucher.points, DAY)
            require(programme.ledger.submit([[earned]])[0])
            redeem_points(programme, one, voucher.id, order=f"order-{one}")
    return f"puhui.voucher.{voucher.id}"


def test_a_reader_sees_no_sum_of_few_persons(city: City, programs: Programs, filled: tuple[Path, list[str]]) -> None:
    """Accounts that stand empty make no crowd, in each of the figures of a book."""
    with open_inclusion(city) as programme:
        voucher = next(iter(programme.policy.vouchers.values()))
        for one in filled[1]:
            programme.open_voucher(voucher, one, "person")
    book = redeem(city, *filled[1][:4])
    assert [book in shown_to(programs, one) for one in ROLES] == list(ROLES.values())
    assert "points" not in shown_to(programs), "four persons have used points"
    redeem(city, filled[1][4])
    assert shown_to(programs) >= {book, "points", "puhui.grams"}


def test_the_grams_of_one_among_many_who_joined_are_not_told(city: City, programs: Programs) -> None:
    """Six have certified grams; what one of them has since is the difference."""
    assert "puhui.grams" in shown_to(programs)
    with open_inclusion(city) as programme:
        answer_batch(programme, [event(PEOPLE[0], "later", hours=3)])
    assert ["puhui.grams" in shown_to(programs, one) for one in ROLES] == list(ROLES.values())
    with open_inclusion(city) as programme:
        answer_batch(programme, [event(one, f"later-{one}", hours=3) for one in PEOPLE[1:5]])
    assert "puhui.grams" in shown_to(programs)


def test_what_was_taken_back_makes_no_crowd(city: City, programs: Programs) -> None:
    assert "puhui.grams" in shown_to(programs)
    with Rights(city) as rights, rights.reading() as rows:
        taken = rows.query("SELECT id FROM ledger_event WHERE id LIKE 'puhui:%:g' AND kind = 'earn' LIMIT 2")
    with sqlite3.connect(city.folder / "ledger.sqlite") as file:  # as two reversals leave it
        file.executemany("INSERT INTO ledger_reversed VALUES (?, 'x')", taken)
    assert "puhui.grams" not in shown_to(programs)


def test_the_points_of_persons_are_closed_under_any_name_of_their_book(tmp_path: Path) -> None:
    made = city_with_people(tmp_path)
    path = made.folder / "city.yaml"
    path.write_text(path.read_text("utf-8").replace("options: {}", "options: {inclusion: trial}"), "utf-8")
    made = open_city(made.folder)
    plan = replace(find_book_plan(read_book_plans(made.overlay), "points"), id="loyalty")
    with open_city_ledger(made) as ledger:  # an earlier version let a city name the book
        ledger.submit([list_openings(plan, "", holder=made.slug, limit=10**6)])
    pseudonym, programs = fill_inclusion(made)[0][0], Programs(made)
    account = f"loyalty/{pseudonym}"
    places = ["accounts?book=loyalty&type=person", f"accounts/{account}", "accounts/loyalty/none", "balances?book=loyalty"]
    places += ["accounts/loyalty.issuer", *(f"events/{one}" for one in events_of(made, account))]
    for place in places:
        assert programs.get(place, "王五").status_code == 403, place
    assert programs.get(f"accounts/{account}").status_code == 200
    for place in ("beancount", "accounts?limit=1000"):
        assert pseudonym not in programs.get(place, "王五").text, place


def test_the_public_registry_has_no_book_of_persons(city: City, programs: Programs, filled: tuple[Path, list[str]]) -> None:
    """Not even where many stand in it: no other face of the public tells of persons."""
    redeem(city, *filled[1])
    change_visibility(city, [Decision("registry", "", "public"), Decision("registry", "puhui.grams", "public")], who="李四")
    public = "/public/qinglan/registry"
    told = {one["book"] for one in programs.client.get(public + ".json").json()["books"]}
    assert {"ccer", "inclusion_credit"} <= told
    assert [one for one in told if one == "points" or one.startswith("puhui.")] == []
    assert [word in programs.client.get(public).text for word in ("puhui.", "merchant_5")] == [False, False]
    assert "515" not in programs.client.get(public + "?book=puhui.grams").text
    rules = Visibility(kinds={"registry": "public"})
    with Rights(city) as rights:
        found = find_certificate(rights, "retire-1")
        told = [shows_certificate(rights, rules, replace(found, book=rights.find_book(one))) for one in ("ccer", "points")]
    assert told == [True, False]


def test_the_text_without_some_books_still_balances(city: City) -> None:
    with open_rows(city.ledger, reads=True) as rows:
        part = "".join(spell_beancount(rows, without={"puhui.grams", "points"}))
        whole = "".join(spell_beancount(rows))
    assert set(part.splitlines()) - set(whole.splitlines()) == {"; left out: points, puhui.grams"}
    for book in ("puhui.grams", "points", "ccer"):
        told = f'  book: "{book}"'
        assert (told in whole, told in part) == (True, book == "ccer"), book
