"""The task list as an office's programmes would read it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from dafeng.reports.tasklist import choose_columns, list_cells, list_reasons, tell_notes
from dafeng.reports.tasklist_docx import write_docx
from dafeng.reports.tasklist_xlsx import write_xlsx
from tests.web.sample import view

FORMULA = '=HYPERLINK("http://example.org","x")'


def listed(**changed: Any) -> dict[str, Any]:
    """The invented task list."""
    return {**view()["tasklist"], **changed}


def rows(content: bytes, number: int = 0) -> list[list[Any]]:
    """Cells of a sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(number).to_python()


def table(content: bytes) -> list[list[str]]:
    """Cells of the first table of a text document."""
    return [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(content)).tables[0].rows]


def test_the_spreadsheet_has_a_row_per_task_below_its_heading() -> None:
    read = rows(write_xlsx(listed(), "zh"))
    assert read[1] == [column.label.zh for column in choose_columns(listed())]
    assert [line[0] for line in read[2:7]] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_proposal_says_so_in_its_cell_and_in_the_state() -> None:
    read = rows(write_xlsx(listed(), "zh"))
    head, last = read[1], read[6]
    told = dict(zip(head, last, strict=True))
    assert (told["牵头单位"], told["配合单位"], told["状态"]) == ("建议：市住房城乡建设局", "建议：市园林局", "系统建议")


def test_what_the_plan_states_carries_no_mark() -> None:
    read = rows(write_xlsx(listed(), "zh"))
    assert [("建议" in "".join(map(str, line)), line[-1]) for line in read[2:6]] == [(False, "方案明确")] * 4


def test_the_grounds_stand_on_their_own_sheet() -> None:
    (_, head, *lines) = rows(write_xlsx(listed(), "zh"), 1)
    assert (head[2], [line[2] for line in lines], lines[0][5]) == (
        "建议单位",
        ["市住房城乡建设局", "市园林局"],
        "建筑节能 (xx-building)",
    )


def test_no_text_of_a_plan_becomes_a_formula() -> None:
    evil = listed()
    evil["tasks"][0]["measures"][0]["text"] = FORMULA
    evil["tasks"][1]["number"], evil["tasks"][1]["title"] = "", "@SUM(A1)"
    content = write_xlsx(evil, "zh")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        sheets = "".join(file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/"))
    read = rows(content)
    assert ("<f>" in sheets, "<hyperlink" in sheets, read[2][3], read[3][2]) == (False, False, "'" + FORMULA, "'@SUM(A1)")


@pytest.mark.parametrize("mark", ["landscape", "<pane ", 'paperSize="9"', "fitToPage"])
def test_the_sheet_is_set_up_for_printing(mark: str) -> None:
    with zipfile.ZipFile(io.BytesIO(write_xlsx(listed(), "zh"))) as file:
        assert mark in file.read("xl/worksheets/sheet1.xml").decode()


def test_the_heading_is_repeated_on_every_printed_page() -> None:
    with zipfile.ZipFile(io.BytesIO(write_xlsx(listed(), "zh"))) as file:
        assert "Print_Titles" in file.read("xl/workbook.xml").decode()


def test_the_text_document_has_the_same_cells_as_the_spreadsheet() -> None:
    cells = [[str(line[0]), *line[1:]] for line in table(write_docx(listed(), "zh"))[1:]]
    sheet = [[str(int(line[0])), *line[1:]] for line in rows(write_xlsx(listed(), "zh"))[2:7]]
    assert cells == sheet


def test_proposals_are_italic_and_nothing_else_is() -> None:
    book = docx.Document(io.BytesIO(write_docx(listed(), "zh")))
    runs = [run for row in book.tables[0].rows for cell in row.cells for part in cell.paragraphs for run in part.runs]
    assert {run.text for run in runs if run.italic} == {"建议：市住房城乡建设局", "建议：市园林局", "系统建议"}


def test_the_annex_is_landscape_with_a_heading_on_every_page() -> None:
    book = docx.Document(io.BytesIO(write_docx(listed(), "zh")))
    head = book.tables[0].rows[0]._tr
    assert (book.sections[0].orientation, head.find(f".//{qn('w:tblHeader')}") is not None) == (WD_ORIENT.LANDSCAPE, True)
    assert [part.text for part in book.paragraphs[:2]] == ["附件", "样例市碳达峰实施方案重点任务清单"]


def test_pages_are_numbered() -> None:
    book = docx.Document(io.BytesIO(write_docx(listed(), "zh")))
    assert 'w:instr="PAGE"' in book.sections[0].footer._element.xml


def test_the_title_has_the_font_of_official_papers_and_those_that_stand_in() -> None:
    content = write_docx(listed(), "zh")
    title = docx.Document(io.BytesIO(content)).paragraphs[1].runs[0]._r.rPr.rFonts.get(qn("w:eastAsia"))
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert (title, "华文中宋,宋体" in file.read("word/fontTable.xml").decode()) == ("方正小标宋简体", True)


def test_notes_tell_what_is_proposed_and_from_which_version() -> None:
    said = "\n".join(tell_notes(listed(), "zh"))
    assert ("系统建议的 1 项" in said, "d" * 12 in said, "市园林局" in said) == (True, True, True)


def test_a_list_without_proposals_does_not_speak_of_them() -> None:
    stated = listed(tasks=listed()["tasks"][:4], counts={"stated": 4, "proposed": 0, "none": 0}, findings=[])
    assert ("斜体" in "".join(tell_notes(stated, "zh")), list_reasons(stated, "zh")) == (False, [])


def test_an_undivided_list_has_one_column_of_organisations() -> None:
    stated = listed(tasks=listed()["tasks"][:4])
    assert [column.id for column in choose_columns(stated) if column.id in ("lead", "support", "responsible")] == [
        "responsible"
    ]


def test_a_list_that_goes_on_says_so() -> None:
    assert [row["responsible"].lines[0][-1] == "等" for row in list_cells(listed(), "zh")][:4] == [True, False, False, True]


@pytest.mark.parametrize("write", [write_xlsx, write_docx])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_list_gives_the_same_bytes(write: Any, language: Any) -> None:
    assert write(listed(), language) == write(listed(), language)


def test_english_headings_keep_the_words_of_the_plan() -> None:
    read = table(write_docx(listed(), "en"))
    assert (read[0][2], read[1][2], read[5][-1]) == ("Task", "1.建设海上风电基地", "proposed by the system")


def test_control_characters_do_not_break_the_text_document() -> None:
    evil = listed()
    evil["tasks"][0]["title"] = "坏\x00\x0b字"
    assert "坏字" in table(write_docx(evil, "zh"))[1][2]


def test_a_list_without_tasks_is_a_file_all_the_same() -> None:
    none = listed(tasks=[], counts={"stated": 0, "proposed": 0, "none": 0})
    assert (len(table(write_docx(none, "zh"))), len(rows(write_xlsx(none, "zh"))) >= 2) == (1, True)
