"""The task list on the page of tasks and as a download.

Invariant: sentences come from the plan's own text where the city keeps it; nothing else is added to the view document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.core import registry
from dafeng.core.labels import Language
from dafeng.web.cities import CityView

Row = Mapping[str, Any]
WRITERS = "dafeng.tasklists"
"""Entry points of the forms in which the list can be downloaded."""
TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Media types of the forms; of any other form it is not told."""


def read_list(city: CityView) -> dict[str, Any] | None:
    """The task list of a city with the sentences of its measures.

    Parameters
    ----------
    city : CityView
        The city.

    Returns
    -------
    dict or None
        ``None`` where the run is older than task lists.
    """
    listed = city.view.get("tasklist")
    if not listed:
        return None
    return city.derive("tasklist", lambda: {**listed, "tasks": [_filled(task, city.documents) for task in listed["tasks"]]})


def rank_proposed(listed: Row | None) -> list[dict[str, Any]]:
    """Organisations that are proposed for some task.

    Parameters
    ----------
    listed : mapping or None
        The task list.

    Returns
    -------
    list of dict
        ``name``, ``tasks`` (ids) and ``known``; those with most tasks first.
    """
    found: dict[str, dict[str, Any]] = {}
    for task in (listed or {}).get("tasks") or ():
        for own in task["organisations"]:
            if own["state"] == "proposed":
                found.setdefault(own["name"], {"name": own["name"], "known": own["known"], "tasks": []})["tasks"].append(
                    task["id"]
                )
    return sorted(found.values(), key=lambda one: (-len(one["tasks"]), one["name"]))


def list_fields(listed: Row | None) -> list[Row]:
    """Fields of work that occur.

    Parameters
    ----------
    listed : mapping or None
        The task list.

    Returns
    -------
    list of mapping
        ``id`` and ``label``, in the order of the tasks.
    """
    fields = {task["field"]["id"]: task["field"] for task in (listed or {}).get("tasks") or ()}
    return list(fields.values())


def name_file(slug: str, form: str) -> str:
    """Name of the download.

    Parameters
    ----------
    slug : str
        Name of the city in addresses.
    form : str
        Registered form.

    Returns
    -------
    str
        File name.
    """
    return f"{slug}-tasks.{form}"


def list_forms(listed: Row | None) -> Sequence[str]:
    """Forms in which the list can be downloaded.

    Parameters
    ----------
    listed : mapping or None
        The task list.

    Returns
    -------
    sequence of str
        Registered forms; empty where there is no list or no task.
    """
    return registry.names(WRITERS) if listed and listed["tasks"] else ()


def make_file(listed: Row, form: str, language: Language) -> bytes:
    """The list as a file.

    Parameters
    ----------
    listed : mapping
        The task list.
    form : str
        Registered form.
    language : {"zh", "en"}
        Language of headings and notes.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    LookupFailure
        If the form is not registered, or registered twice.
    """
    content: bytes = registry.load(WRITERS, form)(listed, language)
    return content


def _filled(task: Row, documents: Mapping[str, str]) -> Row:
    return {**task, "measures": [_told(measure, documents) for measure in task["measures"]]}


def _told(measure: Row, documents: Mapping[str, str]) -> Row:
    anchor = measure["anchor"]
    text = documents.get(anchor["sha256"])
    if measure["text"] is not None or text is None:
        return measure
    return {**measure, "text": "".join(text[anchor["start"] : anchor["end"]].split())}
