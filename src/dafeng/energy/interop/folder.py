"""Networks as a folder of CSV files, in the layout of PyPSA's ``export_to_csv_folder``.

Invariant: each row has as many cells as its header; a file that cannot be read is refused with its line; a folder is
written whole or not at all.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.core.labels import Label
from dafeng.energy.interop.exchange import FORM, IDLE, Exchange, label_of, refused
from dafeng.energy.interop.frames import LISTS, Sheet, declared_kind

APART = ("network", "snapshots", "investment_periods")
"""Files that are no list of components."""
PORTS = ("bus", "bus0", "bus1")
"""Columns by which a file is a list of components, whatever its name."""


def read_folder(path: Path) -> Exchange:
    """Content of a folder of CSV files of PyPSA.

    Parameters
    ----------
    path : Path
        The folder.

    Returns
    -------
    Exchange
        What it holds.

    Raises
    ------
    FileRefused
        If a file is no such table, or holds piecewise curves.
    """
    tables = {file.stem: _read(file) for file in sorted(path.glob("*.csv"))}
    notes = {name: _note(path, name) for name in ("meta", "crs") if (path / f"{name}.json").is_file()}
    return replace(exchange_of_tables(path.name, tables), notes=notes)


def exchange_of_tables(source: str, tables: Mapping[str, Lines]) -> Exchange:
    """Content of tables of cells, one per list and one per series.

    Parameters
    ----------
    source : str
        File or folder, for messages.
    tables : mapping of str to Lines
        Cells by name: ``generators``, ``generators-p_max_pu``, ``snapshots`` ….

    Returns
    -------
    Exchange
        What they hold.

    Raises
    ------
    FileRefused
        If a table or a cell is not what its place asks for.
    """
    if "buses" not in tables:
        raise refused(source, "buses", "没有母线表（buses）", "there is no table of buses")
    curve = next((name for name in tables if name.endswith("-pw")), None)
    if curve:
        raise refused(
            source,
            curve,
            f"用到尚未支持的功能：分段曲线“{curve}”",
            f"the piecewise curve '{curve}' is not supported",
            remedy=Label("改为一个数，或拆成几个线性组件", "give one number, or several linear components"),
        )
    snapshots = _snapshots(source, tables)
    steps = len(next(iter(snapshots.values())))
    kinds = [name for name, table in tables.items() if _listed(name, table)]
    own = {name: values[0] for name, values in tables.get("network", Lines((), ())).columns.items() if values}
    return Exchange(
        name=str(own.get("name") or source),
        snapshots=snapshots,
        periods=_periods(source, tables),
        sheets={kind: _sheet(source, kind, tables, steps) for kind in kinds},
        attributes={name: value for name, value in own.items() if name},
    )


@dataclass(frozen=True, slots=True)
class Lines:
    """Header and cells of one table.

    Parameters
    ----------
    header : tuple of str
        Heads of the columns; the first is that of the names or numbers of the rows.
    rows : tuple of tuple of str
        Cells, as many in each row as the header has.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> dict[str, list[str]]:
        """Cells by head."""
        return {name: [row[place] for row in self.rows] for place, name in enumerate(self.header)}


def cell_name(column: int, row: int) -> str:
    """Address of a cell as a spreadsheet writes it.

    Parameters
    ----------
    column, row : int
        Position in the table without its header, from 0.

    Returns
    -------
    str
        ``B2`` for the second column of the first row.
    """
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 2}"


def _read(file: Path) -> Lines:
    try:
        text = file.read_text(encoding="utf-8-sig")
        lines = [line for line in csv.reader(text.splitlines(), strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as cause:
        raise refused(file.name, "CSV", f"不是 UTF-8 的 CSV：{cause}", f"this is no CSV in UTF-8: {cause}") from cause
    if not lines:
        return Lines((), ())
    for number, line in enumerate(lines, 1):
        if len(line) != len(lines[0]) and not file.stem.endswith("-pw"):
            raise refused(
                file.name,
                str(number),
                f"第 {number} 行有 {len(line)} 格，应为 {len(lines[0])} 格",
                f"line {number} has {len(line)} cells instead of {len(lines[0])}",
            )
    if len(set(lines[0])) < len(lines[0]):
        raise refused(file.name, "1", "表头有重名的列", "two columns have the same head")
    return Lines(tuple(lines[0]), tuple(tuple(line) for line in lines[1:]))


def _listed(name: str, table: Lines) -> bool:
    if name in APART or "-" in name:
        return False
    return name in LISTS or name in IDLE or any(port in table.header for port in PORTS)


def _snapshots(source: str, tables: Mapping[str, Lines]) -> dict[str, NDArray[Any]]:
    table = tables.get("snapshots")
    if table is None or not table.rows:
        return {"snapshot": np.array(["now"], dtype=object)}
    columns = table.columns
    found: dict[str, NDArray[Any]] = {}
    for name in table.header[1:] if len(table.header) > 1 else table.header:
        found[name] = _times(columns[name]) if name in ("snapshot", "timestep") else _numbers(source, table, "snapshots", name)
    if "snapshot" not in found and "timestep" not in found:
        found = {"snapshot": _times(columns[table.header[0]]), **found}
    return found


def _times(cells: Sequence[str]) -> NDArray[Any]:
    if all(cell.isdigit() for cell in cells):
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    try:
        return np.array([np.datetime64(cell.strip().replace(" ", "T"), "s") for cell in cells])
    except ValueError:
        return np.array(cells, dtype=object)


def _numbers(source: str, table: Lines, name: str, head: str) -> NDArray[Any]:
    """A column of numbers; what is none is refused with its cell."""
    column = table.header.index(head)
    for row, cells in enumerate(table.rows):
        if not _is_number(cells[column]):
            raise _no_number(source, name, cell_name(column, row), cells[column])
    return np.array([float(cells[column] or "nan") for cells in table.rows])


def _no_number(source: str, name: str, at: str, cell: str) -> Exception:
    return refused(source, f"{name}!{at}", f"“{cell}”不是数", f"'{cell}' is no number")


def _is_number(cell: str) -> bool:
    try:
        float(cell or "nan")
    except ValueError:
        return False
    return True


def _periods(source: str, tables: Mapping[str, Lines]) -> dict[str, NDArray[Any]]:
    table = tables.get("investment_periods")
    if table is None or not table.rows:
        return {}
    first, *others = table.header
    found = {"period": _numbers(source, table, "investment_periods", first).astype(np.int64)}
    return {**found, **{name: _numbers(source, table, "investment_periods", name) for name in others}}


def _sheet(source: str, kind: str, tables: Mapping[str, Lines], steps: int) -> Sheet:
    table = tables[kind]
    columns = table.columns
    names = tuple(columns[table.header[0]]) if table.header else ()
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise refused(source, kind, f"“{twice}”出现两次", f"'{twice}' stands twice")
    series = {
        name.removeprefix(f"{kind}-"): _series(source, name, other, steps)
        for name, other in tables.items()
        if name.startswith(f"{kind}-")
    }
    return Sheet(names, {name: _plain(source, kind, table, name) for name in table.header[1:]}, series)


def _plain(source: str, kind: str, table: Lines, name: str) -> NDArray[Any]:
    """A column of numbers as numbers, of flags as flags; texts stay, also those that look like whole numbers."""
    cells = np.array(table.columns[name], dtype=object)
    declared = declared_kind(kind, name)
    if declared == "number":
        return _numbers(source, table, kind, name)
    if declared == "text" or not any(cells):
        return cells
    if all(cell in ("True", "False") for cell in cells):
        return np.array([cell == "True" for cell in cells])
    if (kind == "carriers" or not all(cell.isdigit() for cell in cells)) and all(_is_number(cell) for cell in cells):
        return np.array([float(cell or "nan") for cell in cells])
    return cells


def _series(source: str, name: str, table: Lines, steps: int) -> dict[str, NDArray[Any]]:
    if len(table.rows) != steps:
        raise refused(
            source,
            name,
            f"有 {len(table.rows)} 行，时段有 {steps} 个",
            f"{len(table.rows)} rows for {steps} snapshots",
        )
    return {one: _numbers(source, table, name, one) for one in table.header[1:]}


def _note(path: Path, name: str) -> str:
    file = path / f"{name}.json"
    try:
        text = file.read_text(encoding="utf-8")
        json.loads(text)
    except ValueError as cause:
        raise refused(path.name, file.name, f"不是 JSON：{cause}", f"this is no JSON: {cause}") from cause
    return text


def write_folder(exchange: Exchange, path: Path) -> None:
    """Write content as a folder of CSV files that PyPSA reads.

    Parameters
    ----------
    exchange : Exchange
        What is written.
    path : Path
        Where to; an older folder of the same kind is replaced whole.

    Raises
    ------
    FileRefused
        If something else stands there.
    """
    check_place(path)
    made, old = path.with_name(f".{path.name}.tmp"), path.with_name(f".{path.name}.old")
    for left in (made, old):
        shutil.rmtree(left, ignore_errors=True)
    made.mkdir(parents=True)
    try:
        _write_all(exchange, made)
        if path.exists():
            path.rename(old)
        made.rename(path)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def check_place(path: Path) -> None:
    """Refuse a place where a folder cannot stand.

    Parameters
    ----------
    path : Path
        Where the folder is to be.

    Raises
    ------
    FileRefused
        If something else than an older folder of the same kind stands there.
    """
    if path.exists() and not (path.is_dir() and _replaceable(path)):
        raise refused(path.name, str(path), "那里已有别的东西", "something else stands there")


def _replaceable(path: Path) -> bool:
    found = [file.name for file in path.iterdir()]
    return not found or (all(name.endswith((".csv", ".json")) for name in found) and "buses.csv" in found)


def tables_of(exchange: Exchange) -> dict[str, Lines]:
    """Content as tables of cells, one per list and one per series.

    Parameters
    ----------
    exchange : Exchange
        What is written.

    Returns
    -------
    dict of str to Lines
        Cells by name: ``generators``, ``generators-p_max_pu``, ``snapshots`` ….
    """
    own = {"name": exchange.name, **exchange.attributes, "pypsa_version": FORM}
    found = {"network": Lines(tuple(own), (tuple(map(_cell, own.values())),))}
    found["snapshots"] = _lines("", range(exchange.steps), exchange.snapshots)
    periods = dict(exchange.periods)
    years = periods.pop("period", np.array([], dtype=np.int64))
    found["investment_periods"] = _lines("period", years, periods or {"objective": years, "years": years})
    for kind, sheet in exchange.sheets.items():
        found[kind] = _lines("name", sheet.names, sheet.columns)
        found |= {f"{kind}-{name}": _lines("", range(exchange.steps), by) for name, by in sheet.series.items() if by}
    return found


def _write_all(exchange: Exchange, folder: Path) -> None:
    for name in ("meta", "crs"):
        (folder / f"{name}.json").write_text(exchange.notes.get(name, "{}"), encoding="utf-8")
    for name, table in tables_of(exchange).items():
        _write(folder / f"{name}.csv", table.header, table.rows)


def _lines(head: str, index: Any, columns: Mapping[str, NDArray[Any]]) -> Lines:
    lists = [[_cell(value) for value in values] for values in columns.values()]
    rows = tuple((str(one), *row) for one, *row in zip(index, *lists, strict=True))
    return Lines((head, *columns), rows)


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, np.datetime64):
        return label_of(value).replace("T", " ")
    return repr(float(value)) if isinstance(value, (float, np.floating)) else str(value)


def _write(file: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
