"""Which measures move the peak most per yuan, and which cannot be told apart.

Invariant: each measure counts by itself beside the baseline, on the same draws; one without a sourced outlay, or one
whose shift cannot be told from zero, has no rank; measures whose intervals overlap stand in one group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.pathways.abatement_peaks import SURE, rank_apart
from dafeng.pathways.abatement_shares import Abatement, Share, Shifted
from dafeng.pathways.peak import Peak
from dafeng.work.assessment import Figure, MeasureEffect
from dafeng.work.measures import CityMeasures
from dafeng.work.tracing import TraceBook, number_text

LEAST_YEARS = 0.01
"""Change of the mean peak year, about four days, below which a measure does not move it in any useful sense. [a]"""
WANTED = 3
"""Measures a mayor asks for."""
NAMED = 5
"""Most measures of one group that are named."""
YI = 1e8
"""Yuan in 亿元."""
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
        Best group first, those without a figure per yuan last. Empty where nothing was compared.
    """
    found = compared.found
    if found is None:
        return ()
    gains = {name: gain for name, gain in found.gains.items() if found.shifted[name].years <= -LEAST_YEARS}
    groups = {name: number for number, group in enumerate(rank_apart(gains), 1) for name in group}
    table = _Table(found, traces, groups)
    made = [table.effect(share) for share in found.curve(compared.first_year).shares]
    return tuple(sorted(made, key=lambda one: (one.group or len(made), -one.per_cost.value if one.per_cost else 0.0, one.id)))


@dataclass(frozen=True, slots=True)
class _Table:
    """Writes the figures of each measure and their traces."""

    found: Abatement
    traces: TraceBook
    groups: Mapping[str, int]

    def effect(self, share: Share) -> MeasureEffect:
        year = self.found.terms.years[0]
        name = next(one.label for one in self.found.measures if one.id == share.measure)
        shifted, base = self.found.shifted[share.measure], f"abatement/{share.measure}"
        cost = None
        if share.outlay is not None:
            said = Label(f"{name.zh}：{year}年年成本", f"{name.en}: yearly outlay in {year}")
            cost = Figure(said, share.outlay.mid / YI, "亿元", year, "assumption", f"{base}.outlay.{year}")
        said = Label(f"{name.zh}：{year}年单独减排量", f"{name.en}: CO2 avoided alone in {year}")
        avoided = Figure(said, share.alone["local"] / 1e6, "Mt CO2", year, "projected", f"{base}.alone.{year}")
        years = self._changed("years", name, shifted, shifted.years, shifted.error, avoided.address)
        chance = self._changed("probability", name, shifted, shifted.probability, shifted.probability_error, avoided.address)
        gain, group = None, self.groups.get(share.measure)
        if group is not None and cost is not None:
            gain = self._gain(name, shifted, years, cost)
        return MeasureEffect(share.measure, name, cost, chance, years, avoided, gain, f"measures/{share.measure}", group)

    def _changed(self, what: str, name: Label, shifted: Shifted, value: float, error: float, avoided: str) -> Figure:
        """A difference of two peaks, with both beside it."""
        unit = _UNITS[what]
        sides = tuple(
            self._side(what, *side) for side in ((name, shifted.measure, shifted.peak), (_NONE, "base", self.found.base))
        )
        low, high = value - SURE * error, value + SURE * error
        terms = self.found.terms
        note = Label(
            f"{terms.peak_draws:,} 次共同抽样；抽样误差的95%区间 {low:.4f} 至 {high:.4f}；"
            f"{shifted.moved:.2%} 的抽样中达峰年份有变",
            f"{terms.peak_draws:,} common draws; 95 % interval of the error of the draws {low:.4f} to {high:.4f}; the peak year"
            f" moves in {shifted.moved:.2%} of them",
        )
        address = f"measures/{shifted.measure}.{what}"
        label = Label(f"{name.zh}：{_SAYS[what].zh}", f"{name.en}: {_SAYS[what].en}")
        self.traces.add(
            Trace(
                address,
                "projection",
                label,
                number_text(value),
                unit,
                expression="with_it - without",
                inputs=(*sides, avoided),
                grade="estimated",
                note=note,
            )
        )
        return Figure(label, value, unit, None, "projected", address, low, high)

    def _side(self, what: str, name: Label, measure: str, peak: Peak) -> str:
        address = f"measures/{measure}.{_SIDES[what]}"
        if address not in self.traces:
            value = mean_year(peak) if what == "years" else peak.probability_before_2030
            said = Label(f"{name.zh}：{_SIDE_SAYS[what].zh}", f"{name.en}: {_SIDE_SAYS[what].en}")
            unit, draws = _UNITS[what], self.found.terms.peak_draws
            note = Label(f"基准情景，{draws:,} 次抽样", f"baseline, {draws:,} draws")
            self.traces.add(Trace(address, "projection", said, number_text(value), unit, grade="estimated", note=note))
        return address

    def _gain(self, name: Label, shifted: Shifted, years: Figure, cost: Figure) -> Figure:
        span = self.found.gains[shifted.measure]
        low, mid, high = (OUTLAY * YI * one for one in (span.low, span.mid, span.high))
        label = Label(f"{name.zh}：{_GAIN.zh}", f"{name.en}: {_GAIN.en}")
        address = f"measures/{shifted.measure}.per_cost"
        note = Label(
            f"P10–P90：{low:.4f}–{high:.4f}，含抽样误差与年成本的区间；区间重叠的措施分不出先后",
            f"P10–P90 {low:.4f}–{high:.4f}, of the error of the draws and of the outlay; measures whose intervals overlap"
            " cannot be ranked apart",
        )
        self.traces.add(
            Trace(
                address,
                "projection",
                label,
                number_text(mid),
                "年/百亿元",
                expression=f"-{OUTLAY} * years / cost",
                inputs=(years.address, cost.address),
                grade="estimated",
                note=note,
            )
        )
        return Figure(label, mid, "年/百亿元", None, "projected", address, low, high)


def mean_year(peak: Peak) -> float:
    """Mean peak year of all draws.

    Parameters
    ----------
    peak : Peak
        Distribution of the peak year.

    Returns
    -------
    float
        [year]
    """
    return sum(year * share for year, share in zip(peak.years, peak.shares, strict=True))


def pick_first(measures: Sequence[MeasureEffect]) -> tuple[tuple[MeasureEffect, ...], ...]:
    """The first groups that hold as many measures as are asked for.

    Parameters
    ----------
    measures : sequence of MeasureEffect
        Best group first.

    Returns
    -------
    tuple of tuple of MeasureEffect
        By group; empty where no measure has a figure per yuan.
    """
    groups: dict[int, list[MeasureEffect]] = {}
    for one in measures:
        if (one.group is not None and sum(map(len, groups.values())) < WANTED) or one.group in groups:
            groups.setdefault(one.group or 0, []).append(one)
    return tuple(tuple(group) for group in groups.values())


def tell_first(measures: Sequence[MeasureEffect]) -> tuple[Label, tuple[Figure, ...]] | None:
    """Which measures move the peak most per yuan, in words: groups, intervals, and how little any one does.

    Parameters
    ----------
    measures : sequence of MeasureEffect
        Best group first.

    Returns
    -------
    tuple of Label and tuple of Figure, or None
        ``None`` where no measure has a figure per yuan.
    """
    groups = pick_first(measures)
    if not groups:
        return None
    zh, en = _APART.zh.join(_names(group).zh for group in groups), _APART.en.join(_names(group).en for group in groups)
    most = min(measures, key=lambda one: one.years.value)
    still = sum(one.years.value > -LEAST_YEARS for one in measures)
    said = Label(
        f"同样的年成本使平均达峰年份提前最多：{zh}。单项最多提前{-most.years.value:.2f}年（{most.label.zh}），"
        f"{still}项不足{LEAST_YEARS}年",
        f"Most years gained for the same yearly outlay: {en}. No single measure gains more than"
        f" {-most.years.value:.2f} years ({most.label.en}); {still} gain less than {LEAST_YEARS}",
    )
    figures = tuple(one.per_cost for group in groups for one in group[:NAMED] if one.per_cost is not None)
    return said, (*figures, most.years)


def _names(group: Sequence[MeasureEffect]) -> Label:
    named = group[:NAMED]
    zh, en = "、".join(one.label.zh for one in named), ", ".join(one.label.en for one in named)
    if len(group) == 1:
        return Label(zh, en)
    more = len(group) - len(named)
    zh, en = (f"{zh}等{len(group)}项", f"{en} and {more} more") if more else (zh, en)
    return Label(f"{zh}（区间重叠，分不出先后）", f"{en} (intervals overlap, cannot be ranked apart)")


_APART = Label("；明显低于首位的：", "; clearly below the first of these: ")
_NONE = Label("不采取任何措施", "without any measure")
_GAIN = Label("每百亿元年成本提前达峰", "peak brought forward per 10 billion CNY of yearly outlay")
_UNITS: Mapping[str, str] = {"years": "年", "probability": "1"}
_SIDES: Mapping[str, str] = {"years": "year", "probability": "chance"}
_SIDE_SAYS: Mapping[str, Label] = {
    "years": Label("平均达峰年份", "mean peak year"),
    "probability": Label("2030年前达峰概率", "probability of a peak before 2030"),
}
_SAYS: Mapping[str, Label] = {
    "years": Label("平均达峰年份的变化", "change of the mean peak year"),
    "probability": Label("2030年前达峰概率的变化", "change of the probability of a peak before 2030"),
}
