"""The addresses of the API together, whole explanations among them.

Invariant: only a token counts here, never a cookie, so no page of another site can act; a token that is not good is told so at
every address of the API.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError
from dafeng.web import api
from dafeng.web.api_accounts import build_accounts
from dafeng.web.api_answers import BEARER, REFUSALS, WRITE_REFUSALS, Slug, ask_office, refuse_repeated_keys, unknown_caller
from dafeng.web.api_choices import refuse_unknown_names
from dafeng.web.api_decisions import build_decisions
from dafeng.web.api_deliveries import build_deliveries
from dafeng.web.api_files import build_files
from dafeng.web.api_jobs import build_jobs
from dafeng.web.api_reviews import build_reviews
from dafeng.web.api_saved import build_saved
from dafeng.web.api_scenarios import build_scenario_answers, build_scenario_writing
from dafeng.web.api_views import build_views
from dafeng.web.api_visibility import build_visibility
from dafeng.web.budget_api import build_budget_router
from dafeng.web.compliance_api import build_compliance_router
from dafeng.web.desk import Desk
from dafeng.web.enterprise_api import build_enterprise_router
from dafeng.web.forms import slug_of
from dafeng.web.inclusion_api import build_inclusion_router, build_message_router
from dafeng.web.ledger_api import build_ledger_router
from dafeng.web.ledger_orders_api import build_ledger_orders
from dafeng.web.ledger_proof_api import build_ledger_proof
from dafeng.web.market_api import build_market_router
from dafeng.web.scenario_pages import Keeper
from dafeng.work.explain import walk

WITH_TOKEN = (build_accounts, build_reviews, build_decisions, build_deliveries, build_jobs, build_saved, build_visibility)
"""Addresses that answer to a token only."""
OF_RIGHTS = (
    build_ledger_router, build_ledger_proof, build_ledger_orders, build_market_router, build_budget_router,
    build_compliance_router, build_inclusion_router, build_enterprise_router,
)  # fmt: skip
"""The same for rights of every kind."""


def add_programs(app: FastAPI, desk: Desk, keeper: Keeper) -> None:
    """Addresses below ``/api/v1``.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    keeper : Keeper
        Their scenarios.
    """

    def known(request: Request) -> None:
        office = desk.offices.get(slug_of(request.url.path))
        shown = request.headers.get("authorization", "")
        if shown and office is not None and office.caller(request) is None:
            raise unknown_caller()

    form = [Depends(refuse_unknown_names), Depends(refuse_repeated_keys)]
    guards = [Depends(known), *form]
    token = [Depends(BEARER), *form]
    app.include_router(_tree_router(desk), responses=dict(REFUSALS), dependencies=guards)
    for build in WITH_TOKEN:
        app.include_router(build(desk), responses=dict(REFUSALS), dependencies=token)
    refusals = {**REFUSALS, **WRITE_REFUSALS}
    for build_right in OF_RIGHTS:
        app.include_router(build_right(desk, ask_office), responses=refusals, dependencies=token)
    app.include_router(build_message_router(desk), responses=refusals, dependencies=[Depends(refuse_unknown_names)])
    app.include_router(build_scenario_writing(desk, keeper), responses=dict(REFUSALS), dependencies=token)
    app.include_router(build_scenario_answers(desk, keeper), responses=dict(REFUSALS), dependencies=guards)
    app.include_router(build_files(desk), responses=dict(REFUSALS), dependencies=guards)
    app.include_router(build_views(desk), responses=dict(REFUSALS), dependencies=guards)
    app.include_router(api.build_router(desk.cities, desk.readable), responses=dict(REFUSALS), dependencies=guards)


def _tree_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.get(
        "/cities/{slug}/trees/{address:path}",
        summary="How a number came about, down to clause, factor and cell",
        response_model=dict[str, Any],
        responses={304: {"description": "known by its ETag"}},
    )
    def explain_whole(request: Request, slug: Slug, address: str, depth: Annotated[int, Query(ge=1, le=40)] = 8) -> Response:
        city = desk.city(slug)
        try:
            told = walk(city.traces, city.strip(address.strip()), depth=depth)
        except DafengError as cause:
            raise HTTPException(404) from cause
        return api.answer(request, city, lambda: told)

    return router
