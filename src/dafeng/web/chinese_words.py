"""Chinese in pages of another language: marked as Chinese, so that a screen reader reads it with Chinese sounds.

Invariant: only marks are added: texts, and attributes that were there, stay as they are.
"""

from __future__ import annotations

import re

HAN = "㐀-鿿豈-﫿\U00020000-\U0003ffff"
"""Signs by which Chinese is known."""
RUN = re.compile(rf"[“《（【]?[{HAN}]++(?>(?:[^A-Za-z<&{HAN}]{{1,12}}|[^\s<{HAN}]{{1,16}})[{HAN}]++)*+[。，、；：！？”》）】]*")
"""Chinese with the figures and short names inside it; an English word between blanks ends it."""
ANY = re.compile(f"[{HAN}]")
PIECE = re.compile(r"""<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[/!A-Za-z](?:[^>"']|"[^"]*"|'[^']*')*>|[^<]+|<""", re.S)
TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
TONGUE = re.compile(r"""\slang=["']?([A-Za-z]+)""")
SPOKEN = re.compile(r"\s(?:aria-label|title|alt|placeholder|lang)=")
"""Attributes that are read out in the language of their element."""
PLAIN = frozenset({"option", "textarea", "text", "tspan", "title", "desc", "mtext", "mi", "mo", "mn", "ms"})
"""Elements that hold text only: the mark stands on themselves."""
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
    if not ANY.search(html):
        return html
    pieces = [found.group() for found in PIECE.finditer(html)]
    open_tags: list[tuple[str, bool]] = []
    for at, piece in enumerate(pieces):
        if piece[0] == "<" and len(piece) > 1:
            _follow(piece, open_tags)
        elif ANY.search(piece) and not (open_tags and open_tags[-1][1]):
            _mark(pieces, at, open_tags)
    return "".join(pieces)


def _follow(piece: str, open_tags: list[tuple[str, bool]]) -> None:
    """Which elements are open, and whether what stands in them is said to be Chinese."""
    found = TAG.match(piece)
    if found is None or piece.startswith(("<script", "<style")):
        return
    name = found[2].lower()
    if found[1]:
        while open_tags and open_tags.pop()[0] != name:
            pass
        return
    if name in EMPTY or piece.endswith("/>"):
        return
    tongue = TONGUE.search(piece)
    open_tags.append((name, tongue[1].lower() == "zh" if tongue else bool(open_tags) and open_tags[-1][1]))


def _mark(pieces: list[str], at: int, open_tags: list[tuple[str, bool]]) -> None:
    """Mark a text in the innermost open element."""
    name = open_tags[-1][0] if open_tags else ""
    if name == "title" and any(one == "head" for one, _ in open_tags):
        return
    head, tail = (pieces[at - 1] if at else ""), (pieces[at + 1] if at + 1 < len(pieces) else "")
    own = bool(name) and head.startswith(f"<{name}") and not TONGUE.search(head)
    whole = own and tail.startswith(f"</{name}") and not SPOKEN.search(head) and RUN.fullmatch(pieces[at].strip())
    if whole or (own and name in PLAIN):
        pieces[at - 1] = f'<{name} lang="zh"{head[len(name) + 1 :]}'
        open_tags[-1] = (name, True)
    else:
        mark = "tspan" if name in PLAIN else "bdi"
        pieces[at] = RUN.sub(rf'<{mark} lang="zh">\g<0></{mark}>', pieces[at])
