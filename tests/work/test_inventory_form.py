"""The form of an inventory: exact amounts, sums that are sums, and the files that are written from it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import SettingError
from dafeng.reports.inventory_report import write_report
from dafeng.work.inventory_form import check_sums, inventory_form, scale_amount

CITIES = Path(__file__).resolve().parents[2] / "cities"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> df.City:
    folder = tmp_path_factory.mktemp("city") / "yunting"
    shutil.copytree(CITIES / "yunting", folder)
    found = df.open_city(folder)
    df.ingest(found)
    return found


@pytest.fixture(scope="module")
def found(city: df.City) -> df.Inventory:
    return df.inventory(city, year=2025)


@pytest.fixture(scope="module")
def quality(city: df.City) -> df.Quality:
    return df.uncertainty(city, year=2025, draws=200)


@pytest.fixture(scope="module")
def form(city: df.City, found: df.Inventory, quality: df.Quality) -> dict[str, Any]:
    return inventory_form(city, found, quality=quality)


def amount(form: dict[str, Any], code: str) -> Decimal:
    return next(Decimal(line["co2e"]) for line in form["layouts"][0]["lines"] if line["code"] == code)


def test_amounts_are_those_of_the_inventory_exactly(found: df.Inventory, form: dict[str, Any]) -> None:
    entry = found.arranged[2025, "city"].entry("net")
    assert amount(form, "net") * 10_000 == entry.value


def test_results_sum_to_the_totals(form: dict[str, Any]) -> None:
    cells = [Decimal(cell["co2e"]) for cell in form["cells"] if cell["co2e"] and cell["line"] and cell["line"][0] in "12345"]
    assert sum(cells) == amount(form, "net")


def test_activity_times_factor_is_the_emission(form: dict[str, Any]) -> None:
    assert all(Decimal(c["amount"]) * Decimal(c["composed"]) == Decimal(c["value"]) for c in form["cells"])


def test_fuels_sum_both_ways(form: dict[str, Any]) -> None:
    table = form["fuels"]
    rows, columns = (sum(map(Decimal, values)) for values in ((r["total"] for r in table["rows"]), table["totals"].values()))
    assert rows == columns == Decimal(table["total"]) > 0


def test_every_sum_agrees_with_its_parts(form: dict[str, Any]) -> None:
    assert len(form["checks"]) > 20
    assert all(row["holds"] for row in form["checks"])


def test_a_sum_that_is_off_is_seen(found: df.Inventory) -> None:
    sheet = found.arranged[2025, "city"]
    entries = tuple(replace(e, value=e.value + 1) if e.code == "1.1" and e.value else e for e in sheet.entries)
    assert {row["code"] for row in check_sums(replace(sheet, entries=entries)) if not row["holds"]} == {"1"}


def test_every_address_of_the_report_has_a_trace(found: df.Inventory, quality: df.Quality, form: dict[str, Any]) -> None:
    traced = {trace.address for trace in (*found.traces(), *quality.traces)}
    quoted = write_report(form, "zh").addresses()
    assert [address for address in quoted if address not in traced and not address.startswith("facts/")] == []
    assert len(quoted) > 40


def test_the_interval_of_another_year_is_passed_over(city: df.City, found: df.Inventory, quality: df.Quality) -> None:
    assert inventory_form(city, found, quality=replace(quality, year=2020))["uncertainty"] is None
    assert inventory_form(city, found, quality=quality)["uncertainty"]["draws"] == 200


def test_a_year_without_inventory_is_refused(city: df.City, found: df.Inventory) -> None:
    with pytest.raises(SettingError, match="2031"):
        inventory_form(city, found, year=2031)


def test_scaling_loses_no_digit() -> None:
    assert scale_amount(Decimal("123456789012345.678901234567891")) == "12345678901.2345678901234567891"


def test_the_command_writes_the_form(city: df.City, tmp_path: Path) -> None:
    out = tmp_path / "inventory.xlsx"
    done = CliRunner().invoke(app, ["inventory", str(city.folder), "--year", "2025", "--out", str(out), "--json"])
    assert (done.exit_code, out.read_bytes()[:2], bool(json.loads(done.stdout)["inventories"])) == (0, b"PK", True)


def test_an_unknown_ending_is_refused_and_nothing_is_written(city: df.City, found: df.Inventory, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="odt"):
        df.save_inventory(city, found, tmp_path / "report.odt")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_of_the_typesetter_leaves_the_old_file(
    city: df.City, found: df.Inventory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    (tmp_path / "report.pdf").write_bytes(b"old")
    with pytest.raises(SettingError):
        df.save_inventory(city, found, tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes() == b"old"
