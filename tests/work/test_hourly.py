"""What is kept of hourly models: whole files, digits that come back, a week at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.energy.hourly import gather_hours
from dafeng.work.hourly import Approximation, Case, keep_hours, write_hours
from dafeng.work.hours import Hours, read_hours
from tests.energy.reference_city import solved

STEPS = 24 * 17
CASES = (
    Case("plan", Label("规划", "plan"), solved(STEPS), 2035, approximation=Approximation(96, STEPS, -0.0004)),
    Case("path", Label("路径", "pathway"), solved(24 * 8, (2030, 2040))),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_hours(tmp_path_factory.mktemp("kept"), keep_hours(CASES)).parent


@pytest.fixture(scope="module")
def hours(folder: Path) -> Hours:
    return read_hours(folder)


def test_the_folder_holds_one_table_per_case_and_the_index(folder: Path) -> None:
    assert sorted(one.name for one in folder.iterdir()) == ["hours.json", "hours.path.parquet", "hours.plan.parquet"]


def test_the_same_results_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = write_hours(tmp_path / "again", keep_hours(CASES)).parent
    assert [one.read_bytes() for one in sorted(again.iterdir())] == [one.read_bytes() for one in sorted(folder.iterdir())]


def test_a_week_is_what_was_solved(hours: Hours) -> None:
    week = hours.week("plan", carrier="electricity", week=1)
    hourly = gather_hours(CASES[0].outcome)
    sun = next(values for one, values in hourly.at("flow").items() if one.technology == "solar_utility")
    shown = next(one["values"] for one in week["series"] if one["technology"] == "solar_utility")
    assert (week["start"], shown) == (168, pytest.approx(sun[168:336], abs=6e-4))


def test_a_week_balances(hours: Hours) -> None:
    for carrier in ("electricity", "heat", "hydrogen"):
        shown = hours.week("path", carrier=carrier, period=1)
        assert np.abs(np.sum([one["values"] for one in shown["series"]], axis=0)).max() < 0.02


def test_the_last_week_ends_with_the_year(hours: Hours) -> None:
    assert len(hours.week("plan", carrier="heat", week=2)["price"]) == STEPS - 2 * 168


def test_a_bus_is_a_part_of_its_carrier(hours: Hours) -> None:
    loads = [
        next(one["values"] for one in hours.week("plan", carrier="electricity", bus=bus)["series"] if one["role"] == "demand")
        for bus in ("", "north", "south")
    ]
    assert loads[0] == pytest.approx(np.add(loads[1], loads[2]), abs=2e-3)


@pytest.mark.parametrize(
    "asked",
    [
        {"carrier": "steam"},
        {"carrier": "heat", "bus": "north"},
        {"carrier": "heat", "period": 1},
        {"carrier": "heat", "week": 3},
    ],
)
def test_what_does_not_exist_is_refused(hours: Hours, asked: dict[str, object]) -> None:
    with pytest.raises(LookupFailure):
        hours.week("plan", **asked)  # type: ignore[arg-type]


def test_an_unknown_case_is_refused(hours: Hours) -> None:
    with pytest.raises(LookupFailure, match="nothing"):
        hours.case("nothing")


def test_the_index_tells_the_proof_and_the_error(hours: Hours) -> None:
    case = hours.case("plan")
    proof = CASES[0].outcome.solution.certificate
    assert (case["proof"]["passed"], case["proof"]["relative_gap"], case["approximation"]["error"]) == (
        True,
        proof.relative_gap,
        -0.0004,
    )
    assert (len(case["program"]), hours.case("path")["periods"]) == (64, [2030, 2040])


def test_the_index_is_small_and_strict_json(folder: Path) -> None:
    text = (folder / "hours.json").read_text(encoding="utf-8")
    assert (len(text) < 200_000, json.loads(text)["schema"]) == (True, 1)


def test_no_library_of_data_frames_is_loaded_for_a_week(folder: Path) -> None:
    said = (
        "import sys; from pathlib import Path; from dafeng.work.hours import read_hours; "
        f"hours = read_hours(Path({str(folder)!r})); case = hours.index['cases'][0]; "
        "hours.week(case['id'], carrier=case['carriers'][0]['id']); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", said], check=True)
