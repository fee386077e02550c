"""Paragraphs of a document as scripts: page marks left out, hard line ends mended, a limit kept.

Invariant: every character kept knows its place in the document; what is left out beyond the limit is told by a finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from dafeng.core.documents import Document, Paragraph
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.plans.headings import read_style
from dafeng.plans.script import Script, clean

LONGEST = 1_000_000
"""Most characters of a document that are read: about a thousand pages. [characters]"""
LONGEST_PARAGRAPH = 50_000
"""Most characters of one paragraph that are read. [characters]"""
MOST_PARAGRAPHS = 20_000
"""Most paragraphs of a document that are read. [paragraphs]"""
MOST_CUTS = 10
"""Most paragraphs that may be too long before reading ends. [paragraphs]"""
PAGE_MARK = re.compile(r"[-—–·\s]*\d{1,4}[-—–·\s]*|第\d{1,4}页(?:共\d{1,4}页)?|\d{1,4}/\d{1,4}")
NUMBERED = re.compile(
    r"[一二三四五六七八九十]+、|（[一二三四五六七八九十\d]+）|\d{1,3}[.．、](?!\d)|第[一二三四五六七八九十]+[章节条]|[—–]{1,2}|[•●◆■▪·①-⑳]"
)
ENDS = "。！？；：.!?;:”）》"
BEGINS = re.compile(r"#{1,6}|附(?:件|表|录)|专栏|注[：:]|抄送|[（(](?:责任|牵头|配合)")
HARD_ENDS = "。！？；!?;"
BROKEN = re.compile(r"[\dA-Za-z.]")
GOING_ON = re.compile(r"[\d%‰年月日万亿千]")
NEVER_FIRST = "，。；、）」”》%"
CHUNK = 80
"""Lines that are looked at together to find how wide they were set. [lines]"""
FEWEST_WRAPPED = 3
WRAPPED_SHARE = 0.5
NARROWEST, WIDEST = 14, 66
"""Widths between which lines can have been set by hand or by a page. [wide characters]"""
SLACK = 3
"""How much shorter a full line can be: marks are not set at its beginning. [wide characters]"""
LONGEST_HEADER = 40
"""Longest line at the head or foot of every page. [characters]"""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line and how it was set."""

    script: Script
    width: float
    indented: bool
    apart: bool


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
    """Lines but for the numbers of pages and what is printed on every page beside them."""
    marks = [PAGE_MARK.fullmatch(script.text) is not None for script in scripts]
    near: Counter[str] = Counter()
    for at, script in enumerate(scripts):
        edge = any(marks[max(at - 1, 0) : at + 2]) or _turns(document, scripts, at)
        if edge and len(script.text) <= LONGEST_HEADER and script.text[-1] not in HARD_ENDS:
            near[script.text] += 1
    return [script for script, mark in zip(scripts, marks, strict=True) if not mark and near[script.text] < FEWEST_WRAPPED]


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
    for first in range(0, len(lines), CHUNK):
        chunk = lines[first : first + CHUNK]
        width = _wrap_width(chunk)
        indents, gaps = _tells(chunk, [line.indented for line in chunk]), _tells(chunk, [line.apart for line in chunk])
        for at, line in enumerate(chunk, first):
            starts = line.indented if indents else gaps and line.apart
            if at and joined and not starts and _goes_on(lines[at - 1], line, width, told=indents or gaps):
                joined[-1].append(line.script)
            else:
                joined.append([line.script])
    return [_glued(pieces) for pieces in joined]


def _glued(pieces: Sequence[Script]) -> Script:
    if len(pieces) == 1:
        return pieces[0]
    text = "".join(piece.text for piece in pieces)
    origin = tuple(place for piece in pieces for place in piece.origin)
    return Script(text, origin, pieces[0].paragraph, any(piece.mended for piece in pieces))


def _tells(chunk: Sequence[_Line], flags: Sequence[bool]) -> bool:
    """Whether an indent or a blank line tells paragraphs apart: some lines have it, most have not."""
    return 0 < sum(flags) <= 0.6 * len(chunk)


def _wrap_width(chunk: Sequence[_Line]) -> float:
    """Width of the lines of a hard-wrapped text, 0 where lines are paragraphs. [wide characters]"""
    widths = [line.width for line in chunk if line.width and line.width <= WIDEST]
    broken = [line.width for line in chunk if line.script.text[-1] not in ENDS and NARROWEST <= line.width <= WIDEST]
    if len(broken) < FEWEST_WRAPPED:
        return 0.0
    width = max(Counter(round(one) for one in broken).items(), key=lambda one: (one[1], one[0]))[0]
    full = sum(abs(one - width) <= SLACK / 2 for one in broken)
    wider = sum(one > width + SLACK for one in widths)
    return float(width) if full >= max(FEWEST_WRAPPED, WRAPPED_SHARE * len(broken)) and wider <= len(widths) / 20 else 0.0


def _goes_on(last: _Line, line: _Line, width: float, *, told: bool) -> bool:
    """Whether a line goes on with the one before."""
    tail, head = last.script.text[-1], line.script.text[0]
    if head in NEVER_FIRST and last.width:
        return True
    if NUMBERED.match(line.script.text) or BEGINS.match(line.script.text) or tail in HARD_ENDS or not last.width:
        return False
    if BROKEN.fullmatch(tail) and GOING_ON.match(line.script.text) and last.width >= NARROWEST and not line.apart:
        return True
    full = width > 0 and width - SLACK <= last.width <= width + SLACK
    return (full and (tail not in ENDS or told)) or (width > 0 and tail in "，、")


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
