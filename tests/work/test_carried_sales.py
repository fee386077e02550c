"""A carry-over stays within what the policy allows: a sale it rests on does not go back, and an excess is told."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.ledger.act import Carry
from dafeng.ledger.carried import name_base, read_bases
from dafeng.ledger.hand_act import hand_carry
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.policies import read_policies
from dafeng.ledger.refusals import Refused
from dafeng.ledger.requests import OpenAccount, Reverse, Transfer
from dafeng.work.carry_over import carry_over
from dafeng.work.city import City
from dafeng.work.compliance import explain_standing
from dafeng.work.noted_orders import Order, read_order, read_orders
from dafeng.work.right_orders import decide_order, place_order, place_orders
from dafeng.work.rights import Rights
from dafeng.work.settle import find_standing, settle
from tests.work.test_allowances import DAY, final, make_city

BOOK, LATER, FIRST, FRIEND = "cea-2023", "cea-2024", "cea-2023.甲", "cea-2023.乙"
BASE = Decimal(10_000)


@pytest.fixture
def city(tmp_path: Path) -> City:
    """甲 has sold 4 000 t to 乙: 10 000 + 1.5 · 4 000 = 16 000 t may be carried over."""
    made = make_city(tmp_path)
    final(made)
    submit(made, Transfer("sale", "transfer", FIRST, FRIEND, 4_000, DAY))
    return made


def submit(city: City, *requests: Any) -> None:
    with open_ledger(city.ledger) as ledger:
        said = ledger.submit([[one] for one in requests])
    assert all(hasattr(one[0], "seq") for one in said), said


def carry(city: City, quantity: int, *, base: Decimal = BASE, id: str = "c") -> None:
    carry_over(city, BOOK, LATER, "甲", quantity=quantity, year=2023, day=DAY, base=base, id=id)


def ask(city: City, transfer: str = "sale", *, id: str = "undo") -> Order:
    with Rights(city) as rights:
        return place_order(rights, Reverse(id, transfer, DAY, "wrong"), who="张三")


def decide(city: City, id: str = "undo") -> Order:
    with Rights(city) as rights:
        return decide_order(rights, id, accept=True, who="李四")


def told(city: City) -> list[Finding]:
    return [one for one in settle(city, BOOK, "2023").findings if one.rule == "compliance.carry"]


def held(city: City, *names: str) -> list[int]:
    with open_ledger(city.ledger) as ledger:
        found = dict(ledger.rows.query("SELECT name, balance FROM ledger_account"))
    return [int(found[name]) for name in names]


# --- the sale does not go back ---------------------------------------------------------------------------------------------


def test_a_sale_on_which_a_carry_over_rests_does_not_go_back(city: City) -> None:
    carry(city, 16_000)
    with pytest.raises(SettingError, match=r"甲: 16000 > 10000") as said:
        ask(city)
    assert ("冲回该企业的结转" in said.value.remedy.zh, "reverse the carry-over" in said.value.remedy.en) == (True, True)
    with Rights(city) as rights:
        assert read_orders(rights) == ()  # nothing was noted


def test_once_the_carry_over_went_back_the_sale_may(city: City) -> None:
    carry(city, 16_000)
    before = held(city, FIRST, FRIEND)
    ask(city, "c", id="back")
    assert decide(city, "back").state == "booked"
    ask(city)
    assert decide(city).state == "booked"
    assert held(city, FIRST, FRIEND) == [before[0] + 16_000 + 4_000, before[1] - 4_000]
    assert told(city) == []


def test_both_may_go_back_together(city: City) -> None:
    carry(city, 16_000)
    backs = [Reverse(name, of, DAY, "wrong") for name, of in (("b1", "c:in"), ("b2", "c"), ("b3", "sale"))]
    with Rights(city) as rights:
        place_orders(rights, backs, who="张三")
        assert decide_order(rights, "b3", accept=True, who="李四").state == "booked"
    assert told(city) == []


def test_a_sale_that_is_not_needed_goes_back(city: City) -> None:
    carry(city, 10_000)
    ask(city)
    assert decide(city).state == "booked"
    assert told(city) == []


def test_of_two_sales_as_much_goes_back_as_is_not_needed(city: City) -> None:
    submit(city, Transfer("more", "trade", FIRST, FRIEND, 2_000, DAY))
    carry(city, 16_000)
    ask(city, "more", id="first")
    assert decide(city, "first").state == "booked"
    with pytest.raises(SettingError, match="16000 > 10000"):
        ask(city)


def test_two_sales_are_summed_in_one_order(city: City) -> None:
    submit(city, Transfer("more", "transfer", FIRST, FRIEND, 4_000, DAY))
    carry(city, 16_000)
    backs = [Reverse(f"b{at}", of, DAY, "wrong") for at, of in enumerate(("sale", "more"))]
    with Rights(city) as rights, pytest.raises(SettingError, match="16000 > 10000"):
        place_orders(rights, backs, who="张三")


def test_what_a_company_gives_itself_and_what_it_bought_go_back_freely(city: City) -> None:
    carry(city, 14_500)
    submit(
        city, OpenAccount("second", "JIA-2", BOOK, "organisation", ("㆙",)),
        Transfer("own", "transfer", FIRST, "JIA-2", 500, DAY), Transfer("bought", "transfer", FRIEND, FIRST, 1_000, DAY),
    )  # fmt: skip
    for name in ("own", "bought"):
        ask(city, name, id=f"undo-{name}")
        assert decide(city, f"undo-{name}").state == "booked"


def test_an_order_that_waits_is_looked_at_again_when_it_is_decided(city: City) -> None:
    ask(city)
    carry(city, 16_000)
    with pytest.raises(SettingError, match="16000 > 10000"):
        decide(city)
    with Rights(city) as rights:
        assert read_order(rights, "undo").state == "waiting"
        assert decide_order(rights, "undo", accept=False, who="李四").state == "rejected"
    assert held(city, FRIEND) == [404_500 + 4_000]


def test_what_is_booked_is_looked_at_while_nobody_else_writes(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """A carry-over that is booked between the look at the decision and the booking."""
    ask(city)
    monkeypatch.setattr("dafeng.work.right_orders.check_sold", lambda *_: carry(city, 16_000))
    done = decide(city)
    assert (done.state, done.code, done.about) == ("refused", "sale_carried", "甲: 16000 > 10000")
    assert done.reason is not None
    assert held(city, FRIEND) == [404_500 + 4_000]
    assert decide_again(city).state == "refused"


def decide_again(city: City) -> Order:
    with Rights(city) as rights:
        return read_order(rights, "undo")


def test_a_reversal_that_was_booked_keeps_its_answer(city: City) -> None:
    ask(city)
    done = decide(city)
    carry(city, 10_000)
    again = ask(city)
    assert (again.state, again.event, again.again) == ("booked", done.event, True)


def test_a_carry_over_is_judged_by_the_book_as_it_is_booked(city: City) -> None:
    act = Carry("late", BOOK, LATER, "甲", 16_000, DAY, 16_000, "10000")
    submit(city, Reverse("undo", "sale", DAY, "wrong"))
    with open_ledger(city.ledger) as ledger:
        answer = hand_carry(ledger, act, policies=read_policies()).answer
        assert answer == Refused("beyond_carry", "16000 > 10000")
        assert hand_carry(ledger, act, policies={}).answer == Refused("beyond_carry", "16000 > 0")


# --- an excess is told -----------------------------------------------------------------------------------------------------


def test_a_sale_that_is_bought_back_is_told_with_both_figures(city: City) -> None:
    carry(city, 16_000)
    assert told(city) == []
    submit(city, Transfer("friend", "transfer", FRIEND, FIRST, 3_000, DAY))
    (found,) = told(city)
    assert (found.at, found.severity) == (FIRST, "error")
    assert (found.says.zh, found.says.en) == (
        "甲：已结转 16000 t，按现在的净卖出量最多可结转 11500 t",
        "甲: 16000 t carried over, by its net sale now 11500 t may be",
    )
    settled = settle(city, BOOK, "2023")
    standing = find_standing(settled, "甲")
    assert [one.rule for one in standing.breaches] == ["compliance.carry"]
    assert [one["says"]["en"] for one in explain_standing(settled, standing)["findings"]] == [found.says.en]
    shown = CliRunner().invoke(app, ["allowance", "settle", str(city.folder), BOOK, "2023", "--json"]).stdout
    assert [one["says"] for one in json.loads(shown)["findings"]] == [{"zh": found.says.zh, "en": found.says.en}]


def test_a_reversal_past_the_orders_is_told_too(city: City) -> None:
    carry(city, 16_000)
    submit(city, Reverse("raw", "sale", DAY, "wrong"))
    assert ["10000 t may be" in one.says.en for one in told(city)] == [True]


def test_the_last_base_counts_and_what_was_reversed_does_not(city: City) -> None:
    carry(city, 16_000)
    carry(city, 1_000, base=Decimal("11000.5"), id="d")
    with open_ledger(city.ledger) as ledger:
        assert read_bases(ledger.rows, BOOK) == {"甲": Decimal("11000.5")}
    assert told(city) == []
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[Reverse("r1", "d:in", DAY, "wrong"), Reverse("r2", "d", DAY, "wrong")]])
        assert read_bases(ledger.rows, BOOK) == {"甲": BASE}


def test_a_carry_over_without_a_base_is_no_pass(city: City) -> None:
    submit(
        city, OpenAccount("sink", f"{BOOK}.carried", BOOK, "cancelled", ("authority",)),
        Transfer("old", "carry", FIRST, f"{BOOK}.carried", 100, DAY, reason=name_base("")),
    )  # fmt: skip
    (found,) = told(city)
    assert (found.severity, "可结转量不可计算" in found.says.zh, "100 t carried over" in found.says.en) == (
        "warning",
        True,
        True,
    )
    with pytest.raises(SettingError, match=r"甲: 100 > \?"):
        ask(city)


def test_a_broken_file_of_policies_refuses_and_hangs_nothing(city: City) -> None:
    carry(city, 16_000)
    submit(city, Transfer("other", "transfer", FRIEND, "cea-2023.丙", 1, DAY))
    (city.overlay / "rights" / "policies.yaml").write_text("policies: [", encoding="utf-8")
    with pytest.raises(SettingError, match=r"16000 > \?"):
        ask(city)
    ask(city, "other", id="free")
    assert decide(city, "free").state == "booked"
