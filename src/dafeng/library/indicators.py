"""The catalogue of indicators: what a target or a delivered figure speaks of.

Invariant: a name is matched only where it says the same and its unit, what it counts and whether it is a change agree; a
name nobody defined stays unknown (``None``) and is never forced onto the nearest one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Literal, cast, get_args

from dafeng.core.errors import FormulaError, UnitError
from dafeng.core.labels import Label
from dafeng.core.units import same_dimension, unit
from dafeng.formula import parse, unit_of
from dafeng.library.naming import asked_names, fit_unit, folded, is_change
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.recognition import How, NameIndex, index_names, nearest, recognise, same_without_tail
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import Texts, read_texts, read_yaml

Kind = Literal["stock", "flow", "ratio", "count", "coverage", "milestone"]
Direction = Literal["increase", "decrease", "none"]
"""What is better; ``none`` where neither is."""
Counting = Literal["operating", "built_and_under_construction", "cumulative", "new"]
Change = Literal["increase", "decrease", "yearly"]
"""A figure that tells a change against a base year, or a mean change per year, and no level."""

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

UNIT = "unit_"
"""What the ids of figures of power units begin with: their ``flow`` is the unit of the company, as it is written."""


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
class Candidate:
    """An indicator that was not taken for a name, and why.

    Parameters
    ----------
    indicator : Indicator
        The indicator.
    reason : Label
        Why it was not taken.
    fitting : bool
        Whether unit, counting and change agree, so that only the name is missing from its synonyms.
    """

    indicator: Indicator
    reason: Label
    fitting: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All indicators.

    Parameters
    ----------
    indicators : mapping of str to Indicator
        Indicator by id.
    """

    indicators: Mapping[str, Indicator]
    _index: NameIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = {key: (one.label.zh, *one.synonyms) for key, one in self.indicators.items()}
        object.__setattr__(self, "_index", index_names(names))

    def match(
        self, name: str, unit: str, *, counting: Counting | None = None, change: Change | None = None
    ) -> IndicatorMatch | None:
        """Indicator that a Chinese name speaks of.

        Parameters
        ----------
        name : str
            Name as a text gives it.
        unit : str
            Unit of the figure; it must have the dimension of the indicator.
        counting : Counting, optional
            What a capacity counts, where the text says so; without it operating capacity is meant.
        change : Change, optional
            Whether the figure is a change and no level; then only an indicator of that change answers.

        Returns
        -------
        IndicatorMatch or None
            The match; ``None`` if no indicator, or more than one, answers equally well.
        """
        for asked, counted in asked_names(name, counting, change):
            for how, ids in recognise(self._index, asked):
                known = [self.indicators[one] for one in ids]
                fitting = [one for one in known if not _objection(one, name, unit, counted, change)]
                if fitting:
                    return _matched(name, fitting[0], how) if len(fitting) == 1 else None
        return None

    def candidates(
        self, name: str, unit: str, *, counting: Counting | None = None, change: Change | None = None, most: int = 3
    ) -> tuple[Candidate, ...]:
        """Indicators that come near a name that none answers to.

        Parameters
        ----------
        name : str
            Name as a text gives it.
        unit : str
            Unit of the figure.
        counting : Counting, optional
            What a capacity counts.
        change : Change, optional
            Whether the figure is a change.
        most : int
            How many at most.

        Returns
        -------
        tuple of Candidate
            Those of the same name first, each with the reason why it was not taken; then those whose names look alike.
        """
        asked, counted = asked_names(name, counting, change)[-1]
        said = [ids for text in (asked, name) for _, ids in recognise(self._index, text)]
        found = dict.fromkeys((one for ids in said for one in ids), SEVERAL)
        found |= {one: ALIKE for one in nearest(self._index, asked, most=most) if one not in found}
        objections = {one: _objection(self.indicators[one], name, unit, counted, change) for one in islice(found, most)}
        return tuple(Candidate(self.indicators[one], said or found[one], said is None) for one, said in objections.items())


SEVERAL = Label("同样适合的指标不止一个", "more than one indicator fits as well")
ALIKE = Label("只是名称相近", "only its name looks alike")


def read_indicators(*folders: Path) -> Catalogue:
    """Catalogue of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city; their ``indicators/*.yaml`` add indicators and ``synonyms``, never edit them.

    Returns
    -------
    Catalogue
        All indicators.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, a definition or a list of synonyms speaks of an unknown indicator, or the unit of a
        definition is not the declared one.
    """
    texts = read_texts(definition_files(layers(*folders), "indicators/*.yaml"))
    return _catalogue(texts, frozenset(read_sources(*folders)))


@lru_cache(maxsize=16)
def _catalogue(texts: Texts, known: frozenset[str]) -> Catalogue:
    roots = [Record(read_yaml(text, name=name), ()) for name, text in texts]
    rows = list(_rows(roots, known))
    found = merged((indicator.id, at, indicator) for at, indicator, _ in rows)
    catalogue = Catalogue(_with_synonyms(found, roots))
    for _, indicator, record in rows:
        _check_definition(indicator, record, catalogue)
    return catalogue


def _rows(roots: Iterable[Record], known: Collection[str]) -> Iterator[tuple[str, Indicator, Record]]:
    for root in roots:
        default = root.allow({"id", "source", "indicators", "synonyms"}).text("source")
        for record in root.children("indicators"):
            record.allow(_FIELDS)
            source = record.text_or_none("source") or default
            at = record.marked.at(*record.path)
            check_source(source, known, at)
            yield at, _indicator(record, source), record


def _with_synonyms(found: dict[str, Indicator], roots: Iterable[Record]) -> dict[str, Indicator]:
    """Indicators with the further names that files give to indicators of a lower layer."""
    for root in roots:
        for record in root.children("synonyms"):
            name = record.allow({"indicator", "names"}).text("indicator")
            if name not in found:
                raise record.error(f"指标“{name}”不存在", f"unknown indicator '{name}'", key="indicator")
            found[name] = replace(found[name], synonyms=(*found[name].synonyms, *record.texts("names")))
    return found


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


def _objection(indicator: Indicator, name: str, unit: str, counting: str | None, change: Change | None) -> Label | None:
    """Why an indicator of the same name is not meant; ``None`` where it is."""
    if fit_unit(name, unit, indicator.unit) is None:
        return Label(f"单位不同（{indicator.unit}）", f"its unit differs ({indicator.unit})")
    if change is not None and not is_change(folded(indicator.label.zh)):
        return Label("它是水平，不是变化", "it is a level and no change")
    if not _counts(indicator, counting):
        return Label("统计范围不同", "it counts something else")
    return None


def _counts(indicator: Indicator, counting: str | None) -> bool:
    own = indicator.counting
    if counting in (None, "new"):  # a name that says 新增 found only names that say it too
        return own in (None, "operating", "new") if counting is None else own in (None, "new")
    if counting == "cumulative":
        return own in (None, "operating", "cumulative") and indicator.kind in ("stock", "count", "coverage")
    return own == counting or (own is None and counting == "operating")


def _matched(name: str, indicator: Indicator, how: How) -> IndicatorMatch:
    if how == "spelling" and same_without_tail(name, (indicator.label.zh, *indicator.synonyms)):
        how = "shortened"
    return IndicatorMatch(indicator, how, _reason(name, indicator, how))


def _reason(name: str, indicator: Indicator, how: How) -> Label:
    said = {
        "name": ("与指标名相同", "is the indicator's name"),
        "synonym": ("是登记的同义名", "is a listed synonym"),
        "spelling": ("写法不同、意思相同", "says the same in another spelling"),
        "shortened": ("去掉“占比、率”等后相同", "is the same without its tail (share, rate)"),
        "word_order": ("词序不同、用字相同", "uses the same words in another order"),
    }[how]
    return Label(f"“{name}”{said[0]}（{indicator.label.zh}）", f"'{name}' {said[1]} ({indicator.label.en})")
