"""A form that goes out and comes back: locked and open cells, nothing that acts."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label
from dafeng.readers.review_form import FormColumn, FormTable, neutralise, read_form, revive, write_form

REVIEW = "0123456789abcdef"
ID = FormColumn("id", Label("编号", "Id"), 12)
OPEN = FormColumn("note", Label("备注", "Note"), 30, is_open=True)


def form(*rows, columns=(ID, OPEN), growing=True):
    table = FormTable("target", Label("目标", "target"), columns, rows, is_growing=growing)
    return write_form([table], review=REVIEW, edits=3, title="方案", lines=[Label("说明", "note")])


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode(errors="replace") for name in archive.namelist()}


def back(*rows):
    return [dict(row.texts) for row in read_form(form(*rows), name="a.xlsx").tables["target"]]


def test_what_goes_out_comes_back():
    returned = read_form(form(("T1", "30"), ("T2", "市能源局")), name="a.xlsx")
    assert (returned.review, returned.edits) == (REVIEW, 3)
    assert [row.texts for row in returned.tables["target"]] == [{"id": "T1", "note": "30"}, {"id": "T2", "note": "市能源局"}]
    assert returned.tables["target"][1].cells["note"] == "a.xlsx!目标 target!B5"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-x", "@SUM(A1)", "'quoted", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula(text):
    data = form(("T1", text))
    assert "<f>" not in "".join(content for name, content in parts(data).items() if name.startswith("xl/worksheets"))
    assert (
        f">'{text[0]}" in parts(data)["xl/sharedStrings.xml"] or "&quot;" in parts(data)["xl/sharedStrings.xml"],
        back(("T1", text)),
    ) == (True, [{"id": "T1", "note": text}])


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20))
def test_a_neutralised_text_can_be_revived(text):
    assert revive(neutralise(text)) == text


def test_only_open_columns_are_unlocked():
    data = form(("T1", "x"), growing=False)
    sheet = next(content for name, content in parts(data).items() if "id:target" not in content and name.endswith("sheet3.xml"))
    styles = parts(data)["xl/styles.xml"]
    unlocked = [
        at for at, xf in enumerate(re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", styles.split("<cellXfs")[1])) if 'locked="0"' in xf
    ]
    used = dict(re.findall(r'<c r="([AB]4)" s="(\d+)"', sheet))
    assert ("<sheetProtection" in sheet, int(used["A4"]) in unlocked, int(used["B4"]) in unlocked) == (True, False, True)


def test_choices_stand_in_a_list_however_long():
    choices = tuple(f"指标{number}" for number in range(300))
    data = form(("T1", choices[0]), columns=(ID, FormColumn("note", Label("备注", "Note"), 30, is_open=True, choices=choices)))
    assert "_lists!$A$1:$A$300" in "".join(parts(data).values())


def test_columns_are_known_by_their_names_not_by_their_place():
    other = FormColumn("value", Label("数值", "Value"), 9, is_open=True)
    returned = [
        read_form(form(("T1", *texts), columns=(ID, *columns)), name="a.xlsx").tables["target"][0].texts
        for texts, columns in ((("x", "5"), (OPEN, other)), (("5", "x"), (other, OPEN)))
    ]
    assert returned[0] == returned[1] == {"id": "T1", "note": "x", "value": "5"}


@pytest.mark.parametrize("data", [b"", b"id,note\n1,2\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old"])
def test_what_is_no_form_is_refused_with_the_remedy(data):
    with pytest.raises(FileRefused):
        read_form(data, name="a.xlsx")


def test_a_workbook_of_another_kind_is_refused():
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet("x").write(0, 0, "hello")
    with pytest.raises(FileRefused, match="no mark of a review"):
        read_form(stream.getvalue(), name="a.xlsx")
