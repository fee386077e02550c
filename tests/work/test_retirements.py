"""Retirement of a project's credits: its own units alone, each serial number once, from all accounts of the holder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dafeng.cli.ledger_lists import list_orders
from dafeng.core.errors import ConflictError, SettingError
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import Hold, OpenAccount, OpenBook, Reverse, SetState, Span, Transfer
from dafeng.work import ask_credits
from dafeng.work.ask_credits import retire_credits
from dafeng.work.city import City, init
from dafeng.work.credits import enter_project, open_credit_account, read_credits, take
from dafeng.work.noted_orders import Order, read_orders
from dafeng.work.right_forms import read_spans
from dafeng.work.right_orders import decide_order, place_order
from dafeng.work.right_overview import order_document
from dafeng.work.rights import Rights
from tests.work.test_credits import FILE, STEPS, YEAR

OWN, SECOND = "ccer.风电公司", "WIND-2"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a city with 1 000 units of wind-1 and none of wind-3."""
    folder = tmp_path_factory.mktemp("retirements")
    city = init(folder / "city", place="370600")
    for name in ("wind-1", "wind-3"):
        path = folder / f"{name}.yaml"
        path.write_text(FILE.replace("wind-1", name), encoding="utf-8")
        enter_project(city, path, who="风电公司", day="2024-01-02")
    for step, who, day, values in STEPS:
        told = {**values, "quantity": 1000} if "quantity" in values else values
        take(city, "wind-1", step, who=who, day=day, values=told)
    take(city, "wind-1", "issue", who="登记机构", day="2024-07-01", values=YEAR)
    return city.folder


@pytest.fixture
def city(made: Path, tmp_path: Path) -> City:
    from shutil import copytree

    from dafeng.work.city import open_city

    copytree(made, tmp_path / "city")
    return open_city(tmp_path / "city")


def submit(city: City, *requests: Any) -> None:
    with open_ledger(city.ledger) as ledger:
        said = ledger.submit([[one] for one in requests])
    assert all(hasattr(one[0], "seq") for one in said), said


def retire(city: City, quantity: int, id: str, *, project: str = "wind-1", **more: str) -> tuple[Order, ...]:
    said = {"holder": "风电公司", "beneficiary": "海洋馆", "reason": "中和", "day": "2024-09-01", "who": "甲", **more}
    return retire_credits(city, project, quantity, id=id, **said)  # type: ignore[arg-type]


def approve(city: City, id: str) -> Order:
    with Rights(city) as rights:
        return decide_order(rights, id, accept=True, who="乙")


def spans(orders: tuple[Order, ...]) -> list[tuple[str, tuple[Span, ...]]]:
    return [(one.request.giver, one.request.spans) for one in orders if isinstance(one.request, Transfer)]


def asked(city: City) -> int:
    with Rights(city) as rights:
        return len(read_orders(rights))


def retired(city: City) -> list[tuple[int, int, str]]:
    with open_ledger(city.ledger) as ledger:
        return [
            (int(first), int(last), str(project))
            for first, last, project in ledger.rows.query(
                "SELECT b.first, b.last, b.project FROM ledger_block b JOIN ledger_account a ON a.no = b.account"
                " WHERE b.alive AND a.type = 'retired' ORDER BY b.first"
            )
        ]


def test_a_project_without_units_retires_nothing_of_another(city: City) -> None:
    with pytest.raises(SettingError, match="not_held") as told:
        retire(city, 7, "rx1", project="wind-3")
    assert ("0 t of wind-3 free" in told.value.read("en"), OWN in told.value.read("zh"), asked(city)) == (True, True, 0)
    assert retired(city) == []


def test_units_under_a_pledge_are_not_replaced_by_others(city: City) -> None:
    submit(city, Hold("h", OWN, "pledge", 995, "loan", spans=read_spans("1-995")))
    with pytest.raises(SettingError, match="5 t of wind-1 free, less than 6 t"):
        retire(city, 6, "r1")
    assert spans(retire(city, 5, "r1")) == [(OWN, (Span(996, 1000),))]


def test_serial_numbers_that_wait_are_offered_once(city: City) -> None:
    assert spans(retire(city, 993, "all")) == [(OWN, (Span(1, 993),))]
    assert spans(retire(city, 5, "r2")) == [(OWN, (Span(994, 998),))]
    with pytest.raises(SettingError, match="2 t of wind-1 free, less than 3 t"):
        retire(city, 3, "r3")
    assert [approve(city, name).state for name in ("r2", "all")] == ["booked", "booked"]
    assert retired(city) == [(1, 993, "wind-1"), (994, 998, "wind-1")]


def test_serial_numbers_that_are_to_be_frozen_are_not_offered(city: City) -> None:
    with Rights(city) as rights:
        place_order(rights, Hold("court", OWN, "freeze", 10, "court", spans=(Span(1, 10),)), who="甲")
    assert spans(retire(city, 2, "r1")) == [(OWN, (Span(11, 12),))]


def test_waiting_orders_of_another_book_take_nothing_away(city: City) -> None:
    submit(
        city, OpenBook("b", "cea-2025", "CEA", "t", 0, True, "2025"),
        OpenAccount("i", "cea-2025.issuer", "cea-2025", "issuer", ("city",), limit=10_000),
        OpenAccount("s", "cea-2025.retired", "cea-2025", "retired", ("city",)),
        OpenAccount("e", "E-1", "cea-2025", "organisation", ("钢铁公司",)),
        Transfer("give", "allocate", "cea-2025.issuer", "E-1", 5000, "2025-01-01"),
    )  # fmt: skip
    wide = Transfer("cea", "retire", "E-1", "cea-2025.retired", 1000, "2025-01-01", spans=(Span(1, 1000),), beneficiary="赛事")
    with Rights(city) as rights:
        assert place_order(rights, wide, who="甲").state == "waiting"
    assert spans(retire(city, 5, "r1")) == [(OWN, (Span(1, 5),))]


def test_a_retirement_draws_on_all_accounts_and_is_decided_once(city: City) -> None:
    submit(
        city, OpenAccount("second", SECOND, "ccer", "organisation", ("风电 公司",)),
        Transfer("move", "transfer", OWN, SECOND, 900, "2024-07-15"),
    )  # fmt: skip
    orders = retire(city, 150, "r1")
    assert spans(orders) == [(OWN, (Span(901, 1000),)), (SECOND, (Span(1, 50),))]
    assert [(one.id, one.state, one.pair) for one in orders] == [("r1", "waiting", True), ("r1:part2", "waiting", True)]
    again = retire(city, 150, "r1")
    assert ([(one.id, one.again) for one in again], asked(city)) == ([("r1", True), ("r1:part2", True)], 2)
    assert approve(city, "r1").state == "booked"
    assert retired(city) == [(1, 50, "wind-1"), (901, 1000, "wind-1")]
    assert [one.state for one in retire(city, 150, "r1")] == ["booked", "booked"]
    with open_ledger(city.ledger) as ledger:
        groups = ledger.rows.query("SELECT DISTINCT grp FROM ledger_event WHERE id IN ('r1', 'r1:part2')")
    assert len(groups) == 1


def test_a_blocked_account_gives_nothing_and_is_named(city: City) -> None:
    open_credit_account(city, "ccer", "风电公司")
    submit(city, SetState("block", OWN, "blocked", "court"))
    with pytest.raises(SettingError, match=f"blocked: {OWN}"):
        retire(city, 1, "r1")


def test_what_an_id_was_used_for_stays(city: City) -> None:
    retire(city, 5, "r1")
    for more in ({"quantity": 6}, {"project": "wind-3"}, {"beneficiary": "别人"}, {"day": "2024-09-02"}):
        told = {"quantity": 5, **more}
        [order] = retire(city, id="r1", **told)  # type: ignore[arg-type]
        assert (order.state, order.code) == ("refused", "conflict"), more
    assert approve(city, "r1").state == "booked"
    submit(
        city, Transfer("away", "transfer", OWN, open_credit_account(city, "ccer", "买方"), 995, "2024-09-03"),
        SetState("close", OWN, "closed", "moved"),
    )  # fmt: skip
    assert [one.state for one in retire(city, 5, "r1")] == ["booked"]


def test_an_order_of_an_earlier_version_has_its_answer(city: City) -> None:
    old = Transfer(
        "r1", "retire", OWN, "ccer.retired", 5, "2024-09-01", reason="中和", spans=(Span(1, 5),), beneficiary="海洋馆"
    )
    with Rights(city) as rights:
        place_order(rights, old, who="甲")
    [again] = retire(city, 5, "r1")
    assert (again.state, again.again, asked(city)) == ("waiting", True, 1)
    [other] = retire(city, 5, "r1", project="wind-3")
    assert (other.state, other.code) == ("refused", "conflict")


def test_of_two_at_once_one_is_asked_to_ask_again(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    read, asks = ask_credits.read_orders, []

    def meanwhile(*given: Any, **named: Any) -> Any:
        found = read(*given, **named)
        if not asks:
            asks.append(1)
            retire(city, 5, "other", who="丙")
        return found

    monkeypatch.setattr(ask_credits, "read_orders", meanwhile)
    with pytest.raises(ConflictError, match="another order has just named"):
        retire(city, 5, "mine")
    assert asked(city) == 1
    assert spans(retire(city, 5, "mine")) == [(OWN, (Span(6, 10),))]


def test_an_order_says_the_project_of_its_serial_numbers(city: City) -> None:
    told = Transfer("t", "retire", OWN, "ccer.retired", 5, "2024-09-01", beneficiary="甲", project="wind-3")
    with Rights(city) as rights:
        with pytest.raises(ConflictError, match="no serial numbers are"):
            place_order(rights, told, who="甲")
        with pytest.raises(ConflictError, match="are of the project 'wind-1'"):
            place_order(rights, told._replace(spans=(Span(1, 5),)), who="甲")
        assert place_order(rights, told._replace(spans=(Span(1, 5),), project="wind-1"), who="甲").state == "waiting"


def test_the_list_of_orders_tells_project_and_serial_numbers(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    orders = retire(city, 7, "r1")
    list_orders(orders, "zh")
    assert "wind-1 1–7" in capsys.readouterr().out
    assert {"project": "wind-1", "spans": [[1, 7]]}.items() <= order_document(orders[0])["request"].items()


def test_what_was_taken_back_is_not_there_to_be_retired(city: City) -> None:
    take(city, "wind-1", "take_back", who="登记机构", day="2024-08-01", values=YEAR)
    with pytest.raises(SettingError, match="0 t of wind-1 free"):
        retire(city, 1, "r1")
    assert read_credits(city).units == {}


def test_a_retirement_is_still_final(city: City) -> None:
    retire(city, 1, "r1")
    approve(city, "r1")
    with open_ledger(city.ledger) as ledger:
        assert ledger.submit([[Reverse("undo", "r1", "2024-09-02", "x")]])[0][0].code == "final"  # type: ignore[union-attr]


def test_units_that_came_after_the_day_are_left_out(city: City) -> None:
    with open_ledger(city.ledger) as ledger:
        first = ledger.rows.query("SELECT min(first) FROM ledger_block WHERE project = 'wind-1'")[0][0]
    lent = {"spans": (Span(first, first + 99),), "project": "wind-1"}
    submit(
        city,
        OpenAccount("b", "B", "ccer", "organisation", ("乙公司",)),
        Transfer("out", "transfer", OWN, "B", 100, "2024-08-01", **lent),
        Transfer("back", "transfer", "B", OWN, 100, "2024-10-01", **lent),
    )
    assert spans(retire(city, 50, "r1")) == [(OWN, (Span(first + 100, first + 149),))]
    with pytest.raises(SettingError, match="not_held"):
        retire(city, 851, "r2")
    assert spans(retire(city, 50, "r3", day="2024-10-02")) == [(OWN, (Span(first, first + 49),))]
