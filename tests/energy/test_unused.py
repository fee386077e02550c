"""Columns that take no part, capacities of zero, workbooks that are none: told, never passed over."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pypsa
import pytest

from dafeng.core.errors import FileRefused
from dafeng.energy.interop.frames import LISTS, declared_kind, unsupported
from dafeng.energy.interop.unused import NUMBERED, _idle
from dafeng.work.network_files import read_network, write_network
from dafeng.work.solve_energy import solve_energy
from tests.work.test_solve_energy import network

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_network(network(), tmp_path / "town")
    return tmp_path / "town"


def add_column(path: Path, name: str, value: str) -> None:
    """Append a column to a CSV file."""
    with path.open(newline="", encoding="utf-8") as opened:
        header, *rows = csv.reader(opened)
    with path.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([[*header, name], *([*row, value] for row in rows)])


def rules(path: Path, **options: str) -> dict[str, tuple[str, str]]:
    return {one.rule: (one.at, one.says.en) for one in solve_energy(path, **options).findings}


def test_a_mistyped_column_is_told_with_what_was_meant(folder: Path) -> None:
    add_column(folder / "generators.csv", "marginal_csot", "5")
    at, says = rules(folder)["energy.network.unused"]
    assert at == "generators.marginal_csot"
    assert "marginal_csot → marginal_cost?" in says


def test_a_column_of_the_users_own_is_told_as_a_note(folder: Path) -> None:
    add_column(folder / "generators.csv", "owner", "city")
    (found,) = solve_energy(folder).findings
    assert (found.rule, found.severity) == ("energy.network.unused", "info")


def test_what_pypsa_writes_itself_is_no_finding(tmp_path: Path, folder: Path) -> None:
    n = pypsa.Network(folder)
    n.c.generators.static["type"] = "solar"
    n.c.buses.static["x"] = 121.4
    n.add("Carrier", "AC", color="red", nice_name="alternating current")
    n.export_to_netcdf(tmp_path / "full.nc")
    assert solve_energy(tmp_path / "full.nc", out=tmp_path / "solved.nc").findings == ()
    assert solve_energy(tmp_path / "solved.nc", mode="expand").findings == ()


def test_every_attribute_of_pypsa_is_read_refused_or_known_to_be_idle() -> None:
    n = pypsa.Network()
    refused = {(row["list"], row["attribute"]) for row in unsupported()}
    left = [
        (kind, name)
        for kind in LISTS
        for name in n.components[kind].defaults.index
        if name != "name" and declared_kind(kind, name) is None and (kind, name) not in refused
        and name not in _idle() and not NUMBERED.fullmatch(name)
    ]  # fmt: skip
    assert left == []


def test_dispatch_of_what_has_no_capacity_yet_is_told(folder: Path) -> None:
    at, says = rules(folder, mode="dispatch")["energy.network.empty"]
    assert at == "generator.sun.p_nom"
    assert "sun" in says


def test_dispatch_of_decided_capacities_has_no_such_finding(folder: Path, tmp_path: Path) -> None:
    solve_energy(folder, mode="expand", out=tmp_path / "decided.nc")
    assert "energy.network.empty" not in rules(tmp_path / "decided.nc", mode="dispatch")


def test_a_workbook_that_is_none_is_refused_in_the_words_of_networks(tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("name,bus\n", encoding="utf-8")
    with pytest.raises(FileRefused, match=r"snapshots, buses, generators.*\.nc file"):
        read_network(tmp_path / "text.xlsx")
    write_network(network(), tmp_path / "town.nc")
    shutil.copy(tmp_path / "town.nc", tmp_path / "town.xlsx")
    with pytest.raises(FileRefused, match=r"rename it to \.nc"):
        read_network(tmp_path / "town.xlsx")
