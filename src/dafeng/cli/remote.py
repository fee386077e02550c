"""``dafeng remote …``: the same words over a server instead of a city folder.

Invariant: a token is read from a file, never an argument; it is sent to the named server only, in clear text to this
machine only; what the server refuses is told as every other refusal.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

import typer

from dafeng.cli.listing import DEEP, SHOWN, WIDE
from dafeng.cli.printing import console, explanation_tree, grid, print_json, read_language, say
from dafeng.core.errors import AccessError, FileRefused, SettingError
from dafeng.core.labels import Label

app = typer.Typer(help="连接服务器：同样的命令 · the same words over a server", no_args_is_help=True)

LARGEST_ANSWER = 200_000_000
"""Most that is read of an answer. [bytes]"""
PATIENCE = 60
"""How long an answer may take. [s]"""

Server = Annotated[str, typer.Option("--server", help="服务器地址，如 https://cockpit.lan · address of the server")]
TokenFile = Annotated[Path | None, typer.Option("--token-file", help="存放令牌的文件 · file that holds the token")]
Slug = Annotated[str, typer.Argument(help="城市在网址中的名字 · name of the city in addresses", metavar="CITY")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]


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
    found = ask(server, f"cities/{quote(city, safe='')}/deliveries", token_file=token_file)
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


def ask(server: str, path: str, *, token_file: Path | None = None, data: bytes | None = None) -> Any:
    """Answer of a server.

    Parameters
    ----------
    server : str
        Its address.
    path : str
        Address below ``/api/v1``.
    token_file : Path, optional
        File that holds the token.
    data : bytes, optional
        What is handed in.

    Returns
    -------
    object
        The JSON.

    Raises
    ------
    SettingError
        If address or token cannot be used.
    AccessError
        If the server refuses the token or cannot be reached.
    FileRefused
        If it refuses what was asked or handed in.
    """
    headers = {"Accept": "application/json", "Content-Type": "application/octet-stream"}
    if token_file is not None:
        headers["Authorization"] = f"Bearer {_read_token(token_file, server)}"
    address = f"{_check(server)}/api/v1/{path}"
    request = Request(address, data=data, headers=headers)  # noqa: S310 - the scheme is checked
    try:
        with _opener().open(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read(LARGEST_ANSWER))
    except HTTPError as cause:
        raise _refused(cause, address) from cause
    except (URLError, TimeoutError, ConnectionError, json.JSONDecodeError) as cause:
        raise _unreached(address, str(getattr(cause, "reason", cause))) from cause


class Straight(HTTPRedirectHandler):
    """Follows nothing: a token must not be carried elsewhere."""

    def redirect_request(self, *told: Any) -> None:
        """Do not follow.

        Parameters
        ----------
        *told : object
            What the library tells of the answer.
        """


def _opener() -> OpenerDirector:
    return build_opener(Straight())


def _check(server: str) -> str:
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise SettingError(
            Label(
                f"服务器地址“{parts.hostname or server[:80]}”不能用",
                f"the address '{parts.hostname or server[:80]}' cannot be used",
            ),
            where="--server",
            expected=Label(
                "如 https://cockpit.lan 或 http://127.0.0.1:8600", "such as https://cockpit.lan or http://127.0.0.1:8600"
            ),
            remedy=Label("改正地址", "correct the address"),
        )
    return server.rstrip("/")


def _read_token(path: Path, server: str) -> str:
    from dafeng.store.access_tokens import HEAD

    parts = urlsplit(server)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise SettingError(
            Label("令牌不经未加密的连接发送", "a token is not sent over a connection that others can read"),
            where="--server",
            expected=Label("https 地址，或本机地址", "an https address, or this machine's own"),
            remedy=Label("请服务器前的代理提供 https", "let a proxy in front of the server speak https"),
        )
    token = path.read_text(encoding="ascii", errors="replace").strip()
    if not token.startswith(HEAD) or not token.isascii() or len(token) > 200 or len(token.split()) != 1:
        raise SettingError(
            Label("文件里不是令牌", "the file holds no token"),
            where=str(path),
            expected=Label(f"以 {HEAD} 开头的一行", f"one line that begins with {HEAD}"),
            remedy=Label(
                "在“我的账户”页生成令牌并存入此文件", "make a token on the page 'My account' and keep it in this file"
            ),
        )
    return token


def _refused(cause: HTTPError, address: str) -> AccessError | FileRefused:
    try:
        told = json.loads(cause.read(100_000))
    except (json.JSONDecodeError, UnicodeDecodeError):
        told = {}
    said = told.get("says") if isinstance(told, dict) else None
    what = Label(said["zh"], said["en"]) if said else Label(f"服务器答复 {cause.code}", f"the server answered {cause.code}")
    lacking = (Label("有效的令牌", "a token that is good"), Label("在“我的账户”页看令牌", "look at the page 'My account'"))
    denied = (
        Label("可写的令牌", "a token to write, of a role that edits"),
        Label("换一个令牌", "use another token"),
    )
    words = {401: lacking, 403: denied}
    plain = (Label("服务器接受的请求", "a request that the server takes"), Label("改正后重试", "correct it and try again"))
    expected, remedy = words.get(cause.code, plain)
    if isinstance(told, dict) and told.get("expected") and told.get("remedy"):
        expected, remedy = (Label(told[name]["zh"], told[name]["en"]) for name in ("expected", "remedy"))
    kind = AccessError if cause.code in (401, 403) else FileRefused
    return kind(what, where=f"{cause.code} {address}", expected=expected, remedy=remedy)


def _unreached(address: str, said: str) -> AccessError:
    return AccessError(
        Label(f"服务器没有应答（{said[:200]}）", f"the server did not answer ({said[:200]})"),
        where=address,
        expected=Label("正在运行的驾驶舱", "a cockpit that is running"),
        remedy=Label("检查地址和网络，确认 dafeng serve 在运行", "check address and network, and that dafeng serve runs"),
    )
