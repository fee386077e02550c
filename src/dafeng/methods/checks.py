"""Checks of quality control on an inventory (tier 1): each says what it looked at and what it found.

Invariant: a check that had nothing to look at is not passed; what a check finds is a finding with its remedy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import same_dimension
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import Accounting
from dafeng.methods.inventory import Computed
from dafeng.methods.uncertain_inputs import split_facts
from dafeng.methods.views import By, totals

State = Literal["passed", "found", "nothing"]
"""Outcome of a check: passed, something found, or nothing to look at."""
_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One check of quality control.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        What is checked.
    seen : int
        Number of things looked at.
    state : State
        Outcome.
    findings : tuple of Finding
        What was found.
    """

    id: str
    label: Label
    seen: int
    state: State
    findings: tuple[Finding, ...]


def check_inventory(accounting: Accounting, library: FactorLibrary) -> tuple[Check, ...]:
    """Checks of one year's inventory.

    Parameters
    ----------
    accounting : Accounting
        Results of the year.
    library : FactorLibrary
        Names of carriers.

    Returns
    -------
    tuple of Check
        Every check, also those that passed.
    """
    return tuple(_check(name, label, len(accounting.cells), look(accounting, library)) for name, label, look in _CHECKS)


def _check(name: str, label: Label, seen: int, found: Iterator[Finding]) -> Check:
    findings = tuple(found)
    return Check(name, label, seen, "found" if findings else "passed" if seen else "nothing", findings)


def _products(accounting: Accounting, _: FactorLibrary) -> Iterator[Finding]:
    with localcontext() as context:
        context.prec = _DIGITS
        wrong = [cell for cell in accounting.cells if cell.activity.amount * cell.composed != cell.value]
    for cell in wrong:
        yield _finding(
            "check.product", cell, "结果不等于活动水平乘综合因子", "the result is not activity times composed factor"
        )


def _facts(accounting: Accounting, _: FactorLibrary) -> Iterator[Finding]:
    for cell in accounting.cells:
        with localcontext() as context:
            context.prec = _DIGITS
            parts = sum((part for _, part in split_facts(cell.activity)), Decimal(0))
            wrong = abs(parts - cell.activity.amount) > Decimal("1e-9") * max(abs(parts), Decimal(1))
        if wrong:
            yield _finding("check.facts", cell, "活动水平不等于其事实之和", "the activity is not the sum of its facts")


def _sums(accounting: Accounting, library: FactorLibrary) -> Iterator[Finding]:
    sides: tuple[By, ...] = ("sector", "category", "carrier")
    for quantity in sorted({cell.method.quantity for cell in accounting.cells}):
        whole = totals(accounting.cells, library, quantity=quantity, by="all")[0]
        for by in sides:
            with localcontext() as context:
                context.prec = _DIGITS
                parts = sum((one.value for one in totals(accounting.cells, library, quantity=quantity, by=by)), Decimal(0))
            if parts != whole.value:
                yield Finding(
                    "check.sum",
                    whole.address,
                    "error",
                    Label(f"{whole.label.zh}与按 {by} 的分项之和不等", f"{whole.label.en} differs from its parts by {by}"),
                    _MEND,
                )


def _units(accounting: Accounting, _: FactorLibrary) -> Iterator[Finding]:
    first: dict[str, Computed] = {}
    for cell in accounting.cells:
        other = first.setdefault(cell.method.quantity, cell)
        if not same_dimension(other.method.unit, cell.method.unit):
            yield _finding(
                "check.unit",
                cell,
                f"单位 {cell.method.unit} 与 {other.method.unit} 不同",
                f"unit {cell.method.unit} beside {other.method.unit}",
            )


def _signs(accounting: Accounting, _: FactorLibrary) -> Iterator[Finding]:
    for cell in accounting.cells:
        negative = cell.value < 0 and cell.method.effect == "emission" and not cell.activity.category.deduct
        if negative and cell.method.quantity != "energy" and not cell.method.quantity.startswith("co2_"):
            yield _finding("check.sign", cell, "排放为负，且不是扣减项", "an emission is negative and is no deduction")


def _twice(accounting: Accounting, _: FactorLibrary) -> Iterator[Finding]:
    """A fact may make two gases, or two sources by two factors; by the same factors it counts twice."""
    seen: dict[tuple[str, ...], Computed] = {}
    for cell in accounting.cells:
        factors = tuple(sorted(match.factor.id for match in cell.matches.values()))
        for row, part in split_facts(cell.activity):
            other = seen.setdefault((cell.method.quantity, str(row["fact"]), *factors), cell)
            if other is not cell and part and cell.activity.category.years == other.activity.category.years == "this":
                said = other.activity.category.label
                yield _finding("check.twice", cell, f"同一事实同时计入“{said.zh}”", f"the same fact counts in '{said.en}' too")


def _lost(accounting: Accounting, library: FactorLibrary) -> Iterator[Finding]:
    for lost in accounting.missing:
        category, carrier = lost.activity.category.label, library.label("substance", lost.activity.carrier)
        yield Finding(
            "check.missing",
            f"results/{lost.id}",
            "warning",
            Label(
                f"{category.zh}的{carrier.zh}有活动水平而无结果（NE）", f"{category.en}, {carrier.en}: facts but no result (NE)"
            ),
            Label("补充缺少的因子，见核算的问题清单", "add the factor that lacks; see the findings of the account"),
        )


def _zeros(accounting: Accounting, _: FactorLibrary) -> Iterator[Finding]:
    for cell in accounting.cells:
        if cell.activity.amount and not cell.value:
            yield _finding("check.zero", cell, "有活动水平而结果为零", "an activity gives a result of zero", severity="info")


def _evidence(accounting: Accounting, _: FactorLibrary) -> Iterator[Finding]:
    for cell in accounting.cells:
        weak = sorted({str(row["grade"]) for row in cell.activity.facts} & {"estimated", "assumption", "provisional", "memory"})
        if weak:
            zh, en = "、".join(weak), ", ".join(weak)
            yield _finding("check.evidence", cell, f"依据为 {zh}", f"rests on {en} facts", severity="info")


_MEND = Label("核对数据与方法定义；若为程序错误请报告", "check data and definitions; report it if the program is wrong")


def _finding(
    rule: str, cell: Computed, zh: str, en: str, *, severity: Literal["info", "warning", "error"] = "error"
) -> Finding:
    return Finding(rule, f"results/{cell.id}", severity, Label(f"{cell.id}：{zh}", f"{cell.id}: {en}"), _MEND)


Look = Callable[[Accounting, FactorLibrary], Iterator[Finding]]
_CHECKS: tuple[tuple[str, Label, Look], ...] = (
    ("products", Label("结果等于活动水平乘综合因子", "results are activity times composed factor"), _products),
    ("facts", Label("活动水平等于事实之和", "activities are the sums of their facts"), _facts),
    ("sums", Label("分项之和等于合计", "parts add up to totals"), _sums),
    ("units", Label("同一量单位一致", "one quantity, one unit"), _units),
    ("signs", Label("排放不为负", "emissions are not negative"), _signs),
    ("twice", Label("同一事实不重复计入", "no fact counts twice for a gas"), _twice),
    ("missing", Label("有活动水平即有结果", "facts have results"), _lost),
    ("zeros", Label("零值有原因", "zeros have a reason"), _zeros),
    ("evidence", Label("活动水平有可靠依据", "activities rest on sound evidence"), _evidence),
)
