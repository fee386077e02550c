"""Numbers of answers: taken from scores and targets, or computed by an expression that is kept with them.

Invariant: a figure that was computed carries its expression and the addresses of its inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.formula import evaluate, parse
from dafeng.formula.typesetting import typeset
from dafeng.library.indicators import Indicator
from dafeng.plans.plan import Target
from dafeng.work.assessment import Figure, Headline
from dafeng.work.scores import Score
from dafeng.work.tracing import TraceBook, number_text

Goals = Sequence[tuple[Target, Indicator, float]]
"""Targets with their indicators and values in the indicators' units."""


def of_score(score: Score, label: Label) -> Figure:
    """An indicator value as a figure.

    Parameters
    ----------
    score : Score
        The value.
    label : Label
        What it is.

    Returns
    -------
    Figure
        With the address of the value.
    """
    low, high = (None, None) if score.low == score.high else (score.low, score.high)
    return Figure(label, score.value, score.unit, score.year, score.basis, score.address, low, high)


def compute(
    traces: TraceBook,
    address: str,
    label: Label,
    expression: str,
    inputs: Mapping[str, Figure],
    *,
    unit: str,
    year: int | None,
    basis: str = "projected",
) -> Figure:
    """A figure from other figures.

    Parameters
    ----------
    traces : TraceBook
        Gets the trace.
    address : str
        Address of the new figure.
    label : Label
        What it is.
    expression : str
        In the formula language, over the names of ``inputs``; the inputs must already be in fitting units.
    inputs : mapping of str to Figure
        Inputs by name.
    unit : str
        Unit of the result.
    year : int or None
        Year it speaks of.
    basis : str
        Basis of the figure.

    Returns
    -------
    Figure
        The computed number.

    Raises
    ------
    FormulaError
        If the value is no finite number.
    """
    parsed = parse(expression, where=address)
    value = float(evaluate(parsed, {name: figure.value for name, figure in inputs.items()}, where=address))
    traces.add(
        Trace(
            address=address,
            kind="headline",
            says=label,
            value=number_text(value),
            unit=unit,
            year=year,
            expression=str(parsed),
            typeset=typeset(parsed, {}),
            inputs=tuple(figure.address for figure in inputs.values()),
            grade="derived",
        )
    )
    return Figure(label, value, unit, year, basis, address)


def goal_figure(target: Target, indicator: Indicator, value: float) -> Figure:
    """A target as a figure.

    Parameters
    ----------
    target : Target
        The target.
    indicator : Indicator
        Its indicator.
    value : float
        Value asked. [unit of the indicator]

    Returns
    -------
    Figure
        With the address of the target.
    """
    label = Label(f"目标：{indicator.label.zh}", f"target: {indicator.label.en}")
    return Figure(label, value, indicator.unit, target.year, "target", f"targets/{target.id}")


def keep_answer(headline: Headline, traces: TraceBook) -> Headline:
    """Store the trace of an answer.

    Parameters
    ----------
    headline : Headline
        The answer.
    traces : TraceBook
        Gets the trace.

    Returns
    -------
    Headline
        The same.
    """
    inputs = tuple(dict.fromkeys(figure.address for figure in headline.numbers))
    traces.add(Trace(headline.address, "headline", headline.answer, inputs=inputs, grade="derived"))
    return headline
