"""Credit projects of a city on the ledger: issued once, also after a crash, retired for good, logged for good."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from dafeng.core.errors import AccessError, DafengError, SettingError, StoreError
from dafeng.ledger.audit import verify
from dafeng.ledger.credit_log import CHINA, find_break, read_steps
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.requests import OpenAccount, Reverse, SetLimit, SetState, Transfer
from dafeng.store.records import open_records
from dafeng.work.ask_credits import ask_issue, ask_take_back, retire_credits
from dafeng.work.city import City, init
from dafeng.work.credit_document import credits_document
from dafeng.work.credits import credit_book_document, enter_project, open_credit_account, read_credits, take
from dafeng.work.noted_orders import Order
from dafeng.work.project_register import public_projects
from dafeng.work.project_steps import offer_steps, take_as
from dafeng.work.reductions import read_numbers, read_values, reduction
from dafeng.work.right_orders import decide_order, place_order
from dafeng.work.rights import Rights

FILE = """id: wind-1
name: 半岛北海上风电
scheme: ccer
method: offshore_wind
assets: [wind-1]
facts: {construction_start: "2021-05-01", crediting_end: "2031-12-31", crediting_years: 10, required_by_law: false,
  in_ets: false, other_mechanism: false, distance: 35.5, coordinate_decimals: 6, grid_connected: true}
"""
YEAR = {"start": "2023-01-01", "end": "2023-12-31"}
STEPS = (
    ("publish", "风电公司", "2024-01-10", {}),
    ("validate", "审定机构", "2024-03-01", {}),
    ("register", "登记机构", "2024-03-20", {"applied": "2024-03-05"}),
    ("monitor", "风电公司", "2024-04-01", {**YEAR, "quantity": 646750}),
    ("verify", "核查机构", "2024-06-01", {**YEAR, "quantity": 646000}),
)


@pytest.fixture
def city(tmp_path) -> City:
    made = init(tmp_path / "city", place="370600")
    (tmp_path / "wind.yaml").write_text(FILE, encoding="utf-8")
    enter_project(made, tmp_path / "wind.yaml", who="风电公司", day="2024-01-02")
    for step, who, day, values in STEPS:
        take(made, "wind-1", step, who=who, day=day, values=values)
    return made


def issue(city: City, id: str = ""):
    return take(city, "wind-1", "issue", who="登记机构", day="2024-07-01", values=YEAR, id=id)


def shown(city: City) -> dict:
    return json.loads(json.dumps(credits_document(read_credits(city), project="wind-1")))["projects"][0]


def test_a_project_shows_its_tests_its_units_and_who_did_what(city):
    issue(city)
    found = shown(city)
    assert found["units"] == {"organisation": 646000}
    assert {one["answer"] for one in found["tests"]} == {"met"}
    assert {one["answer"] for one in found["periods"][0]["tests"]} == {"met"}
    assert {one["grade"] for one in found["tests"]} == {"A"}
    assert (found["validator"], found["periods"][0]["verifier"]) == ("审定机构", "核查机构")
    assert found["keep_until"] == "2034-07-01"
    assert [one["step"] for one in found["steps"]] == ["enter", *(one[0] for one in STEPS), "issue", "book"]
    assert found["steps"][3]["review"] == {"limit": 15, "least": 1, "most": 15}


def test_units_carry_their_project_and_year(city):
    issue(city)
    with open_ledger(city.ledger) as ledger:
        rows = ledger.rows.query("SELECT first, last, vintage, project FROM ledger_block WHERE alive")
    assert rows == [(1, 646000, "2023", "wind-1")]


def test_a_period_is_issued_once_whoever_asks_and_however_often(city):
    first = issue(city, "mine")
    again = issue(city, "mine")
    assert (again.seq, again.again) == (first.seq, True)
    assert (issue(city).seq, issue(city).again) == (first.seq, True)  # nobody gave it another id
    with pytest.raises(SettingError, match="issued → issue"):
        issue(city, "other")
    with pytest.raises(SettingError, match="issued → issue"):
        take(city, "wind-1", "issue", who="登记机构", day="2024-07-02", values=YEAR)
    with pytest.raises(SettingError, match="conflict"):
        take(city, "wind-1", "issue", who="x", day="2024-07-01", values=YEAR, id="mine")
    assert shown(city)["units"] == {"organisation": 646000}


def test_a_step_without_an_id_that_is_asked_again_has_the_same_answer(city, tmp_path):
    again = enter_project(city, tmp_path / "wind.yaml", who="风电公司", day="2024-01-02")
    assert (again.seq, again.again) == (1, True)
    for at, (step, who, day, values) in enumerate(STEPS, 2):
        taken = take(city, "wind-1", step, who=who, day=day, values=values)
        assert (taken.seq, taken.again) == (at, True), step
    use = {"asset": "kiln", "use": "ets", **YEAR}
    seqs = [take(city, "asset:kiln", "use", who="a", day="2024-06-02", values=use).seq for _ in range(2)]
    assert seqs == [7, 7]
    assert len(shown(city)["steps"]) == 6
    with pytest.raises(SettingError, match="the project was entered before"):
        enter_project(city, tmp_path / "wind.yaml", who="别人", day="2024-01-02")


def test_what_was_undone_may_be_done_again(city):
    for _ in range(2):
        for step, more in (("withdraw", {}), ("monitor", {"quantity": 5})):
            assert not take(city, "wind-1", step, who="风电公司", day="2024-06-03", values={**YEAR, **more}).again
        assert take(city, "wind-1", "monitor", who="风电公司", day="2024-06-03", values={**YEAR, "quantity": 5}).again
    assert [one["step"] for one in shown(city)["steps"]].count("monitor") == 3


def test_no_step_is_taken_on_a_day_that_has_not_come(city):
    tomorrow = (datetime.now(CHINA) + timedelta(days=1)).date().isoformat()
    with pytest.raises(SettingError, match=tomorrow):
        take(city, "wind-1", "issue", who="登记机构", day=tomorrow, values=YEAR)
    today = datetime.now(CHINA).date().isoformat()
    assert take(city, "wind-1", "withdraw", who="风电公司", day=today, values=YEAR).step.day == today


def test_a_period_is_judged_on_the_day_of_its_application(city):
    span = {"start": "2021-01-01", "end": "2021-12-31"}
    take(city, "wind-1", "monitor", who="风电公司", day="2025-10-02", values={**span, "quantity": 9})
    take(city, "wind-1", "verify", who="核查机构", day="2025-12-05", values={**span, "quantity": 9})
    with pytest.raises(SettingError, match="recent"):
        take(city, "wind-1", "issue", who="登记机构", day="2026-01-20", values=span)
    take(city, "wind-1", "issue", who="登记机构", day="2026-01-20", values={**span, "applied": "2025-12-31"})
    period = shown(city)["periods"][1]
    assert (period["state"], period["applied"], period["issued"]) == ("issued", "2025-12-31", "2026-01-20")
    assert {one["answer"] for one in period["tests"]} == {"met"}


def test_the_ledger_knows_an_issue_by_project_and_period_alone(city):
    issue(city)
    with open_ledger(city.ledger) as ledger:
        found = ledger.rows.query("SELECT id FROM ledger_event WHERE kind = 'issue'")
    assert found == [("credit:wind-1:2023-01-01/2023-12-31",)]


def test_the_book_of_a_scheme_says_what_limits_it_and_may_be_limited(city):
    account = open_credit_account(city, "ccer", "买方")
    told = credit_book_document(city, "ccer")
    assert (account, told["book"], told["limit"], told["source"]) == ("ccer.买方", "ccer", None, "ccer-measures-2023")
    assert told["says"]["en"]
    with pytest.raises(SettingError, match="ledger limit"):
        open_credit_account(city, "ccer", "买方", limit=10)
    with Rights(city) as rights:
        place_order(rights, SetLimit("l1", "ccer.issuer", 10, "cap"), who="a")
        assert decide_order(rights, "l1", accept=True, who="b").state == "booked"
    assert credit_book_document(city, "ccer")["limit"] == 10
    with pytest.raises(SettingError, match="over_limit"):
        issue(city)
    assert shown(city)["periods"][0]["state"] == "verified"


def test_a_book_that_is_opened_with_a_limit_keeps_it(city):
    open_credit_account(city, "blue", "买方", limit=10)
    assert open_credit_account(city, "blue", "卖方", limit=10) == "blue_carbon.卖方"
    assert credit_book_document(city, "blue")["limit"] == 10


def test_many_at_once_issue_once(city):
    def attempt(_: int) -> int:
        try:
            return issue(city).seq
        except SettingError:
            return 0

    with ThreadPoolExecutor(8) as pool:
        said = [one for one in pool.map(attempt, range(16)) if one]
    assert len(set(said)) == 1
    assert shown(city)["units"] == {"organisation": 646000}
    assert [one["step"] for one in shown(city)["steps"]].count("issue") == 1
    assert [one["step"] for one in shown(city)["steps"]].count("book") == 1


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_crash_while_issuing_is_finished_by_the_same_command(city, monkeypatch, lost):
    submit = Ledger.submit

    def crash(self, groups):
        if groups and isinstance(groups[0][0], Transfer):
            if lost == "after":
                submit(self, groups)
            raise KeyboardInterrupt
        return submit(self, groups)

    monkeypatch.setattr(Ledger, "submit", crash)
    with pytest.raises(KeyboardInterrupt):
        issue(city)
    monkeypatch.undo()
    assert shown(city)["periods"][0]["state"] == "issuing"
    with pytest.raises(SettingError):
        take(city, "wind-1", "withdraw", who="a", day="2024-08-01", values=YEAR)
    issue(city)
    assert shown(city)["periods"][0]["state"] == "issued"
    assert shown(city)["units"] == {"organisation": 646000}


def test_what_the_ledger_refuses_goes_back_to_verified(city):
    open_credit_account(city, "ccer", "风电公司")
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[SetState("block", "ccer.issuer", "blocked", "test")]])
    with pytest.raises(SettingError, match="account_blocked"):
        issue(city)
    assert shown(city)["periods"][0]["state"] == "verified"
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[SetState("open", "ccer.issuer", "open", "test")]])
    issue(city)
    assert shown(city)["units"] == {"organisation": 646000}


def approve(city: City, order: str, who: str = "复核人") -> Order:
    with Rights(city) as rights:
        return decide_order(rights, order, accept=True, who=who)


def test_an_issue_waits_for_a_second_person_and_the_same_one_twice_is_one(city):
    first = ask_issue(city, "wind-1", who="登记机构", day="2024-07-01", values=YEAR)
    again = ask_issue(city, "wind-1", who="登记机构", day="2024-07-01", values=YEAR)
    assert (first.state, again.id, again.again, shown(city)["units"]) == ("waiting", first.id, True, {})
    with pytest.raises(AccessError):
        approve(city, first.id, "登记机构")
    done = approve(city, first.id)
    assert (done.state, done.event is not None, shown(city)["units"]) == ("booked", True, {"organisation": 646000})
    assert ask_issue(city, "wind-1", who="登记机构", day="2024-07-01", values=YEAR).event == done.event
    with pytest.raises(SettingError, match="issued → issue"):
        ask_issue(city, "wind-1", who="登记机构", day="2024-07-02", values=YEAR, id="other")
    with open_records(city.records) as records:
        assert records.verify() == ()


def test_what_no_longer_holds_when_it_is_approved_is_not_issued(city):
    order = ask_issue(city, "wind-1", who="登记机构", day="2024-07-01", values=YEAR)
    take(city, "wind-1", "withdraw", who="风电公司", day="2024-07-02", values=YEAR)
    done = approve(city, order.id)
    assert (done.state, done.reason is not None, shown(city)["units"]) == ("refused", True, {})


def back(city: City, id: str = ""):
    return take(city, "wind-1", "take_back", who="登记机构", day="2024-08-01", values=YEAR, id=id)


def audited(city: City) -> list[str]:
    with open_ledger(city.ledger) as ledger:
        return [one.says.en for one in verify(ledger)]


def test_an_issue_is_taken_back_by_two_persons_and_issued_again(city):
    approve(city, ask_issue(city, "wind-1", who="登记机构", day="2024-07-01", values=YEAR).id)
    asked = ask_take_back(city, "wind-1", who="登记机构", day="2024-08-01", values={**YEAR, "reason": "wrong owner"})
    with pytest.raises(AccessError):
        approve(city, asked.id, "登记机构")
    assert (asked.state, shown(city)["periods"][0]["state"]) == ("waiting", "issued")
    done = approve(city, asked.id)
    assert (done.state, shown(city)["periods"][0]["state"], shown(city)["units"]) == ("booked", "verified", {})
    again = ask_take_back(city, "wind-1", who="登记机构", day="2024-08-01", values={**YEAR, "reason": "wrong owner"})
    assert (again.id, again.event, again.again) == (asked.id, done.event, True)
    assert audited(city) == []
    second = ask_issue(city, "wind-1", who="登记机构", day="2024-09-01", values=YEAR)
    assert (second.id, approve(city, second.id).state) == ("credit:wind-1:2023-01-01/2023-12-31:2", "booked")
    assert (shown(city)["periods"][0]["state"], shown(city)["units"]) == ("issued", {"organisation": 646000})
    assert audited(city) == []
    third = ask_take_back(city, "wind-1", who="登记机构", day="2024-10-01", values=YEAR)
    assert (approve(city, third.id).state, shown(city)["units"], audited(city)) == ("booked", {}, [])


def test_the_public_is_told_what_was_undone(city):
    def stages() -> list[tuple[str, str]]:
        with Rights(city) as rights:
            [told] = public_projects(rights)["ccer"]
        return [(one["step"], one["period"]) for one in told["steps"][5:]]

    key = "2023-01-01/2023-12-31"
    open_credit_account(city, "ccer", "风电公司")
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[SetState("block", "ccer.issuer", "blocked", "test")]])
    with pytest.raises(SettingError):
        issue(city)
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[SetState("open", "ccer.issuer", "open", "test")]])
    issue(city, "anew")
    back(city)
    take(city, "wind-1", "withdraw", who="风电公司", day="2024-08-02", values=YEAR)
    told = ["verify", "issue", "return", "issue", "take_back", "unbook", "withdraw"]
    assert stages() == [(step, key) for step in told]


def test_an_order_for_one_issue_does_not_act_on_another(city):
    def ask(how, name: str, day: str) -> str:
        return how(city, "wind-1", who="登记机构", day=day, values=YEAR, id=name).id

    issues = [ask(ask_issue, name, "2024-07-01") for name in ("i1", "i2")]
    assert approve(city, issues[0]).state == "booked"
    backs = [ask(ask_take_back, name, "2024-09-01") for name in ("t1", "t2")]
    assert approve(city, backs[0]).state == "booked"
    late = approve(city, issues[1])
    assert (late.state, late.code, shown(city)["units"]) == ("refused", "step_wrong", {})
    assert approve(city, ask(ask_issue, "i3", "2024-09-01")).state == "booked"
    approve(city, backs[1])
    assert (shown(city)["periods"][0]["state"], shown(city)["units"]) == ("issued", {"organisation": 646000})
    assert audited(city) == []


@pytest.mark.parametrize("first", [True, False], ids=["asked before", "asked after"])
def test_what_was_wrongly_issued_is_taken_back_from_a_cancelled_project(city, first):
    approve(city, ask_issue(city, "wind-1", who="登记机构", day="2024-07-01", values=YEAR).id)
    days = ("2024-08-03", "2024-08-02") if first else ("2024-08-02", "2024-08-03")
    asked = ask_take_back(city, "wind-1", who="登记机构", day=days[0], values=YEAR) if first else None
    take(city, "wind-1", "cancel", who="登记机构", day=days[1] if first else days[0], values={})
    asked = asked or ask_take_back(city, "wind-1", who="登记机构", day=days[1], values=YEAR)
    done = approve(city, asked.id)
    assert (done.state, shown(city)["units"], shown(city)["state"], audited(city)) == ("booked", {}, "cancelled", [])
    with pytest.raises(SettingError, match="project_cancelled"):
        ask_issue(city, "wind-1", who="登记机构", day="2024-09-01", values=YEAR)


def accounts(city: City) -> list[tuple[str, str, int]]:
    with open_ledger(city.ledger) as ledger:
        text = "SELECT name, holder, balance FROM ledger_account WHERE type = 'organisation' ORDER BY no"
        return [tuple(row) for row in ledger.rows.query(text)]


def test_units_go_to_the_owner_whoever_holds_an_account_of_that_name(city):
    open_credit_account(city, "ccer", "买方")
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[OpenAccount("squat", "ccer.风电公司", "ccer", "organisation", ("别人",))]])
    assert open_credit_account(city, "ccer", "风电公司") == "ccer.风电公司.2"
    issue(city)
    assert accounts(city)[1:] == [("ccer.风电公司", "别人", 0), ("ccer.风电公司.2", "风电公司", 646000)]
    with pytest.raises(SettingError, match="giver_unknown"):
        retire_credits(city, "wind-1", 5, holder="没有", beneficiary="赛事", reason="中和", day="2024-08-01", id="r", who="甲")
    [order] = retire_credits(
        city, "wind-1", 5, holder="风电公司", beneficiary="赛事", reason="中和", day="2024-08-01", id="s", who="甲"
    )
    assert (approve(city, order.id).state, accounts(city)[2][2]) == ("booked", 645995)


def test_an_owner_whose_account_was_closed_gets_another(city):
    open_credit_account(city, "ccer", "风电公司")
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[SetState("close", "ccer.风电公司", "closed", "test")]])
    issue(city)
    assert accounts(city) == [("ccer.风电公司", "风电公司", 0), ("ccer.风电公司.2", "风电公司", 646000)]


def test_what_was_moved_or_retired_is_not_taken_back(city):
    issue(city)
    open_credit_account(city, "ccer", "买方")
    with Rights(city) as rights:
        place_order(rights, Transfer("sold", "transfer", "ccer.风电公司", "ccer.买方", 5, "2024-07-15"), who="风电公司")
    asked = ask_take_back(city, "wind-1", who="登记机构", day="2024-08-01", values=YEAR)
    assert (approve(city, asked.id).code, shown(city)["periods"][0]["state"]) == ("not_held", "issued")
    with pytest.raises(SettingError, match="not_held"):
        back(city)
    assert (shown(city)["units"], audited(city)) == ({"organisation": 646000}, [])
    with Rights(city) as rights:
        place_order(rights, Transfer("home", "transfer", "ccer.买方", "ccer.风电公司", 5, "2024-07-16"), who="买方")
    back(city, "later")
    assert (shown(city)["periods"][0]["state"], shown(city)["units"], audited(city)) == ("verified", {}, [])


def test_only_what_is_issued_is_taken_back(city):
    with pytest.raises(SettingError, match="verified → take_back"):
        ask_take_back(city, "wind-1", who="登记机构", day="2024-08-01", values=YEAR)
    with pytest.raises(SettingError, match="there is no such period"):
        ask_take_back(city, "wind-1", who="登记机构", day="2024-08-01", values={"start": "2022-01-01", "end": "2022-12-31"})


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_crash_while_taking_back_is_finished_by_the_same_command(city, monkeypatch, lost):
    issue(city)
    book = Ledger.book

    def crash(self, make):
        reversing = []

        def seen():
            groups = make()
            reversing.extend(one for group in groups for one in group if isinstance(one, Reverse))
            if reversing and lost == "before":
                raise KeyboardInterrupt
            return groups

        answers = book(self, seen)
        if reversing:
            raise KeyboardInterrupt
        return answers

    monkeypatch.setattr(Ledger, "book", crash)
    with pytest.raises(KeyboardInterrupt):
        back(city)
    monkeypatch.undo()
    assert (shown(city)["periods"][0]["state"], audited(city)) == ("taking_back", [])
    with pytest.raises(SettingError, match="taking_back → cancel"):
        take(city, "wind-1", "cancel", who="登记机构", day="2024-08-02", values={})
    first = back(city)
    assert (shown(city)["periods"][0]["state"], shown(city)["units"], audited(city)) == ("verified", {}, [])
    assert (back(city).seq, back(city).again) == (first.seq, True)
    assert not take(city, "wind-1", "issue", who="登记机构", day="2024-08-02", values=YEAR).again
    assert (shown(city)["units"], audited(city)) == ({"organisation": 646000}, [])


def test_an_issue_that_was_reversed_beside_the_register_is_taken_back_there(city):
    issue(city)
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[Reverse("rv", "credit:wind-1:2023-01-01/2023-12-31", "2024-07-20", "wrong")]])
    assert audited(city) == ["the register says that it is issued; the ledger has reversed it"]
    back(city)
    assert (shown(city)["periods"][0]["state"], audited(city)) == ("verified", [])


def test_who_issued_does_not_take_back_on_the_pages(city):
    told = {"who": "登记机构", "values": YEAR}
    take_as(city, "wind-1", "issue", login="李四", day="2024-07-01", **told)
    offered = [one.kind.name for one in offer_steps(read_credits(city).register.projects["wind-1"])]
    assert offered == ["cancel", "monitor", "take_back"]
    with pytest.raises(AccessError):
        take_as(city, "wind-1", "take_back", login="李四", day="2024-08-01", **told)
    take_as(city, "wind-1", "take_back", login="管理", day="2024-08-01", document="决定 3 号", **told)
    assert shown(city)["periods"][0]["state"] == "verified"
    with open_ledger(city.ledger) as ledger:
        [[content]] = ledger.rows.query("SELECT content FROM ledger_event WHERE id LIKE '%:back'")
    assert "决定 3 号" in content


def test_retired_credits_never_move_again(city):
    issue(city)
    said = {"holder": "风电公司", "beneficiary": "半程马拉松", "reason": "中和", "day": "2024-08-01", "who": "风电公司"}
    [asked] = retire_credits(city, "wind-1", 100, id="r1", **said)
    assert (asked.state, asked.request.spans, shown(city)["units"]) == ("waiting", ((1, 100),), {"organisation": 646000})
    [other] = retire_credits(city, "wind-1", 50, id="r0", **said)
    assert other.request.spans == ((101, 150),)  # those that wait are not offered twice
    assert {approve(city, one).state for one in ("r0", "r1")} == {"booked"}
    [again] = retire_credits(city, "wind-1", 100, id="r1", **said)
    assert (again.state, again.request.spans, again.again) == ("booked", asked.request.spans, True)
    assert shown(city)["units"] == {"organisation": 645850, "retired": 150}
    with open_ledger(city.ledger) as ledger:
        assert ledger.submit([[Reverse("undo", "r1", "2024-08-02", "x")]])[0][0].code == "final"
    with pytest.raises(SettingError, match="645,850 t"):
        retire_credits(city, "wind-1", 10**6, id="r2", **said)
    asked = retire_credits(city, "wind-1", 1, id="r3", **{**said, "beneficiary": ""})
    assert [one.code for one in asked] == ["beneficiary_missing"]
    with pytest.raises(SettingError, match="project_unknown"):
        retire_credits(city, "wind-9", 1, id="r4", **said)


def test_a_step_taken_again_has_the_same_answer(city):
    again = take(city, "wind-1", "publish", who="风电公司", day="2024-01-10", values={})
    assert (again.again, again.step.step) == (True, "publish")
    assert len(shown(city)["steps"]) == 1 + len(STEPS)
    use = {"asset": "kiln-1", "use": "substitution", **YEAR}
    first = take(city, "asset:kiln-1", "use", who="化工厂", day="2024-06-02", values=use)
    assert take(city, "asset:kiln-1", "use", who="化工厂", day="2024-06-02", values=use).seq == first.seq


def test_a_use_elsewhere_and_an_issue_exclude_each_other(city):
    use = {"asset": "wind-1", "use": "substitution", **YEAR}
    with pytest.raises(SettingError, match="used_elsewhere"):
        take(city, "asset:wind-1", "use", who="化工厂", day="2024-06-02", values=use)
    take(city, "wind-1", "withdraw", who="风电公司", day="2024-06-02", values=YEAR)
    take(city, "asset:wind-1", "use", who="化工厂", day="2024-06-02", values=use)
    with pytest.raises(SettingError, match="used_elsewhere"):
        take(city, "wind-1", "monitor", who="风电公司", day="2024-06-03", values={**YEAR, "quantity": 5})
    assert credits_document(read_credits(city))["uses"][0]["use"] == "substitution"


def test_the_log_is_never_changed(city):
    with open_ledger(city.ledger) as ledger:
        assert find_break(ledger.rows) is None
        assert len(read_steps(ledger.rows)) == 6
    with sqlite3.connect(city.ledger) as database:
        for text in ("UPDATE ledger_credit SET step = 'issue'", "DELETE FROM ledger_credit"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                database.execute(text)
        database.execute("DROP TRIGGER ledger_credit_update")
        database.execute("UPDATE ledger_credit SET content = replace(content, '646750', '999999') WHERE step = 'monitor'")
    with open_ledger(city.ledger) as ledger:
        assert find_break(ledger.rows) == 5
    verify = {**YEAR, "quantity": 1}
    for act in (
        lambda: take(city, "wind-1", "verify", who="核查机构", day="2024-07-01", values=verify),
        lambda: read_credits(city),
    ):
        with pytest.raises(StoreError, match="audit"):
            act()


def test_booking_is_no_step_of_its_own(city):
    for step in ("book", "return", "unbook", "keep"):
        with pytest.raises(SettingError, match="step_unknown"):
            take(city, "wind-1", step, who="a", day="2024-07-01", values=YEAR)


@pytest.mark.parametrize("text", ["[1]", "name: x", "id: 3"])
def test_a_file_that_is_no_project_is_refused(city, tmp_path, text):
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingError):
        enter_project(city, tmp_path / "x.yaml", who="a", day="2024-01-01")


def test_a_reduction_by_its_method_with_its_meter():
    given = {"exported": 1000000, "imported": 5000, "operating_margin": "0.9", "build_margin": "0.4"}
    weights = {"operating_weight": "0.5", "build_weight": "0.5"}
    _, plain = reduction("offshore_wind", read_numbers({**given, **weights}))
    assert plain.whole == 646750
    before, late = reduction("offshore_wind", read_numbers({**given, **weights, "max_error": "0.005"}), meter="late")
    assert before["corrected_export"] == 995000
    assert late.value == (Decimal(995000) - Decimal(5025)) * Decimal("0.65")
    assert reduction("offshore_wind", read_numbers(given))[1].value is None
    with pytest.raises(DafengError):
        reduction("offshore_wind", read_numbers(given), meter="broken")
    with pytest.raises(SettingError, match="apple_orchard"):
        reduction("apple_orchard", {})
    with pytest.raises(SettingError, match="out of bounds"):
        reduction("offshore_wind", {"exported": Decimal(-1)})
    with pytest.raises(SettingError):
        read_values(["exported"])
