"""The workbook as a spreadsheet programme would read it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dafeng.reports.workbook import DANGEROUS, neutralise, write_workbook
from tests.web.sample import RUN, traces, view

FORMULA = '=HYPERLINK("http://example.org","x")'


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    evil = view()
    evil["tasks"][0]["title"] = FORMULA
    evil["tasks"][1]["title"] = "http://example.org/click"
    return write_workbook(evil, traces(), tmp_path_factory.mktemp("report"))


def rows(path: Path, number: int) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(number).to_python()


def test_numbers_are_numbers_in_their_stored_unit(book: Path) -> None:
    head, line = rows(book, 1)[0], rows(book, 1)[3]
    told = dict(zip(head, line, strict=True))
    assert (told["目标值"], told["单位"], told["地址"]) == (500.0, "万千瓦", f"{RUN}/verdicts/T02")


def test_headings_stand_in_both_languages(book: Path) -> None:
    assert [line[1] for line in rows(book, 1)[:2]] == ["指标", "Indicator"]


def test_a_text_of_the_plan_never_becomes_a_formula_or_a_link(book: Path) -> None:
    with zipfile.ZipFile(book) as file:
        sheets = "".join(file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/"))
    assert ("<f>" in sheets, "<hyperlink" in sheets, rows(book, 2)[2][4]) == (False, False, "'" + FORMULA)


def test_nothing_is_left_half_written(book: Path) -> None:
    assert [path.name for path in book.parent.iterdir()] == ["yangli.xlsx"]


@given(st.text(max_size=50))
def test_no_text_begins_like_a_formula(text: str) -> None:
    assert not neutralise(text).startswith(DANGEROUS)


def test_a_text_longer_than_a_cell_is_cut() -> None:
    assert len(neutralise("字" * 40000)) == 32767
