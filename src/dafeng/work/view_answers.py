"""Answers in the view: the first screen, the headline questions, the clashes and the measures.

Invariant: no sentence is made here but the titles of clashes, which name their members; all figures are those of the
assessment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.work.assessment import Answer, Assessment, Figure, Headline, MeasureEffect
from dafeng.work.clashes import Clash, qualify
from dafeng.work.reconcile_words import SOME
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.view_number import Frame, Number, write_anchor, write_label

Row = dict[str, Any]
COUNTED = ("年", "个", "家")
"""Units of numbers that are integers when they are whole."""


def write_figure(figure: Figure, frame: Frame) -> Row:
    """A number of an answer with its name.

    Parameters
    ----------
    figure : Figure
        The number.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict
        ``label`` and the number; a year or a count is an integer.
    """
    whole = figure.unit in COUNTED and float(figure.value).is_integer()
    number = frame.number(
        int(figure.value) if whole else figure.value,
        figure.unit,
        year=figure.year,
        basis=figure.basis,
        address=figure.address,
        low=figure.low,
        high=figure.high,
        share=True,
    )
    return {"label": write_label(figure.label), **number}


def list_answers(answers: Iterable[Answer], frame: Frame) -> list[Row]:
    """The first screen.

    Parameters
    ----------
    answers : iterable of Answer
        The four answers.
    frame : Frame
        Run and traces.

    Returns
    -------
    list of dict
        In their order.
    """
    return [
        {
            "id": one.id,
            "question": write_label(one.question),
            "answer": write_label(one.answer),
            "figures": [write_figure(figure, frame) for figure in one.figures],
            "address": frame.locate(one.address),
        }
        for one in answers
    ]


def list_headlines(headlines: Iterable[Headline], frame: Frame) -> list[Row]:
    """Headline questions.

    Parameters
    ----------
    headlines : iterable of Headline
        Questions with answers.
    frame : Frame
        Run and traces.

    Returns
    -------
    list of dict
        In their order.
    """
    return [
        {
            "id": one.id,
            "question": write_label(one.question),
            "answer": write_label(one.answer),
            "numbers": [write_figure(figure, frame) for figure in one.numbers],
            "targets": list(one.targets),
            "address": frame.locate(one.address),
        }
        for one in headlines
    ]


def list_clashes(assessment: Assessment, frame: Frame) -> list[Row]:
    """Minimal sets of clauses and facts that cannot hold together.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    frame : Frame
        Run and traces.

    Returns
    -------
    list of dict
        Smallest sets first.
    """
    names = {row.target.id: row.indicator.label for row in assessment.verdicts.rows if row.indicator is not None}
    anchors = {target.id: write_anchor(target.anchor) for target in assessment.plan.targets}
    return [_clash(clash, names, anchors, frame) for clash in assessment.reconciliation.clashes]


def _clash(clash: Clash, names: Mapping[str, Label], anchors: Mapping[str, Row | None], frame: Frame) -> Row:
    targets = list(dict.fromkeys(member.target for member in clash.members if member.target is not None))
    members = [
        {
            "label": write_label(member.label),
            "address": frame.locate(member.address),
            "anchor": anchors.get(member.target) if member.target is not None else None,
            "target": member.target,
            "above": member.above,
        }
        for member in clash.members
    ]
    slack = frame.number(clash.slack, clash.unit, year=clash.year, basis="projected", address=clash.address, share=True)
    return {
        "id": clash.id,
        "title": write_label(_title(clash, [names[target] for target in targets if target in names])),
        "explanation": write_label(clash.explanation),
        "year": clash.year,
        "counting": clash.counting,
        "reading": clash.reading,
        "targets": targets,
        "members": members,
        "minimal": True,
        "above": clash.above,
        "found_in": list(clash.ways_of_counting),
        "slack": slack["value"],
        "unit": slack["unit"],
        "relax": _ways(clash, frame),
        "address": frame.locate(clash.address),
    }


def _ways(clash: Clash, frame: Frame) -> list[Row]:
    """Each member with the amount by which it alone would have to give way, the smallest first."""
    rows = [
        {
            "label": write_label(label),
            **frame.number(amount, unit, year=clash.year, basis="projected", address=_way(clash, number), share=True),
        }
        for number, ((label, amount), unit) in enumerate(zip(clash.ways, _units(clash), strict=True), 1)
    ]
    return sorted(rows, key=lambda row: (row["unit"] != clash.unit, row["value"]))


def _units(clash: Clash) -> tuple[str, ...]:
    """Unit of each way; that of the clash where none is told apart."""
    return clash.units or (clash.unit,) * len(clash.ways)


def _way(clash: Clash, number: int) -> str:
    return f"{clash.address}.way{number}"


def trace_ways(clashes: Iterable[Clash], traces: TraceBook) -> None:
    """Give every way out of a clash a trace.

    Parameters
    ----------
    clashes : iterable of Clash
        The clashes.
    traces : TraceBook
        Gets one trace per clash and member.
    """
    for clash in clashes:
        for number, ((label, amount), unit) in enumerate(zip(clash.ways, _units(clash), strict=True), 1):
            says = Label(f"仅放宽这一项：{label.zh}", f"if only this gives way: {label.en}")
            inputs = (clash.address, clash.members[number - 1].address)
            told = number_text(amount)
            traces.add(Trace(_way(clash, number), "clash", says, told, unit, clash.year, inputs=inputs, grade="derived"))


def _title(clash: Clash, names: Iterable[Label]) -> Label:
    listed = list(dict.fromkeys(names))
    zh, en = "、".join(name.zh for name in listed), "; ".join(name.en for name in listed)
    upper = [member for member in clash.members if member.above]
    if upper and not listed and len(clash.members) == 1:
        above = Label(
            f"够不到的上级目标：{upper[0].label.zh}", f"a target of the level above is out of reach: {upper[0].label.en}"
        )
        return qualify(above, clash)
    rest = len({member.address for member in clash.members if member.target is None})
    if not rest and len(clash.members) == 1:
        sides = [(_OVER if side.beyond else _SHORT, side.by) for side in clash.sides] or [(_SHORT, SOME)]
        zh += "；".join(f"{says.zh}（{by.zh}）" for says, by in sides)
        return Label(f"{clash.year}年：{zh}", f"{clash.year}: {en} " + "; ".join(f"{says.en} ({by.en})" for says, by in sides))
    facts = (f"与 {rest} 项已知数据或假设", f" against known figures or assumptions ({rest})") if rest else ("", "")
    return Label(f"{clash.year}年：{zh}{facts[0]}不能同时成立", f"{clash.year}: {en}{facts[1]} cannot hold together")


_SHORT = Label("没有已知做法能达到", "is out of reach")
_OVER = Label("无论怎么做都超过“左右”的上限", "overshoots 'about' whatever is done")


def trace_measures(measures: Iterable[MeasureEffect], traces: TraceBook) -> None:
    """Give every measure that has none a trace over its figures.

    Parameters
    ----------
    measures : iterable of MeasureEffect
        The measures.
    traces : TraceBook
        Gets one trace per measure.
    """
    for one in measures:
        figures = [f for f in (one.avoided, one.years, one.probability, one.per_cost, one.cost) if f is not None]
        if one.address not in traces:
            inputs = tuple(dict.fromkeys(figure.address for figure in figures))
            traces.add(Trace(one.address, "projection", one.label, inputs=inputs, grade="estimated"))


def list_measures(measures: Iterable[MeasureEffect], frame: Frame) -> list[Row]:
    """Measures with what they do to the peak.

    Parameters
    ----------
    measures : iterable of MeasureEffect
        The measures.
    frame : Frame
        Run and traces.

    Returns
    -------
    list of dict
        ``cost`` and ``per_cost`` are ``None`` where no cost has a source; measures of one ``group`` cannot
        be ranked apart; ``effect`` is the CO2 avoided in 2030.
    """
    return [
        {
            "id": one.id,
            "label": write_label(one.label),
            "cost": _optional(one.cost, frame),
            "effect": write_figure(one.avoided, frame),
            "probability": write_figure(one.probability, frame),
            "years": write_figure(one.years, frame),
            "per_cost": _optional(one.per_cost, frame),
            "group": one.group,
            "address": frame.locate(one.address),
        }
        for one in measures
    ]


def _optional(figure: Figure | None, frame: Frame) -> Number | None:
    return None if figure is None else write_figure(figure, frame)
