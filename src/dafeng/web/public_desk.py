"""The page Publishing: what visitors see and why, and the form by which those who may confirm change it.

Invariant: nobody without a login sees the table; only a confirmer changes it, and only on the rules that were shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError
from dafeng.web.asking import Ask, show, write
from dafeng.web.desk import Desk
from dafeng.web.filters import choose_window
from dafeng.web.forms import Handed
from dafeng.work.publish_change import Decision, Wish, change_visibility, list_decisions
from dafeng.work.publish_objects import Listed, check_objects, list_objects
from dafeng.work.publish_rules import Visibility, list_kinds, read_visibility

SHOWN = 30
"""Changes that the page lists."""


def add_publishing(app: FastAPI, desk: Desk) -> None:
    """Addresses of the page Publishing.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/publishing/", include_in_schema=False)
    def show_table(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _page)

    @app.post("/{slug}/publishing/", include_in_schema=False)
    async def decide(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _decide)


def _page(ask: Ask) -> Response:
    city, found = ask.office.city, ask.desk.cities.get(ask.office.slug)
    view = found.view if found else {}
    rules, broken = _read(ask)
    rows: dict[str, list[Listed]] = {kind: [] for kind in list_kinds()}
    for row in list_objects(view, rules):
        rows[row.kind].append(row)
    context: Mapping[str, Any] = {
        "kinds": list_kinds().values(),
        "rules": rules,
        "sections": {kind: _section(kind, listed, ask.request.query_params) for kind, listed in rows.items()},
        "broken": broken,
        "findings": check_objects(view, rules),
        "log": list_decisions(city, records=ask.office.records)[:SHOWN],
        "entrance": f"/public/{ask.office.slug}/",
    }
    return ask.page("publishing.html", context, name="publishing")


def _section(kind: str, listed: Sequence[Listed], query: Mapping[str, str]) -> dict[str, Any]:
    """The objects of a kind that the address asks for; the first ones where it asks for another kind's."""
    asked = query.get("kind") == kind
    window = choose_window(len(listed), query if asked else {})
    return {
        "rows": listed[window.start : window.end],
        "window": window,
        "asked": asked,
        "public": sum(row.state == "public" for row in listed),
    }


def _read(ask: Ask) -> tuple[Visibility, str]:
    """The rules, and what is wrong with the file where it cannot be read."""
    try:
        return read_visibility(ask.office.city), ""
    except DafengError as cause:
        return Visibility(), f"{cause.where}: {cause.what.read(ask.language)}"


def _decide(ask: Ask, handed: Handed) -> Response:
    """A kind in ``kind``, an object in ``name`` (empty for the kind), the state in ``state``, the rules seen in ``seen``."""
    if not ask.visitor.can_confirm:
        raise HTTPException(403)
    wish = Decision(handed.get("kind"), handed.get("name"), cast("Wish", handed.get("state")))
    change_visibility(ask.office.city, [wish], who=ask.visitor.name, seen=handed.get("seen"), records=ask.office.records)
    offset = handed.get("offset")
    there = f"?kind={wish.kind}&offset={offset}" if offset.isascii() and offset.isdigit() else ""
    return RedirectResponse(f"/{ask.office.slug}/publishing/{there}#{wish.kind}", status_code=303)
