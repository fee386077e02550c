"""``dafeng ledger …``: books of rights from the command line.

Invariant: what is booked is an order with who asked; what needs two persons waits until ``approve`` names somebody else.
"""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getuser
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from dafeng.cli.ledger_lists import MOST_UNITS, Account, AsJson, Folder, Tongue, open_rights, show_orders
from dafeng.cli.printing import read_language
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.ledger.requests import Request, Span
    from dafeng.work.rights import Rights

app = typer.Typer(help="账簿：配额、减排量、预算、积分的划转与注销 · books of rights", no_args_is_help=True)

Quantity = Annotated[str, typer.Argument(help="数量，按账簿单位 · quantity in units of the book", metavar="QUANTITY")]
Key = Annotated[str, typer.Option("--id", help="自定编号；同号同内容得同一答复 · own id; the same one has the same answer")]
Who = Annotated[str, typer.Option("--who", help="经手人，缺省为登录名 · who asks")]
Reason = Annotated[str, typer.Option("--reason", help="原因 · why")]
Day = Annotated[str, typer.Option("--day", help="生效日期，缺省为今天 · effective day")]
Serials = Annotated[str, typer.Option("--serials", help="编号，如 10-59,80-89 · serial numbers")]
Vintage = Annotated[str, typer.Option("--vintage", help="年份批次 · vintage")]


@app.command("open")
def open_all(
    folder: Folder,
    plan: Annotated[str, typer.Argument(help="账簿定义，如 ccer · definition of the book", metavar="BOOK")],
    period: Annotated[str, typer.Option("--period", help="履约期，如 2025 · period")] = "",
    limit: Annotated[str, typer.Option("--limit", help="总量，按账簿单位 · the most that may be issued")] = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """开立账簿及本市账户 · open a book with the city's own accounts."""
    from dafeng.ledger.book_plans import find_book_plan
    from dafeng.work.right_books import read_quantity
    from dafeng.work.right_opening import open_book

    with open_rights(folder) as rights:
        scale = find_book_plan(rights.plans(), plan).scale
        most = read_quantity(limit, scale) if limit else 0
        show_orders(
            open_book(rights, plan, period=period, limit=most, who=who or getuser()), read_language(lang), as_json=as_json
        )


@app.command()
def account(
    folder: Folder,
    book: Annotated[str, typer.Argument(help="账簿编号 · book id", metavar="BOOK")],
    name: Account,
    kind: Annotated[str, typer.Option("--type", help="账户类型，如 trading · type of account")],
    holder: Annotated[str, typer.Option("--holder", help="持有人 · whose account")],
    title: Annotated[str, typer.Option("--title", help="显示名称 · name that is shown")] = "",
    primary: Annotated[str, typer.Option("--primary", help="首要代表 · primary representative")] = "",
    secondary: Annotated[str, typer.Option("--secondary", help="次要代表 · secondary representative")] = "",
    installation: Annotated[str, typer.Option("--installation", help="设施 · installation")] = "",
    contact: Annotated[str, typer.Option("--contact", help="设施联系人 · contact of the installation")] = "",
    registry: Annotated[str, typer.Option("--registry", help="其他登记机构名称 · name of another registry")] = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """开立账户 · open an account."""
    from dafeng.work.right_opening import open_account

    with open_rights(folder) as rights:
        made = open_account(
            rights, book, name, type=kind, holder=holder, title=title, primary=primary, secondary=secondary,
            installation=installation, contact=contact, registry=registry, who=who or getuser(),
        )  # fmt: skip
        show_orders([made], read_language(lang), as_json=as_json)


@app.command()
def transfer(
    folder: Folder,
    giver: Account,
    taker: Annotated[str, typer.Argument(help="接收账户 · account that gets them", metavar="TAKER")],
    quantity: Quantity,
    kind: Annotated[str, typer.Option("--kind", help="类别，如 transfer、allocate、issue · kind of transfer")] = "transfer",
    project: Annotated[str, typer.Option("--project", help="发行所属项目 · project of an issue")] = "",
    vintage: Vintage = "",
    serials: Serials = "",
    reason: Reason = "",
    day: Day = "",
    until: Annotated[
        str, typer.Option("--until", help="只预留，完成时才划转；该日零时起放弃 · only set aside, free again from this day on")
    ] = "",
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """划转、发行、分配 · move units from one account to another."""
    from dafeng.ledger.requests import Transfer

    with open_rights(folder) as rights:
        request = Transfer(
            key or new_id(), kind, giver, taker, _units(rights, giver, quantity), _effective(rights, key, day), reason=reason,
            spans=_spans(serials), vintage=vintage, project=project, until=_instant(rights, until),
        )  # fmt: skip
        ask_order(rights, request, who, read_language(lang), as_json=as_json)


@app.command()
def retire(
    folder: Folder,
    name: Account,
    quantity: Quantity,
    beneficiary: Annotated[str, typer.Option("--beneficiary", help="受益人 · for whom")],
    reason: Reason = "",
    serials: Serials = "",
    day: Day = "",
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """自愿注销，不可撤销，须另一人复核 · retire units for good; a second person approves."""
    from dafeng.ledger.requests import Transfer
    from dafeng.work.right_forms import find_sink

    with open_rights(folder) as rights:
        request = Transfer(
            key or new_id(), "retire", name, find_sink(rights, name, "retired"), _units(rights, name, quantity),
            _effective(rights, key, day), reason=reason, beneficiary=beneficiary, spans=_spans(serials),
        )  # fmt: skip
        ask_order(rights, request, who, read_language(lang), as_json=as_json)


@app.command()
def hold(
    folder: Folder,
    name: Account,
    quantity: Quantity,
    reason: Reason,
    kind: Annotated[str, typer.Option("--kind", help="freeze 冻结 或 pledge 质押 · freeze or pledge")] = "freeze",
    rank: Annotated[int, typer.Option("--rank", min=0, max=9999, help="顺位 · rank")] = 0,
    waits: Annotated[bool, typer.Option("--waits", help="数量不足时轮候 · queue for what others hold")] = False,
    serials: Serials = "",
    until: Annotated[str, typer.Option("--until", help="到期日，自该日零时起不再受限 · free again from this day on")] = "",
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """冻结或质押 · freeze or pledge units of an account."""
    from dafeng.ledger.requests import Hold

    with open_rights(folder) as rights:
        request = Hold(
            key or new_id(), name, kind, _units(rights, name, quantity), reason, rank, waits, _spans(serials),
            _instant(rights, until),
        )  # fmt: skip
        ask_order(rights, request, who, read_language(lang), as_json=as_json)


@app.command()
def release(
    folder: Folder,
    claim: Annotated[str, typer.Argument(help="冻结或质押的编号 · id of the freeze or pledge", metavar="HOLD")],
    quantity: Annotated[
        int | None,
        typer.Option("--units", min=1, max=MOST_UNITS, help="最小单位数，缺省全部 · minimal units, all if not given"),
    ] = None,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """解除冻结或质押 · free what is frozen or pledged."""
    from dafeng.ledger.requests import Release

    with open_rights(folder) as rights:
        ask_order(rights, Release(key or new_id(), claim, quantity), who, read_language(lang), as_json=as_json)


@app.command("limit")
def set_limit(
    folder: Folder,
    name: Account,
    quantity: Quantity,
    reason: Reason,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """调整发行账户的总量，须另一人复核 · change the limit of an issuer; a second person approves."""
    from dafeng.ledger.requests import SetLimit

    with open_rights(folder) as rights:
        request = SetLimit(key or new_id(), name, _units(rights, name, quantity), reason)
        ask_order(rights, request, who, read_language(lang), as_json=as_json)


@app.command()
def reverse(
    folder: Folder,
    booked: Annotated[str, typer.Argument(help="要更正的划转编号 · id of the transfer", metavar="TRANSFER")],
    reason: Reason,
    day: Day = "",
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """反向记账更正，须另一人复核 · book the opposite of a transfer; a second person approves."""
    from dafeng.ledger.requests import Reverse

    with open_rights(folder) as rights:
        ask_order(
            rights,
            Reverse(key or new_id(), booked, _effective(rights, key, day), reason),
            who,
            read_language(lang),
            as_json=as_json,
        )


@app.command()
def approve(
    folder: Folder,
    order: Annotated[str, typer.Argument(help="申请编号 · id of the order", metavar="ORDER")],
    who: Annotated[str, typer.Option("--who", help="复核人，不得为申请人 · who decides, never who asked")],
    reject: Annotated[bool, typer.Option("--reject", help="驳回 · reject it")] = False,
    reason: Reason = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """复核申请：记账或驳回 · let an order be booked, or reject it."""
    from dafeng.work.right_orders import decide_order

    with open_rights(folder) as rights:
        made = decide_order(rights, order, accept=not reject, who=who, says=reason)
        show_orders([made], read_language(lang), as_json=as_json)


def ask_order(rights: Rights, request: Request, who: str, language: Language, *, as_json: bool) -> None:
    """Ask for it and print what came of it.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    request : Request
        What is asked.
    who : str
        Who asks; empty for the name of the login.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Whether as JSON.
    """
    from dafeng.work.right_orders import place_order

    show_orders([place_order(rights, request, who=who or getuser())], language, as_json=as_json)


def _units(rights: Rights, name: str, quantity: str) -> int:
    from dafeng.work.right_books import read_quantity

    return read_quantity(quantity, rights.find_account(name)[1].scale)


def _spans(text: str) -> tuple[Span, ...]:
    from dafeng.work.right_forms import read_spans

    return read_spans(text)


def new_id() -> str:
    """Id of an order to which none was given.

    Returns
    -------
    str
        Instant and chance.
    """
    return f"{datetime.now(UTC):%Y%m%d%H%M%S}-{uuid4().hex[:8]}"


def _effective(rights: Rights, key: str, day: str) -> str:
    """The day that is named; else that of the order which has the id already, so that it is the same; else the city's today."""
    from dafeng.core.errors import LookupFailure
    from dafeng.work.city_days import city_today
    from dafeng.work.noted_orders import read_order

    if day or not key:
        return day or city_today(rights.city).isoformat()
    try:
        before = getattr(read_order(rights, key).request, "effective", "")
    except LookupFailure:
        before = ""
    return before or city_today(rights.city).isoformat()


def _instant(rights: Rights, day: str) -> int | None:
    from dafeng.work.right_forms import read_until

    return read_until(rights, day)
