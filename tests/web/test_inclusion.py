"""Carbon inclusion served: signed messages, intake by token and by file, accounts of pseudonyms, bundles, privacy."""

from __future__ import annotations

import re
import sqlite3
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any, NamedTuple

import httpx
import pytest

from dafeng.core.errors import AccessError
from dafeng.ledger.inclusion.bundles import aggregate_reductions
from dafeng.ledger.inclusion.webhook import WINDOW_S, Key, sign
from dafeng.store.access_tokens import make_token
from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.work.city import City, open_city
from dafeng.work.inclusion import open_inclusion
from dafeng.work.right_overview import sum_books
from dafeng.work.right_people import check_private
from dafeng.work.rights import Rights
from tests.ledger.inclusion import sums
from tests.web.inclusions import BUNDLE, OPERATOR, PEOPLE, event, fill_inclusion, message, rows_of
from tests.web.reviews import Person, app_of, city_with_people, person

HOME = "/qinglan/inclusion/"
API = "/api/v1/cities/qinglan/inclusion/"
SEND = API + "messages"


class Filled(NamedTuple):
    """A city with its pseudonyms and the key of an operator."""

    city: City
    people: list[str]
    key: Key


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, fast_hashes: None) -> Filled:  # noqa: ARG001 - before any hash
    made = city_with_people(tmp_path_factory.mktemp("inclusion"))
    path = made.folder / "city.yaml"
    path.write_text(path.read_text("utf-8").replace("options: {}", "options: {inclusion: trial}"), "utf-8")
    return Filled(open_city(made.folder), *fill_inclusion(open_city(made.folder)))


@pytest.fixture
def own(filled: Filled, tmp_path: Path) -> Filled:
    """A copy that a test may change."""
    copytree(filled.city.folder, tmp_path / "qinglan")
    return filled._replace(city=open_city(tmp_path / "qinglan"))


@pytest.fixture
def who(own: Filled) -> Person:
    return person(app_of(own.city), "李四")


def send(city: City, key: Key, *events: dict[str, Any], at: int = 0, **changed: Any) -> httpx.Response:
    """Answer to a signed message."""
    body, headers = message(key, *events, at=at)
    given = {"content": body, "headers": headers, **changed}
    return Person(app_of(city)).post(SEND, **given)


def bearer(city: City, name: str = "张三", scope: str = "write") -> dict[str, str]:
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor=name, at=at) as session:
        return {"authorization": f"Bearer {make_token(session, name, f'{name}-{scope}', scope, 5, at=at)}"}


def balance(who: Person, pseudonym: str) -> int:
    return int(re.findall(r"<h1>([\d,]+) 分", who.get(f"{HOME}accounts/{pseudonym}/").text)[0].replace(",", ""))


# --- signed messages -------------------------------------------------------------------------------------------------------


def test_a_signed_message_needs_no_login_and_earns_points(own: Filled, who: Person) -> None:
    before = balance(who, own.people[0])
    told = send(own.city, own.key, event(PEOPLE[0], "m-1"))
    assert (told.status_code, told.json()["taken"], told.json()["answers"][0]["state"]) == (200, 1, "taken")
    assert balance(who, own.people[0]) - before == told.json()["answers"][0]["points"] == 515


def test_a_message_with_a_key_twice_is_refused(own: Filled) -> None:
    body, _ = message(own.key, event(PEOPLE[0], "m-1"))
    twice = body.replace(b'"amount": "1"', b'"amount": "1", "amount": "9"')
    at = int(time.time())
    told = Person(app_of(own.city)).post(SEND, content=twice, headers={"Dafeng-Signature": sign(twice, own.key, at)})
    assert (told.status_code, "amount" in told.json()["says"]["en"]) == (422, True)


def test_the_same_message_and_the_same_event_get_the_same_answer(own: Filled) -> None:
    one = event(PEOPLE[0], "m-1")
    body, headers = message(own.key, one)
    client = Person(app_of(own.city))
    first, copy = (client.post(SEND, content=body, headers=headers) for _ in range(2))
    later = send(own.city, own.key, one, at=int(time.time()) - 5)
    assert first.content == copy.content
    assert (later.json()["answers"], later.json()["again"]) == (first.json()["answers"], 1)
    with open_inclusion(own.city) as programme:
        assert programme.rows.query("SELECT count(*) FROM message") == [(2,)]


def test_without_a_good_signature_nothing_passes(own: Filled) -> None:
    now = int(time.time())
    body, headers = message(own.key, event(PEOPLE[0], "m-2"))
    foreign = message(Key(own.key.id, "x" * 32), event(PEOPLE[0], "m-2"))
    client = Person(app_of(own.city))
    answers = [
        client.post(SEND, content=body),
        client.post(SEND, content=body + b" ", headers=headers),
        client.post(SEND, content=foreign[0], headers=foreign[1]),
        *(send(own.city, own.key, event(PEOPLE[0], "m-2"), at=now + shift) for shift in (-WINDOW_S - 30, WINDOW_S + 30)),
        client.post(SEND, content=body, headers=bearer(own.city)),
    ]
    assert [one.status_code for one in answers] == [401] * 6
    assert {one.json()["code"] for one in answers} == {"inclusion.signature"}
    assert all(one.json()["says"]["zh"] and one.json()["says"]["en"] for one in answers)
    with open_inclusion(own.city) as programme:
        assert programme.rows.query("SELECT count(*) FROM message") == [(0,)]


def test_a_message_is_refused_whole_or_event_by_event(own: Filled) -> None:
    events = [event(PEOPLE[0], "m-3"), event("15900000000", "m-4"), event(PEOPLE[1], f"ticket-{PEOPLE[0]}"),
              event(PEOPLE[2], "m-5", place="110000")]  # fmt: skip
    told = send(own.city, own.key, *events).json()
    assert [one.get("rule", one["state"]) for one in told["answers"]] == [
        "taken", "inclusion.unknown", "inclusion.claimed", "inclusion.place",
    ]  # fmt: skip
    assert not any(number in str(told) for number in (*PEOPLE, *own.people, "15900000000"))
    body = b'{"events": 5}'
    whole = Person(app_of(own.city)).post(
        SEND, content=body, headers={"Dafeng-Signature": sign(body, own.key, int(time.time()))}
    )
    assert (whole.status_code, whole.json()["code"]) == (422, "inclusion.message")


def test_a_message_is_bounded_and_its_key_has_a_pace(own: Filled) -> None:
    app = app_of(own.city)
    large = Person(app).post(SEND, content=b" " * 1_000_001, headers={"Dafeng-Signature": "x"})
    assert large.status_code == 413
    from dafeng.web.offices import Office

    office = Office(own.city)
    office.pace.burst = 2
    office.pace.rate = 0.01
    client = Person(create_app([], offices=[office]))
    codes = []
    for number in range(4):
        body, headers = message(own.key, event(PEOPLE[0], f"p-{number}", hours=3 + number))
        codes.append(client.post(SEND, content=body, headers=headers))
    assert [one.status_code for one in codes] == [200, 200, 429, 429]
    assert int(codes[-1].headers["retry-after"]) > 0


def test_a_closed_city_takes_messages_and_a_city_without_inclusion_none(own: Filled, tmp_path: Path) -> None:
    closed = create_app([], offices=[own.city], closed=True)
    body, headers = message(own.key, event(PEOPLE[0], "c-1"))
    assert Person(closed).post(SEND, content=body, headers=headers).status_code == 200
    bare = city_with_people(tmp_path / "bare")
    assert Person(app_of(bare)).post(SEND, content=body, headers=headers).status_code == 401
    assert not (bare.folder / "inclusion.sqlite").exists()


def test_a_key_is_shown_once_speaks_for_its_scenes_and_ends(own: Filled, who: Person) -> None:
    page = who.write(HOME + "keys", home=HOME + "intake/", operator="共享单车", days="30", **{"scene.bike": "1"}).text
    secret = re.findall(r'<code class="secret">([0-9a-f]{32})</code>', page)[0]
    key = Key("k0002", secret)
    told = send(own.city, key, event(PEOPLE[0], "b-1", scene="bike"), event(PEOPLE[0], "b-2", hours=4),
                event(PEOPLE[0], "b-3", scene="bike", hours=5, operator=OPERATOR)).json()  # fmt: skip
    assert [one.get("rule", one["state"]) for one in told["answers"]] == ["taken", "inclusion.key", "inclusion.key"]
    assert secret not in who.get(HOME + "intake/").text
    assert not any(secret.encode() in path.read_bytes() for path in own.city.folder.rglob("*") if path.is_file())
    who.write(HOME + "keys", home=HOME + "intake/", operator="共享单车", days="30")
    third = who.write(HOME + "keys", home=HOME + "intake/", operator="共享单车", days="30")
    assert third.status_code == 409
    assert who.write(HOME + "keys/end", home=HOME + "intake/", id="k0002").status_code == 303
    assert send(own.city, key, event(PEOPLE[0], "b-9", scene="bike")).status_code == 401


# --- intake by token and by file -------------------------------------------------------------------------------------------


def test_events_are_handed_in_with_a_token_that_may_write(own: Filled) -> None:
    client, body = Person(app_of(own.city)), {"events": [event(PEOPLE[0], "a-1")]}
    codes = [client.post(API + "events", json=body, headers=bearer(own.city, *who)).status_code
             for who in (("张三", "write"), ("张三", "read"), ("王五", "write"))]  # fmt: skip
    assert (codes, client.post(API + "events", json=body).status_code) == ([200, 403, 403], 401)
    told = client.post(API + "events", json=body, headers=bearer(own.city, "李四")).json()
    assert (told["taken"], told["again"], told["answers"][0]["state"]) == (0, 1, "taken")


def test_a_file_is_taken_with_findings_by_row(who: Person, tmp_path: Path) -> None:
    rows = [event(PEOPLE[0], "f-1"), event(PEOPLE[1], "f-2", amount="many"), event("15900000000", "f-3")]
    path = rows_of(tmp_path, *rows)
    told = who.write(HOME + "take", home=HOME + "intake/", files={"file": ("events.csv", path.read_bytes())})
    assert (told.status_code, "新记 1 件，重复 0 件，未收 2 件" in told.text) == (200, True)
    assert [place in told.text for place in ("events.csv!F3", "events.csv!4", "15900000000", PEOPLE[0])] == [
        True, True, False, False,
    ]  # fmt: skip
    again = who.write(HOME + "take", home=HOME + "intake/", files={"file": ("events.csv", path.read_bytes())})
    assert "新记 0 件，重复 1 件" in again.text
    for content in (b"", b"a,b\n1,2\n", b"\xff\xfe\x00"):
        assert who.write(HOME + "take", home=HOME + "intake/", files={"file": ("e.csv", content)}).status_code == 422


# --- pages -----------------------------------------------------------------------------------------------------------------


def test_the_overview_tells_sums_double_claims_and_bundles(who: Person) -> None:
    page = who.get(HOME).text
    assert [word in page for word in ("6 件低碳行为共减排 3.090", "不足 5 人的合计不显示", "重复申报", BUNDLE)] == [True] * 4
    told = who.get("/qinglan/inclusion.json").json()
    assert (told["months"][0]["accounts"], told["double_claims"]) == (6, {"inclusion.claimed": 1})


def test_a_sum_over_few_accounts_is_not_told(own: Filled, who: Person) -> None:
    send(own.city, own.key, *(event(one, f"few-{one}", scene="bike") for one in PEOPLE[:4]))
    told = {one["scene"]: one for one in who.get("/qinglan/inclusion.json").json()["months"]}
    assert (told["bike"]["grams"], told["bike"]["accounts"]) == (None, None)
    assert told["metro"]["grams"] == 3_090, "all of it is in the bundle, whose sum is known; what the books issued is not told"
    books = (
        Person(app_of(own.city)).get("/api/v1/cities/qinglan/ledger/books", headers=bearer(own.city, "王五")).json()["items"]
    )
    assert [one["book"] for one in books if one["book"] in ("points", "puhui.grams")] == []
    assert "为保护个人不显示" in who.get(HOME).text
    send(own.city, own.key, event(PEOPLE[4], "few-5", scene="bike"))
    told = {one["scene"]: one for one in who.get("/qinglan/inclusion.json").json()["months"]}
    assert (told["bike"]["accounts"], told["metro"]["accounts"]) == (5, 6)


def test_a_bundle_gives_nobody_away_by_what_it_withholds(own: Filled, who: Person) -> None:
    """Six by metro; bus and walk are one person's, and the sum of the bundle is known."""
    trips = [event(one, f"m-{one}", hours=31) for one in PEOPLE[:6]]
    alone = [event(PEOPLE[6], scene, scene=scene, hours=hours) for scene, hours in (("bus", 30), ("walk", 30.5))]
    assert send(own.city, own.key, *trips, *alone).json()["taken"] == 8
    with open_inclusion(own.city) as programme:
        last = date.fromisoformat(alone[0]["started"][:10]) + timedelta(days=1)
        aggregate_reductions(programme, "q", before=last.isoformat())
    told = Person(app_of(own.city)).get(API + "bundles/q", headers=bearer(own.city, "王五")).json()
    assert (told["events"], {one["scene"]: one["grams"] for one in told["holds"]}) == (
        8,
        dict.fromkeys(("bus", "metro", "walk")),
    )
    assert "3.09" not in who.get(f"{HOME}bundles/q/").text


def test_a_scene_shows_its_method_and_every_edition(who: Person) -> None:
    page = who.get(HOME + "scenes/metro/").text
    assert [word in page for word in ("<math", "guangzhou_mean", "0.5155", "kgCO₂/人次", "515.5")] == [True] * 5
    assert "g/trip" in who.get(HOME + "scenes/metro/?lang=en").text
    assert who.get(HOME + "scenes/nothing/").status_code == 404


def test_nobody_is_found_by_an_identity_and_no_name_stands_anywhere(own: Filled, who: Person) -> None:
    asked = who.get(f"{HOME}accounts/?person={PEOPLE[0]}")
    assert (asked.status_code, "这不是假名" in asked.text, PEOPLE[0] in asked.text) == (200, True, False)
    assert who.get(f"{HOME}accounts/?person={own.people[0].upper()}", follow=False).status_code == 303
    pages = [who.get(HOME + one).text for one in ("", "claims/", "intake/", f"accounts/{own.people[0]}/", f"bundles/{BUNDLE}/")]
    assert not any(number in page for number in PEOPLE for page in pages)
    assert not any(one in page for one in own.people for page in (pages[0], pages[1], pages[2], pages[4]))


def test_a_bundle_says_what_it_holds_and_what_the_city_still_has(who: Person) -> None:
    page = who.get(f"{HOME}bundles/{BUNDLE}/").text
    assert [word in page for word in ("签发 0.003", "3.090", "根散列")] == [True] * 3
    assert who.get(HOME + "bundles/none/").status_code == 404


def test_somebody_joins_redeems_withdraws_and_is_erased_and_the_books_balance(own: Filled, who: Person) -> None:
    made = who.write(HOME + "join", home=HOME + "accounts/", identity="139 0000 0001\ncard-7", kind="person", consent="1")
    pseudonym = made.headers["location"].split("/")[4]
    refused = who.write(HOME + "join", home=HOME + "accounts/", identity="13900000002", kind="person")
    assert (made.status_code, refused.status_code, "13900000002" in refused.text) == (303, 422, False)
    mine = f"{HOME}accounts/{own.people[0]}/"
    before = balance(who, own.people[0])
    for _ in range(2):
        done = who.write(HOME + "redeem", home=mine, person=own.people[0], voucher="merchant_5", order="A-17")
        assert done.status_code == 303
    assert before - balance(who, own.people[0]) == 50
    who.write(HOME + "withdraw", home=mine, person=own.people[0])
    told = send(own.city, own.key, event(PEOPLE[0], "late")).json()
    assert told["answers"][0]["rule"] == "inclusion.consent"
    wrong = who.write(HOME + "erase", home=mine, person=own.people[0], again="000000")
    assert (wrong.status_code, balance(who, own.people[0])) == (422, before - 50)
    gone = who.write(HOME + "erase", home=mine, person=own.people[0], again=own.people[0][:6])
    page = who.get(gone.headers["location"]).text
    assert [word in page for word in ("此账户已注销", "carbon_inclusion", "已注销；账簿仍平衡")] == [True] * 3
    assert who.get(f"{HOME}accounts/{pseudonym}/").status_code == 200
    with open_inclusion(own.city) as programme:
        assert set(sums(programme).values()) == {0}
    with Rights(own.city) as rights:
        assert [one.gap for one in sum_books(rights)] == [0] * len(sum_books(rights))


def test_who_may_not_erase_or_certify_is_refused(own: Filled) -> None:
    editor = person(app_of(own.city), "张三")
    home = f"{HOME}accounts/{own.people[1]}/"
    assert editor.write(HOME + "erase", home=home, person=own.people[1], again=own.people[1][:6]).status_code == 403
    assert editor.write(HOME + "aggregate", home=home, name="x", before="2026-01-01").status_code == 403
    assert editor.write(HOME + "keys", home=home, operator="x", days="3").status_code == 403


def test_programs_join_redeem_and_read_an_account(own: Filled) -> None:
    client, shown = Person(app_of(own.city)), bearer(own.city)
    joined = client.post(API + "accounts", json={"identities": ["13700000001"], "consent": True}, headers=shown)
    without = client.post(API + "accounts", json={"identities": ["13700000002"], "consent": False}, headers=shown)
    assert (joined.status_code, without.status_code) == (201, 422)
    order = {"person": own.people[0], "voucher": "merchant_5", "order": "P-1"}
    told = [client.post(API + "redemptions", json=order, headers=shown).json()["again"] for _ in range(2)]
    poor = client.post(API + "redemptions", json={**order, "person": joined.json()["person"], "order": "P-2"}, headers=shown)
    account = client.get(f"{API}accounts/{own.people[0]}", headers=bearer(own.city, "李四")).json()
    assert (told, poor.status_code, account["vouchers"], account["consents"][0]["withdrawn"]) == (
        [False, True], 409, {"merchant_5": 1}, None,
    )  # fmt: skip
    for path in ("scenes", "totals", "claims", "bundles", f"bundles/{BUNDLE}"):
        assert client.get(API + path, headers=shown).status_code == 200
        assert client.get(API + path).status_code == 401


def test_an_account_is_shown_to_those_who_may_confirm_only(own: Filled) -> None:
    """To others neither page nor API tells a figure of a person, whether there is the pseudonym or not; editors serve it."""
    client, app = Person(app_of(own.city)), app_of(own.city)
    with Rights(own.city) as rights, pytest.raises(AccessError) as said:
        check_private(rights, "puhui.grams", may=False)
    words = said.value
    for name, may in {"王五": False, "张三": False, "李四": True, "管理": True}.items():
        for pseudonym in (own.people[0], "0" * 24):
            told = client.get(f"{API}accounts/{pseudonym}", headers=bearer(own.city, name))
            assert told.status_code == (403 if not may else 200 if pseudonym in own.people else 404), (name, pseudonym)
            assert may or told.json()["says"] == {"zh": words.what.zh, "en": words.what.en}
    reader, editor = person(app, "王五"), person(app, "张三")
    for place in (f"accounts/{own.people[0]}/", f"accounts/{'0' * 24}/", f"accounts/?person={own.people[0]}"):
        page = reader.get(HOME + place)
        assert (page.status_code, words.what.zh in page.text) == (403, True), place
    page = editor.get(f"{HOME}accounts/{own.people[0]}/").text
    assert [one in page for one in (words.what.zh, 'name="voucher"', "/withdraw")] == [True] * 3
    assert [one in page for one in (">kg<", "carbon_inclusion", "积分明细", "未核证", 'class="sums"')] == [False] * 5
    assert editor.get(f"{HOME}accounts/{'0' * 24}/").status_code == 404
    done = editor.write(HOME + "withdraw", home=f"{HOME}accounts/{own.people[0]}/", person=own.people[0])
    assert "同意已撤回" in editor.get(done.headers["location"]).text
    assert "同意已撤回" in person(app, "李四").get(f"{HOME}accounts/{own.people[0]}/").text


def test_a_city_that_nobody_joined_makes_no_file(tmp_path: Path) -> None:
    made = city_with_people(tmp_path)
    one = person(app_of(made), "李四")
    codes = [one.get(HOME + path).status_code for path in ("", "claims/", "accounts/", "intake/", "scenes/metro/")]
    assert (codes, "还没有人加入碳普惠" in one.get(HOME).text) == ([200] * 5, True)
    for path, fields in (("aggregate", {"name": "a", "before": "2026-01-01"}), ("erase", {"person": "a" * 24})):
        assert one.write(HOME + path, home=HOME, **fields).status_code == 422
    assert not list(made.folder.glob("i*.sqlite"))


def test_programs_are_told_what_the_audit_finds_of_inclusion(own: Filled) -> None:
    client, address = Person(app_of(own.city)), "/api/v1/cities/qinglan/ledger/audit"
    shown = bearer(own.city, "李四")
    assert client.get(address, headers=shown).json() == {"whole": True, "findings": []}
    with sqlite3.connect(own.city.folder / "inclusion.sqlite") as file:
        file.execute("UPDATE bundle SET units = units + 1")
    told = client.get(address, headers=shown).json()
    assert told["whole"] is False
    assert {one["rule"] for one in told["findings"]} == {"ledger.inclusion_bundle", "ledger.inclusion_issued"}
    assert {one["at"] for one in told["findings"]} == {f"inclusion.bundle/{BUNDLE}"}
