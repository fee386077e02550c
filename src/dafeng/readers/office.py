"""Word files (docx): paragraphs with their automatic numbers, cells of tables, text boxes and notes.

Invariant: what the programme prints is read, and once: inserted text, not deleted or hidden one; a merged cell with its
extent; a table of contents not at all, because it says the headings again.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dafeng.core.documents import Cell, Document
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.blocks import Block, compose, damaged, finding, refuse, too_large
from dafeng.readers.markup import MOST_BYTES, MarkupError, child, children, is_on, name_of, parse_markup, value, whole
from dafeng.readers.numbering import Numbering, read_numbering

MOST_UNPACKED = 200_000_000
"""Most bytes that a docx may hold unpacked. [bytes]"""
MOST_PARTS = 5000
"""Most parts of a docx."""
MOST_COLUMNS = 500
"""Most columns of a table; what lies to the right is put into the last."""
KINDS = (
    ("OFD.xml", "OFD"),
    ("xl/workbook.xml", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
    ("content.xml", "OpenDocument"),
    ("META-INF/container.xml", "EPUB"),
)
"""Other formats in archives, known by one of their parts."""
LEFT_OUT = frozenset(
    ("del", "moveFrom", "pPr", "rPr", "instrText", "delText", "delInstrText", "rt", "rubyPr", "sdtPr", "sdtEndPr", "Fallback")
)
"""Elements of a paragraph that are not printed."""
MARKS: Mapping[str, str] = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "sym": "•", "ptab": "\t"}
WRAPPERS = frozenset(("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "AlternateContent", "Choice"))
"""Elements around paragraphs that are read through."""


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style as far as reading needs it.

    Parameters
    ----------
    name : str
        Name as the user sees it.
    base : str or None
        Id of the style it builds on.
    listing : str or None
        Id of the list it belongs to.
    level : int or None
        Level in it, where the style says so.
    """

    name: str
    base: str | None
    listing: str | None
    level: int | None


@dataclass(slots=True)
class _Walk:
    """What is carried along through the document."""

    styles: Mapping[str, Style]
    normal: str
    numbering: Numbering
    notes: Mapping[tuple[str, str], Any]
    tables: int = 0
    carried: str = ""
    boxes: list[Any] = field(default_factory=list)
    noted: dict[tuple[str, str], None] = field(default_factory=dict)


def read_office(data: bytes, name: str) -> tuple[Document, tuple[Finding, ...]]:
    """Read a docx file.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, for messages.

    Returns
    -------
    Document, tuple of Finding
        The document.

    Raises
    ------
    FileRefused
        If it is another archive, damaged, or unpacks too far.
    """
    try:
        parts = _parts(data, name)
        walk = _Walk(*_styles(parts.get("styles")), read_numbering(parts.get("numbering")), _notes(parts))
        blocks = [*_blocks(child(parts["main"], "body"), walk, None), *_rest(walk)]
    except (
        MarkupError,
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as cause:
        raise damaged(name, str(cause) or type(cause).__name__) from cause
    return compose(data, name, blocks, "docx", _findings(walk, name))


def _findings(walk: _Walk, name: str) -> list[Finding]:
    unknown = "、".join(sorted(walk.numbering.unknown))
    says = Label(
        f"自动编号的样式 {unknown} 未识别，按阿拉伯数字写出", f"automatic numbers of the form {unknown} are written in digits"
    )
    return [finding("document.numbering", name, "warning", says)] if unknown else []


def _parts(data: bytes, name: str) -> dict[str, Any]:
    """Roots of the parts by kind; the main one is where the relations of the archive say."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = {info.filename: info for info in archive.infolist()}
        unpacked = sum(info.file_size for info in infos.values())
        if unpacked > MOST_UNPACKED or len(infos) > MOST_PARTS:
            raise too_large(name, unpacked, most=MOST_UNPACKED)
        path = _relations(archive, infos, "").get("officeDocument", "word/document.xml")
        if path not in infos or not path.startswith("word/"):
            raise _foreign(name, infos)
        wanted = {"main": path} | {
            kind: place
            for kind, place in _relations(archive, infos, path).items()
            if kind in ("styles", "numbering", "footnotes", "endnotes") and place in infos
        }
        return {kind: parse_markup(_unpacked(archive, infos[place], name)) for kind, place in wanted.items()}


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    if info.file_size > MOST_BYTES:
        raise too_large(name, info.file_size, most=MOST_BYTES)
    return archive.read(info)


def _relations(archive: zipfile.ZipFile, infos: Mapping[str, zipfile.ZipInfo], path: str) -> dict[str, str]:
    folder, file = posixpath.split(path)
    place = posixpath.join(folder, "_rels", f"{file}.rels")
    if place not in infos or infos[place].file_size > MOST_BYTES:
        return {}
    relations = children(parse_markup(archive.read(infos[place])), "Relationship")
    found = [(value(one, key="Type") or "", value(one, key="Target") or "") for one in relations]
    return {kind.rpartition("/")[2]: posixpath.normpath(posixpath.join("/", folder, to)).lstrip("/") for kind, to in found}


def _foreign(name: str, infos: Mapping[str, zipfile.ZipInfo]) -> Exception:
    kind = next((kind for mark, kind in KINDS if mark in infos), "")
    if kind:
        return refuse(name, Label(f"文件是 {kind} 格式", f"the file is of the format {kind}"))
    return refuse(name, Label("压缩包里没有 Word 文档", "the archive holds no Word document"))


def _styles(root: Any | None) -> tuple[dict[str, Style], str]:
    found: dict[str, Style] = {}
    normal = ""
    for one in children(root, "style"):
        key = value(one, key="styleId") or ""
        title = value(one, "name") or ""
        title = title.capitalize() if title.startswith(("heading ", "caption")) else title
        base, listing = value(one, "basedOn"), value(one, "pPr", "numPr", "numId")
        found[key] = Style(title, base, listing, whole(one, "pPr", "numPr", "ilvl"))
        if value(one, key="type") == "paragraph" and value(one, key="default") in ("1", "true"):
            normal = key
    return found, normal


def _notes(parts: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """Footnotes and endnotes by kind and id; the lines that separate them are none."""
    kinds = (("footnote", "footnotes"), ("endnote", "endnotes"))
    return {
        (kind, value(note, key="id") or ""): note
        for kind, part in kinds
        for note in children(parts.get(part), kind)
        if value(note, key="type") is None
    }


def _blocks(parent: Any, walk: _Walk, cell: Cell | None) -> Iterator[Block]:
    """Paragraphs below an element, in the order of the document."""
    for element in parent if parent is not None else ():
        name = name_of(element)
        if name == "p":
            yield from _paragraph(element, walk, cell)
        elif name == "tbl":
            yield from _table(element, walk, cell)
        elif name in WRAPPERS and not _is_contents(element):
            yield from _blocks(element, walk, cell)


def _is_contents(element: Any) -> bool:
    return value(element, "sdtPr", "docPartObj", "docPartGallery") == "Table of Contents"


def _paragraph(element: Any, walk: _Walk, cell: Cell | None) -> Iterator[Block]:
    style = value(element, "pPr", "pStyle") or walk.normal
    title = walk.styles[style].name if style in walk.styles else ""
    if title.lower().startswith("toc "):
        return
    text = "".join(_pieces(element, walk))
    boxes, walk.boxes = walk.boxes, []
    if child(element, "pPr", "rPr", "del") is not None:  # the paragraph's end was deleted: it goes on in the next one
        walk.carried += text
    else:
        text, walk.carried = walk.carried + text, ""
        yield from (Block(line, title, cell) for line in (_number(element, style, walk) + text).split("\n"))
    for box in boxes:
        yield from _blocks(box, walk, cell)


def _pieces(element: Any, walk: _Walk) -> Iterator[str]:
    """Printed characters of a paragraph; text boxes and notes in it are put aside."""
    for part in element:
        name = name_of(part)
        if name == "t":
            yield part.text or ""
        elif name in MARKS:
            yield "" if value(part, key="type") in ("page", "column") else MARKS[name]
        elif name == "txbxContent":
            walk.boxes.append(part)
        elif name in ("footnoteReference", "endnoteReference"):
            walk.noted[name.removesuffix("Reference"), value(part, key="id") or ""] = None
        elif name == "AlternateContent":
            chosen = child(part, "Choice")
            yield from _pieces(chosen if chosen is not None else _fallback(part), walk)
        elif name not in LEFT_OUT and not (name == "r" and is_on(part, "rPr", "vanish")):
            yield from _pieces(part, walk)


def _fallback(element: Any) -> Any:
    found = child(element, "Fallback")
    return found if found is not None else ()


def _number(element: Any, style: str, walk: _Walk) -> str:
    """What the programme prints before the paragraph."""
    listing, level = value(element, "pPr", "numPr", "numId"), whole(element, "pPr", "numPr", "ilvl")
    if listing is None:
        listing, styled = _listing(style, walk)
        level = level if level is not None else styled
    if listing is None or listing == "0":
        return ""
    return walk.numbering.number(listing, level or 0)


def _listing(style: str, walk: _Walk) -> tuple[str | None, int | None]:
    """List of a style or of those it builds on."""
    seen: set[str] = set()
    while style in walk.styles and style not in seen:
        seen.add(style)
        one = walk.styles[style]
        if one.listing is not None:
            return one.listing, one.level if one.level is not None else walk.numbering.level_of(one.listing, style)
        style = one.base or ""
    return None, None


def _table(element: Any, walk: _Walk, outer: Cell | None) -> Iterator[Block]:
    """Cells of a table; one of a single cell is a frame around running text."""
    number = walk.tables
    placed = _placed(element, number)
    if len(placed) < 2:
        for part, _ in placed:
            yield from _blocks(part, walk, outer)
        return
    walk.tables += 1
    for part, cell in placed:
        yield from _blocks(part, walk, cell)


def _placed(element: Any, number: int) -> list[tuple[Any, Cell]]:
    found: list[tuple[Any, list[int]]] = []
    open_cells: dict[int, list[int]] = {}
    for row, line in enumerate(_inside(element, "tr")):
        column = whole(line, "trPr", "gridBefore") or 0
        for part in _inside(line, "tc"):
            column = min(column, MOST_COLUMNS - 1)
            wide = min(whole(part, "tcPr", "gridSpan") or 1, MOST_COLUMNS)
            merge = child(part, "tcPr", "vMerge")
            if merge is not None and value(merge) != "restart" and column in open_cells:
                open_cells[column][2] = row - open_cells[column][0] + 1
            else:
                extent = [row, column, 1, wide]
                found.append((part, extent))
                open_cells[column] = extent
            column += wide
    return [(part, Cell(number, row, column, rows, columns)) for part, (row, column, rows, columns) in found]


def _inside(element: Any, name: str) -> Iterator[Any]:
    """Children of a name, also inside wrappers; rows that were deleted are none."""
    for one in element:
        if name_of(one) == name and child(one, "trPr", "del") is None:
            yield one
        elif name_of(one) in WRAPPERS:
            yield from _inside(one, name)


def _rest(walk: _Walk) -> Iterator[Block]:
    """What a deleted last paragraph end held back, and the notes in the order in which the text names them."""
    if walk.carried:
        yield Block(walk.carried)
    for key in tuple(walk.noted):
        yield from _blocks(walk.notes.get(key), walk, None)
