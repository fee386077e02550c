"""``dafeng report``: the assessment report as a file, in one's own template.

Invariant: formats and computes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import dafeng as df
from dafeng.cli.printing import console, read_language
from dafeng.store.files import write_whole

app = typer.Typer()


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")],
    out: Annotated[Path, typer.Option("--out", help="写入该文件夹 · write the file into this folder")] = Path(),
    form: Annotated[str, typer.Option("--format", help="docx、pdf、xlsx 或 json · form of the file")] = "docx",
    kind: Annotated[str, typer.Option(help="报告种类 · kind of report")] = "assessment",
    template: Annotated[Path | None, typer.Option(help="自己的模板（docx 或 xlsx） · your own template")] = None,
    blank: Annotated[bool, typer.Option("--blank", help="只写出空白模板 · write a template to start from")] = False,
    run: Annotated[str | None, typer.Option(help="评估编号，默认最近一次 · run, the latest by default")] = None,
    lang: Annotated[str, typer.Option("--language", "--lang", help="zh 或 en · language")] = "zh",
) -> None:
    """评估报告：公文格式，可用自己的模板 · the assessment report, in your own template if you like."""
    language, city = read_language(lang), df.open_city(folder)
    out.mkdir(parents=True, exist_ok=True)
    name = df.name_report(city.slug, language, form, kind=f"{kind}-template" if blank else kind)
    if blank:
        write_whole(out / name, df.report_template(form, kind=kind, language=language))
    else:
        df.save_report(city, out / name, kind=kind, language=language, template=template, run=run)
    console().print(str(out / name))
