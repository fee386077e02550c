"""A newcomer's tour: from the entrance to the five headline answers, and from one figure down to the clause it rests on.

Invariant: every stop is asserted before it is told; the clause is reached with three clicks from the overview.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect

from dafeng.web.app import create_app
from dafeng.web.cities import Material
from tests.tours.sides import Side
from tests.web.browser import served

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What the newcomer looks for in a city.

    Parameters
    ----------
    slug : str
        The city in addresses.
    asked : mapping of str to Words
        Id of a headline question → a piece of its question, by language.
    figure : str
        Address of the figure that is followed.
    shown : Words
        The figure as it is written.
    trail : tuple of str
        What is clicked below the figure, down to the clause.
    start, end : int
        Where the clause stands in the plan, whose text is no part of this project. [characters]
    """

    slug: str
    asked: Mapping[str, Words]
    figure: str
    shown: Words
    trail: tuple[str, ...]
    start: int
    end: int


YANTAI = Question(
    slug="yantai",
    asked={
        "capacity.370600-T04": {"zh": "2030年核电装机容量目标可行吗", "en": "Is the 2030 target for nuclear capacity feasible"},
        "clean_share.370600-T02": {
            "zh": "清洁装机占比58%与分项装机目标是否矛盾",
            "en": "Does the 58% clean share of 2030 contradict",
        },
        "non_fossil.370600-T03": {
            "zh": "非化石比重25%能由装机目标推出吗",
            "en": "Does a non-fossil share of 25% in 2030 follow",
        },
        "storage.2030": {"zh": "逐时够不够", "en": "enough hour by hour in 2030"},
        "peak": {"zh": "何时达峰？哪三项措施", "en": "When does the city peak, and which three measures"},
    },
    figure="headlines/capacity.370600-T04.gap",
    shown={"zh": "799.4 万千瓦", "en": "7.994 GW"},
    trail=("targets/370600-T04", "clauses/370600-T04"),
    start=1412,
    end=1460,
)
QINGDAO = Question(
    slug="qingdao",
    asked={
        "non_fossil.370200-T03": {
            "zh": "非化石比重23%能由装机目标推出吗",
            "en": "Does a non-fossil share of 23% in 2030 follow",
        },
        "storage.2030": {"zh": "逐时电力平衡够不够", "en": "Does the power balance of 2030 hold hour by hour"},
        "peak": {"zh": "何时达峰？哪三项措施", "en": "When does the city peak, and which three measures"},
    },
    figure="targets/370200-T03",
    shown={"zh": "23%", "en": "23%"},
    trail=("clauses/370200-T03",),
    start=326,
    end=395,
)


def newcomer(page: Any, base: str, case: Question, language: str, text: str) -> Iterator[str]:
    """Walk the tour; the name of each stop is told when everything on it is as it must be; ``text`` is the plan's."""
    page.goto(f"{base}/{case.slug}/")
    expect(page.locator(".answer .answer-text")).to_have_count(4)
    yield "overview"
    for headline, words in case.asked.items():
        question = page.locator(f'.questions li:has(a[href$="#headline-{headline}"])')
        expect(question.locator(".question")).to_contain_text(words[language])
        expect(question.locator(".answer-line")).to_have_text(re.compile(r"\d"))
    figure = page.locator(f'.questions a.n[data-explain="{case.figure}"]').first
    expect(figure).to_have_text(re.compile(re.escape(case.shown[language]).replace(r"\ ", r"\s")))
    page.locator(".questions").scroll_into_view_if_needed()
    page.locator(".questions").evaluate("one => window.scrollBy(0, one.closest('section').getBoundingClientRect().top - 80)")
    yield "questions"
    figure.click()
    expect(page.locator("#drawer article")).to_have_attribute("data-address", case.figure)
    yield "figure"
    for address in case.trail:
        page.locator(f'#drawer .inputs a[data-explain="{address}"]').click()
        expect(page.locator("#drawer article")).to_have_attribute("data-address", address)
    expect(page.locator("#drawer mark")).to_have_text(text[case.start : case.end])
    expect(page.locator("#drawer article")).to_contain_text(f"{case.start}–{case.end}")
    yield "clause"


STOPS = ("overview", "questions", "figure", "clause")


def follow(material: Material, case: Question, side: Side, browser: Any) -> tuple[tuple[str, ...], tuple[list[str], list[str]]]:
    """The stops of the tour of an assessed city from one side, and what the window asked of others or complained of."""
    with served(create_app([material])) as base:
        visit = side.visit(browser, base)
        text = next(iter(material.documents.values()))
        stops = tuple(newcomer(visit.page, base, case, side.language, text))
        found = visit.clean()
        visit.context.close()
    return stops, found
