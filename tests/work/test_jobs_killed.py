"""kill -9 of a server and of a job, and a full disk: what was acknowledged is there, and everything is as before or after.

The number of kills is 20, or what the variable ``DAFENG_KILLS`` says.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

import dafeng as df
from dafeng.store.records import open_records
from dafeng.work.job_lock import is_busy, launch
from dafeng.work.job_progress import read_progress
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("DAFENG_KILLS", "20"))
ROOM = 1_000_000
"""Largest file of a full disk: the records fit, the document of a run (2 MB) does not. [bytes]"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was found after a server was killed many times while files were handed in and taken in."""
    folder = tmp_path_factory.mktemp("killed")
    command = [sys.executable, "-m", "tests.work.killed_server", str(folder), str(KILLS), "20261122"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=1800)
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout))


def test_the_server_was_killed_at_work(killed: dict[str, Any]) -> None:
    assert (killed["cut"], killed["kept"] > KILLS / 3, killed["taken"] > KILLS / 5) == (KILLS, True, True)


def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(killed: dict[str, Any]) -> None:
    assert killed["faults"] == []


def test_doing_again_what_was_interrupted_takes_every_file_in_once(killed: dict[str, Any]) -> None:
    assert (killed["files"], killed["left"]) == (killed["uploads"], [])


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> df.City:
    """A city with one run."""
    made = df.init(tmp_path_factory.mktemp("city") / "qinglan", place="990200")
    df.assess(made)
    return made


def sound(city: df.City) -> bool:
    """Whether records, facts and runs are what was written."""
    with open_records(city.records) as records:
        faults = [*records.verify(), *city.facts.verify(), *city.runs.verify()]
    return [one for one in faults if one.severity == "error"] == []


def wait_for(city: df.City, name: str, *steps: str, patience: float = 900.0) -> df.Job:
    """Look until a job does one of some steps, or has ended."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        job = df.find_job(city, name)
        if not job.live or (job.progress is not None and job.progress.en in steps):
            return job
        time.sleep(0.02)
    raise AssertionError(f"{name} is not at {steps}")


@pytest.mark.parametrize("step", ["account", "present"])
def test_a_job_that_is_killed_leaves_before_or_after_and_is_begun_again(city: df.City, step: str) -> None:
    before = [run.id for run in city.runs.list()]
    made = df.start_job(city, kind="assess", who="zhang")
    process = launch(city)
    wait_for(city, made.id, step)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    killed, after = df.find_job(city, made.id), [run.id for run in city.runs.list()]
    assert (killed.state, sound(city), after[: len(before)], len(after) - len(before) <= (step == "present")) == (
        "interrupted", True, before, True,
    )  # fmt: skip
    assert launch(city).wait() == 0
    done = df.find_job(city, made.id)
    assert (done.state, done.attempts, done.run, sound(city)) == ("done", 2, city.runs.list()[-1].id, True)
    assert (city.folder / "reports" / "latest").read_text().strip() == done.run
    assert not list(city.runs.folder.glob(".[0-9]*"))


def test_cancel_stops_within_two_seconds_and_leaves_the_former_run(city: df.City) -> None:
    before = [run.id for run in city.runs.list()]
    made = df.start_job(city, kind="assess", who="zhang")
    process = launch(city)
    wait_for(city, made.id, "account")
    begun = time.monotonic()
    assert df.cancel_job(city, made.id, who="zhang").state == "cancelled"
    process.wait()
    assert (time.monotonic() - begun < 2, is_busy(city), [run.id for run in city.runs.list()]) == (True, False, before)


def test_a_full_disk_fails_the_job_and_leaves_the_former_run(city: df.City) -> None:
    before = [run.id for run in city.runs.list()]
    made = df.start_job(city, kind="assess", who="zhang")
    command = [sys.executable, "-m", "dafeng.work.job_process", str(city.folder)]
    limited = subprocess.run(
        command, cwd=ROOT, check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
    )
    failed = df.find_job(city, made.id)
    assert (limited.returncode, failed.state, "disk" in failed.says["what"]["en"]) == (0, "failed", True)
    assert ([run.id for run in city.runs.list()], sound(city)) == (before, True)


def test_the_progress_of_a_job_that_was_done_is_the_pace_of_the_next(city: df.City) -> None:
    pace = read_progress(city.folder / "jobs", "latest-assess")
    assert pace is not None
    assert {name for _, name, _ in pace.passed} >= {"account", "project", "present"}
