"""``dafeng account`` from a delivered table to every published cell: Shandong 2007, and invented tables of its layout.

Source: China Energy Statistical Yearbook 2008, table 6-15, and the CEADs provincial inventory (Shan et al. 2018), quoted as
cells with citation; the factors are those its cells imply.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import DafengError, DefinitionError
from tests.methods.conftest import CATEGORIES
from tests.readers.balances import SMALL, as_csv

UNITS = {"万吨": "tCO2/t", "亿立方米": "tCO2/10^4 m3"}
NEAR = 5e-4
TITLE = (("某省能源平衡表（实物量）2007", "", "", ""),)


def run(*words: object) -> str:
    """What a command printed; its refusal is raised."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(done.exception, DafengError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def account(folder: Path, *options: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("account", folder, "--year", 2007, "--json", *options))
    return found


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "small.csv").write_bytes(as_csv([*TITLE, *SMALL]))
    run("init", tmp_path / "city", "--place", "510000")
    run("ingest", tmp_path / "city", tmp_path / "small.csv")
    return tmp_path / "city"


def supply(folder: Path, *rows: str, head: str = "fuel,value,unit,source") -> Path:
    path = folder / "factors.csv"
    path.write_text("\n".join((head, *rows, "")), encoding="utf-8")
    return path


def published_factors(oracle: Mapping[str, Any]) -> Iterator[str]:
    """One row per fuel, one per fuel and sector where its cells are published; industry and power by difference."""
    cells = oracle["exact_cells"]
    for fuel in oracle["fuels"]:
        name, unit, mine = fuel["fuel"], UNITS[fuel["unit"]], [cell for cell in cells if cell["fuel"] == fuel["fuel"]]
        rest = fuel["published_Mt"] - sum(cell["published_Mt"] for cell in mine)
        burnt = fuel["activity"] - sum(cell["activity"] for cell in mine)
        yield f"{name},{rest / burnt * 100 if burnt > 1e-6 else fuel['implied_factor']:.9f},{unit},shan-2018,"
        yield from (f"{name},{cell['implied_factor']},{unit},shan-2018,{CATEGORIES[cell['row']]}" for cell in mine)
    residual = oracle["residual_fuels_Mt"]
    # 其他焦化产品 is burnt in industry alone, 69.937028 万吨; 其他石油制品 in heat supply alone, 11.840934 万吨
    yield f"其他焦化产品,{residual['Other Coking Products'] / 69.937028 * 100:.9f},tCO2/t,shan-2018,工业"
    yield f"其他石油制品,{residual['Other Petroleum Products'] / 11.840934 * 100:.9f},tCO2/t,shan-2018,2.供热"


@pytest.fixture(scope="module")
def oracle(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "data/oracles/shandong_2007_co2.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def shandong(shared: Path, oracle: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("shandong")
    run("init", folder / "15", "--place", "370000")
    process = folder / "process.csv"
    process.write_text(f"指标,年份,数值,单位\n工业过程二氧化碳排放,2007,{oracle['process_Mt']},百万吨CO2\n", encoding="utf-8")
    run("ingest", folder / "15", shared / "data/oracles/shandong_2007_balance.csv", process)
    file = supply(folder, *published_factors(oracle), head="fuel,value,unit,source,sector")
    return account(folder / "15", "--factors", file)


def total(found: Mapping[str, Any], part: str) -> float:
    (row,) = [row for row in found["totals"] if (row["quantity"], row["part"]) == ("co2", part)]
    return float(row["value"]) / 1e6


def test_the_published_totals_of_shandong_are_reproduced(shandong: dict[str, Any], oracle: dict[str, Any]) -> None:
    found = {part: total(shandong, part) for part in ("fuel", "process", "all")}
    assert found == pytest.approx(
        {"fuel": oracle["fuel_Mt"], "process": oracle["process_Mt"], "all": oracle["total_Mt"]}, rel=1e-6
    )


def test_every_fuel_of_shandong_is_reproduced(shandong: dict[str, Any], oracle: dict[str, Any]) -> None:
    published = oracle["sectors"]["Total Consumption"]["by_fuel_Mt"]
    assert {row["fuel"]: row["tco2"] / 1e6 for row in shandong["by_fuel"]} == pytest.approx(published, rel=NEAR)


def test_every_sector_cell_of_shandong_is_reproduced(shandong: dict[str, Any], oracle: dict[str, Any]) -> None:
    names = {"Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy": "energy.agriculture",
             "Construction": "energy.construction", "Urban": "energy.households.urban", "Rural": "energy.households.rural",
             "Transportation, Storage, Post and Telecommunication Services": "energy.transport", "Others": "energy.other",
             "Wholesale, Retail Trade and Catering Services": "energy.trade"}  # fmt: skip
    fuels = {row["id"]: row["fuel"] for row in shandong["by_fuel"]}
    burnt = [row for row in shandong["results"] if row["method"] == "fuel_combustion"]
    cells = {(row["category"], fuels[row["carrier"]]): float(row["value"]) / 1e6 for row in burnt}
    wanted = {
        (names[s], fuel): mt for s, row in oracle["sectors"].items() if s in names for fuel, mt in row["by_fuel_Mt"].items()
    }
    assert len(wanted) == 40
    assert {key: cells[key] for key in wanted} == pytest.approx(wanted, rel=NEAR)


def test_industry_and_power_of_shandong_are_reproduced_together(shandong: dict[str, Any], oracle: dict[str, Any]) -> None:
    """The balance has no branches of industry: their 39 published rows and power are industry, power and heat together."""
    ours = {row["sector"]: row["tco2"] / 1e6 for row in shandong["by_sector"]}
    other = {"Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy", "Construction", "Urban", "Rural", "Others",
             "Transportation, Storage, Post and Telecommunication Services", "Total Consumption",
             "Wholesale, Retail Trade and Catering Services"}  # fmt: skip
    published = sum(mt for s, row in oracle["sectors"].items() if s not in other for mt in row["by_fuel_Mt"].values())
    assert sum(ours[f"energy.{name}"] for name in ("industry", "thermal_power", "heat_supply")) == pytest.approx(
        published, rel=NEAR
    )


def test_the_gap_to_our_factors_is_explained_without_residual(shandong: dict[str, Any], oracle: dict[str, Any]) -> None:
    (found,) = shandong["difference"]
    rows = [row for row in found["rows"] if row["cause"] == "composed_factor"]
    assert sum(row["mt"] for row in rows) == pytest.approx(found["net_mt"], abs=1e-9)
    assert abs(found["residual_share"]) < 0.001
    assert found["supplied_mt"] == pytest.approx(oracle["total_Mt"], rel=1e-6)
    assert {row["fuel"] for row in rows} == set(oracle["sectors"]["Total Consumption"]["by_fuel_Mt"])


def test_the_reported_process_emission_says_so(shandong: dict[str, Any]) -> None:
    assert [f["at"] for f in shandong["findings"] if f["rule"] == "account.reported"] == ["results/process.reported.co2.2007"]


def test_a_column_that_does_not_close_is_said(shandong: dict[str, Any]) -> None:
    found = [f["says"]["zh"] for f in shandong["findings"] if f["rule"] == "account.sum"]
    assert ["其他焦化产品" in text and "53.157028" in text for text in found] == [True]


def test_a_supplied_factor_is_used_and_named(small: Path) -> None:
    found = account(small, "--factors", supply(small, "原煤,1.9,tCO2/t,检测报告"))
    (coal,) = found["by_fuel"]
    # hand: final 30 - feedstock 4 + power 60 + heat 10, less 1.. 2+20+3+5 = 30 by sector; 96 万吨 x 1.9
    assert (coal["fuel"], coal["activity"], coal["unit"], coal["tco2"], coal["factor"], coal["match"], coal["supplied"]) == (
        "原煤", 96.0, "万吨", 1_824_000.0, 1.9, "exact", True,
    )  # fmt: skip
    assert [(row["fuel"], row["source"], row["cells"]) for row in found["supplied"]] == [("原煤", "检测报告", 6)]


def test_a_factor_for_one_sector_leaves_the_others_to_the_edition(small: Path) -> None:
    file = supply(small, "原煤,2,tCO2/t,检测报告,2.工业", head="fuel,value,unit,source,sector")
    found = account(small, "--factors", file)
    cells = {
        row["category"]: row["edition"] for row in found["results"] if row["carrier"] == "raw_coal" and row["quantity"] == "co2"
    }
    assert {category for category, edition in cells.items() if edition == "user"} == {"energy.industry"}
    assert found["by_fuel"][0]["match"] == "substitute"


def test_a_fuel_without_a_supplied_factor_says_where_its_factor_is_from(small: Path) -> None:
    found = account(small, "--factors", supply(small, "柴油,3.1,tCO2/t,检测报告"))
    assert [(row["match"], row["supplied"]) for row in found["by_fuel"]] == [("substitute", False)]
    said = [f["says"]["en"] for f in found["findings"] if f["rule"] == "account.substitute" and "raw coal" in f["says"]["en"]]
    assert ["not among the supplied factors" in text for text in said] == [True]
    assert [f["at"] for f in found["findings"] if f["rule"] == "account.supplied_unused"] == ["user.diesel.emission_factor"]


def test_the_edition_asked_for_fills_what_the_supplied_factors_lack(small: Path) -> None:
    found = account(small, "--edition", "ind24", "--factors", supply(small, "柴油,3.1,tCO2/t,检测报告"))
    assert {row["edition"] for row in found["results"] if row["method"] == "fuel_combustion"} == {"ind24"}


def test_without_factors_nothing_is_said_of_them(small: Path) -> None:
    assert {"supplied", "difference"}.isdisjoint(account(small))


def test_a_factor_file_that_cannot_be_used_is_refused_with_its_cell(small: Path) -> None:
    with pytest.raises(DefinitionError, match=r"factors.csv:2:1: unknown fuel '原媒'. Expected: such as 原煤"):
        account(small, "--factors", supply(small, "原媒,1.9,tCO2/t,检测报告"))


def test_the_table_for_people_shows_fuels_and_the_difference(small: Path) -> None:
    file = supply(small, "原煤,1.9,tCO2/t,检测报告")
    said = run("account", small, "--year", 2007, "--factors", file)
    assert [word in said for word in ("分燃料", "原煤", "96.0000", "自带", "综合因子", "未解释 0.0000 %")] == [True] * 6
    assert "by fuel" in run("account", small, "--year", 2007, "--lang", "en")


def test_a_year_the_table_does_not_tell_is_stated(tmp_path: Path) -> None:
    (tmp_path / "balance.csv").write_bytes(as_csv(SMALL))
    run("init", tmp_path / "city", "--place", "510000")
    with pytest.raises(DafengError, match="--year 2007"):
        run("ingest", tmp_path / "city", tmp_path / "balance.csv")
    run("ingest", tmp_path / "city", tmp_path / "balance.csv", "--year", 2007)
    assert account(tmp_path / "city")["by_fuel"][0]["activity"] == 96
