"""Facts of other years: decay of what was laid down, change since a survey, deductions; all linear in their facts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.methods.account import Accounting, account
from dafeng.methods.catalogue import read_methods
from tests.methods.conftest import HEAD, facts

DUMP = """
id: own_dump
title: {zh: 堆放, en: dump}
summary: {zh: 一阶衰减, en: first-order decay}
quantity: ch4
unit: tCH4
source: dafeng
activity: {name: waste, symbol: W, label: {zh: 堆放量, en: waste}}
variants: [{waste: t, potential: tCH4/t, rate: 1/a}]
factors:
  potential: {parameter: emission_factor, purpose: process}
  rate: {parameter: own_rate, purpose: process}
constants:
  step: {value: 1, unit: a, label: {zh: 一年, en: one year}}
equations: {decay: waste * potential * (exp(-rate * (age - step)) - exp(-rate * age))}
editions: {own: {equation: decay, standard: user, label: {zh: 自有, en: own}}}
categories: [{id: waste.own, indicator: own_waste, years: earlier, label: {zh: 堆放, en: dump}}]
history: 3
examples: []
"""
FOREST = """
id: own_forest
title: {zh: 林木, en: trees}
summary: {zh: 储量变化, en: stock change}
quantity: co2
effect: removal
unit: tCO2
source: dafeng
activity: {name: volume, symbol: V, label: {zh: 蓄积, en: volume}}
variants: [{volume: m3, density: tCO2/m3}]
factors: {density: {parameter: emission_factor, purpose: process}}
constants:
  step: {value: 1, unit: a, label: {zh: 一年, en: one year}}
equations: {change: -volume * density * step / interval}
editions: {own: {equation: change, standard: user, label: {zh: 自有, en: own}}}
categories:
  - {id: land.own.now, indicator: own_volume, label: {zh: 本期, en: now}}
  - {id: land.own.before, indicator: own_volume, years: previous, deduct: true, label: {zh: 上期, en: before}}
examples: []
"""
ROWS = (
    "own.yield,clinker,emission_factor,process,user,,,,0.5,,,tCH4/t,dafeng,,primary,",
    "own.rate,clinker,own_rate,process,user,,,,0.1,,,1/a,dafeng,,primary,",
    "own.density,white_clinker,emission_factor,process,user,,,,2,,,tCO2/m3,dafeng,,primary,",
)


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    for name in ("methods", "factors"):
        (folder / name).mkdir()
    (folder / "methods/dump.yaml").write_text(DUMP, encoding="utf-8")
    (folder / "methods/forest.yaml").write_text(FOREST, encoding="utf-8")
    (folder / "factors/own.csv").write_text("\n".join((HEAD, *ROWS)) + "\n", encoding="utf-8")
    (folder / "factors/names_own.csv").write_text("kind,id,zh,en,symbol\nparameter,own_rate,速率,rate,k\n", encoding="utf-8")
    return folder


def run(overlay: Path, method: str, rows: list[Mapping[str, Any]], year: int = 2025) -> Accounting:
    library: FactorLibrary = read_factors(overlay)
    return account(facts(*rows), library=library, methods={method: read_methods(overlay)[method]}, place="370600", year=year)


def waste(year: int, value: str) -> dict[str, str]:
    return {"indicator": "own_waste", "carrier": "clinker", "period": str(year), "value": value, "unit": "t"}


def volume(year: int, value: str) -> dict[str, str]:
    return {"indicator": "own_volume", "carrier": "white_clinker", "period": str(year), "value": value, "unit": "m3"}


def test_every_year_that_was_laid_down_is_a_cell_of_its_own(overlay: Path) -> None:
    found = run(overlay, "own_dump", [waste(2022, "100"), waste(2023, "100"), waste(2024, "300"), waste(2025, "900")])
    with localcontext() as context:
        context.prec = 60
        shares = [(-Decimal("0.1") * (age - 1)).exp() - (-Decimal("0.1") * age).exp() for age in (3, 2, 1)]
        composed = [(share / 2).quantize(Decimal("1e-9")) for share in shares]
    wanted = dict(zip((2022, 2023, 2024), (100 * composed[0], 100 * composed[1], 300 * composed[2]), strict=True))
    assert {r["result"]: r["value"] for r in found.results.to_pylist()} == {
        f"waste.own.clinker.ch4.{year}.2025": value for year, value in wanted.items()
    }
    assert not [f for f in found.findings if f.rule == "account.history"]


def test_the_years_of_decay_add_up_to_all_that_was_laid_down(overlay: Path) -> None:
    rows = [waste(2000, "1")]
    years = [run(overlay, "own_dump", rows, at).results.column("value").to_pylist()[0] for at in range(2001, 2101)]
    assert abs(sum(years) - Decimal("0.5") * (1 - Decimal("-10").exp())) < Decimal("1e-7")


def test_a_gap_in_the_history_is_said_and_not_zero(overlay: Path) -> None:
    found = run(overlay, "own_dump", [waste(2020, "1"), waste(2023, "1"), waste(2024, "1")])
    assert [f.says.en for f in found.findings if f.rule == "account.history"] == [
        "'dump' needs 3 years of history and lacks 2021, 2022; the result is too low"
    ]


def test_a_change_of_stock_is_now_less_before_over_the_interval(overlay: Path) -> None:
    found = run(overlay, "own_forest", [volume(2015, "40"), volume(2020, "100"), volume(2025, "160")])
    assert {r["result"]: r["value"] for r in found.results.to_pylist()} == {
        "land.own.now.white_clinker.2025": -64,
        "land.own.before.white_clinker.2020.2025": 40,
    }
    assert all("interval" in trace.expression for trace in found.traces if trace.address.startswith("results/land"))


def test_without_a_survey_before_nothing_is_computed_and_it_is_said(overlay: Path) -> None:
    found = run(overlay, "own_forest", [volume(2025, "160")])
    assert (found.results.num_rows, [f.rule for f in found.findings]) == (0, ["account.survey"])
