"""Who kept which scenario of a city, and a save between its log entry and its two files.

Invariant: a save is logged before the files are written; both are written by whoever opens the scenarios next where it was cut
short, and nothing is where it was not logged. One process saves at a time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dafeng.store.files import hash_bytes, lock, seal, unseal, write_whole
from dafeng.store.jobs import read_newest
from dafeng.store.models import Job
from dafeng.store.records import Records, open_records
from dafeng.work.city import City

FOLDER = "scenarios"
"""Folder of a city with a save that is being made, and its lock; private."""
CHANGE = "change.json"
VERB = "scenario"
"""What a row of the records is that logs a save."""


@dataclass(frozen=True, slots=True)
class SavedBy:
    """Who saved a scenario last.

    Parameters
    ----------
    who : str
        By whom; empty where nobody saved it through the programme.
    mark : str
        Hash of the scenario that this one saved.
    """

    who: str
    mark: str


def begin_save(city: City, files: Mapping[str, str], *, name: str) -> None:
    """Keep what the files shall be, before the save is logged.

    Parameters
    ----------
    city : City
        The city; the lock is held.
    files : mapping of str to str
        Content by file name in the overlay.
    name : str
        Id of the row that logs it.
    """
    base = {file: _hash(city.overlay / file) for file in files}
    write_whole(city.folder / FOLDER / CHANGE, seal({"files": dict(files), "base": base, "name": name}))


def log_save(records: Records, *, id: str, mark: str, title: Mapping[str, str], who: str, at: datetime, name: str) -> None:
    """Write a save into the records.

    Parameters
    ----------
    records : Records
        Open records of the city.
    id : str
        The scenario.
    mark : str
        Its hash from now on.
    title : mapping of str to str
        Its name by language.
    who : str
        By whom.
    at : datetime
        When.
    name : str
        Id of the row.
    """
    options = json.dumps({"scenario": id, "mark": mark, "label": dict(title)}, ensure_ascii=False, sort_keys=True)
    with records.write(actor=who, at=at) as session:
        session.add(Job(id=name, verb=VERB, options=options, status="done", done_share=1.0, created_at=at, started_at=at,
                        ended_at=at, run=None, says=None))  # fmt: skip


def name_save(id: str, *, at: datetime) -> str:
    """Id of the row that logs a save.

    Parameters
    ----------
    id : str
        The scenario.
    at : datetime
        When.

    Returns
    -------
    str
        One for each save.
    """
    return f"scenario-{id}-{at.astimezone(UTC):%Y%m%d%H%M%S%f}"


def saved_by(records: Records, id: str) -> SavedBy:
    """Who saved a scenario last.

    Parameters
    ----------
    records : Records
        Open records of the city.
    id : str
        The scenario.

    Returns
    -------
    SavedBy
        With an empty name where nobody did.
    """
    with records.read() as session:
        found = read_newest(session, VERB, beginning=f"scenario-{id}-")
    if found is None:
        return SavedBy("", "")
    row, who = found
    return SavedBy(who, str(json.loads(row.options)["mark"]))


def finish_save(city: City) -> None:
    """Finish a save that was logged and cut short, or forget one that was not.

    Parameters
    ----------
    city : City
        The city.
    """
    if (city.folder / FOLDER / CHANGE).is_file():
        with lock(city.folder / FOLDER), open_records(city.records) as records:
            finish_held(city, records)


def finish_held(city: City, records: Records) -> None:
    """As `finish_save`, for whoever holds the lock.

    Parameters
    ----------
    city : City
        The city.
    records : Records
        Open records of the city.
    """
    path = city.folder / FOLDER / CHANGE
    if not path.is_file():
        return
    told = unseal(path)
    with records.read() as session:
        logged = session.get(Job, told["name"]) is not None
    if logged and _is_untouched(city, told):
        for file, text in told["files"].items():
            write_whole(city.overlay / file, text.encode())
    path.unlink()


def _is_untouched(city: City, told: Mapping[str, Any]) -> bool:
    """Whether nobody edited a file by hand meanwhile: each is as it was, or as it shall be."""
    files = told["files"].items()
    return all(_hash(city.overlay / file) in (told["base"][file], hash_bytes(text.encode())) for file, text in files)


def _hash(path: Path) -> str:
    return hash_bytes(path.read_bytes()) if path.is_file() else ""
