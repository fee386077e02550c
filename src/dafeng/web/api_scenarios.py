"""Scenarios for programs: those of a city with who keeps them, their answers now, and keeping one of its own.

Invariant: reading computes and writes nothing; what somebody else kept under an id is not replaced unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from dafeng.pathways.model.tables import Scenario
from dafeng.web.api_answers import (
    PAGE_ROWS,
    READ_REFUSALS,
    WRITE_REFUSALS,
    Limit,
    Offset,
    Row,
    Slug,
    answer_content,
    answer_window,
    ask_writer,
    attempt,
)
from dafeng.web.api_choices import OF_SCENARIOS, check_scenarios, describe
from dafeng.web.api_forms import Form, Said, Window
from dafeng.web.desk import Desk, known
from dafeng.web.offices import Office, Visitor
from dafeng.web.scenario_pages import LONGEST, Keeper, read_items, tell_answers
from dafeng.web.scenario_wish import read_wish
from dafeng.work.city import City
from dafeng.work.scenario_pending import saved_by
from dafeng.work.scenario_save import mark_scenario, mark_scenarios, save_scenario, scenario_label


class ScenarioRow(Form):
    """A scenario; ``own`` where the city keeps it. Its state ``seen`` and ``who`` kept it are told to a token only."""

    id: str = Field(examples=["deep"])
    label: Said
    says: Said
    own: bool
    seen: str
    who: str | None


class ScenarioAnswers(Form):
    """Scenarios side by side: ``views`` say what their series are and in which unit, ``query`` reproduces the answer."""

    query: str
    years: list[int]
    views: list[Row]
    scenarios: list[Row]


class WantedScenario(Form):
    """A choice that is kept as a scenario of the city."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"id": "more_wind", "label": {"zh": "多建风电", "en": "More wind"}, "query": "s.wind=12", "seen": ""}]
        },
    )

    id: str = Field(max_length=40)
    label: Said
    query: str = Field(max_length=LONGEST, description="the choice, as in the address of the page of scenarios")
    seen: str = Field(max_length=64, description="`seen` of the scenario that is replaced, empty for a new one")


def build_scenario_answers(desk: Desk, keeper: Keeper) -> APIRouter:
    """Addresses ``scenarios`` of a city that only read.

    Parameters
    ----------
    desk : Desk
        The cities.
    keeper : Keeper
        Their scenarios.

    Returns
    -------
    APIRouter
        Addresses to read from.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}/scenarios", responses=dict(READ_REFUSALS))

    @router.get("", summary="Scenarios of a city, those of its own included", response_model=Window[ScenarioRow])
    def read_all(request: Request, slug: Slug, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office = known(desk.offices.get(slug))

        def tell() -> Response:
            marks, told = mark_scenarios(office.city), office.caller(request) is not None
            listed = keeper.live(office.city).layers.scenarios
            return answer_window(request, listed, lambda one: _tell(office, one, marks, told=told), offset=offset, limit=limit)

        return attempt(tell)

    @router.get(
        "/answers",
        summary="Scenarios computed now, side by side, with the choices of the page in the address",
        response_model=ScenarioAnswers,
        openapi_extra=describe(OF_SCENARIOS, free=True),
    )
    def read_answers(request: Request, slug: Slug) -> Response:
        city, items = _city(desk, slug), read_items(request)

        def tell() -> Response:
            live = keeper.live(city)
            check_scenarios(live, items)
            return answer_content(request, tell_answers(live, items))

        return attempt(tell)

    return router


def build_scenario_writing(desk: Desk, keeper: Keeper) -> APIRouter:
    """Address at which a scenario is kept.

    Parameters
    ----------
    desk : Desk
        The cities.
    keeper : Keeper
        Their scenarios.

    Returns
    -------
    APIRouter
        Address to write with a token.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}/scenarios", responses=dict(WRITE_REFUSALS))

    @router.post("", summary="Keep a choice as a scenario of the city", response_model=ScenarioRow, status_code=201)
    def keep(request: Request, slug: Slug, wanted: WantedScenario) -> Response:
        office, visitor = ask_writer(desk, request, slug, may=lambda one: one.can_edit)
        return attempt(lambda: _keep(office, visitor, keeper, wanted))

    return router


def _city(desk: Desk, slug: str) -> City:
    return known(desk.offices.get(slug)).city


def _keep(office: Office, visitor: Visitor, keeper: Keeper, wanted: WantedScenario) -> Response:
    city = office.city
    live = keeper.live(city)
    items = parse_qsl(wanted.query)
    check_scenarios(live, items)
    choice = read_wish(live, items).choice
    label = scenario_label(wanted.label.zh, wanted.label.en)
    made = save_scenario(
        city, live, choice, id=wanted.id, label=label, who=visitor.name, seen=wanted.seen, records=office.records
    )
    return JSONResponse(_tell(office, made, {made.id: mark_scenario(city, made.id)}, told=True), status_code=201)


def _tell(office: Office, one: Scenario, marks: Mapping[str, str], *, told: bool) -> Row:
    """A scenario; its state and who kept it are told to whoever has a token."""
    own = one.id in marks
    who = saved_by(office.records, one.id).who if own and told else ""
    return {
        "id": one.id, "label": {"zh": one.label.zh, "en": one.label.en}, "says": {"zh": one.says.zh, "en": one.says.en},
        "own": own, "seen": marks.get(one.id, "") if told else "", "who": who or None,
    }  # fmt: skip
