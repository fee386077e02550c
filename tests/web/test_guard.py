"""What the outermost layer lets through, and what every answer carries."""

from __future__ import annotations

import pytest

from dafeng.web.app import create_app
from dafeng.web.guard import HEADERS, welcome
from tests.web.client import Client
from tests.web.sample import city

ANSWERS = ["/yangli/", "/nothing", "/static/js/page.js", "/api/v1/cities", "/yangli/targets.json", "/yangli/yangli.xlsx"]
ESCAPES = [
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static/..%2f..%2fcore/errors.py",
    "/static//etc/passwd",
    "/yangli/..%2f..%2fetc/passwd",
]
CLIENT = Client(create_app([city()], hosts=["cockpit.lan"]))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1:8600", True),
        ("[::1]:8600", True),
        ("10.1.2.3", True),
        ("cockpit.lan", True),
        ("Cockpit.LAN:80", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_only_numeric_and_listed_hosts_are_answered(host: str, expected: bool) -> None:
    assert welcome(host, ("cockpit.lan",)) is expected


def test_a_foreign_host_name_gets_a_designed_refusal() -> None:
    answer = CLIENT.get("/yangli/", headers={"host": "evil.example"})
    assert (answer.status_code, "主机名不在允许之列" in answer.text) == (421, True)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_only_reading_passes(method: str) -> None:
    answer = CLIENT.request(method, "/yangli/targets")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_head_answers_like_get_without_a_body() -> None:
    asked, told = CLIENT.get("/yangli/tasks"), CLIENT.request("HEAD", "/yangli/tasks")
    assert (told.status_code, told.content, told.headers["content-type"]) == (200, b"", asked.headers["content-type"])


@pytest.mark.parametrize(
    "path", ["/yangli/", "/nothing", "/static/js/page.js", "/api/v1/cities", "/yangli/targets.json", "/yangli/yangli.xlsx"]
)
def test_every_answer_carries_the_strict_headers(path: str) -> None:
    answer = CLIENT.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS)


def test_the_policy_allows_nothing_inline_and_nothing_foreign() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert ("unsafe" in policy, "http" in policy, policy.startswith("default-src 'none'")) == (False, False, True)


@pytest.mark.parametrize("path", ESCAPES)
def test_no_path_leads_out_of_the_folder(path: str) -> None:
    assert CLIENT.get(path).status_code == 404


def test_stamped_files_are_kept_and_pages_are_not() -> None:
    stamped, page = CLIENT.get("/static/js/page.js?v=1"), CLIENT.get("/yangli/")
    assert ("immutable" in stamped.headers["cache-control"], page.headers["cache-control"]) == (True, "no-cache")


@pytest.mark.parametrize("path", ["/yangli/?v=1", "/api/v1/cities?v=1", "/public/?v=1"])
def test_only_files_that_never_change_are_kept_for_ever(path: str) -> None:
    assert "immutable" not in CLIENT.get(path).headers.get("cache-control", "")
