"""What a reconciliation says: names of the ways of counting, sentences of clashes, explanations of prices and reaches.

Invariant: every sentence is formed from rows and numbers; every number told here has an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.work.order_rows import POINT, SHARED
from dafeng.work.target_answers import SystemAnswer
from dafeng.work.target_rows import Gathered, Lacking
from dafeng.work.target_system import TargetSystem
from dafeng.work.target_table import Told, Way
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.wording import percent, say

POINTS = "百分点"
"""Unit of differences between shares."""
MILLION = 1e8
"""Yuan in the unit of yearly costs (亿元)."""


@dataclass(frozen=True, slots=True)
class WayNames:
    """Names of the ways of counting.

    Parameters
    ----------
    identities, views : mapping
        ``data/consistency/power.yaml`` and ``views.yaml``.
    about : float
        Width of “about” for shares. [1]
    """

    identities: Mapping[str, Any]
    views: Mapping[str, Any]
    about: float

    def counting(self, way: Way) -> Label:
        """Which capacities are summed.

        Parameters
        ----------
        way : Way
            A way of counting.

        Returns
        -------
        Label
            In words.
        """
        return Label(**next(one["label"] for one in self.identities["countings"] if one["id"] == way.counting))

    def rule(self, way: Way) -> Label:
        """How non-fossil energy is counted.

        Parameters
        ----------
        way : Way
            A way of counting.

        Returns
        -------
        Label
            In words.
        """
        return Label(**next(one["label"] for one in self.views["rules"] if one["id"] == way.rule))

    def label(self, way: Way) -> Label:
        """All of it.

        Parameters
        ----------
        way : Way
            A way of counting.

        Returns
        -------
        Label
            In words.
        """
        counting, rule, about = self.counting(way), self.rule(way), self._about(way)
        return Label(f"{counting.zh}，{rule.zh}，{about.zh}", f"{counting.en}, {rule.en}, {about.en}")

    def head(self, way: Way, year: int) -> Label:
        """Beginning of a sentence about one year.

        Parameters
        ----------
        way : Way
            A way of counting.
        year : int
            The year.

        Returns
        -------
        Label
            With a colon at its end.
        """
        said = self.label(way)
        return Label(f"{year}年，{said.zh}：", f"{year}, {said.en}: ")

    def _about(self, way: Way) -> Label:
        width = percent(self.about, digits=0)
        if way.reading == "band":
            return Label(f"“左右”按±{width}理解", f"'about' read as ±{width}")
        return Label(f"“左右”按不低于−{width}理解", f"'about' read as at least −{width}")


def explain_clash(
    head: Label, members: Sequence[Label], slack: float, unit: str, gives: Label, *, beyond: bool = False
) -> Label:
    """The sentence of a clash.

    Parameters
    ----------
    head : Label
        Year and way of counting.
    members : sequence of Label
        What cannot hold together.
    slack : float
        Least amount by which one must give way. [unit]
    unit : str
        Its unit.
    gives : Label
        Which one that is.
    beyond : bool
        Whether a lone member is exceeded rather than missed: the upper side of “about”.

    Returns
    -------
    Label
        In words.
    """
    zh = "；".join(dict.fromkeys(one.zh for one in members))
    en = "; ".join(dict.fromkeys(one.en for one in members))
    short = amount(slack, unit)
    if len(members) == 1 and beyond:
        return Label(
            f"{head.zh}{zh}。按已知数据必然超过“左右”的上限，超出 {short.zh}。",
            f"{head.en}{en}. What is known exceeds the upper side of 'about' by {short.en}, whatever is done.",
        )
    if len(members) == 1:
        return Label(
            f"{head.zh}{zh}。无论采取哪些已知措施都达不到，差 {short.zh}。",
            f"{head.en}{en}. No known measure reaches it; it falls short by {short.en}.",
        )
    return Label(
        f"{head.zh}{zh}。以上不能同时成立；至少须放宽 {short.zh}（{gives.zh}）。",
        f"{head.en}{en}. These cannot hold together; at least {short.en} must give way ({gives.en}).",
    )


def amount(value: float, unit: str) -> Label:
    """An amount by which something gives way.

    Parameters
    ----------
    value : float
        The amount. [unit]
    unit : str
        Its unit; shares are told in percentage points.

    Returns
    -------
    Label
        In words.
    """
    if unit == "1":
        return Label(f"{value * 100:.2f} 个百分点", f"{value * 100:.2f} percentage points")
    return Label(say(value, unit, "zh"), say(value, unit, "en"))


def trace_clash(
    number: str, explanation: Label, slack: float, unit: str, year: int, inputs: tuple[str, ...], traces: TraceBook
) -> str:
    """Explain a clash.

    Parameters
    ----------
    number : str
        Its id.
    explanation : Label
        Its sentence.
    slack : float
        Least amount by which one member must give way. [unit]
    unit : str
        Unit.
    year : int
        Year.
    inputs : tuple of str
        Addresses of the members.
    traces : TraceBook
        Gets the trace.

    Returns
    -------
    str
        Its address.
    """
    return traces.add(
        Trace(
            address=f"clashes/{number}",
            kind="clash",
            says=explanation,
            value=number_text(slack),
            unit=unit,
            year=year,
            inputs=inputs,
            grade="derived",
        )
    )


def price_unit(unit: str) -> tuple[str, float]:
    """Unit in which a price is told.

    Parameters
    ----------
    unit : str
        Unit of the target.

    Returns
    -------
    str
        Unit of the price.
    float
        From yuan a year per unit of the target to it.
    """
    return (SHARED, POINT / MILLION) if unit == "1" else (f"万元/{unit}", 1e-4)


def tell_price(value: float, unit: str) -> Label:
    """A price in words.

    Parameters
    ----------
    value : float
        Yearly cost of one unit more. [CNY/a per unit of the target]
    unit : str
        Unit of the target.

    Returns
    -------
    Label
        In words.
    """
    _, factor = price_unit(unit)
    told = value * factor
    if abs(told) < 1e-6:
        return Label("不另花钱", "no extra cost")
    if unit == "1":
        return Label(
            f"每再提高1个百分点，每年多花 {told:,.3g} 亿元",
            f"one percentage point more costs {told * 100:,.3g} million yuan a year",
        )
    return Label(f"每多1{unit}，每年多花 {told:,.4g} 万元", f"one more {unit} costs {told * 1e4:,.4g} yuan a year")


def trace_answer(
    way: Way, label: Label, system: TargetSystem, told: Mapping[str, Told], answer: SystemAnswer, traces: TraceBook
) -> None:
    """Explain cost, actions, prices and reaches of one way of counting.

    Parameters
    ----------
    way : Way
        The way.
    label : Label
        Its name.
    system : TargetSystem
        The rows.
    told : mapping of str to Told
        What they say.
    answer : SystemAnswer
        What they come to.
    traces : TraceBook
        Gets the traces.
    """
    for trace in _slacks(way, told, answer):
        traces.add(trace)
    if answer.cost is None:
        return
    kept = tuple(dict.fromkeys(told[name].address for name in answer.prices))
    note = Label(
        f"线性图景与模型相差不超过 {answer.error:.0e}", f"linear picture and model differ by at most {answer.error:.0e}"
    )
    zh, en = f"{label.zh}：满足其余目标的最低年费用", f"{label.en}: least yearly cost of the targets that are kept"
    cost = traces.add(
        Trace(
            f"consistency/{way.id}.cost",
            "result",
            Label(zh, en),
            number_text(answer.cost / MILLION),
            "亿元",
            inputs=kept,
            grade="estimated",
            note=note,
        )
    )
    for trace in (
        *_actions(way, system, answer, cost, note),
        *_prices(way, told, answer, cost, note),
        *_reaches(way, system, told, answer, note),
    ):
        traces.add(trace)


def _actions(way: Way, system: TargetSystem, answer: SystemAnswer, cost: str, note: Label) -> Iterator[Trace]:
    for name, level in taken(system, answer):
        action = system.bench.actions[name] if system.bench is not None else None
        if action is not None:
            zh, en = f"费用最低时：{action.label.zh}", f"at least cost: {action.label.en}"
            yield Trace(
                f"consistency/{way.id}.does.{name}",
                "result",
                Label(zh, en),
                number_text(level),
                action.unit,
                inputs=(cost,),
                grade="estimated",
                note=note,
            )


def taken(system: TargetSystem, answer: SystemAnswer) -> list[tuple[str, float]]:
    """Actions of the least-cost set that are taken at all.

    Parameters
    ----------
    system : TargetSystem
        The rows.
    answer : SystemAnswer
        What they come to.

    Returns
    -------
    list of tuple of str and float
        Name and level, in the order of the system.
    """
    actions = system.bench.actions if system.bench is not None else {}
    return [(name, answer.levels[name]) for name in actions if answer.levels.get(name, 0.0) > 1e-6]


def _prices(way: Way, told: Mapping[str, Told], answer: SystemAnswer, cost: str, note: Label) -> Iterator[Trace]:
    for name, price in answer.prices.items():
        one = told[name]
        unit, factor = price_unit(one.unit)
        said = tell_price(price.dual, one.unit)
        left, right = (None if side is None else side * factor for side in (price.left, price.right))
        sides = " … ".join("—" if side is None else f"{side:.6g}" for side in (left, right))
        yield Trace(
            f"consistency/{way.id}.price.{name}",
            "result",
            Label(f"{one.label.zh}：{said.zh}", f"{one.label.en}: {said.en}"),
            number_text(price.dual * factor),
            unit,
            one.year,
            inputs=(one.address, cost),
            grade="estimated",
            note=Label(
                f"对偶值；少要一点与多要一点重新求解：{sides}。{note.zh}",
                f"dual value; solved again with less and with more asked: {sides}. {note.en}",
            ),
        )


def _reaches(way: Way, system: TargetSystem, told: Mapping[str, Told], answer: SystemAnswer, note: Label) -> Iterator[Trace]:
    for name, value in answer.reach.items():
        one, spare = told[name], spare_of(system, answer, name)
        if value is None or spare is None:
            continue
        reach = f"consistency/{way.id}.reach.{name}"
        said = Label(f"{one.label.zh}：其余目标成立时最远可到", f"{one.label.en}: furthest it could go while the others hold")
        yield Trace(
            reach, "result", said, number_text(value), one.unit, one.year, inputs=(one.address,), grade="estimated", note=note
        )
        more = Label(
            f"{one.label.zh}：余量（负为够不到）", f"{one.label.en}: room beyond what is asked, negative where it falls short"
        )
        yield Trace(
            f"consistency/{way.id}.spare.{name}",
            "result",
            more,
            number_text(spare * 100 if one.unit == "1" else spare),
            POINTS if one.unit == "1" else one.unit,
            one.year,
            inputs=(reach, one.address),
            grade="estimated",
        )


def spare_of(system: TargetSystem, answer: SystemAnswer, name: str) -> float | None:
    """How much further than asked a target could go while the others hold.

    Parameters
    ----------
    system : TargetSystem
        The rows.
    answer : SystemAnswer
        What they come to.
    name : str
        The target.

    Returns
    -------
    float or None
        Negative where it falls short; ``None`` where nothing limits it. [unit of the row]
    """
    value = answer.reach.get(name)
    if value is None:
        return None
    row = next(one for one in system.rows if one.name == name)
    return row.bound - value if row.sense == "<=" else value - row.bound


def _slacks(way: Way, told: Mapping[str, Told], answer: SystemAnswer) -> Iterator[Trace]:
    for name, value in answer.slack.items():
        if value:
            one = told[name]
            yield Trace(
                f"consistency/{way.id}.slack.{name}",
                "result",
                Label(f"{one.label.zh}：最省的放宽", f"{one.label.en}: gives way in the cheapest relaxation"),
                number_text(value),
                one.unit,
                one.year,
                inputs=(one.address,),
                grade="estimated",
                note=Label("相对放宽量之和最小", "the sum of relative amounts is least"),
            )


def find_lacking(lacking: Sequence[Lacking], gathered: Gathered, *, doubtful: int) -> tuple[Finding, ...]:
    """Targets that are no rows, counted and named.

    Parameters
    ----------
    lacking : sequence of Lacking
        The targets.
    gathered : Gathered
        Those that are rows.
    doubtful : int
        Sets of linear pictures that the model did not confirm.

    Returns
    -------
    tuple of Finding
        One for the plan, one for the plans above it, one for each reason; empty where nothing lacks.
    """
    found: list[Finding] = []
    for above in (False, True):
        own = [one for one in lacking if one.above == above]
        if own:
            rows = sum(one.goal.address.startswith("above/") == above for one in gathered.asked)
            found.append(_counted(own, rows, above=above))
    if doubtful:
        zh = f"线性图景中有 {doubtful} 组冲突未得到模型证实，已略去"
        en = f"{doubtful} clashing sets of linear pictures were not confirmed by the model and are left out"
        found.append(Finding("reconcile.doubtful", "plan", "info", Label(zh, en), Label("无须处理", "nothing to do")))
    return tuple(found)


def _counted(lacking: Sequence[Lacking], rows: int, *, above: bool) -> Finding:
    whose = Label("上级方案", "plans above the city") if above else Label("本方案", "the plan")
    reasons: dict[str, tuple[Label, list[Label]]] = {}
    for one in lacking:
        reasons.setdefault(one.why.en, (one.why, []))[1].append(one.label)
    zh = "；".join(f"{why.zh}：{'、'.join(dict.fromkeys(name.zh for name in names))}" for why, names in reasons.values())
    en = "; ".join(f"{why.en}: {', '.join(dict.fromkeys(name.en for name in names))}" for why, names in reasons.values())
    total = rows + len(lacking)
    return Finding(
        rule="reconcile.not_in_rows",
        at="above" if above else "plan",
        severity="info",
        says=Label(
            f"{whose.zh}的 {total} 个目标中 {rows} 个成为约束，{len(lacking)} 个没有。{zh}",
            f"of {total} targets of {whose.en}, {rows} are rows and {len(lacking)} are not. {en}",
        ),
        remedy=Label(
            "在 data/consistency/views.yaml 中补对应关系，或补充数据",
            "map them in data/consistency/views.yaml, or add what is missing",
        ),
    )
