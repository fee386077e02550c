"""A report as a text document in the form of official papers (GB/T 9704): A4, 小标宋, 黑体, 楷体, 仿宋, three-line tables.

Invariant: what is set is the report and nothing else; the same report gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import docx
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from dafeng.core.labels import Label, Language
from dafeng.reports.blocks import Block, Chart, Figure, Heading, Numbering, Paragraph, Part, Report, Table
from dafeng.reports.office import BODY, BORN, HEAD, KAI, SONG, TITLE, name_fonts, number_pages, printable, set_font, settle
from dafeng.reports.word_chart import add_chart

MARGINS = (Mm(37), Mm(35), Mm(28), Mm(26))
"""Top, bottom, inner, outer: the text block is 156 x 225 mm."""
LEADING = 28.95
"""Height of a line, 22 to the page. [pt]"""
BODY_SIZE, TITLE_SIZE, TABLE_SIZE = 16.0, 22.0, 9.0
LEVELS: Mapping[int, str] = {1: HEAD, 2: KAI, 3: BODY}
"""Fonts of the headings."""
WIDE = 156
"""Width of the text block. [mm]"""
HIGH: Mapping[str, int] = {"fan": 74, "columns": 62, "stack": 74}
"""Heights of charts; bars are as high as there are many. [mm]"""
BAR, FRAME, HIGHEST = 7, 24, 190
"""Height of a bar, of what stands around the bars, and of the largest chart. [mm]"""
ADDRESSES = Label("附录：数字的追溯地址", "Appendix: addresses of the figures")
TRACED = Label(
    "上标为追溯号；用 dafeng explain 加地址，或在驾驶舱中打开该地址，可追到条款、因子与单元格。",
    "Raised numbers stand for addresses; dafeng explain with an address, or the cockpit, leads to clause, factor and cell.",
)


def write_paper(report: Report) -> bytes:
    """Set a report as a text document.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    bytes
        The file.
    """
    book = docx.Document()
    set_up(book, report)
    setter = Setter(book, report.language)
    setter.title(report)
    for block in report.blocks:
        setter.put(block)
    setter.put(Heading(1, ADDRESSES.read(report.language)))
    setter.put(Paragraph((TRACED.read(report.language),)))
    setter.begin_columns()
    setter.list_addresses()
    return settle(book)


def set_up(book: Any, report: Report) -> None:
    """Give a document the page of official papers.

    Parameters
    ----------
    book : docx Document
        The document.
    report : Report
        What will stand in it.
    """
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = MARGINS
    section.footer_distance = Mm(28)
    said = book.core_properties
    said.title, said.author, said.comments, said.revision = report.title, "dafeng", "", 1
    said.created = said.modified = BORN
    set_font(book.styles["Normal"].font, BODY, BODY_SIZE)
    book.settings.odd_and_even_pages_header_footer = True
    number_pages(section.footer.paragraphs[0], SONG, 14, side=WD_ALIGN_PARAGRAPH.RIGHT)
    number_pages(section.even_page_footer.paragraphs[0], SONG, 14, side=WD_ALIGN_PARAGRAPH.LEFT)
    name_fonts(book)


def chart_size(chart: Chart) -> tuple[int, int]:
    """Width and height of a chart.

    Parameters
    ----------
    chart : Chart
        The chart.

    Returns
    -------
    (int, int)
        As wide as the text; as high as its kind needs. [mm]
    """
    return WIDE, min(HIGH.get(chart.kind, BAR * len(chart.labels) + FRAME), HIGHEST)


class Setter:
    """Sets the blocks of one report, with the numbers of headings, tables, figures and addresses.

    Parameters
    ----------
    book : docx Document
        Where they are set: at its end.
    language : {"zh", "en"}
        Language.
    own : bool
        Whether the document is one of ours; in another's, headings and paragraphs look as its own styles say.
    """

    def __init__(self, book: Any, language: Language, *, own: bool = True) -> None:
        self.book = book
        self.numbering = Numbering(language)
        self.language = language
        self.own = own
        self.addresses: dict[str, int] = {}
        self.tables = 0
        self.charts = 0

    def title(self, report: Report) -> None:
        """Set the title and the line below it.

        Parameters
        ----------
        report : Report
            The report.
        """
        self.line(report.title, TITLE, TITLE_SIZE, centred=True)
        self.line(report.subtitle, KAI, BODY_SIZE - 2, centred=True, after=LEADING)

    def put(self, block: Block) -> None:
        """Set a block.

        Parameters
        ----------
        block : Heading, Paragraph, Table or Chart
            The block.
        """
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Paragraph):
            self._paragraph(block)
        elif isinstance(block, Chart):
            self._chart(block)
        else:
            self._table(block)

    def line(self, text: str, font: str, size: float, *, centred: bool = False, indent: bool = False, after: float = 0) -> Any:
        """Set a line.

        Parameters
        ----------
        text : str
            Words.
        font : str
            Name of the font.
        size : float
            Size. [pt]
        centred, indent : bool
            Whether it stands in the middle, or begins two characters in.
        after : float
            Space below. [pt]

        Returns
        -------
        docx Paragraph
            The line.
        """
        paragraph = self.book.add_paragraph()
        set_font(paragraph.add_run(printable(text)).font, font, size)
        self._space(paragraph)
        paragraph.paragraph_format.space_after = Pt(after)
        if indent:
            paragraph.paragraph_format.first_line_indent = Pt(2 * size)
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        return paragraph

    def begin_columns(self) -> None:
        """Let what follows stand in two columns."""
        section = self.book.add_section(WD_SECTION.CONTINUOUS)
        columns = section._sectPr.find(qn("w:cols"))
        columns.set(qn("w:num"), "2")
        columns.set(qn("w:space"), "340")

    def list_addresses(self) -> None:
        """Which number stands for which address, in small type."""
        for address, number in self.addresses.items():
            paragraph = self.line(f"[{number}] {address}", SONG, TABLE_SIZE - 1.5)
            paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE

    def _heading(self, block: Heading) -> None:
        style = next((one for one in self.book.styles if one.name == f"Heading {block.level}"), None)
        if self.own or style is None:
            font = LEVELS[block.level]
            heading = self.line(self.numbering.number(block), font, BODY_SIZE, indent=True)
            heading.runs[0].font.bold = block.level == 3
        else:
            heading = self.book.add_paragraph(printable(self.numbering.number(block)))
        heading.paragraph_format.keep_with_next = True
        if style is not None:
            heading.style = style
        if self.own and style is not None:
            set_font(style.font, font, BODY_SIZE)
            style.font.color.rgb, style.font.bold = None, block.level == 3

    def _paragraph(self, block: Paragraph) -> None:
        paragraph = self.book.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(2 * BODY_SIZE)
        if self.own:
            self._space(paragraph)
            self._fill(paragraph, block.parts, BODY, BODY_SIZE)
        else:
            self._fill(paragraph, block.parts, None, BODY_SIZE)

    def _space(self, paragraph: Any) -> None:
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LEADING)

    def _fill(self, paragraph: Any, parts: Iterable[Part], font: str | None, size: float) -> None:
        for part in parts:
            text = part.text if isinstance(part, Figure) else part
            if text:
                run = paragraph.add_run(printable(text))
                if font is not None:
                    set_font(run.font, font, size)
            if isinstance(part, Figure):
                raised = paragraph.add_run(f"[{self.addresses.setdefault(part.address, len(self.addresses) + 1)}]")
                set_font(raised.font, SONG, size * 0.75)
                raised.font.superscript = True

    def _chart(self, block: Chart) -> None:
        self.charts += 1
        paragraph = self.book.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(6), Pt(0)
        add_chart(paragraph, block, size=chart_size(block))
        number = f"图{self.charts}　" if self.language == "zh" else f"Figure {self.charts}: "
        title = self.line(f"{number}{block.title}", HEAD, 12, centred=True)
        self._fill(title, (Figure("", address) for address in block.addresses), SONG, 12)
        title.paragraph_format.keep_with_next = True
        self._below(block.source)

    def _below(self, source: str) -> None:
        below = self.line(source, SONG, TABLE_SIZE, after=6)
        below.paragraph_format.line_spacing = Pt(14)

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
        self._below(block.source)

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
