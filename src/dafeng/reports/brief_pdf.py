"""The brief as pdf, set by typst: exactly two pages and the annex, tagged, with its fonts inside.

Invariant: the annex begins on page three, or nothing is written; the same brief and fonts give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language
from dafeng.reports.brief_page import write_page
from dafeng.reports.paper_pdf import BORN, choose_fonts, load_typesetter

Choice = TypeVar("Choice")
TEMPLATE = Path(__file__).with_name("brief.typ")
SIZES = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0)
"""Sizes of the text, the first that fits is taken. [pt]"""
HEIGHTS = (76, 66, 56, 46)
"""Heights of the chart, the first that fits is taken. [mm]"""
PAGES = 2
"""Pages before the annex."""
STANDARD = "ua-1"
"""PDF/UA: tagged, titled, in a declared language, with words for every picture."""


def write_pdf(form: Mapping[str, Any], language: Language) -> bytes:
    """Write a brief as pdf.

    Parameters
    ----------
    form : mapping
        ``work.brief.write_brief``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    SettingError
        If the package ``typst`` or a font with Chinese characters is missing, or the text does not fit on two pages.
    """
    typst = load_typesetter()
    page = {**write_page(form, language), "fonts": choose_fonts(typst.Fonts().families())}
    size = largest(SIZES, lambda size: _fits(typst, page, size, HEIGHTS[-1]))
    if size is None:
        raise _too_long(form)
    high = largest(HEIGHTS, lambda high: high == HEIGHTS[-1] or _fits(typst, page, size, high))
    inputs = _inputs(page, size, high or HEIGHTS[-1])
    content: bytes = typst.compile(TEMPLATE.read_bytes(), sys_inputs=inputs, timestamp=BORN, pdf_standards=STANDARD)
    return content


def largest(choices: Sequence[Choice], fits: Callable[[Choice], bool]) -> Choice | None:
    """The first choice that fits, found without trying them all.

    Parameters
    ----------
    choices : sequence
        The largest first; what fits still fits when smaller.
    fits : callable
        Whether a choice fits.

    Returns
    -------
    object or None
        The choice; ``None`` where even the last does not fit.
    """
    if fits(choices[0]):
        return choices[0]
    if not fits(choices[-1]):
        return None
    low, high = 0, len(choices) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(choices[middle]) else (middle, high)
    return choices[high]


def _inputs(page: Mapping[str, Any], size: float, high: int) -> dict[str, str]:
    return {"brief": json.dumps({**page, "size": size, "high": high}, ensure_ascii=False)}


def _fits(typst: Any, page: Mapping[str, Any], size: float, high: int) -> bool:
    """Whether the annex begins on the page after the last one allowed."""
    found = typst.query(TEMPLATE.read_bytes(), "<annex>", field="value", one=True, sys_inputs=_inputs(page, size, high))
    return int(json.loads(found)) == PAGES + 1


def _too_long(form: Mapping[str, Any]) -> SettingError:
    count = sum(len(section["sentences"]) for section in form["sections"])
    return SettingError(
        Label(f"简报 {count} 句，两页排不下", f"{count} sentences of the brief do not fit on two pages"),
        where="pdf",
        expected=Label("正文两页，附件另起", "two pages and the annex"),
        remedy=Label("减少模板中的 most，或改用 .docx", "lower `most` in the templates, or write a .docx"),
    )
