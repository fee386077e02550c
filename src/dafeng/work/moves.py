"""What moved from one run to the next: the totals, the indicators and the verdicts, each with its address.

Invariant: both values are those the runs froze; nothing is computed but their difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from dafeng.core.traces import Trace
from dafeng.store.files import write_whole
from dafeng.work.city import City
from dafeng.work.frozen import read_view
from dafeng.work.view_number import PERCENT, SHARE, plain

SAME = 1e-12
"""Relative difference below which two figures are one."""
MOST = 60
"""Figures of a group that are listed; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Move:
    """A figure or a verdict that is not what it was.

    Parameters
    ----------
    address : str
        Address without the run.
    zh, en : str
        What it is.
    year : int or None
        Its year.
    unit : str
        Unit of the figures; empty for a verdict.
    before, after : float, str or None
        Value in the former run and in this one; ``None`` where it had none.
    """

    address: str
    zh: str
    en: str
    year: int | None
    unit: str
    before: float | str | None
    after: float | str | None


@dataclass(frozen=True, slots=True)
class Moves:
    """What moved between two runs.

    Parameters
    ----------
    run, former : str
        The later and the former run; ``former`` is empty for a first one.
    totals, indicators, verdicts : tuple of Move
        Totals of the inventory, figures of the indicators, verdicts on the targets; the largest relative change first.
    more : int
        Figures that moved too and are not listed.
    """

    run: str
    former: str
    totals: tuple[Move, ...] = ()
    indicators: tuple[Move, ...] = ()
    verdicts: tuple[Move, ...] = ()
    more: int = 0


def what_moved(city: City, run: str, *, former: str | None = None) -> Moves:
    """What moved from one run to another.

    Parameters
    ----------
    city : City
        The city.
    run : str
        Id of the later run.
    former : str, optional
        Id of the former one; by default the one before it.

    Returns
    -------
    Moves
        Empty lists where nothing moved or there is no former run.

    Raises
    ------
    StoreError
        If a run is not there or damaged.
    """
    runs = [one.id for one in city.runs.list()]
    before = former or next((name for name in reversed(runs) if _serial(name) < _serial(run)), "")
    if not before:
        return Moves(run, "")
    old, new = read_view(city, run=before), read_view(city, run=run)
    totals = _sorted(_differ(dict(_totals(old)), dict(_totals(new))))
    indicators = _sorted(_differ(_indicators(city, before), _indicators(city, run)))
    verdicts = tuple(_differ(dict(_verdicts(old)), dict(_verdicts(new))))
    cut = max(len(totals) - MOST, 0) + max(len(indicators) - MOST, 0)
    return Moves(run, before, totals[:MOST], indicators[:MOST], verdicts, cut)


def keep_moves(city: City, run: str, path: Path) -> Moves:
    """Work out what moved and keep it, so that a page computes nothing.

    Parameters
    ----------
    city : City
        The city.
    run : str
        Id of the later run.
    path : Path
        File to write.

    Returns
    -------
    Moves
        The same.
    """
    found = what_moved(city, run)
    write_whole(path, json.dumps(asdict(found), ensure_ascii=False, allow_nan=False).encode())
    return found


def read_moves(path: Path) -> Moves | None:
    """What was kept of a job.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Moves or None
        ``None`` where nothing was kept.
    """
    if not path.is_file():
        return None
    body = json.loads(path.read_bytes())
    groups = {name: tuple(Move(**row) for row in body[name]) for name in ("totals", "indicators", "verdicts")}
    return Moves(body["run"], body["former"], **groups, more=body["more"])


def _serial(run: str) -> int:
    return int(run.split("-")[0])


def _totals(view: Mapping[str, Any]) -> Iterator[tuple[str, Move]]:
    """Fields and totals of the city's inventory, by address."""
    made = view["inventory"]
    for year in made["years"]:
        lines = next((sheet["lines"] for sheet in year["sheets"] if sheet["layout"] == made["main"]), ())
        for line in lines:
            if (line["total"] or line["level"] == 0) and line["value"]:
                number = line["value"]
                yield _move(number["address"].partition("/")[2], line["label"], number, number["value"])


def _indicators(city: City, run: str) -> dict[str, Move]:
    """Figures of the indicators, by address."""
    kept = {name: one for name, one in city.runs.traces(run).items() if name.startswith("scores/") and one.value is not None}
    return {name: _indicator(name, one) for name, one in kept.items()}


def _indicator(address: str, trace: Trace) -> Move:
    """An indicator's figure, a share in percent as on the pages."""
    share = trace.unit == SHARE
    value = plain(Decimal(str(trace.value)), percent=share)
    return Move(address, trace.says.zh, trace.says.en, trace.year, PERCENT if share else trace.unit or "", None, _real(value))


def _real(value: float | None) -> float | None:
    return None if value is None else float(value)


def _verdicts(view: Mapping[str, Any]) -> Iterator[tuple[str, Move]]:
    for row in view["verdicts"]:
        yield _move(row["address"].partition("/")[2], row["indicator"], {"year": row["year"]}, row["verdict"])


def _move(address: str, label: Mapping[str, str], number: Mapping[str, Any], value: float | str) -> tuple[str, Move]:
    return address, Move(address, label["zh"], label["en"], number["year"], number.get("unit", ""), None, value)


def _differ(old: Mapping[str, Move], new: Mapping[str, Move]) -> list[Move]:
    """What is in both and differs, or in one only; the names are those of the later run."""
    found = []
    for address in {**new, **old}:
        was, now = old.get(address), new.get(address)
        before, after = was.after if was else None, now.after if now else None
        known = now or was
        if known is not None and not _same(before, after):
            found.append(replace(known, before=before, after=after))
    return found


def _same(before: float | str | None, after: float | str | None) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return abs(after - before) <= SAME * max(abs(before), abs(after))
    return before == after


def _sorted(found: list[Move]) -> tuple[Move, ...]:
    """The largest relative change first; what is new or gone stands before."""
    return tuple(sorted(found, key=lambda one: (-_change(one), one.address)))


def _change(one: Move) -> float:
    if not isinstance(one.before, float) or not isinstance(one.after, float):
        return 2.0
    return abs(one.after - one.before) / max(abs(one.before), abs(one.after))
