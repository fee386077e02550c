"""From a user's file to profiles: names, units, gaps and what sort of series it is.

Invariant: a profile made here is ``measured`` or ``derived`` as the user says, and carries the file as its source;
a gap is filled only as far as the user allows, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import FileRefused, SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.profiles import HOURS, Profile, Profiles, collect
from dafeng.energy.program import Floats
from dafeng.energy.user_series.csv_file import read_csv_file
from dafeng.energy.user_series.netcdf_file import read_netcdf_file
from dafeng.energy.user_series.raw import RawFile, RawSeries, notice, refuse
from dafeng.energy.user_series.year_axis import fit_year
from dafeng.energy.weather_years.ensemble import SHAPES

Brought = Literal["measured", "derived"]
"""What a user's series may be: from meters, or computed from measured weather."""
READERS: Mapping[str, Callable[[Path], RawFile]] = {
    ".csv": read_csv_file,
    ".txt": read_csv_file,
    ".nc": read_netcdf_file,
    ".nc4": read_netcdf_file,
    ".cdf": read_netcdf_file,
}
"""Readers by ending."""
CONVERSIONS: Mapping[str, tuple[float, float, str]] = {
    "%": (0.01, 0.0, "1"),
    "percent": (0.01, 0.0, "1"),
    "p.u.": (1.0, 0.0, "1"),
    "pu": (1.0, 0.0, "1"),
    "per unit": (1.0, 0.0, "1"),
    "kW/kWp": (1.0, 0.0, "1"),
    "MW/MWp": (1.0, 0.0, "1"),
    "K": (1.0, -273.15, "°C"),
    "degC": (1.0, 0.0, "°C"),
    "C": (1.0, 0.0, "°C"),
    "kW": (0.001, 0.0, "MW"),
    "GW": (1000.0, 0.0, "MW"),
    "万千瓦": (10.0, 0.0, "MW"),
}
"""Factor, offset and unit that a unit is brought to; others stay as they are."""


@dataclass(frozen=True, slots=True)
class ProfileImport:
    """Profiles from a file.

    Parameters
    ----------
    profiles : Profiles
        The series in 8 760 hours of Beijing time.
    layout : str
        Kind of file.
    findings : tuple of Finding
        All that was noticed or done.
    """

    profiles: Profiles
    layout: str
    findings: tuple[Finding, ...]


def import_profiles(
    path: Path | str,
    *,
    origin: Brought,
    names: Mapping[str, str] | None = None,
    source: str | None = None,
    year: int | None = None,
    zone: float | None = None,
    capacity_mw: float | None = None,
    fill_hours: int = 0,
) -> ProfileImport:
    """Hourly profiles from a CSV or netCDF file.

    Parameters
    ----------
    path : Path or str
        The file: CSV, or netCDF as atlite, renewables.ninja and xarray write it.
    origin : {"measured", "derived"}
        ``measured`` from meters, ``derived`` computed from measured weather (atlite, renewables.ninja).
    names : mapping of str to str, optional
        Profile by name in the file; only these are taken. Without it all are, under their own names.
    source : str, optional
        Where the series come from; the file's name without it.
    year : int, optional
        Calendar year, where the file has several.
    zone : float, optional
        Clock of the file east of Greenwich, where the file does not say it. [h]
    capacity_mw : float, optional
        Capacity behind series in power; they become shares of it. [MW]
    fill_hours : int
        Longest gap that may be filled by a straight line; 0 fills none. [h]

    Returns
    -------
    ProfileImport
        The profiles and what was done to them.

    Raises
    ------
    FileRefused
        If the file cannot be read, its times are not one year, or a gap is longer than allowed.
    SettingError
        If an option or a name is not one of the file.
    """
    path = Path(path)
    _check(zone, capacity_mw, fill_hours)
    raw = _chosen(_read(path), names)
    values, told = fit_year(raw, year=year, zone=zone)
    findings = [*raw.findings, *told]
    findings += _fill(raw, values, fill_hours)
    made = [
        _profile(raw, one, row, names, origin, source, capacity_mw, findings)
        for one, row in zip(raw.series, values, strict=True)
    ]
    return ProfileImport(collect(made), raw.layout, tuple(findings))


def _check(zone: float | None, capacity_mw: float | None, fill_hours: int) -> None:
    asked = {
        "zone": (zone, zone is None or -14 <= zone <= 14, "-14 … 14"),
        "capacity_mw": (capacity_mw, capacity_mw is None or 0 < capacity_mw < float("inf"), "> 0"),
        "fill_hours": (fill_hours, 0 <= fill_hours < HOURS, f"0 … {HOURS - 1}"),
    }
    for name, (value, fine, wanted) in asked.items():
        if not fine:
            raise SettingError(
                Label(f"“{value}”不能用", f"'{value}' cannot be used"),
                where=name,
                expected=Label(wanted, wanted),
                remedy=Label("改正该选项", "correct the option"),
            )


def _read(path: Path) -> RawFile:
    reader = READERS.get(path.suffix.lower())
    if reader is None or not path.is_file():
        known = "、".join(READERS)
        raise refuse(
            str(path),
            "文件不存在，或不是曲线文件" if reader is None else "文件不存在",
            "no such file, or no file of series" if reader is None else "no such file",
            expected=Label(f"扩展名为 {known} 的文件", f"a file ending in {known}"),
            remedy=Label("检查路径和扩展名", "check path and ending"),
        )
    return reader(path)


def _chosen(raw: RawFile, names: Mapping[str, str] | None) -> RawFile:
    known = [one.name for one in raw.series]
    twice = sorted({name for name in known if known.count(name) > 1})
    strange = sorted(set(names or ()) - set(known))
    if strange or twice or (names is not None and len(set(names.values())) < len(names)):
        raise SettingError(
            Label(f"文件中没有序列{strange}，或重名{twice}", f"the file has no series {strange}, or names come twice {twice}"),
            where=raw.name,
            expected=Label("、".join(known[:20]), ", ".join(known[:20])),
            remedy=Label("改正 --name 列名=曲线名", "correct --name COLUMN=PROFILE"),
        )
    if names is None:
        return raw
    left = tuple(_left(raw, one) for one in raw.series if one.name not in names)
    return RawFile(
        raw.name, raw.layout, raw.seconds, raw.clock, tuple(one for one in raw.series if one.name in names), raw.findings + left
    )


def _left(raw: RawFile, one: RawSeries) -> Finding:
    return notice(
        "left",
        f"{raw.name}, {one.name}",
        f"序列“{one.name}”未被选用",
        f"series '{one.name}' was not asked for",
        remedy=Label("需要时加 --name", "add it with --name if it is needed"),
    )


def _fill(raw: RawFile, values: Floats, longest: int) -> list[Finding]:
    """Fill the allowed gaps of each series in place; refuse longer ones."""
    found = []
    for one, row in zip(raw.series, values, strict=True):
        empty = ~np.isfinite(row)
        if not empty.any():
            continue
        starts, lengths = _runs(empty)
        if lengths.max() > longest or empty.all():
            raise _gap(raw, one, starts, lengths, longest)
        whole = np.arange(HOURS)
        row[empty] = np.interp(whole[empty], whole[~empty], row[~empty], period=HOURS)
        found.append(_filled(raw, one, starts, lengths))
    return found


def _runs(empty: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First hours and lengths of the gaps."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], empty.view(np.int8), [0]))))
    return edges[::2], edges[1::2] - edges[::2]


def _profile(
    raw: RawFile,
    one: RawSeries,
    row: Floats,
    names: Mapping[str, str] | None,
    origin: Brought,
    source: str | None,
    capacity_mw: float | None,
    findings: list[Finding],
) -> Profile:
    factor, offset, unit = CONVERSIONS.get(one.unit or "1", (1.0, 0.0, one.unit or "1"))
    if (factor, offset) != (1.0, 0.0):
        findings.append(_converted(raw, one, unit))
    values = row * factor + offset
    if unit == "MW" and capacity_mw:
        values, unit = values / capacity_mw, "1"
    if one.unit is None:
        findings.append(_no_unit(raw, one))
    name = (names or {}).get(one.name, one.name)
    if unit == "1" and name not in SHAPES and (values.min() < 0 or values.max() > 1):
        findings.append(_outside(raw, one, values))
    note = Label(f"来自文件 {raw.name} 的“{one.name}”", f"'{one.name}' of the file {raw.name}")
    return Profile(name, values, unit, origin, source or raw.name, note)


def _gap(raw: RawFile, one: RawSeries, starts: NDArray[np.intp], lengths: NDArray[np.intp], longest: int) -> FileRefused:
    worst = int(lengths.argmax())
    return refuse(
        f"{raw.name}, {one.name}",
        f"缺 {lengths.sum()} 小时，{len(lengths)} 处，最长从第 {starts[worst]} 小时起 {lengths[worst]} 小时",
        f"{lengths.sum()} hours lack in {len(lengths)} places, the longest {lengths[worst]} hours from hour {starts[worst]}",
        expected=Label(f"缺口不超过 {longest} 小时", f"gaps of at most {longest} hours"),
        remedy=Label(
            "补全数据，或用 --fill-hours 允许直线填补", "complete the data, or allow straight lines with --fill-hours"
        ),
    )


def _filled(raw: RawFile, one: RawSeries, starts: NDArray[np.intp], lengths: NDArray[np.intp]) -> Finding:
    first = "、".join(str(start) for start in starts[:3])
    return notice(
        "filled",
        f"{raw.name}, {one.name}",
        f"按直线填补 {lengths.sum()} 小时，{len(lengths)} 处（起于第 {first} 小时等）",
        f"{lengths.sum()} hours in {len(lengths)} gaps were filled by straight lines (from hours {first} …)",
        remedy=Label("填补值不是实测值", "what was filled is not measured"),
        serious=True,
    )


def _converted(raw: RawFile, one: RawSeries, unit: str) -> Finding:
    return notice(
        "unit",
        f"{raw.name}, {one.name}",
        f"单位由 {one.unit} 换算为 {unit}",
        f"converted from {one.unit} to {unit}",
        remedy=Label("核对单位", "check the unit"),
    )


def _no_unit(raw: RawFile, one: RawSeries) -> Finding:
    return notice(
        "no_unit",
        f"{raw.name}, {one.name}",
        "文件未注明单位，按无量纲读取",
        "the file states no unit; read as a bare number",
        remedy=Label("在列名后写 [单位]，或确认为比率", "write [unit] behind the head, or make sure it is a share"),
    )


def _outside(raw: RawFile, one: RawSeries, values: Floats) -> Finding:
    count = int(((values < 0) | (values > 1)).sum())
    return notice(
        "outside",
        f"{raw.name}, {one.name}",
        f"{count} 小时不在 0 到 1 之间（{values.min():g} 至 {values.max():g}）",
        f"{count} hours lie outside 0..1 ({values.min():g} to {values.max():g})",
        remedy=Label(
            "作容量系数时请改为比率，或给出 --capacity-mw", "make it a share if it is one of capacity, or give --capacity-mw"
        ),
        serious=True,
    )
