"""The task list as a text document in the form of an annex to an official paper: A4 landscape, headings on every page.

Invariant: a proposal stands in italics and with the word that says so; the same list gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from dafeng.core.labels import Label, Language
from dafeng.reports.office import BODY, BORN, HEAD, TITLE, name_fonts, number_pages, printable, set_font, settle
from dafeng.reports.tasklist import REASONS, Column, Text, choose_columns, list_cells, list_reasons, tell_notes

ANNEX = Label("附件", "Annex")
LIST = Label("重点任务清单", "Key tasks")
GROUNDS = Label("附表  建议单位的主要依据", "Table: main ground of each proposal")
NOTES = Label("说明", "Notes")
_PADDING = (
    f'<w:tblCellMar {nsdecls("w")}><w:top w:w="40" w:type="dxa"/><w:left w:w="60" w:type="dxa"/>'
    '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
)
MARGINS = (Mm(28), Mm(26), Mm(18), Mm(18))
"""Top, bottom, left, right."""


def write_docx(document: Mapping[str, Any], language: Language) -> bytes:
    """Write a task list as a text document.

    Parameters
    ----------
    document : mapping
        The list, as ``plans.tasklist_document.task_document`` gives it.
    language : {"zh", "en"}
        Language of headings and notes.

    Returns
    -------
    bytes
        The file: annex mark, title, list, notes, and the grounds of the proposals where there are any.
    """
    book = docx.Document()
    title = f"{document['document']['title']}{'' if language == 'zh' else ' '}{LIST.read(language)}"
    _set_up(book, title, document["duties"]["sha256"])
    _say(book.add_paragraph(), ANNEX.read(language), HEAD, 16)
    _say(book.add_paragraph(), title, TITLE, 22, centred=True, after=8)
    _add_table(book, choose_columns(document), list_cells(document, language), language)
    _say(book.add_paragraph(), NOTES.read(language), HEAD, 12, before=10)
    for at, note in enumerate(tell_notes(document, language), 1):
        _say(book.add_paragraph(), f"{at}. {note}", BODY, 12)
    reasons = list_reasons(document, language, most=1)
    if reasons:
        heading = book.add_paragraph()
        heading.paragraph_format.page_break_before = True
        _say(heading, GROUNDS.read(language), HEAD, 16, after=8)
        _add_table(book, REASONS, reasons, language)
    return settle(book)


def _set_up(book: Any, title: str, version: str) -> None:
    section = book.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = MARGINS
    said = book.core_properties
    said.title, said.author, said.comments, said.revision = title, "dafeng", f"duties {version}", 1
    said.created = said.modified = BORN
    set_font(book.styles["Normal"].font, BODY, 10.5)
    number_pages(section.footer.paragraphs[0], BODY, 14)
    name_fonts(book)


def _say(
    paragraph: Any, text: str, font: str, size: float, *, centred: bool = False, italic: bool = False, before: int = 0,
    after: int = 0,
) -> None:  # fmt: skip
    run = paragraph.add_run(printable(text))
    set_font(run.font, font, size)
    run.italic = italic
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.08
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _add_table(book: Any, columns: Sequence[Column], rows: Sequence[Mapping[str, Text]], language: Language) -> None:
    table = book.add_table(rows=1 + len(rows), cols=len(columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(parse_xml(_PADDING))  # the format prescribes the order
    cells = [list(row.cells) for row in table.rows]
    for at, column in enumerate(columns):
        table.columns[at].width = Mm(column.width)
        for line in cells:
            line[at].width = Mm(column.width)
        _say(cells[0][at].paragraphs[0], column.label.read(language), HEAD, 10.5, centred=True)
        for number, row in enumerate(rows, 1):
            _fill(cells[number][at], row[column.id], centred=column.centred)
    _repeat(table.rows[0])
    for line in table.rows:
        line._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))


def _fill(cell: Any, text: Text, *, centred: bool) -> None:
    for at, line in enumerate(text.lines):
        paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        _say(paragraph, line, BODY, 9.5, centred=centred, italic=text.proposed)
    cell.vertical_alignment = 1


def _repeat(row: Any) -> None:
    """The heading stands on every page."""
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
