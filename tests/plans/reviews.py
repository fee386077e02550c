"""An invented plan under review, for the tests of reviews."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from dafeng.core.labels import Label
from dafeng.library.indicators import read_indicators
from dafeng.plans.edits import Change
from dafeng.plans.read import read_plan_text
from dafeng.plans.review import Review, make_edit
from tests.plans.conftest import document_of

TEXT = """青岚市碳达峰实施方案（虚构）
一、主要目标
到2030年，全市非化石能源消费比重达到28%左右。
二、重点任务
（一）能源绿色低碳转型行动
1.发展海上风电。到2030年，海上风电装机容量达到200万千瓦，光伏发电装机容量达到300万千瓦。（责任单位：市发展改革委、市海洋发展局）
2.保护湿地。守住生态保护红线，到2030年，湿地面积保持稳定。（牵头单位：市自然资源和规划局；配合单位：市水利局，各区市政府）
3.回顾进展。2020年，全市绿色建筑占比已达到45%。（责任单位：市住房城乡建设局）
"""
AT = datetime(2026, 1, 5, 8, tzinfo=UTC)


@cache
def base() -> Review:
    """The plan as the machine read it, before any edit."""
    document = document_of(TEXT)
    catalogue = read_indicators()
    reading = read_plan_text(document, place="990200", catalogue=catalogue)
    labels: dict[str, Label] = {name: one.label for name, one in catalogue.indicators.items()}
    return Review("0123456789abcdef", document, reading, (), labels)


def do(review: Review, *changes: Change, who: str = "张三") -> Review:
    """The review after some changes of one person."""
    for change in changes:
        edit = make_edit(review, change, who=who, at=AT)
        review = review if edit is None else replace(review, edits=(*review.edits, edit))
    return review
