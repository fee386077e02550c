"""The benchmark harness compares like with like, and prints what the documentation promises."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import harness
from benchmarks.child import timed
from tests.house.tree import ROOT


def run(cpu, value="7"):
    return {"cpu_s": cpu, "wall_s": cpu, "peak_mb": 10 * cpu, "value": value}


def sample(*, peer=True, tolerance=0.0):
    other = harness.Peer(lambda folder: "7", name="other 1.0", settings="its best") if peer else None
    return harness.Case("sample", "subject", lambda folder: "7", lambda folder: None, other, 3, tolerance)


def test_a_row_holds_medians_and_by_how_many_times_the_peer_takes_more():
    # medians by hand: ours 2 of (1, 2, 9), peer 8 of (7, 8, 8); 8 / 2 = 4
    told = harness.row(sample(), [run(1), run(9), run(2)], [run(8), run(7), run(8)])
    assert told == {
        "case": "sample",
        "ours": {"cpu_s": 2, "wall_s": 2, "peak_mb": 20, "value": "7"},
        "peer": {"name": "other 1.0", "settings": "its best", "cpu_s": 8, "wall_s": 8, "peak_mb": 80, "value": "7"},
        "ratio_cpu": 4.0,
        "ratio_peak": 4.0,
    }


def test_a_case_without_peer_has_no_ratio():
    told = harness.row(sample(peer=False), [run(1)], [])
    assert (told["peer"], told["ratio_cpu"], told["ratio_peak"]) == (None, None, None)


def test_a_peer_that_is_not_installed_is_said_to_be_left_out():
    left = dataclasses.replace(sample(peer=False), left_out="it is not installed; make bench-peers")
    told = harness.row(left, [run(1)], [])
    assert (told["peer"], told["peer_left_out"]) == (None, "it is not installed; make bench-peers")
    assert "no ratio: it is not installed; make bench-peers" in harness.table([told])
    assert "peer_left_out" not in harness.row(sample(peer=False), [run(1)], [])


def test_the_ledger_has_its_peer_or_says_how_to_have_it():
    one = harness.cases()["ledger_postgres_hordak"]
    assert (one.peer is None) == bool(one.left_out)
    assert "django-hordak==2.0.0" in (ROOT / "requirements-benchmarks.lock").read_text(encoding="utf-8")
    assert "make bench-peers" in (ROOT / "docs/ledger_benchmarks.md").read_text(encoding="utf-8")
    assert one.peer is not None or "make bench-peers" in one.left_out


def test_sides_that_disagree_give_no_ratio():
    with pytest.raises(harness.BenchmarkError, match="disagree"):
        harness.row(sample(), [run(1, "7")], [run(2, "8")])


def test_numbers_may_differ_by_the_stated_tolerance_only():
    assert harness.agree({"a": [1.0, 2]}, {"a": [1.0000001, 2]}, 1e-6)
    assert not harness.agree({"a": [1.0, 2]}, {"a": [1.001, 2]}, 1e-6)


@pytest.mark.parametrize(("left", "right"), [([1], [1, 2]), ({"a": 1}, {"b": 1}), ("1", 1), ("a", "b")])
def test_different_shapes_never_agree(left, right):
    assert not harness.agree(left, right, 1.0)


def test_a_name_means_a_case_or_all_cases_of_a_subject():
    known = {"sample": sample()}
    assert harness.select("sample", known) == harness.select("subject", known) == harness.select("", known) == [known["sample"]]


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(harness.BenchmarkError, match="there are: sample"):
        harness.select("other", {"sample": sample()})


def test_two_cases_with_one_name_are_refused(monkeypatch):
    monkeypatch.setattr(harness, "_cases", {})
    register = harness.case(prepare=lambda folder: None, name="twice")
    register(lambda folder: 1)
    with pytest.raises(harness.BenchmarkError, match="twice"):
        register(lambda folder: 1)


def test_processor_time_is_counted(tmp_path):
    told = timed(lambda folder: sum(range(2_000_000)), tmp_path)
    assert told["value"] == 1_999_999_000_000
    assert told["cpu_s"] > 0
    assert told["peak_mb"] > 1


def test_every_case_is_found_by_its_name():
    known = harness.cases()
    assert "fact_sum" in known
    assert {one.subject for one in known.values()} <= {path.stem for path in (ROOT / "benchmarks").glob("*.py")}


@pytest.mark.slow
def test_the_command_prints_the_rows_as_json():
    command = [sys.executable, "-m", "benchmarks", "fact_sum", "--json", "--repeats", "1"]
    done = subprocess.run(command, cwd=Path(ROOT), capture_output=True, text=True, check=True)
    (row,) = json.loads(done.stdout)
    assert list(row) == ["case", "ours", "peer", "ratio_cpu", "ratio_peak"]
    assert list(row["ours"]) == ["cpu_s", "wall_s", "peak_mb", "value"]
    assert list(row["peer"]) == ["name", "settings", "cpu_s", "wall_s", "peak_mb", "value"]
    assert row["ours"]["value"] == row["peer"]["value"]


def told_run(cpu, value, **parts):
    return run(cpu, value) | {"parts": parts}


def test_floats_that_agree_are_shown_with_their_difference_and_the_wanted_ratio():
    one = dataclasses.replace(sample(tolerance=1e-6), target=harness.Target(4.0, 2.0))
    told = harness.row(one, [told_run(1, 100.0, solver="a", solver_s=0.5)], [told_run(4, 100.00001)])
    assert told["difference"] == pytest.approx(1e-7)
    assert (told["target_cpu"], told["target_peak"], told["met"]) == (4.0, 2.0, True)
    assert told["ours"]["parts"] == {"solver": "a", "solver_s": 0.5}
    assert "wanted: met" in harness.table([told])


def test_a_ratio_below_what_is_wanted_is_said():
    one = dataclasses.replace(sample(), target=harness.Target(9.0))
    assert harness.row(one, [run(1)], [run(2)])["met"] is False


def test_a_side_may_name_the_seconds_the_case_is_about(tmp_path):
    told = timed(lambda folder: harness.Told(1.0, {"rows": 3}, 0.25), tmp_path)
    assert (told["value"], told["cpu_s"], told["parts"]["rows"]) == (1.0, 0.25, 3)
    assert told["parts"]["process_cpu_s"] >= 0


@pytest.mark.slow
def test_an_energy_case_prints_both_sides_and_what_is_wanted():
    command = [sys.executable, "-m", "benchmarks", "energy_year", "--hours", "48", "--json"]
    done = subprocess.run(command, cwd=Path(ROOT), capture_output=True, text=True, check=True)
    (told,) = json.loads(done.stdout)
    assert told["difference"] < 1e-6
    assert {"network_s", "build_s", "solver_s"} <= told["ours"]["parts"].keys() & told["peer"]["parts"].keys()
    assert told["target_cpu"] == 4.5
