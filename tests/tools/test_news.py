"""News fragments become the change log, and a wrong fragment is refused."""

from __future__ import annotations

import pytest

from tools import news


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "README.md").write_text("# How\n", encoding="utf-8")
    (folder / "a.fix.md").write_text("It is\nmended.\n", encoding="utf-8")
    (folder / "b.feature.md").write_text("It is new.\n", encoding="utf-8")
    return folder


def test_a_section_groups_fragments_by_kind(folder):
    assert news.section("1.0", news.fragments(folder)) == "## 1.0\n\n### New\n\n- It is new.\n\n### Mended\n\n- It is mended.\n"


def test_a_release_goes_on_top_and_removes_its_fragments(folder, tmp_path):
    log = tmp_path / "CHANGELOG.md"
    log.write_text("# Change log\n\n## 0.1\n\n- Old.\n", encoding="utf-8")
    news.release("1.0", folder, log)
    assert [line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("## ")] == ["## 1.0", "## 0.1"]
    assert news.fragments(folder) == []


@pytest.mark.parametrize(("name", "text"), [("a.md", "x"), ("a.bug.md", "x"), ("a.fix.md", " \n")])
def test_a_wrong_fragment_is_refused(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(news.NewsError, match=name):
        news.section("1.0", news.fragments(tmp_path))


def test_the_fragments_of_this_repository_are_in_order():
    assert news.main([]) == 0
