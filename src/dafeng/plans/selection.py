"""What the machine makes of a stretch of text that a person has selected: a draft of a target, for the person to judge.

Invariant: place and figure come from the selection; a field that the reader does not find stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dafeng.core.documents import Document, Paragraph
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.plans.corrections import spell_record
from dafeng.plans.edits import Place
from dafeng.plans.fields import FIELDS
from dafeng.plans.matching import Matcher
from dafeng.plans.plan import OtherFigure, Plan, Target
from dafeng.plans.read import read_plan_text

LONGEST = 2000
"""Most characters of a selection. [characters]"""


NUMERIC = frozenset("0123456789.％%０１２３４５６７８９．")


@dataclass(frozen=True, slots=True)
class Draft:
    """A target to be added.

    Parameters
    ----------
    place : Place
        Where it stands.
    fields : mapping of str to str
        Field → text, as the reader has it.
    """

    place: Place
    fields: Mapping[str, str]


def read_selection(
    document: Document, reading: Plan, start: int, end: int, *, catalogue: Matcher | None = None
) -> Draft:  # fmt: skip
    """Draft of a target that stands in a selection.

    Parameters
    ----------
    document : Document
        The document.
    reading : Plan
        What the machine read of all of it; tells the task in which the selection stands.
    start, end : int
        The selection. [characters]
    catalogue : Matcher, optional
        Indicators that names are matched to.

    Returns
    -------
    Draft
        With the place of the selection; fields the reader does not find are empty.

    Raises
    ------
    SettingError
        If the selection is empty, too long, outside the document, or goes beyond one paragraph.
    """
    paragraph = _paragraph(document, start, end)
    start, end = _whole_numbers(document.text, start, end)
    text = document.text[start:end]
    head = tuple(p for p in document.paragraphs[:1] if p.number != paragraph.number)
    chosen = Paragraph(len(head), start, end, text)
    part = read_plan_text(replace(document, paragraphs=(*head, chosen)), place=reading.place, catalogue=catalogue)
    read: tuple[Target | OtherFigure, ...] = (*part.targets, *part.others)
    found = next((one for one in read if start <= one.figure[0] < end), None)
    sentence = found.anchor if found is not None and start <= found.anchor.start < found.anchor.end <= end else None
    figure = found.figure if found is not None and found.figure[1] <= end else (start, end)
    place = Place(sentence.start if sentence else start, sentence.end if sentence else end, figure, paragraph.number)
    return Draft(place, {**_empty(), **_spell(found), **_around(reading, start, end)})


def _empty() -> dict[str, str]:
    return {**{field.name: "" for field in FIELDS["target"]}, "comparator": ">=", "implied": "0"}


def _spell(found: Target | OtherFigure | None) -> dict[str, str]:
    if isinstance(found, Target):
        return spell_record(found)
    if found is None:
        return {}
    value, upper = (format(one, "f") if one is not None else "" for one in (found.value, found.upper))
    year = str(found.year or "")
    return {
        "indicator": found.indicator, "value": value, "upper": upper, "unit": found.unit, "year": year,
        "comparator": found.comparator,
    }  # fmt: skip


def draft_figure(figure: OtherFigure, reading: Plan) -> Draft:
    """Draft of a target made of a figure that was read as none.

    Parameters
    ----------
    figure : OtherFigure
        The figure.
    reading : Plan
        What the machine read.

    Returns
    -------
    Draft
        With the figure's place.
    """
    anchor = figure.anchor
    place = Place(anchor.start, anchor.end, figure.figure, anchor.paragraph)
    return Draft(place, {**_empty(), **_spell(figure), **_around(reading, *figure.figure)})


def _around(reading: Plan, start: int, end: int) -> dict[str, str]:
    task = next((task for task in reading.tasks if task.anchor.start <= start and end <= task.anchor.end), None)
    return {"task": task.id, "organisations": "、".join(task.organisations)} if task is not None else {}


def _whole_numbers(text: str, start: int, end: int) -> tuple[int, int]:
    """The selection without a number cut in two: 3 of 300 万千瓦 becomes 300."""
    while 0 < start < end and text[start - 1] in NUMERIC and text[start] in NUMERIC:
        start -= 1
    while start < end < len(text) and text[end - 1] in NUMERIC and text[end] in NUMERIC:
        end += 1
    return start, end


def _paragraph(document: Document, start: int, end: int) -> Paragraph:
    found = next((p for p in document.paragraphs if p.start <= start < end <= p.end), None)
    if found is None or end - start > LONGEST or not document.text[start:end].strip():
        raise SettingError(
            Label(f"选中的 {start}–{end} 不能作为一处出处", f"the selection {start}–{end} cannot be a place of a target"),
            where="selection",
            expected=Label(f"同一段内不超过 {LONGEST} 字的文字", f"text of at most {LONGEST} characters in one paragraph"),
            remedy=Label("重新选中一句话", "select one sentence anew"),
        )
    return found
