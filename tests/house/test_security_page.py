"""The page on security names tests that exist."""

from __future__ import annotations

import ast
import re

import pytest

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "security.md"


def named(text: str) -> list[tuple[str, str]]:
    """File and test (empty for a whole file) of all that a table names; a test without a file is of the file before it."""
    found: list[tuple[str, str]] = []
    for row in text.splitlines():
        file = ""
        for path, test in re.findall(r"`(tests/[\w/]+\.py)?(?:::)?(test_\w+)?`", row):
            file = path or file
            if path or test:
                found.append((file, test))
    return found


def missing(text: str) -> list[str]:
    """What is named and is not there."""
    tests: dict[str, set[str]] = {}
    for file, _ in named(text):
        path = ROOT / file
        if file and file not in tests and path.is_file():
            tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            tests[file] = {one.name for one in tree if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    return [f"{file}::{test}" for file, test in named(text) if file not in tests or (test and test not in tests[file])]


def test_every_test_that_the_page_names_exists() -> None:
    assert len(named(PAGE.read_text(encoding="utf-8"))) > 80
    assert missing(PAGE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("cell", ["`tests/web/test_no.py`", "`tests/web/test_guard.py::test_no`", "`test_only_reading_passes`"])
def test_a_test_that_does_not_exist_is_seen(cell: str) -> None:
    assert len(missing(f"| a | b | {cell} |")) == 1
