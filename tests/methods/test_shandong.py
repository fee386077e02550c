"""Shandong 2007: the published balance gives the published inventory, and every difference to ours has its cause.

Source: China Energy Statistical Yearbook 2008, table 6-15, and the CEADs provincial inventory (Shan et al. 2018, 2020;
Guan et al. 2021), quoted as cells with citation.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dafeng.core.tables import AMOUNT, FACTOR
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import Accounting, account
from dafeng.methods.comparison import Comparison, compare
from dafeng.methods.definition import Method
from dafeng.methods.views import fuels, matrix, totals
from dafeng.readers.balance import read_balance
from dafeng.readers.sheets import read_sheets
from dafeng.store.engine import LocalEngine
from tests.methods.conftest import CARRIERS, CATEGORIES, facts

MEGATONNE = Decimal(10**6)
OURS = {"fuel_combustion": "prov2025"}
THEIRS = {"fuel_combustion": "user"}


def run(facts: pa.Table, library: FactorLibrary, methods: Mapping[str, Method], editions: Mapping[str, str]) -> Accounting:
    return account(facts, library=library, methods=methods, place="370000", year=2007, editions=editions)


@pytest.fixture(scope="module")
def theirs(shandong: pa.Table, published: FactorLibrary, methods: Mapping[str, Method]) -> Accounting:
    return run(shandong, published, methods, THEIRS)


@pytest.fixture(scope="module")
def ours(shandong: pa.Table, published: FactorLibrary, methods: Mapping[str, Method]) -> Accounting:
    return run(shandong, published, methods, OURS)


@pytest.fixture(scope="module")
def difference(theirs: Accounting, ours: Accounting) -> Comparison:
    return compare(theirs.cells, ours.cells, quantity="co2")


def fuel_totals(accounting: Accounting, library: FactorLibrary) -> dict[str, Decimal]:
    return {t.key: t.value / MEGATONNE for t in totals(accounting.cells, library, quantity="co2", by="carrier")}


def close(value: Decimal, published: float, tolerance: float) -> bool:
    return abs(float(value) / published - 1) <= tolerance


def test_the_activity_follows_the_published_rule(theirs: Accounting, oracle: dict[str, Any]) -> None:
    amounts: dict[str, Decimal] = {}
    for cell in theirs.cells:
        if cell.method.id == "fuel_combustion":
            amounts[cell.activity.carrier] = amounts.get(cell.activity.carrier, Decimal(0)) + cell.activity.amount
    assert {f["fuel"]: float(amounts[CARRIERS[f["fuel"]]]) for f in oracle["fuels"]} == pytest.approx(
        {f["fuel"]: f["activity"] for f in oracle["fuels"]}, rel=1e-8
    )


def test_ten_single_factor_fuels_are_reproduced(theirs: Accounting, published: FactorLibrary, oracle: dict[str, Any]) -> None:
    found = fuel_totals(theirs, published)
    single = [fuel for fuel in oracle["fuels"] if fuel["single_factor"]]
    assert len(single) == 10
    assert [f["fuel"] for f in single if not close(found[CARRIERS[f["fuel"]]], f["published_Mt"], 1e-4)] == []


def test_all_sector_cells_are_reproduced(theirs: Accounting, oracle: dict[str, Any]) -> None:
    found = matrix(theirs.cells, quantity="co2")
    cells = oracle["exact_cells"]
    assert len(cells) == 40
    values = {(c["row"], c["fuel"]): found[CATEGORIES[c["row"]], CARRIERS[c["fuel"]]][1] / MEGATONNE for c in cells}
    assert [c for c in cells if not close(values[c["row"], c["fuel"]], c["published_Mt"], 1e-5)] == []


def test_the_factors_used_are_the_published_ones(theirs: Accounting) -> None:
    used = {cell.activity.carrier: cell.edition for cell in theirs.cells if cell.method.id == "fuel_combustion"}
    assert {carrier for carrier, edition in used.items() if edition != "user"} == {"other_coking", "other_petroleum"}


def test_fuels_show_the_published_factors(theirs: Accounting, published: FactorLibrary, oracle: dict[str, Any]) -> None:
    found = {fuel.carrier: fuel for fuel in fuels(theirs.cells, published)}
    single = [fuel for fuel in oracle["fuels"] if fuel["single_factor"]]
    shown = {f["fuel"]: float(found[CARRIERS[f["fuel"]]].factor or 0) for f in single}
    assert shown == pytest.approx({f["fuel"]: f["implied_factor"] for f in single}, rel=1e-5)
    assert found["natural_gas"].factor_unit == "tCO2/万立方米"


def test_the_reader_of_balances_gives_the_same_inventory(
    ours: Accounting, shared: Path, published: FactorLibrary, methods: Mapping[str, Method]
) -> None:
    workbook = read_sheets(shared / "data/oracles/shandong_2007_balance.csv")
    rows = read_balance(workbook, place="370000", source="dafeng").rows.to_pylist()
    read = facts(*({name: value for name, value in row.items() if value is not None} for row in rows))
    found = compare(ours.cells, run(read, published, methods, OURS).cells, quantity="co2")
    assert (found.causes, found.absolute) == ((), 0)


def test_our_total_is_within_five_percent(ours: Accounting, published: FactorLibrary, oracle: dict[str, Any]) -> None:
    total = totals(ours.cells, published, quantity="co2", by="all")[0].value / MEGATONNE
    assert close(total, oracle["fuel_Mt"], 0.05)


def test_the_causes_sum_to_the_difference_of_the_totals(difference: Comparison) -> None:
    assert sum(cause.amount for cause in difference.causes) == difference.net == difference.after - difference.before


def test_the_absolute_gaps_are_reported_beside_the_net(difference: Comparison) -> None:
    assert difference.absolute > abs(difference.net) > 0


def test_the_largest_cause_is_raw_coal(difference: Comparison) -> None:
    assert next(iter(difference.by_cause())) == ("raw_coal", "equation")


def test_editions_differ_by_their_factors_alone(ours: Accounting, shandong: pa.Table, library: FactorLibrary,
                                                methods: Mapping[str, Method]) -> None:  # fmt: skip
    other = run(shandong, library, methods, {"fuel_combustion": "ind24"})
    found = compare(ours.cells, other.cells, quantity="co2")
    assert {cause.cause for cause in found.causes} == {"heating_value", "carbon_content", "oxidation_rate"}
    assert sum(cause.amount for cause in found.causes) == found.net


def test_what_is_left_out_or_replaced_is_said(ours: Accounting) -> None:
    rules = {finding.rule for finding in ours.findings}
    assert rules >= {"account.left_out", "account.substitute", "account.other_edition", "account.sum", "account.no_facts"}


def test_the_broken_column_of_the_published_table_is_found(ours: Accounting) -> None:
    found = [finding for finding in ours.findings if finding.rule == "account.sum"]
    assert [(f.at, "53.157028" in f.says.en) for f in found] == [("facts/四.终端消费量/其他焦化产品", True)]


def test_sums_by_sector_and_by_fuel_agree(ours: Accounting, published: FactorLibrary) -> None:
    sides = [totals(ours.cells, published, quantity="co2", by=by) for by in ("all", "sector", "category", "carrier")]
    assert len({sum(total.value for total in side) for side in sides}) == 1


def test_the_energy_total_says_what_it_lacks(ours: Accounting) -> None:
    notes = {trace.address: trace.note for trace in ours.traces}
    note = notes["results/total.energy.2007"]
    assert note is not None
    assert note.en.startswith("incomplete, lacking other petroleum products of energy of industry")


def test_every_input_of_a_trace_is_a_trace_or_a_fact(ours: Accounting, shandong: pa.Table) -> None:
    known = {trace.address for trace in ours.traces} | {f"facts/{name}" for name in shandong.column("fact").to_pylist()}
    assert [i for trace in ours.traces for i in trace.inputs if i not in known] == []


def test_running_twice_gives_the_same_rows(ours: Accounting, shandong: pa.Table, published: FactorLibrary,
                                           methods: Mapping[str, Method]) -> None:  # fmt: skip
    assert run(shandong, published, methods, OURS).results.equals(ours.results)


def test_sql_gives_the_same_digits(ours: Accounting) -> None:
    """Rule R3: one multiplication of DECIMALs per row, summed in SQL, equals the fold of the cells."""
    cells = [cell for cell in ours.cells if cell.method.quantity == "co2"]
    amounts = pa.array([cell.activity.amount for cell in cells], AMOUNT)
    rows = pa.table({"amount": amounts, "factor": pa.array([cell.composed for cell in cells], FACTOR)})
    found = LocalEngine().query("SELECT SUM(r.amount * r.factor) AS total FROM cells AS r", {"cells": rows})
    assert found.column("total")[0].as_py() == sum(cell.value for cell in cells)
