"""Files that are there whole or not at all, and folders that one process writes at a time.

Invariant: a file written here appears under its name only when every byte of it is on disk, so that a process
killed at any instruction leaves the old content or the new, never a mixture.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label

TEMPORARY = ".tmp"
"""Ending of a file that is being written; one left behind by a killed process means nothing."""
LOCK = ".lock"
"""Name of the file that the writer of a folder holds."""
PATIENCE = 120.0
"""How long a writer waits for another one. [s]"""


def hash_bytes(content: bytes) -> str:
    """SHA-256 of some bytes.

    Parameters
    ----------
    content : bytes
        The bytes.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hashlib.sha256(content).hexdigest()


def hash_file(path: Path) -> str:
    """SHA-256 of a file, read in pieces.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_tree(body: Mapping[str, Any]) -> str:
    """SHA-256 of a JSON-able mapping, whatever the order of its keys.

    Parameters
    ----------
    body : mapping
        The content.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hash_bytes(json.dumps(body, ensure_ascii=False, sort_keys=True).encode())


def check_file(path: Path, sha256: str) -> None:
    """Refuse a file that is not what was written; its bytes are read once per process and state of the file.

    Parameters
    ----------
    path : Path
        The file.
    sha256 : str
        Hash of what was written.

    Raises
    ------
    StoreError
        If it is missing or has other bytes; the message names it.
    """
    try:
        state = path.stat()
        found = _hash_at(path, state.st_size, state.st_mtime_ns)
    except OSError as cause:
        raise damaged(path, f"{cause.strerror}") from cause
    if found != sha256:
        raise damaged(path, f"sha256 {found[:12]}…, {state.st_size} bytes")


@lru_cache(maxsize=4096)
def _hash_at(path: Path, size: int, changed: int) -> str:  # noqa: ARG001 - size and time tell states of a file apart
    return hash_file(path)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a crash or power cut.

    Parameters
    ----------
    path : Path
        Where it shall stand; what stood there is replaced.
    content : bytes
        All of it.
    """
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    try:
        write_durably(temporary, content)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file and wait until its bytes are on disk; its name is durable after `sync_folder`.

    Parameters
    ----------
    path : Path
        Where to.
    content : bytes
        All of it.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk (where the system lets a folder be opened).

    Parameters
    ----------
    folder : Path
        The folder.
    """
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def seal(body: Mapping[str, Any]) -> bytes:
    """JSON text of a mapping together with the hash of its content.

    Parameters
    ----------
    body : mapping
        JSON-able content.

    Returns
    -------
    bytes
        UTF-8 text with the keys ``sha256`` and ``body``.
    """
    sealed = {"sha256": hash_tree(body), "body": body}
    return (json.dumps(sealed, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def unseal(path: Path) -> dict[str, Any]:
    """Content of a file written by `seal`, if nobody changed it.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict
        The body.

    Raises
    ------
    StoreError
        If the file is missing, is no JSON, or its content does not have the hash it states.
    """
    try:
        sealed = json.loads(path.read_bytes())
        body = sealed["body"]
        intact = isinstance(body, dict) and sealed["sha256"] == hash_tree(body)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as cause:
        raise damaged(path, f"{type(cause).__name__}: {cause}") from cause
    if not intact:
        raise damaged(path, "sha256")
    return dict(body)


def damaged(path: Path, detail: str) -> StoreError:
    """The error for a stored file that is not what was written.

    Parameters
    ----------
    path : Path
        The file.
    detail : str
        What does not agree.

    Returns
    -------
    StoreError
        To be raised by the caller.
    """
    return StoreError(
        Label(f"存储文件“{path.name}”缺失或已损坏（{detail}）", f"stored file '{path.name}' is missing or damaged ({detail})"),
        where=str(path),
        expected=Label("与写入时完全相同的文件", "the file exactly as it was written"),
        remedy=Label("从备份恢复该文件，不要手工修改", "restore the file from a backup; never edit it by hand"),
    )


@contextmanager
def lock(folder: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold a folder as its only writer, among all processes and threads of this machine.

    The operating system drops the lock when the holder ends, however it ends, so a lock is never stale
    (SQLite's file lock is used: it is the same on every system).

    Parameters
    ----------
    folder : Path
        The folder; made if it is not there.
    patience : float
        How long to wait for another writer. [s]

    Yields
    ------
    None
        While the lock is held.

    Raises
    ------
    StoreError
        If another writer does not finish in time, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(folder / LOCK, timeout=patience, isolation_level=None)
    except (OSError, sqlite3.Error) as cause:
        raise _locked(folder, cause) from cause
    with closing(connection):
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as cause:
            raise _locked(folder, cause) from cause
        yield


def _locked(folder: Path, cause: Exception) -> StoreError:
    return StoreError(
        Label(f"无法独占写入文件夹“{folder}”（{cause}）", f"cannot become the writer of folder '{folder}' ({cause})"),
        where=str(folder),
        expected=Label("可写且未被其他进程占用的文件夹", "a writable folder that no other process is writing"),
        remedy=Label("等另一个任务结束后重试，或检查写权限", "try again when the other job ended, or check permissions"),
    )
