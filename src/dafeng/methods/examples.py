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
from dafeng.methods.account import Accounting, account
from dafeng.methods.catalogue import BALANCE
from dafeng.methods.definition import Category, Example, Method


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
    known = library.add(_given(method, example, library))
    alone = replace(method, exclusions=())
    facts = FACTS.build([_fact(category, example)])
    editions = {method.id: example.edition}
    return account(facts, library=known, methods={method.id: alone}, place=example.place, year=example.year, editions=editions)


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
        True if there is exactly one result and it lies within the tolerance.
    """
    values: list[Decimal] = accounting.results.column("value").to_pylist()
    return len(values) == 1 and abs(values[0] - example.result) <= example.tolerance * abs(example.result)


def _fact(category: Category, example: Example) -> dict[str, object]:
    return {
        "fact": "example",
        "lot": "example",
        "indicator": category.indicator,
        "flow": (*category.plus, *category.minus)[0] if category.indicator == BALANCE else None,
        "carrier": example.carrier,
        "place": example.place,
        "period": str(example.year),
        "value": example.value,
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
        substance = need.substance or example.carrier
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
