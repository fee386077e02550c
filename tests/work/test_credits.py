"""Credit projects of a city on the ledger: issued once, also after a crash, retired for good, logged for good."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from dafeng.core.errors import DafengError, SettingError, StoreError
from dafeng.ledger.credit_log import find_break, read_steps
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.requests import Reverse, SetState, Transfer
from dafeng.work.city import City, init
from dafeng.work.credit_document import credits_document
from dafeng.work.credits import enter_project, open_credit_account, read_credits, retire_credits, take
from dafeng.work.reductions import read_numbers, read_values, reduction

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
    with pytest.raises(SettingError, match="issued → issue"):
        issue(city)
    with pytest.raises(SettingError, match="conflict"):
        take(city, "wind-1", "issue", who="x", day="2024-07-01", values=YEAR, id="mine")
    assert shown(city)["units"] == {"organisation": 646000}


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


def test_retired_credits_never_move_again(city):
    issue(city)
    said = {"holder": "风电公司", "beneficiary": "半程马拉松", "reason": "中和", "day": "2024-08-01"}
    spans = retire_credits(city, "wind-1", 100, id="r1", **said)
    assert spans == ((1, 100),)
    assert retire_credits(city, "wind-1", 100, id="r1", **said) == spans
    assert shown(city)["units"] == {"organisation": 645900, "retired": 100}
    with open_ledger(city.ledger) as ledger:
        assert ledger.submit([[Reverse("undo", "r1", "2024-08-02", "x")]])[0][0].code == "final"
    with pytest.raises(SettingError, match="not_held"):
        retire_credits(city, "wind-1", 10**6, id="r2", **said)
    with pytest.raises(SettingError, match="beneficiary"):
        retire_credits(city, "wind-1", 1, id="r3", **{**said, "beneficiary": ""})
    with pytest.raises(SettingError, match="project_unknown"):
        retire_credits(city, "wind-9", 1, id="r4", **said)


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
    for step in ("book", "return"):
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
