"""The report of an inventory as pdf, set by typst with the fonts of this machine.

Invariant: without the package or without a font that has Chinese, nothing is written and the refusal says what to install;
the same report and fonts give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language
from dafeng.reports.blocks import Block, Figure, Heading, Numbering, Paragraph, Part, Report
from dafeng.reports.inventory_docx import ADDRESSES, TRACED
from dafeng.reports.inventory_report import write_report

TEMPLATE = Path(__file__).with_name("report.typ")
BORN = datetime(2000, 1, 1, tzinfo=UTC)
"""Time that stands in every file."""
_SONG = ("SimSun", "NSimSun", "STSong", "Source Han Serif SC", "Noto Serif CJK SC", "Noto Serif SC", "AR PL UMing CN")
_HEI = ("SimHei", "STHeiti", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "WenQuanYi Zen Hei")
ROLES: Mapping[str, tuple[str, ...]] = {
    "title": ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "STZhongsong", *_SONG),
    "head": _HEI,
    "body": ("FangSong", "FangSong_GB2312", "仿宋_GB2312", "STFangsong", *_SONG),
    "kai": ("KaiTi", "KaiTi_GB2312", "楷体_GB2312", "STKaiti", "AR PL UKai CN", *_SONG),
    "song": _SONG,
}
"""Fonts for each role of an official paper, the prescribed ones first, then free ones."""


def write_pdf(form: Mapping[str, Any], language: Language) -> bytes:
    """Write the report of an inventory as pdf.

    Parameters
    ----------
    form : mapping
        ``work.inventory_form.inventory_form``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    SettingError
        If the package ``typst`` or a font with Chinese characters is missing.
    """
    typst = load_typesetter()
    fonts = choose_fonts(typst.Fonts().families())
    document = _document(write_report(form, language), fonts)
    content: bytes = typst.compile(
        TEMPLATE.read_bytes(), sys_inputs={"report": json.dumps(document, ensure_ascii=False)}, timestamp=BORN
    )
    return content


def choose_fonts(families: Iterable[str]) -> dict[str, str]:
    """Font for each role among those of a machine.

    Parameters
    ----------
    families : iterable of str
        Families that are installed.

    Returns
    -------
    dict of str to str
        Role → family; a role without a font of its own takes one of another role.

    Raises
    ------
    SettingError
        If none of the known fonts with Chinese characters is installed.
    """
    known = set(families)
    every = [name for names in ROLES.values() for name in names if name in known]
    if not every:
        raise SettingError(
            Label("没有找到中文字体，不能排印 pdf", "no font with Chinese characters was found, a pdf cannot be set"),
            where="pdf",
            expected=Label("仿宋、宋体、思源或 Noto CJK 字体", "FangSong, SimSun, Source Han or Noto CJK"),
            remedy=Label(
                "Debian/Ubuntu：apt-get install fonts-noto-cjk；或改用 .docx",
                "Debian/Ubuntu: apt-get install fonts-noto-cjk; or write a .docx",
            ),
        )
    return {role: next((name for name in names if name in known), every[0]) for role, names in ROLES.items()}


def load_typesetter() -> Any:
    """The typesetter.

    Returns
    -------
    module
        ``typst``.

    Raises
    ------
    SettingError
        If it is not installed.
    """
    try:
        return import_module("typst")
    except ModuleNotFoundError:
        raise SettingError(
            Label("未安装排版组件 typst，不能写 pdf", "the typesetter typst is not installed, a pdf cannot be written"),
            where="pdf",
            expected=Label("附加组件 report", "the extra 'report'"),
            remedy=Label("执行 pip install 'dafeng[report]'；或改用 .docx", "pip install 'dafeng[report]'; or write a .docx"),
        ) from None


def _document(report: Report, fonts: Mapping[str, str]) -> dict[str, Any]:
    """The report as plain data for the template."""
    numbers = {address: at for at, address in enumerate(report.addresses(), 1)}
    tail = (Heading(1, ADDRESSES.read(report.language)), Paragraph((TRACED.read(report.language),)))
    numbering, tables = Numbering(report.language), iter(range(1, len(report.blocks) + 1))
    return {
        "title": report.title,
        "subtitle": report.subtitle,
        "language": report.language,
        "fonts": dict(fonts),
        "blocks": [_block(block, numbering, tables, numbers, report.language) for block in (*report.blocks, *tail)],
        "addresses": list(numbers),
    }


def _block(
    block: Block, numbering: Numbering, tables: Iterable[int], numbers: Mapping[str, int], language: Language
) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": numbering.number(block)}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "parts": [_part(part, numbers) for part in block.parts]}
    at = next(iter(tables))
    zh = language == "zh"
    return {
        "kind": "table",
        "title": f"表{at}　{block.title}" if zh else f"Table {at}: {block.title}",
        "unit": (f"单位：{block.unit}" if zh else f"Unit: {block.unit}") if block.unit else "",
        "heads": block.heads,
        "widths": block.widths,
        "right": sorted(block.right),
        "strong": sorted(block.strong),
        "rows": [[_part(part, numbers) for part in row] for row in block.rows],
        "source": block.source,
    }


def _part(part: Part, numbers: Mapping[str, int]) -> dict[str, Any]:
    if isinstance(part, Figure):
        return {"text": part.text, "number": numbers[part.address]}
    return {"text": part, "number": None}
