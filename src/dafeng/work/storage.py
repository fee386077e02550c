"""The storage question: is it enough hour by hour, and what would be.

Invariant: enough means that wind and sun are used to the least share the rule asks for and nothing is unserved, in
every hour of the certified optimum.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from dafeng.core.labels import Label, Language
from dafeng.work.assessment import Figure, Headline
from dafeng.work.figures import Goals, compute, goal_figure, keep_answer
from dafeng.work.power import Case, Power
from dafeng.work.power_figures import UNITS
from dafeng.work.project import Projection
from dafeng.work.tracing import TraceBook
from dafeng.work.wording import percent, say


def ask_storage(goals: Goals, projection: Projection, traces: TraceBook) -> Iterator[Headline]:
    """Is the storage of the plan enough hour by hour, and what does it cost if not?

    Parameters
    ----------
    goals : sequence of (Target, Indicator, float)
        Targets with their values.
    projection : Projection
        With the hourly power balance.
    traces : TraceBook
        Gets the figures.

    Yields
    ------
    Headline
        One, where the city has a power balance.
    """
    power = projection.power
    if power is None or not power.cases:
        return
    goal = next(((t, i, v) for t, i, v in goals if i.id == "storage_capacity" and t.year == power.year), None)
    figures: list[Figure] = [] if goal is None else [goal_figure(*goal)]
    root = f"headlines/storage.{power.year}"
    for case in power.cases:
        figures += [_case_figure(case, name, power.year) for name in CASE_FIGURES]
    zh = "；".join(_case_words(case, power, "zh") for case in power.cases) + "。"
    en = "; ".join(_case_words(case, power, "en") for case in power.cases) + ". "
    needed = _needed(power, root, traces)
    if needed is not None:
        size_needed, cost = needed
        figures += [size_needed, cost]
        rule = percent(power.utilisation, digits=0)
        first = power.cases[0].label
        zh += f"{first.zh}要使利用率达到 {rule}，储能约须 {say(size_needed.value, size_needed.unit, 'zh')}，"
        zh += f"年化投资再增约 {say(cost.value, cost.unit, 'zh')}。"
        en += f"To use {rule} where {first.en}, about {say(size_needed.value, size_needed.unit, 'en')} of storage and"
        en += f" {say(cost.value, cost.unit, 'en')} more a year are needed."
    elif power.sweep:
        zh, en = _too_little(power, zh, en)
        figures += [
            _case_figure(power.sweep[-1], name, power.year) for name in ("storage_power", "storage_cost", "curtailed_share")
        ]
    question = Label(f"{power.year}年逐时电力平衡够不够？", f"Does the power balance of {power.year} hold hour by hour?")
    if goal is not None:
        size = say(goal[2], goal[1].unit, "zh"), say(goal[2], goal[1].unit, "en")
        question = Label(
            f"{power.year}年储能{size[0]}逐时够不够？不够的代价是多少？",
            f"Is storage of {size[1]} enough hour by hour in {power.year}, and what does it cost if not?",
        )
    targets = () if goal is None else (goal[0].id,)
    yield keep_answer(Headline(f"storage.{power.year}", question, Label(zh, en.strip()), tuple(figures), targets, root), traces)


def _too_little(power: Power, zh: str, en: str) -> tuple[str, str]:
    last, first = power.sweep[-1].totals, power.cases[0]
    used = 1 - last["curtailed_share"]
    if used >= power.utilisation or 1 - first.totals["curtailed_share"] >= power.utilisation:
        return zh, en
    size = say(last["storage_power"], "万千瓦", "zh"), say(last["storage_power"], "万千瓦", "en")
    more = last["storage_cost"] - first.totals["storage_cost"]
    price = say(more, "亿元", "zh"), say(more, "亿元", "en")
    zh += f"{first.label.zh}，储能即使增至 {size[0]}（年化投资再增 {price[0]}），"
    zh += f"利用率也只有 {percent(used)}：多出的是电量，须靠外送或新增用电消纳。"
    en += f"Where {first.label.en}, even {size[1]} of storage ({price[1]} more a year)"
    en += f" uses only {percent(used)}: the surplus is energy and needs"
    return zh, en + " exports or new demand."


def _needed(power: Power, root: str, traces: TraceBook) -> tuple[Figure, Figure] | None:
    rows = [power.cases[0], *power.sweep]
    allowed = 1 - power.utilisation
    pairs = [
        (a, b) for a, b in itertools.pairwise(rows) if a.totals["curtailed_share"] > allowed >= b.totals["curtailed_share"]
    ]
    if not pairs:
        return None
    below, above = pairs[0]
    names = {"small": below, "large": above}
    inputs = {name: _case_figure(case, "storage_power", power.year) for name, case in names.items()}
    inputs |= {f"{name}_lost": _case_figure(case, "curtailed_share", power.year) for name, case in names.items()}
    rule = Figure(
        Label("利用率下限", "least utilisation"),
        power.utilisation,
        "1",
        power.year,
        "assumption",
        "assumptions/power.utilisation",
    )
    size = compute(
        traces,
        f"{root}.needed",
        Label(
            "达到利用率下限所需储能（两次逐时优化间线性插值）",
            "storage needed for the least utilisation (between two hourly optima)",
        ),
        "small + (large - small) * (small_lost - (1 - rule)) / (small_lost - large_lost)",
        {**inputs, "rule": rule},
        unit="万千瓦",
        year=power.year,
    )
    costs = {name: _case_figure(case, "storage_cost", power.year) for name, case in names.items()}
    first = _case_figure(power.cases[0], "storage_cost", power.year)
    cost = compute(
        traces,
        f"{root}.extra_cost",
        Label("再增储能的年化投资", "annualised cost of the extra storage"),
        "small_cost + (large_cost - small_cost) * (needed - small) / (large - small) - first",
        {
            "small_cost": costs["small"],
            "large_cost": costs["large"],
            "needed": size,
            "small": inputs["small"],
            "large": inputs["large"],
            "first": first,
        },
        unit="亿元",
        year=power.year,
    )
    return size, cost


NOTHING = 0.005
"""Yearly amounts below this are said as zero. [亿千瓦时]"""
CASE_FIGURES = ("curtailed_share", "curtailed", "unserved", "export", "import", "storage_power", "cost")
"""Figures of a power case that the storage answer names."""


def _case_figure(case: Case, name: str, year: int) -> Figure:
    (unit, label), title = UNITS[name], case.label
    return Figure(
        Label(f"{title.zh}：{label.zh}", f"{title.en}: {label.en}"),
        case.totals[name],
        unit,
        year,
        "projected",
        case.addresses[name],
    )


def _case_words(case: Case, power: Power, language: Language) -> str:
    totals = case.totals
    used, rule = 1 - totals["curtailed_share"], percent(power.utilisation, digits=0)
    enough = used >= power.utilisation and totals["unserved"] < NOTHING
    said = {name: say(totals[name] if totals[name] > NOTHING else 0.0, UNITS[name][0], language) for name in CASE_FIGURES}
    if language == "zh":
        return (
            f"{case.label.zh}：储能 {said['storage_power']}，{'够' if enough else '不够'}——"
            f"新能源利用率 {percent(used)}（下限 {rule}），弃电 {said['curtailed']}，缺电 {said['unserved']}，"
            f"外送 {said['export']}，购入 {said['import']}"
        )
    return (
        f"{case.label.en}: storage of {said['storage_power']} is {'enough' if enough else 'not enough'},"
        f" {percent(used)} of wind and sun is used (at least {rule}), {said['curtailed']} curtailed,"
        f" {said['unserved']} unserved, {said['export']} exported, {said['import']} imported"
    )
