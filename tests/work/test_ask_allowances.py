"""Booking, surrender, carry-over, repayment as orders: once whoever asks, within what is owed, between fitting books."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import AccessError, SettingError
from dafeng.ledger.act import act_reasons, decode_act, encode_act, name_act
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import OpenAccount, OpenBook, Reverse, SetLimit, Transfer, encode
from dafeng.store.models import AuditEntry, LedgerOrder
from dafeng.store.orders import add_order
from dafeng.store.records import open_records
from dafeng.work.allotments import BookedShare, book_allowances, open_period, repay_claim
from dafeng.work.allowances import allowances
from dafeng.work.ask_allowances import ask_allowances, ask_carry, ask_repay, ask_surrender, find_beyond
from dafeng.work.carry_over import carry_over
from dafeng.work.city import City
from dafeng.work.noted_orders import Order
from dafeng.work.right_orders import decide_order
from dafeng.work.right_overview import order_document
from dafeng.work.rights import Rights
from dafeng.work.settle import Standing, find_standing, settle, surrender
from tests.work.test_allowances import DAY, ROWS, give_credits, make_city, table

BOOK, LATER = "cea-2023", "cea-2024"
OWED = 850_000


@pytest.fixture
def city(tmp_path: Path) -> City:
    return make_city(tmp_path)


def book(city: City, *, before: bool = False, **more: Any) -> dict[str, BookedShare]:
    """Book the city's table at once."""
    found = allowances(city.overlay / "rights" / "plants.csv")
    return {one.enterprise: one for one in book_allowances(city, BOOK, found, before=before, day=DAY, **more)}


def ask(city: City, *, before: bool = False, who: str = "张三", **more: Any) -> tuple[dict[str, str], Order | None]:
    """Ask for the city's table to be booked."""
    found = allowances(city.overlay / "rights" / "plants.csv")
    shares, order = ask_allowances(city, BOOK, found, before=before, day=DAY, who=who, **more)
    return {one.enterprise: one.state for one in shares}, order


def give(city: City, quantity: int, credits: int = 0, **more: Any) -> Order:
    """Ask for a surrender of 甲."""
    return ask_surrender(city, BOOK, "2023", "甲", quantity=quantity, credits=credits, **{"day": DAY, "who": "张三", **more})


def approve(city: City, order: Order | None, who: str = "李四") -> Order:
    assert order is not None
    with Rights(city) as rights:
        return decide_order(rights, order.id, accept=True, who=who)


def stand(city: City, company: str = "甲") -> Standing:
    return find_standing(settle(city, BOOK, "2023"), company)


def submit(city: City, *requests: Any) -> list[Any]:
    with open_ledger(city.ledger) as ledger:
        return [one[0] for one in ledger.submit([[request] for request in requests])]


def count_events(city: City) -> int:
    with open_ledger(city.ledger) as ledger:
        return int(ledger.rows.query("SELECT COUNT(*) FROM ledger_event")[0][0])


# --- booking ---------------------------------------------------------------------------------------------------------------


def test_a_table_is_one_order_that_a_second_person_decides(city: City) -> None:
    states, order = ask(city)
    assert order is not None
    assert (states, order.state, order.pair) == (dict.fromkeys("甲乙丙", "waiting"), "waiting", True)
    again, same = ask(city, who="王五")
    assert (again, same is not None and same.id, same is not None and same.who) == (states, order.id, "张三")
    told = order_document(order)["request"]
    assert (told["quantity"], told["shares"]["甲"]) == (864544 + 2 * 404500, 864544)
    with pytest.raises(AccessError):
        approve(city, order, "张三")
    assert (approve(city, order).state, stand(city).held) == ("booked", 864544)
    assert (ask(city)[0], stand(city).held) == (dict.fromkeys("甲乙丙", "same"), 864544)


def test_an_order_stands_in_the_records_with_both_names(city: City) -> None:
    order = ask(city)[1]
    approve(city, order)
    with open_records(city.records) as records:
        assert records.verify() == ()
        with records.read() as session:
            row = session.get(LedgerOrder, order.id if order else "")
            assert row is not None
            assert (row.who, row.decided_by, row.status, row.pair) == ("张三", "李四", "booked", True)
            assert {one.actor for one in session.query(AuditEntry)} >= {"张三", "李四"}


def test_what_goes_back_to_the_issuer_needs_two_persons(city: City) -> None:
    book(city)
    table(city.overlay / "rights", ROWS[1].replace("500000", "490000"))
    states, order = ask(city)
    assert (states, order is not None and order.state, order is not None and order.pair) == ({"乙": "waiting"}, "waiting", True)
    assert approve(city, order).state == "booked"
    with pytest.raises(SettingError, match="nobody is named"):
        give(city, 1, who=" ")


def test_a_company_that_the_ledger_refuses_is_named_and_the_others_are_booked(city: City) -> None:
    table(city.overlay / "rights", ROWS[0], "丁,1,2023,coal_to_300,5,0,1,,,")
    states, order = ask(city)
    assert states == {"甲": "waiting", "丁": "taker_unknown"}
    done = approve(city, order)
    assert (done.state, done.about) == ("booked", "丁: taker_unknown")
    assert ask(city)[0] == {"甲": "same", "丁": "taker_unknown"}


def test_an_order_above_the_cap_is_refused_with_its_reason(city: City) -> None:
    with open_ledger(city.ledger) as ledger:
        issued = -ledger.rows.query("SELECT balance FROM ledger_account WHERE name = ?", f"{BOOK}.issuer")[0][0]
    submit(city, SetLimit("low", f"{BOOK}.issuer", issued + 10, "test"))
    found = allowances(table(city.folder, ROWS[0]))
    shares, order = ask_allowances(city, BOOK, found, before=False, day=DAY, who="张三")
    assert [one.state for one in shares] == ["waiting"]
    assert approve(city, order).code == "over_limit"
    again, _ = ask_allowances(city, BOOK, found, before=False, day=DAY, who="张三")
    assert [(one.state, one.booked) for one in again] == [("over_limit", 560_000)]


def test_two_tables_at_once_leave_what_the_last_one_says(city: City) -> None:
    """Two that saw the same state do not add up; the id of either follows from its table."""
    tables = [allowances(table(city.folder, ROWS[1].replace("500000", name))) for name in ("400000", "600000")]

    def attempt(number: int) -> None:
        book_allowances(city, BOOK, tables[number % 2], before=False, day=DAY, id=f"try-{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(attempt, range(4)))
    assert stand(city, "乙").held in (323600, 485400)


def test_a_pre_allocation_never_follows_the_final_allowance(city: City) -> None:
    assert book(city)["甲"].booked == 864544
    submit(city, Transfer("sale", "trade", f"{BOOK}.甲", f"{BOOK}.乙", 600_000, DAY))
    before = count_events(city)
    shares = book(city, before=True)
    assert (shares["甲"].state, shares["甲"].booked, shares["甲"].owed) == ("after_final", 864544, 0)
    assert "--before" in shares["甲"].says.en
    states, order = ask(city, before=True)
    assert (states["甲"], count_events(city)) == ("after_final", before)
    assert order is None or order.state == "booked"


def test_a_lower_final_allowance_is_not_raised_again_by_the_pre_allocation(city: City) -> None:
    table(city.overlay / "rights", ROWS[0].replace("1000000", "400000"))
    lower = book(city)["甲"].booked
    table(city.overlay / "rights", ROWS[0])
    assert (book(city, before=True)["甲"].state, stand(city).held) == ("after_final", lower)


def test_a_pre_allocation_takes_nothing_back(city: City) -> None:
    table(city.overlay / "rights", ROWS[0].replace(",800000,", ",700000,"))
    assert (book(city, before=True)["甲"].state, stand(city).held) == ("below_booked", 560_000)
    table(city.overlay / "rights", ROWS[0].replace(",800000,", ",900000,"))
    assert (book(city, before=True)["甲"].state, stand(city).held) == ("booked", 630_000)


def test_a_reversed_booking_is_booked_anew_under_another_id(city: City) -> None:
    with open_ledger(city.ledger) as ledger:
        name = ledger.rows.query(
            "SELECT e.id FROM ledger_event e JOIN ledger_account a ON a.no = e.taker WHERE a.name = ?", f"{BOOK}.甲"
        )[0][0]
    submit(city, Reverse("undo", name, DAY, "wrong"))
    with pytest.raises(SettingError, match="--id"):
        book(city, before=True)
    assert stand(city).held == 0
    assert book(city, before=True, id="second")["甲"].state == "booked"
    assert (stand(city).held, book(city, before=True)["甲"].state) == (560_000, "same")


def test_what_goes_beyond_what_is_held_needs_a_book_of_claims(city: City) -> None:
    submit(
        city, OpenBook("o", "bare", "CEA", "t", 0, False, "2023"),
        OpenAccount("oi", "bare.issuer", "bare", "issuer", ("state",), limit=10**9),
        OpenAccount("of", "bare.甲", "bare", "organisation", ("甲",)),
        OpenAccount("om", "bare.m", "bare", "organisation", ("m",)),
        Transfer("g", "allocate", "bare.issuer", "bare.甲", 900_000, DAY),
        Transfer("s", "trade", "bare.甲", "bare.m", 900_000, DAY),
    )  # fmt: skip
    found = allowances(city.overlay / "rights" / "plants.csv")
    shares = book_allowances(city, "bare", found, before=False, day=DAY)
    assert (shares[0].state, shares[0].booked) == ("claims_missing", 900_000)


# --- surrender -------------------------------------------------------------------------------------------------------------


def test_the_same_surrender_again_books_nothing(city: City) -> None:
    book(city)
    first, again = give(city, 350_000), give(city, 350_000)
    assert (first.state, again.id, again.again, stand(city).surrendered) == ("waiting", first.id, True, 0)
    done = approve(city, first)
    after = give(city, 350_000)
    assert (done.state, after.state, after.event, stand(city).surrendered) == ("booked", "booked", done.event, 350_000)
    other = give(city, 350_000, id="second")
    assert (approve(city, other).state, stand(city).surrendered) == ("booked", 700_000)


def test_a_surrender_at_once_is_once_too(city: City) -> None:
    book(city)
    said = {"quantity": 350_000, "credits": 0, "day": DAY}
    assert [surrender(city, BOOK, "2023", "甲", **said).surrendered for _ in range(2)] == [350_000] * 2
    assert surrender(city, BOOK, "2023", "甲", **{**said, "day": "2024-06-02"}).surrendered == 700_000


def test_no_more_is_surrendered_than_is_owed_unless_it_is_asked_for(city: City) -> None:
    book(city)
    approve(city, give(city, 800_000))
    with pytest.raises(SettingError, match="50001 > 50000") as told:
        give(city, 50_001)
    assert (told.value.where, "--beyond" in str(told.value)) == ("--quantity", True)
    order = give(city, 50_001, beyond=True)
    assert find_beyond(stand(city), order) == 1
    done = approve(city, order)
    assert (done.state, find_beyond(stand(city), done), stand(city).verdict) == ("booked", 1, "met")


def test_what_waits_counts_as_surrendered(city: City) -> None:
    book(city)
    give_credits(city, 60_000)
    give(city, 500_000, 42_500)
    with pytest.raises(SettingError, match="307501 > 307500"):
        give(city, 307_501)
    with pytest.raises(SettingError, match="42501 > 42500"):
        give(city, 1, 1)
    assert give(city, 307_500).state == "waiting"


def test_a_plain_order_of_an_earlier_version_that_waits_counts_too(city: City) -> None:
    book(city)
    at = datetime.now(UTC)
    old = Transfer("page", "surrender", f"{BOOK}.甲", f"{BOOK}.surrendered", 849_999, DAY)
    with open_records(city.records) as records, records.write(actor="张三", at=at) as session:
        add_order(session, old.id, encode(old), pair=True, at=at)
    with pytest.raises(SettingError, match="2 > 1"):
        give(city, 2)


def test_a_limit_that_fell_while_an_order_waited_still_holds(city: City) -> None:
    book(city)
    order = give(city, OWED)
    surrender(city, BOOK, "2023", "甲", quantity=1, credits=0, day=DAY)
    assert (approve(city, order).code, stand(city).surrendered) == ("beyond_due", 1)


def test_nothing_is_surrendered_for_an_unknown_obligation_unless_it_is_asked_for(city: City) -> None:
    said: dict[str, Any] = {"quantity": 10, "credits": 0, "day": DAY, "who": "张三"}
    with pytest.raises(SettingError, match="not known"):
        ask_surrender(city, BOOK, "2023", "乙", **said)
    assert ask_surrender(city, BOOK, "2023", "乙", **said, beyond=True).state == "waiting"


def test_credits_without_an_account_of_credits_are_refused_with_how_to_open_one(city: City) -> None:
    book(city)
    with pytest.raises(SettingError, match="no open account in the book of credits") as told:
        give(city, 100, 10)
    assert ("dafeng credit account" in told.value.read("zh"), told.value.read("en").startswith("--credits: ")) == (True, True)


def test_allowances_and_credits_are_one_order_and_both_or_neither(city: City) -> None:
    book(city)
    give_credits(city, 10)
    refused = approve(city, give(city, 5, 11))
    assert (refused.code, stand(city).surrendered, stand(city).credits) == ("not_held", 0, 0)
    assert approve(city, give(city, 5, 10)).state == "booked"
    assert (stand(city).surrendered, stand(city).credits) == (5, 10)


@pytest.mark.parametrize(("name", "period"), [(BOOK, "2024"), (LATER, "2023"), ("ccer", "2023"), (f"{BOOK}.owed", "2023")])
def test_a_book_is_settled_for_its_own_period_only(city: City, name: str, period: str) -> None:
    give_credits(city, 10)
    with pytest.raises(SettingError) as told:
        settle(city, name, period)
    assert told.value.where == "BOOK"
    with pytest.raises(SettingError):
        ask_surrender(city, name, period, "甲", quantity=1, credits=0, day=DAY, who="张三", beyond=True)
    found = allowances(city.overlay / "rights" / "plants.csv")
    if name in ("ccer", f"{BOOK}.owed"):
        with pytest.raises(SettingError):
            ask_allowances(city, name, found, before=False, day=DAY, who="张三")
        with pytest.raises(SettingError):
            ask_repay(city, name, "甲", day=DAY, who="张三")


@pytest.mark.parametrize(
    "wrong", [{"day": "2024-6-1"}, {"day": "31.12.2024"}, {"id": "x" * 97}, {"id": " x"}, {"quantity": 2**63}]
)
def test_what_does_not_read_is_refused_before_it_waits(city: City, wrong: dict[str, Any]) -> None:
    order = give(city, **{"quantity": 1, "beyond": True, **wrong})
    assert (order.state, order.code) == ("refused", "malformed")


def test_the_same_id_for_something_else_is_a_conflict(city: City) -> None:
    book(city)
    assert give(city, 1, id="mine").state == "waiting"
    assert (give(city, 2, id="mine").code, carried(city, id="mine").code) == ("conflict", "conflict")


def test_nothing_is_no_surrender(city: City) -> None:
    with pytest.raises(SettingError, match="0 \\+ 0"):
        give(city, 0)


# --- carry-over ------------------------------------------------------------------------------------------------------------


def carried(city: City, old: str = BOOK, new: str = LATER, *, quantity: int = 100, year: int = 2023, **more: Any) -> Order:
    said = {"day": DAY, "who": "张三", "base": Decimal(10_000), **more}
    return ask_carry(city, old, new, "甲", quantity=quantity, year=year, **said)[1]


@pytest.mark.parametrize(
    ("old", "new", "year"),
    [("ccer", LATER, 2023), (BOOK, "ccer", 2023), (LATER, BOOK, 2024), (BOOK, BOOK, 2023), (BOOK, LATER, 2024),
     (f"{BOOK}.owed", LATER, 2023)],
)  # fmt: skip
def test_units_are_carried_between_fitting_books_only(city: City, old: str, new: str, year: int) -> None:
    book(city)
    give_credits(city, 10_000)
    before = count_events(city)
    with pytest.raises(SettingError) as told:
        carried(city, old, new, year=year)
    assert told.value.where in ("BOOK", "NEW")
    with pytest.raises(SettingError):
        carry_over(city, old, new, "甲", quantity=100, year=year, day=DAY, base=Decimal(10_000))
    assert count_events(city) == before


def test_the_same_carry_over_again_carries_nothing_and_what_waits_counts(city: City) -> None:
    book(city)
    first, again = carried(city, quantity=6_000), carried(city, quantity=6_000)
    assert (first.state, again.id) == ("waiting", first.id)
    with pytest.raises(SettingError, match="4001 > 4000"):
        carried(city, quantity=4_001)
    assert approve(city, first).state == "booked"
    assert carried(city, quantity=6_000).state == "booked"
    assert approve(city, carried(city, quantity=4_000)).state == "booked"
    assert find_standing(settle(city, LATER, "2024"), "甲").held == 10_000


def test_both_sides_of_a_carry_over_are_booked_or_neither(city: City) -> None:
    book(city)
    open_period(city, "cea-2025", "2025", limit=99, enterprises=["甲"])
    order = carried(city, new="cea-2025")
    assert (approve(city, order).code, stand(city).held) == ("over_limit", 864544)
    done = approve(city, carried(city, new="cea-2025", quantity=99))
    with open_ledger(city.ledger) as ledger:
        rows = ledger.rows.query("SELECT kind, grp FROM ledger_event WHERE id LIKE ? ORDER BY seq", f"{done.id}%")
    assert ([row[0] for row in rows], len({row[1] for row in rows})) == (["carry", "issue"], 1)


def test_a_negative_base_is_refused(city: City) -> None:
    with pytest.raises(SettingError, match="-10000") as told:
        carry_over(city, BOOK, LATER, "甲", quantity=None, year=2023, day=DAY, base=Decimal(-10_000))
    assert told.value.where == "--base"


# --- repayment -------------------------------------------------------------------------------------------------------------


def test_a_claim_is_repaid_once(city: City) -> None:
    book(city)
    submit(city, Transfer("sale", "trade", f"{BOOK}.乙", f"{BOOK}.甲", 404_500, DAY))
    table(city.overlay / "rights", ROWS[1].replace("500000", "400000"))
    assert book(city)["乙"].owed == 80_900
    submit(city, Transfer("back", "trade", f"{BOOK}.甲", f"{BOOK}.乙", 20_900, DAY))
    said: dict[str, Any] = {"day": DAY, "who": "张三"}
    share, order = ask_repay(city, BOOK, "乙", quantity=900, **said)
    assert (share.state, share.owed) == ("waiting", 80_900)  # every movement of claims needs a second person
    assert approve(city, order).state == "booked"
    share, again = ask_repay(city, BOOK, "乙", quantity=900, **said)
    assert (share.state, share.owed, again is not None and again.again) == ("booked", 80_000, True)
    approve(city, ask_repay(city, BOOK, "乙", **said)[1])
    assert ask_repay(city, BOOK, "乙", **said)[0].owed == 60_000
    assert ask_repay(city, BOOK, "甲", **said) == (repay_claim(city, BOOK, "甲", day=DAY), None)


# --- acts ------------------------------------------------------------------------------------------------------------------


def test_an_act_is_its_spelling(city: City) -> None:
    book(city)
    for order in (ask(city, before=True)[1], give(city, 1), carried(city)):
        if order is not None:
            assert decode_act(order.id, encode_act(order.request)) == order.request


def test_a_long_id_is_shortened_to_one_that_still_follows_from_all_of_it() -> None:
    names = {name_act("surrender", "x" * 200, number) for number in range(3)}
    assert (len(names), max(len(name) for name in names) <= 96) == (3, True)


def test_every_reason_has_its_words() -> None:
    assert all(one.says.zh and one.says.en and one.remedy.zh and one.remedy.en for one in act_reasons().values())
