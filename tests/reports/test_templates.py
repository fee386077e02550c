"""One's own templates: placeholders are filled, formulas stay, whatever is unknown or broken is refused in words."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from typing import Any

import docx
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from dafeng.core.errors import SettingError
from dafeng.reports.assessment_docx import write_docx
from dafeng.reports.assessment_template import FIELDS, make_docx, make_xlsx
from dafeng.reports.assessment_words import list_numbers, list_rows
from dafeng.reports.assessment_xlsx import write_xlsx
from dafeng.reports.workbook_template import name_cell
from tests.web.sample import view

GAP = "headlines/q1"


@pytest.fixture
def filler() -> None:
    """Skip where the extra is not installed."""
    pytest.importorskip("docxtpl")


def document(*paragraphs: str, foot: str = "") -> bytes:
    """A text document of somebody's office."""
    book, made = docx.Document(), io.BytesIO()
    book.styles["Heading 2"].font.name = "Office Sans"
    for text in paragraphs:
        book.add_paragraph(text)
    if foot:
        book.sections[0].footer.paragraphs[0].text = foot
    book.save(made)
    return made.getvalue()


def texts(content: bytes) -> list[str]:
    """Paragraphs of a text document."""
    return [p.text for p in docx.Document(io.BytesIO(content)).paragraphs]


def cells(table: Any) -> list[list[str]]:
    """Texts of a table."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def refusal(write: Any, template: bytes) -> SettingError:
    """What a template is refused with."""
    with pytest.raises(SettingError) as found:
        write(view(), "zh", template=template)
    assert found.value.read("zh") != found.value.read("en")
    return found.value


# text documents


@pytest.mark.usefixtures("filler")
def test_the_template_to_start_from_gives_the_report_itself() -> None:
    filled, own = (docx.Document(io.BytesIO(write_docx(view(), "zh", template=one))) for one in (make_docx("zh"), None))
    assert [p.text for p in filled.paragraphs if p.text] == [p.text for p in own.paragraphs if p.text]
    assert [cells(table) for table in filled.tables] == [cells(table) for table in own.tables]


@pytest.mark.usefixtures("filler")
def test_words_figures_and_foot_are_filled_in() -> None:
    asked = document("{{ city }}：{{ title }}，{{ year }}", "缺口 {{ figure['" + GAP + "'] }}", foot="运行 {{ run }}")
    content = write_docx(view(), "zh", template=asked)
    number = list_numbers(view())[GAP]
    assert texts(content)[0] == "样例市：样例市碳达峰实施方案评估报告，2025"
    assert texts(content)[1].startswith("缺口 ")
    assert f"{number['value']:.3g}"[:3] in texts(content)[1]
    assert docx.Document(io.BytesIO(content)).sections[0].footer.paragraphs[0].text == f"运行 {view()['run']['id']}"


@pytest.mark.usefixtures("filler")
def test_a_chapter_keeps_the_styles_of_the_template() -> None:
    book = docx.Document(io.BytesIO(write_docx(view(), "zh", template=document("前言", "{{p targets }}", "后记"))))
    said = [p.text for p in book.paragraphs]
    assert (said[0], said[-1]) == ("前言", "后记")
    heading = next(p for p in book.paragraphs if p.style.name == "Heading 2")
    assert (heading.text, heading.runs[0].font.name, heading.style.font.name) == ("（一）分领域判定", None, "Office Sans")
    assert any(text.startswith("表1　") for text in said)


@pytest.mark.usefixtures("filler")
def test_numbers_of_addresses_begin_where_the_template_begins() -> None:
    said = texts(write_docx(view(), "zh", template=document("{{p measures }}", "{{p addresses }}")))
    listed = [text for text in said if re.fullmatch(r"\[\d+\] \S+", text)]
    assert [text.split("]")[0] for text in listed] == [f"[{at}" for at in range(1, len(listed) + 1)]


@pytest.mark.usefixtures("filler")
def test_rows_can_be_laid_out_by_the_template() -> None:
    asked = document("{%p for row in rows.targets %}", "{{ row.name }} {{ row.verdict }}", "{%p endfor %}")
    assert texts(write_docx(view(), "zh", template=asked)) == [
        f"{row['name']} {row['verdict']}" for row in list_rows(view(), "zh")["targets"]
    ]


@pytest.mark.usefixtures("filler")
def test_a_filled_template_repeats_to_the_byte() -> None:
    asked = document("{{p peak }}", "{{p addresses }}")
    assert write_docx(view(), "en", template=asked) == write_docx(view(), "en", template=asked)


@pytest.mark.usefixtures("filler")
def test_markup_in_a_figure_of_the_plan_stays_text() -> None:
    changed = {**view(), "city": {**view()["city"], "label": {"zh": "<w:p>市 & {{ run }}", "en": "x"}}}
    assert texts(write_docx(changed, "zh", template=document("{{ city }}"))) == ["<w:p>市 & {{ run }}"]


BAD = [
    "{{ budget }}",
    "{{ figure['no/such'] }}",
    "{{ title",
    "{% for x in %}",
    "{{ rows.streets }}",
    "{{ targets }}",
    "{{ ''.__class__.__mro__ }}",
]


@pytest.mark.usefixtures("filler")
@pytest.mark.parametrize("text", BAD)
def test_an_unknown_or_broken_placeholder_is_refused(text: str) -> None:
    assert refusal(write_docx, document(text)).remedy.zh


@pytest.mark.usefixtures("filler")
def test_an_unknown_placeholder_is_named_with_those_that_are_known() -> None:
    found = refusal(write_docx, document("{{ budget }} {{ mayor }}"))
    assert "budget, mayor" in found.read("en")
    assert "title" in found.read("en")


@pytest.mark.parametrize("content", [b"", b"plain text", b"PK\x03\x04 broken", make_xlsx("zh")])
def test_what_is_no_text_document_is_refused(content: bytes) -> None:
    assert "docx" in refusal(write_docx, content).read("zh")


def test_without_docxtpl_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docxtpl", None)
    assert "pip install 'dafeng[report]'" in refusal(write_docx, document("{{ title }}")).read("en")


# workbooks


def workbook(cells: dict[str, Any], names: dict[str, str] | None = None) -> bytes:
    """A workbook of somebody's office."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": True}) as book:
        page = book.add_worksheet("表 A")
        for place, value in cells.items():
            page.write(place, value)
        for name, place in (names or {}).items():
            book.define_name(name, f"='表 A'!{place}")
    return made.getvalue()


def sheet(content: bytes, name: str = "表 A") -> list[list[Any]]:
    """Values of a sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python(skip_empty_area=False)


def part(content: bytes, name: str = "xl/worksheets/sheet1.xml") -> str:
    """A part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return file.read(name).decode()


def test_cells_become_words_and_numbers() -> None:
    number = list_numbers(view())[GAP]
    asked = workbook({"A1": "{{ city }} {{ year }}", "B1": "{{ figure['" + GAP + "'] }}", "C1": "{{ unit['" + GAP + "'] }}"})
    assert sheet(write_xlsx(view(), "zh", template=asked))[0] == ["样例市 2025", number["value"], number["unit"]]


def test_named_cells_are_filled() -> None:
    names = {name_cell(GAP): "$B$2", "dafeng_run": "$A$9", "other_name": "$D$4"}
    said = sheet(write_xlsx(view(), "zh", template=workbook({"A1": "x"}, names)))
    assert (said[1][1], said[8][0]) == (list_numbers(view())[GAP]["value"], view()["run"]["id"])


def test_formulas_of_the_template_stay_and_are_computed_anew() -> None:
    asked = workbook({"A1": "{{ figure['" + GAP + "'] }}", "A2": "=A1*2", "A3": "=SUM(A1:A2)"})
    content = write_xlsx(view(), "zh", template=asked)
    assert re.findall(r"<f>([^<]*)</f>", part(content)) == ["A1*2", "SUM(A1:A2)"]
    assert not re.search(r"</f><v>", part(content))
    assert 'fullCalcOnLoad="1"' in part(content, "xl/workbook.xml")


def test_a_table_grows_downward_with_its_fields() -> None:
    asked = workbook({"A1": "目标", "A2": "{{ targets.name }}", "C2": "{{ targets.asked }}", "B2": "{{ targets.verdict }}"})
    rows = list_rows(view(), "zh", numbers=True)["targets"]
    assert sheet(write_xlsx(view(), "zh", template=asked))[1:] == [[row["name"], row["verdict"], row["asked"]] for row in rows]


def test_a_text_of_the_plan_never_becomes_a_formula() -> None:
    evil = {**view()["verdicts"][0], "indicator": {"zh": "=HYPERLINK(1)", "en": "=1"}}
    content = write_xlsx({**view(), "verdicts": [evil]}, "zh", template=workbook({"A1": "{{ targets.name }}"}))
    assert sheet(content) == [["'=HYPERLINK(1)"]]
    assert "<f>" not in part(content)


def test_the_workbook_to_start_from_holds_every_row() -> None:
    content = write_xlsx(view(), "en", template=make_xlsx("en"))
    assert content == write_xlsx(view(), "en", template=make_xlsx("en"))
    for table, fields in FIELDS.items():
        rows = list_rows(view(), "en", numbers=True)[table]
        assert sheet(content, table)[3:] == [[row[field] for field in fields] for row in rows]


REFUSED = [
    ({"A1": "{{ budget }}"}, {}, "表 A!A1"),
    ({"A1": "{{ figure['no/such'] }}"}, {}, "no/such"),
    ({"A1": "{{ title"}, {}, "表 A!A1"),
    ({"A1": "{{ targets.colour }}"}, {}, "targets.colour"),
    ({"A1": "{{ streets.name }}"}, {}, "streets"),
    ({"A1": "{{ targets.name }} {{ measures.name }}"}, {}, "表 A!A1"),
    ({"A1": "{{ targets.name }}", "A3": "=1+1"}, {}, "A3"),
    ({"A1": "{{ targets.name }}", "A4": "note"}, {}, "A4"),
    ({"A1": "x"}, {"dafeng_budget": "$A$1"}, "dafeng_budget"),
    ({"A1": "x"}, {"dafeng_title": "$A$1:$B$2"}, "dafeng_title"),
]


@pytest.mark.parametrize(("cells", "names", "said"), REFUSED)
def test_what_cannot_be_filled_is_refused_with_its_place(cells: dict[str, Any], names: dict[str, str], said: str) -> None:
    assert said in refusal(write_xlsx, workbook(cells, names)).read("zh")


@pytest.mark.parametrize("content", [b"", b"plain text", b"PK\x03\x04 broken", make_docx("zh")])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    assert "xlsx" in refusal(write_xlsx, content).read("zh")
