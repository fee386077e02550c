"""Break a line of Chinese or English text where it fits.

Invariant: nothing is lost before the last line, and a cut ends with an ellipsis.
"""

from __future__ import annotations

import re
import unicodedata

_PIECES = re.compile(r"[\x21-\x7e]+\s*|\s+|.", re.DOTALL)


def text_width(text: str) -> int:
    """Width of a text.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    int
        Half-width characters; a Chinese one counts two.
    """
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def wrap_text(text: str, width: int, *, lines: int) -> list[str]:
    """A text in at most so many lines.

    Parameters
    ----------
    text : str
        The text.
    width : int
        Width of a line in half-width characters.
    lines : int
        Most lines.

    Returns
    -------
    list of str
        At least one line; words of Latin letters stay whole where they fit.
    """
    found = [""]
    for whole in _PIECES.findall(text):
        piece = whole
        while text_width(piece.rstrip()) > width:
            head = _fitting(piece, max(1, width - text_width(found[-1])))
            found[-1] += head
            piece = piece[len(head) :]
            found.append("")
        if text_width(found[-1] + piece.rstrip()) > width:
            found.append("")
        found[-1] += piece
    kept = [line.strip() for line in found if line.strip()] or [""]
    if len(kept) <= lines:
        return kept
    return [*kept[: lines - 1], _fitting(kept[lines - 1], width - 2) + "…"]


def _fitting(text: str, width: int) -> str:
    end = len(text)
    while end > 1 and text_width(text[:end]) > width:
        end -= 1
    return text[:end]
