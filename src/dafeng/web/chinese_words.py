"""Chinese in pages of another language: marked as Chinese, so that a screen reader reads it with Chinese sounds.

Invariant: only marks are added: texts, and attributes that were there, stay as they are. Assumed is what templates and
escaping give: no bare ``<`` within an attribute, and a closing tag for each element that has a language of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HAN = "㐀-鿿豈-﫿\U00020000-\U0003ffff"
"""Signs by which Chinese is known."""
RUN = re.compile(rf"[“《（【]?[{HAN}]++(?>(?:[^A-Za-z<&{HAN}]{{1,12}}|[^\s<{HAN}]{{1,16}})[{HAN}]++)*+[。，、；：！？”》）】]*")
"""Chinese with the figures and short names inside it; an English word between blanks ends it."""
ANY = re.compile(f"[{HAN}]")
TAG = re.compile(r"""(/?)([A-Za-z][A-Za-z0-9-]*)(?:[^>"']|"[^"]*"|'[^']*')*>""")
"""A tag behind its first sign."""
TONGUE = re.compile(r"""\slang=["']?([A-Za-z]+)""")
SPOKEN = re.compile(r"\s(?:aria-label|title|alt|placeholder|lang)=")
"""Attributes that are read out in the language of their element."""
PLAIN = frozenset({"option", "textarea", "text", "tspan", "title", "desc", "mtext", "mi", "mo", "mn", "ms"})
"""Elements that hold text only: the mark stands on themselves."""
WITHIN_TEXT = frozenset({"tspan", "title", "desc"})
"""Elements after which the text of a drawing may go on."""
EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)  # fmt: skip


def mark_chinese(html: str) -> str:
    """Mark Chinese texts of a page or a fragment with ``lang="zh"``.

    Parameters
    ----------
    html : str
        HTML in another language.

    Returns
    -------
    str
        An element that holds nothing but Chinese gets the attribute; Chinese inside other words gets a ``bdi`` of its own. The
        title of the page is left as it is.
    """
    if html.isascii() or not ANY.search(html):
        return html
    pieces = html.split("<")
    headed = html.count("<", 0, max(html.find("</head"), 0))
    told: list[_Tongue] = []
    end = ""
    for at, piece in enumerate(pieces):
        if end:
            if not piece.startswith(end):
                continue
            end = ""
        elif piece.startswith(("script", "style")):
            end = "/" + piece[:5]
            continue
        if told or " lang=" in piece:
            _follow(piece, told)
        if not piece.isascii() and not (told and told[-1].chinese) and ANY.search(piece):
            _mark(pieces, at, told, headed=at <= headed)
    return "<".join(pieces)


@dataclass(slots=True)
class _Tongue:
    """An open element with a language of its own, and how many of its name are open from there on."""

    name: str
    chinese: bool
    depth: int = 1


def _follow(piece: str, told: list[_Tongue]) -> None:
    """Follow the elements that have a language: Chinese ones, and others inside these."""
    found = TAG.match(piece)
    if found is None:
        return
    name = found[2].lower()
    if found[1]:
        if told and told[-1].name == name:
            told[-1].depth -= 1
            if not told[-1].depth:
                told.pop()
    elif name not in EMPTY and not found[0].endswith("/>"):
        tongue = TONGUE.search(found[0])
        if tongue and (told or tongue[1].lower() == "zh"):
            told.append(_Tongue(name, tongue[1].lower() == "zh"))
        elif told and told[-1].name == name:
            told[-1].depth += 1


def _mark(pieces: list[str], at: int, told: list[_Tongue], *, headed: bool) -> None:
    """Mark the text behind a tag: on the element that the tag opens, else in an element of its own."""
    piece = pieces[at]
    found = TAG.match(piece)
    head = found[0] if found else f"{piece.partition('-->')[0]}-->" if piece.startswith("!--") else ""
    text = piece[len(head) :]
    if not ANY.search(text) or (at and not found and piece[0].isalpha()):
        return
    name = found[2].lower() if found else ""
    if name == "title" and headed:
        return
    opened = found is not None and not (found[1] or name in EMPTY or head.endswith("/>"))
    own = opened and not TONGUE.search(head)
    closed = at + 1 < len(pieces) and pieces[at + 1].startswith(f"/{name}")
    whole = own and closed and not SPOKEN.search(head) and RUN.fullmatch(text.strip())
    if whole or (own and name in PLAIN):
        pieces[at] = f'{name} lang="zh"{piece[len(name) :]}'
        if not closed:
            told.append(_Tongue(name, chinese=True))
    else:
        drawn = (opened and name in PLAIN) or (name in WITHIN_TEXT and _is_in_text(pieces[:at]))
        mark = "tspan" if drawn else "bdi"
        pieces[at] = head + RUN.sub(rf'<{mark} lang="zh">\g<0></{mark}>', text)


def _is_in_text(before: list[str]) -> bool:
    """Whether a ``text`` of a drawing is open."""
    for piece in reversed(before):
        if piece.startswith(("text", "/text")):
            return piece.startswith("text")
    return False
