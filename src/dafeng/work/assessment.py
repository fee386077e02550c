"""Everything one assessment found, before a face sees it.

Invariant: one run, one plan, one year; all numbers have addresses in ``traces``.
"""

from __future__ import annotations

from dataclasses import dataclass

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.plans.plan import Plan
from dafeng.store.runs import Run
from dafeng.work.account import Account
from dafeng.work.balance import EnergyAccount
from dafeng.work.city import City
from dafeng.work.inventory import Inventory
from dafeng.work.judge import Verdicts
from dafeng.work.measures import CityMeasures
from dafeng.work.project import Projection
from dafeng.work.reconcile import Reconciliation
from dafeng.work.scores import Scores
from dafeng.work.tracing import TraceBook
from dafeng.work.uncertainty import Quality


@dataclass(frozen=True, slots=True)
class Figure:
    """A number inside an answer.

    Parameters
    ----------
    label : Label
        What it is.
    value : float
        The number. [unit]
    unit : str
        Unit; shares have ``1``.
    year : int or None
        Year it speaks of.
    basis : str
        ``actual``, ``estimated``, ``projected``, ``target`` or ``assumption``.
    address : str
        Address of its trace.
    low, high : float or None
        Interval. [unit]
    """

    label: Label
    value: float
    unit: str
    year: int | None
    basis: str
    address: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline question with its answer.

    Parameters
    ----------
    id : str
        ``capacity``, ``clean_share``, ``non_fossil``, ``storage``, ``peak``.
    question, answer : Label
        In words; the answer is formed from the numbers.
    numbers : tuple of Figure
        The numbers in the answer.
    targets : tuple of str
        Targets it is about.
    address : str
        Address of its trace.
    """

    id: str
    question: Label
    answer: Label
    numbers: tuple[Figure, ...]
    targets: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class MeasureEffect:
    """What a measure does to the peak.

    Parameters
    ----------
    id : str
        Id of the measure.
    label : Label
        Name.
    cost : Figure or None
        Annual cost; ``None`` where no sourced cost exists.
    probability : Figure
        Change of the probability of a peak before 2030. [1]
    years : Figure
        Change of the mean peak year. [a]
    avoided : Figure
        CO2 avoided in 2030. [Mt CO2]
    per_cost : Figure or None
        Years gained per 亿元 of annual cost. [a/亿元]
    address : str
        Address of its trace.
    group : int or None
        Place of its group by years per yuan, from 1; measures of one group share an interval with its best and cannot be ranked
        apart. ``None`` where it has no figure per yuan.
    """

    id: str
    label: Label
    cost: Figure | None
    probability: Figure
    years: Figure
    avoided: Figure
    per_cost: Figure | None
    address: str
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the four answers of the first screen.

    Parameters
    ----------
    id : str
        ``peak``, ``plan``, ``clash`` or ``first``.
    question, answer : Label
        In words.
    figures : tuple of Figure
        The figures behind the words.
    address : str
        Address of its trace.
    """

    id: str
    question: Label
    answer: Label
    figures: tuple[Figure, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment of a city.

    Parameters
    ----------
    city : City
        The city.
    year : int
        Assessment year.
    run : Run
        The run: id, instant, versions, inputs.
    plan : Plan
        The plan that was judged.
    account : Account
        Accounted emissions.
    energy : EnergyAccount
        Energy balances with their views.
    inventory : Inventory
        Inventory by the city's guideline.
    scores : Scores
        Indicators, projected ones included.
    verdicts : Verdicts
        One per target.
    projection : Projection
        Pathways and power balance.
    reconciliation : Reconciliation
        Clashes.
    measures : tuple of MeasureEffect
        Measures by their effect on the peak.
    headlines : tuple of Headline
        Headline questions.
    answers : tuple of Answer
        The first screen.
    findings : tuple of Finding
        Everything that was noticed, each once.
    traces : TraceBook
        All explanations.
    quality : Quality or None
        Uncertainty and quality of the inventory; ``None`` where nothing was accounted.
    compared : CityMeasures or None
        Measures with abatement, cost and payers.
    """

    city: City
    year: int
    run: Run
    plan: Plan
    account: Account
    energy: EnergyAccount
    inventory: Inventory
    scores: Scores
    verdicts: Verdicts
    projection: Projection
    reconciliation: Reconciliation
    measures: tuple[MeasureEffect, ...]
    headlines: tuple[Headline, ...]
    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...]
    traces: TraceBook
    quality: Quality | None = None
    compared: CityMeasures | None = None
