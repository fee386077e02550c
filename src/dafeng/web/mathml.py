"""MathML that may stand in a page: known presentation elements, no attributes that could act.

Invariant: whatever goes in, the markup that comes out holds no script, no link and no foreign element.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from html.parser import HTMLParser

from markupsafe import Markup

ELEMENTS = frozenset(
    {
        "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
        "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle",
    }
)  # fmt: skip
"""Elements of MathML Core that formulas use."""
ATTRIBUTES = frozenset(
    {"display", "mathvariant", "stretchy", "lspace", "rspace", "width", "columnalign", "rowspan", "columnspan", "separator"}
)
"""Attributes without an effect outside the formula."""


class _Cleaner(HTMLParser):
    """Collects allowed elements and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []
        self.muted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.muted += tag in ("script", "style")
            return
        kept = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs if name in ATTRIBUTES)
        self.parts.append(f"<{tag}{kept}>")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ELEMENTS:
            self.muted -= tag in ("script", "style") and self.muted > 0
        elif tag in self.open:
            while (last := self.open.pop()) != tag:
                self.parts.append(f"</{last}>")
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.muted:
            self.parts.append(escape(data))


@lru_cache(maxsize=4096)
def clean(markup: str | None) -> Markup | None:
    """Formula as safe markup.

    Parameters
    ----------
    markup : str or None
        MathML as the formula engine writes it.

    Returns
    -------
    Markup or None
        The same with everything unknown dropped; ``None`` where there is none.
    """
    if not markup:
        return None
    cleaner = _Cleaner()
    cleaner.feed(markup)
    cleaner.close()
    return Markup("".join(cleaner.parts) + "".join(f"</{tag}>" for tag in reversed(cleaner.open)))  # noqa: S704
