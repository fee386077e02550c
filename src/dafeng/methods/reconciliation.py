"""Reconcile the reference approach with the sectoral one, fuel by fuel, by the rows of the energy balance.

Invariant: the shares of the reasons and the residual sum to the gap of a fuel, digit for digit; what no row explains
stays a residual and is never spread over the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import convert
from dafeng.library.factors import FactorLibrary
from dafeng.library.rules import RuleBook
from dafeng.methods.account import Accounting
from dafeng.methods.approaches import Approaches, Reason
from dafeng.methods.definition import BALANCE, Method
from dafeng.methods.explanation import plain
from dafeng.methods.gathering import FactIndex, gather
from dafeng.methods.inventory import Computed
from dafeng.methods.wholes import Row

_DIGITS = 60
_LEFT_OUT = Label("部门方法未计入的材料用途", "used as materials and left out of the sectoral approach")
_FACTOR = Label("两种方法的因子不同", "the two approaches use different factors")


@dataclass(frozen=True, slots=True)
class ReasonShare:
    """What one reason contributes to the gap of a fuel.

    Parameters
    ----------
    reason : str
        Id of the reason; ``left_out`` and ``factor`` come from the methods themselves.
    label : Label
        Name in words.
    amount : Decimal or None
        Amount of the fuel; ``None`` where the factors differ. [unit of the fuel]
    value : Decimal
        Contribution to reference less sectoral. [tCO2]
    """

    reason: str
    label: Label
    amount: Decimal | None
    value: Decimal


@dataclass(frozen=True, slots=True)
class FuelGap:
    """Gap of one fuel.

    Parameters
    ----------
    carrier : str
        Fuel.
    label : Label
        Name in words.
    unit : str
        Unit of the amounts.
    sectoral, reference : Decimal
        Emissions by the two approaches; zero where the balance has no such rows. [tCO2]
    shares : tuple of ReasonShare
        Contributions of the known reasons, the largest first.
    residual : Decimal
        What no row explains. [tCO2]
    address : str
        Address of its trace.
    """

    carrier: str
    label: Label
    unit: str
    sectoral: Decimal
    reference: Decimal
    shares: tuple[ReasonShare, ...]
    residual: Decimal
    address: str

    @property
    def gap(self) -> Decimal:
        """Reference less sectoral. [tCO2]"""
        return self.reference - self.sectoral


@dataclass(frozen=True, slots=True)
class ApproachGap:
    """Gap of the two approaches for one place and year.

    Parameters
    ----------
    year : int
        Year.
    gaps : tuple of FuelGap
        Fuels, the largest gap first.
    sectoral, reference : Decimal
        Totals. [tCO2]
    net, absolute : Decimal
        Sum of the gaps, and of their absolute values. [tCO2]
    traces : tuple of Trace
        One for each fuel, and one for the total.
    findings : tuple of Finding
        Gaps and residuals above the limits.
    """

    year: int
    gaps: tuple[FuelGap, ...]
    sectoral: Decimal
    reference: Decimal
    net: Decimal
    absolute: Decimal
    traces: tuple[Trace, ...]
    findings: tuple[Finding, ...]


def reconcile_approaches(
    index: FactIndex,
    accounting: Accounting,
    approaches: Approaches,
    methods: Mapping[str, Method],
    library: FactorLibrary,
    rules: RuleBook,
    *,
    year: int,
) -> ApproachGap:
    """Split the gap of two approaches by fuel and reason.

    Parameters
    ----------
    index : FactIndex
        Facts of the place.
    accounting : Accounting
        Results of the year by both methods.
    approaches : Approaches
        The pair.
    methods : mapping of str to Method
        Methods.
    library : FactorLibrary
        Names of fuels.
    rules : RuleBook
        Limits.
    year : int
        Year.

    Returns
    -------
    ApproachGap
        Gaps with their reasons, traces and findings.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        sheet = _Sheet(index, accounting, approaches, methods[approaches.sectoral], library, year)
        gaps = tuple(sorted(sheet.gaps(), key=lambda gap: (-abs(gap.gap), gap.carrier)))
        sectoral = sum((gap.sectoral for gap in gaps), Decimal(0))
        reference = sum((gap.reference for gap in gaps), Decimal(0))
        return ApproachGap(
            year=year,
            gaps=gaps,
            sectoral=sectoral,
            reference=reference,
            net=reference - sectoral,
            absolute=sum((abs(gap.gap) for gap in gaps), Decimal(0)),
            traces=tuple(sheet.traces(gaps)),
            findings=tuple(_findings(gaps, sheet.has_reference, rules, year)),
        )


@dataclass(frozen=True, slots=True)
class _Sheet:
    index: FactIndex
    accounting: Accounting
    approaches: Approaches
    sectoral: Method
    library: FactorLibrary
    year: int

    @property
    def has_reference(self) -> bool:
        return any(cell.method.id == self.approaches.reference for cell in self.accounting.cells)

    def gaps(self) -> Iterator[FuelGap]:
        listed = [cell.activity.carrier for cell in self.accounting.cells if cell.method.id in self._pair()]
        burnt = self._burnt()
        for carrier in dict.fromkeys(listed) if self.has_reference else ():
            yield self._gap(carrier, burnt.get(carrier, ()))

    def _pair(self) -> tuple[str, str]:
        return (self.approaches.sectoral, self.approaches.reference)

    def _burnt(self) -> Mapping[str, tuple[tuple[Decimal, str], ...]]:
        """Everything that the rows of the sectoral approach hold, also what it leaves out."""
        found: dict[str, tuple[tuple[Decimal, str], ...]] = {}
        activities, _ = gather(self.index, replace(self.sectoral, exclusions=()), self.library, year=self.year)
        for activity in activities:
            found[activity.carrier] = (*found.get(activity.carrier, ()), (activity.amount, activity.unit))
        return found

    def _cells(self, carrier: str, method: str) -> list[Computed]:
        return [cell for cell in self.accounting.cells if cell.method.id == method and cell.activity.carrier == carrier]

    def _gap(self, carrier: str, burnt: Iterable[tuple[Decimal, str]]) -> FuelGap:
        ours, theirs = (self._cells(carrier, method) for method in self._pair())
        first = (*theirs, *ours)[0]
        unit, factor = first.activity.unit, first.composed
        held = sum((convert(amount, printed, unit) for amount, printed in burnt), Decimal(0))
        counted = sum((convert(cell.activity.amount, cell.activity.unit, unit) for cell in ours), Decimal(0))
        sectoral, reference = (sum((cell.value for cell in side), Decimal(0)) for side in (ours, theirs))
        shares = [self._share(reason, carrier, unit, factor) for reason in self.approaches.reasons]
        shares.append(ReasonShare("left_out", _LEFT_OUT, held - counted, (held - counted) * factor))
        shares.append(ReasonShare("factor", _FACTOR, None, counted * factor - sectoral))
        kept = tuple(sorted((share for share in shares if share.value), key=lambda share: -abs(share.value)))
        residual = reference - sectoral - sum((share.value for share in kept), Decimal(0))
        label = self.library.label("substance", carrier)
        address = f"reconciliation/{self.approaches.id}.{carrier}.{self.year}"
        return FuelGap(carrier, label, unit, sectoral, reference, kept, residual, address)

    def _share(self, reason: Reason, carrier: str, unit: str, factor: Decimal) -> ReasonShare:
        amount = Decimal(0)
        if reason.needs is None or self._rows(reason.needs, carrier):
            amount += sum((self._row(row, carrier, unit) for row in reason.plus), Decimal(0))
            amount -= sum((self._row(row, carrier, unit) for row in reason.minus), Decimal(0))
        return ReasonShare(reason.id, reason.label, amount, amount * factor)

    def _row(self, flow: str, carrier: str, unit: str) -> Decimal:
        """A row of the balance; every figure once, as accounting counts it."""
        told = {(row["organisation"], row["value"], row["unit"]) for row in self._rows(flow, carrier)}
        return sum((convert(value, printed, unit) for _, value, printed in told), Decimal(0))

    def _rows(self, flow: str, carrier: str) -> list[Row]:
        listed = self.index.rows.get((self.year, BALANCE), ())
        return [row for row in listed if (row["flow"], row["carrier"]) == (flow, carrier)]

    def traces(self, gaps: Iterable[FuelGap]) -> Iterator[Trace]:
        listed = tuple(gaps)
        for gap in listed:
            cells = [cell for method in self._pair() for cell in self._cells(gap.carrier, method)]
            yield self._trace(gap.address, gap.label, gap.gap, _said(gap), tuple(f"results/{cell.id}" for cell in cells))
        if listed:
            label, total = Label("全部燃料", "all fuels"), sum((gap.gap for gap in listed), Decimal(0))
            address = f"reconciliation/{self.approaches.id}.{self.year}"
            yield self._trace(address, label, total, None, tuple(gap.address for gap in listed))

    def _trace(self, address: str, label: Label, value: Decimal, note: Label | None, inputs: tuple[str, ...]) -> Trace:
        says = Label(
            f"{self.year}年{label.zh}：参考方法减部门方法", f"{label.en}, {self.year}: reference less sectoral approach"
        )
        return Trace(
            address=address, kind="result", says=says, value=plain(value), unit="tCO2", year=self.year, inputs=inputs, note=note
        )


def _said(gap: FuelGap) -> Label:
    parts = [(share.label, share.value) for share in gap.shares] + [(Label("未解释", "not explained"), gap.residual)]
    return Label(
        "；".join(f"{label.zh} {plain(value)}" for label, value in parts),
        "; ".join(f"{label.en} {plain(value)}" for label, value in parts),
    )


def _findings(gaps: tuple[FuelGap, ...], has_reference: bool, rules: RuleBook, year: int) -> Iterator[Finding]:
    if not has_reference:
        yield _no_supply(year)
        return
    for gap in gaps:
        if abs(gap.residual) > rules.value("reconciliation.residual") * max(abs(gap.sectoral), abs(gap.reference)):
            yield _unexplained(gap)
    sectoral, net = sum((gap.sectoral for gap in gaps), Decimal(0)), sum((gap.gap for gap in gaps), Decimal(0))
    if abs(net) > rules.value("reconciliation.gap") * abs(sectoral):
        yield _apart(gaps, net, sectoral, year)


def _no_supply(year: int) -> Finding:
    return Finding(
        "reconciliation.no_supply",
        str(year),
        "info",
        Label(
            f"{year}年没有可供消费各行，参考方法无从核对", f"{year} has no rows of supply, so there is no reference approach"
        ),
        Label("交付完整的能源平衡表", "deliver the whole energy balance"),
    )


def _unexplained(gap: FuelGap) -> Finding:
    value = f"{gap.residual:,.0f}"
    return Finding(
        "reconciliation.residual",
        gap.address,
        "warning",
        Label(
            f"{gap.label.zh}的差额中有 {value} tCO2 不能由平衡表各行解释",
            f"{gap.label.en}: the rows of the balance do not explain {value} tCO2 of the gap",
        ),
        Label("核对该列各行是否闭合", "check that the column closes"),
    )


def _apart(gaps: tuple[FuelGap, ...], net: Decimal, sectoral: Decimal, year: int) -> Finding:
    sums: dict[str, tuple[Label, Decimal]] = {}
    for share in (share for gap in gaps for share in gap.shares):
        sums[share.reason] = (share.label, sums.get(share.reason, (share.label, Decimal(0)))[1] + share.value)
    largest = sorted(sums.values(), key=lambda item: -abs(item[1]))[:3]
    apart = f"{net / sectoral:+.1%}" if sectoral else "100 %"
    zh = "、".join(f"{label.zh} {value:+,.0f}" for label, value in largest)
    en = ", ".join(f"{label.en} {value:+,.0f}" for label, value in largest)
    return Finding(
        "reconciliation.gap",
        str(year),
        "warning",
        Label(
            f"参考方法与部门方法相差 {apart}，主要为（tCO2）：{zh}", f"the approaches differ by {apart}, mostly (tCO2): {en}"
        ),
        Label("核对差额最大的燃料和加工转换各行", "check the fuels with the largest gap and the rows of transformation"),
    )
