"""``dafeng allowance`` and ``dafeng credit`` from the command line, as a person and as a programme reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import SettingError
from tests.work.test_allowances import DAY, ROWS, table
from tests.work.test_credits import FILE, STEPS, YEAR


def run(*words: object) -> str:
    done = call(*words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def call(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})


def read(*words: object) -> Any:
    return json.loads(run(*words, "--json"))


def given(values: dict[str, Any]) -> list[str]:
    """Values as options."""
    return [word for name, value in values.items() for word in ("--set", f"{name}={value}")]


def approve(city: Path, order: dict[str, Any]) -> Any:
    """Let somebody else agree to an order."""
    return read("ledger", "approve", city, order["id"], "--who", "bert")[0]


@pytest.fixture
def city(tmp_path) -> Path:
    run("init", tmp_path / "city", "--place", "370600")
    return tmp_path / "city"


def test_a_period_from_the_table_to_the_check(city, tmp_path):
    plants = table(tmp_path, *ROWS)
    assert [one["allowance"] for one in read("allowance", "compute", plants)["companies"]] == [864544, 404500, 404500]
    assert "供电量" not in run("allowance", "compute", plants, "--lang", "en")
    assert "调峰修正系数" in run("allowance", "compute", plants)
    for book in ("cea-2023", "cea-2024"):
        opened = read("allowance", "open", city, book, book[-4:], "--limit", 5000000, "--plants", plants)
        assert opened["companies"] == ["甲", "乙", "丙"]
    booking = ("allowance", "book", city, "cea-2023", plants, "--day", DAY, "--who", "anna")
    before = read(*booking, "--before")
    assert [one["state"] for one in before["companies"]] == ["waiting", "waiting", "not_measurable"]
    approve(city, before["order"])
    asked = read(*booking)
    assert "等待另一人复核" in run(*booking)
    approve(city, asked["order"])
    assert "864,544" in run(*booking)
    after = call(*booking, "--before", "--lang", "en")
    assert (after.exit_code, "--before" in after.stdout) == (1, True)
    plan = ("--plants", plants, "--who", "anna")
    giving = ("allowance", "surrender", city, "cea-2023", "2023", "甲", "--day", DAY, *plan)
    found = read(*giving, "--quantity", 850000)
    assert (found["verdict"], found["order"]["state"]) == ("short", "waiting")
    assert read(*giving, "--quantity", 850000)["order"]["id"] == found["order"]["id"]
    approve(city, found["order"])
    assert (read(*giving, "--quantity", 850000)["verdict"], found["excess"]) == ("met", 0)
    with pytest.raises(SettingError, match="--beyond"):
        run(*giving, "--quantity", 1)
    assert "1 t above" in run(*giving, "--quantity", 1, "--beyond", "--lang", "en")
    settled = read("allowance", "settle", city, "cea-2023", "2023", "--plants", plants)
    assert [one["verdict"] for one in settled["companies"]] == ["met", "not_measurable", "not_measurable"]
    assert "judged" in run("allowance", "settle", city, "cea-2023", "2023", "--plants", plants, "--lang", "en")


def test_a_carry_over_and_a_repayment_are_asked_for(city, tmp_path):
    plants = table(tmp_path, *ROWS)
    for book in ("cea-2023", "cea-2024"):
        read("allowance", "open", city, book, book[-4:], "--limit", 5000000, "--plants", plants)
    approve(city, read("allowance", "book", city, "cea-2023", plants, "--day", DAY, "--who", "anna")["order"])
    asked = ("allowance", "carry", city, "cea-2023", "cea-2024", "甲", "--year", 2023, "--day", DAY)
    assert read(*asked)["missing"][0]["name"] == "base"
    carried = read(*asked, "--base", 10000, "--quantity", 9000, "--who", "anna")
    assert (carried["value"], approve(city, carried["order"])["state"]) == ("10000", "booked")
    assert "结转" in run(*asked, "--base", 10000, "--quantity", 9000, "--who", "anna")
    repaid = read("allowance", "repay", city, "cea-2023", "甲", "--day", DAY)
    assert (repaid["companies"][0]["state"], repaid["order"]) == ("same", None)


def test_a_price_and_the_calendar():
    assert read("allowance", "price", "--set", "adjustment=0.3", "--set", "intensity=2.24")["value"] == "22.5"
    assert "22.5" in run("allowance", "price", "--set", "adjustment=0.3", "--set", "intensity=2.24")
    with pytest.raises(SettingError, match="out of bounds"):
        run("allowance", "price", "--set", "adjustment=0.5", "--set", "intensity=2.24")
    assert {one["date"] for one in read("allowance", "calendar", "--year", 2024)} == {None}
    assert "not known" in run("allowance", "calendar", "--lang", "en")


def test_a_project_from_entry_to_retirement(city, tmp_path):
    (tmp_path / "wind.yaml").write_text(FILE, encoding="utf-8")
    read("credit", "enter", city, tmp_path / "wind.yaml", "--who", "风电公司", "--day", "2024-01-02")
    for step, who, day, values in STEPS:
        assert read("credit", "step", city, "wind-1", step, "--who", who, "--day", day, *given(values))["step"] == step
    issue = ("credit", "step", city, "wind-1", "issue", "--who", "登记机构", "--day", "2024-07-01", *given(YEAR))
    asked = read(*issue)[0]
    assert (asked["state"], read("credit", "show", city)["projects"][0]["units"]) == ("waiting", {})
    approve(city, asked)
    assert read(*issue)[0]["state"] == "booked"
    said = ("--holder", "风电公司", "--beneficiary", "x", "--reason", "y", "--day", "2024-08-01", "--id", "r1")
    retired = read("credit", "retire", city, "wind-1", "--quantity", 100, *said, "--who", "anna")[0]
    assert (retired["request"]["spans"], retired["state"]) == ([[1, 100]], "waiting")
    approve(city, retired)
    opened = read("credit", "account", city, "ccer", "买方")
    assert (opened["account"], opened["limit"], opened["grade"]) == ("ccer.买方", None, "A")
    assert "no limit" in run("credit", "account", city, "ccer", "买方", "--lang", "en")
    assert "不设总量" in run("credit", "account", city, "ccer", "买方")
    assert "10,000" in run("credit", "account", city, "blue", "买方", "--limit", 10000)
    with pytest.raises(SettingError, match="ledger limit"):
        run("credit", "account", city, "ccer", "买方", "--limit", 10)
    assert (
        read("ledger", "limit", city, "ccer.issuer", 700000, "--reason", "cap", "--id", "l1", "--who", "a")[0]["state"]
        == "waiting"
    )
    assert read("ledger", "approve", city, "l1", "--who", "b")[0]["state"] == "booked"
    assert read("credit", "account", city, "ccer", "买方")["limit"] == 700000
    again = ("credit", "enter", city, tmp_path / "wind.yaml", "--who", "风电公司", "--day", "2024-01-02")
    assert read(*again)["again"] is True
    assert read("credit", "show", city)["projects"][0]["units"] == {"organisation": 645900, "retired": 100}
    for language, word in (("zh", "符合"), ("en", "met")):
        assert word in run("credit", "show", city, "wind-1", "--lang", language)
    use = ("credit", "use", city, "wind-1", "--as", "ets", "--who", "a", "--day", "2024-08-01")
    with pytest.raises(SettingError, match="used_elsewhere"):
        run(*use, "--from", "2023-01-01", "--to", "2023-01-31")
    assert read(*use, "--from", "2024-01-01", "--to", "2024-01-31")["step"] == "use"
    with pytest.raises(SettingError, match="project_unknown"):
        run("credit", "show", city, "wind-9")


def test_a_reduction_names_what_is_not_known():
    given = ["exported=1000000", "imported=5000", "operating_margin=0.9", "build_margin=0.4"]
    words = [word for one in given for word in ("--set", one)]
    found = read("credit", "reduction", "offshore_wind", *words)
    assert (found["reduction"]["value"], [one["name"] for one in found["reduction"]["missing"]]) == (
        None, ["operating_weight", "build_weight"],
    )  # fmt: skip
    assert "not measurable" in run("credit", "reduction", "offshore_wind", *words, "--lang", "en")
    weights = ["--set", "operating_weight=0.5", "--set", "build_weight=0.5"]
    assert read("credit", "reduction", "offshore_wind", *words, *weights)["reduction"]["whole"] == 646750
