"""Hourly results as a run keeps them, read back a week at a time.

Invariant: what is read is what was kept; a page that shows a week reads that week alone, and nothing is computed but sums
over the buses and technologies that are asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.energy.hourly import WEEK
from dafeng.store.parts import read_table
from dafeng.work.hourly import DIGITS, INDEX, name_price, rounded


@dataclass(frozen=True, slots=True)
class Hours:
    """Hourly results as they were kept.

    Parameters
    ----------
    index : mapping
        The index.
    read : callable
        Table by its name.
    """

    index: Mapping[str, Any]
    read: Callable[[str], pa.Table]

    def case(self, name: str) -> Mapping[str, Any]:
        """A case of the index.

        Parameters
        ----------
        name : str
            Its id.

        Returns
        -------
        mapping
            The case.

        Raises
        ------
        LookupFailure
            If there is none.
        """
        found = next((one for one in self.index["cases"] if one["id"] == name), None)
        if found is None:
            raise _unknown(name, [one["id"] for one in self.index["cases"]])
        return dict(found)

    def week(self, name: str, *, carrier: str, bus: str = "", period: int = 0, week: int = 0) -> dict[str, Any]:
        """One week of one carrier, hour by hour.

        Parameters
        ----------
        name : str
            Id of the case.
        carrier, bus : str
            Carrier, and its bus; all its buses where empty.
        period, week : int
            Position of the period, and of the week in it.

        Returns
        -------
        dict
            ``start`` [h], ``series`` (technology, role, values) [unit of the carrier per hour, positive into the bus],
            ``levels`` [MWh], ``price`` [yuan/MWh].

        Raises
        ------
        LookupFailure
            If case, carrier, bus, period or week does not exist.
        """
        case = self.case(name)
        chosen = _choose(case, carrier, bus, period, week)
        start = week * WEEK
        table, steps = self._steps(case, period, start, min(start + WEEK, case["hours"][period]))
        cut = {kind: _summed(table, [c for c in chosen if c["kind"] == kind], steps) for kind in ("flow", "level")}
        return {
            "start": start,
            "series": [{"technology": t, "role": r, "values": v} for (t, r), v in cut["flow"].items()],
            "levels": [{"technology": t, "values": v} for (t, _), v in cut["level"].items()],
            "price": rounded(_column(table, name_price(carrier, bus))[steps]),
        }

    def year(self, name: str, *, carrier: str, bus: str = "", period: int = 0) -> dict[str, list[float]]:
        """All hours of one carrier: what is asked for, what wind and sun give, the price.

        Parameters
        ----------
        name : str
            Id of the case.
        carrier, bus : str
            Carrier, and its bus; all its buses where empty.
        period : int
            Position of the period.

        Returns
        -------
        dict
            ``load``, ``renewable`` [unit of the carrier per hour] and ``price`` [yuan/MWh], one value for each hour.

        Raises
        ------
        LookupFailure
            If case, carrier, bus or period does not exist.
        """
        case = self.case(name)
        flows = [one for one in _choose(case, carrier, bus, period, 0) if one["kind"] == "flow"]
        table, steps = self._steps(case, period, 0, case["hours"][period])
        sums = {}
        for role, sign in (("demand", -1.0), ("renewable", 1.0)):
            found = [_column(table, one["name"])[steps] for one in flows if one["role"] == role]
            sums[role] = rounded(sign * np.sum(found, axis=0)) if found else [0.0] * len(steps)
        price = rounded(_column(table, name_price(carrier, bus))[steps])
        return {"load": sums["demand"], "renewable": sums["renewable"], "price": price}

    def _steps(self, case: Mapping[str, Any], period: int, start: int, end: int) -> tuple[pa.Table, Any]:
        """Table of a case and the row of each hour; a step is shown as long as it stands for."""
        table = self.read(case["table"])
        own = np.flatnonzero(_column(table, "period") == period)
        hours = _column(table, "hour")[own]
        return table, own[np.searchsorted(hours, np.arange(start, end), side="right") - 1]


def read_hours(folder: Path) -> Hours:
    """Hourly results from a folder.

    Parameters
    ----------
    folder : Path
        What `write_hours` wrote.

    Returns
    -------
    Hours
        Index and tables.
    """
    index = json.loads((folder / INDEX).read_bytes())
    return Hours(index, lambda name: read_table(folder / f"{name}.parquet"))


def _column(table: pa.Table, name: str) -> Any:
    """Numbers of a column; the usual way to them would load a library of data frames, which takes as long as fifty pages."""
    parts = [np.from_dlpack(chunk) for chunk in table[name].chunks]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _choose(case: Mapping[str, Any], carrier: str, bus: str, period: int, week: int) -> list[Mapping[str, Any]]:
    """Columns of a carrier and bus; what does not exist is refused."""
    known = {one["id"]: one["buses"] for one in case["carriers"]}
    if carrier not in known:
        raise _unknown(carrier, list(known))
    if bus not in ("", *known[carrier]):
        raise _unknown(bus, known[carrier])
    if not 0 <= period < len(case["periods"]):
        raise _unknown(str(period), [str(one) for one in range(len(case["periods"]))])
    weeks = -(-case["hours"][period] // WEEK)
    if not 0 <= week < weeks:
        raise _unknown(str(week), [f"0 … {weeks - 1}"])
    buses = (bus,) if bus else known[carrier]
    return [one for one in case["columns"] if one["bus"] in buses]


def _summed(table: pa.Table, columns: list[Mapping[str, Any]], steps: Any) -> dict[tuple[str, str], list[float]]:
    """Sum of the series of each technology and role; what is nothing all week is left out."""
    found: dict[tuple[str, str], Any] = {}
    for one in columns:
        key = (one["technology"], one["role"])
        found[key] = found.get(key, 0.0) + _column(table, one["name"])[steps]
    return {key: rounded(values) for key, values in found.items() if np.abs(values).max() > 10.0**-DIGITS}


def _unknown(name: str, known: list[str]) -> LookupFailure:
    listed = ", ".join(known)
    return LookupFailure(
        Label(f"没有“{name}”", f"there is no '{name}'"),
        where=INDEX,
        expected=Label(listed, listed),
        remedy=Label("从列出的名称中选", "choose one of the names listed"),
    )
