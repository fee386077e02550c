"""Values that nobody has measured, computed by a stated rule from values that somebody has.

Invariant: an estimate says its rule, its inputs and its interval; where an input is missing there is no estimate
but a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import unit
from dafeng.formula import check_unit, evaluate, parse
from dafeng.formula.typesetting import typeset
from dafeng.library.indicators import Catalogue
from dafeng.work.scores import Score
from dafeng.work.tracing import TraceBook, number_text


@dataclass(frozen=True, slots=True)
class Operand:
    """One input of an estimate.

    Parameters
    ----------
    value : float
        Middle value. [unit]
    low, high : float
        Interval; both equal to ``value`` where it is exact. [unit]
    unit : str
        Unit.
    address : str
        Address of its trace.
    grade : str
        Evidence grade.
    label : Label
        Name for readers.
    """

    value: float
    low: float
    high: float
    unit: str
    address: str
    grade: str
    label: Label


Lookup = Callable[[Mapping[str, Any]], Operand | None]
"""Finds what an input names: an indicator in a year, a target, a pathway value; ``None`` where it does not exist."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate that was made.

    Parameters
    ----------
    id : str
        Id of the rule.
    score : Score
        The value with its interval.
    """

    id: str
    score: Score


def estimate(
    rules: Sequence[Mapping[str, Any]], lookup: Lookup, catalogue: Catalogue, traces: TraceBook
) -> tuple[tuple[Estimate, ...], tuple[Finding, ...]]:
    """Make the estimates whose inputs exist.

    Parameters
    ----------
    rules : sequence of mapping
        ``{id, indicator, year, basis, expression, inputs, says}`` and perhaps a short ``name``; an input is
        ``{target, year}``, ``{pathway, scenario, year}``, ``{estimate}`` (an earlier rule) or a constant
        ``{value, low, high, unit, source, grade, label}``.
    lookup : callable
        Finds inputs that are no constants.
    catalogue : Catalogue
        Units of the indicators.
    traces : TraceBook
        Gets a trace per constant and per estimate.

    Returns
    -------
    tuple of Estimate, tuple of Finding
        What was made, and what lacked an input.
    """
    made: dict[str, Estimate] = {}
    findings: list[Finding] = []
    for rule in rules:
        operands = {name: _operand(rule["id"], name, item, lookup, made, traces) for name, item in rule["inputs"].items()}
        known = {name: operand for name, operand in operands.items() if operand is not None}
        if len(known) < len(operands):
            findings.append(_lacking(rule, sorted(set(operands) - set(known))))
        else:
            made[rule["id"]] = _make(rule, known, catalogue, traces)
    return tuple(made.values()), tuple(findings)


def _make(rule: Mapping[str, Any], operands: Mapping[str, Operand], catalogue: Catalogue, traces: TraceBook) -> Estimate:
    if rule["indicator"] not in catalogue.indicators:
        raise _unknown(rule)
    wanted = unit(catalogue.indicators[rule["indicator"]].unit)
    expression = parse(rule["expression"], where=rule["id"])
    units = {name: unit(operand.unit) for name, operand in operands.items()}
    scale = float(check_unit(expression, units, wanted, where=rule["id"]))
    value = scale * float(evaluate(expression, {name: o.value for name, o in operands.items()}))
    corners = [
        dict(zip(operands, combination, strict=True)) for combination in product(*((o.low, o.high) for o in operands.values()))
    ]
    ends = [scale * float(evaluate(expression, corner)) for corner in corners] if _uncertain(operands) else [value]
    address = f"scores/{rule['indicator']}.{rule['year']}.{rule['id']}"
    inputs = tuple(operand.address for operand in operands.values())
    traces.add(
        Trace(
            address=address,
            kind="projection" if rule["basis"] == "projected" else "indicator",
            says=Label(**rule.get("name", rule["says"])),
            value=number_text(value),
            unit=str(wanted),
            year=int(rule["year"]),
            expression=str(expression),
            typeset=typeset(expression, {}),
            inputs=inputs,
            grade="estimated",
            note=_note(rule, min(ends), max(ends)),
        )
    )
    score = Score(
        rule["indicator"],
        int(rule["year"]),
        value,
        str(wanted),
        rule["basis"],
        _worst([o.grade for o in operands.values()]),
        address,
        inputs,
        min(ends),
        max(ends),
        outlook=bool(rule.get("outlook", False)),
    )
    return Estimate(rule["id"], score)


def _operand(
    rule: str, name: str, item: Mapping[str, Any], lookup: Lookup, made: Mapping[str, Estimate], traces: TraceBook
) -> Operand | None:
    if "estimate" in item:
        earlier = made.get(item["estimate"])
        return lookup(item) if earlier is None else of_score(earlier.score, Label(name, name))
    if "value" not in item:
        return lookup(item)
    value = float(item["value"])
    label = Label(**item["label"])
    address = traces.add(
        Trace(
            address=f"assumptions/{rule}.{name}",
            kind="assumption",
            says=label,
            value=number_text(item["value"]),
            unit=str(item["unit"]),
            source=item["source"],
            grade=item["grade"],
            note=_interval(float(item["low"]), float(item["high"])) if "low" in item else None,
        )
    )
    return Operand(
        value, float(item.get("low", value)), float(item.get("high", value)), item["unit"], address, item["grade"], label
    )


def of_score(score: Score, label: Label) -> Operand:
    """An indicator value as an input.

    Parameters
    ----------
    score : Score
        The value.
    label : Label
        Name for readers.

    Returns
    -------
    Operand
        With the interval of the value, where it has one.
    """
    low = score.value if score.low is None else score.low
    high = score.value if score.high is None else score.high
    return Operand(score.value, low, high, score.unit, score.address, score.grade, label)


_ORDER = ("primary", "derived", "reported", "secondary", "estimated", "assumption", "provisional", "memory")


def _worst(grades: Sequence[str]) -> str:
    return max(grades, key=lambda grade: _ORDER.index(grade) if grade in _ORDER else len(_ORDER))


def _uncertain(operands: Mapping[str, Operand]) -> bool:
    return any(o.low != o.high for o in operands.values())


def _note(rule: Mapping[str, Any], low: float, high: float) -> Label:
    said, between = Label(**rule["says"]), _interval(low, high)
    return said if low == high else Label(f"{said.zh}；{between.zh}", f"{said.en}; {between.en}")


def _interval(low: float, high: float) -> Label:
    return Label(f"区间 {low:.4g} 至 {high:.4g}", f"interval {low:.4g} to {high:.4g}")


def _unknown(rule: Mapping[str, Any]) -> DefinitionError:
    name = rule["indicator"]
    return DefinitionError(
        Label(f"指标“{name}”不存在", f"there is no indicator '{name}'"),
        where=f"estimates.{rule['id']}",
        expected=Label("指标目录中的代码", "an id of the indicator catalogue"),
        remedy=Label(
            "改正代码，或在 data/indicators 中定义该指标", "correct the id, or define the indicator in data/indicators"
        ),
    )


def _lacking(rule: Mapping[str, Any], names: Sequence[str]) -> Finding:
    said = "、".join(names)
    return Finding(
        rule="estimate.input_missing",
        at=f"estimates/{rule['id']}",
        severity="warning",
        says=Label(
            f"无法推算“{rule['says']['zh']}”：缺少 {said}",
            f"cannot estimate '{rule['says']['en']}': {', '.join(names)} missing",
        ),
        remedy=Label("补充缺少的数据", "deliver the missing figures"),
    )
