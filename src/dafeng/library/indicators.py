"""The catalogue of indicators: what a target or a delivered figure speaks of.

Invariant: a name is matched only where it says the same and its unit has the indicator's dimension; a name nobody
defined stays unknown (``None``) and is never forced onto the nearest one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast, get_args

from dafeng.core.errors import FormulaError, UnitError
from dafeng.core.labels import Label
from dafeng.core.sources import Source
from dafeng.core.units import same_dimension, unit
from dafeng.formula import parse, unit_of
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml

Kind = Literal["stock", "flow", "ratio", "count", "coverage", "milestone"]
Direction = Literal["increase", "decrease", "none"]
"""What is better; ``none`` where neither is."""
Counting = Literal["operating", "built_and_under_construction", "cumulative", "new"]
How = Literal["name", "synonym", "shortened", "word_order"]
"""How a name was recognised, surest first."""

_FIELDS = frozenset(
    [
        "id",
        "field",
        "label",
        "unit",
        "kind",
        "direction",
        "counting",
        "synonyms",
        "definition",
        "needs",
        "source",
        "clause",
        "note",
    ]
)
_SAME = (("国内生产总值", "gdp"), ("地区生产总值", "gdp"), ("二氧化碳", "co2"), ("能源消费总量", "能源消费量"))
_FILLERS = re.compile("全市|全省|全社会的|的|达到|实现|[，。、；：（）()“”\"'·,.;:]")
_TAILS = re.compile("(占比|比重|比例|下降率|降低率|提高率|率)$")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One defined quantity.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        Name in words.
    unit : str
        Unit; shares have the unit ``1``.
    kind : Kind
        Stock, flow, ratio, count, coverage or milestone.
    direction : Direction
        What is better.
    field : str
        Field of work it belongs to (energy, industry, transport …).
    synonyms : tuple of str
        Other Chinese names.
    counting : Counting or None
        What a capacity counts; figures that count differently are different indicators.
    definition : str or None
        Expression over other indicators of the same place and year, in the formula language.
    needs : tuple of str
        Indicators that the definition uses.
    source : str
        Source id of the definition.
    note : str
        Reservations.
    """

    id: str
    label: Label
    unit: str
    kind: Kind
    direction: Direction
    field: str
    synonyms: tuple[str, ...]
    counting: Counting | None
    definition: str | None
    needs: tuple[str, ...]
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorMatch:
    """An indicator and how its name was recognised.

    Parameters
    ----------
    indicator : Indicator
        The indicator.
    how : How
        How the name was recognised.
    reason : Label
        The same in words.
    """

    indicator: Indicator
    how: How
    reason: Label


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All indicators.

    Parameters
    ----------
    indicators : mapping of str to Indicator
        Indicator by id.
    """

    indicators: Mapping[str, Indicator]

    def match(self, name: str, unit: str, *, counting: Counting | None = None) -> IndicatorMatch | None:
        """Indicator that a Chinese name speaks of.

        Parameters
        ----------
        name : str
            Name as a text gives it.
        unit : str
            Unit of the figure; it must have the dimension of the indicator.
        counting : Counting, optional
            What a capacity counts, where the text says so; without it operating capacity is meant.

        Returns
        -------
        IndicatorMatch or None
            The match; ``None`` if no indicator, or more than one, answers equally well.
        """
        found = [(how, indicator) for indicator in self.indicators.values() if (how := _recognised(name, indicator))]
        fitting = [(how, i) for how, i in found if _same_dimension(unit, i.unit) and _counts(i, counting)]
        best = min((_rank(how) for how, _ in fitting), default=None)
        chosen = [(how, i) for how, i in fitting if _rank(how) == best]
        if len(chosen) != 1:
            return None
        how, indicator = chosen[0]
        return IndicatorMatch(indicator, how, _reason(name, indicator, how))


def read_indicators(*folders: Path) -> Catalogue:
    """Catalogue of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city; their ``indicators/*.yaml`` add indicators, never edit them.

    Returns
    -------
    Catalogue
        All indicators.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, a definition uses an unknown indicator, or its unit is not the declared one.
    """
    rows = list(_rows(definition_files(layers(*folders), "indicators/*.yaml"), read_sources(*folders)))
    catalogue = Catalogue(merged((indicator.id, at, indicator) for at, indicator, _ in rows))
    for _, indicator, record in rows:
        _check_definition(indicator, record, catalogue)
    return catalogue


@lru_cache(maxsize=8192)
def normal(name: str) -> str:
    """Name without what does not distinguish: width, blanks, fillers; the GDP under one word.

    Parameters
    ----------
    name : str
        Chinese name.

    Returns
    -------
    str
        Normal form, lower case.
    """
    text = "".join(unicodedata.normalize("NFKC", name).split()).lower()
    for spelling, word in _SAME:
        text = text.replace(spelling, word)
    return _FILLERS.sub("", text)


def _rows(paths: Iterator[Path], known: Mapping[str, Source]) -> Iterator[tuple[str, Indicator, Record]]:
    for path in paths:
        root = Record(read_yaml(path), ()).allow({"id", "source", "indicators"})
        default = root.text("source")
        for record in root.children("indicators"):
            record.allow(_FIELDS)
            source = record.text_or_none("source") or default
            at = record.marked.at(*record.path)
            check_source(source, known, at)
            yield at, _indicator(record, source), record


def _indicator(record: Record, source: str) -> Indicator:
    definition = record.text_or_none("definition")
    needs = record.texts("needs") or (tuple(sorted(_names(record, definition))) if definition else ())
    return Indicator(
        id=record.text("id"),
        label=record.label("label"),
        unit=_unit(record),
        kind=cast(Kind, record.text("kind", among=get_args(Kind))),
        direction=cast(Direction, record.text("direction", among=get_args(Direction))),
        field=record.text("field"),
        synonyms=record.texts("synonyms"),
        counting=cast("Counting | None", record.text_or_none("counting", among=get_args(Counting))),
        definition=definition,
        needs=needs,
        source=source,
        note=record.text_or_none("note") or "",
    )


def _unit(record: Record) -> str:
    text = record.text("unit")
    try:
        unit(text)
    except UnitError as cause:
        raise record.error(f"单位“{text}”不认识", f"unknown unit '{text}'", key="unit") from cause
    return text


def _names(record: Record, definition: str) -> tuple[str, ...]:
    try:
        return tuple(parse(definition).names)
    except FormulaError as cause:
        raise record.error(f"定义无法解析：{cause.what.zh}", f"cannot parse: {cause.what.en}", key="definition") from cause


def _check_definition(indicator: Indicator, record: Record, catalogue: Catalogue) -> None:
    for need in indicator.needs:
        if need not in catalogue.indicators:
            raise record.error(f"所用指标“{need}”不存在", f"uses the unknown indicator '{need}'", key="definition")
    if indicator.definition is None:
        return
    lacking = set(_names(record, indicator.definition)) - set(indicator.needs)
    if lacking:
        said = ", ".join(sorted(lacking))
        raise record.error(f"needs 缺少 {said}", f"'needs' lacks {said}", key="needs")
    units = {need: unit(catalogue.indicators[need].unit) for need in indicator.needs}
    try:
        found = unit_of(parse(indicator.definition), units)
    except (FormulaError, UnitError) as cause:
        raise record.error(f"单位不符：{cause.what.zh}", f"units disagree: {cause.what.en}", key="definition") from cause
    if not same_dimension(found, indicator.unit):
        raise record.error(
            f"定义的单位是 {found}，声明为 {indicator.unit}",
            f"the definition has the unit {found}, declared is {indicator.unit}",
            key="definition",
        )


def _recognised(name: str, indicator: Indicator) -> How | None:
    asked = normal(name)
    labels = [normal(indicator.label.zh)]
    synonyms = [normal(synonym) for synonym in indicator.synonyms]
    short = {_TAILS.sub("", text) for text in (*labels, *synonyms)}
    if asked in labels:
        return "name"
    if asked in synonyms:
        return "synonym"
    if _TAILS.sub("", asked) in short:
        return "shortened"
    return "word_order" if sorted(_TAILS.sub("", asked)) in [sorted(text) for text in short] else None


def _rank(how: How) -> int:
    return get_args(How).index(how)


def _counts(indicator: Indicator, counting: Counting | None) -> bool:
    return indicator.counting is None or indicator.counting == (counting or "operating")


def _same_dimension(one: str, other: str) -> bool:
    try:
        return same_dimension(one, other)
    except UnitError:
        return False


def _reason(name: str, indicator: Indicator, how: How) -> Label:
    said = {
        "name": ("与指标名相同", "is the indicator's name"),
        "synonym": ("是登记的同义名", "is a listed synonym"),
        "shortened": ("去掉“占比、率”等后相同", "is the same without its tail (share, rate)"),
        "word_order": ("词序不同、用字相同", "uses the same words in another order"),
    }[how]
    return Label(f"“{name}”{said[0]}（{indicator.label.zh}）", f"'{name}' {said[1]} ({indicator.label.en})")
