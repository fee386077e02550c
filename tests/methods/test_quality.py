"""Checks of quality control and of time series: each is shown to see what it is for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.methods.account import Accounting
from dafeng.methods.checks import check_inventory
from dafeng.methods.time_series import find_inconsistencies
from tests.methods.made import accounted, amount, factors, write_overlay

JUMP = Decimal("0.2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_overlay(tmp_path / "o", [], {"clinker": "2"})


def states(found: Accounting, folder: Path) -> dict[str, str]:
    return {check.id: check.state for check in check_inventory(found, factors(folder)) if check.state != "passed"}


def test_a_sound_inventory_passes_and_an_empty_one_does_not(folder: Path) -> None:
    assert states(accounted(folder, [amount("own_c0", "10")]), folder) == {}
    assert set(states(accounted(folder, []), folder).values()) == {"nothing"}


def test_a_result_that_is_no_product_and_a_sum_of_other_facts_are_seen(folder: Path) -> None:
    found = accounted(folder, [amount("own_c0", "10")])
    (cell,) = found.cells
    assert states(replace(found, cells=(replace(cell, value=Decimal(21)),)), folder) == {"products": "found"}
    other = replace(cell, activity=replace(cell.activity, amount=Decimal(11)), value=Decimal(22))
    assert states(replace(found, cells=(other,)), folder) == {"facts": "found"}


def test_a_fact_that_counts_twice_for_a_gas_is_seen(folder: Path) -> None:
    found = accounted(folder, [amount("own_c0", "10"), {**amount("own_c1", "10"), "fact": "own_c0.clinker.2025"}])
    assert states(found, folder) == {"twice": "found"}


def test_a_negative_emission_is_seen_and_a_deduction_is_not(folder: Path) -> None:
    found = accounted(folder, [amount("own_c0", "-10"), amount("sink_c0", "1")])
    cells = tuple(replace(cell, method=replace(cell.method, effect="emission")) for cell in found.cells)
    (check,) = (one for one in check_inventory(replace(found, cells=cells), factors(folder)) if one.id == "signs")
    assert [finding.at for finding in check.findings] == ["results/own.c0.clinker.2025"]


def test_a_cell_that_lacks_a_factor_and_weak_facts_are_seen(folder: Path) -> None:
    found = accounted(folder, [amount("own_c0", "1", grade="estimated"), amount("own_c1", "1", carrier="steam")])
    assert states(found, folder) == {"missing": "found", "evidence": "found"}


def test_years_and_categories_that_lack_are_said(folder: Path) -> None:
    rows = [amount("own_c0", "1", year=2020), amount("own_c0", "1", year=2023), amount("own_c1", "1", year=2023)]
    years = {year: accounted(folder, rows, year).cells for year in (2020, 2023)}
    said = {finding.rule: finding.says.en for finding in find_inconsistencies(years, factors(folder), jump=JUMP)}
    assert said["series.gap"] == "the years 2021, 2022 are not accounted; nothing was filled in"
    assert said["series.category"] == "source 1 (co2) has no result in 2020"


def test_an_implied_factor_that_jumps_and_a_changed_edition_are_said(folder: Path, tmp_path: Path) -> None:
    other = write_overlay(tmp_path / "p", [], {"clinker": "2.5"})
    rows = [amount("own_c0", "1", year=2024), amount("own_c0", "1", year=2025)]
    new = accounted(other, rows, 2025).cells
    years = {2024: accounted(folder, rows, 2024).cells, 2025: tuple(replace(cell, edition="new") for cell in new)}
    found = find_inconsistencies(years, factors(folder), jump=JUMP)
    assert [finding.rule for finding in found] == ["series.edition", "series.factor"]
    assert "+25%" in found[1].says.en
