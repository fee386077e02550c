"""Factors of weak evidence: they count only where they are asked for, and every result says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app

CITIES = Path(__file__).resolve().parents[2] / "cities"
NAME = "waste.wastewater.domestic.sewage_nitrogen.n2o.2025"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> df.City:
    folder = tmp_path_factory.mktemp("city") / "yunting"
    shutil.copytree(CITIES / "yunting", folder, ignore=shutil.ignore_patterns("land_activity.csv"))
    text = "指标,时期,数值,计量单位,数据来源,证据等级\n污水排放氮量,2025,1000,吨N,yunting-inventory,reported\n"
    (folder / "inbox" / "sewage.csv").write_text(text, encoding="utf-8")
    found = df.open_city(folder)
    df.ingest(found)
    return found


def told(city: df.City, *more: str) -> dict[str, list[dict[str, str]]]:
    asked = ["account", str(city.folder), "--year", "2025", "--json", *more]
    found: dict[str, list[dict[str, str]]] = json.loads(CliRunner().invoke(app, asked).output)
    return found


def test_without_asking_the_cell_is_missing_and_said(city: df.City) -> None:
    found = told(city)
    assert NAME not in {row["result"] for row in found["results"]}
    lacking = [f for f in found["findings"] if f["at"] == NAME]
    assert [(f["rule"], f["severity"]) for f in lacking] == [("account.factor_missing", "error")]


def test_asked_for_it_counts_and_is_marked(city: df.City) -> None:
    found = told(city, "--provisional")
    row = next(row for row in found["results"] if row["result"] == NAME)
    assert (row["match"], row["value"][:11]) == ("provisional", "7.857143000")
    assert "account.provisional" in {f["rule"] for f in found["findings"]}
    shown = CliRunner().invoke(app, ["account", str(city.folder), "--year", "2025", "--provisional", "--lang", "en"])
    assert "provisional" in shown.output


def test_the_gross_total_holds_no_sink_and_no_other_gas(city: df.City) -> None:
    before, after = df.account(city, year=2025), df.account(city, year=2025, provisional=True)
    assert [s.value for s in before.scores] == [s.value for s in after.scores]
