"""The four answers of the first screen: will it peak, will the plan hold, where does it clash, what to do first.

Invariant: every word with a number in it comes from the verdicts, clashes and pathways of this run.
"""

from __future__ import annotations

from collections.abc import Sequence

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.plans.verdict import WORDS
from dafeng.work.assessment import Answer, Figure, Headline, MeasureEffect
from dafeng.work.chance_traces import repeat_chance
from dafeng.work.clashes import Clash, qualify
from dafeng.work.judge import Verdicts
from dafeng.work.peak import peak_words
from dafeng.work.project import Projection
from dafeng.work.rank_measures import tell_first
from dafeng.work.reconcile import Reconciliation
from dafeng.work.reconcile_words import amount
from dafeng.work.tracing import TraceBook
from dafeng.work.wording import odds


def answer(
    verdicts: Verdicts,
    found: Reconciliation,
    measures: Sequence[MeasureEffect],
    headlines: Sequence[Headline],
    traces: TraceBook,
) -> tuple[Answer, ...]:
    """Form the four answers.

    Parameters
    ----------
    verdicts : Verdicts
        Judgements of all targets.
    found : Reconciliation
        Clashes and pathways.
    measures : sequence of MeasureEffect
        Measures, most effective first.
    headlines : sequence of Headline
        Headline answers, for their figures.
    traces : TraceBook
        Gets the traces.

    Returns
    -------
    tuple of Answer
        Always four; one without figures says what is lacking.
    """
    answers = (_peak(headlines, found.projection, traces), _plan(verdicts, traces), _clash(found, traces), _first(measures))
    for one in answers:
        inputs = tuple(dict.fromkeys(figure.address for figure in one.figures))
        traces.add(Trace(one.address, "headline", one.answer, inputs=inputs, grade="derived"))
    return answers


def _peak(headlines: Sequence[Headline], projection: Projection, traces: TraceBook) -> Answer:
    question = Label("能否达峰？", "Will the city peak?")
    known = next((h for h in headlines if h.id == "peak"), None)
    if known is None:
        lack = Label("无法判断：缺少排放序列", "Cannot be judged: no series of emissions")
        return Answer("peak", question, lack, (), "answers/peak")
    year, chance = known.numbers[0], known.numbers[1]
    trend = _trend(projection, traces)
    when = peak_words(projection, int(year.value))
    zh = f"若方案目标兑现，2030年前达峰概率 {odds(chance.value)}（中位数 {when.zh}）"
    en = f"If the plan's targets are kept, a peak before 2030 has {odds(chance.value)} (median {when.en})"
    if trend is not None:
        zh += f"；若只按趋势，{odds(trend.value)}"
        en += f"; on the trend alone {odds(trend.value)}"
    figures = (chance, year) if trend is None else (chance, trend, year)
    return Answer("peak", question, Label(zh, en), figures, "answers/peak")


def _trend(projection: Projection, traces: TraceBook) -> Figure | None:
    path = projection.paths.get("baseline")
    if path is None or projection.main == "baseline":
        return None
    chance = path.peak.probability_before_2030
    label = Label("按趋势2030年前达峰概率", "probability of a peak before 2030 on the trend")
    address = repeat_chance("pathway/baseline.peak.before", "answers/peak.trend", label, chance, traces)
    return Figure(label, chance, "1", 2030, "projected", address)


def _plan(verdicts: Verdicts, traces: TraceBook) -> Answer:
    question = Label("计划能否兑现？", "Will the plan hold?")
    counts = verdicts.counts
    total = len(verdicts.rows)
    figures = []
    for kind, count in counts.items():
        inputs = tuple(row.address for row in verdicts.rows if row.judgement.verdict == kind)
        address = f"answers/plan.{kind}"
        traces.add(Trace(address, "headline", WORDS[kind], str(count), "个", verdicts.year, inputs=inputs, grade="derived"))
        figures.append(Figure(WORDS[kind], float(count), "个", verdicts.year, "actual", address))
    parts = [(WORDS[kind], count) for kind, count in counts.items() if count]
    zh = f"{total} 个目标：" + "，".join(f"{label.zh} {count}" for label, count in parts)
    en = f"{total} targets: " + ", ".join(f"{count} {label.en}" for label, count in parts)
    return Answer("plan", question, Label(zh, en), tuple(figures), "answers/plan")


def _clash(found: Reconciliation, traces: TraceBook) -> Answer:
    question = Label("哪里冲突？", "Where does it clash?")
    count = len(found.clashes)
    address = "answers/clash.count"
    label = Label("最小冲突组", "minimal clashing sets")
    traces.add(
        Trace(address, "headline", label, str(count), "个", inputs=tuple(c.address for c in found.clashes), grade="derived")
    )
    figures = [Figure(label, float(count), "个", None, "projected", address)]
    if not found.clashes:
        tested = bool(found.tested)
        said = (
            Label("已检验的目标可以同时成立", "The targets that were tested can hold together")
            if tested
            else Label(
                "方案没有可检验的装机目标，其他目标尚无约束模型",
                "No capacity targets to test; other targets have no constraint model yet",
            )
        )
        return Answer("clash", question, said, tuple(figures), "answers/clash")
    first = found.clashes[0]
    figures.append(Figure(Label("须放宽", "must give way"), first.slack, first.unit, first.year, "projected", first.address))
    firm, closest = sum(clash.firm for clash in found.clashes), _closest(found.clashes)
    said = Label(
        f"条文与已知数据或假设有 {count} 组不能同时成立，其中 {firm} 组与“左右”的读法无关；{closest.zh}",
        f"{count} sets of clauses, known data or assumptions cannot hold together, {firm} of them however 'about' is read;"
        f" {closest.en}",
    )
    return Answer("clash", question, said, tuple(figures), "answers/clash")


def _closest(clashes: Sequence[Clash]) -> Label:
    """The first set with its slack; it is called the closest only among sets whose slack has the same unit."""
    first = clashes[0]
    alike = [one for one in clashes if one.unit == first.unit and (one.above, one.firm) == (first.above, first.firm)]
    zh = "、".join(dict.fromkeys(m.label.zh for m in first.members))
    en = ", ".join(dict.fromkeys(m.label.en for m in first.members))
    named = qualify(Label(zh, en), first)
    short = amount(first.slack, first.unit)
    far = Label("超出", "over by") if first.sides and first.sides[0].beyond else Label("差", "short by")
    zh, en = f"{named.zh}，{far.zh} {short.zh}", f"{named.en}, {far.en} {short.en}"
    if len(alike) > 1:
        return Label(f"差得最少的一组：{zh}", f"the closest to holding: {en}")
    return Label(f"其中：{zh}", f"among them: {en}")


def _first(measures: Sequence[MeasureEffect]) -> Answer:
    question = Label("先做什么？", "What to do first?")
    told = tell_first(measures)
    if told is None:
        lack = Label("无法排序：缺少路径或有来源的成本", "Cannot be ranked: no pathway or no sourced costs")
        return Answer("first", question, lack, (), "answers/first")
    said, figures = told
    return Answer(
        "first",
        question,
        Label(f"与趋势相比，{said.zh}", f"Against the trend, {said.en[0].lower()}{said.en[1:]}"),
        figures,
        "answers/first",
    )
