"""A fan of curves as a chart of a text document: drawn by the reader's office, with its figures in a workbook inside.

Invariant: the chart part is the one that the workbook itself has, so that the picture and its figures cannot differ; the same
figures give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from dafeng.reports.office import BORN

CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EMU = 36_000
"""Units of a drawing in a millimetre."""
DEEP, PALE, GREY = "#0B4F4A", "#BCD2CF", "#5C6B69"


def add_fan(paragraph: Any, chart: Mapping[str, Any], names: Mapping[str, str], *, size: tuple[int, int]) -> None:
    """Put a fan chart into a paragraph.

    Parameters
    ----------
    paragraph : docx Paragraph
        Empty paragraph.
    chart : mapping
        ``years, p10, p50, p90, recorded, unit``.
    names : mapping of str to str
        Names of ``recorded``, ``middle`` and ``band``, and ``alt``, the picture in words.
    size : (int, int)
        Width and height. [mm]
    """
    book = _workbook(chart, names)
    drawn = _chart_of(book)
    package = paragraph.part.package
    inner = Part(PackURI("/word/embeddings/fan.xlsx"), BOOK, book, package)
    part = Part(PackURI("/word/charts/chart1.xml"), CHART, b"", package)
    link = part.relate_to(inner, RELATIONSHIP_TYPE.PACKAGE)
    part._blob = drawn.replace("<c:printSettings>", f'<c:externalData r:id="{link}"/><c:printSettings>').encode()
    paragraph.add_run()._r.append(_drawing(paragraph.part.relate_to(part, RELATIONSHIP_TYPE.CHART), names["alt"], size))


def _drawing(link: str, alt: str, size: tuple[int, int]) -> Any:
    space = nsdecls("w", "wp", "a", "r") + ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    drawing = parse_xml(
        f'<w:drawing {space}><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{size[0] * EMU}" cy="{size[1] * EMU}"/><wp:docPr id="1" name="fan"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{link}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    drawing.find(".//{*}docPr").set("descr", alt)
    return drawing


def _workbook(chart: Mapping[str, Any], names: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    book.set_properties({"created": BORN})
    sheet = book.add_worksheet("fan")
    recorded = dict(map(tuple, chart["recorded"]))
    years = range(min(*recorded, *chart["years"]), max(chart["years"]) + 1)
    curves = {name: dict(zip(chart["years"], chart[name], strict=True)) for name in ("p10", "p50", "p90")}
    width = {year: curves["p90"][year] - curves["p10"][year] for year in chart["years"]}
    columns = [("p10", curves["p10"]), (names["band"], width), (names["middle"], curves["p50"]), (names["recorded"], recorded)]
    _fill(sheet, years, columns)
    sheet.insert_chart("G2", _draw(book, len(years), chart["unit"]))
    book.close()
    return made.getvalue()


def _fill(sheet: Any, years: Sequence[int], columns: Sequence[tuple[str, Mapping[int, float]]]) -> None:
    for at, (title, values) in enumerate(columns, 1):
        sheet.write(0, at, title)
        for row, year in enumerate(years, 1):
            sheet.write(row, 0, str(year))
            if year in values:
                sheet.write(row, at, values[year])


def _draw(book: Any, rows: int, unit: str) -> Any:
    area, lines = book.add_chart({"type": "area", "subtype": "stacked"}), book.add_chart({"type": "line"})
    area.add_series({**_series(1, rows), "fill": {"none": True}, "border": {"none": True}})
    area.add_series({**_series(2, rows), "fill": {"color": PALE}, "border": {"none": True}})
    lines.add_series({**_series(3, rows), "line": {"color": DEEP, "width": 2}})
    marker = {"type": "circle", "size": 4, "fill": {"color": GREY}, "border": {"color": GREY}}
    lines.add_series({**_series(4, rows), "line": {"color": GREY, "width": 1}, "marker": marker})
    area.combine(lines)
    font = {"size": 8, "color": GREY}
    area.set_x_axis({"interval_unit": 10, "num_font": font, "line": {"color": GREY}})
    area.set_y_axis(
        {
            "name": unit,
            "name_font": font,
            "num_font": font,
            "min": 0,
            "major_gridlines": {"visible": True, "line": {"color": "#D5DFDD"}},
        }
    )
    area.set_legend({"position": "top", "font": font, "delete_series": [0]})
    area.set_chartarea({"border": {"none": True}})
    area.show_blanks_as("span")
    return area


def _series(column: int, rows: int) -> dict[str, Any]:
    return {"name": ["fan", 0, column], "categories": ["fan", 1, 0, rows, 0], "values": ["fan", 1, column, rows, column]}


def _chart_of(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return archive.read("xl/charts/chart1.xml").decode()
