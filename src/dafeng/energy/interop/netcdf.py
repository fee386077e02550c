"""Networks in netCDF, in the layout of PyPSA's ``export_to_netcdf``; neither PyPSA nor xarray is needed.

Invariant: a file is read whole or refused with its place; it is written whole or not at all.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.energy.interop.exchange import FORM, Exchange, refused
from dafeng.energy.interop.frames import Sheet
from dafeng.store.files import write_whole

SPANS: Mapping[str, str] = {
    "days": "D",
    "hours": "h",
    "minutes": "m",
    "seconds": "s",
    "milliseconds": "ms",
    "microseconds": "us",
    "nanoseconds": "ns",
}
"""Units of time in netCDF, and the same in numpy."""
SINCE = re.compile(r"(\w+) since (\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?")
"""How a netCDF file says what its times count."""
SCENARIO = "scenario"
"""Dimension of what differs between scenarios, and what the names of their own variables begin with."""
MARKS: Mapping[bytes, str] = {b"CDF": "netCDF-3", b"\x89HD": "netCDF-4"}
"""First bytes of the two kinds of netCDF."""


def read_netcdf(path: Path) -> Exchange:
    """Content of a netCDF file of PyPSA.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Exchange
        What it holds.

    Raises
    ------
    FileRefused
        If it is no such file, is damaged, or holds piecewise curves or stochastic scenarios.
    """
    futures = read_futures(path)
    if len(futures) > 1:
        raise scenarios_refused(path.name)
    return futures[0][1]


def read_futures(path: Path) -> tuple[tuple[float, Exchange], ...]:
    """Content of a netCDF file of PyPSA, scenario by scenario.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tuple of (probability, Exchange)
        One that is certain where the file has no scenarios.

    Raises
    ------
    FileRefused
        If it is no such file, is damaged, or holds piecewise curves.
    """
    values, dimensions, attributes = _content(path)
    if SCENARIO not in values:
        return ((1.0, _exchange(path, values, dimensions, attributes)),)
    found = []
    for place, share in enumerate(values.get("scenario_weight", ())):
        one = {name: _of(array, dimensions[name], place) for name, array in values.items() if not name.startswith(SCENARIO)}
        plain = {name: tuple(part for part in parts if part != SCENARIO) for name, parts in dimensions.items()}
        found.append((float(share), _exchange(path, one, plain, attributes)))
    if not found:
        raise refused(path.name, "scenario_weight", "情景没有概率", "the scenarios have no probabilities")
    return tuple(found)


def _of(array: NDArray[Any], dimensions: tuple[str, ...], place: int) -> NDArray[Any]:
    """What a variable holds in one scenario."""
    return array.take(place, axis=dimensions.index(SCENARIO)) if SCENARIO in dimensions else array


def _content(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, tuple[str, ...]], dict[str, Any]]:
    import h5netcdf
    import h5py

    _check_mark(path)
    try:
        with h5py.File(path, "r") as plain:  # refuses a broken head without a word; h5netcdf would complain when it goes
            plain.visit(lambda _: None)
        with h5netcdf.File(path, "r", decode_vlen_strings=True) as file:
            values = {name: _values(variable) for name, variable in file.variables.items()}
            dimensions = {name: tuple(variable.dimensions) for name, variable in file.variables.items()}
            attributes = {name: _plain(value) for name, value in file.attrs.items()}
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError) as cause:
        raise refused(path.name, "netCDF", f"文件损坏：{cause}", f"the file is damaged: {cause}") from cause
    return values, dimensions, attributes


def _check_mark(path: Path) -> None:
    with path.open("rb") as stream:
        kind = MARKS.get(stream.read(3))
    if kind is None:
        raise refused(path.name, "netCDF", "不是 netCDF 文件", "this is no netCDF file")
    if kind == "netCDF-3":
        raise refused(path.name, "netCDF", "是旧式 netCDF-3 文件", "this is an old netCDF-3 file")


def _values(variable: Any) -> NDArray[Any]:
    found = np.asarray(variable[...])
    kind = _plain(variable.attrs.get("dtype"))
    if kind == "bool":
        return found.astype(bool)
    if "units" in variable.attrs and (match := SINCE.fullmatch(str(_plain(variable.attrs["units"])))):
        return _times(found, match)
    if found.dtype.kind == "S":
        found = found.view(f"S{found.shape[-1]}")[..., 0] if found.dtype == "S1" and found.ndim > 1 else found
        return np.array([one.decode() for one in found.ravel()], dtype=object).reshape(found.shape)
    missing = variable.attrs.get("_FillValue")
    if found.dtype.kind in "iu" and missing is not None:
        return np.where(found == missing, np.nan, found.astype(np.float64))
    return found.astype(np.float64) if found.dtype.kind == "f" else found


def _times(values: NDArray[Any], match: re.Match[str]) -> NDArray[Any]:
    span, day, clock = match.groups()
    start = np.datetime64(f"{day}T{clock or '00:00:00'}", "ns")
    unit: Any = SPANS[span]
    length = np.timedelta64(1, unit).astype("timedelta64[ns]").astype(np.int64)
    offset = np.round(values * length) if values.dtype.kind == "f" else values.astype(np.int64) * length
    return np.asarray((start + offset.astype(np.int64).astype("timedelta64[ns]")).astype("datetime64[s]"))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray):
        return _plain(value.reshape(-1)[0]) if value.size == 1 else value.tolist()
    return value.item() if isinstance(value, np.generic) else value


def _exchange(
    path: Path, values: Mapping[str, NDArray[Any]], dimensions: Mapping[str, tuple[str, ...]], attributes: Mapping[str, Any]
) -> Exchange:
    _check_content(path, values)
    kinds = [name.removesuffix("_i") for name in values if name.endswith("_i") and "_t_" not in name and "_pw_" not in name]
    if "buses" not in kinds:
        raise refused(path.name, "buses", "文件里没有母线", "the file holds no buses")
    snapshots = {name.removeprefix("snapshots_"): one for name, one in values.items() if name.startswith("snapshots_")}
    if "snapshot" not in snapshots and "timestep" not in snapshots and "snapshots" in values:
        snapshots = {"snapshot": values["snapshots"], **snapshots}
    head = "investment_periods_"
    periods = {name.removeprefix(head): one for name, one in values.items() if name.startswith(head)}
    if periods and "investment_periods" in values:
        periods = {"period": values["investment_periods"], **periods}
    own = {name.removeprefix("network_"): value for name, value in attributes.items() if name.startswith("network_")}
    return Exchange(
        name=str(own.get("name") or path.stem),
        snapshots=snapshots,
        periods=periods,
        sheets={kind: _sheet(path, kind, kinds, values, dimensions) for kind in kinds},
        attributes=own,
        notes={name: str(attributes[name]) for name in ("meta", "crs") if name in attributes},
    )


def _check_content(path: Path, values: Mapping[str, NDArray[Any]]) -> None:
    curve = next((name for name in values if "_pw_" in name and not name.endswith("_i")), None)
    if curve:
        raise refused(
            path.name,
            curve,
            f"用到尚未支持的功能：分段曲线“{curve}”",
            f"the piecewise curve '{curve}' is not supported",
            remedy=_straight(),
        )


def scenarios_refused(name: str) -> Exception:
    """Refusal of stochastic scenarios in a file.

    Parameters
    ----------
    name : str
        File or network.

    Returns
    -------
    FileRefused
        To be raised.
    """
    from dafeng.core.labels import Label

    return refused(
        name,
        "scenario",
        "带有随机情景，不是一个单独的网络",
        "with its stochastic scenarios this is no single network",
        remedy=Label(
            "用 dafeng.solve_energy 或 dafeng.solve 求解；要逐个看，每个情景各存一个文件",
            "solve it with dafeng.solve_energy or dafeng.solve; to see one alone, save one file per scenario",
        ),
    )


def _straight() -> Any:
    from dafeng.core.labels import Label

    return Label("改为一个数，或拆成几个线性组件", "give one number, or several linear components")


def _sheet(
    path: Path,
    kind: str,
    kinds: list[str],
    values: Mapping[str, NDArray[Any]],
    dimensions: Mapping[str, tuple[str, ...]],
) -> Sheet:
    names = tuple(map(str, values[f"{kind}_i"]))
    columns, series = {}, {}
    longer = [f"{other}_" for other in kinds if other.startswith(f"{kind}_")]
    for name, one in values.items():
        if not name.startswith(f"{kind}_") or name.endswith("_i") or any(name.startswith(head) for head in longer):
            continue
        attribute = name.removeprefix(f"{kind}_")
        if attribute.startswith("t_"):
            series[attribute.removeprefix("t_")] = _series(path, name, values, dimensions)
        elif one.shape == (len(names),):
            columns[attribute] = one
    return Sheet(names, columns, series)


def _series(
    path: Path, name: str, values: Mapping[str, NDArray[Any]], dimensions: Mapping[str, tuple[str, ...]]
) -> dict[str, NDArray[Any]]:
    members, table = values.get(f"{name}_i"), values[name]
    if members is None or table.ndim != 2 or set(dimensions[name]) != {"snapshots", f"{name}_i"}:
        raise refused(path.name, name, f"序列“{name}”的形状不对", f"the series '{name}' has a wrong shape")
    turned = table if dimensions[name][0] == "snapshots" else table.T
    return {str(member): turned[:, place] for place, member in enumerate(members)}


def write_netcdf(exchange: Exchange, path: Path) -> None:
    """Write content as a netCDF file that PyPSA reads.

    Parameters
    ----------
    exchange : Exchange
        What is written.
    path : Path
        Where to; what stood there is replaced whole.
    """
    import h5netcdf

    content = io.BytesIO()  # HDF5 ends the process where a disk it writes to is full
    with h5netcdf.File(content, "w") as file:
        for name, value in _attributes(exchange).items():
            file.attrs[name] = value
        _write_table(file, "snapshots", np.arange(exchange.steps), exchange.snapshots)
        if exchange.periods:
            _write_table(file, "investment_periods", exchange.periods["period"], _without(exchange.periods, "period"))
        for kind, sheet in exchange.sheets.items():
            _write_sheet(file, kind, sheet)
    write_whole(path, content.getvalue())


def _attributes(exchange: Exchange) -> dict[str, Any]:
    own = {"name": exchange.name, **exchange.attributes, "pypsa_version": FORM}
    notes = {"meta": json.dumps({}), "crs": json.dumps({}), **exchange.notes}
    return {**{f"network_{name}": value for name, value in own.items()}, **notes}


def _without(columns: Mapping[str, NDArray[Any]], name: str) -> dict[str, NDArray[Any]]:
    return {one: values for one, values in columns.items() if one != name}


def _write_table(file: Any, dimension: str, index: NDArray[Any], columns: Mapping[str, NDArray[Any]]) -> None:
    file.dimensions[dimension] = len(index)
    _write(file, dimension, (dimension,), index)
    for name, values in columns.items():
        _write(file, f"{dimension}_{name}", (dimension,), values)


def _write_sheet(file: Any, kind: str, sheet: Sheet) -> None:
    dimension = f"{kind}_i"
    file.dimensions[dimension] = len(sheet.names)
    _write(file, dimension, (dimension,), np.array(sheet.names, dtype=object))
    for name, values in sheet.columns.items():
        _write(file, f"{kind}_{name}", (dimension,), np.asarray(values))
    for name, by in sheet.series.items():
        if by:
            own = f"{kind}_t_{name}_i"
            file.dimensions[own] = len(by)
            _write(file, own, (own,), np.array(list(by), dtype=object))
            _write(file, f"{kind}_t_{name}", ("snapshots", own), np.column_stack(list(by.values())))


def _write(file: Any, name: str, dimensions: tuple[str, ...], values: NDArray[Any]) -> None:
    """One variable: texts as texts of any length, times as seconds, flags as small numbers that say so."""
    import h5py

    kind = values.dtype.kind
    if kind in "OUS":
        texts = np.array(["" if one is None or one != one else str(one) for one in values.ravel()], dtype=object)
        file.create_variable(name, dimensions, dtype=h5py.string_dtype(), data=texts.reshape(values.shape))
        return
    packed = {"compression": "gzip", "compression_opts": 4} if values.ndim > 1 and values.size else {}
    data = values.astype(np.int8) if kind == "b" else values
    data = values.astype("datetime64[s]").astype(np.int64) if kind == "M" else data
    variable = file.create_variable(name, dimensions, dtype=data.dtype, data=data, **packed)
    if kind == "b":
        variable.attrs["dtype"] = "bool"
    if kind == "M":
        variable.attrs["units"] = "seconds since 1970-01-01 00:00:00"
        variable.attrs["calendar"] = "proleptic_gregorian"
