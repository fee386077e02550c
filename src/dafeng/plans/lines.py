"""Paragraphs of a document as scripts: page marks left out, hard line ends mended, a limit kept.

Invariant: every character kept knows its place in the document; what is left out beyond the limit is told by a finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from dafeng.core.documents import Document, Paragraph
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
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
FEWEST_WRAPPED = 6
WRAPPED_SHARE = 0.5


def read_lines(document: Document) -> tuple[tuple[Script, ...], tuple[Finding, ...]]:
    """Scripts of a document.

    Parameters
    ----------
    document : Document
        The document.

    Returns
    -------
    tuple of Script, tuple of Finding
        Cleaned paragraphs that hold something, and what was not read.
    """
    kept, findings = _within_limit(document)
    scripts = [script for script in map(clean, kept) if script.text and not PAGE_MARK.fullmatch(script.text)]
    if any(script.mended for script in scripts):
        findings.append(_mended(document, sum(script.mended for script in scripts)))
    width = _wrap_width(scripts)
    return tuple(_joined(scripts, width) if width else scripts), tuple(findings)


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


def _wrap_width(scripts: Sequence[Script]) -> int:
    """Length of the lines of a hard-wrapped text, 0 where lines are paragraphs."""
    lengths = [len(script.text) for script in islice(scripts, 2000)]
    broken = [len(s.text) for s in islice(scripts, 2000) if s.text[-1] not in ENDS and len(s.text) >= 15]
    if len(broken) < FEWEST_WRAPPED or len(broken) < WRAPPED_SHARE * len(lengths) or max(lengths) > 90:
        return 0
    return sorted(broken)[len(broken) // 2]


def _joined(scripts: Sequence[Script], width: int) -> list[Script]:
    joined: list[Script] = []
    for script in scripts:
        last = joined[-1] if joined else None
        if last is not None and _goes_on(last, script, width):
            text, origin = last.text + script.text, last.origin + script.origin
            joined[-1] = Script(text, origin, last.paragraph, last.mended or script.mended)
        else:
            joined.append(script)
    return joined


def _goes_on(last: Script, script: Script, width: int) -> bool:
    tail = last.text[-1]
    length = len(last.text) % width if len(last.text) > width + 4 else len(last.text)
    full = length >= width - 4 or length <= 4
    return tail not in ENDS and full and not NUMBERED.match(script.text)


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
