"""Files that were handed in by the page and wait to be decided on.

Invariant: a file is kept under the hash of its bytes, whole or not at all, and nothing of it is a fact; the same file is the
same upload.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label
from dafeng.readers.refusals import check_file_name
from dafeng.readers.sheets import read_sheets
from dafeng.store.files import hash_bytes, lock, write_durably
from dafeng.work.city import City
from dafeng.work.read_file import ENDINGS
from dafeng.work.upload_decisions import finish_decision
from dafeng.work.upload_state import FOLDER, STATE, Upload, load_upload, save_upload, upload_folder


def keep_upload(city: City, data: bytes, *, name: str, who: str, mapping: Mapping[str, str] | None = None) -> Upload:
    """Keep a file that was handed in, until it is decided on.

    Parameters
    ----------
    city : City
        The city.
    data : bytes
        Its content.
    name : str
        Its name.
    who : str
        Who handed it in.
    mapping : mapping of str to str, optional
        What its columns are, where nobody said so before.

    Returns
    -------
    Upload
        The same one where the same bytes were handed in before; one that was sent back waits again.

    Raises
    ------
    FileRefused
        If it is no table file, or its name would mislead.
    """
    check_file_name(name)
    if not name.lower().endswith(ENDINGS):
        raise _no_table(name)
    lines = sum(len(sheet.rows) for sheet in read_sheets(data, name=name).sheets)
    sha256 = hash_bytes(data)
    folder, at = upload_folder(city, sha256[:16]), datetime.now(UTC).isoformat(timespec="seconds")
    with lock(city.folder / FOLDER):
        if (folder / STATE).is_file():
            held = load_upload(city, sha256[:16])
            if held.state != "returned":
                return held
            again = replace(held, state="open", remark="", who=who, mapping=held.mapping or dict(mapping or {}))
            return save_upload(city, again)
        folder.mkdir(parents=True, exist_ok=True)
        write_durably(folder / "file", data)
        return save_upload(city, Upload(sha256[:16], name, sha256, who, at, dict(mapping or {}), lines=lines))


def find_upload(city: City, id: str) -> Upload:
    """A file that was handed in.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Its id.

    Returns
    -------
    Upload
        As it stands; a decision on it that was cut short is finished first.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    if id.isalnum():
        finish_decision(city, id)
    return load_upload(city, id)


def list_uploads(city: City) -> tuple[Upload, ...]:
    """All files that were handed in by the page.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    tuple of Upload
        The newest first.
    """
    found = [find_upload(city, path.parent.name) for path in (city.folder / FOLDER).glob(f"*/{STATE}")]
    return tuple(sorted(found, key=lambda one: (one.at, one.id), reverse=True))


def read_upload(city: City, upload: Upload) -> bytes:
    """Content of a file that was handed in.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.

    Returns
    -------
    bytes
        As it was handed in.
    """
    return (upload_folder(city, upload.id) / "file").read_bytes()


def _no_table(name: str) -> FileRefused:
    listed = "、".join(ENDINGS)
    return FileRefused(
        Label(f"“{name}”不是表格文件", f"'{name}' is no table file"),
        where=name,
        expected=Label(listed, ", ".join(ENDINGS)),
        remedy=Label("另存为 xlsx 或 csv 后再上报", "save it as xlsx or csv and hand it in again"),
    )
