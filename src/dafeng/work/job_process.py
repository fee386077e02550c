"""The process that works off the jobs of a city: ``python -m dafeng.work.job_process CITY``.

Invariant: only the holder of the lock changes a job from waiting to running and on; killed at any instruction, the next process
finds what ran, counts the attempt and begins it again.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from dafeng.core.errors import DafengError, StoreError
from dafeng.core.labels import Label, Language
from dafeng.store.files import lock
from dafeng.store.jobs import read_next, read_running
from dafeng.store.models import Job as Row
from dafeng.store.records import Records, open_records
from dafeng.work.assess import Report, assess
from dafeng.work.city import City, open_city
from dafeng.work.ingest import Ingested, ingest
from dafeng.work.inventory import inventory
from dafeng.work.job_findings import keep_findings
from dafeng.work.job_lock import FOLDER, note_work
from dafeng.work.job_progress import LATEST, Progress, write_progress
from dafeng.work.jobs import KINDS, LOOK, NOTED, moves_path
from dafeng.work.look_jobs import make_look
from dafeng.work.moves import keep_moves
from dafeng.work.save_inventory import save_inventory

MOST_ATTEMPTS = 3
"""How often a job is begun before it is given up."""
PATIENCE = 5.0
"""How long to wait for the lock, which whoever looks holds for an instant. [s]"""
LONG = 86_400.0
"""How long a job waits for an assessment that was begun in the command line. [s]"""
ACTOR = "job"
"""In whose name the audit log notes what the process does."""
BEGIN = Label("准备", "getting ready")
GENTLE = 5
"""How much processor time is left to the pages, as ``nice`` takes it."""


def work_jobs(folder: Path | str) -> int:
    """Do what waits, one job after another.

    Parameters
    ----------
    folder : Path or str
        City folder.

    Returns
    -------
    int
        Number of jobs that came to an end; 0 where another process works on them.

    Raises
    ------
    CityError
        If the folder is no city.
    """
    city = open_city(Path(folder))
    (city.folder / FOLDER).mkdir(exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(lock(city.folder / FOLDER, patience=PATIENCE))
        except StoreError:
            return 0
        note_work(city, "")
        records = held.enter_context(open_records(city.records))
        _settle(records)
        count = 0
        while (found := _take(city, records)) is not None:
            _do(city, records, *found)
            count += 1
        return count


def _settle(records: Records) -> None:
    """What was running when the process before was killed waits again, or is given up."""
    at = datetime.now(UTC)
    with records.write(actor=ACTOR, at=at) as session:
        for row in read_running(session):
            if json.loads(row.options)["attempts"] < MOST_ATTEMPTS:
                row.status = "waiting"
            else:
                row.status, row.ended_at, row.says = "failed", at, _spell(_given_up(row))


def _take(city: City, records: Records) -> tuple[str, str, Mapping[str, Any]] | None:
    """Mark the oldest waiting job as running; where its process is to be found is written before."""
    at = datetime.now(UTC)
    with records.write(actor=ACTOR, at=at) as session:
        row = read_next(session)
        if row is None:
            return None
        told = json.loads(row.options)
        note_work(city, row.id)
        write_progress(city.folder / FOLDER, row.id, Progress(os.getpid(), BEGIN.zh, BEGIN.en, 0.0, at.isoformat()))
        row.options = json.dumps({**told, "attempts": told["attempts"] + 1}, ensure_ascii=False, sort_keys=True)
        row.status, row.started_at = "running", at
        return row.id, row.verb, told["given"]


def _do(city: City, records: Records, name: str, kind: str, given: Mapping[str, Any]) -> None:
    reporter = _Reporter(city.folder / FOLDER, name)
    try:
        made = _WORK[kind](city, given, reporter.tell)
        if made.run:
            reporter.tell(Label("对比上次结果", "comparing with the run before"), MOST_DONE)
            keep_moves(city, made.run, moves_path(city, name))
        if made.taken is not None:
            keep_findings(city, name, made.taken)
    except DafengError as cause:
        _end(records, name, "failed", says=_spell(cause))
    except OSError as cause:
        _end(records, name, "failed", says=_spell(_disk(city, cause)))
    except DEFECTS as cause:
        _end(records, name, "failed", says=_spell(_defect(kind, cause)))
    else:
        reporter.end(kind)
        _end(records, name, "done", run=made.run)


DEFECTS = (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)
"""What a defect of the programme ends in; it is told as one, and the next job is taken."""
MOST_DONE = 0.97


def _end(records: Records, name: str, status: str, *, run: str | None = None, says: str | None = None) -> None:
    at = datetime.now(UTC)
    with records.write(actor=ACTOR, at=at) as session:
        row = session.get(Row, name)
        if row is not None and row.status == "running":
            row.status, row.ended_at, row.run, row.says = status, at, run or None, says
            row.done_share = 1.0 if status == "done" else row.done_share


class _Reporter:
    """Writes how far a job is, each time a step begins."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._now = Progress(os.getpid(), BEGIN.zh, BEGIN.en, 0.0, datetime.now(UTC).isoformat())

    def tell(self, step: Label, share: float) -> None:
        self._now = self._now.move(step, share, at=datetime.now(UTC))
        write_progress(self._folder, self._name, self._now)

    def end(self, kind: str) -> None:
        """Keep the pace for the next one."""
        self.tell(Label("完成", "done"), 1.0)
        write_progress(self._folder, LATEST + kind, self._now)


class _Made(NamedTuple):
    """What a job brought: the run that it made, what it took in."""

    run: str = ""
    taken: Ingested | None = None


def _assess(city: City, given: Mapping[str, Any], report: Report) -> _Made:
    made = assess(city, year=given.get("year"), segments=given.get("segments"), report=report, patience=LONG)
    return _Made(made.run.id)


def _ingest(city: City, given: Mapping[str, Any], report: Report) -> _Made:  # noqa: ARG001 - the form of all kinds
    report(KINDS["ingest"], 0.1)
    return _Made(taken=ingest(city))


def _inventory(city: City, given: Mapping[str, Any], report: Report) -> _Made:
    report(Label("核算", "account"), 0.1)
    found = inventory(city)
    folder = city.folder / "reports" / "inventory"
    folder.mkdir(parents=True, exist_ok=True)
    languages: tuple[Language, ...] = ("zh", "en")
    for number, language in enumerate(languages):
        report(Label("写清单文件", "writing the files"), 0.5 + 0.2 * number)
        save_inventory(city, found, folder / f"inventory_{language}.xlsx", year=given.get("year"), language=language)
    return _Made()


def _look(city: City, given: Mapping[str, Any], report: Report) -> _Made:
    make_look(city, str(given["upload"]), key=str(given["key"]), report=report)
    return _Made()


_WORK: Mapping[str, Callable[[City, Mapping[str, Any], Report], _Made]] = {
    "assess": _assess,
    "ingest": _ingest,
    "inventory": _inventory,
    LOOK: _look,
}


def _spell(cause: DafengError) -> str:
    parts = {"what": cause.what, "expected": cause.expected, "remedy": cause.remedy}
    told = {name: {"zh": one.zh, "en": one.en} for name, one in parts.items()}
    return json.dumps({**told, "where": cause.where}, ensure_ascii=False, sort_keys=True)


def _given_up(row: Row) -> StoreError:
    return StoreError(
        Label(f"任务被中断 {MOST_ATTEMPTS} 次，不再重试", f"the job was interrupted {MOST_ATTEMPTS} times and is given up"),
        where=f"{FOLDER}/work.log",
        expected=Label("进程不被终止，内存和磁盘足够", "a process that nobody kills, with enough memory and disk"),
        remedy=Label(
            f"查明原因后重新发起（{NOTED[row.verb].zh}）", f"find out why, then start it again ({NOTED[row.verb].en})"
        ),
    )


def _disk(city: City, cause: OSError) -> StoreError:
    return StoreError(
        Label(f"磁盘不能写（{cause.strerror}）；原有结果不变", f"the disk refused ({cause.strerror}); what was there stays"),
        where=str(cause.filename or city.folder),
        expected=Label("可写且有空间的磁盘", "a disk that can be written, with room"),
        remedy=Label("腾出空间或检查权限，然后重新发起", "make room or check permissions, then start it again"),
    )


def _defect(kind: str, cause: Exception) -> StoreError:
    said = f"{type(cause).__name__}: {cause}"
    return StoreError(
        Label(f"程序出错（{said}）；原有结果不变", f"the programme failed ({said}); what was there stays"),
        where=kind,
        expected=Label("程序自己说明的拒绝", "a refusal that the programme words itself"),
        remedy=Label("用命令行再做一次，并把所见报告给维护者", "do it once more on the command line and report what it says"),
    )


def main() -> None:
    """Work off the jobs of the city that the command line names."""
    with suppress(OSError, AttributeError):
        os.nice(GENTLE)
    try:
        work_jobs(sys.argv[1])
    except DafengError as cause:
        sys.exit(str(cause))


if __name__ == "__main__":
    main()
