"""``dafeng map``: a boundary file of one's own with its approval number, and what a city keeps of it.

Invariant: what is refused is told with the reason and changes nothing.
"""

from __future__ import annotations

from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, print_json, read_language, say
from dafeng.core.labels import Language

app = typer.Typer(help="区市地图：导入自有边界及其审图号 · the map of districts", no_args_is_help=True)

CityFolder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]


@app.command("import")
def import_file(
    folder: CityFolder,
    file: Annotated[Path, typer.Argument(help="GeoJSON 边界文件 · boundary file", metavar="FILE")],
    approval: Annotated[str, typer.Option("--approval", help="审图号，如 GS(2019)1822号 · approval number")] = "",
    system: Annotated[str, typer.Option("--system", help="坐标系：CGCS2000 或 WGS84 · coordinate system")] = "",
    source: Annotated[str, typer.Option("--source", help="来源：发布单位和图名 · who published it")] = "",
    day: Annotated[str, typer.Option("--date", help="发布日期，如 2024-05-01 · when it was published")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """导入边界 · take a boundary file in; pages, wall and frozen copies draw it from then on."""
    city = df.open_city(folder)
    made = df.map_document(df.import_map(city, file, approval=approval, system=system, source=source, day=day))
    _show(made, read_language(lang), as_json=as_json)


@app.command()
def remove(folder: CityFolder, lang: Tongue = "zh") -> None:
    """移除边界，页面恢复示意格子图 · remove the boundary; pages show the schematic tiles again."""
    from dafeng.work.map_drafts import remove_map

    city = df.open_city(folder)
    kept = df.read_outline(city)
    remove_map(city, seen=kept["sha256"] if kept is not None else "", who=getuser())
    _show(None, read_language(lang), as_json=False)


@app.command()
def show(folder: CityFolder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """已导入的边界 · the boundary that a city keeps."""
    _show(df.read_outline(df.open_city(folder)), read_language(lang), as_json=as_json)


def _show(made: dict[str, Any] | None, language: Language, *, as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    out = console()
    if made is None:
        out.print(say(language, "没有导入边界，页面使用示意格子图", "no boundary was imported; pages show the schematic tiles"))
        return
    for zh, en in _lines(made):
        out.print(say(language, zh, en))


def _lines(made: dict[str, Any]) -> list[tuple[str, str]]:
    told = f"{made['approval']} · {made['system']} · {made['file']}"
    count, given, points, moved, lost = (
        len(made["shapes"]),
        *(made[name] for name in ("given", "points", "moved", "left_out")),
    )
    lines = [
        (f"审图号 {told}", f"approval {told}"),
        (f"sha256 {made['sha256']}", f"sha256 {made['sha256']}"),
        (
            f"{count} 个区市；{given} 个点简化为 {points} 个，最大偏移 {moved} 米，略去过小的环 {lost} 个",
            f"{count} districts; {given} points became {points}, moved by at most {moved} m, {lost} tiny rings left out",
        ),
    ]  # fmt: skip
    if made.get("source"):
        told = " ".join(filter(None, (made["source"], made["day"])))
        lines.insert(1, (f"来源 {told}", f"source {told}"))
    if made["dropped"]:
        names = ", ".join(made["dropped"])
        lines.append((f"未取用的属性：{names}", f"properties not taken: {names}"))
    if made["missing"]:
        zh, en = ("、".join(one["zh"] for one in made["missing"]), ", ".join(one["en"] for one in made["missing"]))
        lines.append((f"文件未单独绘出：{zh}", f"not drawn on their own: {en}"))
    return lines
