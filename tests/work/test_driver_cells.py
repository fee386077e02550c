"""Every row of a table of drivers leads to the cell that holds its figure."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from dafeng.core.traces import Trace
from dafeng.library.overlay import shipped
from dafeng.pathways.model.city import read_city_model, read_city_tables, read_scenario_names
from dafeng.store.files import hash_file
from dafeng.work.futures import Outset, make_futures
from dafeng.work.project_traces import trace_futures
from dafeng.work.tracing import TraceBook

YANTAI = Path(__file__).resolve().parents[2] / "cities" / "yantai" / "data"
OWN = {hash_file(path): path for path in (YANTAI / "drivers.csv", *(shipped() / "pathways").glob("*.csv"))}


@cache
def rows() -> dict[str, Trace]:
    model, tables, traces = read_city_model(), read_city_tables(YANTAI), TraceBook()
    futures = make_futures(Outset(model, tables, {}, read_scenario_names(YANTAI)), main="plan", draws=20)
    trace_futures(futures, (), traces, folder=YANTAI)
    return {one.address: one for one in traces if one.address.startswith("drivers/") and one.source}


def test_each_row_has_source_grade_and_a_cell_that_holds_its_figure() -> None:
    tables = {path: list(csv.reader(path.read_text(encoding="utf-8").splitlines())) for path in OWN.values()}
    assert len(rows()) > 800
    for one in rows().values():
        assert one.grade
        assert one.cell is not None, one.address
        column, line = ord(one.cell.cell[0]) - ord("A"), int(one.cell.cell[1:])
        found = tables[OWN[one.cell.sha256]][line - 1]
        held, told = (None if not text else pytest.approx(float(text)) for text in (found[column], one.value))
        assert held == told, one.address
        assert one.source in found


@pytest.mark.parametrize(
    ("address", "cell"), [("drivers/output_growth.all.2025", "E5"), ("drivers/plan.common_saving.all.2026", None)]
)
def test_a_row_of_a_city_and_one_of_a_scenario_have_theirs(address: str, cell: str | None) -> None:
    found = rows()[address].cell
    assert found is not None
    assert cell in (None, found.cell)
