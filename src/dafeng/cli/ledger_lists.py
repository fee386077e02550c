"""What ``dafeng ledger`` lists: books, accounts, orders, certificates.

Invariant: nothing is booked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, read_language, read_word, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.core.findings import Finding
    from dafeng.work.noted_orders import Order
    from dafeng.work.right_overview import BookSum
    from dafeng.work.rights import Rights

app = typer.Typer()
MOST_NUMBER = 2**53
"""Largest number of an event or account that is asked for, as on the pages."""
SPANS = 8
"""Blocks of serial numbers that are told of an order."""
MOST_UNITS = 2**62 - 1
"""Largest quantity of a book. [minimal units]"""

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Account = Annotated[str, typer.Argument(help="账户编号 · account id", metavar="ACCOUNT")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]


@app.command()
def books(folder: Folder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出账簿及合计 · list the books with their sums."""
    from dafeng.web.book_words import name_book, say_unit
    from dafeng.work.right_overview import ENDS, book_document, sum_books

    language = read_language(lang)
    with open_rights(folder) as rights:
        found = sum_books(rights)
    if as_json:
        print_json([book_document(one) for one in found])
        _end_broken(found)
        return
    heads = say(
        language,
        "账簿 名称 单位 总量 已发行 持有 受限 清缴 自愿注销 注销 消耗 转出 差额",
        "book name unit limit issued held claimed surrendered retired cancelled used exported gap",
    )
    rows = [
        [one.book.name, name_book(one).read(language), say_unit(one.book.unit, language),
         one.tell(one.limit) if one.limit is not None else say(language, "无上限", "no limit"),
         *map(one.tell, (one.issued, one.held, one.claimed, *(one.ends[name] for name in ENDS), one.gap))]
        for one in found
    ]  # fmt: skip
    console().print(grid(say(language, "账簿", "books"), heads.split(), rows, right=tuple(range(3, 13))))
    for one in found:
        if one.gap:
            console().print(
                say(
                    language,
                    f"账簿 {one.book.name} 不平，差 {one.tell(one.gap)} {say_unit(one.book.unit, language)}："
                    "用 dafeng ledger audit 审核，并从备份恢复",
                    f"book {one.book.name} does not balance, {one.tell(one.gap)} {say_unit(one.book.unit, language)} are"
                    " missing: audit it with dafeng ledger audit and restore the backup",
                )
            )
    _end_broken(found)


@app.command()
def accounts(
    folder: Folder,
    book: Annotated[str, typer.Option("--book", help="账簿编号 · book id")] = "",
    kind: Annotated[str, typer.Option("--type", help="账户类型 · type of account")] = "",
    after: Annotated[int, typer.Option("--after", min=0, max=MOST_NUMBER, help="从该序号之后 · after this number")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10000, help="至多几个 · at most")] = 100,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出账户 · list accounts."""
    from dafeng.ledger.definitions import account_types
    from dafeng.work.right_books import tell_quantity
    from dafeng.work.right_overview import account_document
    from dafeng.work.right_rows import read_accounts

    language, types = read_language(lang), account_types()
    with open_rights(folder) as rights:
        known = {one.no: one for one in rights.books()}
        number = rights.find_book(book).no if book else 0
        with rights.reading() as rows:
            found = read_accounts(rows, book=number, kind=kind, after=after, limit=limit)
    if as_json:
        print_json([account_document(one, known[one.book]) for one in found])
        return
    heads = say(language, "序号 账户 账簿 类型 持有人 状态 余额 受限", "no account book type holder state balance held").split()
    told = [
        [str(one.no), one.name, known[one.book].name, types[one.type].label.read(language), one.holder,
         read_word("account_state", one.state, language),
         tell_quantity(one.balance, known[one.book].scale), tell_quantity(one.held, known[one.book].scale)]
        for one in found
    ]  # fmt: skip
    console().print(grid(say(language, "账户", "accounts"), heads, told, right=(6, 7)))


@app.command()
def orders(
    folder: Folder,
    state: Annotated[str, typer.Option("--state", help="如 waiting · only in this state")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出申请 · list orders, the newest first."""
    from dafeng.work.noted_orders import read_orders

    with open_rights(folder) as rights:
        show_orders(read_orders(rights, states=(state,) if state else ()), read_language(lang), as_json=as_json, asked=False)


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
    from dafeng.core.typed import read_whole
    from dafeng.work.right_certificate import certificate_form, find_certificate, write_certificate

    language = read_language(lang)
    with open_rights(folder) as rights:
        found = find_certificate(rights, read_whole(order) or order)
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
    with open_rights(folder) as rights:
        found = verify_code(rights, code)
        form = certificate_form(rights, found.certificate) if found.certificate is not None else None
    if as_json:
        print_json({"good": form is not None, "certificate": form, "findings": tell_findings(found.findings)})
    elif form is not None:
        said = say(language, "属实", "true")
        console().print(
            f"{said} · {form['number']} · {form['quantity']} {form['unit']} · {form['beneficiary']} · {form['effective']}"
        )
    elif found.findings:
        console().print(say(language, "不属实：账簿被改动", "not true: the ledger was changed"))
        show_findings(found.findings, language)
    else:
        console().print(say(language, "账簿中没有这张凭证", "the ledger knows no such certificate"))
    if form is None:
        raise typer.Exit(1)


def tell_findings(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as plain data.

    Parameters
    ----------
    found : sequence of Finding
        What was found.

    Returns
    -------
    list of dict
        Rule, place, words and severity.
    """
    return [
        {"rule": one.rule, "at": one.at, "says": {"zh": one.says.zh, "en": one.says.en},
         "remedy": {"zh": one.remedy.zh, "en": one.remedy.en}, "severity": one.severity}
        for one in found
    ]  # fmt: skip


def read_kind(name: str, language: Language) -> str:
    """What was booked or asked, in the words of the pages.

    Parameters
    ----------
    name : str
        Kind of a transfer, or verb of another request.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Its word.
    """
    from dafeng.ledger.definitions import kinds

    found = kinds().get(name)
    return read_word("order_verb", name, language) if found is None else found.label.read(language)


def show_findings(found: Sequence[Finding], language: Language) -> None:
    """Print findings as a table.

    Parameters
    ----------
    found : sequence of Finding
        What was found.
    language : {"zh", "en"}
        Language.
    """
    heads = say(language, "规则 位置 说明 处理", "rule where what remedy").split()
    rows = [[one.rule, one.at, one.says.read(language), one.remedy.read(language)] for one in found]
    console().print(grid(say(language, "发现", "findings"), heads, rows))


def _end_broken(found: Sequence[BookSum]) -> None:
    if any(one.gap for one in found):
        raise typer.Exit(1)


def open_rights(folder: Path) -> Rights:
    """Books of the city in a folder.

    Parameters
    ----------
    folder : Path
        City folder.

    Returns
    -------
    Rights
        Close it after use.
    """
    from dafeng.work.rights import Rights

    return Rights(df.open_city(folder))


def show_orders(found: Sequence[Order], language: Language, *, as_json: bool, asked: bool = True) -> None:
    """Print orders.

    Parameters
    ----------
    found : sequence of Order
        The orders.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Whether as JSON.
    asked : bool, optional
        Whether they were asked for now, not only listed.

    Raises
    ------
    Exit
        With 1 where any that was asked for now was refused.
    """
    from dafeng.work.right_overview import order_document

    if as_json:
        print_json([order_document(one) for one in found])
    else:
        list_orders(found, language)
    if asked and any(one.state == "refused" for one in found):
        raise typer.Exit(1)


def list_orders(found: Sequence[Order], language: Language) -> None:
    """Print orders as a table.

    Parameters
    ----------
    found : sequence of Order
        The orders.
    language : {"zh", "en"}
        Language.
    """
    heads = say(language, "申请 操作 状态 事件 申请人 复核人 说明", "order verb state event who decided says").split()
    console().print(grid(say(language, "申请", "orders"), heads, [_row(one, language) for one in found]))


def _tell_units(order: Order) -> str:
    """Project and serial numbers that an order names; they need no language."""
    from dafeng.work.right_overview import tell_request

    told = tell_request(order)
    spans = told.get("spans", ())
    numbers = ", ".join(f"{first}–{last}" for first, last in spans[:SPANS])
    named = told.get("project")
    return " ".join(
        part for part in (named if isinstance(named, str) else "", numbers, "…" if len(spans) > SPANS else "") if part
    )


def _row(order: Order, language: Language) -> list[str]:
    said = order.reason
    told = (
        f"{said.says.read(language)} ({order.code}{f' {said.annex}' if said.annex else ''}) {order.about}"
        if said
        else order.about or _tell_units(order)
    )
    verb, state = read_kind(order.verb, language), read_word("order_state", order.state, language)
    return [order.id, verb, state, str(order.event or "—"), order.who, order.decided_by or "—", told]
