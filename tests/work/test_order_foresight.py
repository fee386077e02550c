"""What can never be booked is refused when it is asked for, on its day and in its words, and is offered by no form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import Hold, Request, Reverse, SetLimit, SetState, Transfer, encode
from dafeng.store.orders import add_order
from dafeng.store.records import open_records
from dafeng.work.allotments import book_allowances
from dafeng.work.allowances import allowances
from dafeng.work.ask_allowances import ask_surrender
from dafeng.work.city import init
from dafeng.work.city_days import city_today
from dafeng.work.noted_orders import read_orders
from dafeng.work.order_foresight import list_free_kinds
from dafeng.work.right_opening import open_account, open_book
from dafeng.work.right_orders import decide_order, place_order
from dafeng.work.right_proof import audit_books
from dafeng.work.right_rows import find_account_row
from dafeng.work.rights import Rights
from tests.web.ledgers import DAY, fill_ledger
from tests.work.test_allowances import DAY as GIVEN
from tests.work.test_allowances import ROWS, make_city, table

EARLY = "2026-02-28"


@pytest.fixture
def rights(tmp_path: Path) -> Iterator[Rights]:
    city = init(tmp_path / "x", place="990200")
    fill_ledger(city)
    with Rights(city) as opened:
        yield opened


def retired(name: str, **more: Any) -> Transfer:
    return Transfer(name, "retire", "A-1", "ccer.retired", 1, DAY, **{"beneficiary": "b", **more})


HOPELESS: tuple[tuple[Request, str], ...] = (
    (retired("n1", beneficiary=""), "beneficiary_missing"),
    (Hold("n2", "A-1", "freeze", 1, "", until=None), "reason_missing"),
    (Hold("n3", "A-1", "freeze", 1, "court", until=1_577_836_800_000_000), "until_past"),
    (Reverse("n4", "nothing", DAY, "wrong"), "transfer_unknown"),
    (Reverse("n5", "retire-1", DAY, "wrong"), "final"),
    (Reverse("n6", "hold-1", DAY, "wrong"), "transfer_unknown"),
    (Reverse("n7", "move-1", DAY, ""), "reason_missing"),
    (SetState("n8", "A-1", "blocked", ""), "reason_missing"),
    (SetLimit("n9", "cea-2025.issuer", 7, ""), "reason_missing"),
    (retired("n10")._replace(effective=EARLY), "not_held_then"),
)


@pytest.mark.parametrize(("asked", "code"), HOPELESS)
def test_what_can_never_be_booked_waits_for_nobody(rights: Rights, asked: Request, code: str) -> None:
    before = read_orders(rights)
    told = place_order(rights, asked, who="张三")
    assert (told.state, told.code, told.reason is None, read_orders(rights)) == ("refused", code, False, before)


def test_a_reversal_goes_back_once(rights: Rights) -> None:
    for name, back in (("v1", "move-2"), ("v2", "move-1")):
        place_order(rights, Reverse(name, back, DAY, "wrong"), who="张三")
    assert decide_order(rights, "v2", accept=True, who="李四").state == "booked"
    assert place_order(rights, Reverse("v3", "move-1", DAY, "wrong"), who="张三").code == "reversed_before"
    assert place_order(rights, Reverse("v2", "move-1", DAY, "wrong"), who="张三").state == "booked"  # as it was answered
    assert place_order(rights, Reverse("v4", "v2", DAY, "wrong"), who="张三").code == "final"


def test_nobody_gives_alone_what_had_not_come_on_the_day(rights: Rights) -> None:
    told = place_order(rights, Transfer("t1", "transfer", "B-1", "P-1", 1, EARLY), who="张三")
    assert (told.state, told.code, told.about) == ("refused", "not_held_then", "B-1 2026-02-28")
    assert place_order(rights, Transfer("t2", "transfer", "B-1", "P-1", 1, DAY), who="张三").state == "booked"
    assert audit_books(rights) == []


def test_what_an_earlier_version_let_wait_is_refused_when_it_is_decided(rights: Rights) -> None:
    asked, at = retired("w1")._replace(effective=EARLY), datetime.now(UTC)
    with open_records(rights.city.records) as records, records.write(actor="张三", at=at) as session:
        add_order(session, "w1", encode(asked), pair=True, at=at)
    told = decide_order(rights, "w1", accept=True, who="李四")
    assert (told.state, told.code) == ("refused", "not_held_then")


def test_a_surrender_lies_no_earlier_than_the_allowances(tmp_path: Path) -> None:
    city = make_city(tmp_path)
    early = (date.fromisoformat(GIVEN) - timedelta(days=1)).isoformat()
    told = ask_surrender(city, "cea-2023", "2023", "甲", quantity=10, credits=0, day=early, who="张三")
    assert (told.state, told.code) == ("refused", "not_held_then")
    assert ask_surrender(city, "cea-2023", "2023", "甲", quantity=10, credits=0, day=GIVEN, who="张三").state == "waiting"


def test_too_much_is_taken_back_no_earlier_than_it_was_given(tmp_path: Path) -> None:
    city = make_city(tmp_path)
    early = (date.fromisoformat(GIVEN) - timedelta(days=1)).isoformat()
    table(city.overlay / "rights", *(one.replace("1000000", "100000") for one in ROWS))
    less = allowances(city.overlay / "rights" / "plants.csv")
    told = {one.enterprise: one.state for one in book_allowances(city, "cea-2023", less, before=False, day=early)}
    assert "not_held_then" in told.values()


def test_units_of_tomorrow_are_not_given_today(rights: Rights) -> None:
    today = city_today(rights.city)
    issue = Transfer(
        "i9", "issue", "ccer.issuer", "P-1", 500, (today + timedelta(days=1)).isoformat(), vintage="2025", project="p"
    )
    assert type(rights.submit([[issue]])[0][0]) is Booked
    told = place_order(rights, Transfer("t9", "transfer", "P-1", "B-1", 400, today.isoformat()), who="张三")
    assert (told.state, told.code) == ("refused", "not_held_then")


@pytest.mark.parametrize(("book", "settled"), [("ccer", True), ("cea-2025", True), ("energy_right-2025", False)])
def test_forms_offer_no_kind_that_is_always_refused(rights: Rights, book: str, settled: bool) -> None:
    open_book(rights, "energy_right", period="2025", who="李四", limit=5)
    open_account(rights, book, "U-1", type="organisation", holder="h", who="李四")
    with rights.reading() as rows:
        account, issuer = (find_account_row(rows, name=name) for name in ("U-1", f"{book}.issuer"))
    assert account is not None
    assert issuer is not None
    assert ("surrender" in list_free_kinds(rights, account), "transfer" in list_free_kinds(rights, account)) == (
        not settled,
        True,
    )
    assert bool(list_free_kinds(rights, issuer)) == (book != "ccer")  # credits leave by the register of projects alone
