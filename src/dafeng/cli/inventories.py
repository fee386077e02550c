"""Print inventories.

Invariant: formats and computes nothing.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import dafeng as df
from dafeng.cli.printing import console, grid, print_findings, print_json, read_label, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.library.factors import FactorLibrary
    from dafeng.methods.arrangement import Entry
    from dafeng.methods.downscaling import EstimatedCell
    from dafeng.methods.foreign import Gap


def write(city: df.City, found: df.Inventory, path: Path, *, year: int | None, provisional: bool, language: Language) -> None:
    """Write an inventory as a workbook or report, with its interval.

    Parameters
    ----------
    city : City
        The city.
    found : Inventory
        Its inventory.
    path : Path
        Where it shall stand; the ending says the form.
    year : int or None
        The year; the latest where none is named.
    provisional : bool
        Whether statements of weak evidence may be used for the interval.
    language : {"zh", "en"}
        Language.

    Raises
    ------
    SettingError
        If it cannot be written in this form, or there is nothing to write.
    """
    at = found.latest if year is None else year
    quality = None
    if at in found.years:
        standard, guide = found.standard, found.package.id
        quality = df.uncertainty(city, year=at, package=guide, warming=standard, provisional=provisional)
    df.save_inventory(city, found, path, year=year, quality=quality, language=language)


def show_inventory(found: df.Inventory, language: Language, *, layout: str | None, as_json: bool) -> None:
    """Print the latest year of an inventory in one layout, or all of it as JSON.

    Parameters
    ----------
    found : Inventory
        The inventory.
    language : {"zh", "en"}
        Language.
    layout : str or None
        Layout; the Chinese one where none is named.
    as_json : bool
        Print JSON.
    """
    from dafeng.work.inventory import MAIN, check_layout

    if as_json:
        print_json(df.inventory_document(found, layout=layout))
        return
    check_layout(found, layout)
    year = found.latest
    if year is None:
        console().print(say(language, "没有可核算的活动数据", "no activity data to account for"))
    for each in sorted({at for at, _ in found.arranged}):
        arranged = found.arranged[each, layout or MAIN]
        title = (
            f"{each} {read_label(found.layouts[layout or MAIN].label, language)} · {read_label(found.package.label, language)}"
        )
        heads = say(language, "代码 行 范围 气体（吨） 合计（tCO2e）", "code line scope gases-t total-tCO2e").split()
        cells = [_row(entry, found.library, language) for entry in arranged.entries]
        console().print(grid(title, heads, cells, right=(4,)))
    print_findings(found.findings, language)


def _row(entry: Entry, library: FactorLibrary, language: Language) -> list[str]:
    from dafeng.methods.warming import gas_label

    gases = "; ".join(f"{read_label(gas_label(gas, library), language)} {mass:,.0f}" for gas, mass in entry.gases.items())
    marked = _value(entry, language) + ("*" if entry.missing else "")
    return [entry.code, "  " * entry.level + read_label(entry.label, language), str(entry.scope or ""), gases, marked]


def _value(entry: Entry, language: Language) -> str:
    from dafeng.methods.notation import KEYS

    if entry.value is not None:
        return f"{entry.value:,.0f}"
    return f"{entry.key} {read_label(KEYS[entry.key or 'NE'], language)}"


def show_inventory_comparison(found: df.InventoryComparison, language: Language, *, as_json: bool) -> None:
    """Print a comparison with a foreign inventory.

    Parameters
    ----------
    found : InventoryComparison
        The comparison.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    from dafeng.methods.foreign import CAUSES

    if as_json:
        print_json(df.comparison_rows(found))
        return
    whole = found.comparison
    said = [_million(amount) for amount in (whole.ours, whole.theirs, whole.net, whole.absolute)]
    console().print(
        say(
            language,
            f"{found.year}年：我方 {said[0]}，对方 {said[1]}，净差 {said[2]}，各格差额绝对值之和 {said[3]} Mt CO2",
            f"{found.year}: ours {said[0]}, theirs {said[1]}, net {said[2]}, sum of absolute gaps {said[3]} Mt CO2",
        )
    )
    causes = say(language, "活动水平 因子 边界 未定", "activity factor boundary undetermined").split()
    heads = say(language, "项目 我方Mt 对方Mt 差额Mt", "cell ours-Mt theirs-Mt gap-Mt").split()
    rows = [_gap_row(gap, language) for gap in whole.gaps if gap.amount]
    sums = [say(language, "合计", "total"), *said[:3], *(_million(whole.causes[kind]) for kind in CAUSES), ""]
    titles = [*heads, *causes, say(language, "说明", "words")]
    right = tuple(range(1, 4 + len(CAUSES)))
    console().print(grid(say(language, "差额归因", "gaps by cause"), titles, [*rows, sums], right=right))
    print_findings(found.findings, language)


def _gap_row(gap: Gap, language: Language) -> list[str]:
    from dafeng.methods.foreign import CAUSES

    sides = ["" if side is None else _million(side) for side in (gap.ours, gap.theirs)]
    causes = [_million(gap.causes[kind]) if kind in gap.causes else "" for kind in CAUSES]
    return [read_label(gap.label, language), *sides, _million(gap.amount), *causes, read_label(gap.says, language)]


def _million(amount: Decimal) -> str:
    return f"{amount / 1_000_000:,.3f}"


def show_downscaled(found: df.Downscaled, language: Language, *, as_json: bool) -> None:
    """Print an estimated balance.

    Parameters
    ----------
    found : Downscaled
        The estimate.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    if as_json:
        print_json(df.downscaled_document(found))
        return
    carbon = " ".join(_million(amount) for amount in (found.co2, found.co2_low, found.co2_high))
    energy = f"{found.energy / 10_000:,.1f}"
    console().print(
        say(
            language,
            f"{found.balance.year}年推算（估计值）：终端用能 {energy} 万吨标准煤（当量）；燃料 CO2 中值 低 高 {carbon} Mt",
            f"{found.balance.year} estimate: final energy {energy} x 10^4 tce (heat content); CO2 mid low high {carbon} Mt",
        )
    )
    heads = say(language, "行 品种 推算 低 高 单位 驱动因子 校准", "row carrier estimate low high unit driver factor").split()
    rows = [_estimate_row(cell) for cell in found.balance.cells]
    console().print(grid(say(language, "推算的平衡表", "estimated balance"), heads, rows, right=(2, 3, 4, 7)))
    print_findings(found.findings, language)


def _estimate_row(cell: EstimatedCell) -> list[str]:
    ends = [f"{number:,.2f}" for number in (cell.value, cell.low, cell.high)]
    return [cell.flow, cell.carrier, *ends, cell.unit, cell.driver.indicator, f"{cell.factor:.3f}"]
