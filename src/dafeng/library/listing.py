"""Read CSV definitions with declared columns.

Invariant: the header is exactly the declared one, every cell is of its declared kind, and no key occurs twice.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from dafeng.core.labels import Label
from dafeng.library.strict import number, read_text, refusal

Kind = Literal["text", "text?", "integer", "integer?", "decimal", "decimal?", "boolean"]
"""Kind of a column; a question mark allows the cell to be empty (read as ``None``)."""


def load_csv(
    source: Path | str,
    columns: Mapping[str, Kind],
    *,
    key: Sequence[str] = (),
    others: bool = False,
    name: str = "text",
) -> tuple[dict[str, Any], ...]:
    """Rows of a CSV definition.

    Parameters
    ----------
    source : Path or str
        A file, or the text itself; UTF-8, comma separated, header first; lines above it may be notes that begin
        with ``#``.
    columns : mapping of str to Kind
        Declared columns in order.
    key : sequence of str
        Columns whose values together may occur only once.
    others : bool
        Whether further columns may stand between the declared ones; they are read as text.
    name : str
        Name for messages where ``source`` is a text.

    Returns
    -------
    tuple of dict
        One mapping per row: text, ``int``, ``Decimal``, ``bool`` or ``None`` by column, and ``at``, the place
        ``file:line`` of the row.

    Raises
    ------
    DefinitionError
        If the header, a cell or a key breaks the declaration; with line and column.
    """
    name = source.name if isinstance(source, Path) else name
    text, skipped = _without_notes(read_text(source, name=name))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[dict[str, Any]] = []
    seen: dict[tuple[Any, ...], int] = {}
    try:
        columns = _check_header(next(reader, []), columns, name, others=others)
        for cells in reader:
            row = _row(cells, columns, f"{name}:{reader.line_num + skipped}")
            _check_key(row, key, seen, reader.line_num + skipped)
            rows.append(row)
    except csv.Error as cause:
        raise refusal(f"{name}:{reader.line_num + skipped}:1", f"不是合法的 CSV：{cause}", f"not CSV: {cause}") from cause
    return tuple(rows)


def _without_notes(text: str) -> tuple[str, int]:
    lines = text.splitlines(keepends=True)
    notes = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[notes:]), notes


def _check_header(header: Sequence[str], columns: Mapping[str, Kind], name: str, *, others: bool) -> Mapping[str, Kind]:
    found = [column for column in header if column in columns] if others else list(header)
    if found != list(columns) or len(set(header)) < len(header):
        wanted = ",".join(columns)
        raise refusal(
            f"{name}:1:1",
            f"表头“{','.join(header)}”与声明不符",
            f"header '{','.join(header)}' differs from the declaration",
            expected=Label(wanted, wanted),
        )
    return {column: columns.get(column, "text?") for column in header}


def _row(cells: Sequence[str], columns: Mapping[str, Kind], at: str) -> dict[str, Any]:
    if len(cells) != len(columns):
        raise refusal(f"{at}:1", f"有 {len(cells)} 格，应为 {len(columns)} 格", f"{len(cells)} cells instead of {len(columns)}")
    row: dict[str, Any] = {
        column: _cell(text, kind, f"{at}:{place}")
        for place, (text, (column, kind)) in enumerate(zip(cells, columns.items(), strict=True), 1)
    }
    return {**row, "at": at}


def _cell(text: str, kind: Kind, at: str) -> str | int | Decimal | bool | None:
    if text != text.strip():
        raise refusal(at, f"“{text}”首尾有空格", f"'{text}' has blanks at its ends")
    if not text:
        if kind.endswith("?"):
            return None
        raise refusal(at, "不能为空", "must not be empty")
    base = kind.rstrip("?")
    if base == "text":
        return text
    if base == "boolean":
        return _boolean(text, at)
    value = number(text, at)
    if base == "integer" and not isinstance(value, int):
        raise refusal(at, f"“{text}”不是整数", f"'{text}' is no integer")
    return value if base == "integer" else Decimal(value)


def _boolean(text: str, at: str) -> bool:
    if text not in ("true", "false"):
        raise refusal(at, f"“{text}”不是 true 或 false", f"'{text}' is neither true nor false")
    return text == "true"


def _check_key(row: Mapping[str, Any], key: Sequence[str], seen: dict[tuple[Any, ...], int], line: int) -> None:
    if not key:
        return
    found = tuple(row[column] for column in key)
    if found in seen:
        said = ", ".join(str(part) for part in found)
        raise refusal(f"{row['at']}:1", f"键“{said}”与第 {seen[found]} 行重复", f"key '{said}' repeats line {seen[found]}")
    seen[found] = line
