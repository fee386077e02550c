"""The pages of credit projects: the list, one project, and the forms by which it is entered and goes on.

Invariant: the owner's steps are taken by editors, all others by confirmers who did not take the step before; what is refused
comes back with what was typed and why.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError, LookupFailure
from dafeng.ledger.projects import step_kinds
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.compliance_views import read_number, say_error
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed
from dafeng.web.offices import Visitor
from dafeng.web.project_views import build_project, build_projects
from dafeng.work.credit_document import credits_document
from dafeng.work.project_steps import OWNER, find_project, read_fact_text, read_projects_of, take_as

Number = Annotated[int, Path(ge=1, le=2**31)]
FACT = "fact."
"""Beginning of the names of fields that give a fact."""


def add_project_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of credit projects.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/projects", include_in_schema=False)
    def enter(slug: str) -> Response:
        return RedirectResponse(f"/{desk.office(slug).slug}/projects/", status_code=307)

    @app.get("/{slug}/projects/", include_in_schema=False)
    def show_projects(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: _page(ask, "projects.html", build_projects(ask)))

    @app.get("/{slug}/projects.json", include_in_schema=False)
    def tell_projects(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: JSONResponse(credits_document(read_projects_of(ask.office.rights))))

    @app.get("/{slug}/projects/{project}/", include_in_schema=False)
    def show_project(request: Request, slug: str, project: Number) -> Response:
        return show(desk, request, slug, lambda ask: _project(ask, project, {}))

    @app.post("/{slug}/projects/enter", include_in_schema=False)
    async def enter_new(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _enter)

    @app.post("/{slug}/projects/{project}/step", include_in_schema=False)
    async def step(request: Request, slug: str, project: Number) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _step(ask, handed, project, own=True))

    @app.post("/{slug}/projects/{project}/decide", include_in_schema=False)
    async def decide(request: Request, slug: str, project: Number) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _step(ask, handed, project, own=False), may=_confirmer)


def _confirmer(visitor: Visitor) -> bool:
    return visitor.can_confirm


def _page(ask: Ask, template: str, context: Context, *, code: int = 200) -> Response:
    slug = ask.office.slug
    home: Context = {"rights_base": f"/{slug}/rights/", "home": f"/{slug}/projects/", "refusal": None, "typed": {}}
    return ask.page(template, {**home, **context}, name="projects", code=code)


def _project(ask: Ask, number: int, more: Context, *, code: int = 200) -> Response:
    try:
        return _page(ask, "project.html", {**build_project(ask, number), **more}, code=code)
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def _enter(ask: Ask, handed: Handed) -> Response:
    """``name``, ``project`` (its id), ``kind`` (scheme and method), ``assets``, ``who`` and ``day``."""
    scheme, _, method = handed.get("kind").partition("|")
    assets = [one.strip() for one in re.split(r"[,，;；\n]+", handed.get("assets")) if one.strip()]
    name = handed.get("project").strip()
    values = {"name": handed.get("name").strip() or name, "scheme": scheme, "method": method, "assets": assets, "facts": {}}
    try:
        take_as(
            ask.office.city, name, "enter", login=ask.visitor.name, who=handed.get("who").strip(),
            day=handed.get("day").strip(), values=values, document=handed.get("document").strip(), id=handed.get("id")[:100],
        )  # fmt: skip
    except DafengError as cause:
        return _page(
            ask, "projects.html", {**build_projects(ask), "refusal": say_error(ask, cause), "typed": handed.fields}, code=422
        )
    listed = list(read_projects_of(ask.office.rights).register.projects)
    return RedirectResponse(f"/{ask.office.slug}/projects/{listed.index(name) + 1}/", status_code=303)


def _step(ask: Ask, handed: Handed, number: int, *, own: bool) -> Response:
    """``step`` with what belongs to it; ``own`` tells whether it came by the way of the owner's steps."""
    try:
        one = find_project(read_projects_of(ask.office.rights), number)
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    name = handed.get("step")
    kind = step_kinds().get(name)
    if kind is not None and (kind.role == OWNER) is not own:
        raise HTTPException(403)
    try:
        take_as(
            ask.office.city, one.id, name, login=ask.visitor.name, who=handed.get("who").strip(), day=handed.get("day").strip(),
            values=_values(ask, handed, name), document=handed.get("document").strip()[:200], id=handed.get("id")[:100],
        )  # fmt: skip
    except DafengError as cause:
        return _project(ask, number, {"refusal": say_error(ask, cause), "typed": handed.fields}, code=422)
    return RedirectResponse(f"/{ask.office.slug}/projects/{number}/", status_code=303)


def _values(ask: Ask, handed: Handed, step: str) -> dict[str, Any]:
    """What belongs to a step, as the log keeps it; empty fields are left out."""
    values: dict[str, Any] = {}
    start, _, end = handed.get("period").partition("/")
    for field, text in (
        ("start", handed.get("start") or start),
        ("end", handed.get("end") or end),
        ("applied", handed.get("applied")),
    ):
        if text.strip():
            values[field] = text.strip()
    if handed.get("quantity").strip():
        values["quantity"] = read_number(handed.fields, "quantity")
    if step == "amend":
        known = read_projects_of(ask.office.rights).register.schemes.facts
        typed = {
            field.removeprefix(FACT): text for field, text in handed.fields.items() if field.startswith(FACT) and text.strip()
        }
        values["facts"] = {field: read_fact_text(known, field, text.strip()) for field, text in typed.items()}
    return values
