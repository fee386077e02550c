"""What programs may ask for with a token: deliveries, whole explanations; and the refusals of the API.

Invariant: only a token counts here, never a cookie, so no page of another site can act; a token that is not good is told so at
every address of the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError, LookupFailure
from dafeng.web import api
from dafeng.web.api_views import ask_office, build_jobs, build_views, unknown_caller
from dafeng.web.asking import check_pace
from dafeng.web.budget_api import build_budget_router
from dafeng.web.desk import Desk
from dafeng.web.forms import slug_of
from dafeng.web.ledger_api import build_ledger_router
from dafeng.web.market_api import build_market_router
from dafeng.web.offices import Office, Visitor
from dafeng.work.explain import walk
from dafeng.work.upload_state import Upload
from dafeng.work.uploads import find_upload, keep_upload, list_uploads

BEARER = HTTPBearer(auto_error=False, description="token of an account, see /{city}/account")
Slug = str


class Said(BaseModel):
    """A sentence in both languages."""

    zh: str
    en: str


class Refusal(BaseModel):
    """Why a request was not met."""

    error: int
    says: Said
    where: str | None = None
    expected: Said | None = None
    remedy: Said | None = None


class Delivery(BaseModel):
    """A file that was handed in."""

    id: str
    name: str
    sha256: str
    who: str
    at: str
    mapping: dict[str, str]
    state: Literal["open", "taken", "returned"]
    remark: str
    lot: str
    facts: int
    corrected: int
    by: str


REFUSALS: Mapping[int | str, dict[str, Any]] = {code: {"model": Refusal} for code in (400, 401, 404, 421, 429)}
"""Refusals of every address of the API."""
WRITE_REFUSALS: Mapping[int | str, dict[str, Any]] = {code: {"model": Refusal} for code in (403, 405, 408, 411, 413)}
"""Further ones where something is handed in."""
BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def add_programs(app: FastAPI, desk: Desk) -> None:
    """Addresses below ``/api/v1``.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    def known(request: Request) -> None:
        office = desk.offices.get(slug_of(request.url.path))
        shown = request.headers.get("authorization", "")
        if shown and office is not None and office.caller(request) is None:
            raise unknown_caller()

    guards = [Depends(known)]
    app.include_router(_tree_router(desk), responses=dict(REFUSALS), dependencies=guards)
    app.include_router(_delivery_router(desk), responses=dict(REFUSALS), dependencies=[Depends(BEARER)])
    app.include_router(build_jobs(desk), responses=dict(REFUSALS))
    refusals = {**REFUSALS, **WRITE_REFUSALS}
    for build in (build_ledger_router, build_market_router, build_budget_router):
        app.include_router(build(desk, ask_office), responses=refusals, dependencies=[Depends(BEARER)])
    app.include_router(build_views(desk), responses=dict(REFUSALS), dependencies=guards)
    app.include_router(api.build_router(desk.cities, desk.readable), responses=dict(REFUSALS), dependencies=guards)


def _tree_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.get("/cities/{slug}/trees/{address:path}", summary="How a number came about, down to clause, factor and cell")
    def explain_whole(slug: Slug, address: str, depth: Annotated[int, Query(ge=1, le=40)] = 8) -> dict[str, Any]:
        city = desk.city(slug)
        try:
            return walk(city.traces, city.strip(address.strip()), depth=depth)
        except DafengError as cause:
            raise HTTPException(404) from cause

    return router


def _delivery_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.get(
        "/cities/{slug}/deliveries", summary="Files that were handed in, the newest first", response_model=list[Delivery]
    )
    def list_deliveries(request: Request, slug: Slug) -> list[dict[str, Any]]:
        office, _ = ask_office(desk, request, slug)
        return [_tell(one) for one in list_uploads(office.city)]

    @router.get("/cities/{slug}/deliveries/{name}", summary="A file that was handed in", response_model=Delivery)
    def read_delivery(request: Request, slug: Slug, name: str) -> dict[str, Any]:
        office, _ = ask_office(desk, request, slug)
        try:
            return _tell(find_upload(office.city, name))
        except LookupFailure as cause:
            raise HTTPException(404) from cause

    @router.post(
        "/cities/{slug}/deliveries",
        summary="Hand in a file; it waits until somebody looks at it and takes it in",
        status_code=201,
        responses={**WRITE_REFUSALS, 201: {"model": Delivery}},
        openapi_extra=dict(BODY),
    )
    async def deliver(request: Request, slug: Slug, name: Annotated[str, Query(min_length=1, max_length=120)]) -> Response:
        office, visitor = await run_in_threadpool(ask_office, desk, request, slug)
        if not visitor.can_edit:
            raise HTTPException(403)
        check_pace(office, visitor)
        return await run_in_threadpool(_keep, office, visitor, await request.body(), name)

    return router


def _keep(office: Office, visitor: Visitor, data: bytes, name: str) -> Response:
    plain = "".join(sign for sign in name.replace("\\", "/").split("/")[-1] if sign.isprintable())
    try:
        kept: Upload = keep_upload(office.city, data, name=plain, who=visitor.name)
    except DafengError as cause:
        return JSONResponse(tell_refusal(cause, 422), status_code=422)
    return JSONResponse(_tell(kept), status_code=201)


def _tell(upload: Upload) -> dict[str, Any]:
    return {name: value for name, value in asdict(upload).items() if name in Delivery.model_fields}


def tell_refusal(cause: DafengError, code: int) -> dict[str, Any]:
    """A refusal as data.

    Parameters
    ----------
    cause : DafengError
        What was wrong.
    code : int
        Status code.

    Returns
    -------
    dict
        ``error``, ``says``, ``where``, ``expected`` and ``remedy``, the texts in both languages.
    """
    parts = {"says": cause.what, "expected": cause.expected, "remedy": cause.remedy}
    return {"error": code, "where": cause.where, **{name: {"zh": one.zh, "en": one.en} for name, one in parts.items()}}
