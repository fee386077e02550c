"""Networks as workbooks and long tables, and the command that solves them."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import DafengError
from dafeng.energy.interop.folder import Lines, exchange_of_tables
from dafeng.energy.network.solve import solve_network
from dafeng.readers.table_book import read_book, write_book

TABLES = {
    "network": [["name"], ["town"]],
    "snapshots": [["", "snapshot", "objective", "stores", "generators"], *([str(t), f"2030-01-01 0{t}:00:00", "1", "1", "1"]
                                                                            for t in range(3))],
    "carriers": [["name", "co2_emissions", "color"], ["gas", "0.2", "=red"]],
    "buses": [["name"], ["a"]],
    "generators": [["name", "bus", "carrier", "p_nom", "marginal_cost", "efficiency"], ["g", "a", "gas", "10", "20", "0.5"],
                   ["=none", "a", "", "100", "900", "1"]],
    "loads": [["name", "bus"], ["l", "a"]],
    "loads-p_set": [["", "l"], ["0", "5"], ["1", "10"], ["2", "12"]],
    "global_constraints": [["name", "sense", "constant"], ["co2", "<=", "100"]],
}  # fmt: skip
COST = (5 + 10 + 10) * 20 + 2 * 900
"""By hand: gas serves what it can, the rest costs 900."""


def book(tmp_path: Path, **changed: object) -> Path:
    path = tmp_path / "town.xlsx"
    path.write_bytes(write_book({**TABLES, **changed}))
    return path


def test_a_workbook_is_a_network(tmp_path: Path) -> None:
    assert solve_network(df.read_network(book(tmp_path))).objective == pytest.approx(COST)


def test_texts_that_look_like_formulas_come_back_and_never_act(tmp_path: Path) -> None:
    path = book(tmp_path)
    assert read_book(path)["generators"][2][0] == "=none"
    network = df.read_network(path)
    df.write_network(network, tmp_path / "again.xlsx")
    again = df.read_network(tmp_path / "again.xlsx")
    assert again.table("generator").names == ("g", "=none")
    assert b"<f>" not in (tmp_path / "again.xlsx").read_bytes()


def test_long_names_of_sheets_are_kept(tmp_path: Path) -> None:
    name = "storage_units-marginal_cost_quadratic"
    path = tmp_path / "long.xlsx"
    path.write_bytes(write_book({name: [["", "u"], ["0", "1.5"]]}))
    assert read_book(path)[name][1] == ("0", "1.5")


@pytest.mark.parametrize(
    ("sheet", "row", "column", "cell", "at"),
    [("generators", 1, 3, "ten", "D2"), ("loads-p_set", 2, 1, "many", "B3"), ("snapshots", 3, 2, "?", "C4")],
)
def test_a_bad_cell_is_named_by_sheet_and_address(
    tmp_path: Path, sheet: str, row: int, column: int, cell: str, at: str
) -> None:
    rows = [list(one) for one in TABLES[sheet]]
    rows[row][column] = cell
    with pytest.raises(DafengError, match=re.escape(f"{sheet}!{at}")):
        df.read_network(book(tmp_path, **{sheet: rows}))


def test_a_cell_without_a_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DafengError, match="C2"):
        df.read_network(book(tmp_path, buses=[["name", "v_nom"], ["a", "1", "stray"]]))


def test_the_long_table_has_the_columns_of_the_format(tmp_path: Path) -> None:
    df.solve_energy(book(tmp_path), scenario=tmp_path / "table.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "table.csv").read_text(encoding="utf-8"))))
    assert rows[0] == ["model", "scenario", "region", "variable", "unit", "2030"]
    found = {row[3]: (row[4], float(row[5])) for row in rows[1:]}
    assert all(len(row) == 6 and all(row[:5]) for row in rows)
    assert all("||" not in name and name == name.strip() for name in found)
    assert found["Generation|gas"] == ("MWh", pytest.approx(25))
    assert found["Demand|AC"] == ("MWh", pytest.approx(27))
    assert found["Emissions|CO2"] == ("t", pytest.approx(25 / 0.5 * 0.2))
    assert found["Cost|Total"] == ("CNY", pytest.approx(COST))
    assert len({tuple(row[:5]) for row in rows}) == len(rows)


def test_the_command_prints_objective_and_certificate(tmp_path: Path) -> None:
    out = tmp_path / "out.nc"
    done = CliRunner().invoke(app, ["energy", "solve", str(book(tmp_path)), "--json", "--out", str(out)])
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["objective"] == pytest.approx(COST)
    assert found["certificate"]["passed"] is True
    assert found["certificate"]["bound"] == pytest.approx(COST)
    assert set(found["times"]) == {"read", "build", "solve", "total", "unit"}
    assert found["sizes"]["snapshots"] == 3
    again = CliRunner().invoke(app, ["energy", "solve", str(out), "--lang", "en"])
    assert "2,300.00" in again.stdout


def test_the_command_explains_what_is_infeasible(tmp_path: Path) -> None:
    path = book(tmp_path, global_constraints=[["name", "sense", "constant"], ["co2", ">=", "100"]])
    done = CliRunner().invoke(app, ["energy", "solve", str(path), "--json"])
    assert done.exit_code == 3
    found = json.loads(done.stdout)
    assert found["status"] == "infeasible"
    assert found["objective"] is None
    assert any("co2" in line["en"] for line in found["conflict"])


@pytest.mark.parametrize("options", [["--solver", "oracle"], ["--tolerance", "0"], ["--periods"], ["--lang", "fr"]])
def test_options_that_cannot_hold_are_refused(tmp_path: Path, options: list[str]) -> None:
    done = CliRunner().invoke(app, ["energy", "solve", str(book(tmp_path)), *options])
    assert isinstance(done.exception, DafengError)


def test_tables_need_buses() -> None:
    with pytest.raises(DafengError, match="buses"):
        exchange_of_tables("empty", {"loads": Lines(("name",), ())})
