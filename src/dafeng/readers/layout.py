"""Where an energy balance stands in a sheet: header rows, unit row, label column, found by content, upright or turned.

Invariant: a cell is read only if its row and its column were both recognised; what was not recognised but holds
numbers is reported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dafeng.core.errors import UnitError
from dafeng.core.units import unit
from dafeng.readers.numbers import read_number
from dafeng.readers.sheets import Sheet
from dafeng.readers.wording import carrier_spellings, flow_spellings, flows, normal, split_unit

LEAST_CARRIERS = 3
LEAST_FLOWS = 5
LONGEST = 2_000
"""Rows of a sheet that are searched; no balance is longer. [rows]"""
SPOKEN = 60
"""Rows of a sheet in which the balance rows of a turned table are looked for. [rows]"""
ENGLISH = re.compile(r"10\^?(4|8|10)\s*(tn|tons?|tonnes?|tce|cu\.?\s*m\.?|m3|kj|kw\W?h)", re.IGNORECASE)
"""Units of the English heading, whose raised digits a spreadsheet often loses: ``(108 cu.m)`` is 10^8 m3."""
PLAIN: Mapping[str, str] = {"tn": "t", "ton": "t", "tons": "t", "tonne": "t", "tonnes": "t", "tce": "tce", "cum": "m3",
                            "m3": "m3", "kj": "kJ", "kwh": "kWh"}  # fmt: skip
CHINESE = re.compile(r"(?<=[一-鿿）)])[\s/]*[A-Za-z][A-Za-z\s,.&/;()'’-]*$")
"""English that follows Chinese in one cell."""
WHOLE = frozenset({"", "合计", "小计", "总计", "total", "subtotal"})
"""Labels that mean the section whose name stands in the column before."""
CAPTION = re.compile(r"(?:计量)?单位\s*[:：]\s*([^\s,，;；)）]+)|[Uu]nits?\s*[:：]\s*([^,;)]+)")


@dataclass(frozen=True, slots=True)
class Block:
    """One balance table in a sheet.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    header : int
        First header row. [grid row]
    label_column : int
        Column of the row labels.
    carriers : mapping of int to str
        Carrier id by column.
    units : mapping of int to tuple of str
        Units printed for a column, from the top; absent where none is printed.
    flows : mapping of int to str
        Flow id by row.
    strange_rows, strange_columns : tuple of int
        Rows and columns with numbers whose label was not recognised.
    title : tuple of str
        Texts above the table.
    """

    sheet: Sheet
    header: int
    label_column: int
    carriers: Mapping[int, str]
    units: Mapping[int, tuple[str, ...]]
    flows: Mapping[int, str]
    strange_rows: tuple[int, ...]
    strange_columns: tuple[int, ...]
    title: tuple[str, ...] = ()


def find_blocks(sheet: Sheet) -> tuple[Block, ...]:
    """Balance tables of a sheet.

    Parameters
    ----------
    sheet : Sheet
        Any sheet.

    Returns
    -------
    tuple of Block
        One per header; a continued table (续表) below or in another sheet is a block of its own. A table with the
        carriers down and the balance rows across comes as a turned sheet.
    """
    found = _upright(sheet)
    return found if found or not _spoken(sheet) else _upright(sheet.turn())


def _spoken(sheet: Sheet) -> bool:
    """Whether balance rows stand side by side."""
    return any(sum(bool(_names(text)) for text in row if text) >= LEAST_FLOWS for row in sheet.rows[:SPOKEN])


def _upright(sheet: Sheet) -> tuple[Block, ...]:
    length = min(len(sheet.rows), LONGEST)
    full = [row for row in range(length) if len(_heads(sheet, row)) >= LEAST_CARRIERS]
    groups = _group(sorted((*full, *_narrow(sheet, full, length))), sheet)
    ends = [group[0] for group in groups[1:]] + [length] if groups else []
    blocks = (_block(sheet, group, end) for group, end in zip(groups, ends, strict=True))
    return tuple(block for block in blocks if block)


def is_unit(text: str) -> bool:
    """Whether a text is a unit of measurement.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    bool
        True if the unit catalogue knows it.
    """
    if not text or read_number(text).value is not None:
        return False
    try:
        unit(text)
    except UnitError:
        return False
    return True


def find_caption(sheet: Sheet, before: int) -> str:
    """Unit that a caption above a table states for all of it.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    before : int
        Row at which the table begins.

    Returns
    -------
    str
        The unit, empty if there is no caption or it names several.
    """
    return _caption([text for row in sheet.rows[:before] for text in row])


def _caption(texts: Iterable[str]) -> str:
    found = {(hit[1] or hit[2]).strip() for text in texts for hit in CAPTION.finditer(text)}
    known = {text for text in found if is_unit(text)}
    return known.pop() if len(known) == 1 else ""


def _narrow(sheet: Sheet, full: Sequence[int], length: int) -> list[int]:
    """Headings of a table that goes on below with one or two carriers only."""
    if not full:
        return []
    first = next((row for row in range(full[0], length) if _labelled(sheet, row)), length)
    rows = (row for row in range(first, length) if not _labelled(sheet, row) and row not in full)
    return [row for row in rows if _heads(sheet, row) and all(read_number(text).value is None for text in sheet.rows[row])]


def _above(sheet: Sheet, header: int, carriers: Mapping[int, str]) -> tuple[str, ...]:
    """Texts above a table; in a turned sheet that is left of its first carrier."""
    if sheet.turned:
        return tuple(text for row in sheet.rows for text in row[: min(carriers)])
    return tuple(text for row in sheet.rows[:header] for text in row)


def _heads(sheet: Sheet, row: int) -> dict[int, str]:
    found = {column: _carrier(_head(sheet, row, column)) for column in range(len(sheet.rows[row]))}
    return {column: name for column, name in found.items() if name}


def _carrier(text: str) -> str:
    """Carrier that a heading names, in one language or both; empty if none."""
    known = carrier_spellings()
    for part in (split_unit(text)[0], CHINESE.sub("", split_unit(text)[0])):
        if normal(part) in known:
            return known[normal(part)]
    return ""


def _split_heads(sheet: Sheet, headers: Sequence[int], top: int, carriers: Mapping[int, str]) -> dict[int, str]:
    """Carriers whose heading is broken over two cells: 液化石 above 油气."""
    rows = [(row, below) for row in headers for below in range(row + 1, min(row + 3, top))]
    open_columns = [c for c in range(sheet.width) if c not in carriers]
    joined = ((c, _carrier(_head(sheet, row, c) + sheet.text(below, c))) for row, below in rows for c in open_columns)
    return {column: name for column, name in joined if name}


def _names(text: str) -> tuple[str, ...]:
    """Balance rows that a label may mean, in one language or both."""
    known = flow_spellings()
    return known.get(normal(text), ()) or known.get(normal(CHINESE.sub("", text)), ())


def _head(sheet: Sheet, row: int, column: int) -> str:
    """Heading of a column; of an area merged over several columns only the first one speaks."""
    span = sheet.span(row, column)
    return "" if span and span.left != column else sheet.spread(row, column)


def _group(rows: Sequence[int], sheet: Sheet) -> list[list[int]]:
    """Header rows with no balance row between them (Chinese and English heading) belong together."""
    groups: list[list[int]] = []
    for row in rows:
        if groups and not any(_labelled(sheet, between) for between in range(groups[-1][-1], row)):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _labelled(sheet: Sheet, row: int) -> bool:
    return any(_names(text) for text in sheet.rows[row][:3] if text)


def _block(sheet: Sheet, headers: Sequence[int], end: int) -> Block | None:
    carriers: dict[int, str] = {}
    for row in headers:
        for column, carrier in _heads(sheet, row).items():
            carriers.setdefault(column, carrier)
    first = headers[-1] + 1
    label_column = _label_column(sheet, first, end)
    if label_column is None:
        return None
    labels = _flows(sheet, first, end, label_column)
    top = min(labels)
    carriers |= {c: name for c, name in _split_heads(sheet, headers, top, carriers).items() if name not in carriers.values()}
    return Block(
        sheet,
        headers[0],
        label_column,
        carriers,
        _units(sheet, headers, top, carriers),
        labels,
        tuple(row for row in range(top, end) if row not in labels and _numbers(sheet, [row], carriers)),
        tuple(column for column in _others(sheet, headers, carriers, label_column) if _numbers(sheet, labels, [column])),
        _above(sheet, headers[0], carriers),
    )


def _label_column(sheet: Sheet, first: int, end: int) -> int | None:
    hits = Counter(column for row in range(first, end) for column, text in enumerate(sheet.rows[row]) if text and _names(text))
    best = max(hits.values(), default=0)
    return min(column for column, count in hits.items() if count == best) if best >= LEAST_FLOWS else None


def _flows(sheet: Sheet, first: int, end: int, column: int) -> dict[int, str]:
    labels, section = flows(), ""
    found: dict[int, str] = {}
    for row in range(first, end):
        above = _names(sheet.spread(row, column - 1)) if column else ()
        section = above[0] if above and not labels[above[0]].parent else section
        label = sheet.text(row, column)
        names = _names(label) or (above if normal(label) in WHOLE else ())
        if not names:
            continue
        inside = [name for name in names if name.split(".")[0] == section]
        found[row] = (inside or names)[0]
        section = found[row] if not labels[found[row]].parent else section
    return found


def _units(sheet: Sheet, headers: Sequence[int], top: int, carriers: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    caption = _caption(_above(sheet, headers[0], carriers))
    found: dict[int, tuple[str, ...]] = {}
    for column in carriers:
        inside = [split_unit(sheet.spread(row, column))[1] for row in headers]
        below = [sheet.text(row, column).strip("()（）[] \t") for row in range(headers[0] + 1, top)]
        stated = tuple(text for text in map(_in_full, (*inside, *below)) if is_unit(text))
        if stated or caption:
            found[column] = stated or (caption,)
    return found


def _in_full(text: str) -> str:
    """Unit of an English heading with its power of ten; any other text as it is."""
    hit = ENGLISH.fullmatch(text.strip())
    return f"10^{hit[1]} {PLAIN[re.sub(r'[^a-z0-9]', '', hit[2].lower())]}" if hit else text


def _others(sheet: Sheet, headers: Sequence[int], carriers: Mapping[int, str], label_column: int) -> list[int]:
    wide = range(label_column + 1, sheet.width)
    return [c for c in wide if c not in carriers and any(_head(sheet, row, c).strip() for row in headers)]


def _numbers(sheet: Sheet, rows: Sequence[int] | Mapping[int, str], columns: Sequence[int] | Mapping[int, str]) -> bool:
    return any(read_number(sheet.text(row, column)).value is not None for row in rows for column in columns)
