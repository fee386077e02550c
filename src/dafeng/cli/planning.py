"""``dafeng read-plan``, ``list-tasks`` and ``compare-plans``: plan documents and what stands in them.

Invariant: what is printed is what the verb returned; a document that cannot be read is refused, never half read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import dafeng as df
from dafeng.cli import comparison, listing, reconciling, tasklist
from dafeng.cli.plain import write_error
from dafeng.cli.printing import print_json, read_language

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
CityFolder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]


@app.command("read-plan")
def read_plan(
    file: Annotated[Path, typer.Argument(help="方案文件（txt、docx、pdf、html）· plan document", metavar="FILE")],
    place: Annotated[str, typer.Option(help="行政区划代码 · administrative code")] = "100000",
    out: Annotated[
        Path | None, typer.Option(help="把事实写入此文件，如 DIR/plans/plan.yaml · keep the facts in this file")
    ] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(help="城市的 data 文件夹，其指标与同义名一并匹配 · a city's data folder with its own indicators"),
    ] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """读方案：文件 → 目标、任务、责任单位 · read a plan document."""
    plan = df.read_plan(file, place=place, overlay=overlay)
    if out is not None:
        df.save_plan(plan, out)
    if as_json:
        print_json(df.plan_document(plan))
    else:
        listing.show_plan(plan, read_language(lang))


@app.command("list-tasks")
def list_tasks(
    source: Annotated[Path, typer.Argument(help="城市文件夹或方案文件 · city folder or plan document", metavar="CITY|FILE")],
    document: Annotated[
        Path | None, typer.Option(help="方案原文；缺省在城市的 plans 文件夹里找 · the document of the city's plan")
    ] = None,
    place: Annotated[str, typer.Option(help="方案文件的行政区划代码 · administrative code of a plan document")] = "100000",
    out: Annotated[
        Path | None,
        typer.Option(
            help="写成 xlsx 或 docx；svg 为时间线，csv 为时间与依赖 · write a file; svg: time line, csv: times and links"
        ),
    ] = None,
    links: Annotated[
        bool, typer.Option("--links", help="哪项任务要等哪项，何时起止 · which task waits for which, and when")
    ] = False,
    tables: Annotated[
        Path | None, typer.Option(help="把依赖和进展的空表写入此文件夹 · write empty tables of links and progress here")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="与方案明确的单位比对 · compare with what the plan states")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """任务清单：任务、措施、目标、时限和责任单位（方案明确或系统建议）· list the tasks of a plan."""
    subject = df.open_city(source) if source.is_dir() else df.read_plan(source, place=place)
    text = document if source.is_dir() else source
    if isinstance(subject, df.Plan) and not subject.tasks and not as_json:
        for finding in subject.findings:
            write_error(f"{finding.says.zh}（{finding.at}）\n{finding.says.en} ({finding.at})")
    if check:
        tasklist.show_agreement(df.check_tasks(subject, document=text), read_language(lang), as_json=as_json)
        return
    if tables is not None:
        tasklist.show_tables(df.save_task_tables(subject, tables), read_language(lang), as_json=as_json)
        return
    if links or (out is not None and out.suffix.lower() in (".svg", ".csv")):
        schedule = df.schedule_tasks(subject, document=text)
        if out is not None:
            df.save_schedule(schedule, out, language=read_language(lang))
        tasklist.show_schedule(schedule, read_language(lang), as_json=as_json)
        return
    listed = df.list_tasks(subject, document=text)
    if out is not None:
        df.save_tasks(listed, out, language=read_language(lang))
    tasklist.show_tasks(listed, read_language(lang), as_json=as_json)


@app.command("compare-plans")
def compare_plans(
    plans: Annotated[
        list[str],
        typer.Argument(
            help="方案文件、plan.yaml、城市文件夹，或 nation、shandong；先写要评的 · plans, the judged one first",
            metavar="PLAN...",
        ),
    ],
    place: Annotated[str | None, typer.Option(help="方案文件的行政区划代码 · place of the documents")] = None,
    relation: Annotated[
        str | None, typer.Option(help="version、level 或 peer；缺省按地区判断 · how they belong together")
    ] = None,
    straight: Annotated[
        bool, typer.Option("--straight", help="年份不同时按直线折算 · compare years along a straight line")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="写成 xlsx · write a workbook")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """比对方案：严、宽、缺、下达 · compare plans: stricter, looser, missing, delegated."""
    found = df.compare_plans(plans[0], *plans[1:], place=place, relation=comparison.relation(relation), straight=straight)
    if out is not None:
        comparison.write(found, out)
    comparison.show(found, read_language(lang), as_json=as_json)


@app.command()
def reconcile(folder: CityFolder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """检验目标能否同时实现 · can all targets hold at once?"""
    city = df.open_city(folder)
    plan = city.read_plan()
    reconciling.show_reconciliation(df.reconcile(plan, df.project(city, plan)), read_language(lang), as_json=as_json)
