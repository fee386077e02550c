"""What ``dafeng account`` prints: totals, fuels, sectors, and what supplied factors change.

Invariant: table and JSON are made of the same document; a number is formatted, never computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dafeng as df
from dafeng.cli.printing import console, grid, print_findings, print_json, say
from dafeng.core.labels import Language

NONE = "—"
PARTS: Mapping[str, tuple[str, str]] = {
    "all": ("合计", "total"),
    "fuel": ("其中：化石燃料燃烧", "of which fuel combustion"),
    "process": ("其中：工业过程", "of which processes"),
}


def show_account(accounted: df.Account, language: Language, *, as_json: bool) -> None:
    """Print accounted emissions.

    Parameters
    ----------
    accounted : Account
        Result of ``account``.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    told = df.account_document(accounted)
    if as_json:
        print_json(told)
        return
    if not told["results"]:
        lack = say(language, "没有可核算的活动数据（能源平衡表）", "no activity data (energy balances) to account for")
        console().print(lack)
    else:
        _show_totals(told["totals"], language)
        _show_fuels(told["by_fuel"], language)
        _show_sectors(told["by_sector"], language)
        for difference in told.get("difference", ()):
            _show_difference(difference, language)
    print_findings(accounted.findings, language)


def _show_totals(rows: Sequence[Mapping[str, Any]], language: Language) -> None:
    heads = say(language, "年份 项目 范围 数值 单位", "year quantity part value unit").split()
    cells = [
        [str(r["year"]), r["label"][language], say(language, *PARTS[r["part"]]), f"{r['value']:,.1f}", r["unit"]] for r in rows
    ]
    console().print(grid(say(language, "合计", "totals"), heads, cells, right=(3,)))


def _show_fuels(rows: Sequence[Mapping[str, Any]], language: Language) -> None:
    heads = say(language, "年份 燃料 燃烧量 单位 tCO2 因子 因子单位 匹配", "year fuel burnt unit tCO2 factor per match").split()
    cells = [
        [
            str(row["year"]),
            row["label"][language],
            f"{row['activity']:,.4f}",
            row["unit"],
            _number(row["tco2"], 1),
            _number(row["factor"], 6),
            row["factor_unit"] or NONE,
            row["match"] + (say(language, "（自带）", " (supplied)") if row["supplied"] else ""),
        ]
        for row in rows
    ]
    console().print(grid(say(language, "分燃料", "by fuel"), heads, cells, right=(2, 4, 5)))


def _show_sectors(rows: Sequence[Mapping[str, Any]], language: Language) -> None:
    heads = say(language, "年份 部门 tCO2", "year sector tCO2").split()
    cells = [[str(row["year"]), row["label"][language], f"{row['tco2']:,.1f}"] for row in rows]
    console().print(grid(say(language, "分部门", "by sector"), heads, cells, right=(2,)))


def _show_difference(found: Mapping[str, Any], language: Language) -> None:
    heads = say(language, "燃料 原因 本库因子 自带因子 MtCO2", "fuel cause own supplied MtCO2").split()
    cells = [
        [
            row["label"][language],
            row["says"][language],
            _number(row["own_factor"], 6),
            _number(row["supplied_factor"], 6),
            f"{row['mt']:+,.6f}",
        ]
        for row in found["rows"]
    ]
    zh = f"{found['year']}年 自带因子与本库因子之差：{found['own_mt']:,.3f} → {found['supplied_mt']:,.3f} MtCO2"
    en = f"{found['year']}: what the supplied factors change, {found['own_mt']:,.3f} → {found['supplied_mt']:,.3f} MtCO2"
    console().print(grid(say(language, zh, en), heads, cells, right=(2, 3, 4)))
    share = (found["residual_share"] or 0) * 100
    zh = f"净差 {found['net_mt']:+,.6f}，绝对值之和 {found['absolute_mt']:,.6f}，未解释 {share:.4f} %"
    en = f"net {found['net_mt']:+,.6f}, sum of absolute gaps {found['absolute_mt']:,.6f}, unexplained {share:.4f} %"
    console().print(say(language, zh, en))


def _number(value: float | None, places: int) -> str:
    return NONE if value is None else f"{value:,.{places}f}"
