"""Network files in and out: netCDF, and folders of CSV.

Invariant: whatever the form, the same network is read; a form that is not supported is refused by name.
"""

from __future__ import annotations

from pathlib import Path

from dafeng.core.labels import Label
from dafeng.energy.interop import netcdf
from dafeng.energy.interop.exchange import Exchange, exchange_of, network_from, refused
from dafeng.energy.interop.folder import read_folder, write_folder
from dafeng.energy.interop.netcdf import read_netcdf, write_netcdf
from dafeng.energy.network.table import Network

NETCDF = (".nc", ".nc4", ".netcdf")
"""Endings of netCDF files."""
STORES = (".h5", ".hdf5", ".hdf")
"""Endings of HDF5 stores of pandas, which only pandas reads."""


def read_network(path: Path | str, *, multi_period: bool | None = None) -> Network:
    """Network from a file or folder of PyPSA; PyPSA is not needed.

    Parameters
    ----------
    path : Path or str
        A netCDF file (``export_to_netcdf``) or a folder of CSV files (``export_to_csv_folder``).
    multi_period : bool, optional
        Whether investment periods count; by default where the file has any.

    Returns
    -------
    Network
        The network.

    Raises
    ------
    FileRefused
        If it cannot be read.
    DefinitionError
        If it uses what the model does not have, or contradicts itself.
    """
    return network_from(read_exchange(path), multi_period=multi_period)


def read_exchange(path: Path | str) -> Exchange:
    """Content of a file or folder of PyPSA, with everything that the model does not use.

    Parameters
    ----------
    path : Path or str
        A netCDF file or a folder of CSV files.

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
    if found.is_dir():
        return read_folder(found)
    if not found.is_file():
        raise refused(
            found.name, str(found), "没有这个文件或文件夹", "there is no such file or folder", remedy=_look("路径", "path")
        )
    if found.suffix.lower() in NETCDF:
        return read_netcdf(found)
    raise _form_refused(found)


def read_futures(path: Path | str) -> tuple[tuple[float, Exchange], ...]:
    """Content of a file or folder of PyPSA, scenario by scenario.

    Parameters
    ----------
    path : Path or str
        A netCDF file or a folder of CSV files; only netCDF can hold scenarios.

    Returns
    -------
    tuple of (probability, Exchange)
        One that is certain where there are no scenarios.

    Raises
    ------
    FileRefused
        If it cannot be read.
    """
    found = Path(path)
    if found.is_file() and found.suffix.lower() in NETCDF:
        return netcdf.read_futures(found)
    return ((1.0, read_exchange(found)),)


def write_network(network: Network | Exchange, path: Path | str) -> None:
    """Write a network so that ``pypsa.Network(path)`` reads it.

    Parameters
    ----------
    network : Network or Exchange
        What is written.
    path : Path or str
        A netCDF file by its ending ``.nc``; anything without an ending is a folder of CSV files.

    Raises
    ------
    FileRefused
        If the ending is of another form, or something else stands there.
    DefinitionError
        If PyPSA has no component for something in the network.
    """
    target = Path(path)
    exchange = exchange_of(network) if isinstance(network, Network) else network
    if target.suffix.lower() in NETCDF:
        write_netcdf(exchange, target)
    elif not target.suffix or target.is_dir():
        write_folder(exchange, target)
    else:
        raise _form_refused(target)


def _form_refused(path: Path) -> Exception:
    if path.suffix.lower() in STORES:
        return refused(
            path.name,
            str(path),
            "HDF5 存档只有 pandas 能读",
            "an HDF5 store can only be read by pandas",
            remedy=Label("用 PyPSA 另存为 netCDF（export_to_netcdf）", "save it as netCDF with PyPSA (export_to_netcdf)"),
        )
    return refused(
        path.name,
        str(path),
        f"不支持“{path.suffix}”文件",
        f"'{path.suffix}' files are not supported",
        remedy=Label("用 .nc 文件或 CSV 文件夹", "use a .nc file or a folder of CSV files"),
    )


def _look(zh: str, en: str) -> Label:
    return Label(f"检查{zh}", f"check the {en}")
