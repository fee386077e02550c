"""Requests of ``dafeng remote`` to a server: one answer, a list page by page, a file.

Invariant: a token is read from a file, never an argument; it is sent to the named server only, in clear text to this
machine only; what the server refuses is told as every other refusal.
"""

from __future__ import annotations

import json
import re
from http.client import HTTPMessage
from pathlib import Path
from typing import Annotated, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

import typer

from dafeng.core.errors import AccessError, FileRefused, SettingError
from dafeng.core.labels import Label

LARGEST_ANSWER = 200_000_000
"""Most that is read of an answer. [bytes]"""
JSON, BYTES = "application/json", "application/octet-stream"
"""Media types of what is sent."""
PATIENCE = 60
"""How long an answer may take. [s]"""
NEXT = re.compile(r'<(/api/v1/[^>]*)>; rel="next"')
"""Where the rows that follow are, in the header ``Link``."""

Server = Annotated[str, typer.Option("--server", help="服务器地址，如 https://cockpit.lan · address of the server")]
TokenFile = Annotated[Path | None, typer.Option("--token-file", help="存放令牌的文件 · file that holds the token")]
Slug = Annotated[str, typer.Argument(help="城市在网址中的名字 · name of the city in addresses", metavar="CITY")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]


def ask(server: str, path: str, *, token_file: Path | None = None, data: bytes | None = None, kind: str = BYTES) -> Any:
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
    kind : str
        Media type of what is handed in.

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
    return _read(server, path, token_file, data, kind)[0]


def ask_all(server: str, path: str, *, token_file: Path | None = None) -> list[Any]:
    """All rows of a list, page by page.

    Parameters
    ----------
    server : str
        Its address.
    path : str
        Address below ``/api/v1``.
    token_file : Path, optional
        File that holds the token.

    Returns
    -------
    list
        The rows.

    Raises
    ------
    SettingError, AccessError, FileRefused
        As `ask`.
    """
    rows: list[Any] = []
    following: str | None = path
    while following:
        content, headers = _read(server, following, token_file, None, JSON)
        rows += content["items"] if isinstance(content, dict) else content
        found = NEXT.match(headers.get("Link", ""))
        following = found[1].removeprefix("/api/v1/") if found else None
    return rows


def ask_file(server: str, path: str, *, token_file: Path | None = None) -> bytes:
    """A file of a server.

    Parameters
    ----------
    server : str
        Its address.
    path : str
        Address below ``/api/v1``.
    token_file : Path, optional
        File that holds the token.

    Returns
    -------
    bytes
        Its content.

    Raises
    ------
    SettingError, AccessError, FileRefused
        As `ask`.
    """
    return _send(server, path, token_file, None, BYTES)[0]


def _read(server: str, path: str, token_file: Path | None, data: bytes | None, kind: str) -> tuple[Any, HTTPMessage]:
    content, headers = _send(server, path, token_file, data, kind)
    try:
        return json.loads(content), headers
    except (json.JSONDecodeError, UnicodeDecodeError) as cause:
        raise _unreached(f"{_check(server)}/api/v1/{path}", str(cause)) from cause


def _send(server: str, path: str, token_file: Path | None, data: bytes | None, kind: str) -> tuple[bytes, HTTPMessage]:
    headers = {"Accept": "application/json", "Content-Type": kind}
    if token_file is not None:
        headers["Authorization"] = f"Bearer {_read_token(token_file, server)}"
    address = f"{_check(server)}/api/v1/{path}"
    request = Request(address, data=data, headers=headers)  # noqa: S310 - the scheme is checked
    try:
        with _opener().open(request, timeout=PATIENCE) as answer:
            return answer.read(LARGEST_ANSWER), answer.headers
    except HTTPError as cause:
        raise _refused(cause, address) from cause
    except (URLError, TimeoutError, ConnectionError) as cause:
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
