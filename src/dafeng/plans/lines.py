"""Paragraphs of a document as scripts: page marks left out, hard line ends mended, a limit kept.

Invariant: every character kept knows its place in the document; what is left out beyond the limit is told by a finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from dafeng.core.documents import Document, Paragraph
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.plans.headings import read_mark, read_style
from dafeng.plans.script import Script, clean
from dafeng.plans.wording import wording

LONGEST = 1_000_000
"""Most characters of a document that are read: about a thousand pages. [characters]"""
LONGEST_PARAGRAPH = 50_000
"""Most characters of one paragraph that are read. [characters]"""
MOST_PARAGRAPHS = 20_000
"""Most paragraphs of a document that are read. [paragraphs]"""
MOST_CUTS = 10
"""Most paragraphs that may be too long before reading ends. [paragraphs]"""
PAGE_MARK = re.compile(r"[-—–·\s]*\d{1,4}[-—–·\s]*|第\d{1,4}页(?:共\d{1,4}页)?|\d{1,4}/\d{1,4}")
ENDS = "。！？；：.!?;:”）》"
BEGINS = re.compile(r"#{1,6}|[（(](?:责任|牵头|配合)|[—–]{1,2}|[•●◆■▪·]")
HARD_ENDS = "。！？；!?;"
BROKEN = re.compile(r"[\dA-Za-z.]")
GOING_ON = re.compile(r"[\d%‰年月日万亿千]")
NEVER_FIRST = "，。；、）」”》%"
CHUNK = 80
"""Lines that are looked at together to find whether indents tell paragraphs apart. [lines]"""
AROUND = 12
"""Lines before and behind one by which its width is judged. [lines]"""
FEWEST_WRAPPED = 3
WRAPPED_SHARE = 0.4
NARROWEST, WIDEST = 14, 66
"""Widths between which lines can have been set by hand or by a page. [wide characters]"""
SLACK = 3
"""How much shorter a full line can be: marks are not set at its beginning. [wide characters]"""
MOST_TELLING = 0.6
"""Share of lines with an indent above which the indent tells nothing. [0..1]"""
SHORTEST_BROKEN = 10
"""Narrowest line whose last number can go on in the next. [wide characters]"""
LONGEST_HEADER = 40
"""Longest line at the head or foot of every page. [characters]"""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line and how it was set."""

    script: Script
    width: float
    indented: bool
    apart: bool


def read_lines(document: Document) -> tuple[tuple[Script, ...], tuple[Finding, ...]]:
    """Scripts of a document, the cells of its tables among them.

    Parameters
    ----------
    document : Document
        The document.

    Returns
    -------
    tuple of Script, tuple of Finding
        Cleaned paragraphs that hold something, and what was not read.
    """
    scripts, findings = clean_lines(document)
    return mend_lines(document, scripts), tuple(findings)


def clean_lines(document: Document) -> tuple[list[Script], list[Finding]]:
    """Cleaned paragraphs of a document.

    Parameters
    ----------
    document : Document
        The document.

    Returns
    -------
    list of Script, list of Finding
        All that hold something, in order, and what was not read.
    """
    kept, findings = _within_limit(document)
    scripts = [script for script in map(clean, kept) if script.text]
    if any(script.mended for script in scripts):
        findings.append(_mended(document, sum(script.mended for script in scripts)))
    return scripts, findings


def mend_lines(document: Document, scripts: Sequence[Script], *, left: Container[int] = frozenset()) -> tuple[Script, ...]:
    """Running text without marks of pages and with its hard line ends mended.

    Parameters
    ----------
    document : Document
        The document.
    scripts : sequence of Script
        Cleaned paragraphs of the running text.
    left : container of int
        Numbers of paragraphs between them that are read elsewhere; no line goes on over them.

    Returns
    -------
    tuple of Script
        Paragraphs.
    """
    kept = _without_pages(document, scripts)
    lines = [_line(document, before, script, left) for before, script in zip([None, *kept], kept, strict=False)]
    return tuple(_joined(lines))


def _within_limit(document: Document) -> tuple[list[Paragraph], list[Finding]]:
    total = 0
    kept: list[Paragraph] = []
    cut: list[Finding] = []
    for paragraph in document.paragraphs[:MOST_PARAGRAPHS]:
        size = min(paragraph.end - paragraph.start, LONGEST_PARAGRAPH, LONGEST - total)
        if size < paragraph.end - paragraph.start:
            stop = paragraph.start + size
            kept.append(replace(paragraph, end=stop, text=paragraph.text[:size]))
            cut.append(_too_long(document, stop, paragraph.end if size == LONGEST_PARAGRAPH else len(document.text)))
        else:
            kept.append(paragraph)
        total += size
        if total >= LONGEST or len(cut) >= MOST_CUTS:
            return kept, cut
    if len(document.paragraphs) > MOST_PARAGRAPHS:
        cut.append(_too_long(document, document.paragraphs[MOST_PARAGRAPHS].start, len(document.text)))
    return kept, cut


def _without_pages(document: Document, scripts: Sequence[Script]) -> list[Script]:
    """Lines but for the numbers of pages and what is printed on every page beside them, after its first time."""
    marks = [PAGE_MARK.fullmatch(script.text) is not None for script in scripts]
    near: Counter[str] = Counter()
    for at, script in enumerate(scripts):
        edge = any(marks[max(at - 1, 0) : at + 2]) or _turns(document, scripts, at)
        if edge and len(script.text) <= LONGEST_HEADER and script.text[-1] not in HARD_ENDS:
            near[script.text] += 1
    kept: list[Script] = []
    printed = {text for text, times in near.items() if times >= FEWEST_WRAPPED}
    shown: set[str] = set()
    for script, mark in zip(scripts, marks, strict=True):
        if not mark and not (script.text in printed and script.text in shown):
            kept.append(script)
        shown.add(script.text)
    return kept


def _turns(document: Document, scripts: Sequence[Script], at: int) -> bool:
    """Whether a page ends before or behind a line."""
    own = document.paragraphs[scripts[at].paragraph]
    before = document.text[max(own.start - 4, 0) : own.start]
    return "\f" in before or "\f" in document.text[own.end : own.end + 4]


def _line(document: Document, before: Script | None, script: Script, left: Container[int]) -> _Line:
    own = document.paragraphs[script.paragraph]
    text = own.text.strip()
    width = len(text) - len(text.encode("ascii", "ignore")) / 2
    indented = own.text.startswith(("\u3000", "  ", "\t"))
    if read_style(own.style) or own.cell is not None:
        return _Line(script, 0.0, indented, True)
    if before is None:
        return _Line(script, width, indented, True)
    gap = document.text[document.paragraphs[before.paragraph].end : own.start]
    next_to = before.paragraph + 1 == script.paragraph
    blank = next_to and gap.replace("\r\n", "\n").count("\n") > 1
    return _Line(script, width, indented, blank or (not next_to and before.paragraph + 1 in left))


def _joined(lines: Sequence[_Line]) -> list[Script]:
    joined: list[list[Script]] = []
    full = [_is_full(lines, at) for at in range(len(lines))]
    for first in range(0, len(lines), CHUNK):
        chunk = lines[first : first + CHUNK]
        indents, gaps = _tells(line.indented for line in chunk), _tells(line.apart for line in chunk)
        for at, line in enumerate(chunk, first):
            starts = line.indented if indents else gaps and line.apart
            near = any(full[max(at - 2, 0) : at])
            if at and not starts and _goes_on(lines[at - 1], line, full=full[at - 1], near=near, told=indents or gaps):
                joined[-1].append(line.script)
            else:
                joined.append([line.script])
    return [_glued(pieces) for pieces in joined]


def _is_full(lines: Sequence[_Line], at: int) -> bool:
    """Whether a line ends where the page ends: lines around it are as wide, and the next is not wider."""
    width = lines[at].width
    if not NARROWEST <= width <= WIDEST or (at + 1 < len(lines) and lines[at + 1].width > width + SLACK):
        return False
    around = [line.width for line in lines[max(at - AROUND, 0) : at + AROUND + 1] if _is_broken(line)]
    alike = sum(abs(one - width) <= SLACK for one in around)
    return alike >= max(FEWEST_WRAPPED, WRAPPED_SHARE * len(around))


def _is_broken(line: _Line) -> bool:
    return NARROWEST <= line.width <= WIDEST and line.script.text[-1] not in ENDS


def _glued(pieces: Sequence[Script]) -> Script:
    if len(pieces) == 1:
        return pieces[0]
    text = "".join(piece.text for piece in pieces)
    origin = tuple(place for piece in pieces for place in piece.origin)
    return Script(text, origin, pieces[0].paragraph, any(piece.mended for piece in pieces))


def _tells(flags: Iterable[bool]) -> bool:
    """Whether an indent or a blank line tells paragraphs apart: some lines have it, most have not."""
    told = list(flags)
    return 0 < sum(told) <= MOST_TELLING * len(told)


def _goes_on(last: _Line, line: _Line, *, full: bool, near: bool, told: bool) -> bool:
    """Whether a line goes on with the one before."""
    tail, head = last.script.text[-1], line.script.text[0]
    if head in NEVER_FIRST and last.width:
        return True
    if tail in HARD_ENDS or not last.width or BEGINS.match(line.script.text) or read_mark(line.script.text).kind != "text":
        return False
    if line.apart and wording().label.match(last.script.text):  # 责任部门：… has no full stop; a blank line ends it
        return False
    if BROKEN.fullmatch(tail) and GOING_ON.match(line.script.text) and last.width >= SHORTEST_BROKEN and not line.apart:
        return True
    return (full and (tail not in ENDS or told)) or (near and tail in "，、")


def _too_long(document: Document, start: int, end: int) -> Finding:
    return Finding(
        "plan.too_long",
        f"{document.name}:{start}-{end}",
        "error",
        Label(f"过长：第 {start} 至 {end} 个字符未读", f"too long: characters {start} to {end} were not read"),
        Label("拆分后再读", "split it and read the parts"),
    )


def _mended(document: Document, count: int) -> Finding:
    return Finding(
        "plan.lookalike",
        document.name,
        "warning",
        Label(
            f"{count} 个段落的数字中有字母 O 或 l，按 0 和 1 读",
            f"letters O or l inside numbers of {count} paragraphs were read as 0 and 1",
        ),
        Label("核对原文", "compare with the original"),
    )
