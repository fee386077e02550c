"""A look at a file that was handed in: what it would bring, and what is to be said about it.

Invariant: looking writes nothing; the audit stands beside the facts that the city holds already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from dafeng.core.errors import FileRefused
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.factors import read_factors
from dafeng.readers.audit import audit_facts
from dafeng.readers.delivery import ROWS, Delivery, place_in
from dafeng.readers.mapping import ColumnGuess, guess_heading, list_columns
from dafeng.readers.sheets import Sheet, Workbook, read_sheets
from dafeng.work.city import City
from dafeng.work.corrected import key_of
from dafeng.work.mappings import recall_mapping
from dafeng.work.read_file import read_file
from dafeng.work.upload_state import Upload
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
    book = open_book(city, upload)
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
    findings = sorted((*read, *audit_deliveries(city, [delivery])), key=lambda one: weight[one.severity])
    return Preview(delivery.kind, samples, tuple(delivery.rows.to_pylist()), tuple(dict.fromkeys(findings)), None)


def _silent(_step: Label, _share: float) -> None:
    """Nobody follows."""


def audit_deliveries(city: City, deliveries: Sequence[Delivery]) -> tuple[Finding, ...]:
    """What the audit says of the delivered cells, beside what the city holds already.

    Parameters
    ----------
    city : City
        The city.
    deliveries : sequence of Delivery
        What was read, at least one file.

    Returns
    -------
    tuple of Finding
        Those at delivered cells.
    """
    names = [column.name for column in ROWS.columns]
    delivered = pa.concat_tables([one.rows for one in deliveries])
    rows = delivered.to_pylist()
    fresh = {key_of(row) for row in rows}
    held = [row for row in city.facts.read(places=(city.code,)).to_pylist() if key_of(row) not in fresh]
    kept = pa.Table.from_pylist([{name: row[name] for name in names} for row in held], schema=delivered.schema)
    found = audit_facts(
        pa.concat_tables([kept, delivered]),
        catalogue=city.catalogue(),
        rules=city.rules(),
        today=datetime.now(UTC).date(),
        library=read_factors(city.overlay),
    )
    cells = {place_in(row) for row in rows}
    return tuple(finding for finding in found if finding.at in cells)


def _sample(sheet: Sheet, name: str, mapping: Mapping[str, str], kind: str) -> Sample:
    heading = None if kind == "balance" else guess_heading(sheet, name=name, mapping=mapping)
    columns = list_columns(sheet, heading, mapping) if heading is not None else ()
    return Sample(sheet, heading, columns)


def open_book(city: City, upload: Upload) -> Workbook:
    """The sheets of a file that was handed in.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.

    Returns
    -------
    Workbook
        As it was delivered.
    """
    return read_sheets(read_upload(city, upload), name=upload.name)
