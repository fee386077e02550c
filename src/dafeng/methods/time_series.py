"""Whether the years of an inventory can be compared: one edition, steady factors, no gaps.

Invariant: nothing is filled or smoothed here; what breaks a series is said, with the technique that may mend it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from itertools import pairwise

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import conversion, same_dimension
from dafeng.library.factors import FactorLibrary
from dafeng.methods.inventory import Computed

_DIGITS = 40
Cells = Mapping[int, Sequence[Computed]]


def find_inconsistencies(years: Cells, library: FactorLibrary, *, jump: Decimal) -> tuple[Finding, ...]:
    """What breaks the time series of an inventory.

    Parameters
    ----------
    years : mapping of int to sequence of Computed
        Cells by year.
    library : FactorLibrary
        Names of carriers.
    jump : Decimal
        Change of an implied factor between two years that needs a reason. [1]

    Returns
    -------
    tuple of Finding
        Years that lack, categories that lack in a year, editions that change, implied factors that jump.
    """
    return (*_lost_years(years), *_lost_categories(years), *_editions(years), *_jumps(years, library, jump))


def _lost_years(years: Cells) -> Iterator[Finding]:
    lost = [year for year in range(min(years, default=0), max(years, default=0)) if year not in years]
    if lost:
        zh, en = "、".join(map(str, lost)), ", ".join(map(str, lost))
        yield Finding(
            "series.gap",
            "years",
            "warning",
            Label(f"缺少 {zh} 年的清单，未作插补", f"the years {en} are not accounted; nothing was filled in"),
            Label(
                "补交数据；或用 dafeng.methods.splicing 的插值或替代指标得出并标明为估算的数值",
                "deliver the data, or make values marked as estimated with dafeng.methods.splicing",
            ),
        )


def _lost_categories(years: Cells) -> Iterator[Finding]:
    kinds = {year: {(c.activity.category.id, c.method.quantity): c for c in cells} for year, cells in years.items()}
    every = {key: cell for found in kinds.values() for key, cell in found.items()}
    for (category, quantity), cell in sorted(every.items(), key=lambda item: item[0]):
        lost = [year for year, found in sorted(kinds.items()) if (category, quantity) not in found]
        if lost:
            label, listed = cell.activity.category.label, ", ".join(map(str, lost))
            yield Finding(
                "series.category",
                f"{category}/{quantity}",
                "warning",
                Label(f"{label.zh}（{quantity}）在 {listed} 年没有结果", f"{label.en} ({quantity}) has no result in {listed}"),
                Label(
                    "确认该年确无活动（NO），或补交数据（NE）", "say that there was no activity (NO), or deliver the data (NE)"
                ),
            )


def _editions(years: Cells) -> Iterator[Finding]:
    used: dict[tuple[str, str], dict[str, list[int]]] = {}
    for year, cells in sorted(years.items()):
        for cell in cells:
            found = used.setdefault((cell.method.id, cell.activity.carrier), {}).setdefault(cell.edition, [])
            if year not in found:
                found.append(year)
    for (method, carrier), editions in sorted(used.items()):
        if len({tuple(at) for at in editions.values()}) > 1:
            said = "; ".join(f"{edition}: {', '.join(map(str, at))}" for edition, at in editions.items())
            yield Finding(
                "series.edition",
                f"{method}/{carrier}",
                "warning",
                Label(f"{method} 的 {carrier} 各年版本不同：{said}", f"{carrier} in {method} changes its edition: {said}"),
                Label("全部年份用同一版本重算并记入重算日志", "account all years by one edition and log the recalculation"),
            )


def _jumps(years: Cells, library: FactorLibrary, jump: Decimal) -> Iterator[Finding]:
    series: dict[tuple[str, str, str], dict[int, Computed]] = {}
    for year, cells in sorted(years.items()):
        for cell in cells:
            if cell.activity.year is None:
                key = (cell.method.id, cell.activity.category.id, cell.activity.carrier)
                series.setdefault(key, {})[year] = cell
    for _, found in sorted(series.items()):
        ordered = list(found.items())
        for (before, old), (after, new) in pairwise(ordered):
            change = _change(old, new)
            if change is not None and abs(change) > jump:
                yield _jump(new, library, before, after, change)


def _change(old: Computed, new: Computed) -> Decimal | None:
    if not old.composed or not same_dimension(old.activity.unit, new.activity.unit):
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        return new.composed * conversion(old.activity.unit, new.activity.unit) / old.composed - 1


def _jump(cell: Computed, library: FactorLibrary, before: int, after: int, change: Decimal) -> Finding:
    carrier, category = library.label("substance", cell.activity.carrier), cell.activity.category.label
    return Finding(
        "series.factor",
        f"results/{cell.id}",
        "warning",
        Label(
            f"{category.zh} {carrier.zh}的隐含因子 {before} 至 {after} 年变化 {change:+.0%}",
            f"{category.en}, {carrier.en}: the implied factor changes by {change:+.0%} from {before} to {after}",
        ),
        Label("核对两年的因子与热值，说明原因", "check factors and heat values of both years and give the reason"),
    )
