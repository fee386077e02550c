"""Decisions on files that were handed in, written down before they are acted on and finished by whoever looks next.

Invariant: a decision holds from one instant on: for taking in, when the store of facts names its lots; for a corrected copy,
when the copy is there. Before it nothing has happened, and what follows can be done any number of times.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from dafeng.store.corrections import begin_correction, end_correction
from dafeng.store.files import lock, seal, unseal, write_whole
from dafeng.store.models import Job
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.review import using
from dafeng.work.upload_state import FOLDER, STATE, Upload, load_upload, save_upload, upload_folder

DECISION = "decision.json"
"""File beside an upload with a decision that is being acted on."""
CANCELLED = "cancelled"


def begin_take(
    city: City, done: Upload, *, lots: Iterable[str], corrections: Iterable[Mapping[str, Any]], at: datetime
) -> None:
    """Write down that a file is taken in, before the store of facts does.

    Parameters
    ----------
    city : City
        The city.
    done : Upload
        The file as it will stand.
    lots : iterable of str
        Lots that the store of facts will name at the same instant.
    corrections : iterable of mapping
        Rows of the corrections for the records.
    at : datetime
        When.
    """
    rows = [{**one, "at": one["at"].isoformat()} for one in corrections]
    _write(
        city, done.id, {"does": "take", "upload": asdict(done), "lots": list(lots), "corrections": rows, "at": at.isoformat()}
    )


def begin_copy(city: City, done: Upload, *, copy: str) -> None:
    """Write down that a file is sent back because a corrected copy of it comes.

    Parameters
    ----------
    city : City
        The city.
    done : Upload
        The file as it will stand.
    copy : str
        Id of the copy.
    """
    _write(city, done.id, {"does": "copy", "upload": asdict(done), "copy": copy, "at": datetime.now(UTC).isoformat()})


def finish_decisions(city: City, *, records: Records | None = None) -> None:
    """Finish all decisions of a city that were cut short.

    Parameters
    ----------
    city : City
        The city.
    records : Records, optional
        Open records of the city.
    """
    for path in sorted((city.folder / FOLDER).glob(f"*/{DECISION}")):
        finish_decision(city, path.parent.name, records=records)


def finish_decision(city: City, id: str, *, records: Records | None = None) -> None:
    """Finish what was decided on a file and cut short, or forget it where it had not begun to hold.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the upload.
    records : Records, optional
        Open records of the city.
    """
    if (upload_folder(city, id) / DECISION).is_file():
        with lock(upload_folder(city, id)):
            finish_held(city, id, records=records)


def finish_held(city: City, id: str, *, records: Records | None = None) -> None:
    """As `finish_decision`, for whoever holds the lock of the upload's folder.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the upload.
    records : Records, optional
        Open records of the city.
    """
    path = upload_folder(city, id) / DECISION
    if not path.is_file():
        return
    body = unseal(path)
    if _holds(city, body):
        done = Upload(**body["upload"])
        with using(city, records) as opened:
            _log_all(opened, done, body)
        save_upload(city, done)
    path.unlink()


def log_return(records: Records, done: Upload, *, at: datetime) -> None:
    """Write into the records that a file was sent back.

    Parameters
    ----------
    records : Records
        Open records of the city.
    done : Upload
        The file as it stands now.
    at : datetime
        When; the same instant again is the same decision.
    """
    with records.write(actor=done.by, at=at) as session:
        name = f"upload-{done.id}-{at:%Y%m%d%H%M%S%f}"
        if session.get(Job, name) is None:
            session.add(_row(name, done, CANCELLED, at))


def _write(city: City, id: str, body: Mapping[str, Any]) -> None:
    write_whole(upload_folder(city, id) / DECISION, seal(body))


def _holds(city: City, body: Mapping[str, Any]) -> bool:
    """Whether the instant has passed from which a decision holds."""
    if body["does"] == "take":
        return set(body["lots"]) <= {lot.id for lot in city.facts.lots()}
    there = (upload_folder(city, body["copy"]) / STATE).is_file()
    return there and load_upload(city, body["copy"]).state != "returned"


def _log_all(records: Records, done: Upload, body: Mapping[str, Any]) -> None:
    """The decision, and the corrections made with it, in one transaction of the records."""
    at = datetime.fromisoformat(body["at"])
    if body["does"] == "copy":
        log_return(records, done, at=at)
        return
    with records.write(actor=done.by, at=at) as session:
        for one in body["corrections"]:
            begin_correction(session, **{**one, "at": datetime.fromisoformat(one["at"])})
            session.flush()
            end_correction(session, one["id"])
        if session.get(Job, f"upload-{done.id}") is None:
            session.add(_row(f"upload-{done.id}", done, "done", at))


def _row(name: str, done: Upload, status: str, at: datetime) -> Job:
    decided = {name: dict(told) for name, told in (("kept", done.kept), ("left", done.left)) if told}
    options = {"file": done.name, "sha256": done.sha256, "lot": done.lot, "mapping": dict(done.mapping), **decided}
    text = json.dumps(options, ensure_ascii=False, sort_keys=True)
    return Job(id=name, verb="ingest", options=text, status=status, done_share=1.0 if status == "done" else 0.0, created_at=at,
               started_at=at, ended_at=at, run=None, says=done.remark or None)  # fmt: skip


def mark_returned(upload: Upload, *, who: str, remark: str) -> Upload:
    """A file as it stands when it was sent back.

    Parameters
    ----------
    upload : Upload
        The file.
    who : str
        Who sends it back.
    remark : str
        Why.

    Returns
    -------
    Upload
        Sent back.
    """
    return replace(upload, state="returned", remark=remark.strip()[:400], by=who)
