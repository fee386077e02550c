"""Key categories: those that make the level or the trend of an inventory, by size and by uncertainty.

Invariant: the shares of all categories add up to one, and the categories that are key reach the threshold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Literal, get_args

from dafeng.core.labels import Label
from dafeng.library.factors import FactorLibrary
from dafeng.methods.distribution import CONFIDENCE
from dafeng.methods.propagation import propagate
from dafeng.methods.uncertain import Model, Term

Sinks = Literal["net", "gross", "without"]
"""How removals stand: netted within their category, as rows of their own, or left out with their methods."""
Test = Literal["level", "trend", "uncertain_level", "uncertain_trend"]
"""What makes a category key: its size or its trend (approach 1), each weighted by its uncertainty (approach 2)."""
TESTS: tuple[Test, ...] = get_args(Test)
"""All tests."""
_DIGITS = 40
_SCALE = Decimal("1e-15")
_Key = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class KeyCategory:
    """One category and gas in the analysis of key categories.

    Parameters
    ----------
    category, quantity : str
        Category and gas.
    label, gas : Label
        Their names.
    removal : bool
        Whether the row holds the removals of the category only.
    value : Decimal
        Emission of the year. [tCO2e]
    base : Decimal or None
        That of the base year; ``None`` without a base year. [tCO2e]
    shares : mapping of Test to Decimal
        Share of the category in each test that could be made. [1]
    key : tuple of Test
        Tests that make it key.
    cells : tuple of str
        Results of the year it consists of.
    """

    category: str
    quantity: str
    label: Label
    gas: Label
    removal: bool
    value: Decimal
    base: Decimal | None
    shares: Mapping[Test, Decimal]
    key: tuple[Test, ...]
    cells: tuple[str, ...]


def find_key_categories(
    model: Model,
    library: FactorLibrary,
    thresholds: Mapping[str, Decimal],
    *,
    year: int,
    base: int | None = None,
    sinks: Sinks = "net",
) -> tuple[KeyCategory, ...]:
    """Key categories of a year.

    Parameters
    ----------
    model : Model
        Inventory of the year and of the base year.
    library : FactorLibrary
        Names of gases.
    thresholds : mapping of str to Decimal
        ``level_share`` and ``uncertain_share``. [1]
    year : int
        Year.
    base : int, optional
        Base year; without it the trend is not assessed.
    sinks : Sinks
        How removals stand.

    Returns
    -------
    tuple of KeyCategory
        All categories, the largest share of the level first.

    Source
    ------
    ``ipcc-2006``, vol. 1 ch. 4: equations 4.1 to 4.5 as quoted by the guidelines that follow it.
    """
    groups = _groups(model, sinks, year, base)
    halves = _halves(model, groups, year)
    with localcontext() as context:
        context.prec = _DIGITS
        values = {key: _sum(terms, year) for key, terms in groups.items()}
        before = {key: _sum(terms, base) for key, terms in groups.items()} if base is not None else None
        measured = _measures(values, before, halves)
        shares = {test: _shares(found) for test, found in measured.items()}
    reached = {test: _reach(found, thresholds[_threshold(test)]) for test, found in shares.items()}
    rows = [_row(key, groups[key], values, before, shares, reached, library, year) for key in groups]
    return tuple(sorted(rows, key=lambda row: (-row.shares.get("level", Decimal(0)), row.category, row.quantity)))


def _threshold(test: Test) -> str:
    return "uncertain_share" if test.startswith("uncertain") else "level_share"


def _groups(model: Model, sinks: Sinks, year: int, base: int | None) -> Mapping[_Key, tuple[Term, ...]]:
    groups: dict[_Key, tuple[Term, ...]] = {}
    for term in model.terms:
        if term.cell.year not in (year, base) or (sinks == "without" and term.cell.method.effect != "emission"):
            continue
        key = (*term.row[1:], sinks == "gross" and term.value < 0)
        groups[key] = (*groups.get(key, ()), term)
    return groups


def _sum(terms: Iterable[Term], year: int | None) -> Decimal:
    return sum((term.value for term in terms if term.cell.year == year), Decimal(0))


def _halves(model: Model, groups: Mapping[_Key, tuple[Term, ...]], year: int) -> Mapping[_Key, Decimal]:
    """Half the 95 % interval of each group. [tCO2e]"""
    found: dict[_Key, Decimal] = {}
    for removal in (False, True):
        kept = tuple(term for key, terms in groups.items() if key[2] == removal for term in terms if term.cell.year == year)
        effects = propagate(replace(model, terms=kept))
        for (_, category, quantity), row in effects.rows.items():
            half = CONFIDENCE * effects.deviation(row)
            found[category, quantity, removal] = Decimal(f"{half:.12g}")
    return found


def _measures(
    values: Mapping[_Key, Decimal], before: Mapping[_Key, Decimal] | None, halves: Mapping[_Key, Decimal]
) -> Mapping[Test, Mapping[_Key, Decimal]]:
    found: dict[Test, Mapping[_Key, Decimal]] = {"level": {key: abs(value) for key, value in values.items()}}
    found["uncertain_level"] = {key: halves.get(key, Decimal(0)) for key in values}
    if before is not None and sum(before.values(), Decimal(0)):
        trend = _trend(values, before)
        relative = {key: halves.get(key, Decimal(0)) / abs(value) if value else Decimal(0) for key, value in values.items()}
        found["trend"] = trend
        found["uncertain_trend"] = {key: amount * relative[key] for key, amount in trend.items()}
    return found


def _trend(values: Mapping[_Key, Decimal], before: Mapping[_Key, Decimal]) -> Mapping[_Key, Decimal]:
    """How far each category moves off the trend of the sum, weighted by its share in the base year."""
    gross = sum((abs(value) for value in before.values()), Decimal(0))
    then, now = sum(before.values(), Decimal(0)), sum(values.values(), Decimal(0))
    whole = (now - then) / abs(then)
    return {
        key: abs((values[key] - old) / abs(old) - whole) * abs(old) / gross if old else abs(values[key]) / gross
        for key, old in before.items()
    }


def _shares(found: Mapping[_Key, Decimal]) -> Mapping[_Key, Decimal]:
    whole = sum(found.values(), Decimal(0))
    return {key: (amount / whole).quantize(_SCALE) for key, amount in found.items()} if whole else {}


def _reach(shares: Mapping[_Key, Decimal], threshold: Decimal) -> frozenset[_Key]:
    """The largest until they reach the threshold."""
    reached: set[_Key] = set()
    cumulative = Decimal(0)
    for key, share in sorted(shares.items(), key=lambda item: (-item[1], item[0])):
        if cumulative >= threshold or not share:
            break
        reached.add(key)
        cumulative += share
    return frozenset(reached)


def _row(
    key: _Key,
    terms: tuple[Term, ...],
    values: Mapping[_Key, Decimal],
    before: Mapping[_Key, Decimal] | None,
    shares: Mapping[Test, Mapping[_Key, Decimal]],
    reached: Mapping[Test, frozenset[_Key]],
    library: FactorLibrary,
    year: int,
) -> KeyCategory:
    return KeyCategory(
        key[0],
        key[1],
        terms[0].cell.activity.category.label,
        library.label("substance", key[1]),
        key[2],
        values[key],
        None if before is None else before[key],
        {test: found[key] for test, found in shares.items() if key in found},
        tuple(test for test in TESTS if key in reached.get(test, frozenset())),
        tuple(term.cell.id for term in terms if term.cell.year == year),
    )
