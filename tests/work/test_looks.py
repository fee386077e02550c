"""Looking at a large file in the background: made once, kept, cancelled, killed, begun again."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

import dafeng as df
from dafeng.core.errors import StoreError
from dafeng.store.lines import EVERY, write_lines
from dafeng.work.deliver import map_upload, take_upload
from dafeng.work.job_lock import launch
from dafeng.work.job_process import work_jobs
from dafeng.work.jobs import cancel_job, find_job, list_jobs
from dafeng.work.look_jobs import SMALL, ask_look, find_looking, look_document
from dafeng.work.looks import FOLDER, SUMMARY, lay_out, read_look
from dafeng.work.upload_preview import preview_upload
from dafeng.work.upload_state import Upload, upload_folder
from dafeng.work.uploads import find_upload, keep_upload
from tests.work.large_files import large_table


@pytest.fixture
def city(tmp_path: Path) -> df.City:
    return df.init(tmp_path / "qinglan", place="990200")


def hand_in(city: df.City, rows: int = 3000) -> Upload:
    return keep_upload(city, large_table(rows), name="月报.csv", who="张三")


def wait_until(city: df.City, name: str, *steps: str) -> df.Job:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        job = find_job(city, name)
        if not job.live or (job.progress is not None and job.progress.en in steps):
            return job
        time.sleep(0.005)
    raise AssertionError(f"{name} is not at {steps}")


@pytest.mark.parametrize(("first", "most"), [(0, 3), (EVERY - 1, 2), (120, 50), (124, 9), (125, 1), (500, 5)])
def test_a_window_of_a_file_is_the_window_of_the_list(tmp_path: Path, first: int, most: int) -> None:
    rows = [{"number": number, "says": "第\n行"} for number in range(125)]
    filed = write_lines(tmp_path / "rows.jsonl", rows)
    assert (filed.count, filed.window(first, most)) == (125, rows[first : first + most])


def test_a_damaged_file_of_rows_is_refused_by_name(tmp_path: Path) -> None:
    filed = write_lines(tmp_path / "rows.jsonl", [{"number": 1}])
    filed.path.write_bytes(b"{")
    with pytest.raises(StoreError, match=r"rows\.jsonl"):
        filed.window(0, 1)


def test_a_kept_look_says_what_looking_says(city: df.City) -> None:
    upload = hand_in(city, 20_000)
    assert ask_look(city, upload, who="张三") is not None
    assert work_jobs(city.folder) == 1
    kept, fresh = read_look(city, upload), lay_out(preview_upload(city, upload), upload.name)
    assert kept is not None
    assert {name: kept.summary[name] for name in fresh.summary} == json.loads(json.dumps(fresh.summary))
    assert (kept.findings.window(0, 10**6), kept.findings.count) == (fresh.findings.window(0, 10**6), 120)
    assert kept.sheets[0].window(19_990, 50) == fresh.sheets[0].window(19_990, 50)
    assert (kept.summary["figures"], city.facts.lots()) == (19_880, ())


def test_a_small_file_needs_no_job_and_a_large_one_is_made_once(city: df.City) -> None:
    small = keep_upload(city, large_table(SMALL - 1, spoilt=0), name="a.csv", who="张三")
    assert (ask_look(city, small, who="张三"), find_looking(city, small).state) == (None, "small")
    upload = hand_in(city)
    asked = [ask_look(city, upload, who=who) for who in ("张三", "李四")]
    assert (asked[0], len(list_jobs(city)), find_looking(city, upload).state) == (asked[1], 1, "waiting")
    work_jobs(city.folder)
    assert (ask_look(city, upload, who="李四"), find_looking(city, upload).state, len(list_jobs(city))) == (None, "done", 1)


@pytest.mark.slow
def test_who_asks_while_it_runs_gets_the_running_one(city: df.City) -> None:
    upload = hand_in(city, 8000)
    made = ask_look(city, upload, who="张三")
    assert made is not None
    process = launch(city)
    wait_until(city, made.id, "opening the file", "reading cell by cell")
    again = ask_look(city, upload, who="李四")
    process.wait()
    assert (again is not None and again.id, len(list_jobs(city)), find_looking(city, upload).state) == (made.id, 1, "done")


@pytest.mark.slow
def test_a_look_that_is_killed_leaves_nothing_half_and_is_begun_again(city: df.City) -> None:
    upload = hand_in(city, 8000)
    made = ask_look(city, upload, who="张三")
    assert made is not None
    for step in ("reading cell by cell", "keeping what was found"):
        process = launch(city)
        wait_until(city, made.id, step)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        killed = find_looking(city, upload)
        assert (killed.state, find_upload(city, upload.id), city.facts.lots()) == ("interrupted", upload, ())
        assert (upload_folder(city, upload.id) / FOLDER / SUMMARY).is_file() is (killed.look is not None)
    work_jobs(city.folder)
    done = find_looking(city, upload)
    assert done.look is not None
    assert (done.state, done.look.findings.count, find_job(city, made.id).attempts) == ("done", 120, 3)
    assert len(list((upload_folder(city, upload.id) / FOLDER).glob("*.jsonl"))) == 2


@pytest.mark.slow
def test_a_cancelled_look_leaves_the_file_and_can_be_asked_for_again(city: df.City) -> None:
    upload = hand_in(city, 8000)
    made = ask_look(city, upload, who="张三")
    assert made is not None
    process = launch(city)
    wait_until(city, made.id, "reading cell by cell")
    cancel_job(city, made.id, who="李四")
    process.wait()
    assert (find_looking(city, upload).state, read_look(city, upload), find_upload(city, upload.id)) == (
        "cancelled",
        None,
        upload,
    )
    again = ask_look(city, upload, who="李四")
    work_jobs(city.folder)
    assert (again is not None and again.id != made.id, find_looking(city, upload).state) == (True, "done")


def test_other_names_of_columns_are_looked_at_anew(city: df.City) -> None:
    upload = hand_in(city)
    ask_look(city, upload, who="张三")
    named = map_upload(city, upload, {"填报单位": ""}, who="张三")
    assert (find_looking(city, named).state, read_look(city, named)) == ("none", None)
    ask_look(city, named, who="张三")
    assert work_jobs(city.folder) == 2
    look = find_looking(city, named).look
    assert look is not None
    assert [one["meaning"] for one in look.summary["sheets"][0]["columns"]][-1] == ""
    assert read_look(city, upload) is None


def test_new_facts_beside_it_are_told_and_what_was_taken_in_stays(city: df.City) -> None:
    upload = hand_in(city)
    ask_look(city, upload, who="张三")
    work_jobs(city.folder)
    other = keep_upload(city, "指标,年份,数值,单位\n能源消费总量,2024,551,万吨标准煤\n".encode(), name="b.csv", who="张三")
    take_upload(city, other, who="张三")
    stale = look_document(find_looking(city, upload))
    assert (stale["state"], stale["figures"], stale["findings"]) == ("stale", 2880, {"error": 120, "warning": 0, "info": 0})
    assert ask_look(city, upload, who="张三") is not None
    work_jobs(city.folder)
    assert find_looking(city, take_upload(city, upload, who="张三")).state == "done"
