"""A visitor's tour of the public site: the city in plain sentences, one goal as an article, the data; and nothing internal.

Invariant: every stop is asserted before it is told; what is internal is asked for by its address and not given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect

Words = Mapping[str, str]
STOPS = ("home", "article", "data", "internal")
"""Stops of the tour."""
PARTS = 8
"""Questions that an article answers."""


@dataclass(frozen=True, slots=True)
class Visited:
    """What a visitor looks at in a city.

    Parameters
    ----------
    slug : str
        The city in addresses.
    indicator : str
        Id of a public indicator.
    title : Words
        A piece of its title, by language.
    internal : str
        Address below the entrance under which something internal would stand.
    unsaid : tuple of str
        Words of what is internal, which stand on no page.
    """

    slug: str
    indicator: str
    title: Words
    internal: str
    unsaid: tuple[str, ...]


YANTAI = Visited(
    slug="yantai",
    indicator="nuclear_capacity",
    title={"zh": "核电装机容量", "en": "nuclear capacity"},
    internal="explain/headlines/capacity.370600-T04.gap",
    unsaid=("799.4", "7.994"),
)


def visitor(page: Any, base: str, case: Visited, language: str) -> Iterator[str]:
    """Walk the tour; the name of each stop is told when everything on it is as it must be."""
    entrance = f"{base}/public/{case.slug}/"

    def silent() -> None:
        """Nothing internal stands on the page."""
        text = page.locator("body").inner_text()
        assert [word for word in case.unsaid if word in text] == []

    page.goto(entrance)
    expect(page.locator(".idea .number").first).to_be_visible()
    assert page.locator(".idea").count() >= 3
    silent()
    yield "home"
    page.locator(f'.all a[href$="indicators/{case.indicator}"]').first.click()
    expect(page.locator("h1")).to_contain_text(case.title[language], ignore_case=True)
    assert page.locator("article.story h2").count() >= PARTS
    silent()
    yield "article"
    page.goto(entrance + "data")
    expect(page.locator('a[href$=".xlsx"], a[href$=".csv"], a[href$=".json"]').first).to_be_visible()
    silent()
    yield "data"
    answer = page.goto(entrance + case.internal)
    assert answer.status == 404
    silent()
    yield "internal"
