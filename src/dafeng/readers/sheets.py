"""Delivered tables as sheets of cells with A1 addresses: xlsx, xls, CSV and TSV.

Invariant: every cell keeps its address and the text it was delivered with; numbers stay exact decimal text;
what cannot be read is refused as a whole.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.cells import address, place_of
from dafeng.readers.containers import (
    MAX_CELLS,
    OLE_MARK,
    ZIP_MARK,
    Part,
    inspect_archive,
    protected,
    refuse_protected,
    too_wide,
)
from dafeng.readers.decoding import decode
from dafeng.readers.delimited import read_grid
from dafeng.readers.doubts import doubtful_encoding, doubts
from dafeng.readers.numbers import of_float
from dafeng.readers.refusals import refusal

MAX_BYTES = 32_000_000
"""Largest file that is read. [bytes]"""
PATIENCE = 90
"""Longest time that opening a workbook may take. [s]"""
SUFFIXES: Mapping[str, bytes] = {".xlsx": ZIP_MARK, ".xlsm": ZIP_MARK, ".xls": OLE_MARK}


@dataclass(frozen=True, slots=True)
class Span:
    """A merged area of a sheet.

    Parameters
    ----------
    top, left, bottom, right : int
        Grid positions, from 0, both ends inside.
    """

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as a grid of texts.

    Parameters
    ----------
    name : str
        Name of the sheet, empty for CSV.
    rows : tuple of tuple of str
        Texts by row and column, from A1; rows may differ in length.
    spans : tuple of Span
        Merged areas; the text stands in their first cell.
    hidden : bool
        Whether the sheet is hidden in the workbook.
    turned : bool
        Whether rows and columns have changed places.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    spans: tuple[Span, ...] = ()
    hidden: bool = False
    turned: bool = False

    def turn(self) -> Sheet:
        """The same sheet with rows and columns exchanged; its cells keep their addresses.

        Returns
        -------
        Sheet
            A sheet whose first row is this one's first column.
        """
        width = self.width
        rows = tuple(zip(*((*row, *[""] * (width - len(row))) for row in self.rows), strict=True))
        spans = tuple(Span(span.left, span.top, span.right, span.bottom) for span in self.spans)
        return Sheet(self.name, rows, spans, self.hidden, not self.turned)

    def address(self, row: int, column: int) -> str:
        """A1 address of a cell in the file.

        Parameters
        ----------
        row, column : int
            Grid position, from 0.

        Returns
        -------
        str
            Address as delivered, also where the sheet was turned.
        """
        return address(column, row) if self.turned else address(row, column)

    def text(self, row: int, column: int) -> str:
        """Text of a cell.

        Parameters
        ----------
        row, column : int
            Grid position, from 0.

        Returns
        -------
        str
            Its text, empty outside the grid.
        """
        line = self.rows[row] if 0 <= row < len(self.rows) else ()
        return line[column] if 0 <= column < len(line) else ""

    def spread(self, row: int, column: int) -> str:
        """Text that a reader sees at a cell: inside a merged area, the area's text.

        Parameters
        ----------
        row, column : int
            Grid position, from 0.

        Returns
        -------
        str
            The text.
        """
        span = self.span(row, column)
        return self.text(span.top, span.left) if span else self.text(row, column)

    def span(self, row: int, column: int) -> Span | None:
        """Merged area that covers a cell.

        Parameters
        ----------
        row, column : int
            Grid position, from 0.

        Returns
        -------
        Span or None
            The area, ``None`` if the cell stands alone.
        """
        covering = (s for s in self.spans if s.top <= row <= s.bottom and s.left <= column <= s.right)
        return next(covering, None)

    @property
    def width(self) -> int:
        """Number of columns of the longest row."""
        return max((len(row) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A delivered file as sheets.

    Parameters
    ----------
    name : str
        File name.
    sha256 : str
        Hash of the file's bytes.
    sheets : tuple of Sheet
        The sheets in order; a CSV has one.
    form : str
        ``xlsx``, ``xls`` or the encoding of a text file.
    findings : tuple of Finding
        What the file itself gives reason to doubt.
    """

    name: str
    sha256: str
    sheets: tuple[Sheet, ...]
    form: str
    findings: tuple[Finding, ...] = ()

    def at(self, sheet: Sheet, row: int, column: int) -> str:
        """Place of a cell for a finding.

        Parameters
        ----------
        sheet : Sheet
            One of the sheets.
        row, column : int
            Grid position, from 0.

        Returns
        -------
        str
            ``file!sheet!cell``, without the sheet for CSV.
        """
        return place_of(self.name, sheet.name, sheet.address(row, column))


def read_sheets(path: Path | bytes, *, name: str = "") -> Workbook:
    """Read a delivered table file.

    Parameters
    ----------
    path : Path or bytes
        The file, or its content.
    name : str
        File name; needed with bytes, taken from the path otherwise.

    Returns
    -------
    Workbook
        All sheets with their cells.

    Raises
    ------
    FileRefused
        If the file is missing, empty, too big, protected, damaged or no table.
    """
    name = name or (path.name if isinstance(path, Path) else "unnamed")
    data = path if isinstance(path, bytes) else _load(path, name)
    _refuse_size(data, name)
    digest = hashlib.sha256(data).hexdigest()
    _refuse_suffix(data, name)
    if data.startswith(ZIP_MARK):
        return _workbook(data, name, digest, "xlsx", inspect_archive(data, name=name))
    if data.startswith(OLE_MARK):
        refuse_protected(data, name=name)
        return _workbook(data, name, digest, "xls", {})
    return _text(data, name, digest)


def _load(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_big(name, path.stat().st_size)
        return path.read_bytes()
    except OSError as cause:
        raise refusal(
            Label(f"打不开文件（{cause.strerror}）", f"the file cannot be opened ({cause.strerror})"),
            where=name,
            expected=Label("可以读取的文件", "a readable file"),
            remedy=Label("检查路径和权限", "check path and permissions"),
        ) from cause


def _refuse_size(data: bytes, name: str) -> None:
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise refusal(
            Label("文件是空的", "the file is empty"),
            where=name,
            expected=Label("至少有表头和一行数据的表", "a table with a header and at least one row"),
        )
    if len(data) > MAX_BYTES:
        raise _too_big(name, len(data))


def _too_big(name: str, size: int) -> Exception:
    return refusal(
        Label(f"文件有 {size} 字节", f"the file has {size} bytes"),
        where=name,
        expected=Label(f"不超过 {MAX_BYTES} 字节", f"at most {MAX_BYTES} bytes"),
        remedy=Label("把表拆成几个文件再交", "split the table into several files"),
    )


def _refuse_suffix(data: bytes, name: str) -> None:
    suffix = Path(name).suffix.lower()
    wanted = SUFFIXES.get(suffix)
    packed = data.startswith((ZIP_MARK, OLE_MARK))
    if wanted == ZIP_MARK and data.startswith(OLE_MARK):
        refuse_protected(data, name=name)
    if (wanted and not data.startswith((wanted,))) or (not wanted and packed):
        raise refusal(
            Label(
                f"扩展名“{suffix}”与内容不符（开头字节 {data[:4].hex(' ')}）",
                f"the extension '{suffix}' does not fit the content ({data[:4].hex(' ')})",
            ),
            where=name,
            expected=Label(
                "扩展名与文件格式一致：.xlsx、.xls、.csv、.tsv、.txt",
                "an extension that names the format: .xlsx, .xls, .csv, .tsv, .txt",
            ),
        )


def _text(data: bytes, name: str, digest: str) -> Workbook:
    decoded = decode(data, name=name)
    rows = read_grid(decoded.text, name=name)
    width = max((len(row) for row in rows), default=0)
    if len(rows) * width > MAX_CELLS:
        raise too_wide(name, "", len(rows), width)
    doubts = (doubtful_encoding(name),) if decoded.doubtful else ()
    return Workbook(name, digest, (Sheet("", rows),), decoded.encoding, doubts)


def _workbook(data: bytes, name: str, digest: str, form: str, parts: dict[str, Part]) -> Workbook:
    sheets = tuple(_sheet(found, name) for found in _extract(data, name))
    if not any(any(row) for sheet in sheets for row in sheet.rows):
        raise refusal(
            Label("工作簿里没有任何内容", "the workbook holds nothing"),
            where=name,
            expected=Label("至少有表头和一行数据的表", "a table with a header and at least one row"),
        )
    hidden = tuple(sheet.name for sheet in sheets if sheet.hidden)
    return Workbook(name, digest, sheets, form, doubts(name, hidden, parts))


def _extract(data: bytes, name: str) -> list[dict[str, Any]]:
    """Let the spreadsheet library open the file in a process of its own: a damaged file may end that process."""
    program = [sys.executable, "-I", str(Path(__file__).with_name("extraction.py")), str(MAX_CELLS)]
    try:
        ended = subprocess.run(program, input=data, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as cause:
        raise _unreadable(name, f"> {PATIENCE} s") from cause
    if ended.returncode != 0:
        raise _unreadable(name, f"exit {ended.returncode}")
    answer = json.loads(ended.stdout, parse_float=_digits, parse_int=_digits, parse_constant=str)
    if answer.get("refused") == "password":
        raise protected(name)
    if "refused" in answer:
        raise _unreadable(name, answer["refused"])
    return list(answer["sheets"])


def _digits(number: str) -> str:
    return of_float(float(number))


def _unreadable(name: str, cause: str) -> Exception:
    return refusal(
        Label(f"读不出工作簿（{cause}）", f"the workbook cannot be read ({cause})"),
        where=name,
        expected=Label("完整的 xlsx 或 xls 工作簿", "a complete xlsx or xls workbook"),
    )


def _sheet(found: dict[str, Any], name: str) -> Sheet:
    if "rows" not in found:
        raise too_wide(name, found["name"], *(int(size) for size in found["size"]))
    spans = (Span(*(int(corner) for corner in (top, left, bottom, right))) for (top, left), (bottom, right) in found["spans"])
    rows = tuple(tuple(_printed(value) for value in row) for row in found["rows"])
    return Sheet(found["name"], rows, tuple(spans), found["hidden"])


def _printed(value: str | bool) -> str:
    return value if isinstance(value, str) else "TRUE" if value else "FALSE"
