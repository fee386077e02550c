"""The comparison in the view: every figure and every judgement leads to a trace."""

from __future__ import annotations

from typing import Any

import pytest

from dafeng.work.city import open_city
from dafeng.work.compare_plans import compare_city
from dafeng.work.tracing import TraceBook
from dafeng.work.view_comparison import trace_comparison, write_comparison
from dafeng.work.view_number import Frame
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def book() -> TraceBook:
    return TraceBook()


@pytest.fixture(scope="module")
def made(book: TraceBook) -> Any:
    city = open_city(ROOT / "cities" / "qingdao")
    comparison = compare_city(city, city.read_plan())
    trace_comparison(comparison, book)
    trace_comparison(comparison, book)
    return write_comparison(comparison, Frame("run", book))


def test_every_judgement_has_a_trace_that_leads_to_both_figures(made: Any, book: TraceBook) -> None:
    cells = [(row, cell) for row in made["rows"] for cell in row["cells"]]
    inputs = {cell["address"]: book.get(cell["address"].removeprefix("run/")).inputs for _, cell in cells}
    led = [len(inputs[cell["address"]]) >= (row["mine"] is not None) + (cell["other"] is not None) for row, cell in cells]
    assert (len(led) > 50, all(led)) == (True, True)


def test_a_delegated_figure_leads_to_the_goal_that_hands_it_down(made: Any, book: TraceBook) -> None:
    cell = next(cell for row in made["rows"] for cell in row["cells"] if cell["standing"] == "delegated")
    assert book.get(cell["address"].removeprefix("run/")).inputs == ("references/shandong.SD-03", "targets/370200-G03")


@pytest.mark.usefixtures("made")
def test_a_figure_of_another_plan_tells_source_grade_and_reservation(book: TraceBook) -> None:
    trace = book.get("references/nation.CN-01")
    assert (trace.source, trace.grade, trace.value, "位置未知" in str(trace.note)) == (
        "cn-peak-plan-2021",
        "primary",
        "20",
        True,
    )


@pytest.mark.usefixtures("made")
def test_what_was_never_seen_says_so(book: TraceBook) -> None:
    noted = [trace for trace in book if trace.grade == "memory" and trace.kind == "target"]
    assert (len(noted) > 5, all("未见原文" in str(trace.note) for trace in noted)) == (True, True)


def test_nothing_to_compare_with_is_nothing() -> None:
    assert write_comparison(None, Frame("run", TraceBook())) is None
