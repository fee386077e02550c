"""Which measures move the peak most per yuan.

Invariant: each measure counts by itself beside the baseline, on the same draws; one without a sourced outlay, or one that does
not bring the peak forward, has no rank.
"""

from __future__ import annotations

from collections.abc import Mapping

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.pathways.abatement_shares import Abatement, Share
from dafeng.work.assessment import Figure, MeasureEffect
from dafeng.work.measures import CityMeasures
from dafeng.work.tracing import TraceBook, number_text

LEAST_YEARS = 0.01
"""Change of the mean peak year below which a measure does not move it. [a]"""

OUTLAY = 100
"""Yearly outlay that measures are compared by: so much is of the size of a measure. [亿元]"""


def rank_measures(compared: CityMeasures, traces: TraceBook) -> tuple[MeasureEffect, ...]:
    """Measures by the years they bring the peak forward per yuan of their yearly outlay.

    Parameters
    ----------
    compared : CityMeasures
        What comparing them found; each counts by itself, beside the baseline.
    traces : TraceBook
        Gets the effects; outlay and avoided CO2 must stand there already (`trace_measures`).

    Returns
    -------
    tuple of MeasureEffect
        Most effective per yuan first, those without a sourced outlay or without an earlier peak last. Empty where nothing was
        compared.
    """
    if compared.found is None:
        return ()
    curve = compared.found.curve(compared.first_year)
    made = [_effect(compared.found, share, traces) for share in curve.shares]
    return tuple(sorted(made, key=lambda one: (one.per_cost is None, -one.per_cost.value if one.per_cost else 0.0, one.id)))


def _effect(found: Abatement, share: Share, traces: TraceBook) -> MeasureEffect:
    year = found.terms.years[0]
    measure = next(one for one in found.measures if one.id == share.measure)
    shifted, root = found.shifted[share.measure], f"measures/{share.measure}"
    base = f"abatement/{share.measure}"
    cost = None
    if share.outlay is not None:
        said = Label(f"{measure.label.zh}：{year}年年成本", f"{measure.label.en}: yearly outlay in {year}")
        cost = Figure(said, share.outlay.mid / 1e8, "亿元", year, "assumption", f"{base}.outlay.{year}")
    avoided = Figure(
        Label(f"{measure.label.zh}：{year}年单独减排量", f"{measure.label.en}: CO2 avoided alone in {year}"),
        share.alone["local"] / 1e6,
        "Mt CO2",
        year,
        "projected",
        f"{base}.alone.{year}",
    )
    inputs = (avoided.address,)
    probability = _figure(
        traces, f"{root}.probability", measure.label, _WORDS["probability"], shifted.probability, "1", inputs=inputs
    )
    years = _figure(traces, f"{root}.years", measure.label, _WORDS["years"], shifted.years, "年", inputs=inputs)
    per_cost = None
    if cost is not None and cost.value > 0 and shifted.years <= -LEAST_YEARS:
        per_cost = _figure(
            traces,
            f"{root}.per_cost",
            measure.label,
            _WORDS["per_cost"],
            -OUTLAY * shifted.years / cost.value,
            "年/百亿元",
            expression="-years / cost",
            inputs=(years.address, cost.address),
        )
    return MeasureEffect(share.measure, measure.label, cost, probability, years, avoided, per_cost, root)


_WORDS: Mapping[str, Label] = {
    "probability": Label("2030年前达峰概率的变化", "change of the probability of a peak before 2030"),
    "years": Label("平均达峰年份的变化", "change of the mean peak year"),
    "per_cost": Label("每百亿元年成本提前达峰", "peak brought forward per 10 billion CNY of yearly outlay"),
}


def _figure(
    traces: TraceBook,
    address: str,
    name: Label,
    says: Label,
    value: float,
    unit: str,
    *,
    expression: str | None = None,
    inputs: tuple[str, ...],
) -> Figure:
    label = Label(f"{name.zh}：{says.zh}", f"{name.en}: {says.en}")
    traces.add(
        Trace(
            address,
            "projection",
            label,
            number_text(value),
            unit,
            expression=expression,
            inputs=inputs,
            grade="estimated",
        )
    )
    return Figure(label, value, unit, None, "projected", address)
