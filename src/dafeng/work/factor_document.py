"""The factor library as data that every face shows: JSON of the command line, the page and the frozen copy.

Invariant: a number stands as the exact text of its decimal; both languages are complete.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.core.places import place
from dafeng.library.conflicts import Conflict, ConflictNote, topic_of
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary
from dafeng.library.warming_standards import WarmingStandard
from dafeng.work.composed import ComposedConflict
from dafeng.work.factors import FactorBook, FactorRow, KeyMatch
from dafeng.work.view_number import write_wording

Row = dict[str, Any]
KINDS = ("substance", "parameter", "purpose", "standard", "place")


def factor_document(row: FactorRow, library: FactorLibrary) -> Row:
    """A factor.

    Parameters
    ----------
    row : FactorRow
        The factor with its uses and notes.
    library : FactorLibrary
        Names.

    Returns
    -------
    dict
        Key, value, range, unit, source, grade, uses and notes.
    """
    factor = row.factor
    return {
        **_plain(factor),
        "label": write_label(factor.label),
        "names": {kind: write_label(library.label(kind, getattr(factor, kind))) for kind in KINDS[:4]},
        "title": write_wording(row.title),
        "used_by": list(row.used_by),
        "disputed": row.disputed,
        "notes": [_note(one) for one in row.notes],
    }


def match_document(found: KeyMatch) -> Row:
    """How a key was met.

    Parameters
    ----------
    found : KeyMatch
        The key and its answer.

    Returns
    -------
    dict
        Key, factor or ``None``, match grade and steps.
    """
    key, match = found.key, found.match
    return {
        "substance": key.substance,
        "parameter": key.parameter,
        "purpose": key.purpose,
        "standard": key.standard,
        "place": key.place,
        "year": key.year,
        "sector": key.sector,
        "match": match.grade if match else None,
        "factor": _plain(match.factor) if match else None,
        "steps": [write_label(one) for one in found.says],
    }


def conflict_document(one: Conflict, library: FactorLibrary) -> Row:
    """A disagreement.

    Parameters
    ----------
    one : Conflict
        Factors side by side.
    library : FactorLibrary
        Names.

    Returns
    -------
    dict
        Topic, unit, spread, ratio, notes, and one row per factor with its value in that unit.
    """
    return {
        "substance": one.substance,
        "parameter": one.parameter,
        "purpose": one.purpose,
        "place": one.place,
        "year": one.year,
        "names": {kind: write_label(library.label(kind, getattr(one, kind))) for kind in KINDS[:3]},
        "unit": one.unit,
        "lower": _number(one.lower),
        "upper": _number(one.upper),
        "spread": _number(one.spread),
        "ratio": _number(one.ratio),
        "values": [
            {
                **_plain(row.factor),
                "compared": _number(row.value),
                "name": write_label(library.label("standard", row.factor.standard)),
            }
            for row in one.entries
        ],
        "notes": [_note(note) for note in one.notes],
    }


def composed_document(one: ComposedConflict, library: FactorLibrary) -> Row:
    """What a unit of a substance emits by each edition.

    Parameters
    ----------
    one : ComposedConflict
        Editions side by side.
    library : FactorLibrary
        Names.

    Returns
    -------
    dict
        Substance, unit and value by edition.
    """
    return {
        "method": one.method,
        "substance": one.substance,
        "name": write_label(library.label("substance", one.substance)),
        "unit": one.unit,
        "values": [{"edition": edition, "value": _number(value)} for edition, value in one.values.items()],
    }


def warming_document(one: WarmingStandard) -> Row:
    """Which assessment a reporting standard uses.

    Parameters
    ----------
    one : WarmingStandard
        The reporting standard.

    Returns
    -------
    dict
        ``assessment`` is ``None`` where its figures contradict one another.
    """
    plain = {"id": one.id, "label": write_label(one.label), "assessment": one.assessment, "gases": list(one.gases)}
    return {**plain, "grade": one.grade, "source": one.source, "note": one.note}


def book_document(book: FactorBook) -> Row:
    """The whole library for the page: names, titles and notes once, rows that point at them.

    Parameters
    ----------
    book : FactorBook
        The library.

    Returns
    -------
    dict
        ``names``, ``titles``, ``notes``, ``factors``, ``conflicts``, ``composed``.
    """
    topics = {(*topic_of(row.factor), note): note for row in book.rows for note in row.notes}
    return {
        "names": {**{kind: _names(book, kind) for kind in KINDS}, "use": _use_names(book)},
        "titles": {row.factor.source: write_wording(row.title) for row in book.rows},
        "notes": [dict(zip(KINDS[:3], key[:3], strict=True)) | _note(note) for key, note in topics.items()],
        "factors": [{**_plain(row.factor), "used_by": list(row.used_by), "disputed": row.disputed} for row in book.rows],
        "conflicts": [_sides(one) for one in book.conflicts],
        "composed": [composed_document(one, book.library) for one in book.composed],
    }


def write_label(label: Label) -> dict[str, str]:
    """A label as data.

    Parameters
    ----------
    label : Label
        The label.

    Returns
    -------
    dict
        ``zh`` and ``en``.
    """
    return {"zh": label.zh, "en": label.en}


def _names(book: FactorBook, kind: str) -> dict[str, dict[str, str]]:
    ids = sorted({str(getattr(row.factor, kind)) for row in book.rows if getattr(row.factor, kind)})
    return {name: write_label(_place(book, name) if kind == "place" else book.library.label(kind, name)) for name in ids}


def _place(book: FactorBook, code: str) -> Label:
    """Name of an administrative place or a grid; the code where it has none."""
    try:
        return place(code).label
    except LookupFailure:
        return book.library.label("place", code)


def _use_names(book: FactorBook) -> dict[str, dict[str, str]]:
    used = {use for row in book.rows for use in row.used_by}
    return {name: write_label(label) for name, label in book.uses.items() if name in used}


def _sides(one: Conflict) -> Row:
    """A disagreement whose factors are named only."""
    return {
        **{name: getattr(one, name) for name in ("substance", "parameter", "purpose", "place", "year", "unit")},
        "spread": _number(one.spread),
        "ratio": _number(one.ratio),
        "values": [
            {"id": row.factor.id, "value": _number(row.value), "share": _share(row.value, one.upper)} for row in one.entries
        ],
        "notes": [_note(note) for note in one.notes],
    }


def _share(value: Decimal | None, upper: Decimal) -> float | None:
    """Value as a share of the largest, for a bar. [0..1]"""
    return None if value is None or not upper else round(float(value / upper), 4)


def _note(note: ConflictNote) -> Row:
    return {"says": write_label(note.says), "source": note.source}


def _plain(factor: Factor) -> Row:
    names = ("id", "substance", "parameter", "purpose", "standard", "place", "year", "sector")
    numbers = {name: _number(getattr(factor, name)) for name in ("value", "lower", "upper")}
    texts = {name: getattr(factor, name) for name in ("unit", "source", "clause", "grade", "note")}
    return {**{name: getattr(factor, name) for name in names}, **numbers, **texts}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
