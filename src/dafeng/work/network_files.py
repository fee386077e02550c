"""``read_network`` and ``write_network``: energy networks in netCDF, CSV folders and workbooks.

Invariant: whatever the form, the same network is read, and what the model does not use is kept.
"""

from __future__ import annotations

import os
from pathlib import Path

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label
from dafeng.energy.interop import files
from dafeng.energy.interop.exchange import Exchange, exchange_of, network_from
from dafeng.energy.interop.folder import Lines, exchange_of_tables, tables_of
from dafeng.energy.interop.long_table import long_table
from dafeng.energy.network.solve import Outcome
from dafeng.energy.network.table import Network
from dafeng.readers.table_book import read_book, write_book
from dafeng.store.files import write_whole

BOOK = ".xlsx"
"""Ending of a workbook."""
NETCDF = (b"\x89HDF", b"CDF\x01", b"CDF\x02", b"CDF\x05")
"""How a netCDF file begins."""


def read_network(path: Path | str, *, multi_period: bool | None = None) -> Network:
    """Energy network from a file; PyPSA is not needed.

    Parameters
    ----------
    path : Path or str
        A netCDF file or a folder of CSV files as PyPSA writes them, or a workbook with the same tables as sheets.
    multi_period : bool, optional
        Whether investment periods count; by default where the file has any.

    Returns
    -------
    Network
        The network.

    Raises
    ------
    FileRefused
        If it cannot be read, with its sheet and cell where it has these.
    DefinitionError
        If it uses what the model does not have, or contradicts itself.
    """
    return network_from(read_exchange(path), multi_period=multi_period)


def read_exchange(path: Path | str) -> Exchange:
    """Content of a network file, with everything that the model does not use.

    Parameters
    ----------
    path : Path or str
        As for ``read_network``.

    Returns
    -------
    Exchange
        What it holds.

    Raises
    ------
    FileRefused
        If it cannot be read.
    """
    found = Path(path)
    if found.suffix.lower() != BOOK:
        return files.read_exchange(found)
    return exchange_of_tables(found.name, {name: Lines(rows[0], rows[1:]) for name, rows in _sheets(found).items()})


def _sheets(path: Path) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Sheets of a workbook; what is none is refused in the words of network files."""
    try:
        return read_book(path)
    except FileRefused as refusal:
        if refusal.where != path.name or not path.is_file():  # a cell, or no file: said well enough
            raise
        with path.open("rb") as opened:
            other = opened.read(4) in NETCDF
        known = Label("这是 netCDF 文件：把扩展名改为 .nc", "this is a netCDF file: rename it to .nc")
        again = Label(
            "重新导出工作簿，或改用 PyPSA 的 .nc 文件或 CSV 文件夹",
            "export the workbook again, or use a .nc file or a folder of CSV files of PyPSA",
        )
        raise FileRefused(
            refusal.what,
            where=refusal.where,
            expected=Label(
                "Excel 工作簿，各表是 snapshots、buses、generators 等清单",
                "a workbook whose sheets are the lists snapshots, buses, generators …",
            ),
            remedy=known if other else again,
        ) from refusal


def read_futures(path: Path | str) -> tuple[tuple[float, Exchange], ...]:
    """Content of a network file, scenario by scenario.

    Parameters
    ----------
    path : Path or str
        As for ``read_network``; only netCDF can hold scenarios.

    Returns
    -------
    tuple of (probability, Exchange)
        One that is certain where there are no scenarios.

    Raises
    ------
    FileRefused
        If it cannot be read.
    """
    return ((1.0, read_exchange(path)),) if Path(path).suffix.lower() == BOOK else files.read_futures(path)


def write_network(network: Network | Exchange, path: Path | str) -> None:
    """Write an energy network.

    Parameters
    ----------
    network : Network or Exchange
        What is written.
    path : Path or str
        ``.nc`` and folders are read by ``pypsa.Network``; ``.xlsx`` has the same tables as sheets.

    Raises
    ------
    FileRefused
        If the ending is of another form, or something else stands there.
    DefinitionError
        If PyPSA has no component for something in the network.
    """
    target = Path(path)
    exchange = exchange_of(network) if isinstance(network, Network) else network
    if target.suffix.lower() != BOOK:
        files.write_exchange(exchange, target)
        return
    write_whole(target, write_book({name: (table.header, *table.rows) for name, table in tables_of(exchange).items()}))


def check_target(path: Path | str, *, table: bool = False) -> None:
    """Refuse a place where results could not be written, before any time is spent on them.

    Parameters
    ----------
    path : Path or str
        Where a network, or a table, is to stand.
    table : bool
        Whether it is a table.

    Raises
    ------
    FileRefused
        If the ending is of no known form, something else stands there, or its folder is missing or closed.
    """
    target = Path(path)
    if not table and target.suffix.lower() != BOOK:
        files.check_form(target)
    if target.is_dir() and (table or target.suffix):
        raise _closed(target, "那里是一个文件夹", "a folder stands there")
    above = target.absolute().parent
    while not (table or target.suffix) and not above.exists():
        above = above.parent
    if not above.is_dir():
        raise _closed(target, f"没有文件夹 {above}", f"there is no folder {above}")
    if not os.access(above, os.W_OK):
        raise _closed(target, f"文件夹 {above} 不可写", f"the folder {above} cannot be written to")


def _closed(target: Path, zh: str, en: str) -> FileRefused:
    return FileRefused(
        Label(zh, en),
        where=str(target),
        expected=Label("可以写结果的位置", "a place where results can be written"),
        remedy=Label("先建文件夹或换一个位置；尚未求解", "make the folder, or choose another place; nothing was solved yet"),
    )


def write_scenario(outcome: Outcome, path: Path | str, *, model: str, scenario: str, region: str) -> None:
    """Write results as a long table in the IAMC format.

    Parameters
    ----------
    outcome : Outcome
        What was optimised.
    path : Path or str
        A CSV file; what stood there is replaced whole.
    model, scenario, region : str
        Names of the format's first columns.
    """
    write_whole(Path(path), long_table(outcome, model=model, scenario=scenario, region=region).encode())
