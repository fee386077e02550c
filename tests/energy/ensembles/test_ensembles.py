"""Ensembles: whole, resumed, cancelled, on processes and on a local Dask cluster."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.energy.ensembles import parts
from dafeng.energy.ensembles.executors import DaskExecutor, LocalExecutor, Work
from dafeng.energy.ensembles.parts import Case, parts_of
from dafeng.energy.ensembles.running import Progress, read_ensemble, run_ensemble
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock
from dafeng.energy.years.series import network_of_year

STEPS, YEARS = 24, 4


@dataclass
class Here:
    """Works in this process and counts."""

    worked: list[str] = field(default_factory=list)

    def work(self, function: Work, parts: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
        for place, part in enumerate(parts):
            self.worked.append(part.name)
            yield place, function(part)


class StopError(Exception):
    """What a user who cancels raises."""


def _case(city: str, *, scenario: str = "base", price: float = 400.0) -> Case:
    generators = {
        "wind": {"bus": "power", "p_nom": 50.0, "p_max_pu": np.full(STEPS, 0.4)},
        "plant": {"bus": "power", "p_nom": 40.0, "marginal_cost": price},
        "shed": {"bus": "power", "p_nom": 500.0, "marginal_cost": 9000.0},
    }
    battery = {"bus": "power", "p_nom": 10.0, "max_hours": 4.0, "efficiency_store": 0.95, "cyclic_state_of_charge": True}
    tables = (
        make_table("bus", {"power": {}}),
        make_table("generator", generators),
        make_table("storage_unit", {"battery": battery}),
        make_table("load", {"town": {"bus": "power", "p_set": np.full(STEPS, 45.0)}}),
    )
    wind = np.random.Generator(np.random.PCG64(len(city))).random((YEARS, STEPS))
    network = Network(city, plain_clock(STEPS), {table.component: table for table in tables})
    return Case(city, scenario, network, {("generator", "p_max_pu", "wind"): wind}, ("shed",))


def _files(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.parquet")}


def test_each_city_scenario_and_year_has_a_row_in_order(tmp_path: Path) -> None:
    cases = [_case("a"), _case("a", scenario="dear", price=500.0), _case("bb")]
    table = run_ensemble(cases, tmp_path, executor=Here(), size=3)
    rows = list(zip(*(table[name].to_pylist() for name in ("city", "scenario", "year")), strict=True))
    assert rows == [(case.city, case.scenario, year) for case in cases for year in range(YEARS)]
    for case in cases:
        mine = [row for row in table.to_pylist() if (row["city"], row["scenario"]) == (case.city, case.scenario)]
        for row in mine:
            least = solve_network(network_of_year(case.network, case.series, row["year"])).system_cost
            assert row["bound"] <= least * (1 + 1e-6)
            assert row["cost"] >= least * (1 - 1e-6)
            assert row["unserved"] == pytest.approx(dict(row["energy"])["generator.shed"])


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    cases, told = [_case("a"), _case("bb")], []

    def stop(progress: Progress) -> None:
        told.append(progress)
        if progress.done == 2:
            raise StopError

    with pytest.raises(StopError):
        run_ensemble(cases, tmp_path, executor=Here(), size=2, told=stop)
    assert [(one.done, one.total, one.kept) for one in told] == [(1, 4, 0), (2, 4, 0)]
    assert len(_files(tmp_path)) == 2
    again = Here()
    table = run_ensemble(cases, tmp_path, executor=again, size=2)
    assert len(again.worked) == 2
    assert table.equals(run_ensemble(cases, tmp_path / "anew", executor=Here(), size=2))


def test_a_damaged_or_foreign_file_is_worked_on_again(tmp_path: Path) -> None:
    cases = [_case("a"), _case("bb")]
    run_ensemble(cases, tmp_path, executor=Here())
    first, second = (tmp_path / f"{part.name}.parquet" for part in parts_of(cases))
    first.write_bytes(first.read_bytes()[:-20])
    second.write_bytes(second.read_bytes())
    again = Here()
    run_ensemble(cases, tmp_path, executor=again)
    assert again.worked == [first.stem]
    first.write_bytes(second.read_bytes())
    again = Here()
    run_ensemble(cases, tmp_path, executor=again)
    assert again.worked == [first.stem]


def test_anything_that_changes_a_result_changes_the_name() -> None:
    names = {part.name for case in (_case("a"), _case("a", price=401.0), _case("b")) for part in parts_of([case])}
    assert len(names) == 3
    assert parts_of([_case("a")])[0].name == parts_of([_case("a")])[0].name


def test_a_result_of_other_code_is_worked_on_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_ensemble([_case("a")], tmp_path, executor=Here())
    monkeypatch.setattr(parts, "_code", lambda: "edited")
    again = Here()
    run_ensemble([_case("a")], tmp_path, executor=again)
    assert len(again.worked) == 1
    assert len(_files(tmp_path)) == 2


def test_the_code_that_counts_holds_kernel_and_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # a copy of the package with one character more, in the kernel or in a table, has another hash
    for name in ("energy/years/interior.py", "data/energy/ladders.csv"):
        copy = tmp_path / name.split("/")[0]
        for folder in parts.CODE:
            shutil.copytree(str(resources.files("dafeng") / folder), copy / folder)
        monkeypatch.setattr(parts.resources, "files", lambda _, home=copy: home)
        before = parts._code.__wrapped__()
        with (copy / name).open("a", encoding="utf-8") as opened:
            opened.write("#")
        assert parts._code.__wrapped__() != before


def test_a_worker_with_other_code_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    (asked,) = parts_of([_case("a")])
    monkeypatch.setattr(parts, "_code", lambda: "older")
    with pytest.raises(DefinitionError, match="code is older"):
        asked.run()


def test_a_file_says_which_versions_made_it(tmp_path: Path) -> None:
    run_ensemble([_case("a")], tmp_path, executor=Here())
    described = pq.read_schema(next(tmp_path.glob("*.parquet"))).metadata
    assert {b"version.dafeng", b"version.highspy", b"version.code", b"dafeng.part"} <= set(described)


def test_an_unfinished_ensemble_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="not finished"):
        read_ensemble(tmp_path, parts_of([_case("a")]))


@pytest.mark.slow
def test_processes_give_the_same_as_this_one(tmp_path: Path) -> None:
    cases = [_case("a"), _case("bb")]
    local = run_ensemble(cases, tmp_path / "local", executor=LocalExecutor(2))
    assert local.equals(run_ensemble(cases, tmp_path / "here", executor=Here()))


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    cases = [_case("a"), _case("bb")]
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        table = run_ensemble(cases, tmp_path / "dask", executor=DaskExecutor(cluster.scheduler_address))
    assert table.equals(run_ensemble(cases, tmp_path / "here", executor=Here()))


@pytest.mark.slow
def test_an_address_where_nobody_answers_is_said() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(DefinitionError, match="nobody answers"):
        list(DaskExecutor("tcp://127.0.0.1:9").work(len, []))
