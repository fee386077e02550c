"""English pages say which of their words are Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from dafeng.web.chinese_words import EMPTY, mark_chinese
from tests.web.browser import Visit, launched
from tests.web.test_axe import ABOVE, FIRST, INCLUSION, INSIDE, MARKETS, OPEN, PUBLIC, RIGHTS, base, log_in

__all__ = ["base"]
HAN = re.compile("[㐀-鿿]")


class Unmarked(HTMLParser):
    """Chinese texts that no element says to be Chinese; the title of the page, which cannot hold a mark, is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        before = self.open[-1][1] if self.open else ""
        if tag not in EMPTY:
            self.open.append((tag, dict(attrs).get("lang") or before))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        names = [name for name, _ in self.open]
        told = self.open[-1][1] if self.open else ""
        passed = {"script", "style"} & set(names) or names[-2:] == ["head", "title"]
        if HAN.search(data) and not passed and not told.startswith("zh"):
            self.found.append(f"{' '.join(names[-2:])}: {data.strip()[:60]}")


def unmarked(html: str) -> list[str]:
    reader = Unmarked()
    reader.feed(html)
    return reader.found


@pytest.mark.parametrize(
    ("html", "marked"),
    [
        ("<p>no Chinese</p>", "<p>no Chinese</p>"),
        ("<li>市能源局</li>", '<li lang="zh">市能源局</li>'),
        ('<a href="/市">市能源局</a>', '<a lang="zh" href="/市">市能源局</a>'),
        ("<p>by 市能源局 and others</p>", '<p>by <bdi lang="zh">市能源局</bdi> and others</p>'),
        ("<p>到2025年，PM2.5浓度达到35。</p>", '<p><bdi lang="zh">到2025年，PM2.5浓度达到</bdi>35。</p>'),
        ('<b title="Energy">市</b>', '<b title="Energy"><bdi lang="zh">市</bdi></b>'),
        ('<div lang="zh-CN"><p>市</p></div>', '<div lang="zh-CN"><p>市</p></div>'),
        ("<option>K1 市</option>", '<option lang="zh">K1 市</option>'),
        ("<svg><text>市 a</text></svg>", '<svg><text lang="zh">市 a</text></svg>'),
        ('<script>"市"</script><!-- 市 --><img alt="市">', '<script>"市"</script><!-- 市 --><img alt="市">'),
        ("<head><title>市 · x</title></head>", "<head><title>市 · x</title></head>"),
        ("<p>a<br>市</p>", '<p>a<br><bdi lang="zh">市</bdi></p>'),
        ("<svg><text><tspan>a</tspan> 市</text></svg>", '<svg><text><tspan>a</tspan> <tspan lang="zh">市</tspan></text></svg>'),
        ('<b lang="zh"><b>市</b> 市</b><b>市</b>', '<b lang="zh"><b>市</b> 市</b><b lang="zh">市</b>'),
        ('<p lang="zh"><i lang="en">a 市</i>市</p>', '<p lang="zh"><i lang="en">a <bdi lang="zh">市</bdi></i>市</p>'),
        ("<style>.市{}</style>市", '<style>.市{}</style><bdi lang="zh">市</bdi>'),
        ('<a data-x="1>0">市 < 5</a>', '<a data-x="1>0"><bdi lang="zh">市</bdi> < 5</a>'),
    ],
)
def test_a_mark_changes_nothing_else(html: str, marked: str) -> None:
    assert mark_chinese(html) == marked


def test_a_long_text_is_marked_in_its_first_go() -> None:
    text = "发展，改革1" * 4000
    assert mark_chinese(f"<p>{text} English</p>").count("<bdi") == 1


def test_what_is_not_marked_is_found() -> None:
    assert (unmarked("<p>by 市</p>"), unmarked('<p lang="zh">市</p>')) == (["p: by 市"], [])


@pytest.fixture(scope="module")
def inside(chromium: str, base: tuple[str, dict[str, str]]) -> Iterator[Any]:
    """Somebody who may see all and reads English."""
    with launched(chromium) as browser:
        visit = Visit(browser)
        log_in(visit.page, base[0], "管理")
        visit.context.add_cookies([{"name": "lang", "value": "en", "url": base[0]}])
        yield visit.context.request
        visit.context.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        *(f"/yangli/{name}" for name in OPEN),
        "/yangli/explain/targets/T02?fragment=1", "/yangli/explain/verdicts/T02?fragment=1",
        *ABOVE, *(f"/public/{name}" for name in PUBLIC), *INSIDE, *RIGHTS, *INCLUSION, *MARKETS,
    ],
)  # fmt: skip
def test_an_english_page_marks_its_chinese(inside: Any, base: tuple[str, dict[str, str]], name: str) -> None:
    answer = inside.get(base[0] + base[1].get(name, name).format(indicator=FIRST))
    text = answer.text()
    assert ('<html lang="zh' in text, "&lt;bdi" in text, unmarked(text)) == (False, False, [])
