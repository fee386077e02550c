"""The review pages: documents and versions, the two panes, and what is handed in there.

Invariant: without a login no word of a document is shown; what is written goes through ``work.review`` with the visitor's
name, and a page that lost its state is told so instead of writing over another's work.
"""

from __future__ import annotations

import re

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError
from dafeng.plans.corrections import spell_record
from dafeng.plans.fields import kind_of
from dafeng.plans.plan import Target
from dafeng.plans.review import FEWEST_PARTS, MOST_PARTS, Review
from dafeng.plans.vocabulary import say_figure
from dafeng.web import cards
from dafeng.web.asking import Ask, Context, head_context, refuse, show, tell, wants_json, write
from dafeng.web.desk import Desk
from dafeng.web.file_names import shown_name
from dafeng.web.forms import Handed, read_change
from dafeng.web.spans import Sheet
from dafeng.work.kept_sheets import find_sheet, keep_sheet
from dafeng.work.review import draft, draft_of, list_reviews, review, revise
from dafeng.work.review_sheet import compare_sheet, export_review, import_review, quote
from dafeng.work.versions import confirm, count_changes, count_plan, list_versions, read_version

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = ("edit", "split", "add")


def add_review_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the review.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """
    _add_lists(app, desk)
    _add_panes(app, desk)
    _add_writing(app, desk)


def _add_lists(app: FastAPI, desk: Desk) -> None:
    @app.get("/{slug}/review", include_in_schema=False)
    def enter(slug: str) -> Response:
        return RedirectResponse(f"/{desk.office(slug).slug}/review/", status_code=307)

    @app.get("/{slug}/review/", include_in_schema=False)
    def show_list(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: ask.page("reviews.html", _list_context(ask)))

    @app.get("/{slug}/review/versions/{number}", include_in_schema=False)
    def show_version(request: Request, slug: str, number: str) -> Response:
        return show(desk, request, slug, lambda ask: _show_version(ask, number))


def _add_panes(app: FastAPI, desk: Desk) -> None:
    @app.get("/{slug}/review/{name}/", include_in_schema=False)
    def show_review(request: Request, slug: str, name: str) -> Response:
        return show(desk, request, slug, lambda ask: _show_review(ask, ask.review(name)))

    @app.get("/{slug}/review/{name}/form", include_in_schema=False)
    def show_form(request: Request, slug: str, name: str) -> Response:
        return show(desk, request, slug, lambda ask: _show_form(ask, ask.review(name)))

    @app.get("/{slug}/review/{name}/confirm", include_in_schema=False)
    def show_confirm(request: Request, slug: str, name: str) -> Response:
        return show(desk, request, slug, lambda ask: ask.page("confirm.html", _confirm_context(ask, ask.review(name))))

    @app.get("/{slug}/review/{name}/review.xlsx", include_in_schema=False)
    def take_sheet(request: Request, slug: str, name: str) -> Response:
        return show(desk, request, slug, lambda ask: _take_sheet(ask.review(name)))


def _add_writing(app: FastAPI, desk: Desk) -> None:
    @app.post("/{slug}/review/", include_in_schema=False)
    async def take_in(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _take_in)

    @app.post("/{slug}/review/{name}/edit", include_in_schema=False)
    async def edit(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _edit(ask, ask.review(name), handed))

    @app.post("/{slug}/review/{name}/confirm", include_in_schema=False)
    async def confirm_plan(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _confirm(ask, ask.review(name), handed))

    @app.post("/{slug}/review/{name}/sheet", include_in_schema=False)
    async def look_at_sheet(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _look_at_sheet(ask, ask.review(name), handed))

    @app.post("/{slug}/review/{name}/sheet/apply", include_in_schema=False)
    async def apply_sheet(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _apply_sheet(ask, ask.review(name), handed))


def _list_context(ask: Ask) -> Context:
    city, records = ask.office.city, ask.office.records
    heads = list_reviews(city, records=records)
    return {
        "rows": [{"head": head, "progress": ask.review(head.id).progress()} for head in heads],
        "versions": list_versions(city, records=records),
        "names": {head.id: head.title or shown_name(head.name) for head in heads},
    }


def _show_version(ask: Ask, number: str) -> Response:
    if not re.fullmatch(r"[1-9]\d{0,5}", number):
        raise HTTPException(404)
    city, records = ask.office.city, ask.office.records
    versions = {version.number: version for version in list_versions(city, records=records)}
    version = versions.get(int(number))
    if version is None:
        raise HTTPException(404)
    plan = read_version(city, version.number, records=records)
    before = read_version(city, version.number - 1, records=records) if version.number > 1 else None
    changes = count_changes(before, plan) if before is not None else None
    return ask.page("version.html", {"version": version, "plan": plan, "counts": count_plan(plan), "changes": changes,
                                     "say_figure": say_figure})  # fmt: skip


def _show_review(ask: Ask, current: Review) -> Response:
    query = ask.request.query_params
    counts = cards.count_shows(current)
    asked = query.get("show", "")
    show = asked if asked in cards.SHOWS else "first" if counts["first"] else "all"
    chosen, form = query.get("record", ""), query.get("form", "")
    opened = _form_context(ask, current, chosen, form) if chosen and form else None
    context = {
        **head_context(ask, current),
        "show": show,
        "blocks": Sheet(current).blocks(),
        "cards": [cards.build_card(current, name, ask.language) for name in cards.order_records(current)],
        "opened": opened,
        "chosen": chosen,
        "added": query.get("done", ""),
    }
    return ask.page("review.html", context)


def _show_form(ask: Ask, current: Review) -> Response:
    query = ask.request.query_params
    try:
        context = _form_context(ask, current, query.get("record", ""), query.get("form", "add"))
    except DafengError as cause:
        return refuse(ask, cause)
    if context is None:
        raise HTTPException(404)
    return JSONResponse({"html": ask.fragment("_form.html", {**head_context(ask, current), **context})})


def _form_context(ask: Ask, current: Review, name: str, form: str) -> Context | None:
    """What the form of a record, or of a selection, shows."""
    query = ask.request.query_params
    if form == "add":
        return _add_context(ask, current, name)
    record = current.reviewed.records.get(name)
    if record is None or form not in FORMS:
        return None
    shared = {"form": form, "record": name, "seen": current.seen(name), "quote": quote(current, record)}
    if form == "split" and isinstance(record, Target):
        count = min(
            max(int(query.get("parts", "2")) if query.get("parts", "2").isdigit() else FEWEST_PARTS, FEWEST_PARTS), MOST_PARTS
        )
        return {**shared, "parts": cards.build_parts(current, record, ask.language, count)}
    return {**shared, "form": "edit", **cards.build_form(current, kind_of(record), spell_record(record), ask.language)}


def _add_context(ask: Ask, current: Review, name: str) -> Context:
    query = ask.request.query_params
    if name:
        made, seen = draft_of(current, name), current.seen(name)
    else:
        numbers = [query.get(key, "") for key in ("start", "end")]
        start, end = (int(text) if re.fullmatch(r"\d{1,9}", text) else -1 for text in numbers)
        made, seen = draft(ask.office.city, current, start, end), 0
    place = made.place
    return {
        "form": "add",
        "record": name,
        "seen": seen,
        "place_start": query.get("start", place.start),
        "place_end": query.get("end", place.end),
        "quote": " ".join(current.document.text[place.start : place.end].split()),
        **cards.build_form(current, "target", made.fields, ask.language),
    }


def _take_sheet(current: Review) -> Response:
    quoted = {"Content-Disposition": f'attachment; filename="review-{current.id}.xlsx"'}
    return Response(export_review(current), media_type=WORKBOOK, headers=quoted)


def _confirm_context(ask: Ask, current: Review) -> Context:
    before = ask.office.city.read_plan()
    return {
        **head_context(ask, current),
        "counts": count_plan(current.plan),
        "changes": count_changes(before, current.plan),
        "first": cards.count_shows(current)["first"],
    }


def _take_in(ask: Ask, handed: Handed) -> Response:
    city = ask.office.city
    made = review(
        city, source=handed.file, name=handed.file_name or "document", who=ask.visitor.name, records=ask.office.records
    )
    return RedirectResponse(f"/{ask.office.slug}/review/{made.id}/", status_code=303)


def _edit(ask: Ask, current: Review, handed: Handed) -> Response:
    change = read_change(ask.office.city, current, handed)
    after = revise(ask.office.city, current, change, who=ask.visitor.name, records=ask.office.records)
    new = after.edits[len(current.edits) :]
    selected = new[-1].record if new else change.record
    if not wants_json(ask.request):
        return RedirectResponse(f"/{ask.office.slug}/review/{current.id}/?show=all#r-{selected}", status_code=303)
    known = handed.number("known")
    return JSONResponse(tell(ask, after, len(current.edits) if known is None else known, selected))


def _confirm(ask: Ask, current: Review, handed: Handed) -> Response:
    if not ask.visitor.can_confirm:
        raise HTTPException(403)
    seen = handed.number("seen")
    version = confirm(
        ask.office.city, current, who=ask.visitor.name, seen=-1 if seen is None else seen, records=ask.office.records
    )
    return RedirectResponse(f"/{ask.office.slug}/review/versions/{version.number}", status_code=303)


def _look_at_sheet(ask: Ask, current: Review, handed: Handed) -> Response:
    asked = compare_sheet(current, handed.file, name=handed.file_name or "review.xlsx")
    name = keep_sheet(ask.office.city, current, handed.file, who=ask.visitor.name) if asked.changes else ""
    context = {"cells": asked.cells, "changes": asked.changes, "sha256": name, "file_name": handed.file_name}
    return ask.page("sheet.html", {**head_context(ask, current), **context})


def _apply_sheet(ask: Ask, current: Review, handed: Handed) -> Response:
    data = find_sheet(ask.office.city, current, handed.get("sha256"), who=ask.visitor.name)
    if data is None:
        raise HTTPException(404)
    import_review(ask.office.city, current, data, who=ask.visitor.name, records=ask.office.records)
    return RedirectResponse(f"/{ask.office.slug}/review/{current.id}/?show=accepted", status_code=303)
