"""Addresses, languages and failures of the served cockpit."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.navigation import read_pages
from tests.web.client import Client, Page
from tests.web.sample import EVIL, RUN, city, traces, view

CLIENT = Client(create_app([city()]))
PAGES = [page.id for page in read_pages()]
SINGLE = ["targets/T01", "targets/T10", "explain/verdicts/T01", "search?q=风"]
PATHS = [
    *(f"/yangli/{'' if name == 'overview' else name}" for name in PAGES),
    *(f"/yangli/{name}" for name in SINGLE),
    "/api/v1/",
]
LISTS = (
    "answers", "fields", "verdicts", "tasks", "organisations", "goals", "clashes", "headlines", "sources", "factors",
    "methods", "findings", "documents",
)  # fmt: skip
LOST = ["/nothing", "/nothing/", "/yangli/nothing", "/yangli/targets/T99", "/yangli/explain/facts/never", "/static/nothing.js"]


def empty() -> dict[str, Any]:
    """A city of which nothing is known yet."""
    kept = {name: view()[name] for name in ("schema", "city", "year", "run")}
    return {**kept, "counts": {}, **{name: [] for name in LISTS}, "emissions": None, "pathway": None, "power": None}


@pytest.mark.parametrize(("language", "expected"), [("zh", "zh-CN"), ("en", "en")])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_answers_in_both_languages(path: str, language: str, expected: str) -> None:
    answer = CLIENT.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert (answer.status_code, Page(answer.text).values("lang", "html")) == (200, [expected])


@pytest.mark.parametrize("path", PATHS)
def test_no_page_has_inline_script_style_or_handler(path: str) -> None:
    assert Page(CLIENT.get(path).text).inline() == []


def test_the_check_for_inline_code_can_fail() -> None:
    assert len(Page("<p style='a'></p><a onclick='x()'></a><script>1</script><style></style>").inline()) == 4


@pytest.mark.parametrize("path", PATHS)
def test_no_page_fetches_from_outside(path: str) -> None:
    page = Page(CLIENT.get(path).text)
    fetched = [*page.values("src"), *page.values("href", "link", "use"), *page.values("action")]
    assert [address for address in fetched if re.match(r"(?:[a-z]+:)?//", address)] == []


@pytest.mark.parametrize("path", PATHS)
def test_every_link_of_a_page_leads_somewhere(path: str) -> None:
    inner = {href.split("#")[0] for href in Page(CLIENT.get(path).text).values("href", "a") if href.startswith("/")}
    assert [href for href in sorted(inner) if CLIENT.get(href).status_code != 200] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_its_json(name: str) -> None:
    answer = CLIENT.get(f"/yangli/{name}.json")
    assert (answer.status_code, answer.json()["run"]["id"]) == (200, RUN)


@pytest.mark.parametrize("name", PAGES)
def test_a_city_without_data_has_designed_pages(name: str) -> None:
    client = Client(create_app([CityView(empty(), {})]))
    answer = client.get(f"/yangli/{'' if name == 'overview' else name}")
    assert (answer.status_code, 'class="empty"' in answer.text) == (200, True)


def test_what_lies_in_the_data_cannot_act() -> None:
    text = CLIENT.get("/yangli/sources").text
    assert (EVIL in text, "&lt;script&gt;alert" in text) == (False, True)


def test_one_city_opens_at_once() -> None:
    assert CLIENT.get("/", follow=False).headers["location"] == "/yangli/"


def test_several_cities_are_listed() -> None:
    other = view()
    other["city"] = {**other["city"], "slug": "other"}
    text = Client(create_app([city(), CityView(other, traces())])).get("/").text
    assert {"/yangli/", "/other/"} <= set(Page(text).values("href", "a"))


def test_the_chosen_language_is_remembered() -> None:
    client = Client(create_app([city()]))
    client.get("/yangli/?lang=en")
    assert Page(client.get("/yangli/tasks").text).values("lang", "html") == ["en"]


def test_an_unknown_language_is_chinese() -> None:
    assert Page(Client(create_app([city()])).get("/yangli/?lang=fr").text).values("lang", "html") == ["zh-CN"]


def test_no_conflict_listed_is_no_promise() -> None:
    client = Client(create_app([CityView(empty(), {})]))
    assert "不等于目标都能成立" in client.get("/yangli/conflicts").text


def test_a_target_handed_down_from_above_says_so() -> None:
    assert "由上级下达" in CLIENT.get("/yangli/targets/T12?lang=zh").text


def test_filters_in_the_address_choose_the_rows() -> None:
    assert [row["target"] for row in CLIENT.get("/yangli/targets.json?verdict=behind").json()["verdicts"]] == ["T01", "T05"]


def test_a_fragment_is_the_drawer_alone() -> None:
    text = CLIENT.get("/yangli/explain/verdicts/T01?fragment=1").text
    assert ("<html" in text, 'data-explain="targets/T01"' in text) == (False, True)


def test_the_clause_is_highlighted_where_the_text_is_at_hand() -> None:
    assert "<mark>海上风电建成及在建装机达到500万千瓦</mark>" in CLIENT.get("/yangli/explain/clauses/T01?fragment=1").text


def test_without_the_text_the_position_is_still_told() -> None:
    client = Client(create_app([CityView(view(), traces())]))
    text = client.get("/yangli/explain/clauses/T01?fragment=1&lang=en").text
    assert ("<mark>" in text, "characters 63–82" in text) == (False, True)


def test_an_explanation_is_json_too() -> None:
    told = CLIENT.get("/yangli/explain/targets/T02.json").json()
    assert (told["address"], told["trace"]["value"], list(told["inputs"])) == ("targets/T02", "500", ["clauses/T02"])


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/nothing/", "/yangli/nothing", "/yangli/targets/T99", "/yangli/explain/facts/never", "/static/nothing.js"],
)
def test_what_does_not_exist_has_a_designed_page(path: str) -> None:
    answer = CLIENT.get(f"{path}?lang=zh")
    assert (answer.status_code, "没有这个页面" in answer.text) == (404, True)


def test_json_that_does_not_exist_says_so_in_both_languages() -> None:
    answer = CLIENT.get("/yangli/nothing.json")
    assert (answer.status_code, sorted(answer.json()["says"])) == (404, ["en", "zh"])


def test_a_failure_shows_no_traceback() -> None:
    broken = view() | {"verdicts": [{"target": "T01"}]}
    answer = Client(create_app([CityView(broken, {})])).get("/yangli/targets?lang=en")
    leaks = [word for word in ("Traceback", "KeyError", "Undefined", ".py") if word in answer.text]
    assert (answer.status_code, leaks, "No data was changed" in answer.text) == (500, [], True)


def test_a_failure_carries_the_strict_headers() -> None:
    broken = view() | {"verdicts": [{"target": "T01"}]}
    answer = Client(create_app([CityView(broken, {})])).get("/yangli/targets")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_workbook_is_a_download() -> None:
    answer = CLIENT.get("/yangli/yangli.xlsx")
    assert (answer.content[:2], answer.headers["content-disposition"]) == (b"PK", 'attachment; filename="yangli.xlsx"')


def test_a_page_is_small() -> None:
    assert max(len(CLIENT.get(path).content) for path in PATHS) < 300_000
