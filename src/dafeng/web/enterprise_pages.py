"""The pages of enterprise accounts: the list, one account, who may see it, and the report for a bank.

Invariant: those who have an account here see them; confirmers enter what an owner allows and make the owner's link; a report
leaves only within an authorisation that holds, and every grant, end, report and refusal is in the log first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import AccessError, LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.store.files import hash_bytes
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.clocks import clock_words
from dafeng.web.desk import Desk
from dafeng.web.enterprise_views import build_list, build_one
from dafeng.web.forms import Handed
from dafeng.web.labels import Words
from dafeng.web.offices import Visitor
from dafeng.work.authorise import check_enterprise, grant_access, list_parts, withdraw_authorisation
from dafeng.work.credit_report import make_credit
from dafeng.work.enterprise_document import enterprise_list
from dafeng.work.owner_links import end_link, make_link

HOME = "/{slug}/enterprises"
TYPES: Mapping[str, str] = {
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Forms of a report with their media types."""
MOST_PARTS = 200


def add_enterprise_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of enterprise accounts.

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
    @app.get(HOME, include_in_schema=False)
    def enter(slug: str) -> Response:
        return RedirectResponse(f"/{desk.office(slug).slug}/enterprises/", status_code=307)

    @app.get(HOME + "/", include_in_schema=False)
    def show_list(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: _page(ask, "enterprises.html", build_list(ask)))

    @app.get(HOME + ".json", include_in_schema=False)
    def tell_list(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: JSONResponse(enterprise_list(ask.office.enterprises.accounts())))

    @app.get(HOME + "/accounts/{name:path}/", include_in_schema=False)
    def show_one(request: Request, slug: str, name: str) -> Response:
        return show(desk, request, slug, lambda ask: _found(ask, lambda: build_one(ask, name)))


def _add_writing(app: FastAPI, desk: Desk) -> None:
    def add(place: str, make: Callable[[Ask, Handed], Response], may: Callable[[Visitor], bool]) -> None:
        @app.post(f"{HOME}/{place}", include_in_schema=False)
        async def act(request: Request, slug: str) -> Response:
            return await write(desk, request, slug, make, may=may)

    add("authorise", _authorise, _confirmer)
    add("withdraw", _withdraw, _confirmer)
    add("report", _report, lambda visitor: visitor.can_edit)
    add("link", _make_link, _confirmer)
    add("link/end", _end_link, _confirmer)


def _confirmer(visitor: Visitor) -> bool:
    return visitor.can_confirm


def _page(ask: Ask, template: str, context: Context, *, code: int = 200) -> Response:
    home = {"enterprise_base": f"/{ask.office.slug}/enterprises/", **clock_words(ask.office.city, Words(ask.language))}
    return ask.page(template, {**home, **context}, name="enterprises", code=code)


def _found(ask: Ask, make: Callable[[], Context], *, code: int = 200) -> Response:
    try:
        return _page(ask, "enterprise.html", make(), code=code)
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def read_parts(handed: Handed, known: tuple[str, ...]) -> list[str]:
    """Parts of an account that a form names, one ``part.NAME`` for each.

    Parameters
    ----------
    handed : Handed
        The form.
    known : tuple of str
        Parts that there are.

    Returns
    -------
    list of str
        Those that were chosen.
    """
    return [part for part in known[:MOST_PARTS] if handed.get(f"part.{part}") == "1"]


def _authorise(ask: Ask, handed: Handed) -> Response:
    """``enterprise``, ``recipient``, ``purpose``, ``until``, parts, the owner's letter as file: its hash is kept."""
    city, name = ask.office.city, handed.get("enterprise")
    check_enterprise(city, name)
    if not handed.file:
        raise SettingError(
            Label("没有授权书", "there is no letter"),
            where="letter",
            expected=Label("企业签署的授权书文件", "the file of the letter that the owner signed"),
            remedy=Label(
                "选择文件后重试，或给企业一个链接由其自行授权", "choose the file, or give the owner a link of its own"
            ),
        )
    granted = grant_access(
        city, name, recipient=handed.get("recipient"), purpose=handed.get("purpose"), until=handed.get("until"),
        fields=read_parts(handed, list_parts(ask.office.enterprises.accounts().rules)), who=ask.visitor.name,
        evidence=f"{Path(handed.file_name).name or 'letter'} sha256 {hash_bytes(handed.file)}",
    )  # fmt: skip
    return _go(ask, granted.owner, "#authorisations")


def _withdraw(ask: Ask, handed: Handed) -> Response:
    ended = withdraw_authorisation(ask.office.city, handed.get("id"), who=ask.visitor.name)
    return _go(ask, ended.owner, "#authorisations")


def _report(ask: Ask, handed: Handed) -> Response:
    """``enterprise``, ``recipient``, ``purpose`` and ``form``; a refusal is logged and told on the page of the enterprise."""
    city, name, form = ask.office.city, handed.get("enterprise"), handed.get("form") or "pdf"
    check_enterprise(city, name)
    recipient, purpose = (handed.get(part).strip() for part in ("recipient", "purpose"))
    try:
        document, content = make_credit(
            city, name, form, recipient=recipient, purpose=purpose, who=ask.visitor.name, language=ask.language
        )
    except AccessError as cause:
        said = {"what": cause.what.read(ask.language), "remedy": cause.remedy.read(ask.language)}
        return _found(
            ask,
            lambda: {**build_one(ask, name), "refusal": said, "typed": {"recipient": recipient, "purpose": purpose}},
            code=403,
        )
    named = f'attachment; filename="credit-{document["code"]}.{form}"'
    return Response(content, media_type=TYPES.get(form, "application/octet-stream"), headers={"Content-Disposition": named})


def _make_link(ask: Ask, handed: Handed) -> Response:
    """``enterprise`` and ``until``; the address is shown on this page only."""
    link, secret = make_link(ask.office.city, handed.get("enterprise"), until=handed.get("until"), who=ask.visitor.name)
    address = f"{str(ask.request.base_url).rstrip('/')}/{ask.office.slug}/owner/{secret}"
    return _found(ask, lambda: {**build_one(ask, link.owner), "made": (link, address)})


def _end_link(ask: Ask, handed: Handed) -> Response:
    ended = end_link(ask.office.city, handed.get("id"), who=ask.visitor.name)
    return _go(ask, ended.owner, "#owner")


def _go(ask: Ask, enterprise: str, mark: str) -> Response:
    place = f"/{ask.office.slug}/enterprises/accounts/{quote(enterprise, safe='')}/{mark}"
    return RedirectResponse(place, status_code=303)
