"""One year of 8 760 hours in Beijing time out of the times of a file.

Invariant: each hour of the year gets the values that the file holds for it or stays empty; every shift, average, turn
and dropped day is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import FileRefused
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.profiles import HOURS
from dafeng.energy.program import Floats
from dafeng.energy.user_series.raw import RawFile, notice, refuse

BEIJING = 8.0
"""Beijing time, east of Greenwich. [h]"""
HOUR = 3600
LEAP_DAY = slice(59 * 24, 60 * 24)
"""Hours of 29 February in a leap year."""
WHOLE = 0.9
"""Least share of a year's hours that makes it one of the file's years."""


def fit_year(raw: RawFile, *, year: int | None, zone: float | None) -> tuple[Floats, tuple[Finding, ...]]:
    """Values of a file in the hours of one year.

    Parameters
    ----------
    raw : RawFile
        The file.
    year : int or None
        Calendar year wanted; ``None`` where the file holds only one.
    zone : float or None
        Clock of the file, east of Greenwich; ``None`` where the file says it. [h]

    Returns
    -------
    (series, 8760) array
        Values, NaN where the file has none.
    tuple of Finding
        What was done to the times.

    Raises
    ------
    FileRefused
        If times repeat, steps are longer than an hour or uneven, or the year cannot be told.
    """
    values = np.array([one.values for one in raw.series])
    findings: list[Finding] = []
    if raw.clock == "none":
        whole = values
    else:
        hours, values = _hourly(raw, values, zone, findings)
        whole = _calendar_year(raw, hours, values, year, findings)
    if whole.shape[1] == HOURS + 24:
        findings.append(_leap_day(raw, whole))
        whole = np.delete(whole, LEAP_DAY, axis=1)
    if whole.shape[1] != HOURS:
        raise _wrong_length(raw, whole.shape[1])
    return whole, tuple(findings)


def _hourly(raw: RawFile, values: Floats, zone: float | None, findings: list[Finding]) -> tuple[NDArray[np.int64], Floats]:
    """Hours since 1970 in Beijing time, rising, with one value each."""
    shift = BEIJING - zone if zone is not None else (BEIJING if raw.clock == "utc" else 0.0)
    seconds = raw.seconds + round(shift * HOUR)
    if shift:
        findings.append(_shifted(raw, shift))
    order = np.argsort(seconds, kind="stable")
    if not np.array_equal(order, np.arange(len(order))):
        findings.append(_sorted(raw))
        seconds, values = seconds[order], values[:, order]
    step = _step(raw, seconds)
    beyond = np.unique(seconds % step)
    if len(beyond) == 1 and beyond[0]:
        findings.append(_within(raw, int(beyond[0]) // 60))
    hours = seconds // HOUR
    if step == HOUR:
        return hours, values
    findings.append(_averaged(raw, step))
    return _average(hours, values, HOUR // step)


def _average(hours: NDArray[np.int64], values: Floats, parts: int) -> tuple[NDArray[np.int64], Floats]:
    """Means over hours; an hour that lacks a part stays empty."""
    found, first, counts = np.unique(hours, return_index=True, return_counts=True)
    sums = np.add.reduceat(values, first, axis=1)
    return found, np.where(counts == parts, sums / parts, np.nan)


def _step(raw: RawFile, seconds: NDArray[np.int64]) -> int:
    if len(seconds) < 2:
        raise _wrong_length(raw, len(seconds))
    gaps, counts = np.unique(np.diff(seconds), return_counts=True)
    step = int(gaps[counts.argmax()])
    if gaps[0] == 0:
        raise _repeated(raw, seconds)
    if step > HOUR or HOUR % step or (gaps % step).any():
        raise _strange_step(raw, [int(gap) for gap in gaps[:4]])
    return step


def _calendar_year(raw: RawFile, hours: NDArray[np.int64], values: Floats, year: int | None, findings: list[Finding]) -> Floats:
    years = (hours.astype("datetime64[h]")).astype("datetime64[Y]").astype(np.int64) + 1970
    found, counts = np.unique(years, return_counts=True)
    whole = [int(one) for one, count in zip(found, counts, strict=True) if count >= WHOLE * HOURS]
    chosen = year if year is not None else (whole[0] if len(whole) == 1 else None)
    if chosen is None or chosen not in whole:
        raise _which_year(raw, whole, year)
    start = int(np.datetime64(f"{chosen}-01-01", "h").astype(np.int64))
    length = int(np.datetime64(f"{chosen + 1}-01-01", "h").astype(np.int64)) - start
    made = np.full((len(values), length), np.nan)
    inside = (hours >= start) & (hours < start + length)
    made[:, hours[inside] - start] = values[:, inside]
    findings += _turned(raw, hours - start, values, made, length)
    return made


def _turned(raw: RawFile, place: NDArray[np.int64], values: Floats, made: Floats, length: int) -> Iterator[Finding]:
    """Turn the end of a year of another clock to the empty start of ours: the hours that time zones cut off."""
    lacking = int(place[(place >= 0)].min())
    after = (place >= length) & (place < length + lacking)
    before = (place < 0) & (place >= -(length - int(place[place < length].max()) - 1))
    if 0 < lacking <= 14 and after.sum() == lacking:
        made[:, place[after] - length] = values[:, after]
        yield _turn(raw, lacking, "年末", "年初", "end", "start")
    elif before.any() and before.sum() <= 12:
        made[:, place[before] + length] = values[:, before]
        yield _turn(raw, int(before.sum()), "年初", "年末", "start", "end")


def _turn(raw: RawFile, count: int, zh_from: str, zh_to: str, en_from: str, en_to: str) -> Finding:
    return notice(
        "turned",
        raw.name,
        f"换算时区后{zh_to}缺 {count} 小时，用{zh_from}外的 {count} 小时补上",
        f"after the change of clock {count} hours lack at the {en_to}; those beyond the {en_from} were put there",
        remedy=Label("需要精确时导入前后相邻年份", "bring the neighbouring year too where this matters"),
        serious=True,
    )


def _shifted(raw: RawFile, shift: float) -> Finding:
    return notice(
        "zone",
        raw.name,
        f"时间加 {shift:g} 小时，换算为北京时间",
        f"times moved by {shift:g} h to Beijing time",
        remedy=Label("若文件已是北京时间，请指明时区 8", "state the zone 8 if the file is in Beijing time"),
    )


def _sorted(raw: RawFile) -> Finding:
    return notice(
        "order",
        raw.name,
        "时间没有递增，已按时间排序",
        "times did not rise; the rows were put in order",
        remedy=Label("检查来源是否拼接错误", "check whether the source was joined wrongly"),
        serious=True,
    )


def _within(raw: RawFile, minutes: int) -> Finding:
    return notice(
        "minute",
        raw.name,
        f"时间在每步第 {minutes} 分，归入其所在小时",
        f"times stand at minute {minutes} of their steps; each counts for the hour it lies in",
        remedy=Label("若时间表示时段末，请先前移", "move the times first if they mark ends"),
    )


def _averaged(raw: RawFile, step: int) -> Finding:
    return notice(
        "averaged",
        raw.name,
        f"步长 {step // 60} 分钟，已求小时平均",
        f"steps of {step // 60} minutes were averaged over hours",
        remedy=Label("无需处理；电量类数据请先换算为功率", "nothing to do; turn energies into power first"),
    )


def _leap_day(raw: RawFile, whole: Floats) -> Finding:
    share = float(np.nansum(whole[:, LEAP_DAY]) / np.nansum(whole)) if np.nansum(whole) else 0.0
    return notice(
        "leap_day",
        raw.name,
        f"去掉 2 月 29 日的 24 小时（占全年合计 {share:.2%}）",
        f"the 24 hours of 29 February were left out ({share:.2%} of the year's sum)",
        remedy=Label("模型年份没有闰日；合计相应减少", "the model's year has no leap day; sums shrink by this"),
    )


def _repeated(raw: RawFile, seconds: NDArray[np.int64]) -> FileRefused:
    twice = seconds[:-1][np.diff(seconds) == 0]
    first = str(twice[0].astype("datetime64[s]"))
    return refuse(
        raw.name,
        f"{len(twice)} 个时间重复，首个 {first}",
        f"{len(twice)} times stand twice, the first is {first}",
        expected=Label("每个时间一行（夏令时与拼接常致重复）", "one row per time (summer time and joined files repeat)"),
        remedy=Label("删去重复行，或改用 UTC 时间列", "remove the repetition, or use times in UTC"),
    )


def _strange_step(raw: RawFile, gaps: Sequence[int]) -> FileRefused:
    said = "、".join(f"{gap / 60:g}" for gap in gaps)
    return refuse(
        raw.name,
        f"时间步长（分钟）{said} 不能归为小时",
        f"steps of {said} minutes do not make hours",
        expected=Label("等步长，60 分钟或其整数分之一", "even steps of 60 minutes or a whole part of them"),
        remedy=Label("先在来源处换算为逐时数据；不在此插值", "make it hourly at the source; nothing is interpolated here"),
    )


def _which_year(raw: RawFile, years: Sequence[int], year: int | None) -> FileRefused:
    known = "、".join(str(one) for one in years) or "-"
    zh = f"没有完整的 {year} 年" if year is not None else f"有 {len(years)} 个完整年份"
    en = f"there is no whole year {year}" if year is not None else f"there are {len(years)} whole years"
    return refuse(
        raw.name,
        zh,
        en,
        expected=Label(f"以下年份之一：{known}", f"one of the years {known}"),
        remedy=Label("用 --year 指明年份", "name the year with --year"),
    )


def _wrong_length(raw: RawFile, length: int) -> FileRefused:
    return refuse(
        raw.name,
        f"有 {length} 小时",
        f"there are {length} hours",
        expected=Label("一年 8760 小时（闰年 8784）", "a year of 8760 hours (8784 with a leap day)"),
        remedy=Label("补全该年的数据", "complete the year"),
    )
