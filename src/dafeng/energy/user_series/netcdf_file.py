"""netCDF files of series, as atlite, renewables.ninja, xarray and PyPSA's tools write them.

Invariant: packed values are unpacked and absent ones become NaN as the file's own attributes say; a variable without
time is named in a finding, a field on a map is refused.
"""

from __future__ import annotations

import itertools
import math
import re
from calendar import isleap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import FileRefused
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.user_series.raw import RawFile, RawSeries, notice, refuse

TIMES = ("time", "snapshot", "snapshots", "valid_time", "datetime")
"""Names of the dimension of time."""
MOST = 200
"""Most series that one file may bring; more is a map, not a set of series."""
STEPS: Mapping[str, float] = {
    **dict.fromkeys(("nanoseconds", "ns"), 1e-9),
    **dict.fromkeys(("microseconds", "us"), 1e-6),
    **dict.fromkeys(("milliseconds", "ms"), 1e-3),
    **dict.fromkeys(("seconds", "second", "s"), 1.0),
    **dict.fromkeys(("minutes", "minute", "min"), 60.0),
    **dict.fromkeys(("hours", "hour", "h"), 3600.0),
    **dict.fromkeys(("days", "day", "d"), 86400.0),
}
"""Length of the steps in which times are counted. [s]"""
REAL = ("standard", "gregorian", "proleptic_gregorian")
LEAPLESS = ("noleap", "365_day")
DAMAGE = (OSError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, MemoryError, AttributeError)
"""What the libraries raise on a damaged file."""
FARTHEST = 1e11
"""Longest time from its start that is believed: three thousand years. [s]"""
GREENWICH = ("UTC", "Z", "GMT", "+00:00", "+0:00", "0:00")
"""Zones that mean UTC behind a start."""
SINCE = re.compile(r"(?P<step>\w+) since (?P<start>\S+(?:[ T]\S+)?)(?P<zone>\s+\S+)?")


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A variable of a file.

    Parameters
    ----------
    dimensions : tuple of str
        Its dimensions.
    values : array
        Its values as stored.
    about : mapping
        Its attributes.
    """

    dimensions: tuple[str, ...]
    values: NDArray[Any]
    about: Mapping[str, Any]


def read_netcdf_file(path: Path) -> RawFile:
    """Series of a netCDF file.

    Parameters
    ----------
    path : Path
        netCDF 4 or classic netCDF with a dimension of time.

    Returns
    -------
    RawFile
        One series for each variable with time and each label of its other dimensions, on the clock of UTC, as the
        conventions for climate and forecast data have it.

    Raises
    ------
    FileRefused
        If it is no netCDF, has no time, or holds a map.
    """
    variables = _open(path)
    axis = next((name for name in TIMES if any(name in one.dimensions for one in variables.values())), None)
    if axis is None or axis not in variables:
        raise _no_time(path, variables)
    seconds = _seconds(path, axis, variables[axis])
    series: list[RawSeries] = []
    findings: list[Finding] = []
    for name, variable in variables.items():
        if axis in variable.dimensions and name not in (axis, _said(variables[axis].about.get("bounds"))):
            series += _series(path, name, variable, axis, variables)
        elif name not in _labels(variables):
            findings.append(_timeless(path, name, variable))
    if not series:
        raise _no_time(path, variables)
    return RawFile(path.name, "netCDF", seconds, "utc", tuple(series), tuple(findings))


def _open(path: Path) -> dict[str, Variable]:
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"\x89HDF"):
        return _modern(path)
    if head.startswith(b"CDF"):
        return _classic(path)
    raise refuse(
        path.name,
        "不是 netCDF 文件",
        "no netCDF file",
        expected=Label("netCDF 4（HDF5）或经典 netCDF", "netCDF 4 (HDF5) or classic netCDF"),
        remedy=Label("重新导出该文件", "export the file again"),
    )


def _modern(path: Path) -> dict[str, Variable]:
    import h5netcdf
    import h5py

    try:
        with h5py.File(path, "r") as plain:  # refuses a broken head without a word; h5netcdf would complain when it goes
            plain.attrs.get("_nc3_strict")
        with h5netcdf.File(path, "r") as file:
            found = {
                name: Variable(tuple(one.dimensions), np.asarray(one[...]), dict(one.attrs))
                for name, one in file.variables.items()
            }
    except DAMAGE as cause:
        raise _damaged(path, cause) from cause
    return {name: one for name, one in found.items() if one.values.dtype.kind in "iufSUO"}


def _classic(path: Path) -> dict[str, Variable]:
    from scipy.io import netcdf_file

    try:
        with netcdf_file(path, "r", mmap=False) as file:
            return {
                name: Variable(tuple(one.dimensions), np.array(one[...]), dict(one._attributes))
                for name, one in file.variables.items()
            }
    except DAMAGE as cause:
        raise _damaged(path, cause) from cause


def _series(path: Path, name: str, variable: Variable, axis: str, variables: Mapping[str, Variable]) -> Iterator[RawSeries]:
    if variable.values.dtype.kind not in "iuf":
        raise _damaged(path, f"{name}: {variable.values.dtype}")
    values = np.moveaxis(_unpacked(variable), variable.dimensions.index(axis), -1)
    others = [one for one in variable.dimensions if one != axis]
    if math.prod(values.shape[:-1]) > MOST:
        raise _a_map(path, name, others, values.shape[:-1])
    named = [(number, one) for number, one in enumerate(others) if values.shape[number] > 1]
    for spot in itertools.product(*(range(size) for size in values.shape[:-1])):
        labels = [_label(variables, one, spot[number]) for number, one in named]
        yield RawSeries(".".join([name, *labels]), values[spot], _said(variable.about.get("units")))


def _unpacked(variable: Variable) -> NDArray[np.float64]:
    values = variable.values.astype(np.float64)
    for key in ("_FillValue", "missing_value"):
        if key in variable.about:
            values[np.isin(variable.values, np.ravel(variable.about[key]))] = np.nan
    scale, shift = (
        float(np.ravel(variable.about.get(key, start))[0]) for key, start in (("scale_factor", 1.0), ("add_offset", 0.0))
    )
    with np.errstate(all="ignore"):  # what overflows becomes a gap
        return values * scale + shift


def _seconds(path: Path, axis: str, variable: Variable) -> NDArray[np.int64]:
    units, calendar = _said(variable.about.get("units")) or "", _said(variable.about.get("calendar")) or "standard"
    start, step = _start(path, axis, units)
    if calendar not in (*REAL, *LEAPLESS) or variable.values.dtype.kind not in "iuf" or variable.values.ndim != 1:
        raise _strange_time(path, axis, f"{units}, {calendar}")
    with np.errstate(all="ignore"):
        exact = variable.values.astype(np.float64) * step
    if not (np.abs(exact) < FARTHEST).all():
        raise _strange_time(path, axis, f"{units}, {exact.min():g} … {exact.max():g} s")
    passed = np.round(exact).astype(np.int64)
    return _leapless(path, axis, start, passed) if calendar in LEAPLESS else passed + round(start.timestamp())


def _start(path: Path, axis: str, units: str) -> tuple[datetime, float]:
    """First moment and step [s] of ``hours since 2013-01-01``."""
    match = SINCE.fullmatch(units.strip())
    if match is None or match["step"] not in STEPS or (match["zone"] or "UTC").strip() not in GREENWICH:
        raise _strange_time(path, axis, units)
    try:
        start = datetime.fromisoformat(match["start"].rstrip("."))
    except ValueError:
        raise _strange_time(path, axis, units) from None
    return start.replace(tzinfo=start.tzinfo or UTC), STEPS[match["step"]]


def _leapless(path: Path, axis: str, start: datetime, passed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Real times of a calendar without leap days, counted from the first moment of a year."""
    if (start.month, start.day, start.hour, start.minute) != (1, 1, 0, 0):
        raise _strange_time(path, axis, f"{start.isoformat()}, noleap")
    years, rest = np.divmod(passed, 365 * 86400)
    if len(years) and not 1 <= start.year + int(years.min()) <= start.year + int(years.max()) <= 9999:
        raise _strange_time(path, axis, f"{start.isoformat()}, noleap")
    first = np.array([f"{start.year + year}-01-01" for year in years.tolist()], dtype="datetime64[s]")
    leap = np.array([isleap(start.year + year) for year in years.tolist()])
    jump = np.where(leap & (rest >= 59 * 86400), 86400, 0)
    return first.astype(np.int64) + rest + jump


def _labels(variables: Mapping[str, Variable]) -> set[str]:
    return {axis for one in variables.values() for axis in one.dimensions}


def _label(variables: Mapping[str, Variable], axis: str, number: int) -> str:
    if axis not in variables:
        return str(number)
    values = variables[axis].values
    one = values[number]
    return (
        b"".join(np.ravel(one)).decode("utf-8").strip("\0 ")
        if values.dtype.kind == "S" and np.ndim(one)
        else _said(one) or str(number)
    )


def _said(value: Any) -> str | None:
    """Text of an attribute or label."""
    if value is None:
        return None
    plain = value.item() if isinstance(value, np.ndarray | np.generic) and np.size(value) == 1 else value
    return plain.decode("utf-8", errors="replace").strip("\0 ") if isinstance(plain, bytes) else str(plain)


def _timeless(path: Path, name: str, variable: Variable) -> Finding:
    return notice(
        "unread",
        f"{path.name}, {name}",
        f"变量“{name}”（维 {'、'.join(variable.dimensions) or '无'}）没有时间维，未读入",
        f"variable '{name}' (dimensions {', '.join(variable.dimensions) or 'none'}) has no time and was not read",
        remedy=Label("如潜力、距离等需另行录入", "enter potentials, distances and the like elsewhere"),
    )


def _no_time(path: Path, variables: Mapping[str, Variable]) -> FileRefused:
    known = ", ".join(list(variables)[:8])
    return refuse(
        path.name,
        f"没有带时间的变量（有：{known}）",
        f"no variable has a time (there are {known})",
        expected=Label(
            f"名为 {'、'.join(TIMES)} 之一的时间维及其坐标", f"a dimension with coordinates called one of {', '.join(TIMES)}"
        ),
        remedy=Label("导出时保留时间坐标", "keep the coordinate of time when exporting"),
    )


def _a_map(path: Path, name: str, axes: Sequence[str], shape: Sequence[int]) -> FileRefused:
    size = " × ".join(str(one) for one in shape)
    return refuse(
        f"{path.name}, {name}",
        f"是 {size} 的场（{'、'.join(axes)}），不是序列",
        f"a field of {size} ({', '.join(axes)}), no set of series",
        expected=Label(f"至多 {MOST} 条序列", f"at most {MOST} series"),
        remedy=Label(
            "先按区域或站点汇总（atlite 的 matrix、shapes 参数）", "aggregate to places first (matrix or shapes in atlite)"
        ),
    )


def _strange_time(path: Path, axis: str, said: str) -> FileRefused:
    return refuse(
        f"{path.name}, {axis}",
        f"时间“{said}”无法解读",
        f"time '{said}' cannot be understood",
        expected=Label(
            "如 hours since 2013-01-01，公历或无闰日历", "such as hours since 2013-01-01, real or leapless calendar"
        ),
        remedy=Label("按 CF 约定写时间坐标", "write the coordinate as the CF conventions say"),
    )


def _damaged(path: Path, cause: object) -> FileRefused:
    return refuse(
        path.name,
        f"无法读取：{cause}",
        f"cannot be read: {cause}",
        expected=Label("完整的 netCDF 文件，数值变量", "a whole netCDF file with numeric variables"),
        remedy=Label("重新导出该文件", "export the file again"),
    )
