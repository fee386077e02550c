"""A whole assessment of a shipped city, every verb with its hourly model, and the share of time that each step takes.

The peer is the same assessment on one processor: it shows what the companion brings, and that both find the same.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

from benchmarks.harness import Peer, Told, case

CITIES = Path(__file__).resolve().parents[1] / "cities"


def bring(name: str, folder: Path) -> None:
    """Copy what a city is made of, without what was assessed before."""
    left_out = shutil.ignore_patterns("facts", "runs", "reports", "records*")
    shutil.copytree(CITIES / name, folder / "city", ignore=left_out)


def assess_copy(folder: Path) -> Told:
    """Assess a copy of the city and tell the shares of the steps."""
    from dafeng.core.threads import add_in_one_piece

    add_in_one_piece()
    from dafeng.work.assess import assess

    copy = folder / f"assessed-{time.monotonic_ns()}"
    shutil.copytree(folder / "city", copy)
    begun: list[tuple[str, float]] = []
    start = time.perf_counter()
    found = assess(copy, report=lambda step, _: begun.append((step.en, time.perf_counter())))
    end = time.perf_counter()
    shutil.rmtree(copy)
    return Told(_numbers(found), {"processors": len(os.sched_getaffinity(0))} | _shares(begun, start, end))


def on_one(folder: Path) -> Told:
    """The same on one processor."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return assess_copy(folder)


ALONE = Peer(on_one, "dafeng, one processor", "no companion; what follows one another in turn")


def _shares(begun: list[tuple[str, float]], start: float, end: float) -> dict[str, Any]:
    """Share of the wall time by step; what is read before the first step counts with it."""
    edges = [start, *(at for _, at in begun[1:]), end]
    names = (name for name, _ in begun)
    return {
        f"share of {name}": (after - before) / (end - start)
        for name, before, after in zip(names, edges, edges[1:], strict=False)
    }


def _numbers(found: Any) -> dict[str, Any]:
    """What both must agree on: verdicts, clashes, costs of the hourly cases, the peak year."""
    projection = found.projection
    ordered = projection.ordered.cases if projection.ordered else ()
    return {
        "verdicts": {str(kind): count for kind, count in found.verdicts.counts.items()},
        "clashes": len(found.reconciliation.clashes),
        "costs": {case.id: case.totals["cost"] for case in (projection.power.cases if projection.power else ())},
        "orders": {case.id: case.result.found.cost for case in ordered},
        "peak": list(projection.peak.shares) if projection.peak else None,
    }


@case(prepare=lambda folder: bring("yantai", folder), peer=ALONE, repeats=1)
def assess_yantai(folder: Path) -> Told:
    """Assess Yantai: five hourly years, two sets of orders, four scenarios."""
    return assess_copy(folder)


@case(prepare=lambda folder: bring("qingdao", folder), peer=ALONE, repeats=1)
def assess_qingdao(folder: Path) -> Told:
    """Assess Qingdao: one hourly year, four scenarios."""
    return assess_copy(folder)
