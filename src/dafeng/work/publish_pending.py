"""A change of what the public pages may show, between its log entry and its file.

Invariant: a file that waits becomes the rule file only if the newest entry of the log is the one that it was made for, and
nobody edited the rules meanwhile; else it is forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from dafeng.store.files import hash_file, lock, seal, sync_folder, unseal, write_whole
from dafeng.store.records import Records, open_records
from dafeng.store.visibility import list_changes
from dafeng.work.city import City

FOLDER = "publishing"
"""Folder of a city with a change that is being made, and its lock; private."""
CHANGE = "change.json"
NEXT = ".visibility.next"
"""File beside the rules with what they shall be."""
RULES = "visibility.yaml"


def begin_change(city: City, text: str, *, base: str, at: datetime) -> None:
    """Keep what the rules shall be, before the change is logged.

    Parameters
    ----------
    city : City
        The city.
    text : str
        The new rule file.
    base : str
        Hash of the rule file that it replaces; empty where there is none.
    at : datetime
        Instant of the entries that log it.
    """
    city.overlay.mkdir(exist_ok=True)
    write_whole(_next(city), text.encode())
    write_whole(city.folder / FOLDER / CHANGE, seal({"base": base, "file": hash_file(_next(city)), "at": at.isoformat()}))


def finish_change(city: City) -> None:
    """Finish a change that was logged and cut short, or forget one that was not.

    Parameters
    ----------
    city : City
        The city.
    """
    if (city.folder / FOLDER / CHANGE).is_file():
        with lock(city.folder / FOLDER), open_records(city.records) as records:
            finish_held(city, records)


def finish_held(city: City, records: Records) -> None:
    """As `finish_change`, for whoever holds the lock.

    Parameters
    ----------
    city : City
        The city.
    records : Records
        Open records of the city.
    """
    path = city.folder / FOLDER / CHANGE
    if path.is_file():
        told = unseal(path)
        present = _hash(city.overlay / RULES)
        if _hash(_next(city)) == told["file"] and present == told["base"] and _is_logged(records, told):
            os.replace(_next(city), city.overlay / RULES)
            sync_folder(city.overlay)
        path.unlink()
    _next(city).unlink(missing_ok=True)


def _is_logged(records: Records, told: Mapping[str, str]) -> bool:
    with records.read() as session:
        newest = next(iter(list_changes(session)), None)
        at = datetime.fromisoformat(told["at"])
        return newest is not None and newest.file == told["file"] and newest.at == at


def _next(city: City) -> Path:
    return city.overlay / NEXT


def _hash(path: Path) -> str:
    return hash_file(path) if path.is_file() else ""
