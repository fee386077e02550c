"""``dafeng ledger post``, ``void``, ``block``, ``lock`` …: pending transfers, and states of accounts and books.

Invariant: each is an order with who asked, as on the pages; what needs two persons waits until ``approve`` names somebody else.
"""

from __future__ import annotations

from typing import Annotated

import typer

from dafeng.cli.ledger import Key, Reason, Who, ask_order, new_id
from dafeng.cli.ledger_lists import MOST_UNITS, Account, AsJson, Folder, Tongue, open_rights
from dafeng.cli.printing import read_language

app = typer.Typer()

Pending = Annotated[str, typer.Argument(help="待办划转的编号 · id of the pending transfer", metavar="TRANSFER")]
Book = Annotated[str, typer.Argument(help="账簿编号 · book id", metavar="BOOK")]


@app.command()
def post(
    folder: Folder,
    pending: Pending,
    quantity: Annotated[
        int | None,
        typer.Option("--units", min=1, max=MOST_UNITS, help="最小单位数，缺省全部，其余放回 · minimal units, all if not given"),
    ] = None,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """完成待办划转 · book a pending transfer, whole or in part; the rest is free again."""
    from dafeng.ledger.requests import Post

    with open_rights(folder) as rights:
        ask_order(rights, Post(key or new_id(), pending, quantity), who, read_language(lang), as_json=as_json)


@app.command()
def void(
    folder: Folder, pending: Pending, key: Key = "", who: Who = "", as_json: AsJson = False, lang: Tongue = "zh"
) -> None:  # fmt: skip
    """放弃待办划转 · give up a pending transfer."""
    from dafeng.ledger.requests import Void

    with open_rights(folder) as rights:
        ask_order(rights, Void(key or new_id(), pending), who, read_language(lang), as_json=as_json)


@app.command()
def block(
    folder: Folder,
    name: Account,
    reason: Reason,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """冻结账户，须另一人复核 · block an account; a second person approves."""
    _set_state(folder, name, "blocked", reason, key, who, lang, as_json=as_json)


@app.command()
def unblock(
    folder: Folder,
    name: Account,
    reason: Reason,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """解除账户冻结，须另一人复核 · end the block of an account; a second person approves."""
    _set_state(folder, name, "open", reason, key, who, lang, as_json=as_json)


@app.command("close-account")
def close_account(
    folder: Folder,
    name: Account,
    reason: Reason,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """销户，不可撤销，须另一人复核 · close an account for good; a second person approves."""
    _set_state(folder, name, "closed", reason, key, who, lang, as_json=as_json)


@app.command("close-book")
def close_book(
    folder: Folder,
    book: Book,
    reason: Reason,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """关闭账簿，须另一人复核 · close a book: nothing is booked in it; a second person approves."""
    _set_book(folder, book, "closed", "", reason, key, who, lang, as_json=as_json)


@app.command("reopen-book")
def reopen_book(
    folder: Folder,
    book: Book,
    reason: Reason,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """重新启用已关闭的账簿，须另一人复核 · open a closed book again; a second person approves."""
    _set_book(folder, book, "open", "", reason, key, who, lang, as_json=as_json)


@app.command()
def lock(
    folder: Folder,
    book: Book,
    before: Annotated[str, typer.Argument(help="锁定此日之前的生效日期，如 2026-01-01 · day", metavar="DAY")],
    reason: Reason,
    key: Key = "",
    who: Who = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """锁账：此日之前不再记账，须另一人复核 · lock all days of a book before one; a second person approves."""
    from dafeng.core.typed import read_typed_day

    day = read_typed_day(before, where="DAY").isoformat()
    _set_book(folder, book, "", day, reason, key, who, lang, as_json=as_json)


def _set_state(folder: Folder, name: str, state: str, reason: str, key: str, who: str, lang: str, *, as_json: bool) -> None:
    from dafeng.ledger.requests import SetState

    with open_rights(folder) as rights:
        rights.find_account(name)
        ask_order(rights, SetState(key or new_id(), name, state, reason), who, read_language(lang), as_json=as_json)


def _set_book(
    folder: Folder, book: str, state: str, before: str, reason: str, key: str, who: str, lang: str, *, as_json: bool
) -> None:  # fmt: skip
    from dafeng.ledger.requests import SetBook

    with open_rights(folder) as rights:
        rights.find_book(book)
        ask_order(rights, SetBook(key or new_id(), book, state, before, reason), who, read_language(lang), as_json=as_json)
