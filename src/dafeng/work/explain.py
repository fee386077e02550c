"""``explain``: walk a number down to its clause, its factor and its delivered cell.

Invariant: what is shown is what the run stored; explaining computes nothing anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.core.errors import AddressError
from dafeng.core.labels import Label
from dafeng.work.city import City
from dafeng.work.frozen import read_traces

TABLES_FIRST = ("verdicts", "headlines", "targets", "clashes", "pathway", "scores", "power", "results", "facts")
"""Order in which words are looked up."""


def explain(address: str, *, city: City, depth: int = 8) -> dict[str, Any]:
    """Explanation of a number as a tree.

    Parameters
    ----------
    address : str
        ``run/table/row``, ``table/row`` of the latest run, or words that its sentence must contain.
    city : City
        The city whose runs are searched.
    depth : int
        Levels to walk down, at least 1.

    Returns
    -------
    dict
        ``{"trace": …, "inputs": [the same], "seen": bool}``; a node met twice is shown once in full.

    Raises
    ------
    AddressError
        If the city has no run, or nothing answers to the address or the words.
    """
    run, name = _split(address.strip(), city)
    return walk(read_traces(city, run), name, depth=depth)


def walk(traces: Mapping[str, Mapping[str, Any]], name: str, *, depth: int = 8) -> dict[str, Any]:
    """Explanation of a number of one run as a tree.

    Parameters
    ----------
    traces : mapping
        Address inside the run → trace.
    name : str
        Address inside the run, or words that its sentence must contain.
    depth : int
        Levels to walk down, at least 1.

    Returns
    -------
    dict
        As of `explain`.

    Raises
    ------
    AddressError
        If nothing answers to the address or the words.
    """
    found = name if name in traces else _search(name, traces)
    return _node(found, traces, max(depth, 1), set())


def _split(address: str, city: City) -> tuple[str, str]:
    latest = city.runs.latest()
    if latest is None:
        raise AddressError(
            Label(f"{city.label.zh}还没有运行结果", f"{city.label.en} has no run yet"),
            where=str(city.folder),
            expected=Label("至少一次评估", "at least one assessment"),
            remedy=Label(f"先运行 dafeng assess {city.folder}", f"run dafeng assess {city.folder} first"),
        )
    parts = address.split("/", 1)
    named = len(parts) == 2 and (city.runs.folder / parts[0]).is_dir() and parts[0] not in (".", "..")
    return (parts[0], parts[1]) if named else (latest.id, address)


def _search(words: str, traces: Mapping[str, Mapping[str, Any]]) -> str:
    wanted = words.lower().split()
    hits = [
        a for a, t in traces.items() if wanted and all(w in f"{a} {t['says']['zh']} {t['says']['en']}".lower() for w in wanted)
    ]
    hits.sort(key=lambda a: (_rank(a), a))
    if hits:
        return hits[0]
    raise AddressError(
        Label(f"没有地址或说明与“{words}”相符", f"nothing answers to '{words}'"),
        where="explain",
        expected=Label(
            "如 verdicts/目标编号、scores/指标.年份，或说明中的词",
            "such as verdicts/TARGET, scores/INDICATOR.YEAR, or words of a sentence",
        ),
        remedy=Label("用 dafeng assess CITY --json 查看地址", "see the addresses in dafeng assess CITY --json"),
    )


def _rank(address: str) -> int:
    table = address.split("/", 1)[0]
    return TABLES_FIRST.index(table) if table in TABLES_FIRST else len(TABLES_FIRST)


def _node(address: str, traces: Mapping[str, Mapping[str, Any]], depth: int, seen: set[str]) -> dict[str, Any]:
    trace = traces[address]
    again = address in seen
    seen.add(address)
    below = [] if again or depth <= 1 else [a for a in trace["inputs"] if a in traces]
    return {"trace": trace, "inputs": [_node(a, traces, depth - 1, seen) for a in below], "seen": again}
