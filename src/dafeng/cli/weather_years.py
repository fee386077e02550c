"""``dafeng energy years``: a city or a network file in a thousand weather years.

Invariant: table and JSON show the same figures; a synthetic year is never shown without saying so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, read_language, say
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language

if TYPE_CHECKING:
    from dafeng.energy.ensembles.running import Progress

app = typer.Typer()

CITY = "city.yaml"
"""File by which a city's folder is known."""
LISTED = 20
"""Most years that are named."""


@app.command()
def years(
    source: Annotated[
        Path, typer.Argument(help="城市文件夹，或 PyPSA 网络文件 · city, or network file", metavar="CITY|FILE.nc|FOLDER")
    ],
    count: Annotated[int, typer.Option("--years", help="天气年数 · how many weather years")] = 1000,
    out: Annotated[Path, typer.Option("--out", help="结果文件夹，可续算 · folder of the results")] = Path("weather-years"),
    place: Annotated[str | None, typer.Option("--place", help="行政区划代码 · whose weather")] = None,
    series: Annotated[list[str] | None, typer.Option("--series", help="组件名=曲线名，可重复 · NAME=PROFILE of a file")] = None,
    case: Annotated[str | None, typer.Option("--case", help="电力平衡的方案 · case of a city")] = None,
    gap: Annotated[float, typer.Option("--gap", help="每年允许的证明间隙 · largest proven gap")] = 1e-3,
    checked: Annotated[int, typer.Option("--checked", help="另精确求解的年数 · years solved exactly as well")] = 0,
    workers: Annotated[int, typer.Option("--workers", help="本机进程数 · processes")] = 2,
    cluster: Annotated[str | None, typer.Option("--cluster", help="Dask 调度器地址 · Dask scheduler")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")] = "zh",
) -> None:
    """一千个天气年：固定容量逐年运行，附逐年证明间隙 · fixed capacities in many weather years, each with its gap."""
    language = read_language(lang)
    city = (source / CITY).is_file()
    if city and (place or series):
        raise _wrong("--place", "城市自有天气", "a city has weather of its own")
    found = df.operate_years(
        df.open_city(source) if city else source,
        out,
        years=count,
        place=place,
        driven=dict(_pair(text) for text in series or ()),
        case=case,
        gap=gap,
        checked=checked,
        workers=workers,
        cluster=cluster,
        told=lambda state: typer.echo(_told(state, language), err=True),
    )
    document = df.years_document(found)
    if as_json:
        print_json(document)
    else:
        _show(document, language)


def _told(state: Progress, language: Language) -> str:
    kept = say(language, f"，其中 {state.kept} 份来自上次", f", {state.kept} of them kept from before") if state.kept else ""
    return say(language, f"已完成 {state.done}/{state.total} 份{kept}", f"{state.done} of {state.total} parts done{kept}")


def _pair(text: str) -> tuple[str, str]:
    name, sign, profile = text.rpartition("=")
    if not (sign and name.strip() and profile.strip()):
        raise _wrong("--series", f"“{text}”不是 组件名=曲线名", f"'{text}' is not NAME=PROFILE")
    return name.strip(), profile.strip()


def _wrong(where: str, zh: str, en: str) -> SettingError:
    return SettingError(
        Label(zh, en),
        where=where,
        expected=Label("如 --place 370600 --series onwind=onshore_wind", "as --place 370600 --series onwind=onshore_wind"),
        remedy=Label("改正该选项", "correct the option"),
    )


def _show(document: Mapping[str, Any], language: Language) -> None:
    names = {
        "cost": say(language, "成本（元）", "cost (yuan)"),
        "unserved": say(language, "缺供（MWh）", "unserved (MWh)"),
        "curtailed": say(language, "弃电（MWh）", "curtailed (MWh)"),
    }
    columns = ("mean", "q0", "q0.05", "q0.5", "q0.95", "q1")
    heads = say(language, "项目 均值 最小 5% 中位 95% 最大", "item mean least 5% median 95% most").split()
    rows = [[label, *(_number(document, name, column) for column in columns)] for name, label in names.items()]
    title = say(
        language,
        f"{document['network']}：{document['years']} 个合成天气年",
        f"{document['network']}: {document['years']} synthetic weather years",
    )
    console().print(grid(title, heads, rows, right=(1, 2, 3, 4, 5, 6)))
    proven, true = document["proven_gap"], document["true_gap"]
    told = say(
        language,
        f"证明间隙：平均 {proven['mean']:.2e}，最大 {proven['most']:.2e}",
        f"proven gap: mean {proven['mean']:.2e}, most {proven['most']:.2e}",
    )
    if true["mean"] is not None:
        told += say(
            language,
            f"；与 {len(true['years'])} 个精确求解年相比平均 {true['mean']:.2e}",
            f"; against {len(true['years'])} years solved exactly: mean {true['mean']:.2e}",
        )
    console().print(told)
    for line in _notes(document, language):
        console().print(line)
    console().print(say(language, f"结果在 {document['folder']}", f"results in {document['folder']}"))


def _number(document: Mapping[str, Any], name: str, column: str) -> str:
    """A figure; unserved energy that the gap does not tell from none is shown as that."""
    value = document[name][column]
    small = name == "unserved" and value <= document["resolution"]
    return f"≤ {document['resolution']:,.0f}" if small else f"{value:,.0f}"


def _notes(document: Mapping[str, Any], language: Language) -> Iterator[str]:
    """What is to be known of unserved energy and of years that were solved one by one."""
    many, below = document["short_years"], document["resolution"]
    yield say(
        language,
        f"有缺供的年份：{many} 个；{below:,.0f} MWh 以下在间隙之内，不能与零区分",
        f"years with unserved demand: {many}; below {below:,.0f} MWh the gap does not tell it from none",
    )
    if alone := document["alone"]:
        listed = ", ".join(map(str, alone[:LISTED])) + (" …" if len(alone) > LISTED else "")
        yield say(language, f"单独精确求解的年份（{len(alone)}）：{listed}", f"years solved alone ({len(alone)}): {listed}")
    if document["reason"]:
        yield say(language, f"原因：{document['reason']}", f"reason: {document['reason']}")
