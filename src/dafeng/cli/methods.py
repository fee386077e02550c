"""``dafeng methods``: what the definitions of accounting say.

Invariant: formats and computes nothing; table and JSON say the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, read_label, read_language, say
from dafeng.core.labels import Language

Row = dict[str, Any]
app = typer.Typer()


@app.command()
def methods(
    method: Annotated[str | None, typer.Argument(help="方法编号；缺省列出全部 · id of a method, all by default")] = None,
    overlay: Annotated[Path | None, typer.Option(help="城市的 data 文件夹 · a city's data folder")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")] = "zh",
) -> None:
    """方法：公式、因子需求、版本和当场计算的算例 · methods with equations, editions and worked examples."""
    language = read_language(lang)
    if method is not None:
        document = df.method_document(method, overlay=overlay)
        if as_json:
            print_json(document)
        else:
            _show_method(document, language)
    elif as_json:
        print_json({"methods": df.list_methods(overlay=overlay), "guides": df.guide_documents(overlay=overlay)})
    else:
        _show_list(df.list_methods(overlay=overlay), df.guide_documents(overlay=overlay), language)


def _show_list(rows: list[Row], guides: list[Row], language: Language) -> None:
    heads = say(language, "编号 方法 气体 单位 指南 算例", "id method gas unit guidelines examples").split()
    lines = [
        [
            row["id"],
            read_label(row["title"], language),
            read_label(row["gas"], language),
            row["unit"],
            " ".join(row["guides"]),
            str(row["examples"]),
        ]
        for row in rows
    ]
    console().print(grid(say(language, "核算方法", "methods"), heads, lines, right=(5,)))
    heads = say(language, "编号 指南 起始 潜势 方法 未知", "id guideline since potentials methods unknown").split()
    lines = [
        [
            one["id"],
            read_label(one["label"], language),
            str(one["since"]),
            one["warming"],
            str(len(one["methods"])),
            str(len(one["unknown"])),
        ]
        for one in guides
    ]
    console().print(grid(say(language, "清单指南", "guidelines"), heads, lines, right=(4, 5)))


def _show_method(row: Row, language: Language) -> None:
    out = console()
    source = f"{read_label(row['source']['title'], language)} {row['source']['clause']}"
    out.print(f"{read_label(row['title'], language)} ({row['id']}) · {source}")
    out.print(read_label(row["summary"], language))
    for equation in row["equations"]:
        out.print(f"{equation['id']}: {equation['expression']}")
        out.print(read_label(equation["words"], language))
    heads = say(language, "量 含义 单位 取自", "name meaning unit from").split()
    lines = [
        [s["name"], read_label(s["label"], language), " / ".join(s["units"]), _whence(s, language)] for s in row["symbols"]
    ]
    out.print(grid(say(language, "符号", "symbols"), heads, lines))
    heads = say(
        language, "版本 品种 活动 年份 结果 应为 一致 出处", "edition of activity year result expected agrees by"
    ).split()
    lines = [_example(one, language) for one in row["examples"]]
    out.print(grid(say(language, "算例", "worked examples"), heads, lines, right=(2, 4, 5)))


def _whence(symbol: Row, language: Language) -> str:
    if symbol["kind"] == "factor":
        return say(language, f"因子库 {symbol['parameter']}", f"factor library, {symbol['parameter']}")
    if symbol["kind"] == "constant":
        return say(language, f"常数 {symbol['value']}", f"constant {symbol['value']}")
    return say(language, "活动数据", "activity data") if symbol["kind"] == "activity" else say(language, "年份", "years")


def _example(one: Row, language: Language) -> list[str]:
    return [
        one["edition"],
        read_label(one["carrier"], language),
        f"{one['value']} {one['unit']}",
        str(one["year"]),
        one["result"] or "—",
        one["expected"],
        say(language, "一致", "yes") if one["holds"] else say(language, "不一致", "no"),
        read_label(one["by"]["says"], language),
    ]
