"""The page of tasks as list, board, time line and graph, and the page of one task.

Invariant: all views show the tasks that pass the same filters; what stands in them is the run's schedule, drawn and arranged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from dafeng.plans.scheduled import tell_day
from dafeng.web import filters, tasklist
from dafeng.web.cities import CityView
from dafeng.web.frozen_links import Links
from dafeng.web.labels import Words
from dafeng.work.draw_chains import draw_chains
from dafeng.work.draw_links import draw_links
from dafeng.work.draw_schedule import choose_scale, draw_axis, draw_lanes, draw_schedule
from dafeng.work.schedule_rows import GROUPS, chart_rows, group_rows, write_rows

Context = dict[str, Any]
Row = Mapping[str, Any]
VIEWS = ("list", "board", "gantt", "links")
"""Views of the page, the first one without a name in the address."""
SHAPE = ("view", "group")
"""What the address says of the shape of the page."""
OPEN = 60
"""Rows of open groups; groups after them are closed to a line."""
CARDS = 8
"""Cards of a column before the others fold."""
FORMS: Mapping[str, str] = {"svg": "image/svg+xml", "csv": "text/csv; charset=utf-8"}
"""Files of the schedule: the time line and its table."""


def build_tasks(city: CityView, words: Words, query: Mapping[str, str], links: Links) -> Context:
    """What the template of the page gets.

    Parameters
    ----------
    city : CityView
        The city.
    words : Words
        Language of the page.
    query : mapping of str to str
        Filters and shape.
    links : Links
        Addresses, which the graph carries.

    Returns
    -------
    dict
        Name → value; ``schedule`` is ``None`` where the run is older than schedules.
    """
    chosen = filters.keep(query, filters.TASK_FILTERS)
    view, group = choose_shape(query)
    shape = {"view": "" if view == "list" else view, "group": group if query.get("group") == group else ""}
    context = {**_listing(city, chosen), "chosen": chosen, "shown": view, "group": group, "shape": shape}
    schedule = city.view.get("schedule")
    listed = city.view.get("tasklist")
    if not schedule or not listed:
        return {**context, "schedule": None}
    wanted = {row["id"] for row in context["rows"]}
    rows = [row for row in _timed(city) if row["id"] in wanted]
    made = _SHAPES[view](rows, schedule, group, words, links) if view in _SHAPES else {}
    if view == "links":
        made |= {"chains": _drawing(_chains(city, rows, context["verdicts"], words, links)), "grounds": name_grounds(city)}
    return {**context, "schedule": schedule, "timed": rows, "told": count_rows(rows, schedule), **made}


def choose_shape(query: Mapping[str, str]) -> tuple[str, str]:
    """View and grouping that an address asks for.

    Parameters
    ----------
    query : mapping of str to str
        Query of the address.

    Returns
    -------
    (str, str)
        The list where the view is none; a board groups by state and a time line by chapter unless told otherwise.
    """
    view = query.get("view", "").strip()
    view = view if view in VIEWS else "list"
    group = query.get("group", "").strip()
    return view, group if group in GROUPS else "place" if view == "board" else "chapter"


def name_grounds(city: CityView) -> dict[str, Any]:
    """What stands under the addresses that concluded links name.

    Parameters
    ----------
    city : CityView
        The city.

    Returns
    -------
    dict of str to label
        Address without the run → words: titles of clashes, targets and indicators.
    """
    clashes = {city.strip(row["address"]): row["title"] for row in city.view.get("clashes") or () if row.get("address")}
    targets = {f"targets/{row['target']}": row["indicator"] for row in city.view.get("verdicts") or ()}
    return {**clashes, **targets, **{f"verdicts/{key[8:]}": said for key, said in targets.items()}}


def count_rows(rows: Sequence[Row], schedule: Row) -> dict[str, int]:
    """What the headings of the views say.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of `chart_rows`.
    schedule : mapping
        The schedule as a document.

    Returns
    -------
    dict of str to int
        ``tasks``, ``reported``, ``risk``, ``dated``, ``due`` (ended by the day and not reported done), ``links``,
        ``delivered``, ``derived``, ``pressed``, ``linked`` (tasks with a link).
    """
    names = {row["id"] for row in rows}
    links = [link for link in schedule["links"] if link["first"] in names and link["second"] in names]
    today = tell_day(date.fromisoformat(schedule["day"]))
    return {
        "tasks": len(rows),
        "reported": sum(row["where"]["reported"] for row in rows),
        "risk": sum(row["verdict"] in ("off_course", "behind") for row in rows),
        "dated": sum(row["stop"] is not None for row in rows),
        "due": sum(row["stop"] is not None and row["stop"] <= today and row["place"] != "done" for row in rows),
        "links": len(links),
        "delivered": sum(link["origin"] == "delivered" for link in links),
        "derived": sum(link["origin"] == "derived" for link in links),
        "pressed": sum(bool(row["pressed"]) for row in rows),
        "linked": len({name for link in links for name in (link["first"], link["second"])}),
    }


def build_task(city: CityView, task: str, words: Words) -> Context | None:
    """What the template of a task's page gets.

    Parameters
    ----------
    city : CityView
        The city.
    task : str
        Task id.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        ``None`` where the plan has no such task.
    """
    found = read_task(city, task)
    if found is None:
        return None
    listed = tasklist.read_list(city)
    one = next((row for row in (listed or {}).get("tasks") or () if row["id"] == task), None)
    schedule = city.view.get("schedule")
    timed = {row["id"]: row for row in _timed(city)} if schedule and listed else {}
    own = timed.get(task)
    return {
        "task": found["task"],
        "one": one,
        "own": own,
        "titles": {row["id"]: row for row in city.view.get("tasks") or ()},
        "targets": found["targets"],
        "clashes": found["clashes"],
        "goals": [mark for mark in (own["marks"] if own else ()) if not mark["sign"]],
        "grounds": name_grounds(city),
        "clause": _clause(found["task"].get("anchor"), city.documents),
        "lane": _lane(own, schedule, words) if own and schedule else None,
        "schedule": schedule,
    }


def read_task(city: CityView, task: str) -> dict[str, Any] | None:
    """A task with everything that the run says of it.

    Parameters
    ----------
    city : CityView
        The city.
    task : str
        Task id.

    Returns
    -------
    dict or None
        ``run``, ``task``, ``listed``, ``schedule``, ``links``, ``pressed``, ``targets`` (verdicts) and ``clashes``; ``None``
        where the plan has no such task.
    """
    row = city.task(task)
    if row is None:
        return None
    schedule = city.view.get("schedule") or {"tasks": (), "links": (), "warnings": ()}
    listed = (city.view.get("tasklist") or {}).get("tasks") or ()
    own = set(row.get("targets") or ())
    return {
        "run": city.run,
        "task": row,
        "listed": next((one for one in listed if one["id"] == task), None),
        "schedule": next((one for one in schedule["tasks"] if one["id"] == task), None),
        "links": [link for link in schedule["links"] if task in (link["first"], link["second"])],
        "pressed": [one for one in schedule["warnings"] if one["task"] == task],
        "targets": [verdict for verdict in city.view.get("verdicts") or () if verdict["target"] in own],
        "clashes": [clash for clash in city.view.get("clashes") or () if own & set(clash["targets"])],
    }


def make_schedule_file(city: CityView, form: str, words: Words) -> bytes | None:
    """The time line or its table as a file.

    Parameters
    ----------
    city : CityView
        The city.
    form : {"svg", "csv"}
        Form.
    words : Words
        Language of headings and notes.

    Returns
    -------
    bytes or None
        ``None`` where the run is older than schedules, or the form is another one.
    """
    schedule, listed = city.view.get("schedule"), city.view.get("tasklist")
    if not schedule or not listed or form not in FORMS:
        return None
    rows = _timed(city)
    if form == "csv":
        return write_rows(rows, schedule, words.language).encode("utf-8-sig")
    return draw_schedule(rows, schedule, listed["document"]["title"], words.language).encode()


def name_schedule(slug: str, form: str) -> str:
    """Name of a file of the schedule.

    Parameters
    ----------
    slug : str
        Name of the city in addresses.
    form : str
        Form.

    Returns
    -------
    str
        File name.
    """
    return f"{slug}-schedule.{form}"


def _drawing(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - every text inside was escaped where it was drawn


def _timed(city: CityView) -> Sequence[dict[str, Any]]:
    """Rows of the schedule, each made once."""
    return city.derive("timed", lambda: chart_rows(city.view["tasklist"], city.view["schedule"]))


def _listing(city: CityView, chosen: Mapping[str, str]) -> Context:
    """What every view needs: the chosen tasks, and what can be chosen."""
    view = city.view
    rows = filters.choose_tasks(view, chosen)
    organisations = sorted(view.get("organisations") or (), key=lambda o: (-len(o["tasks"]), o["name"]))
    listed = tasklist.read_list(city)
    proposed = tasklist.rank_proposed(listed)
    return {
        "rows": rows,
        "chapters": _chapters(rows),
        "all_chapters": list(dict.fromkeys(row.get("chapter") or "" for row in view.get("tasks") or ())),
        "organisations": organisations,
        "busiest": max((len(o["tasks"]) for o in (*organisations, *proposed)), default=1) or 1,
        "listed": {task["id"]: task for task in (listed or {}).get("tasks") or ()},
        "counts": (listed or {}).get("counts") or {},
        "duties": (listed or {}).get("duties"),
        "proposed": proposed,
        "all_fields": tasklist.list_fields(listed),
        "files": [(form, tasklist.name_file(city.slug, form)) for form in tasklist.list_forms(listed)],
        "schedule_files": [(form, name_schedule(city.slug, form)) for form in FORMS] if view.get("schedule") else [],
        "verdicts": {v["target"]: v for v in view.get("verdicts") or ()},
        "total": len(view.get("tasks") or ()),
    }


def _chapters(rows: Sequence[Row]) -> dict[str, dict[str, list[Row]]]:
    chapters: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        chapters.setdefault(row.get("chapter") or "", {}).setdefault(row.get("section") or "", []).append(row)
    return chapters


def _board(rows: Sequence[dict[str, Any]], schedule: Row, group: str, words: Words, _: Links) -> Context:
    """Columns by state, also empty ones once somebody reported; by anything else only those that hold a task."""
    if group != "place":
        return {"columns": [_column(_name(name, words), own) for name, own in group_rows(rows, group)]}
    reported = any(row["where"]["reported"] for row in rows)
    found = {name["id"]: own for name, own in ((row[0]["where"], row) for _, row in group_rows(rows, "place"))}
    shown = [place for place in schedule["places"] if place["id"] in found or (place["reported"] and reported)]
    return {"columns": [_column(words.read(p["label"]), found.get(p["id"], []), p) for p in shown], "is_reported": reported}


def _column(name: str, rows: Sequence[Row], place: Row | None = None) -> Context:
    return {"name": name, "place": place, "rows": rows[:CARDS], "more": rows[CARDS:], "count": len(rows)}


def _gantt(rows: Sequence[dict[str, Any]], schedule: Row, group: str, words: Words, _: Links) -> Context:
    scale = choose_scale(rows, schedule["day"], width=800)
    day, groups, shown = schedule["day"], [], 0
    for name, own in group_rows(rows, group):
        lanes = _drawing(draw_lanes(own, scale, day, words.language))
        groups.append({"name": _name(name, words), "rows": own, "lanes": lanes, "open": shown == 0 or shown + len(own) <= OPEN})
        shown += len(own)
    return {"groups": groups, "axis": _drawing(draw_axis(scale, day, words.language)), "wide": scale.width}


def _links(rows: Sequence[dict[str, Any]], schedule: Row, _: str, words: Words, links: Links) -> Context:
    """The graph is left out where tasks only restrict each other: the figure of what they come up against tells more."""
    names = {row["id"] for row in rows}
    shown = [link for link in schedule["links"] if link["first"] in names and link["second"] in names]
    graph = draw_links(rows, schedule, words.language, links.task) if any(k["kind"] != "clash" for k in shown) else ""
    return {
        "graph": _drawing(graph),
        "shown_links": shown,
        "by_id": {row["id"]: row for row in rows},
        "pressures": [one for one in schedule["warnings"] if one["task"] in names and one["by"] in names],
    }


def _chains(city: CityView, rows: Sequence[Row], verdicts: Mapping[str, Row], words: Words, links: Links) -> str:
    def locate(kind: str, name: str) -> str:
        ways: Mapping[str, Any] = {"task": links.task, "target": links.target}
        return str(ways[kind](name) if kind in ways else links.explain(city.strip(name)))

    return draw_chains(rows, city.view.get("clashes") or (), verdicts, words.language, locate)


def _name(name: Any, words: Words) -> str:
    return words.say("tasks.no_group") if name is None else words.read(name)


def _lane(own: Row, schedule: Row, words: Words) -> Markup:
    scale = choose_scale([own], schedule["day"], width=760)
    day, language = schedule["day"], words.language
    return _drawing(draw_axis(scale, day, language) + draw_lanes([own], scale, day, language))


def _clause(anchor: Row | None, documents: Mapping[str, str]) -> str | None:
    text = documents.get(anchor["sha256"]) if anchor else None
    return None if text is None or anchor is None else " ".join(text[anchor["start"] : anchor["end"]].split())


_SHAPES: Mapping[str, Any] = {"board": _board, "gantt": _gantt, "links": _links}
