"""What ``dafeng uncertainty`` and ``dafeng recalculate`` print.

Invariant: table and JSON show one and the same document.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, finding_rows, grid, print_json, read_language, say
from dafeng.core.labels import Language

DRAWS = 10_000
"""Number of draws where none is named."""
SEED = 20060
"""Seed where none is named."""
app = typer.Typer()
"""Commands that stand beside those of the main module."""
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
CityFolder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Year = Annotated[int | None, typer.Option("--year", min=1990, max=2100, help="年份 · year")]


@app.command()
def uncertainty(
    folder: CityFolder,
    year: Year = None,
    base: Annotated[int | None, typer.Option(help="基准年 · base year of the trend", min=1990, max=2100)] = None,
    draws: Annotated[int, typer.Option(help="抽样次数 · number of draws")] = DRAWS,
    seed: Annotated[int, typer.Option(help="随机种子 · seed of the draws")] = SEED,
    guide: Annotated[str | None, typer.Option(help="清单指南 · inventory guideline")] = None,
    warming: Annotated[str | None, typer.Option(help="增温潜势：sar、ar4、ar5、ar6 · warming potentials")] = None,
    provisional: Annotated[bool, typer.Option("--provisional", help="也用证据不足的值 · use weak evidence too")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """不确定性、关键类别与数据质量 · uncertainty, key categories and data quality."""
    language = read_language(lang)
    city = df.open_city(folder)
    found = df.uncertainty(
        city, year=year, base=base, draws=draws, seed=seed, package=guide, warming=warming, provisional=provisional
    )
    show_quality(found, language, as_json=as_json)


@app.command()
def recalculate(
    folder: CityFolder,
    since: Annotated[
        str, typer.Option("--from", help="运行编号、清单指南或方法版本 · a run, guideline or edition", metavar="RUN|GUIDE")
    ],
    who: Annotated[str, typer.Option(help="谁记入日志；缺省只看不记 · who logs it; without, nothing is logged")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """重算：与较早的运行或另一版本比，何处因何而变 · what changed since a run or edition, and why."""
    language = read_language(lang)
    show_recalculations(df.recalculate(df.open_city(folder), since, who=who), language, as_json=as_json)


def show_quality(quality: df.Quality, language: Language, *, as_json: bool) -> None:
    """Print an analysis of uncertainty and quality.

    Parameters
    ----------
    quality : Quality
        Result of ``uncertainty``.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    told = df.quality_document(quality)
    if as_json:
        print_json(told)
        return
    out = console()
    for sentence in _summary(told, language):
        out.print(sentence)
    heads = say(
        language,
        "类别 气体 tCO2e 活动% 因子% 合成% 方差% 趋势% 关键",
        "category gas tCO2e activity% factor% both% variance% trend% key",
    ).split()
    keys = {(row["category"], row["quantity"]): row["key"] for row in told["key_categories"]["net"]}
    rows = [_line(row, keys.get((row["category"], row["quantity"]), []), language) for row in told["rows"]]
    out.print(
        grid(
            say(language, "不确定性（95 % 区间半宽）", "uncertainty (half the 95 % interval)"),
            heads,
            rows,
            right=(2, 3, 4, 5, 6, 7),
        )
    )
    checks = [[row["label"][language], str(row["seen"]), row["state"], str(row["found"])] for row in told["checks"]]
    out.print(
        grid(
            say(language, "质量控制", "quality control"),
            say(language, "检查 数目 结果 发现", "check seen state found").split(),
            checks,
        )
    )
    if quality.findings:
        heads = say(language, "程度 位置 说明 处理", "severity at what remedy").split()
        out.print(grid(say(language, "问题", "findings"), heads, finding_rows(quality.findings, language)))


def show_recalculations(found: df.Recalculations, language: Language, *, as_json: bool) -> None:
    """Print recalculations.

    Parameters
    ----------
    found : Recalculations
        Result of ``recalculate``.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    if as_json:
        print_json(df.recalculation_document(found))
        return
    heads = say(language, "年份 类别 气体 此前 现在 单位 原因", "year category gas before after unit causes").split()
    rows = [
        [str(r.year), r.category, r.quantity, _plain(r.before), _plain(r.after), r.unit, r.says.read(language)]
        for r in found.rows
    ]
    title = say(language, f"与 {found.since} 相比改变 {len(rows)} 行", f"{len(rows)} rows changed since {found.since}")
    console().print(grid(title, heads, rows, right=(3, 4)))
    logged = say(language, f"已由 {found.who} 记入 recalculations.csv", f"logged in recalculations.csv by {found.who}")
    console().print(logged if found.who else say(language, "未记入日志；加 --who 记入", "not logged; --who logs it"))


def _summary(told: Mapping[str, Any], language: Language) -> list[str]:
    total, trend = told["total"], told["trend"]
    relative = "" if total["relative"] is None else f" (±{total['relative']:.1f} %)"
    half, span = f"±{total['half']:,.0f}{relative}", f"{total['low']:,.0f} – {total['high']:,.0f}"
    said = [
        say(
            language,
            f"{told['year']}年 净排放 {total['value']:,.0f} tCO2e，误差传播 {half}，蒙特卡洛 {told['draws']} 次 {span}",
            f"{told['year']}: net {total['value']:,.0f} tCO2e, propagation {half}, {told['draws']} draws {span}",
        )
    ]
    if trend is not None:
        ends = f"{trend['low']:+.1f} … {trend['high']:+.1f} %"
        said.append(
            say(
                language,
                f"自{trend['base']}年变化 {trend['change']:+.1f} %（{ends}）",
                f"since {trend['base']}: {trend['change']:+.1f} % ({ends})",
            )
        )
    lost = told["uncovered"]
    said.append(
        say(
            language,
            f"区间未覆盖：活动水平未说明 {lost['activity']:.1f} %，因子未说明 {lost['factor']:.1f} % 的排放",
            f"not covered, as unstated: activity of {lost['activity']:.1f} %, factors of {lost['factor']:.1f} % of emissions",
        )
    )
    return said


def _line(row: Mapping[str, Any], key: list[str], language: Language) -> list[str]:
    shares = ("activity", "factor", "combined", "variance_share", "trend_share")
    cells = ["—" if row[name] is None else f"{row[name]:.1f}" for name in shares]
    return [row["label"][language], row["quantity"], f"{row['value']:,.0f}", *cells, "●" if key else ""]


def _plain(value: object) -> str:
    return "—" if value is None else f"{value:,.1f}"
