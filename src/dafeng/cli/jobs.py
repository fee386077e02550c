"""``dafeng job …``: long work in the background, from the command line.

Invariant: what is shown is what the records and the job's own process say; without a server the work is done all the same.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import dafeng as df
from dafeng.cli.listing import progress
from dafeng.cli.printing import console, grid, print_json, read_language, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.work.job_findings import JobFindings

app = typer.Typer(help="任务：后台评估，可看进度、可取消 · jobs in the background", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Name = Annotated[str, typer.Argument(help="任务编号 · id of the job", metavar="JOB")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
Wait = Annotated[bool, typer.Option("--wait", help="跟到结束 · follow it to its end")]
Kind = Annotated[
    str, typer.Argument(help="做什么：assess（评估）、ingest（入库）、inventory（清单） · what to do", metavar="KIND")
]
OFTEN = 0.5
"""How often a job that is followed is looked at. [s]"""


@app.command("list")
def list_all(folder: Folder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出任务 · list the jobs of a city."""
    city = df.open_city(folder)
    found = df.list_jobs(city)
    if as_json:
        print_json([df.job_document(one) for one in found])
        return
    language = read_language(lang)
    heads = say(language, "编号 任务 状态 完成 发起 结果", "id job state done by run").split()
    rows = [[one.id, one.kind, one.state, f"{one.share:.0%}", one.who, one.run or "—"] for one in found]
    console().print(grid(city.label.read(language), heads, rows))


@app.command()
def start(folder: Folder, kind: Kind = "assess", wait: Wait = False, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """发起任务，在后台进行 · ask for work; it is done in the background."""
    from dafeng.work.job_lock import is_busy, launch
    from dafeng.work.jobs import AGAIN

    city = df.open_city(folder)
    made = df.start_job(city, kind=kind, who=getuser())
    if not is_busy(city):
        launch(city)
    if made.again and not as_json:
        console().print(AGAIN.read(read_language(lang)))
    _show(city, made, read_language(lang), wait=wait, as_json=as_json)


@app.command()
def show(folder: Folder, name: Name, wait: Wait = False, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """查看一项任务 · show a job."""
    city = df.open_city(folder)
    _show(city, df.find_job(city, name), read_language(lang), wait=wait, as_json=as_json)


@app.command()
def cancel(folder: Folder, name: Name, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """取消任务，上一次的结果不变 · stop a job; the former results stay."""
    city = df.open_city(folder)
    _show(city, df.cancel_job(city, name, who=getuser()), read_language(lang), wait=False, as_json=as_json)


def _show(city: df.City, job: df.Job, language: Language, *, wait: bool, as_json: bool) -> None:
    from dafeng.work.job_findings import find_findings

    if wait:
        job = _follow(city, job, quiet=as_json)
    found = find_findings(city, job)
    if as_json:
        print_json({**df.job_document(job, moves=df.job_moves(city, job.id), findings=found), **_list_findings(found)})
        return
    out = console()
    doing = f" · {job.progress.label.read(language)}" if job.progress is not None and job.live else ""
    out.print(f"{job.id} {job.kind} {job.state} {job.share:.0%}{doing}{f' · {job.run}' if job.run else ''}")
    if job.says:
        out.print(" ".join(str(job.says[part][language]) for part in ("what", "expected", "remedy") if part in job.says))
    _show_findings(city, found, language)
    _show_moves(city, job, language)


def _follow(city: df.City, job: df.Job, *, quiet: bool) -> df.Job:
    with progress(quiet=quiet) as report:
        while job.live:
            time.sleep(OFTEN)
            job = df.find_job(city, job.id)
            if report is not None and job.progress is not None:
                report(job.progress.label, job.share)
    return job


def _list_findings(found: JobFindings | None) -> dict[str, Any]:
    """The findings themselves beside their number."""
    return {"listed": found.lines.window(0, found.lines.count)} if found is not None else {}


def _show_findings(city: df.City, found: JobFindings | None, language: Language) -> None:
    from dafeng.work.job_findings import findings_document

    if found is None:
        return
    told = findings_document(found)
    console().print(say(language, f"问题 {told['total']} 个：{_count(told)}", f"{told['total']} findings: {_count(told)}"))
    if found.refused:
        files = ", ".join(found.refused)
        console().print(say(language, f"未入库的文件：{files}", f"files that were not taken in: {files}"))
    if found.upload:
        place = f"/{city.slug}/deliver/{found.upload}/"
        console().print(say(language, f"在服务器的页面 {place} 上查看", f"see them on the page {place} of the server"))
        return
    rows = [[one["severity"], one["at"], one["says"][language], one["remedy"][language]]
            for one in found.lines.window(0, found.lines.count)]  # fmt: skip
    if rows:
        heads = say(language, "级别 位置 问题 处理", "severity place problem remedy").split()
        console().print(grid(say(language, "发现", "findings"), heads, rows))


def _count(told: Mapping[str, Any]) -> str:
    return ", ".join(f"{kind} {number}" for kind, number in told["counts"].items())


def _show_moves(city: df.City, job: df.Job, language: Language) -> None:
    moves = df.job_moves(city, job.id)
    if moves is None:
        return
    heads = say(language, "数 年份 上次 本次 单位", "figure year before now unit").split()
    listed = [*moves.verdicts, *moves.totals, *moves.indicators]
    rows = [
        [one.zh if language == "zh" else one.en, str(one.year or ""), _text(one.before), _text(one.after), one.unit]
        for one in listed
    ]
    console().print(grid(city.label.read(language), heads, rows) if rows else say(language, "没有变化", "nothing moved"))


def _text(value: float | str | None) -> str:
    return "—" if value is None else value if isinstance(value, str) else f"{value:,.6g}"
