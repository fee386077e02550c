"""What somebody typed beside the findings of a file and has not handed in yet: going to the next findings loses nothing.

Invariant: a draft is one person's, belongs to one naming of the columns, and counts for nothing until that person
takes the file in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from dafeng.store.files import lock, seal, unseal, write_whole
from dafeng.work.city import City
from dafeng.work.looks import look_key
from dafeng.work.upload_state import Upload, upload_folder

FILE = "drafts.json"
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class UploadDraft:
    """What was typed.

    Parameters
    ----------
    values : mapping of str to (str, str)
        Corrected value and reason by cell ``file!sheet!cell``.
    cells : mapping of (str, str) to str
        New text by sheet and cell, of cells that could not be read.
    kept, left : mapping of str to str
        Why a figure stays as reported, and why it is left out, by cell; the reason may still be empty.
    sure : collection of str
        Cells whose corrected value is kept although the checks doubt it.
    """

    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    cells: Mapping[Cell, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    sure: Collection[str] = ()


def read_upload_draft(city: City, upload: Upload, *, who: str) -> UploadDraft:
    """What somebody typed so far.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    who : str
        Who typed.

    Returns
    -------
    UploadDraft
        Empty where there is none under the present names of the columns.

    Raises
    ------
    StoreError
        If what is kept is damaged.
    """
    told = _read(city, upload).get(who, {})
    if told.get("key") != look_key(upload):
        return UploadDraft()
    values = {place: (str(value), str(reason)) for place, (value, reason) in told["values"].items()}
    cells = {(sheet, cell): text for sheet, cell, text in told["cells"]}
    return UploadDraft(values, cells, told.get("kept", {}), told.get("left", {}), tuple(told.get("sure", ())))


def keep_upload_draft(city: City, upload: Upload, draft: UploadDraft, *, who: str) -> None:
    """Keep what somebody typed.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    draft : UploadDraft
        All that counts as typed from now on.
    who : str
        Who typed.
    """
    cells = [[sheet, cell, text] for (sheet, cell), text in draft.cells.items()]
    values = {place: list(pair) for place, pair in draft.values.items()}
    told = {"key": look_key(upload), "values": values, "cells": cells, "kept": dict(draft.kept), "left": dict(draft.left)}
    told["sure"] = sorted(draft.sure)
    with lock(upload_folder(city, upload.id)):
        write_whole(upload_folder(city, upload.id) / FILE, seal({**_read(city, upload), who: told}))


def _read(city: City, upload: Upload) -> dict[str, Any]:
    path = upload_folder(city, upload.id) / FILE
    return unseal(path) if path.is_file() else {}
