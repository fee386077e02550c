"""Read method definitions from ``methods/*.yaml``.

Invariant: a definition that names what does not exist, or whose equation has another unit than declared, is refused
with its line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import cast, get_args

from dafeng.core.errors import FormulaError, UnitError
from dafeng.core.units import Unit, unit
from dafeng.formula import Expression, check_unit, evaluate_exact, parse
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import Texts, read_texts, read_yaml, refusal
from dafeng.methods.definition import (
    BALANCE,
    PLAIN,
    TIMES,
    YEAR,
    By,
    Category,
    Closing,
    Constant,
    Edition,
    Effect,
    Example,
    Exclusion,
    FactorNeed,
    Method,
    Of,
    Quantity,
    Years,
)
from dafeng.methods.kernels import KERNELS

_FIELDS = frozenset(
    (
        *("id", "title", "summary", "quantity", "unit", "source", "clause", "activity", "variants", "factors"),
        *("constants", "equations", "editions", "categories", "carriers", "elsewhere", "exclusions", "closings", "examples"),
        *("effect", "history", "gases"),
    )
)
_WORD = re.compile(r"<([a-z]+)>")
INPUTS = "transformation"
"""Rows of the balance whose inputs are printed negative."""


_CATEGORY = frozenset(
    (
        *("id", "label", "indicator", "plus", "minus", "instead_of", "carrier", "years"),
        *("deduct", "absolute", "rest", "editions"),
    )
)
_NEAR = Decimal("1e-20")


def read_methods(*folders: Path, files: Iterable[Path] | None = None) -> Mapping[str, Method]:
    """Methods of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city; their ``methods/*.yaml`` add methods, never edit them.
    files : iterable of Path, optional
        Definition files to read instead, e.g. those that a study has kept.

    Returns
    -------
    mapping of str to Method
        Method by id.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, an equation has another unit than declared or is not linear in its activity, or
        an id comes twice.
    """
    paths = definition_files(layers(*folders), "methods/*.yaml") if files is None else files
    return dict(_methods(read_texts(paths), frozenset(read_sources(*folders))))


@lru_cache(maxsize=16)
def _methods(files: Texts, known: frozenset[str]) -> Mapping[str, Method]:
    found = merged(_rows(files, known))
    _check_shared(found)
    return found


def method_paths(paths: Iterable[Path]) -> Mapping[str, Path]:
    """Files by the methods that they define.

    Parameters
    ----------
    paths : iterable of Path
        Definition files; one may define a method for each of several gases.

    Returns
    -------
    mapping of str to Path
        File by id of the method.

    Raises
    ------
    DefinitionError
        If a file breaks the schema.
    """
    return {root.text("id"): path for path in paths for file in read_texts([path]) for root, _ in _written(*file)}


def _rows(files: Texts, known: Collection[str]) -> Iterator[tuple[str, str, Method]]:
    for file, text in files:
        for root, examples in _written(file, text):
            method = _method(root, examples)
            check_source(method.source, known, root.marked.at("source"))
            _check_names(root, method)
            for name in method.equations:
                _check_equation(root, method, name)
            yield method.id, root.marked.at("id"), method


def _written(file: str, text: str) -> Iterator[tuple[Record, tuple[Record, ...]]]:
    """Definitions of a file with their examples: one, or one for each of its ``gases`` (which stand last in the file).

    What a gas says under a key, ``species: CH4``, stands for ``<species>`` in the lines above.
    """
    root = Record(read_yaml(text, name=file), ()).allow(_FIELDS)
    gases = root.children("gases")
    if not gases:
        yield root, root.children("examples")
    above = text.partition("\ngases:")[0] + "\n"
    for gas in gases:
        made = _WORD.sub(lambda found, gas=gas: gas.text(found[1]), above)  # type: ignore[misc]
        yield Record(read_yaml(made, name=file), ()), gas.children("examples")


def _method(root: Record, examples: tuple[Record, ...]) -> Method:
    activity = root.child("activity").allow({"name", "label", "symbol"})
    return Method(
        id=root.text("id"),
        title=root.label("title"),
        summary=root.label("summary"),
        quantity=root.text("quantity"),
        effect=cast("Effect", root.text_or_none("effect", among=get_args(Effect)) or "emission"),
        unit=root.text("unit"),
        source=root.text("source"),
        clause=root.text_or_none("clause") or "",
        activity=Quantity(activity.text("name"), activity.label("label"), activity.text("symbol")),
        variants=tuple({key: record.text(key) for key in record.keys()} for record in root.children("variants")),  # noqa: SIM118
        factors={name: _need(record) for name, record in _named(root, "factors")},
        constants={name: _constant(record) for name, record in _named(root, "constants")},
        equations={name: _equation(root, name) for name in root.child("equations").keys()},  # noqa: SIM118
        editions={name: _edition(record) for name, record in _named(root, "editions")},
        categories=tuple(_category(record) for record in root.children("categories")),
        carriers=root.texts("carriers"),
        elsewhere=root.texts("elsewhere"),
        exclusions=tuple(_exclusion(record) for record in root.children("exclusions")),
        closings=tuple(_closing(record) for record in root.children("closings")),
        examples=tuple(_example(record) for record in examples),
        history=int(root.decimal("history") or 0),
    )


def _named(root: Record, key: str) -> list[tuple[str, Record]]:
    inner = root.child(key)
    return [(name, inner.child(name)) for name in inner.keys()]  # noqa: SIM118 - a record is no mapping


def _need(record: Record) -> FactorNeed:
    record.allow({"parameter", "purpose", "substance", "by", "of"})
    return FactorNeed(
        name=str(record.path[-1]),
        parameter=record.text("parameter"),
        purpose=record.text("purpose"),
        substance=record.text_or_none("substance"),
        by=cast("By", record.text_or_none("by", among=get_args(By)) or "carrier"),
        of=cast("Of", record.text_or_none("of", among=get_args(Of)) or "here"),
    )


def _constant(record: Record) -> Constant:
    record.allow({"value", "unit", "label"})
    return Constant(str(record.path[-1]), _number(record, "value"), record.text("unit"), record.label("label"))


def _equation(root: Record, name: str) -> Expression:
    inner = root.child("equations")
    try:
        return parse(inner.text(name), kernels=KERNELS, where=f"{root.text('id')}.{name}")
    except FormulaError as cause:
        raise inner.error(cause.what.zh, cause.what.en, key=name) from cause


def _edition(record: Record) -> Edition:
    record.allow({"equation", "standard", "fallback", "otherwise", "label"})
    return Edition(
        id=str(record.path[-1]),
        equation=record.text("equation"),
        standard=record.text("standard"),
        fallback=record.texts("fallback"),
        otherwise=record.text_or_none("otherwise"),
        label=record.label("label"),
    )


def _category(record: Record) -> Category:
    record.allow(
        {"id", "label", "indicator", "plus", "minus", "instead_of", "carrier", "years", "deduct", "absolute", "rest"}
        | {"editions"}
    )
    indicator = record.text_or_none("indicator") or BALANCE
    if (indicator == BALANCE) != bool(record.texts("plus") + record.texts("minus")):
        raise record.error("平衡表的类别须列出行，其他类别不列", "a category of the balance lists rows, any other lists none")
    if any(row.startswith(INPUTS) for row in record.texts("plus")):
        raise record.error(
            "加工转换投入印为负数，应列入 minus",
            "inputs to transformation are printed negative: list them under minus",
            key="plus",
        )
    return Category(
        id=record.text("id"),
        label=record.label("label"),
        indicator=indicator,
        plus=record.texts("plus"),
        minus=record.texts("minus"),
        instead_of=record.texts("instead_of"),
        carrier=record.text_or_none("carrier"),
        years=cast("Years", record.text_or_none("years", among=get_args(Years)) or "this"),
        deduct=_flag(record, "deduct"),
        absolute=_flag(record, "absolute"),
        rest=_flag(record, "rest"),
        editions=record.texts("editions"),
    )


def _exclusion(record: Record) -> Exclusion:
    record.allow({"carriers", "categories", "says"})
    return Exclusion(record.texts("carriers"), record.texts("categories"), record.label("says"))


def _closing(record: Record) -> Closing:
    record.allow({"total", "parts", "tolerance"})
    return Closing(record.text("total"), record.texts("parts"), _number(record, "tolerance"))


def _example(record: Record) -> Example:
    record.allow(
        {"edition", "carrier", "category", "place", "year", "value", "unit", "given", "result", "tolerance", "by"}
        | {"flow", "earlier", "provisional"}
    )
    year = record.year("year")
    if year is None:
        raise record.error("缺少年份", "has no year", key="year")
    return Example(
        edition=record.text("edition"),
        carrier=record.text("carrier"),
        category=record.text("category"),
        place=record.text("place"),
        year=year,
        value=_number(record, "value"),
        unit=record.text("unit"),
        given=tuple((name, _number(inner, "value"), inner.text("unit")) for name, inner in _named(record, "given")),
        result=_number(record, "result"),
        tolerance=_number(record, "tolerance"),
        by=record.text("by"),
        flow=record.text_or_none("flow"),
        earlier=tuple((inner.year("year") or 0, _number(inner, "value")) for inner in record.children("earlier")),
        provisional=_flag(record, "provisional"),
    )


def _number(record: Record, key: str) -> Decimal:
    value = record.decimal(key)
    if value is None:
        raise record.error("缺少数值", "has no number", key=key)
    return value


def _flag(record: Record, key: str) -> bool:
    found = record.value(key)
    if found not in (None, True, False):
        raise record.error(f"应为 true 或 false，实为 {found!r}", f"must be true or false, is {found!r}", key=key)
    return bool(found)


def _check_shared(methods: Mapping[str, Method]) -> None:
    """No two methods may make results under one id."""
    seen: dict[tuple[str, str], str] = {}
    for method in methods.values():
        for category in method.categories:
            key = ("" if method.quantity in PLAIN else method.quantity, category.id)
            other = seen.setdefault(key, method.id)
            if other != method.id and _overlap(method, methods[other]):
                raise refusal(
                    method.id,
                    f"类别“{category.id}”已由“{other}”核算同一气体",
                    f"category '{category.id}' is accounted by '{other}' for the same gas",
                )


def _overlap(one: Method, other: Method) -> bool:
    return not one.carriers or not other.carriers or bool(set(one.carriers) & set(other.carriers))


def _check_names(root: Record, method: Method) -> None:
    if not method.editions or not method.variants or not method.categories:
        raise root.error("缺少版本、变体或类别", "has no edition, variant or category")
    for edition in method.editions.values():
        record = root.child("editions").child(edition.id)
        if edition.equation not in method.equations:
            raise record.error(f"没有方程“{edition.equation}”", f"no equation '{edition.equation}'", key="equation")
        if edition.otherwise not in (None, *method.editions):
            raise record.error(f"没有版本“{edition.otherwise}”", f"no edition '{edition.otherwise}'", key="otherwise")
    for name in (name for category in method.categories for name in category.editions if name not in method.editions):
        raise root.error(f"没有版本“{name}”", f"no edition '{name}'", key="categories")
    ids = [category.id for category in method.categories]
    used = [name for exclusion in method.exclusions for name in exclusion.categories]
    used += [example.category for example in method.examples]
    for name in used:
        if name not in ids:
            raise root.error(f"没有类别“{name}”", f"no category '{name}'", key="categories")


def _check_equation(root: Record, method: Method, name: str) -> None:
    expression = method.equations[name]
    inner = root.child("equations")
    declared = {method.activity.name, *method.factors, *method.constants, *TIMES}
    for unknown in sorted(set(expression.names) - declared):
        raise inner.error(f"未声明的量“{unknown}”", f"undeclared quantity '{unknown}'", key=name)
    try:
        for variant in method.variants:
            units = _units(method, variant)
            check_unit(expression, units, unit(method.unit), kernels=KERNELS, where=f"{method.id}.{name}")
    except (FormulaError, UnitError) as cause:
        raise inner.error(cause.what.zh, cause.what.en, key=name, expected=cause.expected) from cause
    if not _proportional(expression, method.activity.name):
        raise inner.error("对活动水平不是正比", "is not proportional to its activity", key=name)
    wrong = _wrong_sign(method, expression)
    if wrong:
        raise inner.error(f"符号与 effect: {method.effect} 不符", f"has the wrong sign: effect is {method.effect}", key=name)


def _proportional(expression: Expression, activity: str) -> bool:
    one = _tried(expression, activity, Decimal(1))
    multiples = {n: _tried(expression, activity, Decimal(n)) for n in (0, 2, 3)}
    return one is not None and all(at is not None and abs(at - n * one) <= _NEAR * abs(one) for n, at in multiples.items())


def _wrong_sign(method: Method, expression: Expression) -> bool:
    value = _tried(expression, method.activity.name, Decimal(1))
    signs = {"emission": 1, "removal": -1}
    return method.effect in signs and value is not None and value * signs[method.effect] <= 0


def _tried(expression: Expression, activity: str, amount: Decimal) -> Decimal | None:
    """Value with small, falling numbers: shares and their complements are positive, and a difference names the larger first."""
    falling = {name: Decimal(max(25 - place, 1)) / 100 for place, name in enumerate(expression.names)}
    try:
        return evaluate_exact(expression, {**falling, activity: amount}, kernels=KERNELS)
    except FormulaError:
        return None


def _units(method: Method, variant: Mapping[str, str]) -> dict[str, Unit]:
    texts = {**dict.fromkeys(TIMES, YEAR), **{c.name: c.unit for c in method.constants.values()}, **variant}
    return {name: unit(text) for name, text in texts.items()}
