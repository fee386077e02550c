"""Compare an inventory with a foreign one, cell by cell: activity, factor, boundary.

Invariant: the causes of a cell sum to its gap digit for digit; beside the net stands the sum of the absolute gaps, so
that errors of opposite sign do not hide one another; what cannot be told apart is called undetermined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal, get_args

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label
from dafeng.core.published import PublishedCell
from dafeng.core.units import convert, same_dimension, unit
from dafeng.library.factors import FactorLibrary
from dafeng.methods.inventory import Computed, Missing
from dafeng.methods.layouts import within

CauseKind = Literal["activity", "factor", "boundary", "undetermined"]
"""Why two cells differ. ``boundary``: only one side has the cell; ``undetermined``: the publisher gave no activity."""
CAUSES: tuple[CauseKind, ...] = get_args(CauseKind)
"""All causes."""
_DIGITS = 60
_SCALE = Decimal("1e-15")


@dataclass(frozen=True, slots=True)
class Gap:
    """One cell on both sides.

    Parameters
    ----------
    categories : tuple of str
        Categories that were compared.
    carrier : str or None
        Fuel; ``None`` for all together.
    label : Label
        Name in words.
    ours, theirs : Decimal or None
        Emissions; ``None`` where a side has none. [tCO2]
    our_factor, their_factor : Decimal or None
        Emission per activity, in ``factor_unit``.
    factor_unit : str
        tCO2 per t or 万立方米, empty where there is none.
    causes : mapping of CauseKind to Decimal
        Contributions to ours minus theirs. [tCO2]
    says : Label
        The gap in words.
    cells : tuple of str
        Ids of our results.
    at : str
        Place of the published cell, empty where there is none.
    """

    categories: tuple[str, ...]
    carrier: str | None
    label: Label
    ours: Decimal | None
    theirs: Decimal | None
    our_factor: Decimal | None
    their_factor: Decimal | None
    factor_unit: str
    causes: Mapping[CauseKind, Decimal]
    says: Label
    cells: tuple[str, ...]
    at: str

    @property
    def amount(self) -> Decimal:
        """Ours minus theirs. [tCO2]"""
        return (self.ours or Decimal(0)) - (self.theirs or Decimal(0))


@dataclass(frozen=True, slots=True)
class ForeignComparison:
    """Difference of our inventory from a foreign one.

    Parameters
    ----------
    gaps : tuple of Gap
        Cells, the largest absolute gap first.
    ours, theirs : Decimal
        Totals of the cells compared. [tCO2]
    net : Decimal
        Ours minus theirs, the sum of the gaps. [tCO2]
    absolute : Decimal
        Sum of the absolute gaps. [tCO2]
    causes : mapping of CauseKind to Decimal
        Sums over the cells; they add up to the net. [tCO2]
    """

    gaps: tuple[Gap, ...]
    ours: Decimal
    theirs: Decimal
    net: Decimal
    absolute: Decimal
    causes: Mapping[CauseKind, Decimal]

    @property
    def hidden(self) -> Decimal:
        """Part of the absolute gaps that cancels in the net. [tCO2]"""
        return self.absolute - abs(self.net)


def compare_published(
    cells: Sequence[Computed],
    missing: Sequence[Missing],
    published: Sequence[PublishedCell],
    library: FactorLibrary,
    *,
    same_activity: bool = False,
) -> ForeignComparison:
    """Split every gap between our cells and published ones.

    Parameters
    ----------
    cells : sequence of Computed
        Our results of one place and year; only direct carbon dioxide is compared.
    missing : sequence of Missing
        Our results that could not be computed; they explain gaps.
    published : sequence of PublishedCell
        The foreign inventory.
    library : FactorLibrary
        Names.
    same_activity : bool
        Whether the publisher is known to have used the same activity: then a gap without published activity is a matter
        of factors.

    Returns
    -------
    ForeignComparison
        Gaps, sums and causes.
    """
    ours = [cell for cell in cells if cell.method.quantity == "co2"]
    homes = {cell.id: _home(cell, published) for cell in ours}
    with localcontext() as context:
        context.prec = _DIGITS
        gaps = [
            _gap(there, [c for c in ours if homes[c.id] == number], missing, library, same_activity=same_activity)
            for number, there in enumerate(published)
        ]
        gaps += [_only_ours(cell, library) for cell in ours if homes[cell.id] is None and cell.value]
        gaps.sort(key=lambda gap: (-abs(gap.amount), gap.categories, gap.carrier or ""))
        causes: dict[CauseKind, Decimal] = {
            kind: sum((gap.causes.get(kind, Decimal(0)) for gap in gaps), Decimal(0)) for kind in CAUSES
        }
        return ForeignComparison(
            tuple(gaps),
            sum((gap.ours or Decimal(0) for gap in gaps), Decimal(0)),
            sum((gap.theirs or Decimal(0) for gap in gaps), Decimal(0)),
            sum((gap.amount for gap in gaps), Decimal(0)),
            sum((abs(gap.amount) for gap in gaps), Decimal(0)),
            causes,
        )


def _home(cell: Computed | Missing, published: Sequence[PublishedCell]) -> int | None:
    """Published cell that a result belongs to: the one that says most precisely what it covers."""
    fitting = [(_precision(there), n) for n, there in enumerate(published) if _covers(there, cell)]
    return max(fitting)[1] if fitting else None


def _covers(there: PublishedCell, cell: Computed | Missing) -> bool:
    category = cell.activity.category.id
    inside = not there.categories or any(within(category, name) for name in there.categories)
    fuels_only = not there.categories and there.carrier is not None and not within(category, "energy")
    return inside and not fuels_only and there.carrier in (None, cell.activity.carrier)


def _precision(there: PublishedCell) -> tuple[int, int]:
    return (max((len(name) for name in there.categories), default=0), int(there.carrier is not None))


def _gap(
    there: PublishedCell, ours: list[Computed], missing: Sequence[Missing], library: FactorLibrary, *, same_activity: bool
) -> Gap:
    label = _label(there, library)
    lost = [m for m in missing if m.method.quantity == "co2" and _covers(there, m)]
    if not ours:
        return _only_theirs(there, label, lost)
    value = sum((cell.value for cell in ours), Decimal(0))
    activity, base = _activity(ours)
    their_activity, their_factor = _theirs(there, base, activity if same_activity else None)
    factor = value / activity if activity else None
    causes, says = _split(value - there.value, activity, factor, their_activity, their_factor)
    if factor is not None and their_factor is not None and causes.get("factor"):
        says = _factor_words(factor, their_factor, base, ours)
    ids = tuple(cell.id for cell in ours)
    factor_unit = f"tCO2/{base}" if base else ""
    return Gap(
        there.categories,
        there.carrier,
        label,
        value,
        there.value,
        factor,
        their_factor,
        factor_unit,
        causes,
        says,
        ids,
        there.at,
    )


def _split(
    gap: Decimal, activity: Decimal | None, factor: Decimal | None, their_activity: Decimal | None, their_factor: Decimal | None
) -> tuple[dict[CauseKind, Decimal], Label]:
    if not gap:
        return {}, Label("相同", "equal")
    if activity is None or factor is None or their_activity is None or their_factor is None:
        return {"undetermined": gap}, Label(
            "发布方没有可用的活动水平，不能区分", "the publisher gave no usable activity; it cannot be told apart"
        )
    by_activity = ((activity - their_activity) * (factor + their_factor) / 2).quantize(_SCALE)
    if activity == their_activity:
        by_activity = Decimal(0)
    found: dict[CauseKind, Decimal] = {"activity": by_activity, "factor": gap - by_activity}
    return {kind: amount for kind, amount in found.items() if amount}, Label("活动水平不同", "another activity")


def _theirs(there: PublishedCell, base: str, assumed: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """Activity and factor of the publisher in our unit; the one follows from the other."""
    activity = _converted(there.activity, there.unit, base)
    factor = _converted(there.factor, there.factor_unit, f"tCO2/{base}") if base else None
    if activity is None and factor:
        activity = there.value / factor
    if activity is None:
        activity = assumed
    return (activity, there.value / activity) if activity else (None, None)


def _converted(value: Decimal | None, source: str, target: str) -> Decimal | None:
    if value is None or not source or not target:
        return None
    try:
        return convert(value, source, target)
    except UnitError:
        return None


def _activity(ours: Iterable[Computed]) -> tuple[Decimal | None, str]:
    """Sum of activities, in tonnes or 万立方米; none where they are of different kinds."""
    listed = list(ours)
    base = "万立方米" if same_dimension(listed[0].activity.unit, "m3") else "t"
    if not all(same_dimension(cell.activity.unit, base) for cell in listed):
        return None, ""
    return sum((convert(c.activity.amount, c.activity.unit, base) for c in listed), Decimal(0)), base


def _factor_words(factor: Decimal, their_factor: Decimal, base: str, ours: Sequence[Computed]) -> Label:
    editions = sorted({cell.method.editions[cell.edition].label.zh for cell in ours})
    english = sorted({cell.method.editions[cell.edition].label.en for cell in ours})
    shown = unit(base)
    return Label(
        f"综合因子不同：我方 {factor:.6f}（{'、'.join(editions)}），对方 {their_factor:.6f} tCO2/{shown.read('zh')}",
        f"another factor: ours {factor:.6f} ({', '.join(english)}), theirs {their_factor:.6f} tCO2/{shown.read('en')}",
    )


def _only_theirs(there: PublishedCell, label: Label, lost: Sequence[Missing]) -> Gap:
    says = (
        Label("我方有活动数据而缺因子，未核算", "we have the activity but no factor")
        if lost
        else Label("只在对方清单中", "only in the foreign inventory")
    )
    causes: dict[CauseKind, Decimal] = {"boundary": -there.value} if there.value else {}
    ids = tuple(cell.id for cell in lost)
    return Gap(there.categories, there.carrier, label, None, there.value, None, None, "", causes, says, ids, there.at)


def _only_ours(cell: Computed, library: FactorLibrary) -> Gap:
    carrier = library.label("substance", cell.activity.carrier)
    category = cell.activity.category
    label = Label(f"{category.label.zh} {carrier.zh}", f"{category.label.en}, {carrier.en}")
    says = Label("只在我方清单中", "only in our inventory")
    causes: dict[CauseKind, Decimal] = {"boundary": cell.value}
    return Gap((category.id,), cell.activity.carrier, label, cell.value, None, None, None, "", causes, says, (cell.id,), "")


def _label(there: PublishedCell, library: FactorLibrary) -> Label:
    if there.carrier is None:
        return Label(there.said or "合计", there.said or "total")
    name = library.label("substance", there.carrier)
    where = there.said.split(" · ")[0] if there.categories else ""
    return Label(f"{where} {name.zh}".strip(), f"{where} {name.en}".strip())
