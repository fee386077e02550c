"""The assessment report as a workbook: a sheet per chapter with its tables as numbers, the charts beside their figures.

Invariant: a figure is the number that the paper shows, with its unit in the format of the cell and its address in the same row;
nothing can become a formula; the same run gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from dafeng.core.labels import Label, Language
from dafeng.reports.assessment_report import Chapter, list_chapters, write_report
from dafeng.reports.assessment_words import list_numbers, list_rows, list_words
from dafeng.reports.blocks import Chart, Figure, Heading, Paragraph, Part, Table
from dafeng.reports.chart_book import put_chart
from dafeng.reports.office import BORN
from dafeng.reports.workbook import STRICT, neutralise
from dafeng.reports.workbook_template import Asked, fill_workbook

SHOWN = re.compile(r"([≥≤≈><] )?(−?[0-9][0-9,]*(?:\.[0-9]+)?)( ?[^0-9,.()（）–]*)")
"""A figure as the paper shows it: comparator, digits, unit."""
ADDRESS = Label("追溯地址", "address")
CHARTS = Label("图表", "Charts")
MILLIMETRES = 1.9
"""Width of a digit. [mm]"""
PIXELS = 3.0
"""Pixels of a drawn chart in a millimetre."""
A4 = 9
"""Number of the paper in the format."""


def write_xlsx(view: Mapping[str, Any], language: Language, *, template: bytes | None = None) -> bytes:
    """Write the assessment report as a workbook.

    Parameters
    ----------
    view : mapping
        View document of a run.
    language : {"zh", "en"}
        Language.
    template : bytes, optional
        A workbook with placeholders and named cells; one of our own without it.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    SettingError
        If the template cannot be filled.
    """
    if template is not None:
        return fill_workbook(template, list_asked(view, language))
    report, made = write_report(view, language), io.BytesIO()
    with xlsxwriter.Workbook(made, {**STRICT, "in_memory": True}) as book:
        book.set_properties({"title": report.title, "comments": str(view["run"]["id"]), "created": BORN})
        writer = _Writer(book, language)
        chapters = list_chapters(view, language)
        for chapter in chapters:
            writer.chapter(chapter)
        writer.charts([block for chapter in chapters for block in chapter.blocks if isinstance(block, Chart)])
    return made.getvalue()


def list_asked(view: Mapping[str, Any], language: Language) -> Asked:
    """What a workbook of one's own may ask for.

    Parameters
    ----------
    view : mapping
        View document of a run.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    Asked
        Words, figures as stored, rows of targets, contradictions and measures.
    """
    words = {name: text for name, text in list_words(view, language).items() if isinstance(text, str)}
    figures = {address: (float(row["value"]), str(row["unit"])) for address, row in list_numbers(view).items()}
    return Asked(words, figures, list_rows(view, language, numbers=True))


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, language: Language) -> None:
        self.book = book
        self.language = language
        self.tables = 0
        self.known: dict[str, Any] = {}
        song = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        self.forms = {
            "title": {"font_name": "黑体", "font_size": 14, "bold": True},
            "heading": {"font_name": "楷体", "font_size": 12, "bold": True},
            "caption": {"font_name": "黑体", "font_size": 11},
            "head": {**song, "bold": True, "top": 2, "bottom": 1, "align": "center", "text_wrap": True},
            "text": {**song, "text_wrap": True},
            "said": {**song, "text_wrap": True, "valign": "top"},
            "note": {**song, "font_size": 9, "font_color": "#5C6B69"},
            "number": {**song, "align": "right"},
        }

    def chapter(self, chapter: Chapter) -> None:
        page = self.book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", chapter.title)[:31])
        widths = [block.widths for block in chapter.blocks if isinstance(block, Table)]
        count = max((len(one) for one in widths), default=1)
        for at in range(count):
            page.set_column(at, at, max((one[at] for one in widths if at < len(one)), default=60) / MILLIMETRES)
        page.set_column(count, count, 60)
        page.write_string(0, 0, neutralise(chapter.title), self._form("title"))
        row = 2
        for block in chapter.blocks:
            if isinstance(block, Heading):
                page.write_string(row, 0, neutralise(block.text), self._form("heading"))
                row += 1
            elif isinstance(block, Paragraph):
                row = self._paragraph(page, row, block, count)
            elif isinstance(block, Table):
                row = self._table(page, row, block, count)
        _print_well(page)

    def charts(self, charts: list[Chart]) -> None:
        """All charts on one sheet, each beside the cells it is drawn from."""
        page = self.book.add_worksheet(CHARTS.read(self.language))
        page.set_column(0, 0, 24)
        row = 0
        for chart in charts:
            page.write_string(row, 0, neutralise(f"{chart.title} ({chart.unit})"), self._form("caption"))
            page.write_string(row + 1, 0, neutralise(" ".join(chart.addresses)), self._form("note"))
            drawn = put_chart(self.book, page, chart, top=row + 2)
            drawn.set_title({"name": chart.title, "name_font": {"size": 11}})
            drawn.set_size({"width": int(156 * PIXELS), "height": int(90 * PIXELS)})
            page.insert_chart(row + 2, len(chart.series) + 2, drawn, {"description": chart.says})
            row += max(len(chart.labels), 16) + 5

    def _paragraph(self, page: Any, row: int, block: Paragraph, count: int) -> int:
        said = "".join(part.text if isinstance(part, Figure) else part for part in block.parts)
        page.merge_range(row, 0, row, max(count - 1, 1), neutralise(said), self._form("said"))
        page.set_row(row, 15.0 * max(1, -(-len(said) // 52)))
        page.write_string(row, max(count, 2), neutralise(_addresses(block.parts)), self._form("note"))
        return row + 2

    def _table(self, page: Any, row: int, block: Table, count: int) -> int:
        self.tables += 1
        number = f"表{self.tables}　" if self.language == "zh" else f"Table {self.tables}: "
        unit = f"（{block.unit}）" if block.unit and self.language == "zh" else f" ({block.unit})" if block.unit else ""
        page.write_string(row, 0, neutralise(f"{number}{block.title}{unit}"), self._form("caption"))
        for at, head in enumerate(block.heads):
            page.write_string(row + 1, at, neutralise(head), self._form("head"))
        page.write_string(row + 1, count, ADDRESS.read(self.language), self._form("head"))
        for place, parts in enumerate(block.rows):
            edge = {"bottom": 2} if place == len(block.rows) - 1 else {}
            strong = {"bold": True} if place in block.strong else {}
            for at, part in enumerate(parts):
                self._cell(page, (row + 2 + place, at), part, {**edge, **strong}, right=at in block.right)
            page.write_string(row + 2 + place, count, neutralise(_addresses(parts)), self._form("note", **edge))
        end = row + 2 + len(block.rows)
        page.write_string(end, 0, neutralise(block.source), self._form("note"))
        return end + 2

    def _cell(self, page: Any, place: tuple[int, int], part: Part, more: Mapping[str, Any], *, right: bool) -> None:
        text = part.text if isinstance(part, Figure) else part
        found = SHOWN.fullmatch(text) if isinstance(part, Figure) or right else None
        if found is None:
            page.write_string(*place, neutralise(text), self._form("text", **more, **({"align": "right"} if right else {})))
            return
        sign, digits, unit = found[1] or "", found[2], found[3]
        whole, _, places = digits.partition(".")
        plain = "#,##0" if "," in whole else "0"
        shape = plain + ("." + "0" * len(places) if places else "")
        shown = (f'"{sign}"' if sign else "") + shape + (f'"{unit}"' if unit else "")
        value = float(digits.replace(",", "").replace("−", "-"))
        page.write_number(*place, value, self._form("number", num_format=shown, **more))

    def _form(self, name: str, **more: Any) -> Any:
        """A format, made once."""
        key = f"{name}{sorted(more.items())}"
        if key not in self.known:
            self.known[key] = self.book.add_format({**self.forms[name], **more})
        return self.known[key]


def _addresses(parts: tuple[Part, ...]) -> str:
    return " ".join(dict.fromkeys(part.address for part in parts if isinstance(part, Figure)))


def _print_well(page: Any) -> None:
    page.set_paper(A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_footer("&C— &P —")
