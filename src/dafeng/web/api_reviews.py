"""Reviews and confirmed versions for programs: documents, records with their states, edits, text.

Invariant: what is told is what the pages of the review show; a record carries the state it was seen at, for a decision on it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field
from starlette.exceptions import HTTPException

from dafeng.core.documents import Paragraph
from dafeng.core.labels import Language
from dafeng.plans.corrections import spell_record
from dafeng.plans.edits import Edit, choose_standing
from dafeng.plans.fields import kind_of
from dafeng.plans.plan import Target
from dafeng.plans.review import Review
from dafeng.plans.vocabulary import certainty_of, headline, say_figure, say_reasons
from dafeng.web import cards
from dafeng.web.api_answers import (
    PAGE_ROWS,
    READ_REFUSALS,
    Limit,
    Offset,
    Row,
    Slug,
    answer_content,
    answer_window,
    ask_office,
    attempt,
    find,
)
from dafeng.web.api_forms import Form, Window
from dafeng.web.desk import Desk
from dafeng.web.offices import Office
from dafeng.work.review import ReviewHead, list_reviews, review
from dafeng.work.review_sheet import quote
from dafeng.work.versions import Version, count_changes, count_plan, list_versions, read_version

Name = Annotated[str, Path(pattern=r"^[0-9a-f]{8,64}$", description="id of the review")]
Lang = Annotated[Literal["zh", "en"], Query(alias="lang", description="language of names and sentences")]
Show = Literal["", "first", "unseen", "all", "accepted", "rejected", "organisation", "other"]


class ReviewRow(Form):
    """A document under review; ``done`` of ``records`` targets, tasks and goals were looked at."""

    id: str
    name: str = Field(examples=["plan.pdf"])
    title: str
    sha256: str
    who: str
    at: str
    edits: int
    done: int
    records: int


class ReviewAnswer(ReviewRow):
    """A document under review with the number of records that pass each filter."""

    shows: dict[str, int]


class RecordRow(Form):
    """A record as it is now; ``seen`` is handed in again with a decision on it, ``fields`` are its texts."""

    id: str
    kind: Literal["target", "task", "organisation", "goal", "other"]
    state: str = Field(examples=["unseen"])
    shows: list[str]
    headline: str
    figure: str
    certainty: float | None
    reasons: list[str]
    quote: str
    seen: int
    fields: dict[str, str]


class EditRow(Form):
    """What somebody did with a record; ``counts`` is false where it was taken back."""

    serial: int
    record: str
    action: str = Field(examples=["accept"])
    who: str
    at: str
    before: dict[str, str]
    after: list[Row]
    place: Row | None
    source: str | None
    undoes: int | None
    remark: str
    counts: bool


class ParagraphRow(Form):
    """A paragraph of the document; ``start`` and ``end`` are positions in its text."""

    number: int
    start: int
    end: int
    text: str
    style: str
    cell: Row | None


class VersionRow(Form):
    """A confirmed version of the plan."""

    number: int
    review: str
    serial: int
    who: str
    at: str
    sha256: str


class VersionAnswer(VersionRow):
    """A confirmed version: how much it holds, what changed since the one before, its targets."""

    counts: dict[str, int]
    changes: dict[str, int] | None
    targets: list[Row]


def build_reviews(desk: Desk) -> APIRouter:
    """Addresses ``reviews`` and ``versions`` of a city.

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
    _add_reviews(router, desk)
    _add_records(router, desk)
    _add_versions(router, desk)
    return router


def _add_reviews(router: APIRouter, desk: Desk) -> None:
    @router.get("/reviews", summary="Documents under review, the newest first", response_model=Window[ReviewRow])
    def read_all(request: Request, slug: Slug, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, _ = ask_office(desk, request, slug)
        heads = list_reviews(office.city, records=office.records)
        return answer_window(request, heads, lambda one: _head(one, load_review(office, one.id)), offset=offset, limit=limit)

    @router.get("/reviews/{name}", summary="A document under review", response_model=ReviewAnswer)
    def read_one(request: Request, slug: Slug, name: Name) -> Response:
        office, _ = ask_office(desk, request, slug)
        current = load_review(office, name)
        head = next(one for one in list_reviews(office.city, records=office.records) if one.id == name)
        return answer_content(request, {**_head(head, current), "shows": dict(cards.count_shows(current))})

    @router.get("/reviews/{name}/text", summary="The document's paragraphs", response_model=Window[ParagraphRow])
    def read_text(request: Request, slug: Slug, name: Name, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, _ = ask_office(desk, request, slug)
        rows = load_review(office, name).document.paragraphs
        return answer_window(request, rows, _paragraph, offset=offset, limit=limit)


def _add_records(router: APIRouter, desk: Desk) -> None:
    @router.get("/reviews/{name}/records", summary="Records in the order of the document", response_model=Window[RecordRow])
    def read_records(request: Request, slug: Slug, name: Name, show: Show = "", lang: Lang = "zh", offset: Offset = 0,
                     limit: Limit = PAGE_ROWS) -> Response:  # fmt: skip
        office, _ = ask_office(desk, request, slug)
        current = load_review(office, name)
        names = [one for one in cards.order_records(current) if not show or show in cards.list_shows(current, one)]
        return answer_window(request, names, lambda one: tell_record(current, one, lang), offset=offset, limit=limit)

    @router.get("/reviews/{name}/edits", summary="What people did, in order", response_model=Window[EditRow])
    def read_edits(request: Request, slug: Slug, name: Name, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, _ = ask_office(desk, request, slug)
        edits = load_review(office, name).edits
        standing = {one.serial for one in choose_standing(edits)}
        return answer_window(request, edits, lambda one: tell_edit(one, standing), offset=offset, limit=limit)


def _add_versions(router: APIRouter, desk: Desk) -> None:
    @router.get("/versions", summary="Confirmed versions of the plan, the newest first", response_model=Window[VersionRow])
    def read_all(request: Request, slug: Slug, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, _ = ask_office(desk, request, slug)
        rows = list_versions(office.city, records=office.records)
        return answer_window(request, rows, tell_version, offset=offset, limit=limit)

    @router.get("/versions/{number}", summary="A confirmed version of the plan", response_model=VersionAnswer)
    def read_one(request: Request, slug: Slug, number: Annotated[int, Path(ge=1, le=999_999)], lang: Lang = "zh") -> Response:
        office, _ = ask_office(desk, request, slug)
        return attempt(lambda: answer_content(request, _version(office, number, lang)))


def load_review(office: Office, name: str) -> Review:
    """A document under review.

    Parameters
    ----------
    office : Office
        Writing side of the city.
    name : str
        Id of the review.

    Returns
    -------
    Review
        As it is now.

    Raises
    ------
    HTTPException
        404 if there is none.
    """
    return find(lambda: review(office.city, id=name, records=office.records))


def tell_record(current: Review, name: str, language: Language) -> Row:
    """A record of a review as data.

    Parameters
    ----------
    current : Review
        The review.
    name : str
        Id of the record.
    language : {"zh", "en"}
        Language of headline, figure and reasons.

    Returns
    -------
    dict
        As `RecordRow`.
    """
    record = current.record(name)
    certainty = certainty_of(record)
    return {
        "id": name,
        "kind": kind_of(record),
        "state": current.state(name),
        "shows": list(cards.list_shows(current, name)),
        "headline": headline(record, language),
        "figure": say_figure(record, language),
        "certainty": None if certainty is None else float(certainty),
        "reasons": list(say_reasons(record, language)),
        "quote": quote(current, record),
        "seen": current.seen(name),
        "fields": spell_record(record),
    }


def tell_edit(edit: Edit, standing: set[int]) -> Row:
    """An edit as data.

    Parameters
    ----------
    edit : Edit
        The edit.
    standing : set of int
        Serials of the edits that were not taken back.

    Returns
    -------
    dict
        As `EditRow`.
    """
    after = [{"record": one.record, "fields": dict(one.fields)} for one in edit.after]
    place = None if edit.place is None else {**asdict(edit.place), "figure": list(edit.place.figure)}
    return {
        "serial": edit.serial, "record": edit.record, "action": edit.action, "who": edit.who, "at": edit.at.isoformat(),
        "before": dict(edit.before), "after": after, "place": place, "source": edit.source, "undoes": edit.undoes,
        "remark": edit.remark, "counts": edit.action != "undo" and edit.serial in standing,
    }  # fmt: skip


def tell_version(version: Version) -> Row:
    """A confirmed version as data.

    Parameters
    ----------
    version : Version
        The version.

    Returns
    -------
    dict
        As `VersionRow`.
    """
    return {
        "number": version.number, "review": version.review, "serial": version.serial, "who": version.who,
        "at": version.at.isoformat(), "sha256": version.sha256,
    }  # fmt: skip


def _head(head: ReviewHead, current: Review) -> Row:
    done, records = current.progress()
    return {
        "id": head.id, "name": head.name, "title": head.title, "sha256": head.sha256, "who": head.who,
        "at": head.at.isoformat(), "edits": head.edits, "done": done, "records": records,
    }  # fmt: skip


def _paragraph(one: Paragraph) -> Row:
    cell = asdict(one.cell) if one.cell is not None else None
    return {"number": one.number, "start": one.start, "end": one.end, "text": one.text, "style": one.style, "cell": cell}


def _version(office: Office, number: int, language: Language) -> Row:
    city, records = office.city, office.records
    version = next((one for one in list_versions(city, records=records) if one.number == number), None)
    if version is None:
        raise HTTPException(404)
    plan = read_version(city, number, records=records)
    before = read_version(city, number - 1, records=records) if number > 1 else None
    changes = dict(count_changes(before, plan)) if before is not None else None
    targets = [_target(one, language) for one in plan.targets]
    return {**tell_version(version), "counts": dict(count_plan(plan)), "changes": changes, "targets": targets}


def _target(one: Target, language: Language) -> Row:
    return {
        "id": one.id, "indicator": one.indicator, "figure": say_figure(one, language), "year": one.year, "period": one.period,
        "organisations": list(one.organisations),
    }  # fmt: skip
