"""The files of one run while nobody sees it yet.

Invariant: a file's name is plain and stands for one file, so that a run's folder can be copied to any system.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.store.files import sync_folder, write_durably
from dafeng.store.parts import write_table
from dafeng.store.traces import write_traces

HEAD = "run.json"
"""Name of the file that says what a run is and lists its files with their hashes."""
TRACES_FILE = "traces.parquet"
"""Name of the file with the explanation graph."""
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def gather_files(tables: Mapping[str, pa.Table], documents: Mapping[str, bytes], traces: Iterable[Trace]) -> dict[str, bytes]:
    """All files of a run but its head.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        Tables by name.
    documents : mapping of str to bytes
        Other files by name.
    traces : iterable of Trace
        The explanation graph.

    Returns
    -------
    dict of str to bytes
        Contents by file name.

    Raises
    ------
    StoreError
        If a name cannot be the name of a file or stands for two.
    """
    files = {HEAD: b"", TRACES_FILE: write_traces(traces)}
    tabled = ((f"{name}.parquet", write_table(table)) for name, table in tables.items())
    for name, content in (*tabled, *documents.items()):
        if not FILE_NAME.fullmatch(name) or name in files:
            raise _misnamed(name)
        files[name] = content
    return {name: content for name, content in files.items() if name != HEAD}


def fill_shelf(shelf: Path, files: Mapping[str, bytes]) -> None:
    """Write all files of a run and wait until they are on disk.

    Parameters
    ----------
    shelf : Path
        Hidden folder of the run.
    files : mapping of str to bytes
        Contents by file name.
    """
    for name, content in files.items():
        write_durably(shelf / name, content)
    sync_folder(shelf)


def _misnamed(name: str) -> StoreError:
    return StoreError(
        Label(f"“{name}”不能作文件名或已被占用", f"'{name}' cannot be the name of a file or is taken"),
        where="run",
        expected=Label("字母、数字、点、下划线和连字符", "letters, digits, dots, underscores and hyphens"),
        remedy=Label("换一个名称", "choose another name"),
    )
