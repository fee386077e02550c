"""Delivered files become sheets, or are refused with the place of the fault."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import FileRefused
from dafeng.readers.containers import MAX_UNPACKED
from dafeng.readers.sheets import MAX_BYTES, read_sheets
from tests.readers.books import make_book, repack
from tests.readers.books_xls import make_xls

SMALL = [["指标", "年份", "数值"], ["地区生产总值", 2025, 11350.98]]
LINES = "指标,年份,数值\n地区生产总值,2025,11350.98\n"
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_reads_the_same_in_every_encoding(encoding: str) -> None:
    book = read_sheets(LINES.encode(encoding), name="数据.csv")
    assert book.sheets[0].rows == (("指标", "年份", "数值"), ("地区生产总值", "2025", "11350.98"))


@pytest.mark.parametrize("text", ["a,b\n", LINES])
@pytest.mark.parametrize("noughts", [3, 4, 400])
def test_a_text_with_noughts_in_it_is_no_text(text: str, noughts: int) -> None:
    data = text.encode() + b"1,\x002" + bytes(noughts)
    with pytest.raises(FileRefused, match="not text"):
        read_sheets(data, name="x.csv")


@pytest.mark.parametrize("mark", [",", "\t", ";", "|", "，"])
def test_a_delimiter_is_found_by_content(mark: str) -> None:
    book = read_sheets(LINES.replace(",", mark).encode(), name="数据.csv")
    assert book.sheets[0].text(1, 2) == "11350.98"


def test_commas_inside_quotes_do_not_make_the_delimiter() -> None:
    data = b'a\t"1,2,3"\nb\t"4,5,6"\n'
    assert read_sheets(data, name="x.tsv").sheets[0].rows == (("a", "1,2,3"), ("b", "4,5,6"))


def test_a_cell_of_a_csv_stands_on_the_line_it_was_delivered_on() -> None:
    data = '指标,备注\n甲,"两\n行"\n乙,x\n'.encode()
    assert read_sheets(data, name="x.csv").sheets[0].text(3, 0) == "乙"


def test_an_xlsx_keeps_numbers_exact_and_addresses_from_a1() -> None:
    book = read_sheets(make_book({"表": [[], ["", 31703.582572, 12, 0.1]]}), name="x.xlsx")
    assert book.sheets[0].rows[1] == ("", "31703.582572", "12", "0.1")


def test_the_hash_is_that_of_the_bytes() -> None:
    assert read_sheets(LINES.encode(), name="x.csv").sha256 == hashlib.sha256(LINES.encode()).hexdigest()


def test_a_merged_area_is_seen_from_each_of_its_cells() -> None:
    book = read_sheets(make_book({"表": SMALL}, merges=[("表", "A5:B6", "合并")]), name="x.xlsx")
    assert (book.sheets[0].spread(5, 1), book.sheets[0].text(5, 1)) == ("合并", "")


def test_an_old_workbook_keeps_numbers_texts_and_merged_areas() -> None:
    book = read_sheets(make_xls([["指标", None], [0.1, 31703.582572]], merges=[(0, 0, 0, 1)]), name="x.xls")
    assert book.sheets[0].rows == (("指标", ""), ("0.1", "31703.582572"))
    assert book.sheets[0].spread(0, 1) == "指标"


def test_an_old_workbook_that_asks_for_too_much_memory_is_refused() -> None:
    # the first figure stands in row 65536, column 60001: the library reserves the whole rectangle and aborts
    near, far = (struct.pack("<HHHHH", 0x0203, 14, row, column, 0) for row, column in ((1, 1), (65535, 60000)))
    data = make_xls(SMALL)
    assert near in data
    with pytest.raises(FileRefused, match="cannot be read"):
        read_sheets(data.replace(near, far), name="x.xls")


def test_an_old_workbook_on_which_the_library_panics_is_refused() -> None:
    # the sheet is said to begin far behind the end of the stream
    data = bytearray(make_xls(SMALL))
    start = data.index(struct.pack("<H", 0x0085)) + 4
    data[start : start + 4] = struct.pack("<I", 43564)
    with pytest.raises(FileRefused, match="cannot be read"):
        read_sheets(bytes(data), name="x.xls")


@settings(max_examples=30)
@given(st.integers(0, 6000), st.binary(min_size=1, max_size=12))
def test_an_old_workbook_with_changed_bytes_is_read_or_refused(start: int, patch: bytes) -> None:
    data = make_xls(SMALL)
    assert isinstance(_read_or_refuse(data[:start] + patch + data[start + len(patch) :], "x.xls"), str)


def test_a_hidden_sheet_is_read_and_reported() -> None:
    book = read_sheets(make_book({"表": SMALL, "底稿": SMALL}, hidden="底稿"), name="x.xlsx")
    assert [(finding.rule, finding.at) for finding in book.findings] == [("sheet.hidden", "x.xlsx!底稿")]


def test_an_error_cell_is_reported_with_its_address() -> None:
    cells = '<c r="A1" t="e"><v>#DIV/0!</v></c><c r="B1" t="str"><v>x</v></c>'
    book = read_sheets(repack(make_book({"表": SMALL}), SHEET, _sheet_xml(cells)), name="y.xlsx")
    assert [(finding.rule, finding.at) for finding in book.findings] == [("sheet.error_cell", "y.xlsx!表!A1")]


def test_a_formula_is_reported_with_its_address() -> None:
    book = read_sheets(make_book({"表": [["a", "=1+1"]]}), name="y.xlsx")
    assert [(finding.rule, finding.at) for finding in book.findings] == [("sheet.formula", "y.xlsx!表!B1")]


def _sheet_xml(cells: str, row: int = 1) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    inner = f'<sheetData><row r="{row}">{cells}</row></sheetData>'
    return f'<?xml version="1.0"?><worksheet xmlns="{space}">{inner}</worksheet>'.encode()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "x.csv", "empty"),
        (b"\xef\xbb\xbf\r\n\n", "x.csv", "empty"),
        (b"\x00" * 50, "x.xlsx", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "x.csv", "not text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "x.xlsx", "extension"),
        (LINES.encode(), "x.xlsx", "extension"),
        (make_book({"表": SMALL}), "x.csv", "extension"),
        (make_book({"表": SMALL}), "x.xls", "extension"),
        (make_book({"表": SMALL})[:3000], "x.xlsx", "damaged"),
        (make_book({"表": []}), "x.xlsx", "holds nothing"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 900, "x.xls", "cannot be read"),
        (b'a,b\n1,"2\n3,4\n', "x.csv", "broken quotes in line 2"),
        (b"a," * (MAX_BYTES // 2 + 1), "x.csv", "bytes"),
    ],
)
def test_an_unreadable_file_is_refused_with_its_reason(data: bytes, name: str, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        read_sheets(data, name=name)


@pytest.mark.parametrize("name", ["x.xls", "x.xlsx"])
def test_a_workbook_with_a_password_is_refused(name: str) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600
    with pytest.raises(FileRefused, match="password"):
        read_sheets(data, name=name)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(SHEET, "w", force_zip64=True) as part:
        for _ in range(MAX_UNPACKED // 10_000_000 + 1):
            part.write(b" " * 10_000_000)
    with pytest.raises(FileRefused, match="unpacks to"):
        read_sheets(stream.getvalue(), name="x.xlsx")


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(make_book({"表": SMALL}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (5).to_bytes(4, "little")
    with pytest.raises(FileRefused, match="damaged"):
        read_sheets(bytes(data), name="x.xlsx")


def test_a_far_off_cell_is_refused_with_its_sheet() -> None:
    far = repack(make_book({"表": SMALL}), SHEET, _sheet_xml('<c r="XFD1048576"><v>1</v></c>', row=1_048_576))
    with pytest.raises(FileRefused, match=r"x.xlsx!表.*1048576 rows and 16384 columns"):
        read_sheets(far, name="x.xlsx")


def test_an_archive_without_a_workbook_is_refused() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(FileRefused, match="no workbook"):
        read_sheets(stream.getvalue(), name="x.xlsx")


def test_a_missing_file_is_refused_and_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="cannot be opened"):
        read_sheets(tmp_path / "nicht.csv")


def test_the_reason_is_given_in_chinese_too() -> None:
    with pytest.raises(FileRefused) as caught:
        read_sheets(b"", name="空.csv")
    assert caught.value.read("zh").startswith("空.csv: 文件是空的；应为：")


@settings(max_examples=60)
@given(st.binary(max_size=600), st.sampled_from(["x.csv", "x.xlsx", "x.xls", "x.txt", "x"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    assert isinstance(_read_or_refuse(data, name), str)


@settings(max_examples=60)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=12))
def test_a_workbook_with_changed_bytes_is_read_or_refused(start: int, patch: bytes) -> None:
    data = make_book({"表": SMALL})
    assert isinstance(_read_or_refuse(data[:start] + patch + data[start + len(patch) :], "x.xlsx"), str)


def _read_or_refuse(data: bytes, name: str) -> str:
    try:
        return read_sheets(data, name=name).sheets[0].name
    except FileRefused as refused:
        return refused.read("zh")
