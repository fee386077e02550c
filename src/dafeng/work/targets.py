"""Targets of a plan in the units and names of the indicator catalogue.

Invariant: a target whose indicator is unknown to the catalogue keeps its own name and is never forced onto another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label, Language
from dafeng.core.traces import Trace
from dafeng.core.units import convert
from dafeng.library.indicators import Catalogue, Indicator
from dafeng.library.naming import fit_unit
from dafeng.library.rules import RuleBook
from dafeng.plans.matching import match_target
from dafeng.plans.plan import Plan, Target
from dafeng.work.estimates import Operand
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.wording import say

COMPARATORS: Mapping[str, str] = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "=": "=", "~": "≈"}
"""How comparators are printed."""


def indicator_of(target: Target, catalogue: Catalogue) -> Indicator | None:
    """Indicator a target speaks of.

    Parameters
    ----------
    target : Target
        The target.
    catalogue : Catalogue
        All indicators.

    Returns
    -------
    Indicator or None
        By the target's own id, else by name, unit and counting.
    """
    if target.indicator_id is not None:
        return catalogue.indicators.get(target.indicator_id)
    found = match_target(target, catalogue)
    return None if found is None else catalogue.indicators[found.indicator.id]


def value_of(target: Target, indicator: Indicator | None) -> Decimal | None:
    """Value of a target in the unit of its indicator.

    Parameters
    ----------
    target : Target
        The target.
    indicator : Indicator or None
        Its indicator; without one the value stays as printed.

    Returns
    -------
    Decimal or None
        ``None`` where the target has no number, or its unit does not fit.
    """
    if target.value is None or indicator is None:
        return target.value
    try:
        return convert(target.value, fit_unit(target.indicator, target.unit, indicator.unit) or target.unit, indicator.unit)
    except UnitError:
        return None


def listed(plan: Plan, catalogue: Catalogue) -> Iterator[tuple[Target, Indicator | None, Decimal | None]]:
    """Targets with their indicators and values.

    Parameters
    ----------
    plan : Plan
        The plan.
    catalogue : Catalogue
        All indicators.

    Yields
    ------
    tuple of Target, Indicator or None, Decimal or None
        In the order of the document.
    """
    for target in (*plan.targets, *_delegated(plan)):
        indicator = indicator_of(target, catalogue)
        yield target, indicator, value_of(target, indicator)


def _delegated(plan: Plan) -> Iterator[Target]:
    """Goals whose figure the level above hands down: targets without a value until it does."""
    for goal in plan.goals:
        if goal.kind == "delegated":
            yield Target(
                id=goal.id,
                indicator=goal.text,
                indicator_id=None,
                label=None,
                year=goal.year,
                period=None,
                value=None,
                upper=None,
                unit="",
                comparator="=",
                strength=None,
                base_year=None,
                base=None,
                direction=None,
                scope=None,
                counting=None,
                part_of=None,
                implied=False,
                organisations=(),
                task=goal.task,
                anchor=goal.anchor,
                figure=(goal.anchor.start, goal.anchor.end),
                also=(),
                certainty=Decimal(1),
                reason="delegated",
            )


def trace_target(target: Target, indicator: Indicator | None, plan: Plan, traces: TraceBook) -> str:
    """Trace of a target with its clause.

    Parameters
    ----------
    target : Target
        The target.
    indicator : Indicator or None
        Its indicator.
    plan : Plan
        The plan it stands in.
    traces : TraceBook
        Gets the target and the clause.

    Returns
    -------
    str
        Address of the target.
    """
    anchor = target.anchor
    address = f"targets/{target.id}"
    if address in traces:
        return address
    clause = traces.add(
        Trace(
            address=f"clauses/{target.id}",
            kind="clause",
            says=Label(
                f"《{plan.document.title}》第{anchor.paragraph + 1}段",
                f"{plan.document.title}, paragraph {anchor.paragraph + 1}",
            ),
            anchor=anchor,
            source="plan",
            grade="primary",
        )
    )
    name = indicator.label if indicator is not None else Label(target.indicator, target.indicator)
    mark = COMPARATORS.get(target.comparator, target.comparator)
    when = f"{target.year}" if target.year else "—"
    value = number_text(target.value) if target.value is not None else None
    return traces.add(
        Trace(
            address=address,
            kind="target",
            says=Label(
                f"{when}年{name.zh} {mark} {_asked(target, 'zh')}",
                f"{name.en} {mark} {_asked(target, 'en')} in {when}",
            ),
            value=value,
            unit=target.unit,
            year=target.year,
            inputs=(clause,),
            source="plan",
            grade="primary",
        )
    )


def about_width(indicator: Indicator | None, value: float, book: RuleBook) -> float:
    """Half width that “about” (左右) allows.

    Parameters
    ----------
    indicator : Indicator or None
        Indicator of the target.
    value : float
        Value asked. [unit of the indicator]
    book : RuleBook
        Rules of the city.

    Returns
    -------
    float
        Percentage points for shares, a part of the value for anything else. [unit of the indicator]
    """
    if indicator is not None and indicator.unit == "1":
        return float(book.value("about.share"))
    return float(book.value("about.other")) * abs(value)


def _asked(target: Target, language: Language) -> str:
    if target.value is None:
        return Label("（上级下达）", "(figure from above)").read(language)
    if target.unit == "%":
        return f"{number_text(target.value)}%"
    try:
        return say(float(target.value), target.unit, language)
    except UnitError:
        return f"{number_text(target.value)} {target.unit}".strip()


def goal_values(plan: Plan, catalogue: Catalogue, traces: TraceBook) -> dict[tuple[str, int], tuple[float, str]]:
    """Targets that have a known indicator, a year and a number.

    Parameters
    ----------
    plan : Plan
        The plan.
    catalogue : Catalogue
        All indicators.
    traces : TraceBook
        Gets the targets.

    Returns
    -------
    dict
        (indicator id, year) → (value in the indicator's unit, address).
    """
    found = {}
    for target, indicator, value in listed(plan, catalogue):
        address = trace_target(target, indicator, plan, traces)
        if indicator is not None and value is not None and target.year is not None:
            found[indicator.id, target.year] = (float(value), address)
    return found


def target_operand(plan: Plan, name: str, year: int, catalogue: Catalogue, traces: TraceBook) -> Operand | None:
    """A target as an input of an estimate.

    Parameters
    ----------
    plan : Plan
        The plan.
    name : str
        Indicator id.
    year : int
        Target year.
    catalogue : Catalogue
        All indicators.
    traces : TraceBook
        Gets the target.

    Returns
    -------
    Operand or None
        ``None`` where the plan has no such target.
    """
    found = goal_values(plan, catalogue, traces).get((name, year))
    if found is None:
        return None
    indicator = catalogue.indicators[name]
    return Operand(found[0], found[0], found[0], indicator.unit, found[1], "primary", indicator.label)
