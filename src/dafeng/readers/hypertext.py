"""Web pages (HTML): block elements as paragraphs, tables as cells, without what is not read or belongs to the site.

Invariant: only what a browser would show is read; scripts, hidden elements and lists of links to elsewhere are left out.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from dafeng.core.documents import Cell, Document
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.blocks import Block, compose, finding, refuse
from dafeng.readers.numbering import count_chinese, count_letters, count_roman
from dafeng.readers.plain import MARKS, decode_text

HEAD = 4096
"""Bytes in which a page names its encoding. [bytes]"""
MOST_COLUMNS = 500
"""Most columns of a table; what lies to the right is put into the last."""
LONGEST_CELL = 1500
"""Most characters of a cell of a table of figures; with a longer one it is a table that lays out the page. [characters]"""
FEWEST_LINKS = 3
LINK_SHARE = 0.8
"""Share of the characters of a list of links that are links. [0..1]"""
ENCODINGS: Mapping[str, str] = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs", "utf8": "utf-8"}
BEGINS = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.{0,4000}?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
ELEMENT = re.compile(r"</?(?:p|div|br|td|tr|span|body|h[1-6]|li)\b", re.IGNORECASE)
CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,20})", re.IGNORECASE)
DECLARED = re.compile(r"\s*<\?xml[^>]*\?>")
WHOLE = re.compile(r"\d{1,5}")
UNMARKED = re.compile(r"list-style(-type)?\s*:[^;]*\bnone\b")
CHINESE = re.compile(r"list-style(-type)?\s*:[^;]*(cjk-ideographic|chinese|japanese)")
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LETTERS: Mapping[str, Callable[[int], str]] = {
    "a": count_letters,
    "A": lambda count: count_letters(count).upper(),
    "i": count_roman,
    "I": lambda count: count_roman(count).upper(),
}
BLANKS = re.compile(r"[ \t\r\n\f]+")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
))  # fmt: skip
SILENT = frozenset((
    "script", "style", "template", "noscript", "head", "title", "nav", "aside", "footer", "iframe", "object", "embed",
    "applet", "svg", "canvas", "audio", "video", "map", "select", "button", "option", "textarea", "input", "datalist", "rp",
    "rt", "noframes", "frameset",
))  # fmt: skip
SITE_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar"))
CONTAINERS = frozenset(("ul", "ol", "div", "table", "td", "th", "dl", "p", "section", "menu", "dir", "center"))


@dataclass(frozen=True, slots=True)
class _State:
    """What holds inside an element."""

    style: str = ""
    cell: Cell | None = None
    printed: bool = False


@dataclass(slots=True)
class _Walk:
    """What is carried along through the page."""

    links: Mapping[Any, tuple[int, int, int]]
    blocks: list[Block] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    mark: str = ""
    state: _State = field(default_factory=_State)
    counts: dict[Any, int] = field(default_factory=dict)
    tables: int = 0
    left_out: int = 0


def is_hypertext(data: bytes, name: str) -> bool:
    """Whether a file is a web page, by its beginning or by its name and an element in it.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name.

    Returns
    -------
    bool
        True for HTML.
    """
    wide = data[:200].count(0) > len(data[:200]) // 5
    head = data[: 4 * HEAD].replace(b"\0", b"") if wide else data[: 4 * HEAD]
    text = head.lstrip(codecs.BOM_UTF8 + codecs.BOM_UTF16_LE).decode("latin-1")
    if BEGINS.match(text):
        return True
    return name.lower().endswith((".html", ".htm", ".xhtml", ".shtml")) and ELEMENT.search(text) is not None


def read_hypertext(data: bytes, name: str) -> tuple[Document, tuple[Finding, ...]]:
    """Read a web page.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, for messages.

    Returns
    -------
    Document, tuple of Finding
        The document; what was left out as belonging to the site is told.

    Raises
    ------
    FileRefused
        If the bytes are no text, or the elements are nested too deep.
    """
    text, findings = _decode(data, name)
    root = _parse(text, name)
    walk = _Walk(_links(root) if root is not None else {})
    if root is not None:
        _visit(root, walk)
    if walk.left_out:
        said = Label(f"{walk.left_out} 处导航或链接列表未读", f"{walk.left_out} menus or lists of links were not read")
        findings.append(finding("document.left_out", name, "info", said, remedy=Label("无须处理", "nothing to do")))
    return compose(data, name, walk.blocks, "html", findings)


def _decode(data: bytes, name: str) -> tuple[str, list[Finding]]:
    """Byte-order mark, then what the page says, then what its bytes look like."""
    named = CHARSET.search(data[:HEAD])
    if named and not any(data.startswith(mark) for mark, _ in MARKS):
        try:
            own = named[1].decode("ascii").lower()
            encoding = codecs.lookup(ENCODINGS.get(own, own)).name
            if not encoding.startswith("utf-16"):
                return data.decode(encoding), []
        except (LookupError, UnicodeDecodeError):  # a page may name the wrong encoding
            pass
    text, _, findings = decode_text(data, name)
    return text, findings


def _parse(text: str, name: str) -> Any | None:
    parser = etree.HTMLParser(
        recover=True, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(DECLARED.sub("", text, count=1).replace("\0", "").encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # nothing at all inside
        root = None
    if any(entry.type_name in ("ERR_RESOURCE_LIMIT", "ERR_INTERNAL_ERROR") for entry in parser.error_log):
        says = Label("元素嵌套过深或过长", "its elements are nested too deep or too long")
        raise refuse(name, says)
    return root


def _name(element: Any) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _links(root: Any) -> dict[Any, tuple[int, int, int]]:
    """Characters, characters inside links to elsewhere, and links below each container. [characters]"""
    counted: dict[Any, tuple[int, int, int]] = {}
    for element in root.iter():
        counted[element] = (_size(element.text), 0, 0)
    for element in reversed([*root.iter()]):
        total, linked, links = counted[element]
        for one in element:
            more = counted[one]
            total, linked, links = total + more[0] + _size(one.tail), linked + more[1], links + more[2]
        if _name(element) == "a" and element.get("href", "#")[:1] != "#":
            linked, links = total, 1
        counted[element] = (0, 0, 0) if _name(element) in SILENT else (total, linked, links)
    return {element: counts for element, counts in counted.items() if _name(element) in CONTAINERS}


def _size(text: str | None) -> int:
    return len(BLANKS.sub("", text)) if text else 0


def _is_silent(element: Any, walk: _Walk) -> bool:
    """Whether an element is not shown, or belongs to the site instead of the document."""
    name = _name(element)
    if not name or name in SILENT or element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if HIDDEN.search(element.get("style", "")) or (element.get("role") or "").lower() in SITE_ROLES:
        return True
    total, linked, links = walk.links.get(element, (0, 0, 0))
    if links >= FEWEST_LINKS and linked >= LINK_SHARE * total:
        walk.left_out += 1
        return True
    return False


def _visit(root: Any, walk: _Walk) -> None:
    """Walk through the tree without recursion: a page may be nested deeper than Python's stack."""
    stack: list[tuple[str, Any]] = [("open", root)]
    while stack:
        step, what = stack.pop()
        if step == "open" and not _is_silent(what, walk):
            _open(what, walk, stack)
        elif step == "text":
            walk.pieces.append(what.replace("\n", "\u2028") if walk.state.printed else what)
        elif step == "close":
            _end(walk)
            walk.state = what
        elif step == "cell":
            _enter(what[0], replace(walk.state, cell=what[1]), walk, stack)
    _end(walk)


def _open(element: Any, walk: _Walk, stack: list[tuple[str, Any]]) -> None:
    name = _name(element)
    if name == "br":
        _end(walk)
    elif name == "table" and (placed := _placed(element, walk)):
        stack.extend(("cell", one) for one in reversed(placed))
        stack.extend(("open", one) for one in element.iterchildren("caption"))
        _end(walk)
        walk.tables += 1
    elif name in BLOCKS:
        style = f"Heading {name[1]}" if name in HEADINGS else walk.state.style
        _enter(element, replace(walk.state, style=style, printed=walk.state.printed or name == "pre"), walk, stack)
        walk.mark = _mark(element, walk) if name == "li" else walk.mark
    else:
        stack.extend(_inside(element))


def _enter(element: Any, state: _State, walk: _Walk, stack: list[tuple[str, Any]]) -> None:
    _end(walk)
    stack.append(("close", walk.state))
    stack.extend(_inside(element))
    walk.state = state


def _inside(element: Any) -> list[tuple[str, Any]]:
    """Steps through an element, last one first."""
    steps = [("text", element.text)] if element.text else []
    for one in element:
        steps += [("open", one), ("text", one.tail)] if one.tail else [("open", one)]
    return steps[::-1]


def _end(walk: _Walk) -> None:
    """End the paragraph that is being read."""
    text = "".join(walk.pieces)
    walk.pieces.clear()
    for line in text.split("\u2028"):
        if plain := BLANKS.sub(" ", line).strip():
            walk.blocks.append(Block(walk.mark + plain, walk.state.style, walk.state.cell))
            walk.mark = ""


def _mark(item: Any, walk: _Walk) -> str:
    """What a browser prints before an item of a list."""
    listing = item.getparent()
    style = f"{listing.get('style', '')};{item.get('style', '')}".lower()
    if UNMARKED.search(style):
        return ""
    if _name(listing) != "ol":
        return "• "
    given = item.get("value") or (listing.get("start") if listing not in walk.counts else None) or ""
    walk.counts[listing] = int(given) if WHOLE.fullmatch(given) else walk.counts.get(listing, 0) + 1
    count = walk.counts[listing]
    return f"{count_chinese(count)}、" if CHINESE.search(style) else f"{LETTERS.get(listing.get('type', '1'), str)(count)}. "


def _placed(table: Any, walk: _Walk) -> list[tuple[Any, Cell]]:
    """Cells of a table of figures with their extent; none where a table only lays out the page."""
    rows = [row for row in _rows(table) if not _is_silent(row, walk)]
    found: list[tuple[Any, Cell]] = []
    held: dict[int, int] = {}
    for at, row in enumerate(rows):
        column = 0
        for part in row.iterchildren("td", "th"):
            while held.get(column, 0) > at and column < MOST_COLUMNS - 1:
                column += 1
            wide = max(1, min(_span(part, "colspan"), MOST_COLUMNS - column))
            high = min(_span(part, "rowspan") or len(rows), len(rows) - at)
            if _is_silent(part, walk):
                continue
            held.update((one, at + high) for one in range(column, column + wide))
            found.append((part, Cell(walk.tables, at, column, high, wide)))
            column = min(column + wide, MOST_COLUMNS - 1)
    return found if _is_tabular(table, found, walk) else []


def _rows(table: Any) -> Iterator[Any]:
    for one in table:
        if _name(one) == "tr":
            yield one
        elif _name(one) in ("thead", "tbody", "tfoot"):
            yield from one.iterchildren("tr")


def _span(part: Any, key: str) -> int:
    given = (part.get(key) or "").strip()
    return int(given) if WHOLE.fullmatch(given) else 1


def _is_tabular(table: Any, placed: list[tuple[Any, Cell]], walk: _Walk) -> bool:
    if (table.get("role") or "").lower() in ("presentation", "none") or next(table.iterdescendants("table"), None) is not None:
        return False
    longest = max((walk.links.get(part, (0, 0, 0))[0] for part, _ in placed), default=0)
    return longest <= LONGEST_CELL and any(cell.column > 0 for _, cell in placed)
