"""The assessment report: complete, addressed, the same in docx, pdf, xlsx and JSON, its charts those of the pages."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import docx
import pypdfium2
import pytest
from docx.shared import Mm, Pt
from python_calamine import CalamineWorkbook

from dafeng.core.errors import SettingError
from dafeng.plans.verdict import WORDS
from dafeng.reports.assessment_docx import write_docx
from dafeng.reports.assessment_files import write_json, write_pdf
from dafeng.reports.assessment_measures import draw_prices, order_shares
from dafeng.reports.assessment_peak import draw_fan, draw_peak
from dafeng.reports.assessment_power import draw_week
from dafeng.reports.assessment_report import CHAPTERS, list_chapters, write_report
from dafeng.reports.assessment_xlsx import write_xlsx
from dafeng.reports.blocks import Chart, Figure, Heading, Numbering, Paragraph, Table
from dafeng.reports.chart_book import write_book
from dafeng.reports.teller import Teller
from dafeng.web import measures, pathway, power
from dafeng.web.labels import Words
from tests.web.sample import EVIL, traces, view

LANGUAGES = ("zh", "en")


def sentences(blocks: Any) -> list[str]:
    """Paragraphs as texts."""
    return ["".join(p.text if isinstance(p, Figure) else p for p in b.parts) for b in blocks if isinstance(b, Paragraph)]


def chapter(name: str, language: Any = "zh", **changes: Any) -> Any:
    """Blocks of one chapter of the invented city."""
    return next(one.blocks for one in list_chapters({**view(), **changes}, language) if one.id == name)


def pages(content: bytes) -> list[str]:
    """Text of each page of a pdf."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


@pytest.fixture(scope="module")
def papers():
    """Text documents of the invented city."""
    return {language: write_docx(view(), language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_address_leads_to_a_trace(language: Any) -> None:
    known = traces()
    assert [address for address in write_report(view(), language).addresses() if address not in known] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_tell_the_same_figures(language: Any) -> None:
    report = write_report(view(), language)
    assert report.addresses() == write_report(view(), "zh").addresses()
    assert [type(block) for block in report.blocks] == [type(block) for block in write_report(view(), "zh").blocks]


def test_english_holds_no_chinese_but_names_of_the_plan() -> None:
    names = {name for row in view()["verdicts"] for name in row["organisations"]}
    said = sentences(write_report(view(), "en").blocks)
    for name in sorted({*names, *(row["title"] for row in view()["documents"])}, key=len, reverse=True):
        said = [text.replace(name, "") for text in said]
    assert [text for text in said if re.search(r"[一-鿿]", text)] == []


def test_the_headline_questions_stand_with_their_answers_and_figures() -> None:
    blocks = chapter("conclusions")
    asked = [block.text for block in blocks if isinstance(block, Heading) and block.level == 3]
    assert asked == [one["question"]["zh"] for one in view()["headlines"]]
    assert all(any(one["answer"]["zh"].rstrip("。") in text for text in sentences(blocks)) for one in view()["headlines"])
    cells = [len(block.rows) for block in blocks if isinstance(block, Table)]
    assert cells == [len(one["numbers"]) for one in view()["headlines"]]


def test_verdicts_by_field_sum_to_those_of_the_plan() -> None:
    table = next(block for block in chapter("targets") if isinstance(block, Table))
    *fields, total = [[int(cell) for cell in row[1:]] for row in table.rows]
    assert [sum(column) for column in zip(*fields, strict=True)] == total
    assert total[:-1] == [view()["counts"].get(kind, 0) for kind in WORDS]


def test_every_target_stands_in_one_list() -> None:
    blocks = chapter("targets")
    told = [block.text for block in blocks if isinstance(block, Heading) and block.level == 3]
    listed = [row[0] for block in blocks if isinstance(block, Table) for row in block.rows if re.match(r"\d{4}年", str(row[0]))]
    assert len(told) + len(listed) == len(view()["verdicts"])


def test_what_is_off_course_has_reason_clause_and_address() -> None:
    row = next(row for row in view()["verdicts"] if row["verdict"] == "off_course")
    said = next(text for text in sentences(chapter("targets")) if row["reason"]["zh"] in text)
    assert f"《{row['anchor']['document']}》第{row['anchor']['paragraph']}段" in said
    address = row["address"].split("/", 1)[1]
    assert any(
        isinstance(p, Figure) and p.address == address for b in chapter("targets") if isinstance(b, Paragraph) for p in b.parts
    )


def test_what_cannot_be_judged_says_what_is_lacking() -> None:
    table = [block for block in chapter("targets") if isinstance(block, Table)][-1]
    unknown = [row for row in view()["verdicts"] if row["verdict"] == "not_measurable"]
    assert len(table.rows) == len(unknown) > 0
    assert all(one["zh"] in str(row[2]) for row, verdict in zip(table.rows, unknown, strict=True) for one in verdict["lacking"])


def test_a_probability_never_claims_certainty() -> None:
    headline = {**view()["headlines"][0], "numbers": [{**view()["headlines"][0]["numbers"][0]}]}
    headline["numbers"][0] |= {
        "value": 100.0,
        "unit": "%",
        "low": None,
        "high": None,
        "address": "r/headlines/peak.probability",
    }
    table = next(block for block in chapter("conclusions", headlines=[headline]) if isinstance(block, Table))
    assert table.rows[0][3] == Figure("> 99%", "headlines/peak.probability")


def test_a_city_without_models_says_what_it_lacks() -> None:
    bare = dict.fromkeys(("pathway", "power", "abatement", "orders", "quality", "energy", "inventory"), None)
    none = {"answers": [], "headlines": [], "clashes": [], "findings": [], "emissions": {"history": [], "tables": []}}
    report = write_report({**view(), **bare, **none}, "zh")
    said = sentences(report.blocks)
    for words in ("没有排放路径，不能判断达峰。", "没有逐时电力计算。", "没有可比较的措施。", "本次评估没有得出结论。"):
        assert words in said
    assert not any(isinstance(block, Chart) and block.kind == "fan" for block in report.blocks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_is_a_text(language: Any) -> None:
    bare = {**view(), "sources": [{**view()["sources"][0], "grade": None}], "run": {**view()["run"], "versions": {"x": None}}}
    for block in write_report(bare, language).blocks:
        parts = (
            block.parts
            if isinstance(block, Paragraph)
            else [p for row in block.rows for p in row]
            if isinstance(block, Table)
            else ()
        )
        assert all(isinstance(part, str | Figure) for part in parts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_fit_the_text_block(language: Any) -> None:
    tables = [block for block in write_report(view(), language).blocks if isinstance(block, Table)]
    assert [t.title for t in tables if any(len(row) != len(t.heads) for row in t.rows)] == []
    assert [t.title for t in tables if sum(t.widths) > 156 or len(t.widths) != len(t.heads)] == []
    assert [t.title for t in tables if not t.source] == []


# the charts are those of the pages


def curve(chart: Chart, name: str) -> list[float | None]:
    """Values of one series."""
    return list(next(one for one in chart.series if one.id == name).values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fan_is_that_of_the_page(language: Any) -> None:
    mine, page = draw_fan(Teller(view(), language)), pathway.draw_fan(view(), Words(language))
    assert page is not None
    main = next(one for one in page["scenarios"] if one["id"] == page["main"])
    at = mine.labels.index(str(page["start"]))
    for name, band in zip(("low", "middle", "high"), main["band"], strict=True):
        assert curve(mine, name)[at:] == [value for value in band if value is not None]
    assert [v for v in curve(mine, "recorded") if v is not None] == [v for v in page["history"] if v is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_peak_years_are_those_of_the_page(language: Any) -> None:
    mine = next(block for block in draw_peak(Teller(view(), language)) if isinstance(block, Chart))
    page = pathway.draw_peak(view(), Words(language))
    assert page is not None
    main = next(one for one in page["scenarios"] if one["id"] == page["main"])
    shown = dict(zip(map(str, page["years"]), main["values"], strict=True))
    assert curve(mine, "underlying") == pytest.approx([shown[year] for year in mine.labels], rel=1e-2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_week_is_that_of_the_page(language: Any) -> None:
    mine, page = draw_week(Teller(view(), language)), power.draw_weeks(view(), Words(language))
    assert page is not None
    week = page["weeks"][0]
    assert mine.unit == page["unit"]
    assert {one["carrier"]: one["values"] for one in week["series"]} | {"line": week["load"]} == {
        one.id: list(one.values) for one in mine.series
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prices_are_those_of_the_page(language: Any) -> None:
    found = view()["abatement"]
    mine = draw_prices(Teller(view(), language), found, found["curves"][0])
    page = measures.draw_curve(found, found["curves"][0], "local", Words(language))
    assert page is not None
    bars = [bar for bar in page["orders"][0]["bars"] if bar["price"] is not None]
    assert [bar["name"] for bar in bars] == list(mine.labels)
    assert curve(mine, "price") == pytest.approx([bar["price"] for bar in bars], rel=1e-4)
    assert [one["id"] for one in order_shares(found["curves"][0])[0]] == [bar["id"] for bar in bars]


# the text document


def test_the_page_is_that_of_official_papers(papers) -> None:
    section = docx.Document(io.BytesIO(papers["zh"])).sections[0]
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)
    assert (round(section.top_margin / Mm(1)), round(section.left_margin / Mm(1))) == (37, 28)
    assert round((section.page_width - section.left_margin - section.right_margin) / Mm(1)) == 156
    assert round((section.page_height - section.top_margin - section.bottom_margin) / Mm(1)) == 225


def test_the_page_number_stands_outside_between_dashes(papers) -> None:
    section = docx.Document(io.BytesIO(papers["zh"])).sections[0]
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        line = footer.paragraphs[0]
        assert line.alignment is not None
        assert (line.text.strip("1"), line.alignment.name, line.runs[0].font.size) == ("—  —", side, Pt(14))


def test_type_follows_the_standard(papers) -> None:
    book = docx.Document(io.BytesIO(papers["zh"]))
    found = {p.style.name: p for p in reversed(book.paragraphs) if p.runs}
    kinds = {name: found[name].runs[0].font for name in ("Heading 1", "Heading 2", "Heading 3", "Normal")}
    assert {name: font.name for name, font in kinds.items()} == {
        "Heading 1": "黑体", "Heading 2": "楷体_GB2312", "Heading 3": "仿宋_GB2312", "Normal": "方正小标宋简体",
    }  # fmt: skip
    assert {font.size for name, font in kinds.items() if name != "Normal"} == {Pt(16)}
    assert kinds["Normal"].size == Pt(22)
    assert kinds["Heading 3"].bold


def test_headings_are_numbered_in_three_levels() -> None:
    numbering = Numbering("zh")
    said = [numbering.number(Heading(level, "甲")) for level in (1, 2, 3, 3, 2, 3, 1)]
    assert said == ["一、甲", "（一）甲", "1. 甲", "2. 甲", "（二）甲", "1. 甲", "二、甲"]


def test_tables_have_three_lines_and_their_unit_at_the_right(papers) -> None:
    book = docx.Document(io.BytesIO(papers["zh"]))
    for table in book.tables:
        xml = [row._tr.xml for row in table.rows]
        assert ('w:sz="12"' in xml[0], 'w:sz="6"' in xml[0], 'w:sz="12"' in xml[-1]) == (True, True, True)
        assert not any("<w:left " in row or "<w:insideV" in row for row in xml)
    units = [p for p in book.paragraphs if p.text.startswith("单位：")]
    assert {p.alignment.name for p in units if p.alignment is not None} == {"RIGHT"}


def test_charts_are_drawn_from_the_figures_they_hold(papers) -> None:
    charts = [block for block in write_report(view(), "zh").blocks if isinstance(block, Chart)]
    with zipfile.ZipFile(io.BytesIO(papers["zh"])) as file:
        for at, chart in enumerate(charts, 1):
            inner = CalamineWorkbook.from_filelike(io.BytesIO(file.read(f"word/embeddings/chart{at}.xlsx")))
            heads, *rows = inner.get_sheet_by_index(0).to_python()
            assert file.read(f"word/charts/chart{at}.xml").decode().count("<c:ser>") == len(heads) - 1
            assert [row[0] for row in rows] == list(chart.labels)
        said = file.read("word/document.xml").decode()
    assert all(chart.says in said for chart in charts)
    assert [int(n) for n in re.findall(r">图(\d+)　", said)] == list(range(1, len(charts) + 1))


def test_no_line_is_drawn_across_a_year_that_nobody_recorded() -> None:
    emissions = {**view()["emissions"], "history": [[2015, 61.0, "r/a"], [2018, 62.0, "r/b"], [2019, 63.0, "r/c"]]}
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_book(draw_fan(Teller({**view(), "emissions": emissions}, "zh")))))
    heads, *rows = book.get_sheet_by_index(0).to_python()
    stretches = [column for column, head in enumerate(heads) if head == "有记录的排放"]
    assert [[row[0] for row in rows if row[column] != ""] for column in stretches] == [["2015"], ["2018", "2019"]]


def test_every_raised_number_stands_in_the_appendix(papers) -> None:
    book = docx.Document(io.BytesIO(papers["zh"]))
    cells = [p for table in book.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    raised = {run.text for p in (*book.paragraphs, *cells) for run in p.runs if run.font.superscript}
    listed = dict(p.text.split(" ", 1) for p in book.paragraphs if re.fullmatch(r"\[\d+\] \S+/\S+", p.text))
    assert raised == set(listed)
    assert list(listed.values()) == list(write_report(view(), "zh").addresses())


def test_the_same_run_gives_the_same_bytes(papers) -> None:
    assert write_docx(view(), "zh") == papers["zh"]
    assert write_xlsx(view(), "zh") == write_xlsx(view(), "zh")
    assert write_json(view(), "zh") == write_json(view(), "zh")


def test_markup_in_the_plan_stays_text(papers) -> None:
    book = docx.Document(io.BytesIO(papers["zh"]))
    cells = [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    assert any(EVIL in text for text in cells)


# pdf, JSON, workbook


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_what_the_report_says(language: Any) -> None:
    pytest.importorskip("typst")
    content = write_pdf(view(), language)
    assert content == write_pdf(view(), language)
    said = re.sub(r"\s", "", "".join(pages(content)))
    report = write_report(view(), language)
    for block in report.blocks:
        if isinstance(block, Heading | Chart | Table):
            assert re.sub(r"\s", "", block.text if isinstance(block, Heading) else block.title) in said
    assert "—1—" in re.sub(r"\s", "", pages(content)[0])


def test_json_holds_chapters_figures_and_addresses() -> None:
    said = json.loads(write_json(view(), "en"))
    assert [one["id"] for one in said["chapters"]] == list(CHAPTERS)
    assert said["addresses"] == list(write_report(view(), "en").addresses())
    assert said["run"] == view()["run"]


@pytest.mark.parametrize("write", [write_pdf, write_json])
def test_a_template_is_refused_where_there_is_none(write: Any) -> None:
    with pytest.raises(SettingError, match="takes no template"):
        write(view(), "zh", template=b"PK")


def test_the_workbook_holds_the_tables_as_numbers() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx(view(), "zh")))
    assert book.sheet_names == [*(label.zh for label in CHAPTERS.values()), "图表"]
    rows = book.get_sheet_by_name("目标完成情况").to_python(skip_empty_area=False)
    at = next(i for i, row in enumerate(rows) if str(row[0]).endswith("各领域目标判定（项）"))
    total = next(row for row in rows[at:] if row[0] == "合计")
    assert total[1:8] == [*(float(view()["counts"].get(kind, 0)) for kind in WORDS), float(len(view()["verdicts"]))]


def test_no_text_of_the_workbook_is_a_formula() -> None:
    finding = {**view()["findings"][0], "says": {"zh": "=1+1", "en": "=1+1"}, "severity": "error"}
    with zipfile.ZipFile(io.BytesIO(write_xlsx({**view(), "findings": [finding]}, "zh"))) as file:
        sheets = [file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
        shared = file.read("xl/sharedStrings.xml").decode()
    assert not any("<f>" in sheet for sheet in sheets)
    assert "'=1+1" in shared
