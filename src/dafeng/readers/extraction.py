"""A program of its own: opens a workbook from standard input and prints its cells as JSON.

Invariant: it imports nothing of ``dafeng`` and runs under limits of memory and time, because the spreadsheet
library allocates whatever a damaged old workbook asks for, and then ends the process it runs in.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MEMORY = 2_000_000_000
"""Most address space. [bytes]"""
SECONDS = 60
"""Most processor time. [s]"""


def main() -> None:
    """Read a workbook from standard input, print ``{"sheets": …}`` or ``{"refused": …}``.

    The first argument is the largest number of cells of a sheet.
    """
    _limit()
    try:
        answer: dict[str, Any] = {"sheets": _sheets(sys.stdin.buffer.read(), int(sys.argv[1]))}
    except PasswordError:
        answer = {"refused": "password"}
    except (CalamineError, ValueError, MemoryError) as cause:
        answer = {"refused": str(cause) or type(cause).__name__}
    sys.stdout.write(json.dumps(answer))


def _limit() -> None:
    try:
        import resource
    except ImportError:  # a system without such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _sheets(data: bytes, most: int) -> list[dict[str, Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    metas = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    return [_sheet(book.get_sheet_by_name(meta.name), meta.visible != SheetVisibleEnum.Visible, most) for meta in metas]


def _sheet(sheet: CalamineSheet, hidden: bool, most: int) -> dict[str, Any]:
    size = (sheet.total_height, sheet.total_width)
    if size[0] * size[1] > most:
        return {"name": sheet.name, "size": size}
    rows = [[_plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    return {"name": sheet.name, "hidden": hidden, "size": size, "rows": rows, "spans": sheet.merged_cell_ranges or []}


def _plain(value: str | float | bool | date | datetime | time | timedelta) -> str | float | bool:
    if isinstance(value, (str, bool, int, float)):
        return value
    return value.isoformat() if isinstance(value, (datetime, date, time)) else str(value)


if __name__ == "__main__":
    main()
