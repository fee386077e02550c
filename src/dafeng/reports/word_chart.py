"""A chart of a text document: drawn by the reader's office, with its figures in a workbook inside.

Invariant: the chart part is the one that the workbook itself has, so that the picture and its figures cannot differ; the same
figures give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from dafeng.reports.blocks import Chart, Series
from dafeng.reports.chart_book import write_book

CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EMU = 36_000
"""Units of a drawing in a millimetre."""


def add_chart(paragraph: Any, chart: Chart, *, size: tuple[int, int]) -> None:
    """Put a chart into a paragraph.

    Parameters
    ----------
    paragraph : docx Paragraph
        Paragraph that takes it.
    chart : Chart
        The chart.
    size : (int, int)
        Width and height. [mm]
    """
    book = write_book(chart)
    package = paragraph.part.package
    taken = {str(part.partname) for part in package.iter_parts()}
    number = next(at for at in range(1, len(taken) + 2) if f"/word/charts/chart{at}.xml" not in taken)
    inner = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), BOOK, book, package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), CHART, b"", package)
    link = part.relate_to(inner, RELATIONSHIP_TYPE.PACKAGE)
    part._blob = _chart_of(book).replace("<c:printSettings>", f'<c:externalData r:id="{link}"/><c:printSettings>').encode()
    place = paragraph.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    paragraph.add_run()._r.append(_drawing(place, number, chart.says, size))


def add_fan(paragraph: Any, chart: Mapping[str, Any], names: Mapping[str, str], *, size: tuple[int, int]) -> None:
    """Put the fan chart of a brief into a paragraph.

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
    add_chart(paragraph, make_fan(chart, names), size=size)


def make_fan(chart: Mapping[str, Any], names: Mapping[str, str]) -> Chart:
    """The fan of the main pathway as a chart.

    Parameters
    ----------
    chart : mapping
        ``years, p10, p50, p90, recorded, unit``.
    names : mapping of str to str
        Names of ``recorded``, ``middle`` and ``band``, and ``alt``, the picture in words.

    Returns
    -------
    Chart
        From the first recorded year to the last one projected, years without a figure left open.
    """
    recorded = dict(map(tuple, chart["recorded"]))
    years = range(min(*recorded, *chart["years"]), max(chart["years"]) + 1)
    curves = {name: dict(zip(chart["years"], chart[name], strict=True)) for name in ("p10", "p50", "p90")}
    listed = (
        ("low", "p10", curves["p10"]),
        ("middle", names["middle"], curves["p50"]),
        ("high", names["band"], curves["p90"]),
        ("recorded", names["recorded"], recorded),
    )
    series = tuple(Series(part, name, tuple(values.get(year) for year in years)) for part, name, values in listed)
    return Chart("fan", "", chart["unit"], tuple(map(str, years)), series, names["alt"])


def _drawing(link: str, number: int, says: str, size: tuple[int, int]) -> Any:
    space = nsdecls("w", "wp", "a", "r") + ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    drawing = parse_xml(
        f'<w:drawing {space}><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{size[0] * EMU}" cy="{size[1] * EMU}"/><wp:docPr id="{number}" name="chart {number}"/>'
        "<wp:cNvGraphicFramePr/>"
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{link}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    drawing.find(".//{*}docPr").set("descr", says)
    return drawing


def _chart_of(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return archive.read("xl/charts/chart1.xml").decode()
