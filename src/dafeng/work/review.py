"""``review``, ``revise``: a document is read once, then people work on what the machine made of it.

Invariant: document, reading and edits stay beside each other in the city; an edit is written whole with who and when, on
the state that its maker saw, or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from dafeng.core.documents import Cell, Document, Paragraph
from dafeng.core.errors import FileRefused, LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.plans.edits import Action, Change, Edit, Entry, Place
from dafeng.plans.plan import OtherFigure, Plan
from dafeng.plans.read import read_plan_text
from dafeng.plans.review import Review, make_edit
from dafeng.plans.selection import Draft, draft_figure, read_selection
from dafeng.plans.storage import load_plan, write_plan
from dafeng.readers.documents import read_document
from dafeng.readers.refusals import check_file_name
from dafeng.store.files import check_file, hash_bytes, seal, unseal
from dafeng.store.models import PlanEdit, PlanReview
from dafeng.store.records import Records, open_records
from dafeng.store.reviews import count_edits, find_review, keep_files, list_edits
from dafeng.store.reviews import list_reviews as list_rows
from dafeng.work.city import City

FOLDER = "reviews"
"""Folder of a city with the documents under review; never published, it holds their text."""
DOCUMENT, READING, ORIGINAL = "document.json", "reading.yaml", "original"
LARGEST = 20_000_000
"""Largest document that is taken into a review. [bytes]"""


@dataclass(frozen=True, slots=True)
class ReviewHead:
    """A document under review, in short.

    Parameters
    ----------
    id : str
        Id of the review.
    name : str
        File name.
    title : str
        Title as printed.
    sha256 : str
        Hash of the document's bytes.
    who : str
        Who brought it.
    at : datetime
        When, in UTC.
    edits : int
        How many edits were made.
    """

    id: str
    name: str
    title: str
    sha256: str
    who: str
    at: datetime
    edits: int


@contextmanager
def using(city: City, records: Records | None) -> Iterator[Records]:
    """The city's records, opened for the length of a block unless they are open.

    Parameters
    ----------
    city : City
        The city.
    records : Records or None
        Open ones.

    Yields
    ------
    Records
        The records.

    Raises
    ------
    StoreError
        If they cannot be opened.
    """
    if records is not None:
        yield records
        return
    with open_records(city.records) as opened:
        yield opened


def review(
    city: City,
    *,
    source: Path | str | bytes | None = None,
    id: str | None = None,
    name: str = "",
    who: str = "",
    records: Records | None = None,
) -> Review:
    """Open a review, taking a document in first where one is given.

    Parameters
    ----------
    city : City
        The city.
    source : Path, str or bytes, optional
        Document to be read; one that was read before by the same reader is the same review.
    id : str, optional
        Id of the review; the newest one where neither is given.
    name : str
        File name; needed with bytes.
    who : str
        Who brings the document.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Review
        Document, machine's reading and all edits.

    Raises
    ------
    FileRefused
        If the file is no text document, has no text, or is too large.
    LookupFailure
        If there is no such review.
    SettingError
        If a document is brought by nobody.
    """
    with using(city, records) as opened:
        chosen = id if source is None else _take_in(city, source, name, who, opened)
        with opened.read() as session:
            row = find_review(session, chosen) if chosen else next(iter(list_rows(session)), None)
            if row is None:
                raise _unknown(city, chosen)
            return _load(city, row, list_edits(session, row.id))


def list_reviews(city: City, *, records: Records | None = None) -> tuple[ReviewHead, ...]:
    """Documents under review.

    Parameters
    ----------
    city : City
        The city.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    tuple of ReviewHead
        The newest first.
    """
    with using(city, records) as opened, opened.read() as session:
        counts = count_edits(session)
        rows = list_rows(session)
        return tuple(ReviewHead(r.id, r.name, r.title, r.sha256, r.who, r.at, counts.get(r.id, 0)) for r in rows)


def revise(
    city: City, reviewed: Review, *changes: Change, who: str, at: datetime | None = None, records: Records | None = None
) -> Review:
    """Write what a person did, all of it or nothing.

    Parameters
    ----------
    city : City
        The city.
    reviewed : Review
        The review; edits that others wrote since are taken into account.
    *changes : Change
        What is asked for, in order.
    who : str
        Who asks.
    at : datetime, optional
        When; now by default.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Review
        With the new edits.

    Raises
    ------
    ConflictError
        If somebody else has changed a record since it was seen; nothing was written.
    LookupFailure, SettingError
        If a change cannot be made; nothing was written.
    """
    _check_who(who)
    instant = at or datetime.now(UTC)
    with using(city, records) as opened, opened.write(actor=who, at=instant) as session:
        current = replace(reviewed, edits=tuple(map(_edit, list_edits(session, reviewed.id))))
        for change in changes:
            edit = make_edit(current, change, who=who, at=instant)
            if edit is not None:
                session.add(_row(current.id, edit))
                current = replace(current, edits=(*current.edits, edit))
    return current


def draft(city: City, reviewed: Review, start: int, end: int) -> Draft:
    """What the machine makes of a selection.

    Parameters
    ----------
    city : City
        The city.
    reviewed : Review
        The review.
    start, end : int
        The selection. [characters]

    Returns
    -------
    Draft
        Place and fields of a target to be added.

    Raises
    ------
    SettingError
        If the selection cannot be a place of a target.
    """
    return read_selection(reviewed.document, reviewed.reading, start, end, catalogue=city.catalogue())


def draft_of(reviewed: Review, record: str) -> Draft:
    """Draft of a target made of a figure that was read as none.

    Parameters
    ----------
    reviewed : Review
        The review.
    record : str
        Id of the figure.

    Returns
    -------
    Draft
        Place and fields.

    Raises
    ------
    LookupFailure
        If there is no such figure.
    """
    figure = reviewed.record(record)
    if not isinstance(figure, OtherFigure):
        raise LookupFailure(
            Label(f"“{record}”不是非目标数字", f"'{record}' is no figure that was left out"),
            where=record,
            expected=Label("N 开头的编号", "an id with the letter N"),
            remedy=Label("在核对页上选择", "choose it in the review"),
        )
    return draft_figure(figure, reviewed.reading)


def _take_in(city: City, source: Path | str | bytes, name: str, who: str, records: Records) -> str:
    _check_who(who)
    content, title = (source, name) if isinstance(source, bytes) else _bytes(Path(source), name)
    if len(content) > LARGEST:
        raise _too_large(title, len(content))
    check_file_name(title)
    document, findings = read_document(content, name=title)
    if not document.text.strip():
        raise _wordless(title)
    reading = replace(
        plan := read_plan_text(document, place=city.code, catalogue=city.catalogue()), findings=(*findings, *plan.findings)
    )
    facts = write_plan(reading).encode()
    made = hash_bytes(f"{document.sha256} {hash_bytes(facts)}".encode())[:16]
    files = {DOCUMENT: seal(asdict(document)), READING: facts, ORIGINAL: content}
    keep_files(city.folder / FOLDER / made, files)
    at = datetime.now(UTC)
    with records.write(actor=who, at=at) as session:
        if find_review(session, made) is None:
            row = PlanReview(id=made, name=title[:200], title=reading.document.title[:400], sha256=document.sha256,
                             reading=hash_bytes(facts), who=who, at=at)  # fmt: skip
            session.add(row)
    return made


def _bytes(path: Path, name: str) -> tuple[bytes, str]:
    if path.is_file() and path.stat().st_size > LARGEST:
        raise _too_large(path.name, path.stat().st_size)
    try:
        return path.read_bytes(), name or path.name
    except OSError as cause:
        said = cause.strerror or type(cause).__name__
        raise FileRefused(
            Label(f"文件不能打开（{said}）", f"the file cannot be opened ({said})"),
            where=path.name,
            expected=Label("可读的文件", "a readable file"),
            remedy=Label("检查路径和权限", "check path and permissions"),
        ) from cause


def _load(city: City, row: PlanReview, edits: Sequence[PlanEdit]) -> Review:
    folder = city.folder / FOLDER / row.id
    check_file(folder / READING, row.reading)
    document, reading = _files(folder, row.reading)
    labels = {name: indicator.label for name, indicator in city.catalogue().indicators.items()}
    return Review(row.id, document, reading, tuple(map(_edit, edits)), labels)


@lru_cache(maxsize=16)
def _files(folder: Path, sha256: str) -> tuple[Document, Plan]:  # noqa: ARG001 - the hash tells contents apart
    """Document and reading; both are never changed, and reading them takes longer than all the rest of an answer."""
    body = unseal(folder / DOCUMENT)
    paragraphs = tuple(_paragraph(one) for one in body["paragraphs"])
    document = Document(body["name"], body["sha256"], body["text"], paragraphs, body["encoding"])
    return document, load_plan(folder / READING)


def _wordless(title: str) -> FileRefused:
    return FileRefused(
        Label(f"文件“{title}”没有文字", f"the file '{title}' has no text"),
        where=title,
        expected=Label("有文字的方案文件", "a plan with text"),
        remedy=Label("检查文件后再交", "check the file and hand it in again"),
    )


def _paragraph(row: Mapping[str, Any]) -> Paragraph:
    cell = Cell(**row["cell"]) if row["cell"] is not None else None
    return Paragraph(row["number"], row["start"], row["end"], row["text"], row["style"], cell)


def _row(name: str, edit: Edit) -> PlanEdit:
    content = {
        "before": dict(edit.before),
        "after": [{"record": one.record, "fields": dict(one.fields)} for one in edit.after],
        "place": asdict(edit.place) if edit.place is not None else None,
        "source": edit.source,
        "undoes": edit.undoes,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return PlanEdit(review=name, serial=edit.serial, record=edit.record[:200], action=edit.action, content=text,
                    who=edit.who, at=edit.at, remark=edit.remark)  # fmt: skip


def _edit(row: PlanEdit) -> Edit:
    content = json.loads(row.content)
    place = content["place"]
    return Edit(
        serial=row.serial,
        record=row.record,
        action=cast("Action", row.action),
        who=row.who,
        at=row.at,
        before=content["before"],
        after=tuple(Entry(one["record"], one["fields"]) for one in content["after"]),
        place=Place(place["start"], place["end"], tuple(place["figure"]), place["paragraph"]) if place else None,
        source=content["source"],
        undoes=content["undoes"],
        remark=row.remark,
    )


def _check_who(who: str) -> None:
    if not who.strip() or len(who) > 100 or not who.isprintable():
        raise SettingError(
            Label("没有说明是谁", "it is not said who does this"),
            where="--who",
            expected=Label("不超过 100 字的姓名", "a name of at most 100 characters"),
            remedy=Label("加上 --who 姓名", "add --who NAME"),
        )


def _too_large(name: str, size: int) -> FileRefused:
    return FileRefused(
        Label(f"文件有 {size} 字节", f"the file has {size} bytes"),
        where=name,
        expected=Label(f"不超过 {LARGEST} 字节", f"at most {LARGEST} bytes"),
        remedy=Label("只交方案正文，或拆分后再交", "hand in the plan's text only, or split it"),
    )


def _unknown(city: City, name: str | None) -> LookupFailure:
    said = (
        Label(f"没有核对“{name}”", f"there is no review '{name}'")
        if name
        else Label("还没有要核对的方案", "nothing is under review")
    )
    return LookupFailure(
        said,
        where=str(city.folder),
        expected=Label("已读入的方案", "a plan that was read"),
        remedy=Label(
            f"先运行 dafeng review read {city.folder} FILE --who 姓名", f"run dafeng review read {city.folder} FILE --who NAME"
        ),
    )
