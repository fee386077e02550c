"""Marks with which lines of a plan announce what they begin: numbers of every style, boxes, appendices, notes, footers.

Invariant: a mark is told by the form of a line alone; which part stands below which is decided by ``structure``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from dafeng.plans.lexicon import either, lexicon
from dafeng.plans.script import Script

Kind = Literal["numbered", "styled", "bare", "box", "appendix", "note", "footer", "head", "text"]
"""``numbered`` 一、, ``styled`` a heading by its style, ``bare`` a short line without number, ``box`` 专栏, ``appendix`` 附件,
``note`` 注：, ``footer`` 抄送, ``head`` 发文字号 and the like, ``text`` anything else."""

LONGEST_TITLE = 60
"""Longest line that can be a heading without a full stop. [characters]"""
CHINESE = "一二三四五六七八九十百"
VOLUME, CHAPTER, SECTION, ARTICLE, MAJOR, MINOR, ITEM, MEASURE, POINT = 0.0, 1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0
"""Ranks of the styles of numbers: 第一部分, 第一章, 第一节, 第一条, 一、, （一）, 1., （1）, ①."""
DEEPER = 0.3
"""How much each level of a decimal number (1.1, 1.1.1) lies below 1."""
STYLES = (
    (VOLUME, re.compile(rf"(?P<number>第(?P<value>[{CHINESE}\d]{{1,4}})(?:编|篇|部分))[、：]?(?![布析组])")),
    (CHAPTER, re.compile(rf"(?P<number>第(?P<value>[{CHINESE}\d]{{1,4}})章)[、：]?(?!程)")),
    (SECTION, re.compile(rf"(?P<number>第(?P<value>[{CHINESE}\d]{{1,4}})节)[、：]?(?!约)")),
    (ARTICLE, re.compile(rf"(?P<number>第(?P<value>[{CHINESE}\d]{{1,4}})条)[、：]?(?![线例件])")),
    (MAJOR, re.compile(rf"(?P<number>(?P<value>[{CHINESE}]{{1,4}})、)：?(?![{CHINESE}]{{1,3}}[、次产等是])")),
    (MINOR, re.compile(rf"(?P<number>（(?P<value>[{CHINESE}]{{1,4}})）)[、，.．]?")),
    (ITEM, re.compile(r"(?P<number>(?P<value>\d{1,3})(?:[.．](?!\d)|、|\)))")),
    (MEASURE, re.compile(r"(?P<number>（(?P<value>\d{1,2})）|(?P<other>\d{1,2})）)[、，]?")),
    (POINT, re.compile(r"(?P<number>(?P<value>[①-⑳]))[、，]?")),
)
DECIMAL = re.compile(
    r"(?P<number>\d{1,2}(?:[.．]\d{1,2}){1,3})[.．、]?(?=[“《\u4e00-\u9fff])(?![万亿千百多倍个元吨度米公亩家座台辆年月日分])"
)
PLAIN = re.compile(r"(?P<number>\d{1,2})(?=[\u4e00-\u9fff])(?![万亿千百多倍个元吨度米公亩家座台辆年月日分大项条])")
BOX = re.compile(rf"[【\[（]?(?P<number>(?:专栏|专题|工程专栏)[{CHINESE}\d]{{0,3}}(?:-\d{{1,2}})?)[】\]）]?[：:、.．]?")
APPENDIX = re.compile(rf"(?P<number>附(?:件|表|录|图|则表)[{CHINESE}\d]{{0,3}}(?:-\d{{1,2}})?)[：:、.．]?")
ATTACHED = re.compile(r"附(?:件|表)?[：:](?:1[.．、](?!\d)|（?一[、）])")
NOTE = re.compile(r"(?P<number>(?:[*※]|注释?|备注|说明|数据来源|资料来源)\d{0,2})[：:]|(?P<star>[*※])(?=[\u4e00-\u9fff])")
FOOTER = re.compile(r"(?:抄送|抄报|主送|分送|报送|发)[：:]|.{2,30}(?:19|20)\d\d年\d{1,2}月\d{1,2}日印发$|（?此件.{1,8}公开")
HEAD = re.compile(
    r"[\u4e00-\u9fff]{1,14}[〔\[（【](?:19|20)\d\d[〕\]）】]第?\d{1,5}号$"
    r"|(?:索引号|发布|来源|时间|日期|字号|文号|字体|浏览|成文|发文|有效性|信息来源|主题分类|公开方式|作者|编辑|责任编辑)[\u4e00-\u9fff]{0,4}[：:]"
    r"|（?(?:19|20)\d\d年\d{1,2}月\d{1,2}日）?$|[二〇○一三四五六七八九零]{4}年.{1,3}月.{1,3}日$"
)
SALUTATION = re.compile(
    r".{0,40}(?:各区|各县|各市|各镇|各街道|各部门|各单位|市直|区直|县直|有关单位|委员会|人民政府).{0,120}：$"
)
HEADING_STYLE = re.compile(r"(?:heading|标题|h)\s?(?P<level>[1-6])\b", re.IGNORECASE)
HASHES = re.compile(r"(?P<hashes>#{1,6})(?!#)")
CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
DIGITS: Mapping[str, int] = {mark: at for at, mark in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True, slots=True)
class Mark:
    """What a line announces.

    Parameters
    ----------
    kind : Kind
        What the line begins.
    rank : float
        The lower, the higher in the document; only compared. [1]
    number : str
        Number as printed.
    value : int
        The number itself, 0 where there is none. [1]
    end : int
        Where the title begins. [characters]
    """

    kind: Kind
    rank: float = 0.0
    number: str = ""
    value: int = 0
    end: int = 0


TEXT = Mark("text")


def read_mark(text: str) -> Mark:
    """Mark of a line.

    Parameters
    ----------
    text : str
        Cleaned line.

    Returns
    -------
    Mark
        ``text`` where it announces nothing by its form; bare and decimal headings need the lines around and are not told here.
    """
    for rank, pattern in STYLES:
        found = pattern.match(text)
        if found:
            return Mark("numbered", rank, found["number"], ordinal(_value(found)), found.end())
    return _read_special(text)


def _read_special(text: str) -> Mark:
    for kind, pattern in (("box", BOX), ("appendix", APPENDIX), ("note", NOTE)):
        found = pattern.match(text)
        if found and (kind == "note" or (len(text) <= LONGEST_TITLE and not text.endswith(("。", "；", "，")))):
            return Mark(kind, number=found["number"] or found["star"] if kind == "note" else found["number"], end=found.end())  # type: ignore[arg-type]
    if FOOTER.match(text):
        return Mark("footer")
    return Mark("head") if HEAD.match(text) and len(text) <= 2 * LONGEST_TITLE else TEXT


def read_style(style: str) -> int:
    """Level of a heading style.

    Parameters
    ----------
    style : str
        Name of a paragraph style.

    Returns
    -------
    int
        1 to 6, 0 for a style that is no heading. [1]
    """
    found = HEADING_STYLE.match(style)
    return int(found["level"]) if found else 0


def ordinal(text: str) -> int:
    """Number that a heading prints.

    Parameters
    ----------
    text : str
        Digits, Chinese numerals below a thousand, or a digit in a circle.

    Returns
    -------
    int
        The number, 0 where it is none. [1]
    """
    if text.isascii():
        return int(text or 0)
    if text in CIRCLES:
        return CIRCLES.index(text) + 1
    total = 0
    last = 0
    for mark in text:
        if mark in "十百":
            total += max(last, 1) * (10 if mark == "十" else 100)
            last = 0
        else:
            last = DIGITS.get(mark, 0)
    return total + last


def is_project_list(title: str) -> bool:
    """Whether a heading announces a list of projects.

    Parameters
    ----------
    title : str
        Heading.

    Returns
    -------
    bool
        True for 重大项目清单, 重点工程一览表 and the like.
    """
    return len(title) <= LONGEST_TITLE and _projects().search(title) is not None


def split_script(script: Script, starts: list[int]) -> list[Script]:
    """Cut a script at some places.

    Parameters
    ----------
    script : Script
        Cleaned paragraph.
    starts : list of int
        Places, rising, inside the text. [characters]

    Returns
    -------
    list of Script
        The stretches, each with its positions in the document.
    """
    bounds = [0, *starts, len(script.text)]
    return [
        Script(script.text[start:end], script.origin[start:end], script.paragraph, script.mended)
        for start, end in pairwise(bounds)
        if end > start
    ]


def _value(found: re.Match[str]) -> str:
    groups = found.groupdict()
    return str(groups.get("value") or groups.get("other") or "")


@cache
def _projects() -> re.Pattern[str]:
    words = lexicon().words
    return re.compile(rf"(?:{either(words['project_heads'])})(?:{either(words['project_lists'])})(?:（[^（）]{{0,12}}）)?$")
