"""Files of a city as downloads: workbooks, the task list, the inventory, the brief, the report.

Invariant: a file is made when it is asked for, from the view of the run; a name that no form has is refused.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from dafeng.web import assessments, briefs, filters, inventory_files, task_views, tasklist
from dafeng.web.cities import CityView
from dafeng.web.desk import known, read_language
from dafeng.web.download import make_workbook
from dafeng.web.labels import Words
from dafeng.web.target_table import write_targets
from dafeng.work.brief import LANGUAGES

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def offer_file(request: Request, city: CityView, name: str) -> Response | None:
    """The file of a name.

    Parameters
    ----------
    request : Request
        The request.
    city : CityView
        The city.
    name : str
        Last part of the address.

    Returns
    -------
    Response or None
        ``None`` where the name is not that of a file.

    Raises
    ------
    HTTPException
        404 if the run has nothing to put into it.
    """
    slug = city.slug
    if name == f"{slug}.xlsx":
        return _attach(make_workbook(city), WORKBOOK, name)
    if name == "targets.csv":
        chosen = filters.keep(dict(request.query_params), filters.TARGET_FILTERS)
        text = write_targets(city.view, chosen, Words(read_language(request)))
        return _attach(text.encode(), "text/csv; charset=utf-8", f"{slug}-{name}", worded=True)
    if name == "compare.xlsx" and city.view.get("comparison"):
        return _attach(make_workbook(city, part="comparison"), WORKBOOK, f"{slug}-{name}")
    if name.startswith(f"{slug}-tasks."):
        return offer_tasks(request, city, name)
    if name.startswith(f"{slug}-schedule."):
        form = name.removeprefix(f"{slug}-schedule.")
        content = known(task_views.make_schedule_file(city, form, Words(read_language(request))))
        return _attach(content, task_views.FORMS[form], name, worded=True)
    if name.startswith(f"{slug}-inventory-"):
        return offer_inventory(request, city, name)
    for start, paper in ((f"{slug}-brief-", briefs), (f"{slug}-assessment-", assessments)):
        if name.startswith(start):
            content, media = known(paper.make_file(city.view, name))
            return _attach(content, media, name)
    return None


def list_names(city: CityView) -> list[str]:
    """Files of a city that can be downloaded.

    Parameters
    ----------
    city : CityView
        The city.

    Returns
    -------
    list of str
        Names that `offer_file` answers, as long as this machine can set them.
    """
    slug, view = city.slug, city.view
    listed = tasklist.read_list(city)
    made = [f"{slug}.xlsx", "targets.csv"]
    made += ["compare.xlsx"] if view.get("comparison") else []
    made += [tasklist.name_file(slug, form) for form in tasklist.list_forms(listed)] if listed else []
    made += [task_views.name_schedule(slug, form) for form in task_views.FORMS] if listed and view.get("schedule") else []
    made += [inventory_files.name_file(slug, view, form) for form in inventory_files.list_forms(view)]
    for language in LANGUAGES:
        made += [name for _, name in briefs.list_files(slug, language, live=True)]
        made += [name for _, name in assessments.list_files(slug, language)]
    return made


def _attach(content: bytes, media: str, name: str, *, worded: bool = False) -> Response:
    """A download; what is worded in the visitor's language is kept apart by cookie."""
    vary = {"Vary": "Cookie"} if worded else {}
    return Response(content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'} | vary)


def offer_tasks(request: Request, city: CityView, name: str) -> Response:
    """The task list as a download.

    Parameters
    ----------
    request : Request
        The request.
    city : CityView
        The city.
    name : str
        File name that was asked for.

    Returns
    -------
    Response
        The file.

    Raises
    ------
    HTTPException
        404 if the run has no task list or the form is not registered.
    """
    listed = known(tasklist.read_list(city))
    form = known(next((one for one in tasklist.list_forms(listed) if tasklist.name_file(city.slug, one) == name), None))
    content = tasklist.make_file(listed, form, read_language(request))
    return _attach(content, tasklist.TYPES.get(form, "application/octet-stream"), name, worded=True)


def offer_inventory(request: Request, city: CityView, name: str) -> Response:
    """The inventory as a download.

    Parameters
    ----------
    request : Request
        The request.
    city : CityView
        The city.
    name : str
        File name that was asked for.

    Returns
    -------
    Response
        The file.

    Raises
    ------
    HTTPException
        404 if the run has no inventory or the form is not offered.
    """
    forms = {inventory_files.name_file(city.slug, city.view, form): form for form in inventory_files.list_forms(city.view)}
    form = known(forms.get(name))
    return _attach(inventory_files.make_file(city.view, form, read_language(request)), tasklist.TYPES[form], name, worded=True)
