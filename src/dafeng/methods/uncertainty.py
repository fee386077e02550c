"""Uncertainty of an inventory: the table of the IPCC, by propagation and by Monte Carlo, and what it does not cover.

Invariant: what nobody stated is counted beside the interval, with its share of the emissions; a relative interval is
given only where sources and sinks leave a net that differs from zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.factors import FactorLibrary
from dafeng.methods.distribution import CONFIDENCE, Floats
from dafeng.methods.propagation import Sensitivities, propagate
from dafeng.methods.simulation import Interval, Simulation, describe, simulate_inventory
from dafeng.methods.uncertain import Input, Model, Subject, Term
from dafeng.methods.uncertainty_findings import find_uncertain


@dataclass(frozen=True, slots=True)
class Total:
    """A sum with its interval.

    Parameters
    ----------
    year : int
        Year.
    value, gross : Decimal
        Net sum, and the sum of the absolute values of the cells. [tCO2e]
    half : float
        Half the 95 % interval by propagation. [tCO2e]
    relative : float or None
        ``half`` as a part of the net; ``None`` where sinks and sources leave a net whose interval holds zero. [1]
    simulated : Interval
        The same by Monte Carlo. [tCO2e]
    """

    year: int
    value: Decimal
    gross: Decimal
    half: float
    relative: float | None
    simulated: Interval


@dataclass(frozen=True, slots=True)
class Trend:
    """Change since the base year with its interval.

    Parameters
    ----------
    base : int
        Base year.
    change : float
        Change as a part of the net of the base year. [1]
    half : float
        Half the 95 % interval by propagation. [1]
    simulated : Interval
        The same by Monte Carlo. [1]
    """

    base: int
    change: float
    half: float
    simulated: Interval


@dataclass(frozen=True, slots=True)
class Row:
    """One category and gas in the table of uncertainties.

    Parameters
    ----------
    category, quantity : str
        Category and gas.
    label, gas : Label
        Their names.
    value : Decimal
        Emission of the year, negative for a removal. [tCO2e]
    base : Decimal or None
        That of the base year; ``None`` where it was not computed. [tCO2e]
    activity, factor : float or None
        Half the 95 % interval that comes from facts, and from factors with their fit; ``None`` of a zero. [1]
    combined : float or None
        Both together. [1]
    simulated : Interval
        The row by Monte Carlo. [tCO2e]
    variance_share : float or None
        Contribution to the variance of the sum; over all rows they add up to 1. [1]
    trend_share : float or None
        Contribution to the variance of the trend; over all rows they add up to 1. [1]
    covered : float
        Share of the row, by absolute value, all of whose inputs have a stated uncertainty. [1]
    cells : tuple of str
        Results it consists of.
    """

    category: str
    quantity: str
    label: Label
    gas: Label
    value: Decimal
    base: Decimal | None
    activity: float | None
    factor: float | None
    combined: float | None
    simulated: Interval
    variance_share: float | None
    trend_share: float | None
    covered: float
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Uncertainty of an inventory.

    Parameters
    ----------
    standard : str
        Standard of the warming potentials, which are taken as certain.
    seed, draws : int
        Seed and number of draws.
    total : Total
        Sum of the year.
    before : Total or None
        Sum of the base year.
    trend : Trend or None
        Change; ``None`` without a base year, or where its net may be zero.
    rows : tuple of Row
        By category and gas, the largest contribution to the variance first.
    inputs : tuple of (Input, float)
        Inputs with their contribution to the variance of the sum, the largest first. [1]
    uncovered : mapping of Subject to float
        Share of the gross emissions with an input of that sort whose uncertainty nobody stated. [1]
    assumed : float or None
        Share of the variance that rests on assumptions. [1]
    findings : tuple of Finding
        What is unknown, assumed or cannot be said.
    """

    standard: str
    seed: int
    draws: int
    total: Total
    before: Total | None
    trend: Trend | None
    rows: tuple[Row, ...]
    inputs: tuple[tuple[Input, float], ...]
    uncovered: Mapping[Subject, float]
    assumed: float | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Study:
    """Everything that the parts of the result are read from."""

    model: Model
    library: FactorLibrary
    effects: Sensitivities
    drawn: Simulation
    year: int
    base: int | None


def assess_uncertainty(
    model: Model,
    library: FactorLibrary,
    *,
    standard: str,
    year: int,
    base: int | None = None,
    seed: int = 1,
    draws: int = 10_000,
) -> Uncertainty:
    """Uncertainty of the inventory of a year and of its change.

    Parameters
    ----------
    model : Model
        Inventory of the year and of the base year.
    library : FactorLibrary
        Names of gases.
    standard : str
        Standard of the warming potentials that the model was built with.
    year : int
        Year.
    base : int, optional
        Base year.
    seed : int
        Seed of the draws.
    draws : int
        Number of draws.

    Returns
    -------
    Uncertainty
        By propagation and by Monte Carlo.
    """
    study = _Study(model, library, propagate(model), simulate_inventory(model, seed=seed, count=draws), year, base)
    total = _total(study, year)
    before = None if base is None else _total(study, base)
    trend, slopes = _trend(study, total, before)
    shares = study.effects.shares(study.effects.total(year), study.effects.total(year))
    inputs = sorted(zip(model.inputs.values(), shares.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0].key))
    rows = _rows(study, total, before, slopes)
    known = tuple((one, share) for one, share in inputs if share > 0)
    uncovered = _uncovered(model, year)
    assumed = sum(share for one, share in known if one.evidence == "assumption" or one.subject == "pedigree") if known else None
    findings = find_uncertain(
        model, total.value, total.simulated.mean, uncovered, assumed, study.drawn, year=year, certain=total.relative
    )
    return Uncertainty(standard, seed, draws, total, before, trend, rows, known, uncovered, assumed, findings)


def _terms(model: Model, year: int) -> tuple[Term, ...]:
    return tuple(term for term in model.terms if term.cell.year == year)


def _total(study: _Study, year: int) -> Total:
    values = [term.value for term in _terms(study.model, year)]
    value, gross = sum(values, Decimal(0)), sum((abs(one) for one in values), Decimal(0))
    half = CONFIDENCE * study.effects.deviation(study.effects.total(year))
    certain = value and (abs(value) == gross or abs(value) > Decimal(half))
    return Total(year, value, gross, half, half / abs(float(value)) if certain else None, describe(study.drawn.total(year)))


def _trend(study: _Study, total: Total, before: Total | None) -> tuple[Trend | None, Floats | None]:
    if before is None or before.relative is None:
        return None, None
    now, then = float(total.value), float(before.value)
    slopes = _slope(study.effects.total(total.year), study.effects.total(before.year), now, then)
    drawn = study.drawn.total(total.year) / study.drawn.total(before.year) - 1
    return Trend(before.year, now / then - 1, CONFIDENCE * study.effects.deviation(slopes), describe(drawn)), slopes


def _slope(after: Floats, before: Floats, now: float, then: float) -> Floats:
    """What each input does to now / then - 1: the same input moves both years."""
    return (after * then - now * before) / (then * then)


def _rows(study: _Study, total: Total, before: Total | None, slopes: Floats | None) -> tuple[Row, ...]:
    groups: dict[tuple[str, str], list[Term]] = {}
    for term in (*_terms(study.model, study.year), *(_terms(study.model, study.base) if study.base is not None else ())):
        groups.setdefault(term.row[1:], []).append(term)
    rows = [_row(study, key, terms, total, before, slopes) for key, terms in groups.items()]
    return tuple(sorted(rows, key=lambda row: (-(row.variance_share or 0), -abs(row.value), row.category, row.quantity)))


def _row(
    study: _Study, key: tuple[str, str], terms: list[Term], total: Total, before: Total | None, slopes: Floats | None
) -> Row:
    now = [term for term in terms if term.cell.year == study.year]
    then = [term for term in terms if term.cell.year == study.base]
    value = sum((term.value for term in now), Decimal(0))
    none = np.zeros_like(study.effects.deviations)
    effect = study.effects.rows.get((study.year, *key), none)
    old = study.effects.rows.get((study.base, *key), none) if study.base is not None else none
    slope = None if slopes is None or before is None else _slope(effect, old, float(total.value), float(before.value))
    drawn = study.drawn.rows.get((study.year, *key), np.zeros(study.drawn.count))
    return Row(
        key[0],
        key[1],
        terms[0].cell.activity.category.label,
        study.library.label("substance", key[1]),
        value,
        sum((term.value for term in then), Decimal(0)) if then else None,
        _relative(study.effects, effect, value, ("activity",)),
        _relative(study.effects, effect, value, ("factor", "pedigree")),
        _relative(study.effects, effect, value, ("activity", "factor", "pedigree")),
        describe(drawn),
        _share(study.effects.shares(effect, study.effects.total(study.year))),
        None if slope is None or slopes is None else _share(study.effects.shares(slope, slopes)),
        _covered(study.model, now),
        tuple(term.cell.id for term in now),
    )


def _relative(effects: Sensitivities, effect: Floats, value: Decimal, among: tuple[Subject, ...]) -> float | None:
    return CONFIDENCE * effects.deviation(effect, among=among) / abs(float(value)) if value else None


def _share(shares: Floats) -> float | None:
    found = float(shares.sum())
    return found if np.isfinite(found) else None


def _covered(model: Model, terms: Iterable[Term]) -> float:
    listed = tuple(terms)
    gross = sum((abs(term.value) for term in listed), Decimal(0))
    known = sum((abs(t.value) for t in listed if all(model.inputs[key].known for key in t.keys(model))), Decimal(0))
    return float(known / gross) if gross else 1.0


def _uncovered(model: Model, year: int) -> Mapping[Subject, float]:
    """Share of the gross emissions that has an input of each sort with no stated uncertainty."""
    terms = _terms(model, year)
    gross = sum((abs(term.value) for term in terms), Decimal(0))
    sorts: tuple[Subject, ...] = ("activity", "factor")
    lacking = {
        sort: sum((abs(t.value) for t in terms if any(_lacks(model.inputs[key], sort) for key in t.keys(model))), Decimal(0))
        for sort in sorts
    }
    return {sort: float(amount / gross) if gross else 0.0 for sort, amount in lacking.items()}


def _lacks(one: Input, sort: Subject) -> bool:
    return one.subject == sort and not one.known
