"""A frozen run is read back exactly as it was written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dafeng.core.errors import CityError, StoreError
from dafeng.work.city import init
from dafeng.work.frozen import city_view, find_run, freeze, read_traces, read_view
from dafeng.work.tracing import trace_document
from dafeng.work.views import build_view
from tests.work import made


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    found = made.assessment(tmp_path_factory.mktemp("frozen"))
    freeze(found)
    return found


def test_the_view_is_read_as_it_was_built(stored):
    assert read_view(stored.city) == build_view(stored)


def test_the_traces_are_read_as_documents_by_address(stored):
    assert dict(read_traces(stored.city, stored.run.id)) == {trace.address: trace_document(trace) for trace in stored.traces}


def test_a_trace_keeps_labels_anchor_and_cell(stored):
    traces = read_traces(stored.city, stored.run.id)
    assert (
        traces["clauses/T1"]["anchor"]["start"],
        traces["facts/pv_capacity2025"]["cell"]["cell"],
        traces["tasks/A1"]["says"]["en"],
    ) == (
        7,
        "B2",
        "task 1: 发展光伏",
    )


def test_results_and_scores_are_stored_as_tables(stored):
    runs = stored.city.runs
    assert (runs.read(stored.run.id, "results").num_rows, runs.read(stored.run.id, "scores").num_rows) == (
        stored.account.table().num_rows,
        len(stored.scores.rows),
    )


def test_the_text_of_the_plan_comes_along(stored):
    found = city_view(stored.city)
    anchor = found.traces["clauses/T1"]["anchor"]
    assert found.documents[anchor["sha256"]][anchor["start"] : anchor["end"]] == "非化石能源消费比重达到30%"


def test_a_text_that_was_changed_does_not_come_along(stored):
    changed = replace(stored.city, folder=stored.city.folder)
    path = changed.folder / "plans" / "plan.txt"
    path.write_text(made.TEXT + "改", encoding="utf-8", newline="")
    documents = city_view(changed).documents
    path.write_text(made.TEXT, encoding="utf-8", newline="")
    assert documents == {}


def test_the_newest_run_of_a_year_is_found(stored):
    assert find_run(stored.city, year=2025).id == stored.run.id


def test_a_year_without_a_run_is_refused(stored):
    with pytest.raises(CityError, match="2019"):
        find_run(stored.city, year=2019)


def test_a_run_of_another_plan_is_not_found(stored):
    with pytest.raises(CityError):
        find_run(stored.city, sha256="0" * 64)


def test_a_city_without_a_run_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(CityError, match="run dafeng assess"):
        city_view(init(tmp_path / "empty", place="370600"))


def test_a_run_is_frozen_once(stored):
    with pytest.raises(StoreError):
        freeze(stored)
