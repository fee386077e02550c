"""Accounts for programs: one's own with its visits and tokens; for administrators all accounts and what was done with them.

Invariant: no secret and nothing that a secret could be made of is told; accounts and tokens are changed by people on the pages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field
from starlette.exceptions import HTTPException

from dafeng.store.access_tokens import is_good, list_tokens
from dafeng.store.accounts import UNSET, list_accounts
from dafeng.store.audit import list_entries
from dafeng.store.models import Account, AuditEntry
from dafeng.store.visits import list_visits
from dafeng.web.api_answers import (
    PAGE_ROWS,
    READ_REFUSALS,
    Cursor,
    Limit,
    Offset,
    Row,
    Slug,
    answer_content,
    answer_window,
    ask_office,
    next_address,
)
from dafeng.web.api_forms import Form, Window
from dafeng.web.desk import Desk
from dafeng.web.offices import Office

LOGGED = ("account", "invitation", "visit", "access_token", "identity")
"""Tables whose changes are the log of the accounts."""
SHORT = 12
"""Characters of an id that is told, as the pages do."""


class AccountRow(Form):
    """An account; ``waits`` where nobody has set its password yet."""

    name: str = Field(examples=["张三"])
    role: str = Field(examples=["editor"])
    active: bool
    waits: bool
    stamp: int
    changed_at: str = Field(examples=["2026-03-02T08:15:00+00:00"])


class LogRow(Form):
    """What was done with an account, invitation, visit, token or provider's login; ``role`` and ``active`` as of then."""

    serial: int
    at: str
    who: str
    action: str = Field(examples=["add"])
    kind: str = Field(examples=["account"])
    id: str
    account: str | None
    role: str | None
    active: bool | None


class LogRows(Form):
    """Entries of the log, the newest first; ``next`` leads to the older ones."""

    items: list[LogRow]
    next: str | None


class TokenRow(Form):
    """A token of one's own, without the token."""

    id: str
    name: str
    scope: str = Field(examples=["read"])
    at: str
    ends_at: str
    good: bool


class VisitRow(Form):
    """A visit of one's own that is not over."""

    id: str
    began_at: str
    ends_at: str


class OwnAccount(Form):
    """Whoever asks: name and role, what the token in use may, and all visits and tokens."""

    name: str
    role: str
    scope: str
    visits: list[VisitRow]
    tokens: list[TokenRow]


def build_accounts(desk: Desk) -> APIRouter:
    """Addresses ``account``, ``accounts`` and ``accounts/log`` of a city.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    APIRouter
        Addresses to read from with a token.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}", responses=dict(READ_REFUSALS))

    @router.get("/account", summary="Who asks: role, visits and tokens of one's own", response_model=OwnAccount)
    def read_own(request: Request, slug: Slug) -> Response:
        office, visitor = ask_office(desk, request, slug)
        told = {"name": visitor.name, "role": visitor.role, "scope": visitor.scope}
        return answer_content(request, {**told, **_own(office, visitor.name)})

    @router.get("/accounts", summary="All accounts, for administrators", response_model=Window[AccountRow])
    def read_accounts(request: Request, slug: Slug, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office = ask_administrator(desk, request, slug)
        with office.records.read() as session:
            return answer_window(request, list_accounts(session), _tell, offset=offset, limit=limit)

    @router.get("/accounts/log", summary="What was done with accounts, for administrators", response_model=LogRows)
    def read_log(request: Request, slug: Slug, before: Cursor = 0, limit: Limit = PAGE_ROWS) -> Response:
        office = ask_administrator(desk, request, slug)
        with office.records.read() as session:
            found = list_entries(session, LOGGED, before=before, limit=limit + 1)
            last = str(found[limit - 1].serial) if len(found) > limit else ""
            rows = [_entry(one) for one in found[:limit]]
        return answer_content(request, {"items": rows, "next": next_address(request, "before", last)})

    return router


def ask_administrator(desk: Desk, request: Request, slug: str) -> Office:
    """Writing side of a city, for its administrators.

    Parameters
    ----------
    desk : Desk
        The cities.
    request : Request
        The request.
    slug : str
        Name of the city.

    Returns
    -------
    Office
        It.

    Raises
    ------
    HTTPException
        As `ask_office`; 403 for any other role.
    """
    office, visitor = ask_office(desk, request, slug)
    if visitor.role != "administrator":
        raise HTTPException(403)
    return office


def _tell(one: Account) -> Row:
    return {
        "name": one.name, "role": one.role, "active": one.active, "waits": one.password == UNSET, "stamp": one.stamp,
        "changed_at": one.changed_at.isoformat(),
    }  # fmt: skip


def _entry(one: AuditEntry) -> Row:
    """An entry; of the row that it left, only account, role and whether it is active."""
    kind, _, name = one.subject.partition("/")
    after: Mapping[str, Any] = json.loads(one.after) if one.after else {}
    own = kind == "account"
    return {
        "serial": one.serial, "at": one.at.isoformat(), "who": one.actor, "action": one.action, "kind": kind,
        "id": name if own else name[:SHORT], "account": name if own else after.get("account"), "role": after.get("role"),
        "active": after.get("active"),
    }  # fmt: skip


def _own(office: Office, name: str) -> Row:
    at = datetime.now(UTC)
    with office.records.read() as session:
        visits = [
            {"id": one.id[:SHORT], "began_at": one.began_at.isoformat(), "ends_at": one.ends_at.isoformat()}
            for one in list_visits(session, name, at=at)
        ]
        tokens = [
            {"id": one.id[:SHORT], "name": one.name, "scope": one.scope, "at": one.at.isoformat(),
             "ends_at": one.ends_at.isoformat(), "good": is_good(one, at)}
            for one in list_tokens(session, name)
        ]  # fmt: skip
    return {"visits": visits, "tokens": tokens}
