"""``dafeng account``, ``inventory``, ``compare-approaches``, ``compare-inventory``, ``downscale``: emissions and their forms.

Invariant: what is printed or written is what the verb returned.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import dafeng as df
from dafeng.cli import accounting, approaches, inventories
from dafeng.cli.printing import read_language

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
CityFolder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Provisional = Annotated[bool, typer.Option("--provisional", help="允许证据不足的因子并标注 · allow weak evidence, marked")]
Year = Annotated[int | None, typer.Option("--year", min=1990, max=2100, help="评估年份 · assessment year")]


@app.command()
def account(
    folder: CityFolder,
    year: Year = None,
    edition: Annotated[str | None, typer.Option(help="方法版本 · edition of the methods")] = None,
    factors: Annotated[
        Path | None,
        typer.Option(help="本次自带的燃料因子 CSV：fuel,value,unit,source[,sector] · own factors of fuels for this run"),
    ] = None,
    provisional: Provisional = False,
    scope: Annotated[str, typer.Option(help="city，park:名称，unit:企业/机组 · city, park:NAME, unit:COMPANY/UNIT")] = "city",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """核算：事实 × 方法 × 因子 → 排放 · account emissions."""
    found = df.account(df.open_city(folder), year=year, edition=edition, scope=scope, factors=factors, provisional=provisional)
    accounting.show_account(found, read_language(lang), as_json=as_json)


@app.command()
def inventory(
    folder: CityFolder,
    year: Year = None,
    guide: Annotated[str | None, typer.Option(help="清单指南：prov2025、prov2011 · inventory guideline")] = None,
    layout: Annotated[str | None, typer.Option(help="口径：city、ipcc2006、gpc · layout")] = None,
    warming: Annotated[str | None, typer.Option(help="增温潜势：sar、ar4、ar5、ar6 · warming potentials")] = None,
    provisional: Provisional = False,
    out: Annotated[
        Path | None, typer.Option(help="写成 xlsx（报表）或 docx、pdf（报告）· write the form workbook or the report")
    ] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """清单：核算结果按指南口径排列 · arrange the results as an inventory."""
    city = df.open_city(folder)
    found = df.inventory(city, year=year, package=guide, warming=warming, provisional=provisional)
    if out is not None:
        inventories.write(city, found, out, year=year, provisional=provisional, language=read_language(lang))
    inventories.show_inventory(found, read_language(lang), layout=layout, as_json=as_json)


@app.command("compare-approaches")
def compare_approaches(
    folder: CityFolder,
    year: Year = None,
    guide: Annotated[str | None, typer.Option(help="指南，如 prov2011 · guideline")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """参考方法与部门方法：差额逐燃料、逐原因 · reference and sectoral approach, gap by fuel and reason."""
    found = df.compare_approaches(df.open_city(folder), year=year, package=guide)
    approaches.show_approaches(found, read_language(lang), as_json=as_json)


@app.command("compare-inventory")
def compare_inventory(
    folder: CityFolder,
    file: Annotated[Path, typer.Argument(help="已发布的清单（csv、xlsx）· a published inventory", metavar="FILE")],
    year: Annotated[int, typer.Option("--year", min=1990, max=2100, help="年份 · year")],
    guide: Annotated[str | None, typer.Option(help="我方清单指南 · guideline of our side")] = None,
    unit: Annotated[str | None, typer.Option(help="对方排放量的单位，如 Mt · unit of the published emissions")] = None,
    same_activity: Annotated[
        bool, typer.Option("--same-activity", help="对方采用同一活动水平 · the publisher used the same activity")
    ] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """与已发布的清单逐格比对：活动水平、因子、边界 · compare with a published inventory cell by cell."""
    city = df.open_city(folder)
    found = df.compare_inventory(city, file, year=year, package=guide, unit=unit, same_activity=same_activity)
    inventories.show_inventory_comparison(found, read_language(lang), as_json=as_json)


@app.command()
def downscale(
    folder: CityFolder,
    province: Annotated[Path, typer.Option(help="省文件夹（已导入省平衡表）· folder of the province", metavar="DIR")],
    year: Annotated[int, typer.Option("--year", min=1990, max=2100, help="年份 · year")],
    keep: Annotated[bool, typer.Option("--keep", help="作为估计值入库 · keep it as estimated facts")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """由省平衡表推算本市平衡表（估计值）· estimate the balance of a city from its province."""
    city = df.open_city(folder)
    found = df.downscale(city, df.open_city(province), year=year)
    if keep:
        df.keep_estimate(city, found)
    inventories.show_downscaled(found, read_language(lang), as_json=as_json)
