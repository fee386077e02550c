"""What hinders a delivered fact of a unit is told at its cell."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dafeng.core.labels import Label
from dafeng.work.unit_findings import contradiction, no_fuel, no_unit_name, no_year, tell_row

FACT = {
    "file": "units.csv", "sheet": "", "cell": "F5", "organisation": "甲电厂", "flow": "", "period": "2023-05",
    "value": Decimal("7.50"), "unit": "t",
}  # fmt: skip


@pytest.mark.parametrize(
    ("found", "rule", "severity", "word"),
    [
        (no_fuel(FACT), "allowance.measured_fuel", "error", "carrier"),
        (no_unit_name(FACT), "allowance.unit_name", "error", "flow (机组)"),
        (no_unit_name({**FACT, "organisation": ""}), "allowance.unit_name", "error", "organisation"),
        (no_year(FACT), "allowance.unit_period", "warning", "2023-05"),
        (contradiction([FACT, FACT], Label("热", "heat")), "allowance.delivered_twice", "error", "7.5 t (units.csv!F5)"),
        (tell_row(FACT, "x.y", Label("甲", "a"), Label("乙", "b"), severity="info"), "x.y", "info", "b"),
    ],
)
def test_a_fact_is_told_at_its_cell(found, rule, severity, word):
    assert (found.rule, found.at, found.severity) == (rule, "units.csv!F5", severity)
    assert word in found.says.en + found.remedy.en
