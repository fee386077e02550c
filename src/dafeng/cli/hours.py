"""``dafeng hours``: what an hourly model does in a year and in a week.

Invariant: table, JSON and files show the same figures; the proof stands above them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, read_language, say
from dafeng.core.labels import Language

app = typer.Typer()

POINTS = (0, 2, 10, 50, 100, 150, 190, 198, 200)
"""Points of the duration curves that a terminal shows, of 201."""


@app.command()
def hours(
    place: Annotated[Path, typer.Argument(help="城市文件夹，或逐时结果文件夹 · city or results folder", metavar="CITY")],
    case: Annotated[str | None, typer.Option("--case", help="情形；缺省为第一个 · case")] = None,
    year: Annotated[int | None, typer.Option("--year", help="路径年份 · year of a pathway")] = None,
    carrier: Annotated[str | None, typer.Option("--carrier", help="能源品种；缺省为电 · carrier")] = None,
    bus: Annotated[str, typer.Option("--bus", help="区片（母线）· district")] = "",
    week: Annotated[int | None, typer.Option("--week", help="第几周，从 1 起 · week from 1")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写成 .csv 或 .xlsx · write a file")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")] = "zh",
) -> None:
    """逐时结果：周、持续曲线、储能水位、价格 · hourly results: weeks, duration curves, levels, prices."""
    language = read_language(lang)
    view = df.hours(place, case=case, year=year, carrier=carrier, bus=bus, week=week)
    written = df.save_hours(view, out) if out is not None else None
    document = df.hours_document(view)
    if as_json:
        print_json({**document, "file": str(written) if written else None})
        return
    _show(document, language)
    if written:
        console().print(say(language, f"已写入 {written}", f"wrote {written}"))


def _show(document: Mapping[str, Any], language: Language) -> None:
    out, name = console(), _namer(document, language)
    proof = document["proof"]
    head = f"{document['label'][language]} · {document['year'] or ''} · {name(document['carrier'])}"
    state = say(language, f"最优，间隙 {abs(proof['relative_gap']):.1e}", f"optimal, gap {abs(proof['relative_gap']):.1e}")
    out.print(f"{head} · {state} · {proof['solver']}")
    heads = say(language, "项目 全年", "item year").split()
    totals = [[_WORDS[key][language], f"{value:,.0f} {document['unit']}"] for key, value in document["totals"].items()]
    out.print(grid("", heads, totals, right=(1,)))
    if document["week"] is None:
        out.print(grid(say(language, "持续曲线", "duration curves"), *_curves(document, language), right=(1, 2, 3)))
        out.print(grid(say(language, "各周平均", "means of the weeks"), *_weeks(document, language), right=(0, 1, 2, 3, 4, 5)))
    else:
        title = say(language, f"第 {document['week']['number']} 周", f"week {document['week']['number']}")
        heads = say(language, "技术 电量 最小 最大", "technology sum least most").split()
        out.print(grid(title, heads, list(_series(document["week"], name)), right=(1, 2, 3)))
    levels = [[name(one["technology"]), f"{min(one['daily']):,.0f}", f"{max(one['daily']):,.0f}"] for one in document["levels"]]
    if levels:
        heads = say(language, "储能 日均最低 日均最高", "storage lowest-day highest-day").split()
        out.print(grid(say(language, "储能水位", "levels"), heads, levels, right=(1, 2)))


_WORDS: Mapping[str, Mapping[str, str]] = {
    "load": {"zh": "负荷", "en": "load"},
    "renewable": {"zh": "风光", "en": "wind and sun"},
    "curtailed": {"zh": "弃电", "en": "curtailed"},
    "unserved": {"zh": "缺供", "en": "unserved"},
    "price": {"zh": "价格", "en": "price"},
    "residual": {"zh": "净负荷", "en": "residual load"},
}


def _namer(document: Mapping[str, Any], language: Language) -> Any:
    return lambda key: document["names"].get(key, {}).get(language, key)


def _curves(document: Mapping[str, Any], language: Language) -> tuple[list[str], list[list[str]]]:
    curves = document["curves"]
    heads = [say(language, "小时占比", "share of hours"), *(_WORDS[key][language] for key in curves)]
    return heads, [[f"{at / 2:g} %", *(f"{one[at]:,.1f}" for one in curves.values())] for at in POINTS]


def _weeks(document: Mapping[str, Any], language: Language) -> tuple[list[str], list[list[str]]]:
    weekly = document["weeks"]
    heads = [say(language, "周", "week"), *(_WORDS[key][language] for key in weekly)]
    return heads, [[str(at + 1), *(f"{one[at]:,.1f}" for one in weekly.values())] for at in range(len(weekly["load"]))]


def _series(week: Mapping[str, Any], name: Any) -> Iterator[list[str]]:
    for one in week["series"]:
        values = one["values"]
        yield [name(one["technology"]), f"{sum(values):,.0f}", f"{min(values):,.1f}", f"{max(values):,.1f}"]
