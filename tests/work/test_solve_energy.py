"""A network file in eight modes: what each proves, what is refused, and that nothing half written is left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli import networks
from dafeng.cli.main import app
from dafeng.core.errors import FileRefused, SettingError, SolveError
from dafeng.energy.modes.mode import read_mode
from dafeng.energy.network.table import Clock, Network, make_table, plain_clock

STEPS = np.arange(48)


def network(clock: Clock | None = None, **coal: Any) -> Network:
    steps = clock.size if clock else len(STEPS)
    sun = np.clip(np.sin((np.arange(steps) % 24 - 6) / 12 * np.pi), 0, 1)
    return Network("town", clock or plain_clock(steps), {}).put(
        make_table("bus", {"power": {}}),
        make_table("load", {"town": {"bus": "power", "p_set": 100.0 + 20 * np.cos(np.arange(steps) / 24 * 2 * np.pi)}}),
        make_table("generator", {
            "sun": {"bus": "power", "p_nom_extendable": True, "p_nom_max": 900.0, "p_max_pu": sun, "capital_cost": 900.0},
            "coal": {"bus": "power", "p_nom": 90.0, "marginal_cost": 280.0, **coal},
            "unserved": {"bus": "power", "p_nom": 999.0, "marginal_cost": 9000.0},
        }),
        make_table("storage_unit", {"battery": {"bus": "power", "p_nom": 20.0, "max_hours": 4.0,
                                                "state_of_charge_initial": 10.0}}),
    )  # fmt: skip


@pytest.fixture
def town(tmp_path: Path) -> Path:
    df.write_network(network(), tmp_path / "town.nc")
    return tmp_path / "town.nc"


@pytest.fixture
def pathway(tmp_path: Path) -> Path:
    clock = Clock(
        labels=tuple(f"{year} {hour}" for year in (2030, 2035) for hour in range(24)),
        objective=np.ones(48), stores=np.ones(48), generators=np.ones(48),
        period=np.repeat([0, 1], 24), periods=(2030, 2035),
        period_objective=np.array([5.0, 4.0]), period_years=np.array([5.0, 5.0]),
    )  # fmt: skip
    made = network(clock)
    # each year's battery comes back to where it began, so that deciding year by year takes nothing from the next
    made = made.put(
        made.table("storage_unit").setting({"cyclic_state_of_charge_per_period": True, "cyclic_state_of_charge": True})
    )
    df.write_network(made, tmp_path / "path.nc")
    return tmp_path / "path.nc"


def told(path: Path, **options: Any) -> dict[str, Any]:
    return df.solved_document(df.solve_energy(path, **options))


def test_every_mode_of_one_year_states_what_it_proves(town: Path, tmp_path: Path) -> None:
    best = told(town, mode="expand", out=tmp_path / "best.nc")
    assert (best["status"], best["bound"]) == ("optimal", pytest.approx(best["system_cost"]))
    assert told(town)["objective"] == best["objective"]
    for mode, status in {"segments=16": "feasible", "certified": "bounded", "near-optimal=0.1": "optimal"}.items():
        found = told(town, mode=mode, compare=True)
        assert (found["mode"].split("=")[0], found["status"]) == (mode.split("=")[0], status)
        assert found["certificate"]["passed"]
        assert found["system_cost"] >= best["system_cost"] * (1 - 1e-7)
        assert found["bound"] is None or found["bound"] <= best["system_cost"] * (1 + 1e-7)
    for mode in ("dispatch", "rolling"):
        given = told(tmp_path / "best.nc", mode=mode)
        assert given["system_cost"] == pytest.approx(
            best["system_cost"] - 900.0 * best["capacities"]["generator"]["sun"], rel=0.02
        )


def test_the_regret_is_stated_where_the_optimum_is_known(town: Path) -> None:
    assert told(town, mode="segments=8")["regret"] is None
    found = told(town, mode="segments=8", compare=True)
    assert found["regret"] == pytest.approx(found["true_cost"] / found["optimum"] - 1)
    assert found["segments"]["error"] == pytest.approx(found["segments"]["claimed_cost"] / found["true_cost"] - 1)


def test_pathways_are_decided_at_once_or_period_by_period(pathway: Path) -> None:
    whole, step = told(pathway, mode="path"), told(pathway, mode="myopic", compare=True)
    assert (whole["status"], step["status"]) == ("optimal", "feasible")
    assert step["regret"] >= -1e-9
    assert told(pathway)["mode"] == "path"
    with pytest.raises(SettingError, match="investment periods"):
        df.solve_energy(pathway, mode="expand")


@pytest.mark.parametrize("mode", ["bogus", "segments", "segments=0", "segments=x", "near-optimal=2", "dispatch=1", ""])
def test_a_mode_that_does_not_exist_is_refused(mode: str) -> None:
    with pytest.raises(SettingError, match="there is no mode"):
        read_mode(mode)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "path"}, "no investment periods"),
        ({"mode": "myopic"}, "no investment periods"),
        ({"mode": "rolling"}, "capacities to decide"),
        ({"mode": "segments=49"}, "48 steps"),
        ({"mode": "expand", "gap": 0.1}, "no effect"),
        ({"mode": "certified", "gap": 2.0}, "cannot be 2.0"),
        ({"mode": "certified", "scenario": "table.csv"}, "no effect"),
        ({"mode": "segments=9", "relaxed": True}, "no effect"),
        ({"mode": "rolling", "horizon": 4, "overlap": 4}, "cannot be 4"),
    ],
)
def test_what_does_not_fit_is_refused(town: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        df.solve_energy(town, **options)


def test_where_results_go_is_checked_before_solving(town: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("x")
    for out in ("gone/x.nc", "x.h5", "taken"):
        with pytest.raises(FileRefused):
            df.solve_energy(town, out=tmp_path / out, progress=lambda _: pytest.fail("was solved"))


def test_a_design_that_cannot_operate_is_no_proof_about_the_network(tmp_path: Path) -> None:
    # without a price on unserved demand, three segments build too little for the peak of the coldest hour
    made = network()
    names = made.table("generator").names
    tight = made.put(made.table("generator").setting({"p_nom": np.where(np.array(names) == "unserved", 0.0, 90.0),
                                                      "p_nom_extendable": np.array(names) != "unserved"}))  # fmt: skip
    df.write_network(tight, tmp_path / "tight.nc")
    assert told(tmp_path / "tight.nc", mode="expand")["status"] == "optimal"
    found = CliRunner().invoke(app, ["energy", "solve", str(tmp_path / "tight.nc"), "--mode", "segments=2", "--json"])
    assert (found.exit_code, json.loads(found.stdout)["status"]) == (4, "unproven")


def test_a_design_is_written_for_its_operation(town: Path, tmp_path: Path) -> None:
    found = told(town, mode="segments=16", out=tmp_path / "design")
    again = told(tmp_path / "design", mode="dispatch")
    sun = found["capacities"]["generator"]["sun"]
    assert again["system_cost"] + 900.0 * sun == pytest.approx(found["true_cost"])


def test_cancelling_leaves_no_file_and_one_sentence(town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: object) -> bool:
        raise KeyboardInterrupt

    @contextmanager
    def watched(**_: bool) -> Iterator[object]:
        yield stop

    monkeypatch.setattr(networks, "_watched", watched)
    out = tmp_path / "out.nc"
    found = CliRunner().invoke(app, ["energy", "solve", str(town), "--solver", "ipx", "--out", str(out), "--lang", "en"])
    assert (found.exit_code, found.stderr.count("\n"), out.exists()) == (130, 1, False)
    assert "Cancelled" in found.stderr


def test_the_command_prints_the_same(town: Path) -> None:
    found = CliRunner().invoke(app, ["energy", "solve", str(town), "--mode", "certified", "--json"])
    assert json.loads(found.stdout)["system_cost"] == pytest.approx(told(town, mode="certified")["system_cost"])
    for mode in ("certified", "segments=9", "near-optimal"):
        shown = CliRunner().invoke(app, ["energy", "solve", str(town), "--mode", mode, "--lang", "en"])
        assert (shown.exit_code, mode.split("=")[0] in shown.stdout) == (0, True)


def sold_at_noon(*, price: float) -> Network:
    """Wind that blows when nobody pays, sold without limit: averaged over the steps it would earn for ever."""
    return Network("sale", plain_clock(4), {}).put(
        make_table("bus", {"power": {}}),
        make_table("load", {"town": {"bus": "power", "p_set": 5.0}}),
        make_table("generator", {
            "wind": {"bus": "power", "p_nom_extendable": True, "capital_cost": 10.0, "p_max_pu": np.array([1.0, 0, 1, 0])},
            "sale": {"bus": "power", "sign": -1.0, "p_nom": np.inf, "marginal_cost": -price * np.array([1.0, 100, 1, 100])},
            "unserved": {"bus": "power", "p_nom": 100.0, "marginal_cost": 1000.0},
        }),
    )  # fmt: skip


def test_a_mode_that_cannot_go_on_says_nothing_about_the_network(tmp_path):
    path = tmp_path / "sale.nc"
    df.write_network(sold_at_noon(price=1.0), path)
    assert df.solve_energy(path, mode="expand").found.answer.cost == pytest.approx(10050.0)
    with pytest.raises(SolveError, match="proves nothing about the network") as raised:
        df.solve_energy(path, mode="segments=1")
    assert df.failed_document(raised.value, path)["status"] == "unproven"


@pytest.mark.parametrize("mode", ["expand", "segments=4", "certified", "near-optimal", "rolling"])
def test_what_costs_nothing_has_a_gap_and_a_regret_of_zero(tmp_path, mode):
    free = {"bus": "power", "p_nom_extendable": True, "p_nom_max": 9.0}
    made = Network("free", plain_clock(6), {}).put(
        make_table("bus", {"power": {}}),
        make_table("load", {"town": {"bus": "power", "p_set": 5.0}}),
        make_table("generator", {"sun": {"bus": "power", "p_nom": 9.0} if mode == "rolling" else free}),
    )
    df.write_network(made, tmp_path / "free.nc")
    found = df.solved_document(df.solve_energy(tmp_path / "free.nc", mode=mode, compare=True))
    assert found["regret"] == pytest.approx(0.0, abs=1e-6)


def test_two_results_do_not_share_a_file(town, tmp_path):
    with pytest.raises(SettingError, match="of its own"):
        df.solve_energy(town, out=tmp_path / "both.nc", scenario=tmp_path / "both.nc")
    with pytest.raises(SettingError, match="of its own"):
        df.solve_energy(town, scenario=town)
