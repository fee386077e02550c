"""The rows of a review sheet that came back, compared with what was exported.

Invariant: a cell asks for a change only where it differs from what was exported, and not where the review says so already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dafeng.core.errors import ConflictError, DafengError, SettingError
from dafeng.core.labels import Label
from dafeng.plans.corrections import spell_record
from dafeng.plans.edits import Change, Edit, Entry, Place, choose_standing
from dafeng.plans.fields import FIELDS, Field, Known, RecordKind, find_field, kind_of
from dafeng.plans.replay import State
from dafeng.plans.review import Review
from dafeng.plans.typed import is_same, tidy
from dafeng.readers.review_form import FormRow
from dafeng.work.review import draft_of

DECISIONS: Mapping[State, str] = {"accepted": "accept", "corrected": "accept", "added": "accept", "rejected": "reject"}


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that was changed.

    Parameters
    ----------
    cell : str
        ``file!sheet!cell``.
    record : str
        Id of the record; empty for one that is added.
    field : str
        Field, or ``decision``.
    before, after : str
        Texts as they were exported and as they came back.
    """

    cell: str
    record: str
    field: str
    before: str
    after: str


Found = tuple[list[CellChange], list[Change]]


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """One sheet that came back, with the review now and at the export.

    Parameters
    ----------
    now, base : Review
        As it is now, and as it was when the sheet was made.
    kind : RecordKind
        Kind of the records in it.
    known : Known
        What corrections may refer to.
    choices : mapping of str to mapping of str to str
        Field → key → text of the choice.
    """

    now: Review
    base: Review
    kind: RecordKind
    known: Known
    choices: Mapping[str, Mapping[str, str]]

    def decode(self, row: FormRow, field: Field) -> str:
        """Canonical text of a cell; a choice may be typed as its key, its text or its first language.

        Parameters
        ----------
        row : FormRow
            The row.
        field : Field
            The field.

        Returns
        -------
        str
            As `dafeng.plans.typed.tidy` has it.

        Raises
        ------
        SettingError
            If the cell cannot be used.
        """
        text = row.texts.get(field.name, "")
        choices = self.choices.get(field.name, {})
        found = next((key for key, said in choices.items() if text in (key, said, said.split(" ", 1)[0])), None)
        if found is None and field.form in ("indicator", "task"):
            found = text.split(" ", 1)[0]
        try:
            return tidy(field, text if found is None else found, known=self.known)
        except SettingError as cause:
            raise _at(cause, row.cells.get(field.name, field.name)) from cause

    def decision(self, row: FormRow) -> str:
        """Decision of a row.

        Parameters
        ----------
        row : FormRow
            The row.

        Returns
        -------
        str
            ``accept``, ``reject``, ``add``, or empty.

        Raises
        ------
        SettingError
            If it is none of the choices.
        """
        text = row.texts.get("decision", "")
        choices = self.choices["decision"]
        found = next((key for key, said in choices.items() if text in (key, said, *said.split(" ", 1))), None)
        if text and found is None:
            raise SettingError(
                Label(f"处理写作“{text}”，不能采用", f"the decision reads '{text}', which cannot be used"),
                where=row.cells.get("decision", "decision"),
                expected=Label("、".join(choices.values()), ", ".join(choices.values())),
                remedy=Label("从列表中选择，或清空；没有写入任何改动", "choose from the list or empty it; nothing was written"),
            )
        return found or ""


def read_rows(sheet: ReturnedSheet, record: str, rows: Sequence[FormRow]) -> Iterator[Found]:
    """What the rows of one id ask for.

    Parameters
    ----------
    sheet : ReturnedSheet
        The sheet.
    record : str
        The id; empty for rows that were added.
    rows : sequence of FormRow
        All rows with it.

    Yields
    ------
    tuple of (list of CellChange, list of Change)
        Changed cells, and what is to be written; both empty where nothing was changed or it was written already.

    Raises
    ------
    SettingError
        If a cell cannot be used; its address stands in the message.
    ConflictError
        If somebody changed the record since the export.
    """
    if not record:
        yield from (_read_new(sheet, row) for row in rows)
        return
    if record not in sheet.base.reviewed.records or kind_of(sheet.base.record(record)) != sheet.kind:
        raise SettingError(
            Label(f"没有编号“{record}”", f"there is no id '{record}'"),
            where=rows[0].cells.get("id", "id"),
            expected=Label("导出时的编号，或留空表示增补", "an id as it was exported, or nothing for an addition"),
            remedy=Label("改回原来的编号；没有写入任何改动", "restore the id; nothing was written"),
        )
    yield _read_split(sheet, record, rows) if len(rows) > 1 else _read_one(sheet, record, rows[0])


def _read_one(sheet: ReturnedSheet, record: str, row: FormRow) -> Found:
    before = spell_record(sheet.base.record(record))
    typed = {field.name: sheet.decode(row, field) for field in FIELDS[sheet.kind]}
    changed = {name: text for name, text in typed.items() if not is_same(find_field(sheet.kind, name), text, before[name])}
    decision, was = sheet.decision(row), DECISIONS.get(sheet.base.state(record), "")
    cells = [CellChange(row.cells[name], record, name, before[name], text) for name, text in changed.items()]
    if decision != was:
        cells.append(CellChange(row.cells["decision"], record, "decision", was, decision))
    if not cells:
        return [], []
    changes = list(_changes(sheet, record, row, changed, decision, was))
    pending = [change for change in changes if not _is_done(sheet, change)]
    if pending and sheet.now.seen(record) > len(sheet.base.edits):
        raise _overtaken(sheet.now.edits[sheet.now.seen(record) - 1], cells[0])
    return (cells, changes) if pending else ([], [])


def _changes(
    sheet: ReturnedSheet, record: str, row: FormRow, changed: Mapping[str, str], decision: str, was: str
) -> Iterator[Change]:  # fmt: skip
    remark = row.texts.get("remark", "")
    if sheet.kind == "other" and decision == "add":
        yield Change(record, "add", (draft_of(sheet.now, record).fields,), remark=remark)
        return
    if changed:
        yield Change(record, "correct", (changed,), remark=remark)
    if decision == was or (changed and decision == "accept"):
        return
    action = {"accept": "accept", "reject": "reject", "add": "add"}.get(decision, "restore")
    if not (changed and action == "restore"):
        yield Change(record, action, remark=remark)  # type: ignore[arg-type]


def _is_done(sheet: ReturnedSheet, change: Change) -> bool:
    """Whether the review is already as a change would leave it."""
    states = sheet.now.reviewed.states
    if change.record not in states:
        return False
    state = states[change.record]
    if change.action == "correct":
        now = spell_record(sheet.now.record(change.record))
        return all(is_same(find_field(sheet.kind, name), now[name], text) for name, text in change.fields[0].items())
    wanted = {"accept": ("accepted", "corrected", "added"), "reject": ("rejected",), "restore": ("unseen",), "add": ("taken",)}
    return state in wanted.get(change.action, ())


def _read_split(sheet: ReturnedSheet, record: str, rows: Sequence[FormRow]) -> Found:
    before = spell_record(sheet.base.record(record))
    parts = [{field.name: sheet.decode(row, field) for field in FIELDS[sheet.kind]} for row in rows]
    standing = next(
        (edit for edit in choose_standing(sheet.now.edits) if (edit.record, edit.action) == (record, "split")), None
    )
    if standing is not None and [{**before, **entry.fields} for entry in standing.after] == parts:
        return [], []
    cells = [
        CellChange(row.cells[name], record, name, before[name], text)
        for row, part in zip(rows, parts, strict=True)
        for name, text in part.items()
        if not is_same(find_field(sheet.kind, name), text, before[name])
    ]
    if not cells or sheet.kind != "target":
        raise SettingError(
            Label(
                f"编号“{record}”出现 {len(rows)} 次，各行没有不同",
                f"the id '{record}' stands in {len(rows)} rows that do not differ",
            ),
            where=rows[1].cells.get("id", "id"),
            expected=Label("一行，或拆分后各不相同的目标行", "one row, or rows of a target that differ where it is split"),
            remedy=Label("删去多余的行，或改动不同之处", "remove the row, or change what differs"),
        )
    if sheet.now.seen(record) > len(sheet.base.edits):
        raise _overtaken(sheet.now.edits[sheet.now.seen(record) - 1], cells[0])
    return cells, [Change(record, "split", tuple(parts), remark=rows[0].texts.get("remark", ""))]


def _read_new(sheet: ReturnedSheet, row: FormRow) -> Found:
    """A row without an id: a target to be added where its sentence stands."""
    if sheet.kind != "target":
        raise _no_sentence(row, "id", Label("目标表中的新行", "a new row in the sheet of targets"))
    place = _find(sheet, row)
    typed = {field.name: sheet.decode(row, field) for field in FIELDS["target"] if row.texts.get(field.name)}
    for field in (find_field("target", "indicator"), find_field("target", "value")):
        if not typed.get(field.name):
            raise _no_sentence(row, field.name, Label(f"{field.label.zh}", f"{field.label.en}"))
    full = {**{field.name: "" for field in FIELDS["target"]}, "comparator": ">=", "implied": "0", **typed}
    for edit in choose_standing(sheet.now.edits):
        if edit.action == "add" and edit.place == place and edit.after == (Entry(edit.record, full),):
            return [], []
    cells = [CellChange(row.cells[name], "", name, "", text) for name, text in typed.items()]
    return cells, [Change("", "add", (typed,), place=place, remark=row.texts.get("remark", ""))]


def _find(sheet: ReturnedSheet, row: FormRow) -> Place:
    said, text = row.texts.get("sentence", ""), sheet.now.document.text
    start = text.find(said) if said else -1
    paragraph = next((p for p in sheet.now.document.paragraphs if p.start <= start < p.end), None)
    if start < 0 or text.count(said) > 1 or paragraph is None or start + len(said) > paragraph.end:
        raise _no_sentence(
            row, "sentence", Label("文件中只出现一次的原句", "words that stand in the document once, in one paragraph")
        )
    end = start + len(said)
    value = row.texts.get("value", "")
    at = text.find(value, start, end) if value else -1
    return Place(start, end, (at, at + len(value)) if at >= 0 else (start, end), paragraph.number)


def _at(cause: DafengError, cell: str) -> SettingError:
    return SettingError(cause.what, where=cell, expected=cause.expected, remedy=cause.remedy)


def _no_sentence(row: FormRow, name: str, expected: Label) -> SettingError:
    said = row.texts.get(name, "")
    return SettingError(
        Label(f"增补的行不完整（“{said[:60]}”）", f"the added row is not complete ('{said[:60]}')"),
        where=row.cells.get(name, name),
        expected=expected,
        remedy=Label("补全或删去该行；没有写入任何改动", "complete or remove the row; nothing was written"),
    )


def _overtaken(done: Edit, cell: CellChange) -> ConflictError:
    at = done.at.isoformat(sep=" ", timespec="minutes")
    return ConflictError(
        Label(
            f"导出之后，{done.who} 在 {at} 改动了 {cell.record}", f"{done.who} changed {cell.record} at {at}, after the export"
        ),
        where=cell.cell,
        expected=Label("在最新内容上所作的改动", "a change made on the present state"),
        remedy=Label("重新导出，把改动移到新表后再交", "export it anew and make the change there"),
    )
