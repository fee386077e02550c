"""The documentation is a site that works without a network."""

from __future__ import annotations

import pytest

from tests.house import site


def test_the_documentation_builds_and_asks_nothing_of_the_outside(tmp_path):
    built = site.build(tmp_path)
    assert (built / "index.html").is_file()
    assert site.requests(built) == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://example.org/a.js">',
        '<link rel="stylesheet" href="//example.org/a.css">',
        "<img alt='' src='http://example.org/a.png'>",
        "<style>a { background: url(https://example.org/a.png) }</style>",
    ],
)
def test_a_request_to_the_outside_is_seen(tmp_path, text):
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    assert site.requests(tmp_path) != []


def test_a_link_a_person_follows_is_allowed(tmp_path):
    (tmp_path / "a.html").write_text('<a href="https://example.org">x</a><script src="a.js"></script>', encoding="utf-8")
    assert site.requests(tmp_path) == []
