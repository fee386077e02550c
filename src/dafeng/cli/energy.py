"""``dafeng energy …``: the city's energy system, hour by hour.

Invariant: table and JSON show the same figures; a synthetic series is never shown without saying so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_findings, print_json, read_language, say
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language

if TYPE_CHECKING:
    from dafeng.energy.user_series.import_series import Brought
    from dafeng.work.profiles import HourlyProfiles

app = typer.Typer(help="城市能源系统逐时模型 · the city's energy system, hour by hour", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
_ORIGINS: Mapping[str, Label] = {
    "measured": Label("● 实测", "● measured"),
    "derived": Label("▲ 由实测气象推算", "▲ derived"),
    "synthetic": Label("◇ 合成", "◇ synthetic"),
}


@app.callback()
def _group() -> None:
    """城市能源系统逐时模型 · the city's energy system, hour by hour."""


@app.command()
def profiles(
    place: Annotated[str, typer.Argument(help="行政区划代码，如 370600 · administrative code", metavar="PLACE")],
    years: Annotated[int, typer.Option("--years", help="天气年数；1 为典型年 · how many weather years")] = 1,
    only: Annotated[list[str] | None, typer.Option("--only", help="只要这条曲线，可重复 · only this profile")] = None,
    file: Annotated[Path | None, typer.Option("--from", help="自有曲线：CSV 或 netCDF · series of your own")] = None,
    name: Annotated[list[str] | None, typer.Option("--name", help="列名=曲线名，可重复 · COLUMN=PROFILE")] = None,
    origin: Annotated[str | None, typer.Option("--origin", help="measured 或 derived · what the series are")] = None,
    source: Annotated[str | None, typer.Option("--source", help="出处 · where they come from")] = None,
    year: Annotated[int | None, typer.Option("--year", help="文件中的年份 · calendar year in the file")] = None,
    zone: Annotated[float | None, typer.Option("--zone", help="文件的时区，如 0、8 · clock of the file")] = None,
    capacity_mw: Annotated[
        float | None, typer.Option("--capacity-mw", help="功率换算比率的容量 · capacity behind power")
    ] = None,
    fill_hours: Annotated[int, typer.Option("--fill-hours", help="可填补的最长缺口 · longest gap that may be filled")] = 0,
    out: Annotated[Path | None, typer.Option("--out", help="写成 .csv、.parquet 或 .json · write a file")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """逐时曲线：风、光、负荷、热、价，或你自己的 · hourly profiles, made or your own."""
    language = read_language(lang)
    brought = []
    if file is not None:
        names = _pairs(name) if name else None
        options = {"source": source, "year": year, "zone": zone, "capacity_mw": capacity_mw, "fill_hours": fill_hours}
        brought.append(df.import_profiles(file, origin=_origin(origin), names=names, **cast("dict[str, Any]", options)))
    found = df.profiles(place, years=years, names=only, imports=brought)
    written = df.save_profiles(found, out) if out is not None else None
    _show(found, written, language, as_json=as_json)


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        column, sign, profile = text.rpartition("=")
        if not (sign and column.strip() and profile.strip()):
            raise _bad_option(
                "--name", text, "列名=曲线名，如 electricity=offshore_wind", "COLUMN=PROFILE, as electricity=offshore_wind"
            )
        found[column.strip()] = profile.strip()
    return found


def _origin(text: str | None) -> Brought:
    from dafeng.energy.user_series.import_series import Brought

    if text not in get_args(Brought):
        raise _bad_option("--origin", text or "", "measured（实测）或 derived（推算）", "measured or derived")
    return cast("Brought", text)


def _bad_option(where: str, text: str, zh: str, en: str) -> SettingError:
    return SettingError(
        Label(f"“{text}”不能用", f"'{text}' cannot be used"),
        where=where,
        expected=Label(zh, en),
        remedy=Label("改正该选项", "correct the option"),
    )


def _show(found: HourlyProfiles, written: Path | None, language: Language, *, as_json: bool) -> None:
    document = df.profiles_document(found)
    if as_json:
        print_json({**document, "file": str(written) if written else None})
        return
    shown = console()
    heads = say(
        language, "曲线 性质 单位 全年合计 均值 最小 最大 出处", "profile origin unit sum mean least most source"
    ).split()
    title = say(
        language,
        f"{found.place} 逐时曲线，{len(found.years)} 个天气年",
        f"hourly profiles of {found.place}, {len(found.years)} weather years",
    )
    shown.print(grid(title, heads, _rows(document["profiles"], language), right=(3, 4, 5, 6)))
    if document["calibrations"]:
        heads = say(
            language, "曲线 公布小时 等级 校准前 校准后 系数 出处", "profile published grade before after factor source"
        ).split()
        title = say(language, "利用小时校准", "calibration to full-load hours")
        shown.print(grid(title, heads, _corrections(document["calibrations"], language), right=(1, 3, 4, 5)))
    print_findings(found.findings, language)
    if written:
        shown.print(say(language, f"已写入 {written}", f"wrote {written}"))


def _rows(rows: Sequence[Mapping[str, Any]], language: Language) -> Iterator[list[str]]:
    for row in rows:
        spread = f" ± {row['spread']:,.0f}" if row["spread"] is not None else ""
        total = f"{row['sum']:,.1f}{spread}" if row["sum"] is not None else "-"
        figures = (total, f"{row['mean']:.4f}", f"{row['least']:.3f}", f"{row['most']:.3f}")
        yield [row["name"], _ORIGINS[row["origin"]].read(language), row["unit"], *figures, row["source"]]


def _corrections(rows: Sequence[Mapping[str, Any]], language: Language) -> Iterator[list[str]]:
    for row in rows:
        stated = row["stated"]
        known = [f"{stated['value']:,.0f}", stated["grade"]] if stated else ["-", "-"]
        source = stated["source"] if stated else say(language, f"同 {row['of']}", f"as {row['of']}")
        yield [row["profile"], *known, f"{row['before']:,.1f}", f"{row['after']:,.1f}", f"{row['factor']:.4f}", source]
