"""Balance tables for tests: the published Shandong table of 2007, and a small one made by hand.

The small one closes: 原煤 available 100 + 20 - 5 - 15 = 100, input 60 + 10, final 30; 电力 output 50, final 48, loss 2.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

SMALL: tuple[tuple[str, ...], ...] = (
    ("项目", "原煤", "电力", "热力"),
    ("", "万吨", "亿千瓦时", "百亿千焦"),
    ("一.可供本地区消费的能源量", "100", "", ""),
    ("1.一次能源生产量", "100", "", ""),
    ("3.外省(区、市)调入量", "20", "", ""),
    ("6.本省(区、市)调出量(-)", "-5", "", ""),
    ("9.库存增(-)、减(+)量", "-15", "", ""),
    ("二.加工转换投入(-)产出(+)量", "-70", "50", "200"),
    ("1.火力发电", "-60", "50", ""),
    ("2.供热", "-10", "", "200"),
    ("三.损失量", "", "2", ""),
    ("四.终端消费量", "30", "48", "200"),
    ("1.农、林、牧、渔、水利业", "2", "3", ""),
    ("2.工业", "20", "35", "150"),
    ("#用作原料、材料", "4", "", ""),
    ("6.生活消费", "8", "10", "50"),
    ("城镇", "3", "6", "50"),
    ("乡村", "5", "4", ""),
    ("五.平衡差额", "0", "0", "0"),
    ("六.消费量合计", "100", "50", "200"),
)


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as a UTF-8 CSV."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


def published(shared: Path) -> list[list[str]]:
    """Rows of the Shandong table of 2007 (China Energy Statistical Yearbook 2008, table 6-15)."""
    with (shared / "data/oracles/shandong_2007_balance.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def typed(rows: Sequence[Sequence[str]]) -> list[list[object]]:
    """The same rows with numbers as numbers, as a workbook holds them."""
    return [[_typed(text) for text in row] for row in rows]


def _typed(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text or None
