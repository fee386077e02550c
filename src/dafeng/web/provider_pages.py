"""Addresses of the login by an identity provider.

Invariant: what was begun in one browser is finished in the same one, once, within ten minutes; what is refused says why and
writes nothing.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError
from dafeng.store.identities import admit
from dafeng.store.visits import begin_visit
from dafeng.web.desk import Desk
from dafeng.web.logins import is_secure, lead
from dafeng.web.offices import Office
from dafeng.web.providers import Attempt, Provider, begin, finish, role_of

COOKIE = "provider"
LASTING = 600
"""How long a login at the provider may take. [s]"""


def add_provider_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the login by a provider.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/login/provider", include_in_schema=False)
    def go_there(request: Request, slug: str, next: str = "") -> Response:
        office = desk.office(slug)
        provider = _provider(office)
        try:
            address, attempt = begin(provider, _back(request, office), lead(slug, next))
        except DafengError as cause:
            return _refused(desk, request, office, cause)
        response = RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
        sealed = office.signer.seal(COOKIE, json.dumps(asdict(attempt)))
        # Lax: the way back comes from the provider's site
        response.set_cookie(COOKIE, sealed, max_age=LASTING, path=f"/{slug}/login/", httponly=True, samesite="lax",
                            secure=is_secure(request))  # fmt: skip
        return response

    @app.get("/{slug}/login/callback", include_in_schema=False)
    def come_back(request: Request, slug: str, code: str = "", state: str = "") -> Response:
        office = desk.office(slug)
        provider = _provider(office)
        attempt = _attempt(office, request)
        if attempt is None or not secrets.compare_digest(attempt.state.encode(), state.encode()) or not code:
            raise HTTPException(403)
        try:
            token = _admit(office, provider, attempt, code[:2000], _back(request, office))
        except DafengError as cause:
            return _refused(desk, request, office, cause)
        context = {"place": office.city.label, "wanted": lead(slug, attempt.wanted)}
        response = desk.page(request, "entered.html", city=desk.cities.get(slug), name="review", context=context)
        # the visit's cookie is strict: a redirect would still count as coming from the provider, a page of ours does not
        response.headers["Refresh"] = f"0; url={context['wanted']}"
        return _forget(request, office, response, token)


def _provider(office: Office) -> Provider:
    if office.provider is None:
        raise HTTPException(404)
    return office.provider


def _back(request: Request, office: Office) -> str:
    return f"{str(request.base_url).rstrip('/')}/{office.slug}/login/callback"


def _attempt(office: Office, request: Request) -> Attempt | None:
    text = office.signer.unseal(COOKIE, request.cookies.get(COOKIE, ""), lasting=LASTING)
    return Attempt(**json.loads(text)) if text is not None else None


def _admit(office: Office, provider: Provider, attempt: Attempt, code: str, back: str) -> str:
    claims = finish(provider, attempt, code, back)
    name, at = str(claims.get("preferred_username") or claims.get("name") or claims["sub"]).strip(), datetime.now(UTC)
    with office.records.write(actor=f"oidc:{name[:60]}", at=at) as session:
        account = admit(session, provider.issuer, claims["sub"], name, role_of(provider, claims), at=at)
        return begin_visit(session, account, at=at)


def _refused(desk: Desk, request: Request, office: Office, cause: DafengError) -> Response:
    language = desk.language(request)
    said = {"what": cause.what.read(language), "remedy": cause.remedy.read(language)}
    context = {"place": office.city.label, "wanted": f"/{office.slug}/login", "refused": said}
    response = desk.page(request, "entered.html", city=desk.cities.get(office.slug), name="review", code=403, context=context)
    return _forget(request, office, response, "")


def _forget(request: Request, office: Office, response: Response, token: str) -> Response:
    """Take away what was remembered of the attempt; keep the visit."""
    response.delete_cookie(COOKIE, path=f"/{office.slug}/login/", httponly=True, samesite="lax", secure=is_secure(request))
    if token:
        office.keep(response, token, secure=is_secure(request))
    response.headers["Cache-Control"] = "no-store"
    return response
