"""Factors that a user brings along are used for one run, or refused with their place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.core.units import conversion
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.supplied import read_supplied


@pytest.fixture(scope="module")
def library() -> FactorLibrary:
    return read_factors()


def test_a_supplied_factor_answers_under_its_own_standard(library: FactorLibrary) -> None:
    text = "fuel,value,unit,source\n汽油,2.92675,tCO2/t,Shan 2018\n天然气,21.60729,tCO2/万立方米,Shan 2018\n"
    more = library.add(read_supplied(text, library))
    found = more.look_up("gasoline", "emission_factor", "combustion", "user", "370000", 2007)
    assert (found.value, found.factor.source, found.factor.grade) == (Decimal("2.92675"), "Shan 2018", "reported")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("汽车,2.9,tCO2/t,a", r"text:2:1: unknown fuel '汽车'"),
        ("汽油,2.9,tCO2/斗,a", r"text:2:3: unknown unit 'tCO2/斗'"),
        ("汽油,about 3,tCO2/t,a", "text:2:2"),
        ("汽油,2.9,tCO2/t,", "text:2:4"),
        ("汽油,2.9,tCO2/t,a\n汽油,3.0,tCO2/t,a", "text:3:1"),
        ("汽油,2.9,tCO2/t,a\ngasoline,3.0,tCO2/t,a", "text:3:1: 'gasoline' repeats text:2:1"),
        ("汽油,-2.9,tCO2/t,a", "text:2:2"),
        ("汽油,2.9,GJ/t,a", "text:2:3: 'GJ/t' is no unit of an emission factor"),
        ("电力,0.5,tCO2/MWh,a", "text:2:1"),
        ("煤合计,1.9,tCO2/t,a", "text:2:1"),
        ("汽由,2.9,tCO2/t,a", "such as 汽油"),
        ("汽油,2.9,tCO2/t", "text:2:1: 3 cells instead of 4"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused(library: FactorLibrary, row: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        read_supplied(f"fuel,value,unit,source\n{row}\n", library)


@pytest.mark.parametrize("fuel", ["gasoline", "汽油", "Gasoline", " 汽 油 "])
def test_a_fuel_is_known_by_name_spelling_and_id(library: FactorLibrary, fuel: str) -> None:
    (found,) = read_supplied(f"fuel,value,unit,source\n{fuel},2.9,tCO2/t,a\n", library)
    assert found.substance == "gasoline"


@pytest.mark.parametrize(
    "unit",
    ["tCO2/万立方米", "tCO2/万m3", "tCO2/万m³", "tCO2/10^4 m3", "tCO2/10⁴m³", "tCO2/1e4Nm3", "tCO2/万Nm³", "tCO2/10000m3"],
)
def test_the_ways_to_write_a_factor_per_volume_mean_the_same(library: FactorLibrary, unit: str) -> None:
    (found,) = read_supplied(f"fuel,value,unit,source\n天然气,21.6,{unit},a\n", library)
    assert conversion(found.unit, "tCO2/万立方米") == 1


def test_headings_may_be_chinese_in_any_order_and_the_file_gbk(library: FactorLibrary, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("单位,燃料,备注,因子,来源\nkgCO2/kg,柴油,抽检,3.1,报告\n".encode("gb18030"))
    (found,) = read_supplied(path, library)
    assert (found.substance, found.value, found.unit, found.note) == ("diesel", Decimal("3.1"), "kgCO2/kg", "抽检")


def test_a_factor_of_one_sector_is_known_by_the_row_of_the_balance(library: FactorLibrary) -> None:
    text = "fuel,value,unit,source,sector\n原煤,1.644,tCO2/t,a,3.建筑业\n原煤,1.7,tCO2/t,a,\n"
    found = read_supplied(text, library, sectors={"建筑业": "energy.construction"})
    assert [(factor.sector, factor.value) for factor in found] == [
        ("energy.construction", Decimal("1.644")),
        (None, Decimal("1.7")),
    ]


def test_an_unknown_sector_is_refused_with_those_that_are_known(library: FactorLibrary) -> None:
    with pytest.raises(DefinitionError, match=r"text:2:5: unknown sector '建造业'. Expected: such as 建筑业"):
        read_supplied(
            "fuel,value,unit,source,sector\n原煤,1.6,tCO2/t,a,建造业\n", library, sectors={"建筑业": "energy.construction"}
        )


@pytest.mark.parametrize("head", ["fuel,value,unit", "fuel,value,unit,source,colour", "fuel,fuel,value,unit,source"])
def test_a_heading_that_lacks_or_repeats_a_column_is_refused(library: FactorLibrary, head: str) -> None:
    with pytest.raises(DefinitionError, match="text:1:"):
        read_supplied(f"{head}\n", library)


def test_a_file_that_is_not_there_is_refused(library: FactorLibrary, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="cannot be opened"):
        read_supplied(tmp_path / "none.csv", library)
