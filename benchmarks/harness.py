"""Registering cases and running them, ours and the peer in turn, each run in a process of its own.

Invariant: a ratio is printed only for two sides that were measured in the same call and gave the same value.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

Side = Literal["ours", "peer"]
Work = Callable[[Path], Any]

FRAME = {"harness", "child", "__main__"}
OPTIONS = "options.json"


class BenchmarkError(RuntimeError):
    """A case cannot be run, or its two sides disagree."""


@dataclass(frozen=True)
class Told:
    """A value with what a side says about its own work.

    Parameters
    ----------
    value : object
        What both sides must agree on.
    parts : dict
        CPU seconds of named parts, sizes, solver and settings as they ran; notes.
    cpu_s : float or None
        What the case is about where that is not the whole process: one step of the work, or a sample scaled up. [s]
    """

    value: Any
    parts: dict[str, Any]
    cpu_s: float | None = None


@dataclass(frozen=True)
class Target:
    """By how many times less than the peer a case shall take; 0 where nothing is wanted."""

    cpu: float
    peak: float = 0.0


@dataclass(frozen=True)
class Peer:
    """What one would take instead of ours.

    Parameters
    ----------
    work : callable
        Takes the prepared folder, returns the value.
    name : str
        Library or program with its version.
    settings : str
        The settings it runs with; the best ones known.
    """

    work: Work
    name: str
    settings: str


@dataclass(frozen=True)
class Case:
    """One registered case.

    Parameters
    ----------
    name : str
        Name as it is printed and asked for.
    subject : str
        Module the case stands in.
    ours : callable
        Takes the prepared folder, returns the value.
    prepare : callable
        Writes the input into a folder; not measured.
    peer : Peer or None
        The other side; None where there is none.
    repeats : int
        Runs of each side; medians are printed.
    tolerance : float
        Allowed relative difference of numbers in the two values; 0 for exact ones.
    target : Target or None
        What is wanted of the ratios.
    left_out : str
        Why the peer is not measured here, and how to have it; empty where it is, or where there is none.
    """

    name: str
    subject: str
    ours: Work
    prepare: Work
    peer: Peer | None
    repeats: int
    tolerance: float
    target: Target | None = None
    left_out: str = ""


_cases: dict[str, Case] = {}


def case(
    *,
    prepare: Work,
    peer: Peer | None = None,
    repeats: int = 3,
    tolerance: float = 0.0,
    name: str = "",
    target: Target | None = None,
    left_out: str = "",
) -> Callable[[Work], Work]:
    """Register a function as our side of a case; its parameters are those of ``Case``."""

    def register(work: Work) -> Work:
        title = name or work.__name__
        if title in _cases:
            raise BenchmarkError(f"two cases are called {title!r}")
        subject = work.__module__.split(".")[-1]
        _cases[title] = Case(title, subject, work, prepare, peer, repeats, tolerance, target, left_out)
        return work

    return register


def case_of(subject: str, name: str) -> Case:
    """Import one module of ``benchmarks`` and return one case of it."""
    importlib.import_module(f"benchmarks.{subject}")
    return _cases[name]


def cases() -> dict[str, Case]:
    """Import all modules of ``benchmarks`` and return the cases by name."""
    package = importlib.import_module("benchmarks")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in FRAME:
            importlib.import_module(f"benchmarks.{module.name}")
    return dict(sorted(_cases.items()))


def select(name: str, known: dict[str, Case]) -> list[Case]:
    """Return the cases that a name means: the case itself, or those of a subject; all for the empty name."""
    chosen = [known[name]] if name in known else [one for one in known.values() if name in ("", one.subject)]
    if not chosen:
        raise BenchmarkError(f"no case or subject is called {name!r}; there are: {', '.join(known) or 'none'}")
    return chosen


def measure(one: Case, say: Callable[[str], None], options: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Run both sides of a case in turn and return its row; a case reads ``options`` from ``options.json`` in its folder."""
    sides: tuple[Side, ...] = ("ours", "peer") if one.peer else ("ours",)
    runs: dict[Side, list[dict[str, Any]]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / OPTIONS).write_text(json.dumps(dict(options or {})), encoding="utf-8")
        say(f"{one.name}: preparing")
        if one.left_out:
            say(f"{one.name}: {one.left_out}")
        _child("prepare", one, folder)
        for number in range(one.repeats):
            for side in sides:
                say(f"{one.name}: {side}, run {number + 1} of {one.repeats}")
                runs[side].append(_child(side, one, folder))
    return row(one, runs["ours"], runs.get("peer", []))


def row(one: Case, ours: list[dict[str, Any]], peer: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the printed row: medians of both sides, and by how many times the peer takes more."""
    values = [run["value"] for run in (*ours, *peer)]
    for value in values[1:]:
        if not agree(values[0], value, one.tolerance):
            raise BenchmarkError(f"{one.name}: the runs disagree: {values[0]!r} and {value!r}")
    told: dict[str, Any] = {"case": one.name, "ours": _medians(ours), "peer": None, "ratio_cpu": None, "ratio_peak": None}
    if one.peer:
        told["peer"] = {"name": one.peer.name, "settings": one.peer.settings} | _medians(peer)
        told["ratio_cpu"] = _ratio(told["peer"]["cpu_s"], told["ours"]["cpu_s"])
        told["ratio_peak"] = _ratio(told["peer"]["peak_mb"], told["ours"]["peak_mb"])
        told |= _difference(values[0], values[-1])
    return told | _wanted(one.target, told) | ({"peer_left_out": one.left_out} if one.left_out else {})


def _difference(ours: Any, peer: Any) -> dict[str, float]:
    if not isinstance(ours, float) or not isinstance(peer, float):
        return {}
    return {"difference": abs(ours - peer) / max(abs(ours), abs(peer), 1e-300)}


def _wanted(target: Target | None, told: dict[str, Any]) -> dict[str, Any]:
    if not target:
        return {}
    met = (told["ratio_cpu"] or 0) >= target.cpu and (told["ratio_peak"] or 0) >= target.peak
    return {"target_cpu": target.cpu, "target_peak": target.peak or None, "met": met}


def _medians(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return (
        {key: round(median(run[key] for run in runs), 4) for key in ("cpu_s", "wall_s", "peak_mb")}
        | {"value": runs[0]["value"]}
        | ({"parts": _parts([run["parts"] for run in runs])} if "parts" in runs[0] else {})
    )


def _parts(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return medians of what is a float, of all else what the first run told."""
    return {
        key: round(median(run[key] for run in runs), 6) if isinstance(value, float) else value for key, value in runs[0].items()
    }


def _ratio(peer: float, ours: float) -> float | None:
    return round(peer / ours, 2) if ours else None


def agree(left: Any, right: Any, tolerance: float) -> bool:
    """Return whether two values are the same, numbers within a relative tolerance."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(agree(left[key], right[key], tolerance) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(agree(one, other, tolerance) for one, other in zip(left, right, strict=True))
    if isinstance(left, int | float) and isinstance(right, int | float):
        return abs(left - right) <= tolerance * max(abs(left), abs(right))
    return bool(left == right)


def _child(step: str, one: Case, folder: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.child", one.subject, one.name, step, folder]
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"{one.name}: {step} failed: {done.stderr.strip()}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def table(rows: Iterable[dict[str, Any]]) -> str:
    """Return rows as a table for people."""
    lines = [f"{'case':<28} {'side':<28} {'cpu s':>9} {'wall s':>9} {'peak MB':>9}"]
    for told in rows:
        sides = [("ours", told["ours"])] + ([(told["peer"]["name"], told["peer"])] if told["peer"] else [])
        for name, side in sides:
            lines.append(f"{told['case']:<28} {name:<28} {side['cpu_s']:>9.3f} {side['wall_s']:>9.3f} {side['peak_mb']:>9.1f}")
        if told["peer"]:
            lines.append(f"{'':<28} {'peer / ours':<28} {told['ratio_cpu'] or 0:>9.2f} {'':>9} {told['ratio_peak'] or 0:>9.2f}")
        if "peer_left_out" in told:
            lines.append(f"{'':<28}   no ratio: {told['peer_left_out']}")
        if "difference" in told:
            lines.append(f"{'':<28}   relative difference of the values = {told['difference']:.1e}")
        if "target_cpu" in told:
            verdict = "met" if told["met"] else "not met"
            wanted = f"wanted: {verdict}"
            lines.append(f"{'':<28} {wanted:<28} {told['target_cpu']:>9.2f} {'':>9} {told['target_peak'] or 0:>9.2f}")
        for name, side in sides:
            for key, value in side.get("parts", {}).items():
                lines.append(f"{'':<28}   {name}: {key} = {value}")
    return "\n".join(lines)
