"""The headline questions: what a mayor asks first, answered with numbers.

Invariant: every answer is formed from computed figures and from the outcome of the conflict search; a question whose
figures do not exist is left out, never answered by heart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from dafeng.core.labels import Label, Language
from dafeng.library.indicators import Catalogue, Indicator
from dafeng.plans.plan import Plan, Target
from dafeng.work.assessment import Figure, Headline, MeasureEffect
from dafeng.work.figures import Goals, compute, goal_figure, keep_answer, of_score
from dafeng.work.gap import ask_gap
from dafeng.work.judge import FIRM
from dafeng.work.peak import ask_peak
from dafeng.work.project import Projection
from dafeng.work.reconcile import Reconciliation
from dafeng.work.storage import ask_storage
from dafeng.work.targets import listed
from dafeng.work.tracing import TraceBook
from dafeng.work.wording import percent, say

CLEAN_PARTS = ("nuclear_capacity", "offshore_wind_capacity_committed", "pv_capacity_committed")
"""Capacity targets that make up the clean capacity a plan names."""


def ask(
    plan: Plan, found: Reconciliation, measures: Sequence[MeasureEffect], catalogue: Catalogue, traces: TraceBook
) -> tuple[Headline, ...]:
    """Answer the headline questions.

    Parameters
    ----------
    plan : Plan
        The plan.
    found : Reconciliation
        Clashes and the projection they were found against.
    measures : sequence of MeasureEffect
        Measures by their effect on the peak.
    catalogue : Catalogue
        All indicators.
    traces : TraceBook
        Gets the traces of the answers.

    Returns
    -------
    tuple of Headline
        Capacity, clean share, non-fossil share, storage, peak, least-cost set: those that the figures allow.
    """
    goals = [(t, i, float(v)) for t, i, v in listed(plan, catalogue) if i is not None and v is not None and t.year is not None]
    asked: list[Callable[[], Iterator[Headline]]] = [
        lambda: _capacity(goals, found.projection, traces),
        lambda: _clean_share(goals, found, traces),
        lambda: _non_fossil(goals, found.projection, traces),
        lambda: ask_storage(goals, found.projection, traces),
        lambda: ask_peak(found.projection, measures, traces),
        lambda: ask_gap(found, traces),
    ]
    return tuple(headline for question in asked for headline in question())


def _capacity(goals: Goals, projection: Projection, traces: TraceBook) -> Iterator[Headline]:
    for target, indicator, value in goals:
        rows = [s for s in projection.scores.of(indicator.id) if s.outlook and s.year == target.year and s.grade in FIRM]
        if indicator.kind != "stock" or not rows:
            continue
        asked = goal_figure(target, indicator, value)
        known = of_score(rows[0], Label("已知项目可投运", "known projects that can run"))
        root = f"headlines/capacity.{target.id}"
        gap_label = Label("缺口（目标减已知项目）", "gap: target less known projects")
        gap = compute(
            traces,
            f"{root}.gap",
            gap_label,
            "asked - known",
            {"asked": asked, "known": known},
            unit=indicator.unit,
            year=target.year,
        )
        yield keep_answer(
            Headline(
                f"capacity.{target.id}",
                Label(
                    f"{target.year}年{indicator.label.zh}目标可行吗？",
                    f"Is the {target.year} target for {indicator.label.en} feasible?",
                ),
                _capacity_answer(target, indicator, asked, known, gap),
                (asked, known, gap),
                (target.id,),
                root,
            ),
            traces,
        )


def _capacity_answer(target: Target, indicator: Indicator, asked: Figure, known: Figure, gap: Figure) -> Label:
    zh = {name: say(figure.value, indicator.unit, "zh") for name, figure in (("asked", asked), ("known", known), ("gap", gap))}
    en = {name: say(figure.value, indicator.unit, "en") for name, figure in (("asked", asked), ("known", known), ("gap", gap))}
    if gap.value <= 0:
        return Label(
            f"可行：已知项目 {zh['known']} 不低于目标 {zh['asked']}。",
            f"Feasible: known projects of {en['known']} reach the target of {en['asked']}.",
        )
    counted = (
        ("条文按建成及在建计，", "The clause counts what is under construction: ")
        if target.counting == "built_and_under_construction"
        else (
            "条文没有“建成及在建”字样；即使按该口径，也",
            "The clause does not say built and under construction; even by that count ",
        )
    )
    share = f"{gap.value / asked.value:.0%}"
    return Label(
        f"按已知项目不可行：目标 {zh['asked']}，在运和在建合计 {zh['known']}，缺 {zh['gap']}（目标的 {share}）。"
        f"{counted[0]}须在{asked.year}年前再开工同样容量。",
        f"Not with known projects: the target is {en['asked']}, running and under construction are {en['known']},"
        f" {en['gap']} are missing ({share} of the target). {counted[1]}the same capacity must be started before {asked.year}.",
    )


def _clean_share(goals: Goals, found: Reconciliation, traces: TraceBook) -> Iterator[Headline]:
    for target, indicator, value in goals:
        parts = [(t, i, v) for t, i, v in goals if i.id in CLEAN_PARTS and t.year == target.year]
        if indicator.id != "clean_capacity_share" or len(parts) < 2:
            continue
        yield keep_answer(_clean_headline(target, indicator, value, parts, found, traces), traces)


def _clean_headline(
    target: Target, indicator: Indicator, value: float, parts: Goals, found: Reconciliation, traces: TraceBook
) -> Headline:
    root, year = f"headlines/clean_share.{target.id}", target.year
    asked = goal_figure(target, indicator, value)
    numbers = [asked, *_implied(root, asked, parts, traces)]
    known = found.projection.scores.of("other_capacity")
    if known:
        now = of_score(known[-1], Label("最近一年非清洁装机", "other capacity in the latest year"))
        numbers += [now, *_unchanged(root, numbers, now, traces)]
    targets = (target.id, *(t.id for t, _, _ in parts))
    question = Label(
        f"{year}年清洁装机占比{percent(value, digits=0)}与分项装机目标是否矛盾？",
        f"Does the {percent(value, digits=0)} clean share of {year} contradict the capacity targets?",
    )
    return Headline(f"clean_share.{target.id}", question, _clean_answer(target, numbers, found), tuple(numbers), targets, root)


def _implied(root: str, asked: Figure, parts: Goals, traces: TraceBook) -> tuple[Figure, Figure, Figure]:
    """Clean capacity that the plan names, and what its share says of all and of other capacity."""
    named = {f"part{n}": goal_figure(*part) for n, part in enumerate(parts)}
    label = Label("方案点名的清洁装机合计", "clean capacity named by the plan")
    clean = compute(traces, f"{root}.clean", label, " + ".join(named), named, unit="万千瓦", year=asked.year)
    both = {"clean": clean, "share": asked}
    label = Label("隐含总装机", "implied total capacity")
    total = compute(traces, f"{root}.total", label, "clean / share", both, unit="万千瓦", year=asked.year)
    label = Label("隐含非清洁装机", "implied other capacity")
    return clean, total, compute(traces, f"{root}.other", label, "clean / share - clean", both, unit="万千瓦", year=asked.year)


def _unchanged(root: str, numbers: Sequence[Figure], now: Figure, traces: TraceBook) -> tuple[Figure, Figure]:
    """What is missing from the other capacity of today, and the share without it."""
    asked, clean, _, other = numbers
    label = Label("非清洁装机须新增", "other capacity to be added")
    inputs = {"other": other, "now": now}
    extra = compute(traces, f"{root}.extra", label, "other - now", inputs, unit="万千瓦", year=asked.year)
    label = Label("非清洁装机不增时的占比", "share if other capacity does not grow")
    inputs = {"clean": clean, "now": now}
    return extra, compute(traces, f"{root}.share", label, "clean / (clean + now)", inputs, unit="1", year=asked.year)


def _clean_answer(target: Target, numbers: Sequence[Figure], found: Reconciliation) -> Label:
    asked, clean, total, other = numbers[:4]
    zh = (
        f"分项合计 {_said(clean, 'zh')}，按占比 {percent(asked.value, digits=0)} 推出总装机 {_said(total, 'zh')}、"
        f"非清洁装机 {_said(other, 'zh')}。"
    )
    en = (
        f"The named capacities add to {_said(clean, 'en')}; at {percent(asked.value, digits=0)} that implies"
        f" {_said(total, 'en')} in all and {_said(other, 'en')} that is not clean. "
    )
    if len(numbers) > 4:
        now, extra, share = numbers[4:7]
        zh += (
            f"{now.year}年非清洁装机为 {_said(now, 'zh')}，须再增 {_said(extra, 'zh')}；若不增，占比为 {percent(share.value)}。"
        )
        en += f"It was {_said(now, 'en')} in {now.year}, so {_said(extra, 'en')} more; "
        en += f"without growth the share is {percent(share.value)}. "
    for counting, name in COUNTINGS.items():
        band, least = (_clashing(target, found, counting, reading) for reading in ("band", "least"))
        zh += f"{name.zh}：按上下限{_can(band)[0]}，按下限{_can(least)[0]}。"
        en += f"{name.en}: as a band {_can(band)[1]}, as at least {_can(least)[1]}. "
    return Label(zh, en.strip())


COUNTINGS: Mapping[str, Label] = {
    "built_and_under_construction": Label("建成及在建口径", "built and under construction"),
    "operating": Label("在运口径", "operating"),
}
"""Counting rules and their names."""


def _said(figure: Figure, language: Language) -> str:
    return say(figure.value, figure.unit, language)


def _clashing(target: Target, found: Reconciliation, counting: str, reading: str) -> bool | None:
    listed_clashes = found.combinations.get(f"{target.year}.{counting}.{reading}")
    if listed_clashes is None:
        return None
    return any(c.address in listed_clashes and target.id in {m.target for m in c.members} for c in found.clashes)


def _can(clashing: bool | None) -> tuple[str, str]:
    words = {True: ("冲突", "it clashes"), False: ("不冲突", "it does not clash"), None: ("未检验", "not tested")}
    return words[clashing]


def _non_fossil(goals: Goals, projection: Projection, traces: TraceBook) -> Iterator[Headline]:
    for target, indicator, value in goals:
        rows = [s for s in projection.scores.of("non_fossil_share") if s.basis == "projected" and s.year == target.year]
        if indicator.id != "non_fossil_share" or not rows:
            continue
        asked = goal_figure(target, indicator, value)
        figures = [of_score(row, traces.get(row.address).says) for row in rows]
        root = f"headlines/non_fossil.{target.id}"
        question = Label(
            f"{target.year}年非化石比重{percent(value, digits=0)}能由装机目标推出吗？",
            f"Does a non-fossil share of {percent(value, digits=0)} in {target.year} follow from the capacities?",
        )
        said = [_compare(figure, value) for figure in figures]
        spread = (
            min(f.low if f.low is not None else f.value for f in figures),
            max(f.high if f.high is not None else f.value for f in figures),
        )
        between = f"{percent(spread[0], digits=0)}–{percent(spread[1], digits=0)}"
        zh = "；".join(s.zh for s in said) + f"。口径不同，结果在 {between} 之间，方案须写明口径。"
        en = "; ".join(s.en for s in said) + f". The counting rule moves it between {between}; the plan must name its rule."
        zh, en = _caveat(projection, zh, en)
        yield keep_answer(
            Headline(f"non_fossil.{target.id}", question, Label(zh, en), (asked, *figures), (target.id,), root), traces
        )


def _caveat(projection: Projection, zh: str, en: str) -> tuple[str, str]:
    found = next((f for f in projection.findings if f.rule == "project.estimates_disagree"), None)
    return (zh, en) if found is None else (f"{zh}注意：{found.says.zh}。", f"{en} Note: {found.says.en}.")


def _compare(figure: Figure, asked: float) -> Label:
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    sure = ("达到", "reached") if low >= asked else ("达不到", "missed") if high < asked else ("不确定", "uncertain")
    range_text = f"{percent(low, digits=0)}–{percent(high, digits=0)}"
    return Label(
        f"{figure.label.zh}：{percent(figure.value)}（{range_text}），目标{percent(asked, digits=0)}{sure[0]}",
        f"{figure.label.en}: {percent(figure.value)} ({range_text}), target {percent(asked, digits=0)} {sure[1]}",
    )
