"""Judging one target: met, on course, behind, off course, not due, or cannot be judged.

Invariant: no verdict better than the evidence: a missing or stale value is ``not_measurable`` with what is lacking,
a target that only a projection speaks for is judged by the projection and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dafeng.core.labels import Label
from dafeng.plans.trajectory import Trajectory, draw

Kind = Literal["met", "on_course", "behind", "off_course", "not_due", "not_measurable"]
KINDS: tuple[Kind, ...] = ("met", "on_course", "behind", "off_course", "not_due", "not_measurable")
WORDS: Mapping[Kind, Label] = {
    "met": Label("已达成", "met"),
    "on_course": Label("按进度", "on course"),
    "behind": Label("滞后", "behind"),
    "off_course": Label("严重滞后", "off course"),
    "not_due": Label("未到期", "not due"),
    "not_measurable": Label("无法判断", "cannot be judged"),
}
"""Verdicts in words, the same in every face."""
BY_PROJECTION = Label("未到期，按项目与情景预测判断", "not due; judged by the projection from projects and scenarios")
"""Reason of a verdict that rests on the projection alone."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value of an indicator in a year.

    Parameters
    ----------
    year : int
        Year it speaks of.
    value : float
        In the unit of the target; shares 0..1.
    basis : str
        ``actual`` or ``estimated``.
    address : str
        Address of its trace.
    """

    year: int
    value: float
    basis: str
    address: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """A projected value in the target year.

    Parameters
    ----------
    year : int
        Target year.
    low, middle, high : float
        P10, P50, P90, or three times the same number. [unit of the target]
    address : str
        Address of its trace.
    firm : bool
        Whether it rests on recorded facts (projects with dates, measured series); a projection made of
        assumptions alone warns, but decides nothing.
    """

    year: int
    low: float
    middle: float
    high: float
    address: str
    firm: bool = True


@dataclass(frozen=True, slots=True)
class Aim:
    """What a target asks, reduced to what judging needs.

    Parameters
    ----------
    year : int or None
        Year it is due.
    value : float or None
        Value asked; ``None`` for a delegated target without a number.
    comparator : str
        ``>= > <= < = ~``.
    tolerance : float
        Half width of “about”. [unit of value]
    rising : bool
        Whether more is better.
    stock : bool
        Whether a value once reached stays (capacity, cumulative count).
    """

    year: int | None
    value: float | None
    comparator: str
    tolerance: float
    rising: bool
    stock: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbers of the rule file.

    Parameters
    ----------
    behind_from : float
        Share of the scheduled progress from which a target is behind rather than off course. [0..1]
    stale_after : int
        Age after which a stock value no longer stands for the year. [a]
    """

    behind_from: float
    stale_after: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What can be said of a target.

    Parameters
    ----------
    verdict : Kind
        The verdict.
    reason : Label
        Why, with the figures' roles named.
    actual : Reading or None
        Value it rests on.
    projected : Outlook or None
        Projection, where there is one.
    projected_verdict : Kind or None
        What the projection alone would say of the target year.
    lacking : tuple of Label
        What is missing.
    required : Trajectory or None
        Course asked, where a baseline is known.
    """

    verdict: Kind
    reason: Label
    actual: Reading | None = None
    projected: Outlook | None = None
    projected_verdict: Kind | None = None
    lacking: tuple[Label, ...] = ()
    required: Trajectory | None = None


def satisfies(aim: Aim, value: float) -> bool:
    """Whether a value keeps a target.

    Parameters
    ----------
    aim : Aim
        The target; its value must be known.
    value : float
        A value. [unit of the target]

    Returns
    -------
    bool
        For “about” the side that harms counts, with the tolerance; where more is better a larger value keeps it.

    Raises
    ------
    ValueError
        If the target has no value.
    """
    if aim.value is None:
        raise ValueError("a target without a value cannot be kept or missed")
    sides = {
        ">=": value >= aim.value,
        ">": value > aim.value,
        "<=": value <= aim.value,
        "<": value < aim.value,
        "=": abs(value - aim.value) <= 1e-9 * max(abs(aim.value), 1.0),
        "~": value >= aim.value - aim.tolerance if aim.rising else value <= aim.value + aim.tolerance,
    }
    return sides[aim.comparator]


def judge(
    aim: Aim,
    *,
    year: int,
    readings: Sequence[Reading],
    outlook: Outlook | None,
    baseline: tuple[int, float] | None,
    needs: Sequence[Label],
    rules: Rules,
) -> Judgement:
    """Verdict on one target in an assessment year.

    Parameters
    ----------
    aim : Aim
        The target.
    year : int
        Assessment year.
    readings : sequence of Reading
        Actual and estimated values; later ones than ``year`` are left out.
    outlook : Outlook or None
        Projected value in the target year.
    baseline : (year, value) or None
        Explicit baseline.
    needs : sequence of Label
        What the indicator needs, listed as lacking when it cannot be computed.
    rules : Rules
        Numbers of the rule file.

    Returns
    -------
    Judgement
        With the reason in words.
    """
    if aim.value is None or aim.year is None:
        missing = (
            Label("上级下达的数值", "the figure handed down from above")
            if aim.value is None
            else Label("目标年份", "a target year")
        )
        return Judgement("not_measurable", Label(f"目标没有{missing.zh}", f"the target lacks {missing.en}"), lacking=(missing,))
    past = sorted((r for r in readings if r.year <= year), key=lambda r: r.year)
    actual = past[-1] if past else None
    ahead = _look_ahead(aim, outlook)
    if year >= aim.year:
        return _judge_due(aim, actual, [r for r in past if r.year <= aim.year], needs)
    return _judge_open(aim, year, actual, outlook, ahead, baseline, needs, rules)


def _judge_due(aim: Aim, actual: Reading | None, past: Sequence[Reading], needs: Sequence[Label]) -> Judgement:
    exact = [r for r in past if r.year == aim.year]
    kept = [r for r in past if aim.stock and satisfies(aim, r.value)]
    if exact and not (aim.stock and kept):
        met = satisfies(aim, exact[-1].value)
        reason = (
            Label("到期，实际值达到目标", "due; the value keeps the target")
            if met
            else Label("到期，实际值未达到目标", "due; the value misses the target")
        )
        return Judgement("met" if met else "off_course", reason, exact[-1])
    if kept:
        return Judgement(
            "met",
            Label(f"{kept[-1].year}年已达到目标，存量指标不回退", f"kept since {kept[-1].year}; a stock does not fall back"),
            kept[-1],
        )
    return Judgement(
        "not_measurable",
        Label(
            f"目标{aim.year}年已到期，缺少该年实际值，数据逾期",
            f"due in {aim.year}; the value of that year is missing and overdue",
        ),
        actual,
        lacking=tuple(needs),
    )


def _judge_open(
    aim: Aim,
    year: int,
    actual: Reading | None,
    outlook: Outlook | None,
    ahead: Kind | None,
    baseline: tuple[int, float] | None,
    needs: Sequence[Label],
    rules: Rules,
) -> Judgement:
    required = _course(aim, baseline)
    fresh = actual is not None and year - actual.year <= rules.stale_after
    if actual is not None and fresh and aim.stock and satisfies(aim, actual.value):
        return Judgement("met", Label("提前达到目标", "kept before it is due"), actual, outlook, ahead, required=required)
    if actual is not None and fresh and required is not None:
        kind, reason = _progress(aim, actual, required, rules)
        return Judgement(kind, reason, actual, outlook, ahead, required=required)
    if ahead is not None and outlook is not None and outlook.firm:
        return Judgement(ahead, BY_PROJECTION, actual, outlook, ahead, required=required)
    if actual is not None and fresh and satisfies(aim, actual.value):
        reason = Label("未到期，当前值已在目标水平", "not due; the present value is already at the target")
        return Judgement("on_course", reason, actual, outlook, ahead)
    if actual is not None and fresh:
        reason = Label("未到期，缺少基期值，不能判断进度", "not due; no baseline to measure progress from")
        return Judgement("not_due", reason, actual, outlook, ahead)
    return _unknown(actual, outlook, ahead, needs)


def _unknown(actual: Reading | None, outlook: Outlook | None, ahead: Kind | None, needs: Sequence[Label]) -> Judgement:
    reason = Label("没有可用的实际值", "no usable actual value")
    if outlook is not None:
        reason = Label(
            "没有可用的实际值；预测仅由假设得出，只作预警",
            "no usable actual value; the projection rests on assumptions and only warns",
        )
    return Judgement("not_measurable", reason, actual, outlook, ahead, lacking=tuple(needs))


def _course(aim: Aim, baseline: tuple[int, float] | None) -> Trajectory | None:
    if baseline is None or aim.year is None or aim.value is None or baseline[0] >= aim.year:
        return None
    return draw(baseline, (aim.year, aim.value))


def _progress(aim: Aim, actual: Reading, required: Trajectory, rules: Rules) -> tuple[Kind, Label]:
    start, goal, wanted = required.values[0], required.values[-1], required.expect(actual.year)
    slack = aim.tolerance if aim.comparator == "~" else 0.0
    better = actual.value >= wanted - slack if goal >= start else actual.value <= wanted + slack
    if goal == start:
        better = satisfies(aim, actual.value)
    if better:
        return "on_course", Label(f"{actual.year}年达到时序进度", f"on schedule in {actual.year}")
    due = wanted - start
    share = (actual.value - start) / due if due else 0.0
    said = f"{share:.0%}"
    if share >= rules.behind_from:
        return "behind", Label(f"{actual.year}年完成时序进度的{said}", f"{said} of the scheduled progress in {actual.year}")
    return "off_course", Label(
        f"{actual.year}年仅完成时序进度的{said}", f"only {said} of the scheduled progress in {actual.year}"
    )


def _look_ahead(aim: Aim, outlook: Outlook | None) -> Kind | None:
    if outlook is None:
        return None
    if satisfies(aim, outlook.middle):
        return "on_course"
    best = outlook.high if aim.rising else outlook.low
    return "behind" if satisfies(aim, best) else "off_course"
