"""The inventory's files as an office's programmes would read them."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from typing import Any

import docx
import pypdfium2
import pytest
from docx.shared import Mm
from python_calamine import CalamineWorkbook

from dafeng.core.errors import SettingError
from dafeng.reports.blocks import Figure, Heading, Numbering, Paragraph, Table, count_word
from dafeng.reports.inventory_docx import write_docx
from dafeng.reports.inventory_pdf import write_pdf
from dafeng.reports.inventory_report import write_report
from dafeng.reports.inventory_xlsx import write_xlsx
from dafeng.reports.paper_pdf import choose_fonts
from dafeng.reports.voice import digits
from tests.reports.forms import EVIL, form

INTERVAL = {
    "low": "110.1", "high": "140.2", "relative": 12.3, "address": "uncertainty/total.2025", "draws": 1000, "seed": 1,
    "assumed": 80.0, "uncovered": {}, "rows": [],
}  # fmt: skip


def sheet(content: bytes, name: str) -> list[list[Any]]:
    """Cells of a sheet below its title."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()[2:]


def texts(language: Any = "zh", **changed: Any) -> list[str]:
    """Paragraphs of the report."""
    blocks = write_report(form(**changed), language).blocks
    found = [block for block in blocks if isinstance(block, Paragraph)]
    return ["".join(part.text if isinstance(part, Figure) else part for part in block.parts) for block in found]


def test_amounts_are_numbers_with_all_digits_and_their_unit_in_the_heading() -> None:
    head, first, *_ = sheet(write_xlsx(form(), "zh"), "清单汇总")
    assert (head[3], first[3], head[6], first[6]) == ("CO2 (万吨)", 123.4567890123, "合计 (万吨 CO2e)", 123.4567890123)


def test_a_line_without_result_is_empty_and_has_its_key() -> None:
    head, *rows = sheet(write_xlsx(form(), "zh"), "清单汇总")
    waste = next(row for row in rows if row[0] == "5")
    assert (waste[3:7], waste[head.index("标识")], waste[head.index("说明")]) == ([""] * 4, "NE", "没有填埋场")


def test_no_text_of_a_delivery_becomes_a_formula() -> None:
    content = write_xlsx(form(), "zh")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        sheets = "".join(file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/"))
    assert ("<f>" in sheets, sheet(content, "活动数据与排放")[1][3]) == (False, "'" + EVIL)


def test_every_sheet_is_set_up_for_printing() -> None:
    with zipfile.ZipFile(io.BytesIO(write_xlsx(form(), "en"))) as file:
        pages = [file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
    assert all('paperSize="9"' in page and "landscape" in page for page in pages)
    assert sum("<pane " in page for page in pages) == len(pages) - 1


def test_a_sum_that_differs_from_its_parts_is_told() -> None:
    checks = [{**form()["checks"][0], "parts": "1", "holds": False}]
    assert sheet(write_xlsx(form(checks=checks), "zh"), "核对")[1][-1] == "不符"


def test_the_same_inventory_gives_the_same_bytes() -> None:
    assert write_xlsx(form(), "zh") == write_xlsx(form(), "zh")
    assert write_docx(form(), "zh") == write_docx(form(), "zh")


def test_the_document_has_the_form_of_an_official_paper() -> None:
    book = docx.Document(io.BytesIO(write_docx(form(), "zh")))
    section = book.sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    assert (round(width / Mm(1)), round(section.top_margin / Mm(1))) == (156, 37)
    assert [p.text for p in book.paragraphs if p.style.name == "Heading 1"][:3] == ["一、概述", "二、边界与方法", "三、结果"]
    assert "PAGE" in section.footer._element.xml


def test_every_raised_number_stands_in_the_list_of_addresses() -> None:
    book = docx.Document(io.BytesIO(write_docx(form(), "zh")))
    runs = [run for p in _paragraphs(book) for run in p.runs if run.font.superscript]
    listed = {p.text.split()[0] for p in book.paragraphs if re.fullmatch(r"\[\d+\] \S+/\S+", p.text)}
    assert {run.text for run in runs} == listed != set()


def _paragraphs(book: Any) -> list[Any]:
    cells = [cell for table in book.tables for row in table.rows for cell in row.cells]
    return [*book.paragraphs, *(p for cell in cells for p in cell.paragraphs)]


def test_every_table_has_as_many_cells_as_heads_and_fits_the_page() -> None:
    tables = [block for block in write_report(form(uncertainty=INTERVAL), "en").blocks if isinstance(block, Table)]
    assert [t.title for t in tables if any(len(row) != len(t.heads) for row in t.rows)] == []
    assert [t.title for t in tables if sum(t.widths) > 156 or len(t.widths) != len(t.heads)] == []


def test_the_overview_says_total_shares_and_what_is_lacking() -> None:
    assert texts()[0].startswith("2025年，样例市温室气体直接排放（不含土地利用变化和林业）为123.60万吨二氧化碳当量")
    assert any("能源活动123.46万吨二氧化碳当量，占 99.9%" in text for text in texts())


def test_the_interval_is_told_where_there_is_one() -> None:
    assert not any("95%" in text for text in texts())
    assert "95% 区间110.10万吨至140.20万吨" in texts(uncertainty=INTERVAL)[0]


def test_a_field_without_result_gives_its_key_and_reason() -> None:
    assert "No result; its notation key is NE (not estimated); no landfill." in texts("en")


def test_a_report_without_any_result_says_so() -> None:
    none = {"co2e": None, "key": "NE", "key_says": {"zh": "未估算", "en": "not estimated"}}
    lines = [{**line, **none} for line in form()["layouts"][0]["lines"]]
    said = texts(layouts=[{**form()["layouts"][0], "lines": lines}], by_field=[], by_gas=[], cells=[], factors=[])
    assert said[0] == "样例市2025年没有可核算的直接排放。"


FIGURES = [("1234.567", "1,234.57"), ("0.00012345", "0.00012"), ("-3.2", "−3.20"), (None, "—"), ("0", "0.00")]


@pytest.mark.parametrize(("value", "shown"), FIGURES)
def test_a_figure_is_never_shown_as_zero_unless_it_is(value: str | None, shown: str) -> None:
    assert digits(value) == shown


def test_headings_are_numbered_as_papers_do() -> None:
    numbering = Numbering("zh")
    said = [numbering.number(Heading(level, "甲")) for level in (1, 2, 2, 1, 2)]
    assert said == ["一、甲", "（一）甲", "（二）甲", "二、甲", "（一）甲"]
    assert [count_word(n) for n in (1, 10, 11, 20, 99, 100, 2023)] == [
        *("一", "十", "十一", "二十", "九十九", "一百", "二千零二十三")
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pdf_holds_title_and_page_numbers(language: Any) -> None:
    pytest.importorskip("typst")
    found = pypdfium2.PdfDocument(write_pdf(form(), language))
    said = found[0].get_textpage().get_text_range()
    assert ("样例市" if language == "zh" else "Sampleton") in said
    assert "1" in said.splitlines()[-1]


def test_the_same_report_gives_the_same_pdf() -> None:
    pytest.importorskip("typst")
    assert write_pdf(form(), "zh") == write_pdf(form(), "zh")


def test_without_the_typesetter_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(SettingError) as refusal:
        write_pdf(form(), "zh")
    assert "pip install 'dafeng[report]'" in refusal.value.read("en")


def test_without_a_chinese_font_the_package_is_named() -> None:
    with pytest.raises(SettingError) as refusal:
        choose_fonts(["DejaVu Sans", "Noto Sans CJK JP"])
    assert "fonts-noto-cjk" in refusal.value.read("en")


def test_prescribed_fonts_come_before_free_ones() -> None:
    chosen = choose_fonts(["FangSong", "Noto Serif CJK SC", "Noto Sans CJK SC"])
    assert (chosen["body"], chosen["head"], chosen["title"]) == ("FangSong", "Noto Sans CJK SC", "Noto Serif CJK SC")
