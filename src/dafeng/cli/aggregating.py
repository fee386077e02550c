"""``dafeng aggregate``: account for activity rows in bulk and print the sums.

Invariant: table and JSON show the same sums; a sum that is shortened for the eye stands in full in the JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

import dafeng as df
from dafeng.cli.printing import console, finding_rows, grid, print_json, read_language, say
from dafeng.core.labels import Label, Language

if TYPE_CHECKING:
    from dafeng.work.aggregate import By

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
_FATES: Mapping[str, Label] = {
    "delivered": Label("交付", "delivered"),
    "accounted": Label("已核算", "accounted"),
    "unaccounted": Label("未核算", "not accounted"),
    "repeated": Label("重复", "repeated"),
    "contradictory": Label("矛盾", "contradictory"),
    "empty": Label("无数量", "without amount"),
    "negative": Label("其中负数", "of them negative"),
}


@app.command()
def aggregate(
    paths: Annotated[
        list[Path],
        typer.Argument(help="活动数据：Parquet、CSV 文件或一个 Parquet 文件夹 · activity rows", metavar="PATH..."),
    ],
    year: Annotated[int | None, typer.Option("--year", help="只算这一年 · only this year")] = None,
    by: Annotated[str, typer.Option(help="sector、category、carrier 或 place · what to sum over")] = "sector",
    engine: Annotated[str, typer.Option(help="duckdb、spark 或 sail；结果相同 · engine, same answer")] = "duckdb",
    url: Annotated[str | None, typer.Option(help="已运行的 Spark 或 Sail 的地址 · address of a running Spark or Sail")] = None,
    guide: Annotated[str | None, typer.Option(help="清单指南：prov2025、prov2011 · inventory guideline")] = None,
    edition: Annotated[str | None, typer.Option(help="方法版本，如 ind24 · edition of the methods")] = None,
    overlay: Annotated[Path | None, typer.Option(help="自带因子和方法的 data 文件夹 · data folder with own factors")] = None,
    provisional: Annotated[bool, typer.Option("--provisional", help="可用证据不足的因子 · weak evidence may be used")] = False,
    memory: Annotated[int, typer.Option(help="内存上限，MB · memory before it spills to disk", min=64)] = 1024,
    threads: Annotated[int, typer.Option(help="线程数 · threads", min=1)] = 2,
    out: Annotated[Path | None, typer.Option(help="写成 NAME.parquet 及清单 · write NAME.parquet with its manifest")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """批量核算：千万行活动数据 → 分部门、气体、年份的合计 · account for millions of activity rows."""
    found = df.aggregate(
        paths,
        year=year,
        by=_grouping(by),
        engine=engine,
        url=url,
        package=guide,
        edition=edition,
        overlay=overlay,
        provisional=provisional,
        memory_mb=memory,
        threads=threads,
    )
    written = df.save_aggregate(found, out) if out is not None else ()
    _show(found, written, read_language(lang), as_json=as_json)


def _grouping(text: str) -> By:
    from dafeng.work.aggregate import By, no_grouping

    if text not in get_args(By):
        raise no_grouping(text)
    return cast("By", text)


def _show(found: df.Aggregate, written: Sequence[Path], language: Language, *, as_json: bool) -> None:
    document = df.aggregate_document(found)
    if as_json:
        print_json({**document, "files": [str(path) for path in written]})
        return
    heads = (
        ("数量", "分组", "年份", "合计", "单位", "行数", "来源数", "非完全匹配行")
        if language == "zh"
        else ("quantity", found.by, "year", "sum", "unit", "rows", "sources", "rows not exact")
    )
    shown = console()
    shown.print(grid(say(language, "批量核算", "bulk account"), heads, _cells(document["results"]), right=(2, 3, 5, 6, 7)))
    fates = document["rows"]
    shown.print("  ".join(f"{label.read(language)} {fates[name]:,}" for name, label in _FATES.items()))
    if found.findings:
        words = ("级别", "位置", "问题", "处理") if language == "zh" else ("severity", "at", "finding", "remedy")
        shown.print(grid(say(language, "问题", "findings"), words, finding_rows(found.findings, language)))
    for path in written:
        shown.print(say(language, f"已写入 {path}", f"wrote {path}"))


def _cells(rows: list[dict[str, Any]]) -> Iterator[list[str]]:
    for row in rows:
        whole, _, places = row["value"].partition(".")
        value = f"{int(whole):,}.{places[:3]}" if not whole.startswith("-0") else f"{whole}.{places[:3]}"
        inexact = row["rows"] - row["exact"]
        yield [
            *(row["quantity"], row["key"], str(row["year"]), value, row["unit"]),
            *(f"{row['rows']:,}", f"{row['sources']:,}", f"{inexact:,}"),
        ]
