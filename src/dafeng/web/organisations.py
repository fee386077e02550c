"""Organisations: what each has to do, how its indicators stand, and what is due next.

Invariant: an organisation stands here by the plan's own words or by a proposal of the task list, and each row says by which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dafeng.web.cities import CityView
from dafeng.web.filters import VERDICTS, keep, order_targets
from dafeng.web.tasklist import list_fields

Row = Mapping[str, Any]
FILTERS = ("by", "field", "state", "q")
"""Filters of the page of organisations."""
UNDATED = "—"
"""Column of tasks whose targets name no year."""


def list_organisations(view: Row) -> list[dict[str, Any]]:
    """All organisations, those with most tasks first.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    list of dict
        ``name``, ``aliases``, ``collective``, ``tasks`` (``task``, ``role``, ``state``), ``targets`` (ids), ``verdicts``
        (verdict → number), ``stated``, ``proposed``, ``lead`` (numbers of tasks), ``next`` (year that is due next).
    """
    made = {one["name"]: _begin(one) for one in view.get("organisations") or ()}

    def of(name: str) -> dict[str, Any]:
        if name not in made:
            made[name] = _begin({"name": name})
        return made[name]

    listed = {task["id"]: task for task in (view.get("tasklist") or {}).get("tasks") or ()}
    for task in view.get("tasks") or ():
        for name, role, state in _shares(task, listed.get(task["id"])):
            of(name)["tasks"].append({"task": task["id"], "role": role, "state": state})
    for row in view.get("verdicts") or ():
        for name in row.get("organisations") or ():
            of(name)["targets"].append(row["target"])
    rows = {row["target"]: row for row in view.get("verdicts") or ()}
    done = [_count(own, rows, view["year"]) for own in made.values()]
    return sorted(done, key=lambda own: (-own["stated"], -own["proposed"], own["name"]))


def organisations_of(city: CityView) -> list[dict[str, Any]]:
    """All organisations of a city, listed once.

    Parameters
    ----------
    city : CityView
        The city.

    Returns
    -------
    list of dict
        From `list_organisations`.
    """
    return city.derive("organisations", lambda: list_organisations(city.view))


def build_organisations(city: CityView, query: Mapping[str, str]) -> dict[str, Any]:
    """What the page of all organisations shows.

    Parameters
    ----------
    city : CityView
        The city.
    query : mapping of str to str
        Filters.

    Returns
    -------
    dict
        Rows, and their tasks by field or by year.
    """
    chosen, view = keep(query, FILTERS), city.view
    every = organisations_of(city)
    by = "year" if chosen.get("by") == "year" else "field"
    places = _places(view, by)
    rows = [own for own in every if _passes(own, chosen, view)]
    columns = _columns(view, by, places)
    return {
        "chosen": chosen,
        "by": by,
        "rows": [{**own, "cells": _cells(own, places, columns)} for own in rows],
        "columns": columns,
        "total": len(every),
        "all_fields": list_fields(view.get("tasklist")),
        "order": VERDICTS,
    }


def build_organisation(city: CityView, name: str) -> dict[str, Any] | None:
    """What the page of one organisation shows.

    Parameters
    ----------
    city : CityView
        The city.
    name : str
        Its name.

    Returns
    -------
    dict or None
        ``None`` where the plan and the task list do not name it.
    """
    own = next((one for one in organisations_of(city) if one["name"] == name), None)
    if own is None:
        return None
    view = city.view
    rows = {row["target"]: row for row in view.get("verdicts") or ()}
    tasks = {task["id"]: task for task in view.get("tasks") or ()}
    listed = {task["id"]: task for task in (view.get("tasklist") or {}).get("tasks") or ()}
    held = [rows[target] for target in own["targets"]]
    due = [row for row in held if row["verdict"] != "met" and own["next"] is not None and row.get("year") == own["next"]]
    return {
        "own": own,
        "rows": order_targets(held, "verdict"),
        "due": order_targets(due, "verdict"),
        "tasks": [{**tasks[one["task"]], **one, "listed": listed.get(one["task"])} for one in own["tasks"]],
        "order": VERDICTS,
    }


def _begin(one: Row) -> dict[str, Any]:
    aliases, collective = one.get("aliases") or [], bool(one.get("collective"))
    return {"name": one["name"], "aliases": aliases, "collective": collective, "tasks": [], "targets": []}


def _shares(task: Row, listed: Row | None) -> Iterable[tuple[str, str, str]]:
    """Name, role and state of everyone who has a part in a task, each once."""
    told = {own["name"]: (own["role"], own["state"]) for own in (listed or {}).get("organisations") or ()}
    leads = set(task.get("leads") or ())
    for name in (*(task.get("organisations") or ()), *(task.get("collectives") or ())):
        told.setdefault(name, ("responsible", "stated"))
    return [(name, "lead" if name in leads else role, state) for name, (role, state) in told.items()]


def _count(own: dict[str, Any], rows: Mapping[str, Row], year: int) -> dict[str, Any]:
    held = [rows[target] for target in own["targets"]]
    ahead = [row["year"] for row in held if row.get("year") and row["year"] >= year and row["verdict"] != "met"]
    found, states = Counter([row["verdict"] for row in held]), Counter([one["state"] for one in own["tasks"]])
    return {
        **own,
        "verdicts": {name: found[name] for name in VERDICTS},
        "stated": states["stated"],
        "proposed": states["proposed"],
        "lead": sum([one["role"] == "lead" for one in own["tasks"]]),
        "next": min(ahead, default=None),
    }


def _passes(own: Row, chosen: Mapping[str, str], view: Row) -> bool:
    word, field, state = chosen.get("q", "").casefold(), chosen.get("field"), chosen.get("state")
    named = any(word in name.casefold() for name in (own["name"], *own["aliases"]))
    held = {one["task"] for one in own["tasks"]}
    within = field is None or any(field in places for task, places in _places(view, "field").items() if task in held)
    return named and within and (state is None or any(one["state"] == state for one in own["tasks"]))


def _places(view: Row, by: str) -> dict[str, list[str]]:
    """Columns of the matrix in which a task stands."""
    listed = (view.get("tasklist") or {}).get("tasks") or ()
    if by == "year":
        return {task["id"]: [str(year) for year in task["years"]] or [UNDATED] for task in listed}
    return {task["id"]: [task["field"]["id"]] for task in listed}


def _columns(view: Row, by: str, places: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    if by == "year":
        years = sorted({one for listed in places.values() for one in listed}, key=lambda one: (one == UNDATED, one))
        return [{"id": year, "label": year} for year in years]
    return [{"id": one["id"], "label": one["label"]} for one in list_fields(view.get("tasklist"))]


def _cells(own: Row, places: Mapping[str, Sequence[str]], columns: Sequence[Row]) -> list[int]:
    held = [place for one in own["tasks"] for place in places.get(one["task"], ())]
    return [held.count(column["id"]) for column in columns]
