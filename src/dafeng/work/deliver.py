"""Delivering a file with a look before it counts: read, audited, decided on, then taken in or sent back.

Invariant: nothing of a file reaches the facts before it is taken in; taking the same file in twice is taking it in once,
and what was decided on it is written with the visitor's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from dafeng.core.errors import FileRefused, SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.factors import read_factors
from dafeng.readers.audit import audit_facts
from dafeng.readers.delivery import ROWS, Delivery, place_in
from dafeng.readers.mapping import ColumnGuess, guess_heading, list_columns
from dafeng.readers.sheets import Sheet, Workbook, read_sheets
from dafeng.store.files import write_whole
from dafeng.store.models import Job
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.correct import correct
from dafeng.work.corrected import key_of
from dafeng.work.ingest import ingest, read_file
from dafeng.work.mappings import keep_mapping, recall_mapping
from dafeng.work.review import using
from dafeng.work.uploads import FOLDER, Upload, read_upload, save_upload

TOTALS = ("available", "transformation", "final", "final.households", "difference", "total")
SUMS = frozenset(f"balance.{total}" for total in TOTALS)
"""Findings of the reading that the audit says again, with the cell to blame."""
SHOWN_ROWS, SHOWN_COLUMNS = 400, 40
"""Part of a sheet that is shown. [rows, columns]"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sheet as it is shown.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    heading : int or None
        Row that heads its table.
    columns : tuple of ColumnGuess
        Its columns and what they are taken for; empty for a balance.
    """

    sheet: Sheet
    heading: int | None
    columns: tuple[ColumnGuess, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring.

    Parameters
    ----------
    kind : str
        ``balance``, ``figures``, ``template``; empty where nothing could be read.
    samples : tuple of Sample
        Its sheets.
    rows : tuple of mapping
        Figures that would be taken in.
    findings : tuple of Finding
        What the reading and the audit say, the weightiest first.
    refusal : FileRefused or None
        Why it cannot be read as it is.
    """

    kind: str
    samples: tuple[Sample, ...]
    rows: tuple[Mapping[str, Any], ...]
    findings: tuple[Finding, ...]
    refusal: FileRefused | None


def map_upload(city: City, upload: Upload, mapping: Mapping[str, str]) -> Upload:
    """Say what the columns of a file are; the city remembers it for files headed alike.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    mapping : mapping of str to str
        Our name of a column by its heading, empty to leave it out.

    Returns
    -------
    Upload
        With the mapping.

    Raises
    ------
    SettingError
        If it was decided on already.
    """
    check_open(upload)
    keep_mapping(city, _book(city, upload), mapping)
    return save_upload(city, replace(upload, mapping=dict(mapping)))


def preview_upload(city: City, upload: Upload) -> Preview:
    """What a file would bring, and what is to be said about it; nothing is written.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.

    Returns
    -------
    Preview
        Sheets, figures, findings.
    """
    book = _book(city, upload)
    mapping = {**recall_mapping(city, book), **upload.mapping}
    try:
        delivery = read_file(city, read_upload(city, upload), name=upload.name, mapping=mapping)
    except FileRefused as cause:
        return Preview("", tuple(_sample(sheet, upload.name, mapping, "") for sheet in book.sheets), (), (), cause)
    samples = tuple(_sample(sheet, upload.name, mapping, delivery.kind) for sheet in book.sheets)
    weight = {"error": 0, "warning": 1, "info": 2}
    read = [finding for finding in delivery.findings if finding.rule not in SUMS]
    findings = sorted((*read, *_audited(city, delivery)), key=lambda one: weight[one.severity])
    return Preview(delivery.kind, samples, tuple(delivery.rows.to_pylist()), tuple(dict.fromkeys(findings)), None)


def take_upload(
    city: City, upload: Upload, *, who: str, values: Mapping[str, tuple[str, str]] | None = None, records: Records | None = None
) -> Upload:
    """Take a file in, with the corrections that were decided on it.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    who : str
        Who takes it in.
    values : mapping of str to (str, str), optional
        Corrected value and reason by cell; the reported one is taken in first and stays.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Upload
        Taken in. One that was taken in before stays as it is.

    Raises
    ------
    FileRefused
        If it cannot be read.
    SettingError
        If a value cannot be used, or the file was sent back.
    """
    if upload.state == "taken":
        return upload
    check_open(upload)
    delivery = read_file(city, read_upload(city, upload), name=upload.name, mapping=upload.mapping)
    asked = {place: told for place, told in (values or {}).items() if told[0].strip()}
    rows = {place_in(row): row for row in delivery.rows.to_pylist() if place_in(row) in asked}
    for place, (value, _) in asked.items():
        _check_value(place, value, rows)
    with using(city, records) as opened:
        ingest(city, [_named(city, upload)], mapping=upload.mapping)
        lot = next(lot for lot in reversed(city.facts.lots()) if any(item.sha256 == upload.sha256 for item in lot.items))
        facts = {key_of(row): row["fact"] for row in city.facts.read().to_pylist()} if rows else {}
        for place, row in rows.items():
            value, reason = asked[place]
            correct(city, facts[key_of(row)], value=value, reason=reason or "上报时更正", who=who, records=opened)
        done = replace(upload, state="taken", lot=lot.id, facts=delivery.rows.num_rows, corrected=len(rows), by=who)
        _log(opened, done, "done")
        return save_upload(city, done)


def return_upload(city: City, upload: Upload, *, who: str, remark: str, records: Records | None = None) -> Upload:
    """Send a file back; nothing of it is taken in.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    who : str
        Who sends it back.
    remark : str
        Why.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Upload
        Sent back; handed in again, it waits again.

    Raises
    ------
    SettingError
        If there is no reason, or it was decided on already.
    """
    check_open(upload)
    if not remark.strip():
        raise _refused(Label("退回须说明理由", "sending back needs a reason"), "remark")
    done = replace(upload, state="returned", remark=remark.strip()[:400], by=who)
    with using(city, records) as opened:
        _log(opened, done, "cancelled")
    return save_upload(city, done)


def _audited(city: City, delivery: Delivery) -> tuple[Finding, ...]:
    """What the audit says of the delivered cells, beside what the city holds already."""
    names = [column.name for column in ROWS.columns]
    fresh = {key_of(row) for row in delivery.rows.to_pylist()}
    held = [row for row in city.facts.read(places=(city.code,)).to_pylist() if key_of(row) not in fresh]
    kept = pa.Table.from_pylist([{name: row[name] for name in names} for row in held], schema=delivery.rows.schema)
    found = audit_facts(
        pa.concat_tables([kept, delivery.rows]),
        catalogue=city.catalogue(),
        rules=city.rules(),
        today=datetime.now(UTC).date(),
        library=read_factors(city.overlay),
    )
    cells = {place_in(row) for row in delivery.rows.to_pylist()}
    return tuple(finding for finding in found if finding.at in cells)


def _sample(sheet: Sheet, name: str, mapping: Mapping[str, str], kind: str) -> Sample:
    heading = None if kind == "balance" else guess_heading(sheet, name=name, mapping=mapping)
    columns = list_columns(sheet, heading, mapping) if heading is not None else ()
    return Sample(sheet, heading, columns)


def _check_value(place: str, value: str, rows: Mapping[str, Any]) -> None:
    if place not in rows:
        raise _refused(Label(f"“{place}”不是可入库的数", f"'{place}' holds no figure that is taken in"), place)
    try:
        kept = Decimal(value.replace(",", "").strip()).is_finite()
    except ArithmeticError:
        kept = False
    if not kept:
        raise _refused(Label(f"“{value[:40]}”不是数", f"'{value[:40]}' is no number"), place)


def check_open(upload: Upload) -> None:
    """Refuse what was decided on already.

    Parameters
    ----------
    upload : Upload
        The file.

    Raises
    ------
    SettingError
        If it was taken in or sent back.
    """
    if upload.state != "open":
        raise _refused(Label("该文件已处理", "the file was decided on already"), upload.name)


def _refused(what: Label, where: str) -> SettingError:
    expected = Label("待处理的文件、可用的数和理由", "a waiting file, usable figures and reasons")
    return SettingError(
        what,
        where=where,
        expected=expected,
        remedy=Label("改正后重试；没有入库", "mend it and try again; nothing was taken in"),
    )


def _named(city: City, upload: Upload) -> Path:
    """The kept file under its delivered name: a cell is found again by it."""
    path = city.folder / FOLDER / upload.id / "as" / upload.name
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        write_whole(path, read_upload(city, upload))
    return path


def _book(city: City, upload: Upload) -> Workbook:
    return read_sheets(read_upload(city, upload), name=upload.name)


def _log(records: Records, upload: Upload, status: str) -> None:
    """The decision as a row of the records, with its entry in the audit log."""
    at = datetime.now(UTC)
    options = {"file": upload.name, "sha256": upload.sha256, "lot": upload.lot, "mapping": dict(upload.mapping)}
    with records.write(actor=upload.by, at=at) as session:
        if status == "done" and session.get(Job, f"upload-{upload.id}") is not None:
            return
        name = f"upload-{upload.id}" if status == "done" else f"upload-{upload.id}-{at:%Y%m%d%H%M%S%f}"
        text = json.dumps(options, ensure_ascii=False, sort_keys=True)
        session.add(Job(id=name, verb="ingest", options=text, status=status, done_share=1.0 if status == "done" else 0.0,
                        created_at=at, started_at=at, ended_at=at, run=None, says=upload.remark or None))  # fmt: skip
