"""Network files in and out: netCDF, and folders of CSV.

Invariant: whatever the form, the same network is read; a form that is not supported is refused by name.
"""

from __future__ import annotations

from pathlib import Path

from dafeng.core.labels import Label
from dafeng.energy.interop import netcdf
from dafeng.energy.interop.exchange import Exchange, refused
from dafeng.energy.interop.folder import check_place, read_folder, write_folder
from dafeng.energy.interop.netcdf import read_netcdf, write_netcdf

NETCDF = (".nc", ".nc4", ".netcdf")
"""Endings of netCDF files."""
STORES = (".h5", ".hdf5", ".hdf")
"""Endings of HDF5 stores of pandas, which only pandas reads."""


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


def write_exchange(exchange: Exchange, path: Path) -> None:
    """Write content so that ``pypsa.Network(path)`` reads it.

    Parameters
    ----------
    exchange : Exchange
        What is written.
    path : Path
        A netCDF file by its ending ``.nc``; anything without an ending is a folder of CSV files.

    Raises
    ------
    FileRefused
        If the ending is of another form, or something else stands there.
    """
    check_form(path)
    if path.suffix.lower() in NETCDF:
        write_netcdf(exchange, path)
    else:
        write_folder(exchange, path)


def check_form(path: Path) -> None:
    """Refuse a place where no network can be written.

    Parameters
    ----------
    path : Path
        Where a netCDF file or a folder is to stand.

    Raises
    ------
    FileRefused
        If the ending is of another form, or something else stands there.
    """
    if path.suffix.lower() in NETCDF:
        return
    if path.suffix and not path.is_dir():
        raise _form_refused(path)
    check_place(path)


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
