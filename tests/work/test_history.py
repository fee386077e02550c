"""Earlier runs: read from what they stored, the newest first, and a damaged one is left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.store.runs import RunStore
from dafeng.work.history import VIEW, read_history, read_past

AT = datetime(2026, 1, 2, tzinfo=UTC)


def write(store, verdict, value=None):
    run = store.begin(at=AT, versions={}, inputs={"a.csv": verdict * 8})
    rows = [{"target": "T1", "verdict": verdict, "field": "energy"}]
    said = {"id": run.id, "at": AT.isoformat(), "inputs": [{"name": "a.csv", "sha256": verdict * 8}]}
    view = {"run": said, "year": 2025, "verdicts": rows}
    told = [Trace("scores/x", "score", Label("数", "figure"), value=value, unit="t")] if value else []
    return store.write(run, {}, {VIEW: json.dumps(view).encode()}, traces=told).id


def test_the_runs_before_the_shown_one_stand_newest_first(tmp_path):
    store = RunStore(tmp_path / "runs")
    names = [write(store, verdict) for verdict in ("met", "behind", "off_course")]
    found = read_history(store, before=names[2])
    assert [(run["run"], run["verdicts"]["T1"]["verdict"]) for run in found] == [(names[1], "behind"), (names[0], "met")]
    assert [run["run"] for run in read_history(store, before=names[1])] == [names[0]]


def test_only_so_many_runs_are_read(tmp_path):
    store = RunStore(tmp_path / "runs")
    names = [write(store, verdict) for verdict in ("met", "behind", "off_course")]
    assert [run["run"] for run in read_history(store, before=names[2], most=1)] == [names[1]]


def test_a_damaged_run_is_left_out(tmp_path):
    store = RunStore(tmp_path / "runs")
    names = [write(store, verdict) for verdict in ("met", "behind", "off_course")]
    (tmp_path / "runs" / names[1] / VIEW).write_bytes(b"{}")
    assert [run["run"] for run in read_history(store, before=names[2])] == [names[0]]


def test_the_first_run_has_no_history(tmp_path):
    store = RunStore(tmp_path / "runs")
    assert read_history(store, before=write(store, "met")) == ()


def test_what_earlier_runs_said_of_a_number_is_told(tmp_path):
    store = RunStore(tmp_path / "runs")
    names = [write(store, "met", value) for value in (None, "20", "25", "30")]
    past = read_past(store, read_history(store, before=names[3]), "scores/x")
    assert [(one["run"], one["known"], one["value"]) for one in past] == [
        (names[2], True, "25"),
        (names[1], True, "20"),
        (names[0], False, None),
    ]
    assert len(read_past(store, read_history(store, before=names[3]), "scores/x", most=1)) == 1
