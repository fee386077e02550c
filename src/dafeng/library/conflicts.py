"""Where sources disagree: the values of all standards for one substance, parameter, purpose, place and year, side by side.

Invariant: factors of different purposes never stand in one group, values are compared in one unit, and a difference
is shown, not settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from pathlib import Path

from dafeng.core.labels import Label
from dafeng.core.units import convert, same_dimension
from dafeng.library.factor import Factor, check_purpose
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import definition_files, layers
from dafeng.library.sources import check_source, read_sources

Topic = tuple[str, str, str]
"""Substance, parameter and purpose."""
_COLUMNS: Mapping[str, Kind] = {
    "substance": "text",
    "parameter": "text",
    "purpose": "text",
    "zh": "text",
    "en": "text",
    "source": "text",
}
_RATIO = Decimal("0.0001")
_DIGITS = 40


@dataclass(frozen=True, slots=True)
class ConflictNote:
    """What is known about a disagreement.

    Parameters
    ----------
    says : Label
        The note.
    source : str
        Source id.
    """

    says: Label
    source: str


@dataclass(frozen=True, slots=True)
class ConflictEntry:
    """One factor in a comparison.

    Parameters
    ----------
    factor : Factor
        The factor.
    value : Decimal or None
        Its value in the unit of the comparison; ``None`` where unknown. [unit of the comparison]
    """

    factor: Factor
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Factors that answer the same question.

    Parameters
    ----------
    substance, parameter, purpose : str
        What they say.
    place : str or None
        Administrative code; ``None`` for defaults of the standards.
    year : int or None
        Year; ``None`` for defaults.
    unit : str
        Unit in which they are compared: that of the first.
    entries : tuple of ConflictEntry
        In the order of their standards.
    lower, upper : Decimal
        Smallest and largest value. [unit]
    spread : Decimal
        upper - lower. [unit]
    ratio : Decimal or None
        upper / lower to 4 places; ``None`` where the smallest is not positive.
    notes : tuple of ConflictNote
        What is known about it.
    """

    substance: str
    parameter: str
    purpose: str
    place: str | None
    year: int | None
    unit: str
    entries: tuple[ConflictEntry, ...]
    lower: Decimal
    upper: Decimal
    spread: Decimal
    ratio: Decimal | None
    notes: tuple[ConflictNote, ...]

    @property
    def agrees(self) -> bool:
        """Whether all known values are equal."""
        return self.lower == self.upper


def read_notes(*folders: Path) -> Mapping[Topic, tuple[ConflictNote, ...]]:
    """Notes on disagreements of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city; their ``conflicts/factors.csv`` add notes.

    Returns
    -------
    mapping of (substance, parameter, purpose) to tuple of ConflictNote
        Notes by topic.

    Raises
    ------
    DefinitionError
        If a file breaks its columns or quotes an unknown source.
    """
    known = read_sources(*folders)
    found: dict[Topic, tuple[ConflictNote, ...]] = {}
    for path in definition_files(layers(*folders), "conflicts/factors.csv"):
        for row in load_csv(path, _COLUMNS):
            topic = row["substance"], row["parameter"], row["purpose"]
            note = ConflictNote(Label(row["zh"], row["en"]), check_source(row["source"], known, row["at"]))
            found[topic] = (*found.get(topic, ()), note)
    return found


def find_conflicts(
    factors: Iterable[Factor], *, notes: Mapping[Topic, tuple[ConflictNote, ...]] | None = None, agreeing: bool = False
) -> tuple[Conflict, ...]:
    """Groups of factors of two or more standards for one question.

    Parameters
    ----------
    factors : iterable of Factor
        Factors; their order does not matter.
    notes : mapping of (substance, parameter, purpose) to tuple of ConflictNote, optional
        Notes by topic.
    agreeing : bool
        Whether to list groups whose values are equal too.

    Returns
    -------
    tuple of Conflict
        The widest first, by ratio.
    """
    groups: dict[tuple[str, ...], list[Factor]] = {}
    for factor in factors:
        groups.setdefault((*topic_of(factor), factor.place or "", str(factor.year or "")), []).append(factor)
    told = notes or {}
    found = [conflict for group in groups.values() for conflict in _conflict(group, told) if agreeing or not conflict.agrees]
    return tuple(sorted(found, key=_order))


def topic_of(factor: Factor) -> Topic:
    """What a factor is about.

    Parameters
    ----------
    factor : Factor
        The factor.

    Returns
    -------
    tuple of str
        Substance, parameter and purpose.
    """
    return factor.substance, factor.parameter, factor.purpose


def _conflict(group: list[Factor], notes: Mapping[Topic, tuple[ConflictNote, ...]]) -> Iterator[Conflict]:
    check_purpose(group)
    known = sorted((one for one in group if one.value is not None), key=lambda one: (one.standard, one.sector or "", one.id))
    unknown = tuple(ConflictEntry(one, None) for one in sorted(group, key=lambda one: one.id) if one.value is None)
    while known:
        base = known[0]
        rows = [
            ConflictEntry(one, convert(one.value or Decimal(0), one.unit, base.unit)) for one in known if _beside(one, base)
        ]
        known = [one for one in known if not _beside(one, base)]
        if len({row.factor.standard for row in rows}) > 1:
            yield _compared(base, (*rows, *unknown), notes.get(topic_of(base), ()))


def _beside(one: Factor, base: Factor) -> bool:
    return same_dimension(one.unit, base.unit)


def _compared(base: Factor, rows: tuple[ConflictEntry, ...], notes: tuple[ConflictNote, ...]) -> Conflict:
    values = [row.value for row in rows if row.value is not None]
    lower, upper = min(values), max(values)
    return Conflict(
        *topic_of(base),
        place=base.place,
        year=base.year,
        unit=base.unit,
        entries=rows,
        lower=lower,
        upper=upper,
        spread=upper - lower,
        ratio=_ratio(lower, upper),
        notes=notes,
    )


def _ratio(lower: Decimal, upper: Decimal) -> Decimal | None:
    with localcontext() as context:
        context.prec = _DIGITS
        return (upper / lower).quantize(_RATIO) if lower > 0 else None


def _order(one: Conflict) -> tuple[Decimal, str, str, str, str, int]:
    return (-(one.ratio or Decimal(0)), one.substance, one.parameter, one.purpose, one.place or "", one.year or 0)
