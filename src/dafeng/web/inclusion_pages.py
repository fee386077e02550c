"""The pages of carbon inclusion: scenes, totals, double claims, accounts of pseudonyms, bundles, intake, keys of operators.

Invariant: those who have an account see them, editors take events and serve persons, confirmers erase, certify and make keys;
an identity that is typed becomes a hash and is never shown again.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import date
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import FileRefused, LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.ledger.inclusion.bundles import aggregate_reductions
from dafeng.ledger.inclusion.events import read_lines
from dafeng.ledger.inclusion.intake import take
from dafeng.ledger.inclusion.operators import end_key, make_key
from dafeng.ledger.inclusion.programme import GRAMS
from dafeng.ledger.inclusion.rewards import erase_member, redeem_points
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.book_words import say_unit
from dafeng.web.clocks import clock_words
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed
from dafeng.web.inclusion_account_views import build_account, build_forms
from dafeng.web.inclusion_views import (
    build_bundle,
    build_claims,
    build_intake,
    build_overview,
    build_people,
    build_scene,
)
from dafeng.web.labels import Words
from dafeng.web.offices import Visitor
from dafeng.work.inclusion import join_inclusion, open_inclusion
from dafeng.work.inclusion_account import is_pseudonym
from dafeng.work.inclusion_document import overview_document
from dafeng.work.inclusion_reading import has_inclusion, read_inclusion, read_terms
from dafeng.work.right_people import check_private

HOME = "/{slug}/inclusion"


def add_inclusion_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of carbon inclusion.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """
    _add_reading(app, desk)
    _add_people(app, desk)
    _add_serving(app, desk)
    _add_intake(app, desk)


def _add_reading(app: FastAPI, desk: Desk) -> None:
    @app.get(HOME, include_in_schema=False)
    def enter(slug: str) -> Response:
        return RedirectResponse(f"/{desk.office(slug).slug}/inclusion/", status_code=307)

    @app.get(HOME + "/", include_in_schema=False)
    def show_overview(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: _page(ask, "inclusion.html", build_overview(ask)))

    @app.get(HOME + ".json", include_in_schema=False)
    def tell_overview(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _tell)

    @app.get(HOME + "/scenes/{scene}/", include_in_schema=False)
    def show_scene(request: Request, slug: str, scene: str) -> Response:
        return show(desk, request, slug, lambda ask: _found(ask, "inclusion_scene.html", lambda: build_scene(ask, scene)))

    @app.get(HOME + "/claims/", include_in_schema=False)
    def show_claims(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: _page(ask, "inclusion_claims.html", build_claims(ask)))

    @app.get(HOME + "/bundles/{name:path}/", include_in_schema=False)
    def show_bundle(request: Request, slug: str, name: str) -> Response:
        return show(desk, request, slug, lambda ask: _found(ask, "inclusion_bundle.html", lambda: build_bundle(ask, name)))

    @app.post(HOME + "/aggregate", include_in_schema=False)
    async def aggregate(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _aggregate, may=_confirmer)


def _add_people(app: FastAPI, desk: Desk) -> None:
    @app.get(HOME + "/accounts/", include_in_schema=False)
    def show_people(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _find)

    @app.get(HOME + "/accounts/{person}/", include_in_schema=False)
    def show_account(request: Request, slug: str, person: str) -> Response:
        return show(desk, request, slug, lambda ask: _show_account(ask, person))

    @app.post(HOME + "/join", include_in_schema=False)
    async def join(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _join)


def _add_serving(app: FastAPI, desk: Desk) -> None:
    @app.post(HOME + "/redeem", include_in_schema=False)
    async def redeem(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _redeem)

    @app.post(HOME + "/withdraw", include_in_schema=False)
    async def withdraw(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _withdraw)

    @app.post(HOME + "/erase", include_in_schema=False)
    async def erase(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _erase, may=_confirmer)


def _add_intake(app: FastAPI, desk: Desk) -> None:
    @app.get(HOME + "/intake/", include_in_schema=False)
    def show_intake(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: _page(ask, "inclusion_intake.html", build_intake(ask)))

    @app.post(HOME + "/take", include_in_schema=False)
    async def take_file(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _take)

    @app.post(HOME + "/keys", include_in_schema=False)
    async def make(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _make_key, may=_confirmer)

    @app.post(HOME + "/keys/end", include_in_schema=False)
    async def end(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _end_key, may=_confirmer)


def _confirmer(visitor: Visitor) -> bool:
    return visitor.can_confirm


def _page(ask: Ask, template: str, context: Context, *, code: int = 200) -> Response:
    home = {
        "inclusion_base": f"/{ask.office.slug}/inclusion/",
        "unit": lambda text: say_unit(text, ask.language),
        **clock_words(ask.office.city, Words(ask.language)),
    }
    return ask.page(template, {**home, **context}, name="inclusion", code=code)


def _found(ask: Ask, template: str, make: Callable[[], Context]) -> Response:
    try:
        return _page(ask, template, make())
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def _show_account(ask: Ask, person: str) -> Response:
    """The account for those who may confirm; what serves it, without a figure, for editors."""
    if ask.visitor.can_edit and not ask.visitor.sees_private:
        return _found(ask, "inclusion_service.html", lambda: build_forms(ask, person))
    return _found(ask, "inclusion_account.html", lambda: build_account(ask, person))


def _tell(ask: Ask) -> Response:
    if not has_inclusion(ask.office.city):
        raise HTTPException(404)
    with read_inclusion(ask.office.city) as view:
        return JSONResponse(overview_document(view))


def _find(ask: Ask) -> Response:
    """The account of a pseudonym that was typed; of anything else nothing is said but that it leads nowhere."""
    typed = ask.request.query_params.get("person", "").strip().lower()
    if is_pseudonym(typed):
        check_private(ask.office.rights, GRAMS, may=ask.visitor.sees_private or ask.visitor.can_edit)
    if is_pseudonym(typed) and has_inclusion(ask.office.city):
        with read_inclusion(ask.office.city) as view:
            tables = ("person", "consent")
            known = any(view.people.query(f"SELECT 1 FROM {one} WHERE person = ?", typed) for one in tables)  # noqa: S608
        if known:
            return RedirectResponse(f"/{ask.office.slug}/inclusion/accounts/{typed}/", status_code=303)
    if typed:  # what was typed may be an identity: it must not stay in the address
        lost = "pseudonym" if is_pseudonym(typed) else "identity"
        return RedirectResponse(f"/{ask.office.slug}/inclusion/accounts/?lost={lost}", status_code=303)
    return _page(ask, "inclusion_people.html", build_people(ask))


def _join(ask: Ask, handed: Handed) -> Response:
    """``identity``, one in each line, ``kind``, and ``consent`` where the text was shown and consented to."""
    identities = [one.strip() for one in handed.get("identity").splitlines() if one.strip()]
    if not identities or any(len(one) > 200 or not one.isprintable() for one in identities):
        raise _bad(
            "identity",
            "没有可用的身份",
            "there is no identity that can be used",
            "手机号或卡号，每行一个",
            "a number in each line",
        )
    agreed, kind = handed.get("consent") == "1", handed.get("kind") or "person"
    _check_consent(agreed=agreed, kind=kind)
    with open_inclusion(ask.office.city) as programme:
        person = join_inclusion(programme, *identities[:20], kind=kind, consent=agreed)
    return _go(ask, f"accounts/{person}/?done=joined")


def _check_consent(*, agreed: bool, kind: str) -> None:
    """Refuse before any file of the programme is made."""
    if not agreed or kind not in ("person", "organisation"):
        raise _bad(
            "consent", "没有取得同意，或类型不对", "there is no consent, or the kind is wrong", "已出示文本并取得同意",
            "consent to the text that was shown",
        )  # fmt: skip


def _redeem(ask: Ask, handed: Handed) -> Response:
    """``person``, ``voucher`` and ``order``: the same order again takes no points."""
    person, order = _person(ask, handed), handed.get("order").strip()
    if not order or len(order) > 100 or not order.isprintable():
        raise _bad(
            "order",
            "没有可用的订单号",
            "there is no number of an order",
            "一行文字，至多 100 字",
            "a line of at most 100 characters",
        )
    with open_inclusion(ask.office.city) as programme:
        redeem_points(programme, person, handed.get("voucher"), order=order)
    return _go(ask, f"accounts/{person}/?done=redeemed")


def _withdraw(ask: Ask, handed: Handed) -> Response:
    person = _person(ask, handed)
    with open_inclusion(ask.office.city) as programme:
        programme.identities.withdraw(person, purpose=programme.policy.purpose, now=programme.clock())
    return _go(ask, f"accounts/{person}/?done=withdrawn")


def _erase(ask: Ask, handed: Handed) -> Response:
    """``person``, typed once more as ``again``, since nothing brings it back."""
    person = _person(ask, handed)
    if handed.get("again").strip().lower() != person[:6]:
        raise _bad(
            "again", "确认的字符不同", "the confirming digits differ", "假名的前 6 位", "the first 6 digits of the pseudonym"
        )
    with open_inclusion(ask.office.city) as programme:
        erase_member(programme, person)
    return _go(ask, f"accounts/{person}/?done=erased")


def _aggregate(ask: Ask, handed: Handed) -> Response:
    """``name`` of the bundle and the day ``before`` which its events lie."""
    _started(ask)
    try:
        before = date.fromisoformat(handed.get("before").strip()).isoformat()
    except ValueError:
        raise _bad("before", "日期不可用", "the day cannot be read", "如 2026-01-31", "such as 2026-01-31") from None
    with open_inclusion(ask.office.city) as programme:
        made = aggregate_reductions(programme, handed.get("name").strip(), before=before)
    return _go(ask, f"bundles/{quote(made.name, safe='')}/")


def _take(ask: Ask, handed: Handed) -> Response:
    """A file of events; what became of its rows is shown at once, and nothing of the file is kept."""
    if not handed.file:
        raise _bad("file", "没有文件", "there is no file", "CSV 文件", "a CSV file")
    try:
        text = handed.file.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise FileRefused(
            Label("不是 UTF-8 的文本文件", "is no text in UTF-8"),
            where=handed.file_name,
            expected=Label("UTF-8 的 CSV 文件", "a CSV file in UTF-8"),
            remedy=Label("另存为 UTF-8 的 CSV 后重交；没有收入任何一行", "save it as CSV in UTF-8; no row was taken"),
        ) from cause
    _started(ask)
    with open_inclusion(ask.office.city) as programme:
        tally = take(programme, read_lines(io.StringIO(text, newline=""), handed.file_name or "events.csv"))
    return _page(ask, "inclusion_intake.html", {**build_intake(ask), "tally": tally, "file": handed.file_name})


def _make_key(ask: Ask, handed: Handed) -> Response:
    """``operator``, ``days`` and one ``scene.ID`` for each scene that it may send; the secret is shown on this page only."""
    known = read_terms(ask.office.city)[0]
    scenes = [name for name in known if handed.get(f"scene.{name}") == "1"]
    if not handed.get("operator").strip():
        raise _bad("operator", "没有运营方名称", "the operator has no name", "运营方名称", "the name of the operator")
    with open_inclusion(ask.office.city) as programme:
        made = make_key(
            programme.rows, programme.secret, handed.get("operator"), scenes=scenes, days=handed.number("days") or 0,
            who=ask.visitor.name, now=programme.clock(),
        )  # fmt: skip
    return _page(ask, "inclusion_intake.html", {**build_intake(ask), "made": made})


def _end_key(ask: Ask, handed: Handed) -> Response:
    _started(ask)
    with open_inclusion(ask.office.city) as programme:
        end_key(programme.rows, handed.get("id"), who=ask.visitor.name, now=int(time.time()))
    return _go(ask, "intake/#keys")


def _person(ask: Ask, handed: Handed) -> str:
    person = handed.get("person").strip().lower()
    if not is_pseudonym(person):
        raise _bad("person", "不是假名", "this is no pseudonym", "24 位十六进制数字", "24 hexadecimal digits")
    _started(ask)
    return person


def _started(ask: Ask) -> None:
    """Refuse where nobody has joined, so that no file is made by a form that cannot do anything."""
    if not has_inclusion(ask.office.city):
        with read_inclusion(ask.office.city):
            pass


def _go(ask: Ask, place: str) -> Response:
    return RedirectResponse(f"/{ask.office.slug}/inclusion/{place}", status_code=303)


def _bad(where: str, zh: str, en: str, expected_zh: str, expected_en: str) -> SettingError:
    remedy = Label("改正后重试；没有改动任何账户", "correct it and try again; no account was changed")
    return SettingError(Label(zh, en), where=where, expected=Label(expected_zh, expected_en), remedy=remedy)
