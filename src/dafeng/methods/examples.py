"""Run the worked examples of a method through the same engine as real facts.

Invariant: an example is computed by ``account``, from facts and factors, never by a formula of its own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from dafeng.core.labels import Label
from dafeng.core.tables import FACTS
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary
from dafeng.library.factors import library as library_of
from dafeng.methods.account import Accounting, account
from dafeng.methods.definition import BALANCE, Category, Example, Method
from dafeng.methods.layouts import within


def run_example(method: Method, example: Example, library: FactorLibrary) -> Accounting:
    """Accounting of one worked example.

    Parameters
    ----------
    method : Method
        Method the example belongs to.
    example : Example
        The example.
    library : FactorLibrary
        Factors.

    Returns
    -------
    Accounting
        Its result, traces and findings.
    """
    category = next(category for category in method.categories if category.id == example.category)
    known = _with(library, _given(method, example, library))
    alone = replace(method, exclusions=())
    years = ((example.year, example.value), *example.earlier)
    facts = FACTS.build(_fact(category, example, year, value) for year, value in years)
    editions = {method.id: example.edition}
    return account(
        facts,
        library=known,
        methods={method.id: alone},
        place=example.place,
        year=example.year,
        editions=editions,
        provisional=example.provisional,
    )


def holds(example: Example, accounting: Accounting) -> bool:
    """Whether an accounting gives the expected result of an example.

    Parameters
    ----------
    example : Example
        The example.
    accounting : Accounting
        What ``run_example`` gave.

    Returns
    -------
    bool
        True if there are results in its category and their sum lies within the tolerance.
    """
    values = [cell.value for cell in accounting.cells if within(cell.activity.category.id, example.category)]
    return bool(values) and abs(sum(values) - example.result) <= example.tolerance * abs(example.result)


def _with(known: FactorLibrary, given: list[Factor]) -> FactorLibrary:
    """The library in which given factors stand for those of the same key."""
    if not given:
        return known
    replaced = {_key(factor) for factor in given}
    kept = {name: factor for name, factor in known.factors.items() if _key(factor) not in replaced}
    return library_of({**kept, **{factor.id: factor for factor in given}}, known.names, known.substitutes)


def _key(factor: Factor) -> tuple[str, ...]:
    return (factor.substance, factor.parameter, factor.purpose, factor.standard)


def _fact(category: Category, example: Example, year: int, value: Decimal) -> dict[str, object]:
    return {
        "fact": f"example.{year}",
        "lot": "example",
        "indicator": category.indicator,
        "flow": (*category.plus, *category.minus)[0] if category.indicator == BALANCE else example.flow,
        "carrier": example.carrier,
        "place": example.place,
        "period": str(year),
        "value": value,
        "unit": example.unit,
        "source": "dafeng",
        "grade": "assumption",
        "known_at": datetime(2000, 1, 1, tzinfo=UTC),
        "file": "example",
    }


def _given(method: Method, example: Example, library: FactorLibrary) -> list[Factor]:
    standard = method.editions[example.edition].standard
    made = []
    for name, value, unit in example.given:
        need = method.factors[name]
        substance = need.asked(example.carrier, example.flow)
        label = library.label("parameter", need.parameter)
        made.append(
            Factor(
                id=f"example.{substance}.{need.parameter}",
                substance=substance,
                parameter=need.parameter,
                purpose=need.purpose,
                standard=standard,
                place=None,
                year=None,
                sector=None,
                value=value,
                lower=None,
                upper=None,
                unit=unit,
                source="dafeng",
                clause="",
                grade="assumption",
                label=Label(label.zh, label.en),
            )
        )
    return made
