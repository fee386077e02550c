"""Rows that several pages show are drawn once for a run, and never one in the place of another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from markupsafe import Markup, escape

from dafeng.core import registry
from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.frozen_links import FrozenLinks
from dafeng.web.labels import Words
from dafeng.web.links import ServedLinks
from dafeng.web.render import Frame, _once
from dafeng.web.view_numbers import numbers_of
from tests.web.client import Client
from tests.web.sample import traces, view

SHOWN = CityView(view(), traces())


class Macro:
    """What draws a row, and counts how often it was asked to."""

    name = "row"

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self, row: dict[str, Any], *more: str) -> str:
        self.drawn += 1
        return Markup(f"<li>{row['name']}{''.join(more)}</li>")


def frame(language: Any, links: Any = None, city: CityView | None = SHOWN) -> Frame:
    return Frame(Words(language), links or ServedLinks("yangli"), city, "tasks")


def test_a_row_is_drawn_once_for_each_language_and_kind_of_links() -> None:
    macro, row = Macro(), {"name": "能源"}
    frames = [frame("zh"), frame("zh"), frame("en"), frame("en"), frame("zh", FrozenLinks("zh"))]
    said = [_once(one)(macro, row) for one in frames]
    assert macro.drawn == 3
    assert said == ["<li>能源</li>"] * 2 + ['<li lang="zh">能源</li>'] * 2 + ["<li>能源</li>"]


def test_marks_of_a_kept_row_are_no_text_of_the_page() -> None:
    page = Client(create_app([SHOWN])).get("/yangli/tasks?lang=en&view=board").text
    assert '<bdi lang="zh">' in page
    assert "&lt;bdi" not in page
    assert _once(frame("en"))(Macro(), {"name": "a 能源"}) == '<li>a <bdi lang="zh">能源</bdi></li>'


def test_above_the_cities_a_row_is_safe_text_too() -> None:
    assert escape(_once(frame("zh", city=None))(Macro(), {"name": "a"})) == "<li>a</li>"


def test_equal_rows_are_not_taken_for_each_other() -> None:
    macro, once = Macro(), _once(frame("zh"))
    first = once(macro, {"name": "a"})
    assert [first, once(macro, {"name": "b"}), once(macro, {"name": "a"}, "!")] == ["<li>a</li>", "<li>b</li>", "<li>a!</li>"]


def test_another_run_is_drawn_anew() -> None:
    macro, row = Macro(), {"name": "c"}
    for city in (SHOWN, replace(SHOWN, view=dict(SHOWN.view))):
        _once(frame("zh", city=city))(macro, row)
    assert macro.drawn == 2


def test_more_rows_than_are_kept_are_drawn_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dafeng.web.render.MOST_FRAGMENTS", 1)
    macro, city = Macro(), replace(SHOWN)
    once = _once(frame("zh", city=city))
    rows = [{"name": str(at)} for at in range(3)]
    assert [once(macro, row) for row in (*rows, *rows)] == [f"<li>{at}</li>" for at in (0, 1, 2, 0, 1, 2)]
    assert (len(city.fragments), macro.drawn) == (1, 5)


def test_pages_of_one_run_share_their_rows() -> None:
    client = Client(create_app([SHOWN]))
    pages = [client.get(f"/yangli/tasks?lang=en{query}").text for query in ("", "&view=board", "&sort=x", "")]
    kept = dict(SHOWN.fragments)
    assert client.get("/yangli/tasks?lang=en&q=").text.count('class="task"') == pages[0].count('class="task"') > 0
    assert kept == SHOWN.fragments


def test_numbers_come_in_the_order_of_the_document() -> None:
    first, second, third = ({"address": name, "unit": "t", "value": 1.0} for name in ("a", "b", "c"))
    document = {"x": [{"n": {**first, "more": (second,)}}], "bare": {"unit": "t", "value": 2.0}, "y": {"deep": [[third]]}}
    assert [one["address"] for one in numbers_of(document)] == ["a", "b", "c"]


def test_installed_packages_are_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    found = registry.entry_points

    def count(*, group: str) -> Any:
        asked.append(group)
        return found(group=group)

    monkeypatch.setattr(registry, "entry_points", count)
    registry._points.cache_clear()
    said = [registry.names("dafeng.tasklists") for _ in range(3)]
    registry.load("dafeng.tasklists", said[0][0])
    assert (asked, said[0]) == (["dafeng.tasklists"], said[2])
