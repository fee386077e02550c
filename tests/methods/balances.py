"""A small invented balance whose every view is computed by hand, and balances made at random."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.methods.energy_balance import Balance, Rate, build_balance
from dafeng.methods.energy_catalogue import read_views
from dafeng.methods.energy_values import Evaluation, Value
from tests.methods.conftest import definitions, fact, factors

UNITS = {
    "raw_coal": "万吨",
    "coal_total": "万吨",
    "natural_gas": "亿立方米",
    "electricity": "亿千瓦时",
    "heat": "百亿千焦",
    "all_energy": "万吨标准煤",
}
"""Units of the columns; in 万tce: coal 0.7143, gas 13.3, electricity 1.229 (at 300 gce/kWh 3), heat 0.03412."""
TABLE: Mapping[str, Mapping[str, str]] = {
    "available": {"raw_coal": "100", "natural_gas": "2", "electricity": "15"},
    "available.production": {"electricity": "10"},
    "available.inflow": {"raw_coal": "100", "natural_gas": "2", "electricity": "5"},
    "transformation.thermal_power": {"raw_coal": "-40", "electricity": "12"},
    "transformation.heat": {"raw_coal": "-10", "heat": "200"},
    "transformation": {"raw_coal": "-50", "electricity": "12", "heat": "200"},
    "loss": {"electricity": "1"},
    "final": {"raw_coal": "50", "natural_gas": "2", "electricity": "26", "heat": "200"},
    "final.industry": {"raw_coal": "40", "natural_gas": "1", "electricity": "20", "heat": "150"},
    "final.industry.feedstock": {"raw_coal": "4"},
    "final.households": {"raw_coal": "10", "natural_gas": "1", "electricity": "6", "heat": "50"},
    "difference": {"raw_coal": "0", "natural_gas": "0", "electricity": "0", "heat": "0"},
    "total": {"raw_coal": "100", "natural_gas": "2", "electricity": "27", "heat": "200"},
}
BASE: Mapping[str, Mapping[str, str]] = {
    "available.inflow": {"raw_coal": "100"},
    "final.industry": {"raw_coal": "100"},
    "final.industry.feedstock": {"raw_coal": "0"},
}
FIGURES = {
    "generation_coal_rate": "3", "gdp_constant": "200", "received_non_fossil_electricity": "3", "other_non_fossil_energy": "2",
    "certificates_bought": "4", "intensity_decline_target": "0.135",
}  # fmt: skip
BEFORE = {"generation_coal_rate": "3", "gdp_constant": "100", "other_non_fossil_energy": "0"}


def rows(table: Mapping[str, Mapping[str, str]], year: int = 2025, units: Mapping[str, str] = UNITS) -> list[dict[str, Any]]:
    """Facts of a table."""
    return [
        fact(
            flow=flow, carrier=carrier, value=value, unit=units[carrier], period=str(year), organisation=None, cell="A1",
            fact=f"{flow}/{carrier}/{year}/{units[carrier]}",
        )
        for flow, cells in table.items()
        for carrier, value in cells.items()
    ]  # fmt: skip


def built(facts: Iterable[Mapping[str, Any]], year: int = 2025, rate: str | None = "0.3") -> Balance:
    """Balance of facts."""
    known = None if rate is None else Rate(Decimal(rate), f"balances/figure.generation_coal_rate.{year}", "reported")
    book = read_views()
    method = definitions()[book.method]
    return build_balance(facts, book=book, method=method, library=factors(), place="370600", year=year, rate=known)


def figures(given: Mapping[str, str], year: int = 2025) -> dict[str, Value]:
    """Figures in the units of their use."""
    book = read_views()
    singles = {one.indicator: one for one in book.singles.values() if one.indicator}
    found = {}
    for name, value in given.items():
        one = singles[name]
        trace = Trace(f"balances/figure.{name}.{year}", "fact", Label("数", "figure"), value, one.unit, year, grade="reported")
        found[name] = Value(one.id, one.label, Decimal(value), Decimal(value), one.unit, trace, ())
    return found


def evaluated(
    table: Mapping[str, Mapping[str, str]] = TABLE,
    given: Mapping[str, str] = FIGURES,
    *,
    rate: str | None = "0.3",
    base: bool = True,
) -> Evaluation:
    """Views of a table, with the base year 2020 behind them."""
    book = read_views()
    before = Evaluation(book, built(rows(BASE, 2020), 2020), figures(BEFORE, 2020)) if base else None
    return Evaluation(book, built(rows(table), rate=rate), figures(given), before)
