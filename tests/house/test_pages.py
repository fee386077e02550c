"""What a user can meet is documented, and the documents agree with one another."""

from __future__ import annotations

import pytest

from tests.house import pages
from tests.house.tree import ROOT, keep


@pytest.fixture(scope="module")
def words():
    return pages.documented(pages.DOCS)


def test_every_verb_has_its_page():
    keep(pages.without_page(pages.DOCS, pages.offered_verbs()))


@pytest.mark.parametrize("kind", [pages.options, pages.settings, pages.pages, pages.methods], ids=lambda kind: kind.__name__)
def test_everything_offered_is_documented(words, kind):
    keep(f"{name} is nowhere in docs/ (in code marks)" for name in sorted(kind() - words))


def test_every_link_of_the_documents_leads_somewhere():
    keep(pages.broken_links(pages.DOCS))


def test_both_readmes_have_the_same_outline():
    assert pages.outline(ROOT / "README.md") == pages.outline(ROOT / "README.zh.md")


def test_a_verb_without_page_is_seen(tmp_path):
    assert pages.without_page(tmp_path, ["judge"]) == ["docs/verbs/judge.md is missing or does not name `judge`"]


def test_words_count_only_in_code_marks(tmp_path):
    (tmp_path / "a.md").write_text("plain `--json` word\n```\ndafeng judge --year 2025\n```\n", encoding="utf-8")
    assert pages.documented(tmp_path) == {"--json", "dafeng", "judge", "--year", "2025"}


def test_a_broken_link_is_seen(tmp_path):
    (tmp_path / "a.md").write_text("[b](b.md#x) [a](a.md) [web](https://example.org)", encoding="utf-8")
    assert pages.broken_links(tmp_path) == ["a.md: link to b.md"]


def test_the_outline_leaves_out_comments_in_code(tmp_path):
    (tmp_path / "a.md").write_text("# A\n```\n# no heading\n```\n## B\n![p](p.png)\n", encoding="utf-8")
    assert pages.outline(tmp_path / "a.md") == ["# ", "code", "## ", "!["]
