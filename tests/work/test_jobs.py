"""Jobs: asked for once, worked off by whoever holds the lock, cancelled, begun again; nothing of it depends on a clock."""

from __future__ import annotations

import json
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import dafeng as df
from dafeng.core.errors import LookupFailure, SettingError, StoreError
from dafeng.core.labels import Label
from dafeng.store.files import lock, seal, write_whole
from dafeng.store.models import Job as Row
from dafeng.store.records import open_records
from dafeng.work import job_process
from dafeng.work.deliver import take_upload
from dafeng.work.job_findings import find_findings
from dafeng.work.job_progress import Progress, read_progress, write_progress
from dafeng.work.jobs import find_counting
from dafeng.work.uploads import keep_upload

FIGURES = "指标,年份,数值,单位\n绿色工厂数量,2024,34,家\n"
BEGUN = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def city(tmp_path: Path) -> df.City:
    made = df.init(tmp_path / "qinglan", place="990200")
    (made.folder / "inbox" / "a.csv").write_text(FIGURES, encoding="utf-8")
    return made


def set_row(city: df.City, name: str, **values: object) -> None:
    with open_records(city.records) as records, records.write(actor="test", at=datetime.now(UTC)) as session:
        for key, value in values.items():
            setattr(session.get(Row, name), key, value)


def interrupt(city: df.City, name: str, attempts: int) -> None:
    """As if the process had been killed: the row says running, and nobody holds the lock."""
    set_row(city, name, status="running", options=json.dumps({"given": {}, "attempts": attempts}))


def test_a_job_waits_in_the_name_of_who_asked(city: df.City) -> None:
    made = df.start_job(city, kind="ingest", who="zhang")
    assert (made.state, made.who, made.attempts, df.list_jobs(city)) == ("waiting", "zhang", 0, (made,))


def test_asking_twice_for_what_waits_is_asking_once(city: df.City) -> None:
    assert df.start_job(city, kind="ingest", who="zhang").id == df.start_job(city, kind="ingest", who="wang").id


def test_asking_for_what_runs_is_answered_with_it_until_figures_are_taken_in(city: df.City) -> None:
    made = df.start_job(city, kind="assess", who="zhang")
    set_row(city, made.id, status="running", started_at=datetime.now(UTC))
    again = df.start_job(city, kind="assess", who="wang")
    assert (again.id, again.again, made.again, len(df.list_jobs(city))) == (made.id, True, False, 1)
    assert "waits or runs" in df.job_document(again)["note"]["en"]
    take_upload(city, keep_upload(city, FIGURES.encode(), name="b.csv", who="zhang"), who="zhang")
    later = df.start_job(city, kind="assess", who="wang")
    assert (later.id != made.id, later.again, later.state) == (True, False, "waiting")
    assert df.start_job(city, kind="assess", who="zhang").id == later.id


def test_other_options_are_another_job(city: df.City) -> None:
    first, second = (df.start_job(city, kind="assess", who="zhang", options={"segments": number}) for number in (24, 48))
    assert first.id != second.id


def test_unknown_work_is_refused(city: df.City) -> None:
    with pytest.raises(SettingError, match="teleport"):
        df.start_job(city, kind="teleport", who="zhang")


def test_what_waits_is_worked_off_in_its_order(city: df.City) -> None:
    asked = [df.start_job(city, kind=kind, who="zhang").id for kind in ("ingest", "inventory")]
    assert job_process.work_jobs(city.folder) == 2
    first, second = (df.find_job(city, name) for name in asked)
    assert (first.state, city.facts.read().num_rows, first.ended <= second.began) == ("done", 1, True)  # type: ignore[operator]


TROUBLED = "指标,年份,数值,单位\n绿色工厂数量,2022,abc,家\n绿色工厂数量,2023,30,家\n"


def found_by(city: df.City, job: df.Job) -> list[dict]:
    found = find_findings(city, df.find_job(city, job.id))
    assert found is not None
    return found.lines.window(0, found.lines.count)


def test_a_job_tells_what_it_found_in_the_files_that_it_took_in(city: df.City) -> None:
    (city.folder / "inbox" / "b.csv").write_text(TROUBLED, encoding="utf-8")
    made = df.start_job(city, kind="ingest", who="zhang")
    assert find_findings(city, made) is None
    job_process.work_jobs(city.folder)
    found = find_findings(city, df.find_job(city, made.id))
    assert found is not None
    told, rows = df.job_document(df.find_job(city, made.id), findings=found)["findings"], found_by(city, made)
    assert (told["total"], sum(told["counts"].values())) == (len(rows), len(rows))
    assert "b.csv!C2" in {row["at"] for row in rows}
    assert all(row[part][language] for row in rows for part in ("says", "remedy") for language in ("zh", "en"))


def test_a_file_that_stays_out_is_named(city: df.City) -> None:
    (city.folder / "inbox" / "broken.xlsx").write_bytes(b"no workbook")
    made = df.start_job(city, kind="ingest", who="zhang")
    job_process.work_jobs(city.folder)
    found = find_findings(city, df.find_job(city, made.id))
    assert found is not None
    assert (found.refused, found.counts["error"], city.facts.read().num_rows) == (("broken.xlsx",), 1, 1)


def test_what_an_attempt_found_before_it_was_cut_short_is_told_still(city: df.City) -> None:
    (city.folder / "inbox" / "b.csv").write_text(TROUBLED, encoding="utf-8")
    made = df.start_job(city, kind="ingest", who="zhang")
    job_process.work_jobs(city.folder)
    before = found_by(city, made)
    interrupt(city, made.id, 1)
    job_process.work_jobs(city.folder)
    assert (df.find_job(city, made.id).attempts, found_by(city, made)) == (2, before)


def test_work_that_reads_no_files_is_not_said_to_have_found_nothing(city: df.City) -> None:
    made = df.start_job(city, kind="inventory", who="zhang")
    job_process.work_jobs(city.folder)
    assert find_findings(city, df.find_job(city, made.id)) is None


def test_work_that_cannot_be_done_fails_with_a_remedy(city: df.City) -> None:
    made = df.start_job(city, kind="inventory", who="zhang")  # the city has no year that could be written
    job_process.work_jobs(city.folder)
    failed = df.find_job(city, made.id)
    assert (failed.state, set(failed.says)) == ("failed", {"what", "where", "expected", "remedy"})


def test_the_audit_log_holds_every_change_of_a_job(city: df.City) -> None:
    df.start_job(city, kind="ingest", who="zhang")
    job_process.work_jobs(city.folder)
    with open_records(city.records) as records:
        assert (records.verify(), records.head()[0]) == ((), 3)  # asked for, running, done


def test_a_cancelled_job_is_not_begun(city: df.City) -> None:
    made = df.start_job(city, kind="ingest", who="zhang")
    assert df.cancel_job(city, made.id, who="wang").state == "cancelled"
    assert (job_process.work_jobs(city.folder), city.facts.lots()) == (0, ())


def test_what_ended_cannot_be_cancelled(city: df.City) -> None:
    made = df.start_job(city, kind="ingest", who="zhang")
    job_process.work_jobs(city.folder)
    with pytest.raises(SettingError, match="ended"):
        df.cancel_job(city, made.id, who="wang")


def test_cancelling_leaves_a_process_that_is_at_the_next_job_alone(city: df.City) -> None:
    first, second = (df.start_job(city, kind=kind, who="zhang") for kind in ("ingest", "inventory"))
    for one in (first, second):
        interrupt(city, one.id, attempts=1)
    with lock(city.folder / "jobs"), subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        for one in (first, second):
            write_progress(city.folder / "jobs", one.id, Progress(process.pid, "乙", "second", 0.5, BEGUN.isoformat()))
        told = {"process": process.pid, "job": second.id}
        write_whole(city.folder / "jobs" / "work.json", seal(told))
        df.cancel_job(city, first.id, who="wang")
        alive = process.poll()
        df.cancel_job(city, second.id, who="wang")
        assert (alive, process.wait(10)) == (None, -signal.SIGKILL)


def test_the_job_that_counts_an_upload_is_found_however_many_came_since(city: df.City) -> None:
    upload = keep_upload(city, FIGURES.encode(), name="b.csv", who="zhang")
    assert find_counting(city, upload.id) is None
    take_upload(city, upload, who="zhang")
    lost = df.start_job(city, kind="assess", who="zhang")
    df.cancel_job(city, lost.id, who="zhang")
    made = df.start_job(city, kind="assess", who="zhang")
    for number in range(70):
        df.start_job(city, kind="inventory", who="zhang", options={"year": number})
    found = find_counting(city, upload.id)
    assert found is not None
    assert (found.id, made.id in [one.id for one in df.list_jobs(city)]) == (made.id, False)


def test_a_job_whose_process_is_gone_is_interrupted_and_begun_again(city: df.City) -> None:
    made = df.start_job(city, kind="ingest", who="zhang")
    interrupt(city, made.id, attempts=1)
    assert df.find_job(city, made.id).state == "interrupted"
    job_process.work_jobs(city.folder)
    again = df.find_job(city, made.id)
    assert (again.state, again.attempts) == ("done", 2)


def test_after_three_interruptions_it_is_given_up_with_a_remedy(city: df.City) -> None:
    made = df.start_job(city, kind="ingest", who="zhang")
    interrupt(city, made.id, attempts=3)
    job_process.work_jobs(city.folder)
    given_up = df.find_job(city, made.id)
    assert (given_up.state, set(given_up.says)) == ("failed", {"what", "where", "expected", "remedy"})


def test_only_one_process_works(city: df.City, monkeypatch: pytest.MonkeyPatch) -> None:
    made = df.start_job(city, kind="ingest", who="zhang")
    monkeypatch.setattr(job_process, "PATIENCE", 0.05)
    with lock(city.folder / "jobs"):
        assert job_process.work_jobs(city.folder) == 0
    assert df.find_job(city, made.id).state == "waiting"


def test_a_job_is_running_while_the_lock_is_held(city: df.City) -> None:
    made = df.start_job(city, kind="ingest", who="zhang")
    interrupt(city, made.id, attempts=1)
    with lock(city.folder / "jobs"):
        assert df.find_job(city, made.id).state == "running"


def test_an_assessment_waits_for_none_that_is_under_way(city: df.City) -> None:
    with lock(city.runs.folder), pytest.raises(StoreError, match="is being assessed"):
        df.assess(city, patience=0.05)


def test_a_job_that_meets_another_assessment_says_so(city: df.City, monkeypatch: pytest.MonkeyPatch) -> None:
    made = df.start_job(city, kind="assess", who="zhang")
    monkeypatch.setattr(job_process, "LONG", 0.05)
    with lock(city.runs.folder):
        job_process.work_jobs(city.folder)
    failed = df.find_job(city, made.id)
    assert (failed.state, "dafeng job list" in failed.says["remedy"]["en"]) == ("failed", True)


def test_an_unknown_job_is_refused(city: df.City) -> None:
    with pytest.raises(LookupFailure, match="no job"):
        df.find_job(city, "nothing")


def test_without_a_former_job_the_share_is_that_of_the_steps() -> None:
    assert Progress(1, "乙", "second", 0.5, BEGUN.isoformat()).expect(None, at=BEGUN) == 0.5


def test_with_a_former_job_the_share_follows_its_pace() -> None:
    former = Progress(1, "完成", "done", 1.0, BEGUN.isoformat(), (("甲", "first", 10.0), ("乙", "second", 30.0)))
    now = Progress(2, "乙", "second", 0.5, BEGUN.isoformat(), (("甲", "first", 20.0),))
    # the first step counts as the 10 s it took then; 15 of the second's 30 s are over: 25 of 40
    assert now.expect(former, at=BEGUN + timedelta(seconds=15)) == 25 / 40


def test_a_slower_job_waits_short_of_the_end() -> None:
    former = Progress(1, "完成", "done", 1.0, BEGUN.isoformat(), (("甲", "first", 10.0),))
    late = Progress(2, "甲", "first", 0.0, BEGUN.isoformat())
    assert late.expect(former, at=BEGUN + timedelta(hours=1)) == 0.99


def test_progress_is_read_back_and_damage_is_no_progress(tmp_path: Path) -> None:
    kept = Progress(7, "甲", "first", 0.0, BEGUN.isoformat()).move(Label("乙", "second"), 0.5, at=BEGUN + timedelta(seconds=3))
    write_progress(tmp_path, "one", kept)
    assert (read_progress(tmp_path, "one"), kept.passed) == (kept, (("甲", "first", 3.0),))
    (tmp_path / "one.json").write_text("{", encoding="utf-8")
    assert read_progress(tmp_path, "one") is None
