"""What a unit of a substance emits by each edition of a method, from the edition's own factors alone.

Invariant: nothing is borrowed: an edition without a factor of its own is left out of the comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dafeng.core.errors import FormulaError, UnitError
from dafeng.library.conflicts import topic_of
from dafeng.library.factor import Factor, Match
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import compose
from dafeng.methods.definition import Edition, FactorNeed, Method

PLACES = Decimal("0.000001")
"""Scale at which composed factors are set side by side."""
_Needs = list[FactorNeed]
_Plain = Mapping[tuple[str, str, str, str], Factor]
"""Defaults of the standards, which are tied to no place, year or sector, by topic and standard."""


@dataclass(frozen=True, slots=True)
class ComposedConflict:
    """What one unit of a fuel emits by each edition of a method.

    Parameters
    ----------
    method, substance : str
        Method and fuel.
    unit : str
        Unit of the values.
    values : mapping of str to Decimal
        Composed factor by edition, to 6 places. [unit]
    """

    method: str
    substance: str
    unit: str
    values: Mapping[str, Decimal]


def compare_composed(library: FactorLibrary, methods: Iterable[Method]) -> tuple[ComposedConflict, ...]:
    """Substances of which a unit emits another amount by another edition.

    Parameters
    ----------
    library : FactorLibrary
        Factors; only defaults of the standards are used.
    methods : iterable of Method
        Methods.

    Returns
    -------
    tuple of ComposedConflict
        The widest first.
    """
    plain = {
        (*topic_of(one), one.standard): one
        for one in library.factors.values()
        if one.value is not None and one.place is None and one.year is None and one.sector is None
    }
    names = sorted({topic[0] for topic in plain})
    found = [one for method in methods for one in _of_method(plain, method, names)]
    return tuple(sorted(found, key=lambda one: (-(max(one.values.values()) / min(one.values.values())), one.substance)))


def _of_method(plain: _Plain, method: Method, substances: Iterable[str]) -> Iterator[ComposedConflict]:
    needs = {name: _needs(method, edition) for name, edition in method.editions.items()}
    for substance in substances if any(needs.values()) else ():
        yield from _of_substance(plain, method, substance, needs)


def _needs(method: Method, edition: Edition) -> _Needs:
    """Factors that an edition composes; none where it asks for none of the fuel itself."""
    needs = [method.factors[name] for name in method.equations[edition.equation].names if name in method.factors]
    return needs if any(need.substance is None and need.by == "carrier" for need in needs) else []


def _of_substance(plain: _Plain, method: Method, substance: str, needs: Mapping[str, _Needs]) -> Iterator[ComposedConflict]:
    """A substance by each edition, from the edition's own standard only and without substitutes."""
    for variant in method.variants:
        unit = variant[method.activity.name]
        values = {
            name: _emits(plain, method, edition, substance, unit, needs[name]) for name, edition in method.editions.items()
        }
        known = {name: value for name, value in values.items() if value is not None and value > 0}
        if len(set(known.values())) > 1:
            yield ComposedConflict(method.id, substance, f"{method.unit}/{unit}", known)


def _emits(plain: _Plain, method: Method, edition: Edition, substance: str, unit: str, needs: _Needs) -> Decimal | None:
    if not needs:
        return None
    topics = {need.name: (need.substance or substance, need.parameter, need.purpose, edition.standard) for need in needs}
    listed = {name: plain[topic] for name, topic in topics.items() if topic in plain}
    matches = {name: Match(one, one.value, "exact", ()) for name, one in listed.items() if one.value is not None}
    if len(matches) < len(needs):
        return None
    try:
        return compose(method, edition, unit, matches).quantize(PLACES)
    except (FormulaError, UnitError):
        return None
