"""Explanations for visitors: the figures of the public document and the published evidence below them.

Invariant: an explanation names an input only if that is itself public; where one is not, it says *internal* and nothing more:
no value, address, file, cell, clause position or person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dafeng.work.publish_rules import Visibility

_KEPT = ("kind", "says", "value", "unit", "year", "grade")
_EVIDENCE = ("fact", "factor")
Traces = Mapping[str, Mapping[str, Any]]


def publish_traces(shown: Mapping[str, Any], traces: Traces, rules: Visibility) -> dict[str, dict[str, Any]]:
    """Explanations that may be read.

    Parameters
    ----------
    shown : mapping
        The published document.
    traces : mapping of str to mapping
        All explanations of the run.
    rules : Visibility
        Rules of the city.

    Returns
    -------
    dict
        Address → ``kind``, ``says``, ``value``, ``unit``, ``year``, ``grade``, ``source``, ``expression``, ``inputs`` (public
        addresses) and ``internal``: whether it rests on something that is not public.
    """
    run = f"{shown['run']['id']}/"
    known = {address for address in _addresses(shown) if address in traces}
    evidence = {
        one
        for address in known
        for one in _below(address, traces, run)
        if traces[one].get("kind") in _EVIDENCE and rules.shows("sources", traces[one].get("source"))
    }
    kept = known | evidence
    return {address: _tell(address, traces, kept, run, rules) for address in sorted(kept)}


def _addresses(part: Any) -> Iterator[str]:
    """Everything in the published document that is an address."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key in ("address", "addresses"):
                yield from [value] if isinstance(value, str) else [one for one in (value or {}).values() if one]
            elif key in ("actuals", "history"):
                yield from (point[2] for point in value if point[2])
            else:
                yield from _addresses(value)
    elif isinstance(part, list):
        for one in part:
            yield from _addresses(one)


def _inputs(address: str, traces: Traces, run: str) -> list[str]:
    return [str(one).removeprefix(run) for one in traces[address].get("inputs") or ()]


def _below(address: str, traces: Traces, run: str) -> set[str]:
    """All addresses that a figure rests on."""
    seen: set[str] = set()
    waiting = [address]
    while waiting:
        for one in _inputs(waiting.pop(), traces, run):
            if one in traces and one not in seen:
                seen.add(one)
                waiting.append(one)
    return seen


def _tell(address: str, traces: Traces, kept: set[str], run: str, rules: Visibility) -> dict[str, Any]:
    """One explanation."""
    trace, inputs = traces[address], _inputs(address, traces, run)
    hidden = [one for one in inputs if one not in kept]
    source = trace.get("source")
    told = {key: trace.get(key) for key in _KEPT}
    if any(_speaks(told["says"], traces.get(one) or {}) for one in hidden):
        told["says"] = None
    return {
        **told,
        "source": source if rules.shows("sources", source) else None,
        "expression": None if hidden else trace.get("expression"),
        "inputs": [one for one in inputs if one in kept],
        "internal": bool(hidden),
    }


def _speaks(says: Any, hidden: Mapping[str, Any]) -> bool:
    """Whether a sentence repeats something of an input that is not public."""
    text = " ".join((says or {}).values())
    cell = hidden.get("cell") or {}
    secrets = [hidden.get("value"), cell.get("file"), *(hidden.get("says") or {}).values()]
    return any(str(one) in text for one in secrets if one)
