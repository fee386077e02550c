"""The factor library: coefficients keyed by substance, parameter, purpose, standard, place, year and sector.

Invariant: a look-up either returns one factor and says step by step how it matched, or fails; a later year, another
purpose or weak evidence never stands in silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, get_args

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.core.sources import Grade
from dafeng.core.units import unit
from dafeng.library.factor import Factor, Key, Match, Substitute, answer, failure, worst
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import Texts, read_texts, refusal

_COLUMNS: Mapping[str, Kind] = {
    "id": "text",
    "substance": "text",
    "parameter": "text",
    "purpose": "text",
    "standard": "text",
    "place": "text?",
    "year": "integer?",
    "sector": "text?",
    "value": "decimal?",
    "lower": "decimal?",
    "upper": "decimal?",
    "unit": "text",
    "source": "text",
    "clause": "text?",
    "grade": "text",
    "note": "text?",
}
FACTOR_COLUMNS: tuple[str, ...] = tuple(_COLUMNS)
"""Columns of a file of factors, in order."""
_NAMES: Mapping[str, Kind] = {"kind": "text", "id": "text", "zh": "text", "en": "text", "symbol": "text?"}
_SUBSTITUTES: Mapping[str, Kind] = {
    "purpose": "text",
    "substance": "text",
    "substitute": "text",
    "source": "text",
    "zh": "text",
    "en": "text",
}
_CARRIERS: Mapping[str, Kind] = {"carrier": "text", "zh": "text", "en": "text"}
_OTHER_KINDS = ("quantity", "place")
_KINDS = ("substance", "parameter", "purpose", "standard")


@dataclass(frozen=True, slots=True)
class FactorLibrary:
    """All factors that may be asked for.

    Parameters
    ----------
    factors : mapping of str to Factor
        Factor by id.
    names : mapping of (kind, id) to (Label, str)
        Name and symbol of every substance, parameter, purpose and standard.
    substitutes : mapping of (purpose, substance) to Substitute
        Substances that may stand in.
    """

    factors: Mapping[str, Factor]
    names: Mapping[tuple[str, str], tuple[Label, str]]
    substitutes: Mapping[tuple[str, str], Substitute]
    _index: Mapping[tuple[str, str], tuple[Factor, ...]] = field(default_factory=dict, repr=False)

    def look_up(
        self,
        substance: str,
        parameter: str,
        purpose: str,
        standard: str,
        place: str,
        year: int,
        *,
        sector: str | None = None,
        fallback: tuple[str, ...] = (),
        provisional: bool = False,
    ) -> Match:
        """Factor for a key.

        Parameters
        ----------
        substance, parameter, purpose, standard : str
            As in ``Factor``.
        place : str
            Administrative code; surrounding places are searched outwards.
        year : int
            Year of the activity; an earlier figure may stand in, a later one never.
        sector : str, optional
            Inventory category; a factor limited to it is preferred.
        fallback : tuple of str
            Standards to search next, in order.
        provisional : bool
            Whether weak evidence may be used where nothing better exists.

        Returns
        -------
        Match
            The factor, the match grade and the steps.

        Raises
        ------
        PurposeError
            If the substance and parameter exist, but only for other purposes.
        LookupFailure
            If nothing answers the key.
        """
        key = Key(substance, parameter, purpose, standard, place, year, sector)
        return self.find(key, fallback=fallback, provisional=provisional)

    def find(self, key: Key, *, fallback: tuple[str, ...] = (), provisional: bool = False) -> Match:
        """Factor for a key; ``look_up`` with the key as one value.

        Parameters
        ----------
        key : Key
            What is asked.
        fallback : tuple of str
            Standards to search next, in order.
        provisional : bool
            Whether weak evidence may be used where nothing better exists.

        Returns
        -------
        Match
            The factor, the match grade and the steps.

        Raises
        ------
        PurposeError
            If the substance and parameter exist, but only for other purposes.
        LookupFailure
            If nothing answers the key.
        """
        listed = self._index.get((key.substance, key.parameter), ())
        found = answer(key, listed, fallback=fallback, provisional=provisional)
        found = found or self._of_whole(key, fallback, provisional=provisional)
        return found or self._substituted(key, listed, fallback, provisional=provisional)

    def resolve(
        self, keys: Iterable[Key], *, fallback: tuple[str, ...] = (), provisional: bool = False
    ) -> dict[Key, Match | LookupFailure]:
        """Factors for many keys: every distinct key is looked up once (rule R2).

        Parameters
        ----------
        keys : iterable of Key
            Keys, repeated as often as they occur.
        fallback : tuple of str
            Standards to search next, in order.
        provisional : bool
            Whether weak evidence may be used where nothing better exists.

        Returns
        -------
        dict
            Match, or the failure, by distinct key in order of first occurrence.

        Raises
        ------
        PurposeError
            If a key asks for a purpose that its substance and parameter do not have.
        """
        found: dict[Key, Match | LookupFailure] = {}
        for key in dict.fromkeys(keys):
            try:
                found[key] = self.find(key, fallback=fallback, provisional=provisional)
            except LookupFailure as failure:
                found[key] = failure
        return found

    def add(self, factors: Iterable[Factor]) -> FactorLibrary:
        """Library with more factors; none is edited.

        Parameters
        ----------
        factors : iterable of Factor
            Factors of one study, e.g. published figures to be reproduced.

        Returns
        -------
        FactorLibrary
            A new library.

        Raises
        ------
        DefinitionError
            If an id or a key comes twice.
        """
        listed = [(name, name, factor) for name, factor in self.factors.items()]
        listed += [(factor.id, factor.id, factor) for factor in factors]
        return library(merged(listed), self.names, self.substitutes)

    def label(self, kind: str, name: str) -> Label:
        """Name of a substance, parameter, purpose, standard or quantity.

        Parameters
        ----------
        kind : {"substance", "parameter", "purpose", "standard", "quantity"}
            What sort of thing it is.
        name : str
            Its id.

        Returns
        -------
        Label
            Its name, that of the substance for a gas; the id itself where it has none.
        """
        found = self.names.get((kind, name)) or (self.names.get(("substance", name)) if kind == "quantity" else None)
        return found[0] if found else Label(name, name)

    def _of_whole(self, key: Key, fallback: tuple[str, ...], *, provisional: bool) -> Match | None:
        """Value of what the substance is part of: ``dairy.young`` is part of ``dairy``."""
        whole, dot, _ = key.substance.rpartition(".")
        if not dot:
            return None
        wider = replace(key, substance=whole)
        found = answer(wider, self._index.get((whole, key.parameter), ()), fallback=fallback, provisional=provisional)
        if found is None:
            return self._of_whole(wider, fallback, provisional=provisional)
        name = self.label("substance", whole)
        step = Label(f"取整类“{name.zh}”的值", f"the value of {name.en} as a whole")
        return replace(found, steps=(step, *found.steps))

    def _substituted(self, key: Key, listed: tuple[Factor, ...], fallback: tuple[str, ...], *, provisional: bool) -> Match:
        substitute = self.substitutes.get((key.purpose, key.substance))
        if substitute is None:
            raise failure(key, listed, fallback)
        found = self.find(replace(key, substance=substitute.substance), fallback=fallback, provisional=provisional)
        names = self.label("substance", key.substance), self.label("substance", substitute.substance)
        step = Label(
            f"没有“{names[0].zh}”的因子，以“{names[1].zh}”代替：{substitute.reason.zh}",
            f"no factor for {names[0].en}; {names[1].en} stands in: {substitute.reason.en}",
        )
        return Match(found.factor, found.value, worst((found.grade, "substitute")), (step, *found.steps))


def read_factors(*folders: Path) -> FactorLibrary:
    """Factor library of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city; their ``factors/*.csv`` add factors, never edit them.

    Returns
    -------
    FactorLibrary
        All factors.

    Raises
    ------
    DefinitionError
        If a file breaks the schema: unknown name, unit or source, a repeated id or key, an unknown value without note.
    """
    stack = layers(*folders)
    carriers = read_texts(definition_files(stack, "classes/carriers.csv"))
    return _library(carriers, read_texts(definition_files(stack, "factors/*.csv")), frozenset(read_sources(*folders)))


@lru_cache(maxsize=16)
def _library(carriers: Texts, files: Texts, known: frozenset[str]) -> FactorLibrary:
    named = [file for file in files if file[0].startswith("names")]
    replacing = [file for file in files if file[0] == "substitutes.csv"]
    others = (file for file in files if not file[0].startswith(("names", "substitutes")))
    names = merged(chain(_carriers(carriers), _names(named)))
    substitutes = merged(_substitutes(replacing))
    rows = [(row["id"], row["at"], row) for file, text in others for row in load_csv(text, _COLUMNS, name=file)]
    factors = {name: _factor(row, names) for name, row in merged(rows).items()}
    for _, at, row in rows:
        check_source(row["source"], known, at)
    return library(factors, names, substitutes)


def library(
    factors: Mapping[str, Factor],
    names: Mapping[Any, tuple[Label, str]],
    substitutes: Mapping[Any, Substitute],
) -> FactorLibrary:
    """Library of given factors.

    Parameters
    ----------
    factors : mapping of str to Factor
        Factor by id.
    names : mapping of (kind, id) to (Label, str)
        Name and symbol of every substance, parameter, purpose and standard.
    substitutes : mapping of (purpose, substance) to Substitute
        Substances that may stand in.

    Returns
    -------
    FactorLibrary
        The library with its index.

    Raises
    ------
    DefinitionError
        If two factors answer the same key.
    """
    index: dict[tuple[str, str], tuple[Factor, ...]] = {}
    seen: dict[tuple[Any, ...], str] = {}
    for factor in factors.values():
        key = (factor.substance, factor.parameter)
        full = (*key, factor.purpose, factor.standard, factor.place, factor.year, factor.sector)
        if full in seen:
            raise refusal(factor.id, f"与“{seen[full]}”的键相同", f"has the same key as '{seen[full]}'")
        seen[full] = factor.id
        index[key] = (*index.get(key, ()), factor)
    return FactorLibrary(factors, names, substitutes, index)


def _carriers(files: Iterable[tuple[str, str]]) -> Iterator[tuple[Any, str, tuple[Label, str]]]:
    for file, text in files:
        for row in load_csv(text, _CARRIERS, others=True, name=file):
            yield ("substance", row["carrier"]), row["at"], (Label(row["zh"], row["en"]), "")


def _names(files: Iterable[tuple[str, str]]) -> Iterator[tuple[Any, str, tuple[Label, str]]]:
    for file, text in files:
        for row in load_csv(text, _NAMES, name=file):
            if row["kind"] not in (*_KINDS, *_OTHER_KINDS):
                raise refusal(row["at"], f"种类“{row['kind']}”不明", f"unknown kind '{row['kind']}'")
            yield (row["kind"], row["id"]), row["at"], (Label(row["zh"], row["en"]), row["symbol"] or "")


def _substitutes(files: Iterable[tuple[str, str]]) -> Iterator[tuple[Any, str, Substitute]]:
    for file, text in files:
        for row in load_csv(text, _SUBSTITUTES, name=file):
            found = Substitute(row["substitute"], row["source"], Label(row["zh"], row["en"]))
            yield (row["purpose"], row["substance"]), row["at"], found


def _factor(row: Mapping[str, Any], names: Mapping[Any, tuple[Label, str]]) -> Factor:
    at = row["at"]
    for kind in _KINDS:
        if (kind, row[kind]) not in names:
            raise refusal(at, f"{kind}“{row[kind]}”不在 names.csv 中", f"{kind} '{row[kind]}' is not in names.csv")
    if row["grade"] not in get_args(Grade):
        raise refusal(at, f"证据等级“{row['grade']}”不明", f"unknown evidence grade '{row['grade']}'")
    if row["value"] is None and not row["note"]:
        raise refusal(at, "未知的数值须加注说明", "an unknown value needs a note")
    if row["lower"] is not None and row["upper"] is not None and row["lower"] > row["upper"]:
        raise refusal(at, "下限高于上限", "the lower bound exceeds the upper one")
    unit(row["unit"])
    substance, parameter = names["substance", row["substance"]][0], names["parameter", row["parameter"]][0]
    label = Label(f"{substance.zh} {parameter.zh}", f"{substance.en}, {parameter.en}")
    plain = {column: row[column] for column in _COLUMNS if column not in ("clause", "note")}
    return Factor(**plain, clause=row["clause"] or "", note=row["note"] or "", label=label)
