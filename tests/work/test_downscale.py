"""A city without a balance: estimated from an invented province, kept only when asked, never mixed in silently."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import CityError

BALANCE = """能源平衡表,2020年,,
项目,原煤,柴油,电力
,万吨,万吨,亿千瓦时
四.终端消费量,190,120,300
1.农、林、牧、渔业,20,30,10
2.工业,150,40,250
3.建筑业,5,20,5
4.交通运输、仓储和邮政业,,25,5
5.批发、零售业和住宿、餐饮业,5,3,10
6.生活消费,10,,15
城镇,4,,9
乡村,6,,6
7.其他,,2,5
"""


def figures(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(("indicator,place,period,value,unit,source,grade", *rows)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[df.City, df.City]:
    province, city = df.init(tmp_path / "province", place="990000"), df.init(tmp_path / "city", place="990100")
    table = tmp_path / "balance.csv"
    table.write_text(BALANCE, encoding="utf-8")
    known = [f"{name},990000,2020,1000,{unit},reported,reported" for name, unit in DRIVERS.items()]
    df.ingest(province, [table])
    df.ingest(province, [figures(tmp_path / "province.csv", known)])
    own = [f"{name},990100,2020,100,{unit},reported,reported" for name, unit in DRIVERS.items()]
    own.append("industry_energy_consumption,990100,2020,30,万吨标准煤,reported,reported")
    df.ingest(city, [figures(tmp_path / "city.csv", own)])
    return city, province


DRIVERS = {"primary_value_added": "亿元", "secondary_value_added": "亿元", "tertiary_value_added": "亿元", "population": "万人"}


def test_the_estimate_meets_what_the_city_has_published(pair: tuple[df.City, df.City]) -> None:
    found = df.downscale(*pair, year=2020)
    cells = {(c.flow, c.carrier): c for c in found.balance.cells}
    assert cells["final.agriculture", "diesel"].value == 3
    assert cells["final.households.urban", "raw_coal"].value == Decimal("0.4")
    industry = [c.energy or Decimal(0) for (flow, _), c in cells.items() if flow == "final.industry"]
    assert abs(sum(industry) - 300000) < 1
    assert found.co2_low <= found.co2 <= found.co2_high
    assert all(trace.grade == "estimated" for trace in found.traces)


def test_an_estimate_is_no_fact_until_it_is_kept_and_then_says_so(pair: tuple[df.City, df.City]) -> None:
    city, province = pair
    found = df.downscale(city, province, year=2020)
    assert df.account(city, year=2020).table().num_rows == 0
    df.keep_estimate(city, found)
    accounted = df.account(city, year=2020)
    (said,) = [f for f in accounted.findings if f.rule == "account.estimated" and f.at == "co2"]
    assert "estimated facts" in said.says.en
    assert {t.grade for t in accounted.traces if t.address == "results/energy.agriculture.diesel.2020"} == {"estimated"}


def test_a_reported_balance_is_never_estimated_over(pair: tuple[df.City, df.City], tmp_path: Path) -> None:
    city, province = pair
    df.ingest(city, [tmp_path / "balance.csv"])
    with pytest.raises(CityError, match="has an energy balance"):
        df.downscale(city, province, year=2020)


def test_a_province_without_a_balance_is_refused(pair: tuple[df.City, df.City]) -> None:
    city, province = pair
    with pytest.raises(CityError, match="no balance up to 2019"):
        df.downscale(city, province, year=2019)


def test_another_province_is_refused(pair: tuple[df.City, df.City], tmp_path: Path) -> None:
    other = df.init(tmp_path / "other", place="440000")
    with pytest.raises(CityError, match="does not lie in 440000"):
        df.downscale(pair[0], other, year=2020)


def test_without_any_driver_there_is_no_estimate_and_no_zero(pair: tuple[df.City, df.City], tmp_path: Path) -> None:
    bare = df.init(tmp_path / "bare", place="990100")
    with pytest.raises(CityError, match="no group can be estimated"):
        df.downscale(bare, pair[1], year=2020)


def test_energy_counts_households_that_come_in_parts(pair: tuple[df.City, df.City]) -> None:
    city, province = pair
    found = df.downscale(city, province, year=2020)
    df.keep_estimate(city, found)
    rows = df.account(city, year=2020).table().to_pylist()
    used = sum(r["value"] for r in rows if r["category"].startswith("use.") and r["category"] != "use.transformation")
    assert abs(used - found.energy) < 1


def test_the_command_prints_and_tells_json(pair: tuple[df.City, df.City]) -> None:
    city, province = pair
    asked = ["downscale", str(city.folder), "--province", str(province.folder), "--year", "2020"]
    told = json.loads(CliRunner().invoke(app, [*asked, "--json"]).output)
    assert (told["basis"], told["province_year"]) == ("estimated", 2020)
    shown = CliRunner().invoke(app, [*asked, "--keep"])
    assert shown.exit_code == 0
    assert "估计值" in shown.output
