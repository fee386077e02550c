"""The review as a spreadsheet: export, edit, import.

Invariant: an unchanged file makes no edit, the same file twice makes its edits once; a cell that cannot be used, or that
somebody else changed since the export, is refused with its address, and then nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label
from dafeng.plans.corrections import spell_record
from dafeng.plans.edits import Change
from dafeng.plans.fields import FIELDS, Record, RecordKind, kind_of
from dafeng.plans.plan import Goal, OtherFigure, Target, Task
from dafeng.plans.review import Review
from dafeng.plans.vocabulary import certainty_of, group_of, headline, read_vocabulary, say_figure, say_reasons
from dafeng.readers.review_form import FormColumn, FormRow, FormTable, ReturnedForm, read_form, write_form
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.review import revise
from dafeng.work.review_rows import DECISIONS, CellChange, ReturnedSheet, read_rows

KINDS: Sequence[RecordKind] = ("target", "task", "goal", "organisation", "other")
SHOWN = 400
"""Most characters of the sentence that is shown beside a record. [characters]"""
WIDTHS: Mapping[str, int] = {"text": 22, "name": 30, "names": 34, "indicator": 34, "task": 26, "number": 12, "year": 9}


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """What a spreadsheet that came back asks for.

    Parameters
    ----------
    cells : tuple of CellChange
        Cell by cell.
    changes : tuple of Change
        What is to be written.
    """

    cells: tuple[CellChange, ...]
    changes: tuple[Change, ...]


def export_review(reviewed: Review) -> bytes:
    """The review as a workbook.

    Parameters
    ----------
    reviewed : Review
        The review.

    Returns
    -------
    bytes
        xlsx with a sheet per kind of record and one of instructions.
    """
    tables = [_table(reviewed, kind) for kind in KINDS]
    title = reviewed.reading.document.title or reviewed.document.name
    lines = tuple(read_vocabulary()["instruction"].values())
    return write_form(tables, review=reviewed.id, edits=len(reviewed.edits), title=title, lines=lines)


def compare_sheet(reviewed: Review, data: bytes, *, name: str = "review.xlsx") -> SheetChanges:
    """What was changed in a spreadsheet since it was exported, without writing anything.

    Parameters
    ----------
    reviewed : Review
        The review as it is now.
    data : bytes
        The workbook.
    name : str
        File name, for messages.

    Returns
    -------
    SheetChanges
        Cells and changes; empty for an unchanged file, and for one whose changes were written already.

    Raises
    ------
    FileRefused
        If it is no review sheet, or one of another review.
    SettingError
        If a cell cannot be used; its address stands in the message.
    ConflictError
        If a record was changed by somebody since the export.
    """
    form = read_form(data, name=name)
    if form.review != reviewed.id or form.edits > len(reviewed.edits):
        raise _foreign(form, reviewed, name)
    base = replace(reviewed, edits=reviewed.edits[: form.edits])
    cells: list[CellChange] = []
    changes: list[Change] = []
    for kind in KINDS:
        sheet = ReturnedSheet(reviewed, base, kind, base.known, _choices(base, kind))
        groups: dict[str, list[FormRow]] = {}
        for row in form.tables.get(kind, ()):
            groups.setdefault(row.texts.get("id", ""), []).append(row)
        for record, rows in groups.items():
            for found, change in read_rows(sheet, record, rows):
                cells.extend(found)
                changes.extend(change)
    return SheetChanges(tuple(cells), tuple(changes))


def import_review(
    city: City, reviewed: Review, data: bytes, *, who: str, name: str = "review.xlsx",
    at: datetime | None = None, records: Records | None = None,
) -> tuple[Review, SheetChanges]:  # fmt: skip
    """Write what was changed in a spreadsheet, all of it or nothing.

    Parameters
    ----------
    city : City
        The city.
    reviewed : Review
        The review.
    data : bytes
        The workbook.
    who : str
        Who hands it in.
    name : str
        File name, for messages.
    at : datetime, optional
        When; now by default.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Review, SheetChanges
        The review with the new edits, and what was changed.

    Raises
    ------
    FileRefused, SettingError, ConflictError
        As for `compare_sheet`; nothing was written.
    """
    asked = compare_sheet(reviewed, data, name=name)
    if not asked.changes:
        return reviewed, asked
    return revise(city, reviewed, *asked.changes, who=who, at=at, records=records), asked


def _table(reviewed: Review, kind: RecordKind) -> FormTable:
    choices = _choices(reviewed, kind)
    shown = tuple(name for name, record in reviewed.reviewed.records.items() if kind_of(record) == kind)
    rows = [name for name in shown if reviewed.state(name) not in ("split", "taken")]
    label = read_vocabulary()["kind"][kind]
    return FormTable(
        kind, label, tuple(_columns(kind, choices)), tuple(_row(reviewed, name, choices) for name in rows), kind == "target"
    )


def _columns(kind: RecordKind, choices: Mapping[str, Mapping[str, str]]) -> Iterator[FormColumn]:
    yield FormColumn("id", Label("编号", "Id"), 18 if kind != "organisation" else 30)
    yield FormColumn("summary", Label("机器读取", "As the machine read it"), 34)
    yield FormColumn("decision", Label("处理", "Decision"), 16, is_open=True, choices=tuple(choices["decision"].values()))
    for field in FIELDS[kind]:
        offered = tuple(choices.get(field.name, {}).values())
        yield FormColumn(field.name, field.label, WIDTHS.get(field.form, 16), is_open=True, choices=offered)
    yield FormColumn("remark", Label("说明", "Remark"), 24, is_open=True)
    if kind != "organisation":
        yield FormColumn("sentence", Label("原文", "Sentence"), 70)
    if kind in ("target", "other"):
        yield FormColumn("certainty", Label("把握", "Certainty"), 9)
        yield FormColumn("reason", Label("把握不足的原因", "Why unsure"), 30)


def _choices(reviewed: Review, kind: RecordKind) -> dict[str, Mapping[str, str]]:
    """Field → key → text of the choice."""
    words = read_vocabulary()
    actions = ("accept", "reject") if kind != "other" else ("accept", "add")
    listed: dict[str, Mapping[str, str]] = {
        "decision": {one: _both(words["action"][one]) if one != "add" else "转为目标 make it a target" for one in actions}
    }
    for field in FIELDS[kind]:
        if field.form in ("word", "flag"):
            listed[field.name] = {name: _both(label) for name, label in words[group_of(kind, field)].items()}
        elif field.form == "indicator":
            listed[field.name] = {name: f"{name} {label.zh}" for name, label in reviewed.indicators.items()}
        elif field.form == "task":
            listed[field.name] = {name: f"{name} {title}"[:80] for name, title in reviewed.known.tasks.items()}
    return listed


def _both(label: Label) -> str:
    return f"{label.zh} {label.en}"


def _row(reviewed: Review, name: str, choices: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    record = reviewed.record(name)
    kind = kind_of(record)
    texts = spell_record(record)
    decision = DECISIONS.get(reviewed.state(name), "")
    middle = [choices[field.name].get(texts[field.name], texts[field.name]) if field.name in choices else texts[field.name]
              for field in FIELDS[kind]]  # fmt: skip
    row = [name, _summary(record), choices["decision"].get(decision, ""), *middle, ""]
    if kind != "organisation":
        row.append(quote(reviewed, record)[:SHOWN])
    if kind in ("target", "other"):
        row += [format(certainty_of(record) or 0, "f"), "；".join(say_reasons(record, "zh"))]
    return tuple(row)


def _summary(record: Record) -> str:
    figure = say_figure(record, "zh")
    kind = read_vocabulary()["figure_kind"][record.kind].zh if isinstance(record, OtherFigure) else ""
    return " · ".join(part for part in (headline(record, "zh"), figure, kind) if part)


def quote(reviewed: Review, record: Record) -> str:
    """The words of the document behind a record.

    Parameters
    ----------
    reviewed : Review
        The review.
    record : Record
        The record.

    Returns
    -------
    str
        The sentence; empty for an organisation.
    """
    if not isinstance(record, Target | Task | Goal | OtherFigure):
        return ""
    return " ".join(reviewed.document.text[record.anchor.start : record.anchor.end].split())


def _foreign(form: ReturnedForm, reviewed: Review, name: str) -> FileRefused:
    return FileRefused(
        Label(f"这张表属于核对 {form.review}", f"the sheet belongs to review {form.review}"),
        where=name,
        expected=Label(f"从核对 {reviewed.id} 导出的表", f"a sheet exported from review {reviewed.id}"),
        remedy=Label("打开相应的方案再交，或重新导出", "open that review, or export this one anew"),
    )
