"""What pages show beyond the view document, as JSON below ``/api/v1``."""

from __future__ import annotations

import pytest

from dafeng.web.app import create_app
from dafeng.work.jobs import start_job
from tests.web.attacked import build_target
from tests.web.client import Client
from tests.web.reviews import PASSWORD, hidden, person
from tests.web.sample import city

CLIENT = Client(create_app([city()]))
PLACE = "/api/v1/cities/yangli"


def test_a_search_finds_what_the_page_finds():
    found = CLIENT.get(f"{PLACE}/search?q=风电").json()["found"]
    assert [row["target"] for row in found["targets"]] == ["T02"]
    assert set(found) == {"targets", "tasks", "organisations", "sources"}
    assert CLIENT.get(f"{PLACE}/search?q=").status_code == 422


def test_a_target_tells_its_history_and_its_neighbours_in_either_language():
    zh, en = (CLIENT.get(f"{PLACE}/verdicts/T01/history?lang={lang}") for lang in ("zh", "en"))
    assert set(zh.json()) == {"run", "history", "beside"}
    assert zh.json()["history"][0]["run"] == zh.json()["run"]
    assert zh.headers["etag"] != en.headers["etag"]
    assert CLIENT.get(f"{PLACE}/verdicts/T99/history").status_code == 404


def test_the_wall_is_told_with_its_peak_and_its_measures():
    told = CLIENT.get(f"{PLACE}/wall").json()
    assert told == CLIENT.get("/yangli/wall.json").json()
    assert told["counts"] == city().view["counts"]
    assert {"peak", "measures", "clashes", "districts"} <= set(told)


@pytest.mark.parametrize("span", ["week", "year", "decade"])
def test_a_city_without_hours_has_no_series(span):
    assert CLIENT.get(f"{PLACE}/hours/{span}").status_code in (404, 422)


def test_jobs_are_told_to_whoever_has_a_token(tmp_path):
    built = build_target(tmp_path)
    one = person(built.app, "张三")
    shown = one.post("/qinglan/account/tokens", data={
        "token": hidden(one.get("/qinglan/account")), "name": "program", "scope": "read", "days": "1", "password": PASSWORD,
    })  # fmt: skip
    token = next(word for word in shown.text.replace("<", " ").replace(">", " ").split() if word.startswith("dafeng_"))
    bearer = {"authorization": f"Bearer {token}"}
    asked = start_job(built.city, kind="assess", who="张三")
    stranger = Client(built.app)
    place = "/api/v1/cities/qinglan/jobs"
    assert [stranger.get(path).status_code for path in (place, f"{place}/{asked.id}")] == [401, 401]
    told = stranger.get(place, headers=bearer).json()
    assert asked.id in [row["id"] for row in told]
    assert stranger.get(f"{place}/{asked.id}", headers=bearer).json()["kind"] == "assess"
    assert stranger.get(f"{place}/none", headers=bearer).status_code == 404
