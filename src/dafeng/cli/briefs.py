"""``dafeng brief``: two pages in plain words from the latest run.

Invariant: formats and computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

import dafeng as df
from dafeng.cli.plain import plain_text
from dafeng.cli.printing import console, print_json, read_language, say
from dafeng.core.labels import Language

app = typer.Typer()


@app.command()
def brief(
    folder: Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")],
    out: Annotated[Path | None, typer.Option("--out", help="写入该文件夹 · write the file into this folder")] = None,
    form: Annotated[str, typer.Option("--format", help="pdf 或 docx · pdf or docx")] = "pdf",
    run: Annotated[str | None, typer.Option(help="评估编号，默认最近一次 · run, the latest by default")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--language", "--lang", help="zh 或 en · language")] = "zh",
) -> None:
    """两页简报：达峰、兑现、矛盾、落后、补救 · two pages in plain words, every figure addressed."""
    language = read_language(lang)
    written = df.brief(df.open_city(folder), run=run)
    path = None if out is None else out / df.name_brief(written["slug"], language, form)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        df.save_brief(written, path, language=language)
    if as_json:
        print_json(written)
    elif path is not None:
        console().print(str(path))
    else:
        _show(written, language)


def _show(written: Mapping[str, Any], language: Language) -> None:
    console().rule(f"{written['city'][language]} · {written['title'][language]} · {written['run']}")
    for section in written["sections"]:
        console().print("\n", plain_text(section["title"][language], style="bold"), sep="")
        for sentence in section["sentences"]:
            text = "".join(part if isinstance(part, str) else part["text"] for part in sentence[language])
            console().print(text if sentence["kind"] == "answer" else f"▪ {text}")
    omitted = [row["about"][language] for row in written["omitted"]]
    if omitted:
        said = say(language, "因缺数字而没有写入：", "left out because the figures do not exist: ")
        console().print(f"\n{said}{say(language, '、', '; ').join(omitted)}")
