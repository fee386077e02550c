"""Tokens and the command line over a server: the same words, never more than the account may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app as commands
from dafeng.core.errors import AccessError, DafengError, FileRefused, SettingError
from dafeng.store.access_tokens import MOST_TOKENS, make_token
from dafeng.store.accounts import close_account, set_account
from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.work.city import City
from dafeng.work.uploads import list_uploads
from tests.web.browser import served
from tests.web.client import Client
from tests.web.reviews import city_with_people
from tests.web.sample import city as sample_city

AT = "/api/v1/cities/qinglan/deliveries"
TABLE = "指标,年份,数值,单位\n能源消费总量,2024,551,万吨标准煤\n".encode()


@pytest.fixture
def city(tmp_path: Path) -> City:
    return city_with_people(tmp_path)


@pytest.fixture
def client(city: City) -> Client:
    return Client(create_app([sample_city()], offices=[city]))


def token(city: City, name: str = "张三", scope: str = "write", days: int = 3, *, at: datetime | None = None) -> str:
    now = at or datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor=name, at=now) as session:
        return make_token(session, name, "test", scope, days, at=now)


def bearer(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


def test_a_token_hands_in_a_file_and_sees_it(city: City, client: Client) -> None:
    shown = bearer(token(city))
    made = client.post(AT + "?name=..%2f..%2f数据.csv", headers=shown, content=TABLE)
    told = made.json()
    assert (made.status_code, told["name"], told["who"], told["state"]) == (201, "数据.csv", "张三", "open")
    assert client.get(f"{AT}/{told['id']}", headers=shown).json() == told == client.get(AT, headers=shown).json()[0]
    assert city.facts.lots() == ()


@pytest.mark.parametrize(("name", "scope", "code"), [("张三", "read", 403), ("王五", "write", 403), ("李四", "write", 201)])
def test_a_token_may_no_more_than_scope_and_account(city: City, client: Client, name: str, scope: str, code: int) -> None:
    assert client.post(AT + "?name=a.csv", headers=bearer(token(city, name, scope)), content=TABLE).status_code == code


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer x", "Bearer dafeng_" + "a" * 43, "Basic eDp5", "Bearer \x7f"])
def test_without_a_good_token_there_is_nothing(city: City, client: Client, shown: str) -> None:
    headers = {"authorization": shown} if shown else None
    answers = [client.get(AT, headers=headers), client.post(AT + "?name=a.csv", headers=headers, content=TABLE)]
    assert [(one.status_code, one.headers["www-authenticate"], one.json()["error"]) for one in answers] == [
        (401, "Bearer", 401)
    ] * 2
    assert list_uploads(city) == ()


def test_a_cookie_is_no_token(client: Client) -> None:
    from tests.web.reviews import person

    one = person(client.app, "张三")
    assert one.post(AT + "?name=a.csv", content=TABLE).status_code == 401


def test_a_token_ends_with_its_time_and_with_its_account(city: City, client: Client) -> None:
    old, held = token(city, days=1, at=datetime.now(UTC) - timedelta(days=2)), token(city)
    assert [client.get(AT, headers=bearer(one)).status_code for one in (old, held)] == [401, 200]
    CliRunner().invoke(commands, ["user", "close", str(city.folder), "张三"])
    assert client.get(AT, headers=bearer(held)).status_code == 401


def test_a_file_that_is_no_table_is_refused_with_the_remedy(city: City, client: Client) -> None:
    answer = client.post(AT + "?name=a.exe", headers=bearer(token(city)), content=b"MZ")
    assert (answer.status_code, set(answer.json())) == (422, {"error", "says", "where", "expected", "remedy"})


@pytest.mark.parametrize("days", [0, 367, -1])
def test_a_token_without_end_is_not_made(city: City, days: int) -> None:
    with pytest.raises(SettingError):
        token(city, days=days)


def test_an_account_has_a_bounded_number_of_tokens(city: City) -> None:
    for _ in range(MOST_TOKENS):
        token(city)
    with pytest.raises(SettingError):
        token(city)


@pytest.fixture
def server(city: City) -> Iterator[str]:
    with served(create_app([sample_city()], offices=[city])) as address:
        yield address


def run(*words: str) -> Any:
    return CliRunner().invoke(commands, ["remote", *words], catch_exceptions=True)


def test_the_command_line_asks_a_server(city: City, server: str, tmp_path: Path) -> None:
    held, table = tmp_path / "token.txt", tmp_path / "数据.csv"
    table.write_bytes(TABLE)
    shown = ["--server", server, "--token-file", str(held)]
    made = CliRunner().invoke(
        commands, ["user", "token", str(city.folder), "张三", "--name", "月报", "--scope", "write", "--out", str(held)]
    )
    assert (made.exit_code, held.stat().st_mode & 0o077, held.read_text("ascii").strip() in made.output) == (0, 0, False)
    delivered = json.loads(run("deliver", "qinglan", str(table), *shown, "--json").stdout)
    listed = json.loads(run("deliveries", "qinglan", *shown, "--json").stdout)
    assert (listed, delivered["who"]) == ([delivered], "张三")
    assert "yangli" in run("cities", *shown).stdout
    assert json.loads(run("part", "yangli", "verdicts", *shown).stdout)["total"] > 0
    assert "tasks" in json.loads(run("list-tasks", "yangli", *shown, "--json").stdout)


def test_an_explanation_over_a_server_is_the_local_one(server: str) -> None:
    from dafeng.work.explain import walk

    shown = sample_city()
    name = next(address for address in shown.traces if address.startswith("verdicts/"))
    told = run("explain", "yangli", name, "--server", server, "--json")
    assert json.loads(told.stdout) == json.loads(json.dumps(walk(shown.traces, name, depth=8)))
    assert name in run("explain", "yangli", name, "--server", server).stdout


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["deliveries", "qinglan", "--server", "{}"], AccessError),
        (["explain", "yangli", "nothing/like/it", "--server", "{}"], FileRefused),
        (["part", "../../static", "x", "--server", "{}"], FileRefused),
        (["cities", "--server", "ftp://127.0.0.1"], SettingError),
        (["cities", "--server", "http://127.0.0.1:1"], AccessError),
    ],
)
def test_what_the_server_refuses_is_told_as_usual(server: str, words: list[str], kind: type[DafengError]) -> None:
    answer = run(*(word.format(server) for word in words))
    assert isinstance(answer.exception, kind)


@pytest.mark.parametrize("content", ["", "no token", "dafeng_a b"])
def test_a_file_without_a_token_sends_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "t").write_text(content)
    answer = run("cities", "--server", "http://127.0.0.1:1", "--token-file", str(tmp_path / "t"))
    assert isinstance(answer.exception, SettingError)


def test_a_token_is_never_sent_in_clear_text_to_another_machine(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("dafeng_" + "a" * 43)
    answer = run("cities", "--server", "http://10.0.0.1", "--token-file", str(tmp_path / "t"))
    assert isinstance(answer.exception, SettingError)


def test_a_token_of_a_closed_account_stays_over_when_it_is_opened_again(city: City, client: Client) -> None:
    shown = bearer(token(city))
    assert client.get(AT, headers=shown).status_code == 200
    at = datetime.now(UTC)
    with open_records(city.records) as records:
        with records.write(actor="管理", at=at) as session:
            close_account(session, "张三", at=at)
        with records.write(actor="管理", at=at) as session:
            set_account(session, "张三", "editor", "another long password", at=at)
    assert client.get(AT, headers=shown).status_code == 401
