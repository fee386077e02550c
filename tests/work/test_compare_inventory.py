"""Our inventory beside a published one, through files and the command line."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import CityError, FileRefused

CITIES = Path(__file__).resolve().parents[2] / "cities"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> df.City:
    folder = tmp_path_factory.mktemp("city") / "yunting"
    shutil.copytree(CITIES / "yunting", folder)
    found = df.open_city(folder)
    df.ingest(found)
    return found


def published(folder: Path, city: df.City, factor: str) -> Path:
    cells = [c for c in df.inventory(city, year=2025).years[2025].cells if c.method.id == "fuel_combustion"]
    lines = ["部门,燃料,排放量,单位,活动水平,活动单位"]
    names = {"energy.transport": "交通运输", "energy.industry": "工业"}
    for c in cells:
        if c.activity.category.id in names and c.activity.carrier in ("diesel", "natural_gas"):
            fuel = {"diesel": "柴油", "natural_gas": "天然气"}[c.activity.carrier]
            row = (names[c.activity.category.id], fuel, c.value * Decimal(factor), "t", c.activity.amount, c.activity.unit)
            lines.append(",".join(map(str, row)))
    path = folder / "published.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_factor_five_per_cent_higher_is_found_as_such(city: df.City, tmp_path: Path) -> None:
    found = df.compare_inventory(city, published(tmp_path, city, "1.05"), year=2025)
    shared = [g for g in found.comparison.gaps if g.theirs is not None]
    assert shared
    assert all(set(g.causes) == {"factor"} for g in shared)
    assert all(abs((g.ours or 0) * Decimal("1.05") - (g.theirs or 0)) < Decimal("1e-6") for g in shared)


def test_the_comparison_fails_by_the_absolute_gaps(city: df.City, tmp_path: Path) -> None:
    found = df.compare_inventory(city, published(tmp_path, city, "1"), year=2025)
    assert not found.holds
    assert [f.rule for f in found.findings if f.severity == "error"] == ["comparison.absolute_share"]


def test_nothing_to_compare_is_refused_and_holds_nothing(city: df.City, tmp_path: Path) -> None:
    with pytest.raises(CityError, match="no inventory of 1999"):
        df.compare_inventory(city, published(tmp_path, city, "1"), year=1999)
    odd = tmp_path / "odd.csv"
    odd.write_text("部门,燃料,排放量,单位\n不知,柴油,0.6,Mt\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="no cell of emissions"):
        df.compare_inventory(city, odd, year=2025)


def test_a_figure_of_any_size_is_compared(city: df.City, tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    huge.write_text("部门,燃料,排放量,单位\n交通运输,柴油,6e30,Mt\n", encoding="utf-8")
    assert not df.compare_inventory(city, huge, year=2025).holds


def test_the_command_tells_net_and_absolute(city: df.City, tmp_path: Path) -> None:
    path = published(tmp_path, city, "1.05")
    asked = ["compare-inventory", str(city.folder), str(path), "--year", "2025"]
    told = json.loads(CliRunner().invoke(app, [*asked, "--json"]).output)
    assert Decimal(told["net"]) == sum(Decimal(amount) for amount in told["causes"].values())
    assert Decimal(told["absolute"]) == sum(abs(Decimal(gap["gap"])) for gap in told["gaps"])
    shown = CliRunner().invoke(app, [*asked, "--lang", "en"])
    assert shown.exit_code == 0
    assert "sum of absolute gaps" in shown.output


def test_shandong_2007_is_explained_to_the_last_tonne(shared: Path, tmp_path: Path) -> None:
    oracle = json.loads((shared / "data/oracles/shandong_2007_co2.json").read_text(encoding="utf-8"))
    folder = tmp_path / "shandong"
    province = df.init(folder, place="370000")
    df.ingest(province, [shared / "data/oracles/shandong_2007_balance.csv"])
    lines = ["燃料,排放量(Mt),活动水平,活动单位"]
    lines += [f"{f['fuel']},{f['published_Mt']},{f['activity']},{f['unit']}" for f in oracle["fuels"]]
    lines += [f"{name},{value},," for name, value in oracle["residual_fuels_Mt"].items()]
    lines += [f"过程排放,{oracle['process_Mt']},,", f"合计,{oracle['total_Mt']},,"]
    path = tmp_path / "published.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = df.compare_inventory(province, path, year=2007).comparison
    assert abs(found.theirs - Decimal("662955256")) < 10
    assert sum(found.causes.values()) == found.net
    assert abs(found.causes["activity"]) < Decimal("1e-3")
    assert abs(found.causes["undetermined"]) < Decimal("0.001") * found.theirs
