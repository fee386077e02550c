"""Kept answers: made once, never for somebody else, gone with a new run."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import Cities, CityView
from dafeng.web.shelf import Keeper, Kept, Shelf
from tests.web.client import Client
from tests.web.sample import RUN, city, traces, view


class Answers:
    """An application that counts what it was asked for."""

    def __init__(self, headers: dict[str, str], status: int = 200) -> None:
        self.headers, self.status, self.asked = headers, status, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        number = self.asked
        await asyncio.sleep(0)
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": f"{number} {scope['path']}".encode(), "more_body": True})
        await send({"type": "http.response.body", "body": b"."})


def kept(app: Answers, state: Any = lambda: "one") -> Client:
    """A client of the application behind a keeper."""
    return Client(Keeper(app, state))


MARKED = {"etag": '"a"', "vary": "Cookie"}


def test_the_same_address_is_made_once() -> None:
    app = Answers(MARKED)
    client = kept(app)
    assert ([client.get("/x").text for _ in range(3)], app.asked) == (["1 /x."] * 3, 1)


@pytest.mark.parametrize("headers", [{}, {"etag": '"a"', "set-cookie": "lang=en"}])
def test_what_its_maker_did_not_mark_or_sets_a_cookie_is_made_anew(headers: dict[str, str]) -> None:
    app = Answers(headers)
    client = kept(app)
    client.get("/x")
    client.cookies.clear()
    client.get("/x")
    assert app.asked == 2


@pytest.mark.parametrize("headers", [{"authorization": "Bearer abc"}, {"range": "bytes=0-1"}])
def test_who_shows_a_token_or_asks_for_a_part_is_never_answered_from_the_shelf(headers: dict[str, str]) -> None:
    app = Answers(MARKED)
    client = kept(app)
    assert [client.get("/x", headers=one).text for one in (headers, {}, headers, {})] == ["1 /x.", "2 /x.", "3 /x.", "2 /x."]


def test_what_not_all_may_read_is_kept_apart() -> None:
    app = Answers(MARKED)
    client = Client(Keeper(app, lambda: "one", lambda scope: "closed" if b"visit" in dict(scope["headers"])[b"cookie"] else ""))
    asked = [{"cookie": "visit=a"}, {"cookie": "lang=zh"}, {"cookie": "visit=b"}]
    assert [client.get("/x", headers=one).text for one in asked] == ["1 /x.", "2 /x.", "1 /x."]


@pytest.mark.parametrize(("cookie", "same"), [("lang=english", True), ("xlang=en", True), ("a=1; lang=en", False)])
def test_the_language_is_read_as_the_pages_read_it(cookie: str, same: bool) -> None:
    client = kept(Answers(MARKED))
    assert (client.get("/x").text == client.get("/x", headers={"cookie": cookie}).text) is same


@pytest.mark.parametrize("one", ["/x?a=1", "/y"])
def test_another_address_is_another_answer(one: str) -> None:
    client = kept(Answers(MARKED))
    assert client.get("/x").text != client.get(one).text


@pytest.mark.parametrize("headers", [{"cookie": "lang=en"}, {"accept-encoding": "identity"}])
def test_language_and_packing_keep_answers_apart(headers: dict[str, str]) -> None:
    client = kept(Answers(MARKED))
    assert client.get("/x").text != client.get("/x", headers=headers).text


@pytest.mark.parametrize("said", ['"a"', 'W/"a"', '"b", "a"', "*"])
def test_what_is_known_is_not_sent_again(said: str) -> None:
    client = kept(Answers(MARKED))
    client.get("/x")
    answer = client.get("/x", headers={"if-none-match": said})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"a"')


def test_a_failure_is_not_kept() -> None:
    app = Answers(MARKED, 404)
    client = kept(app)
    client.get("/x")
    client.get("/x")
    assert app.asked == 2


def test_with_a_new_run_the_old_answers_are_gone() -> None:
    app, states = Answers(MARKED), iter(["one", "one", "two", "two"])
    client = kept(app, lambda: next(states))
    assert [client.get("/x").text for _ in range(4)] == ["1 /x.", "1 /x.", "2 /x.", "2 /x."]


def test_those_who_ask_at_once_wait_for_one_answer() -> None:
    app = Answers(MARKED)
    keeper = Keeper(app, lambda: "one")

    async def ask() -> list[str]:
        way = httpx.ASGITransport(keeper)
        async with httpx.AsyncClient(transport=way, base_url="http://testserver") as client:
            return [one.text for one in await asyncio.gather(*(client.get("/x") for _ in range(9)))]

    assert (asyncio.run(ask()), app.asked) == (["1 /x."] * 9, 1)


def test_those_who_ask_at_once_for_what_may_not_be_kept_are_all_answered() -> None:
    app = Answers({})
    keeper = Keeper(app, lambda: "one")

    async def ask() -> list[str]:
        way = httpx.ASGITransport(keeper)
        async with httpx.AsyncClient(transport=way, base_url="http://testserver") as client:
            waves = [asyncio.gather(*(client.get("/x") for _ in range(9))) for _ in range(3)]
            return [one.text for wave in waves for one in await asyncio.wait_for(wave, 20)]

    found = asyncio.run(ask())
    assert (sorted(found), app.asked, keeper._making) == (sorted(f"{n} /x." for n in range(1, 28)), 27, {})


def test_the_shelf_never_holds_more_than_its_room_and_lets_the_least_asked_for_go() -> None:
    shelf = Shelf(room=100)
    shelf.find("one", ("a",))
    for name in "abcdefghij":
        shelf.put("one", (name,), Kept((), b"x" * 12))
        shelf.find("one", ("a",))
    assert (shelf.filled <= 100, shelf.find("one", ("a",)) is not None, shelf.find("one", ("b",))) == (True, True, None)


def test_what_is_too_large_is_not_kept() -> None:
    shelf = Shelf(room=100)
    shelf.find("one", ("a",))
    shelf.put("one", ("a",), Kept((), b"x" * 13))
    assert shelf.find("one", ("a",)) is None


def test_the_pages_of_the_cockpit_are_kept_and_marked() -> None:
    client = Client(create_app([city()]))
    first = client.get("/yangli/targets")
    again = client.get("/yangli/targets", headers={"if-none-match": first.headers["etag"]})
    assert (first.headers["etag"].endswith('.zh"'), again.status_code) == (True, 304)


def test_a_known_page_is_not_made_even_where_none_is_kept() -> None:
    mark = Client(create_app([city()])).get("/yangli/targets").headers["etag"]
    assert Client(create_app([city()])).get("/yangli/targets", headers={"if-none-match": mark}).status_code == 304


def test_another_run_has_another_mark() -> None:
    other = {**view(), "run": {**view()["run"], "id": "other"}}
    marks = {Client(create_app([one])).get("/yangli/").headers["etag"] for one in (city(), CityView(other, traces()))}
    assert len(marks) == 2


class Folder:
    """A city folder whose newest run is a number."""

    slug = "yangli"

    def __init__(self, folder: Path) -> None:
        self.runs = self
        self.folder = folder / "runs"
        self.folder.mkdir()

    def newest(self) -> Iterator[Any]:
        """The runs, newest first."""
        yield from (type("Run", (), {"id": path.name})() for path in sorted(self.folder.glob("0*"), reverse=True))


def test_a_new_run_is_shown_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, now = Folder(tmp_path), [0.0]
    made: Any = lambda _, *, run: CityView({**view(), "run": {**view()["run"], "id": run}}, traces())  # noqa: E731
    monkeypatch.setattr("dafeng.web.cities.city_view", made)
    cities = Cities([city()], [folder], clock=lambda: now[0])  # type: ignore[list-item]
    before = cities["yangli"].run
    (folder.folder / "0002-new").mkdir()
    assert cities["yangli"].run == before, "looked before the pause was over"
    now[0] = 2.0
    end = time.monotonic() + 10
    while cities["yangli"].run == before and time.monotonic() < end:
        time.sleep(0.01)
    assert (before, cities["yangli"].run, cities.state) == (RUN, "0002-new", "yangli:0002-new")


def test_a_folder_that_is_gone_changes_nothing(tmp_path: Path) -> None:
    folder, now = Folder(tmp_path), [0.0]
    cities = Cities([city()], [folder], clock=lambda: now[0])  # type: ignore[list-item]
    shutil.rmtree(folder.folder)
    now[0] = 2.0
    assert cities["yangli"].run == RUN
