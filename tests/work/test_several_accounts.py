"""A company with several open accounts in a book holds what all of them hold, and gives from them in the order of opening."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import SettingError
from dafeng.ledger.audit import verify
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.positions import Position, gather_holders
from dafeng.ledger.requests import Hold, OpenAccount, Reverse, SetState, Transfer
from dafeng.store.records import open_records
from dafeng.work.ask_allowances import ask_carry, ask_repay, ask_surrender
from dafeng.work.ask_surrender import Surrender
from dafeng.work.ask_surrender import ask_surrender as ask_on_page
from dafeng.work.carry_over import work_carry
from dafeng.work.city import City
from dafeng.work.compliance import find_standing as find_by_account
from dafeng.work.noted_orders import Order
from dafeng.work.right_orders import decide_order, place_order
from dafeng.work.rights import Rights
from dafeng.work.settle import Standing, find_standing, settle, surrender
from dafeng.work.settlement_document import standing_document
from tests.work.test_allowances import DAY, ROWS, final, give_credits, make_city, table

BOOK, LATER, FIRST, SECOND, THIRD = "cea-2023", "cea-2024", "cea-2023.甲", "JIA-2", "JIA-3"
DUE, OWED = 864_544, 850_000
SPLIT = {FIRST: 300_000, SECOND: 400_000, THIRD: 164_544}


@pytest.fixture
def city(tmp_path: Path) -> City:
    """What was allotted to 甲 lies in three accounts, one under another spelling of its name."""
    made = make_city(tmp_path)
    final(made)
    submit(
        made,
        OpenAccount("second", SECOND, BOOK, "organisation", ("甲",)),
        OpenAccount("third", THIRD, BOOK, "organisation", ("㆙",)),
        Transfer("to second", "transfer", FIRST, SECOND, SPLIT[SECOND], DAY),
        Transfer("to third", "transfer", FIRST, THIRD, SPLIT[THIRD], DAY),
    )
    return made


def submit(city: City, *requests: Any) -> None:
    with open_ledger(city.ledger) as ledger:
        said = ledger.submit([[one] for one in requests])
    assert all(hasattr(one[0], "seq") for one in said), said


def balances(city: City, *names: str) -> list[int]:
    with open_ledger(city.ledger) as ledger:
        found = dict(ledger.rows.query("SELECT name, balance FROM ledger_account"))
    return [int(found[name]) for name in names or tuple(SPLIT)]


def legs(city: City, order: Order) -> list[tuple[str, str, int, int]]:
    """Id, giver, quantity and group of what an order became."""
    with open_ledger(city.ledger) as ledger:
        rows = ledger.rows.query(
            "SELECT e.id, g.name, e.quantity, e.grp FROM ledger_event e JOIN ledger_account g ON g.no = e.giver"
            " WHERE e.id = ? OR e.id LIKE ? ORDER BY e.seq", order.id, f"{order.id}:%",
        )  # fmt: skip
    return [(str(name), str(giver), int(quantity), int(group)) for name, giver, quantity, group in rows]


def is_sound(city: City) -> bool:
    with open_ledger(city.ledger) as ledger:
        return verify(ledger) == []


def approve(city: City, order: Order | None) -> Order:
    assert order is not None
    assert order.state == "waiting"
    with Rights(city) as rights:
        return decide_order(rights, order.id, accept=True, who="李四")


def give(city: City, quantity: int, **more: Any) -> Order:
    return ask_surrender(city, BOOK, "2023", "甲", **{"quantity": quantity, "credits": 0, "day": DAY, "who": "张三", **more})


def stand(city: City, company: str = "甲") -> Standing:
    return find_standing(settle(city, BOOK, "2023"), company)


# --- what is held ----------------------------------------------------------------------------------------------------------


def test_what_a_company_holds_is_the_sum_of_its_open_accounts(city: City) -> None:
    submit(city, Hold("h", SECOND, "freeze", 100_000, "court"))
    found = stand(city)
    assert (found.held, found.free, found.booked["allocate"] + found.booked["pre_allocate"]) == (DUE, DUE - 100_000, DUE)
    assert found.forecast is not None
    assert found.forecast.value == DUE - 100_000 - OWED
    assert [(one["id"], one["held"], one["free"]) for one in standing_document(found)["accounts"]] == [
        (FIRST, 300_000, 300_000), (SECOND, 400_000, 300_000), (THIRD, 164_544, 164_544),
    ]  # fmt: skip


def test_a_company_is_found_by_any_of_its_open_accounts(city: City) -> None:
    found = settle(city, BOOK, "2023")
    numbers = [one.number for one in stand(city).accounts]
    assert (len(numbers), {find_by_account(found, one).enterprise for one in numbers}) == (3, {"甲"})


def test_what_may_be_carried_follows_from_all_accounts(city: City) -> None:
    assert work_carry(city, BOOK, "", "甲", year=2023, base=Decimal(10**9)).whole == DUE


# --- surrender -------------------------------------------------------------------------------------------------------------


def test_a_surrender_draws_on_the_accounts_in_the_order_of_their_opening(city: City) -> None:
    first = give(city, 350_000)
    assert (approve(city, first).state, balances(city)) == ("booked", [0, 350_000, 164_544])
    again = give(city, 350_000)
    assert (again.id, again.state, again.again, balances(city)) == (first.id, "booked", True, [0, 350_000, 164_544])
    second = give(city, 500_000)
    assert (approve(city, second).state, balances(city)) == ("booked", [0, 0, 14_544])
    assert [(name, giver, many) for name, giver, many, _ in legs(city, second)] == [
        (second.id, SECOND, 350_000), (f"{second.id}:part2", THIRD, 150_000),
    ]  # fmt: skip
    assert len({group for *_, group in legs(city, second)}) == 1
    assert (stand(city).verdict, stand(city).surrendered, is_sound(city)) == ("met", OWED, True)


def test_a_surrender_at_once_draws_on_all_and_is_once(city: City) -> None:
    said = {"quantity": OWED, "credits": 0, "day": DAY}
    assert [surrender(city, BOOK, "2023", "甲", **said).surrendered for _ in range(2)] == [OWED] * 2
    assert balances(city) == [0, 0, 14_544]


def test_more_than_all_accounts_hold_is_refused_and_none_gives(city: City) -> None:
    done = approve(city, give(city, DUE + 1, beyond=True))
    assert (done.state, done.code, balances(city)) == ("refused", "not_held", list(SPLIT.values()))


def test_what_is_frozen_stays_where_it_is(city: City) -> None:
    submit(city, Hold("h", FIRST, "freeze", 250_000, "court"))
    assert approve(city, give(city, 500_000)).state == "booked"
    assert balances(city) == [250_000, 0, 114_544]
    assert approve(city, give(city, 114_545)).code == "not_held"


def test_a_surrender_on_the_page_is_held_against_all_accounts(city: City) -> None:
    with Rights(city) as rights, open_records(city.records) as records:
        (order,) = ask_on_page(rights, BOOK, Surrender("page", "甲", OWED, 0, DAY), who="张三", records=records)
    assert approve(city, order).state == "booked"
    assert balances(city) == [0, 0, 14_544]


def test_credits_are_drawn_from_all_accounts_too(city: City) -> None:
    give_credits(city, 100)
    submit(
        city, OpenAccount("more", "ccer.JIA", "ccer", "organisation", ("甲",)),
        Transfer("split", "transfer", "ccer.甲", "ccer.JIA", 40, DAY),
    )  # fmt: skip
    order = give(city, 10, credits=90)
    assert (approve(city, order).state, balances(city, "ccer.甲", "ccer.JIA")) == ("booked", [0, 10])
    assert [name for name, *_ in legs(city, order)] == [order.id, f"{order.id}:credits", f"{order.id}:credits:part2"]
    assert (stand(city).surrendered, stand(city).credits) == (10, 90)


# --- carry-over, true-up, repayment ----------------------------------------------------------------------------------------


def carry(city: City, quantity: int) -> Order:
    said: dict[str, Any] = {"year": 2023, "day": DAY, "who": "张三", "base": Decimal(10**9)}
    return ask_carry(city, BOOK, LATER, "甲", quantity=quantity, **said)[1]


def test_a_carry_over_draws_on_all_and_goes_back_whole(city: City) -> None:
    order = approve(city, carry(city, 750_000))
    assert (order.state, balances(city, *SPLIT, f"{BOOK}.carried", "cea-2024.甲")) == (
        "booked", [0, 0, 114_544, 750_000, 750_000],
    )  # fmt: skip
    assert [giver for _, giver, *_ in legs(city, order)] == [FIRST, SECOND, THIRD, f"{LATER}.issuer"]
    again = carry(city, 750_000)
    assert (again.state, again.event, balances(city)) == ("booked", order.event, [0, 0, 114_544])
    with Rights(city) as rights:
        place_order(rights, Reverse("undo", order.id, DAY, "wrong"), who="张三")
        assert decide_order(rights, "undo", accept=True, who="李四").state == "booked"
    assert (balances(city), balances(city, "cea-2024.甲"), is_sound(city)) == (list(SPLIT.values()), [0], True)


def test_blocked_accounts_give_last(city: City) -> None:
    submit(city, SetState("block", FIRST, "blocked", "court"))
    assert approve(city, carry(city, 500_000)).state == "booked"
    assert balances(city) == [300_000, 0, 64_544]
    refused = approve(city, carry(city, 64_545))
    assert (refused.code, refused.about, balances(city)) == ("account_blocked", FIRST, [300_000, 0, 64_544])
    assert approve(city, give(city, 64_545)).state == "booked"  # a blocked account may surrender
    assert balances(city) == [299_999, 0, 0]


def test_a_lower_allowance_takes_back_from_all_accounts_before_it_is_claimed(city: City) -> None:
    table(city.overlay / "rights", ROWS[0].replace("1000000", "100000"))
    (share,) = final(city)
    assert (share[0], share[2:], balances(city)) == ("甲", (0, "booked"), [0, 0, share[1]])
    assert share[1] < SPLIT[THIRD]


def test_a_claim_is_repaid_from_all_accounts(city: City) -> None:
    submit(city, *(Transfer(f"sell {name}", "transfer", name, "cea-2023.乙", many, DAY) for name, many in SPLIT.items()))
    table(city.overlay / "rights", ROWS[0].replace("1000000", "500000"))
    ((_, _, owed, _),) = final(city)
    assert owed > 100_000
    submit(
        city, Transfer("b1", "transfer", "cea-2023.乙", FIRST, 40_000, DAY),
        Transfer("b2", "transfer", "cea-2023.乙", THIRD, 50_000, DAY),
    )  # fmt: skip
    said: dict[str, Any] = {"day": DAY, "who": "张三"}
    approve(city, ask_repay(city, BOOK, "甲", quantity=60_000, **said)[1])
    assert (balances(city), stand(city).owed) == ([0, 0, 30_000], owed - 60_000)
    share, again = ask_repay(city, BOOK, "甲", quantity=60_000, **said)
    assert (share.owed, again is not None and again.again, balances(city)) == (owed - 60_000, True, [0, 0, 30_000])
    approve(city, ask_repay(city, BOOK, "甲", **said)[1])  # all that is free
    assert (balances(city), stand(city).owed, is_sound(city)) == ([0, 0, 0], owed - 90_000, True)


def test_what_is_not_there_is_refused_in_words(city: City) -> None:
    with pytest.raises(SettingError, match="not_held"):
        surrender(city, BOOK, "2023", "甲", quantity=DUE + 1, credits=0, day=DAY, beyond=True)


# --- the rule by itself ----------------------------------------------------------------------------------------------------

ACCOUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.booleans()), min_size=1, max_size=6)


@given(ACCOUNTS, st.integers(1, 400))
def test_what_is_drawn_adds_up_and_leaves_no_account_below_zero(rows: list[tuple[int, int, bool]], quantity: int) -> None:
    listed = [
        Position(f"a{at}", "甲", "organisation", held + free, free, {}, at, blocked=blocked)
        for at, (free, held, blocked) in enumerate(rows)
    ]
    own = gather_holders(listed, "organisation")["甲"]
    drawn = own.draw(quantity)
    assert (sum(many for _, many in drawn), len(dict(drawn))) == (quantity, len(drawn))
    assert (own.balance, own.free) == (sum(free + held for free, held, _ in rows), sum(free for free, _, _ in rows))
    if quantity > own.free:
        return
    most = {one.account: one.free for one in listed}
    assert all(0 < many <= most[account] for account, many in drawn)
    ranked = sorted(listed, key=lambda one: (one.blocked, one.number))
    emptied = [one.account for one in ranked if one.free][: len(drawn)]
    assert [account for account, _ in drawn] == emptied  # none is passed over
    assert all(many == most[account] for account, many in drawn[:-1])


def test_an_account_gives_what_it_had_on_the_day_of_the_surrender(city: City) -> None:
    submit(city, Transfer("later", "transfer", SECOND, FIRST, 100_000, "2024-09-01"))
    surrender(city, BOOK, "2023", "甲", quantity=350_000, credits=0, day="2024-06-15")
    assert balances(city, FIRST, SECOND, THIRD) == [100_000, 250_000, SPLIT[THIRD]]
