"""Delivering a file with a look before it counts: read, audited, decided on, then taken in or sent back.

Invariant: nothing of a file reaches the facts before it is taken in; taking the same file in twice is taking it in once,
and what was decided on it is written with the visitor's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from dafeng.core.errors import ConflictError, FileRefused
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.factors import read_factors
from dafeng.readers.audit import audit_facts
from dafeng.readers.delivery import ROWS, Delivery, place_in
from dafeng.readers.mapping import ColumnGuess, guess_heading, list_columns
from dafeng.readers.sheets import Sheet, Workbook, read_sheets
from dafeng.store.files import hash_tree, lock
from dafeng.store.lots import Lot
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.corrected import key_of
from dafeng.work.ingest import read_file
from dafeng.work.mappings import keep_mapping, recall_mapping
from dafeng.work.review import using
from dafeng.work.take_in import Take, no_value
from dafeng.work.upload_decisions import finish_held, log_return, mark_returned
from dafeng.work.upload_state import Upload, load_upload, save_upload, upload_folder
from dafeng.work.uploads import read_upload

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


def map_upload(
    city: City, upload: Upload, mapping: Mapping[str, str], *, who: str = "", seen: str | None = None, only: bool = False
) -> Upload:
    """Say what the columns of a file are; the city remembers it for files headed alike.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    mapping : mapping of str to str
        Our name of a column by its heading, empty to leave it out.
    who : str, optional
        Who says so.
    seen : str, optional
        ``mark`` of the file when it was decided on; without it, what somebody else said is not replaced.
    only : bool, optional
        Whether what was said of other files headed alike was wrong and is forgotten.

    Returns
    -------
    Upload
        With the mapping.

    Raises
    ------
    ConflictError
        If it was decided on already, or changed by somebody else since.
    """
    with lock(upload_folder(city, upload.id)):
        finish_held(city, upload.id)
        held = load_upload(city, upload.id)
        if held.state == "open" and held.mapping == mapping and not only:
            return held
        others = bool(held.mapping) and held.mapping_by != who
        check_open(held, seen="" if seen is None and others else seen)
        keep_mapping(city, _book(city, held), mapping, only=only)
        return save_upload(city, replace(held, mapping=dict(mapping), mapping_by=who))


def preview_upload(city: City, upload: Upload, *, report: Callable[[Label, float], None] | None = None) -> Preview:
    """What a file would bring, and what is to be said about it; nothing is written.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    report : callable, optional
        Is told each step and the share of the steps that are done.

    Returns
    -------
    Preview
        Sheets, figures, findings.
    """
    tell = report or _silent
    tell(Label("打开文件", "opening the file"), 0.05)
    book = _book(city, upload)
    mapping = {**recall_mapping(city, book), **upload.mapping}
    tell(Label("逐格读取", "reading cell by cell"), 0.15)
    try:
        delivery = read_file(city, read_upload(city, upload), name=upload.name, mapping=mapping)
    except FileRefused as cause:
        return Preview("", tuple(_sample(sheet, upload.name, mapping, "") for sheet in book.sheets), (), (), cause)
    samples = tuple(_sample(sheet, upload.name, mapping, delivery.kind) for sheet in book.sheets)
    weight = {"error": 0, "warning": 1, "info": 2}
    tell(Label("与已有的数一起审核", "auditing beside what is held already"), 0.5)
    read = [finding for finding in delivery.findings if finding.rule not in SUMS]
    findings = sorted((*read, *_audited(city, delivery)), key=lambda one: weight[one.severity])
    return Preview(delivery.kind, samples, tuple(delivery.rows.to_pylist()), tuple(dict.fromkeys(findings)), None)


def _silent(_step: Label, _share: float) -> None:
    """Nobody follows."""


def take_upload(
    city: City, upload: Upload, *, who: str, values: Mapping[str, tuple[str, str]] | None = None, seen: str | None = None,
    records: Records | None = None,
) -> Upload:  # fmt: skip
    """Take a file in, with the corrections that were decided on it: all figures count from one instant on, or none.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    who : str
        Who takes it in.
    values : mapping of str to (str, str), optional
        Corrected value and reason by cell; the reported one is taken in with it and stays.
    seen : str, optional
        ``mark`` of the file when it was decided on; without it the present one is taken.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Upload
        Taken in. One that the same person took in with the same corrections before stays as it is.

    Raises
    ------
    FileRefused
        If it cannot be read.
    SettingError
        If a value cannot be used.
    ConflictError
        If somebody else decided on it, or other corrections were made with it, or it changed since it was seen.
    """
    asked = {place: told for place, told in (values or {}).items() if told[0].strip()}
    with using(city, records) as opened, lock(upload_folder(city, upload.id)):
        finish_held(city, upload.id, records=opened)
        held = load_upload(city, upload.id)
        decision = hash_tree({"who": who, "values": {place: list(told) for place, told in asked.items()}})
        if held.state == "taken" and held.by == who and held.decision in ("", decision):
            return held
        check_open(held, seen=seen)
        Take(city, replace(held, state="taken", by=who, decision=decision), asked).run(opened)
        return load_upload(city, upload.id)


def return_upload(
    city: City, upload: Upload, *, who: str, remark: str, seen: str | None = None, records: Records | None = None
) -> Upload:
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
    seen : str, optional
        ``mark`` of the file when it was decided on; without it the present one is taken.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Upload
        Sent back; handed in again, it waits again.

    Raises
    ------
    SettingError
        If there is no reason.
    ConflictError
        If it was decided on already, changed since it was seen, or its figures count already.
    """
    if not remark.strip():
        raise no_value(Label("退回须说明理由", "sending back needs a reason"), "remark")
    with using(city, records) as opened, lock(upload_folder(city, upload.id)):
        finish_held(city, upload.id, records=opened)
        held = load_upload(city, upload.id)
        check_open(held, seen=seen)
        check_absent(city, held)
        done = mark_returned(held, who=who, remark=remark)
        log_return(opened, done, at=datetime.now(UTC))
        return save_upload(city, done)


def check_absent(city: City, upload: Upload) -> None:
    """Refuse to send back a file whose figures count.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.

    Raises
    ------
    ConflictError
        If a lot in force has the same bytes.
    """
    for lot in _lots_in_force(city, upload.sha256):
        raise ConflictError(
            Label(f"该文件的数已入库（批次 {lot.id}）", f"the figures of this file count already (lot {lot.id})"),
            where=upload.name,
            expected=Label("没有入库的文件", "a file of which nothing was taken in"),
            remedy=Label("逐数更正，或先撤回该批次", "correct the figures, or withdraw that lot first"),
        )


def _lots_in_force(city: City, sha256: str) -> tuple[Lot, ...]:
    withdrawn = {one.lot for one in city.facts.withdrawals()}
    lots = (lot for lot in reversed(city.facts.lots()) if lot.id not in withdrawn)
    return tuple(lot for lot in lots if any(item.sha256 == sha256 for item in lot.items))


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


def check_open(upload: Upload, *, seen: str | None = None) -> None:
    """Refuse what was decided on already, and a decision on an older state.

    Parameters
    ----------
    upload : Upload
        The file as it stands.
    seen : str, optional
        Its ``mark`` when the decision was made.

    Raises
    ------
    ConflictError
        If it was taken in or sent back, or is not what was seen; the message says what the other one did.
    """
    if upload.state == "open" and seen in (None, upload.mark):
        return
    raise ConflictError(
        _what_was_done(upload),
        where=upload.name,
        expected=Label("在文件的最新状态上决定", "a decision on the file as it stands"),
        remedy=Label("刷新页面，看过之后再决定；没有写入任何改动", "reload, look at it and decide again; nothing was written"),
    )


def _what_was_done(upload: Upload) -> Label:
    """What somebody did with a file since it was seen."""
    who = upload.by if upload.state != "open" else upload.mapping_by
    if upload.state == "taken":
        zh = f"{who} 已把该文件入库：{upload.facts} 个数，更正 {upload.corrected} 个。{upload.told}"
        en = f"{who} has taken the file in: {upload.facts} figures, {upload.corrected} of them corrected. {upload.told}"
        return Label(zh.strip(), en.strip())
    if upload.state == "returned":
        return Label(f"{who} 已退回该文件：{upload.remark}", f"{who} has sent the file back: {upload.remark}")
    said = "；".join(f"{heading}→{word or '—'}" for heading, word in upload.mapping.items())
    return Label(f"{who} 刚改过该文件的列：{said}", f"{who} has just said what the columns of the file are: {said}")


def _book(city: City, upload: Upload) -> Workbook:
    return read_sheets(read_upload(city, upload), name=upload.name)
