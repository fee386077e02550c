"""Text documents in the form of official papers: fonts with those that stand in, page numbers, bytes that repeat.

Invariant: the same content gives the same bytes; a font is named, never shipped.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.text.run import CT_R
from docx.shared import Pt
from docx.text.font import Font

BORN = datetime(2000, 1, 1)  # noqa: DTZ001 - the properties of the format have no zone
"""Time that stands in every file, so that the same content gives the same bytes."""
OLDEST = (1980, 1, 1, 0, 0, 0)
"""Time of the members of the archive."""
FONTS: Mapping[str, tuple[str, ...]] = {
    "方正小标宋简体": ("华文中宋", "宋体", "Noto Serif CJK SC"),
    "黑体": ("SimHei", "Noto Sans CJK SC"),
    "仿宋_GB2312": ("仿宋", "FangSong", "Noto Serif CJK SC"),
    "楷体_GB2312": ("楷体", "KaiTi", "Noto Serif CJK SC"),
    "宋体": ("SimSun", "Noto Serif CJK SC"),
}
"""Fonts of official papers, each with those that stand in where it is not installed."""
TITLE, HEAD, BODY, KAI, SONG = FONTS


def set_font(font: Any, name: str, size: float) -> None:
    """Give a run its font.

    Parameters
    ----------
    font : docx Font
        Font of a run or style.
    name : str
        Name of the font.
    size : float
        Size. [pt]
    """
    if isinstance(font.element, CT_R) and font.element.rPr is None:
        font.element.insert(0, deepcopy(_make_look(name, size)))
    else:
        _set(font, name, size)


@lru_cache(maxsize=64)
def _make_look(name: str, size: float) -> Any:
    """What a run without a look of its own is given."""
    run = OxmlElement("w:r")
    _set(Font(run), name, size)
    return run.rPr


def _set(font: Any, name: str, size: float) -> None:
    font.name, font.size = name, Pt(size)
    fonts = font.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)  # a theme's font would win over the one that is named
    fonts.set(qn("w:eastAsia"), name)


def printable(text: str) -> str:
    """A text without the control characters that the format forbids.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The same without them.
    """
    return "".join(character for character in text if character >= " " or character in "\t\n")


def number_pages(paragraph: Any, font: str, size: float, *, side: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.CENTER) -> None:
    """Write ``— 1 —`` at the foot.

    Parameters
    ----------
    paragraph : docx Paragraph
        Paragraph of the foot.
    font : str
        Name of the font.
    size : float
        Size. [pt]
    side : WD_ALIGN_PARAGRAPH
        Where it stands; at a side it keeps the width of a character from the edge.
    """
    paragraph.alignment = side
    paragraph.paragraph_format.left_indent = Pt(size) if side == WD_ALIGN_PARAGRAPH.LEFT else None
    paragraph.paragraph_format.right_indent = Pt(size) if side == WD_ALIGN_PARAGRAPH.RIGHT else None
    for text in ("— ", None, " —"):
        if text is None:
            half = int(size * 2)
            field = (
                f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" '
                f'w:eastAsia="{font}"/><w:sz w:val="{half}"/></w:rPr><w:t>1</w:t></w:r></w:fldSimple>'
            )
            paragraph._p.append(parse_xml(field))
        else:
            set_font(paragraph.add_run(text).font, font, size)


def name_fonts(book: Any) -> None:
    """Say in the table of fonts which ones stand in for a missing one.

    Parameters
    ----------
    book : docx Document
        The document.
    """
    part = next(part for part in book.part.package.iter_parts() if str(part.partname) == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/><w:charset w:val="86"/></w:font>'
        for name, others in FONTS.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")


def settle(book: Any) -> bytes:
    """The document as bytes with the time of every member of the archive fixed.

    Parameters
    ----------
    book : docx Document
        The document.

    Returns
    -------
    bytes
        The file.
    """
    saved, made = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(io.BytesIO(saved.getvalue())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(zipfile.ZipInfo(member.filename, OLDEST), old.read(member), zipfile.ZIP_DEFLATED)
    return made.getvalue()
