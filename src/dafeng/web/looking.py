"""What the page of a handed-in file shows: a window of its findings, a window of its cells, or how far the look at it is.

Invariant: opening the page begins nothing and writes nothing; a large file is shown from what its job kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.core.labels import Language
from dafeng.readers.cells import address
from dafeng.readers.wording import column_labels
from dafeng.store.lines import Lines, Row
from dafeng.web.asking import Ask, Context
from dafeng.work.job_document import job_document
from dafeng.work.jobs import NOTED, Job, find_counting
from dafeng.work.look_jobs import Looking, find_looking
from dafeng.work.looks import Look, lay_out
from dafeng.work.upload_drafts import UploadDraft, read_upload_draft
from dafeng.work.upload_preview import SHOWN_ROWS
from dafeng.work.upload_state import Upload

WINDOW = 50
"""Findings shown at a time."""


def build_upload(ask: Ask, upload: Upload) -> Context:
    """What the page of a file shows.

    Parameters
    ----------
    ask : Ask
        The request; ``offset`` of its address is the first finding, ``first`` the first row of the sheets.
    upload : Upload
        The file.

    Returns
    -------
    dict
        File, how far the look is, findings, sheets, names of columns.
    """
    looking = find_looking(ask.office.city, upload, records=ask.office.records)
    live = looking.job if looking.job is not None and looking.job.live else None
    look = looking.look if live is None else None
    if looking.state == "small":
        look = lay_out(ask.office.previews.show(upload), upload.name)
    shown: Context = {"findings": [], "sheets": [], "counts": {}, "figures": 0, "pager": None}
    if look is not None:
        shown = _show(ask, upload, look)
    return {
        "upload": upload,
        "job": _next_job(ask, upload),
        "looking": looking,
        "live": {"job": live, "label": NOTED[live.kind]} if live is not None else None,
        "look": look.summary if look is not None else None,
        "columns": [(word, label.read(ask.language)) for word, label in column_labels().items()],
        "jobs_base": f"/{ask.office.slug}/jobs/",
        **shown,
    }


def tell_looking(looking: Looking) -> Context | None:
    """The job of a file for a list of files.

    Parameters
    ----------
    looking : Looking
        How far it is.

    Returns
    -------
    dict or None
        ``None`` where nothing is under way.
    """
    return job_document(looking.job) if looking.job is not None and looking.job.live else None


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


def _next_job(ask: Ask, upload: Upload) -> Job | None:
    """The assessment that counts an upload or will."""
    taken = upload.state == "taken"
    return find_counting(ask.office.city, upload.id, records=ask.office.records) if taken else None


def _show(ask: Ask, upload: Upload, look: Look) -> Context:
    offset = _number(ask, "offset", look.findings.count)
    first = _number(ask, "first", max((sheet.count for sheet in look.sheets), default=0)) // SHOWN_ROWS * SHOWN_ROWS
    draft = read_upload_draft(ask.office.city, upload, who=ask.visitor.name) if upload.state == "open" else UploadDraft()
    rows = look.findings.window(offset, WINDOW)
    return {
        "findings": [_finding(one, ask.language, draft, offset=offset, first=first) for one in rows],
        "counts": look.summary["counts"],
        "figures": look.summary["figures"],
        "drafted": len(draft.values) + len(draft.kept) + len(draft.left),
        "pager": _pager(offset, look.findings.count),
        "first": first,
        "offset": offset,
        "sheets": [
            _grid(upload.name, head, sheet, number, first=first)
            for number, (head, sheet) in enumerate(zip(look.summary["sheets"], look.sheets, strict=True))
        ],
    }


def _number(ask: Ask, name: str, count: int) -> int:
    """Number in the address, kept within what there is."""
    text = ask.request.query_params.get(name, "")
    return max(min(int(text), count - 1), 0) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _pager(offset: int, count: int) -> Context | None:
    """Windows before and after; ``None`` where one window holds all."""
    if count <= WINDOW:
        return None
    return {
        "from": offset + 1,
        "to": min(offset + WINDOW, count),
        "count": count,
        "before": max(offset - WINDOW, 0) if offset else None,
        "after": offset + WINDOW if offset + WINDOW < count else None,
    }


def _finding(one: Row, language: Language, draft: UploadDraft, *, offset: int, first: int) -> Context:
    said = {part: one[part][language] for part in ("says", "remedy")}
    mark, row = anchor(one["at"]), one.get("row", 0)
    near = first <= row < first + SHOWN_ROWS
    way = f"#{mark}" if near else f"?offset={offset}&first={row // SHOWN_ROWS * SHOWN_ROWS}#{mark}"
    value, reason = draft.values.get(one["at"], ("", ""))
    mend = [{**cell, "text": draft.cells.get((cell["sheet"], cell["cell"]), cell["text"])} for cell in one.get("mend", ())]
    drafted = {"suggested": value, "reason": reason, "chosen": "correct", "sure": one["at"] in draft.sure} if value else {}
    for chosen, told in (("keep", draft.kept), ("leave", draft.left)):
        drafted |= {"reason": told[one["at"]], "chosen": chosen} if one["at"] in told else {}
    return {**one, **said, "way": way, **({"mend": mend} if mend else {}), **drafted}


def _grid(name: str, head: Mapping[str, Any], sheet: Lines, number: int, *, first: int) -> Context:
    """The cells of a sheet that are shown, with the weight of their findings."""
    rows = []
    for line, row in enumerate(sheet.window(first, SHOWN_ROWS), first):
        marks, cells = row.get("marks", {}), []
        for column, text in enumerate(row["cells"]):
            place = "!".join(part for part in (name, head["name"], address(line, column)) if part)
            cells.append({"text": text, "mark": marks.get(str(column), ""), "anchor": anchor(place)})
        rows.append({"number": line + 1, "cells": cells, "head": line == head["heading"]})
    after = first + SHOWN_ROWS if first + SHOWN_ROWS < sheet.count else None
    before = max(first - SHOWN_ROWS, 0) if first else None
    return {**head, "rows": rows, "number": number, "count": sheet.count, "before": before, "after": after}
