"""What a city keeps of a file that was handed in: its bytes, and what was decided on it.

Invariant: the state of a file is one small file, written whole; a damaged one is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.store.files import hash_tree, seal, unseal, write_whole
from dafeng.work.city import City

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
    mapping_by : str
        Who said last what its columns are.
    told : str
        What was corrected on the way, in words.
    decision : str
        Hash of who took it in with which corrections: the same form again is the same decision.
    lines : int
        Lines of all its sheets; 0 for one that was handed in before they were counted.
    kept, left : mapping of str to str
        Why figures with doubts were taken in as reported, and why others were left out, by cell.
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
    mapping_by: str = ""
    told: str = ""
    decision: str = ""
    lines: int = 0
    kept: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What a form was made on: another one after every decision on the file."""
        return hash_tree(_body(self))[:16]


def load_upload(city: City, id: str) -> Upload:
    """A file that was handed in, as it was written down last.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Its id.

    Returns
    -------
    Upload
        What was decided on it and not finished is not there yet: see `dafeng.work.uploads.find_upload`.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    path = upload_folder(city, id) / STATE
    if not id.isalnum() or not path.is_file():
        raise LookupFailure(
            Label(f"没有上报文件“{id}”", f"there is no upload '{id}'"),
            where=str(city.folder / FOLDER),
            expected=Label("已上报的文件", "a file that was handed in"),
            remedy=Label("重新上报", "hand it in again"),
        )
    body = unseal(path)
    return Upload(**{name: body[name] for name in Upload.__dataclass_fields__ if name in body})


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
    write_whole(upload_folder(city, upload.id) / STATE, seal(_body(upload)))
    return upload


def upload_folder(city: City, id: str) -> Path:
    """Folder of a file that was handed in.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Its id.

    Returns
    -------
    Path
        It need not be there.
    """
    return city.folder / FOLDER / id


def _body(upload: Upload) -> dict[str, object]:
    told = {name: getattr(upload, name) for name in Upload.__dataclass_fields__}
    return {**told, **{name: dict(told[name]) for name in ("mapping", "kept", "left")}}
