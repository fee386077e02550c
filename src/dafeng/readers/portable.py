"""PDF files with a text layer: printed pages as paragraphs and tables.

Invariant: what stands on the pages is read in reading order, or a finding names the page on which it was not.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from dafeng.core.documents import Document
from dafeng.core.errors import FileRefused
from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label
from dafeng.readers.blocks import Block, compose, damaged, finding, refuse
from dafeng.readers.columns import ColumnLine, order_lines
from dafeng.readers.flow import CONTENTS, Printed, find_typesetting, join_lines, say_paragraph
from dafeng.readers.grids import find_grids
from dafeng.readers.lines import Line, gather_lines, make_run
from dafeng.readers.margins import find_margins
from dafeng.readers.tabulation import Table, align_fields, join_tables, say_table, table_line, take_cells

MOST_PAGES = 2000
"""Most pages of a PDF. [pages]"""
SECONDS = 60
"""Most processor time that opening a PDF may take. [s]"""
PATIENCE = 90
"""Longest time that it may take. [s]"""
SCANNED_SHARE = 0.4
"""Least share of a page that a picture covers when it is a scan. [0..1]"""
FEWEST_CHARACTERS = 20
"""Fewest characters of a page with a text layer: a scan may have a stamp or a page number. [characters]"""
FEWEST_LINES = 5
"""Fewest lines of a page that show where its left edge is."""
MOST_SHAPES = 100
"""Shapes of a page without text above which its characters are drawn. [shapes]"""
ASKEW_SHARE = 0.3
"""Share of a page's characters that run askew above which it is doubted. [0..1]"""
EXHAUSTED = (-6, -9, -24)
"""Exits of a program that ran out of memory or time: SIGABRT, SIGKILL, SIGXCPU."""
MANUAL = Label(
    "先做文字识别（OCR），或向发文单位索取有文字层的文件", "recognise its text first (OCR), or ask for a file with a text layer"
)
COMPARE = Label("核对原文", "compare with the original")


@dataclass(frozen=True, slots=True)
class _Page:
    """A page after its tables and margins were taken out."""

    number: int
    lines: tuple[Line, ...]
    tables: tuple[Table, ...]
    stands: tuple[Line, ...]


def is_portable(data: bytes) -> bool:
    """Whether a file is a PDF.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    bool
        True where its mark stands at, or soon after, the beginning.
    """
    return data.startswith(b"%PDF-") or (b"%PDF-" in data[:1024] and b"%%EOF" in data[-1024:])


def read_portable(data: bytes, name: str) -> tuple[Document, tuple[Finding, ...]]:
    """Read a PDF.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, for messages.

    Returns
    -------
    Document, tuple of Finding
        The document; pages that hold pictures of text only are told.

    Raises
    ------
    FileRefused
        If it is protected, damaged, or takes more pages, time or memory than is given.
    """
    found = _extract(data, name)
    pages, left_out = _pages(found)
    parts = [part for page in pages for part in _parts(page)]
    blocks = [*_blocks(_with_edges(parts))]
    kept = [block for block in blocks if block.cell is not None or not CONTENTS.fullmatch(block.text)]
    told = [*_doubts(found, data, name), *_left_out(left_out, len(blocks) - len(kept), found, name)]
    return compose(data, name, kept, "pdf", told)


def _extract(data: bytes, name: str) -> list[dict[str, Any]]:
    """Let the PDF library open the file in a process of its own: a damaged file may end that process."""
    program = [sys.executable, "-I", str(Path(__file__).with_name("glyphs.py")), str(MOST_PAGES), str(SECONDS)]
    try:
        ended = subprocess.run(program, input=data, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as cause:
        raise _refusal(name, {"refused": "time"}) from cause
    if ended.returncode in EXHAUSTED:
        raise _refusal(name, {"refused": "time"})
    if ended.returncode != 0:
        raise _refusal(name, {"refused": f"exit {ended.returncode}"})
    answer = json.loads(ended.stdout)
    if "refused" in answer:
        raise _refusal(name, answer)
    return list(answer["pages"])


def _refusal(name: str, answer: dict[str, Any]) -> FileRefused:
    cause = answer["refused"]
    if cause == "password":
        return refuse(
            name,
            Label("文件有打开密码", "the file is protected with a password"),
            expected=Label("没有打开密码的 pdf", "a pdf without a password"),
            remedy=Label("去掉打开密码后再读", "remove the password and read it again"),
        )
    if cause == "pages":
        return _too_much(name, Label(f"文件有 {answer['count']} 页", f"the file has {answer['count']} pages"))
    if cause in ("characters", "time", "MemoryError"):
        return _too_much(name, Label("读取所需的时间或内存过多", "reading it takes too much time or memory"))
    return damaged(name, cause)


def _too_much(name: str, says: Label) -> FileRefused:
    return refuse(
        name,
        says,
        expected=Label(f"不超过 {MOST_PAGES} 页的文件", f"a file of at most {MOST_PAGES} pages"),
        remedy=Label("拆分后再读", "split it and read the parts"),
    )


def _pages(found: Sequence[dict[str, Any]]) -> tuple[list[_Page], list[str]]:
    """Pages without what is printed on each of them, and the texts of that."""
    pages: list[_Page] = []
    for number, one in enumerate(found, 1):
        runs = [make_run(*run) for run in one.get("runs", ())]
        grids = find_grids(tuple(rule) for rule in one.get("rules", ()))
        outside, tables = take_cells(runs, grids, number)
        filled = [(table, table_line(grid)) for table, grid in zip(tables, grids, strict=True) if table.entries]
        lines = tuple(gather_lines(outside))
        pages.append(_Page(number, lines, tuple(table for table, _ in filled), tuple(line for _, line in filled)))
    margins = find_margins([(one.get("size", (0, 0))[1], page.lines) for one, page in zip(found, pages, strict=True)])
    told = [pages[page].lines[at].text for page, at in sorted(margins)]
    return [_without(page, number, margins) for number, page in enumerate(pages)], told


def _without(page: _Page, number: int, margins: frozenset[tuple[int, int]]) -> _Page:
    lines = tuple(line for at, line in enumerate(page.lines) if (number, at) not in margins)
    return _Page(page.number, lines, page.tables, page.stands)


def _parts(page: _Page) -> Iterator[tuple[int, ColumnLine | Table]]:
    """Lines in their columns, and tables, in reading order, with the page."""
    held = {id(line): table for line, table in zip(page.stands, page.tables, strict=True)}
    together = sorted((*page.lines, *page.stands), key=lambda line: line.base)
    for placed in order_lines(together):
        yield page.number, held.get(id(placed.line), placed)


def _with_edges(parts: Sequence[tuple[int, ColumnLine | Table]]) -> list[Printed | Table]:
    """Lines with the edges of their column, which are learnt from all lines of the page and the document."""
    columns: dict[tuple[int, int], list[Line]] = {}
    for page, part in parts:
        if isinstance(part, ColumnLine):
            columns.setdefault((page, part.column), []).append(part.line)
    lefts = _lefts(columns)
    widths: dict[int, list[float]] = {}
    for key, lines in columns.items():
        widths.setdefault(key[1], []).append(max(line.right for line in lines) - lefts[key])
    usual = {column: sorted(all_widths)[len(all_widths) * 3 // 4] for column, all_widths in widths.items()}
    return [
        part
        if isinstance(part, Table)
        else Printed(part.line, page, part.column, lefts[page, part.column], lefts[page, part.column] + usual[part.column])
        for page, part in parts
    ]


def _lefts(columns: Mapping[tuple[int, int], Sequence[Line]]) -> dict[tuple[int, int], float]:
    """Left edges of the columns of each page; a page of few lines has those of the others. [points]"""
    own = {key: _shared_left(lines) for key, lines in columns.items()}
    weight: dict[int, Counter[int]] = {}
    for key, lines in columns.items():
        weight.setdefault(key[1], Counter())[round(own[key] / 2)] += len(lines)
    usual = {column: counts.most_common(1)[0][0] * 2.0 for column, counts in weight.items()}
    return {key: own[key] if len(lines) >= FEWEST_LINES else min(usual[key[1]], own[key]) for key, lines in columns.items()}


def _shared_left(lines: Sequence[Line]) -> float:
    """Where the leftmost two lines that agree begin. [points]"""
    ranked = sorted(line.left for line in lines)
    return next((first for first, second in pairwise(ranked) if second - first < 2.0), ranked[0])


def _blocks(parts: Sequence[Printed | Table]) -> Iterator[Block]:
    lines = [part for part in parts if isinstance(part, Printed)]
    typesetting = find_typesetting(lines)
    aligned = [
        part
        for is_table, group in groupby(parts, key=lambda part: isinstance(part, Table))
        for part in (group if is_table else align_fields([one for one in group if isinstance(one, Printed)]))
    ]
    number = 0
    for is_table, group in groupby(join_tables(aligned), key=lambda part: isinstance(part, Table)):
        if not is_table:
            for paragraph in join_lines([one for one in group if isinstance(one, Printed)], typesetting):
                yield Block(say_paragraph(paragraph), page=paragraph[0].page)
            continue
        for table in group:
            if isinstance(table, Table):
                yield from say_table(table, number)
                number += 1


def _doubts(found: Sequence[dict[str, Any]], data: bytes, name: str) -> Iterator[Finding]:
    """Pages that were not, or may not have been, read."""
    yield from _named(
        [at for at, page in enumerate(found, 1) if _is_scanned(page)], "document.scanned", name, "error",
        Label("是图片，没有文字层，未读", "hold pictures instead of text and were not read"), MANUAL,
    )  # fmt: skip
    yield from _named(
        [at for at, page in enumerate(found, 1) if page.get("broken")], "document.damaged", name, "error",
        Label("已损坏，未读", "are damaged and were not read"), COMPARE,
    )  # fmt: skip
    yield from _named(
        [at for at, page in enumerate(found, 1) if page.get("unmapped")], "document.unmapped", name, "warning",
        Label("有的字不知道是哪个字，以“�”代替", "hold characters without a meaning, which stand as '�'"), MANUAL,
    )  # fmt: skip
    yield from _named(
        [at for at, page in enumerate(found, 1) if _is_turned(page)], "document.turned", name, "warning",
        Label("有的文字斜排或转向，未读", "hold turned text that was not read"), COMPARE,
    )  # fmt: skip
    if b"%%EOF" not in data[-2048:]:
        says = Label("文件结尾缺失，可能不完整", "the end of the file is missing: it may be incomplete")
        yield finding("document.cut", name, "warning", says, remedy=COMPARE)


def _named(pages: Sequence[int], rule: str, name: str, severity: Severity, says: Label, remedy: Label) -> Iterator[Finding]:
    if pages:
        listed = _say_pages(pages)
        yield finding(
            rule, f"{name}:p{listed}", severity, Label(f"第 {listed} 页{says.zh}", f"pages {listed} {says.en}"), remedy=remedy
        )


def _say_pages(pages: Sequence[int]) -> str:
    """Numbers as ranges: 1-3, 7."""
    groups = groupby(enumerate(pages), key=lambda pair: pair[1] - pair[0])
    ranges = [[page for _, page in group] for _, group in groups]
    return ", ".join(str(one[0]) if len(one) == 1 else f"{one[0]}-{one[-1]}" for one in ranges)


def _characters(page: dict[str, Any]) -> int:
    return sum(len(run[1]) for run in page.get("runs", ()))


def _is_scanned(page: dict[str, Any]) -> bool:
    count = _characters(page)
    pictured = page.get("pictures", 0) >= SCANNED_SHARE and count < FEWEST_CHARACTERS
    return bool(pictured or (count == 0 and page.get("shapes", 0) > MOST_SHAPES))


def _is_turned(page: dict[str, Any]) -> bool:
    return bool(page.get("askew", 0) > ASKEW_SHARE * (_characters(page) + 1))


def _left_out(margins: Sequence[str], contents: int, found: Sequence[dict[str, Any]], name: str) -> Iterator[Finding]:
    """What is printed but is no text of the document."""
    askew = sum(page.get("askew", 0) for page in found)
    shown = "；".join(dict.fromkeys(re.sub(r"\d+", "…", text)[:40] for text in margins[:200]))[:200]
    parts = [
        Label(f"页眉页脚 {len(margins)} 行（{shown}）", f"{len(margins)} lines of headers and footers ({shown})")
        if margins
        else None,
        Label(f"目录 {contents} 行", f"{contents} lines of a table of contents") if contents else None,
        Label(f"斜排文字 {askew} 字", f"{askew} characters that run askew") if askew else None,
    ]
    kept = [part for part in parts if part is not None]
    if kept:
        zh, en = "、".join(part.zh for part in kept), ", ".join(part.en for part in kept)
        says = Label(f"未读：{zh}", f"left out: {en}")
        yield finding("document.left_out", name, "info", says, remedy=Label("无须处理", "nothing to do"))
