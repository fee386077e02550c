"""Who must decide an order, what it may free, and what goes back with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import AccessError, ConflictError, SettingError
from dafeng.core.persons import fold_person
from dafeng.ledger.definitions import account_types, makes_or_ends
from dafeng.ledger.requests import Hold, Post, Release, Reverse, Transfer, Void, encode
from dafeng.store.orders import add_order, join_orders
from dafeng.store.records import open_records
from dafeng.work.city import init
from dafeng.work.noted_orders import read_order, read_orders
from dafeng.work.right_opening import open_book
from dafeng.work.right_orders import decide_order, place_order, place_orders, settle_orders
from dafeng.work.right_overview import sum_books
from dafeng.work.rights import Rights
from tests.web.ledgers import DAY, fill_ledger


@pytest.fixture
def rights(tmp_path: Path) -> Iterator[Rights]:
    city = init(tmp_path / "x", place="990200")
    fill_ledger(city)
    with Rights(city) as opened:
        yield opened


def small(name: str, giver: str = "A-1", taker: str = "B-1", quantity: int = 10) -> Transfer:
    return Transfer(name, "transfer", giver, taker, quantity, DAY)


@pytest.mark.parametrize("kind", ["issue", "earn", "allocate", "pre_allocate"])
def test_no_kind_of_transfer_makes_units_for_one_person(rights: Rights, kind: str) -> None:
    asked = Transfer("n1", kind, "cea-2025.issuer", "A-1", 1, DAY, vintage="2024", project="P")
    assert place_order(rights, asked, who="张三").state == "waiting"


@pytest.mark.parametrize(("kind", "sink"), [("cancel", "cancelled"), ("lapse", "cancelled"), ("expire", "cancelled")])
def test_no_kind_of_transfer_ends_units_for_one_person(rights: Rights, kind: str, sink: str) -> None:
    assert place_order(rights, Transfer("n1", kind, "P-1", f"ccer.{sink}", 1, DAY), who="张三").state == "waiting"


def test_units_begin_and_end_where_the_types_say() -> None:
    ends = {taker for taker in account_types() if makes_or_ends("trading", taker)}
    makes = {giver for giver in account_types() if makes_or_ends(giver, "trading")}
    assert (ends, makes) == ({"surrendered", "retired", "cancelled", "used", "issuer", "external"}, {"issuer", "external"})


@pytest.mark.parametrize("who", ["anna", "Anna", "anna ", "ａnna", "an\u200bna", " A N N A"])
def test_nobody_is_the_second_person_by_another_spelling(rights: Rights, who: str) -> None:
    place_order(rights, small("n1", quantity=20_000), who="anna")
    with pytest.raises(AccessError):
        decide_order(rights, "n1", accept=True, who=who)
    assert read_order(rights, "n1").state == "waiting"


@pytest.mark.parametrize("who", ["", " ", "\u200b"])
def test_somebody_must_be_named(rights: Rights, who: str) -> None:
    with pytest.raises(SettingError):
        place_order(rights, small("n1"), who=who)
    with pytest.raises(SettingError):
        decide_order(rights, "large-1", accept=True, who=who)


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold_person(fold_person(name)) == fold_person(name)


@given(st.text("abcxyz张三ÄÖ", max_size=12))
def test_case_width_and_blanks_make_no_other_person(name: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in name)
    assert fold_person(name.upper()) == fold_person(f" {name}\u200b") == fold_person(wide) == fold_person(name)


def test_a_large_hold_is_released_by_two(rights: Rights) -> None:
    place_order(rights, Hold("bank", "A-1", "pledge", 5_001, "bank"), who="张三")
    decide_order(rights, "bank", accept=True, who="李四")
    assert place_order(rights, Release("r1", "bank", 1), who="thief").state == "waiting"
    assert place_order(rights, Hold("small", "A-1", "pledge", 10, "bank"), who="张三").state == "booked"
    assert place_order(rights, Release("r2", "small"), who="张三").state == "booked"


@pytest.mark.parametrize(
    "free", [Release("r1", "market/hold/1"), Transfer("t1", "transfer", "A-1", "B-1", 5, DAY, hold="market/hold/1")]
)
def test_what_a_market_set_aside_is_not_freed_by_an_order(rights: Rights, free: Release | Transfer) -> None:
    rights.submit([[Hold("market/hold/1", "A-1", "freeze", 50, "order 1")]])
    with pytest.raises(ConflictError) as told:
        place_order(rights, free, who="张三")
    assert "撤回" in told.value.remedy.zh


NAMED = "market/hold/steel-1"


@pytest.mark.parametrize(
    "spend",
    [Transfer("t1", "cancel", "P-1", "ccer.cancelled", 5, DAY, hold=NAMED), Release("t1", NAMED), Post("t1", NAMED),
     Void("t1", NAMED), Release("t1", "b:freeze:1"), Release("t1", "open.1")],
)  # fmt: skip
def test_no_order_names_what_the_machinery_will_set_aside(rights: Rights, spend: Release | Transfer | Post | Void) -> None:
    with pytest.raises(ConflictError):
        place_order(rights, spend, who="张三")
    assert [one.id for one in read_orders(rights, states=("waiting", "refused"))] == ["large-1"]


@pytest.mark.parametrize("name", [NAMED, "late"])
def test_what_was_set_aside_after_it_was_asked_is_not_spent(rights: Rights, name: str) -> None:
    at, asked = datetime.now(UTC), Transfer("grab", "cancel", "P-1", "ccer.cancelled", 5, DAY, hold=name)
    with open_records(rights.city.records) as records, records.write(actor="张三", at=at) as session:
        add_order(session, asked.id, encode(asked), pair=True, at=at)
    rights.submit([[Hold(name, "P-1", "freeze", 50, "order 1")]])
    with pytest.raises(ConflictError):
        decide_order(rights, "grab", accept=True, who="李四")
    assert (read_order(rights, "grab").state, rights.find_account("P-1")[0].held) == ("waiting", 50)
    assert decide_order(rights, "grab", accept=False, who="李四").state == "rejected"


CREDITS = ("issue", "convert", "earn", "allocate", "pre_allocate", "true_up")


@pytest.mark.parametrize("kind", CREDITS)
def test_no_order_makes_credits_past_the_register_of_projects(rights: Rights, kind: str) -> None:
    before = sum_books(rights)
    asked = Transfer("n1", kind, "ccer.issuer", "A-1", 1, DAY, vintage="2024", project="NEVER-REGISTERED")
    with pytest.raises(ConflictError) as told:
        place_order(rights, asked, who="张三")
    assert "dafeng credit" in told.value.remedy.en
    with pytest.raises(ConflictError):
        place_orders(rights, [small("g1"), asked._replace(until=2**50)], who="张三")
    assert (sum_books(rights), [one.id for one in read_orders(rights, states=("waiting",))]) == (before, ["large-1"])


@pytest.mark.parametrize("plan", ["blue_carbon", "inclusion_credit"])
def test_other_books_of_credits_are_issued_by_the_register_too(rights: Rights, plan: str) -> None:
    open_book(rights, plan, who="李四", limit=1_000)
    with pytest.raises(ConflictError):
        place_order(rights, Transfer("n1", "issue", f"{plan}.issuer", "x", 1, DAY, project="P"), who="张三")


def test_a_certificate_of_green_power_is_no_credit(rights: Rights) -> None:
    open_book(rights, "green_certificate", who="李四", limit=1_000)
    asked = Transfer("n1", "issue", "green_certificate.issuer", "x", 1, DAY, project="P")
    assert place_order(rights, asked, who="张三").state == "waiting"


def test_an_issue_of_credits_that_waits_since_an_earlier_version_is_rejected_only(rights: Rights) -> None:
    at = datetime.now(UTC)
    asked = Transfer("old", "issue", "ccer.issuer", "A-1", 1, DAY, vintage="2024", project="P")
    with open_records(rights.city.records) as records, records.write(actor="张三", at=at) as session:
        add_order(session, asked.id, encode(asked), pair=True, at=at)
    with pytest.raises(ConflictError):
        decide_order(rights, "old", accept=True, who="李四")
    assert read_order(rights, "old").state == "waiting"
    assert decide_order(rights, "old", accept=False, who="李四").state == "rejected"


def test_a_group_goes_back_whole_and_by_two(rights: Rights) -> None:
    before = sum_books(rights)
    place_orders(rights, [small("g1"), small("g2", "B-1", "P-1", 2_505)], who="张三")  # the second gives on what the first gave
    asked = place_order(rights, Reverse("back", "g1", DAY, "wrong"), who="张三")
    assert (asked.state, len(read_orders(rights, states=("waiting",)))) == ("waiting", 3)  # with the one that waited before
    assert decide_order(rights, "back", accept=True, who="李四").state == "booked"
    assert sum_books(rights) == before
    assert place_order(rights, Reverse("back", "g1", DAY, "wrong"), who="张三").state == "booked"
    assert [one.id for one in read_orders(rights, states=("waiting",))] == ["large-1"]


def test_a_group_that_cannot_go_back_says_why(rights: Rights) -> None:
    place_orders(rights, [small("g1"), small("g2", "A-1", "P-1")], who="张三")
    held = rights.find_account("B-1")[0].free
    place_order(rights, small("spent", "B-1", "P-1", held), who="张三")
    place_order(rights, Reverse("back", "g1", DAY, "wrong"), who="张三")
    told = decide_order(rights, "back", accept=True, who="李四")
    assert (told.state, told.code) == ("refused", "not_held")
    assert read_order(rights, "back").code == "not_held"
    other = place_orders(rights, [Reverse("b1", "g1", DAY, "wrong"), Reverse("b2", "g2", DAY, "wrong")], who="张三")
    assert {decide_order(rights, other[0].id, accept=True, who="李四").code} == {"not_held"}


def test_a_leg_alone_is_refused_by_the_ledger_itself(rights: Rights) -> None:
    place_orders(rights, [small("g1"), small("g2", "B-1", "P-1")], who="张三")
    assert rights.submit([[Reverse("back", "g1", DAY, "wrong")]])[0][0].code == "linked"  # type: ignore[union-attr]


def test_a_group_with_an_issue_needs_two(rights: Rights) -> None:
    issue = Transfer("g1", "issue", "cea-2025.issuer", "A-1", 5, DAY, vintage="2024", project="P")
    told = place_orders(rights, [small("g2"), issue], who="张三")
    assert [one.state for one in told] == ["waiting", "waiting"]
    assert decide_order(rights, "g2", accept=False, who="李四").state == "rejected"
    assert read_order(rights, "g1").state == "rejected"


def test_a_group_that_was_handed_in_and_not_noted_is_settled_whole(rights: Rights) -> None:
    group = [small("g1"), small("g2", "B-1", "P-1", 10**6)]  # the second cannot be booked
    at = datetime.now(UTC)
    with open_records(rights.city.records) as records:
        with records.write(actor="张三", at=at) as session:
            for one in group:
                add_order(session, one.id, encode(one), pair=False, at=at)
            join_orders(session, [one.id for one in group])
        assert settle_orders(rights, records=records) == 2
        told = [read_order(rights, one.id, records=records) for one in group]
    assert [(one.state, one.code) for one in told] == [("refused", "group_failed"), ("refused", "not_held")]
