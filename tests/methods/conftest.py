"""Facts for the accounting tests: built by hand, or from the published balance of Shandong 2007."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dafeng.core.tables import FACTS
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import Method

CARRIERS = {
    "煤合计": "coal_total", "原煤": "raw_coal", "洗精煤": "cleaned_coal", "其他洗煤": "other_washed_coal",
    "型煤": "briquettes", "焦炭": "coke", "焦炉煤气": "coke_oven_gas", "其他煤气": "other_coal_gas",
    "油品合计": "oil_total", "原油": "crude_oil", "汽油": "gasoline", "煤油": "kerosene", "柴油": "diesel",
    "燃料油": "fuel_oil", "液化石油气": "lpg", "炼厂干气": "refinery_gas", "天然气": "natural_gas",
    "其他石油制品": "other_petroleum", "其他焦化产品": "other_coking", "热力": "heat", "电力": "electricity",
    "其他能源": "other_energy",
}  # fmt: skip
FLOWS = {
    "二.加工转换投入(-)产出(+)量": "transformation", "1.火力发电": "transformation.thermal_power",
    "2.供热": "transformation.heat", "三.损失量": "loss", "四.终端消费量": "final",
    "1.农、林、牧、渔、水利业": "final.agriculture", "2.工业": "final.industry",
    "#用作原料、材料": "final.industry.feedstock", "3.建筑业": "final.construction",
    "4.交通运输、仓储和邮政业": "final.transport", "5.批发、零售业和住宿、餐饮业": "final.trade",
    "6.生活消费": "final.households", "城镇": "final.households.urban", "乡村": "final.households.rural",
    "7.其他": "final.other",
}  # fmt: skip
CATEGORIES = {
    "1.农、林、牧、渔、水利业": "energy.agriculture", "3.建筑业": "energy.construction",
    "4.交通运输、仓储和邮政业": "energy.transport", "5.批发、零售业和住宿、餐饮业": "energy.trade",
    "城镇": "energy.households.urban", "乡村": "energy.households.rural", "7.其他": "energy.other",
}  # fmt: skip
HEAD = "id,substance,parameter,purpose,standard,place,year,sector,value,lower,upper,unit,source,clause,grade,note"


def fact(**fields: Any) -> dict[str, Any]:
    """One fact with the given fields; the rest is filled with what every fact has."""
    usual = {
        "lot": "test", "indicator": "balance", "place": "370600", "period": "2025", "source": "dafeng",
        "grade": "primary", "known_at": datetime(2026, 1, 1, tzinfo=UTC), "file": "test.csv",
    }  # fmt: skip
    key = "/".join(str(fields.get(name)) for name in ("indicator", "flow", "carrier", "organisation", "value", "fact"))
    return {"fact": key, **usual, **fields, "value": Decimal(str(fields["value"]))}


def facts(*rows: Mapping[str, Any]) -> pa.Table:
    """Table of facts."""
    return FACTS.build(fact(**row) for row in rows)


def shandong_rows(shared: Path) -> list[dict[str, Any]]:
    """Cells of the balance of Shandong 2007, read straight from the published table."""
    with (shared / "data/oracles/shandong_2007_balance.csv").open(encoding="utf-8-sig", newline="") as file:
        names, units, *lines = list(csv.reader(file))
    return [
        {"flow": FLOWS[line[0].strip()], "carrier": CARRIERS[name], "value": cell, "unit": unit, "place": "370000",
         "period": "2007", "fact": f"{line[0].strip()}/{name}"}
        for line in lines if line[0].strip() in FLOWS
        for name, unit, cell in zip(names[1:], units[1:], line[1:], strict=True) if cell
    ]  # fmt: skip


def published_factors(oracle: Mapping[str, Any]) -> Iterable[str]:
    """The factors implied by the published inventory as rows of the factor library: one per fuel, by sector for coal."""
    units = {"万吨": "tCO2/t", "亿立方米": "tCO2/万立方米"}
    for fuel in oracle["fuels"]:
        carrier = CARRIERS[fuel["fuel"]]
        yield row(f"shan.{carrier}", carrier, "", fuel["implied_factor"], units[fuel["unit"]])
    for cell in oracle["exact_cells"]:
        carrier, sector = CARRIERS[cell["fuel"]], CATEGORIES[cell["row"]]
        yield row(f"shan.{carrier}.{sector}", carrier, sector, cell["implied_factor"], units[cell["unit"]])


def row(name: str, carrier: str, sector: str, value: float, unit: str) -> str:
    """One row of a factor file with a supplied emission factor."""
    return f"{name},{carrier},emission_factor,combustion,user,,,{sector},{value},,,{unit},shan-2018,,primary,"


@cache
def factors() -> FactorLibrary:
    """Shipped factors, read once."""
    return read_factors()


@cache
def definitions() -> Mapping[str, Method]:
    """Shipped methods, read once."""
    return read_methods()


@pytest.fixture(scope="session")
def library() -> FactorLibrary:
    """Shipped factors."""
    return factors()


@pytest.fixture(scope="session")
def methods() -> Mapping[str, Method]:
    """Shipped methods."""
    return definitions()


@pytest.fixture(scope="session")
def oracle(shared: Path) -> dict[str, Any]:
    """The published inventory of Shandong 2007."""
    found: dict[str, Any] = json.loads((shared / "data/oracles/shandong_2007_co2.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def shandong(shared: Path) -> pa.Table:
    """Facts of Shandong 2007."""
    return facts(*shandong_rows(shared))


@pytest.fixture(scope="session")
def published(oracle: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> FactorLibrary:
    """Shipped factors and, as standard ``user``, those of the published inventory of Shandong 2007."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "factors").mkdir()
    text = "\n".join((HEAD, *published_factors(oracle)))
    (folder / "factors" / "shan.csv").write_text(text + "\n", encoding="utf-8")
    return read_factors(folder)
