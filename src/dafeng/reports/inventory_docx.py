"""The report of an inventory as a text document in the form of official papers (GB/T 9704): A4, 小标宋, 黑体, 楷体, 仿宋.

Invariant: what is set is the report and nothing else; the same report gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt

from dafeng.core.labels import Label, Language
from dafeng.reports.blocks import Block, Figure, Heading, Numbering, Paragraph, Part, Report, Table
from dafeng.reports.inventory_report import write_report
from dafeng.reports.office import BODY, BORN, HEAD, KAI, SONG, TITLE, name_fonts, number_pages, printable, set_font, settle

MARGINS = (Mm(37), Mm(35), Mm(28), Mm(26))
"""Top, bottom, inner, outer: the text block is 156 x 225 mm."""
LEADING = 28.95
"""Height of a line, 22 to the page. [pt]"""
BODY_SIZE, TITLE_SIZE, TABLE_SIZE = 16.0, 22.0, 9.0
ADDRESSES = Label("附录：数字的追溯地址", "Appendix: addresses of the figures")
TRACED = Label(
    "上标为追溯号；用 dafeng explain 加地址，或在驾驶舱中打开该地址，可追到条款、因子与单元格。",
    "Raised numbers stand for addresses; dafeng explain with an address, or the cockpit, leads to clause, factor and cell.",
)


def write_docx(form: Mapping[str, Any], language: Language) -> bytes:
    """Write the report of an inventory as a text document.

    Parameters
    ----------
    form : mapping
        ``work.inventory_form.inventory_form``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    bytes
        The file.
    """
    report = write_report(form, language)
    book = docx.Document()
    _set_up(book, report)
    setter = _Setter(book, report)
    setter.line(report.title, TITLE, TITLE_SIZE, centred=True)
    setter.line(report.subtitle, KAI, BODY_SIZE - 2, centred=True, after=LEADING)
    for block in report.blocks:
        setter.put(block)
    setter.put(Heading(1, ADDRESSES.read(language)))
    setter.put(Paragraph((TRACED.read(language),)))
    setter.list_addresses()
    return settle(book)


def _set_up(book: Any, report: Report) -> None:
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = MARGINS
    section.footer_distance = Mm(28)
    said = book.core_properties
    said.title, said.author, said.comments, said.revision = report.title, "dafeng", "", 1
    said.created = said.modified = BORN
    set_font(book.styles["Normal"].font, BODY, BODY_SIZE)
    number_pages(section.footer.paragraphs[0], SONG, 14)
    name_fonts(book)


class _Setter:
    """Sets the blocks of one report, with the numbers of headings, tables and addresses."""

    def __init__(self, book: Any, report: Report) -> None:
        self.book = book
        self.numbering = Numbering(report.language)
        self.language = report.language
        self.addresses = {address: at for at, address in enumerate(report.addresses(), 1)}
        self.tables = 0

    def put(self, block: Block) -> None:
        if isinstance(block, Heading):
            font = HEAD if block.level == 1 else KAI
            heading = self.line(self.numbering.number(block), font, BODY_SIZE, indent=True)
            heading.paragraph_format.keep_with_next = True
            heading.style = self.book.styles[f"Heading {block.level}"]
            set_font(heading.style.font, font, BODY_SIZE)
            heading.style.font.color.rgb, heading.style.font.bold = None, False
            self._space(heading)
        elif isinstance(block, Paragraph):
            paragraph = self.book.add_paragraph()
            self._space(paragraph)
            paragraph.paragraph_format.first_line_indent = Pt(2 * BODY_SIZE)
            self._fill(paragraph, block.parts, BODY, BODY_SIZE)
        else:
            self._table(block)

    def line(self, text: str, font: str, size: float, *, centred: bool = False, indent: bool = False, after: float = 0) -> Any:
        paragraph = self.book.add_paragraph()
        set_font(paragraph.add_run(printable(text)).font, font, size)
        self._space(paragraph)
        paragraph.paragraph_format.space_after = Pt(after)
        if indent:
            paragraph.paragraph_format.first_line_indent = Pt(2 * size)
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        return paragraph

    def list_addresses(self) -> None:
        """Which number stands for which address, several to a paragraph in small type."""
        for address, number in self.addresses.items():
            paragraph = self.line(f"[{number}] {address}", SONG, TABLE_SIZE)
            paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE

    def _space(self, paragraph: Any) -> None:
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LEADING)

    def _fill(self, paragraph: Any, parts: tuple[Part, ...], font: str, size: float) -> None:
        for part in parts:
            text = part.text if isinstance(part, Figure) else part
            set_font(paragraph.add_run(printable(text)).font, font, size)
            if isinstance(part, Figure):
                raised = paragraph.add_run(f"[{self.addresses[part.address]}]")
                set_font(raised.font, SONG, size * 0.75)
                raised.font.superscript = True

    def _table(self, block: Table) -> None:
        self.tables += 1
        number = f"表{self.tables}　" if self.language == "zh" else f"Table {self.tables}: "
        title = self.line(f"{number}{block.title}", HEAD, 12, centred=True)
        title.paragraph_format.keep_with_next = True
        if block.unit:
            unit = self.line(f"单位：{block.unit}" if self.language == "zh" else f"Unit: {block.unit}", SONG, 10)
            unit.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            unit.paragraph_format.keep_with_next = True
            unit.paragraph_format.line_spacing = Pt(16)
        table = self.book.add_table(rows=1 + len(block.rows), cols=len(block.heads))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        self._fill_table(table, block)
        below = self.line(block.source, SONG, TABLE_SIZE, after=6)
        below.paragraph_format.line_spacing = Pt(14)

    def _fill_table(self, table: Any, block: Table) -> None:
        heads: tuple[Part, ...] = block.heads
        for at, (row, parts) in enumerate(zip(table.rows, (heads, *block.rows), strict=True)):
            row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
            last = at == len(block.rows)
            for column, (cell, part) in enumerate(zip(row.cells, parts, strict=True)):
                cell.width = Mm(block.widths[column])
                paragraph = cell.paragraphs[0]
                strong = at == 0 or at - 1 in block.strong
                self._fill(paragraph, (part,), HEAD if strong else SONG, TABLE_SIZE)
                paragraph.paragraph_format.space_after = Pt(0)
                if at == 0 or column in block.right:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if at == 0 else WD_ALIGN_PARAGRAPH.RIGHT
                _rule(cell, top=at == 0, thin=at == 0, bottom=last)
        table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _rule(cell: Any, *, top: bool, thin: bool, bottom: bool) -> None:
    """The three lines: thick above and below the table, thin below its head."""
    sides = []
    if top:
        sides.append('<w:top w:val="single" w:sz="12"/>')
    if thin or bottom:
        sides.append(f'<w:bottom w:val="single" w:sz="{12 if bottom and not thin else 6}"/>')
    if sides:
        borders = parse_xml(f"<w:tcBorders {nsdecls('w')}>{''.join(sides)}</w:tcBorders>")
        cell._tc.get_or_add_tcPr().append(borders)
    cell._tc.tcPr.append(parse_xml(f'<w:vAlign {nsdecls("w")} w:val="center"/>'))
