"""Explanations of a reconciliation: clashes, least cost, actions, prices, reaches, what gives way, and the years between.

Invariant: every number that a reconciliation shows has its address here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.work.reconcile_words import MILLION, POINTS, price_unit, tell_price
from dafeng.work.target_answers import SystemAnswer
from dafeng.work.target_system import TargetSystem
from dafeng.work.target_table import Told, Way
from dafeng.work.target_years import Interim
from dafeng.work.tracing import TraceBook, number_text


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


def trace_answer(
    way: Way,
    label: Label,
    system: TargetSystem,
    told: Mapping[str, Told],
    answer: SystemAnswer,
    traces: TraceBook,
    *,
    years: Mapping[str, Sequence[Interim]],
) -> None:
    """Explain cost, actions, prices, reaches and the years between of one way of counting.

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
    years : mapping of str to sequence of Interim
        By row: years on the way to it.
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
        *_years(way, told, years, cost, note),
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
    return system.asked(name) - value if row.sense == "<=" else value - system.asked(name)


def _years(
    way: Way, told: Mapping[str, Told], years: Mapping[str, Sequence[Interim]], cost: str, note: Label
) -> Iterator[Trace]:
    for name, found in years.items():
        for one in found:
            label, line = told[name].label, f"{one.line:.6g} {told[name].unit}"
            yield Trace(
                f"consistency/{way.id}.year.{name}.{one.year}",
                "result",
                Label(f"{label.zh}：{one.year}年（费用最低时）", f"{label.en}: {one.year}, at least cost"),
                number_text(one.value),
                told[name].unit,
                one.year,
                inputs=(told[name].address, cost),
                grade="estimated",
                note=Label(f"直线进度为 {line}。{note.zh}", f"a straight line stands at {line}. {note.en}"),
            )


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
