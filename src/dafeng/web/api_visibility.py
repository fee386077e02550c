"""Visibility for programs: what the public side shows and why, and a change by those who may confirm.

Invariant: a change is made on the rules that were seen; whoever saw older ones is told, and nothing is overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field

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
    ask_office,
    ask_writer,
    attempt,
    tell_finding,
)
from dafeng.web.api_forms import FindingRow, Form, Said, Window
from dafeng.web.desk import Desk
from dafeng.web.offices import Office, Visitor
from dafeng.work.publish_change import LONGEST, Decided, Decision, change_visibility, list_decisions
from dafeng.work.publish_objects import Listed, check_objects, list_objects
from dafeng.work.publish_rules import Kind, Visibility, list_kinds, read_visibility

State = Literal["public", "internal"]
MOST_DECISIONS = 500
"""Decisions that are taken at once."""


class KindRow(Form):
    """A kind of objects: what holds for those that no rule names, and how many of this run are public."""

    id: str = Field(examples=["targets"])
    label: Said
    says: Said
    state: State
    named: bool
    never: bool
    objects: int
    public: int


class Rules(Form):
    """The rules: ``seen`` names their state and is handed in again with a change."""

    seen: str
    kinds: list[KindRow]
    terms: Said
    findings: list[FindingRow]


class ObjectRow(Form):
    """An object of the run and which rule says whether visitors see it."""

    kind: str
    id: str
    label: Said
    state: State
    because: Literal["object", "kind", "default", "never"]


class DecidedRow(Form):
    """A change that was made."""

    kind: str
    name: str
    state: str
    who: str
    at: str
    file: str


class WantedDecision(Form):
    """What shall hold for an object, or for a whole kind where ``name`` is empty; ``unset`` removes the rule."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str = Field(max_length=40, examples=["targets"])
    name: str = Field("", max_length=LONGEST, examples=["T01"])
    state: Literal["public", "internal", "unset"]


class WantedRules(Form):
    """Decisions on the rules that were seen."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"seen": "", "decisions": [{"kind": "targets", "name": "T01", "state": "public"}]}]},
    )

    seen: str = Field(max_length=64, description="`seen` of the rules that this was decided on")
    decisions: list[WantedDecision] = Field(min_length=1, max_length=MOST_DECISIONS)


def build_visibility(desk: Desk) -> APIRouter:
    """Addresses ``visibility`` of a city.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    APIRouter
        Addresses to read and write with a token.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}/visibility", responses=dict(READ_REFUSALS))

    @router.get("", summary="The rules of what the public side shows", response_model=Rules)
    def read_rules(request: Request, slug: Slug) -> Response:
        office, _ = ask_office(desk, request, slug)
        return attempt(lambda: answer_content(request, _rules(desk, office, read_visibility(office.city))))

    @router.get("/objects", summary="Objects of the run with their visibility", response_model=Window[ObjectRow])
    def read_objects(request: Request, slug: Slug, kind: Annotated[str, Query(max_length=40)] = "", offset: Offset = 0,
                     limit: Limit = PAGE_ROWS) -> Response:  # fmt: skip
        office, _ = ask_office(desk, request, slug)

        def tell() -> Response:
            rows = [one for one in list_objects(_view(desk, office), read_visibility(office.city)) if kind in ("", one.kind)]
            return answer_window(request, rows, _object, offset=offset, limit=limit)

        return attempt(tell)

    @router.get("/log", summary="Changes of the rules, the newest first", response_model=Window[DecidedRow])
    def read_log(request: Request, slug: Slug, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, _ = ask_office(desk, request, slug)
        rows = list_decisions(office.city, records=office.records)
        return answer_window(request, rows, _decided, offset=offset, limit=limit)

    @router.post("", summary="Change the rules that were seen", response_model=Rules, responses=dict(WRITE_REFUSALS))
    def change(request: Request, slug: Slug, wanted: WantedRules) -> Response:
        office, visitor = ask_writer(desk, request, slug, may=lambda one: one.can_confirm)
        return attempt(lambda: _change(desk, request, office, visitor, wanted))

    return router


def _change(desk: Desk, request: Request, office: Office, visitor: Visitor, wanted: WantedRules) -> Response:
    decisions = [Decision(one.kind, one.name, one.state) for one in wanted.decisions]
    rules = change_visibility(office.city, decisions, who=visitor.name, seen=wanted.seen, records=office.records)
    return answer_content(request, _rules(desk, office, rules))


def _view(desk: Desk, office: Office) -> Mapping[str, Any]:
    found = desk.cities.get(office.slug)
    return found.view if found is not None else {}


def _rules(desk: Desk, office: Office, rules: Visibility) -> Row:
    view = _view(desk, office)
    listed = list_objects(view, rules)
    objects, public = Counter(one.kind for one in listed), Counter(one.kind for one in listed if one.state == "public")
    return {
        "seen": rules.sha256,
        "kinds": [_kind(one, rules, objects[one.id], public[one.id]) for one in list_kinds().values()],
        "terms": {"zh": rules.terms.zh, "en": rules.terms.en},
        "findings": [tell_finding(one) for one in check_objects(view, rules)],
    }


def _kind(one: Kind, rules: Visibility, objects: int, public: int) -> Row:
    return {
        "id": one.id, "label": {"zh": one.label.zh, "en": one.label.en}, "says": {"zh": one.says.zh, "en": one.says.en},
        "state": rules.state(one.id, None), "named": one.id in rules.kinds, "never": one.never, "objects": objects,
        "public": public,
    }  # fmt: skip


def _object(one: Listed) -> Row:
    label = {"zh": one.label.zh, "en": one.label.en}
    return {"kind": one.kind, "id": one.id, "label": label, "state": one.state, "because": one.because}


def _decided(one: Decided) -> Row:
    what = one.decision
    return {
        "kind": what.kind,
        "name": what.name,
        "state": what.state,
        "who": one.who,
        "at": one.at.isoformat(),
        "file": one.file,
    }
