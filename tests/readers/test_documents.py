"""Documents in the encodings and formats that cities hand in; what is no text is refused with the remedy."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import FileRefused
from dafeng.readers.blocks import MOST_PARAGRAPHS
from dafeng.readers.documents import read_document

TEXT = "云溪市碳达峰实施方案\n到2030年，森林覆盖率达到40%。\n\n各区市政府负责落实，市发展改革委会同有关部门督促检查。\n"
TRADITIONAL = (
    "雲溪市碳達峰實施方案\n到2030年，森林覆蓋率達到40%，單位地區生產總值能源消耗下降。\n"
    "各區政府負責，發展改革部門會同有關單位進行檢查。\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"])
def test_common_encodings_are_recognised(encoding):
    document, findings = read_document(TEXT.encode(encoding), name="plan.txt")
    assert (document.text, findings) == (TEXT, ())


@pytest.mark.parametrize("encoding", ["big5", "utf-8", "gb18030"])
def test_traditional_characters_are_recognised(encoding):
    assert read_document(TRADITIONAL.encode(encoding))[0].text == TRADITIONAL


@given(st.text(alphabet="到年达百分点能源消费比重，。、0123456789%（）\n\r ", max_size=200))
@settings(max_examples=100)
def test_positions_show_the_paragraphs(text):
    document, _ = read_document(text.encode())
    assert all(document.text[p.start : p.end] == p.text and p.text.strip() for p in document.paragraphs)


def test_marks_of_the_layout_stay_in_the_text():
    text = "[bookmark: _Toc1]一、目标\r\n到2030年。"
    document, _ = read_document(text.encode())
    assert document.text == text
    assert [p.text for p in document.paragraphs] == ["[bookmark: _Toc1]一、目标", "到2030年。"]


def test_paragraphs_are_numbered_without_gaps():
    assert [p.number for p in read_document(TEXT.encode())[0].paragraphs] == [0, 1, 2]


def test_the_hash_is_that_of_the_bytes():
    # sha256 of the three bytes "abc": FIPS 180-2, appendix B.1
    wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert read_document(b"abc")[0].sha256 == wanted


@pytest.mark.parametrize("data", [b"", b"  \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_a_document_with_a_finding(data):
    document, findings = read_document(data, name="empty.txt")
    assert (document.paragraphs, [finding.rule for finding in findings]) == ((), ["document.empty"])


def test_a_few_broken_bytes_are_a_finding():
    data = (TEXT * 10).encode() + b"\xff" + TEXT.encode()
    document, findings = read_document(data)
    assert (document.encoding, [finding.rule for finding in findings]) == ("utf-8", ["document.encoding"])


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" * 1000,
        b"\x00\x01",
        bytes(range(256)) * 40,
        b"%PDF-1.7 ...",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100,
        b"{\\rtf1 text}",
        b"\x89PNG\r\n\x1a\n" + b"\x01" * 50,
        b"PK\x03\x04 broken",
    ],
)
def test_what_is_no_text_is_refused(data):
    with pytest.raises(FileRefused) as refused:
        read_document(data, name="plan.bin")
    assert refused.value.where == "plan.bin"


def test_an_archive_without_document_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(FileRefused, match="of the format xlsx"):
        read_document(stream.getvalue())


def test_an_archive_that_unpacks_too_far_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "0" * 210_000_000)
    with pytest.raises(FileRefused, match="unpacks to"):
        read_document(stream.getvalue())


def test_a_damaged_docx_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w:document")
    with pytest.raises(FileRefused):
        read_document(stream.getvalue())


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileRefused):
        read_document(tmp_path / "nothing.txt")


def test_a_file_gives_its_name(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_bytes(TEXT.encode("gbk"))
    assert read_document(path)[0].name == "plan.txt"


@pytest.fixture
def word(tmp_path):
    file = docx.Document()
    file.add_heading("云溪市实施方案", 0)
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
    document, _ = read_document(word)
    assert [p.text for p in document.paragraphs] == [
        "云溪市实施方案",
        "到2030年，森林覆盖率达到40%。",
        "指标",
        "目标",
        "绿色出行比例",
        "70%",
        "合并",
        "（责任单位：市发展改革委）",
    ]


def test_positions_of_a_docx_show_the_paragraphs(word):
    document, _ = read_document(word)
    assert all(document.text[p.start : p.end] == p.text for p in document.paragraphs)
    assert (document.encoding, document.paragraphs[0].style) == ("docx", "Title")


def test_many_lines_end_in_one_long_paragraph():
    document, _ = read_document(b"a\n" * (MOST_PARAGRAPHS + 10))
    assert len(document.paragraphs) == MOST_PARAGRAPHS + 1
    assert document.paragraphs[-1].end == len(document.text)


@pytest.mark.slow
def test_twenty_megabytes_are_read_as_one_document():
    data = "到2030年达到50%分别".encode() * 900_000
    document, _ = read_document(data)
    assert len(document.text) * 3 > len(data)
