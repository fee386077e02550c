"""One run of one side of a case, in a process of its own: prints what it took and the value as one line of JSON.

Invariant: only the side's function is timed; its imports happen inside it and count, as they do for a user.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.harness import Case, Told, Work, case_of


def spent() -> float:
    """Return the CPU seconds of this process and its ended children."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_mb() -> float:
    """Return the highest resident memory of this process or its largest ended child. [MB]"""
    highest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return highest / (1e6 if sys.platform == "darwin" else 1e3)


def timed(work: Work, folder: Path) -> dict[str, Any]:
    """Run a side and return ``cpu_s``, ``wall_s``, ``peak_mb`` and ``value``, and the ``parts`` of a side that tells them."""
    cpu, wall = spent(), time.perf_counter()
    value = work(folder)
    told = {"cpu_s": spent() - cpu, "wall_s": time.perf_counter() - wall, "peak_mb": peak_mb(), "value": value}
    if not isinstance(value, Told):
        return told
    parts = value.parts | ({"process_cpu_s": told["cpu_s"]} if value.cpu_s is not None else {})
    return told | {"value": value.value, "parts": parts} | ({} if value.cpu_s is None else {"cpu_s": value.cpu_s})


def work_of(one: Case, step: str) -> Work:
    """Return the function of a case that a step names: ``prepare``, ``ours`` or ``peer``."""
    works = {"prepare": one.prepare, "ours": one.ours} | ({"peer": one.peer.work} if one.peer else {})
    return works[step]


def main(arguments: list[str]) -> None:
    """Run one step; what the libraries print goes to the error stream."""
    subject, name, step, folder = arguments
    one = case_of(subject, name)
    with contextlib.redirect_stdout(sys.stderr):
        told = timed(work_of(one, step), Path(folder))
    print(json.dumps(told if step != "prepare" else {}))


if __name__ == "__main__":
    main(sys.argv[1:])
