"""Every identity and limit breaks where it should, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dafeng.library.balance_rules import read_balance_rules
from dafeng.library.balances import parts_of
from dafeng.methods.energy_audit import audit_balance, conversions
from tests.methods.balances import TABLE, UNITS, built, rows

Table = Mapping[str, Mapping[str, str]]


def changed(flow: str, carrier: str, value: str) -> dict[str, dict[str, str]]:
    table = {name: dict(cells) for name, cells in TABLE.items()}
    table.setdefault(flow, {})[carrier] = value
    return table


def breaks(table: Table, more: list[dict[str, Any]] | None = None) -> list[tuple[str, str, str]]:
    found = audit_balance(built([*rows(table), *(more or [])]), read_balance_rules())
    return [(breach.rule, breach.flow, breach.carrier) for breach in found]


def test_a_balance_that_closes_breaks_nothing() -> None:
    assert breaks(TABLE) == []


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        (("available", "raw_coal", "103"), "available"),
        (("transformation", "heat", "201"), "transformation"),
        (("final", "natural_gas", "3"), "final"),
        (("final.households.urban", "electricity", "5"), "households"),
        (("difference", "heat", "7"), "difference"),
        (("total", "raw_coal", "90"), "total_inputs"),
        (("total", "heat", "190"), "total_final"),
        (("final.industry.feedstock", "raw_coal", "41"), "feedstock_within_industry"),
        (("loss.transmission", "electricity", "2"), "transmission_within_loss"),
    ],
)
def test_each_identity_names_the_cell_that_breaks_it(cell: tuple[str, str, str], rule: str) -> None:
    assert rule in [found for found, *_ in breaks(changed(*cell))]


def test_rounding_of_the_printed_table_is_let_pass() -> None:
    assert breaks(changed("final", "natural_gas", "2.02")) == []


def test_a_column_of_totals_is_the_sum_of_its_kinds() -> None:
    table = {**changed("loss", "raw_coal", "0"), "final.trade": {"raw_coal": "0", "coal_total": "9"}}
    assert ("coal_columns", "final.trade", "coal_total") in breaks(table)


def test_a_column_of_totals_closes_by_the_net_result_of_transformation() -> None:
    total = {
        flow: {**cells, **({"coal_total": cells["raw_coal"]} if "raw_coal" in cells else {})} for flow, cells in TABLE.items()
    }
    assert [rule for rule, *_ in breaks(total)] == []
    assert "total_net" in [rule for rule, *_ in breaks({**total, "total": {**total["total"], "coal_total": "99"}})]


def test_energy_out_of_nothing_is_an_error() -> None:
    found = audit_balance(built(rows(changed("transformation.heat", "heat", "400"))), read_balance_rules())
    assert [(b.rule, b.finding.severity) for b in found if b.rule.startswith("efficiency")] == [("efficiency.heat", "error")]


def test_an_implausible_power_plant_is_a_warning() -> None:
    found = audit_balance(built(rows(changed("transformation.thermal_power", "electricity", "2"))), read_balance_rules())
    assert [(b.rule, b.finding.severity) for b in found if b.rule.startswith("efficiency")] == [
        ("efficiency.thermal_power", "warning")
    ]


def test_efficiencies_are_output_over_input_by_heat_content() -> None:
    """By hand: 12*1.229 / (40*0.7143) = 0.516170; 200*0.03412 / (10*0.7143) = 0.955341."""
    found = {one.flow: str(one.efficiency) for one in conversions(built(rows(TABLE)))}
    assert found == {"transformation.thermal_power": "0.516170", "transformation.heat": "0.955341"}


def test_a_published_standard_table_is_compared_cell_by_cell() -> None:
    """Raw coal of industry: 40 万吨 are 28.572 万tce by the coefficient of 0.7143; the table has 30."""
    standard = rows({"final.industry": {"raw_coal": "30", "electricity": "24.58"}}, units=dict.fromkeys(UNITS, "万吨标准煤"))
    found = [b for b in audit_balance(built([*rows(TABLE), *standard]), read_balance_rules()) if b.rule == "standard"]
    assert [(b.flow, b.carrier) for b in found] == [("final.industry", "raw_coal")]
    assert "7500 tce/万吨" in found[0].finding.says.en


def test_the_totals_column_of_a_standard_table_is_compared_with_the_sum_of_ours() -> None:
    """By hand: industry has 40*0.7143 + 13.3 + 20*1.229 + 150*0.03412 = 71.57 万tce; 80 is not that, 71.57 is."""
    tables = [
        rows({"final.industry": {"all_energy": value}}, units=dict.fromkeys(UNITS, "万吨标准煤")) for value in ("80", "71.57")
    ]
    found = [audit_balance(built([*rows(TABLE), *table]), read_balance_rules()) for table in tables]
    assert [[b.carrier for b in breaches if b.rule == "standard"] for breaches in found] == [["all_energy"], []]


def test_every_rule_says_what_to_do_in_both_languages() -> None:
    rules = read_balance_rules()
    told = [rule.remedy for rule in (*rules.identities, *rules.columns, *rules.limits)]
    assert all(remedy.zh and remedy.en for remedy in told)


def test_a_section_is_the_sum_of_all_its_rows() -> None:
    rules = {rule.id: rule for rule in read_balance_rules().identities}
    assert {name: {term.flow for term in rules[name].terms} for name in ("available", "transformation", "final")} == {
        name: set(parts_of(name)) for name in ("available", "transformation", "final")
    }
