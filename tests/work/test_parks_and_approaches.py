"""A park and the two approaches of fuel CO2, from delivered files to the command line."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import LookupFailure, SettingError

CITIES = Path(__file__).resolve().parents[2] / "cities"
PARK = """id: east
label: {zh: 东区, en: east}
members: [甲厂]
shared: [园区热电]
transfers: [{carrier: heat, from: 园区热电, to: 甲厂}]
"""
DELIVERY = """指标代码,流向,品种,填报单位,时期,数值,计量单位,数据来源,证据等级
lime_output,,lime,甲厂,2025,10,万吨,dafeng,reported
carbonate_glass,,calcium_carbonate,甲厂,2025,1000,吨,dafeng,reported
carbonate_glass,,calcium_carbonate,丙厂,2025,500,吨,dafeng,reported
heat_purchased,,,甲厂,2025,800,GJ,dafeng,reported
mine_gas_vented,,ch4,丙厂,2025,10,万立方米,dafeng,reported
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> df.City:
    folder = tmp_path_factory.mktemp("city") / "yunting"
    shutil.copytree(CITIES / "yunting", folder)
    (folder / "data/parks").mkdir()
    (folder / "data/parks/east.yaml").write_text(PARK, encoding="utf-8")
    (folder / "data/deliveries/industry.csv").write_text(DELIVERY, encoding="utf-8")
    found = df.open_city(folder)
    df.ingest(found)
    return found


def test_a_park_holds_the_facts_of_its_members(city: df.City) -> None:
    found = df.account(city, year=2025, scope="park:east")
    rows = {row["result"]: row["value"] for row in found.table().to_pylist()}
    assert rows == {"process.glass.calcium_carbonate.2025": 440}
    rules = {finding.rule for finding in found.findings}
    assert rules >= {"park.one_sided", "account.factor_missing"}  # the heat of the shared boiler; lime has no factor


def test_the_city_holds_what_all_organisations_deliver(city: df.City) -> None:
    rows = {row["result"]: row["value"] for row in df.account(city, year=2025).table().to_pylist()}
    assert rows["process.glass.calcium_carbonate.2025"] == 660
    assert rows["fugitive.coal.ventilation.ch4.ch4.2025"] == Decimal("71.7")
    assert rows["purchased.heat.heat.co2_purchased.2025"] == Decimal("88.8")


def test_other_gases_reach_the_lines_of_the_inventory(city: df.City) -> None:
    found = df.inventory(city, year=2025)
    entry = found.arranged[2025, "ipcc2006"].entry("1B1")
    assert (entry.gases["ch4"], entry.value) == (Decimal("71.7"), Decimal("71.7") * 28)
    lime = found.arranged[2025, "ipcc2006"].entry("2A")
    assert lime.missing == ("process.lime.lime.2025",)


def test_an_unknown_scope_or_park_is_refused(city: df.City) -> None:
    with pytest.raises(LookupFailure, match="east"):
        df.account(city, scope="park:west")
    with pytest.raises(SettingError, match="park:NAME"):
        df.account(city, scope="street")


def test_the_command_accounts_for_a_park(city: df.City) -> None:
    asked = ["account", str(city.folder), "--year", "2025", "--scope", "park:east", "--json"]
    told = json.loads(CliRunner().invoke(app, asked).output)
    assert [row["value"] for row in told["results"]] == ["440.000000000000000"]


def test_the_command_shows_both_approaches(city: df.City) -> None:
    shown = CliRunner().invoke(app, ["compare-approaches", str(city.folder), "--lang", "en"])
    assert shown.exit_code == 0
    assert "reference less sectoral approach" in shown.output
    told = json.loads(CliRunner().invoke(app, ["compare-approaches", str(city.folder), "--year", "2025", "--json"]).output)
    (year,) = told["years"]
    exact = df.compare_approaches(city, year=2025).years[2025]
    assert Decimal(year["reference"]) - Decimal(year["sectoral"]) == Decimal(year["net"]) == exact.net
    assert exact.sectoral > 0
    assert {trace.address for trace in df.compare_approaches(city, year=2025).traces()} >= {"reconciliation/reference.2025"}


def test_a_locked_study_keeps_definitions_written_for_several_gases(city: df.City, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(city.folder, tmp_path / "locked"))
    copy = df.open_city(folder)
    before = df.account(copy, year=2025).table()
    df.lock_factors(copy)
    after = df.account(copy, year=2025)
    assert after.table().equals(before)
    assert {"product_cf4", "product_c2f6", "balance_sf6"} <= set(after.methods)
    assert not [finding for finding in after.findings if finding.rule.startswith("lock.")]
    exact = df.compare_approaches(copy, year=2025).years[2025]
    assert exact.net == df.compare_approaches(city, year=2025).years[2025].net
