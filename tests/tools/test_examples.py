"""A printed output in a document is what its code printed."""

from __future__ import annotations

from tools import examples

PAGE = "before\n\n```python\nx = 2\nprint(x + {})\n```\n\n```text\n{}\n```\nafter\n"


def test_the_output_stands_beneath_the_code():
    assert examples.fill(PAGE.format(3, "old")) == PAGE.format(3, "5")


def test_examples_of_a_page_share_their_names():
    page = PAGE.format(3, "") + "```python\nprint(x)\n```\n\n```text\n```\n"
    assert examples.fill(page).endswith("```text\n2\n```\n")


def test_code_without_an_output_is_not_run():
    page = "```python\nraise SystemExit\n```\n\ntext\n"
    assert examples.fill(page) == page


def test_every_page_that_shows_an_output_is_found():
    assert {"README.md", "README.zh.md", "judge.md", "consistency.md"} <= {path.name for path in examples.pages([])}
