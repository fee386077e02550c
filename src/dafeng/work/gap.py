"""What closes the gap cheapest: the least-cost set of actions with which all targets that can hold do hold.

Invariant: cost, actions and what is out of reach come from one proven optimum of one way of counting, which the answer names.
"""

from __future__ import annotations

from collections.abc import Iterator

from dafeng.core.labels import Label
from dafeng.work.assessment import Figure, Headline
from dafeng.work.figures import keep_answer
from dafeng.work.reconcile import Counted, Reconciliation
from dafeng.work.reconcile_traces import taken
from dafeng.work.reconcile_words import MILLION
from dafeng.work.tracing import TraceBook
from dafeng.work.wording import say

ROOT = "headlines/gap"
"""Address of the answer."""
BILLION = 10
"""亿元 in a billion yuan."""
NAMED = 6
"""Most actions that are named."""


def ask_gap(found: Reconciliation, traces: TraceBook) -> Iterator[Headline]:
    """What does it take at least cost to meet every target that can be met?

    Parameters
    ----------
    found : Reconciliation
        All targets at once.
    traces : TraceBook
        Holds cost and actions; gets the answer.

    Yields
    ------
    Headline
        One, where a way of counting has a least cost: the one that keeps most targets, the first of equals.
    """
    priced = [one for one in found.systems if one.answer.cost is not None]
    if not priced:
        return
    best = min(priced, key=lambda one: len(one.answer.given_up))
    cost, acts = _cost(best), _acts(best)
    question = Label("怎么补缺口最省？", "What closes the gap cheapest?")
    given_up = best.answer.given_up
    answer = Label(
        f"{best.label.zh}：能够同时成立的 {len(best.answer.prices)} 项目标，{_paid(cost).zh}即可全部满足，"
        f"做法为{_named(acts, 'zh')}。{_left(best, 'zh')}",
        f"{best.label.en}: the {len(best.answer.prices)} targets that can hold together are all met {_paid(cost).en}, by"
        f" {_named(acts, 'en')}. {_left(best, 'en')}".rstrip(),
    )
    figures = (cost, *acts[:NAMED])
    targets = tuple(dict.fromkeys(own for name in given_up if (own := best.told[name].target) is not None))
    yield keep_answer(Headline("gap", question, answer, figures, targets, ROOT), traces)


def _cost(best: Counted) -> Figure:
    label = Label("最低年净费用", "least net cost a year")
    value = (best.answer.cost or 0.0) / MILLION
    return Figure(label, value, "亿元", None, "projected", f"consistency/{best.way.id}.cost")


def _acts(best: Counted) -> list[Figure]:
    """Actions of the least-cost set, those for the year looked at last of each plant only."""
    found: dict[str, Figure] = {}
    for name, level in taken(best.system, best.answer):
        action = best.system.bench.actions[name] if best.system.bench is not None else None
        if action is not None:
            year = int(name.rsplit("@", 1)[1]) if "@" in name else None
            address = f"consistency/{best.way.id}.does.{name}"
            found[name.split("@")[0]] = Figure(action.label, level, action.unit, year, "projected", address)
    return list(found.values())


def _paid(cost: Figure) -> Label:
    size = say(abs(cost.value), cost.unit, "zh"), f"{abs(cost.value) / BILLION:,.3g} billion yuan"
    if cost.value < 0:
        return Label(f"每年净省 {size[0]}", f"with a net saving of {size[1]} a year")
    return Label(f"每年净花 {size[0]}", f"at a net cost of {size[1]} a year")


def _named(acts: list[Figure], language: str) -> str:
    parts = []
    for one in acts[:NAMED]:
        name, share = (one.label.zh if language == "zh" else one.label.en), one.unit == "1"
        level = "" if share and one.value >= 1 else f" {say(one.value, one.unit, 'zh' if language == 'zh' else 'en')}"
        parts.append(f"{name}{level}")
    more = len(acts) - NAMED
    rest = (f"等{len(acts)}项" if language == "zh" else f" and {more} more") if more > 0 else ""
    return ("、" if language == "zh" else ", ").join(parts) + rest


def _left(best: Counted, language: str) -> str:
    own = [best.told[name] for name in best.answer.given_up if not best.told[name].above]
    above = len(best.answer.given_up) - len(own)
    if not best.answer.given_up:
        return ""
    names = [one.label.zh if language == "zh" else one.label.en for one in own]
    if language == "zh":
        parts = ([f"本市的{'、'.join(names)}"] if names else []) + ([f"上级的 {above} 项"] if above else [])
        return f"任何已知做法都够不到：{'，以及'.join(parts)}。"
    parts = ([", ".join(names)] if names else []) + ([f"{above} of the plans above"] if above else [])
    return f"Out of reach of every known action: {' and '.join(parts)}."
