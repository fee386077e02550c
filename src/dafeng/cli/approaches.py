"""Print the comparison of the reference approach with the sectoral one.

Invariant: formats and computes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dafeng as df
from dafeng.cli.printing import console, grid, print_findings, print_json, read_label, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.methods.reconciliation import FuelGap


def show_approaches(found: df.ApproachComparison, language: Language, *, as_json: bool) -> None:
    """Print the gaps of every year.

    Parameters
    ----------
    found : ApproachComparison
        The comparison.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    if as_json:
        print_json(df.approaches_document(found))
        return
    if not found.years:
        console().print(say(language, "没有能源平衡表", "no energy balance"))
    heads = say(
        language, "燃料 部门方法 参考方法 差 未解释 主要原因", "fuel sectoral reference gap unexplained reasons"
    ).split()
    for year, gap in found.years.items():
        totals = f"{gap.reference:,.0f} - {gap.sectoral:,.0f} = {gap.net:,.0f} tCO2"
        title = say(language, f"{year} 参考方法减部门方法：{totals}", f"{year}, reference less sectoral approach: {totals}")
        console().print(grid(title, heads, [_row(one, language) for one in gap.gaps], right=(1, 2, 3, 4)))
    print_findings(found.findings, language)


def _row(gap: FuelGap, language: Language) -> list[str]:
    said = "; ".join(f"{read_label(share.label, language)} {share.value:+,.0f}" for share in gap.shares[:3])
    numbers = [f"{value:,.0f}" for value in (gap.sectoral, gap.reference, gap.gap, gap.residual)]
    return [read_label(gap.label, language), *numbers, said]
