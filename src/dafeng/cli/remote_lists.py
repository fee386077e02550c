"""``dafeng remote …``: lists, files and pages of a server, any address of its API, and two things that can be asked for.

Invariant: what is printed is what the server answered; a change of what is public names the rules that were just read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from dafeng.cli.printing import console, grid, print_json, read_language, say
from dafeng.cli.remote_calls import JSON, AsJson, Server, Slug, TokenFile, Tongue, ask, ask_all, ask_file
from dafeng.core.labels import Language

app = typer.Typer()

Row = Mapping[str, Any]
Several = list[str] | None
Whole = Annotated[bool, typer.Option("--all", help="逐页取完 · every page of a list")]
Review = Annotated[str | None, typer.Argument(help="核对的编号 · id of a review", metavar="REVIEW")]
Job = Annotated[str | None, typer.Argument(help="任务的编号 · id of a job", metavar="JOB")]
Address = Annotated[str, typer.Argument(help="城市之下的地址，如 verdicts?verdict=met · below the city", metavar="ADDRESS")]


@app.command()
def read(city: Slug, address: Address, server: Server, token_file: TokenFile = None, whole: Whole = False) -> None:
    """取任一接口地址的 JSON · any address of the API as JSON; see /api/v1/ of the server."""
    path = f"{_place(city)}/{quote(address, safe='/?&=%:,.~+')}"
    print_json((ask_all if whole else ask)(server, path, token_file=token_file))


@app.command()
def page(
    city: Slug,
    name: Annotated[str, typer.Argument(help="页面，如 overview 或 targets/YT01 · page, or page/id", metavar="PAGE")],
    server: Server,
    token_file: TokenFile = None,
) -> None:
    """页面上的数据，JSON · what stands on a page, as JSON."""
    print_json(ask(server, f"{_place(city)}/pages/{quote(name)}", token_file=token_file))


@app.command()
def files(city: Slug, server: Server, token_file: TokenFile = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出可下载的文件 · list the files that can be fetched."""
    _show(ask_all(server, f"{_place(city)}/files", token_file=token_file), lang, as_json=as_json, title=("文件", "files"),
          columns={("文件", "file"): lambda one: one["name"]})  # fmt: skip


@app.command()
def download(
    city: Slug,
    name: Annotated[str, typer.Argument(help="文件名 · name of the file", metavar="FILE")],
    server: Server,
    out: Annotated[Path, typer.Option("--out", help="存到 · where to keep it")],
    token_file: TokenFile = None,
) -> None:
    """下载文件 · fetch a file."""
    out.write_bytes(ask_file(server, f"{_place(city)}/files/{quote(name, safe='')}", token_file=token_file))
    console().print(str(out))


@app.command()
def findings(
    city: Slug,
    delivery: Annotated[str, typer.Argument(help="上报文件的编号 · id of a delivery", metavar="DELIVERY")],
    server: Server,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """上报文件的问题，逐个单元格 · findings of a delivered file, cell by cell."""
    rows = ask_all(server, f"{_place(city)}/deliveries/{quote(delivery, safe='')}/findings", token_file=token_file)
    language = read_language(lang)
    _show(rows, lang, as_json=as_json, title=("问题", "findings"), columns={
        ("单元格", "cell"): lambda one: one["cell"], ("级别", "severity"): lambda one: one["severity"],
        ("规则", "rule"): lambda one: one["rule"], ("问题", "finding"): lambda one: one["says"][language],
    })  # fmt: skip


@app.command()
def reviews(
    city: Slug,
    server: Server,
    review: Review = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出核对，或一次核对的记录 · list the reviews, or the records of one."""
    if review is not None:
        path = f"{_place(city)}/reviews/{quote(review, safe='')}/records?{urlencode({'lang': read_language(lang)})}"
        _show(ask_all(server, path, token_file=token_file), lang, as_json=as_json, title=("记录", "records"), columns={
            ("编号", "id"): lambda one: one["id"], ("状态", "state"): lambda one: one["state"],
            ("内容", "content"): lambda one: one["headline"], ("数", "figure"): lambda one: one["figure"],
        })  # fmt: skip
        return
    rows = ask_all(server, f"{_place(city)}/reviews", token_file=token_file)
    _show(rows, lang, as_json=as_json, title=("方案核对", "reviews"), columns={
        ("编号", "id"): lambda one: one["id"], ("文件", "file"): lambda one: one["title"] or one["name"],
        ("已看", "seen"): lambda one: f"{one['done']}/{one['records']}", ("上传", "who"): lambda one: one["who"],
    })  # fmt: skip


@app.command()
def versions(city: Slug, server: Server, token_file: TokenFile = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出已确认的版本 · list the confirmed versions of the plan."""
    rows = ask_all(server, f"{_place(city)}/versions", token_file=token_file)
    _show(rows, lang, as_json=as_json, title=("版本", "versions"), columns={
        ("版本", "version"): lambda one: str(one["number"]), ("确认人", "who"): lambda one: one["who"],
        ("时间", "at"): lambda one: one["at"], ("核对", "review"): lambda one: one["review"],
    })  # fmt: skip


@app.command()
def views(city: Slug, server: Server, token_file: TokenFile = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出保存的视图 · list the saved views."""
    rows = ask_all(server, f"{_place(city)}/views", token_file=token_file)
    _show(rows, lang, as_json=as_json, title=("保存的视图", "saved views"), columns={
        ("名称", "name"): lambda one: one["name"], ("筛选", "filters"): lambda one: one["query"],
        ("所有者", "who"): lambda one: one["who"],
    })  # fmt: skip


@app.command()
def scenarios(city: Slug, server: Server, token_file: TokenFile = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出情景，本市保存的在内 · list the scenarios, those of the city's own included."""
    rows, language = ask_all(server, f"{_place(city)}/scenarios", token_file=token_file), read_language(lang)
    _show(rows, lang, as_json=as_json, title=("情景", "scenarios"), columns={
        ("代号", "id"): lambda one: one["id"], ("名称", "name"): lambda one: one["label"][language],
        ("本市", "own"): lambda one: "✓" if one["own"] else "—", ("保存人", "who"): lambda one: one["who"] or "—",
    })  # fmt: skip


@app.command()
def accounts(
    city: Slug,
    server: Server,
    token_file: TokenFile = None,
    log: Annotated[bool, typer.Option("--log", help="账户的记录，新的在前 · what was done with accounts")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出账户，管理员可用 · list the accounts, for administrators."""
    rows = ask_all(server, f"{_place(city)}/accounts{'/log' if log else ''}", token_file=token_file)
    if log:
        _show(rows, lang, as_json=as_json, title=("账户记录", "log of the accounts"), columns={
            ("时间", "at"): lambda one: one["at"], ("谁", "who"): lambda one: one["who"],
            ("动作", "action"): lambda one: one["action"], ("对象", "of"): lambda one: f"{one['kind']}/{one['id']}",
        })  # fmt: skip
        return
    _show(rows, lang, as_json=as_json, title=("账户", "accounts"), columns={
        ("登录名", "name"): lambda one: one["name"], ("角色", "role"): lambda one: one["role"],
        ("可用", "active"): lambda one: "✓" if one["active"] else "—", ("更改", "changed"): lambda one: one["changed_at"],
    })  # fmt: skip


@app.command()
def jobs(
    city: Slug,
    server: Server,
    job: Job = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出后台任务，或一项任务及其发现的问题 · list the jobs of a city, or one with what it found."""
    if job is not None:
        made = ask(server, f"{_place(city)}/jobs/{quote(job, safe='')}", token_file=token_file)
        if as_json:
            print_json(made)
            return
        _show_jobs([made], lang, as_json=False)
        if made.get("findings"):
            path = made["findings"]["address"].removeprefix("/api/v1/")
            _show_findings(ask_all(server, path, token_file=token_file), made["findings"], lang)
        return
    _show_jobs(ask_all(server, f"{_place(city)}/jobs", token_file=token_file), lang, as_json=as_json)


@app.command()
def start(
    city: Slug,
    server: Server,
    kind: Annotated[str, typer.Argument(help="assess、ingest 或 inventory · what to do", metavar="KIND")] = "assess",
    token_file: TokenFile = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """发起后台任务 · ask for work; it is done on the server."""
    made = ask(server, f"{_place(city)}/jobs", token_file=token_file, data=_spell({"kind": kind}), kind=JSON)
    if as_json:
        print_json(made)
        return
    _show_jobs([made], lang, as_json=False)


@app.command()
def publish(
    city: Slug,
    server: Server,
    show: Annotated[Several, typer.Option("--show", help="公开 种类 或 种类/编号 · make a kind or kind/id public")] = None,
    hide: Annotated[Several, typer.Option("--hide", help="改为内部 · make it internal")] = None,
    unset: Annotated[Several, typer.Option("--unset", help="删去规则，按默认 · remove the rule")] = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """公开什么：查看、改动 · what is public: look, change."""
    place = f"{_place(city)}/visibility"
    rules, language = ask(server, place, token_file=token_file), read_language(lang)
    decisions = [*_decisions(show, "public"), *_decisions(hide, "internal"), *_decisions(unset, "unset")]
    if decisions:
        data = _spell({"seen": rules["seen"], "decisions": decisions})
        rules = ask(server, place, token_file=token_file, data=data, kind=JSON)
    if as_json:
        print_json(rules)
        return
    _show(rules["kinds"], lang, as_json=False, title=("公开什么", "what is public"), columns={
        ("种类", "kind"): lambda one: one["id"], ("名称", "name"): lambda one: one["label"][language],
        ("公开", "public"): lambda one: f"{one['public']}/{one['objects']}", ("默认", "state"): lambda one: one["state"],
    })  # fmt: skip


def _show(
    rows: Sequence[Row], lang: str, *, as_json: bool, title: tuple[str, str],
    columns: Mapping[tuple[str, str], Callable[[Row], str]],
) -> None:  # fmt: skip
    if as_json:
        print_json(list(rows))
        return
    language: Language = read_language(lang)
    heads = [say(language, *head) for head in columns]
    console().print(grid(say(language, *title), heads, [[tell(one) for tell in columns.values()] for one in rows]))


def _show_jobs(rows: Sequence[Row], lang: str, *, as_json: bool) -> None:
    _show(rows, lang, as_json=as_json, title=("后台任务", "jobs"), columns={
        ("编号", "id"): lambda one: one["id"], ("任务", "job"): lambda one: one["kind"],
        ("状态", "state"): lambda one: one["state"], ("完成", "done"): lambda one: f"{one['share']:.0%}",
        ("发起", "by"): lambda one: one["who"], ("结果", "run"): lambda one: one["run"] or "—",
    })  # fmt: skip


def _show_findings(rows: Sequence[Row], found: Row, lang: str) -> None:
    language, counts = read_language(lang), ", ".join(f"{kind} {number}" for kind, number in found["counts"].items())
    console().print(say(language, f"问题 {found['total']} 个：{counts}", f"{found['total']} findings: {counts}"))
    if found["refused"]:
        files = ", ".join(found["refused"])
        console().print(say(language, f"未入库的文件：{files}", f"files that were not taken in: {files}"))
    _show(rows, lang, as_json=False, title=("问题", "findings"), columns={
        ("位置", "place"): lambda one: one["at"], ("级别", "severity"): lambda one: one["severity"],
        ("规则", "rule"): lambda one: one["rule"], ("问题", "finding"): lambda one: one["says"][language],
    })  # fmt: skip


def _decisions(texts: Several, state: str) -> list[Row]:
    """Decisions typed as ``kind`` or ``kind/id``."""
    return [{"kind": kind, "name": name, "state": state} for kind, _, name in (text.partition("/") for text in texts or ())]


def _place(city: str) -> str:
    return f"cities/{quote(city, safe='')}"


def _spell(content: Row) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
