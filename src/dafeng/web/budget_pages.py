"""The pages of budgets: all of them, the tree of one, its nodes, how a figure came about, and the forms that move and book.

Invariant: those who have an account see them, editors ask for a move or a booking, somebody else decides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Path, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import ConflictError, DafengError, LookupFailure
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.budget_views import build_budget, build_budgets, build_figure, build_node
from dafeng.web.clocks import clock_words
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed
from dafeng.web.labels import Words
from dafeng.web.rights_views import Refused, say_refusal
from dafeng.work.ask_budgets import ask_budget
from dafeng.work.budget_document import budget_document
from dafeng.work.budget_moves import move_budget
from dafeng.work.budgets import budgets, show_budget
from dafeng.work.right_books import read_quantity

Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
Figure = Annotated[str, Path(pattern=r"^[a-z]{1,20}$")]


def add_budget_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the budgets.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """
    _add_reading(app, desk)
    _add_writing(app, desk)


def _add_reading(app: FastAPI, desk: Desk) -> None:
    @app.get("/{slug}/budgets", include_in_schema=False)
    def enter_budgets(slug: str) -> Response:
        return RedirectResponse(f"/{desk.office(slug).slug}/budgets/", status_code=307)

    @app.get("/{slug}/budgets/", include_in_schema=False)
    def show_budgets(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: _page(ask, "budgets.html", build_budgets(ask)))

    @app.get("/{slug}/budgets.json", include_in_schema=False)
    def tell_budgets(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _tell_budgets)

    @app.get("/{slug}/budgets/{budget}/", include_in_schema=False)
    def show_tree(request: Request, slug: str, budget: Name) -> Response:
        return show(desk, request, slug, lambda ask: _found(ask, "budget.html", lambda: build_budget(ask, budget)))

    @app.get("/{slug}/budgets/{budget}/nodes/{node}/", include_in_schema=False)
    def show_node(request: Request, slug: str, budget: Name, node: Name) -> Response:
        return show(desk, request, slug, lambda ask: _found(ask, "budget_node.html", lambda: build_node(ask, budget, node)))

    @app.get("/{slug}/budgets/{budget}/nodes/{node}/{figure}", include_in_schema=False)
    def show_figure(request: Request, slug: str, budget: Name, node: Name, figure: Figure) -> Response:
        made = "_budget_figure.html" if request.query_params.get("fragment") else "budget_figure.html"
        return show(desk, request, slug, lambda ask: _found(ask, made, lambda: build_figure(ask, budget, node, figure)))


def _add_writing(app: FastAPI, desk: Desk) -> None:
    @app.post("/{slug}/budgets/move", include_in_schema=False)
    async def move_some(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _move)

    @app.post("/{slug}/budgets/book", include_in_schema=False)
    async def book_files(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _book)


def _page(ask: Ask, template: str, context: Context, *, code: int = 200) -> Response:
    base = f"/{ask.office.slug}/"
    home: Context = {"budget_base": f"{base}budgets/", "rights_base": f"{base}rights/", "refusal": None}
    home |= clock_words(ask.office.city, Words(ask.language))
    return ask.page(template, {**home, **context}, name="budgets", code=code)


def _found(ask: Ask, template: str, make: Callable[[], Context]) -> Response:
    try:
        return _page(ask, template, make())
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    except DafengError as cause:  # a file of the city is broken: the list says how
        return _page(ask, "budgets.html", {"budgets": [], "broken": cause, "gaps": 0}, code=422)


def _tell_budgets(ask: Ask) -> Response:
    return JSONResponse([budget_document(one) for one in budgets(ask.office.city)])


def _move(ask: Ask, handed: Handed) -> Response:
    """``budget``, ``giver``, ``taker``, ``quantity`` in units, ``reason``, ``id`` and ``seen`` of the page."""
    name, rights = handed.get("budget").strip(), ask.office.rights
    state = show_budget(ask.office.city, name)
    code = 422
    try:
        units = read_quantity(handed.get("quantity"), state.file.budget.scale)
        order = move_budget(
            rights, state, handed.get("giver"), handed.get("taker"), units, id=handed.get("id"), who=ask.visitor.name,
            reason=handed.get("reason"), seen=handed.number("seen"), records=ask.office.records,
        )  # fmt: skip
        refusal = say_refusal(order, ask.language)
        code = 409 if order.code == "conflict" else 422
    except LookupFailure:
        raise
    except DafengError as cause:
        refusal = Refused("", "", cause.what.read(ask.language), cause.remedy.read(ask.language), "")
        code = 409 if isinstance(cause, ConflictError) else 422
    if refusal is None:
        return RedirectResponse(f"/{ask.office.slug}/budgets/{name}/#waiting", status_code=303)
    return _page(ask, "budget.html", {**build_budget(ask, name, typed=handed.fields), "refusal": refusal}, code=code)


def _book(ask: Ask, handed: Handed) -> Response:
    """Ask for what lies between the files of ``budget`` and the ledger to be booked."""
    name = handed.get("budget").strip()
    order = ask_budget(ask.office.city, name, "book", who=ask.visitor.name, records=ask.office.records)
    if order is not None and (refusal := say_refusal(order, ask.language)) is not None:
        return _page(ask, "budget.html", {**build_budget(ask, name), "refusal": refusal}, code=409)
    return RedirectResponse(f"/{ask.office.slug}/budgets/{name}/#waiting", status_code=303)
