"""What stands on the page of one subject, as data: a target, a task, a field, an organisation, a method.

Invariant: the page's own JSON and the API give the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dafeng.web import fields, methods, organisations, pages, task_views
from dafeng.web.cities import CityView
from dafeng.web.labels import Words

Content = dict[str, Any]


def tell_target(city: CityView, target: str, words: Words, *, others: Sequence[CityView]) -> Content | None:
    """A target with its history and its neighbours.

    Parameters
    ----------
    city : CityView
        The city.
    target : str
        Target id.
    words : Words
        Language of names and sentences.
    others : sequence of CityView
        Cities that whoever asks may read.

    Returns
    -------
    dict or None
        ``None`` if there is no such target.
    """
    said = pages.build_target(city, target, words, others=others)
    return None if said is None else {**said["row"], "history": said["history"], "beside": said["beside"]}


def tell_task(city: CityView, task: str) -> Content | None:
    """A task with its times, organisations and links.

    Parameters
    ----------
    city : CityView
        The city.
    task : str
        Task id.

    Returns
    -------
    dict or None
        ``None`` if there is no such task.
    """
    return task_views.read_task(city, task)


def tell_field(city: CityView, field: str, words: Words) -> Content | None:
    """A field with what belongs to it.

    Parameters
    ----------
    city : CityView
        The city.
    field : str
        Field id.
    words : Words
        Language of names.

    Returns
    -------
    dict or None
        ``None`` if there is no such field.
    """
    context = fields.build_field(city, field, words)
    if context is None:
        return None
    return {"run": city.view["run"], "field": context["field"], **fields.extract_field(city.view, field)}


def tell_organisation(city: CityView, name: str) -> Content | None:
    """An organisation with its tasks and indicators.

    Parameters
    ----------
    city : CityView
        The city.
    name : str
        Its name.

    Returns
    -------
    dict or None
        ``None`` if there is no such organisation.
    """
    said = organisations.build_organisation(city, name)
    return None if said is None else {"run": city.view["run"], **said}


def tell_method(city: CityView, method: str) -> Content | None:
    """Definition of a method.

    Parameters
    ----------
    city : CityView
        The city.
    method : str
        Method id.

    Returns
    -------
    dict or None
        ``None`` if there is no such method.
    """
    found = methods.find_method(city.view, method)
    return None if found is None else dict(found)
