"""A minimal writer of the old binary workbook format (BIFF8 in a compound file), for tests of its reading.

Record and container layouts: MS-XLS 2.4 (BOF, BOUNDSHEET, LABEL, NUMBER, EOF, MERGECELLS) and MS-CFB 2.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def make_xls(rows: Sequence[Sequence[object]], *, title: str = "表", merges: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """An xls file with one sheet; merges are (top, bottom, left, right)."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(len(row) for row in rows), 0))
    sheet += b"".join(_cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row) if value is not None)
    if merges:
        sheet += _record(0x00E5, struct.pack("<H", len(merges)) + b"".join(struct.pack("<HHHH", *area) for area in merges))
    sheet += _record(0x000A, b"")
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)) + _record(
        0x0042, struct.pack("<H", 1200)
    )
    name = title.encode("utf-16-le")
    length = len(head) + 4 + 8 + len(name) + 4
    bound = _record(0x0085, struct.pack("<IHBB", length, 0, len(title), 1) + name)
    return _container(head + bound + _record(0x000A, b"") + sheet)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _cell(row: int, column: int, value: object) -> bytes:
    if isinstance(value, (int, float)):
        return _record(0x0203, struct.pack("<HHHd", row, column, 0, value))
    text = str(value).encode("utf-16-le")
    return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(str(value)), 1) + text)


def _container(stream: bytes) -> bytes:
    """A compound file: header, one allocation sector, one directory sector, the stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    table = [FAT, END, *range(3, 2 + count), END]
    table += [FREE] * (128 - len(table))
    root = _entry("Root Entry", 5, child=1, start=END, size=0)
    book = _entry("Workbook", 2, child=FREE, start=2, size=len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    return header + struct.pack("<128I", *table) + (root + book).ljust(SECTOR, b"\0") + stream


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    links = struct.pack("<III", FREE, FREE, child)
    return (
        text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1) + links + b"\0" * 36 + struct.pack("<IQ", start, size)
    )
