"""Everything visible is JSON under /api/v1."""

from __future__ import annotations

from typing import get_args

import pytest

from dafeng.web.api import Part
from dafeng.web.app import create_app
from tests.web.client import Client
from tests.web.sample import RUN, city, view

CLIENT = Client(create_app([city()]))


@pytest.mark.parametrize("part", get_args(Part))
def test_every_part_of_the_view_can_be_read(part: str) -> None:
    told = CLIENT.get(f"/api/v1/cities/yangli/{part}").json()
    assert told.get("items", told.get("content")) == view()[part]


def test_lists_come_in_pages() -> None:
    told = CLIENT.get("/api/v1/cities/yangli/verdicts?offset=12&limit=5").json()
    assert (told["total"], [row["target"] for row in told["items"]]) == (14, ["T13", "T14"])


def test_filters_work_as_on_the_page() -> None:
    told = CLIENT.get("/api/v1/cities/yangli/verdicts?verdict=met&sort=plan").json()
    assert [row["target"] for row in told["items"]] == ["T03", "T06", "T07", "T11"]


def test_an_answer_that_is_known_is_not_sent_again() -> None:
    answer = CLIENT.get("/api/v1/cities/yangli", headers={"if-none-match": f'"{RUN}"'})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_number_explains_itself() -> None:
    told = CLIENT.get(f"/api/v1/cities/yangli/explain/{RUN}/verdicts/T01").json()
    assert (told["address"], sorted(told["inputs"])) == ("verdicts/T01", ["facts/T01.2025", "projection/T01", "targets/T01"])


@pytest.mark.parametrize("path", ["/api/v1/cities/nowhere", "/api/v1/cities/yangli/explain/a/b", "/api/v1/nothing"])
def test_what_does_not_exist_is_said_as_json(path: str) -> None:
    assert CLIENT.get(path).json()["error"] == 404


def test_a_wrong_parameter_is_refused() -> None:
    assert CLIENT.get("/api/v1/cities/yangli/verdicts?limit=0").status_code == 422


def test_the_description_names_every_address() -> None:
    assert sorted(CLIENT.get("/api/v1/openapi.json").json()["paths"]) == [
        "/api/v1/cities",
        "/api/v1/cities/{slug}",
        "/api/v1/cities/{slug}/explain/{address}",
        "/api/v1/cities/{slug}/{part}",
    ]
