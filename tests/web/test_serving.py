"""What is served of several cities when one of them has nothing to show yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import dafeng as df
from dafeng.core.errors import CityError
from dafeng.core.labels import Language
from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.server import read_views
from tests.web.client import Client
from tests.web.sample import traces, view


@pytest.fixture
def bare(city_copy: Callable[[str], Path]) -> df.City:
    return df.open_city(city_copy("yunting"))


def test_a_city_without_a_run_does_not_keep_the_others_from_being_served(
    bare: df.City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assessed = df.init(tmp_path / "yangli", place="990100")
    real = df.city_view
    shown = CityView(view(), traces())
    monkeypatch.setattr("dafeng.web.server.city_view", lambda city: shown if city.slug == "yangli" else real(city))
    found, lacking = read_views([assessed, bare])
    assert (found, [type(one) for one in lacking]) == ([shown], [CityError])
    assert ("还没有评估结果" in lacking[0].read("zh"), "dafeng assess" in lacking[0].read("en")) == (True, True)


def test_where_there_is_nothing_at_all_to_serve_it_is_refused(bare: df.City) -> None:
    with pytest.raises(CityError, match="no assessment yet"):
        read_views([bare])


@pytest.mark.parametrize(
    ("lang", "lacks", "mend"), [("zh", "还没有评估结果", "在服务器上运行"), ("en", "No assessment yet", "On the server, run")]
)
def test_a_city_without_a_run_says_what_is_missing(bare: df.City, lang: Language, lacks: str, mend: str) -> None:
    client = Client(create_app([CityView(view(), traces())], offices=[bare]))
    for path in ("/", "/yunting/", "/yunting/targets"):
        answer = client.get(f"{path}?lang={lang}")
        assert (answer.status_code, lacks in answer.text, mend in answer.text) == (200 if path == "/" else 404, True, True)
    assert client.get("/yangli/").status_code == 200
    assert [one["slug"] for one in client.get("/api/v1/cities").json()] == ["yangli"]


def test_its_first_run_is_shown_when_it_is_there(bare: df.City, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app([CityView(view(), traces())], offices=[bare])
    client = Client(app)
    assert "还没有评估结果" in client.get("/").text
    own = {**view(), "city": {**view()["city"], "slug": "yunting"}}
    monkeypatch.setattr("dafeng.web.cities.city_view", lambda city, *, run: CityView(own, traces()))
    monkeypatch.setattr(type(bare.runs), "newest", lambda _: iter([type("Run", (), {"id": "0001"})()]))
    monkeypatch.setattr("dafeng.web.cities.PAUSE", -1.0)
    monkeypatch.setattr("dafeng.web.cities._state", lambda _: (1, 1))
    for _ in range(200):
        answer = client.get("/yunting/")
        if answer.status_code == 200:
            break
    assert (answer.status_code, "还没有评估结果" in client.get("/").text) == (200, False)
