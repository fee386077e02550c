"""Files that were handed in by the page and wait to be decided on.

Invariant: a file is kept under the hash of its bytes, whole or not at all, and nothing of it is a fact; the same file is the
same upload.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dafeng.core.errors import FileRefused, LookupFailure
from dafeng.core.labels import Label
from dafeng.readers.sheets import read_sheets
from dafeng.store.files import hash_bytes, lock, seal, unseal, write_durably, write_whole
from dafeng.work.city import City
from dafeng.work.ingest import ENDINGS

FOLDER = "uploads"
"""Folder of a city with the files that were handed in by the page; private."""
STATE = "upload.json"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed in.

    Parameters
    ----------
    id : str
        Beginning of the hash of its bytes: the same file is the same upload.
    name : str
        File name.
    sha256 : str
        Hash of its bytes.
    who : str
        Who handed it in.
    at : str
        When, ISO, in UTC.
    mapping : mapping of str to str
        What its columns were said to be.
    state : {"open", "taken", "returned"}
        Whether it waits, was taken in, or was sent back.
    remark : str
        Why it was sent back.
    lot : str
        The lot that it became.
    facts, corrected : int
        Figures it brought, and how many of them were corrected on the way.
    by : str
        Who took it in or sent it back.
    """

    id: str
    name: str
    sha256: str
    who: str
    at: str
    mapping: Mapping[str, str]
    state: str = "open"
    remark: str = ""
    lot: str = ""
    facts: int = 0
    corrected: int = 0
    by: str = ""


def keep_upload(city: City, data: bytes, *, name: str, who: str) -> Upload:
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

    Returns
    -------
    Upload
        The same one where the same bytes were handed in before; one that was sent back waits again.

    Raises
    ------
    FileRefused
        If it is no table file.
    """
    if not name.lower().endswith(ENDINGS):
        raise _no_table(name)
    read_sheets(data, name=name)
    sha256 = hash_bytes(data)
    folder = city.folder / FOLDER / sha256[:16]
    with lock(city.folder / FOLDER):
        if (folder / STATE).is_file():
            held = find_upload(city, sha256[:16])
            return save_upload(city, replace(held, state="open", remark="", who=who)) if held.state == "returned" else held
        folder.mkdir(parents=True, exist_ok=True)
        write_durably(folder / "file", data)
        return save_upload(city, Upload(sha256[:16], name, sha256, who, datetime.now(UTC).isoformat(timespec="seconds"), {}))


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
        As it stands.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    path = city.folder / FOLDER / id / STATE
    if not id.isalnum() or not path.is_file():
        raise LookupFailure(
            Label(f"没有上报文件“{id}”", f"there is no upload '{id}'"),
            where=str(city.folder / FOLDER),
            expected=Label("已上报的文件", "a file that was handed in"),
            remedy=Label("重新上报", "hand it in again"),
        )
    body = unseal(path)
    return Upload(**{name: body[name] for name in Upload.__dataclass_fields__})


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
    return (city.folder / FOLDER / upload.id / "file").read_bytes()


def save_upload(city: City, upload: Upload) -> Upload:
    """Keep what was decided on a file.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.

    Returns
    -------
    Upload
        The same.
    """
    body = {name: getattr(upload, name) for name in Upload.__dataclass_fields__}
    write_whole(city.folder / FOLDER / upload.id / STATE, seal({**body, "mapping": dict(upload.mapping)}))
    return upload


def _no_table(name: str) -> FileRefused:
    listed = "、".join(ENDINGS)
    return FileRefused(
        Label(f"“{name}”不是表格文件", f"'{name}' is no table file"),
        where=name,
        expected=Label(listed, ", ".join(ENDINGS)),
        remedy=Label("另存为 xlsx 或 csv 后再上报", "save it as xlsx or csv and hand it in again"),
    )
