"""Fields: the six of the platform and those that the plan itself uses, each with everything that concerns it.

Invariant: what belongs to a field is written in the definition file; a page shows rows of the view document only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from dafeng.library.strict import load_yaml
from dafeng.web.charts import Chart, tell_standing
from dafeng.web.cities import CityView
from dafeng.web.figures import show
from dafeng.web.filters import VERDICTS, order_targets
from dafeng.web.labels import FOLDER, Words
from dafeng.web.organisations import organisations_of
from dafeng.web.pathway import draw_parts, main_scenario
from dafeng.web.tasklist import list_fields as list_task_fields

Row = Mapping[str, Any]
FIRST, LATER = 2030, 2035
"""Years in which measures and emissions of a field are told."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """What belongs to a field.

    Parameters
    ----------
    tasks : tuple of str
        Fields of the task list.
    parts : tuple of str
        Groups of emissions of the pathway.
    measures : tuple of str
        Fields of the measures.
    use : tuple of str
        Fields of the energy balance.
    """

    tasks: tuple[str, ...]
    parts: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    use: tuple[str, ...] = ()


@cache
def read_belongings() -> Mapping[str, Belonging]:
    """What belongs to the fields of the platform.

    Returns
    -------
    mapping of str to Belonging
        By field.
    """
    rows = load_yaml(FOLDER / "fields.yaml")
    return {name: Belonging(**{key: tuple(ids) for key, ids in row.items()}) for name, row in rows.items()}


def list_fields(view: Row) -> list[dict[str, Any]]:
    """All fields: those of the platform, then those that only the plan's tasks have.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    list of dict
        ``id``, ``label``, ``own`` (of the plan's tasks only), ``targets`` (ids), ``counts``, ``tasks`` (ids).
    """
    taken = {name for belonging in read_belongings().values() for name in belonging.tasks}
    made = [_field(row["id"], row["label"], row["verdicts"], row["counts"], view) for row in view.get("fields") or ()]
    more = [row for row in list_task_fields(view.get("tasklist")) if row["id"] not in taken]
    made += [{**_field(row["id"], row["label"], [], dict.fromkeys(VERDICTS, 0), view), "own": True} for row in more]
    return made


def build_fields(view: Row, words: Words) -> dict[str, Any]:
    """What the page of all fields shows.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        Fields with their answers, and the verdicts by target.
    """
    fields = [{**field, "answer": _answer(field, words)} for field in list_fields(view)]
    rows = {row["target"]: row for row in view.get("verdicts") or ()}
    return {"all_fields": fields, "rows": rows, "order": VERDICTS}


def build_field(city: CityView, name: str, words: Words) -> dict[str, Any] | None:
    """What the page of a field shows.

    Parameters
    ----------
    city : CityView
        The city.
    name : str
        Field id.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        ``None`` where there is no such field.
    """
    view = city.view
    every = list_fields(view)
    field = next((one for one in every if one["id"] == name), None)
    if field is None:
        return None
    found = extract_field(view, name)
    gaps = _unknown(found, words)
    return {
        "field": field,
        "fields": every,
        "title": words.say("fields.title", values={"field": words.read(field["label"]), "answer": _answer(field, words)}),
        "says": _says(field, found, city, words),
        "gaps": gaps,
        "chart": _draw(view, name, words),
        "order": VERDICTS,
        **found,
    }


def extract_field(view: Row, name: str) -> dict[str, Any]:
    """Rows of the view document that concern a field.

    Parameters
    ----------
    view : mapping
        View document.
    name : str
        Field id.

    Returns
    -------
    dict
        ``rows`` (verdicts), ``tasks``, ``measures``, ``use`` (of energy, newest year first), ``clashes``.
    """
    belonging = read_belongings().get(name) or Belonging((name,))
    rows = [row for row in view.get("verdicts") or () if row["field"] == name]
    targets = {row["target"] for row in rows}
    return {
        "rows": order_targets(rows, "verdict"),
        "tasks": list(_tasks(view, belonging.tasks)),
        "measures": _measures(view, belonging.measures),
        "use": _use(view, belonging.use),
        "clashes": [one for one in view.get("clashes") or () if targets & set(one["targets"])],
    }


def _field(name: str, label: Row, targets: Sequence[str], counts: Row, view: Row) -> dict[str, Any]:
    belonging = read_belongings().get(name) or Belonging((name,))
    tasks = [task["id"] for task in _tasks(view, belonging.tasks)]
    return {"id": name, "label": label, "own": False, "targets": list(targets), "counts": counts, "tasks": tasks}


def _tasks(view: Row, names: Sequence[str]) -> Iterable[dict[str, Any]]:
    """Tasks of the plan in some fields of the task list, each with what the list says of it."""
    listed = {task["id"]: task for task in (view.get("tasklist") or {}).get("tasks") or ()}
    for task in view.get("tasks") or ():
        one = listed.get(task["id"])
        if one is not None and one["field"]["id"] in names:
            yield {**task, "listed": one}


def _measures(view: Row, fields: Sequence[str]) -> list[dict[str, Any]]:
    """Measures of some fields with what they avoid and cost in one year, the largest first."""
    found = view.get("abatement") or {}
    curve: Row = next((one for one in found.get("curves") or () if one["year"] == FIRST), {"shares": ()})
    shares = {share["id"]: share for share in curve["shares"]}
    rows = [{**one, "share": shares.get(one["id"])} for one in found.get("measures") or () if one["field"] in fields]
    return sorted(rows, key=_avoided, reverse=True)


def _avoided(measure: Row) -> float:
    share = measure["share"]
    return float((share and share["avoided"]["local"]["value"]) or 0.0)


def _use(view: Row, names: Sequence[str]) -> list[dict[str, Any]]:
    years = (view.get("energy") or {}).get("years") or ()
    return [{"year": year["year"], **row} for year in years for row in year["fields"] if row["id"] in names]


def _answer(field: Row, words: Words) -> str:
    """How a field stands, in one line."""
    told = {"n": len(field["targets"]), "tasks": len(field["tasks"])}
    if not field["targets"] and not field["tasks"]:
        return words.say("fields.answer_nothing")
    if not field["targets"]:
        return words.say("fields.answer_tasks", values=told)
    counts = [
        words.say("fields.count", values={"n": field["counts"][name], "verdict": words.word("verdict", name)})
        for name in VERDICTS
        if field["counts"].get(name)
    ]
    return words.say("fields.answer", values={**told, "counts": words.say("app.joint").join(counts)})


def _says(field: Row, found: Mapping[str, Any], city: CityView, words: Words) -> list[str]:
    """What matters most in a field, one sentence each."""
    said = [_first(found["rows"], words), _busiest(field, city, words), _largest(found["measures"], words)]
    if found["clashes"]:
        said.append(words.say("fields.says_clashes", values={"n": len(found["clashes"])}))
    return [one for one in said if one]


def _first(rows: Sequence[Row], words: Words) -> str:
    row = next((one for one in rows if one["verdict"] in ("off_course", "behind")), None)
    if row is None:
        return ""
    values = {
        "indicator": words.read(row["indicator"]),
        "verdict": words.word("verdict", row["verdict"]),
        "standing": tell_standing(row, words),
    }
    return words.say("fields.says_first", values=values)


def _busiest(field: Row, city: CityView, words: Words) -> str:
    held = set(field["tasks"])
    shares = [(sum(one["task"] in held for one in own["tasks"]), own["name"]) for own in organisations_of(city)]
    parts = [(count, name) for count, name in shares if count]
    if not held or not parts:
        return words.say("fields.says_nobody", values={"n": len(held)}) if held else ""
    count, name = max(parts, key=lambda one: one[0])
    values = {"n": len(held), "organisations": len(parts), "name": name, "count": count}
    return words.say("fields.says_tasks", values=values)


def _largest(measures: Sequence[Row], words: Words) -> str:
    if not measures or _avoided(measures[0]) <= 0.0:
        return ""
    number = measures[0]["share"]["avoided"]["local"]
    value = show(number["value"], number["unit"], words.language, basis=number["basis"], vague=True)
    values = {"measure": words.read(measures[0]["label"]), "year": FIRST, "value": value, "n": len(measures)}
    return words.say("fields.says_measure", values=values)


def _unknown(found: Mapping[str, Any], words: Words) -> list[str]:
    """What is not known of a field, beside the targets that cannot be judged."""
    lacking = {
        "rows": words.say("fields.no_targets"),
        "tasks": words.say("fields.no_tasks"),
        "measures": words.say("fields.no_measures"),
        "use": words.say("fields.no_use"),
    }
    return [says for name, says in lacking.items() if not found[name]]


def _draw(view: Row, name: str, words: Words) -> Chart | None:
    """Emissions of the parts of a field by scenario."""
    pathway = view.get("pathway") or {}
    belonging = read_belongings().get(name)
    parts = [one for one in pathway.get("parts") or () if belonging and one["id"] in belonging.parts]
    main = main_scenario(view)
    if main is None or not parts:
        return None
    chart = draw_parts({**view, "pathway": {**pathway, "parts": parts}}, words)
    if chart is None:
        return None
    subtitle = words.say("fields.course_sub", values={"unit": chart["unit"]})
    return {**chart, "title": _course(parts, pathway, main["id"], words), "subtitle": subtitle}


def _course(parts: Sequence[Row], pathway: Row, scenario: str, words: Words) -> str:
    """From where to where each part goes."""
    years = list(pathway["years"])
    ends = [year for year in (FIRST, LATER) if year in years]
    said = []
    for part in parts:
        points = [part["scenarios"][scenario][years.index(year)] for year in ends]
        values = [str(show(point, pathway["unit"], words.language, basis="projected", vague=True)) for point in points]
        said.append(f"{words.read(part['label'])} {' → '.join(values)}")
    return words.say(
        "fields.course", values={"years": " → ".join(map(str, ends)), "list": words.say("app.semicolon").join(said)}
    )
