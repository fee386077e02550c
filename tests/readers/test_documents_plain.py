"""Plain text: any common encoding, and tables drawn by tabs or strokes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.documents import Cell
from dafeng.readers.blocks import MOST_PARAGRAPHS
from dafeng.readers.documents import read_document

TEXT = "云溪市碳达峰实施方案\n到2030年，森林覆盖率达到40%。\n\n各区市政府负责落实，市发展改革委会同有关部门督促检查。\n"
TRADITIONAL = (
    "雲溪市碳達峰實施方案\n到2030年，森林覆蓋率達到40%，單位地區生產總值能源消耗下降。\n"
    "各區政府負責，發展改革部門會同有關單位進行檢查。\n"
)


def cells(text: str) -> list[tuple[str, Cell | None]]:
    return [(one.text, one.cell) for one in read_document(text.encode())[0].paragraphs]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"])
def test_common_encodings_are_recognised(encoding):
    document, findings = read_document(TEXT.encode(encoding), name="plan.txt")
    assert (document.text, findings) == (TEXT, ())


@pytest.mark.parametrize("encoding", ["big5", "utf-8", "gb18030"])
def test_traditional_characters_are_recognised(encoding):
    assert read_document(TRADITIONAL.encode(encoding))[0].text == TRADITIONAL


@given(st.text(alphabet="到年达百分点能源消费比重，。、0123456789%（）\n\r |\t-", max_size=200))
@settings(max_examples=200)
def test_positions_show_the_paragraphs(text):
    document, _ = read_document(text.encode())
    assert document.text == text
    assert all(document.text[p.start : p.end] == p.text and p.text.strip() for p in document.paragraphs)


@given(st.text(alphabet="到2030年。\n|\t-", max_size=80))
@settings(max_examples=200)
def test_nothing_but_blanks_and_strokes_is_left_out(text):
    document, _ = read_document(text.encode())
    kept = {at for p in document.paragraphs for at in range(p.start, p.end)}
    assert {text[at] for at in range(len(text)) if at not in kept} <= set("\n|\t-")
    assert len(kept) == sum(len(p.text) for p in document.paragraphs)


def test_marks_of_the_layout_stay_in_the_text():
    text = "[bookmark: _Toc1]一、目标\r\n到2030年。"
    document, _ = read_document(text.encode())
    assert document.text == text
    assert [p.text for p in document.paragraphs] == ["[bookmark: _Toc1]一、目标", "到2030年。"]


def test_paragraphs_are_numbered_without_gaps():
    assert [p.number for p in read_document(TEXT.encode())[0].paragraphs] == [0, 1, 2]


def test_a_few_broken_bytes_are_a_finding():
    data = (TEXT * 10).encode() + b"\xff" + TEXT.encode()
    document, findings = read_document(data)
    assert (document.encoding, [finding.rule for finding in findings]) == ("utf-8", ["document.encoding"])


def test_lines_with_tabs_are_a_table():
    assert cells("主要指标\n指标\t2025年\t2030年\n森林覆盖率\t 38% \t40%\n以上为预期性指标。") == [
        ("主要指标", None),
        ("指标", Cell(0, 0, 0)), ("2025年", Cell(0, 0, 1)), ("2030年", Cell(0, 0, 2)),
        ("森林覆盖率", Cell(0, 1, 0)), ("38%", Cell(0, 1, 1)), ("40%", Cell(0, 1, 2)),
        ("以上为预期性指标。", None),
    ]  # fmt: skip


def test_a_cell_without_text_keeps_its_column():
    assert cells("指标\t2025年\t2030年\n森林覆盖率\t\t40%") == [
        ("指标", Cell(0, 0, 0)), ("2025年", Cell(0, 0, 1)), ("2030年", Cell(0, 0, 2)),
        ("森林覆盖率", Cell(0, 1, 0)), ("40%", Cell(0, 1, 2)),
    ]  # fmt: skip


@pytest.mark.parametrize("stroke", ["|", "｜", "│"])
def test_lines_with_strokes_are_a_table_without_its_ruler(stroke):
    text = "|指标|2030年|\n|:---|---:|\n|森林覆盖率|40%|".replace("|", stroke)
    wanted = [("指标", Cell(0, 0, 0)), ("2030年", Cell(0, 0, 1)), ("森林覆盖率", Cell(0, 1, 0)), ("40%", Cell(0, 1, 1))]
    assert cells(text) == wanted


def test_strokes_between_cells_only_are_a_table_too():
    assert [cell for _, cell in cells("甲|乙|丙\n丁|戊|己")] == [Cell(0, row, column) for row in (0, 1) for column in (0, 1, 2)]


def test_two_tables_are_told_apart():
    assert [cell.table for _, cell in cells("甲\t乙\t丙\n丁\t戊\t己\n\n庚\t辛\t壬\n癸\t子\t丑")] == [0] * 6 + [1] * 6


@pytest.mark.parametrize(
    "text",
    [
        "甲\t乙\t丙",
        "甲\t乙\n丙\t丁",
        "甲\t乙\t丙\n\n丁\t戊\t己",
        "\t\t一、目标\n\t\t到2030年。",
        "甲\t乙\t丙\n甲\t乙\t丙\t丁",
        "甲|乙\n丙|丁",
    ],
)
def test_what_is_no_table_stays_lines(text):
    assert [(one, None) for one in text.splitlines() if one] == cells(text)


def test_many_lines_end_in_one_long_paragraph():
    document, _ = read_document(b"a\n" * (MOST_PARAGRAPHS + 10))
    assert len(document.paragraphs) == MOST_PARAGRAPHS + 1
    assert document.paragraphs[-1].end == len(document.text)


@pytest.mark.slow
def test_twenty_megabytes_are_read_as_one_document():
    data = "到2030年达到50%分别".encode() * 900_000
    document, _ = read_document(data)
    assert len(document.text) * 3 > len(data)
