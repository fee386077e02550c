"""The brief as a text document that an office can edit: the same sentences, table and chart, the addresses as an annex.

Invariant: what is set is the page and nothing else; the same page gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt, RGBColor

from dafeng.core.labels import Language
from dafeng.reports.brief_page import write_page
from dafeng.reports.office import BORN, HEAD, KAI, SONG, TITLE, name_fonts, number_pages, printable, set_font, settle
from dafeng.reports.word_chart import add_fan

Row = Mapping[str, Any]
DEEP, GREY = RGBColor(0x0B, 0x4F, 0x4A), RGBColor(0x5C, 0x6B, 0x69)
TONES: Mapping[str, RGBColor] = {"off_course": RGBColor(0xB3, 0x26, 0x1E), "behind": RGBColor(0xB4, 0x53, 0x2A)}
MILD = "E8F1EF"
SIZE = 10.5
"""Size of the text. [pt]"""
WIDE, HIGH = 170, 52
"""Chart. [mm]"""
WIDTHS: Mapping[int, tuple[int, ...]] = {7: (45, 12, 25, 25, 25, 18, 20), 5: (62, 27, 27, 27, 27)}
"""Columns of a table by their number. [mm]"""
VERDICT = 5
"""Column of the verdict."""
TAGS: Mapping[Language, str] = {"zh": "zh-CN", "en": "en-US"}


def write_docx(form: Mapping[str, Any], language: Language) -> bytes:
    """Write a brief as a text document.

    Parameters
    ----------
    form : mapping
        ``work.brief.write_brief``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    bytes
        The file.
    """
    page = write_page(form, language)
    book = docx.Document()
    _set_up(book, page)
    setter = _Setter(book)
    setter.head(page)
    for number, section in enumerate(page["sections"], 1):
        setter.section(number, section, page)
    if page["omitted"]:
        setter.line([f"{page['words']['omitted']}{page['omitted']}"], SONG, SIZE - 1.5, tone=GREY)
    setter.annex(page)
    return settle(book)


def _set_up(book: Any, page: Row) -> None:
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(17)
    section.left_margin = section.right_margin = Mm(20)
    said = book.core_properties
    said.title, said.author, said.comments, said.revision, said.language = (
        page["title"],
        "dafeng",
        "",
        1,
        TAGS[page["language"]],
    )
    said.created = said.modified = BORN
    set_font(book.styles["Normal"].font, SONG, SIZE)
    tongue = parse_xml(f'<w:lang {nsdecls("w")} w:val="{TAGS[page["language"]]}" w:eastAsia="zh-CN"/>')
    book.styles["Normal"].element.get_or_add_rPr().append(tongue)
    number_pages(section.footer.paragraphs[0], SONG, 9)
    name_fonts(book)


class _Setter:
    """Sets the parts of one brief."""

    def __init__(self, book: Any) -> None:
        self.book = book

    def head(self, page: Row) -> None:
        self._heading(page["title"], 1, TITLE, 20)
        self.line([f"{page['subtitle']} · {page['at']} · {page['words']['run']} {page['run']}"], KAI, SIZE, tone=GREY)
        if page["tiles"]:
            self._tiles(page["tiles"])

    def section(self, number: int, section: Row, page: Row) -> None:
        self._heading(f"{number}. {section['title']}", 2, HEAD, SIZE + 2)
        for one in section["sentences"]:
            if one["kind"] == "answer":
                self.line(one["parts"], HEAD, SIZE, strong=True)
            else:
                self.line(one["parts"], SONG, SIZE, style="List Bullet")
        if number == 1 and page["chart"]:
            self._chart(page)
        listed = {"behind": page["targets"], "cheapest": page["measures"]}.get(section["id"])
        if listed and listed["rows"]:
            self._table(listed)

    def annex(self, page: Row) -> None:
        self.book.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        self._heading(page["words"]["annex"], 2, HEAD, SIZE + 2)
        self.line([page["words"]["recompute"]], SONG, SIZE - 1.5)
        for number, address in enumerate(page["addresses"], 1):
            self.line([f"{number}  {address}"], SONG, 8)
        self.line([page["words"]["inputs"]], SONG, 8, tone=GREY)
        for name, digest in page["inputs"]:
            self.line([f"{name}  {digest}"], SONG, 8)

    def line(
        self,
        parts: Iterable[str | Row],
        font: str,
        size: float,
        *,
        strong: bool = False,
        tone: RGBColor | None = None,
        style: str | None = None,
    ) -> Any:
        paragraph = self.book.add_paragraph(style=style)
        paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(1)
        _fill(paragraph, parts, font, size, strong=strong, tone=tone)
        return paragraph

    def _heading(self, text: str, level: int, font: str, size: float) -> None:
        paragraph = self.book.add_heading("", level)
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(6), Pt(2)
        _fill(paragraph, [text], font, size, strong=True, tone=DEEP)

    def _tiles(self, tiles: Iterable[Row]) -> None:
        listed = list(tiles)
        table = self.book.add_table(rows=1, cols=len(listed))
        for cell, tile in zip(table.rows[0].cells, listed, strict=True):
            cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{MILD}"/>'))
            _fill(cell.paragraphs[0], [tile["part"]], HEAD, 15, strong=True, tone=DEEP)
            _fill(cell.add_paragraph(), [tile["label"]], HEAD, 7.5, tone=GREY)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(1)

    def _chart(self, page: Row) -> None:
        chart, words = page["chart"], page["words"]
        self.line([f"{chart['words']['chart']} ({chart['unit']}); {chart['words']['peaks']}"], HEAD, 8.5)
        names = {name: words[name] for name in ("recorded", "middle", "band")} | {"alt": chart["words"]["alt"]}
        add_fan(self.book.add_paragraph(), chart, names, size=(WIDE, HIGH))

    def _table(self, listed: Row) -> None:
        caption = self.line([listed["title"]], HEAD, SIZE - 1, style="Caption")
        caption.paragraph_format.keep_with_next = True
        table = self.book.add_table(rows=1 + len(listed["rows"]), cols=len(listed["heads"]))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        heads = [{"text": head, "number": None} for head in listed["heads"]]
        for at, (row, cells) in enumerate(zip(table.rows, (heads, *listed["rows"]), strict=True)):
            tone = TONES.get(listed["verdicts"][at - 1]) if at and listed["verdicts"] else None
            _set_row(row, cells, listed["right"], tone=tone, first=at == 0, last=at == len(listed["rows"]))
        table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _set_row(row: Any, cells: Sequence[Row], right: Sequence[int], *, tone: RGBColor | None, first: bool, last: bool) -> None:
    widths = WIDTHS[len(cells)]
    for column, (cell, part) in enumerate(zip(row.cells, cells, strict=True)):
        cell.width = Mm(widths[column])
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        _fill(paragraph, [part], HEAD if first else SONG, SIZE - 1.5, strong=first, tone=tone if column == VERDICT else None)
        if column in right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _rule(cell, first=first, last=last)


def _fill(
    paragraph: Any, parts: Iterable[str | Row], font: str, size: float, *, strong: bool = False, tone: RGBColor | None = None
) -> None:
    for part in parts:
        text, number = (part, None) if isinstance(part, str) else (part["text"], part["number"])
        run = paragraph.add_run(printable(text))
        set_font(run.font, font, size)
        run.font.bold, run.font.color.rgb = strong, tone
        if number is not None:
            raised = paragraph.add_run(f"[{number}]")
            set_font(raised.font, SONG, size * 0.8)
            raised.font.superscript, raised.font.color.rgb, raised.font.bold = True, GREY, False


def _rule(cell: Any, *, first: bool, last: bool) -> None:
    sides = ['<w:top w:val="single" w:sz="8" w:color="0B4F4A"/>'] if first else []
    sides += [f'<w:bottom w:val="single" w:sz="{8 if last else 4}" w:color="0B4F4A"/>'] if first or last else []
    if sides:
        cell._tc.get_or_add_tcPr().append(parse_xml(f"<w:tcBorders {nsdecls('w')}>{''.join(sides)}</w:tcBorders>"))
