"""The peak question: when, with what probability, against which record, and what brings it forward.

Invariant: the answer names the scenario it holds for and says the trend beside it; the first year of a path stands for
every year before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.pathways.peak import Peak
from dafeng.work.assessment import Figure, Headline, MeasureEffect
from dafeng.work.chance_traces import repeat_chance
from dafeng.work.figures import keep_answer
from dafeng.work.future import Future
from dafeng.work.project import Projection
from dafeng.work.rank_measures import tell_first
from dafeng.work.tracing import TraceBook
from dafeng.work.wording import odds, say

ROOT = "headlines/peak"
"""Address of the answer."""
MT = "Mt CO2"
"""Unit of the paths."""


def ask_peak(projection: Projection, measures: Sequence[MeasureEffect], traces: TraceBook) -> Iterator[Headline]:
    """When does the city peak, and which measures bring it forward most for the same cost?

    Parameters
    ----------
    projection : Projection
        Pathways.
    measures : sequence of MeasureEffect
        Measures, most effective first.
    traces : TraceBook
        Gets the figures.

    Yields
    ------
    Headline
        One, where the city has a pathway.
    """
    peak = projection.peak
    if peak is None:
        return
    best = tell_first(measures)
    figures = [*_when(projection, peak, traces), *(best[1] if best is not None else ())]
    again = _again(projection, traces)
    said = [
        _plan_words(projection, peak),
        _error_words(projection.paths[projection.main]),
        *_seen_words(projection),
        *_trend_words(projection),
        *_record_words(projection, again),
    ]
    if best is not None:
        said.append(Label(f"{best[0].zh}。", f"{best[0].en}."))
    if again is not None:
        figures.append(again)
    question = Label(
        "何时达峰？哪三项措施每元提前最多？", "When does the city peak, and which three measures move it most per yuan?"
    )
    answer = Label("".join(one.zh for one in said), " ".join(one.en for one in said))
    yield keep_answer(Headline("peak", question, answer, tuple(figures), (), ROOT), traces)


def _when(projection: Projection, peak: Peak, traces: TraceBook) -> tuple[Figure, ...]:
    address = f"pathway/{projection.main}.peak"
    median, chance = (
        Label("达峰年份（中位数）", "median peak year"),
        Label("2030年前达峰概率", "probability of a peak before 2030"),
    )
    seen = _seen(projection, traces)
    year = Figure(median, float(peak.year_p50), "年", peak.year_p50, "projected", address, peak.year_p10, peak.year_p90)
    where = repeat_chance(f"{address}.before", f"{ROOT}.probability", chance, peak.probability_before_2030, traces)
    least, most = projection.paths[projection.main].chances
    said = Figure(chance, peak.probability_before_2030, "1", 2030, "projected", where, least, most)
    return year, said, *_alone(projection, traces), *seen


def _alone(projection: Projection, traces: TraceBook) -> tuple[Figure, ...]:
    """Probability if the model had no error of its own."""
    address = f"pathway/{projection.main}.drivers_peak.before"
    if address not in traces:
        return ()
    label = Label("只计驱动因素时2030年前达峰概率", "probability of a peak before 2030 by the drivers alone")
    value = projection.paths[projection.main].drivers_peak.probability_before_2030
    where = repeat_chance(address, f"{ROOT}.alone", label, value, traces)
    return (Figure(label, value, "1", 2030, "projected", where),)


def _seen(projection: Projection, traces: TraceBook) -> tuple[Figure, ...]:
    seen, address = projection.paths[projection.main].observed, f"pathway/{projection.main}.observed.before"
    if seen is None or address not in traces:
        return ()
    label = Label("公布序列显示2030年前达峰的概率", "probability that a published series shows a peak before 2030")
    return (Figure(label, seen.probability_before_2030, "1", 2030, "projected", address),)


def _plan_words(projection: Projection, peak: Peak) -> Label:
    chance, between = odds(peak.probability_before_2030), f"{peak.year_p10}–{peak.year_p90}"
    when = peak_words(projection, peak.year_p50)
    return Label(
        f"方案情景下达峰年份中位数 {when.zh}（P10–P90：{between}），2030年前达峰概率 {chance}。",
        f"In the plan scenario the median peak year is {when.en} (P10–P90 {between}); a peak before 2030 has {chance}.",
    )


def _error_words(path: Future) -> Label:
    """What the probability contains."""
    alone, least, most = (odds(one) for one in (path.drivers_peak.probability_before_2030, *path.chances))
    return Label(
        f"概率含模型自身误差（按以往预测的偏差定），随误差持续长短在 {least} 至 {most} 之间；只计驱动因素为 {alone}。",
        f"It holds the model's own error, sized by what past forecasts missed: between {least} and {most} depending on how long"
        f" an error lasts; {alone} by the drivers alone.",
    )


def _seen_words(projection: Projection) -> Iterator[Label]:
    """What a published series with the scatter of the record would show of the same path."""
    seen = projection.paths[projection.main].observed
    if seen is None:
        return
    chance, between = odds(seen.probability_before_2030), f"{seen.year_p10}–{seen.year_p90}"
    yield Label(
        f"公布的序列带有年际起伏，看上去的最高年份在 {between} 之间，落在2030年前的概率 {chance}。",
        f"A published series scatters from year to year: its highest year would lie in {between}, before 2030 with {chance}.",
    )


def _trend_words(projection: Projection) -> Iterator[Label]:
    trend = projection.paths.get("baseline")
    if trend is None or projection.main == "baseline":
        return
    chance, year = odds(trend.peak.probability_before_2030), trend.peak.year_p50
    yield Label(f"若只按趋势，这一概率为 {chance}，中位数 {year} 年。", f"On the trend alone it is {chance}, median {year}.")


def _record_words(projection: Projection, again: Figure | None) -> Iterator[Label]:
    """The record beside the path: which of the two the peak year is of, and how far they can be compared."""
    if again is None:
        return
    path, highest = projection.paths[projection.main], max(projection.recorded, key=lambda row: row.value)
    level, own = _levels(highest.value, highest.unit), _levels(path.peak.level_mt_p50, MT)
    above, chance, first = highest.value > path.peak.level_mt_p50, odds(again.value), int(path.years[0])
    zh, en = ("高于", "above") if above else ("不高于", "not above")
    yield Label(
        f"达峰年份指{first}年起的路径中最高的一年。有记录以来最高为 {highest.year} 年 {level.zh}，"
        f"{zh}路径的峰值 {own.zh}，再次超过的概率 {chance}。",
        f"The peak year is the highest of the path from {first} on. The highest recorded is {level.en} in {highest.year}, "
        f"{en} the peak of the path, {own.en}; it is passed again with {chance}.",
    )
    if above:
        yield _break_words(projection, path, first)


def _break_words(projection: Projection, path: Future, first: int) -> Label:
    """Why a higher record is told beside the peak of the path, and not instead of it."""
    last = max(projection.recorded, key=lambda row: row.year)
    record, start = _levels(last.value, last.unit), _levels(float(np.median(path.co2[:, 0])), MT)
    breaks = () if projection.history is None else projection.history.breaks
    listed = "、".join(map(str, breaks)), ", ".join(map(str, breaks))
    why = (f"记录在 {listed[0]} 年有断点或骤变，", f"The record breaks or jumps in {listed[1]}. ") if breaks else ("", "")
    return Label(
        f"{why[0]}记录末年 {last.year} 年为 {record.zh}，路径 {first} 年从 {start.zh} 起："
        "两者来源不同，能否相比须看口径；若可比，全时期的最高年份是记录中的那一年。",
        f"{why[1]}It ends with {record.en} in {last.year}, the path begins with {start.en} in {first}: they come from "
        "different sources, and whether they compare depends on what each counts; if they do, the highest year of all is the "
        "recorded one.",
    )


def _levels(value: float, unit: str) -> Label:
    return Label(say(value, unit, "zh"), say(value, unit, "en"))


def _again(projection: Projection, traces: TraceBook) -> Figure | None:
    path = projection.paths.get(projection.main)
    if path is None or not projection.recorded:
        return None
    highest = max(projection.recorded, key=lambda row: row.value)
    chance = float((path.co2.max(axis=1) > highest.value).mean())
    label = Label("再次超过历史最高排放的概率", "probability of passing the highest recorded emissions again")
    address = traces.add(
        Trace(
            f"{ROOT}.again",
            "projection",
            label,
            f"{chance:.4f}",
            "1",
            inputs=(highest.address, f"pathway/{projection.main}.peak"),
            grade="estimated",
        )
    )
    return Figure(label, chance, "1", None, "projected", address)


def peak_words(projection: Projection, year: int) -> Label:
    """A peak year in words: the first year of the paths stands for every year before it.

    Parameters
    ----------
    projection : Projection
        The pathways.
    year : int
        Peak year.

    Returns
    -------
    Label
        ``2019年或更早`` where the paths only fall.
    """
    starts = [int(path.years[0]) for path in projection.paths.values()]
    first = bool(starts) and year <= starts[0]
    return Label(f"{year} 年或更早", f"{year} or earlier") if first else Label(f"{year} 年", f"{year}")
