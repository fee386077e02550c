"""``dafeng allowance …``: allowances, their booking, surrender, carry-over and the price of energy-use rights.

Invariant: what is printed is what was worked out or booked; nothing is added up here.
"""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dafeng.cli.ledger_lists import MOST_UNITS, list_orders
from dafeng.cli.printing import console, grid, print_findings, print_json, read_language, read_word, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.ledger.plants import Plant
    from dafeng.ledger.policies import Worked
    from dafeng.work.allotments import BookedShare
    from dafeng.work.noted_orders import Order
    from dafeng.work.settle import Standing

app = typer.Typer(
    help="配额：分配、登记、清缴、结转、缺口 · allowances: allocation, booking, surrender, carry-over, gap",
    no_args_is_help=True,
)

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Book = Annotated[str, typer.Argument(help="账簿，如 cea-2023 · book", metavar="BOOK")]
Period = Annotated[str, typer.Argument(help="履约年度 · compliance year", metavar="PERIOD")]
Company = Annotated[str, typer.Argument(help="企业 · company", metavar="COMPANY")]
Day = Annotated[str, typer.Option("--day", help="生效日期 · effective day, ISO")]
Source = Annotated[Path, typer.Argument(help="城市文件夹或机组表（CSV） · city folder, or table of units", metavar="FILE")]
MaybeTable = Annotated[
    Path | None, typer.Argument(help="机组表，缺省 data/rights/plants.csv 与核算 · table of units", metavar="[FILE]")
]
Weak = Annotated[bool, typer.Option("--provisional", help="核算可用证据不足的因子 · let the account use weak factors")]
Draft = Annotated[bool, typer.Option("--draft", help="按征求意见稿试算 · let drafts count")]
Plants = Annotated[Path | None, typer.Option("--plants", help="机组表，缺省 data/rights/plants.csv · table of units")]
Who = Annotated[str, typer.Option("--who", help="经手人，缺省为登录名 · who asks")]
Key = Annotated[str, typer.Option("--id", help="自定编号，缺省由内容得出 · own id; follows from content by default")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
SOUND = ("booked", "waiting", "same", "not_measurable")
"""States of a company's share that are no refusal."""


@app.command()
def compute(
    file: Source,
    city: Annotated[
        Path | None, typer.Option("--city", help="采用该城市的规则与机组核算 · use rules and accounts of this city too")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", min=1990, max=2100, help="履约年度 · compliance year")] = None,
    draft: Draft = False,
    provisional: Weak = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """计算配额：由机组表或城市机组核算，列公式、基准、输入及出处 · work out allowances from a table or from the account."""
    from dafeng.work.allowances import allowances, allowances_document
    from dafeng.work.city import open_city

    opened = open_city(file) if file.is_dir() else None if city is None else open_city(city)
    of = opened if opened is not None and file.is_dir() else file
    found = allowances(of, city=opened, draft=draft, year=year, provisional=provisional)
    if as_json:
        print_json(allowances_document(found))
        return
    language = read_language(lang)
    heads = say(language, "企业 年度 配额(t) 预分配(t) 应清缴(t)", "company year allowance(t) before(t) owed(t)").split()
    rows = [
        [one.enterprise, str(one.year), _text(one.allowance), _whole(one.before), _whole(one.obligation)]
        for one in found.entitlements
    ]
    out = console()
    out.print(grid(say(language, "配额", "allowances"), heads, rows, right=(2, 3, 4)))
    for one in found.entitlements:
        for part in one.allocations:
            if part.worked is not None:
                out.print(f"{one.enterprise} {part.plant.unit} · {part.worked.policy.label.read(language)}")
                _show_origins(part.plant, language)
                _show_steps(part.worked, language)
    print_findings([*found.findings, *(f for one in found.entitlements for f in one.findings)], language)


@app.command("open")
def open_book(
    folder: Folder,
    book: Book,
    period: Period,
    limit: Annotated[int, typer.Option("--limit", help="总量（t） · most that may be issued (t)", min=1, max=MOST_UNITS)],
    file: Annotated[
        Path | None, typer.Option("--plants", help="机组表，为其企业开户；缺省为城市的机组表与核算 · table of units")
    ] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """开立一个履约期的账簿与账户，并列明开立了哪些 · open the book and accounts of a period, and say which were opened."""
    from dafeng.work.allotments import open_period
    from dafeng.work.allowances import list_enterprises
    from dafeng.work.city import open_city

    city = open_city(folder)
    companies, findings = list_enterprises(city, plants=file)
    accounts = open_period(city, book, period, limit=limit, enterprises=companies)
    if as_json:
        rows = [asdict(one) for one in accounts]
        print_json({"book": book, "period": period, "limit": limit, "companies": list(companies), "accounts": rows})
    else:
        language, own = read_language(lang), [one for one in accounts if one.book == book]
        told = f"{book}：{len(companies)} 家企业", f"{book}: {len(companies)} companies"
        new, kept = sum(one.opened for one in own), sum(not one.opened and not one.code for one in own)
        more = f"；新开立账户 {new} 个，已有 {kept} 个", f"; accounts opened: {new}, open before: {kept}"
        console().print(say(language, told[0] + more[0], told[1] + more[1]))
        for one in accounts:
            if one.closed or one.code:
                console().print(f"  {one.says.read(language)}")
        print_findings(findings, language)
    if any(one.code for one in accounts):
        raise typer.Exit(1)


@app.command("book")
def book_shares(
    folder: Folder,
    book: Book,
    day: Day,
    file: MaybeTable = None,
    before: Annotated[bool, typer.Option("--before", help="预分配；缺省为最终核定与调整 · pre-allocation, else final")] = False,
    draft: Draft = False,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """申请登记预分配或最终核定，全表一份申请 · ask for a pre-allocation, or the final allowance with its true-up."""
    from dafeng.work.allowances import allowances
    from dafeng.work.ask_allowances import ask_allowances
    from dafeng.work.city import open_city

    city = open_city(folder)
    found = allowances(file or city, city=city, draft=draft)
    shares, order = ask_allowances(city, book, found, before=before, day=day, who=who or getuser(), id=key)
    _show_shares(shares, order, read_language(lang), as_json=as_json)


@app.command()
def repay(
    folder: Folder,
    book: Book,
    company: Company,
    day: Day,
    quantity: Annotated[
        int | None, typer.Option("--quantity", help="归还量（t），缺省为全部可用 · how many (t), else all that is free", min=1)
    ] = None,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """申请以持有配额归还债权 · ask for what is claimed to be given back, as far as it is held."""
    from dafeng.work.ask_allowances import ask_repay
    from dafeng.work.city import open_city

    share, order = ask_repay(open_city(folder), book, company, day=day, quantity=quantity, who=who or getuser(), id=key)
    _show_shares([share], order, read_language(lang), as_json=as_json)


@app.command()
def surrender(
    folder: Folder,
    book: Book,
    period: Period,
    company: Company,
    day: Day,
    quantity: Annotated[int, typer.Option("--quantity", help="配额（t） · allowances (t)", min=0, max=MOST_UNITS)] = 0,
    credits: Annotated[int, typer.Option("--credits", help="抵销用减排量（t） · credits (t)", min=0, max=MOST_UNITS)] = 0,
    beyond: Annotated[
        bool, typer.Option("--beyond", help="允许超过或先于已知的应清缴量 · surrender more than is owed or known to be")
    ] = False,
    plants: Plants = None,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """申请清缴配额与减排量，同时成立，须另一人复核 · surrender allowances and credits, both or neither, by two persons."""
    from dafeng.work.ask_allowances import ask_surrender, find_beyond
    from dafeng.work.city import open_city
    from dafeng.work.right_overview import order_document
    from dafeng.work.settle import find_standing
    from dafeng.work.settle import settle as work
    from dafeng.work.settlement_document import standing_document

    city = open_city(folder)
    order = ask_surrender(
        city, book, period, company, quantity=quantity, credits=credits, day=day, plants=plants, id=key, beyond=beyond,
        who=who or getuser(),
    )  # fmt: skip
    found = find_standing(work(city, book, period, plants=plants), company)
    excess = find_beyond(found, order)
    if as_json:
        print_json({**standing_document(found), "excess": excess, "order": order_document(order)})
    else:
        language = read_language(lang)
        _show_standings([found], language)
        if excess:
            console().print(say(language, f"超出应清缴量 {excess:,} t", f"{excess:,} t above what is to be surrendered"))
        list_orders([order], language)
    _end(order)


@app.command()
def settle(
    folder: Folder,
    book: Book,
    period: Period,
    plants: Plants = None,
    draft: Draft = False,
    provisional: Weak = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """履约核对与缺口预测 · surrender check and forecast of the gap."""
    from dafeng.work.city import open_city
    from dafeng.work.settle import settle as work
    from dafeng.work.settlement_document import settlement_document

    found = work(open_city(folder), book, period, plants=plants, draft=draft, provisional=provisional)
    if as_json:
        print_json(settlement_document(found))
        return
    language = read_language(lang)
    _show_standings(found.standings, language)
    print_findings(found.findings, language)


@app.command()
def carry(
    folder: Folder,
    old: Annotated[str, typer.Argument(help="原账簿 · book to carry from", metavar="OLD")],
    new: Annotated[str, typer.Argument(help="新账簿 · book to carry into", metavar="NEW")],
    company: Company,
    year: Annotated[int, typer.Option("--year", min=1990, max=2100, help="原账簿的履约年度 · compliance year of the old book")],
    day: Day,
    quantity: Annotated[
        int | None, typer.Option("--quantity", help="结转量；缺省只计算 · how many; else only the sum", min=1)
    ] = None,
    base: Annotated[str | None, typer.Option("--base", help="基础量（t） · base (t)")] = None,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """配额结转：最大可结转量，或申请结转，须另一人复核 · most that may be carried over, or ask for it, by two persons."""
    from dafeng.work.ask_allowances import ask_carry
    from dafeng.work.carry_over import work_carry
    from dafeng.work.city import open_city
    from dafeng.work.policy_document import worked_document
    from dafeng.work.right_overview import order_document

    city, most = open_city(folder), _decimal("--base", base)
    if quantity is None:
        _show_worked(work_carry(city, old, new, company, year=year, base=most), read_language(lang), as_json=as_json)
        return
    worked, order = ask_carry(
        city, old, new, company, quantity=quantity, year=year, day=day, base=most, id=key, who=who or getuser()
    )
    if as_json:
        print_json({**worked_document(worked), "order": order_document(order)})
    else:
        _show_worked(worked, read_language(lang), as_json=False)
        list_orders([order], read_language(lang))
    _end(order)


@app.command()
def price(
    given: Annotated[list[str], typer.Option("--set", help="名称=值，可重复 · name=value, may be repeated")],
    rule: Annotated[str, typer.Option("--rule", help="定价规则编号 · id of the rule")] = "energy_right_price.shizuishan",
    city: Annotated[Path | None, typer.Option("--city", help="采用该城市自有规则 · use the rules of this city too")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """用能权价格 · price of energy-use rights."""
    from dafeng.work.city import open_city
    from dafeng.work.policy_values import work_policy
    from dafeng.work.reductions import read_numbers, read_values

    folders = () if city is None else (open_city(city).overlay,)
    _show_worked(work_policy(rule, read_numbers(read_values(given)), *folders), read_language(lang), as_json=as_json)


@app.command()
def calendar(
    city: Annotated[Path | None, typer.Option("--city", help="城市文件夹 · city folder")] = None,
    year: Annotated[int | None, typer.Option("--year", min=1990, max=2100, help="履约年度 · compliance year")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """履约日历；未读到的日期为空 · dates of compliance; those that were not read are empty."""
    from dafeng.work.city import open_city
    from dafeng.work.settle import read_calendar
    from dafeng.work.settlement_document import calendar_document

    found = read_calendar(*(() if city is None else (open_city(city).overlay,)), year=year)
    if as_json:
        print_json(calendar_document(found))
        return
    language = read_language(lang)
    heads = say(language, "年度 事项 日期", "year event date").split()
    rows = [[str(one.year), one.label.read(language), one.date or say(language, "未知", "not known")] for one in found]
    console().print(grid(say(language, "履约日历", "compliance calendar"), heads, rows))


def _decimal(where: str, text: str | None) -> Decimal | None:
    from dafeng.library.strict import number

    return None if text is None else Decimal(number(text, where))


def _text(value: int | Decimal | None) -> str:
    return "—" if value is None else f"{value:,}"


def _whole(worked: Worked | None) -> str:
    return _text(None if worked is None else worked.whole)


def _show_steps(worked: Worked, language: Language) -> None:
    for line in worked.lines:
        unit = "" if line.step.unit == "1" else f" {line.step.unit}"
        console().print(f"  {line.says.read(language)}{unit}")
    if worked.missing:
        names = ", ".join(one.label.read(language) for one in worked.missing)
        console().print(say(language, f"  不可计算，缺：{names}", f"  not measurable, not known: {names}"))


def _show_origins(plant: Plant, language: Language) -> None:
    """Where the figures of a unit come from that do not stand in the table alone."""
    from dafeng.ledger.plants import plant_columns
    from dafeng.ledger.policies import write_number

    for name, one in plant.origins.items():
        if name in plant.figures:
            label, place = plant_columns()[name].label.read(language), one.says().read(language)
            row = say(language, f"，与表中 {one.table} 一致", f", as {one.table} of the table says") if one.table else ""
            console().print(f"  {label} {write_number(plant.figures[name])} ← {place}{row}")


def _show_worked(worked: Worked, language: Language, *, as_json: bool) -> None:
    from dafeng.work.policy_document import worked_document

    if as_json:
        print_json(worked_document(worked))
        return
    policy = worked.policy
    console().print(f"{policy.label.read(language)} · {policy.source} · {policy.grade}")
    _show_steps(worked, language)


def _show_shares(found: Any, order: Order | None, language: Language, *, as_json: bool) -> None:
    from dafeng.work.right_overview import order_document

    shares: list[BookedShare] = list(found)
    if as_json:
        names = ("enterprise", "due", "booked", "owed", "state")
        rows = [{name: getattr(one, name) for name in names} for one in shares]
        print_json({"companies": rows, "order": None if order is None else order_document(order)})
    else:
        heads = say(language, "企业 应得 已登记 尚欠 结果", "company due booked owed state").split()
        told = [[one.enterprise, _text(one.due), _text(one.booked), _text(one.owed), one.says.read(language)] for one in shares]
        console().print(grid(say(language, "配额登记（t）", "booked allowances (t)"), heads, told, right=(1, 2, 3)))
        if order is not None:
            list_orders([order], language)
    if any(one.state not in SOUND for one in shares):
        raise typer.Exit(1)


def _end(order: Order) -> None:
    """A refused order ends with status 1."""
    if order.state == "refused":
        raise typer.Exit(1)


def _show_standings(standings: Any, language: Language) -> None:
    found: list[Standing] = list(standings)
    zh = "企业 持有 尚欠 已清缴 已抵销 应清缴 抵销上限 尚缺 结论 预测余缺"
    en = "company held owed surrendered credits due limit short verdict forecast"
    rows = [
        [
            one.enterprise, _text(one.held), _text(one.owed), _text(one.surrendered), _text(one.credits),
            _whole(None if one.entitlement is None else one.entitlement.obligation), _whole(one.limit), _whole(one.check),
            read_word("settled", one.verdict, language), _whole(one.forecast),
        ]
        for one in found
    ]  # fmt: skip
    console().print(
        grid(say(language, "履约（t）", "compliance (t)"), say(language, zh, en).split(), rows, right=tuple(range(1, 8)))
    )
