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
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def read(*words: object) -> Any:
    return json.loads(run(*words, "--json"))


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
    before = read("allowance", "book", city, "cea-2023", plants, "--day", DAY, "--before")
    assert [one["state"] for one in before] == ["booked", "booked", "not_measurable"]
    assert "864,544" in run("allowance", "book", city, "cea-2023", plants, "--day", DAY)
    plan = ("--plants", plants)
    found = read("allowance", "surrender", city, "cea-2023", "2023", "甲", "--quantity", 850000, "--day", DAY, *plan)
    assert found["verdict"] == "met"
    settled = read("allowance", "settle", city, "cea-2023", "2023", *plan)
    assert [one["verdict"] for one in settled["companies"]] == ["met", "not_measurable", "not_measurable"]
    assert "judged" in run("allowance", "settle", city, "cea-2023", "2023", *plan, "--lang", "en")
    asked = ("allowance", "carry", city, "cea-2023", "cea-2024", "甲", "--year", 2023, "--day", DAY)
    assert read(*asked)["missing"][0]["name"] == "base"
    assert read(*asked, "--base", 10000, "--quantity", 9000)["value"] == "10000"
    assert read("allowance", "repay", city, "cea-2023", "甲", "--day", DAY)[0]["state"] == "same"


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
    for step, who, day, values in (*STEPS, ("issue", "登记机构", "2024-07-01", YEAR)):
        given = [word for name, value in values.items() for word in ("--set", f"{name}={value}")]
        assert read("credit", "step", city, "wind-1", step, "--who", who, "--day", day, *given)["step"] == step
    said = ("--holder", "风电公司", "--beneficiary", "x", "--reason", "y", "--day", "2024-08-01", "--id", "r1")
    assert read("credit", "retire", city, "wind-1", "--quantity", 100, *said)["spans"] == [[1, 100]]
    assert read("credit", "account", city, "ccer", "买方")["account"] == "ccer.买方"
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
