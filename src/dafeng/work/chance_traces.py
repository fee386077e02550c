"""How the probability of a peak before 2030 came about: draws counted, what they are drawn from, and the interval around it.

Invariant: a probability is derived from the draws it is a share of, never from a quantile of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.formula import parse, typeset
from dafeng.pathways.peak import Peak
from dafeng.work.tracing import TraceBook, number_text

SEED_AT = "pathway/seed"
"""Address of the seed of all ranks."""
PERCENT = "%"
"""Unit of a probability, as every page shows it."""
COUNT = "个"
"""Unit of draws."""
SHARE = parse("early / draws", where="chance")
"""Draws that peak before 2030 over all draws."""
SURE = 1.96
"""Half width of the 95 % interval of a normal distribution over its standard deviation."""


def trace_seed(seed: int, traces: TraceBook) -> str:
    """Address of the seed.

    Parameters
    ----------
    seed : int
        Seed of all ranks.
    traces : TraceBook
        Gets it.

    Returns
    -------
    str
        The address.
    """
    note = Label(
        "同一种子、同一数据重算得到同样的抽样；各情景用同一组抽样，差别只在情景本身",
        "the same seed and data give the same draws; all scenarios use the same ones and differ in the scenario alone",
    )
    says = Label("抽样的随机数种子", "seed of the draws")
    return traces.add(Trace(SEED_AT, "assumption", says, str(seed), source="dafeng", grade="assumption", note=note))


def trace_chance(
    root: str,
    scenario: Label,
    peak: Peak,
    sample: tuple[int, int],
    inputs: Sequence[str],
    ends: Sequence[str],
    traces: TraceBook,
    *,
    seen: Label | None,
) -> str:
    """Probability of a peak before 2030 with the draws it is a share of.

    Parameters
    ----------
    root : str
        Address of the distribution.
    scenario : Label
        Name of the scenario.
    peak : Peak
        The distribution.
    sample : tuple of (int, int)
        Draws of the drivers, and how often the model's own error was drawn for each; 1 where it is not within.
    inputs : sequence of str
        Addresses of what every draw is made from.
    ends : sequence of str
        Addresses of the lowest and the highest probability, where they are known.
    traces : TraceBook
        Gets the share, the draws and those that peak before 2030.
    seen : Label or None
        What the distribution is of; ``None`` for the path itself.

    Returns
    -------
    str
        Address of the probability.
    """
    draws = sample[0] * sample[1]
    count = traces.add(_draws(root, scenario, sample, seen))
    early = round(peak.probability_before_2030 * draws)
    found = traces.add(_early(root, scenario, early, inputs, seen))
    scatter = SURE * sqrt(peak.probability_before_2030 * (1 - peak.probability_before_2030) / draws)
    return traces.add(
        Trace(
            f"{root}.before",
            "projection",
            _says(scenario, "2030年前达峰概率", "probability of a peak before 2030", seen),
            number_text(round(100 * peak.probability_before_2030, 9)),
            PERCENT,
            2030,
            expression=str(SHARE),
            typeset=_typeset(early, draws),
            inputs=(found, count, SEED_AT, *inputs, *ends),
            grade="estimated",
            note=_note(scatter, bool(ends)),
        )
    )


def repeat_chance(of: str, address: str, says: Label, value: float, traces: TraceBook) -> str:
    """The same probability under the address of an answer, with the same derivation.

    Parameters
    ----------
    of : str
        Address of the scenario's probability.
    address : str
        Address of the answer.
    says : Label
        What the answer calls it.
    value : float
        The probability. [0..1]
    traces : TraceBook
        Gets it.

    Returns
    -------
    str
        ``address``.
    """
    if of in traces:
        return traces.add(replace(traces.get(of), address=address, says=says))
    shown = number_text(round(100 * value, 9))
    return traces.add(Trace(address, "projection", says, shown, PERCENT, 2030, grade="estimated"))


def trace_ends(
    addresses: Sequence[str], values: Sequence[float], scenario: Label, inputs: Sequence[str], traces: TraceBook
) -> None:
    """Lowest and highest probability over what may be assumed of how long an error of the model lasts.

    Parameters
    ----------
    addresses : sequence of str
        Address of the lowest and of the highest.
    values : sequence of float
        The probabilities. [0..1]
    scenario : Label
        Name of the scenario.
    inputs : sequence of str
        Addresses of what every draw is made from.
    traces : TraceBook
        Gets them.
    """
    note = Label(
        "同样的抽样算三遍：模型误差只留一年（上年留存 0）、按假设持续、一直持续（留存 1），"
        "每次都按以往偏差重定大小；取三个概率的一端",
        "the same draws three times: errors of the model that last a year (nothing left of the year before), as assumed, and"
        " for good (all of it left), each sized again by past misses; this is one end of the three probabilities",
    )
    names = Label("最低", "lowest"), Label("最高", "highest")
    for address, name, value in zip(addresses, names, values, strict=True):
        says = Label(
            f"{scenario.zh}：2030年前达峰概率的{name.zh}值（模型误差持续一年、按假设或一直持续）",
            f"{scenario.en}: {name.en} probability of a peak before 2030 if model errors last a year, as assumed or for good",
        )
        shown = number_text(round(100 * value, 9))
        traces.add(
            Trace(address, "projection", says, shown, PERCENT, 2030, inputs=(*inputs, SEED_AT), grade="estimated", note=note)
        )


def _says(scenario: Label, zh: str, en: str, seen: Label | None) -> Label:
    after = (f"（{seen.zh}）", f" ({seen.en})") if seen else ("", "")
    return Label(f"{scenario.zh}：{zh}{after[0]}", f"{scenario.en}: {en}{after[1]}")


def _draws(root: str, scenario: Label, sample: tuple[int, int], seen: Label | None) -> Trace:
    draws, times = sample
    zh, en = "各情景的抽样次数相同，用同一组抽样", "all scenarios have as many draws, and the same ones"
    if times > 1:
        zh = f"驱动因素 {draws:,} 次抽样，每次配 {times} 次模型误差；{zh}"
        en = f"{draws:,} draws of the drivers, {times} of the model's own error with each; {en}"
    says = _says(scenario, "抽样次数", "number of draws", seen)
    address, total = f"{root}.draws", str(draws * times)
    note = Label(zh, en)
    return Trace(address, "assumption", says, total, COUNT, inputs=(SEED_AT,), source="dafeng", grade="assumption", note=note)


def _early(root: str, scenario: Label, early: int, inputs: Sequence[str], seen: Label | None) -> Trace:
    note = Label(
        "每次抽样从每个驱动因素的区间中各取一值，算出一条逐年排放路径，取其最高的一年；并列最高时取最后一年",
        "each draw takes one value from the interval of every driver, gives one path of yearly emissions, and counts its"
        " highest year, of several the last one",
    )
    says = _says(scenario, "峰年早于2030年的抽样次数", "draws whose highest year lies before 2030", seen)
    return Trace(
        f"{root}.early", "projection", says, str(early), COUNT, 2030, inputs=tuple(inputs), grade="estimated", note=note
    )


def _typeset(early: int, draws: int) -> str:
    """The share in symbols and in figures."""
    symbols = {"early": "N_<2030", "draws": "N"}
    values = {"early": str(early), "draws": str(draws)}
    whole, told = typeset(SHARE, symbols, subject="P_<2030"), typeset(SHARE, {}, values=values)
    figures = told.partition("<mrow>")[2].rpartition("</mrow>")[0]
    head, _, tail = whole.rpartition("</mrow>")
    return f"{head}<mo>=</mo>{figures}</mrow>{tail}"


def _note(scatter: float, ends: bool) -> Label:
    zh = f"峰年早于2030年的抽样占全部抽样的比重；抽样次数有限带来 ±{100 * scatter:.1f} 个百分点（95%）"
    en = f"share of the draws whose highest year lies before 2030; ±{100 * scatter:.1f} points (95 %) for the number of draws"
    if ends:
        zh += "；含模型自身误差，区间为误差持续长短不同时的最低与最高"
        en += "; it holds the model's own error, and the interval is the lowest and highest over how long that error may last"
    return Label(zh, en)
