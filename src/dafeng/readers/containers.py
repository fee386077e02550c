"""Workbook files as containers: is it safe to open, and what does the spreadsheet library not tell.

Invariant: a file is opened by the spreadsheet library only after its unpacked size, the extent of its cells
and its protection were looked at.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field

from dafeng.core.labels import Label
from dafeng.readers.refusals import refusal

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_UNPACKED = 150_000_000
"""Most bytes that a workbook may hold unpacked. [bytes]"""
MAX_PARTS = 2_000
MAX_CELLS = 2_000_000
"""Most cells of the rectangle that encloses a sheet's cells. [cells]"""
REMEMBERED = 20

CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]{1,3})(\d{1,7})"([^>]*)>(<(?:\w+:)?f\b)?')
ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?r="(\d{1,10})"')
SHEET_PART = re.compile(r"^/?xl/worksheets/[^/]+\.xml$")
SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")


@dataclass(frozen=True, slots=True)
class Part:
    """What one sheet of an xlsx file holds beyond plain values.

    Parameters
    ----------
    rows, columns : int
        Extent of the cells.
    broken : tuple of str
        Addresses of cells with an error value (first twenty).
    formulas : tuple of str
        Addresses of cells computed by a formula (first twenty).
    counts : tuple of int
        How many broken cells and formulas there are.
    """

    rows: int
    columns: int
    broken: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()
    counts: tuple[int, int] = field(default=(0, 0))


def inspect_archive(data: bytes, *, name: str) -> dict[str, Part]:
    """Look into an xlsx file before the spreadsheet library opens it.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, for messages.

    Returns
    -------
    dict of str to Part
        Sheet name → what was seen.

    Raises
    ------
    FileRefused
        If the archive is damaged, is no workbook, or would unpack beyond the limits.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bomb(archive, name)
            parts = {info.filename.lstrip("/"): archive.read(info) for info in archive.infolist() if _wanted(info.filename)}
            _test_rest(archive, parts)
            titles = _titles(parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as cause:
        raise _damaged(name, str(cause)) from cause
    if "xl/workbook.xml" not in parts:
        raise refusal(
            Label("压缩包里没有工作簿", "the archive holds no workbook"),
            where=name,
            expected=Label("xlsx 工作簿", "an xlsx workbook"),
        )
    return {title: _look(parts[path], name, title) for title, path in titles.items() if path in parts}


def refuse_protected(data: bytes, *, name: str) -> None:
    """Refuse a workbook that is encrypted with a password.

    Parameters
    ----------
    data : bytes
        A file in the compound (OLE) format.
    name : str
        Its name, for the message.

    Raises
    ------
    FileRefused
        If the file holds an encrypted package.
    """
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise protected(name)


def protected(name: str) -> Exception:
    """Error for a password-protected workbook.

    Parameters
    ----------
    name : str
        File name.

    Returns
    -------
    FileRefused
        To be raised by the caller.
    """
    return refusal(
        Label("工作簿有打开密码", "the workbook is protected with a password"),
        where=name,
        expected=Label("没有打开密码的工作簿", "a workbook without a password"),
        remedy=Label("去掉打开密码后再交", "remove the password and deliver again"),
    )


def _wanted(path: str) -> bool:
    return bool(SHEET_PART.match(path)) or path.lstrip("/") in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}


def _refuse_bomb(archive: zipfile.ZipFile, name: str) -> None:
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MAX_PARTS or unpacked > MAX_UNPACKED:
        raise refusal(
            Label(f"解压后有 {len(infos)} 个部件、{unpacked} 字节", f"it unpacks to {len(infos)} parts and {unpacked} bytes"),
            where=name,
            expected=Label(
                f"不超过 {MAX_PARTS} 个部件、{MAX_UNPACKED} 字节",
                f"at most {MAX_PARTS} parts and {MAX_UNPACKED} bytes",
            ),
        )


def _test_rest(archive: zipfile.ZipFile, read: dict[str, bytes]) -> None:
    """Unpack the other parts too: their declared size and checksum must be true, or the library could be flooded."""
    for info in archive.infolist():
        if info.filename.lstrip("/") not in read:
            with archive.open(info) as stream:
                while stream.read(1 << 20):
                    pass


def _damaged(name: str, cause: str) -> Exception:
    return refusal(
        Label(f"工作簿文件已损坏（{cause}）", f"the workbook file is damaged ({cause})"),
        where=name,
        expected=Label("完整的 xlsx 文件", "a complete xlsx file"),
    )


def _attribute(tag: bytes, wanted: bytes) -> str:
    found = re.search(rb"\b" + wanted + rb'="([^"]*)"', tag)
    return _unescape(found.group(1).decode("utf-8", "strict")) if found else ""


def _unescape(text: str) -> str:
    named = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
    return re.sub("|".join(named), lambda found: named[found.group()], text)


def _titles(parts: dict[str, bytes]) -> dict[str, str]:
    tags = RELATION.findall(parts.get("xl/_rels/workbook.xml.rels", b""))
    targets = {_attribute(tag, b"Id"): _attribute(tag, b"Target") for tag in tags}
    sheets = SHEET.findall(parts.get("xl/workbook.xml", b""))
    return {_attribute(tag, b"name"): _part_path(targets.get(_attribute(tag, b"r:id"), "")) for tag in sheets}


def _part_path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _look(xml: bytes, name: str, title: str) -> Part:
    rows = max((int(found) for found in ROW.findall(xml)), default=0)
    columns, broken, formulas = 0, [], []
    for letters, number, rest, formula in CELL.findall(xml):
        columns = max(columns, _column_number(letters))
        rows = max(rows, int(number))
        if b't="e"' in rest:
            broken.append((letters + number).decode())
        elif formula:
            formulas.append((letters + number).decode())
    if rows * columns > MAX_CELLS:
        raise too_wide(name, title, rows, columns)
    kept = tuple(broken[:REMEMBERED]), tuple(formulas[:REMEMBERED])
    return Part(rows, columns, kept[0], kept[1], (len(broken), len(formulas)))


def too_wide(name: str, title: str, rows: int, columns: int) -> Exception:
    """Error for a sheet whose cells spread too far.

    Parameters
    ----------
    name, title : str
        File and sheet.
    rows, columns : int
        Extent of the sheet.

    Returns
    -------
    FileRefused
        To be raised by the caller.
    """
    return refusal(
        Label(f"表的范围为 {rows} 行 {columns} 列", f"the sheet spreads over {rows} rows and {columns} columns"),
        where=f"{name}!{title}",
        expected=Label(f"不超过 {MAX_CELLS} 个单元格", f"at most {MAX_CELLS} cells"),
        remedy=Label(
            "删去远处的空白单元格和多余的行列后再交",
            "delete far-off cells and surplus rows and columns and deliver again",
        ),
    )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
