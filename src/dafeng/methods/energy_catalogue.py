"""Read the views of energy balances from ``balances/views.yaml``.

Invariant: an expression that names what does not stand before it, or has another unit than declared, is refused with its
line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import TypeVar

from dafeng.core.errors import FormulaError, UnitError
from dafeng.core.units import Unit, unit
from dafeng.formula import Expression, check_unit, parse
from dafeng.library.balances import carriers, flows
from dafeng.library.overlay import shipped
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml
from dafeng.methods.energy_views import BASE, MEASURES, Choice, FieldRule, Single, Sum, View, ViewBook

T = TypeVar("T")
_PARTS = frozenset({"id", "conversion", "sums", "figures", "constants", "options", "fields", "views", "published"})


@cache
def read_views() -> ViewBook:
    """Views of ``data/balances/views.yaml``.

    Returns
    -------
    ViewBook
        All definitions.

    Raises
    ------
    DefinitionError
        If a name is unknown, a unit does not fit, or a view rests on one that stands after it.
    """
    return read_book(Record(read_yaml(shipped() / "balances" / "views.yaml"), ()))


def read_book(root: Record) -> ViewBook:
    """Views of one definition file.

    Parameters
    ----------
    root : Record
        The file as read.

    Returns
    -------
    ViewBook
        All definitions.

    Raises
    ------
    DefinitionError
        As for ``read_views``.
    """
    way = root.child("conversion").allow({"method", "standard", "fallback", "rate"})
    root.allow(_PARTS)
    singles = {**_named(root, "figures", _figure), **_named(root, "constants", _constant)}
    book = ViewBook(
        method=way.text("method"),
        standard=way.text("standard"),
        fallback=way.texts("fallback"),
        rate=way.text("rate", among=singles),
        sums=_named(root, "sums", _sum),
        singles=singles,
        choices=_named(root, "options", _choice),
        fields=tuple(_field(record) for record in root.children("fields")),
        views={record.text("id"): _view(record) for record in root.children("views")},
        published={record.text("indicator"): record.texts("views") for record in root.children("published")},
    )
    for record, view, known in _in_order(root, book):
        _check(record, view, known)
    return book


def _named(root: Record, key: str, make: Callable[[str, Record], T]) -> dict[str, T]:
    inner = root.child(key)
    return {name: make(name, inner.child(name)) for name in inner.keys()}  # noqa: SIM118 - a record is no mapping


def _sum(name: str, record: Record) -> Sum:
    record.allow({"plus", "minus", "carriers", "measure", "unit", "blank", "figure", "symbol", "label"})
    return Sum(
        id=name,
        label=record.label("label"),
        symbol=record.text("symbol"),
        unit=record.text("unit"),
        plus=_among(record, "plus", flows()),
        minus=_among(record, "minus", flows()),
        carriers=_among(record, "carriers", carriers()),
        measure=record.text("measure", among=MEASURES),
        blank=record.text("blank", among=("nothing", "unknown")),
        figure=record.text_or_none("figure"),
    )


def _among(record: Record, key: str, known: Collection[str]) -> tuple[str, ...]:
    for name in record.texts(key):
        if name not in known:
            raise record.error(f"没有“{name}”", f"no '{name}'", key=key)
    return record.texts(key)


def _figure(name: str, record: Record) -> Single:
    record.allow({"indicator", "unit", "around", "symbol", "label"})
    around = record.value("around") is True
    return Single(
        name, record.label("label"), record.text("symbol"), record.text("unit"), record.text("indicator"), around, None, "", ""
    )


def _constant(name: str, record: Record) -> Single:
    record.allow({"value", "unit", "source", "grade", "symbol", "label"})
    value = record.decimal("value")
    if value is None:
        raise record.error("缺少数值", "has no number", key="value")
    source = check_source(record.text("source"), read_sources(), record.marked.at(*record.path))
    return Single(
        name, record.label("label"), record.text("symbol"), record.text("unit"), "", False, value, source, record.text("grade")
    )


def _choice(name: str, record: Record) -> Choice:
    record.allow({"unit", "symbol", "label", "rules"})
    rules = {rule.text("id"): _rule(rule, record) for rule in record.children("rules")}
    return Choice(name, record.label("label"), record.text("symbol"), record.text("unit"), rules)


def _rule(record: Record, choice: Record) -> View:
    record.allow({"id", "expression", "label"})
    return View(
        id=record.text("id"),
        kind="rule",
        label=record.label("label"),
        symbol=choice.text("symbol"),
        expression=_expression(record),
        unit=choice.text("unit"),
        source="statistics-practice",
        grade="provisional",
        note=None,
    )


def _field(record: Record) -> FieldRule:
    record.allow({"id", "plus", "minus", "label"})
    return FieldRule(
        record.text("id"), record.label("label"), _among(record, "plus", flows()), _among(record, "minus", flows())
    )


def _view(record: Record) -> View:
    record.allow({"id", "kind", "expression", "unit", "source", "grade", "symbol", "label", "note"})
    return View(
        id=record.text("id"),
        kind=record.text("kind"),
        label=record.label("label"),
        symbol=record.text("symbol"),
        expression=_expression(record),
        unit=record.text("unit"),
        source=check_source(record.text("source"), read_sources(), record.marked.at(*record.path)),
        grade=record.text("grade"),
        note=record.label("note") if record.value("note") is not None else None,
    )


def _expression(record: Record) -> Expression:
    try:
        return parse(record.text("expression"), where=record.text("id"))
    except FormulaError as cause:
        raise record.error(cause.what.zh, cause.what.en, key="expression") from cause


def _in_order(root: Record, book: ViewBook) -> Iterator[tuple[Record, View, Mapping[str, str]]]:
    """Every rule and view with the units of what it may use: sums, figures, options, and the views before it."""
    known = {name: one.unit for name, one in book.sums.items()} | {name: one.unit for name, one in book.singles.items()}
    for name, choice in book.choices.items():
        listed = root.child("options").child(name).children("rules")
        yield from ((record, rule, known) for record, rule in zip(listed, choice.rules.values(), strict=True))
    known |= {name: choice.unit for name, choice in book.choices.items()}
    for record, view in zip(root.children("views"), book.views.values(), strict=True):
        yield record, view, {**known, **{BASE + name: text for name, text in known.items()}}
        known[view.id] = view.unit


def _check(record: Record, view: View, known: Mapping[str, str]) -> None:
    for name in view.expression.names:
        if name not in known:
            raise record.error(f"“{name}”不存在，或在此后才定义", f"'{name}' does not stand before it", key="expression")
    units: dict[str, Unit] = {name: unit(known[name]) for name in view.expression.names}
    try:
        check_unit(view.expression, units, unit(view.unit), where=view.id)
    except (FormulaError, UnitError) as cause:
        raise record.error(cause.what.zh, cause.what.en, key="expression", expected=cause.expected) from cause
