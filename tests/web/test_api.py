"""Everything visible is JSON under /api/v1."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from pydantic import BaseModel

from dafeng.web.api import Part, write_pieces
from dafeng.web.api_forms import CityBrief, Explanation, OneRow, PartContent, PartRows, Refusal
from dafeng.web.app import create_app
from dafeng.web.navigation import read_pages
from tests.web.client import Client, Page
from tests.web.sample import RUN, city, view

CLIENT = Client(create_app([city()]))


@pytest.mark.parametrize("part", get_args(Part))
def test_every_part_of_the_view_can_be_read(part: str) -> None:
    told = CLIENT.get(f"/api/v1/cities/yangli/{part}").json()
    assert told.get("items", told.get("content")) == view().get(part)


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
        "/api/v1/cities/{slug}/account",
        "/api/v1/cities/{slug}/accounts",
        "/api/v1/cities/{slug}/accounts/log",
        "/api/v1/cities/{slug}/brief",
        "/api/v1/cities/{slug}/compliance",
        "/api/v1/cities/{slug}/compliance/surrenders",
        "/api/v1/cities/{slug}/compliance/{book}",
        "/api/v1/cities/{slug}/compliance/{book}/{account}",
        "/api/v1/cities/{slug}/deliveries",
        "/api/v1/cities/{slug}/deliveries/{name}",
        "/api/v1/cities/{slug}/deliveries/{name}/content",
        "/api/v1/cities/{slug}/deliveries/{name}/findings",
        "/api/v1/cities/{slug}/deliveries/{name}/sheets/{number}",
        "/api/v1/cities/{slug}/enterprises",
        "/api/v1/cities/{slug}/enterprises/authorisations/{id}/withdrawal",
        "/api/v1/cities/{slug}/enterprises/{name}",
        "/api/v1/cities/{slug}/enterprises/{name}/authorisations",
        "/api/v1/cities/{slug}/enterprises/{name}/reports",
        "/api/v1/cities/{slug}/explain/{address}",
        "/api/v1/cities/{slug}/files",
        "/api/v1/cities/{slug}/files/{name}",
        "/api/v1/cities/{slug}/hours/{span}",
        "/api/v1/cities/{slug}/inclusion/accounts",
        "/api/v1/cities/{slug}/inclusion/accounts/{person}",
        "/api/v1/cities/{slug}/inclusion/bundles",
        "/api/v1/cities/{slug}/inclusion/bundles/{name}",
        "/api/v1/cities/{slug}/inclusion/claims",
        "/api/v1/cities/{slug}/inclusion/events",
        "/api/v1/cities/{slug}/inclusion/messages",
        "/api/v1/cities/{slug}/inclusion/redemptions",
        "/api/v1/cities/{slug}/inclusion/scenes",
        "/api/v1/cities/{slug}/inclusion/totals",
        "/api/v1/cities/{slug}/jobs",
        "/api/v1/cities/{slug}/jobs/{name}",
        "/api/v1/cities/{slug}/jobs/{name}/cancel",
        "/api/v1/cities/{slug}/jobs/{name}/findings",
        "/api/v1/cities/{slug}/ledger/accounts",
        "/api/v1/cities/{slug}/ledger/accounts/{name}",
        "/api/v1/cities/{slug}/ledger/audit",
        "/api/v1/cities/{slug}/ledger/balances",
        "/api/v1/cities/{slug}/ledger/beancount",
        "/api/v1/cities/{slug}/ledger/books",
        "/api/v1/cities/{slug}/ledger/budgets",
        "/api/v1/cities/{slug}/ledger/budgets/{budget}",
        "/api/v1/cities/{slug}/ledger/budgets/{budget}/moves",
        "/api/v1/cities/{slug}/ledger/budgets/{budget}/nodes/{node}",
        "/api/v1/cities/{slug}/ledger/certificates/{event}",
        "/api/v1/cities/{slug}/ledger/events/{event}",
        "/api/v1/cities/{slug}/ledger/holds",
        "/api/v1/cities/{slug}/ledger/limits",
        "/api/v1/cities/{slug}/ledger/locks",
        "/api/v1/cities/{slug}/ledger/markets",
        "/api/v1/cities/{slug}/ledger/markets/{market}",
        "/api/v1/cities/{slug}/ledger/markets/{market}/auctions/{auction}",
        "/api/v1/cities/{slug}/ledger/markets/{market}/requests",
        "/api/v1/cities/{slug}/ledger/markets/{market}/trades",
        "/api/v1/cities/{slug}/ledger/posts",
        "/api/v1/cities/{slug}/ledger/releases",
        "/api/v1/cities/{slug}/ledger/retirements",
        "/api/v1/cities/{slug}/ledger/reversals",
        "/api/v1/cities/{slug}/ledger/roots",
        "/api/v1/cities/{slug}/ledger/states",
        "/api/v1/cities/{slug}/ledger/transfers",
        "/api/v1/cities/{slug}/ledger/transfers/{name}",
        "/api/v1/cities/{slug}/ledger/voids",
        "/api/v1/cities/{slug}/pages/{page}",
        "/api/v1/cities/{slug}/pages/{page}/{name}",
        "/api/v1/cities/{slug}/projects",
        "/api/v1/cities/{slug}/projects/{project}",
        "/api/v1/cities/{slug}/projects/{project}/steps",
        "/api/v1/cities/{slug}/reviews",
        "/api/v1/cities/{slug}/reviews/{name}",
        "/api/v1/cities/{slug}/reviews/{name}/confirm",
        "/api/v1/cities/{slug}/reviews/{name}/edits",
        "/api/v1/cities/{slug}/reviews/{name}/records",
        "/api/v1/cities/{slug}/reviews/{name}/text",
        "/api/v1/cities/{slug}/scenarios",
        "/api/v1/cities/{slug}/scenarios/answers",
        "/api/v1/cities/{slug}/search",
        "/api/v1/cities/{slug}/trees/{address}",
        "/api/v1/cities/{slug}/verdicts/{target}/history",
        "/api/v1/cities/{slug}/versions",
        "/api/v1/cities/{slug}/versions/{number}",
        "/api/v1/cities/{slug}/views",
        "/api/v1/cities/{slug}/views/{view}",
        "/api/v1/cities/{slug}/views/{view}/remove",
        "/api/v1/cities/{slug}/visibility",
        "/api/v1/cities/{slug}/visibility/log",
        "/api/v1/cities/{slug}/visibility/objects",
        "/api/v1/cities/{slug}/wall",
        "/api/v1/cities/{slug}/{part}",
        "/api/v1/cities/{slug}/{part}/{row}",
    ]


def test_the_way_to_the_next_rows_is_told_with_the_filters() -> None:
    answer = CLIENT.get("/api/v1/cities/yangli/verdicts?verdict=met&limit=3")
    told = answer.json()
    assert (told["next"], answer.headers["link"]) == (
        "/api/v1/cities/yangli/verdicts?verdict=met&limit=3&offset=3",
        '</api/v1/cities/yangli/verdicts?verdict=met&limit=3&offset=3>; rel="next"',
    )


def test_walking_from_page_to_page_gives_every_row_once() -> None:
    path, seen = "/api/v1/cities/yangli/verdicts?limit=4&sort=year", []
    while path:
        told = CLIENT.get(path).json()
        seen += [row["target"] for row in told["items"]]
        path = told["next"]
    assert sorted(seen) == sorted(row["target"] for row in view()["verdicts"])


def test_one_row_is_found_by_its_id() -> None:
    assert CLIENT.get("/api/v1/cities/yangli/verdicts/T02").json()["row"] == next(
        r for r in view()["verdicts"] if r["target"] == "T02"
    )


@pytest.mark.parametrize("path", ["verdicts/nothing", "counts/met", "pages/nothing"])
def test_a_row_or_page_that_is_not_there_is_refused(path: str) -> None:
    assert CLIENT.get(f"/api/v1/cities/yangli/{path}").json()["error"] == 404


def test_what_was_wrong_is_said_in_both_languages_with_its_place() -> None:
    told = CLIENT.get("/api/v1/cities/yangli/verdicts?limit=0").json()
    assert (told["error"], sorted(told["says"])) == (422, ["en", "zh"])
    assert told["where"] == [
        {"at": "query.limit", "says": {"zh": "不得小于 1", "en": "This should be at least 1"}},
    ]


FORMS: dict[str, type[BaseModel]] = {
    "/cities/yangli/verdicts": PartRows,
    "/cities/yangli/counts": PartContent,
    "/cities/yangli/verdicts/T01": OneRow,
    "/cities/yangli/explain/verdicts/T01": Explanation,
    "/cities/nowhere": Refusal,
    "/cities/yangli/verdicts?limit=0": Refusal,
}


@pytest.mark.parametrize("path", FORMS)
def test_answers_have_the_form_that_the_description_tells(path: str) -> None:
    FORMS[path].model_validate_json(CLIENT.get("/api/v1" + path).text, strict=True)


def test_the_list_of_cities_has_its_form() -> None:
    assert [CityBrief.model_validate(one).slug for one in CLIENT.get("/api/v1/cities").json()] == ["yangli"]


@pytest.mark.parametrize("page", [one.id for one in read_pages() if one.id != "scenarios"])
def test_the_json_of_a_page_is_that_of_the_api(page: str) -> None:
    assert CLIENT.get(f"/yangli/{page}.json").json() == CLIENT.get(f"/api/v1/cities/yangli/pages/{page}").json()


@pytest.mark.parametrize("page", [one.id for one in read_pages()])
def test_every_address_on_a_page_is_answered_by_the_api(page: str) -> None:
    shown = set(Page(CLIENT.get(f"/yangli/{'' if page == 'overview' else page}").text).values("data-explain"))
    whole = str(CLIENT.get("/api/v1/cities/yangli").json())
    lost = [one for one in shown if CLIENT.get(f"/api/v1/cities/yangli/explain/{one}").status_code != 200 or one not in whole]
    assert lost == []


def test_a_long_document_comes_in_pieces_that_make_the_same() -> None:
    long = {"a": [{"n": n} for n in range(2345)], "b": {"c": None}, "d": [], "e": "文"}
    assert json.loads("".join(write_pieces(long))) == long


def test_an_empty_document_is_a_document() -> None:
    assert "".join(write_pieces({})) == "{}"
