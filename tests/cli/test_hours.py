"""``dafeng hours`` on results that a folder holds."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.labels import Label
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock
from dafeng.readers.table_book import read_book
from dafeng.work.hourly import Case, keep_hours, write_hours


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    day = np.cos(2 * np.pi * (np.arange(336) % 24 - 12) / 24)
    network = Network("two weeks", plain_clock(336), {}).put(
        make_table("bus", {"power": {"carrier": "electricity"}}),
        make_table("generator", {
            "coal": {"bus": "power", "carrier": "coal", "p_nom": 900.0, "marginal_cost": 280.0},
            "sun": {"bus": "power", "carrier": "sun", "p_nom": 700.0, "p_max_pu": np.maximum(0.0, day)},
        }),
        make_table("load", {"power": {"bus": "power", "p_set": 500.0 + 80.0 * day}}),
    )  # fmt: skip
    made = tmp_path_factory.mktemp("hours")
    write_hours(made, keep_hours([Case("plan", Label("规划", "plan"), solve_network(network), 2030)]))
    return made


def run(*words: str) -> str:
    found = CliRunner().invoke(app, ["hours", *words])
    assert found.exit_code == 0, found.output
    return found.stdout


def test_a_year_has_weeks_curves_and_totals(folder: Path) -> None:
    told = json.loads(run(str(folder), "--json"))
    assert told["totals"]["load"] == 168_000.0
    assert (len(told["weeks"]["load"]), max(told["curves"]["load"]), told["week"]) == (2, 580.0, None)
    assert "168,000" in run(str(folder), "--lang", "en")


def test_a_week_has_every_hour(folder: Path) -> None:
    told = json.loads(run(str(folder), "--week", "2", "--json"))["week"]
    assert (told["number"], told["start"], len(told["price"])) == (2, 168, 168)
    assert "coal" in run(str(folder), "--week", "1")


def test_files_hold_the_same_figures(folder: Path, tmp_path: Path) -> None:
    run(str(folder), "--out", str(tmp_path / "year.csv"))
    rows = list(csv.reader((tmp_path / "year.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 337
    load = rows[0].index(next(head for head in rows[0] if "demand" in head))
    assert sum(float(row[load]) for row in rows[1:]) == pytest.approx(-168_000, rel=1e-4)
    run(str(folder), "--out", str(tmp_path / "year.xlsx"))
    book = read_book(tmp_path / "year.xlsx")
    assert (set(book), len(book["weeks"]), len(book["duration"]), len(book["hours"])) == (
        {"weeks", "duration", "levels", "hours"}, 3, 202, 337,
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("--case", "x"),
        ("--carrier", "x"),
        ("--bus", "x"),
        ("--week", "3"),
        ("--week", "0"),
        ("--year", "2031"),
        ("--out", "x.pdf"),
    ],
)
def test_what_does_not_exist_is_refused(folder: Path, words: tuple[str, ...]) -> None:
    found = CliRunner().invoke(app, ["hours", str(folder), *words])
    assert found.exception is not None
    assert hasattr(found.exception, "remedy")
