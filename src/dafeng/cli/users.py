"""``dafeng user …``: who may log in to a city's pages.

Invariant: a password is never an argument and never printed; it is asked for without echo, or read from standard input.
"""

from __future__ import annotations

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
        str, typer.Option("--role", help="reader 查看、editor 编辑、confirmer 编辑并确认 · what the account may do")
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
