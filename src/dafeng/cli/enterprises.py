"""``dafeng enterprise …``: carbon accounts of enterprises, authorisations, and reports for banks.

Invariant: a report leaves only through ``export``, which asks for the owner's authorisation and logs what it does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, explanation_tree, grid, print_findings, print_json, read_language, read_word, say
from dafeng.core.labels import Language

app = typer.Typer(help="企业碳账户：数据、评级、授权与信用报告 · enterprise carbon accounts", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Name = Annotated[str, typer.Argument(help="企业编号 · id of the enterprise", metavar="ENTERPRISE")]
Recipient = Annotated[str, typer.Option("--recipient", help="使用机构 · for whom")]
Purpose = Annotated[str, typer.Option("--purpose", help="用途 · what for")]
Year = Annotated[int | None, typer.Option("--year", min=1990, max=2100, help="年份 · the year")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]


@app.command("list")
def list_all(folder: Folder, year: Year = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出企业碳账户 · list the enterprise accounts of a city."""
    city, language = df.open_city(folder), read_language(lang)
    found = df.enterprises(city, year=year)
    told = df.enterprise_list(found)
    if as_json:
        print_json(told)
        return
    heads = say(
        language,
        "编号 名称 年份 能耗(tce) 排放(tCO2) 单位产值碳排放 评级 预警",
        "id name year energy(tce) emissions(tCO2) intensity grades warnings",
    ).split()
    rows = [
        [
            row["enterprise"],
            row["label"][language],
            str(row["year"]),
            *(_value(row[name]) for name in ("energy", "emissions", "emission_intensity")),
            _results(row["grades"], language),
            _results(row["warnings"], language),
        ]
        for row in told["rows"]
    ]
    console().print(grid(city.label.read(language), heads, rows, right=(3, 4, 5)))
    print_findings(found.findings, language)


@app.command()
def show(folder: Folder, name: Name, year: Year = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """查看一家企业的碳账户 · show the account of an enterprise."""
    language = read_language(lang)
    found = df.enterprises(df.open_city(folder), enterprise=name, year=year)
    told = df.enterprise_document(found, name)
    if as_json:
        print_json(told)
        return
    from dafeng.web.enterprise_views import name_unit

    out = console()
    title = f"{told['enterprise']} {told['label'][language]} {told['sector']}"
    heads = say(language, "年份 项目 数值 单位 地址", "year item value unit address").split()
    known = [one for one in told["figures"] if one["value"] is not None]
    rows = [[str(one["year"]), one["label"][language], one["value"], name_unit(one["unit"], language), one["address"]]
            for one in known]  # fmt: skip
    out.print(grid(title, heads, rows, right=(2,)))
    heads = say(language, "年份 项目 结果 地址", "year item result address").split()
    rows = [[str(one["year"]), one["label"][language], one["says"][language], one["address"]] for one in told["judgements"]]
    out.print(grid(say(language, "评价", "judgements"), heads, rows))
    lacking = len(told["figures"]) - len(known)
    out.print(say(language, f"另有 {lacking} 项未知，见 --json", f"{lacking} figures are unknown, see --json"))
    print_findings(found.findings, language)


@app.command()
def explain(
    folder: Folder,
    address: Annotated[str, typer.Argument(help="地址或说明中的词 · address, or words", metavar="ADDRESS")],
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """追溯一个数：公式、基准、单元格 · walk a figure down to formula, benchmark and cell."""
    found = df.explain_enterprise(df.open_city(folder), address)
    if as_json:
        print_json(found)
    else:
        console().print(explanation_tree(found, read_language(lang)))


@app.command()
def authorise(
    folder: Folder,
    name: Name,
    recipient: Recipient,
    purpose: Purpose,
    fields: Annotated[list[str], typer.Option("--field", help="可提供的内容，可重复 · what may be seen, may be repeated")],
    until: Annotated[str, typer.Option("--until", help="截止日 · last day")],
    letter: Annotated[Path, typer.Option("--letter", help="企业签署的授权书 · the owner's signed letter")],
    who: Annotated[str, typer.Option("--who", help="登记人 · who enters it")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """登记企业对金融机构的授权 · enter what an owner allows a bank to see."""
    city = df.open_city(folder)
    made = df.authorise(
        city,
        name,
        recipient=recipient,
        purpose=purpose,
        fields=fields,
        until=until,
        letter=letter,
        who=who or getuser(),
    )
    _show([made], city, read_language(lang), as_json=as_json)


@app.command()
def withdraw(
    folder: Folder,
    authorisation: Annotated[str, typer.Argument(help="授权编号 · id of the authorisation", metavar="AUTHORISATION")],
    who: Annotated[str, typer.Option("--who", help="登记人 · who enters it")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """撤回授权 · withdraw an authorisation."""
    city = df.open_city(folder)
    made = df.withdraw_authorisation(city, authorisation, who=who or getuser())
    _show([made], city, read_language(lang), as_json=as_json)


@app.command()
def authorisations(
    folder: Folder,
    name: Annotated[str | None, typer.Argument(help="企业编号 · id of the enterprise", metavar="[ENTERPRISE]")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出授权 · list what owners allowed."""
    city = df.open_city(folder)
    found = df.list_authorisations(city, enterprise=name)
    _show(list(found), city, read_language(lang), as_json=as_json)


@app.command()
def link(
    folder: Folder,
    name: Name,
    until: Annotated[str, typer.Option("--until", help="截止日 · last day")],
    who: Annotated[str, typer.Option("--who", help="制作人 · who makes it")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """制作企业链接：企业凭此自行授权，只显示一次 · make the owner's link; it is shown once."""
    from dafeng.work.owner_links import make_link

    city = df.open_city(folder)
    made, secret = make_link(city, name, until=until, who=who or getuser())
    place = f"/{city.slug}/owner/{secret}"
    if as_json:
        print_json({"id": made.id, "owner": made.owner, "until": made.until, "address": place})
    else:
        console().print(say(read_language(lang), f"{made.id}：{place}", f"{made.id}: {place}"))


@app.command()
def links(
    folder: Folder,
    name: Annotated[str | None, typer.Argument(help="企业编号 · id of the enterprise", metavar="[ENTERPRISE]")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出企业链接 · list the links of owners."""
    from dafeng.work.owner_links import list_links

    now = datetime.now(UTC)
    found = list_links(df.open_city(folder), enterprise=name)
    told = [{"id": one.id, "owner": one.owner, "until": one.until, "who": one.who, "state": one.state(now)} for one in found]
    if as_json:
        print_json(told)
        return
    language = read_language(lang)
    heads = say(language, "编号 企业 截止 状态 制作人", "id owner until state made-by").split()
    rows = [
        [one["id"], one["owner"], one["until"], read_word("link_state", one["state"], language), one["who"]] for one in told
    ]
    console().print(grid(say(language, "企业链接", "links of owners"), heads, rows))


@app.command("end-link")
def end(
    folder: Folder,
    id: Annotated[str, typer.Argument(help="链接编号 · id of the link", metavar="LINK")],
    who: Annotated[str, typer.Option("--who", help="停用人 · who ends it")] = "",
    lang: Tongue = "zh",
) -> None:
    """停用企业链接 · end a link."""
    from dafeng.work.owner_links import end_link

    ended = end_link(df.open_city(folder), id, who=who or getuser())
    console().print(say(read_language(lang), f"已停用：{ended.id}", f"ended: {ended.id}"))


@app.command()
def export(
    folder: Folder,
    name: Name,
    recipient: Recipient,
    purpose: Purpose,
    out: Annotated[Path, typer.Option("--out", help="写到 .json、.xlsx 或 .pdf · file to write")],
    fields: Annotated[list[str] | None, typer.Option("--field", help="内容，缺省为全部授权内容 · parts")] = None,
    who: Annotated[str, typer.Option("--who", help="经办人 · who hands it out")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """出具信用报告：须有企业授权 · write the report for a bank; refused without authorisation."""
    language = read_language(lang)
    made = df.export_credit(
        df.open_city(folder),
        name,
        out,
        recipient=recipient,
        purpose=purpose,
        who=who or getuser(),
        fields=fields,
        language=language,
    )
    if as_json:
        print_json({"file": str(out), "code": made["code"], "sha256": made["sha256"], "fields": made["body"]["fields"]})
    else:
        zh, en = f"已写入 {out}，验证码 {made['code']}", f"wrote {out}, verification code {made['code']}"
        console().print(say(language, zh, en))


@app.command()
def verify(
    folder: Folder,
    code: Annotated[str, typer.Argument(help="验证码 · verification code", metavar="CODE")],
    file: Annotated[Path | None, typer.Option("--file", help="要核对的文件 · file to check")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """核对信用报告的真伪与授权状态 · check a report and its authorisation."""
    language = read_language(lang)
    told = df.verify_credit(df.open_city(folder), code, path=file)
    if as_json:
        print_json(told)
    elif not told["known"]:
        console().print(say(language, "没有出具过这一验证码的报告", "no report with this code was handed out"))
    else:
        granted = told["authorisation"]
        console().print(f"{told['at']} {told['enterprise']} → {told['recipient']}: {told['purpose']}")
        state = read_word("link_state", granted["state"], language)
        console().print(f"{granted['id']} {granted['until']} {state}; sha256 {told['sha256']}")
        if told["matches"] is not None:
            zh, en = ("文件一致", "the file is that report") if told["matches"] else ("文件不一致", "the file is another one")
            console().print(say(language, zh, en))
    if not told["known"] or told["matches"] is False:
        raise typer.Exit(1)


def _show(found: list[df.Authorisation], city: df.City, language: Language, *, as_json: bool) -> None:
    told = [df.authorisation_document(one) for one in found]
    if as_json:
        print_json(told)
        return
    from dafeng.web.enterprise_views import say_part
    from dafeng.work.enterprise_rules import read_rules

    rules = read_rules(city.overlay)
    heads = say(
        language, "编号 企业 机构 用途 内容 截止 状态 授权书", "id owner recipient purpose parts until state letter"
    ).split()
    rows = [
        [
            *(str(one[name]) for name in ("id", "owner", "recipient", "purpose")),
            say(language, "、", ", ").join(say_part(rules, part).read(language) for part in one["fields"]),
            str(one["until"]),
            read_word("link_state", one["state"], language),
            str(one["evidence"]),
        ]
        for one in told
    ]
    console().print(grid(say(language, "授权", "authorisations"), heads, rows))


def _value(figure: dict[str, Any] | None) -> str:
    return "—" if figure is None or figure["value"] is None else str(figure["value"])


def _results(judged: list[dict[str, Any]], language: Language) -> str:
    known = [one for one in judged if one["result"] != "not_measurable"]
    return " ".join(f"{one['label'][language]}:{one['says'][language]}" for one in known) or "—"
