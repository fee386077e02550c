"""The text of a document cut where records begin and end, so that each stretch knows what stands in it.

Invariant: the texts of the stretches of a paragraph, put together, are the paragraph; all of it is plain text, never markup.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from dafeng.core.documents import Document, Paragraph
from dafeng.plans.fields import Record
from dafeng.plans.plan import Goal, Organisation, OtherFigure, Target, Task
from dafeng.plans.review import DOUBTFUL, Review

Layer = Literal["layout", "task", "sentence", "goal", "organisation", "other", "figure"]
"""What a stretch is; a later one lies above an earlier one. ``layout`` is a mark that a reader of the plan does not need."""
LAYERS: Sequence[Layer] = ("task", "sentence", "goal", "organisation", "other", "figure")
LONGEST_TITLE = 24
"""Characters of a task that are marked where its title is not found as printed."""
MARK = re.compile(r"(\[bookmark:[^\]\n]{0,200}\])")
CHAPTER = re.compile(r"\s*(?:第?[一二三四五六七八九十]+[、章节]|[（(][一二三四五六七八九十]+[）)])\s*\S{1,40}\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the document that belongs to a record.

    Parameters
    ----------
    start, end : int
        Half-open range. [characters]
    record : str
        Id of the record.
    layer : Layer
        What it is.
    """

    start: int
    end: int
    record: str
    layer: Layer


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch in which the same records stand.

    Parameters
    ----------
    text : str
        Its characters.
    layers : tuple of Layer
        What it is, the uppermost last.
    records : tuple of str
        Ids, the most specific first.
    state : str
        State of the most specific record; empty where there is none.
    doubtful : bool
        Whether that record was read with little certainty and nobody has looked at it.
    """

    text: str
    layers: tuple[Layer, ...] = ()
    records: tuple[str, ...] = ()
    state: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a table of the document.

    Parameters
    ----------
    paragraph : Paragraph
        The paragraph; the first one of a table.
    heading : bool
        Whether it looks like a heading.
    segments : tuple of Segment
        Its text; empty for a table.
    rows : tuple of tuple of TableCell
        Cells of a table by row.
    """

    paragraph: Paragraph
    heading: bool
    segments: tuple[Segment, ...] = ()
    rows: tuple[tuple[TableCell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table.

    Parameters
    ----------
    rows, columns : int
        Extent of a merged cell.
    blocks : tuple of Block
        Its paragraphs.
    """

    rows: int
    columns: int
    blocks: tuple[Block, ...]


class Sheet:
    """A document with the spans of its records.

    Parameters
    ----------
    review : Review
        The review.
    """

    def __init__(self, review: Review) -> None:
        self._review = review

    @cached_property
    def spans(self) -> Mapping[int, Sequence[Span]]:
        """Spans by the number of the paragraph they touch."""
        document = self._review.document
        starts = [paragraph.start for paragraph in document.paragraphs]
        found: dict[int, list[Span]] = {}
        for span in _list_spans(self._review, starts):
            at = max(0, bisect_right(starts, span.start) - 1)
            while at < len(starts) and starts[at] < span.end:
                found.setdefault(document.paragraphs[at].number, []).append(span)
                at += 1
        return found

    def blocks(self) -> Iterator[Block]:
        """The document from beginning to end.

        Yields
        ------
        Block
            Paragraphs and tables in order.
        """
        waiting: list[Paragraph] = []
        for paragraph in self._review.document.paragraphs:
            if waiting and (paragraph.cell is None or waiting[0].cell is None or paragraph.cell.table != waiting[0].cell.table):
                yield self._table(waiting)
                waiting = []
            if paragraph.cell is None:
                yield self.block(paragraph)
            else:
                waiting.append(paragraph)
        if waiting:
            yield self._table(waiting)

    def block(self, paragraph: Paragraph) -> Block:
        """One paragraph.

        Parameters
        ----------
        paragraph : Paragraph
            The paragraph.

        Returns
        -------
        Block
            Its stretches.
        """
        heading = (
            paragraph.style.startswith(("Heading", "Title")) or CHAPTER.fullmatch(MARK.sub("", paragraph.text)) is not None
        )
        return Block(paragraph, heading or paragraph.number == 0, tuple(self._segments(paragraph)))

    def paragraphs_of(self, records: Sequence[str]) -> tuple[Paragraph, ...]:
        """Paragraphs in which some records stand.

        Parameters
        ----------
        records : sequence of str
            Ids.

        Returns
        -------
        tuple of Paragraph
            In order.
        """
        wanted = set(records)
        numbers = {number for number, spans in self.spans.items() if any(span.record in wanted for span in spans)}
        return tuple(paragraph for paragraph in self._review.document.paragraphs if paragraph.number in numbers)

    def _table(self, paragraphs: Sequence[Paragraph]) -> Block:
        cells: dict[tuple[int, int], list[Paragraph]] = {}
        for paragraph in paragraphs:
            if paragraph.cell is not None:
                cells.setdefault((paragraph.cell.row, paragraph.cell.column), []).append(paragraph)
        rows: dict[int, list[TableCell]] = {}
        for (row, _), inside in sorted(cells.items()):
            cell = inside[0].cell
            if cell is not None:
                rows.setdefault(row, []).append(TableCell(cell.rows, cell.columns, tuple(map(self.block, inside))))
        return Block(paragraphs[0], heading=False, rows=tuple(tuple(row) for _, row in sorted(rows.items())))

    def _segments(self, paragraph: Paragraph) -> Iterator[Segment]:
        spans = self.spans.get(paragraph.number, ())
        limits = {paragraph.start, paragraph.end}
        limits |= {place for span in spans for place in (span.start, span.end) if paragraph.start < place < paragraph.end}
        cuts = sorted(limits)
        for start, end in pairwise(cuts):
            here = [span for span in spans if span.start <= start and end <= span.end]
            text = self._review.document.text[start:end]
            if here:
                yield self._segment(text, here)
            else:
                yield from (Segment(part, ("layout",) if MARK.fullmatch(part) else ()) for part in MARK.split(text) if part)

    def _segment(self, text: str, here: Sequence[Span]) -> Segment:
        inner = sorted(here, key=lambda span: (-LAYERS.index(span.layer), span.end - span.start))
        first = inner[0].record
        record = self._review.reviewed.records[first]
        state = self._review.state(first)
        doubtful = state == "unseen" and isinstance(record, Target) and record.certainty < DOUBTFUL
        layers = tuple(layer for layer in LAYERS if any(span.layer == layer for span in here))
        return Segment(text, layers, tuple(dict.fromkeys(span.record for span in inner)), state, doubtful)


def _list_spans(review: Review, starts: Sequence[int]) -> Iterator[Span]:
    records = review.reviewed.records
    names = {record.name: name for name, record in records.items() if isinstance(record, Organisation)}
    for name, record in records.items():
        if review.state(name) in ("split", "taken"):
            continue
        if isinstance(record, Task):
            yield from _task_spans(name, record, review.document, starts)
            yield from _organisation_spans(record, review.document, names)
        else:
            yield from _spans_of(name, record, review.document)


def _spans_of(name: str, record: Record, document: Document) -> Iterator[Span]:
    if isinstance(record, Target):
        yield Span(record.anchor.start, record.anchor.end, name, "sentence")
        yield from (Span(also.start, also.end, name, "sentence") for also in record.also)
        yield Span(*record.figure, name, "figure")
    elif isinstance(record, OtherFigure):
        yield Span(*record.figure, name, "other")
    elif isinstance(record, Goal):
        yield _goal_span(name, record, document)


def _goal_span(name: str, goal: Goal, document: Document) -> Span:
    """The words of the goal; its whole sentence where they are not found as printed."""
    words = goal.text.rstrip("…")
    at = document.text.find(words, goal.anchor.start, goal.anchor.end) if words else -1
    start, end = (at, at + len(words)) if at >= 0 else (goal.anchor.start, goal.anchor.end)
    return Span(start, end, name, "goal")


def _task_spans(name: str, task: Task, document: Document, starts: Sequence[int]) -> Iterator[Span]:
    """The heading of a task; its text is known by the cards."""
    at = bisect_right(starts, task.anchor.start) - 1
    if at < 0 or not document.paragraphs[at].start <= task.anchor.start < document.paragraphs[at].end:
        return
    last = document.paragraphs[at].end
    title = document.text.find(task.title, task.anchor.start, last)
    end = title + len(task.title) if title >= 0 else min(last, task.anchor.start + LONGEST_TITLE)
    yield Span(task.anchor.start, end, name, "task")


def _organisation_spans(task: Task, document: Document, names: Mapping[str, str]) -> Iterator[Span]:
    for one in task.responsible:
        at = document.text.rfind(one.written, task.anchor.start, task.anchor.end)
        if at >= 0 and one.written and one.organisation in names:
            yield Span(at, at + len(one.written), names[one.organisation], "organisation")
