"""The peak in words: which peak it is, and what the record says beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dafeng.pathways.peak import read_history
from dafeng.work.city import open_city
from dafeng.work.peak import ask_peak
from dafeng.work.tracing import TraceBook
from tests.work.made import projection, score, scores

YANTAI = Path(__file__).resolve().parents[2] / "cities" / "yantai"


def answer(level: float) -> tuple[str, str]:
    """Answer where the record stands at a level, jumps up in 2016 and ends lower in 2020. [Mt CO2]"""
    traces = TraceBook()
    made = projection(open_city(YANTAI), scores(traces), traces)
    series = ((2014, level), (2015, level), (2016, 1.5 * level), (2017, 1.45 * level), (2018, 1.4 * level), (2020, level))
    rows = tuple(score(TraceBook(), "co2_emissions_ceads", year, value, "Mt CO2") for year, value in series)
    (headline,) = ask_peak(replace(made, recorded=rows, history=read_history(series)), (), traces)
    return headline.answer.zh, headline.answer.en


def test_a_record_above_the_path_is_told_with_its_breaks_and_both_ends() -> None:
    zh, en = answer(10.0)
    assert "达峰年份指2020年起的路径中最高的一年" in zh
    assert "有记录以来最高为 2016 年 1,500 万吨CO2，高于路径的峰值" in zh
    assert "记录末年 2020 年为 1,000 万吨CO2，路径 2020 年从" in zh
    assert "The highest recorded is 15 Mt CO2 in 2016, above the peak of the path" in en
    assert "breaks or jumps in 2016" in en


@pytest.mark.parametrize("level", [0.1, 1.0])
def test_a_record_below_the_path_needs_no_comparison(level: float) -> None:
    zh, en = answer(level)
    assert "不高于路径的峰值" in zh
    assert "come from" not in en
