"""Mappings of headings that a city keeps: a table headed like an earlier one is read like it.

Invariant: one small file per heading in ``mappings/``, written whole; a damaged one is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.readers.mapping import guess_heading, list_signs, sign_heading
from dafeng.readers.sheets import Workbook
from dafeng.store.files import seal, unseal, write_whole
from dafeng.work.city import City

FOLDER = "mappings"
"""Folder of a city with the mappings of headings."""


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
        Our name of a column by its heading; empty where no such heading was mapped before.

    Raises
    ------
    StoreError
        If a kept mapping is damaged.
    """
    folder = city.folder / FOLDER
    if not folder.is_dir():
        return {}
    paths = (folder / f"{sign}.json" for sign in list_signs(workbook))
    kept: dict[str, Any] = {name: word for path in paths if path.is_file() for name, word in unseal(path)["columns"].items()}
    return kept


def keep_mapping(city: City, workbook: Workbook, mapping: Mapping[str, str]) -> None:
    """Keep what the columns of a file were said to be.

    Parameters
    ----------
    city : City
        The city.
    workbook : Workbook
        The file.
    mapping : mapping of str to str
        Our name of a column by its heading; where it is empty, nothing is kept.
    """
    for sheet in workbook.sheets if mapping else ():
        row = guess_heading(sheet, name=workbook.name, mapping=mapping)
        if row is None:
            continue
        heads = [text for text in sheet.rows[row] if text.strip()]
        named = {name: word for name, word in mapping.items() if name in heads}
        folder = city.folder / FOLDER
        folder.mkdir(exist_ok=True)
        write_whole(folder / f"{sign_heading(sheet.rows[row])}.json", seal({"headings": heads, "columns": named}))
