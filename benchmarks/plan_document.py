"""Plan documents: a printed plan of a hundred pages as paragraphs and cells, and as targets; and one of a thousand pages.

The peer is what one takes to read text and tables out of a PDF in Python: pdfplumber with its default settings. The invented
plan has headers, page numbers, hard line ends and a drawn table on every fifth page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Peer, case
from tests.readers.printing import Sheet, print_pdf

PAGES = 100
TEXT = (
    "　　{0}.推进第{0}批清洁能源项目。到2030年，全市海上风电装机容量达到{0}万千瓦，非化石能源消费比重达到28%左右，"
    "单位地区生产总值能源消耗比2020年下降13%，新建建筑全面执行绿色建筑标准，森林覆盖率保持稳定。（责任单位：市发展改革委、市生态环境局，各区市政府）"
)
WIDTH, PITCH, SIZE = 30, 26, 14
BASE_LINES = 25


def wrap(text: str) -> Iterator[str]:
    """Cut a text into lines of thirty full widths."""
    line, width = "", 0.0
    for mark in text:
        width += 0.5 if mark.isascii() else 1.0
        if width > WIDTH:
            yield line
            line, width = "", 0.5 if mark.isascii() else 1.0
        line += mark
    yield line


def print_page(number: int, lines: list[str]) -> Sheet:
    """Print lines between header and page number, and a table on every fifth page."""
    sheet = Sheet().write(250, 40, "云汀市人民政府文件", 9).write(290, 815, f"— {number} —", 9)
    for at, line in enumerate(lines):
        sheet.write(87.5 + 2 * SIZE * line.startswith("　　"), 80 + PITCH * at, line.lstrip("　"), SIZE)
    if number % 5 == 0:
        sheet.grid([90, 200, 300, 400, 500], [735, 755, 775, 795])
        for row in range(3):
            for column in range(4):
                sheet.write(95 + 105 * column, 749 + 20 * row, f"格{number}·{row}{column}", 10)
    return sheet


def write_plan(folder: Path, pages: int) -> None:
    """Write a plan of so many pages."""
    lines = [line for number in range(1, pages * 5) for line in wrap(TEXT.format(number))][: pages * BASE_LINES]
    sheets = [print_page(at + 1, lines[at * BASE_LINES : (at + 1) * BASE_LINES]) for at in range(pages)]
    (folder / "plan.pdf").write_bytes(print_pdf(*sheets))


def write_hundred(folder: Path) -> None:
    """Write a plan of a hundred pages."""
    write_plan(folder, PAGES)


def write_thousand(folder: Path) -> None:
    """Write a plan of a thousand pages."""
    write_plan(folder, 10 * PAGES)


def by_pdfplumber(folder: Path) -> dict[str, int]:
    """Read text and tables with pdfplumber."""
    import pdfplumber

    dates = cells = 0
    with pdfplumber.open(folder / "plan.pdf") as document:
        for page in document.pages:
            dates += page.extract_text().count("万千瓦")
            cells += sum(len(row) for table in page.extract_tables() for row in table)
            page.close()
    return {"figures": dates, "cells": cells}


def read_pages(folder: Path) -> dict[str, int]:
    """Read the document."""
    from dafeng.readers.documents import read_document

    document, _ = read_document(folder / "plan.pdf")
    return {"figures": document.text.count("万千瓦"), "cells": sum(one.cell is not None for one in document.paragraphs)}


@case(
    prepare=write_hundred,
    peer=Peer(by_pdfplumber, "pdfplumber 0.11.10", "extract_text and extract_tables, pages closed after use, 100 pages"),
)
def plan_pages(folder: Path) -> dict[str, int]:
    """Read a hundred printed pages as paragraphs and cells."""
    return read_pages(folder)


@case(prepare=write_thousand)
def plan_thousand(folder: Path) -> dict[str, int]:
    """Read a thousand printed pages as paragraphs and cells."""
    return read_pages(folder)


@case(prepare=write_hundred)
def plan_targets(folder: Path) -> int:
    """Read a hundred printed pages down to the number of their tasks."""
    import dafeng as df

    return len(df.read_plan(folder / "plan.pdf", place="990100").tasks)
