"""``hours``: what an hourly model of a city does in a year and in a week, as the page of the cockpit shows it.

Invariant: every figure is one that the run kept, or a sum of these; a choice that does not exist is refused by name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.readers.table_book import Rows, write_book
from dafeng.store.files import write_whole
from dafeng.work.city import City, open_city
from dafeng.work.frozen import city_view
from dafeng.work.hourly import INDEX
from dafeng.work.hours import Hours, read_hours

Row = dict[str, Any]
USUAL = ("electricity", "AC")
"""Carriers that are shown where none is named."""
FORMS = (".csv", ".xlsx")
"""Endings of files."""


@dataclass(frozen=True, slots=True)
class HoursView:
    """Part of an hourly model that is looked at.

    Parameters
    ----------
    hours : Hours
        Index and tables.
    case : mapping
        Case of the index.
    carrier, bus : str
        Carrier, and its bus; all its buses where empty.
    period : int
        Position of the year.
    week : int or None
        Position of the week, from 0; ``None`` for the year.
    """

    hours: Hours
    case: Mapping[str, Any]
    carrier: str
    bus: str
    period: int
    week: int | None

    @property
    def side(self) -> Mapping[str, Any]:
        """Sums, weeks and duration curves of the carrier."""
        wanted = (self.carrier, self.bus, self.period)
        return next(one for one in self.case["sides"] if (one["carrier"], one["bus"], one["period"]) == wanted)

    @property
    def unit(self) -> str:
        """Unit of the carrier's amounts."""
        return str(next(one["unit"] for one in self.case["carriers"] if one["id"] == self.carrier))


def hours(
    place: City | Path | str,
    *,
    case: str | None = None,
    year: int | None = None,
    carrier: str | None = None,
    bus: str = "",
    week: int | None = None,
) -> HoursView:
    """Look at the hourly results of a city's latest run, or of a folder that ``write_hours`` wrote.

    Parameters
    ----------
    place : City, Path or str
        City, its folder, or a folder of hourly results.
    case : str, optional
        Case; the first one if not given.
    year : int, optional
        Year of a pathway; the first one if not given.
    carrier : str, optional
        Carrier; electricity if not given.
    bus : str
        One of its buses; all where empty.
    week : int, optional
        Week of the year, from 1; the whole year if not given.

    Returns
    -------
    HoursView
        What is looked at.

    Raises
    ------
    LookupFailure
        If case, year, carrier, bus or week does not exist, or nothing was assessed yet.
    """
    found = _opened(place)
    chosen = found.case(case or found.index["cases"][0]["id"])
    buses = {one["id"]: one["buses"] for one in chosen["carriers"]}
    usual = next((name for name in USUAL if name in buses), next(iter(buses)))
    named = _among(carrier or usual, list(buses), "--carrier")
    years = [str(one) for one in chosen["periods"]]
    period = 0 if year is None else years.index(_among(str(year), years, "--year"))
    if bus:
        _among(bus, buses[named], "--bus")
    view = HoursView(found, chosen, named, bus if len(buses[named]) > 1 else "", period, None if week is None else week - 1)
    if week is not None and not 1 <= week <= len(view.side["weekly"]["load"]):
        raise _unknown(str(week), [f"1 … {len(view.side['weekly']['load'])}"], "--week")
    return view


def hours_document(view: HoursView) -> Row:
    """What is looked at, as JSON-able values.

    Parameters
    ----------
    view : HoursView
        What is looked at.

    Returns
    -------
    dict
        Totals, weekly means, duration curves, daily levels and proof; of a week, all its series hour by hour.
    """
    case, side = view.case, view.side
    levels = [one for one in case["levels"] if one["carrier"] == view.carrier and one["period"] == view.period]
    return {
        "case": case["id"],
        "label": case["label"],
        "cases": [one["id"] for one in view.hours.index["cases"]],
        "year": case["periods"][view.period],
        "carrier": view.carrier,
        "carriers": [one["id"] for one in case["carriers"]],
        "bus": view.bus,
        "unit": view.unit,
        "totals": side["totals"],
        "weeks": side["weekly"],
        "curves": side["curves"],
        "levels": [one for one in levels if view.bus in ("", one["bus"])],
        "stacks": [one for one in case["stacks"] if one["period"] == view.period],
        "proof": case["proof"],
        "approximation": case["approximation"],
        "names": case["names"],
        "week": None if view.week is None else {"number": view.week + 1, **_week(view, view.week)},
    }


def save_hours(view: HoursView, path: Path | str) -> Path:
    """Write what is looked at to a file.

    Parameters
    ----------
    view : HoursView
        What is looked at: a week, or the whole year.
    path : Path or str
        ``.csv`` with one line per hour, or ``.xlsx`` with weeks, duration curves, levels and hours as sheets.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SettingError
        If the ending is none of these.
    """
    target = Path(path)
    if target.suffix.lower() not in FORMS:
        raise SettingError(
            Label(f"写不了“{target.name}”", f"'{target.name}' cannot be written"),
            where="dafeng hours --out",
            expected=Label(f"以 {'、'.join(FORMS)} 结尾", f"an ending {', '.join(FORMS)}"),
            remedy=Label("换一个结尾", "use another ending"),
        )
    lines = list(_hour_rows(view))
    if target.suffix.lower() == ".csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(lines)
        write_whole(target, text.getvalue().encode("utf-8-sig"))
    else:
        write_whole(target, write_book({**_sheets(view), "hours": lines}))
    return target


def _opened(place: City | Path | str) -> Hours:
    folder = None if isinstance(place, City) else Path(place)
    if folder is not None and (folder / INDEX).is_file():
        return read_hours(folder)
    frozen = city_view(place if isinstance(place, City) else open_city(Path(place)))
    if frozen.hours is None or not frozen.hours.index["cases"]:
        raise LookupFailure(
            Label("最近一次运行没有逐时结果", "the latest run kept no hourly results"),
            where=str(place if folder is not None else frozen.view["city"]["slug"]),
            expected=Label("有 data/power.yaml 并已评估的城市", "an assessed city with data/power.yaml"),
            remedy=Label("先运行 dafeng assess CITY", "run dafeng assess CITY first"),
        )
    return frozen.hours


def _week(view: HoursView, week: int) -> Row:
    return view.hours.week(view.case["id"], carrier=view.carrier, bus=view.bus, period=view.period, week=week)


def _hour_rows(view: HoursView) -> Iterator[Sequence[str]]:
    """Head and one line per hour, of the week or of the whole year."""
    weeks = range(len(view.side["weekly"]["load"])) if view.week is None else (view.week,)
    parts = [_week(view, one) for one in weeks]
    series = list(dict.fromkeys((one["technology"], one["role"]) for part in parts for one in part["series"]))
    levels = list(dict.fromkeys(one["technology"] for part in parts for one in part["levels"]))
    power = "MW" if view.unit == "MWh" else f"{view.unit}/h"
    heads = [f"{technology} {role} [{power}]" for technology, role in series]
    yield ["hour", *heads, *(f"{one} level [{view.unit}]" for one in levels), "price [yuan]"]
    for part in parts:
        count = len(part["price"])
        known = {(one["technology"], one["role"]): one["values"] for one in part["series"]}
        filled = {one["technology"]: one["values"] for one in part["levels"]}
        columns = [known.get(one, [0.0] * count) for one in series] + [filled.get(one, [0.0] * count) for one in levels]
        for at in range(count):
            yield [str(part["start"] + at), *(f"{column[at]:g}" for column in columns), f"{part['price'][at]:g}"]


def _sheets(view: HoursView) -> dict[str, Rows]:
    weekly, curves = view.side["weekly"], view.side["curves"]
    levels = {one["technology"]: one["daily"] for one in hours_document(view)["levels"]}
    shares = np.linspace(0, 100, len(next(iter(curves.values()))))
    return {
        "weeks": _columns("week", range(1, len(weekly["load"]) + 1), weekly),
        "duration": _columns("% of hours", shares, curves),
        "levels": _columns("day", range(1, 1 + max(map(len, levels.values()), default=0)), levels),
    }


def _columns(head: str, first: Iterable[float], others: Mapping[str, Sequence[float]]) -> Rows:
    """A table with one column for each series."""
    lines = zip(first, *others.values(), strict=False)
    return [[head, *others], *([f"{value:.10g}" for value in line] for line in lines)]


def _among(name: str, known: list[str], where: str) -> str:
    if name not in known:
        raise _unknown(name, known, where)
    return name


def _unknown(name: str, known: list[str], where: str) -> LookupFailure:
    listed = ", ".join(known)
    return LookupFailure(
        Label(f"没有“{name}”", f"there is no '{name}'"),
        where=f"dafeng hours {where}",
        expected=Label(listed, listed),
        remedy=Label("从列出的名称中选", "choose one of the names listed"),
    )
