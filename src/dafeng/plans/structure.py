"""Chapters, sections and items of a document, and the tasks among them.

Invariant: every paragraph belongs to at most one numbered part; a task is a part without numbered parts of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dafeng.plans.lexicon import lexicon
from dafeng.plans.script import Script

LONGEST_TITLE = 60
"""Longest line that can be a heading without a full stop. [characters]"""
CHINESE = "一二三四五六七八九十百"
LEVELS = (
    ("chapter", re.compile(rf"(?P<number>第[{CHINESE}\d]+[章编]|[{CHINESE}]+、|第[{CHINESE}]+部分)：?")),
    ("section", re.compile(rf"(?P<number>（[{CHINESE}]+）|第[{CHINESE}\d]+节)[、，]?")),
    ("item", re.compile(r"(?P<number>\d{1,3}(?:[.．](?!\d)|、|\)))")),
    ("measure", re.compile(r"(?P<number>（\d{1,2}）|[①-⑳]|\d{1,2}）)")),
)
LISTED = re.compile(r"[—–-]{1,2}|[•●◆■▪·]")


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part of a document.

    Parameters
    ----------
    level : str
        ``chapter``, ``section``, ``item`` or ``measure``.
    number : str
        Number as printed.
    title : str
        Heading up to the first full stop.
    scripts : tuple of Script
        Cleaned paragraphs of the part itself, heading first.
    body : int
        Position in the first of them where the text behind the title begins. [characters]
    chapter, section : str
        Headings above it.
    leaf : bool
        Whether no numbered part stands below it.
    """

    level: str
    number: str
    title: str
    scripts: tuple[Script, ...]
    body: int
    chapter: str
    section: str
    leaf: bool = True

    @property
    def heading(self) -> str:
        """Number and title as printed."""
        return self.number + self.title


def outline(scripts: Sequence[Script]) -> tuple[Part, ...]:
    """Parts of a document.

    Parameters
    ----------
    scripts : sequence of Script
        Cleaned paragraphs.

    Returns
    -------
    tuple of Part
        In order; the first, of level ``title``, holds what stands before any number.
    """
    parts: list[Part] = [Part("title", "", _title(scripts), (), 0, "", "", leaf=False)]
    held: list[list[Script]] = [[]]
    above = ("", "")
    for script in scripts:
        found = _begin(script.text, parts[-1].level)
        if found is None:
            held[-1].append(script)
            continue
        part = _place(found, script, above)
        above = (
            (part.heading, "") if part.level == "chapter" else (above[0], part.heading) if part.level == "section" else above
        )
        parts.append(part)
        held.append([script])
    filled = [replace(part, scripts=tuple(own)) for part, own in zip(parts, held, strict=True)]
    return tuple(_mark_leaves(filled))


def select_tasks(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Parts that are tasks.

    Parameters
    ----------
    parts : sequence of Part
        An outline.

    Returns
    -------
    tuple of Part
        Leaves below chapters that order something; chapters themselves are none.
    """
    free = lexicon().words["task_free_chapters"]
    below = [part for part in parts if part.level in ("section", "item")]
    orders = [part for part in below if not any(word in part.chapter for word in free)]
    return tuple(
        part for part in orders if part.leaf and not any(word in part.section for word in ("目标", "基本原则", "指导思想"))
    )


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


def _title(scripts: Sequence[Script]) -> str:
    """First line that is no sentence and no number."""
    for script in scripts[:5]:
        if not script.text.endswith(("。", "；", "，", "：")) and len(script.text) <= LONGEST_TITLE and script.text:
            return script.text
    return ""


def _begin(text: str, level: str) -> tuple[str, re.Match[str]] | None:
    for name, pattern in LEVELS:
        found = pattern.match(text)
        if found and found.end() < len(text) and not (name == "measure" and level in ("title", "chapter", "section")):
            return name, found
    return None


def _place(found: tuple[str, re.Match[str]], script: Script, above: tuple[str, str]) -> Part:
    level, match = found
    rest = script.text[match.end() :]
    stop = rest.find("。")
    cut = stop if stop >= 0 else len(rest)
    title, body = (rest[:cut], match.end() + min(cut + 1, len(rest)))
    if stop < 0 and (len(rest) > LONGEST_TITLE or rest.endswith(("；", "：", "，"))):
        title, body = re.split("[，；：]", rest, maxsplit=1)[0][:LONGEST_TITLE], match.end()
    chapter = "" if level == "chapter" else above[0]
    section = above[1] if level in ("item", "measure") else ""
    return Part(level, match["number"], title.strip("：，；"), (script,), body, chapter, section)


def _mark_leaves(parts: Sequence[Part]) -> list[Part]:
    order = ("title", "chapter", "section", "item", "measure")
    marked: list[Part] = []
    for at, part in enumerate(parts):
        following = parts[at + 1].level if at + 1 < len(parts) else "title"
        deeper = order.index(following) > order.index(part.level) and following != "measure"
        marked.append(replace(part, leaf=not deeper and part.level != "title"))
    return marked
