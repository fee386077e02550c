"""The delivery pages: files that were handed in, what they would bring, the findings beside the cells, and the decision.

Invariant: without a login nothing of a file is shown; nothing is taken in by looking, and every form carries the visit's token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.readers.cells import address, locate, place_of
from dafeng.readers.delivery import place_in
from dafeng.readers.numbers import plain
from dafeng.readers.suggestions import AuditFinding, name_finding
from dafeng.readers.wording import column_labels
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed
from dafeng.work.amend import amend_upload
from dafeng.work.deliver import (
    SHOWN_COLUMNS,
    SHOWN_ROWS,
    Preview,
    Sample,
    map_upload,
    return_upload,
    take_upload,
)
from dafeng.work.jobs import Job, find_counting
from dafeng.work.upload_state import Upload
from dafeng.work.uploads import find_upload, keep_upload, list_uploads

CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
"""Address of a cell."""
MOST_MENDED = 12
"""Cells of a row that are offered for correction."""


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
        return show(desk, request, slug, lambda ask: _page(ask, "uploads.html", {"rows": list_uploads(ask.office.city)}))

    @app.get("/{slug}/deliver/{name}/", include_in_schema=False)
    def show_upload(request: Request, slug: str, name: str) -> Response:
        return show(desk, request, slug, lambda ask: _page(ask, "deliver.html", _context(ask, _find(ask, name))))

    _add_writing(app, desk)


def _add_writing(app: FastAPI, desk: Desk) -> None:
    @app.post("/{slug}/deliver/", include_in_schema=False)
    async def hand_in(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _hand_in)

    @app.post("/{slug}/deliver/{name}/map", include_in_schema=False)
    async def name_columns(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _map(ask, _find(ask, name), handed))

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
    made = keep_upload(ask.office.city, handed.file, name=handed.file_name or "upload", who=ask.visitor.name)
    return _go(ask, made)


def _map(ask: Ask, upload: Upload, handed: Handed) -> Response:
    """Headings stand in ``h.N`` and what they are in ``c.N``."""
    pairs = {text: handed.get(f"c.{name.removeprefix('h.')}") for name, text in handed.fields.items() if name.startswith("h.")}
    known = {heading: word for heading, word in pairs.items() if word in column_labels() or word == ""}
    return _go(ask, map_upload(ask.office.city, upload, known, who=ask.visitor.name, seen=_seen(handed)))


def _amend(ask: Ask, upload: Upload, handed: Handed) -> Response:
    """Cells stand in ``s.N`` (sheet) and ``e.N`` (cell), their new text in ``t.N``."""
    numbers = [name.removeprefix("e.") for name in handed.fields if name.startswith("e.")]
    cells = {(handed.get(f"s.{number}"), handed.get(f"e.{number}")): handed.get(f"t.{number}") for number in numbers}
    who, records = ask.visitor.name, ask.office.records
    return _go(ask, amend_upload(ask.office.city, upload, cells, who=who, seen=_seen(handed), records=records))


def _take(ask: Ask, upload: Upload, handed: Handed) -> Response:
    """Cells stand in ``a.N``, the decision in ``d.N``, value and reason in ``v.N`` and ``r.N``."""
    numbers = [name.removeprefix("a.") for name in handed.fields if name.startswith("a.")]
    values = {
        handed.get(f"a.{number}"): (handed.get(f"v.{number}"), handed.get(f"r.{number}"))
        for number in numbers
        if handed.get(f"d.{number}") == "correct"
    }
    who, records = ask.visitor.name, ask.office.records
    return _go(ask, take_upload(ask.office.city, upload, who=who, values=values, seen=_seen(handed), records=records))


def _return(ask: Ask, upload: Upload, handed: Handed) -> Response:
    who, records = ask.visitor.name, ask.office.records
    remark = handed.get("remark")
    return _go(ask, return_upload(ask.office.city, upload, who=who, remark=remark, seen=_seen(handed), records=records))


def _seen(handed: Handed) -> str | None:
    """What the form was made on; a form of a program need not say it."""
    return handed.fields.get("seen")


def _go(ask: Ask, upload: Upload) -> Response:
    return RedirectResponse(f"/{ask.office.slug}/deliver/{upload.id}/", status_code=303)


def _find(ask: Ask, name: str) -> Upload:
    try:
        return find_upload(ask.office.city, name)
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def _page(ask: Ask, template: str, context: Context) -> Response:
    return ask.page(template, {**context, "here_base": f"/{ask.office.slug}/deliver/"}, name="deliver")


def _context(ask: Ask, upload: Upload) -> Context:
    preview = ask.office.previews.show(upload)
    rows = {place_in(row): row for row in preview.rows}
    listed = [_told(ask, number, finding, rows) for number, finding in enumerate(preview.findings)]
    _offer_cells(listed, preview, upload.name)
    marks: dict[str, str] = {}
    for one in reversed(listed):
        marks[one["at"]] = one["severity"]
    return {
        "upload": upload,
        "job": _next_job(ask, upload),
        "preview": preview,
        "said": _refusal(ask, preview),
        "findings": listed,
        "counts": {kind: sum(1 for one in listed if one["severity"] == kind) for kind in ("error", "warning", "info")},
        "sheets": [_grid(upload.name, sample, marks, number) for number, sample in enumerate(preview.samples)],
        "columns": [(word, label.read(ask.language)) for word, label in column_labels().items()],
    }


def _next_job(ask: Ask, upload: Upload) -> Job | None:
    """The assessment that counts an upload or will."""
    taken = upload.state == "taken"
    return find_counting(ask.office.city, upload.id, records=ask.office.records) if taken else None


def _refusal(ask: Ask, preview: Preview) -> Context | None:
    cause = preview.refusal
    if cause is None:
        return None
    return {"what": cause.what.read(ask.language), "remedy": cause.remedy.read(ask.language)}


def _told(ask: Ask, number: int, finding: Finding, rows: Mapping[str, Mapping[str, Any]]) -> Context:
    row = rows.get(finding.at)
    made = finding.suggestion if isinstance(finding, AuditFinding) else None
    return {
        "number": number,
        "id": name_finding(finding),
        "rule": finding.rule,
        "severity": finding.severity,
        "at": finding.at,
        "cell": finding.at.rpartition("!")[2],
        "anchor": anchor(finding.at),
        "says": finding.says.read(ask.language),
        "remedy": finding.remedy.read(ask.language),
        "reported": plain(row["value"]) if row else "",
        "unit": row["unit"] if row else "",
        "suggested": plain(made.value) if made is not None and made.at == finding.at else "",
    }


def _offer_cells(listed: list[Context], preview: Preview, name: str) -> None:
    """Give the findings of cells that were not read the cells of their row to correct, each row once."""
    sheets = {place_of(name, sample.sheet.name, ""): sample for sample in preview.samples}
    offered: set[str] = set()
    for one in listed:
        table, _, cell = one["at"].rpartition("!")
        sample = sheets.get(table)
        if sample is None or one["reported"] or one["severity"] == "info" or CELL.fullmatch(cell) is None:
            continue
        cells = [place for place in _row_cells(sample, cell) if f"{table}!{place['cell']}" not in offered]
        offered |= {f"{table}!{place['cell']}" for place in cells}
        one |= {"mend": cells, "line": locate(cell)[0] + 1}


def _row_cells(sample: Sample, cell: str) -> list[Context]:
    """The cells of a row with their headings; of a balance the cell alone."""
    row, column = locate(cell)
    sheet, heading = sample.sheet, sample.heading
    columns = range(min(sheet.width, MOST_MENDED)) if heading is not None and not sheet.turned else (column,)
    return [
        {
            "sheet": sheet.name,
            "cell": address(row, at),
            "heading": (sheet.text(heading, at) if heading is not None else "") or address(row, at),
            "text": sheet.text(row, at),
            "doubted": at == column,
        }
        for at in columns
        if at == column or sheet.text(row, at) or (heading is not None and sheet.text(heading, at))
    ]


def anchor(place: str) -> str:
    """Id of a cell on the page.

    Parameters
    ----------
    place : str
        ``file!sheet!cell``.

    Returns
    -------
    str
        Letters and digits only; the same for the same cell.
    """
    return "c-" + "".join(sign if sign.isascii() and sign.isalnum() else f"-{ord(sign):x}" for sign in place.partition("!")[2])


def _grid(name: str, sample: Sample, marks: Mapping[str, str], number: int) -> Context:
    """The cells of a sheet that are shown, with the weight of their findings."""
    sheet = sample.sheet
    width = min(max((len(row) for row in sheet.rows), default=0), SHOWN_COLUMNS)
    height = min(len(sheet.rows), SHOWN_ROWS)
    rows = []
    for line in range(height):
        cells = []
        for column in range(width):
            place = "!".join(part for part in (name, sheet.name, address(line, column)) if part)
            cells.append({"text": sheet.text(line, column), "mark": marks.get(place, ""), "anchor": anchor(place)})
        rows.append({"number": line + 1, "cells": cells, "head": line == sample.heading})
    letters = [address(0, column)[:-1] for column in range(width)]
    return {
        "name": sheet.name,
        "letters": letters,
        "rows": rows,
        "columns": sample.columns,
        "number": number,
        "more": len(sheet.rows) - height,
    }
