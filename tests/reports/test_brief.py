"""The brief as files: two pages and the annex, tagged, with its fonts inside; a text document with a chart of its own."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise

import docx
import pypdfium2
import pytest

from dafeng.core.errors import SettingError
from dafeng.reports.brief_docx import write_docx
from dafeng.reports.brief_page import write_page
from dafeng.reports.brief_pdf import largest, write_pdf
from dafeng.work.brief import write_brief
from tests.reports.brief_view import rich_view

LANGUAGES = ("zh", "en")


def pages(content: bytes) -> list[str]:
    """Text of each page."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


@pytest.fixture(scope="module")
def form():
    """Brief of the invented city."""
    return write_brief(rich_view())


@pytest.fixture(scope="module")
def pdfs(form):
    """Its files."""
    return {language: write_pdf(form, language) for language in LANGUAGES}


def much(form, times: int):
    """The same brief with every sentence said several times."""
    sections = [{**section, "sentences": section["sentences"] * times} for section in form["sections"]]
    return {**form, "sections": sections}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_annex_begins_on_the_third_page(form, pdfs, language) -> None:
    annex = form["words"]["annex"][language]
    assert [at for at, text in enumerate(pages(pdfs[language]), 1) if annex[:6] in text] == [3]


def test_twice_as_much_to_say_still_takes_two_pages(form) -> None:
    read = pages(write_pdf(much(form, 2), "en"))
    assert [at for at, text in enumerate(read, 1) if "Annex" in text] == [3]


def test_what_does_not_fit_is_refused(form) -> None:
    with pytest.raises(SettingError, match="two pages"):
        write_pdf(much(form, 20), "zh")


def test_a_city_with_nothing_to_say_has_two_pages_too(form) -> None:
    bare = {**form, "sections": [], "tiles": [], "targets": [], "measures": [], "chart": None}
    assert len(pages(write_pdf(bare, "zh"))) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_tagged_titled_and_carries_its_fonts(form, pdfs, language) -> None:
    book = pypdfium2.PdfDocument(pdfs[language])
    assert book.get_metadata_dict()["Title"] == write_page(form, language)["title"]
    assert book.is_tagged()
    raw = pypdfium2.raw
    held = list(book)  # an object dies with its page
    texts = [item for page in held for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])]
    assert {raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(text.raw)) for text in texts} == {1}


def test_the_same_brief_gives_the_same_bytes(form, pdfs) -> None:
    assert write_pdf(form, "zh") == pdfs["zh"]
    assert write_docx(form, "en") == write_docx(form, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_document_says_every_sentence_under_a_heading(form, language) -> None:
    book = docx.Document(io.BytesIO(write_docx(form, language)))
    text = "\n".join(paragraph.text for paragraph in book.paragraphs)
    page = write_page(form, language)
    words = [part["text"] for section in page["sections"] for one in section["sentences"] for part in one["parts"]]
    assert [word for word in words if word not in text] == []
    heads = [paragraph.text for paragraph in book.paragraphs if paragraph.style.name.startswith("Heading")]
    assert len(heads) == len(page["sections"]) + 2
    assert (book.core_properties.title, book.core_properties.language) == (
        page["title"],
        "zh-CN" if language == "zh" else "en-US",
    )


def test_every_raised_number_stands_in_the_annex(form) -> None:
    page = write_page(form, "zh")
    book = docx.Document(io.BytesIO(write_docx(form, "zh")))
    raised = {run.text for paragraph in book.paragraphs for run in paragraph.runs if run.font.superscript}
    listed = {paragraph.text.split("  ")[0] for paragraph in book.paragraphs if "  " in paragraph.text}
    assert raised <= {f"[{number}]" for number in listed}
    assert len(page["addresses"]) == len(set(page["addresses"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mark_of_an_address_can_be_read_as_an_exponent(form, pdfs, language) -> None:
    counts = [
        (part["text"], part["number"])
        for section in write_page(form, language)["sections"]
        for one in section["sentences"]
        for part in one["parts"]
        if part["number"] is not None
    ]
    text = "".join(pages(pdfs[language])[:2]).replace("\r", "").replace("\n", "").replace(" ", "")
    assert counts
    assert not [(said, number) for said, number in counts if f"{said}[{number}]".replace(" ", "") not in text]


def test_the_chart_of_the_text_document_is_one_of_its_own_with_its_figures(form) -> None:
    with zipfile.ZipFile(io.BytesIO(write_docx(form, "zh"))) as file:
        chart, names = file.read("word/charts/chart1.xml").decode(), set(file.namelist())
        document = file.read("word/document.xml").decode()
    assert "word/embeddings/chart1.xlsx" in names
    years = [year for year, _ in write_page(form, "zh")["chart"]["recorded"]]
    gaps = sum(later != earlier + 1 for earlier, later in pairwise(years))
    assert chart.count("<c:ser>") == 4 + gaps
    assert write_page(form, "zh")["chart"]["words"]["alt"] in document


def test_the_year_that_a_figure_speaks_of_has_no_number_of_its_own(form) -> None:
    first = write_page(form, "zh")["sections"][0]["sentences"][0]["parts"]
    assert [(part["text"], part["number"]) for part in first if part["text"] in ("2030", "82%")] == [("2030", None), ("82%", 1)]


@pytest.mark.parametrize(("most", "found"), [(9, 9), (5, 5), (1, 1), (0, None)])
def test_the_largest_choice_that_fits_is_taken(most: int, found: int | None) -> None:
    assert largest((9, 7, 5, 3, 2, 1), lambda choice: choice <= most) == found
