"""A document → a plan: the one entry to reading plans.

Invariant: the same document gives the same plan; every figure in a dated sentence is a target or is told in a finding.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import cast

from dafeng.core.documents import Document
from dafeng.core.traces import Anchor
from dafeng.plans.certainty import least, rate
from dafeng.plans.doubts import doubt_document, doubt_figures
from dafeng.plans.era import find_era
from dafeng.plans.headings import read_style
from dafeng.plans.identity import make_id
from dafeng.plans.lines import clean_lines, mend_lines
from dafeng.plans.magnitude import doubt_numbers
from dafeng.plans.matching import Matcher, match_target
from dafeng.plans.merged import Merged, merge_statements
from dafeng.plans.organisations import Duty, find_duty, join_duties
from dafeng.plans.passages import MOST, Passage, read_parts
from dafeng.plans.plan import Counting, Goal, Organisation, OtherFigure, Plan, PlanDocument, Responsible, Strength, Target, Task
from dafeng.plans.provisional import doubt_indicators, find_provisional
from dafeng.plans.statements import Statement
from dafeng.plans.structure import Part, outline
from dafeng.plans.tables import Duties, captions, read_tables, survey_tables
from dafeng.plans.tasks import owner, select_tasks, set_aside

LONGEST_NAME = 24
"""Most characters that are kept of the name of a figure that is no target. [characters]"""


@dataclass(frozen=True)
class _Sheet:
    """A document taken apart."""

    document: PlanDocument
    place: str | None
    parts: tuple[Part, ...]
    duties: tuple[tuple[Duty, ...], ...]
    tasks: Mapping[int, int]
    passages: tuple[Passage, ...]
    rows: Mapping[str, Duties]
    starts: tuple[int, ...]

    @cached_property
    def by_script(self) -> dict[int, list[Statement]]:
        found: dict[int, list[Statement]] = {}
        for passage in self.passages:
            found.setdefault(id(passage.script), []).extend(passage.statements)
        return found

    def task_of(self, passage: Passage) -> int | None:
        at = owner(self.parts, passage.part, self.tasks)
        return None if at is None else self.tasks[at]

    def anchor(self, passage: Passage) -> Anchor:
        start, end = passage.script.span(passage.start, passage.end)
        tabled = self.parts[passage.part].level == "table"
        number = bisect_right(self.starts, start) - 1 if tabled else passage.script.paragraph
        return Anchor(start, end, number, self.document.sha256, self.document.title or self.document.name)


def read_plan_text(document: Document, *, place: str | None = None, catalogue: Matcher | None = None) -> Plan:
    """Read a plan document.

    Parameters
    ----------
    document : Document
        The document, as ``readers.documents.read_document`` gives it.
    place : str, optional
        Administrative code of the city; needed for ids and for names that hold in one place only.
    catalogue : Matcher, optional
        Catalogue of indicators that names are matched to; without it ``indicator_id`` stays empty.

    Returns
    -------
    Plan
        Possibly empty, with findings that say why.
    """
    cleaned, findings = clean_lines(document)
    survey = survey_tables(document, cleaned)
    running = [script for script in cleaned if script.paragraph not in survey.left]
    scripts = mend_lines(document, running, left=survey.left)
    levels = {p.number: level for p in document.paragraphs if (level := read_style(p.style))}
    parts = outline(scripts, levels=levels, loose=survey.loose | (captions(survey.grids, scripts) - levels.keys()))
    title = parts[0].title
    era = find_era((script.text for script in scripts), title)
    tabled = read_tables(survey, scripts, parts, era, place or "")
    parts = (*parts, *tabled.parts)
    duties = tuple(tuple(find_duty(script.text, place=place or "", on=era.now) for script in part.scripts) for part in parts)
    told = islice(chain(tabled.passages, read_parts(parts, duties, era)), MOST)
    passages = tuple(sorted((_judged(passage, parts) for passage in told), key=lambda one: one.script.origin[one.start]))
    starts = tuple(paragraph.start for paragraph in document.paragraphs)
    about = PlanDocument(document.name, document.sha256, title)
    sheet = _Sheet(about, place, parts, duties, _chosen(parts), passages, _row_duties(parts, tabled.duties), starts)
    listed = _tasks(sheet)
    targets = tuple(_with_indicator(target, catalogue, place) for target in _targets(sheet, listed))
    listed = _with_targets(listed, targets)
    found = (
        *findings,
        *doubt_numbers(document.name, (*scripts, *(script for script in cleaned if script.paragraph in survey.left))),
        *doubt_figures(document.name, passages, most=MOST),
        *doubt_document(document.name, scripts, targets, listed),
        *doubt_indicators(document.name, targets, catalogue, place=place),
    )
    organisations, goals, others = _organisations(sheet, listed), _goals(sheet, listed), _others(sheet, listed)
    provisional = find_provisional(targets, catalogue, place=place)
    return Plan(sheet.document, place, targets, listed, organisations, goals, found, others, provisional)


def _tasks(sheet: _Sheet) -> tuple[Task, ...]:
    return tuple(_task(sheet, number, at) for number, at in enumerate(sheet.tasks, 1))


def _task(sheet: _Sheet, number: int, at: int) -> Task:
    part = sheet.parts[at]
    members = [at, *_below(sheet.parts, at)]
    row = sheet.rows.get(_plain_title(part))
    duty = join_duties([*(one for member in members for one in sheet.duties[member]), *([row.duty] if row else ())])
    duty = duty if duty.mentions else _duty_above(sheet, part.parent)
    first, last = part.scripts[0], max(script.origin[-1] for member in members for script in sheet.parts[member].scripts)
    anchor = Anchor(
        first.origin[0],
        last + 1,
        first.paragraph,
        sheet.document.sha256,
        sheet.document.title or sheet.document.name,
    )
    return Task(
        id=make_id(sheet.place, "A", number),
        title=part.title,
        chapter=part.chapter,
        section=part.section,
        number=part.number,
        responsible=tuple(Responsible(one.name, one.role, one.written) for one in duty.mentions),
        collectives=tuple(one.name for one in duty.mentions if one.collective),
        open_list=duty.open_list,
        targets=(),
        anchor=anchor,
        due=row.due if row else None,
    )


def _duty_above(sheet: _Sheet, at: int) -> Duty:
    """Organisations of the section that a task without any stands in."""
    while at >= 0 and sheet.parts[at].level in ("section", "item"):
        duty = join_duties(sheet.duties[at])
        if duty.mentions:
            return duty
        at = sheet.parts[at].parent
    return Duty()


def _chosen(parts: Sequence[Part]) -> dict[int, int]:
    """Positions of the tasks, numbered in the order of the document; a row that repeats a task of the text is none."""
    chosen = {id(part) for part in select_tasks(parts)}
    titles = {_plain_title(part) for part in parts if id(part) in chosen and part.level != "row"}
    kept = [
        at for at, part in enumerate(parts) if id(part) in chosen and (part.level != "row" or _plain_title(part) not in titles)
    ]
    return {at: number for number, at in enumerate(sorted(kept, key=lambda at: parts[at].scripts[0].origin[0]))}


def _row_duties(parts: Sequence[Part], duties: Mapping[int, Duties]) -> dict[str, Duties]:
    """What rows of tables order, by the title of the task: the first row where two have the same."""
    found: dict[str, Duties] = {}
    for at, duty in duties.items():
        found.setdefault(_plain_title(parts[at]), duty)
    return found


def _plain_title(part: Part) -> str:
    return part.title.strip("。，；：、")


def _below(parts: Sequence[Part], at: int) -> list[int]:
    """Measures, boxes and notes of a task."""
    below: list[int] = []
    for number in range(at + 1, len(parts)):
        if parts[number].parent < at or parts[number].level in ("table", "row"):
            break
        below.append(number)
    return below


def _judged(passage: Passage, parts: Sequence[Part]) -> Passage:
    """Figures of lists of projects and of notes are no targets, however they are worded."""
    kind = set_aside(parts, passage.part)
    if kind is None:
        return passage
    return replace(passage, statements=tuple(replace(s, kind=kind) if s.kind == "target" else s for s in passage.statements))


def _targets(sheet: _Sheet, tasks: Sequence[Task]) -> tuple[Target, ...]:
    held = frozenset(at for at, part in enumerate(sheet.parts) if part.level == "table")
    merged = merge_statements(sheet.passages, tables=held)
    ids = {own: make_id(sheet.place, "T", number) for number, one in enumerate(merged, 1) for own in one.ids}
    return tuple(_target(sheet, tasks, one, ids) for one in merged)


def _target(
    sheet: _Sheet,
    tasks: Sequence[Task],
    kept: Merged,
    ids: dict[int, str],
) -> Target:
    passage, statement = kept.passage, kept.statement
    at = sheet.task_of(passage)
    task = tasks[at] if at is not None else None
    counting = cast("Counting | None", statement.counting)
    time, quantity = statement.time, statement.quantity
    base = statement.base
    return Target(
        id=ids[kept.ids[0]],
        indicator=statement.name,
        indicator_id=None,
        label=None,
        year=time.year if time is not None else None,
        period=time.period if time is not None else None,
        value=quantity.value,
        upper=quantity.upper,
        unit=quantity.unit,
        comparator=statement.comparator,
        strength=cast("Strength | None", statement.strength),
        base_year=base.year if base is not None else None,
        base=base.text if base is not None and base.year is None else None,
        direction=statement.direction,
        scope="；".join(statement.scope) or None,
        counting=counting,
        part_of=_whole(sheet, passage, statement, ids),
        implied=statement.implied,
        organisations=statement.organisations or (task.organisations if task is not None else ()),
        task=task.id if task is not None else None,
        anchor=sheet.anchor(passage),
        figure=passage.script.span(statement.start, statement.end),
        also=tuple(sheet.anchor(other) for other in kept.also),
        certainty=rate(statement),
        reason="；".join(statement.remarks),
        nature=statement.nature,
        base_value=statement.base_value,
    )


def _others(sheet: _Sheet, tasks: Sequence[Task]) -> tuple[OtherFigure, ...]:
    """Figures that became no target; a name is cut so that no sentence is kept."""
    left = [
        (passage, statement)
        for passage in sheet.passages
        for statement in passage.statements
        if statement.kind != "target" or rate(statement) < least()
    ]
    return tuple(
        OtherFigure(
            id=make_id(sheet.place, "N", number),
            kind=statement.kind,
            indicator=statement.name[:LONGEST_NAME],
            year=statement.time.year if statement.time is not None else None,
            value=statement.quantity.value,
            upper=statement.quantity.upper,
            unit=statement.quantity.unit,
            comparator=statement.comparator,
            task=tasks[at].id if (at := sheet.task_of(passage)) is not None else None,
            anchor=sheet.anchor(passage),
            figure=passage.script.span(statement.start, statement.end),
            certainty=rate(statement),
            reason="；".join(statement.remarks),
        )
        for number, (passage, statement) in enumerate(left, 1)
    )


def _with_indicator(target: Target, catalogue: Matcher | None, place: str | None) -> Target:
    match = match_target(target, catalogue, place=place) if catalogue is not None else None
    return target if match is None else replace(target, indicator_id=match.indicator.id, label=match.indicator.label)


def _whole(sheet: _Sheet, passage: Passage, statement: Statement, ids: dict[int, str]) -> str | None:
    if statement.part_of is None:
        return None
    listed = sheet.by_script[id(passage.script)]
    return ids.get(id(listed[statement.part_of])) if statement.part_of < len(listed) else None


def _with_targets(tasks: Sequence[Task], targets: Sequence[Target]) -> tuple[Task, ...]:
    held: dict[str, list[str]] = {}
    for target in targets:
        if target.task is not None:
            held.setdefault(target.task, []).append(target.id)
    return tuple(replace(task, targets=tuple(held.get(task.id, ()))) for task in tasks)


def _organisations(sheet: _Sheet, tasks: Sequence[Task]) -> tuple[Organisation, ...]:
    """Bodies of the tasks, and those that the text makes responsible elsewhere: they are named by no task."""
    found: dict[str, list[str]] = {}
    collective: set[str] = set()
    for task in tasks:
        collective |= set(task.collectives)
        for one in task.responsible:
            found.setdefault(one.organisation, []).append(one.written)
    counts = {name: len(written) for name, written in found.items()}
    for mention in (one for duties in sheet.duties for duty in duties for one in duty.mentions):
        if mention.name not in counts:
            found.setdefault(mention.name, []).append(mention.written)
            collective |= {mention.name} if mention.collective else set()
    return tuple(
        Organisation(name, tuple(dict.fromkeys(w for w in written if w != name)), name in collective, counts.get(name, 0))
        for name, written in found.items()
    )


def _goals(sheet: _Sheet, tasks: Sequence[Task]) -> tuple[Goal, ...]:
    wishes = [(passage, wish) for passage in sheet.passages for wish in passage.wishes]
    return tuple(
        Goal(
            make_id(sheet.place, "G", number),
            wish.kind,
            wish.text,
            wish.time.year,
            tasks[at].id if (at := sheet.task_of(passage)) is not None else None,
            sheet.anchor(passage),
        )
        for number, (passage, wish) in enumerate(wishes, 1)
    )
