"""``factors``: what the library holds, how a key is met, where sources disagree, and which methods use what.

Invariant: nothing is chosen here; every answer is the library's own, with the steps that led to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dafeng.core.errors import LookupFailure, PurposeError
from dafeng.core.labels import Label, Wording, texts_of
from dafeng.library.conflicts import Conflict, ConflictNote, find_conflicts, read_notes, topic_of
from dafeng.library.factor import Factor, Key, Match
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.sources import read_sources
from dafeng.library.warming_standards import WarmingStandard, read_warming_standards
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import Edition, Method
from dafeng.work.city import City
from dafeng.work.composed import ComposedConflict, compare_composed


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A factor as the browser shows it.

    Parameters
    ----------
    factor : Factor
        The factor.
    title : str or Label
        Title of its source.
    used_by : tuple of str
        Editions of methods that may take it, as ``method:edition``.
    notes : tuple of ConflictNote
        What is known about disagreements on it.
    disputed : bool
        Whether another standard gives another value for the same question.
    """

    factor: Factor
    title: Wording
    used_by: tuple[str, ...]
    notes: tuple[ConflictNote, ...]
    disputed: bool


@dataclass(frozen=True, slots=True)
class KeyMatch:
    """How one key is met.

    Parameters
    ----------
    key : Key
        What was asked.
    match : Match or None
        The answer; ``None`` where there is none.
    says : tuple of Label
        The steps of the look-up, or why nothing answers.
    """

    key: Key
    match: Match | None
    says: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class FactorBook:
    """The library with all that is said about its factors.

    Parameters
    ----------
    library : FactorLibrary
        Factors and names.
    rows : tuple of FactorRow
        Factors in the order of their ids.
    conflicts : tuple of Conflict
        Groups of two or more standards whose values differ, the widest first.
    composed : tuple of ComposedConflict
        Fuels whose editions give different emissions, the widest first.
    uses : mapping of str to Label
        Method and edition in words, by ``method:edition``.
    """

    library: FactorLibrary
    rows: tuple[FactorRow, ...]
    conflicts: tuple[Conflict, ...]
    composed: tuple[ComposedConflict, ...]
    uses: Mapping[str, Label]


def read_book(*, city: City | None = None) -> FactorBook:
    """The library, of the package or with a city's own factors.

    Parameters
    ----------
    city : City, optional
        City whose overlay is read as well.

    Returns
    -------
    FactorBook
        Factors, conflicts and uses.
    """
    folders: tuple[Path, ...] = (city.overlay,) if city else ()
    library, methods, notes = read_factors(*folders), read_methods(*folders), read_notes(*folders)
    sources = read_sources(*folders)
    conflicts = find_conflicts(library.factors.values(), notes=notes)
    disputed = {entry.factor.id for conflict in conflicts for entry in conflict.entries}
    uses = _uses(methods.values())
    rows = tuple(
        FactorRow(
            factor,
            sources[factor.source].title if factor.source in sources else factor.source,
            used_by(factor, uses),
            notes.get(topic_of(factor), ()),
            factor.id in disputed,
        )
        for factor in sorted(library.factors.values(), key=lambda one: one.id)
    )
    return FactorBook(library, rows, conflicts, compare_composed(library, methods.values()), _use_names(methods.values()))


def list_factors(
    *,
    city: City | None = None,
    text: str = "",
    substance: str | None = None,
    parameter: str | None = None,
    purpose: str | None = None,
    standard: str | None = None,
    place: str | None = None,
    year: int | None = None,
    grade: str | None = None,
) -> tuple[FactorRow, ...]:
    """Factors that pass all filters.

    Parameters
    ----------
    city : City, optional
        City whose own factors are listed as well.
    text : str
        Words that must all stand in the id, the names, the note or the title of the source.
    substance, parameter, purpose, standard, place, grade : str, optional
        Exact parts of the key, and the evidence grade.
    year : int, optional
        Year of the figure.

    Returns
    -------
    tuple of FactorRow
        In the order of their ids.
    """
    wanted = {
        "substance": substance, "parameter": parameter, "purpose": purpose, "standard": standard, "place": place, "year": year,
        "grade": grade,
    }  # fmt: skip
    book = read_book(city=city)
    asked = {name: value for name, value in wanted.items() if value is not None}
    words = text.casefold().split()
    return tuple(
        row
        for row in book.rows
        if all(getattr(row.factor, name) == value for name, value in asked.items()) and _holds(row, words, book.library)
    )


def show_factor(name: str, *, city: City | None = None) -> FactorRow:
    """One factor.

    Parameters
    ----------
    name : str
        Its id.
    city : City, optional
        City whose own factors are searched as well.

    Returns
    -------
    FactorRow
        The factor.

    Raises
    ------
    LookupFailure
        If there is no such factor.
    """
    rows = {row.factor.id: row for row in read_book(city=city).rows}
    if name not in rows:
        near = sorted(one for one in rows if name in one)[:5]
        raise LookupFailure(
            Label(f"没有因子“{name}”", f"there is no factor '{name}'"),
            where=name,
            expected=Label("、".join(near) or "factors list 列出的编号", ", ".join(near) or "an id of factors list"),
            remedy=Label("用 dafeng factors list --text 查找", "look for it with dafeng factors list --text"),
        )
    return rows[name]


def match_factor(
    substance: str,
    *,
    place: str,
    year: int,
    parameter: str | None = None,
    purpose: str | None = None,
    standard: str | None = None,
    sector: str | None = None,
    provisional: bool = False,
    city: City | None = None,
) -> tuple[KeyMatch, ...]:
    """How keys would be met; a part that is left out stands for every one that the library has, each asked apart.

    Parameters
    ----------
    substance : str
        Substance.
    place : str
        Administrative code.
    year : int
        Year of the activity.
    parameter, purpose, standard, sector : str, optional
        Further parts of the key.
    provisional : bool
        Whether weak evidence may be used.
    city : City, optional
        City whose own factors are asked as well.

    Returns
    -------
    tuple of KeyMatch
        One per key, with the steps of its look-up.

    Raises
    ------
    LookupFailure
        If the library has nothing of the substance, the parameter and the standard at all.
    """
    library = read_factors(city.overlay) if city else read_factors()
    keys = [
        Key(substance, one[0], one[1], one[2], place, year, sector)
        for one in _asked(library, substance, parameter, purpose, standard)
    ]
    if not keys:
        asked = " / ".join(part for part in (substance, parameter, purpose, standard) if part)
        raise LookupFailure(
            Label(f"因子库中没有 {asked}", f"the library has nothing of {asked}"),
            where=asked,
            expected=Label(
                "factors list 列出的物质、参数、用途和标准", "substance, parameter, purpose and standard of factors list"
            ),
            remedy=Label("用 dafeng factors list --text 查找", "look for it with dafeng factors list --text"),
        )
    return tuple(_met(library, key, provisional=provisional) for key in keys)


def factor_conflicts(
    *, city: City | None = None, substance: str | None = None, purpose: str | None = None, agreeing: bool = False
) -> tuple[Conflict, ...]:
    """Where sources disagree.

    Parameters
    ----------
    city : City, optional
        City whose own factors are compared as well.
    substance, purpose : str, optional
        Only of this substance or purpose.
    agreeing : bool
        Whether to list groups whose values are equal too.

    Returns
    -------
    tuple of Conflict
        Values of all standards side by side, the widest first; never across purposes.
    """
    folders: tuple[Path, ...] = (city.overlay,) if city else ()
    found = find_conflicts(read_factors(*folders).factors.values(), notes=read_notes(*folders), agreeing=agreeing)
    return tuple(one for one in found if substance in (None, one.substance) and purpose in (None, one.purpose))


def warming_standards(*, city: City | None = None) -> tuple[WarmingStandard, ...]:
    """Which assessment's warming potentials each reporting standard uses.

    Parameters
    ----------
    city : City, optional
        City whose own definitions are read as well.

    Returns
    -------
    tuple of WarmingStandard
        A standard whose figures contradict one another has no assessment.
    """
    return tuple(read_warming_standards(*((city.overlay,) if city else ())).values())


Use = tuple[str, str, str, str | None, frozenset[str]]
"""``method:edition``, parameter, purpose, standard with fallback joined by a bar, and substances (empty for any)."""


def used_by(factor: Factor, uses: Iterable[Use]) -> tuple[str, ...]:
    """Editions of methods that may take a factor.

    Parameters
    ----------
    factor : Factor
        The factor.
    uses : iterable of Use
        What the editions ask for.

    Returns
    -------
    tuple of str
        ``method:edition``.
    """
    return tuple(
        dict.fromkeys(
            name
            for name, parameter, purpose, standards, substances in uses
            if (parameter, purpose) == (factor.parameter, factor.purpose)
            and factor.standard in (standards or "").split("|")
            and (not substances or factor.substance in substances)
        )
    )


def _uses(methods: Iterable[Method]) -> tuple[Use, ...]:
    return tuple(use for method in methods for edition in method.editions.values() for use in _of_edition(method, edition))


def _use_names(methods: Iterable[Method]) -> dict[str, Label]:
    return {
        f"{method.id}:{edition.id}": Label(
            f"{method.title.zh}（{edition.label.zh}）", f"{method.title.en} ({edition.label.en})"
        )
        for method in methods
        for edition in method.editions.values()
    }


def _of_edition(method: Method, edition: Edition) -> Iterator[Use]:
    standards = "|".join((edition.standard, *edition.fallback))
    for name in method.equations[edition.equation].names:
        need = method.factors.get(name)
        if need is not None:
            own = frozenset((need.substance,)) if need.substance else frozenset[str]()
            yield f"{method.id}:{edition.id}", need.parameter, need.purpose, standards, own


def _holds(row: FactorRow, words: Iterable[str], library: FactorLibrary) -> bool:
    factor = row.factor
    names = [library.label(kind, getattr(factor, kind)) for kind in ("substance", "parameter", "purpose", "standard")]
    said = " ".join(
        (factor.id, factor.note, *texts_of(row.title), *(text for label in names for text in (label.zh, label.en)))
    ).casefold()
    return all(word in said for word in words)


def _asked(
    library: FactorLibrary, substance: str, parameter: str | None, purpose: str | None, standard: str | None
) -> tuple[tuple[str, str, str], ...]:
    names = [substance, *(s.substance for (_, name), s in library.substitutes.items() if name == substance)]
    known = {
        (one.parameter, one.purpose, one.standard)
        for one in library.factors.values()
        if one.substance in names and parameter in (None, one.parameter) and standard in (None, one.standard)
    }
    fitting = {one for one in known if purpose in (None, one[1])}
    # a purpose that nothing has is asked all the same, so that the library itself says which there are
    return tuple(sorted(fitting or {(one[0], str(purpose), one[2]) for one in known}))


def _met(library: FactorLibrary, key: Key, *, provisional: bool) -> KeyMatch:
    try:
        match = library.find(key, provisional=provisional)
    except (LookupFailure, PurposeError) as cause:
        return KeyMatch(key, None, (cause.what, cause.expected))
    return KeyMatch(key, match, match.steps)
