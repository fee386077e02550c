"""``dafeng brief``, ``dafeng report`` and ``dafeng hindcast`` on the command line."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import CityError, SettingError

RUNNER = CliRunner()


def test_a_city_without_a_run_is_told_to_assess(city_copy) -> None:
    result = RUNNER.invoke(app, ["brief", str(city_copy("yunting"))])
    assert isinstance(result.exception, CityError)
    assert "dafeng assess" in str(result.exception)


def test_a_report_without_a_run_is_told_to_assess(city_copy, tmp_path) -> None:
    result = RUNNER.invoke(app, ["report", str(city_copy("yunting")), "--out", str(tmp_path / "new"), "--format", "docx"])
    assert isinstance(result.exception, CityError | SettingError)  # a setting error where the installed package is older
    assert list((tmp_path / "new").iterdir()) == []


def test_a_hindcast_prints_both_totals_and_its_calibration() -> None:
    result = RUNNER.invoke(app, ["hindcast", "--origin", "2012", "--year", "2017", "--lang", "en"])
    assert result.exit_code == 0
    assert all(word in result.stdout for word in ("energy consumption", "CO2 emissions", "calibration", "outside"))


def test_a_hindcast_as_json_holds_every_forecast() -> None:
    found = json.loads(RUNNER.invoke(app, ["hindcast", "--json"]).stdout)
    assert {one["case"] for one in found["forecasts"]} == {"documents", "mirrored", "widened", "record"}
    assert all(one["low"] < one["middle"] < one["high"] for one in found["forecasts"] + found["rolling"])


def test_years_outside_the_record_are_refused() -> None:
    assert isinstance(RUNNER.invoke(app, ["hindcast", "--origin", "1990"]).exception, SettingError)
