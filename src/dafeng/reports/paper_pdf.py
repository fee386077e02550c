"""A report as pdf in the form of official papers, set by typst with the fonts of this machine.

Invariant: without the package or without a font that has Chinese, nothing is written and the refusal says what to install;
the same report and fonts give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.reports.blocks import Block, Chart, Figure, Heading, Numbering, Paragraph, Part, Report, Table
from dafeng.reports.chart_book import colour
from dafeng.reports.paper_docx import ADDRESSES, TRACED, chart_size

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


def write_paper(report: Report) -> bytes:
    """Set a report as pdf.

    Parameters
    ----------
    report : Report
        The report.

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
    document = _document(report, choose_fonts(typst.Fonts().families()))
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
    setter = _Setter(report)
    tail = (Heading(1, ADDRESSES.read(report.language)), Paragraph((TRACED.read(report.language),)))
    return {
        "title": report.title,
        "subtitle": report.subtitle,
        "language": report.language,
        "fonts": dict(fonts),
        "blocks": [setter.set(block) for block in (*report.blocks, *tail)],
        "addresses": list(setter.numbers),
    }


class _Setter:
    """Blocks of one report as plain data, with the numbers of headings, tables, figures and addresses."""

    def __init__(self, report: Report) -> None:
        self.zh = report.language == "zh"
        self.numbers = {address: at for at, address in enumerate(report.addresses(), 1)}
        self.numbering = Numbering(report.language)
        self.tables: Iterator[int] = iter(range(1, len(report.blocks) + 1))
        self.charts: Iterator[int] = iter(range(1, len(report.blocks) + 1))

    def set(self, block: Block) -> dict[str, Any]:
        if isinstance(block, Heading):
            return {"kind": "heading", "level": block.level, "text": self.numbering.number(block)}
        if isinstance(block, Paragraph):
            return {"kind": "paragraph", "parts": self._parts(block.parts)}
        return self._chart(block) if isinstance(block, Chart) else self._table(block)

    def _table(self, block: Table) -> dict[str, Any]:
        at = next(self.tables)
        return {
            "kind": "table",
            "title": f"表{at}　{block.title}" if self.zh else f"Table {at}: {block.title}",
            "unit": (f"单位：{block.unit}" if self.zh else f"Unit: {block.unit}") if block.unit else "",
            "heads": block.heads,
            "widths": block.widths,
            "right": sorted(block.right),
            "strong": sorted(block.strong),
            "rows": [self._parts(row) for row in block.rows],
            "source": block.source,
        }

    def _chart(self, block: Chart) -> dict[str, Any]:
        at, (wide, high) = next(self.charts), chart_size(block)
        return {
            "kind": "chart",
            "drawn": block.kind,
            "title": f"图{at}　{block.title}" if self.zh else f"Figure {at}: {block.title}",
            "marks": [self.numbers[address] for address in block.addresses],
            "unit": block.unit,
            "labels": block.labels,
            "series": [
                {"id": one.id, "name": one.name, "values": one.values, "tone": colour(one, place)}
                for place, one in enumerate(block.series)
            ],
            "says": block.says,
            "source": block.source,
            "wide": wide,
            "high": high,
        }

    def _parts(self, parts: Iterable[Part]) -> list[dict[str, Any]]:
        return [
            {"text": part.text, "number": self.numbers[part.address]}
            if isinstance(part, Figure)
            else {"text": part, "number": None}
            for part in parts
        ]
