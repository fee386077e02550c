"""What a look at a handed-in file found, laid out for pages: findings in their order, sheets row by row, a window at a time.

Invariant: a kept look is there whole or not at all, and says of which file, under which names of columns and beside which facts
it was made; looking writes no fact.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dafeng.core.findings import Finding
from dafeng.readers.cells import address, locate, place_of
from dafeng.readers.delivery import place_in
from dafeng.readers.numbers import plain
from dafeng.readers.suggestions import AuditFinding, name_finding
from dafeng.store.files import hash_tree, seal, unseal, write_whole
from dafeng.store.lines import FiledLines, KeptLines, Lines, Row, write_lines
from dafeng.work.city import City
from dafeng.work.upload_preview import SHOWN_COLUMNS, Preview, Sample
from dafeng.work.upload_state import Upload, upload_folder

FOLDER, SUMMARY = "look", "look.json"
"""Folder beside an upload with what a look found, and the file that names the others."""
CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
"""Address of a cell."""
MOST_MENDED = 12
"""Cells of a row that are offered for correction."""
SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found.

    Parameters
    ----------
    summary : mapping
        ``kind``, ``figures``, ``counts`` by severity, ``mendable``, ``refusal``, ``sheets`` (name, heading, columns), and of a
        kept one ``key``, ``stand`` and ``at``.
    findings : Lines
        Findings, the weightiest first, each with its cell, its figure and the cells that may be mended.
    sheets : tuple of Lines
        Rows of each sheet: texts and the weight of their findings.
    """

    summary: Mapping[str, Any]
    findings: Lines
    sheets: tuple[Lines, ...]


def lay_out(preview: Preview, name: str) -> Look:
    """Lay out what a file would bring.

    Parameters
    ----------
    preview : Preview
        What was found.
    name : str
        Name of the file.

    Returns
    -------
    Look
        In memory.
    """
    figures = {place_in(row): row for row in preview.rows}
    findings = [_tell(number, finding, figures) for number, finding in enumerate(preview.findings)]
    _offer_cells(findings, preview.samples, name)
    marks: dict[str, str] = {}
    for one in reversed(findings):
        marks[one["at"]] = one["severity"]
    cause = preview.refusal
    summary = {
        "kind": preview.kind,
        "figures": len(preview.rows),
        "counts": {kind: sum(one["severity"] == kind for one in findings) for kind in SEVERITIES},
        "mendable": any("mend" in one for one in findings),
        "refusal": None if cause is None else {part: _label(getattr(cause, part)) for part in ("what", "expected", "remedy")},
        "sheets": [_head(sample) for sample in preview.samples],
    }
    return Look(summary, KeptLines(findings), tuple(KeptLines(_rows(sample, name, marks)) for sample in preview.samples))


def keep_look(city: City, upload: Upload, look: Look, *, stand: str) -> None:
    """Keep a look beside its upload; one that was kept before is replaced in one step.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file, with the names of columns under which it was read.
    look : Look
        What was found.
    stand : str
        `tell_stand` from before the look.
    """
    folder, token = upload_folder(city, upload.id) / FOLDER, secrets.token_hex(4)
    folder.mkdir(exist_ok=True)
    lists = (look.findings, *look.sheets)
    filed = [
        write_lines(folder / f"{token}-{at}.jsonl", lines.window(0, lines.count)) for at, lines in enumerate(lists)
    ]  # fmt: skip
    named = [{"file": one.path.name, "count": one.count, "places": list(one.places)} for one in filed]
    at = datetime.now(UTC).isoformat(timespec="seconds")
    body = {**look.summary, "key": look_key(upload), "stand": stand, "at": at, "lines": named}
    write_whole(folder / SUMMARY, seal(body))
    for path in folder.glob("*.jsonl"):
        if not path.name.startswith(token):
            path.unlink(missing_ok=True)


def read_look(city: City, upload: Upload) -> Look | None:
    """The look that is kept of a file as its columns are named now.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.

    Returns
    -------
    Look or None
        ``None`` where nobody has looked, or the columns were named otherwise.

    Raises
    ------
    StoreError
        If what is kept is damaged.
    """
    folder = upload_folder(city, upload.id) / FOLDER
    if not (folder / SUMMARY).is_file():
        return None
    body = unseal(folder / SUMMARY)
    if body["key"] != look_key(upload):
        return None
    findings, *sheets = (_filed(folder, one) for one in body["lines"])
    return Look({name: body[name] for name in body if name != "lines"}, findings, tuple(sheets))


def look_key(upload: Upload) -> str:
    """Under which names of columns a file is looked at.

    Parameters
    ----------
    upload : Upload
        The file.

    Returns
    -------
    str
        Hash; another one when somebody names the columns otherwise.
    """
    return hash_tree({"file": upload.sha256, "mapping": dict(upload.mapping)})[:16]


def tell_stand(city: City) -> str:
    """When the facts of the city and its remembered names of columns last changed: what findings are said beside.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    str
        Another one after every change.
    """
    places = (city.folder / "facts" / "manifest.json", city.folder / "mappings")
    return "-".join(str(place.stat().st_mtime_ns) if place.exists() else "0" for place in places)


def _filed(folder: Path, named: Mapping[str, Any]) -> FiledLines:
    return FiledLines(folder / str(named["file"]), int(named["count"]), tuple(named["places"]))


def _label(label: Any) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _tell(number: int, finding: Finding, figures: Mapping[str, Mapping[str, Any]]) -> Row:
    row = figures.get(finding.at)
    made = finding.suggestion if isinstance(finding, AuditFinding) else None
    return {
        "number": number,
        "id": name_finding(finding),
        "rule": finding.rule,
        "severity": finding.severity,
        "at": finding.at,
        "cell": finding.at.rpartition("!")[2],
        "says": _label(finding.says),
        "remedy": _label(finding.remedy),
        "reported": plain(row["value"]) if row else "",
        "unit": row["unit"] if row else "",
        "suggested": plain(made.value) if made is not None and made.at == finding.at else "",
    }


def _head(sample: Sample) -> Row:
    sheet = sample.sheet
    width = min(max((len(row) for row in sheet.rows), default=0), SHOWN_COLUMNS)
    return {
        "name": sheet.name,
        "heading": sample.heading,
        "letters": [address(0, column)[:-1] for column in range(width)],
        "columns": [asdict(one) for one in sample.columns],
    }


def _rows(sample: Sample, name: str, marks: Mapping[str, str]) -> list[Row]:
    """Texts of a sheet and the weight of their findings by column."""
    sheet, found = sample.sheet, []
    table = place_of(name, sheet.name, "")
    width = min(max((len(row) for row in sheet.rows), default=0), SHOWN_COLUMNS)
    marked = {at.rpartition("!")[2]: weight for at, weight in marks.items() if at.rpartition("!")[0] == table}
    for line in range(len(sheet.rows)):
        row: Row = {"cells": [sheet.text(line, column) for column in range(width)]}
        own = {str(column): marked[cell] for column in range(width) if (cell := address(line, column)) in marked}
        found.append(row | ({"marks": own} if own else {}))
    return found


def _offer_cells(findings: Sequence[Row], samples: Sequence[Sample], name: str) -> None:
    """Tell where each finding stands, and give those of cells that were not read the cells of their row, each row once."""
    sheets = {place_of(name, sample.sheet.name, ""): sample for sample in samples}
    offered: set[str] = set()
    for one in findings:
        table, _, cell = one["at"].rpartition("!")
        sample = sheets.get(table)
        if sample is None or CELL.fullmatch(cell) is None:
            continue
        one["row"] = locate(cell)[0]
        if one["reported"] or one["severity"] == "info":
            continue
        cells = [place for place in _row_cells(sample, cell) if f"{table}!{place['cell']}" not in offered]
        offered |= {f"{table}!{place['cell']}" for place in cells}
        if cells:
            one |= {"mend": cells, "line": one["row"] + 1}


def _row_cells(sample: Sample, cell: str) -> list[Row]:
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
