"""What the addresses of the API for programs share: who asks, windows of rows, refusals, answers that need no second fetch.

Invariant: only a token counts, never a cookie; what is not there and what is somebody else's are refused alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException

from dafeng.core.errors import ConflictError, DafengError, LookupFailure, SettingError
from dafeng.core.findings import Finding
from dafeng.core.typed import read_pairs
from dafeng.web.api_forms import Refusal
from dafeng.web.asking import check_pace
from dafeng.web.desk import Desk
from dafeng.web.links import query_text
from dafeng.web.offices import Office, Visitor
from dafeng.web.shelf import is_known

Row = dict[str, Any]
Thing = TypeVar("Thing")
PAGE_ROWS, MOST_ROWS = 100, 1000
"""Rows of a list in one answer: by default and at most."""
Slug = Annotated[str, Path(description="name of the city in addresses")]
Offset = Annotated[int, Query(ge=0, le=2**53, description="rows to leave out from the beginning")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="most rows of an answer")]
Cursor = Annotated[int, Query(ge=0, le=2**53)]
BEARER = HTTPBearer(auto_error=False, description="token of an account, see /{city}/account")
REFUSALS: Mapping[int | str, dict[str, Any]] = {code: {"model": Refusal} for code in (400, 401, 404, 421, 429)}
"""Refusals of every address of the API."""
READ_REFUSALS: Mapping[int | str, dict[str, Any]] = {
    304: {"description": "known by its ETag"}, 403: {"model": Refusal}, 422: {"model": Refusal},
}  # fmt: skip
"""Further ones of what is read with a token."""
WRITE_REFUSALS: Mapping[int | str, dict[str, Any]] = {code: {"model": Refusal} for code in (403, 405, 408, 409, 411, 413, 422)}
"""Further ones where something is handed in."""


def ask_office(desk: Desk, request: Request, slug: str) -> tuple[Office, Visitor]:
    """Writing side of a city, and who asks it by a token.

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
    (Office, Visitor)
        Both.

    Raises
    ------
    HTTPException
        404 without such a city, 401 without a good token.
    """
    office = desk.office(slug)
    visitor = office.caller(request)
    if visitor is None:
        raise unknown_caller()
    return office, visitor


def ask_writer(desk: Desk, request: Request, slug: str, *, may: Callable[[Visitor], bool]) -> tuple[Office, Visitor]:
    """Writing side of a city, and who wants to change something there by a token.

    Parameters
    ----------
    desk : Desk
        The cities.
    request : Request
        The request.
    slug : str
        Name of the city.
    may : callable
        Whether a visitor may do this.

    Returns
    -------
    (Office, Visitor)
        Both.

    Raises
    ------
    HTTPException
        As `ask_office`; 403 without the right to do this, 429 where the account asks for too much.
    """
    office, visitor = ask_office(desk, request, slug)
    if not may(visitor):
        raise HTTPException(403)
    check_pace(office, visitor)
    return office, visitor


class RepeatedKey(SettingError):
    """A body of JSON has a key twice."""


async def refuse_repeated_keys(request: Request) -> None:
    """Refuse a body of JSON in which a key stands twice; else the last one would be booked without a word.

    Parameters
    ----------
    request : Request
        The request; only bodies that the description of its address tells are read.

    Raises
    ------
    RepeatedKey
        With the key.
    """
    if request.method != "POST" or getattr(request.scope.get("route"), "body_field", None) is None:
        return
    try:
        json.loads(await request.body(), object_pairs_hook=read_pairs)
    except SettingError as cause:
        raise RepeatedKey(cause.what, where=cause.where, expected=cause.expected, remedy=cause.remedy) from cause
    except (ValueError, RecursionError):
        return  # whoever reads the body refuses it


def unknown_caller() -> HTTPException:
    """Refusal of whoever has no good token.

    Returns
    -------
    HTTPException
        401.
    """
    return HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


def answer_content(request: Request, content: Any, *, follows: str | None = None, code: int = 200) -> Response:
    """Answer that a client need not fetch twice.

    Parameters
    ----------
    request : Request
        The request.
    content : object
        What is answered.
    follows : str, optional
        Address of the rows that follow; by default what ``next`` says.
    code : int
        Status code.

    Returns
    -------
    Response
        JSON with the hash of itself as ETag, or 304.
    """
    response = JSONResponse(content, status_code=code)
    mark = f'"{sha256(bytes(response.body)).hexdigest()[:24]}"'
    follows = follows or (content.get("next") if isinstance(content, dict) else None)
    headers = {"ETag": mark, "Cache-Control": "private, no-cache"} | ({"Link": f'<{follows}>; rel="next"'} if follows else {})
    if request.method == "GET" and is_known(mark, request.headers):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def answer_window(
    request: Request, rows: Sequence[Thing], tell: Callable[[Thing], Row], *, offset: int, limit: int, plain: bool = False
) -> Response:
    """A window of a list.

    Parameters
    ----------
    request : Request
        The request.
    rows : sequence
        The whole list.
    tell : callable
        A row as data; called for those of the window only.
    offset, limit : int
        Which rows.
    plain : bool
        Whether the answer is the rows alone.

    Returns
    -------
    Response
        ``items``, ``total`` and ``next``, which is also told by the header ``Link``.
    """
    follows = next_address(request, "offset", str(offset + limit) if offset + limit < len(rows) else "")
    items = [tell(one) for one in rows[offset : offset + limit]]
    return answer_content(request, items if plain else {"items": items, "total": len(rows), "next": follows}, follows=follows)


def next_address(request: Request, name: str, value: str) -> str | None:
    """Address of the rows that follow.

    Parameters
    ----------
    request : Request
        The request.
    name : str
        Parameter that says where they begin.
    value : str
        Where they begin; empty where none follow.

    Returns
    -------
    str or None
        ``None`` where none follow.
    """
    if not value:
        return None
    kept = {key: text for key, text in request.query_params.items() if re.fullmatch(r"[a-z]{1,20}", key)}
    return request.url.path + query_text({**kept, name: value})


def attempt(make: Callable[[], Response]) -> Response:
    """Answer to what may be refused by the work that it asks for.

    Parameters
    ----------
    make : callable
        Does what is asked for.

    Returns
    -------
    Response
        Its answer; 409 where somebody else was first, 422 for any other refusal, with what to do.
    """
    try:
        return make()
    except DafengError as cause:
        code = 409 if isinstance(cause, ConflictError) else 422
        return JSONResponse(tell_refusal(cause, code), status_code=code)


def find(look: Callable[[], Thing]) -> Thing:
    """What is looked up, or a refusal.

    Parameters
    ----------
    look : callable
        Looks it up.

    Returns
    -------
    object
        It.

    Raises
    ------
    HTTPException
        404 if there is none.
    """
    try:
        return look()
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def tell_refusal(cause: DafengError, code: int) -> Row:
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


def tell_finding(finding: Finding) -> Row:
    """A finding as data.

    Parameters
    ----------
    finding : Finding
        The finding.

    Returns
    -------
    dict
        ``rule``, ``at``, ``severity``, and ``says`` and ``remedy`` in both languages.
    """
    texts = {"says": finding.says, "remedy": finding.remedy}
    told = {name: {"zh": one.zh, "en": one.en} for name, one in texts.items()}
    return {"rule": finding.rule, "at": finding.at, "severity": finding.severity, **told}
