"""Judgements on enterprises: grades by scales, early warning by targets, classes of size.

Invariant: without cut-offs, a benchmark, a target or a figure the judgement is ``not_measurable`` and says what is lacking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.numbers import plain
from dafeng.work.budget_files import budget_rules
from dafeng.work.budget_warnings import NONE, find_class
from dafeng.work.enterprise_figures import EnterpriseBook, EnterpriseFigure, read_expression, read_label
from dafeng.work.enterprise_rules import Cutoffs, EnterpriseTarget
from dafeng.work.enterprise_table import fact_address


@dataclass(frozen=True, slots=True)
class EnterpriseJudgement:
    """A judgement on an enterprise.

    Parameters
    ----------
    enterprise : str
        Id of the enterprise.
    year : int
        The year.
    kind : {"grade", "warning", "size"}
        What is judged.
    rule : str
        Scale, indicator with a target, or field.
    label : Label
        Name of the rule.
    result : str
        Grade or class, or ``not_measurable``.
    says : Label
        Its name, or why there is none.
    colour : str or None
        Its colour, where the scale has one.
    address : str
        Address of its trace.
    source : str
        Source of the rule.
    """

    enterprise: str
    year: int
    kind: str
    rule: str
    label: Label
    result: str
    says: Label
    colour: str | None
    address: str
    source: str


def grade(book: EnterpriseBook, enterprise: str, year: int, scale: str) -> EnterpriseJudgement:
    """Grade of an enterprise on a scale.

    Parameters
    ----------
    book : EnterpriseBook
        Figures of the city.
    enterprise : str
        Id of the enterprise.
    year : int
        The year.
    scale : str
        The scale.

    Returns
    -------
    EnterpriseJudgement
        ``not_measurable`` where the city states no cut-offs or the figure is unknown.
    """
    rule = book.rules.scales[scale]
    address = fact_address(enterprise, year, f"grade.{scale}")
    cutoffs = next((one for one in book.rules.own.cutoffs if one.scale == scale), None)
    if cutoffs is None:
        why = Label("没有公布分界值，本市也未规定", "no cut-offs were published and the city states none")
        return _unknown(book, enterprise, year, scale, why)
    measured = _measured(book, enterprise, year, cutoffs)
    if measured.value is None:
        return _unknown(book, enterprise, year, scale, measured.why or Label("没有数", "no figure"))
    found = rule["grades"][count_beyond(cutoffs, measured.value)]
    listed = ", ".join(f"{plain(Decimal(one)):f}" for one in cutoffs.values)
    stated = f"enterprise/cutoffs.{scale}"
    side = Label("含分界值的是较好一级", "a cut-off belongs to the better grade")
    if cutoffs.inclusive == "worse":
        side = Label("含分界值的是较差一级", "a cut-off belongs to the worse grade")
    said = Label(
        f"{rule['label']['zh']}分界值（{book.rules.place}，{cutoffs.date}）：{listed}；{side.zh}",
        f"cut-offs of {rule['label']['en']} ({book.rules.place}, {cutoffs.date}): {listed}; {side.en}",
    )
    book.trace(stated, "assumption", said, None, measured.unit, int(cutoffs.date[:4]), source=cutoffs.source, grade="reported")
    says = Label(
        f"{book.name(enterprise)} {year}年 {rule['label']['zh']}：{found['zh']}",
        f"{rule['label']['en']} of {book.name(enterprise)}, {year}: {found['en']}",
    )
    book.trace(address, "verdict", says, str(found["id"]), None, year, inputs=(measured.address, stated), source=rule["source"])
    label, name = read_label(rule), Label(found["zh"], found["en"])
    return EnterpriseJudgement(
        enterprise, year, "grade", scale, label, str(found["id"]), name, found["colour"], address, rule["source"]
    )


def count_beyond(cutoffs: Cutoffs, value: Decimal) -> int:
    """How many cut-offs a value lies beyond, seen from the best grade.

    Parameters
    ----------
    cutoffs : Cutoffs
        Strictly rising where lower is better, strictly falling where higher is; a single one rises.
    value : Decimal
        The figure.

    Returns
    -------
    int
        Place of its grade, 0 for the best one.
    """
    rising = len(cutoffs.values) < 2 or cutoffs.values[0] < cutoffs.values[1]
    keeps = cutoffs.inclusive == "better"

    def beyond(limit: Decimal) -> bool:
        if value == limit:
            return not keeps
        return value > limit if rising else value < limit

    return sum(beyond(Decimal(limit)) for limit in cutoffs.values)


def _measured(book: EnterpriseBook, enterprise: str, year: int, cutoffs: Cutoffs) -> EnterpriseFigure:
    if cutoffs.against == "value":
        return book.indicator(enterprise, year, cutoffs.indicator)
    return book.against(enterprise, year, cutoffs.indicator, cutoffs.against)


def _unknown(book: EnterpriseBook, enterprise: str, year: int, scale: str, why: Label) -> EnterpriseJudgement:
    rule, address = book.rules.scales[scale], fact_address(enterprise, year, f"grade.{scale}")
    says = Label(
        f"{book.name(enterprise)} {year}年 {rule['label']['zh']}：不能评级，{why.zh}",
        f"{rule['label']['en']} of {book.name(enterprise)}, {year}: no grade, {why.en}",
    )
    book.trace(address, "verdict", says, NONE, None, year, source=rule["source"])
    return EnterpriseJudgement(enterprise, year, "grade", scale, read_label(rule), NONE, why, None, address, rule["source"])


def warn(book: EnterpriseBook, enterprise: str, year: int) -> tuple[list[EnterpriseFigure], list[EnterpriseJudgement]]:
    """Early warning of an enterprise against its targets of a year.

    Parameters
    ----------
    book : EnterpriseBook
        Figures of the city.
    enterprise : str
        Id of the enterprise.
    year : int
        The year.

    Returns
    -------
    (list of EnterpriseFigure, list of EnterpriseJudgement)
        Completion of each target and its class; none where it has no target.
    """
    targets = [one for one in book.rules.own.targets if (one.enterprise, one.year) == (enterprise, year)]
    found = [_completion(book, one) for one in targets]
    return found, [_class(book, one, figure) for one, figure in zip(targets, found, strict=True)]


def _completion(book: EnterpriseBook, target: EnterpriseTarget) -> EnterpriseFigure:
    rule, year = book.rules.indicators[target.indicator], target.year
    address = f"enterprise/target.{target.enterprise}.{year}.{target.indicator}"
    label = Label(f"{rule['label']['zh']}目标", f"target: {rule['label']['en']}")
    note = Label(f"{book.rules.place}，{target.date}", f"{book.rules.place}, {target.date}")
    wanted = Decimal(target.value)
    book.trace(address, "assumption", label, wanted, target.unit, year, source=target.source, grade="reported", note=note)
    aim = EnterpriseFigure(target.enterprise, year, target.indicator, "target", label, wanted, target.unit, address)
    value = book.indicator(target.enterprise, year, target.indicator)
    done = Label(f"{rule['label']['zh']}目标完成率", f"completion of the target: {rule['label']['en']}")
    expression = read_expression(book.rules.completion[rule["better"]])
    key = (target.enterprise, year, f"{target.indicator}.completion", "completion")
    return book.compute(key, done, "%", expression, {"target": aim, "value": value})


def _class(book: EnterpriseBook, target: EnterpriseTarget, done: EnterpriseFigure) -> EnterpriseJudgement:
    rules = budget_rules()["warnings"]
    label, source = done.label, rules["source"]
    address = fact_address(target.enterprise, target.year, f"warning.{target.indicator}")
    if done.value is None:
        result, says, colour = NONE, done.why or Label("没有数", "no figure"), None
    else:
        row = find_class(rules["classes"], done.value)
        result, says, colour = str(row["id"]), Label(row["zh"], row["en"]), row["colour"]
    told = Label(
        f"{book.name(target.enterprise)} {target.year}年{label.zh}：{says.zh}",
        f"{label.en} of {book.name(target.enterprise)}, {target.year}: {says.en}",
    )
    inputs = (done.address,) if done.value is not None else ()
    book.trace(address, "verdict", told, result, None, target.year, inputs=inputs, source=source, grade=rules["grade"])
    return EnterpriseJudgement(
        target.enterprise, target.year, "warning", target.indicator, label, result, says, colour, address, source
    )


def size(book: EnterpriseBook, enterprise: str, year: int) -> EnterpriseJudgement:
    """Class of size of an enterprise.

    Parameters
    ----------
    book : EnterpriseBook
        Figures of the city.
    enterprise : str
        Id of the enterprise.
    year : int
        The year.

    Returns
    -------
    EnterpriseJudgement
        ``not_measurable`` where its energy is unknown.
    """
    rule = book.rules.sizes
    figure = book.fact(enterprise, year, rule["field"])
    address, label = fact_address(enterprise, year, "size"), Label("能耗规模", "size by energy")
    if figure.value is None:
        result, says = NONE, figure.why or Label("没有数", "no figure")
    else:
        row = _size_class(rule["classes"], figure.value)
        result, says = str(row["id"]), Label(row["zh"], row["en"])
    told = Label(
        f"{book.name(enterprise)} {year}年{label.zh}：{says.zh}", f"{label.en} of {book.name(enterprise)}, {year}: {says.en}"
    )
    inputs = (figure.address,) if figure.value is not None else ()
    book.trace(address, "verdict", told, result, None, year, inputs=inputs, source=rule["source"], grade=rule["grade"])
    return EnterpriseJudgement(enterprise, year, "size", rule["field"], label, result, says, None, address, rule["source"])


def _size_class(classes: Sequence[Mapping[str, Any]], value: Decimal) -> Mapping[str, Any]:
    return next((row for row in classes[:-1] if value >= row["from"]), classes[-1])
