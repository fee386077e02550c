"""``dafeng hindcast``: what the pathway engine would have said in a past year, against what was published.

Invariant: formats and computes nothing.
"""

from __future__ import annotations

from typing import Annotated

import typer

import dafeng as df
from dafeng.cli.printing import print_json, read_language

app = typer.Typer()


@app.command()
def hindcast(
    origin: Annotated[int, typer.Option(help="起点年 · year of origin")] = 2010,
    year: Annotated[int, typer.Option(help="比较年 · year compared")] = 2019,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")] = "zh",
) -> None:
    """从过去一年出发预测山东，再与公布值比较 · forecast Shandong from a past year and compare with what was published."""
    language = read_language(lang)
    found = df.hindcast(origin=origin, year=year)
    if as_json:
        print_json(df.hindcast_document(found))
        return
    from dafeng.cli.hindcast_tables import show_hindcast

    show_hindcast(found, language)
