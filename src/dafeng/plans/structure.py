"""Chapters, sections, items, boxes and appendices of a document.

Invariant: every paragraph belongs to exactly one part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dafeng.plans.bare import mark_bare, mark_decimals, mark_titles
from dafeng.plans.headings import (
    ARTICLE,
    ATTACHED,
    CHAPTER,
    ITEM,
    LONGEST_TITLE,
    MAJOR,
    MEASURE,
    MINOR,
    POINT,
    TEXT,
    VOLUME,
    Mark,
    is_project_list,
    read_mark,
)
from dafeng.plans.layout import lay_out
from dafeng.plans.lexicon import lexicon
from dafeng.plans.script import Script

LISTED = re.compile(r"[—–-]{1,2}|[•●◆■▪·]")
ANSWERABLE = re.compile(r"[（(【\[](?:责任|牵头|负责|配合|主要责任|具体责任|主办|完成时限)")
DATED = re.compile(r"(?:19|20)\d\d年|\d[%‰]|\d(?:\.\d+)?[十百千万亿]?(?:千瓦|吨|平方|公里|亩|辆|立方)")
"""What makes a first sentence one that is read: a year or a figure with a unit."""
HEADINGS = ("numbered", "styled", "bare")
BELOW = ("section", "item")
LAST_TITLE = 2
"""Line up to which a heading can be the title. [lines]"""
TITLE_LINES = 12
"""Lines among which the title is looked for. [lines]"""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document.

    Parameters
    ----------
    level : str
        ``title``, ``chapter``, ``section``, ``item``, ``measure``, ``box``, ``appendix``, ``note``, ``footer``, ``project``;
        ``table`` and ``row`` for tables.
    number : str
        Number as printed.
    title : str
        Heading up to the first full stop.
    scripts : tuple of Script
        Cleaned paragraphs of the part itself, heading first.
    body : int
        Position in the first of them where the text behind the title begins. [characters]
    chapter, section : str
        Headings above it: the highest, and the nearest below that one.
    leaf : bool
        Whether no numbered part stands below it.
    parent : int
        Position of the part it stands in, -1 for none.
    sentence : str
        First sentence, where the title is only its beginning.
    due : int or None
        Year in a column of time limits, for a row.
    """

    level: str
    number: str
    title: str
    scripts: tuple[Script, ...]
    body: int
    chapter: str
    section: str
    leaf: bool = True
    parent: int = -1
    sentence: str = ""
    due: int | None = None

    @property
    def heading(self) -> str:
        """Number and title as printed."""
        return self.number + self.title


def outline(
    scripts: Sequence[Script], *, levels: Mapping[int, int] | None = None, loose: frozenset[int] = frozenset()
) -> tuple[Part, ...]:
    """Parts of a document.

    Parameters
    ----------
    scripts : sequence of Script
        Cleaned paragraphs.
    levels : mapping of int to int, optional
        Heading level of the paragraphs that have a heading style. [1]
    loose : frozenset of int
        Numbers of paragraphs that begin no part whatever they look like: cells of a table.

    Returns
    -------
    tuple of Part
        In order; the first, of level ``title``, holds what stands before any heading.
    """
    lines = lay_out(scripts, levels or {})
    marks = _marks(lines, loose)
    draft = _Draft([_Node(TEXT, None, -1, "title")])
    for (script, _), mark, again in zip(lines, marks, _returning(marks), strict=True):
        draft.again = again
        _enter(draft, script, mark)
    _name_levels(draft.nodes)
    held = frozenset(node.parent for node in draft.nodes if node.level in ("section", "item", "project"))
    parts = [_part(draft.nodes, at, held) for at in range(len(draft.nodes))]
    parts[0] = replace(parts[0], title=_title([script.text for script, _ in lines], marks), leaf=False)
    return tuple(parts)


def is_listed(text: str) -> bool:
    """Whether a paragraph is a point of a list.

    Parameters
    ----------
    text : str
        Cleaned paragraph.

    Returns
    -------
    bool
        True where it begins with a dash or a bullet.
    """
    return LISTED.match(text) is not None


@dataclass(slots=True)
class _Node:
    """A part in the making."""

    mark: Mark
    first: Script | None
    parent: int
    level: str = ""
    scripts: list[Script] = field(default_factory=list)
    tree: int = 0


@dataclass(slots=True)
class _Draft:
    """The outline in the making: where the next line belongs."""

    nodes: list[_Node]
    open: list[int] = field(default_factory=list)
    at: int = 0
    inner: Mark = TEXT
    tree: int = 0
    root: int = 0
    again: bool = False


def _marks(lines: Sequence[tuple[Script, int]], loose: frozenset[int]) -> list[Mark]:
    texts = [script.text for script, _ in lines]
    free = [script.paragraph in loose for script, _ in lines]
    marks = [_mark(text, level, at_loose) for text, (_, level), at_loose in zip(texts, lines, free, strict=True)]
    marks = mark_titles(texts, mark_decimals(texts, marks))
    return mark_bare(texts, _rank_styled(marks, [level for _, level in lines]), free)


def _returning(marks: Sequence[Mark]) -> list[bool]:
    """For each number, whether it comes once more before a higher one begins."""
    later: dict[float, set[int]] = {}
    found: list[bool] = []
    for mark in reversed(marks):
        if mark.kind != "numbered":
            found.append(False)
            continue
        found.append(mark.value in later.get(mark.rank, ()))
        later.setdefault(mark.rank, set()).add(mark.value)
        for rank in [one for one in later if one > mark.rank]:
            del later[rank]
    return found[::-1]


def _mark(text: str, level: int, loose: bool) -> Mark:
    mark = read_mark(text)
    if loose or (mark.kind == "numbered" and mark.end >= len(text)):
        return TEXT
    styled = level and mark.kind == "text" and len(text) <= LONGEST_TITLE and not text.endswith(("。", "；"))
    return Mark("styled", float(level)) if styled else mark


def _rank_styled(marks: list[Mark], levels: Sequence[int]) -> list[Mark]:
    """Ranks of headings by style: that of the numbers of the same style, else above all numbers."""
    known: dict[int, float] = {}
    for mark, level in zip(marks, levels, strict=True):
        if level and mark.kind == "numbered":
            known[level] = min(mark.rank, known.get(level, mark.rank))
    return [
        replace(mark, rank=_rank_of(int(mark.rank), known)) if mark.kind == "styled" else mark for mark in _without_title(marks)
    ]


def _rank_of(level: int, known: Mapping[int, float]) -> float:
    if level in known:
        return known[level]
    higher = [one for one in known if one < level]
    lower = [one for one in known if one > level]
    if higher:
        return known[max(higher)] + 0.05 * (level - max(higher))
    return known[min(lower)] - 0.05 * (min(lower) - level) if lower else -1.0 + 0.05 * level


def _without_title(marks: list[Mark]) -> list[Mark]:
    """The title of the document is often a heading of the first level, the only one."""
    first = next((at for at, mark in enumerate(marks) if mark.kind in HEADINGS), None)
    if first is None or first > LAST_TITLE or marks[first].kind != "styled":
        return marks
    same = [mark for mark in marks if mark.kind == "styled" and mark.rank <= marks[first].rank]
    return [TEXT if at == first and len(same) == 1 else mark for at, mark in enumerate(marks)]


def _enter(draft: _Draft, script: Script, mark: Mark) -> None:
    """Put one line where it belongs."""
    holder = draft.nodes[draft.at]
    if holder.level in ("box", "note") and _stays(draft, holder, mark):
        holder.scripts.append(script)
    elif mark.kind in ("bare", "text") and _lacks_title(holder, script):
        _complete(holder, script)
    elif holder.level == mark.kind == "footer":
        holder.scripts.append(script)
    elif mark.kind in HEADINGS:
        _open_heading(draft, script, mark)
    elif mark.kind == "appendix" and ATTACHED.match(script.text):
        _open_aside(draft, script, Mark("note", end=mark.end))
    elif mark.kind in ("appendix", "footer"):
        _open_tree(draft, script, mark)
    elif mark.kind in ("box", "note"):
        _open_aside(draft, script, mark)
    else:
        _append(draft, script)


def _append(draft: _Draft, script: Script) -> None:
    """A line of text; behind a note it belongs to what stands around the note."""
    if draft.nodes[draft.at].level == "note":
        draft.at = draft.open[-1] if draft.open else draft.root
    draft.nodes[draft.at].scripts.append(script)


def _complete(holder: _Node, script: Script) -> None:
    """A lone 附件1 takes the short line below it as its title."""
    if holder.first is not None:
        first = holder.first
        holder.first = Script(first.text + script.text, first.origin + script.origin, first.paragraph, first.mended)
        holder.scripts[0] = holder.first


def _lacks_title(holder: _Node, script: Script) -> bool:
    alone = holder.level == "appendix" and holder.first is not None and holder.mark.end >= len(holder.first.text)
    return (
        alone
        and len(holder.scripts) == 1
        and len(script.text) <= LONGEST_TITLE
        and not script.text.endswith(("。", "：", "；"))
    )


def _stays(draft: _Draft, holder: _Node, mark: Mark) -> bool:
    """Whether a line still belongs to a box or note: text, and the numbers with which it began."""
    if holder.level == "note":
        inner = read_mark(holder.scripts[0].text[holder.mark.end :]) if draft.inner is TEXT else draft.inner
        goes_on = inner.kind == mark.kind == "numbered" and (mark.rank, mark.value) == (inner.rank, inner.value + 1)
        draft.inner = mark if goes_on else draft.inner
        return goes_on
    if mark.kind in ("text", "bare", "head"):
        return True
    if mark.kind != "numbered":
        return mark.kind == "note"
    begins = draft.inner is TEXT and len(holder.scripts) == 1 and mark.value == 1 and mark.rank >= MINOR
    goes_on = (mark.rank, mark.value) == (draft.inner.rank, draft.inner.value + 1) and not _continues(draft, mark)
    deeper = draft.inner is not TEXT and mark.rank > draft.inner.rank
    if begins or goes_on:
        draft.inner = mark
    return begins or goes_on or deeper or mark.rank >= MEASURE


def _continues(draft: _Draft, mark: Mark) -> bool:
    """Whether a number goes on with the parts around the box; not where the same number comes once more."""
    return not draft.again and any(
        (n.mark.rank, n.mark.value) == (mark.rank, mark.value - 1) for n in (draft.nodes[at] for at in draft.open)
    )


def _open_heading(draft: _Draft, script: Script, mark: Mark) -> None:
    while draft.open and draft.nodes[draft.open[-1]].mark.rank >= mark.rank:
        draft.open.pop()
    parent = draft.open[-1] if draft.open else draft.root
    if mark.kind == "numbered" and mark.rank >= MEASURE and not draft.open:
        _append(draft, script)
        return
    draft.nodes.append(_Node(mark, script, parent, scripts=[script], tree=draft.tree))
    draft.at = len(draft.nodes) - 1
    draft.open.append(draft.at)


def _open_aside(draft: _Draft, script: Script, mark: Mark) -> None:
    parent = draft.open[-1] if draft.open else draft.root
    draft.nodes.append(_Node(mark, script, parent, mark.kind, [script], draft.tree))
    draft.at, draft.inner = len(draft.nodes) - 1, TEXT


def _open_tree(draft: _Draft, script: Script, mark: Mark) -> None:
    draft.tree += 1
    draft.nodes.append(_Node(mark, script, -1, mark.kind, [script], draft.tree))
    draft.at = draft.root = len(draft.nodes) - 1
    draft.open = []


def _name_levels(nodes: list[_Node]) -> None:
    """Levels of the headings of each tree by their rank."""
    tops: dict[int, float] = {}
    decimal = {node.tree for node in nodes if ITEM < node.mark.rank < MEASURE and node.mark.kind == "numbered"}
    for node in nodes:
        if not node.level:
            tops[node.tree] = min(node.mark.rank, tops.get(node.tree, node.mark.rank))
    for node in nodes:
        if not node.level:
            node.level = _level(node, nodes[node.parent].level, tops[node.tree], node.tree in decimal)
    for node in nodes:
        if node.level in (*BELOW, "measure") and _in_projects(nodes, node):
            node.level = "project"


def _level(node: _Node, above: str, top: float, decimal: bool) -> str:
    rank, kind = node.mark.rank, node.mark.kind
    if kind == "numbered" and rank >= MEASURE:
        return "item" if above == "chapter" and rank < POINT else "measure"
    heads = kind == "styled" or (kind == "bare" and _is_chapter(node)) or rank in (VOLUME, CHAPTER, MAJOR)
    if rank == top and (heads or (decimal and rank == ITEM)):
        return "chapter"
    return "item" if rank == ARTICLE or rank > ITEM + 0.5 or (rank == ITEM and not decimal) else "section"


def _is_chapter(node: _Node) -> bool:
    return node.first is not None and node.first.text in lexicon().words["chapter_titles"]


def _in_projects(nodes: Sequence[_Node], node: _Node) -> bool:
    """Whether a heading above is that of a list of projects."""
    while node.parent >= 0:
        node = nodes[node.parent]
        if node.first is not None and is_project_list(node.first.text):
            return True
    return False


def _part(nodes: Sequence[_Node], at: int, held: frozenset[int]) -> Part:
    node = nodes[at]
    if node.first is None:
        return Part(node.level, "", "", tuple(node.scripts), 0, "", "", leaf=False)
    title, body = _split_title(node.first.text, node.mark)
    above = [
        (one.level, one.mark.number + _split_title(one.first.text, one.mark)[0]) for one in _above(nodes, node) if one.first
    ]
    chapter = next((heading for level, heading in above if level == "chapter"), "")
    section = next((heading for level, heading in reversed(above) if level == "section"), "")
    sentence = node.first.text[body:].partition("。")[0] if title and body == node.mark.end else ""
    leaf = at not in held
    return Part(node.level, node.mark.number, title, tuple(node.scripts), body, chapter, section, leaf, node.parent, sentence)


def _above(nodes: Sequence[_Node], node: _Node) -> list[_Node]:
    """Nodes above one, the highest first."""
    found: list[_Node] = []
    while node.parent >= 0:
        node = nodes[node.parent]
        found.append(node)
    return found[::-1]


def _split_title(text: str, mark: Mark) -> tuple[str, int]:
    """Title of a heading, and where the text behind it begins: a whole sentence is text as well."""
    if mark.kind in ("note", "footer"):
        return "", mark.end
    rest = text[mark.end :]
    stop = rest.find("。")
    cut = stop if stop >= 0 else len(rest)
    answer = ANSWERABLE.search(rest, 0, cut)
    if answer is not None:
        stop = cut = answer.start()
    if _is_sentence(rest, cut, ended=stop >= 0):
        return re.split("[，；：]", rest[:cut], maxsplit=1)[0][:LONGEST_TITLE].strip("，：；"), mark.end
    after = cut if answer is not None else min(cut + 1, len(rest))
    return rest[:cut].strip("，：；"), mark.end + after


def _is_sentence(rest: str, cut: int, *, ended: bool) -> bool:
    if not ended and (len(rest) > LONGEST_TITLE or rest.endswith(("；", "：", "，"))):
        return True
    return cut > LONGEST_TITLE or DATED.search(rest, 0, cut) is not None


def _title(texts: Sequence[str], marks: Sequence[Mark]) -> str:
    """First line that is no sentence, no number and nothing of the letterhead."""
    for at, (text, mark) in enumerate(zip(texts[:TITLE_LINES], marks, strict=False)):
        if mark.kind == "numbered":
            return ""
        if (
            mark.kind in ("head", "note", "footer")
            or text.endswith(("。", "；", "，", "：", "文件"))
            or len(text) > LONGEST_TITLE
        ):
            continue
        following = texts[at + 1] if at + 1 < len(texts) else ""
        return text + following if following.startswith(("关于", "印发")) and len(following) <= LONGEST_TITLE else text
    return ""
