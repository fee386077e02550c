"""``dafeng energy years``: a network file in weather years, its JSON, its refusals, going on where it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import DefinitionError, SettingError
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock

STEPS = 48
DRIVEN = {"wind": "onshore_wind", "town": "electricity_load"}


def _written(path: Path, **plant: float) -> Path:
    """A small network on the disk, its plant with more attributes."""
    generators = {
        "wind": {"bus": "power", "p_nom": 80.0, "marginal_cost": 1.0},
        "plant": {"bus": "power", "p_nom": 40.0, "marginal_cost": 400.0, **plant},
        "shed": {"bus": "power", "p_nom": 500.0, "marginal_cost": 9000.0},
    }
    battery = {"bus": "power", "p_nom": 10.0, "max_hours": 4.0, "efficiency_store": 0.95, "cyclic_state_of_charge": True}
    tables = (
        make_table("bus", {"power": {}}),
        make_table("generator", generators),
        make_table("storage_unit", {"battery": battery}),
        make_table("load", {"town": {"bus": "power", "p_set": 45.0}}),
    )
    df.write_network(Network("town", plain_clock(STEPS), {table.component: table for table in tables}), path)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """That network."""
    return _written(tmp_path / "town.nc")


def _run(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["energy", "years", *map(str, words)])
    return done.exit_code, done.stdout, str(done.exception or "")


def _words(file: Path, out: Path, *more: object) -> tuple[object, ...]:
    series = [word for name, profile in DRIVEN.items() for word in ("--series", f"{name}={profile}")]
    return (file, "--years", 5, "--place", "370600", *series, "--workers", 1, "--out", out, *more)


@pytest.mark.slow
def test_json_tells_cost_bound_and_both_gaps(file: Path, tmp_path: Path) -> None:
    code, text, _ = _run(*_words(file, tmp_path / "out", "--checked", 2, "--json"))
    assert code == 0
    told = json.loads(text)
    assert (told["years"], told["weather"]) == (5, "synthetic")
    assert told["series"] == ["generator.p_max_pu.wind", "load.p_set.town"]
    assert told["cost"]["q0"] <= told["cost"]["q0.5"] <= told["cost"]["q1"]
    assert 0 <= told["proven_gap"]["mean"] <= told["proven_gap"]["most"] <= 1e-3
    assert -1e-7 <= told["true_gap"]["mean"] <= told["proven_gap"]["most"] + 1e-7
    code, again, _ = _run(*_words(file, tmp_path / "out", "--checked", 2, "--json"))
    assert (code, json.loads(again)) == (0, told)
    assert len(list((tmp_path / "out").glob("*.parquet"))) == 1


@pytest.mark.slow
def test_both_languages_and_python_say_the_same(file: Path, tmp_path: Path) -> None:
    found = df.operate_years(file, tmp_path / "out", years=5, place="370600", driven=DRIVEN, workers=1)
    document = df.years_document(found)
    for language, word in (("zh", "合成天气年"), ("en", "synthetic weather years")):
        code, text, _ = _run(*_words(file, tmp_path / "out", "--lang", language))
        assert code == 0
        assert word in text
        assert f"{document['cost']['mean']:,.0f}" in text


def test_what_cannot_be_done_is_refused(file: Path, tmp_path: Path) -> None:
    def refused(kind: type[Exception], match: str, **more: object) -> None:
        given = {"years": 2, "place": "370600", "driven": DRIVEN} | more
        with pytest.raises(kind, match=match):
            df.operate_years(file, tmp_path / "out", **given)

    refused(SettingError, "range", years=0)
    refused(SettingError, "range", checked=3)
    refused(SettingError, "range", workers=0)
    refused(DefinitionError, "whose weather", place=None)
    refused(DefinitionError, "no generator, load or link 'sun'", driven={"sun": "pv"})
    refused(SettingError, "profiles", driven={"wind": "tide"})
    assert _run(file, "--place", "370600", "--series", "wind")[0] != 0


def test_a_constant_profile_costs_what_the_network_costs(file: Path) -> None:
    network = df.read_network(file)
    least = solve_network(network).system_cost
    from dafeng.energy.years.dispatching import dispatch_years

    series = {
        ("generator", "p_max_pu", "wind"): network.table("generator").varying("p_max_pu", STEPS)[None, :1, 0].repeat(STEPS, 1)
    }
    assert dispatch_years(network, series, gap=1e-6).cost[0] == pytest.approx(least, rel=1e-6)


@pytest.mark.slow
def test_years_that_the_kernel_does_not_fit_are_named_with_the_reason(tmp_path: Path) -> None:
    file = _written(tmp_path / "limited.nc", e_sum_max=1e6)
    words = _words(file, tmp_path / "out")
    told = json.loads(_run(*words, "--json")[1])
    assert told["alone"] == list(range(5))
    assert "year" in told["reason"]
    text = _run(*words, "--lang", "en")[1]
    assert "years solved alone (5): 0, 1, 2, 3, 4" in text
    assert "reason:" in text


@pytest.mark.slow
def test_unserved_energy_within_the_gap_is_not_a_finding(file: Path, tmp_path: Path) -> None:
    told = json.loads(_run(*_words(file, tmp_path / "out", "--gap", 0.01, "--json"))[1])
    table = df.operate_years(file, tmp_path / "out", years=5, place="370600", driven=DRIVEN, workers=1, gap=0.01).table
    short = [row for row in table.to_pylist() if row["unserved"] > row["resolution"]]
    assert told["short_years"] == len(short)
    assert told["resolution"] == max(table["resolution"].to_pylist())
