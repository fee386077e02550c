"""Runs: written once, numbered, recognisable."""

from __future__ import annotations

import threading
from datetime import datetime

import pyarrow as pa
import pytest

from dafeng.core.errors import AddressError, StoreError
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.store.runs import RunStore, fingerprint
from tests.store.deliveries import day

TRACE = Trace("targets/YT03", "target", Label("目标", "target"))
MADE_FROM = {"versions": {"dafeng": "0.1"}, "inputs": {"facts": "abc"}, "options": {"year": "2025"}}


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def written(store, number=0, **other):
    run = store.begin(at=day(number), **(MADE_FROM | other))
    return store.write(run, {"results": pa.table({"n": [number]})}, {"view.json": b'{"run": 1}'}, traces=[TRACE])


def test_a_store_without_runs_has_no_latest(store):
    assert (store.latest(), store.list(), store.sweep()) == (None, (), ())


def test_a_run_is_opened_as_it_was_begun(store):
    run = written(store)
    assert store.open(run.id) == run


def test_a_table_of_a_run_is_read_back(store):
    assert store.read(written(store, 4).id, "results") == pa.table({"n": [4]})


def test_a_document_of_a_run_is_read_back(store):
    assert store.document(written(store).id, "view.json") == b'{"run": 1}'


def test_a_trace_of_a_run_is_found_by_its_address(store):
    assert store.trace(written(store).id, "targets/YT03") == TRACE


def test_all_traces_of_a_run_are_read_by_address(store):
    assert store.traces(written(store).id) == {"targets/YT03": TRACE}


def test_an_unknown_address_is_refused(store):
    with pytest.raises(AddressError, match="targets/YT99"):
        store.trace(written(store).id, "targets/YT99")


def test_a_run_without_traces_knows_no_address(store):
    run = store.write(store.begin(at=day(0), **MADE_FROM), {}, {})
    with pytest.raises(AddressError):
        store.trace(run.id, "targets/YT03")


def test_a_re_run_is_a_new_run_with_the_same_fingerprint(store):
    first, second = written(store), written(store, 1)
    assert (first.serial, second.serial, first.fingerprint == second.fingerprint) == (1, 2, True)


@pytest.mark.parametrize("changed", ["versions", "inputs", "options"])
def test_a_run_of_something_else_has_another_fingerprint(changed):
    assert fingerprint(**MADE_FROM) != fingerprint(**(MADE_FROM | {changed: {"facts": "other"}}))


def test_the_fingerprint_ignores_the_order_of_inputs():
    assert fingerprint({"a": "1", "b": "2"}, {}, {}) == fingerprint({"b": "2", "a": "1"}, {}, {})


def test_the_latest_run_is_the_one_begun_last(store):
    early = store.begin(at=day(0), **MADE_FROM)
    late = written(store, 1)
    store.write(early, {}, {})
    assert (store.latest().id, [run.serial for run in store.list()]) == (late.id, [1, 2])


def test_a_run_is_not_seen_before_it_is_written(store):
    run = store.begin(at=day(0), **MADE_FROM)
    with pytest.raises(StoreError, match="no run"):
        store.open(run.id)


def test_a_run_is_never_written_twice(store):
    run = written(store)
    with pytest.raises(StoreError, match="written before"):
        store.write(run, {}, {})


def test_a_run_of_another_store_is_not_written_here(store, tmp_path):
    run = RunStore(tmp_path / "other").begin(at=day(0), **MADE_FROM)
    with pytest.raises(StoreError, match="not begun here"):
        store.write(run, {}, {})


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "run.json", "traces.parquet", "a" * 101, "中文.json"])
def test_a_name_that_is_no_file_name_is_refused(store, name):
    run = store.begin(at=day(0), **MADE_FROM)
    with pytest.raises(StoreError, match="cannot be the name"):
        store.write(run, {}, {name: b""})


def test_a_table_and_a_document_of_one_name_are_refused(store):
    run = store.begin(at=day(0), **MADE_FROM)
    with pytest.raises(StoreError, match="is taken"):
        store.write(run, {"a": pa.table({"n": [1]})}, {"a.parquet": b""})


@pytest.mark.parametrize("name", ["ghosts", "../run", ""])
def test_a_table_that_is_not_in_the_run_is_refused(store, name):
    with pytest.raises(StoreError, match="the run has no"):
        store.read(written(store).id, name)


@pytest.mark.parametrize("run", ["0009-00000000", "..", "", "0001"])
def test_a_run_that_does_not_exist_is_refused(store, run):
    written(store)
    with pytest.raises(StoreError, match="there is no run"):
        store.read(run, "results")


def test_a_run_needs_an_instant_with_time_zone(store):
    with pytest.raises(StoreError, match="time zone"):
        store.begin(at=datetime(2026, 1, 1), **MADE_FROM)  # noqa: DTZ001 - the fault


def test_what_an_ended_process_left_is_swept(store):
    run = store.begin(at=day(0), **MADE_FROM)
    assert (store.sweep(), store.list(), run.serial) == ((".0001",), (), 1)


def test_runs_begun_at_once_have_different_numbers(store):
    serials: list[int] = []
    threads = [threading.Thread(target=lambda: serials.append(written(store).serial)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(serials) == list(range(1, 9))
