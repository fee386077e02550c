"""``dafeng user …``: who may log in to a city's pages.

Invariant: a password is never an argument and never printed; it is asked for without echo, or read from standard input.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from getpass import getpass, getuser
from pathlib import Path
from typing import Annotated

import typer

import dafeng as df
from dafeng.cli.printing import console, grid
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label

app = typer.Typer(help="账户：谁可以登录核对 · who may log in", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Name = Annotated[str, typer.Argument(help="登录名 · login name", metavar="NAME")]


@app.command()
def add(
    folder: Folder,
    name: Name,
    role: Annotated[
        str,
        typer.Option("--role", help="reader 查看、editor 编辑、confirmer 确认、administrator 管账户 · what the account may do"),
    ] = "editor",
) -> None:
    """新增账户，或改角色与密码 · make an account, or change its role and password; the password is asked for."""
    from dafeng.store.accounts import set_account
    from dafeng.store.records import open_records

    city = df.open_city(folder)
    password = _ask()
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor=_operator(), at=at) as session:
        set_account(session, name, role, password, at=at)
    console().print(f"{name}：{role}。dafeng serve {folder} 后登录 /{city.slug}/login · log in at /{city.slug}/login")


@app.command()
def close(folder: Folder, name: Name) -> None:
    """停用账户，已作的改动保留 · let an account log in no more; what it did stays."""
    from dafeng.store.accounts import close_account
    from dafeng.store.records import open_records

    city = df.open_city(folder)
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor=_operator(), at=at) as session:
        close_account(session, name, at=at)
    console().print(f"{name}：已停用 · closed")


@app.command("list")
def list_users(folder: Folder) -> None:
    """列出账户 · list the accounts."""
    from dafeng.store.accounts import list_accounts
    from dafeng.store.records import open_records

    with open_records(df.open_city(folder).records) as records, records.read() as session:
        rows = [
            [a.name, a.role, "✓" if a.active else "–", a.changed_at.isoformat(timespec="minutes")]
            for a in list_accounts(session)
        ]
    console().print(grid("账户 · accounts", ["name", "role", "active", "changed"], rows))


@app.command()
def reset(folder: Folder, name: Name) -> None:
    """重设密码：给出一次性链接，登录和令牌随即失效 · a one-time link for another password; visits and tokens end."""
    from dafeng.store import invitations
    from dafeng.store.accounts import find_account
    from dafeng.store.records import open_records

    city = df.open_city(folder)
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor=_operator(), at=at) as session:
        seen = find_account(session, name).stamp
        token = invitations.reset(session, name, seen=seen, who=_operator(), at=at)
    console().print(f"{name}：/{city.slug}/welcome/{token}（24 小时内用一次 · good once within 24 hours）", soft_wrap=True)


@app.command()
def token(
    folder: Folder,
    name: Name,
    purpose: Annotated[str, typer.Option("--name", help="用途 · what it is for")],
    out: Annotated[Path, typer.Option("--out", help="写到此文件，只有您能读 · file that only you can read")],
    scope: Annotated[str, typer.Option("--scope", help="read 或 write · what it may do")] = "read",
    days: Annotated[int, typer.Option("--days", help="有效天数 · days that it lasts")] = 90,
) -> None:
    """生成访问令牌，写入文件 · make an access token; it is written to a file and shown nowhere."""
    from dafeng.store.access_tokens import make_token
    from dafeng.store.accounts import find_account
    from dafeng.store.records import open_records

    city = df.open_city(folder)
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor=_operator(), at=at) as session:
        find_account(session, name)
        made = make_token(session, name, purpose, scope, days, at=at)
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(made + "\n")
    console().print(f"{out}：{purpose}，{scope}，{days} 天 · {days} days")


@app.command()
def tokens(folder: Folder, name: Name) -> None:
    """列出访问令牌 · list the access tokens of an account."""
    from dafeng.store.access_tokens import is_good, list_tokens
    from dafeng.store.records import open_records

    at = datetime.now(UTC)
    with open_records(df.open_city(folder).records) as records, records.read() as session:
        rows = [
            [one.id[:12], one.name, one.scope, "✓" if is_good(one, at) else "–", one.ends_at.date().isoformat()]
            for one in list_tokens(session, name)
        ]
    console().print(grid("令牌 · tokens", ["id", "name", "scope", "good", "until"], rows))


@app.command("end-token")
def end_token(
    folder: Folder, name: Name, id: Annotated[str, typer.Argument(help="令牌编号 · its id", metavar="TOKEN")]
) -> None:
    """令牌失效 · let a token be good no more."""
    from dafeng.store import access_tokens
    from dafeng.store.records import open_records

    at = datetime.now(UTC)
    with open_records(df.open_city(folder).records) as records, records.write(actor=_operator(), at=at) as session:
        access_tokens.end_token(session, name, id, at=at)
    console().print(f"{id}：已失效 · over")


def _ask() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass("密码（至少 10 个字符）· password: ")
    if first != getpass("再输入一次 · again: "):
        raise SettingError(
            Label("两次输入不同", "the two entries differ"),
            where="password",
            expected=Label("两次相同的密码", "the same password twice"),
            remedy=Label("重新运行；没有改动账户", "run it again; no account was changed"),
        )
    return first


def _operator() -> str:
    """Name of the person at this machine, for the audit log."""
    try:
        return f"cli:{getuser()}"
    except (OSError, KeyError):
        return "cli"
