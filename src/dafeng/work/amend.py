"""Correcting cells that could not be read: a corrected copy of a file is handed in beside the file as it was delivered.

Invariant: the delivered file stays as it is, sent back with the cells that were changed; the copy holds the other cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.readers.cells import locate
from dafeng.readers.sheet_copies import write_book, write_plain
from dafeng.readers.sheets import Sheet, Workbook, read_sheets
from dafeng.store.files import hash_bytes, lock
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.deliver import check_absent, check_open
from dafeng.work.review import using
from dafeng.work.upload_decisions import begin_copy, finish_held, mark_returned
from dafeng.work.upload_state import Upload, load_upload, upload_folder
from dafeng.work.uploads import keep_upload, read_upload

LONGEST = 400
"""Longest text of a cell. [characters]"""
PLAIN = (".csv", ".tsv", ".txt")


def amend_upload(
    city: City, upload: Upload, cells: Mapping[tuple[str, str], str], *, who: str, seen: str | None = None,
    records: Records | None = None,
) -> Upload:  # fmt: skip
    """Correct cells of a file that waits.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    cells : mapping of (str, str) to str
        New text by sheet and cell (``("2025", "D2")``); an empty text empties the cell.
    who : str
        Who corrects.
    seen : str, optional
        ``mark`` of the file when it was corrected; without it the present one is taken.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Upload
        The corrected copy, waiting; the same upload where nothing differs.

    Raises
    ------
    SettingError
        If a cell is not in it.
    ConflictError
        If the file was decided on already or changed since it was seen, or its figures count already.
    """
    with using(city, records) as opened, lock(upload_folder(city, upload.id)):
        finish_held(city, upload.id, records=opened)
        held = load_upload(city, upload.id)
        check_open(held, seen=seen)
        return _copy(city, held, cells, who=who, records=opened)


def _copy(city: City, upload: Upload, cells: Mapping[tuple[str, str], str], *, who: str, records: Records) -> Upload:
    book = read_sheets(read_upload(city, upload), name=upload.name)
    changed = {place: text.strip()[:LONGEST] for place, text in cells.items() if _text(book, place) != text.strip()}
    if not changed:
        return upload
    sheets = tuple(_amended(sheet, changed) for sheet in book.sheets)
    plain = upload.name.lower().endswith(PLAIN)
    name = upload.name if plain else str(PurePath(upload.name).with_suffix(".xlsx"))
    check_absent(city, upload)
    content = write_plain(sheets[0]) if plain else write_book(sheets)
    told = "；".join(f"{cell} {_text(book, (sheet, cell))}→{text}" for (sheet, cell), text in sorted(changed.items()))
    done = mark_returned(upload, who=who, remark=f"改正后重新上报 · corrected and handed in again: {told}")
    begin_copy(city, done, copy=hash_bytes(content)[:16])
    try:
        return keep_upload(city, content, name=name, who=who, mapping=upload.mapping)
    finally:
        finish_held(city, upload.id, records=records)


def _text(book: Workbook, place: tuple[str, str]) -> str:
    sheet = next((one for one in book.sheets if one.name == place[0]), None)
    try:
        row, column = locate(place[1])
    except ValueError:
        sheet, row, column = None, 0, 0
    if sheet is None or row >= len(sheet.rows):
        raise SettingError(
            Label(f"文件中没有单元格“{place[1][:20]}”", f"the file has no cell '{place[1][:20]}'"),
            where=place[0],
            expected=Label("表中的单元格", "a cell of its sheets"),
            remedy=Label("刷新页面后重试", "reload the page and try again"),
        )
    return sheet.text(row, column)


def _amended(sheet: Sheet, changed: Mapping[tuple[str, str], str]) -> Sheet:
    rows = [list(row) for row in sheet.rows]
    for (name, cell), text in changed.items():
        if name == sheet.name:
            row, column = locate(cell)
            rows[row].extend([""] * (column + 1 - len(rows[row])))
            rows[row][column] = text
    return replace(sheet, rows=tuple(tuple(row) for row in rows))
