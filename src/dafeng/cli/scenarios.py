"""``dafeng scenarios``: choices side by side, changed and exchanged with the same words as on the page.

Invariant: the figures printed, those in JSON and those in files are the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, read_language, say
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language
from dafeng.work.scenarios import ScenarioTable, label_choice

app = typer.Typer()
SHOWN = (
    "co2",
    "co2_consumed",
    "energy",
    "coal_use",
    "produced_share",
    "consumed_share",
    "averaged_share",
    "consumption",
    "exported",
)
"""Views that a terminal shows."""
YEARS = (2020, 2030, 2035, 2060)


@app.command()
def scenarios(
    folder: Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")],
    scenario: Annotated[list[str] | None, typer.Option("--scenario", help="情景；叠加写 plan+own · scenario, plan+own")] = None,
    lever: Annotated[list[str] | None, typer.Option("--lever", help="滑杆=数值，如 nuclear=9000 · slider=value")] = None,
    event: Annotated[list[str] | None, typer.Option("--event", help="发生的事件，如 yulong_2 · event that happens")] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", help="数量/成员/年份=数值 · quantity/member/year=value", metavar="Q/M/Y=V")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")] = "zh",
) -> None:
    """情景：并列比较、调整、导入导出 · scenarios side by side, changed, in and out."""
    table = df.scenarios(
        df.open_city(folder), scenario=scenario or (), levers=_pairs(lever), events=event or (), sets=sets or ()
    )
    if as_json:
        print_json(df.scenarios_document(table))
    else:
        _show(table, read_language(lang))


def _pairs(given: list[str] | None) -> dict[str, str]:
    found = {}
    for one in given or ():
        name, sign, value = one.partition("=")
        if not sign or not value.strip():
            raise SettingError(
                Label(f"“{one}”不是 滑杆=数值", f"'{one}' is not slider=value"),
                where="--lever",
                expected=Label("如 nuclear=9000", "e.g. nuclear=9000"),
                remedy=Label("补上等号和数值", "add the equals sign and the value"),
            )
        found[name.strip()] = value
    return found


def _show(table: ScenarioTable, language: Language) -> None:
    names = [label_choice(table.live, answer.choice).read(language) for answer in table.answers]
    heads = [say(language, "口径", "view"), say(language, "年", "year"), *names]
    rows = [
        [
            say(language, "CO2 峰值年（中值路径）", "peak year of CO2 (middle path)"),
            "",
            *(str(one.peak[0]) for one in table.answers),
        ],
        *(
            [
                f"{view.label.read(language)} [{view.unit}]",
                str(year),
                *(f"{one.value(view.id, year):,.4g}" for one in table.answers),
            ]
            for view in table.live.views
            if view.id in SHOWN
            for year in YEARS
        ),
    ]
    console().print(grid("", heads, rows, right=tuple(range(1, len(heads)))))
    for finding in table.findings:
        console().print(finding.says.read(language), markup=False)
