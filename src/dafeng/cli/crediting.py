"""``dafeng credit …``: credit projects step by step, their tests, reductions and units.

Invariant: what is printed is what the register and the ledger say; nothing is added up here.
"""

from __future__ import annotations

from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dafeng.cli.ledger_lists import MOST_UNITS, show_orders
from dafeng.cli.printing import console, grid, print_json, read_language, read_word, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.ledger.credit_log import Taken

app = typer.Typer(
    help="减排项目：登记、审定、监测、核查、签发、注销 · credit projects: register, validate, monitor, verify, issue, retire",
    no_args_is_help=True,
)

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Name = Annotated[str, typer.Argument(help="项目编号 · id of the project", metavar="PROJECT")]
Who = Annotated[str, typer.Option("--who", help="办理人 · who acts")]
Day = Annotated[str, typer.Option("--day", help="日期 · day, ISO")]
Id = Annotated[str, typer.Option("--id", help="请求编号；同号同内容得同一答复 · id of the request")]
Given = Annotated[list[str] | None, typer.Option("--set", help="名称=值，可重复 · name=value, may be repeated")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]


@app.command()
def enter(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="项目文件（YAML） · project file", metavar="FILE")],
    who: Who,
    day: Day,
    name: Id = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """项目入册 · put a project into the register."""
    from dafeng.work.city import open_city
    from dafeng.work.credits import enter_project

    _show_taken(enter_project(open_city(folder), file, who=who, day=day, id=name), read_language(lang), as_json=as_json)


@app.command()
def step(
    folder: Folder,
    project: Name,
    verb: Annotated[
        str,
        typer.Argument(
            help="amend publish validate register monitor verify withdraw issue take_back cancel · 办理哪一步", metavar="STEP"
        ),
    ],
    who: Who,
    day: Day,
    given: Given = None,
    name: Id = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """办理一步：条件不清不得通过，签发、撤销签发须另一人复核 · take a step; the unknown does not pass; two persons issue."""
    from dafeng.work.ask_credits import ask_issue, ask_take_back
    from dafeng.work.city import open_city
    from dafeng.work.credits import take
    from dafeng.work.reductions import read_values

    city, values = open_city(folder), read_values(given or [])
    if verb in ("issue", "take_back"):
        ask = ask_issue if verb == "issue" else ask_take_back
        order = ask(city, project, who=who, day=day, values=values, id=name)
        show_orders([order], read_language(lang), as_json=as_json)
        return
    _show_taken(take(city, project, verb, who=who, day=day, values=values, id=name), read_language(lang), as_json=as_json)


@app.command()
def use(
    folder: Folder,
    asset: Annotated[str, typer.Argument(help="设施或地块 · plant or land", metavar="ASSET")],
    kind: Annotated[str, typer.Option("--as", help="用途：substitution ets inclusion certificate other · use")],
    start: Annotated[str, typer.Option("--from", help="起始日期 · first day")],
    end: Annotated[str, typer.Option("--to", help="结束日期 · last day")],
    who: Who,
    day: Day,
    name: Id = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """登记减排量的其他用途，防止一量多用 · say that reductions are used otherwise, so that nobody uses them twice."""
    from dafeng.work.city import open_city
    from dafeng.work.credits import take

    values = {"asset": asset, "use": kind, "start": start, "end": end}
    taken = take(open_city(folder), f"asset:{asset}", "use", who=who, day=day, values=values, id=name)
    _show_taken(taken, read_language(lang), as_json=as_json)


@app.command()
def retire(
    folder: Folder,
    project: Name,
    quantity: Annotated[int, typer.Option("--quantity", help="数量（t） · how many (t)", min=1, max=MOST_UNITS)],
    holder: Annotated[str, typer.Option("--holder", help="持有人 · who holds them")],
    beneficiary: Annotated[str, typer.Option("--beneficiary", help="受益人 · for whom")],
    reason: Annotated[str, typer.Option("--reason", help="理由 · why")],
    day: Day,
    name: Annotated[str, typer.Option("--id", help="请求编号 · id of the transfer")],
    who: Annotated[str, typer.Option("--who", help="经手人，缺省为登录名 · who asks")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """申请自愿注销，不可撤销，须另一人复核 · ask for credits to be retired for good; a second person approves."""
    from dafeng.work.ask_credits import retire_credits
    from dafeng.work.city import open_city

    orders = retire_credits(
        open_city(folder), project, quantity, holder=holder, beneficiary=beneficiary, reason=reason, day=day, id=name,
        who=who or getuser(),
    )  # fmt: skip
    show_orders(orders, read_language(lang), as_json=as_json)


@app.command()
def account(
    folder: Folder,
    scheme: Annotated[str, typer.Argument(help="机制：ccer blue inclusion · scheme", metavar="SCHEME")],
    holder: Annotated[str, typer.Argument(help="持有人 · whose", metavar="HOLDER")],
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=0, help="随之开立账簿时的总量（t） · the most it may issue, where the book is opened now (t)"
        ),
    ] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """开立减排量账户，并写明账簿总量 · open an account of credits, and say what limits its book."""
    from dafeng.work.city import open_city
    from dafeng.work.credits import credit_book_document, open_credit_account

    city = open_city(folder)
    opened = open_credit_account(city, scheme, holder, limit=limit)
    document = credit_book_document(city, scheme)
    if as_json:
        print_json({"account": opened, **document})
        return
    language = read_language(lang)
    console().print(say(language, f"账户 {opened} 已可使用", f"account {opened} is open"))
    if document["limit"] is None:
        none = say(
            language,
            "账簿 {book} 不设总量：{says}（{source}，{grade}）",
            "book {book} has no limit: {says} ({source}, {grade})",
        )
        console().print(none.format(**{**document, "says": document["says"][language]}))
    else:
        console().print(
            say(language, "账簿 {book} 总量 {limit:,} t", "book {book} is limited to {limit:,} t").format(**document)
        )


@app.command()
def show(
    folder: Folder,
    project: Annotated[str, typer.Argument(help="项目编号；缺省为全部 · id of a project", metavar="[PROJECT]")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """查看项目：状态、适用条件、核算期、单位去向 · show projects with their tests, periods and units."""
    from dafeng.work.city import open_city
    from dafeng.work.credit_document import credits_document
    from dafeng.work.credits import read_credits

    document = credits_document(read_credits(open_city(folder)), project=project)
    if as_json:
        print_json(document)
        return
    language = read_language(lang)
    heads = say(language, "编号 名称 机制 方法学 业主 状态", "id name scheme method owner state").split()
    rows = [
        [
            one["id"],
            one["name"],
            one["scheme"][language],
            one["method"][language],
            one["owner"],
            read_word("project_state", one["state"], language),
        ]
        for one in document["projects"]
    ]
    console().print(grid(say(language, "减排项目", "credit projects"), heads, rows))
    if project:
        _show_project(document["projects"][0], language)


@app.command()
def reduction(
    method: Annotated[str, typer.Argument(help="方法学，如 offshore_wind · method", metavar="METHOD")],
    given: Given = None,
    meter: Annotated[str, typer.Option("--meter", help="电能表：in_class late out_of_class · how the meter was")] = "in_class",
    city: Annotated[Path | None, typer.Option("--city", help="采用该城市自有规则 · use the rules of this city too")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """按方法学计算减排量 · work out a reduction by its method."""
    from dafeng.work.city import open_city
    from dafeng.work.policy_document import worked_document
    from dafeng.work.reductions import read_numbers, read_values
    from dafeng.work.reductions import reduction as work

    values = read_numbers(read_values(given or []))
    before, worked = work(method, values, meter=meter, city=None if city is None else open_city(city))
    if as_json:
        print_json({"meter": None if before is None else worked_document(before), "reduction": worked_document(worked)})
        return
    language = read_language(lang)
    for part in (before, worked):
        for line in () if part is None else part.lines:
            console().print(f"{line.says.read(language)} {line.step.unit}")
    if worked.missing:
        names = ", ".join(one.label.read(language) for one in worked.missing)
        console().print(say(language, f"不可计算，缺：{names}", f"not measurable, not known: {names}"))


def _show_taken(taken: Taken, language: Language, *, as_json: bool) -> None:
    from dafeng.ledger.projects import step_kinds

    made = taken.step
    if as_json:
        print_json({"seq": taken.seq, "again": taken.again, "id": made.id, "project": made.project, "step": made.step})
        return
    before = say(language, "（此前已办理）", " (taken before)") if taken.again else ""
    console().print(f"{taken.seq} {made.project} {step_kinds()[made.step].label.read(language)} {made.day} {made.who}{before}")


def _show_project(one: dict[str, Any], language: Language) -> None:
    from dafeng.ledger.definitions import account_types
    from dafeng.ledger.eligibility import read_schemes

    heads = say(language, "条件 结论 缺 来源 等级", "test answer missing source grade").split()
    out = console()
    names = {name: fact.label.read(language) for name, fact in read_schemes().facts.items()}

    def listed(title: str, tests: list[dict[str, Any]]) -> None:
        rows = [
            [
                t[language],
                read_word("test_answer", t["answer"], language),
                say(language, "、", ", ").join(names.get(one, one) for one in t["missing"]),
                f"{t['source']} {t['clause_says'][language]}",
                t["grade"],
            ]
            for t in tests
        ]
        out.print(grid(title, heads, rows))

    listed(say(language, "适用条件", "eligibility"), one["tests"])
    for period in one["periods"]:
        state = read_word("period_state", period["state"], language)
        title = f"{period['start']}/{period['end']} {state}: {period['reported']} → {period['verified']}"
        listed(title, period["tests"])
    types = account_types()
    out.print(" ".join(f"{types[name].label.read(language)}: {count:,}" for name, count in one["units"].items()))
    heads = say(language, "步骤 日期 办理人", "step day who").split()
    out.print(grid(say(language, "经过", "steps"), heads, [[s[language], s["day"], s["who"]] for s in one["steps"]]))
