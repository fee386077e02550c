"""Traps 7 to 13 of ``docs/solving.md``: what goes wrong around a solver that does everything right."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pypsa
import pytest

from benchmarks.reference_city.peer_runs import version
from dafeng.core.errors import DafengError, SolveError
from dafeng.core.labels import Label
from dafeng.energy.interop.pypsa_objects import read_object
from dafeng.energy.modes.rolling import solve_rolling
from dafeng.energy.modes.segments import solve_segments
from dafeng.energy.network import vintages
from dafeng.energy.network.build import build_network
from dafeng.energy.network.policy import Policy, Term, with_policies
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Clock, Network, make_table, plain_clock
from dafeng.work.network_files import read_network, write_network
from dafeng.work.solve_document import solved_document
from dafeng.work.solve_energy import solve_energy
from tests.house.tree import ROOT
from tests.work.test_solve_energy import network as town

pytestmark = pytest.mark.filterwarnings("ignore")

LOAD = np.where(np.arange(48) == 30, 500.0, 100.0)
"""One hour in the third window of twelve hours asks for more than there is."""


def short(**plant: object) -> Network:
    """Return two days of one plant."""
    return Network("short", plain_clock(48), {}).put(
        make_table("bus", {"power": {}}),
        make_table("load", {"town": {"bus": "power", "p_set": LOAD}}),
        make_table("generator", {"plant": {"bus": "power", "p_nom": 200.0, "marginal_cost": 300.0, **plant}}),
    )


def test_7_a_window_without_a_solution_ends_the_run():
    """Trap 7: a rolling horizon that runs on after an infeasible window; here it has no result, and its hours are named."""
    with pytest.raises(SolveError, match="from 24 to 35") as refusal:
        solve_rolling(short(), horizon=12)
    assert refusal.value.where == "energy.modes.rolling.24-36"


def test_7_no_file_is_written_after_a_bad_window(tmp_path: Path):
    """Trap 7: nothing of the windows before it stays."""
    write_network(short(), tmp_path / "short.nc")
    with pytest.raises(SolveError):
        solve_energy(tmp_path / "short.nc", mode="rolling", horizon=12, overlap=0, out=tmp_path / "out.nc")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["short.nc"]


def test_8_a_column_that_nothing_reads_is_told(tmp_path: Path):
    """Trap 8: input that is dropped silently, here a cost whose name is mistyped."""
    n = pypsa.Network()
    n.add("Bus", "b")
    n.add("Load", "l", bus="b", p_set=5)
    n.add("Generator", "g", bus="b", p_nom=9)
    n.c.generators.static["marginal_costs"] = 7.0
    n.export_to_netcdf(tmp_path / "slip.nc")
    (found,) = solve_energy(tmp_path / "slip.nc").findings
    assert found.at == "generators.marginal_costs"
    assert "marginal_cost?" in found.says.en


def vintage_city(vintages_of: int) -> Network:
    """Return a day in each of six periods with so many vintages of one technology."""
    periods, steps = 6, 24
    clock = Clock(
        tuple(f"{p} {h}" for p in range(periods) for h in range(steps)), *3 * [np.ones(periods * steps)],
        np.repeat(np.arange(periods), steps), tuple(2025 + 5 * p for p in range(periods)),
        np.ones(periods), np.full(periods, 5.0),
    )  # fmt: skip
    grow = {"bus": "b", "p_nom_extendable": True, "p_nom_max": 40.0, "lifetime": 60.0}
    plants = {f"wind {k}": {**grow, "build_year": 2025 + 5 * k, "capital_cost": 90.0 - k} for k in range(vintages_of)}
    shed = {"shed": {"bus": "b", "p_nom": 999.0, "marginal_cost": 1000.0}}
    load = {"l": {"bus": "b", "p_set": np.tile(60 + 20 * np.sin(np.arange(steps) / 4), periods)}}
    tables = (make_table("bus", {"b": {}}), make_table("load", load), make_table("generator", plants | shed))
    return Network("vintages", clock, {}).put(*tables)


def test_9_vintages_that_are_alike_share_their_rows(monkeypatch: pytest.MonkeyPatch):
    """Trap 9: one dispatch variable for each vintage has six times the rows for the same optimum."""
    joined = solve_network(vintage_city(6))
    monkeypatch.setattr(vintages, "_alone", lambda table, clock: np.ones(len(table), dtype=bool))
    apart = solve_network(vintage_city(6))
    assert joined.system_cost == pytest.approx(apart.system_cost, rel=1e-8)
    rows = [len(outcome.built.program.row_low) for outcome in (joined, apart)]
    assert rows[0] < 0.5 * rows[1]


def test_9_the_rows_of_joined_vintages_do_not_grow_with_their_number():
    """Trap 9: 468 930 rows against 76 775."""
    one, six = (build_network(vintage_city(count)).program for count in (1, 6))
    assert len(six.row_low) == len(one.row_low)


@pytest.mark.parametrize("ending", [".nc", ""])
@pytest.mark.parametrize("kind", ["cogeneration", "policy"])
def test_10_what_another_file_cannot_carry_is_not_exported(tmp_path: Path, kind: str, ending: str):
    """Trap 10: netCDF has no custom constraints, and the network that is solved again differs silently."""
    base = short(p_nom=600.0).put(make_table("bus", {"power": {}, "heat": {}, "fuel": {}}))
    plant = {"chp": {"bus": "power", "heat_bus": "heat", "fuel_bus": "fuel"}}
    share = Policy("share", Label("份额", "share"), (Term("generator", carrier="coal", factor=1.0),), "<=", 5.0)
    ruled = base.put(make_table("cogeneration", plant)) if kind == "cogeneration" else with_policies(base, share)
    with pytest.raises(DafengError, match=kind):
        write_network(ruled, tmp_path / f"out{ending}")
    assert list(tmp_path.iterdir()) == []


def test_10_a_limit_that_a_file_can_carry_comes_back(tmp_path: Path):
    """Trap 10: solved again, the exported network has the same optimum."""
    capped = short(p_nom=600.0, carrier="coal").put(
        make_table("carrier", {"coal": {"co2_emissions": 0.9}}),
        make_table("generator", {"plant": {"bus": "power", "p_nom": 600.0, "marginal_cost": 300.0, "carrier": "coal"},
                                 "clean": {"bus": "power", "p_nom": 600.0, "marginal_cost": 500.0}}),
        make_table("global_constraint", {"co2": {"type": "primary_energy", "sense": "<=", "constant": 1000.0}}),
    )  # fmt: skip
    write_network(capped, tmp_path / "capped.nc")
    cost, free = (solve_network(one).system_cost for one in (capped, capped.put(make_table("global_constraint", {}))))
    assert cost > free * 1.1
    assert solve_network(read_network(tmp_path / "capped.nc")).system_cost == pytest.approx(cost, rel=1e-9)


def test_11_the_cost_of_the_system_holds_what_pypsas_objective_leaves_out(tmp_path: Path):
    """Trap 11: PyPSA's objective has not the cost of capacity that stands: 30 MW of 1 000 yuan here."""
    n = pypsa.Network()
    n.add("Bus", "b")
    n.add("Load", "l", bus="b", p_set=50)
    n.add("Generator", "g", bus="b", p_nom=30, p_nom_extendable=True, capital_cost=1000, marginal_cost=7)
    n.optimize(solver_name="highs", include_objective_constant=True, log_to_console=False)
    found = solve_network(read_object(n))
    assert found.objective_constant == pytest.approx(30_000)
    assert found.system_cost == pytest.approx(50 * 1000 + 50 * 7)
    assert found.objective == pytest.approx(n.objective)
    n.export_to_netcdf(tmp_path / "n.nc")
    told = solved_document(solve_energy(tmp_path / "n.nc"))
    assert told["system_cost"] == pytest.approx(told["objective"] + told["objective_constant"])


def test_12_a_mean_is_never_called_a_bound(tmp_path: Path):
    """Trap 12: at the mean of 100 and 900 an import looks dearer than it is: segments claim 600 for what costs 400."""
    generators = {
        "import": {"bus": "power", "p_nom": 1.0, "marginal_cost": np.array([100.0, 900.0])},
        "plant": {"bus": "power", "marginal_cost": 300.0, "p_nom_extendable": True, "p_nom_max": 1.0},
        "sun": {"bus": "power", "marginal_cost": 700.0, "p_nom_extendable": True, "p_nom_max": 1.0, "capital_cost": 1e3},
    }
    two = Network("two hours", plain_clock(2), {}).put(
        make_table("bus", {"power": {}}),
        make_table("load", {"town": {"bus": "power", "p_set": 1.0}}),
        make_table("generator", generators),
    )
    found, optimum = solve_segments(two, segments=1), solve_network(two).system_cost
    assert (optimum, found.claimed) == (pytest.approx(400.0), pytest.approx(600.0))
    assert (found.bound, found.gap) == (-np.inf, np.inf)
    write_network(two, tmp_path / "two.nc")
    told = solved_document(solve_energy(tmp_path / "two.nc", mode="segments=1"))
    assert (told["status"], told["bound"], told["gap"]) == ("feasible", None, None)


PEERS = ("pypsa", "linopy", "highspy", "highspy-extras")
"""What the energy benchmarks compare with."""


@pytest.mark.parametrize("name", PEERS)
def test_13_a_peer_is_pinned_with_its_hash(name: str):
    """Trap 13: an unpinned install of a peer resolved to a version of years ago."""
    lock = (ROOT / "requirements-test.lock").read_text(encoding="utf-8")
    entry = re.search(rf"^{re.escape(name)}==(\d[\w.]*) \\\n\s+--hash=sha256:", lock, re.MULTILINE)
    assert entry is not None
    assert name != "pypsa" or entry[1] == pypsa.__version__


def test_13_the_benchmark_names_the_version_it_ran():
    """Trap 13: beside the figures stands which version of the peer they are of."""
    assert pypsa.__version__ in version()


def test_every_trap_of_the_table_names_tests_that_exist():
    page = (ROOT / "docs" / "solving.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| .*\| `([\w/]+\.py)(?:::\w+)?` \|$", page, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 15))
    for number, path in rows:
        assert f"def test_{number}_" in (ROOT / "tests" / "energy" / path).read_text(encoding="utf-8")


def test_a_network_without_mistakes_has_no_finding(tmp_path: Path):
    write_network(town(), tmp_path / "town.nc")
    assert solve_energy(tmp_path / "town.nc").findings == ()
