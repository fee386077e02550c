"""The gap of reference and sectoral approach is split exactly into rows of the balance (hand calculation; Shandong 2007)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.factors import FactorLibrary
from dafeng.library.overlay import shipped
from dafeng.library.rules import read_rules
from dafeng.methods.account import account
from dafeng.methods.approaches import read_approaches
from dafeng.methods.definition import Method
from dafeng.methods.gathering import index_facts
from dafeng.methods.reconciliation import ApproachGap, reconcile_approaches
from dafeng.readers.balance import read_balance
from dafeng.readers.sheets import read_sheets
from tests.methods.conftest import facts

COAL = {
    "available": 100, "available.production": 30, "available.inflow": 80, "available.stock_change": -10,
    "transformation": -60, "transformation.thermal_power": -40, "transformation.coking": -20,
    "loss": 1, "final": 36, "final.industry": 30, "final.industry.feedstock": 5, "final.households": 6, "difference": 3,
}  # fmt: skip


def rows(column: Mapping[str, float], carrier: str = "anthracite") -> list[dict[str, Any]]:
    return [{"flow": flow, "carrier": carrier, "value": value, "unit": "万吨"} for flow, value in column.items()]


def gap(
    table: pa.Table, library: FactorLibrary, methods: Mapping[str, Method], *, place: str = "370600", year: int = 2025
) -> ApproachGap:
    pair = read_approaches(methods)["reference"]
    used = {name: methods[name] for name in (pair.sectoral, pair.reference)}
    index = index_facts(table, place=place)
    found = account(index, library=library, methods=used, place=place, year=year)
    return reconcile_approaches(index, found, pair, methods, library, read_rules(), year=year)


def test_every_gap_is_its_reasons_and_its_residual(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    found = gap(facts(*rows(COAL, "raw_coal")), library, methods)
    (fuel,) = found.gaps
    factor = fuel.reference / 95  # 30 + 80 - 10 - 5 (feedstock)
    assert fuel.sectoral == factor * (40 + 30 - 5 + 6)
    assert {share.reason: share.amount for share in fuel.shares} == {"coking": 20, "difference": 3, "loss": 1}
    assert fuel.residual == 0
    assert found.net == fuel.gap == sum(share.value for share in fuel.shares)


def test_what_no_row_explains_stays_a_residual(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    found = gap(facts(*rows({**COAL, "difference": 0}, "raw_coal")), library, methods)
    (fuel,) = found.gaps
    assert fuel.residual == fuel.reference / 95 * 3
    assert {f.rule for f in found.findings} == {"reconciliation.residual", "reconciliation.gap"}


def test_a_total_that_its_parts_do_not_reach_is_named(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    found = gap(facts(*rows({**COAL, "available.inflow": 70}, "raw_coal")), library, methods)
    (fuel,) = found.gaps
    assert {share.reason: share.amount for share in fuel.shares}["supply_total"] == -10
    assert fuel.residual == 0


def test_without_rows_of_supply_there_is_no_reference(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    column = {flow: value for flow, value in COAL.items() if not flow.startswith("available")}
    found = gap(facts(*rows({**column, "final.industry.feedstock": 0}, "raw_coal")), library, methods)
    assert all(fuel.reference == 0 for fuel in found.gaps)
    bare = {flow: value for flow, value in column.items() if "feedstock" not in flow}
    empty = gap(facts(*rows(bare, "raw_coal")), library, methods)
    assert (empty.gaps, [f.rule for f in empty.findings]) == ((), ["reconciliation.no_supply"])


def test_recovered_gas_is_explained_and_materials_too(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    gas = {"available": 5, "available.recovery": 5, "final": 4, "final.industry": 4, "loss": 1, "difference": 0}
    listed = [{**row, "unit": "亿立方米"} for row in rows(gas, "blast_furnace_gas")]
    oil = {"available": 7, "available.inflow": 7, "final": 7, "final.industry": 7, "difference": 0}
    found = gap(facts(*listed, *rows(oil, "other_petroleum")), library, methods)
    shares = {fuel.carrier: {share.reason: share.amount for share in fuel.shares} for fuel in found.gaps}
    assert shares == {"blast_furnace_gas": {"recovery": -5, "loss": 1}, "other_petroleum": {"left_out": 7}}
    assert [fuel.residual for fuel in found.gaps] == [0, 0]


def test_traces_lead_from_the_total_to_fuels_and_results(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    found = gap(facts(*rows(COAL, "raw_coal")), library, methods)
    fuel, total = found.traces
    assert total.inputs == (fuel.address,) == ("reconciliation/reference.raw_coal.2025",)
    assert all(address.startswith("results/") for address in fuel.inputs)
    assert fuel.note is not None
    assert "coking" in fuel.note.en


def test_shandong_2007_is_explained_to_the_last_digit(
    shared: Path, library: FactorLibrary, methods: Mapping[str, Method]
) -> None:
    """The published table itself: the parts of supply of raw coal lack 17.1 Mt of the printed total."""
    read = read_balance(read_sheets(shared / "data/oracles/shandong_2007_balance.csv"), place="370000", source="dafeng").rows
    table = facts(*({name: value for name, value in row.items() if value is not None} for row in read.to_pylist()))
    found = gap(table, library, methods, place="370000", year=2007)
    assert all(abs(fuel.residual) < 1000 for fuel in found.gaps)
    coal = next(fuel for fuel in found.gaps if fuel.carrier == "raw_coal")
    amounts = {share.reason: share.amount for share in coal.shares}
    assert amounts["supply_total"] == Decimal("32574.075618") - Decimal("34285.165618")
    assert found.absolute > abs(found.net)
    assert found.net == found.reference - found.sectoral


@pytest.mark.parametrize(
    ("old", "new"), [("reference_approach", "no_method"), ("id: loss, plus", "id: loss, pluz"), ("source: dafeng", "source: x")]
)
def test_a_broken_pair_is_refused(tmp_path: Path, methods: Mapping[str, Method], old: str, new: str) -> None:
    text = (shipped() / "reconciliation" / "reference.yaml").read_text(encoding="utf-8").replace("id: reference\n", "id: own\n")
    assert old in text
    (tmp_path / "reconciliation").mkdir()
    (tmp_path / "reconciliation" / "own.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionError):
        read_approaches(methods, tmp_path)
