"""Charts as a spreadsheet draws them: the figures in cells, the picture made of the cells.

Invariant: a chart is drawn from the cells that hold its figures, so that the two cannot differ.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import xlsxwriter

from dafeng.reports.blocks import Chart, Series
from dafeng.reports.office import BORN
from dafeng.reports.workbook import STRICT, neutralise

DEEP, PALE, GREY = "#0B4F4A", "#BCD2CF", "#5C6B69"
TONES = ("#0B4F4A", "#56B4E9", "#E69F00", "#CC79A7", "#009E73", "#D55E00", "#8C6D31", "#999999")
"""Colours of several series, told apart also by those who see few colours."""
VERDICTS: Mapping[str, str] = {
    "met": "#0B4F4A",
    "on_course": "#5FA8A0",
    "behind": "#E69F00",
    "off_course": "#B3261E",
    "not_due": "#C9D3D1",
    "not_measurable": "#8A9896",
}
"""Colours of verdicts."""
CALM: Mapping[str, Any] = {"size": 8, "color": GREY}
SPARSE = 12
"""Most labels along an axis before some are left out."""


def colour(series: Series, at: int) -> str:
    """Colour of a series.

    Parameters
    ----------
    series : Series
        The series.
    at : int
        Its place among the others.

    Returns
    -------
    str
        ``#rrggbb``.
    """
    return VERDICTS.get(series.id, TONES[at % len(TONES)])


def write_book(chart: Chart) -> bytes:
    """A workbook of one sheet with a chart.

    Parameters
    ----------
    chart : Chart
        The chart.

    Returns
    -------
    bytes
        The file.
    """
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {**STRICT, "in_memory": True}) as book:
        book.set_properties({"created": BORN})
        sheet = book.add_worksheet("data")
        sheet.insert_chart("G2", put_chart(book, sheet, chart))
    return made.getvalue()


def put_chart(book: Any, sheet: Any, chart: Chart, *, top: int = 0) -> Any:
    """Write the figures of a chart into cells and draw it from them.

    Parameters
    ----------
    book, sheet : xlsxwriter Workbook and Worksheet
        Where its figures shall stand.
    chart : Chart
        The chart.
    top : int
        Row of the headings, counted from zero; a row for each label follows.

    Returns
    -------
    xlsxwriter Chart
        Not yet inserted.
    """
    columns = _columns(chart)
    for row, label in enumerate(chart.labels, top + 1):
        sheet.write_string(row, 0, neutralise(label))
    for column, series in enumerate(columns, 1):
        sheet.write_string(top, column, neutralise(series.name))
        for row, value in enumerate(series.values, top + 1):
            if value is not None:
                sheet.write_number(row, column, value)
    end = top + len(chart.labels)
    ranges = [
        {
            "name": [sheet.name, top, at],
            "categories": [sheet.name, top + 1, 0, end, 0],
            "values": [sheet.name, top + 1, at, end, at],
        }
        for at in range(1, len(columns) + 1)
    ]
    drawn = _DRAWN[chart.kind](book, columns, ranges)
    _settle(drawn, chart)
    return drawn


def _columns(chart: Chart) -> list[Series]:
    """What stands in the cells: a band by its lower end and its width, everything else as it is."""
    if chart.kind != "fan":
        return list(chart.series)
    named = {one.id: one for one in chart.series}
    pairs = zip(named["low"].values, named["high"].values, strict=True)
    width = tuple(None if low is None or high is None else high - low for low, high in pairs)
    recorded = list(_stretches(named["recorded"])) if "recorded" in named else []
    return [named["low"], Series("width", named["high"].name, width), named["middle"], *recorded]


def _stretches(series: Series) -> Iterator[Series]:
    """A series in pieces without gaps, so that no line is drawn across a year that nobody recorded."""
    kept: list[float | None] = [None] * len(series.values)
    for at, value in enumerate((*series.values, None)):
        if value is None:
            if any(one is not None for one in kept):
                yield Series(series.id, series.name, tuple(kept))
            kept = [None] * len(series.values)
        else:
            kept[at] = value


def _draw_fan(book: Any, columns: Sequence[Series], ranges: Sequence[Mapping[str, Any]]) -> Any:
    area, lines = book.add_chart({"type": "area", "subtype": "stacked"}), book.add_chart({"type": "line"})
    area.add_series({**ranges[0], "fill": {"none": True}, "border": {"none": True}})
    area.add_series({**ranges[1], "fill": {"color": PALE}, "border": {"none": True}})
    lines.add_series({**ranges[2], "line": {"color": DEEP, "width": 2}})
    marker = {"type": "circle", "size": 4, "fill": {"color": GREY}, "border": {"color": GREY}}
    for one in ranges[3 : len(columns)]:
        lines.add_series({**one, "line": {"color": GREY, "width": 1}, "marker": marker})
    area.combine(lines)
    area.set_legend({"position": "top", "font": CALM, "delete_series": [0, *range(4, len(columns))]})
    area.show_blanks_as("gap")
    return area


def _draw_columns(book: Any, columns: Sequence[Series], ranges: Sequence[Mapping[str, Any]]) -> Any:
    drawn = book.add_chart({"type": "column"})
    for at, (series, one) in enumerate(zip(columns, ranges, strict=True)):
        drawn.add_series({**one, "fill": {"color": colour(series, at)}, "gap": 60, "overlap": 0})
    drawn.set_legend({"position": "top", "font": CALM} if len(columns) > 1 else {"none": True})
    return drawn


def _draw_bars(book: Any, columns: Sequence[Series], ranges: Sequence[Mapping[str, Any]]) -> Any:
    drawn = book.add_chart({"type": "bar", "subtype": "stacked"})
    for at, (series, one) in enumerate(zip(columns, ranges, strict=True)):
        drawn.add_series({**one, "fill": {"color": colour(series, at)}, "gap": 40})
    drawn.set_legend({"position": "top", "font": CALM} if len(columns) > 1 else {"none": True})
    return drawn


def _draw_stack(book: Any, columns: Sequence[Series], ranges: Sequence[Mapping[str, Any]]) -> Any:
    drawn, line = book.add_chart({"type": "column", "subtype": "stacked"}), book.add_chart({"type": "line"})
    for at, (series, one) in enumerate(zip(columns, ranges, strict=True)):
        if series.id == "line":
            line.add_series({**one, "line": {"color": "#1C2524", "width": 1.25}})
        else:
            drawn.add_series({**one, "fill": {"color": colour(series, at)}, "border": {"none": True}, "gap": 0})
    if any(series.id == "line" for series in columns):
        drawn.combine(line)
    drawn.set_legend({"position": "top", "font": CALM})
    return drawn


def _settle(drawn: Any, chart: Chart) -> None:
    """Axes that are the same in every chart."""
    every = max(1, -(-len(chart.labels) // SPARSE)) if chart.kind != "bars" else 1
    drawn.set_x_axis(
        {
            "interval_unit": every,
            "interval_tick": every,
            "num_font": CALM,
            "line": {"color": GREY},
            "label_position": "low",
            "reverse": chart.kind == "bars",
        }
    )
    drawn.set_y_axis(
        {
            "name": chart.unit,
            "name_font": CALM,
            "num_font": CALM,
            "label_position": "high" if chart.kind == "bars" else "next_to",
            "major_gridlines": {"visible": True, "line": {"color": "#D5DFDD"}},
        }
    )
    drawn.set_chartarea({"border": {"none": True}})


_DRAWN: Mapping[str, Any] = {"fan": _draw_fan, "columns": _draw_columns, "bars": _draw_bars, "stack": _draw_stack}
