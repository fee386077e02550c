"""``dafeng ledger …``: books of rights from the command line.

Invariant: what is booked is an order with who asked; what needs two persons waits until ``approve`` names somebody else.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, read_language, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.ledger.requests import Request, Span
    from dafeng.work.right_orders import Order
    from dafeng.work.rights import Rights

app = typer.Typer(help="账簿：配额、减排量、预算、积分的划转与注销 · books of rights", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Account = Annotated[str, typer.Argument(help="账户编号 · account id", metavar="ACCOUNT")]
Quantity = Annotated[str, typer.Argument(help="数量，按账簿单位 · quantity in units of the book", metavar="QUANTITY")]
Key = Annotated[str, typer.Option("--id", help="自定编号；同号同内容得同一答复 · own id; the same one has the same answer")]
Who = Annotated[str, typer.Option("--who", help="经手人，缺省为登录名 · who asks")]
Reason = Annotated[str, typer.Option("--reason", help="原因 · why")]
Day = Annotated[str, typer.Option("--day", help="生效日期，缺省为今天 · effective day")]
Serials = Annotated[str, typer.Option("--serials", help="编号，如 10-59,80-89 · serial numbers")]
Vintage = Annotated[str, typer.Option("--vintage", help="年份批次 · vintage")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]


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
    from dafeng.work.right_books import find_book_plan, read_quantity
    from dafeng.work.right_opening import open_book

    with _rights(folder) as rights:
        scale = find_book_plan(rights.plans(), plan).scale
        most = read_quantity(limit, scale) if limit else 0
        _show(open_book(rights, plan, period=period, limit=most, who=who or getuser()), read_language(lang), as_json=as_json)


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
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """开立账户 · open an account."""
    from dafeng.work.right_opening import open_account

    with _rights(folder) as rights:
        made = open_account(
            rights, book, name, type=kind, holder=holder, title=title, primary=primary, secondary=secondary,
            installation=installation, contact=contact, who=who or getuser(),
        )  # fmt: skip
        _show([made], read_language(lang), as_json=as_json)


@app.command()
def books(folder: Folder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出账簿及合计 · list the books with their sums."""
    from dafeng.work.right_overview import book_document, sum_books

    language = read_language(lang)
    with _rights(folder) as rights:
        found = sum_books(rights)
    if as_json:
        print_json([book_document(one) for one in found])
        return
    heads = say(
        language,
        "账簿 名称 单位 已发行 总量 持有 受限 清缴 注销",
        "book name unit issued limit held claimed surrendered retired",
    )
    rows = [
        [one.book.name, one.label.read(language), one.book.unit, one.tell(one.issued), one.tell(one.limit), one.tell(one.held),
         one.tell(one.claimed), one.tell(one.ends["surrendered"]), one.tell(one.ends["retired"])]
        for one in found
    ]  # fmt: skip
    console().print(grid(say(language, "账簿", "books"), heads.split(), rows, right=(3, 4, 5, 6, 7, 8)))


@app.command()
def accounts(
    folder: Folder,
    book: Annotated[str, typer.Option("--book", help="账簿编号 · book id")] = "",
    kind: Annotated[str, typer.Option("--type", help="账户类型 · type of account")] = "",
    after: Annotated[int, typer.Option("--after", min=0, help="从该序号之后 · after this number")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10000, help="至多几个 · at most")] = 100,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出账户 · list accounts."""
    from dafeng.work.right_books import tell_quantity
    from dafeng.work.right_overview import account_document
    from dafeng.work.right_rows import read_accounts

    language = read_language(lang)
    with _rights(folder) as rights:
        known = {one.no: one for one in rights.books()}
        number = rights.find_book(book).no if book else 0
        with rights.reading() as rows:
            found = read_accounts(rows, book=number, kind=kind, after=after, limit=limit)
    if as_json:
        print_json([account_document(one, known[one.book]) for one in found])
        return
    heads = say(language, "序号 账户 账簿 类型 持有人 状态 余额 受限", "no account book type holder state balance held").split()
    told = [
        [str(one.no), one.name, known[one.book].name, one.type, one.holder, one.state,
         tell_quantity(one.balance, known[one.book].scale), tell_quantity(one.held, known[one.book].scale)]
        for one in found
    ]  # fmt: skip
    console().print(grid(say(language, "账户", "accounts"), heads, told, right=(6, 7)))


@app.command()
def statement(
    folder: Folder,
    name: Account,
    before: Annotated[int, typer.Option("--before", min=0, help="该事件之前 · before this event")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10000, help="至多几行 · at most so many lines")] = 50,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """账户明细，新的在前 · statement of an account, the newest first."""
    from dafeng.work.right_books import tell_quantity
    from dafeng.work.right_overview import account_document, block_document, claim_document, line_document
    from dafeng.work.right_rows import read_blocks, read_claims, read_statement

    language = read_language(lang)
    with _rights(folder) as rights:
        found, book = rights.find_account(name)
        with rights.reading() as rows:
            lines = read_statement(rows, found.no, before=before, limit=limit)
            claims, blocks = read_claims(rows, found.no), read_blocks(rows, found.no)
    if as_json:
        told: dict[str, Any] = {**account_document(found, book), "lines": [line_document(one) for one in lines]}
        told |= {"claims": [claim_document(one) for one in claims], "blocks": [block_document(one) for one in blocks]}
        print_json(told)
        return
    heads = say(language, "事件 生效 类别 数量 余额 对方 原因", "event day kind amount balance other reason").split()
    told_rows = [
        [str(one.seq), one.effective.isoformat(), one.kind, tell_quantity(one.amount, book.scale),
         tell_quantity(one.balance, book.scale), one.other_name, one.reason]
        for one in lines
    ]  # fmt: skip
    console().print(grid(f"{found.title} · {book.name} · {book.unit}", heads, told_rows, right=(3, 4)))


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
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """划转、发行、分配 · move units from one account to another."""
    from dafeng.ledger.requests import Transfer

    with _rights(folder) as rights:
        request = Transfer(
            key or _new_id(), kind, giver, taker, _units(rights, giver, quantity), day or _today(), reason=reason,
            spans=_spans(serials), vintage=vintage, project=project,
        )  # fmt: skip
        _ask(rights, request, who, read_language(lang), as_json=as_json)


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

    with _rights(folder) as rights:
        request = Transfer(
            key or _new_id(), "retire", name, find_sink(rights, name, "retired"), _units(rights, name, quantity),
            day or _today(), reason=reason, beneficiary=beneficiary, spans=_spans(serials),
        )  # fmt: skip
        _ask(rights, request, who, read_language(lang), as_json=as_json)


@app.command()
def hold(
    folder: Folder,
    name: Account,
    quantity: Quantity,
    reason: Reason,
    kind: Annotated[str, typer.Option("--kind", help="freeze 冻结 或 pledge 质押 · freeze or pledge")] = "freeze",
    rank: Annotated[int, typer.Option("--rank", min=0, help="顺位 · rank")] = 0,
    waits: Annotated[bool, typer.Option("--waits", help="数量不足时轮候 · queue for what others hold")] = False,
    serials: Serials = "",
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """冻结或质押 · freeze or pledge units of an account."""
    from dafeng.ledger.requests import Hold

    with _rights(folder) as rights:
        request = Hold(key or _new_id(), name, kind, _units(rights, name, quantity), reason, rank, waits, _spans(serials))
        _ask(rights, request, who, read_language(lang), as_json=as_json)


@app.command()
def release(
    folder: Folder,
    claim: Annotated[str, typer.Argument(help="冻结或质押的编号 · id of the freeze or pledge", metavar="HOLD")],
    quantity: Annotated[
        int | None, typer.Option("--units", min=1, help="最小单位数，缺省全部 · minimal units, all if not given")
    ] = None,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """解除冻结或质押 · free what is frozen or pledged."""
    from dafeng.ledger.requests import Release

    with _rights(folder) as rights:
        _ask(rights, Release(key or _new_id(), claim, quantity), who, read_language(lang), as_json=as_json)


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

    with _rights(folder) as rights:
        _ask(rights, Reverse(key or _new_id(), booked, day or _today(), reason), who, read_language(lang), as_json=as_json)


@app.command()
def orders(
    folder: Folder,
    state: Annotated[str, typer.Option("--state", help="如 waiting · only in this state")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出申请 · list orders, the newest first."""
    from dafeng.work.right_orders import read_orders

    with _rights(folder) as rights:
        _show(read_orders(rights, states=(state,) if state else ()), read_language(lang), as_json=as_json)


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

    with _rights(folder) as rights:
        made = decide_order(rights, order, accept=not reject, who=who, says=reason)
        _show([made], read_language(lang), as_json=as_json)


@app.command()
def certificate(
    folder: Folder,
    order: Annotated[str, typer.Argument(help="注销的编号或事件号 · id or event number of the retirement", metavar="TRANSFER")],
    out: Annotated[Path | None, typer.Option("--out", help="写成 pdf · write it as pdf")] = None,
    site: Annotated[str, typer.Option("--site", help="公开页的网址开头 · scheme and host of the public pages")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """注销凭证，含核验码 · certificate of a retirement with its verification code."""
    from dafeng.work.right_certificate import certificate_form, find_certificate, write_certificate

    language = read_language(lang)
    with _rights(folder) as rights:
        found = find_certificate(rights, int(order) if order.isdigit() else order)
        form = certificate_form(rights, found, site=site)
    if out is not None:
        out.write_bytes(write_certificate(form, language))
    if as_json:
        print_json({**form, "file": str(out) if out else None})
        return
    console().print(f"{form['number']} · {form['quantity']} {form['unit']} · {say(language, '核验码', 'code')} {form['code']}")


@app.command()
def verify(
    folder: Folder,
    code: Annotated[str, typer.Argument(help="凭证上的核验码 · code of the certificate", metavar="CODE")],
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """核验凭证 · say whether a certificate is true."""
    from dafeng.work.right_certificate import certificate_form, verify_code

    language = read_language(lang)
    with _rights(folder) as rights:
        found = verify_code(rights, code)
        form = certificate_form(rights, found) if found is not None else None
    if as_json:
        print_json({"good": form is not None, "certificate": form})
    elif form is None:
        console().print(say(language, "账簿中没有这张凭证", "the ledger knows no such certificate"))
    else:
        said = say(language, "属实", "true")
        console().print(
            f"{said} · {form['number']} · {form['quantity']} {form['unit']} · {form['beneficiary']} · {form['effective']}"
        )
    if form is None:
        raise typer.Exit(1)


def _rights(folder: Path) -> Rights:
    from dafeng.work.rights import Rights

    return Rights(df.open_city(folder))


def _ask(rights: Rights, request: Request, who: str, language: Language, *, as_json: bool) -> None:
    from dafeng.work.right_orders import place_order

    _show([place_order(rights, request, who=who or getuser())], language, as_json=as_json)


def _show(found: list[Order] | tuple[Order, ...], language: Language, *, as_json: bool) -> None:
    from dafeng.work.right_overview import order_document

    if as_json:
        print_json([order_document(one) for one in found])
    else:
        heads = say(language, "申请 操作 状态 事件 申请人 复核人 说明", "order verb state event who decided says").split()
        console().print(grid(say(language, "申请", "orders"), heads, [_row(one, language) for one in found]))
    if len(found) == 1 and found[0].state == "refused":
        raise typer.Exit(1)


def _row(order: Order, language: Language) -> list[str]:
    said = order.reason
    told = (
        f"{said.says.read(language)} ({order.code}{f' {said.annex}' if said.annex else ''}) {order.about}"
        if said
        else order.about
    )
    return [order.id, order.verb, order.state, str(order.event or "—"), order.who, order.decided_by or "—", told]


def _units(rights: Rights, name: str, quantity: str) -> int:
    from dafeng.work.right_books import read_quantity

    return read_quantity(quantity, rights.find_account(name)[1].scale)


def _spans(text: str) -> tuple[Span, ...]:
    from dafeng.work.right_forms import read_spans

    return read_spans(text)


def _new_id() -> str:
    return f"{datetime.now(UTC):%Y%m%d%H%M%S}-{uuid4().hex[:8]}"


def _today() -> str:
    return date.today().isoformat()  # noqa: DTZ011 - the day where the operator sits
