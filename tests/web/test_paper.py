"""Every page on paper: A4, no empty sheet, nothing cut at the right, whose and of which run on every sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.freeze import write_site
from dafeng.web.navigation import read_pages
from tests.web.browser import Visit, launched, served
from tests.web.sample import RUN, city, traces, view

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ["" if page.id == "overview" else page.id for page in read_pages()]
DESK = {"width": 1280, "height": 900}
SHEET = {"width": 688, "height": 1000}
"""The column of an A4 sheet, 182 mm wide, in CSS pixels."""
CUT = """() => {
  const wide = document.documentElement.clientWidth + 1;
  const apart = "svg, .chart-canvas, .away, math";
  const seen = [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility() && !one.closest(apart));
  const over = seen.filter((one) => one.getBoundingClientRect().right > wide);
  const inside = seen.filter((one) => getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1);
  return [...over, ...inside].slice(0, 5)
    .map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 40)}`);
}"""
CLOSED = "document.querySelectorAll('main details:not([open])').length"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(create_app([city()])) as address:
        yield address + "/yangli/"


def sheets(path: Path) -> list[tuple[str, tuple[int, int], int]]:
    """Text, size in points and number of drawn things of every sheet."""
    with pypdfium2.PdfDocument(path) as document:
        return [
            (
                page.get_textpage().get_text_range(),
                tuple(round(side) for side in page.get_size()),
                len(list(page.get_objects())),
            )
            for page in document
        ]


@pytest.fixture(scope="module")
def visit(browser: Any) -> Iterator[Visit]:
    one = Visit(browser, viewport=DESK, reduced_motion="reduce")
    yield one
    one.context.close()


def printed(visit: Visit, address: str, path: Path) -> list[tuple[str, tuple[int, int], int]]:
    """A page as its sheets."""
    visit.page.emulate_media(media="null")
    visit.page.set_viewport_size(DESK)
    visit.page.goto(address)
    visit.page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    return sheets(path)


@pytest.mark.parametrize("name", [*PAGES, "targets/T01", "wall"])
def test_a_page_fills_sheets_of_a4(visit: Visit, base: str, name: str, tmp_path: Path) -> None:
    made = printed(visit, base + name, tmp_path / "page.pdf")
    visit.page.set_viewport_size(SHEET)
    visit.page.emulate_media(media="print")
    visit.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    cut, closed, faults = visit.page.evaluate(CUT), visit.page.evaluate(CLOSED), visit.clean()
    assert {size for _, size, _ in made} == {(595, 842)}
    assert [text for text, _, _ in made if "样例市 · 2025 年度评估" not in text or RUN not in text] == []
    assert [at for at, (text, _, things) in enumerate(made) if len(text.split()) < 12 and things < 12] == []
    assert (cut, closed, faults) == ([], 0, ([], []))


def test_a_frozen_copy_prints_alike(visit: Visit, tmp_path: Path) -> None:
    made = printed(visit, (write_site(view(), traces(), tmp_path).parent / "map.html").as_uri(), tmp_path / "page.pdf")
    assert all(RUN in text for text, _, _ in made)
    assert "没有数据（不是零）" in "".join(text for text, _, _ in made)


def test_a_long_table_prints_its_first_rows_and_tells_of_the_rest(visit: Visit, tmp_path: Path) -> None:
    shown = view()
    found = shown["pathway"]["influences"]
    found["drivers"] = [
        one | {"label": {"zh": f"因素甲{n:03}", "en": f"driver {n}"}} for n in range(90) for one in found["drivers"][:1]
    ]
    with served(create_app([CityView(shown, traces())])) as address:
        text = "".join(text for text, _, _ in printed(visit, address + "/yangli/pathway", tmp_path / "page.pdf"))
    assert ("因素甲029" in text, "因素甲030" in text, "另有 60 行" in text) == (True, False, True)


def test_contradictions_are_a_dense_list_that_leaves_nothing_out(visit: Visit, tmp_path: Path) -> None:
    """Eighteen sets with their clauses took eleven sheets while each clause was a card and each explanation said again."""
    shown = view()
    first = shown["clashes"][0]
    shown["clashes"] = [
        first | {"id": f"{n}", "title": {"zh": f"甲{n:02}与乙不能同时成立", "en": f"set {n}"},
                 "members": [one | {"label": {"zh": f"条文{n:02}{at}", "en": f"clause {n} {at}"}} for at in range(3)
                             for one in first["members"][:1]]}
        for n in range(1, 19)
    ]  # fmt: skip
    with served(create_app([CityView(shown, traces())])) as address:
        made = printed(visit, address + "/yangli/conflicts", tmp_path / "page.pdf")
    text = "".join("".join(text.split()) for text, _, _ in made)
    told = [f"甲{n:02}与乙不能同时成立" for n in range(1, 19)] + [f"条文{n:02}{at}" for n in range(1, 19) for at in range(3)]
    assert [one for one in told if one not in text] == []
    assert [one["question"]["zh"] for one in shown["headlines"] if "".join(one["question"]["zh"].split()) not in text] == []
    assert ("依据" in text, "点开看" in text, len(made) <= 5) == (False, False, True)
    for number in range(1, 19):  # a set stays on one sheet, with all its clauses
        assert any(f"甲{number:02}" in sheet and f"条文{number:02}2" in sheet for sheet, _, _ in made)
