"""``dafeng ledger statement`` and ``claims``: what moved in an account, and what stands on it.

Invariant: nothing is booked here; an account shows what it has, what is claimed of it and what is free.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dafeng.cli.ledger_lists import MOST_NUMBER, Account, AsJson, Folder, Tongue, open_rights, read_kind
from dafeng.cli.printing import console, grid, print_json, read_language, read_word, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from rich.table import Table

    from dafeng.work.city import City
    from dafeng.work.right_rows import AccountRow, BookRow, ClaimRow

app = typer.Typer()

Claimed = tuple["AccountRow", "BookRow", "ClaimRow"]


@app.command()
def statement(
    folder: Folder,
    name: Account,
    before: Annotated[int, typer.Option("--before", min=0, max=MOST_NUMBER, help="该事件之前 · before this event")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10000, help="至多几行 · at most so many lines")] = 50,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """账户明细，新的在前；余额、受限与可用 · statement of an account, the newest first, with what is claimed and free."""
    from dafeng.web.book_words import say_unit
    from dafeng.work.right_books import tell_quantity
    from dafeng.work.right_overview import account_document, block_document, claim_document, line_document
    from dafeng.work.right_rows import read_blocks, read_claims, read_statement

    language = read_language(lang)
    with open_rights(folder) as rights:
        found, book = rights.find_account(name)
        with rights.reading() as rows:
            lines = read_statement(rows, found.no, before=before, limit=limit)
            claims, blocks = read_claims(rows, found.no), read_blocks(rows, found.no)
        city = rights.city
    if as_json:
        told: dict[str, Any] = {**account_document(found, book), "lines": [line_document(one) for one in lines]}
        told |= {"claims": [claim_document(one) for one in claims], "blocks": [block_document(one) for one in blocks]}
        print_json(told)
        return
    heads = say(language, "事件 生效 类别 数量 余额 对方 原因", "event day kind amount balance other reason").split()
    told_rows = [
        [str(one.seq), one.effective.isoformat(), read_kind(one.kind, language), tell_quantity(one.amount, book.scale),
         tell_quantity(one.balance, book.scale), one.other_name, one.reason]
        for one in lines
    ]  # fmt: skip
    unit, out = say_unit(book.unit, language), console()
    out.print(grid(f"{found.title} · {book.name} · {unit}", heads, told_rows, right=(3, 4)))
    has, held, free = (tell_quantity(one, book.scale) for one in (found.balance, found.held, found.free))
    out.print(
        say(language, f"余额 {has}，受限 {held}，可用 {free} {unit}", f"balance {has}, claimed {held}, free {free} {unit}")
    )
    if claims:
        out.print(_grid(city, [(found, book, one) for one in claims], language))


@app.command()
def claims(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="账户编号，缺省为全部 · account id, all if not given", metavar="[ACCOUNT]")] = "",
    after: Annotated[int, typer.Option("--after", min=0, max=MOST_NUMBER, help="从该账户序号之后 · after this account")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10000, help="至多几个账户 · at most so many accounts")] = 100,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出冻结、质押与待办划转及其编号 · list freezes, pledges and pending transfers with their ids."""
    from dafeng.work.right_overview import claim_document
    from dafeng.work.right_rows import list_claimed, read_claims

    language = read_language(lang)
    with open_rights(folder) as rights:
        books = {one.no: one for one in rights.books()}
        named = [rights.find_account(name)[0]] if name else None
        found: list[Claimed] = []
        if books:
            with rights.reading() as rows:
                of = list_claimed(rows, after=after, limit=limit) if named is None else named
                found = [(one, books[one.book], claim) for one in of for claim in read_claims(rows, one.no)]
        city = rights.city
    if as_json:
        print_json([{"account": one.name, "number": one.no, "book": book.name, **claim_document(claim)}
                    for one, book, claim in found])  # fmt: skip
    elif found:
        console().print(_grid(city, found, language))
    else:
        console().print(say(language, "没有冻结、质押或待办划转", "no freeze, pledge or pending transfer"))


def _grid(city: City, found: Iterable[Claimed], language: Language) -> Table:
    from dafeng.web.book_words import say_unit
    from dafeng.work.right_books import tell_quantity

    zh, en = "编号 账户 权利 申请数 已锁定 单位 顺位 到期", "id account claim asked holds unit rank until"
    rows = [
        [claim.id, one.name, read_word("claim_kind", claim.kind, language), tell_quantity(claim.asked, book.scale),
         tell_quantity(claim.held, book.scale), say_unit(book.unit, language), str(claim.rank), _until(city, claim.until)]
        for one, book, claim in found
    ]  # fmt: skip
    return grid(say(language, "冻结、质押与待办", "claims"), say(language, zh, en).split(), rows, right=(3, 4, 6))


def _until(city: City, until: datetime | None) -> str:
    """Instant on the city's own clock."""
    from dafeng.work.city_days import city_zone

    return "—" if until is None else f"{until.astimezone(city_zone(city)):%Y-%m-%d %H:%M}"
