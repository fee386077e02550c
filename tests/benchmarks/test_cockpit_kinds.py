"""The load test opens every page of the cockpit, and the bound it tells holds for the slowest kind."""

from __future__ import annotations

import random
from urllib.parse import urlsplit

import pytest
from starlette.routing import Match

from benchmarks.cockpit import TARGET_MS, judge
from benchmarks.cockpit_kinds import FEW, INSIDE, KINDS, LEFT_OUT, SLUG
from dafeng.web.app import create_app
from dafeng.web.navigation import read_pages
from tests.web.reviews import city_with_people
from tests.web.sample import city


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return create_app([city()], offices=[city_with_people(tmp_path_factory.mktemp("kinds"))])


def opened():
    """One address of every template of every kind, without its query."""
    chance = random.Random(1)
    filled = [kind.fill(address, chance) for kind in KINDS.values() for address in kind.addresses]
    return {urlsplit(address).path for address in filled}


def route_of(app, path):
    """The route that answers an address, as its pattern."""
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return next((one.path for one in app.router.routes if hasattr(one, "path") and one.matches(scope)[0] is Match.FULL), "")


def pages_of(app):
    """Patterns of the cockpit's own addresses that take a GET."""
    return {
        one.path
        for one in app.router.routes
        if "GET" in (getattr(one, "methods", None) or ()) and not one.path.startswith(("/public", "/api", "/static"))
    }


def test_no_page_is_left_out(app):
    taken = {route_of(app, path) for path in opened()}
    assert (sorted(pages_of(app) - taken - set(LEFT_OUT)), sorted(set(LEFT_OUT) - pages_of(app))) == ([], [])


def test_what_is_left_out_is_not_opened_and_has_a_reason(app):
    taken = {route_of(app, path) for path in opened()}
    assert (taken & set(LEFT_OUT), all(LEFT_OUT.values())) == (set(), True)


def test_every_page_of_the_navigation_is_opened():
    names = {f"/{SLUG}/" + ("" if page.id == "overview" else page.id) for page in read_pages()}
    assert names <= opened()


def test_those_without_an_account_open_no_inner_page():
    assert {name for name, kind in KINDS.items() if "" not in kind.who} == {
        "account", "accounts", "review", "deliver", "publishing", "jobs", "boundary", "rights", "right", "markets", "market",
        "budgets", "budget", "compliance", "projects", "inclusion", "enterprises",
    }  # fmt: skip
    assert set(FEW) <= set(KINDS)
    assert all(set(kind.who) <= {"", *INSIDE} for kind in KINDS.values())


def row(p95):
    return {"p50_ms": 1.0, "p95_ms": p95, "p99_ms": p95, "n": 20}


def test_one_slow_kind_is_enough_to_miss_the_bound():
    parts = {
        "paced_overview": row(5.0),
        "paced_hours": row(TARGET_MS + 1),
        "paced_pages": row(20.0),
        "paced_static": row(999.0),
    }
    told = judge(parts, KINDS)
    assert (told["p95_met"], told["p95_late"], told["p95_worst"]) == (False, {"hours": 101.0}, {"hours": 101.0})


def test_the_bound_is_met_where_every_kind_is_in_time():
    told = judge({"paced_overview": row(5.0), "paced_hours": row(TARGET_MS), "first_ms": {"hours": 201.0, "map": 3.0}}, KINDS)
    assert (told["p95_met"], told["p95_worst"], told["first_met"]) == (True, {"hours": 100.0}, False)
    assert told["first_late"] == {"hours": 201.0}
