"""A file on its way into the facts: its figures and the corrections made with them, seen together or not at all.

Invariant: the decision is written down before the store of facts names the lots, and the store names them all at one instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.delivery import Delivery, build_rows, place_in
from dafeng.store.files import write_whole
from dafeng.store.lots import Item, Lot
from dafeng.store.records import Records
from dafeng.work.cell_decisions import CellDecisions, check_decided, errors_at, settle_cells
from dafeng.work.city import City
from dafeng.work.correct import correction_lot, draft_correction
from dafeng.work.corrected import keep_corrections, key_of
from dafeng.work.correction_checks import CONFIRMED, check_sure, find_doubts
from dafeng.work.read_file import read_file
from dafeng.work.upload_decisions import begin_take, finish_held
from dafeng.work.upload_preview import SUMS, audit_deliveries
from dafeng.work.upload_state import Upload, upload_folder
from dafeng.work.uploads import read_upload

Row = Mapping[str, Any]
Draft = tuple[Row, dict[str, Any]]
DOUBTED = Label(
    "核对后改正，或勾选“已核实，仍用更正值”（Python 为 sure=[位置]）；没有入库",
    "mend it, or tick 'checked, keep the corrected value' (sure=[cell] in Python); nothing was taken in",
)
"""What to do with a corrected value that the checks doubt."""


class Take:
    """A file that is being taken in.

    Parameters
    ----------
    city : City
        The city; the lock of the upload is held.
    done : Upload
        The file as it shall stand.
    asked : CellDecisions
        What was decided on its cells.

    Raises
    ------
    FileRefused
        If it cannot be read.
    SettingError
        If a value is none, a cell holds no figure, or nobody decided on an error.
    """

    def __init__(self, city: City, done: Upload, asked: CellDecisions) -> None:
        self._city, self._done, self._asked, self._at = city, done, asked, datetime.now(UTC)
        delivery = read_file(city, read_upload(city, done), name=done.name, mapping=done.mapping)
        rows = {place_in(row): row for row in delivery.rows.to_pylist()}
        for place in (*asked.values, *asked.kept, *asked.left):
            _check_cell(place, rows)
        self._rows = {place: rows[place] for place in asked.values}
        for place, (value, _) in asked.values.items():
            _check_value(place, value)
        audited = audit_deliveries(city, [delivery])
        found = (*(one for one in delivery.findings if one.rule not in SUMS), *audited)
        check_decided(errors_at(found, rows), asked, name=done.name)
        check_sure(_doubts(city, delivery, asked, audited), remedy=DOUBTED)
        delivery = settle_cells(delivery, asked, who=done.by)
        self._count = delivery.rows.num_rows
        (self._delivery,) = keep_corrections(city, [delivery])
        self._held = {key_of(row): row for row in city.facts.read().to_pylist()} if asked.values else {}

    def run(self, records: Records) -> None:
        """Deliver; what was written down is finished here, or by the next who looks.

        Parameters
        ----------
        records : Records
            Open records of the city.
        """
        item = Item(self._delivery.file, self._delivery.sha256, self._delivery.kind, len(self._delivery.findings))
        _name_file(self._city, self._done)
        try:
            self._city.facts.deliver([(item, self._delivery.rows)], received=self._at, amend=self._amend)
        finally:
            finish_held(self._city, self._done.id, records=records)

    def _amend(self, table: pa.Table, lot: Lot) -> Sequence[tuple[pa.Table, Lot]]:
        """The corrections as lots of their own; the decision is written down before they are given away."""
        made = list(self._drafts({place_in(row): row for row in table.to_pylist()}))
        pieces = [correction_lot(before, one) for before, one in made]
        told, kept, left = self._asked.tell()[:400], dict(self._asked.kept), dict(self._asked.left)
        done = replace(self._done, lot=lot.id, facts=self._count, corrected=len(self._rows), told=told, kept=kept, left=left)
        lots = [lot.id, *(each.id for _, each in pieces)]
        begin_take(self._city, done, lots=lots, corrections=[one for _, one in made], at=self._at)
        return pieces

    def _drafts(self, fresh: Mapping[str, Row]) -> Sequence[Draft]:
        """The facts that are corrected, those of a file that was taken in before too, each with its correction."""
        made = []
        for place, row in self._rows.items():
            before = fresh.get(place) or self._held[key_of(row)]
            value, reason = self._asked.values[place]
            reason = (reason or "上报时更正") + (CONFIRMED if place in self._asked.sure else "")
            one = draft_correction(before, value=value, reason=reason, who=self._done.by, at=self._at)
            made += [(before, one)] if one is not None else []
        return made


def no_value(what: Label, where: str) -> SettingError:
    """The error for a value or reason that cannot be used.

    Parameters
    ----------
    what : Label
        What is wrong.
    where : str
        The cell or field.

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    return SettingError(
        what,
        where=where,
        expected=Label("可用的数和理由", "usable figures and reasons"),
        remedy=Label("改正后重试；没有入库", "mend it and try again; nothing was taken in"),
    )


def _doubts(city: City, delivery: Delivery, asked: CellDecisions, audited: Sequence[Finding]) -> list[Finding]:
    """What the checks say of the corrected values, beside the other figures of the file and those that are held."""
    if not asked.values:
        return []
    told = {place: {"value": _read_value(value)} for place, (value, _) in asked.values.items()}
    changed = [{**row, **told.get(place_in(row), {})} for row in delivery.rows.to_pylist() if place_in(row) not in asked.left]
    after = audit_deliveries(city, [replace(delivery, rows=build_rows(changed))])
    return [one for one in find_doubts(audited, after, asked.values) if one.at not in asked.sure]


def _read_value(text: str) -> Decimal:
    return Decimal(text.replace(",", "").strip())


def _check_cell(place: str, rows: Mapping[str, Row]) -> None:
    if place not in rows:
        raise no_value(Label(f"“{place}”不是可入库的数", f"'{place}' holds no figure that is taken in"), place)


def _check_value(place: str, value: str) -> None:
    try:
        kept = _read_value(value).is_finite()
    except ArithmeticError:
        kept = False
    if not kept:
        raise no_value(Label(f"“{value[:40]}”不是数", f"'{value[:40]}' is no number"), place)


def _name_file(city: City, upload: Upload) -> None:
    """Keep the file under its delivered name too: a cell is found again by it."""
    path = upload_folder(city, upload.id) / "as" / upload.name
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        write_whole(path, read_upload(city, upload))
