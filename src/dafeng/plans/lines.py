"""Paragraphs of a document as scripts: page marks left out, hard line ends mended, a limit kept.

Invariant: every character kept knows its place in the document; what is left out beyond the limit is told by a finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from dafeng.core.documents import Document, Paragraph
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.plans.script import Script, clean

LONGEST = 2_000_000
"""Most characters of a document that are read: about two thousand pages. [characters]"""
LONGEST_PARAGRAPH = 100_000
"""Most characters of one paragraph that are read. [characters]"""
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
    for paragraph in document.paragraphs:
        size = paragraph.end - paragraph.start
        if size > LONGEST_PARAGRAPH or total + size > LONGEST:
            return kept, [_too_long(document, paragraph)]
        total += size
        kept.append(paragraph)
    return kept, []


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


def _too_long(document: Document, paragraph: Paragraph) -> Finding:
    return Finding(
        "plan.too_long",
        f"{document.name}:{paragraph.start}",
        "error",
        Label(
            f"文件过长，自第 {paragraph.start} 个字符起未读",
            f"the document is too long: nothing was read from character {paragraph.start} on",
        ),
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
