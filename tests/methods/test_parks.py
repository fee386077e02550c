"""A park, its internal trade and the rest are the city; a boiler that changes hands changes nothing (conservation)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dafeng.core.errors import DefinitionError, LookupFailure
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import account
from dafeng.methods.definition import Method
from dafeng.methods.parks import Park, choose_park, divide, read_parks, read_trades
from tests.methods.conftest import facts

PARK = """
id: east
label: {zh: 东区, en: east}
members: [甲厂, 乙厂]
shared: [园区热电]
transfers:
  - {carrier: heat, from: 园区热电, to: 甲厂}
  - {carrier: electricity, from: 园区热电, to: 乙厂}
"""


@pytest.fixture
def park(tmp_path: Path) -> Park:
    (tmp_path / "parks").mkdir()
    (tmp_path / "parks/east.yaml").write_text(PARK, encoding="utf-8")
    return read_parks(tmp_path)["east"]


def burnt(organisation: str | None, value: float) -> dict[str, Any]:
    return {"flow": "final.industry", "carrier": "cleaned_coal", "organisation": organisation, "value": value, "unit": "t"}


def traded(indicator: str, organisation: str, value: float, flow: str | None = None) -> dict[str, Any]:
    unit = "GJ" if indicator.startswith("heat") else "MWh"
    return {"indicator": indicator, "organisation": organisation, "value": value, "unit": unit, "flow": flow}


CITY = (
    burnt("园区热电", 1000), burnt("甲厂", 50), burnt("丙厂", 70), burnt(None, 900),
    traded("heat_purchased", "甲厂", 800, "园区热电"), traded("heat_sold", "园区热电", 800, "甲厂"),
    traded("heat_sold", "园区热电", 100, "丙厂"), traded("heat_purchased", "丙厂", 100, "园区热电"),
    traded("electricity_purchased", "乙厂", 500), traded("electricity_sold", "园区热电", 300, "乙厂"),
)  # fmt: skip


def sums(table: pa.Table, library: FactorLibrary, methods: Mapping[str, Method]) -> dict[str, Decimal]:
    names = ("fuel_combustion", "enterprise_heat", "enterprise_electricity", "enterprise_steam")
    found = account(table, library=library, methods={n: methods[n] for n in names}, place="370600", year=2025)
    result: dict[str, Decimal] = {}
    for cell in found.cells:
        result[cell.method.quantity] = result.get(cell.method.quantity, Decimal(0)) + cell.value
    return result


def test_park_internal_trade_and_rest_are_the_city(park: Park, library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    table = facts(*CITY)
    divided = divide(table, park, read_trades())
    parts = [sums(side, library, methods) for side in (divided.inside, divided.internal, divided.rest)]
    whole = sums(table, library, methods)
    for quantity, value in whole.items():
        assert sum((part.get(quantity, Decimal(0)) for part in parts), Decimal(0)) == value
    assert divided.inside.num_rows + divided.internal.num_rows + divided.rest.num_rows == table.num_rows


def test_a_boiler_that_moves_to_the_shared_facility_changes_nothing(
    park: Park, library: FactorLibrary, methods: Mapping[str, Method]
) -> None:
    moved = [burnt("园区热电", 1050) if row is CITY[0] else burnt("甲厂", 0) if row is CITY[1] else row for row in CITY]
    before, after = (divide(facts(*rows), park, read_trades()).inside for rows in (CITY, moved))
    assert sums(before, library, methods) == sums(after, library, methods)


def test_heat_sold_inside_the_park_counts_once(park: Park, library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    inside = sums(divide(facts(*CITY), park, read_trades()).inside, library, methods)
    heat = Decimal("0.111") * -100  # only what leaves the park is subtracted
    assert inside["co2_purchased"] == heat + (500 - 300) * Decimal("0.6191")


def test_a_sale_that_the_supplier_does_not_report_is_set_apart(
    park: Park, library: FactorLibrary, methods: Mapping[str, Method]
) -> None:
    rows = (burnt("园区热电", 1000), traded("heat_purchased", "甲厂", 800))
    divided = divide(facts(*rows), park, read_trades())
    assert [f.rule for f in divided.findings] == ["park.one_sided"]
    assert "园区热电未填报" in divided.findings[0].says.zh
    assert "co2_purchased" not in sums(divided.inside, library, methods)
    assert sums(divided.internal, library, methods)["co2_purchased"] == Decimal("88.8")


def test_a_purchase_that_the_receiver_does_not_report_is_set_apart(park: Park) -> None:
    divided = divide(facts(traded("heat_sold", "园区热电", 800, "甲厂")), park, read_trades())
    assert (divided.inside.num_rows, divided.internal.num_rows) == (0, 1)
    assert "甲厂未填报" in divided.findings[0].says.zh


def test_meters_that_disagree_are_a_finding(park: Park) -> None:
    rows = (traded("heat_purchased", "甲厂", 800, "园区热电"), traded("heat_sold", "园区热电", 810, "甲厂"))
    divided = divide(facts(*rows), park, read_trades())
    assert [(f.rule, "810 / 800 GJ" in f.says.en) for f in divided.findings] == [("park.transfer", True)]
    assert divided.inside.num_rows == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("shared: [园区热电]", "shared: [甲厂]"),
        ("to: 甲厂", "to: 丙厂"),
        ("carrier: heat", "carrier: coke_oven_gas"),
        ("members:", "membres:"),
    ],
)
def test_a_broken_park_is_refused(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "parks").mkdir()
    (tmp_path / "parks/east.yaml").write_text(PARK.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionError):
        read_parks(tmp_path)


def test_a_park_that_does_not_exist_is_refused(park: Park) -> None:
    with pytest.raises(LookupFailure, match="east"):
        choose_park({park.id: park}, "west")
