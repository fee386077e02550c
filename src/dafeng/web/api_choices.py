"""What an address of the API lets choose: told in its description, refused where it is not known.

Invariant: the API answers what was asked or says why not; nothing that an address chooses is passed over or replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from fastapi import Request

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.web import filters, hours_choice, maps, organisations, target_table
from dafeng.web.cities import CityView
from dafeng.web.scenario_wish import MINE, SIDES
from dafeng.work.scenario_live import LiveScenarios

Row = Mapping[str, Any]
Choices = Mapping[str, Collection[str] | None]
"""What may be chosen: the values there are, ``None`` for any text."""
MOST_NAMED = 30
"""Values that a refusal lists."""
FREE = "choice"
"""Parameter of a description that stands for names which the city's tables tell."""
PART_FILTERS = tuple(dict.fromkeys((*filters.TARGET_FILTERS, *filters.TASK_FILTERS)))
"""Filters of the parts that have some."""
OF_FACTORS = tuple(name for name in filters.FACTOR_FILTERS if name not in ("tab", "from"))
"""Filters of the factors; tab and first row are those of the page alone."""
PAGE_FILTERS = tuple(
    dict.fromkeys((*PART_FILTERS, *organisations.FILTERS, *maps.FILTERS, *filters.COMPARISON_FILTERS, *OF_FACTORS))
)
"""Filters of all pages."""
OF_SCENARIOS = ("over", "set", "shown", "beside", *SIDES, "was", "sides")
"""What an address of the scenarios names besides sliders and events."""
VALUES: Mapping[str, Collection[str]] = {
    "sort": ("verdict", "year", "indicator", "plan"),
    "verdict": filters.VERDICTS,
    "standing": filters.STANDINGS,
    "by": ("field", "year"),
    "state": ("stated", "proposed", "none"),
}
"""Values that are the same in every city."""
SAYS: Mapping[str, str] = {
    "organisation": "name of an organisation of the plan",
    "q": "words to look for",
    "hide": "columns that the table leaves out, with commas between; the rows of JSON keep all",
    "case": "model, by its id",
    "period": "position of the year, from 0",
    "bus": "bus of the carrier; all of them where it is not chosen",
    "week": "position of the week, from 0; of span `week` only",
    "over": "overlay, may be repeated",
    "beside": "scenario beside the own one, may be repeated; with shown=1",
    "set": "a single value, may be repeated",
    FREE: "sliders with their number, events with `on`, by the names that the city's tables tell",
}
"""What a parameter means where its name does not say it."""


class UnknownChoice(SettingError):
    """An address chooses something that there is not."""


def describe(names: Iterable[str], *, free: bool = False) -> dict[str, Any]:
    """Query parameters for the description of an address.

    Parameters
    ----------
    names : iterable of str
        Their names.
    free : bool
        Whether the city's tables tell further names.

    Returns
    -------
    dict
        ``parameters`` as OpenAPI has them.
    """
    told = [_parameter(name, {"type": "string", "maxLength": 100, **_listed(name)}) for name in names]
    further = {"type": "object", "additionalProperties": {"type": "string"}}
    return {"parameters": [*told, *([{**_parameter(FREE, further), "style": "form", "explode": True}] if free else [])]}


def _listed(name: str) -> dict[str, Any]:
    return {"enum": ["", *VALUES[name]]} if name in VALUES else {}


def _parameter(name: str, schema: Row) -> dict[str, Any]:
    told = {"name": name, "in": "query", "required": False, "schema": dict(schema)}
    return told | ({"description": SAYS[name]} if name in SAYS else {})


def refuse_unknown_names(request: Request) -> None:
    """Refuse a parameter that the description of the address does not tell.

    Parameters
    ----------
    request : Request
        The request.

    Raises
    ------
    UnknownChoice
        With the names that there are.
    """
    if not request.query_params:
        return
    operations = request.app.openapi()["paths"].get(request.scope["route"].path_format, {})
    told = operations.get(request.method.lower(), {}).get("parameters", ())
    names = [one["name"] for one in told if one["in"] == "query"]
    if FREE not in names:
        check_names(request.query_params, names)


def check_names(chosen: Iterable[str], names: Collection[str]) -> None:
    """Refuse names that there are not.

    Parameters
    ----------
    chosen : iterable of str
        Names of an address.
    names : collection of str
        Those there are.

    Raises
    ------
    UnknownChoice
        For the first one that there is not.
    """
    for name in chosen:
        if name not in names:
            raise _refusal(f"query.{name[:40]}", Label(f"没有参数“{name[:40]}”", f"there is no parameter '{name[:40]}'"), names)


def check_choices(chosen: Mapping[str, str], known: Choices) -> None:
    """Refuse names and values that there are not.

    Parameters
    ----------
    chosen : mapping of str to str
        Parameters of an address; an empty one chooses nothing.
    known : mapping of str to collection of str, or None
        What may be chosen.

    Raises
    ------
    UnknownChoice
        For the first one that there is not.
    """
    check_names(chosen, known)
    for name, text in chosen.items():
        values = known[name]
        for part in text.split(",") if name == "hide" else (text.strip(),):
            check_value(name, part, values)


def check_value(name: str, text: str, values: Collection[str] | None) -> None:
    """Refuse a value that there is not.

    Parameters
    ----------
    name : str
        Name of the parameter.
    text : str
        Its value.
    values : collection of str or None
        Those there are, ``None`` for any.

    Raises
    ------
    UnknownChoice
        If there is no such value.
    """
    if text and values is not None and text not in values:
        what = Label(f"“{name}”没有“{text[:40]}”这个取值", f"'{name}' has no value '{text[:40]}'")
        raise _refusal(f"query.{name}", what, values)


def _refusal(where: str, what: Label, values: Collection[str]) -> UnknownChoice:
    listed = ", ".join(list(values)[:MOST_NAMED]) + (", …" if len(values) > MOST_NAMED else "")
    expected = Label(
        f"其中之一：{listed}" if listed else "没有可选的", f"one of: {listed}" if listed else "nothing to choose here"
    )
    remedy = Label("改用其中之一或去掉它；见 /api/v1/openapi.json", "use one of them or leave it out; see /api/v1/openapi.json")
    return UnknownChoice(what, where=where, expected=expected, remedy=remedy)


def choices_of_part(city: CityView, part: str) -> Choices:
    """What may be chosen of a part.

    Parameters
    ----------
    city : CityView
        The city.
    part : str
        Key of the view document.

    Returns
    -------
    mapping
        Filters with their values.
    """
    page = {"verdicts": "targets", "tasks": "tasks"}.get(part)
    return choices_of_page(city, page) if page else {}


def choices_of_page(city: CityView, page: str) -> Choices:
    """What may be chosen of the data behind a page, gathered once.

    Parameters
    ----------
    city : CityView
        The city.
    page : str
        Page id.

    Returns
    -------
    mapping
        Filters with their values.
    """
    found = {
        "targets": _choices_of_targets,
        "tasks": _choices_of_tasks,
        "organisations": _choices_of_organisations,
        "map": _choices_of_map,
        "compare": _choices_of_comparison,
        "factors": _choices_of_factors,
    }.get(page)
    return city.derive(f"choices of {page}", lambda: found(city.view)) if found is not None else {}


def choices_of_hours(index: Row, chosen: Mapping[str, str], span: str) -> Choices:
    """What may be chosen of the hourly models.

    Parameters
    ----------
    index : mapping
        Index of the hourly results.
    chosen : mapping of str to str
        What the address chooses: years, carriers and weeks are those of its case.
    span : {"week", "year"}
        What is asked for.

    Returns
    -------
    mapping
        Choices with their values.
    """
    found = hours_choice.choose(index, chosen)
    weeks = [str(week) for week in range(len(found.side["weekly"]["load"]))]
    carriers = {one["id"]: one for one in found.case["carriers"]}
    known: dict[str, Collection[str]] = {
        "case": [one["id"] for one in index["cases"]],
        "period": [str(at) for at in range(len(found.case["periods"]))],
        "carrier": list(carriers),
        "bus": carriers[found.carrier]["buses"],
        "lang": ("zh", "en"),
    }
    return known | ({"week": weeks} if span == "week" else {})


def check_scenarios(live: LiveScenarios, items: Iterable[tuple[str, str]]) -> None:
    """Refuse what an address of the scenarios chooses and there is not.

    Parameters
    ----------
    live : LiveScenarios
        Knows scenarios, sliders and events.
    items : iterable of (str, str)
        Names and values of the address.

    Raises
    ------
    UnknownChoice
        For the first name or value that there is not.
    """
    names = [one.id for one in live.layers.scenarios]
    years = [str(year) for year in live.model.graph.space.years]
    values: dict[str, Collection[str] | None] = dict.fromkeys((*OF_SCENARIOS, *live.panel.sliders))
    values |= {"over": names, "beside": names, "shown": ("1",), **dict.fromkeys(live.panel.switches, ("on",))}
    values |= {"left": (MINE, *names), "right": (MINE, *names), "left_year": years, "right_year": years}
    for name, text in items:
        check_names((name,), values)
        check_value(name, text, values[name])


def _choices_of_targets(view: Row) -> Choices:
    rows = view.get("verdicts") or ()
    return {
        "verdict": VALUES["verdict"],
        "field": _fields_of(view),
        "year": sorted({str(row.get("year") or row.get("period")) for row in rows}),
        "organisation": _organisations_of(view),
        "q": None,
        "sort": VALUES["sort"],
        "hide": target_table.COLUMNS,
    }


def _choices_of_tasks(view: Row) -> Choices:
    chapters = {str(row["chapter"]): None for row in view.get("tasks") or () if row.get("chapter")}
    own = {"state": VALUES["state"], "chapter": list(chapters), "q": None}
    return {"organisation": _organisations_of(view), "field": _fields_of(view), **own}


def _choices_of_organisations(view: Row) -> Choices:
    return {"by": VALUES["by"], "field": _fields_of(view), "state": VALUES["state"], "q": None}


def _choices_of_map(view: Row) -> Choices:
    quantities = (view.get("districts") or {}).get("quantities") or ()
    years = sorted({str(year) for one in quantities for year in one["years"] if year is not None})
    return {"quantity": [one["id"] for one in quantities], "year": years}


def _choices_of_comparison(view: Row) -> Choices:
    found = view.get("comparison") or {}
    fields = sorted({row["field"] for row in found.get("rows") or ()})
    parties = [one["id"] for one in (found.get("parties") or ())[1:]]
    return {"standing": VALUES["standing"], "party": parties, "field": fields, "q": None, "sort": ("plan",)}


def _choices_of_factors(view: Row) -> Choices:
    rows = (view.get("library") or {}).get("factors") or ()
    return {
        name: None if name == "q" else sorted({str(row[name]) for row in rows if row.get(name) not in (None, "")})
        for name in OF_FACTORS
    }


def _fields_of(view: Row) -> list[str]:
    listed = [one["field"]["id"] for one in (view.get("tasklist") or {}).get("tasks") or ()]
    fields = [one["id"] for one in view.get("fields") or ()]
    return list(dict.fromkeys([*fields, *(row["field"] for row in view.get("verdicts") or ()), *listed]))


def _organisations_of(view: Row) -> list[str]:
    named = [str(one["name"]) for one in organisations.list_organisations(view)]
    rows = (*(view.get("verdicts") or ()), *(view.get("tasks") or ()))
    return list(dict.fromkeys([*named, *(name for row in rows for name in row.get("organisations") or ())]))
