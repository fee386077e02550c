"""Earlier runs of a city: how each target stood in them.

Invariant: what is told of a run is what that run stored; a run that cannot be read is left out, never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from dafeng.core.errors import AddressError, StoreError
from dafeng.store.runs import RunStore

VIEW = "view.json"
"""Name of the view document in a run."""
MOST = 20
"""Runs that are looked back upon."""
LATEST = 5
"""Runs that are looked up for one number."""
KEPT = (
    "target", "indicator", "indicator_id", "year", "period", "comparator", "value", "upper", "verdict", "reason", "actual",
    "projected", "projected_verdict", "actuals",
)  # fmt: skip
"""What is kept of a verdict."""
Row = Mapping[str, Any]


def read_history(runs: RunStore, *, before: str, most: int = MOST) -> tuple[Row, ...]:
    """How the targets stood in the runs before one run.

    Parameters
    ----------
    runs : RunStore
        Runs of a city.
    before : str
        Id of the run that is shown.
    most : int
        Largest number of runs.

    Returns
    -------
    tuple of mapping
        ``run``, ``at``, ``year``, ``inputs`` (name → hash) and ``verdicts`` (target → row), the newest run first.
    """
    return tuple(islice(_read(runs, before), most))


def _read(runs: RunStore, before: str) -> Iterator[Row]:
    passed = False
    for run in runs.newest():
        if passed:
            try:
                view = json.loads(runs.document(run.id, VIEW))
            except StoreError:
                continue
            yield _summarise(view)
        passed = passed or run.id == before


def read_past(runs: RunStore, earlier: Sequence[Row], address: str, *, most: int = LATEST) -> tuple[Row, ...]:
    """What the runs before said under one address.

    Parameters
    ----------
    runs : RunStore
        Runs of a city.
    earlier : sequence of mapping
        From `read_history`.
    address : str
        Address inside a run.
    most : int
        Largest number of runs.

    Returns
    -------
    tuple of mapping
        ``run``, ``at``, ``known`` (whether the run had the address), ``value`` and ``unit``, the newest run first.
    """
    return tuple({"run": one["run"], "at": one["at"], **_value(runs, one["run"], address)} for one in earlier[:most])


def _value(runs: RunStore, run: str, address: str) -> Row:
    try:
        trace = runs.trace(run, address)
    except (AddressError, StoreError):
        return {"known": False, "value": None, "unit": None}
    return {"known": True, "value": trace.value, "unit": trace.unit}


def _summarise(view: Row) -> Row:
    return {
        "run": view["run"]["id"],
        "at": view["run"]["at"],
        "year": view["year"],
        "inputs": {one["name"]: one["sha256"] for one in view["run"]["inputs"]},
        "verdicts": {row["target"]: {key: row.get(key) for key in KEPT} for row in view.get("verdicts") or ()},
    }
