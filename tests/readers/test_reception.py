"""A delivered file is read as what it holds, whatever its name says."""

from __future__ import annotations

from datetime import date

import pytest

from dafeng.core.errors import FileRefused
from dafeng.library.indicators import read_indicators
from dafeng.readers.reception import read_delivery
from tests.readers.balances import SMALL, as_csv

TOLD = {"place": "370600", "source": "city", "today": date(2026, 11, 21), "period": "2020"}


@pytest.mark.parametrize(
    ("data", "kind"), [(as_csv(SMALL), "balance"), ("指标,年份,数值,单位\nGDP,2024,1,亿元\n".encode(), "figures")]
)
def test_the_content_decides_what_a_file_is(data: bytes, kind: str) -> None:
    assert read_delivery(data, name="数据.csv", catalogue=read_indicators(), **TOLD).kind == kind


def test_a_novel_is_refused_with_what_would_have_been_read() -> None:
    with pytest.raises(FileRefused) as caught:
        read_delivery("话说天下大势，分久必合。\n".encode() * 500, name="小说.txt", catalogue=read_indicators(), **TOLD)
    assert "能源平衡表" in caught.value.read("zh")
