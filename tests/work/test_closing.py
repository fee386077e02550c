"""Accounts that are closed take nothing with them, are closed by two, and limits hold at the moment of the decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import ConflictError, DafengError, SettingError
from dafeng.ledger.act import Surrender, decode_act, encode_act
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.market.asked import Cancel
from dafeng.ledger.market.asked import Order as MarketOrder
from dafeng.ledger.market.exchange import open_exchange
from dafeng.ledger.requests import OpenAccount, SetState, Transfer, encode
from dafeng.store.orders import add_order
from dafeng.store.records import open_records
from dafeng.work.allotments import book_allowances
from dafeng.work.allowances import allowances
from dafeng.work.ask_allowances import ask_allowances, ask_carry, ask_surrender
from dafeng.work.carry_over import carry_over, work_carry
from dafeng.work.city import City, init
from dafeng.work.noted_orders import Order, read_order
from dafeng.work.right_opening import open_account, open_book
from dafeng.work.right_orders import decide_order, place_order
from dafeng.work.right_overview import tell_request
from dafeng.work.rights import Rights
from dafeng.work.settle import Standing, find_standing, settle
from tests.ledger.market.made import UNITS, Clock, make_ledger, openings
from tests.web.ledgers import fill_ledger
from tests.work.test_allowances import DAY, ROWS, final, give_credits, make_city, table

BOOK, LATER, FIRST, SECOND = "cea-2023", "cea-2024", "cea-2023.甲", "JIA-2"
DUE = 864_544


@pytest.fixture
def city(tmp_path: Path) -> City:
    """甲 has its final allowance, and a second account."""
    made = make_city(tmp_path)
    final(made)
    submit(made, OpenAccount("second", SECOND, BOOK, "organisation", ("甲",)))
    return made


def submit(city: City, *requests: Any) -> None:
    with open_ledger(city.ledger) as ledger:
        said = ledger.submit([[one] for one in requests])
    assert all(hasattr(one[0], "seq") for one in said), said


def move(name: str, quantity: int, giver: str = FIRST, taker: str = SECOND) -> Transfer:
    return Transfer(name, "transfer", giver, taker, quantity, DAY)


def close(city: City, account: str = FIRST) -> None:
    submit(city, SetState(f"close {account}", account, "closed", "merged"))


def stand(city: City, company: str = "甲") -> Standing:
    return find_standing(settle(city, BOOK, "2023"), company)


def approve(city: City, order: Order) -> Order:
    assert order.state == "waiting"
    with Rights(city) as rights:
        return decide_order(rights, order.id, accept=True, who="李四")


def give(city: City, quantity: int, **more: Any) -> Order:
    return ask_surrender(city, BOOK, "2023", "甲", **{"quantity": quantity, "credits": 0, "day": DAY, "who": "张三", **more})


# --- what a closed account leaves behind -----------------------------------------------------------------------------------


def test_nothing_is_allotted_twice_after_an_account_is_closed(city: City) -> None:
    submit(city, move("m", DUE))
    close(city)
    assert ("甲", DUE, 0, "same") in final(city)
    assert (stand(city).held, stand(city).booked["allocate"] + stand(city).booked["pre_allocate"]) == (DUE, DUE)
    table(city.overlay / "rights", ROWS[0].replace("1000000", "900000"))
    found = {name: (booked, state) for name, booked, _, state in final(city)}
    assert found["甲"][1] == "booked"
    assert stand(city).held == found["甲"][0] < DUE  # what is too much goes back from the second


def test_what_was_surrendered_and_carried_is_not_forgotten_when_the_account_is_closed(city: City) -> None:
    carry: dict[str, Any] = {"year": 2023, "day": DAY, "base": Decimal(10_000)}
    carry_over(city, BOOK, LATER, "甲", quantity=10_000, **carry)
    assert approve(city, give(city, 400_000)).state == "booked"
    submit(city, move("m", DUE - 410_000))
    before = stand(city)
    close(city)
    after = stand(city)
    assert (after.surrendered, after.check and after.check.value) == (400_000, before.check and before.check.value)
    with pytest.raises(SettingError, match="more than what is still owed"):
        give(city, 450_001)
    with pytest.raises(SettingError, match="more than may still be carried"):
        carry_over(city, BOOK, LATER, "甲", quantity=1, **carry)


def test_another_spelling_of_the_holder_is_the_same_company(city: City) -> None:
    submit(city, OpenAccount("third", "JIA-3", BOOK, "organisation", ("㆙",)), move("m", DUE, taker="JIA-3"))
    assert [one.enterprise for one in settle(city, BOOK, "2023").standings] == ["甲", "乙", "丙"]
    close(city)
    close(city, SECOND)
    assert ("甲", DUE, 0, "same") in final(city)
    assert stand(city).held == DUE


def test_every_company_of_the_table_is_listed_and_one_without_an_account_is_named(city: City) -> None:
    table(city.overlay / "rights", *ROWS, ROWS[0].replace("甲", "丁"))
    submit(city, move("m", DUE, taker="cea-2023.乙"))
    close(city)
    close(city, SECOND)
    found = settle(city, BOOK, "2023")
    named = {one.enterprise: (one.verdict, [part.rule for part in one.breaches]) for one in found.standings}
    assert named["甲"] == named["丁"] == ("short", ["compliance.account"])
    assert [one.account for one in found.standings if one.enterprise == "丁"] == [0]
    told = [one for one in found.findings if one.rule == "compliance.account"]
    assert [one.at for one in told] == [FIRST, "丁"]
    assert all("ledger account" in one.remedy.en for one in told)
    assert stand(city, "乙").breaches == ()
    assert {name: state for name, _, _, state in final(city)}["甲"] == "taker_unknown"
    with pytest.raises(SettingError, match="does not exist or is closed"):
        give(city, 1)


def test_a_table_that_spells_a_company_in_two_ways_books_neither(tmp_path: Path) -> None:
    city = make_city(tmp_path)
    table(city.overlay / "rights", ROWS[0].replace("甲", "Jia"), ROWS[0].replace("甲", "ＪＩＡ"), ROWS[1])
    submit(city, OpenAccount("jia", "JIA", BOOK, "organisation", ("Jia",)))
    found = book_allowances(city, BOOK, allowances(city.overlay / "rights" / "plants.csv"), before=False, day=DAY)
    assert {one.enterprise: (one.booked, one.state) for one in found} == {
        "Jia": (0, "holder_twice"), "ＪＩＡ": (0, "holder_twice"), "乙": (404_500, "booked"),
    }  # fmt: skip
    assert {"Jia", "ＪＩＡ"} <= {one.enterprise for one in settle(city, BOOK, "2023").standings}


def test_what_a_company_gives_itself_is_no_sale(city: City) -> None:
    def most() -> int | None:
        return work_carry(city, BOOK, "", "甲", year=2023, base=Decimal(10_000)).whole

    assert most() == 10_000
    people = {"primary": ("p",), "secondary": ("q",)}
    submit(city, OpenAccount("third", "JIA-3", BOOK, "trading", ("㆙",), **people))
    submit(city, *(move(f"w{number}", 10_000) for number in range(3)), move("w4", 10_000, taker="JIA-3"))
    assert most() == 10_000
    submit(city, move("sold", 10_000, "JIA-3", "cea-2023.乙"))
    assert most() == 25_000


# --- limits at the decision ------------------------------------------------------------------------------------------------


def test_a_surrender_is_judged_by_what_is_owed_when_it_is_decided(city: City) -> None:
    order = give(city, 800_000)
    table(city.overlay / "rights", ROWS[0].replace("850000", "100000"))
    told = approve(city, order)
    assert (told.state, told.code, told.about) == ("refused", "beyond_due", "800000 > 100000")
    assert (stand(city).surrendered, stand(city).held) == (0, DUE)


def test_credits_are_judged_by_their_limit_when_they_are_decided(city: City) -> None:
    give_credits(city, 42_500)
    order = give(city, 0, credits=42_500, beyond=True)
    table(city.overlay / "rights", ROWS[0].replace("850000", "840000"))
    told = approve(city, order)
    assert (told.state, told.code, told.about) == ("refused", "beyond_limit", "42500 > 42000")


def test_a_surrender_is_judged_by_the_table_it_was_asked_with(city: City, tmp_path: Path) -> None:
    own = table(tmp_path, *ROWS)
    (city.overlay / "rights" / "plants.csv").unlink()
    first, second = give(city, 400_000, plants=own), give(city, 300_000, plants=own)
    assert "plants" not in tell_request(first)  # where it lies on the machine is not told
    assert approve(city, first).state == "booked"
    own.unlink()
    assert approve(city, second).code == "due_unknown"
    with Rights(city) as rights:
        assert read_order(rights, second.id).state == "refused"  # it does not hang


def test_a_carry_over_is_judged_by_the_policy_when_it_is_decided(city: City) -> None:
    submit(city, move("sold", 10_000, taker="cea-2023.乙"))
    ask: dict[str, Any] = {"year": 2023, "day": DAY, "who": "张三", "base": Decimal(10_000)}
    _, kept = ask_carry(city, BOOK, LATER, "甲", quantity=10_000, **ask)
    _, order = ask_carry(city, BOOK, LATER, "甲", quantity=15_000, **ask)
    submit(city, move("bought", 10_000, "cea-2023.乙", FIRST))
    assert approve(city, kept).state == "booked"
    told = approve(city, order)
    assert (told.state, told.code, told.about) == ("refused", "beyond_carry", "15000 > 0")


def test_an_act_of_an_earlier_version_is_read_as_it_was() -> None:
    old = '["surrender_both","cea-2023","2023","甲",1,2,"ccer","2024-12-01",false,5,6]'
    act = decode_act("s", old)
    assert isinstance(act, Surrender)
    assert (act.due, act.most, act.plants) == (5, 6, "")
    assert decode_act("s", encode_act(act)) == act


# --- names of the machinery ------------------------------------------------------------------------------------------------


def test_units_are_not_carried_into_an_account_that_gives_them_back(city: City) -> None:
    submit(city, OpenAccount("squat", "cea-2023.carried", BOOK, "organisation", ("甲",)))
    with pytest.raises(SettingError, match="another kind"):
        ask_carry(city, BOOK, LATER, "甲", quantity=1, year=2023, day=DAY, who="张三", base=Decimal(1))
    with pytest.raises(SettingError, match="another kind"):
        carry_over(city, BOOK, LATER, "甲", quantity=1, year=2023, day=DAY, base=Decimal(1))
    assert stand(city).held == DUE


def test_credits_are_not_surrendered_into_another_account(city: City) -> None:
    give_credits(city, 100)
    submit(city, OpenAccount("squat", "ccer.surrendered.cea-2023", "ccer", "organisation", ("甲",)))
    with pytest.raises(SettingError, match="another kind"):
        give(city, 0, credits=100)


@pytest.mark.parametrize(
    "name",
    ["cea-2023.carried", "cea-2030.issuer", "points.pool", "yuan.external", "energy_budget-2025.used", "cea-2023.owed",
     "cea-2023.owed.甲", "ccer.surrendered", "ccer.surrendered.cea-2023", "retired"],
)  # fmt: skip
def test_nobody_takes_a_name_of_the_machinery(city: City, name: str) -> None:
    with Rights(city) as rights, pytest.raises(SettingError) as told:
        open_account(rights, BOOK, name, type="organisation", holder="甲", who="李四")
    assert told.value.where == "account"


@pytest.mark.parametrize("name", ["cea-2023.丁", "丁.2", "ccer.external.beijing", "carried-on"])
def test_other_names_are_free(city: City, name: str) -> None:
    with Rights(city) as rights:
        assert open_account(rights, BOOK, name, type="organisation", holder="丁", who="李四").state == "booked"


# --- who closes an account -------------------------------------------------------------------------------------------------


@pytest.fixture
def rights(tmp_path: Path) -> Iterator[Rights]:
    city = init(tmp_path / "x", place="990200")
    fill_ledger(city)
    with Rights(city) as opened:
        open_account(opened, "ccer", "E-1", type="organisation", holder="h", who="李四")
        yield opened


def test_an_account_is_closed_by_two(rights: Rights) -> None:
    asked = place_order(rights, SetState("c1", "E-1", "closed", "merged"), who="张三")
    assert asked.state == "waiting"
    assert decide_order(rights, "c1", accept=True, who="李四").state == "booked"
    assert place_order(rights, SetState("c1", "E-1", "closed", "merged"), who="张三").state == "booked"


@pytest.mark.parametrize(
    "account",
    ["cea-2025.issuer", "cea-2025.pool", "cea-2025.surrendered", "cea-2025.retired", "cea-2025.cancelled", "ccer.external"],
)
def test_accounts_of_the_city_are_not_closed(rights: Rights, account: str) -> None:
    with pytest.raises(ConflictError) as told:
        place_order(rights, SetState("c1", account, "closed", "x"), who="张三")
    assert "close the book" in told.value.remedy.en
    assert place_order(rights, SetState("c2", account, "blocked", "x"), who="张三").state == "waiting"


def test_the_pool_of_credits_is_kept_for_the_programme_before_it_begins(rights: Rights) -> None:
    open_book(rights, "inclusion_credit", who="李四", limit=1_000)
    with pytest.raises(DafengError):
        place_order(rights, SetState("c1", "inclusion_credit.pool", "closed", "x"), who="张三")


def test_a_closing_that_waits_since_an_earlier_version_is_looked_at_when_it_is_decided(rights: Rights) -> None:
    asked = SetState("old", "cea-2025.issuer", "closed", "x")
    at = datetime.now(UTC)
    with open_records(rights.city.records) as records, records.write(actor="张三", at=at) as session:
        add_order(session, asked.id, encode(asked), pair=True, at=at)
    with pytest.raises(ConflictError):
        decide_order(rights, "old", accept=True, who="李四")
    assert decide_order(rights, "old", accept=False, who="李四").state == "rejected"


def test_the_table_is_booked_by_order_too(city: City) -> None:
    submit(city, move("m", DUE))
    close(city)
    shares, order = ask_allowances(
        city, BOOK, allowances(city.overlay / "rights" / "plants.csv"), before=False, day=DAY, who="张三", id="again"
    )
    assert ({one.enterprise: one.state for one in shares}, order) == (dict.fromkeys("甲乙丙", "same"), None)


def test_an_account_with_an_open_request_at_a_market_is_not_closed(tmp_path: Path) -> None:
    city = init(tmp_path / "x", place="990200")
    clock = Clock()
    make_ledger(city.ledger, clock=clock)
    submit(city, move("m", UNITS, "bob.cea", "ann.cea"))  # what buys holds no units
    with open_exchange(city.ledger, clock=clock) as exchange, Rights(city) as rights:
        exchange.submit([*openings(), MarketOrder("b", "cea", "bob", "buy", 5, 100)])
        asked = SetState("c1", "bob.cea", "closed", "x")
        with pytest.raises(ConflictError) as told:
            place_order(rights, asked, who="张三")
        assert "withdraw the request" in told.value.remedy.en
        assert "open at a market" in told.value.what.en
        exchange.submit([Cancel("back", "cea", "b")])
        assert place_order(rights, asked, who="张三").state == "waiting"
        exchange.submit([MarketOrder("b2", "cea", "bob", "buy", 5, 100)])  # between the question and the decision
        with pytest.raises(ConflictError):
            decide_order(rights, "c1", accept=True, who="李四")
        assert read_order(rights, "c1").state == "waiting"
