"""``dafeng remote …``: the same words over a server instead of a city folder.

Invariant: what is printed is what the server answered; `dafeng.cli.remote_calls` alone speaks to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from dafeng.cli.listing import DEEP, SHOWN, WIDE
from dafeng.cli.printing import console, explanation_tree, grid, print_json, read_language, say
from dafeng.cli.remote_calls import AsJson, Server, Slug, TokenFile, Tongue, ask, ask_all

app = typer.Typer(help="连接服务器：同样的命令 · the same words over a server", no_args_is_help=True)


@app.command()
def cities(server: Server, token_file: TokenFile = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出服务器上的城市 · list the cities of a server."""
    found = ask(server, "cities", token_file=token_file)
    if as_json:
        print_json(found)
        return
    language = read_language(lang)
    heads = say(language, "名字 城市 年度 运行", "name city year run").split()
    rows = [[one["slug"], one["label"][language], str(one["year"]), one["run"]] for one in found]
    console().print(grid(say(language, "城市", "cities"), heads, rows))


@app.command()
def part(
    city: Slug,
    name: Annotated[str, typer.Argument(help="部分，如 verdicts · part of the view document", metavar="PART")],
    server: Server,
    token_file: TokenFile = None,
) -> None:
    """取一个部分的 JSON · a part of the view document as JSON: verdicts, tasks, emissions, …"""
    print_json(ask(server, f"cities/{quote(city, safe='')}/{quote(name, safe='')}", token_file=token_file))


@app.command("list-tasks")
def list_tasks(city: Slug, server: Server, token_file: TokenFile = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """重点任务清单 · the task list, as `dafeng list-tasks` of a folder."""
    found = ask(server, f"cities/{quote(city, safe='')}/tasklist", token_file=token_file)["content"]
    if as_json:
        print_json(found)
        return
    language = read_language(lang)
    heads = say(language, "编号 任务 时限 状态", "id task due state").split()
    rows = [[one["id"], one["title"], "、".join(map(str, one["years"])) or "—", one["state"]] for one in found["tasks"]]
    console().print(grid(say(language, "重点任务清单", "key tasks"), heads, rows))


@app.command()
def explain(
    city: Slug,
    address: Annotated[str, typer.Argument(help="地址或关键词 · address, or words to look for", metavar="ADDRESS")],
    server: Server,
    token_file: TokenFile = None,
    depth: Annotated[int | None, typer.Option(help="层数 · levels to walk down", min=1, max=40)] = None,
    all_inputs: Annotated[bool, typer.Option("--all", help="全部各层各项 · every level and input")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """追溯一个数 · walk a number down to clause, factor and cell."""
    levels = depth or (DEEP if all_inputs or as_json else SHOWN)
    path = f"cities/{quote(city, safe='')}/trees/{quote(address)}?{urlencode({'depth': levels})}"
    node = ask(server, path, token_file=token_file)
    if as_json:
        print_json(node)
    else:
        console().print(explanation_tree(node, read_language(lang), widest=None if all_inputs else WIDE))


@app.command()
def deliver(
    city: Slug,
    file: Annotated[Path, typer.Argument(help="要上报的文件 · file to hand in", metavar="FILE")],
    server: Server,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """上报文件，等人在页面上看过后入库 · hand in a file; somebody looks at it on the page and takes it in."""
    path = f"cities/{quote(city, safe='')}/deliveries?{urlencode({'name': file.name})}"
    made = ask(server, path, token_file=token_file, data=file.read_bytes())
    if as_json:
        print_json(made)
        return
    seen = f"{server.rstrip('/')}/{city}/deliver/{made['id']}/"
    console().print(
        say(read_language(lang), f"已上报 {made['name']}，查看：{seen}", f"handed in {made['name']}; look at {seen}")
    )


@app.command()
def deliveries(city: Slug, server: Server, token_file: TokenFile = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出上报的文件 · list the files that were handed in."""
    found = ask_all(server, f"cities/{quote(city, safe='')}/deliveries", token_file=token_file)
    if as_json:
        print_json(found)
        return
    language = read_language(lang)
    heads = say(language, "编号 文件 状态 查看 事实 上报人", "id file state look facts who").split()
    rows = [[one["id"], one["name"], one["state"], _look(one), str(one["facts"]), one["who"]] for one in found]
    console().print(grid(say(language, "上报", "deliveries"), heads, rows, right=(4,)))


def _look(one: dict[str, Any]) -> str:
    """State of the look at a file, with its share while it is under way."""
    told = one.get("look") or {"state": "—", "share": None}
    return str(told["state"]) if told["share"] is None else f"{told['state']} {told['share']:.0%}"
