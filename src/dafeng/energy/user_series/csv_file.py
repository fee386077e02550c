"""CSV files of series: a time column and columns of numbers, as spreadsheets, renewables.ninja and we write them.

Invariant: a column is read as a series, is the time, or is named in a finding.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import FileRefused
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.program import Floats
from dafeng.energy.user_series.raw import Clock, RawFile, RawSeries, notice, refuse

TIMES = (
    "time",
    "utc_time",
    "utc_timestamp",
    "timestamp",
    "datetime",
    "date",
    "snapshot",
    "snapshots",
    "时间",
    "日期时间",
    "日期",
)
"""Heads of a column of times, in small letters."""
HOUR = ("hour", "小时")
"""Heads of a column that numbers the hours from 0."""
ABSENT = ("", "nan", "na", "n/a", "null", "none", "-", "—")
"""Cells that hold no value."""
UNIT = re.compile(r"^(?P<name>.*\S)\s*[\[(（](?P<unit>[^\])）]*)[\])）]$")
SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
LARGEST = 512 * 1024 * 1024
"""Largest file accepted. [bytes]"""


def read_csv_file(path: Path) -> RawFile:
    """Series of a CSV file.

    Parameters
    ----------
    path : Path
        Comma, semicolon or tab separated, UTF-8 or GB 18030; lines above the heads may begin with ``#``.

    Returns
    -------
    RawFile
        Its series.

    Raises
    ------
    FileRefused
        If it has no times, no numbers, or a time that cannot be read.
    """
    lines = _text(path).splitlines()
    notes = [line for line in lines if line.startswith("#")]
    body = [line for line in lines if line.strip() and not line.startswith("#")]
    if len(body) < 2:
        raise _no_table(path)
    rows = list(csv.reader(io.StringIO("\n".join(body)), delimiter=max(",;\t", key=body[0].count)))
    heads = [head.strip() for head in rows[0]]
    for number, row in enumerate(rows[1:], len(notes) + 2):
        if len(row) != len(heads):
            raise _uneven(path, number, len(row), len(heads))
    place = next((n for n, head in enumerate(heads) if head.lower() in (*TIMES, *HOUR)), None)
    if place is None:
        raise _no_time(path, heads)
    cells = [list(column) for column in zip(*rows[1:], strict=True)]
    seconds, clock = _clock(path, heads[place], cells[place], " ".join(notes))
    series, findings = _columns(path, heads, cells, place)
    return RawFile(path.name, "CSV", seconds, clock, series, findings)


def _columns(
    path: Path, heads: Sequence[str], cells: Sequence[list[str]], place: int
) -> tuple[tuple[RawSeries, ...], tuple[Finding, ...]]:
    series: list[RawSeries] = []
    findings: list[Finding] = []
    for number, (head, column) in enumerate(zip(heads, cells, strict=True)):
        values = None if number == place else _numbers(column)
        if values is not None:
            match = UNIT.match(head)
            series.append(RawSeries(match["name"] if match else head, values, match["unit"] if match else None))
        elif number != place:
            findings.append(_unread(path, head, column[0]))
    if not series:
        raise _no_table(path)
    return tuple(series), tuple(findings)


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise refuse(
            path.name,
            f"文件过大：{path.stat().st_size} 字节",
            f"too large: {path.stat().st_size} bytes",
            expected=Label(f"不超过 {LARGEST} 字节", f"at most {LARGEST} bytes"),
            remedy=Label("只保留需要的年份和列", "keep the years and columns that are needed"),
        )
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse(
        path.name,
        "既不是 UTF-8 也不是 GB 18030 编码",
        "neither UTF-8 nor GB 18030",
        expected=Label("文本文件", "a text file"),
        remedy=Label("另存为 UTF-8 编码的 CSV", "save it as CSV in UTF-8"),
    )


def _numbers(column: Sequence[str]) -> Floats | None:
    """Numbers of a column, ``None`` if it holds anything else."""
    try:
        return np.array([float("nan") if cell.strip().lower() in ABSENT else float(cell) for cell in column])
    except ValueError:
        return None


def _clock(path: Path, head: str, cells: Sequence[str], notes: str) -> tuple[NDArray[np.int64], Clock]:
    if head.lower() in HOUR:
        return _numbered(path, head, cells), "none"
    instants = [_instant(path, number, cell) for number, cell in enumerate(cells, 1)]
    aware = {one.tzinfo is not None for one in instants}
    if len(aware) > 1:
        raise _bad_time(path, 1, cells[0])
    seconds = np.array(
        [round((one if one.tzinfo else one.replace(tzinfo=UTC)).timestamp()) for one in instants], dtype=np.int64
    )
    in_utc = aware.pop() or "utc" in head.lower() or "utc" in notes.lower()
    return seconds, "utc" if in_utc else "local"


def _numbered(path: Path, head: str, cells: Sequence[str]) -> NDArray[np.int64]:
    numbers = _numbers(cells)
    if numbers is None or not np.array_equal(numbers, np.arange(len(numbers))):
        raise refuse(
            f"{path.name}, {head}",
            "小时序号不是从 0 起逐一递增",
            "the hours are not numbered from 0 by one",
            expected=Label("0、1、2……", "0, 1, 2 …"),
            remedy=Label("改正序号，或改用时间列", "correct the numbers, or use a column of times"),
        )
    return numbers.astype(np.int64) * 3600


def _instant(path: Path, number: int, cell: str) -> datetime:
    text = cell.strip()
    match = SLASHED.fullmatch(text)
    try:
        if match:
            return datetime(*(int(part) for part in match.groups(default="0")))  # type: ignore[arg-type]  # noqa: DTZ001
        return datetime.fromisoformat(text)
    except ValueError:
        raise _bad_time(path, number, cell) from None


def _bad_time(path: Path, number: int, cell: str) -> FileRefused:
    return refuse(
        f"{path.name}, row {number}",
        f"“{cell}”不是可读的时间，或有的带时区有的不带",
        f"'{cell}' is no time that can be read, or only some times have a zone",
        expected=Label(
            "如 2023-01-01 00:00 或 2023-01-01T00:00:00+08:00", "such as 2023-01-01 00:00 or 2023-01-01T00:00:00+08:00"
        ),
        remedy=Label("统一时间格式", "write all times in one form"),
    )


def _no_time(path: Path, heads: Sequence[str]) -> FileRefused:
    return refuse(
        path.name,
        f"列“{'、'.join(heads[:8])}”中没有时间列",
        f"none of the columns '{', '.join(heads[:8])}' is a time",
        expected=Label(f"名为 {'、'.join((*TIMES, *HOUR))} 之一的列", f"a column called one of {', '.join((*TIMES, *HOUR))}"),
        remedy=Label("给时间列改名", "rename the column of times"),
    )


def _no_table(path: Path) -> FileRefused:
    return refuse(
        path.name,
        "没有数值列",
        "there is no column of numbers",
        expected=Label("一行表头、一列时间、至少一列数值", "a head, a column of times and at least one of numbers"),
        remedy=Label("检查分隔符和内容", "check separator and content"),
    )


def _uneven(path: Path, number: int, found: int, wanted: int) -> FileRefused:
    return refuse(
        f"{path.name}, row {number}",
        f"有 {found} 格，表头有 {wanted} 格",
        f"{found} cells under {wanted} heads",
        expected=Label("每行与表头格数相同", "as many cells as heads in every row"),
        remedy=Label("改正该行", "mend the row"),
    )


def _unread(path: Path, head: str, cell: str) -> Finding:
    return notice(
        "unread",
        f"{path.name}, {head}",
        f"列“{head}”不是数值（如“{cell}”），未读入",
        f"column '{head}' holds no numbers (such as '{cell}') and was not read",
        remedy=Label("若需要该列，请改为数值", "make it numbers if it is needed"),
    )
