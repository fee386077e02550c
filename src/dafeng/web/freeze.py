"""The frozen copy: the same pages as files that open without a server, in both languages, for good.

Invariant: links are relative and nothing is fetched from outside; the folder appears whole or not at all.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from dafeng.core.companion import accompanied, begin
from dafeng.core.labels import Language
from dafeng.web import briefs, explain, fields, inventory_files, methods, organisations, pages, task_views, tasklist
from dafeng.web.cities import CityView
from dafeng.web.frozen_links import FrozenLinks
from dafeng.web.labels import Words
from dafeng.web.links import STATIC
from dafeng.web.navigation import read_pages
from dafeng.web.render import Frame, render, render_each
from dafeng.web.site_files import field_file, method_file, organisation_file, page_file, target_file, task_file, tasks_file

LANGUAGES = cast(tuple[Language, ...], ("zh", "en"))
WHOLE = MappingProxyType({"rows": "all"})
"""In a copy no server brings further rows, so that tables have all of them."""


def write_site(view: Mapping[str, Any], traces: Mapping[str, Mapping[str, Any]], folder: Path) -> Path:
    """Write the frozen copy of a city's pages.

    Parameters
    ----------
    view : mapping
        View document.
    traces : mapping of str to mapping
        Address → trace.
    folder : Path
        Folder of the report; the copy lies in its folder ``site``, an older one is replaced.

    Returns
    -------
    Path
        The first page, ``site/index.html``.
    """
    city = CityView(view, traces)
    made = folder / ".site-new"
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(STATIC, made / "static")
    kept = explain.reach(city, explain.addresses(view))
    _write_data(made, view, kept)
    with accompanied():
        chinese = begin(_write_language, made, view, kept, "zh")
        _write_tasks(made, city)
        _write_inventory(made, city)
        _write_briefs(made, city)
        _write_language(made / "en", view, kept, "en")
        chinese()
    site = folder / "site"
    shutil.rmtree(site, ignore_errors=True)
    made.rename(site)
    return site / "index.html"


def _write_data(folder: Path, view: Mapping[str, Any], traces: Mapping[str, Any]) -> None:
    """The view document and its traces as JSON."""
    for name, content in (("view", view), ("traces", traces)):
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _write_tasks(folder: Path, city: CityView) -> None:
    """The task list in every registered form, and the schedule."""
    listed = tasklist.read_list(city)
    for form in tasklist.list_forms(listed):
        if listed is not None:
            (folder / tasklist.name_file(city.slug, form)).write_bytes(tasklist.make_file(listed, form, "zh"))
    for form in task_views.FORMS:
        content = task_views.make_schedule_file(city, form, Words("zh"))
        if content is not None:
            (folder / task_views.name_schedule(city.slug, form)).write_bytes(content)


def _write_inventory(folder: Path, city: CityView) -> None:
    """The inventory as files, in Chinese."""
    for form in inventory_files.list_forms(city.view):
        content = inventory_files.make_file(city.view, form, "zh")
        (folder / inventory_files.name_file(city.slug, city.view, form)).write_bytes(content)


def _write_briefs(folder: Path, city: CityView) -> None:
    """The brief as a text document, in both languages."""
    for language in LANGUAGES:
        for _, name in briefs.list_files(city.slug, language, live=False):
            made = briefs.make_file(city.view, name)
            if made is not None:
                (folder / name).write_bytes(made[0])


def _write_language(folder: Path, view: Mapping[str, Any], traces: Mapping[str, Any], language: Language) -> None:
    """All pages in one language."""
    (folder / "explain").mkdir(parents=True, exist_ok=True)
    city, words, links = CityView(view, traces), Words(language), FrozenLinks(language)

    def put(name: str, template: str, page: str, context: Mapping[str, Any] | None) -> None:
        frame = Frame(words, links, city, page, here=name)
        (folder / name).write_text(render(template, frame, context), encoding="utf-8")

    for page in read_pages():
        put(page_file(page.id), f"{page.id}.html", page.id, pages.build(page.id, city, words, WHOLE))
    for row in city.view.get("verdicts") or ():
        put(target_file(row["target"]), "target.html", "targets", pages.build_target(city, row["target"], words))
    for field in fields.list_fields(city.view):
        put(field_file(field["id"]), "field.html", "fields", fields.build_field(city, field["id"], words))
    for own in organisations.organisations_of(city):
        context = organisations.build_organisation(city, own["name"])
        put(organisation_file(own["name"]), "organisation.html", "organisations", context)
    for shape in task_views.VIEWS[1:]:
        put(tasks_file(shape), "tasks.html", "tasks", task_views.build_tasks(city, words, {"view": shape}, links))
    for row in city.view.get("tasks") or ():
        put(task_file(row["id"]), "task.html", "tasks", task_views.build_task(city, row["id"], words))
    for row in methods.list_rows(city.view):
        put(method_file(row["id"]), "method.html", "methods", methods.build_method(city.view, row["id"]))
    put("explain.html", "explain.html", "", None)
    _write_shelves(folder / "explain", city, Frame(words, links, city, ""))


def _write_shelves(folder: Path, city: CityView, frame: Frame) -> None:
    """Explanations, one script file per table, since a page in a folder may load scripts but not fetch data."""
    shelves: dict[str, dict[str, str]] = {}
    gathered = (explain.gather(city, address, frame.words) for address in city.traces)
    for address, fragment in zip(city.traces, render_each("_drawer.html", frame, gathered), strict=True):
        shelves.setdefault(shelf(address), {})[address] = re.sub(r"\n\s*", "\n", fragment)
    for table, items in shelves.items():
        said = f"dafeng.keep({json.dumps(table)},{json.dumps(items, ensure_ascii=False)});\n"
        (folder / f"{table}.js").write_text(said, encoding="utf-8")


def shelf(address: str) -> str:
    """File in which an explanation lies.

    Parameters
    ----------
    address : str
        ``table/row``.

    Returns
    -------
    str
        Name of letters, digits, hyphens and underscores, as the page's script makes it.
    """
    return re.sub(r"[^A-Za-z0-9_-]", "-", address.split("/")[0])
