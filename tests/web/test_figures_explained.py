"""Every figure of every page leads to how it came about, or says why it does not."""

from __future__ import annotations

import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.navigation import read_pages
from tests.web.client import Client, Page
from tests.web.sample import city, label, trace, traces, view

CLIENT = Client(create_app([city()]))
NAMES = [
    *("" if page.id == "overview" else page.id for page in read_pages()),
    "wall",
    "targets/T01",
    "targets/T10",
    "fields/energy",
]
MARKS = ("data-explain", "data-unexplained", "data-sample")


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_explained_or_says_why_not(name: str) -> None:
    figures = [attrs for _, attrs in Page(CLIENT.get(f"/yangli/{name}").text).tags if "n" in (attrs.get("class") or "").split()]
    assert figures or name == "wall"
    assert [attrs for attrs in figures if not any(mark in attrs for mark in MARKS)] == []
    assert [attrs for attrs in figures if "data-unexplained" in attrs and not attrs.get("title")] == []


def test_what_a_driver_moves_the_peak_by_is_explained() -> None:
    at = "influences/growth.all.years"
    other = CityView(view(), traces() | {at: trace(at, "projection", label("推迟", "delay"), value="1.2", unit="年")})
    found = [Page(Client(create_app([one])).get("/yangli/pathway").text).values("data-explain") for one in (city(), other)]
    assert [at in one for one in found] == [False, True]
