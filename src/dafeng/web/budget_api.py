"""The budgets for programs: trees, nodes with their history, and moves that are asked for with a token.

Invariant: amounts are exact decimal text in the unit of the budget; only a token counts, and a move waits for a second person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import ConflictError, DafengError, LookupFailure
from dafeng.web.api_answers import PAGE_ROWS, Cursor, Limit, answer_content, find, next_address
from dafeng.web.api_forms import Refusal
from dafeng.web.asking import check_pace
from dafeng.web.desk import Desk
from dafeng.web.ledger_api import Caller, OrderAnswer, Rows
from dafeng.web.offices import Office, Visitor
from dafeng.work.budget_document import budget_document
from dafeng.work.budget_moves import find_line, move_budget, read_history
from dafeng.work.budget_state import BudgetState
from dafeng.work.budgets import budgets, show_budget
from dafeng.work.right_books import read_quantity
from dafeng.work.right_overview import line_document, order_document

Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
Content = dict[str, Any]


class BudgetTree(BaseModel):
    """A budget with a page of its nodes, each parent before its children."""

    model_config = ConfigDict(extra="allow")

    id: str
    unit: str
    state: str
    pending: int
    nodes: list[Content]
    checks: list[Content]
    findings: list[Content]
    next: str | None


class BudgetNodeAnswer(BaseModel):
    """A node with a page of its history, in minimal units."""

    model_config = ConfigDict(extra="allow")

    id: str
    parent: str | None
    allotted: str
    moved: str
    given: str
    free: str
    lines: list[Content]
    next: str | None


class WantedMove(BaseModel):
    """A move between two nodes below the same one; ``quantity`` is decimal text in the unit of the budget."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=1, max_length=128, description="chosen by the caller; the same one has the same answer")
    giver: str = Field(max_length=40)
    taker: str = Field(max_length=40)
    quantity: str = Field(max_length=30)
    reason: str = Field(min_length=1, max_length=400)


def build_budget_router(desk: Desk, caller: Caller) -> APIRouter:
    """Addresses below ``/api/v1/cities/{slug}/ledger/budgets``.

    Parameters
    ----------
    desk : Desk
        The cities.
    caller : callable
        Who asks with a token; refuses everybody else.

    Returns
    -------
    APIRouter
        The addresses.
    """
    known: dict[int | str, dict[str, Any]] = {304: {"description": "known by its ETag"}, 422: {"model": Refusal}}
    router = APIRouter(prefix="/api/v1/cities/{slug}/ledger/budgets", responses=known)
    _add_reading(router, desk, caller)
    _add_moving(router, desk, caller)
    return router


def _add_reading(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get("", summary="Budgets with the sums of their roots", response_model=Rows)
    def list_budgets(request: Request, slug: str) -> Response:
        office = caller(desk, request, slug)[0]
        return _try(lambda: answer_content(request, {"items": [_brief(one) for one in budgets(office.city)], "next": None}))

    @router.get("/{budget}", summary="A budget with a page of its nodes", response_model=BudgetTree)
    def read_tree(request: Request, slug: str, budget: Name, offset: Cursor = 0, limit: Limit = PAGE_ROWS) -> Response:
        office = caller(desk, request, slug)[0]
        return _try(lambda: _tell_tree(office, request, budget, offset, limit))

    @router.get("/{budget}/nodes/{node}", summary="A node with a page of its history", response_model=BudgetNodeAnswer)
    def read_node(request: Request, slug: str, budget: Name, node: Name, before: Cursor = 0,
                  limit: Limit = PAGE_ROWS) -> Response:  # fmt: skip
        office = caller(desk, request, slug)[0]
        return _try(lambda: _tell_node(office, request, budget, node, before, limit))


def _add_moving(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.post(
        "/{budget}/moves",
        summary="Ask for a move: 202 waits for a second person, 201 booked, 200 asked before, 409 or 422 refused",
        status_code=201,
        responses={
            **{key: {"model": OrderAnswer} for key in (200, 201, 202)},
            **{key: {"model": OrderAnswer | Refusal} for key in (409, 422)},
        },
    )
    async def ask_move(request: Request, slug: str, budget: Name, wanted: WantedMove) -> Response:
        office, visitor = await run_in_threadpool(caller, desk, request, slug)
        if not visitor.can_edit:
            raise HTTPException(403)
        check_pace(office, visitor)
        return await run_in_threadpool(_try, lambda: _move(office, visitor, budget, wanted))


def _try(make: Callable[[], Response]) -> Response:
    """The answer, or why there is none: 404 for what does not exist, 409 for a clash, 422 for files that are broken."""
    try:
        return make()
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    except DafengError as cause:
        code = 409 if isinstance(cause, ConflictError) else 422
        places = [{"at": cause.where[:200], "says": {"zh": cause.remedy.zh, "en": cause.remedy.en}}]
        said = {"zh": cause.what.zh, "en": cause.what.en}
        return JSONResponse({"error": code, "says": said, "where": places}, status_code=code)


def _brief(state: BudgetState) -> Content:
    told = budget_document(state)
    return {**{key: told[key] for key in ("id", "label", "instrument", "unit", "period", "state", "pending")},
            "root": told["nodes"][0], "holds": all(one["holds"] for one in told["checks"])}  # fmt: skip


def _tell_tree(office: Office, request: Request, budget: str, offset: int, limit: int) -> Response:
    told = budget_document(find(lambda: show_budget(office.city, budget)))
    more = str(offset + limit) if len(told["nodes"]) > offset + limit else ""
    return answer_content(
        request, {**told, "nodes": told["nodes"][offset : offset + limit], "next": next_address(request, "offset", more)}
    )


def _tell_node(office: Office, request: Request, budget: str, node: str, before: int, limit: int) -> Response:
    state = show_budget(office.city, budget)
    find_line(state, node)
    told = next(one for one in budget_document(state)["nodes"] if one["id"] == node)
    lines = []
    if office.rights.has_ledger():
        with office.rights.reading() as rows:
            lines = read_history(rows, budget, node, before=before, limit=limit + 1)
    last = str(lines[limit - 1].seq) if len(lines) > limit else ""
    shown = [line_document(one) for one in lines[:limit]]
    return answer_content(request, {**told, "lines": shown, "next": next_address(request, "before", last)})


def _move(office: Office, visitor: Visitor, budget: str, wanted: WantedMove) -> Response:
    state = show_budget(office.city, budget)
    units = read_quantity(wanted.quantity, state.file.budget.scale)
    order = move_budget(
        office.rights, state, wanted.giver, wanted.taker, units, id=wanted.id, who=visitor.name, reason=wanted.reason,
        records=office.records,
    )  # fmt: skip
    body, code = order_document(order), 200 if order.again else 201
    if order.state in ("refused", "rejected"):
        code = 409 if order.code == "conflict" else 422
    elif order.state in ("waiting", "handed"):
        code = 202
    return JSONResponse({"error": code, **body} if code >= 400 else body, status_code=code)
