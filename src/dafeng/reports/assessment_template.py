"""Templates of the assessment report to start from: every placeholder in its place, in the form of official papers.

Invariant: a template that is filled unchanged gives a complete report.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import docx
import xlsxwriter

from dafeng.core.labels import Label, Language
from dafeng.reports.assessment_docx import LISTED
from dafeng.reports.assessment_report import CHAPTERS
from dafeng.reports.blocks import Heading, Numbering, Paragraph, Report
from dafeng.reports.office import BORN, HEAD, KAI, TITLE, set_font, settle
from dafeng.reports.paper_docx import ADDRESSES, BODY_SIZE, LEADING, LEVELS, TITLE_SIZE, TRACED, Setter, set_up
from dafeng.reports.workbook import STRICT

NAME = Label("评估报告模板", "Template of the assessment report")
WORDS = ("title", "city", "year", "run")
"""Words on the first sheet."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    "targets": (
        "name",
        "year",
        "comparator",
        "asked",
        "known",
        "expected",
        "unit",
        "verdict",
        "reason",
        "lacking",
        "who",
        "clause",
        "address",
    ),
    "clashes": ("number", "title", "members", "least", "by", "unit", "address"),
    "measures": ("name", "field", "avoided", "cost", "price", "unit", "address"),
}
"""Fields of the rows of each table."""


def make_docx(language: Language) -> bytes:
    """A text document with the placeholders of the assessment report.

    Parameters
    ----------
    language : {"zh", "en"}
        Language of its headings.

    Returns
    -------
    bytes
        The file.
    """
    book = docx.Document()
    set_up(book, Report(NAME.read(language), "", language, ()))
    for level, font in LEVELS.items():
        style = book.styles[f"Heading {level}"]
        set_font(style.font, font, BODY_SIZE)
        style.font.color.rgb, style.font.bold = None, level == 3
    setter, numbering = Setter(book, language), Numbering(language)
    setter.line("{{ title }}", TITLE, TITLE_SIZE, centred=True)
    setter.line("{{ subtitle }}", KAI, BODY_SIZE - 2, centred=True, after=LEADING)
    for name, label in CHAPTERS.items():
        _head(setter, numbering, label.read(language))
        book.add_paragraph(f"{{{{p {name} }}}}")
    _head(setter, numbering, ADDRESSES.read(language))
    setter.put(Paragraph((TRACED.read(language),)))
    book.add_paragraph(f"{{{{p {LISTED} }}}}")
    return settle(book)


def _head(setter: Setter, numbering: Numbering, text: str) -> None:
    heading = setter.line(numbering.number(Heading(1, text)), HEAD, BODY_SIZE, indent=True)
    heading.style = setter.book.styles["Heading 1"]


def make_xlsx(language: Language) -> bytes:
    """A workbook with placeholders of the assessment report: words, rows, and a formula of its own over them.

    Parameters
    ----------
    language : {"zh", "en"}
        Language of its headings.

    Returns
    -------
    bytes
        The file.
    """
    made = io.BytesIO()
    zh = language == "zh"
    heads = ("标题", "城市", "年份", "运行") if zh else WORDS
    with xlsxwriter.Workbook(made, {**STRICT, "in_memory": True}) as book:
        book.set_properties({"title": NAME.read(language), "created": BORN})
        bold = book.add_format({"bold": True, "bottom": 1})
        cover = book.add_worksheet("说明" if zh else "about")
        cover.set_column(0, 0, 24)
        cover.set_column(1, 1, 70)
        for row, (head, asked) in enumerate(zip(heads, WORDS, strict=True)):
            cover.write_string(row, 0, head, bold)
            cover.write_string(row, 1, f"{{{{ {asked} }}}}")
        for table, fields in FIELDS.items():
            page = book.add_worksheet(table)
            page.set_column(0, len(fields) - 1, 22)
            page.write_string(0, 0, "行数" if zh else "rows", bold)
            page.write_formula(0, 1, "=COUNTA(A4:A1000)")
            for column, field in enumerate(fields):
                page.write_string(2, column, field, bold)
                page.write_string(3, column, f"{{{{ {table}.{field} }}}}")
    return made.getvalue()
