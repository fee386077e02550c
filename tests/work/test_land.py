"""The invented city delivers its farms, forests and waste in one table and gets a full inventory."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

import dafeng as df

CITIES = Path(__file__).resolve().parents[2] / "cities"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> df.City:
    folder = tmp_path_factory.mktemp("city") / "yunting"
    shutil.copytree(CITIES / "yunting", folder)
    found = df.open_city(folder)
    assert not [f for f in df.ingest(found).findings if "land_activity" in f.at and f.severity != "info"]
    return found


def test_every_field_of_the_inventory_has_its_gases(city: df.City) -> None:
    sheet = df.inventory(city, year=2025, provisional=True).arranged[2025, "city"]
    assert not [line for code in ("3", "4", "5") for line in sheet.entry(code).missing]
    assert {code: set(sheet.entry(code).gases) for code in ("3.1", "3.2", "3.3", "3.4", "4", "5.1", "5.2", "5.3")} == {
        "3.1": {"ch4"}, "3.2": {"ch4", "n2o"}, "3.3": {"ch4"}, "3.4": {"n2o"}, "4": {"co2"}, "5.1": {"ch4"}, "5.2": {"co2"},
        "5.3": {"ch4", "n2o"},
    }  # fmt: skip


def test_enteric_methane_is_the_herd_times_the_table(city: df.City) -> None:
    herd = {
        "0.62": "21.9", "0.55": "58.6", "1.18": "109.9", "2.1": "32.3", "3.4": "69.2", "2.6": "80.8", "7.5": "6.5",
        "9.2": "12", "12.4": "7.1", "15.1": "13.1", "86": "1.5",
    }  # fmt: skip
    by_hand = sum((Decimal(number) * 10 * Decimal(factor) for number, factor in herd.items()), Decimal(0))
    assert df.inventory(city, year=2025).arranged[2025, "city"].entry("3.1").gases["ch4"] == by_hand


def test_the_sink_lowers_the_net_total_and_not_the_gross_one(city: df.City) -> None:
    sheet = df.inventory(city, year=2025, provisional=True).arranged[2025, "city"]
    sink = sheet.entry("4").gases["co2"]
    assert sink < 0
    assert sheet.entry("net").gases["co2"] - sheet.entry("gross").gases["co2"] == sink


def test_biogenic_carbon_dioxide_stands_beside(city: df.City) -> None:
    found = df.account(city, year=2025).table().to_pylist()
    biogenic = sum(row["value"] for row in found if row["quantity"] == "co2_biogenic")
    by_hand = 716000 * Decimal("0.4") * Decimal("0.6") * Decimal("0.95") * 44 / 12
    by_hand += 15800 * Decimal("0.5") * Decimal("0.1") * Decimal("0.995") * 44 / 12
    assert abs(biogenic - by_hand) < Decimal("1e-6")


def test_without_weak_evidence_the_gaps_are_said(city: df.City) -> None:
    sheet = df.inventory(city, year=2025).arranged[2025, "city"]
    assert sheet.entry("3.3").missing
    assert sheet.entry("5.1").gases
