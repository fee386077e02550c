"""The tasks among the parts of a plan, and the parts whose figures are no targets.

Invariant: a task is a part without numbered parts of its own, and no heading above it says that nothing is ordered there.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Literal

from dafeng.plans.headings import is_project_list
from dafeng.plans.lexicon import lexicon
from dafeng.plans.structure import Part

ORDERING = ("section", "item", "row")
SHORT = 30
"""Longest heading that is told by its last words. [characters]"""


def select_tasks(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Parts that are tasks.

    Parameters
    ----------
    parts : sequence of Part
        An outline.

    Returns
    -------
    tuple of Part
        Leaves below headings that order something, and rows of tables of tasks wherever they stand. A chapter is one only
        where most chapters have nothing below them.
    """
    chapters = [part for part in parts if part.level == "chapter" and not is_free(part.title)]
    flat = 2 * sum(part.leaf for part in chapters) > len(chapters)
    levels = (*ORDERING, "chapter") if flat else ORDERING
    below = (part for part in parts if part.level in levels and part.leaf)
    return tuple(part for part in below if part.level == "row" or not any(_frees(one) for one in _upward(parts, part)))


def is_free(title: str) -> bool:
    """Whether a heading stands above words that order nothing: guiding thoughts, principles, goals, the present state.

    Parameters
    ----------
    title : str
        Heading without its number.

    Returns
    -------
    bool
        False where the heading itself is an order (强化目标责任) or announces tasks.
    """
    words = lexicon().words
    plain = title.strip("，：；（）")
    if any(word in plain for word in words["task_titles"]):
        return False
    ending = plain.endswith(words["free_endings"]) and len(plain) <= SHORT and not plain.startswith(words["order_openings"])
    return ending or any(word in plain for word in words["free_titles"])


def set_aside(parts: Sequence[Part], at: int) -> Literal["project", "note"] | None:
    """Why the figures of a part are no targets whatever the sentence says.

    Parameters
    ----------
    parts : sequence of Part
        An outline.
    at : int
        Position of a part.

    Returns
    -------
    {"project", "note"} or None
        ``project`` in a list of projects, ``note`` in a note or behind the end of the document.
    """
    if parts[at].level in ("note", "footer"):
        return "note"
    listed = any(part.level == "project" or is_project_list(part.title) for part in _upward(parts, parts[at]))
    return "project" if listed else None


def owner(parts: Sequence[Part], at: int, chosen: Container[int]) -> int | None:
    """The chosen part that a part stands in.

    Parameters
    ----------
    parts : sequence of Part
        An outline.
    at : int
        Position of a part.
    chosen : container of int
        Positions to choose from.

    Returns
    -------
    int or None
        The part itself or the nearest above it that is chosen.
    """
    while at >= 0:
        if at in chosen:
            return at
        at = parts[at].parent
    return None


def _frees(part: Part) -> bool:
    """Whether what stands below a part orders nothing; the title of a whole document tells nothing of it."""
    return part.level != "title" and not (part.level == "appendix" and not part.number) and is_free(part.title)


def _upward(parts: Sequence[Part], part: Part) -> Iterator[Part]:
    yield part
    while part.parent >= 0:
        part = parts[part.parent]
        yield part
