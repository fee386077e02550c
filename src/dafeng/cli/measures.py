"""``dafeng measures``: what each measure of a city avoids and costs, who pays, and the cheapest order.

Invariant: table, JSON and files show the same figures.
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


@app.command()
def measures(
    place: Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")],
    year: Annotated[int | None, typer.Option("--year", help="年份；缺省 2030 · year")] = None,
    scope: Annotated[str, typer.Option("--scope", help="local 属地 / consumed 消费口径 · scope")] = "local",
    draws: Annotated[int, typer.Option("--draws", help="区间的抽样数 · draws for intervals", min=10)] = 200,
    peak_draws: Annotated[
        int, typer.Option("--peak-draws", help="达峰年的共同抽样数 · common draws for the peak", min=10)
    ] = 10_000,
    out: Annotated[Path | None, typer.Option("--out", help="写成 .csv 或 .xlsx · write a file")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")] = "zh",
) -> None:
    """措施的减排量、成本与付费方（计入相互作用） · measures: CO2 avoided, cost and payers, interactions counted."""
    language = read_language(lang)
    years = (year,) if year is not None else (2030, 2035)
    compared = df.measures(place, years=years, draws=draws, peak_draws=peak_draws)
    written = df.save_measures(compared, out, language=language) if out is not None else None
    document = df.measures_document(compared)
    if as_json:
        print_json({**document, "file": str(written) if written else None})
        return
    _show(document, scope if scope in ("local", "consumed") else "local", language)
    if written:
        console().print(say(language, f"已写入 {written}", f"wrote {written}"))


def _show(document: Mapping[str, Any], scope: str, language: Language) -> None:
    out, found = console(), document["abatement"]
    if found is None:
        out.print(say(language, "城市数据不足，未比较措施", "the figures of the city do not suffice to compare measures"))
        return
    curve = found["curves"][0]
    names = {one["id"]: one["label"][language] for one in found["measures"]}
    whole = curve["together"][scope]
    title = say(
        language,
        f"{curve['year']}年各措施（{found['scopes'][scope][language]}）合计 {_span(whole)} Mt",
        f"measures in {curve['year']}, {found['scopes'][scope][language]}: {_span(whole)} Mt together",
    )
    heads = say(language, *_HEADS)
    cells = list(_cells(curve, scope, names))
    out.print(grid(title, heads.split(), cells, right=tuple(range(1, 9))))
    groups = curve["groups"][scope]
    parts = [
        f"{named[language]} {_told(groups[name]['value'])}" for name, named in found["groups"].items() if groups[name]["value"]
    ]
    out.print(f"{' + '.join(parts)} = {_told(whole['value'])} Mt".replace("+ -", "− "))
    steps = [
        [str(at), names[step["id"]], _told(step["avoided"]["value"], 3), _plain(step["price"])]
        for at, step in enumerate(curve["orders"].get(scope, ()), 1)
    ]
    head = say(language, "序 措施 增加Mt 元/吨", "step measure Mt-added CNY/t").split()
    out.print(grid(say(language, "最省次序（逐项增量）", "cheapest next"), head, steps, right=(0, 2, 3)))
    out.print(say(language, *_WHY))
    for finding in document["findings"]:
        out.print(f"· {finding['says'][language]}")


_HEADS = (
    "措施 减排Mt P10–P90 净成本亿元 元/吨 P10–P90 财政 企业 居民",
    "measure Mt P10–P90 cost CNY/t P10–P90 city firms homes",
)


_WHY = (
    "先做省钱的（按省下的钱排，而不是按每吨），再按每吨成本；每做一项，其余各项的效果都会改变，所以价格不是一路上升。",
    "Those that save money come first, by the money and not by the tonne, then by cost per tonne; each one done changes what"
    " the others still do, so that prices do not only rise.",
)


def _cells(curve: Mapping[str, Any], scope: str, names: Mapping[str, str]) -> Iterator[list[str]]:
    def rank(share: Mapping[str, Any]) -> tuple[bool, float]:
        price = share["price"][scope]
        return price is None, price["value"] if price else -share["avoided"][scope]["value"]

    for share in sorted(curve["shares"], key=rank):
        avoided, price = share["avoided"][scope], share["price"][scope]
        paid = share["paid"]
        yield [
            names[share["id"]],
            _told(avoided["value"], 3),
            f"{avoided['low']:,.2f}–{avoided['high']:,.2f}",
            "-" if share["cost"] is None else _told(share["cost"]["value"]),
            "-" if price is None else f"{price['value']:,.0f}",
            "-" if price is None else f"{price['low']:,.0f}–{price['high']:,.0f}",
            *("-" if not paid else _told(paid[payer]["value"]) for payer in ("city", "enterprise", "household")),
        ]


def _told(value: float, digits: int = 2) -> str:
    """A number without the sign of a rounded zero."""
    return f"{round(value, digits) + 0.0:,.{digits}f}"


def _span(number: Mapping[str, Any]) -> str:
    return f"{number['value']:,.2f} ({number['low']:,.2f}–{number['high']:,.2f})"


def _plain(number: Mapping[str, Any] | None) -> str:
    return "-" if number is None else f"{number['value']:,.0f}"
