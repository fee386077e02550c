"""Word files: what Word prints is what is read."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.documents import Cell
from dafeng.core.errors import FileRefused
from dafeng.readers.blocks import LARGEST
from dafeng.readers.documents import read_document
from dafeng.readers.markup import MOST_BYTES

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STRICT = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pack(body: str, *, names: str = W, place: str = "word/document.xml", **parts: str) -> bytes:
    """A docx of the body's XML and other parts."""
    stream = io.BytesIO()
    relation = '<Relationship Id="r{0}" Type="{1}/{2}" Target="{3}"/>'
    own = "".join(relation.format(at, RELATIONS, kind, f"{kind}.xml") for at, kind in enumerate(parts))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "_rels/.rels", f"<Relationships>{relation.format(1, RELATIONS, 'officeDocument', place)}</Relationships>"
        )
        archive.writestr(place, f"<w:document {names}><w:body>{body}</w:body></w:document>")
        archive.writestr(f"word/_rels/{place.rpartition('/')[2]}.rels", f"<Relationships>{own}</Relationships>")
        for kind, text in parts.items():
            archive.writestr(f"word/{kind}.xml", text)
    return stream.getvalue()


def p(*texts: str, properties: str = "") -> str:
    runs = "".join(text if text.startswith("<") else f"<w:r><w:t>{text}</w:t></w:r>" for text in texts)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def listed(number: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def lvl(at: int, form: str, text: str, extra: str = "") -> str:
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{extra}<w:lvlText w:val="{text}"/></w:lvl>'


def numbering(*levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> str:
    return f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{nums}</w:numbering>'


def texts(data: bytes) -> list[str]:
    return [one.text for one in read_document(data)[0].paragraphs]


@pytest.fixture
def word(tmp_path):
    file = docx.Document()
    file.add_heading("云溪市实施方案", 0)
    file.add_heading("目标", 1)
    file.add_paragraph("到2030年，森林覆盖率达到40%。")
    table = file.add_table(rows=2, cols=2)
    for at, text in enumerate(("指标", "目标", "绿色出行比例", "70%")):
        table.cell(at // 2, at % 2).text = text
    table.add_row().cells[0].merge(table.rows[2].cells[1]).text = "合并"
    file.add_paragraph("（责任单位：市发展改革委）")
    path = tmp_path / "plan.docx"
    file.save(path)
    return path


def test_a_docx_is_read_in_the_order_of_the_document(word):
    document, findings = read_document(word)
    wanted = [
        "云溪市实施方案",
        "目标",
        "到2030年，森林覆盖率达到40%。",
        "指标",
        "目标",
        "绿色出行比例",
        "70%",
        "合并",
        "（责任单位：市发展改革委）",
    ]
    assert ([one.text for one in document.paragraphs], findings) == (wanted, ())


def test_positions_of_a_docx_show_the_paragraphs(word):
    document, _ = read_document(word)
    assert all(document.text[one.start : one.end] == one.text for one in document.paragraphs)
    assert (document.encoding, [one.style for one in document.paragraphs[:3]]) == ("docx", ["Title", "Heading 1", "Normal"])


def test_cells_know_their_place_and_merged_ones_their_extent(word):
    cells = [one.cell for one in read_document(word)[0].paragraphs if one.cell]
    assert cells == [Cell(0, 0, 0), Cell(0, 0, 1), Cell(0, 1, 0), Cell(0, 1, 1), Cell(0, 2, 0, 1, 2)]


def test_cells_merged_downwards_stand_once():
    file = docx.Document()
    table = file.add_table(rows=3, cols=2)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "能源"
    for row, text in enumerate(("18%", "20%", "22%")):
        table.cell(row, 1).text = text
    table.cell(2, 0).text = "工业"
    stream = io.BytesIO()
    file.save(stream)
    found = [(one.text, one.cell) for one in read_document(stream.getvalue())[0].paragraphs]
    assert found == [
        ("能源", Cell(0, 0, 0, 2, 1)), ("18%", Cell(0, 0, 1)), ("20%", Cell(0, 1, 1)),
        ("工业", Cell(0, 2, 0)), ("22%", Cell(0, 2, 1)),
    ]  # fmt: skip


def test_a_frame_of_one_cell_is_running_text():
    cell = f"<w:tc>{p('专栏1 重点工程')}{p('建设岸电设施。')}</w:tc>"
    document, _ = read_document(pack(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>"))
    assert [(one.text, one.cell) for one in document.paragraphs] == [("专栏1 重点工程", None), ("建设岸电设施。", None)]


def test_a_table_in_a_table_has_its_own_number():
    inner = f"<w:tbl><w:tr><w:tc>{p('甲')}</w:tc><w:tc>{p('乙')}</w:tc></w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{p('外')}{inner}</w:tc><w:tc>{p('旁')}</w:tc></w:tr></w:tbl>"
    found = [(one.text, one.cell) for one in read_document(pack(outer))[0].paragraphs]
    assert found == [("外", Cell(0, 0, 0)), ("甲", Cell(1, 0, 0)), ("乙", Cell(1, 0, 1)), ("旁", Cell(0, 0, 1))]


def test_automatic_numbers_stand_before_the_text():
    parts = numbering(lvl(0, "chineseCountingThousand", "%1、"), lvl(1, "chineseCounting", "（%2）"), lvl(2, "decimal", "%3."))
    body = "".join(p(text, properties=listed(1, level)) for text, level in (
        ("总体要求", 0), ("重点任务", 0), ("能源行动", 1), ("发展风电。", 2), ("发展光伏。", 2), ("工业行动", 1),
        ("绿色制造。", 2), ("保障措施", 0), ("组织", 1),
    ))  # fmt: skip
    wanted = [
        "一、总体要求",
        "二、重点任务",
        "（一）能源行动",
        "1. 发展风电。",
        "2. 发展光伏。",
        "（二）工业行动",
        "1. 绿色制造。",
        "三、保障措施",
        "（一）组织",
    ]
    document, findings = read_document(pack(body, numbering=parts))
    assert ([one.text for one in document.paragraphs], findings) == (wanted, ())
    assert all(document.text[one.start : one.end] == one.text for one in document.paragraphs)


def test_a_style_brings_its_list_and_level():
    own = '<w:style w:type="paragraph" w:styleId="{0}"><w:name w:val="{1}"/>{2}</w:style>'
    listing = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    first, second = own.format("a1", "heading 1", listing), own.format("a2", "heading 2", listing)
    third = own.format("a3", "own", '<w:basedOn w:val="a2"/>')
    styles = f"<w:styles {W}>{first}{second}{third}</w:styles>"
    parts = numbering(
        lvl(0, "japaneseCounting", "第%1章", '<w:pStyle w:val="a1"/>'),
        lvl(1, "japaneseCounting", "第%2节", '<w:pStyle w:val="a2"/>'),
    )
    body = "".join(
        p(text, properties=f'<w:pStyle w:val="{style}"/>') for text, style in (("总则", "a1"), ("目的", "a2"), ("范围", "a3"))
    )
    document, _ = read_document(pack(body, numbering=parts, styles=styles))
    assert [(one.text, one.style) for one in document.paragraphs] == [
        ("第一章总则", "Heading 1"), ("第一节目的", "Heading 2"), ("第二节范围", "own"),
    ]  # fmt: skip


def test_number_zero_takes_a_paragraph_out_of_the_list():
    body = p("一项", properties=listed(1)) + p("不编号", properties=listed(0)) + p("二项", properties=listed(1))
    assert texts(pack(body, numbering=numbering(lvl(0, "decimal", "%1、")))) == ["1、一项", "不编号", "2、二项"]


def test_a_second_list_of_the_same_kind_starts_anew_where_it_says_so():
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    body = "".join(p("项", properties=listed(number)) for number in (1, 1, 2, 2))
    assert texts(pack(body, numbering=numbering(lvl(0, "decimal", "%1、"), nums=nums))) == ["1、项", "2、项", "1、项", "2、项"]


def test_numbers_of_higher_levels_stand_in_lower_ones():
    parts = numbering(lvl(0, "chineseCounting", "%1、"), lvl(1, "decimal", "%1.%2", "<w:isLgl/>"))
    body = p("章", properties=listed(1)) + p("节", properties=listed(1, 1)) + p("节", properties=listed(1, 1))
    assert texts(pack(body, numbering=parts)) == ["一、章", "1.1 节", "1.2 节"]


def test_bullets_are_points_of_a_list():
    parts = numbering(lvl(0, "bullet", "\uf06c"))
    assert texts(pack(p("发展风电", properties=listed(1)), numbering=parts)) == ["• 发展风电"]


def test_an_unknown_form_is_written_in_digits_and_told():
    document, findings = read_document(pack(p("项", properties=listed(1)), numbering=numbering(lvl(0, "hebrew1", "%1)"))))
    assert (document.paragraphs[0].text, [one.rule for one in findings]) == ("1) 项", ["document.numbering"])


def test_a_list_that_is_not_defined_prints_nothing():
    assert texts(pack(p("项", properties=listed(7)))) == ["项"]


def test_inserted_text_is_read_and_deleted_and_hidden_text_is_not():
    inserted = "<w:ins><w:r><w:t>新增</w:t></w:r></w:ins>"
    deleted = "<w:del><w:r><w:delText>删去</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>显示</w:t></w:r>'
    assert texts(pack(p("到2030年", inserted, deleted, hidden, shown))) == ["到2030年新增显示"]


def test_a_deleted_paragraph_end_joins_two_paragraphs():
    mark = "<w:rPr><w:del/></w:rPr>"
    assert texts(pack(p("到2030年，", properties=mark) + p("达到40%。"))) == ["到2030年，达到40%。"]


def test_what_a_deleted_last_end_held_back_is_read():
    assert texts(pack(p("到2030年。", properties="<w:rPr><w:del/></w:rPr>"))) == ["到2030年。"]


def test_a_deleted_row_is_no_row():
    row = "<w:tr>{0}<w:tc>{1}</w:tc><w:tc>{2}</w:tc></w:tr>"
    rows = (
        row.format("", p("甲"), p("乙"))
        + row.format("<w:trPr><w:del/></w:trPr>", p("删"), p("去"))
        + row.format("", p("丙"), p("丁"))
    )
    document, _ = read_document(pack(f"<w:tbl>{rows}</w:tbl>"))
    assert [(one.text, one.cell.row) for one in document.paragraphs] == [("甲", 0), ("乙", 0), ("丙", 1), ("丁", 1)]


def test_a_text_box_is_read_once_behind_its_paragraph():
    box = f"<w:txbxContent>{p('专栏2')}</w:txbxContent>"
    both = f"<w:r><AlternateContent><Choice>{box}</Choice><Fallback>{box}</Fallback></AlternateContent></w:r>"
    assert texts(pack(p("正文", both) + p("下一段"))) == ["正文", "专栏2", "下一段"]


def test_a_fallback_alone_is_read():
    box = f"<w:r><AlternateContent><Fallback><w:txbxContent>{p('框')}</w:txbxContent></Fallback></AlternateContent></w:r>"
    assert texts(pack(p("正文", box))) == ["正文", "框"]


def test_notes_stand_at_the_end_in_the_order_of_the_text():
    notes = f'<w:footnotes {W}><w:footnote w:id="0" w:type="separator">{p("线")}</w:footnote>' + "".join(
        f'<w:footnote w:id="{at}">{p(text)}</w:footnote>' for at, text in ((1, "注一"), (2, "注二"), (3, "未引用"))
    )
    refer = '<w:r><w:footnoteReference w:id="{0}"/></w:r>'
    body = p("甲", refer.format(2)) + p("乙", refer.format(1), refer.format(2))
    assert texts(pack(body, footnotes=notes + "</w:footnotes>")) == ["甲", "乙", "注二", "注一"]


def test_a_table_of_contents_is_left_out():
    styles = f'<w:styles {W}><w:style w:type="paragraph" w:styleId="T1"><w:name w:val="toc 1"/></w:style></w:styles>'
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    contents = f"<w:sdt>{gallery}<w:sdtContent>{p('一、目标 1')}</w:sdtContent></w:sdt>"
    assert texts(pack(contents + p("一、目标 1", properties='<w:pStyle w:val="T1"/>') + p("一、目标"), styles=styles)) == [
        "一、目标"
    ]


def test_a_content_control_is_read_through():
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('到2030年')}</w:sdtContent></w:sdt>"
    assert texts(pack(control + p("<w:sdt><w:sdtContent><w:r><w:t>内</w:t></w:r></w:sdtContent></w:sdt>"))) == [
        "到2030年",
        "内",
    ]


def test_line_ends_tabs_links_and_ruby_are_read_as_printed():
    line = p(
        "甲",
        "<w:r><w:br/></w:r>",
        "乙",
        "<w:r><w:tab/></w:r>",
        "<w:hyperlink><w:r><w:t>丙</w:t></w:r></w:hyperlink>",
        '<w:r><w:br w:type="page"/></w:r>',
    )
    ruby = p(
        "<w:r><w:ruby><w:rt><w:r><w:t>tīng</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>汀</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    )
    assert texts(pack(line + ruby)) == ["甲", "乙\t丙", "汀"]


def test_the_strict_edition_and_other_places_are_read():
    assert texts(pack(p("到2030年"), names=STRICT, place="word/document2.xml")) == ["到2030年"]


def test_an_empty_docx_has_a_finding():
    assert [one.rule for one in read_document(pack(p()))[1]] == ["document.empty"]


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("xl/workbook.xml", "xlsx"),
        ("OFD.xml", "OFD"),
        ("content.xml", "OpenDocument"),
        ("ppt/presentation.xml", "pptx"),
        ("a.txt", "no Word document"),
    ],
)
def test_other_archives_are_refused_by_name(member, said):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(member, "<a/>")
    with pytest.raises(FileRefused, match=said):
        read_document(stream.getvalue())


def test_an_archive_that_unpacks_too_far_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "0" * 210_000_000)
    with pytest.raises(FileRefused, match="unpacks to"):
        read_document(stream.getvalue())


def test_a_part_that_is_too_large_is_refused():
    with pytest.raises(FileRefused, match=f"at most {MOST_BYTES} bytes"):
        read_document(pack("0" * (MOST_BYTES + 1)))


def test_a_file_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "large.docx"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(FileRefused, match=f"at most {LARGEST} bytes"):
        read_document(path)


@pytest.mark.parametrize("body", ["<w:p>", "<w:p>" * 300 + "</w:p>" * 300])
def test_broken_or_bottomless_xml_is_refused(body):
    with pytest.raises(FileRefused, match="damaged"):
        read_document(pack(body))


def with_entities(kinds: str, text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        body = f"<w:document {W}><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
        archive.writestr("word/document.xml", f"<!DOCTYPE a [{kinds}]>{body}")
    return stream.getvalue()


def test_an_entity_reaches_no_file(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    assert texts(with_entities(f'<!ENTITY b SYSTEM "file://{secret}">', "前&b;")) == ["前"]


def test_entities_that_grow_are_refused():
    with pytest.raises(FileRefused, match="damaged"):
        read_document(with_entities(f'<!ENTITY c "{"x" * 1000}">', "&c;" * 1000))


def test_a_damaged_archive_is_refused(word):
    data = word.read_bytes()
    with pytest.raises(FileRefused, match="damaged"):
        read_document(data[: len(data) // 2])


@given(
    st.lists(
        st.lists(st.text(alphabet="到年达百分点，。0123456789%（）\t\n ", max_size=12), min_size=1, max_size=3), max_size=6
    )
)
@settings(max_examples=30)
def test_positions_show_the_paragraphs_of_any_docx(rows):
    file = docx.Document()
    for row in rows:
        file.add_paragraph(row[0])
        table = file.add_table(rows=1, cols=len(row))
        for at, text in enumerate(row):
            table.cell(0, at).text = text
    file.element.body.insert(0, parse_xml(f"<w:p {W}/>"))
    stream = io.BytesIO()
    file.save(stream)
    document, _ = read_document(stream.getvalue())
    assert all(document.text[one.start : one.end] == one.text and one.text.strip() for one in document.paragraphs)
    assert "".join("".join(one.text.split()) for one in document.paragraphs) == "".join(
        "".join(t.split()) for row in rows for t in (row[0], *row)
    )
