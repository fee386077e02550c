"""Long work in the background: asked for, waiting, running, ended; one piece at a time for a city.

Invariant: a job is a row of the records before anybody is told that it was asked for. Whether one is under way is what the
operating system says: whoever works holds the lock of ``jobs``, which drops when the process ends, however it ends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.store.jobs import add_job, find_same, is_asked, read_about, read_first, read_job, read_jobs, read_running
from dafeng.store.models import Job as Row
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.job_lock import FOLDER, is_busy, stop, wait_for
from dafeng.work.job_progress import Progress, find_former, read_progress
from dafeng.work.moves import Moves, read_moves
from dafeng.work.review import using

KINDS: Mapping[str, Label] = {
    "assess": Label("全流程评估", "assessment"),
    "ingest": Label("数据入库", "taking in data"),
    "inventory": Label("生成清单文件", "inventory files"),
}
"""What can be asked for; each may be begun again after an interruption, since it leaves its folder as before or after."""
LOOK = "look"
"""Looking at a large file that was handed in; asked for with the file, never for itself."""
NOTED: Mapping[str, Label] = {
    **KINDS,
    LOOK: Label("查看上报文件", "looking at a file"),
    "scenario": Label("保存情景", "keeping a scenario"),
    "map": Label("区市边界", "boundary of the districts"),
}
"""What the list names: what can be asked for, what follows from a form, and what is noted when it is done."""
ENDED = ("done", "failed", "cancelled")
LOST = ("failed", "cancelled")
"""States of a job that brought nothing."""
AGAIN = Label(
    "同一任务已在等待或进行，没有重复发起；其间改动的内容若要计入，请在它结束后再发起",
    "the same job waits or runs already, so no second one was begun; start it again when it is done if something was changed",
)
SHOWN = 60
"""Jobs that are listed."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work that was asked for.

    Parameters
    ----------
    id : str
        Its id.
    kind : str
        One of `KINDS`.
    who : str
        Who asked.
    at : datetime
        When.
    state : {"waiting", "running", "interrupted", "done", "failed", "cancelled"}
        ``interrupted``: its process was killed; it is begun again.
    options : mapping of str to object
        What was chosen.
    attempts : int
        How often it was begun.
    share : float
        Share done, by the pace of the one before where there was one. [0..1]
    progress : Progress or None
        What is being done, and since when.
    began, ended : datetime or None
        When it was begun and ended.
    run : str
        The run that it made; empty where it made none.
    says : mapping of str to object
        What went wrong: ``what``, ``where``, ``expected``, ``remedy``.
    again : bool
        Whether it was there already when it was asked for.
    """

    id: str
    kind: str
    who: str
    at: datetime
    state: str
    options: Mapping[str, Any]
    attempts: int
    share: float
    progress: Progress | None
    began: datetime | None
    ended: datetime | None
    run: str
    says: Mapping[str, Any]
    again: bool = False

    @property
    def live(self) -> bool:
        """Whether it is still to come to an end."""
        return self.state not in ENDED


def start_job(
    city: City, *, kind: str = "assess", who: str, options: Mapping[str, Any] | None = None, records: Records | None = None
) -> Job:
    """Ask for a piece of work.

    Parameters
    ----------
    city : City
        The city.
    kind : str, optional
        One of `KINDS`.
    who : str
        Who asks.
    options : mapping, optional
        What is chosen, e.g. ``{"segments": 24}``.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Job
        Waiting. Where the same work waits already, or runs and nothing was taken in since it was begun, that one (``again``).

    Raises
    ------
    SettingError
        If no such work is known.
    StoreError
        If the records cannot be written; nothing was asked for.
    """
    if kind not in KINDS:
        raise _unknown_kind(kind)
    chosen = json.dumps({"given": dict(options or {}), "attempts": 0}, ensure_ascii=False, sort_keys=True)
    at = datetime.now(UTC)
    with using(city, records) as opened, opened.write(actor=who, at=at) as session:
        there = find_same(session, kind, dict(options or {}))
        name = there or add_job(session, kind, chosen, at=at)
    return replace(find_job(city, name, records=records), again=there is not None)


def start_look(city: City, given: Mapping[str, Any], *, who: str, records: Records | None = None) -> Job:
    """Ask for a look at a file that was handed in.

    Parameters
    ----------
    city, who, records
        As for `start_job`.
    given : mapping
        ``upload``, ``file`` and ``key`` as `dafeng.work.look_jobs` words them.

    Returns
    -------
    Job
        Waiting, or the very same look where it waits or runs already: whoever asks, it is made once.
    """
    chosen = json.dumps({"given": dict(given), "attempts": 0}, ensure_ascii=False, sort_keys=True)
    at = datetime.now(UTC)
    with using(city, records) as opened, opened.write(actor=who, at=at) as session:
        running = [row.id for row in read_running(session) if row.verb == LOOK and json.loads(row.options)["given"] == given]
        name = running[0] if running else add_job(session, LOOK, chosen, at=at)
    return find_job(city, name, records=records)


def find_look(city: City, upload: str, *, records: Records | None = None) -> Job | None:
    """The look at a file that was asked for last.

    Parameters
    ----------
    city, upload, records
        As for `find_counting`.

    Returns
    -------
    Job or None
        ``None`` where nobody asked.
    """
    with using(city, records) as opened, opened.read() as session:
        found = read_about(session, LOOK, f'"upload": "{upload}"')
    return _job(city, *found, busy=found[0].status == "running" and is_busy(city)) if found is not None else None


def list_jobs(city: City, *, records: Records | None = None) -> tuple[Job, ...]:
    """The jobs of a city.

    Parameters
    ----------
    city : City
        The city.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    tuple of Job
        The newest first.
    """
    with using(city, records) as opened, opened.read() as session:
        rows = read_jobs(session, most=SHOWN)
    busy = any(row.status == "running" for row, _ in rows) and is_busy(city)
    return tuple(_job(city, row, who, busy=busy) for row, who in rows)


def find_job(city: City, id: str, *, records: Records | None = None) -> Job:
    """A job.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Its id.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Job
        As it stands.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    with using(city, records) as opened, opened.read() as session:
        found = read_job(session, id)
    if found is None:
        raise LookupFailure(
            Label(f"没有任务“{id[:60]}”", f"there is no job '{id[:60]}'"),
            where=city.slug,
            expected=Label("任务清单中的编号", "an id of the list of jobs"),
            remedy=Label(f"用 dafeng job list {city.folder} 查看", f"dafeng job list {city.folder} shows them"),
        )
    row, who = found
    return _job(city, row, who, busy=row.status == "running" and is_busy(city))


def find_counting(city: City, upload: str, *, records: Records | None = None) -> Job | None:
    """The assessment that counts an upload, or will: the first one that was asked for after it was taken in.

    Parameters
    ----------
    city : City
        The city.
    upload : str
        Id of the upload.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Job or None
        ``None`` where it was not taken in, or nobody asked since.
    """
    with using(city, records) as opened, opened.read() as session:
        taken = session.get(Row, f"upload-{upload}")
        found = read_first(session, "assess", after=taken.created_at, passed_over=LOST) if taken is not None else None
    return _job(city, *found, busy=found[0].status == "running" and is_busy(city)) if found is not None else None


def cancel_job(city: City, id: str, *, who: str, records: Records | None = None) -> Job:
    """Stop a job, or take back one that waits; what the city showed before stays.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Its id.
    who : str
        Who cancels.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Job
        Cancelled; its process is gone.

    Raises
    ------
    LookupFailure
        If there is none.
    SettingError
        If it has ended already.
    """
    before = find_job(city, id, records=records)
    at = datetime.now(UTC)
    with using(city, records) as opened, opened.write(actor=who, at=at) as session:
        row = session.get(Row, id)
        if row is None or row.status in ENDED:
            raise _ended(before)
        running = row.status == "running"
        if running:
            stop(city, id)  # while the records are being written its process can begin no other job
        row.status, row.ended_at = "cancelled", at
    if running:
        wait_for(city, id)
    return find_job(city, id, records=records)


def job_moves(city: City, id: str) -> Moves | None:
    """What moved when a job was done.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the job.

    Returns
    -------
    Moves or None
        ``None`` where it made no run.
    """
    return read_moves(moves_path(city, id))


def moves_path(city: City, id: str) -> Path:
    """File with what moved when a job was done.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the job.

    Returns
    -------
    Path
        It need not be there.
    """
    return city.folder / FOLDER / f"{id}.moves.json"


def has_work(records: Records) -> bool:
    """Whether anything waits, or was running when its process ended.

    Parameters
    ----------
    records : Records
        Open records of the city.

    Returns
    -------
    bool
        True where there is something to work off, or something runs.
    """
    with records.read() as session:
        return is_asked(session)


def _job(city: City, row: Row, who: str, *, busy: bool) -> Job:
    told = json.loads(row.options)
    progress = read_progress(city.folder / FOLDER, row.id)
    state = "interrupted" if row.status == "running" and not busy else row.status
    share = row.done_share
    if state == "running" and progress is not None:
        share = progress.expect(find_former(city.folder / FOLDER, row.verb), at=datetime.now(UTC))
    return Job(
        id=row.id,
        kind=row.verb,
        who=who,
        at=row.created_at,
        state=state,
        options=told.get("given", told),
        attempts=int(told.get("attempts", 1)),
        share=share,
        progress=progress,
        began=row.started_at,
        ended=row.ended_at,
        run=row.run or "",
        says=_read_says(row.says),
    )


def _read_says(text: str | None) -> Mapping[str, Any]:
    """What went wrong; the remark of an upload is plain text."""
    if not text:
        return {}
    if not text.startswith("{"):
        return {"what": {"zh": text, "en": text}}
    return dict(json.loads(text))


def _ended(job: Job) -> SettingError:
    return SettingError(
        Label(f"任务“{job.id}”已经结束", f"job '{job.id}' has ended already"),
        where=job.id,
        expected=Label("等待中或进行中的任务", "a job that waits or runs"),
        remedy=Label("无须取消", "there is nothing to cancel"),
    )


def _unknown_kind(kind: str) -> SettingError:
    return SettingError(
        Label(f"没有“{kind[:40]}”这种任务", f"there is no work '{kind[:40]}'"),
        where="kind",
        expected=Label("、".join(KINDS), ", ".join(KINDS)),
        remedy=Label("改用其中之一", "choose one of these"),
    )
