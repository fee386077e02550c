"""PDF: printed pages as paragraphs and tables; what is only a picture is told by its page."""

from __future__ import annotations

import subprocess
import sys
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.documents import Cell
from dafeng.core.errors import FileRefused
from dafeng.readers import portable
from dafeng.readers.documents import read_document
from tests.readers.printing import Sheet, assemble, print_pdf, stream

SIZE, LEFT, PITCH, FULL = 14, 85.0, 24.0, 30
SENTENCES = (
    "　　到2030年，全市非化石能源消费比重达到28%左右，"
    "碳排放达到峰值后稳中有降，森林覆盖率保持稳定，单位地区生产总值能源消耗比2020年下降13%。",
    "　　一是推进近海风电场建设，海上风电装机容量达到200万千瓦，光伏发电装机容量达到300万千瓦。",
)


def wrapped(text: str, at: int = FULL) -> list[str]:
    """Lines of so many full widths; Latin takes half a width."""
    lines, width = [""], 0.0
    for mark in text:
        own = 0.5 if mark.isascii() else 1.0
        if width + own > at:
            lines, width = [*lines, ""], 0.0
        lines[-1] += mark
        width += own
    return lines


def printed(
    *paragraphs: str, top: float = 100, size: float = SIZE, left: float = LEFT, at: int = FULL, sheet: Sheet | None = None
) -> Sheet:
    """A page of paragraphs as an office prints them: indented by two widths, without space between them."""
    sheet, y = sheet or Sheet(), top
    for paragraph in paragraphs:
        for line in wrapped(paragraph, at):
            indent = 2 * size if line.startswith("　　") else 0
            sheet.write(left + indent, y, line.lstrip("　"), size)
            y += PITCH
    return sheet


def read(*sheets: Sheet):
    return read_document(print_pdf(*sheets), name="plan.pdf")


def texts(*sheets: Sheet) -> list[str]:
    return [one.text for one in read(*sheets)[0].paragraphs]


def rules(*sheets: Sheet) -> list[str]:
    return [one.rule for one in read(*sheets)[1]]


def bare(text: str) -> str:
    return text.replace("　", "")


def test_hard_line_ends_are_mended():
    document, findings = read(printed(*SENTENCES))
    assert ([one.text for one in document.paragraphs], findings) == ([bare(one) for one in SENTENCES], ())
    assert (document.encoding, {one.page for one in document.paragraphs}) == ("pdf", {1})


def test_a_paragraph_goes_on_overleaf():
    lines = wrapped(SENTENCES[0])
    first, second = Sheet().write(LEFT + 2 * SIZE, 700, lines[0].lstrip("　"), SIZE), Sheet()
    for at, line in enumerate(lines[1:]):
        second.write(LEFT, 100 + at * PITCH, line, SIZE)
    document, _ = read(first, second, printed(SENTENCES[1]))
    assert [(one.text, one.page) for one in document.paragraphs] == [(bare(SENTENCES[0]), 1), (bare(SENTENCES[1]), 3)]


def test_headings_stay_apart_from_the_text():
    sheet = Sheet().write(229, 60, "云溪市碳达峰", 22).write(251, 92, "实施方案", 22)
    printed("　　一、主要目标", "　　（一）能源", SENTENCES[0], sheet=sheet, top=140)
    assert texts(sheet) == ["云溪市碳达峰实施方案", "一、主要目标", "（一）能源", bare(SENTENCES[0])]


def test_a_full_line_that_ends_with_a_bracket_ends_its_paragraph():
    listed = "　　" + "推" * 23 + "（市政府）"
    assert texts(printed(listed, "　　[甲]目标", SENTENCES[0])) == [bare(listed), "[甲]目标", bare(SENTENCES[0])]


def test_a_hanging_list_is_one_paragraph_for_each_point():
    sheet = (
        Sheet()
        .write(LEFT, 100, "1." + "推" * 29, SIZE)
        .write(LEFT + 14, 124, "进" * 29, SIZE)
        .write(LEFT + 14, 148, "建设。", SIZE)
    )
    sheet.write(LEFT, 172, "2.发展光伏。", SIZE)
    assert texts(sheet) == ["1." + "推" * 29 + "进" * 29 + "建设。", "2.发展光伏。"]


def test_latin_words_keep_their_spaces_and_lose_their_hyphens():
    sheet = (
        Sheet()
        .write(LEFT, 100, "City of Yunxi carbon peak plan and carbon neu-", 9)
        .write(LEFT, 115, "trality in two words", 9)
    )
    assert texts(sheet) == ["City of Yunxi carbon peak plan and carbon neutrality in two words"]


def test_chinese_loses_the_spaces_that_set_it_apart():
    assert texts(Sheet().write(LEFT, 100, "方 案 到 2030 年", SIZE)) == ["方案到2030年"]


def test_a_small_figure_stands_in_its_line():
    sheet = Sheet().write(LEFT, 100, "CO", 14).write(LEFT + 14, 103, "2", 8).write(LEFT + 18, 100, "排放下降。", 14)
    assert texts(sheet) == ["CO2排放下降。"]


def test_radicals_become_characters():
    assert texts(Sheet().write(LEFT, 100, "⽬标：⺠用⻛电", SIZE)) == ["目标：民用风电"]


def test_headers_footers_and_page_numbers_are_left_out_and_told():
    pages = [
        printed(
            *SENTENCES, top=200, sheet=Sheet().write(230, 50, "云溪市人民政府文件", 10).write(280, 800, f"— {number} —", 10)
        )
        for number in range(1, 5)
    ]
    document, findings = read(*pages)
    assert [one.text for one in document.paragraphs] == [bare(one) for one in SENTENCES] * 4
    assert [(one.rule, one.severity) for one in findings] == [("document.left_out", "info")]
    assert "云溪市人民政府文件" in findings[0].says.zh


def test_a_number_at_the_foot_of_a_single_page_is_its_number():
    assert texts(printed(SENTENCES[1], sheet=Sheet().write(290, 800, "- 1 -", 10))) == [bare(SENTENCES[1])]


def test_a_first_line_that_repeats_without_standing_apart_stays():
    pages = [printed(*(f"　　{number}.推进建设。" for _ in range(8)), top=80) for number in range(4)]
    assert len(texts(*pages)) == 32


def test_a_line_that_repeats_within_the_text_stays():
    pages = [printed(SENTENCES[1], top=300) for _ in range(4)]
    assert texts(*pages) == [bare(SENTENCES[1])] * 4


def test_a_drawn_table_becomes_cells_where_it_stands():
    sheet = printed(SENTENCES[1], top=100)
    sheet.grid([90, 200, 300, 400], [200, 225, 250, 275])
    for row, line in enumerate((("指标", "2025年", "2030年"), ("森林覆盖率", "38%", "40%"), ("绿色出行", "70%", "75%"))):
        for column, text in enumerate(line):
            sheet.write(95 + 105 * column, 217 + 25 * row, text, 10)
    sheet.write(LEFT, 320, "表后的话。", SIZE)
    found = [(one.text, one.cell) for one in read(sheet)[0].paragraphs]
    assert found == [
        (bare(SENTENCES[1]), None),
        ("指标", Cell(0, 0, 0)), ("2025年", Cell(0, 0, 1)), ("2030年", Cell(0, 0, 2)),
        ("森林覆盖率", Cell(0, 1, 0)), ("38%", Cell(0, 1, 1)), ("40%", Cell(0, 1, 2)),
        ("绿色出行", Cell(0, 2, 0)), ("70%", Cell(0, 2, 1)), ("75%", Cell(0, 2, 2)),
        ("表后的话。", None),
    ]  # fmt: skip


def test_merged_cells_of_a_drawn_table_have_their_extent():
    sheet = Sheet().rule(90, 200, 390, 200).rule(190, 225, 390, 225).rule(90, 250, 390, 250)
    sheet.rule(90, 200, 90, 250).rule(190, 200, 190, 250).rule(290, 225, 290, 250).rule(390, 200, 390, 250)
    sheet.write(95, 230, "能源", 10).write(230, 217, "目标", 10).write(200, 242, "20%", 10).write(300, 242, "28%", 10)
    found = [(one.text, one.cell) for one in read(sheet)[0].paragraphs]
    assert found == [
        ("能源", Cell(0, 0, 0, 2, 1)),
        ("目标", Cell(0, 0, 1, 1, 2)),
        ("20%", Cell(0, 1, 1)),
        ("28%", Cell(0, 1, 2)),
    ]


def test_a_table_may_be_open_at_its_sides():
    sheet = Sheet().rule(90, 200, 390, 200).rule(90, 225, 390, 225).rule(90, 250, 390, 250).rule(240, 200, 240, 250)
    sheet.write(95, 217, "指标", 10).write(245, 217, "目标", 10).write(95, 242, "覆盖率", 10).write(245, 242, "40%", 10)
    assert [one.cell for one in read(sheet)[0].paragraphs] == [Cell(0, 0, 0), Cell(0, 0, 1), Cell(0, 1, 0), Cell(0, 1, 1)]


def test_neighbouring_cells_without_space_are_cut_at_the_line():
    sheet = Sheet().grid([90, 130, 170], [200, 225, 250]).write(90, 217, "工业废水", 20).write(92, 242, "40%", 10)
    assert [(one.text, one.cell.column) for one in read(sheet)[0].paragraphs] == [("工业", 0), ("废水", 1), ("40%", 0)]


def test_lines_in_a_cell_are_one_paragraph():
    sheet = Sheet().grid([90, 190, 390], [200, 260, 290])
    sheet.write(95, 217, "非化石能源", 10).write(95, 232, "消费比重", 10).write(200, 217, "28%", 10)
    assert [one.text for one in read(sheet)[0].paragraphs] == ["非化石能源消费比重", "28%"]


def test_a_table_that_goes_on_overleaf_is_one_with_one_head():
    first = Sheet().grid([90, 200, 300], [700, 725, 750]).write(95, 717, "指标", 10).write(205, 717, "目标", 10)
    first.write(95, 742, "甲", 10).write(205, 742, "1%", 10)
    second = Sheet().grid([90, 200, 300], [80, 105, 130]).write(95, 97, "指标", 10).write(205, 97, "目标", 10)
    second.write(95, 122, "乙", 10).write(205, 122, "2%", 10)
    found = [(one.text, one.cell, one.page) for one in read(first, second)[0].paragraphs]
    assert found[2:] == [("甲", Cell(0, 1, 0), 1), ("1%", Cell(0, 1, 1), 1), ("乙", Cell(0, 2, 0), 2), ("2%", Cell(0, 2, 1), 2)]


def test_fields_below_one_another_are_a_table_without_lines():
    sheet = Sheet()
    for row, line in enumerate((("指标", "2025年", "2030年"), ("覆盖率", "38%", "40%"), ("出行", "70%", "75%"))):
        for column, text in enumerate(line):
            sheet.write(90 + 150 * column, 200 + 25 * row, text, 10)
    found = [one.cell for one in read(sheet)[0].paragraphs]
    assert found == [Cell(0, row, column) for row in range(3) for column in range(3)]


def test_a_frame_around_text_is_running_text():
    sheet = printed(SENTENCES[0], sheet=Sheet().grid([60, 540], [60, 300]))
    assert [(one.text, one.cell) for one in read(sheet)[0].paragraphs] == [(bare(SENTENCES[0]), None)]


def test_two_columns_are_read_one_after_the_other():
    sheet = Sheet().write(LEFT, 60, "全市碳达峰工作的主要目标和重点任务如下所列各级各部门认真落实", SIZE)
    first, second = bare(SENTENCES[0]) * 3, bare(SENTENCES[1]) * 4
    left = printed("　　" + first, at=15, sheet=sheet, left=60)
    assert texts(printed("　　" + second, at=15, sheet=left, left=310))[1:] == [first, second]


def test_a_table_of_contents_is_left_out_and_told():
    sheet = Sheet().write(LEFT, 100, "一、主要目标" + "." * 40 + "1", SIZE).write(LEFT, 150, "一、主要目标", SIZE)
    assert (texts(sheet), rules(sheet)) == (["一、主要目标"], ["document.left_out"])


def test_a_turned_page_is_read():
    sheet = Sheet(turned=90)
    for at in range(3):
        sheet.write(100, 100 + 30 * at, f"{'横' * (20 - 5 * at)}排的第{at}行。", SIZE)
    assert texts(sheet) == [f"{'横' * (20 - 5 * at)}排的第{at}行。" for at in range(3)]


def test_a_stamp_across_the_page_is_left_out_and_told():
    slant = b"BT /F1 30 Tf 0.7 0.7 -0.7 0.7 200 300 Tm <518590e88d446599> Tj ET"  # 内部资料 at 45 degrees
    sheet = printed(*SENTENCES, sheet=Sheet(operators=slant))
    assert (texts(sheet), rules(sheet)) == ([bare(one) for one in SENTENCES], ["document.left_out"])


def test_a_page_of_slanted_text_is_doubted():
    slant = b"BT /F1 30 Tf 0.7 0.7 -0.7 0.7 200 300 Tm <518590e88d446599> Tj ET"
    assert set(rules(Sheet(operators=slant))) == {"document.turned", "document.left_out", "document.empty"}


def test_scanned_pages_are_told_by_number():
    scan = Sheet(picture=(20, 20, 570, 800))
    document, findings = read(scan, printed(*SENTENCES), scan, scan, Sheet())
    assert [(one.rule, one.at, one.severity) for one in findings] == [("document.scanned", "plan.pdf:p1, 3-4", "error")]
    assert {one.page for one in document.paragraphs} == {2}


def test_a_scan_with_a_page_number_is_still_a_scan():
    assert "document.scanned" in rules(Sheet(picture=(20, 20, 570, 800)).write(290, 820, "12", 10))


def test_a_picture_beside_text_is_no_scan():
    assert rules(printed(*SENTENCES, sheet=Sheet(picture=(20, 400, 570, 800)))) == []


def test_a_page_whose_characters_are_drawn_is_told():
    drawn = b"".join(f"{at} 100 m {at + 9} 120 {at + 3} 130 {at + 5} 140 c f ".encode() for at in range(100, 400, 2))
    assert rules(Sheet(operators=drawn)) == ["document.scanned", "document.empty"]


def test_characters_without_a_meaning_are_told():
    data = (
        print_pdf(Sheet().write(LEFT, 100, "目标", SIZE))
        .replace(b"/UniGB-UCS2-H", b"/Identity-H   ")
        .replace(b"(GB1)", b"(Own)")
    )
    document, findings = read_document(data)
    assert [one.rule for one in findings] == ["document.unmapped"]
    assert document.text == "��"


def test_blank_pages_give_an_empty_document():
    assert rules(Sheet(), Sheet()) == ["document.empty"]


def test_an_owner_password_does_not_hinder():
    assert [one.text for one in read_document(print_pdf(printed(*SENTENCES), protect=True))[0].paragraphs] == [
        bare(one) for one in SENTENCES
    ]


def test_a_password_is_refused_with_the_remedy():
    with pytest.raises(FileRefused, match="protected with a password") as refused:
        read_document(print_pdf(Sheet(), lock=True), name="plan.pdf")
    assert "密码" in refused.value.remedy.zh


@pytest.mark.parametrize("keep", [9, 300, 900])
def test_a_damaged_file_is_refused(keep):
    with pytest.raises(FileRefused, match="damaged"):
        read_document(print_pdf(printed(*SENTENCES))[:keep])


def test_a_file_without_its_end_is_doubted():
    data = print_pdf(printed(*SENTENCES))
    assert [one.rule for one in read_document(data[: data.rindex(b"startxref")])[1]] == ["document.cut"]


def test_a_page_that_cannot_be_opened_is_told():
    data = print_pdf(printed(*SENTENCES), Sheet()).replace(b"9 0 obj\n<< /Type /Page ", b"9 0 obj\n<< /Type /Pag  ")
    assert ("document.damaged", "document:p2") in [(one.rule, one.at) for one in read_document(data)[1]]


def test_too_many_pages_are_refused(monkeypatch):
    monkeypatch.setattr(portable, "MOST_PAGES", 2)
    with pytest.raises(FileRefused, match="3 pages"):
        read(Sheet(), Sheet(), Sheet())


def test_what_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(portable, "PATIENCE", 0.01)
    with pytest.raises(FileRefused, match="too much time or memory"):
        read(Sheet())


def test_a_program_that_ends_early_is_a_damaged_file(monkeypatch):
    done = subprocess.CompletedProcess([], -11, b"", b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    with pytest.raises(FileRefused, match="exit -11"):
        read(Sheet())


def test_a_content_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(portable, "SECONDS", 5)
    packed = zlib.compress(b"BT /F1 9 Tf 1 0 0 1 9 9 Tm <4e00> Tj ET\n" * 5_000_000, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream",
    ]
    with pytest.raises(FileRefused, match="too much time or memory"):
        read_document(assemble(objects))


def test_drawings_inside_drawings_are_refused(monkeypatch):
    monkeypatch.setattr(portable, "SECONDS", 5)
    shapes = [
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F {at + 1} 0 R >> >> ".encode()
        for at in range(4, 30)
    ]
    calls = stream(b"/F Do " * 2, 1, None).partition(b"<<")[2]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 30 0 R /Resources << /XObject << /F 4 0 R >> >> >>",
        *(shape + calls for shape in shapes),
        stream(b"/F Do", 1, None),
    ]
    with pytest.raises(FileRefused, match="too much time or memory"):
        read_document(assemble(objects))


def test_the_program_imports_nothing_of_the_house():
    program = portable.__file__.replace("portable.py", "glyphs.py")
    code = f"import runpy, sys; runpy.run_path({program!r}); print(any(name.startswith('dafeng') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@given(
    st.lists(st.text(alphabet="到年达百分点能源消费比重，。、0123456789%（）", min_size=1, max_size=60), min_size=1, max_size=5)
)
@settings(max_examples=15)
def test_any_text_comes_back_whole_and_in_its_place(paragraphs):
    document, _ = read(printed(*("　　" + one for one in paragraphs), top=200))
    assert all(document.text[one.start : one.end] == one.text for one in document.paragraphs)
    assert "".join(one.text for one in document.paragraphs) == "".join(paragraphs)


@pytest.mark.browser
def test_a_page_printed_by_a_browser_is_read(chromium, tmp_path):
    body = "".join(f"<p>{one}</p>" for one in ("云溪市方案", *(bare(one) for one in SENTENCES)))
    table = "<table style='border-collapse:collapse'><tr><td>指标<td>2030年</tr><tr><td>覆盖率<td>40%</tr></table>"
    style = "<style>@page {margin: 2cm} body {font-size: 16pt} td {border: 1px solid}</style>"
    (tmp_path / "plan.html").write_text(f"<meta charset=utf-8>{style}{body}{table}", encoding="utf-8")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    target = tmp_path / "plan.pdf"
    subprocess.run(
        [*command, f"--print-to-pdf={target}", f"file://{tmp_path}/plan.html"], capture_output=True, check=True, timeout=60
    )
    found = [(one.text, one.cell) for one in read_document(target)[0].paragraphs]
    assert found == [
        ("云溪市方案", None), *((bare(one), None) for one in SENTENCES),
        ("指标", Cell(0, 0, 0)), ("2030年", Cell(0, 0, 1)), ("覆盖率", Cell(0, 1, 0)), ("40%", Cell(0, 1, 1)),
    ]  # fmt: skip
