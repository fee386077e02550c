"""The inventory of a city by a guideline: from delivered files to lines, with the command line."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import LookupFailure

CITIES = Path(__file__).resolve().parents[2] / "cities"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> df.City:
    folder = tmp_path_factory.mktemp("city") / "yunting"
    shutil.copytree(CITIES / "yunting", folder)
    found = df.open_city(folder)
    df.ingest(found)
    return found


def test_the_inventory_holds_what_accounting_found(city: df.City) -> None:
    found = df.inventory(city, year=2025)
    accounted = df.account(city, year=2025)
    carbon = {r["result"]: r["value"] for r in accounted.table().to_pylist() if r["quantity"] == "co2"}
    line = found.arranged[2025, "city"].entry("1.3")
    assert line.gases["co2"] == sum((carbon[name] for name in line.cells if name in carbon), Decimal(0)) > 0


def test_only_years_with_emissions_of_the_place_have_an_inventory(city: df.City) -> None:
    assert sorted({year for year, _ in df.inventory(city).arranged}) == list(range(2020, 2026))


def test_a_year_that_lacks_the_energy_balance_says_so_beside_its_total(city: df.City) -> None:
    says = df.inventory(city, year=2023).arranged[2023, "city"].entry("net").says
    assert says is not None
    assert "1.1 power and heat supply" in says.en


def test_a_guideline_of_before_brings_its_editions_and_potentials(city: df.City) -> None:
    now, before = df.inventory(city, year=2025), df.inventory(city, year=2025, package="prov2011")
    assert (now.standard, before.standard) == ("ar5", "sar")
    assert {c.edition for c in before.years[2025].cells if c.method.id == "fuel_combustion"} == {"ind24"}
    assert any(f.rule == "package.unknown" for f in before.findings)


def test_every_trace_resolves(city: df.City) -> None:
    found = df.inventory(city, year=2025)
    known = {trace.address for trace in found.traces()}
    lines = [t for t in found.traces() if t.address.startswith("inventories/")]
    assert lines
    assert all(set(trace.inputs) <= known for trace in lines)


def test_what_does_not_exist_is_refused(city: df.City) -> None:
    with pytest.raises(LookupFailure, match="prov2025"):
        df.inventory(city, package="prov1999")
    with pytest.raises(LookupFailure, match="gpc"):
        df.inventory_document(df.inventory(city, year=2025), layout="crf")


def test_the_command_prints_lines_and_exact_json(city: df.City) -> None:
    shown = CliRunner().invoke(app, ["inventory", str(city.folder), "--year", "2025", "--lang", "en"])
    assert shown.exit_code == 0
    assert "not estimated" in shown.output
    asked = ["inventory", str(city.folder), "--year", "2025", "--layout", "gpc", "--json"]
    told = json.loads(CliRunner().invoke(app, asked).output)
    (sheet,) = told["inventories"]
    exact = df.inventory(city, year=2025).arranged[2025, "gpc"].entry("territorial").value
    assert Decimal(next(row["co2e"] for row in sheet["lines"] if row["code"] == "territorial")) == exact
