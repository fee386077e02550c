"""What comparing measures finds: contributions, orders, payers and the peak.

Invariant: a figure that could not be formed is ``None`` or absent, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dafeng.pathways.measures import Amount, Measure
from dafeng.pathways.peak import Peak

ORDERED = ("local", "consumed")
"""Scopes for which the order of the cheapest next measure is formed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked.

    Parameters
    ----------
    rate : Amount
        Real rate of interest of annual costs. [1]
    years : tuple of int
        Years in which measures are compared.
    draws : int
        Number of draws for intervals.
    orders : int
        Pairs of opposite orders for the attribution of many measures.
    seed : int
        Seed of both.
    peak_draws : int
        Number of common draws for what each does to the peak.
    peak_seed : int
        Seed of these.
    """

    rate: Amount
    years: tuple[int, ...] = (2030, 2035)
    draws: int = 200
    orders: int = 12
    seed: int = 1
    peak_draws: int = 10_000
    peak_seed: int = 1


@dataclass(frozen=True, slots=True)
class Span:
    """A figure with its interval.

    Parameters
    ----------
    mid : float
        On middle values.
    low, high : float
        10 % and 90 % quantiles over the draws.
    """

    mid: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """What one measure contributes in a year, or in all years together.

    Parameters
    ----------
    measure : str
        Its id.
    avoided : mapping of str to Span
        CO2 avoided by scope: mean over all orders. [tCO2]
    error : mapping of str to float
        Standard error of it where orders were sampled. [tCO2]
    alone, last : mapping of str to float
        What it avoids by itself, and when all others are done already. [tCO2]
    saving : Span
        What is added to the energy bill of the whole city; negative where energy is saved. [CNY]
    outlay : Span or None
        Annuity, upkeep and running cost. [CNY]
    cost : Span or None
        Outlay and saving together. [CNY]
    price : mapping of str to Span
        Cost per CO2 avoided by scope; without the scopes in which it avoids nothing. [CNY/tCO2]
    paid : mapping of str to float
        Cost by payer; empty where the outlay is unknown. [CNY]
    """

    measure: str
    avoided: Mapping[str, Span]
    error: Mapping[str, float]
    alone: Mapping[str, float]
    last: Mapping[str, float]
    saving: Span
    outlay: Span | None = None
    cost: Span | None = None
    price: Mapping[str, Span] = field(default_factory=dict)
    paid: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """One step of the order in which the cheapest next measure is taken.

    Parameters
    ----------
    measure : str
        Its id.
    avoided : float
        What it adds to those before it. [tCO2]
    cost : float or None
        What it adds to the cost of those before it; ``None`` where its outlay is unknown. [CNY]
    price : float or None
        Cost per CO2 avoided; ``None`` where it has none. [CNY/tCO2]
    """

    measure: str
    avoided: float
    cost: float | None
    price: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """Abatement in one year, or in all years together.

    Parameters
    ----------
    year : int or None
        The year; ``None`` for all.
    shares : tuple of Share
        One per measure, in the order of the table.
    together : mapping of str to Span
        CO2 avoided by all measures, by scope. [tCO2]
    orders : mapping of str to tuple of Taken
        By scope: measures that save money first, the largest saving before the others, then by price, then those without
        price; none for all years together.
    """

    year: int | None
    shares: tuple[Share, ...]
    together: Mapping[str, Span]
    orders: Mapping[str, tuple[Taken, ...]]


@dataclass(frozen=True, slots=True)
class Shifted:
    """What a measure alone does to the peak.

    Parameters
    ----------
    measure : str
        Its id; ``all`` for all together.
    peak : Peak
        Distribution of the peak year.
    years : float
        Change of the mean peak year, negative where it comes earlier. [a]
    probability : float
        Change of the probability of a peak before 2030. [1]
    error : float
        Standard error of `years` over the draws. [a]
    level : float
        Change of the median of the highest value. [tCO2]
    moved : float
        Share of the draws in which the peak year moves at all. [0..1]
    probability_error : float
        Standard error of `probability` over the draws. [1]
    """

    measure: str
    peak: Peak
    years: float
    error: float
    probability: float
    level: float
    moved: float = 0.0
    probability_error: float = 0.0


@dataclass(frozen=True, slots=True)
class Abatement:
    """Measures of a city compared.

    Parameters
    ----------
    measures : tuple of Measure
        Those compared.
    curves : tuple of Curve
        Each year asked for, then all years together.
    base : Peak
        Peak without any measure.
    shifted : mapping of str to Shifted
        What each does to the peak by itself; under ``all`` what all do.
    terms : Terms
        What was asked.
    gains : mapping of str to Span
        Years by which a measure brings the peak forward per yuan of its outlay in the first year asked for; without those that
        have no price or no shift that can be told from zero. [a/CNY]
    """

    measures: tuple[Measure, ...]
    curves: tuple[Curve, ...]
    base: Peak
    shifted: Mapping[str, Shifted]
    terms: Terms
    gains: Mapping[str, Span] = field(default_factory=dict)

    def curve(self, year: int | None) -> Curve:
        """Abatement of one year.

        Parameters
        ----------
        year : int or None
            One of the years asked for; ``None`` for all together.

        Returns
        -------
        Curve
            Its shares and orders.

        Raises
        ------
        KeyError
            If the year was not asked for.
        """
        found = [curve for curve in self.curves if curve.year == year]
        if not found:
            raise KeyError(year)
        return found[0]
