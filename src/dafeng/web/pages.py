"""The pages: which parts of the view document stand behind them, and what their templates get.

Invariant: a page adds nothing to the view document but order, choice and the data of its charts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dafeng.web import (
    assessments,
    beside,
    briefs,
    charts,
    consistency,
    energy,
    factors,
    fields,
    filters,
    histories,
    hours,
    inventories,
    inventory_files,
    maps,
    measures,
    methods,
    organisations,
    pathway,
    power,
    summary,
    target_table,
    task_views,
)
from dafeng.web.cities import CityView
from dafeng.web.hours_choice import FILTERS
from dafeng.web.labels import Words
from dafeng.web.links import ServedLinks
from dafeng.web.navigation import Page

Context = dict[str, Any]
MOST_MARKS = 60
"""Targets of a field that the overview still shows one by one."""


def extract(page: Page, city: CityView, query: Mapping[str, str]) -> Context:
    """Parts of the view document behind a page, with the page's filters applied.

    Parameters
    ----------
    page : Page
        The page.
    city : CityView
        The city.
    query : mapping of str to str
        Filters.

    Returns
    -------
    dict
        Part → content.
    """
    view = city.view
    parts = {name: view.get(name) for name in page.parts}
    if page.id == "targets":
        parts["verdicts"] = filters.choose_targets(view, filters.keep(query, filters.TARGET_FILTERS))
    if page.id == "tasks":
        parts["tasks"] = filters.choose_tasks(view, filters.keep(query, filters.TASK_FILTERS))
    if page.id == "organisations":
        parts["organisations"] = organisations.build_organisations(city, query)["rows"]
    if page.id == "map" and parts["districts"]:
        parts["districts"] = maps.choose_quantities(parts["districts"], filters.keep(query, maps.FILTERS))
    if page.id == "compare" and parts["comparison"]:
        rows = filters.choose_contrasts(view, filters.keep(query, filters.COMPARISON_FILTERS))
        parts["comparison"] = {**parts["comparison"], "rows": rows}
    if page.id == "factors" and parts["library"]:
        chosen = filters.keep(query, filters.FACTOR_FILTERS)
        rows = filters.choose_factors(view, chosen, factors.told(city))
        conflicts = filters.choose_conflicts(view, rows)
        parts["library"] = {**parts["library"], "factors": rows, "conflicts": conflicts}
    return parts


def build(name: str, city: CityView, words: Words, query: Mapping[str, str]) -> Context:
    """What the template of a page gets.

    Parameters
    ----------
    name : str
        Page id.
    city : CityView
        The city.
    words : Words
        Language of the page.
    query : mapping of str to str
        Filters.

    Returns
    -------
    dict
        Name → value.
    """
    return _BUILDERS[name](city, words, query)


def build_target(city: CityView, target: str, words: Words, *, others: Sequence[CityView] = ()) -> Context | None:
    """What the template of a target's page gets.

    Parameters
    ----------
    city : CityView
        The city.
    target : str
        Target id.
    words : Words
        Language of the page.
    others : sequence of CityView
        All cities that are served.

    Returns
    -------
    dict or None
        ``None`` where the plan has no such target.
    """
    row = city.verdict(target)
    if row is None:
        return None
    same = city.namesakes(row)
    clashes = [clash for clash in city.view.get("clashes") or () if target in clash["targets"]]
    task = city.task(row.get("task"))
    history = histories.build_history(city, row, words)
    return {
        "row": row,
        "chart": charts.draw_trajectory(row, words),
        "months": charts.draw_months(row, words),
        "same": same,
        "clashes": clashes,
        "task": task,
        "history": history,
        "versions": {point[0]: histories.list_versions(history, point[0]) for point in row.get("actuals") or ()},
        "beside": beside.build_beside(city, row, others, words),
    }


def _overview(city: CityView, words: Words, _: Mapping[str, str]) -> Context:
    view = city.view
    attention = [v for v in filters.order_targets(view.get("verdicts") or (), "verdict") if _troubled(v)]
    return {
        "fan": pathway.draw_fan(view, words),
        "peak": pathway.draw_peak(view, words),
        "rows": {v["target"]: v for v in view.get("verdicts") or ()},
        "attention": attention[:8],
        "unknown": [v for v in view.get("verdicts") or () if v["verdict"] == "not_measurable" and v.get("lacking")][:8],
        "order": filters.VERDICTS,
        "most_marks": MOST_MARKS,
        "reports": {True: assessments.list_files(city.slug, words.language), False: ()},
        "briefs": {live: briefs.list_files(city.slug, words.language, live=live) for live in (True, False)},
    }


def _troubled(row: Mapping[str, Any]) -> bool:
    """Whether a target needs attention, now or by projection."""
    return row["verdict"] in ("off_course", "behind") or row.get("projected_verdict") in ("off_course", "behind")


def _targets(city: CityView, _: Words, query: Mapping[str, str]) -> Context:
    view = city.view
    chosen = filters.keep(query, filters.TARGET_FILTERS)
    every = view.get("verdicts") or []
    found = filters.choose_targets(view, chosen)
    window = filters.choose_window(len(found), query)
    return {
        "chosen": chosen,
        "rows": found[window.start : window.end],
        "window": window,
        "hidden": target_table.read_hidden(chosen),
        "columns": target_table.COLUMNS,
        "years": sorted({str(v.get("year") or v.get("period")) for v in every}),
        "organisations": sorted({name for v in every for name in v.get("organisations") or ()}),
        "order": filters.VERDICTS,
        "total": len(every),
    }


def _fields(city: CityView, words: Words, _: Mapping[str, str]) -> Context:
    return {"most_marks": MOST_MARKS, **fields.build_fields(city.view, words)}


def _organisations(city: CityView, _: Words, query: Mapping[str, str]) -> Context:
    return organisations.build_organisations(city, query)


def _tasks(city: CityView, words: Words, query: Mapping[str, str]) -> Context:
    return task_views.build_tasks(city, words, query, ServedLinks(city.slug))


def _map(city: CityView, words: Words, query: Mapping[str, str]) -> Context:
    return maps.build_map(city.view, words, filters.keep(query, maps.FILTERS))


def _emissions(city: CityView, words: Words, _: Mapping[str, str]) -> Context:
    return {"history": charts.draw_history(city.view, words), "waterfall": charts.draw_waterfall(city.view, words)}


def _quality(city: CityView, _: Words, __: Mapping[str, str]) -> Context:
    found = city.view.get("quality") or {}
    sides = found.get("key_categories") or {}
    keys = {(row["category"], row["quantity"]): row["key"] for row in sides.get("net") or ()}
    return {"found": found, "keys": keys, "sides": sides}


def _pathway(city: CityView, words: Words, _: Mapping[str, str]) -> Context:
    view = city.view
    main = pathway.main_scenario(view)
    return {
        "peak_words": pathway.tell_peak(main, view["pathway"]["unit"], words) if main else {},
        "fan": pathway.draw_fan(view, words),
        "peak": pathway.draw_peak(view, words),
        "parts": pathway.draw_parts(view, words),
        "decisive": pathway.draw_decisive(view, words),
        "quantities": pathway.draw_quantities(view, words),
        "measures": power.draw_measures(view, words),
        "measure_rows": (view.get("pathway") or {}).get("measures") or [],
        "scales": power.scale_measures(view, words),
        "case_rows": power.list_cases(view),
        "closed": summary.tell_pathway(view, words),
        "weeks": power.draw_weeks(view, words),
        "storage": power.draw_storage(view, words),
    }


def _inventory(city: CityView, words: Words, query: Mapping[str, str]) -> Context:
    files = inventory_files.list_files(city.slug, city.view)
    return {"files": files, **inventories.build_inventory(city.view, words, filters.keep(query, inventories.FILTERS))}


def _energy(city: CityView, words: Words, _: Mapping[str, str]) -> Context:
    return energy.build_energy(city.view, words)


def _hours(city: CityView, words: Words, query: Mapping[str, str]) -> Context:
    return {"words": words, **hours.build_hours(city, words, filters.keep(query, FILTERS))}


def _scenarios(_: CityView, __: Words, ___: Mapping[str, str]) -> Context:
    """In a frozen copy nothing can be moved; the served page is made in `dafeng.web.scenario_pages`."""
    return {"live": None}


def _measures(city: CityView, words: Words, query: Mapping[str, str]) -> Context:
    return measures.build_measures(city.view, words, query)


def _conflicts(city: CityView, words: Words, _: Mapping[str, str]) -> Context:
    rows = {v["target"]: v for v in city.view.get("verdicts") or ()}
    return {"rows": rows, **consistency.build_consistency(city.view, words)}


def _compare(city: CityView, _: Words, query: Mapping[str, str]) -> Context:
    found = city.view.get("comparison") or {}
    chosen = filters.keep(query, filters.COMPARISON_FILTERS)
    rows = filters.choose_contrasts(city.view, chosen)
    return {
        "chosen": chosen,
        "rows": [{**row, "by_party": {cell["party"]: cell for cell in row["cells"]}} for row in rows],
        "parties": (found.get("parties") or [])[1:],
        "fields": sorted({row["field"] for row in found.get("rows") or ()}),
        "order": filters.STANDINGS,
        "total": len(found.get("rows") or ()),
    }


def _sources(_: CityView, __: Words, ___: Mapping[str, str]) -> Context:
    return {}


def _factors(city: CityView, _: Words, query: Mapping[str, str]) -> Context:
    return factors.build_page(city, query)


def _methods(city: CityView, _: Words, __: Mapping[str, str]) -> Context:
    return methods.build_methods(city.view)


_BUILDERS: Mapping[str, Callable[[CityView, Words, Mapping[str, str]], Context]] = {
    "overview": _overview,
    "fields": _fields,
    "targets": _targets,
    "tasks": _tasks,
    "organisations": _organisations,
    "map": _map,
    "emissions": _emissions,
    "energy": _energy,
    "inventory": _inventory,
    "quality": _quality,
    "pathway": _pathway,
    "scenarios": _scenarios,
    "measures": _measures,
    "hours": _hours,
    "conflicts": _conflicts,
    "compare": _compare,
    "sources": _sources,
    "factors": _factors,
    "methods": _methods,
}
