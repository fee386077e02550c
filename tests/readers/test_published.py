"""Published inventories are read as lists and as tables; totals are checked, units are never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dafeng.core.errors import FileRefused
from dafeng.readers.published import PublishedInventory, read_published


def read(text: str, **options: str) -> PublishedInventory:
    return read_published(text.encode(), name="p.csv", **options)


def told(found: PublishedInventory) -> dict[tuple[tuple[str, ...], str | None], Decimal]:
    return {cell.key: cell.value for cell in found.cells}


def test_a_table_of_sectors_by_fuels() -> None:
    found = read(
        "Mt,Raw_Coal,Diesel_Oil,Process,Total\n"
        '"Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy",1,2,0,3\n'
        "Food Processing,0.5,0.25,0,0.75\nNonmetal Mineral Products,1,0,4,5\nUrban,0.125,0,0,0.125\n",
        unit="Mt",
    )
    assert told(found) == {
        (("energy.agriculture",), "raw_coal"): 1000000,
        (("energy.agriculture",), "diesel"): 2000000,
        (("energy.industry",), "raw_coal"): 1500000,
        (("energy.industry",), "diesel"): 250000,
        (("energy.households.urban",), "raw_coal"): 125000,
        (("energy.households.urban",), "diesel"): 0,
        (("process",), None): 4000000,
    }
    assert found.findings == ()


def test_a_list_with_units_in_the_heading_and_activity() -> None:
    found = read(
        "部门,燃料,排放量(万吨),活动水平,活动单位\n交通运输,柴油,30.9,10,万吨\n城镇,天然气,2.1,0.1,亿立方米\n合计,,33,,\n"
    )
    assert told(found) == {(("energy.transport",), "diesel"): 309000, (("energy.households.urban",), "natural_gas"): 21000}
    assert [(cell.activity, cell.unit) for cell in found.cells] == [(10, "万吨"), (Decimal("0.1"), "亿立方米")]


def test_what_a_total_holds_beside_its_cells_is_compared_as_the_rest() -> None:
    found = read("部门,燃料,排放量,单位\n交通运输,柴油,3,Mt\n,柴油,5,Mt\n合计,,6,Mt\n")
    assert told(found) == {(("energy.transport",), "diesel"): 3000000, ((), "diesel"): 2000000, ((), None): 1000000}
    assert [f.rule for f in found.findings] == ["published.rest", "published.rest"]


def test_two_views_of_the_same_emissions_are_not_added() -> None:
    found = read("部门,燃料,排放量,单位\n,柴油,5,Mt\n,汽油,1,Mt\n交通运输,,4,Mt\n工业,,2,Mt\n")
    assert sum(told(found).values()) == 6000000
    assert [f.rule for f in found.findings] == ["published.view", "published.view"]


@pytest.mark.parametrize(
    ("text", "rule", "at"),
    [
        ("部门,燃料,排放量,单位\n某业,柴油,3,Mt\n", "published.row", "p.csv!C2"),
        ("部门,燃料,排放量,单位\n工业,某物,3,Mt\n", "published.row", "p.csv!C2"),
        ("部门,燃料,排放量,单位\n工业,柴油,多,Mt\n", "published.number", "p.csv!C2"),
        ("部门,燃料,排放量,单位\n工业,柴油,3,kWh\n", "published.unit", "p.csv!C2"),
        ("Mt CO2,原煤,柴油,某物\n工业,1,2,3\n", "published.column", "p.csv!D1"),
    ],
)
def test_what_is_not_understood_is_a_finding_with_its_cell(text: str, rule: str, at: str) -> None:
    found = read(text, unit="Mt")
    assert [(f.rule, f.at) for f in found.findings] == [(rule, at)]


def test_a_table_without_unit_or_heading_is_refused() -> None:
    with pytest.raises(FileRefused, match="unit of the emissions"):
        read("部门,燃料,排放量\n工业,柴油,3\n")
    with pytest.raises(FileRefused, match="no heading"):
        read("甲,乙\n1,2\n")


def test_absent_is_not_zero() -> None:
    assert told(read("Mt,原煤,柴油\n工业,—,0\n农业,,1\n", unit="Mt")) == {
        (("energy.industry",), "diesel"): 0,
        (("energy.agriculture",), "diesel"): 1000000,
    }
