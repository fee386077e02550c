"""``dafeng budget …``: energy and carbon budgets as trees on the ledger.

Invariant: nothing is booked here; ``book``, ``freeze``, ``release``, ``close`` and ``move`` only ask.
"""

from __future__ import annotations

from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

import dafeng as df
from dafeng.cli.ledger_lists import list_orders, show_orders
from dafeng.cli.printing import console, grid, print_findings, print_json, read_language, read_word, say
from dafeng.core.labels import Language

app = typer.Typer(help="预算：用能预算、碳预算的层层下达与使用 · energy and carbon budgets", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Name = Annotated[str, typer.Argument(help="预算编号 · id of the budget", metavar="BUDGET")]
Node = Annotated[str, typer.Argument(help="节点编号 · id of the node", metavar="NODE")]
Reason = Annotated[str, typer.Option("--reason", help="原因 · why")]
Who = Annotated[str, typer.Option("--who", help="经手人，缺省为登录名 · who asks")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]


@app.command("list")
def list_all(folder: Folder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出城市的预算 · list the budgets of a city."""
    city, language = df.open_city(folder), read_language(lang)
    found = [df.budget_document(one) for one in df.budgets(city)]
    if as_json:
        print_json(found)
        return
    heads = say(language, "编号 名称 时期 单位 下达 已用 冻结 可用 状态", "id name period unit allotted used frozen free state")
    rows = [
        [
            one["id"],
            one["label"][language],
            f"{one['period']['start']} – {one['period']['end']}",
            one["unit"],
            one["nodes"][0]["allotted"],
            *(one["nodes"][0]["below"][name] for name in ("consumed", "frozen", "free")),
            read_word("budget_state", one["state"], language),
        ]
        for one in found
    ]
    console().print(grid(city.label.read(language), heads.split(), rows, right=(4, 5, 6, 7)))


@app.command()
def show(folder: Folder, name: Name, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """查看一棵预算树；不入账 · show a budget as it stands."""
    _print(df.show_budget(df.open_city(folder), name), read_language(lang), as_json=as_json)


@app.command()
def book(folder: Folder, name: Name, who: Who = "", as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """申请入账：只记文件与账簿之差，须另一人复核 · ask to book what differs; a second person approves."""
    _ask(folder, name, "book", who, lang, as_json=as_json)


@app.command()
def freeze(
    folder: Folder, name: Name, node: Node, reason: Reason, who: Who = "", as_json: AsJson = False, lang: Tongue = "zh"
) -> None:  # fmt: skip
    """申请冻结某节点及其下级的余额，须另一人复核 · ask to freeze what a node and those below it have left."""
    _ask(folder, name, "freeze", who, lang, node=node, reason=reason, as_json=as_json)


@app.command()
def release(folder: Folder, name: Name, node: Node, who: Who = "", as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """申请解除冻结，须另一人复核 · ask to release what was frozen; a second person approves."""
    _ask(folder, name, "release", who, lang, node=node, as_json=as_json)


@app.command()
def close(folder: Folder, name: Name, who: Who = "", as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """申请关闭时期：未用部分收回或失效，须另一人复核 · ask to close the period; what is unused goes back or lapses."""
    _ask(folder, name, "close", who, lang, as_json=as_json)


@app.command()
def move(
    folder: Folder,
    name: Name,
    giver: Annotated[str, typer.Argument(help="调出节点 · node that gives", metavar="FROM")],
    taker: Annotated[str, typer.Argument(help="调入节点 · node that gets", metavar="TO")],
    quantity: Annotated[str, typer.Argument(help="数量，预算单位 · quantity in the unit of the budget", metavar="QUANTITY")],
    reason: Reason,
    who: Who = "",
    order: Annotated[str, typer.Option("--id", help="申请编号，重复提交只办一次 · id; the same twice is done once")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """提出同级之间的调剂，由另一人复核 · ask for a move between nodes of one parent; somebody else approves it."""
    from uuid import uuid4

    from dafeng.work.budget_moves import move_budget
    from dafeng.work.right_books import read_quantity
    from dafeng.work.right_overview import order_document
    from dafeng.work.rights import Rights

    city, language = df.open_city(folder), read_language(lang)
    state = df.show_budget(city, name)
    units = read_quantity(quantity, state.file.budget.scale)
    with Rights(city) as rights:
        made = move_budget(
            rights, state, giver, taker, units, id=order or uuid4().hex, who=who or getuser(), reason=reason
        )  # fmt: skip
    if as_json:
        print_json(order_document(made))
    else:
        list_orders([made], language)
        if made.state == "waiting":
            console().print(say(language, "复核：dafeng ledger approve", "next: dafeng ledger approve"))
    if made.state == "refused":
        raise typer.Exit(1)


def _ask(
    folder: Path, name: str, step: str, who: str, lang: str, *, node: str = "", reason: str = "", as_json: bool
) -> None:  # fmt: skip
    from dafeng.work.ask_budgets import ask_budget

    language = read_language(lang)
    made = ask_budget(df.open_city(folder), name, step, who=who or getuser(), node=node, reason=reason)
    if made is None and not as_json:
        console().print(say(language, "没有可办的事项，未提出申请", "nothing to be done; no order was made"))
        return
    show_orders([made] if made is not None else [], language, as_json=as_json)


def _print(found: df.BudgetState, language: Language, *, as_json: bool) -> None:
    told = df.budget_document(found)
    if as_json:
        print_json(told)
        _end_unequal(told)
        return
    out = console()
    state, period = read_word("budget_state", told["state"], language), f"{told['period']['start']} – {told['period']['end']}"
    title = f"{told['label'][language]} {period} {told['unit']} {state}"
    heads = say(
        language,
        "节点 层级 下达 再下达 自用 合计已用 冻结 可用 收回/失效 超用 预警",
        "node level allotted passed used used_below frozen free back/lapsed over warning",
    ).split()
    out.print(grid(title, heads, [_row(one, language) for one in told["nodes"]], right=tuple(range(2, 10))))
    wrong = [one for one in told["checks"] if not one["holds"]]
    summed = say(language, "合计与账簿核对", "sums held against the ledger")
    out.print(f"{summed}: {len(told['checks']) - len(wrong)}/{len(told['checks'])}")
    print_findings(found.findings, language)
    _end_unequal(told)


def _end_unequal(told: dict[str, Any]) -> None:
    """Books that do not agree with their log are no success."""
    if not all(one["holds"] for one in told["checks"]):
        raise typer.Exit(1)


def _row(node: dict[str, Any], language: Language) -> list[str]:
    warning = node["warning"]
    said = "—" if warning is None else warning["says"][language]
    if warning is not None and warning["completion"] is not None:
        said = f"{said} {warning['completion']} %"
    below = node["below"]
    return [
        f"{node['id']} {node['label'][language]}",
        read_word("budget_level", node["level"], language),
        node["allotted"],
        node["given"],
        node["consumed"],
        below["consumed"],
        node["frozen"],
        node["free"],
        f"{node['returned']}/{node['lapsed']}",
        node["over"],
        said,
    ]
