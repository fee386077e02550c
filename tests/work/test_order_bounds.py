"""What no order may do by itself: take ids, kinds and accounts that belong to the machinery of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.errors import ConflictError
from dafeng.ledger.act import Surrender
from dafeng.ledger.definitions import free_kinds, kinds
from dafeng.ledger.requests import Hold, Release, Request, Reverse, SetBook, SetLimit, SetState, Transfer, encode
from dafeng.store.orders import add_order
from dafeng.store.records import open_records
from dafeng.work.allotments import book_allowances
from dafeng.work.allowances import allowances
from dafeng.work.ask_allowances import ask_carry, ask_surrender
from dafeng.work.budgets import book_budget, close_budget, freeze_budget, release_budget
from dafeng.work.city import City, init
from dafeng.work.city_days import city_today
from dafeng.work.noted_orders import read_order
from dafeng.work.order_bounds import is_reserved
from dafeng.work.right_opening import open_account, open_book
from dafeng.work.right_orders import decide_order, place_act, place_order
from dafeng.work.rights import Rights
from tests.web.inclusions import fill_inclusion
from tests.web.ledgers import DAY, fill_ledger
from tests.work.test_allowances import give_credits, make_city
from tests.work.test_budgets import TREE, deliver

LATE = "2024-12-01"


@pytest.fixture
def rights(tmp_path: Path) -> Iterator[Rights]:
    city = init(tmp_path / "x", place="990200")
    fill_ledger(city)
    with Rights(city) as opened:
        yield opened


@pytest.fixture
def worked(tmp_path: Path) -> Iterator[Rights]:
    """Books in which allowances were given, surrendered and carried, a budget was used, and trips were certified."""
    city = make_city(tmp_path)
    work_allowances(city)
    (city.overlay / "budgets").mkdir()
    (city.overlay / "books.yaml").write_text("books:\n  energy_budget: {scale: 1}\n", encoding="utf-8")
    deliver(city, TREE, "e,3,20,tce\n")
    book_budget(city, "b")
    freeze_budget(city, "b", "e", reason="court")
    release_budget(city, "b", "e")
    fill_inclusion(city)
    with Rights(city) as opened:
        yield opened


def work_allowances(city: City) -> None:
    book_allowances(city, "cea-2023", allowances(city.overlay / "rights" / "plants.csv"), before=False, day="2024-01-05")
    give_credits(city, 1_000)
    surrendered = ask_surrender(city, "cea-2023", "2023", "甲", quantity=10, credits=5, day=LATE, who="张三")
    _, carried = ask_carry(
        city, "cea-2023", "cea-2024", "甲", quantity=100, year=2023, day=LATE, who="张三", base=Decimal(10_000)
    )
    with Rights(city) as rights:
        for one in (surrendered, carried):
            assert one is not None
            assert decide_order(rights, one.id, accept=True, who="李四").state == "booked"


def booked_ids(rights: Rights) -> list[str]:
    with rights.reading() as rows:
        return [str(row[0]) for row in rows.query("SELECT id FROM ledger_event ORDER BY seq")]


# --- ids -------------------------------------------------------------------------------------------------------------------


def test_no_order_takes_an_id_that_the_machinery_made(worked: Rights) -> None:
    made = [name for name in booked_ids(worked) if name not in ("is", "ob", "oi", "oa")]
    heads = ("surrender:", "carry:", "puhui:bundle:", "puhui:book:", "puhui:open:", "b:", "b/", "allocate:")
    assert {head: any(name.startswith(head) for name in made) for head in heads} == dict.fromkeys(heads, True)
    with worked.reading() as rows:
        giver, taker = (
            str(row[0]) for row in rows.query("SELECT name FROM ledger_account WHERE type = 'organisation' LIMIT 2")
        )
    for name in made:
        told = place_order(worked, Transfer(name, "transfer", giver, taker, 1, LATE), who="张三")
        assert (told.state, told.code in ("id_reserved", "conflict")) == ("refused", True), name


@pytest.mark.parametrize(
    "name",
    ["puhui:bundle:b1", "puhui:book:puhui", "puhui:close:x", "puhui:erase:x", "energy-2025:open", "open.ccer-2", "open:ccer",
     "energy-2025:closing", "energy-2025/a:1", "b/x:freeze:1", "market/x", "market/hold/1", "credit:P:2024-01-01/2024-12-31",
     "a:0", "surrender:cea-2023:乙:2024-12-01:1:0"],
)  # fmt: skip
def test_ids_of_the_forms_of_the_machinery_are_refused_in_words(rights: Rights, name: str) -> None:
    told = place_order(rights, Transfer(name, "transfer", "A-1", "B-1", 1, DAY), who="张三")
    assert (told.state, told.code) == ("refused", "id_reserved")
    assert told.reason is not None
    assert "another id" in told.reason.remedy.en
    assert is_reserved(name)
    assert name not in booked_ids(rights)


def test_an_act_has_its_own_id_or_a_free_one(rights: Rights) -> None:
    act = Surrender("surrender:cea-2025:乙:2025-12-01:1:0", "cea-2025", "2025", "甲", 1, 0, "ccer", "2025-12-01", due=5)
    assert place_act(rights, act, [], who="张三").code == "id_reserved"
    assert place_act(rights, act._replace(id="surrender:cea-2025:甲:2025-12-01:1:0"), [], who="张三").code != "id_reserved"
    assert place_act(rights, act._replace(id="mine"), [], who="张三").code != "id_reserved"


def test_an_id_of_an_earlier_version_keeps_its_answer(rights: Rights) -> None:
    at, old = datetime.now(UTC), Transfer("2026/7", "transfer", "A-1", "B-1", 20_000, DAY)
    with open_records(rights.city.records) as records, records.write(actor="张三", at=at) as session:
        add_order(session, old.id, encode(old), pair=True, at=at)
    assert place_order(rights, old, who="张三").state == "waiting"
    assert decide_order(rights, old.id, accept=True, who="李四").state == "booked"
    assert place_order(rights, old, who="张三").state == "booked"


# --- kinds -----------------------------------------------------------------------------------------------------------------


def test_every_kind_is_said_to_be_free_or_not() -> None:
    assert set(free_kinds()) == set(kinds())
    assert {name for name, one in free_kinds().items() if one.free == "no"} == {"true_up", "carry", "trade", "convert"}


@pytest.mark.parametrize(
    ("kind", "word"),
    [("true_up", "allowance book"), ("carry", "allowance carry"), ("trade", "dafeng market"),
     ("convert", "inclusion aggregate"), ("surrender", "allowance surrender")],
)  # fmt: skip
def test_a_kind_with_a_meaning_is_ordered_where_it_has_it(rights: Rights, kind: str, word: str) -> None:
    taker = "ccer.surrendered" if kind == "surrender" else "B-1"
    for until in (None, 2**52):
        with pytest.raises(ConflictError) as told:
            place_order(rights, Transfer("k1", kind, "A-1", taker, 1, DAY, until=until), who="张三")
        assert word in told.value.remedy.en
    assert "k1" not in booked_ids(rights)


def test_nothing_is_surrendered_for_a_period_past_its_limits(worked: Rights) -> None:
    for giver, taker in (("cea-2023.甲", "cea-2023.surrendered"), ("ccer.甲", "ccer.surrendered.cea-2023")):
        with pytest.raises(ConflictError):
            place_order(worked, Transfer("s1", "surrender", giver, taker, 1, LATE), who="张三")


def test_a_surrender_of_what_no_period_settles_is_an_order(rights: Rights) -> None:
    open_book(rights, "energy_right", period="2025", who="李四", limit=1_000)
    open_account(
        rights, "energy_right-2025", "E-1", type="operator", holder="h", primary="p", secondary="q", installation="i",
        contact="c", who="李四",
    )  # fmt: skip
    asked = Transfer("s1", "surrender", "E-1", "energy_right-2025.surrendered", 1, DAY)
    assert place_order(rights, asked, who="张三").state == "waiting"


def test_a_kind_that_waits_since_an_earlier_version_is_rejected_only(rights: Rights) -> None:
    at, old = datetime.now(UTC), Transfer("old", "true_up", "A-1", "B-1", 10, DAY)
    with open_records(rights.city.records) as records, records.write(actor="张三", at=at) as session:
        add_order(session, old.id, encode(old), pair=True, at=at)
    with pytest.raises(ConflictError):
        decide_order(rights, "old", accept=True, who="李四")
    assert decide_order(rights, "old", accept=False, who="李四").state == "rejected"


# --- accounts --------------------------------------------------------------------------------------------------------------


def test_orders_leave_budgets_claims_and_inclusion_alone(worked: Rights) -> None:
    with worked.reading() as rows:
        person = str(rows.query("SELECT name FROM ledger_account WHERE name LIKE 'puhui.grams/%' AND type = 'person'")[0][0])
        earned = str(rows.query("SELECT id FROM ledger_event WHERE kind = 'earn' LIMIT 1")[0][0])
    asked: list[Request] = [
        Transfer("x", "transfer", person, "puhui.grams/bundled", 1, LATE), SetState("x", person, "blocked", "r"),
        Hold("x", person, "pledge", 1, "r"), Reverse("x", earned, LATE, "r"), SetLimit("x", "inclusion_credit.issuer", 0, "r"),
        SetState("x", "inclusion_credit.pool", "blocked", "r"), SetBook("x", "inclusion_credit", "closed", "", "r"),
        Transfer("x", "allot", "b/c", "b/d", 1, "2026-06-01"), SetState("x", "b/e", "blocked", "r"),
        Release("x", "b/e:freeze:1"),
        SetBook("x", "energy_budget-2026", "closed", "", "r"),
        Transfer("x", "transfer", "cea-2023.owed.甲", "cea-2023.owed.乙", 1, LATE),
    ]  # fmt: skip
    before = booked_ids(worked)
    for one in asked:
        with pytest.raises(ConflictError) as told:
            place_order(worked, one, who="张三")
        assert "dafeng" in told.value.remedy.en, one
    assert booked_ids(worked) == before


def test_credits_of_inclusion_are_given_on_by_orders(worked: Rights) -> None:
    open_account(worked, "inclusion_credit", "C-1", type="organisation", holder="h", who="李四")
    day = city_today(worked.city).isoformat()
    told = place_order(worked, Transfer("x", "transfer", "inclusion_credit.pool", "C-1", 1, day), who="张三")
    assert told.state in ("booked", "waiting")
    close_budget(worked.city, "b")


# --- two persons -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "giver", "taker"), [("export", "A-1", "ccer.external"), ("give_back", "N-1", "energy_budget-2025.issuer")]
)
def test_units_leave_for_an_issuer_or_another_registry_by_two(rights: Rights, kind: str, giver: str, taker: str) -> None:
    open_book(rights, "energy_budget", period="2025", who="李四", limit=1_000)
    open_account(rights, "energy_budget-2025", "N-1", type="budget", holder="h", who="李四")
    assert place_order(rights, Transfer("e1", kind, giver, taker, 1, DAY), who="张三").state == "waiting"


def test_what_is_frozen_is_freed_and_spent_by_two(rights: Rights) -> None:
    spent = Transfer("f2", "transfer", "A-1", "B-1", 1, DAY, hold="hold-1")
    asked = [Release("f1", "hold-1", 1), spent, Hold("f3", "A-1", "freeze", 1, "court")]
    assert [place_order(rights, one, who="张三").state for one in asked] == ["waiting"] * 3
    assert [decide_order(rights, one.id, accept=True, who="李四").state for one in asked] == ["booked"] * 3


def test_an_account_is_blocked_and_opened_again_by_two(rights: Rights) -> None:
    block = SetState("b1", "B-1", "blocked", "court")
    assert place_order(rights, block, who="张三").state == "waiting"
    assert decide_order(rights, "b1", accept=True, who="李四").state == "booked"
    assert place_order(rights, SetState("b2", "B-1", "open", "done"), who="张三").state == "waiting"
    assert read_order(rights, "b2").state == "waiting"
