"""Review sheets that were handed in on the page and wait for their second look.

Invariant: one per person and review; what is applied is, byte by byte, what was looked at.
"""

from __future__ import annotations

from pathlib import Path

from dafeng.plans.review import Review
from dafeng.store.files import hash_bytes, write_whole
from dafeng.work.city import City
from dafeng.work.review import FOLDER


def keep_sheet(city: City, reviewed: Review, data: bytes, *, who: str) -> str:
    """Keep a sheet until its changes were looked at.

    Parameters
    ----------
    city : City
        The city.
    reviewed : Review
        The review.
    data : bytes
        The workbook.
    who : str
        Who handed it in; an earlier one of theirs is replaced.

    Returns
    -------
    str
        Its sha256.
    """
    write_whole(_path(city, reviewed, who), data)
    return hash_bytes(data)


def find_sheet(city: City, reviewed: Review, sha256: str, *, who: str) -> bytes | None:
    """A sheet that was kept.

    Parameters
    ----------
    city : City
        The city.
    reviewed : Review
        The review.
    sha256 : str
        What `keep_sheet` returned.
    who : str
        Who handed it in.

    Returns
    -------
    bytes or None
        ``None`` where it is no longer the one.
    """
    path = _path(city, reviewed, who)
    data = path.read_bytes() if path.is_file() else b""
    return data if data and hash_bytes(data) == sha256 else None


def _path(city: City, reviewed: Review, who: str) -> Path:
    return city.folder / FOLDER / reviewed.id / f"sheet-{hash_bytes(who.encode())[:16]}.xlsx"
