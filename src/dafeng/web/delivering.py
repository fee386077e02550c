"""The delivery pages: files that were handed in, what they would bring, the findings beside the cells, and the decision.

Invariant: without a login nothing of a file is shown; nothing is taken in by looking, and every form carries the visit's token.
"""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.readers.wording import column_labels
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed
from dafeng.web.looking import build_upload, tell_looking
from dafeng.work.amend import amend_upload
from dafeng.work.deliver import map_upload, return_upload, take_upload
from dafeng.work.look_jobs import ask_look, find_looking
from dafeng.work.upload_drafts import UploadDraft, keep_upload_draft, read_upload_draft
from dafeng.work.upload_state import Upload
from dafeng.work.uploads import find_upload, keep_upload, list_uploads


def add_delivery_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the delivery pages.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/deliver", include_in_schema=False)
    def enter(slug: str) -> Response:
        return RedirectResponse(f"/{desk.office(slug).slug}/deliver/", status_code=307)

    @app.get("/{slug}/deliver/", include_in_schema=False)
    def show_list(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _list)

    @app.get("/{slug}/deliver/{name}/", include_in_schema=False)
    def show_upload(request: Request, slug: str, name: str) -> Response:
        return show(desk, request, slug, lambda ask: _page(ask, "deliver.html", build_upload(ask, _find(ask, name))))

    _add_writing(app, desk)


def _add_writing(app: FastAPI, desk: Desk) -> None:
    @app.post("/{slug}/deliver/", include_in_schema=False)
    async def hand_in(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _hand_in)

    @app.post("/{slug}/deliver/{name}/map", include_in_schema=False)
    async def name_columns(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _map(ask, _find(ask, name), handed))

    @app.post("/{slug}/deliver/{name}/look", include_in_schema=False)
    async def look_again(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, _: _go(ask, _find(ask, name)))

    @app.post("/{slug}/deliver/{name}/keep", include_in_schema=False)
    async def keep_typed(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _keep(ask, _find(ask, name), handed))

    @app.post("/{slug}/deliver/{name}/amend", include_in_schema=False)
    async def amend(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _amend(ask, _find(ask, name), handed))

    @app.post("/{slug}/deliver/{name}/take", include_in_schema=False)
    async def take_in(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _take(ask, _find(ask, name), handed))

    @app.post("/{slug}/deliver/{name}/return", include_in_schema=False)
    async def send_back(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _return(ask, _find(ask, name), handed))


def _hand_in(ask: Ask, handed: Handed) -> Response:
    name = handed.file_name or "upload"
    made = keep_upload(ask.office.city, handed.file, name=name, who=ask.visitor.name)
    return _go(ask, made, same=made.name != name)


def _map(ask: Ask, upload: Upload, handed: Handed) -> Response:
    """Headings stand in ``h.N`` and what they are in ``c.N``."""
    pairs = {text: handed.get(f"c.{name.removeprefix('h.')}") for name, text in handed.fields.items() if name.startswith("h.")}
    known = {heading: word for heading, word in pairs.items() if word in column_labels() or word == ""}
    return _go(
        ask,
        map_upload(ask.office.city, upload, known, who=ask.visitor.name, seen=_seen(handed), only=handed.get("only") == "1"),
    )


def _amend(ask: Ask, upload: Upload, handed: Handed) -> Response:
    draft = _typed(ask, upload, handed)
    who, records = ask.visitor.name, ask.office.records
    return _go(ask, amend_upload(ask.office.city, upload, draft.cells, who=who, seen=_seen(handed), records=records))


def _keep(ask: Ask, upload: Upload, handed: Handed) -> Response:
    """What was typed is kept, and the next findings are shown."""
    keep_upload_draft(ask.office.city, upload, _typed(ask, upload, handed), who=ask.visitor.name)
    offset = handed.number("offset") or 0
    return RedirectResponse(f"/{ask.office.slug}/deliver/{upload.id}/?offset={offset}", status_code=303)


def _take(ask: Ask, upload: Upload, handed: Handed) -> Response:
    """What was typed is kept where it is not enough to take the file in."""
    draft = _typed(ask, upload, handed)
    city, who, records = ask.office.city, ask.visitor.name, ask.office.records
    kept, left, sure, seen = draft.kept, draft.left, draft.sure, _seen(handed)
    try:
        take_upload(city, upload, who=who, values=draft.values, kept=kept, left=left, sure=sure, seen=seen, records=records)
    except SettingError:
        keep_upload_draft(city, upload, draft, who=who)
        raise
    return _back(ask, upload)


def _typed(ask: Ask, upload: Upload, handed: Handed) -> UploadDraft:
    """What was typed on the windows before and on this one.

    Figures stand in ``a.N`` (cell), ``d.N`` (decision: ``accept``, ``keep`` with a reason, ``correct``, ``leave``), ``v.N``
    and ``r.N`` (value, reason), ``o.N`` (``1``: the corrected value is sure); cells that were not read in ``s.N`` (sheet),
    ``e.N`` (cell) and ``t.N`` (text).
    """
    before = read_upload_draft(ask.office.city, upload, who=ask.visitor.name)
    numbers = [name.removeprefix("a.") for name in handed.fields if name.startswith("a.")]
    here = {handed.get(f"a.{number}") for number in numbers}
    rows = [(handed.get(f"d.{n}"), handed.get(f"a.{n}"), handed.get(f"v.{n}"), handed.get(f"r.{n}")) for n in numbers]
    values = {place: (value, reason) for way, place, value, reason in rows if way == "correct"}
    reasons = {word: {place: reason for way, place, _, reason in rows if way == word} for word in ("keep", "leave")}
    mended = [name.removeprefix("e.") for name in handed.fields if name.startswith("e.")]
    cells = {(handed.get(f"s.{number}"), handed.get(f"e.{number}")): handed.get(f"t.{number}") for number in mended}
    kept = {place: told for place, told in before.values.items() if place not in here}
    stays = {place: why for place, why in before.kept.items() if place not in here}
    goes = {place: why for place, why in before.left.items() if place not in here}
    sure = {handed.get(f"a.{n}") for n in numbers if handed.get(f"o.{n}") == "1"} | (set(before.sure) - here)
    return UploadDraft(
        {**kept, **values}, {**before.cells, **cells}, {**stays, **reasons["keep"]}, {**goes, **reasons["leave"]}, sorted(sure)
    )


def _return(ask: Ask, upload: Upload, handed: Handed) -> Response:
    who, records = ask.visitor.name, ask.office.records
    remark = handed.get("remark")
    return_upload(ask.office.city, upload, who=who, remark=remark, seen=_seen(handed), records=records)
    return _back(ask, upload)


def _seen(handed: Handed) -> str | None:
    """What the form was made on; a form of a program need not say it."""
    return handed.fields.get("seen")


def _go(ask: Ask, upload: Upload, *, same: bool = False) -> Response:
    """To the page of a file; a large one is looked at in the background."""
    ask_look(ask.office.city, upload, who=ask.visitor.name, records=ask.office.records)
    return _back(ask, upload, same=same)


def _back(ask: Ask, upload: Upload, *, same: bool = False) -> Response:
    return RedirectResponse(f"/{ask.office.slug}/deliver/{upload.id}/{'?same=1' if same else ''}", status_code=303)


def _list(ask: Ask) -> Response:
    rows = list_uploads(ask.office.city)
    states = ((one.id, find_looking(ask.office.city, one, records=ask.office.records)) for one in rows if one.state == "open")
    return _page(ask, "uploads.html", {"rows": rows, "looks": {name: tell_looking(state) for name, state in states}})


def _find(ask: Ask, name: str) -> Upload:
    try:
        return find_upload(ask.office.city, name)
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def _page(ask: Ask, template: str, context: Context) -> Response:
    return ask.page(
        template,
        {**context, "here_base": f"/{ask.office.slug}/deliver/", "same": "same" in ask.request.query_params},
        name="deliver",
    )
