"""``dafeng scenarios``: the same words and figures as on the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import DafengError

QINGDAO = str(Path(__file__).resolve().parents[2] / "cities" / "qingdao")


def run(*arguments: str) -> str:
    answer = CliRunner().invoke(app, ["scenarios", *arguments], catch_exceptions=False)
    assert answer.exit_code == 0
    return answer.stdout


def test_a_changed_scenario_stands_beside_the_one_it_lies_on() -> None:
    found = json.loads(run(QINGDAO, "--scenario", "plan", "--lever", "solar=20000", "--set", "heat_clean/2030=0.4", "--json"))
    assert [one["query"] for one in found["scenarios"]] == ["over=plan", "over=plan&solar=20000&set=heat_clean%2F2030%3D0.4"]


def test_files_go_out_and_come_back(tmp_path: Path) -> None:
    book, table = str(tmp_path / "a.xlsx"), str(tmp_path / "b.csv")
    run(QINGDAO, "--scenario", "baseline", "--lever", "solar=20000", "--xlsx", book, "--iamc", table)
    found = json.loads(run(QINGDAO, "--scenario", "baseline", "--from", book, "--compare", table, "--json"))
    assert [one["query"] for one in found["scenarios"]] == ["", "solar=20000"]
    assert {row["value"] - row["own"][row["scenario"] == "baseline*"] for row in found["compared"]["rows"]} == {0.0}


def test_a_kept_scenario_can_be_asked_for(city_copy: Callable[[str], Path]) -> None:
    city = str(city_copy("qingdao"))
    run(city, "--lever", "solar=20000", "--save", "own_1", "--label", "多光伏|More solar")
    assert "More solar" in run(city, "--scenario", "own_1", "--lang", "en")


@pytest.mark.parametrize(
    "wrong",
    [
        ["--lever", "solar"],
        ["--lever", "solar=x"],
        ["--event", "yulong_2"],
        ["--set", "capacity/pv/2045=-3000"],
        ["--set", "x"],
    ],
)
def test_what_cannot_be_used_is_refused(wrong: list[str]) -> None:
    with pytest.raises(DafengError):
        run(QINGDAO, *wrong)
