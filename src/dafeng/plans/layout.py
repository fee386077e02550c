"""Lines of a plan made ready for its outline: contents left out, numbers joined with their titles, run-together items parted.

Invariant: no character is invented; every stretch keeps its positions in the document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dafeng.plans.headings import CHINESE, HASHES, ITEM, LONGEST_TITLE, MAJOR, MINOR, STYLES, ordinal, read_mark, split_script
from dafeng.plans.script import Script

CONTENTS = re.compile(r"目录|目次|本文目录|文章目录|内容目录")
PAGED = re.compile(r"(?:…+|\.{3,}|·{3,}|-{4,}|—{4,}|_{4,})[.…·\-—_]*(?:\d{1,4}|[（(-]\d{1,4}[-)）])?$")
NUMBER_ONLY = re.compile(
    r"第[一二三四五六七八九十百\d]{1,4}(?:编|篇|章|节|部分)|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,2}[.．、]"
)
INSIDE = tuple(
    (rank, re.compile(rf"(?<![{CHINESE}\d.]){pattern.pattern}")) for rank, pattern in STYLES if rank in (MAJOR, MINOR, ITEM)
)
LONGEST_CONTENTS = 300
"""Most lines of a table of contents. [lines]"""
OPENS, CLOSES = "。：", "。）"


def lay_out(scripts: Sequence[Script], levels: Mapping[int, int]) -> list[tuple[Script, int]]:
    """Lines in the form in which the outline reads them.

    Parameters
    ----------
    scripts : sequence of Script
        Cleaned paragraphs.
    levels : mapping of int to int
        Heading level of paragraphs that have a heading style. [1]

    Returns
    -------
    list of tuple of Script and int
        Lines with their heading level by style, 0 for none.
    """
    lines = [_without_hashes(script, levels.get(script.paragraph, 0)) for script in _without_contents(scripts)]
    return [(piece, level) for script, level in _with_titles(lines) for piece in _parted(script)]


def _without_contents(scripts: Sequence[Script]) -> Iterator[Script]:
    """Scripts that are no line of a table of contents."""
    times = Counter(_entry(script.text) for script in scripts if len(script.text) <= LONGEST_TITLE)
    inside = 0
    for script in scripts:
        if CONTENTS.fullmatch(script.text):
            inside = LONGEST_CONTENTS
            continue
        inside = inside - 1 if inside and _is_entry(script.text, times) else 0
        if not inside and not (PAGED.search(script.text[-40:]) and len(script.text) <= 2 * LONGEST_TITLE):
            yield script
        elif inside:
            times[_entry(script.text)] -= 1


def _is_entry(text: str, times: Mapping[str, int]) -> bool:
    """A line under “contents”: short, and it comes back as a heading or ends with a page."""
    entry = _entry(text)
    return len(text) <= LONGEST_TITLE and not text.endswith(("。", "；")) and (times[entry] > 1 or entry != text)


def _entry(text: str) -> str:
    return re.sub(r"[.…·—_\-]*[（(]?\d{1,3}[）)]?$", "", text) or text


def _without_hashes(script: Script, level: int) -> tuple[Script, int]:
    """A line without the marks of Markdown: # before a heading, ** around it."""
    found = HASHES.match(script.text)
    start = found.end() if found and found.end() < len(script.text) else 0
    stop = len(script.text)
    if script.text.startswith("**", start) and script.text.endswith("**") and stop - start > 4:
        start, stop = start + 2, stop - 2
    if (start, stop) == (0, len(script.text)):
        return script, level
    kept = Script(script.text[start:stop], script.origin[start:stop], script.paragraph, script.mended)
    return kept, len(found["hashes"]) if found else level


def _with_titles(lines: Iterable[tuple[Script, int]]) -> Iterator[tuple[Script, int]]:
    """Lines with a number that stands alone joined to the title in the next line."""
    held: tuple[Script, int] | None = None
    for script, level in lines:
        if held is not None and read_mark(script.text).kind == "text":
            yield _joined(held[0], script), held[1] or level
            held = None
            continue
        if held is not None:
            yield held
        alone = NUMBER_ONLY.fullmatch(script.text) is not None
        held = (script, level) if alone else None
        if not alone:
            yield script, level
    if held is not None:
        yield held


def _joined(number: Script, title: Script) -> Script:
    return Script(number.text + title.text, number.origin + title.origin, number.paragraph, number.mended or title.mended)


def _parted(script: Script) -> list[Script]:
    """A paragraph whose items run together, item by item."""
    starts: set[int] = set()
    for rank, pattern in INSIDE:
        starts |= _starts(script, rank, pattern)
    return split_script(script, sorted(starts)) if starts else [script]


def _starts(script: Script, rank: float, pattern: re.Pattern[str]) -> set[int]:
    """Where items of one style begin inside a paragraph: only a sequence 1, 2 … is one."""
    own = read_mark(script.text)
    last = own.value if own.kind == "numbered" and own.rank == rank else 0
    runs: list[list[int]] = [[-1] if last else []]
    for found in pattern.finditer(script.text, 1):
        value = ordinal(found["value"])
        if not _may_begin(script, found.start(), value) or value not in (1, last + 1):
            continue
        if value == 1:
            runs.append([])
        runs[-1].append(found.start())
        last = value
    return {start for run in runs if len(run) > 1 for start in run if start >= 0}


def _may_begin(script: Script, start: int, value: int) -> bool:
    """Items follow a full stop, a bracket or a blank; the first may follow a colon."""
    before = script.text[start - 1]
    blank = script.origin[start] - script.origin[start - 1] > 1
    return before in (OPENS if value == 1 else CLOSES) or (blank and before not in "，、；")
