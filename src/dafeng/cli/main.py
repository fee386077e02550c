"""``dafeng``: one command per verb.

Invariant: whatever a user types or hands in, the answer is a result, or a message that says what, where, expected
and remedy; a traceback is a defect of this program.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import dafeng as df
from dafeng.cli import (
    aggregating,
    allowances,
    balances,
    briefs,
    budgeting,
    correction,
    counting,
    crediting,
    energy,
    enterprises,
    factors,
    hindcasts,
    hours,
    inclusion,
    jobs,
    ledger,
    ledger_audit,
    ledger_lists,
    ledger_statements,
    ledger_states,
    listing,
    locks,
    maps,
    markets,
    measures,
    methods,
    networks,
    planning,
    projecting,
    publishing,
    quality,
    remote,
    remote_lists,
    reports,
    reviewing,
    scenarios,
    users,
    weather_years,
)
from dafeng.cli.plain import write_error
from dafeng.cli.printing import console, print_json, read_language, refusal_document, say
from dafeng.core.errors import DafengError
from dafeng.core.threads import add_in_one_piece


def _with_groups(made: typer.Typer) -> typer.Typer:
    """The command line with its groups of commands."""
    made.add_typer(reviewing.app, name="review")
    made.add_typer(users.app, name="user")
    remote.app.add_typer(remote_lists.app)
    made.add_typer(remote.app, name="remote")
    made.add_typer(jobs.app, name="job")
    made.add_typer(budgeting.app, name="budget")
    made.add_typer(enterprises.app, name="enterprise")
    markets.app.add_typer(markets.auctions, name="auction")
    made.add_typer(markets.app, name="market")
    made.add_typer(inclusion.app, name="inclusion")
    ledger.app.add_typer(ledger_states.app)
    ledger.app.add_typer(ledger_lists.app)
    ledger.app.add_typer(ledger_statements.app)
    ledger.app.add_typer(ledger_audit.app)
    made.add_typer(ledger.app, name="ledger")
    made.add_typer(quality.app)
    made.add_typer(factors.app, name="factors")
    energy.app.add_typer(networks.app)
    energy.app.add_typer(weather_years.app)
    made.add_typer(energy.app, name="energy")
    made.add_typer(hours.app)
    made.add_typer(maps.app, name="map")
    made.add_typer(counting.app)
    made.add_typer(measures.app)
    made.add_typer(locks.app)
    made.add_typer(aggregating.app)
    made.add_typer(methods.app)
    made.add_typer(briefs.app)
    made.add_typer(reports.app)
    made.add_typer(hindcasts.app)
    made.add_typer(planning.app)
    made.add_typer(scenarios.app)
    made.add_typer(publishing.app)
    made.add_typer(allowances.app, name="allowance")
    made.add_typer(crediting.app, name="credit")
    return made


app = _with_groups(
    typer.Typer(
        name="dafeng",
        help="达峰：城市双碳综合管理平台 · the open-source city dual-carbon platform",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
CityFolder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Provisional = Annotated[bool, typer.Option("--provisional", help="允许证据不足的因子并标注 · allow weak evidence, marked")]
Segments = Annotated[
    int | None,
    typer.Option("--segments", min=1, max=8784, help="定容量的时段数，8760 即逐时 · segments, 8760 is every hour"),
]
Year = Annotated[int | None, typer.Option("--year", min=1990, max=2100, help="评估年份 · assessment year")]


def main() -> None:
    """Run the command line.

    Raises
    ------
    SystemExit
        With 2 where an input was refused.
    """
    add_in_one_piece()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except BrokenPipeError:
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        sys.stderr.write("已取消。\ncancelled.\n")
        raise SystemExit(130) from None
    except DafengError as refusal:
        if "--json" in sys.argv:
            print_json(refusal_document(refusal))
        write_error(f"{refusal.read('zh')}\n{refusal.read('en')}")
        raise SystemExit(2) from None
    except OSError as cause:
        at = cause.filename or "dafeng"
        write_error(f"{at}：无法读写（{cause.strerror}）；处理：检查路径、权限和磁盘空间。")
        write_error(f"{at}: cannot be read or written ({cause.strerror}). Remedy: check path, permissions and disk space.")
        raise SystemExit(2) from None


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="新城市文件夹 · new folder", metavar="DIR")],
    place: Annotated[str, typer.Option(help="行政区划代码 · administrative code")],
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """新建城市文件夹 · make a new, empty city."""
    city = df.init(folder, place=place)
    if as_json:
        print_json({"city": str(city.folder), "place": city.code, "label": {"zh": city.label.zh, "en": city.label.en}})
    else:
        console().print(
            say(read_language(lang), f"已建立 {city.label.zh}：{city.folder}", f"made {city.label.en}: {city.folder}")
        )


@app.command("open-city")
def open_city(folder: CityFolder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """打开城市文件夹 · open a city folder and say what is in it."""
    listing.show_city(df.open_city(folder), read_language(lang), as_json=as_json)


@app.command()
def ingest(
    folder: CityFolder,
    files: Annotated[
        list[Path] | None, typer.Argument(help="要入库的文件；缺省为 data/ 与 inbox/ · files", metavar="[FILE]...")
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", min=1949, max=2100, help="平衡表没有写明的年份 · year of a balance without one")
    ] = None,
    units: Annotated[
        list[str] | None,
        typer.Option("--unit", help="表头单位有误时指明，如 natural_gas=亿立方米 · a unit instead of a wrong heading"),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="列名=字段，如 数量=value · heading=column; remembered", metavar="列名=字段"),
    ] = None,
    kept: Annotated[
        str, typer.Option("--as-reported", help="有错误的数按原报入库的理由 · why figures with errors are kept")
    ] = "",
    left: Annotated[str, typer.Option("--leave-out", help="有错误的数不入库的理由 · why they are left out")] = "",
    who: Annotated[str, typer.Option("--who", help="由谁决定 · who decides on errors")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """入库：文件 → 事实 · take in files; nothing is altered, everything is hashed."""
    stated = {name: text for name, _, text in (one.partition("=") for one in units or ())}
    named = correction.mapping(columns)
    taken = df.ingest(df.open_city(folder), files, year=year, units=stated, mapping=named, kept=kept, left=left, who=who)
    listing.show_ingest(taken, read_language(lang), as_json=as_json)


@app.command()
def template(
    folder: CityFolder,
    field: Annotated[
        str, typer.Argument(help="领域 · industry, energy, buildings, transport, forestry, agriculture", metavar="FIELD")
    ],
    out: Annotated[Path, typer.Option("--out", help="写到 · file to write")],
    year: Year = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """填报模板：某领域某年 · a spreadsheet template for one field and year."""
    content = df.template(df.open_city(folder), field, year=year)
    out.write_bytes(content)
    if as_json:
        print_json({"file": str(out), "bytes": len(content)})
    else:
        console().print(
            say(
                read_language(lang),
                f"已写入 {out}，填好后用 dafeng ingest 入库",
                f"wrote {out}; fill it in and take it in with dafeng ingest",
            )
        )


@app.command()
def audit(
    folder: CityFolder,
    year: Year = None,
    factors: Annotated[
        Path | None, typer.Option("--factors", help="一并审核自带因子 fuel,value,unit,source · supplied factors to audit too")
    ] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """审核：事实 × 规则 → 问题 · audit the facts."""
    listing.show_findings(df.audit(df.open_city(folder), year=year, factors=factors), read_language(lang), as_json=as_json)


@app.command()
def correct(
    folder: CityFolder,
    fact: Annotated[
        str | None, typer.Argument(help="事实编号，或 文件!工作表!单元格 · a fact's id, or its cell", metavar="[FACT]")
    ] = None,
    value: Annotated[str | None, typer.Option("--value", help="更正后的数值 · the value that counts from now on")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="单位，缺省同原报 · its unit")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="理由 · why")] = None,
    who: Annotated[str, typer.Option("--who", help="谁作的更正 · by whom")] = "",
    accept: Annotated[str | None, typer.Option("--accept", help="采纳审核建议的编号 · id of a suggestion of the audit")] = None,
    sure: Annotated[bool, typer.Option("--sure", help="审核存疑仍用此值 · keep it although the audit doubts it")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """更正一个数：原报值与更正值都保留 · give a reported figure another value; both stay."""
    asked = correction.Asked(fact, value, unit, reason, who, accept, sure)
    correction.show([correction.correct(df.open_city(folder), asked)], read_language(lang), as_json=as_json)


@app.command()
def corrections(folder: CityFolder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出更正：原报、更正、理由、何人何时 · list all corrections with both values."""
    correction.show(df.corrections(df.open_city(folder)), read_language(lang), as_json=as_json)


@app.command()
def balance(
    folder: CityFolder,
    year: Year = None,
    view: Annotated[str | None, typer.Option(help="只要一个口径，如 total_equivalent · one view")] = None,
    imported: Annotated[
        str | None,
        typer.Option(help="外来电非化石部分的口径：none、own_mix、province_mix、published、whole · rule shown first"),
    ] = None,
    sankey: Annotated[bool, typer.Option("--sankey", help="输出能流图的 JSON · print the energy flows as JSON")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """能源平衡：标准量、官方口径、审核、能流图 · energy balance: standard quantities, official views, audit, flows."""
    found = df.balance(df.open_city(folder), year=year, imported=imported)
    balances.show_balance(found, read_language(lang), as_json=as_json, view=view, sankey=sankey)


@app.command()
def measure(folder: CityFolder, year: Year = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """测算指标 · compute the indicators."""
    city = df.open_city(folder)
    listing.show_scores(df.measure(city, df.account(city, year=year)), read_language(lang), as_json=as_json)


@app.command()
def judge(folder: CityFolder, year: Year = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """评价目标 · judge the targets of the plan."""
    listing.show_assessment(df.assess(folder, year=year, save=False), read_language(lang), as_json=as_json, part="verdicts")


@app.command()
def project(
    folder: CityFolder,
    scenario: Annotated[str | None, typer.Option(help="情景 · scenario")] = None,
    draws: Annotated[int, typer.Option(help="抽样次数 · draws")] = 10_000,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """预测路径与达峰年份 · project pathways and the peak year."""
    city = df.open_city(folder)
    projecting.show_projection(
        df.project(city, city.read_plan(), scenario=scenario, draws=draws), read_language(lang), as_json=as_json
    )


@app.command()
def present(folder: CityFolder, year: Year = None, as_json: AsJson = False) -> None:
    """生成冻结的驾驶舱与报表 · write the frozen cockpit and workbook of the latest run."""
    city = df.open_city(folder)
    site = df.present(city, city.read_plan(), year=year)
    if as_json:
        print_json({"run": site.run, "files": [str(path) for path in site.files]})
    else:
        console().print("\n".join(str(path) for path in site.files))


@app.command()
def explain(
    folder: CityFolder,
    address: Annotated[str, typer.Argument(help="地址或关键词 · address, or words to look for", metavar="ADDRESS")],
    depth: Annotated[int | None, typer.Option(help="层数 · levels to walk down", min=1)] = None,
    all_inputs: Annotated[bool, typer.Option("--all", help="全部各层各项 · every level and input")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """追溯一个数：条款、因子、单元格 · walk a number down to clause, factor and cell."""
    listing.show_explanation(df.open_city(folder), address, read_language(lang), depth=depth, whole=all_inputs, as_json=as_json)


@app.command()
def assess(
    folder: CityFolder, year: Year = None, segments: Segments = None, as_json: AsJson = False, lang: Tongue = "zh"
) -> None:
    """全流程评估一个城市 · run every verb for a city and freeze the assessment."""
    with listing.progress(quiet=as_json) as report:
        assessment = df.assess(folder, year=year, report=report, segments=segments)
    listing.show_assessment(assessment, read_language(lang), as_json=as_json, part="all")


@app.command()
def serve(
    folders: Annotated[list[Path] | None, typer.Argument(help="城市文件夹 · city folders", metavar="CITY...")] = None,
    city: Annotated[list[Path] | None, typer.Option(help="城市文件夹，可重复 · a city folder, may be repeated")] = None,
    port: Annotated[int, typer.Option(help="端口 · port", min=1, max=65535)] = 8600,
    host: Annotated[str, typer.Option(help="监听地址 · address to listen on")] = "127.0.0.1",
    public: Annotated[bool, typer.Option("--public", help="只开公开页 · only the public pages")] = False,
    closed: Annotated[bool, typer.Option("--closed", help="内部页须登录 · internal pages need a login")] = False,
    name: Annotated[list[str] | None, typer.Option("--name", help="本服务器的域名 · host name of this server")] = None,
) -> None:
    """启动驾驶舱 · serve the cockpit."""
    from dafeng.web.server import Entrance, read_views
    from dafeng.web.server import serve as serve_cities

    if not (named := [*(folders or ()), *(city or ())]):
        raise typer.BadParameter("缺少城市文件夹 · name a city folder", param_hint="CITY...")
    opened = [df.open_city(folder) for folder in named]
    stored, lacking = read_views(opened)
    for cause in lacking:
        write_error(f"{cause.read('zh')}\n{cause.read('en')}")
    serve_cities(stored, port=port, host=host, offices=opened, entrance=Entrance(public, closed, tuple(name or ())))


if __name__ == "__main__":
    main()
