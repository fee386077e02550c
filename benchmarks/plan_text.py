"""Plan texts: reading a hundred, three hundred and a thousand pages down to targets, tasks and organisations.

The peer is what one takes to get figures out of a text in an hour: regular expressions. They find figures and brackets, but
not which name, year, part or base a figure has; the ratio is the price of understanding, start of the program included.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.harness import Peer, case

PAGE = 800
"""Characters of a printed page."""
TEXT = (
    "{0}.推进第{1}批清洁能源项目。到2030年，全市海上风电装机容量达到{1}万千瓦以上，其中近海{2}万千瓦，非化石能源消费比重达到28%左右，单位地区生产"
    "总值能源消耗、二氧化碳排放分别比2020年下降13%、18%。截至2023年底，全市光伏装机已达到61.5万千瓦。（责任单位：市发展改革委、市生态环境局，各区市政府）\n"
)
HEAD = "云汀市碳达峰实施方案\n第一章 重点任务\n"
HEADING = "第{0}节 能源行动\n"


def write_text(folder: Path, pages: int) -> None:
    """Write a plan of so many pages."""
    count = pages * PAGE // len(TEXT)
    lines = (
        (HEADING.format(number // 40 + 1) if number % 40 == 0 else "") + TEXT.format(number % 40 + 1, number + 1, number / 2)
        for number in range(count)
    )
    (folder / "plan.txt").write_text(HEAD + "".join(lines), encoding="utf-8")


def write_hundred(folder: Path) -> None:
    """Write a plan of a hundred pages."""
    write_text(folder, 100)


def write_thousand(folder: Path) -> None:
    """Write a plan of a thousand pages."""
    write_text(folder, 1000)


def by_patterns(folder: Path) -> int:
    """Find years, numbers and units with regular expressions, without saying what belongs to what."""
    import re

    text = (folder / "plan.txt").read_text(encoding="utf-8")
    found = re.findall(r"到(20\d\d)年[^。]*?([\d.]+)(%|[十百千万亿]*[千瓦吨元]+)", text)
    return sum(1 for _ in re.finditer(r"（责任单位：[^）]*）", text)) if found else 0


@case(prepare=write_hundred, peer=Peer(by_patterns, "re", "two regular expressions over the whole text, nothing understood"))
def text_hundred(folder: Path) -> int:
    """Read a hundred pages of text; the number of their tasks."""
    import dafeng as df

    return len(df.read_plan(folder / "plan.txt", place="990100").tasks)


@case(prepare=write_thousand)
def text_thousand(folder: Path) -> int:
    """Read a thousand pages of text; the number of their tasks."""
    import dafeng as df

    return len(df.read_plan(folder / "plan.txt", place="990100").tasks)
