"""``list_methods``, ``method_document``, ``guide_documents``: what the definitions of accounting say, as data.

Invariant: everything comes from the definitions and from the engine that evaluates them; an example's numbers are those
of a run, never those of its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.formula import words
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import TIMES, YEAR, Category, Edition, FactorNeed, Method
from dafeng.methods.explanation import plain
from dafeng.methods.layouts import within
from dafeng.methods.packages import Package
from dafeng.methods.typesetting import method_labels, method_symbols, typeset_equation
from dafeng.methods.warming import gas_label
from dafeng.work.method_examples import example_document
from dafeng.work.method_shelf import MethodShelf, read_shelf
from dafeng.work.view_number import write_label, write_wording

Row = dict[str, Any]
FIELDS: Mapping[str, Label] = {
    "energy": Label("能源活动", "energy activities"),
    "fugitive": Label("逃逸排放", "fugitive emissions"),
    "process": Label("工业生产过程", "industrial processes"),
    "agriculture": Label("农业", "agriculture"),
    "land": Label("土地利用变化和林业", "land-use change and forestry"),
    "waste": Label("废弃物处理", "waste"),
    "indirect": Label("外购电力、热力的间接排放", "indirect emissions of electricity and heat"),
    "other": Label("能源统计与对照", "energy statistics and cross-checks"),
}
"""Fields in the order of an inventory, each with the methods whose first category begins with its id."""
INDIRECT = ("indirect", "location", "purchased", "traded")
"""Beginnings of categories of electricity and heat from elsewhere."""
SHOWN = 8
"""Factors that the pages list for one need; all of them are a click away in the library."""


def list_methods(*, overlay: Path | None = None) -> list[Row]:
    """Methods in the order of the fields of an inventory.

    Parameters
    ----------
    overlay : Path, optional
        A city's or province's ``data`` folder, whose own methods are added.

    Returns
    -------
    list of dict
        ``id, field, title, summary, quantity, unit, editions, guides, examples``.
    """
    shelf = read_shelf(overlay)
    return [_summary(method, shelf) for method in _ordered(shelf.methods)]


def method_document(name: str, *, overlay: Path | None = None) -> Row:
    """Everything that is known of one method, with its worked examples run.

    Parameters
    ----------
    name : str
        Id of the method.
    overlay : Path, optional
        A city's or province's ``data`` folder.

    Returns
    -------
    dict
        As ``list_methods``, and ``source, equations, symbols, editions, categories, carriers, exclusions, closings, unknown,
        answers, examples``; numbers are decimal texts, digit for digit.

    Raises
    ------
    LookupFailure
        If there is no such method.
    """
    shelf = read_shelf(overlay)
    if name not in shelf.methods:
        raise LookupFailure(
            Label(f"没有方法“{name}”", f"no method '{name}'"),
            where=name,
            expected=Label("、".join(shelf.methods), f"one of {', '.join(shelf.methods)}"),
            remedy=Label("用 dafeng methods 列出全部方法", "list all methods with dafeng methods"),
        )
    return _document(shelf.methods[name], shelf)


def guide_documents(*, overlay: Path | None = None) -> list[Row]:
    """Inventory guidelines: which edition of which method, which potentials, what is unknown.

    Parameters
    ----------
    overlay : Path, optional
        A city's or province's ``data`` folder.

    Returns
    -------
    list of dict
        ``id, label, source, since, replaced_by, warming, warming_says, methods, unknown``, the newest first.
    """
    shelf = read_shelf(overlay)
    packages = sorted(shelf.packages.values(), key=lambda package: (package.replaced_by is not None, -package.since))
    return [_guide(package, shelf) for package in packages]


def methods_document(*, overlay: Path | None = None) -> Row:
    """All methods and guidelines in one document, as the pages show them.

    Parameters
    ----------
    overlay : Path, optional
        A ``data`` folder; without methods or guidelines of its own it has those that ship, which are made once.

    Returns
    -------
    dict
        ``fields`` (id and label), ``methods`` and ``guides``; of many factors that answer a need the first ones stand here.
    """
    own = overlay is not None and any((overlay / name).is_dir() for name in ("methods", "packages"))
    return _whole(overlay) if own else _shipped_whole()


@cache
def _shipped_whole() -> Row:
    return _whole(None)


def _whole(overlay: Path | None) -> Row:
    shelf = read_shelf(overlay)
    return {
        "fields": [{"id": name, "label": write_label(label)} for name, label in FIELDS.items()],
        "methods": [_shortened(_document(method, shelf)) for method in _ordered(shelf.methods)],
        "guides": guide_documents(overlay=overlay),
    }


def _shortened(document: Row) -> Row:
    return {**document, "answers": [{**one, "factors": one["factors"][:SHOWN]} for one in document["answers"]]}


def _ordered(methods: Mapping[str, Method]) -> list[Method]:
    order = list(FIELDS)
    return sorted(methods.values(), key=lambda method: (order.index(field_of(method)), method.id))


def field_of(method: Method) -> str:
    """Field of an inventory that a method belongs to.

    Parameters
    ----------
    method : Method
        The method.

    Returns
    -------
    str
        Key of ``FIELDS``.
    """
    first = method.categories[0].id.split(".")[0]
    return "indirect" if first in INDIRECT else first if first in FIELDS else "other"


def _summary(method: Method, shelf: MethodShelf) -> Row:
    return {
        "id": method.id,
        "field": field_of(method),
        "title": write_label(method.title),
        "summary": write_label(method.summary),
        "quantity": method.quantity,
        "gas": write_label(_quantity(method, shelf.library)),
        "unit": method.unit,
        "guides": [name for name, package in shelf.packages.items() if method.id in package.editions],
        "examples": len(method.examples),
    }


def _quantity(method: Method, library: FactorLibrary) -> Label:
    known = any((kind, method.quantity) in library.names for kind in ("quantity", "substance"))
    return gas_label(method.quantity, library) if known else Label(method.quantity, method.quantity)


def _document(method: Method, shelf: MethodShelf) -> Row:
    labels = method_labels(method, shelf.library)
    return {
        **_summary(method, shelf),
        "effect": method.effect,
        "history": method.history,
        "source": _source(method.source, shelf) | {"clause": method.clause},
        "equations": [_equation(method, name, labels, shelf) for name in method.equations],
        "symbols": list(_symbols(method, labels, shelf)),
        "editions": [_edition(method, edition, shelf) for edition in method.editions.values()],
        "categories": [_category(category, shelf) for category in method.categories],
        "carriers": [_substance(name, shelf) for name in method.carriers],
        "exclusions": [
            {
                "carriers": [_substance(name, shelf) for name in one.carriers],
                "categories": list(one.categories),
                "says": write_label(one.says),
            }
            for one in method.exclusions
        ],
        "closings": [
            {"total": one.total, "parts": list(one.parts), "tolerance": plain(one.tolerance)} for one in method.closings
        ],
        "unknown": _unknown(method, shelf),
        "answers": [_answer(method, need, shelf) for need in method.factors.values()],
        "examples": [example_document(method, one, shelf.library, shelf.sources) for one in method.examples],
    }


def _equation(method: Method, name: str, labels: Mapping[str, Label], shelf: MethodShelf) -> Row:
    expression = method.equations[name]
    return {
        "id": name,
        "expression": str(expression),
        "words": write_label(words(expression, labels, subject=method.title)),
        "typeset": typeset_equation(method, name, shelf.library),
        "editions": [edition.id for edition in method.editions.values() if edition.equation == name],
    }


def _symbols(method: Method, labels: Mapping[str, Label], shelf: MethodShelf) -> Iterator[Row]:
    """Every quantity that an equation names, the activity first."""
    symbols = method_symbols(method, shelf.library)
    names = [method.activity.name, *method.factors, *method.constants, *TIMES]
    used = {name for expression in method.equations.values() for name in expression.names}
    for name in (one for one in names if one in used):
        need, constant = method.factors.get(name), method.constants.get(name)
        units = [constant.unit] if constant else [YEAR] if name in TIMES else _units(method, name)
        yield {
            "name": name,
            "symbol": symbols.get(name, name),
            "label": write_label(labels[name]),
            "kind": "activity" if name == method.activity.name else "factor" if need else "constant" if constant else "time",
            "units": units,
            "value": plain(constant.value) if constant else None,
            "parameter": need.parameter if need else None,
            "purpose": need.purpose if need else None,
            "substance": _substance(need.substance, shelf) if need and need.substance else None,
            "by": need.by if need else None,
        }


def _units(method: Method, name: str) -> list[str]:
    return list(dict.fromkeys(variant[name] for variant in method.variants if name in variant))


def _edition(method: Method, edition: Edition, shelf: MethodShelf) -> Row:
    return {
        "id": edition.id,
        "label": write_label(edition.label),
        "equation": edition.equation,
        "standards": [_standard(name, shelf) for name in (edition.standard, *edition.fallback)],
        "otherwise": edition.otherwise,
        "guides": [name for name, package in shelf.packages.items() if package.editions.get(method.id) == edition.id],
    }


def _category(category: Category, shelf: MethodShelf) -> Row:
    return {
        "id": category.id,
        "label": write_label(category.label),
        "indicator": category.indicator,
        "plus": list(category.plus),
        "minus": list(category.minus),
        "instead_of": list(category.instead_of),
        "carrier": _substance(category.carrier, shelf) if category.carrier else None,
        "years": category.years,
        "deduct": category.deduct,
        "editions": list(category.editions),
    }


def _unknown(method: Method, shelf: MethodShelf) -> list[Row]:
    """Gaps of the guidelines that touch a category of the method."""
    categories = [category.id for category in method.categories]
    return [
        {"guide": name, "category": gap.category, "says": write_label(gap.says)}
        for name, package in shelf.packages.items()
        for gap in package.unknown
        if any(within(one, gap.category) or within(gap.category, one) for one in categories)
    ]


def _answer(method: Method, need: FactorNeed, shelf: MethodShelf) -> Row:
    """Factors of the library that can answer a need in some edition."""
    editions = method.editions.values()
    standards = list(dict.fromkeys(name for one in editions for name in (one.standard, *one.fallback)))
    known = [factor for factor in shelf.library.factors.values() if _fits(factor, method, need, standards, shelf)]
    known.sort(key=lambda factor: (standards.index(factor.standard), factor.substance, factor.place or "", factor.year or 0))
    return {
        "name": need.name,
        "label": write_label(shelf.library.label("parameter", need.parameter)),
        "parameter": need.parameter,
        "purpose": need.purpose,
        "total": len(known),
        "unknown": sum(factor.value is None for factor in known),
        "factors": [_factor(factor, shelf) for factor in known],
    }


def _fits(factor: Factor, method: Method, need: FactorNeed, standards: list[str], shelf: MethodShelf) -> bool:
    if (factor.parameter, factor.purpose) != (need.parameter, need.purpose) or factor.standard not in standards:
        return False
    if need.by == "flow":
        return True
    if need.substance is not None:
        return factor.substance == need.substance
    own = set(method.carriers)
    found = (shelf.library.substitutes.get((need.purpose, name)) for name in own)
    return not own or factor.substance in own | {one.substance for one in found if one is not None}


def _factor(factor: Factor, shelf: MethodShelf) -> Row:
    return {
        "id": factor.id,
        "substance": _substance(factor.substance, shelf),
        "standard": factor.standard,
        "place": factor.place,
        "year": factor.year,
        "value": None if factor.value is None else plain(factor.value),
        "unit": factor.unit,
        "grade": factor.grade,
        "source": factor.source,
        "clause": factor.clause,
    }


def _guide(package: Package, shelf: MethodShelf) -> Row:
    return {
        "id": package.id,
        "label": write_label(package.label),
        "source": _source(package.source, shelf),
        "since": package.since,
        "replaced_by": package.replaced_by,
        "warming": package.warming,
        "warming_says": write_label(package.warming_says),
        "potentials": [
            {"gas": factor.substance, "label": _substance(factor.substance, shelf)["label"], "value": plain(factor.value)}
            for factor in shelf.library.factors.values()
            if factor.parameter == "warming_potential" and factor.standard == package.warming and factor.value is not None
        ],
        "methods": [
            {
                "id": name,
                "title": write_label(shelf.methods[name].title),
                "edition": edition,
                "label": write_label(shelf.methods[name].editions[edition].label),
            }
            for name, edition in package.editions.items()
        ],
        "unknown": [{"category": gap.category, "says": write_label(gap.says)} for gap in package.unknown],
    }


def _source(name: str, shelf: MethodShelf) -> Row:
    found = shelf.sources[name]
    return {"id": name, "title": write_wording(found.title), "publisher": found.publisher, "date": found.date, "url": found.url}


def _substance(name: str, shelf: MethodShelf) -> Row:
    return {"id": name, "label": write_label(shelf.library.label("substance", name))}


def _standard(name: str, shelf: MethodShelf) -> Row:
    return {"id": name, "label": write_label(shelf.library.label("standard", name))}
