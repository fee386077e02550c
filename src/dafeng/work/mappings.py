"""Mappings of headings that a city keeps: a table headed like earlier ones is read like them, if they were all read alike.

Invariant: one small file per heading in ``mappings/``, written whole; a damaged one is refused by name. It holds what was said
of each file by its hash; a file of which somebody spoke is read as was said, and where others headed alike differ, nobody is
followed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label
from dafeng.readers.mapping import guess_heading, list_signs, sign_heading
from dafeng.readers.sheets import Workbook
from dafeng.store.files import seal, unseal, write_whole
from dafeng.work.city import City

FOLDER = "mappings"
"""Folder of a city with the mappings of headings."""


MOST_TOLD = 4
"""Files that a refusal names."""


def recall_mapping(city: City, workbook: Workbook) -> dict[str, str]:
    """What a city knows of the headings of a file.

    Parameters
    ----------
    city : City
        The city.
    workbook : Workbook
        A file that was read.

    Returns
    -------
    dict of str to str
        Our name of a column by its heading: what was said of this very file, else what was said of all files headed alike;
        empty where no such heading was mapped before, or they were read in different ways.

    Raises
    ------
    StoreError
        If a kept mapping is damaged.
    """
    found: dict[str, str] = {}
    for files in _known(city, workbook):
        ways = [files[workbook.sha256]] if workbook.sha256 in files else list(files.values())
        if all(one["columns"] == ways[0]["columns"] for one in ways):
            found |= ways[0]["columns"]
    return found


def check_mapping(city: City, workbook: Workbook, mapping: Mapping[str, str]) -> None:
    """Ask again where files headed like this one were read in different ways.

    Parameters
    ----------
    city : City
        The city.
    workbook : Workbook
        A file that was read.
    mapping : mapping of str to str
        What is said of its columns now.

    Raises
    ------
    FileRefused
        If nothing is said of a column that was a different one in different files; the message names the ways.
    """
    for files in _known(city, workbook):
        ways: dict[str, set[str]] = {}
        for one in files.values():
            for heading, word in one["columns"].items():
                ways.setdefault(heading, set()).add(word)
        differ = {heading for heading, words in ways.items() if len(words) > 1 or len(files) > _count(files, heading)}
        if workbook.sha256 not in files and differ - set(mapping):
            raise _doubtful(workbook.name, differ, list(files.values()))


def keep_mapping(city: City, workbook: Workbook, mapping: Mapping[str, str], *, only: bool = False) -> None:
    """Keep what the columns of a file were said to be.

    Parameters
    ----------
    city : City
        The city.
    workbook : Workbook
        The file.
    mapping : mapping of str to str
        Our name of a column by its heading; where it is empty, nothing is kept.
    only : bool, optional
        Whether what was said of other files headed alike was wrong and is forgotten.
    """
    for sheet in workbook.sheets if mapping else ():
        row = guess_heading(sheet, name=workbook.name, mapping=mapping)
        if row is None:
            continue
        heads = [text for text in sheet.rows[row] if text.strip()]
        named = {name: word for name, word in mapping.items() if name in heads}
        folder = city.folder / FOLDER
        folder.mkdir(exist_ok=True)
        path = folder / f"{sign_heading(sheet.rows[row])}.json"
        said = {workbook.sha256: {"file": workbook.name, "columns": named}}
        files = {**(_files(path) if path.is_file() and not only else {}), **said}
        write_whole(path, seal({"headings": heads, "files": files}))


def _known(city: City, workbook: Workbook) -> list[dict[str, Any]]:
    """What was said of the files that are headed like a sheet of this one, by their hashes."""
    folder = city.folder / FOLDER
    paths = (folder / f"{sign}.json" for sign in list_signs(workbook)) if folder.is_dir() else ()
    return [_files(path) for path in paths if path.is_file()]


def _files(path: Path) -> dict[str, Any]:
    """Older folders say what a heading is for whatever file."""
    body = unseal(path)
    return dict(body["files"]) if "files" in body else {"": {"file": "", "columns": dict(body["columns"])}}


def _count(files: Mapping[str, Any], heading: str) -> int:
    return sum(heading in one["columns"] for one in files.values())


def _doubtful(name: str, differ: Collection[str], ways: Sequence[Mapping[str, Any]]) -> FileRefused:
    told = dict.fromkeys("，".join(f"{head}→{one['columns'].get(head) or '—'}" for head in sorted(differ)) for one in ways)
    listed = "；".join(list(told)[:MOST_TOLD])
    return FileRefused(
        Label(f"表头相同的文件曾有不同的读法（{listed}）", f"files headed alike were read in different ways ({listed})"),
        where=name,
        expected=Label("这个文件各列的含义", "what the columns of this file are"),
        remedy=Label(
            "在上报页选定各列，或用 --map 列名=字段 说明", "say what the columns are on its page, or by --map heading=column"
        ),
    )
