"""``dafeng scenarios``: choices side by side, changed and exchanged with the same words as on the page.

Invariant: the figures printed, those in JSON and those in files are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, read_language, say
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language

if TYPE_CHECKING:
    from dafeng.work.scenarios import ScenarioTable

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
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="改好的工作簿，或 IAMC 表中的给定量 · edited workbook, or given quantities of an IAMC table"
        ),
    ] = None,
    compare: Annotated[Path | None, typer.Option("--compare", help="与 IAMC 表逐值比较 · compare with an IAMC table")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="写成可修改的工作簿 · write a workbook to edit")] = None,
    iamc: Annotated[Path | None, typer.Option("--iamc", help="写成 IAMC 表（csv、xlsx）· write an IAMC table")] = None,
    save: Annotated[str | None, typer.Option("--save", help="存为本市情景的代号 · keep it as a scenario of the city")] = None,
    label: Annotated[str | None, typer.Option("--label", help="所存情景的名称：中文|English · its name")] = None,
    who: Annotated[str, typer.Option("--who", help="谁保存的 · who keeps it")] = "local",
    replace: Annotated[bool, typer.Option("--replace", help="替换他人保存的同名情景 · replace another's")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")] = "zh",
) -> None:
    """情景：并列比较、调整、导入导出 · scenarios side by side, changed, in and out."""
    from dafeng.work.scenario_files import compare_document
    from dafeng.work.scenario_save import is_own, scenario_label

    city, language = df.open_city(folder), read_language(lang)
    table = df.scenarios(city, scenario=scenario or (), levers=_pairs(lever), events=event or (), sets=sets or ())
    if source is not None:
        table = table.beside(df.read_scenario(table.live, source))
    document = df.scenarios_document(table)
    if save is not None:
        zh, _, en = (label or save).partition("|")
        seen = None if replace or is_own(city, save, who=who) else ""
        title = scenario_label(zh, en or zh)
        df.save_scenario(city, table.live, table.answers[-1].choice, id=save, label=title, who=who, seen=seen)
        document["saved"] = save
    document["files"] = [str(path) for path in df.save_scenarios(table, xlsx=xlsx, iamc=iamc)]
    compared = df.read_iamc(compare) if compare is not None else None
    if compared is not None:
        document["compared"] = compare_document(table, compared)
    if as_json:
        print_json(document)
        return
    _show(table, language)
    if compared is not None:
        _show_compared(document["compared"], language)
    for path in document["files"]:
        console().print(say(language, f"已写入 {path}", f"wrote {path}"))


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
    from dafeng.work.scenario_chance import find_chance
    from dafeng.work.scenarios import label_choice
    from dafeng.work.wording import odds

    names = [label_choice(table.live, answer.choice).read(language) for answer in table.answers]
    heads = [say(language, "口径", "view"), say(language, "年", "year"), *names]
    rows = [
        [
            say(language, "CO2 峰值年（中值路径）", "peak year of CO2 (middle path)"),
            "",
            *(str(one.peak[0]) for one in table.answers),
        ],
        [
            say(language, "2030年前达峰概率（含模型自身误差）", "chance of a peak before 2030, model error within"),
            "",
            *(odds(find_chance(table.live, one.choice).before) for one in table.answers),
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
        console().print(finding.says.read(language))
    for said in _stored(table):
        console().print(said.read(language))


def _stored(table: ScenarioTable) -> Iterator[Label]:
    """What the newest assessment says of the scenarios shown, where there is one."""
    from dafeng.work.frozen import read_traces
    from dafeng.work.scenario_published import find_published, tell_published

    run = table.city.runs.latest()
    traces = {} if run is None else read_traces(table.city, run.id)
    for answer in (one for one in table.answers if one.choice.is_stored):
        found = find_published(run.id if run else "", traces, answer.choice)
        if found is not None:
            yield tell_published(found, table.live.name(found.scenario), answer)


def _show_compared(compared: Mapping[str, Any], language: Language) -> None:
    names = compared["scenarios"]
    heads = [say(language, "变量", "variable"), say(language, "对方情景", "its scenario"), say(language, "年", "year"),
             say(language, "对方", "theirs"), *names]  # fmt: skip
    rows = [
        [
            f"{one['variable']} [{one['unit']}]",
            one["scenario"],
            str(one["year"]),
            f"{one['value']:,.4g}",
            *(f"{value:,.4g}" for value in one["own"]),
        ]
        for one in compared["rows"]
    ]
    console().print(grid("", heads, rows, right=tuple(range(2, len(heads)))))
    for finding in compared["findings"]:
        console().print(f"{finding['at']}: {finding['says'][language]}")
