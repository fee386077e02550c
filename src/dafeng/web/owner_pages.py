"""What an enterprise sees with its link: its own account, and who may see what of it until when.

Invariant: the secret in the address is the only key and opens one enterprise; what is decided here stands in the log as the
owner's own word, and nothing of another enterprise is shown.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError, LookupFailure
from dafeng.web.desk import Desk
from dafeng.web.enterprise_pages import read_parts
from dafeng.web.enterprise_views import build_account
from dafeng.web.forms import Handed, read_handed
from dafeng.web.labels import Words
from dafeng.web.offices import Office
from dafeng.work.authorise import grant_access, list_authorisations, list_parts, withdraw_authorisation
from dafeng.work.owner_links import OwnerLink, find_link


def add_owner_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of owners.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/owner/{token}", include_in_schema=False)
    def show_own(request: Request, slug: str, token: str) -> Response:
        office = desk.office(slug)
        return _page(desk, request, office, _link(office, token))

    @app.post("/{slug}/owner/{token}", include_in_schema=False)
    async def decide(request: Request, slug: str, token: str) -> Response:
        office, handed = desk.office(slug), await read_handed(request)
        return await run_in_threadpool(_decide, desk, request, office, token, handed)


def _link(office: Office, token: str) -> OwnerLink:
    found = find_link(office.city, token)
    if found is None:
        raise HTTPException(404)
    wait = office.pace.wait(f"link/{found.id}")
    if wait:
        raise HTTPException(429, headers={"Retry-After": str(wait)})
    return found


def _decide(desk: Desk, request: Request, office: Office, token: str, handed: Handed) -> Response:
    """``do`` is ``grant`` or ``withdraw``."""
    link, city = _link(office, token), office.city
    try:
        if handed.get("do") == "withdraw":
            own = {one.id for one in list_authorisations(city, enterprise=link.owner)}
            if handed.get("id") not in own:
                raise HTTPException(404)
            withdraw_authorisation(city, handed.get("id"), who=f"owner {link.id}")
        else:
            grant_access(
                city, link.owner, recipient=handed.get("recipient"), purpose=handed.get("purpose"), until=handed.get("until"),
                fields=read_parts(handed, list_parts(office.enterprises.accounts().rules)), who=f"owner {link.id}",
                evidence=f"link {link.id}",
            )  # fmt: skip
    except DafengError as cause:
        return _page(desk, request, office, link, said=cause, typed=handed)
    return RedirectResponse(request.url.path + "#authorisations", status_code=303, headers={"Cache-Control": "no-store"})


def _page(
    desk: Desk, request: Request, office: Office, link: OwnerLink, *, said: DafengError | None = None,
    typed: Handed | None = None,
) -> Response:  # fmt: skip
    language, now = desk.language(request), datetime.now(UTC)
    try:
        told = build_account(office.enterprises, link.owner, Words(language))
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    granted = list_authorisations(office.city, enterprise=link.owner)
    refusal = None if said is None else {"what": said.what.read(language), "expected": said.expected.read(language)}
    context = {
        **told, "place": office.city.label, "link": link, "refusal": refusal, "typed": dict(typed.fields) if typed else {},
        "granted": [(one, one.state(now)) for one in granted][::-1],
    }  # fmt: skip
    response = desk.page(request, "owner.html", city=None, code=422 if said is not None else 200, context=context)
    response.headers["Cache-Control"] = "no-store"
    return response
