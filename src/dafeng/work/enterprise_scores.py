"""Scores of enterprises: parts by one of the read forms, and their sum.

Invariant: a score is known only if all its parts are; what the form leaves open (a cap, equal extremes, baselines of a year)
stays open until the city states it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.labels import Label
from dafeng.work.enterprise_figures import EnterpriseBook, EnterpriseFigure, read_expression, read_label
from dafeng.work.enterprise_table import fact_address

POINT = "point"
HUNDRED = Decimal(100)


def compute_score(book: EnterpriseBook, enterprise: str, year: int, name: str) -> list[EnterpriseFigure]:
    """A score of an enterprise with its parts.

    Parameters
    ----------
    book : EnterpriseBook
        Figures of the city.
    enterprise : str
        Id of the enterprise.
    year : int
        The year.
    name : str
        The score.

    Returns
    -------
    list of EnterpriseFigure
        The parts, then the score. [point]
    """
    rule = book.rules.scores[name]
    label, address = read_label(rule), fact_address(enterprise, year, f"score.{name}")
    if not rule["parts"]:
        why = Label("没有公布指标与权重，由城市自行规定", "no indicators and weights were published: a city states its own")
        return [book.lack((enterprise, year, f"score.{name}", "score"), label, POINT, why)]
    parts = [_part(book, enterprise, year, name, part) for part in rule["parts"]]
    lacking = [one for one in parts if one.value is None]
    if lacking:
        why, inputs = lacking[0].why or Label("缺一部分", "a part is unknown"), tuple(one.address for one in parts)
        return [*parts, book.lack((enterprise, year, f"score.{name}", "score"), label, POINT, why, inputs=inputs)]
    total = sum((one.value for one in parts if one.value is not None), Decimal(0))
    cap = rule["cap"]
    value = total if cap is None else min(total, Decimal(cap))
    written = " + ".join(one.field for one in parts) + ("" if cap is None else f"; cap = {cap}")
    says = Label(f"{book.name(enterprise)} {year}年{label.zh}", f"{label.en} of {book.name(enterprise)}, {year}")
    inputs = tuple(one.address for one in parts)
    note = Label(rule["note"], rule["note"]) if rule["note"] else None
    source = rule["sources"].get(year, rule["source"])
    book.trace(
        address,
        "indicator",
        says,
        value,
        POINT,
        year,
        expression=written,
        inputs=inputs,
        source=source,
        grade=rule["grade"],
        note=note,
    )
    return [*parts, EnterpriseFigure(enterprise, year, f"score.{name}", "score", label, value, POINT, address)]


def _part(book: EnterpriseBook, enterprise: str, year: int, name: str, part: Mapping[str, Any]) -> EnterpriseFigure:
    rule = book.rules.scores[name]
    field = f"score.{name}.{part['indicator']}"
    value = book.indicator(enterprise, year, part["indicator"])
    if part["lacking"] == "mean" and _emits_nothing(book, enterprise, year, part["indicator"]):
        return _mean(book, enterprise, year, name, part)
    form = book.rules.forms[rule["form"]]
    constants = {"weight": Decimal(part["weight"])}
    inputs = {"value": value}
    if rule["form"] == "ratio":
        base = part["base"].get(year)
        if base is None:
            why = Label(f"没有{year}年的基准值", f"no baseline of {year}")
            return _unknown(book, (enterprise, year, field), value.label, why)
        constants["base"] = Decimal(base)
    else:
        ends = _extremes(book, year, part["indicator"])
        if value.value is None or ends is None:
            return _unknown(
                book, (enterprise, year, field), value.label, value.why or Label("没有可比企业", "nobody to compare with")
            )
        least, most = ends
        if least.value == most.value:
            return _equal(book, enterprise, year, name, part, value)
        inputs |= {"least": least, "most": most}
        constants["floor"] = Decimal(form["floor"])
    key = (enterprise, year, field, "part")
    return book.compute(key, value.label, POINT, read_expression(form["expression"]), inputs, constants=constants)


def _unknown(book: EnterpriseBook, key: tuple[str, int, str], label: Label, why: Label) -> EnterpriseFigure:
    return book.lack((*key, "part"), label, POINT, why)


def _emits_nothing(book: EnterpriseBook, enterprise: str, year: int, indicator: str) -> bool:
    """Whether what the indicator divides by was delivered as zero."""
    names = read_expression(book.rules.indicators[indicator]["expression"]).names
    return book.fact(enterprise, year, names[-1]).value == 0


def _mean(book: EnterpriseBook, enterprise: str, year: int, name: str, part: Mapping[str, Any]) -> EnterpriseFigure:
    """The mean of the part over all enterprises of the year that have it."""
    field, label = f"score.{name}.{part['indicator']}", book.indicator(enterprise, year, part["indicator"]).label
    known = _known_parts(book, year, name, part)
    if not known:
        why = Label("没有可取平均的企业", "there is nobody to take the mean of")
        return _unknown(book, (enterprise, year, field), label, why)
    value = sum((one.value for one in known if one.value is not None), Decimal(0)) / len(known)
    says = Label(
        f"{book.name(enterprise)} {year}年{label.zh}：无排放，取 {len(known)} 家平均分",
        f"{label.en} of {book.name(enterprise)}, {year}: emits nothing, mean of {len(known)} enterprises",
    )
    address = fact_address(enterprise, year, field)
    inputs = tuple(one.address for one in known)
    book.trace(address, "indicator", says, value, POINT, year, expression="mean", inputs=inputs, grade="derived")
    return EnterpriseFigure(enterprise, year, field, "part", label, value, POINT, address)


def _known_parts(book: EnterpriseBook, year: int, name: str, part: Mapping[str, Any]) -> list[EnterpriseFigure]:
    """The part of every enterprise of the year that emits and has it."""
    kept = (year, name, part["indicator"])
    if kept not in book.parts:
        others = [other for other in book.enterprises if year in book.years.get(other, ())]
        others = [other for other in others if not _emits_nothing(book, other, year, part["indicator"])]
        found = [_part(book, other, year, name, part) for other in others]
        book.parts[kept] = [one for one in found if one.value is not None]
    return book.parts[kept]


def _extremes(book: EnterpriseBook, year: int, indicator: str) -> tuple[EnterpriseFigure, EnterpriseFigure] | None:
    kept = (year, indicator)
    if kept not in book.extremes:
        found = [book.indicator(one, year, indicator) for one in book.enterprises if year in book.years.get(one, ())]
        known = [(one.value, one) for one in found if one.value is not None]
        ends = (min(known, key=lambda pair: pair[0])[1], max(known, key=lambda pair: pair[0])[1]) if known else None
        book.extremes[kept] = ends
    return book.extremes[kept]


def _equal(
    book: EnterpriseBook, enterprise: str, year: int, name: str, part: Mapping[str, Any], value: EnterpriseFigure
) -> EnterpriseFigure:
    """All enterprises are alike: the form divides by zero, and only a stated share helps."""
    field, rule = f"score.{name}.{part['indicator']}", book.rules.scores[name]
    share = rule.get("equal")
    if share is None:
        why = Label("各企业相同，公式没有规定", "all enterprises are alike, for which the form has no rule")
        return _unknown(book, (enterprise, year, field), value.label, why)
    constants = {"weight": Decimal(part["weight"]), "equal": Decimal(share)}
    expression = read_expression("weight * equal / 100")
    return book.compute(
        (enterprise, year, field, "part"), value.label, POINT, expression, {"value": value}, constants=constants
    )
