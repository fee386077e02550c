"""Years, periods and bases as plans write them."""

from __future__ import annotations

import re

import pytest

from dafeng.plans.times import BASE, TIME, read_base, read_times


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("到2030年", [(2030, "until", None)]),
        ("到2030全市", [(2030, "until", None)]),
        ("2025年底前", [(2025, "until", None)]),
        ("在2025年6月底前", [(2025, "until", None)]),
        ("“十四五”期间", [(2025, "span", "2021/2025")]),
        ("到“十五五”末", [(2030, "until", None)]),
        ("“十四五”“十五五”", [(2025, "span", "2021/2025"), (2030, "span", "2026/2030")]),
        ("“十四五”、“十五五”期间", [(2025, "span", "2021/2025"), (2030, "span", "2026/2030")]),
        ("自2022年起", [(2022, "from", "2022/..")]),
        ("2021—2025年", [(2025, "span", "2021/2025")]),
        ("到2025年、2030年", [(2025, "until", None), (2030, "until", None)]),
        ("2025年和2030年", [(2025, "plain", None), (2030, "plain", None)]),
        ("截至2023年底", [(2023, "past", None)]),
        ("2020年以来", [(2020, "past", None)]),
        ("“十四五”节能规划", None),
        ("2024年5月22日", None),
    ],
)
def test_times_are_read(text, wanted):
    found = re.match(TIME, text)
    read = [(time.year, time.kind, time.period) for time in read_times(found.group())] if found else None
    assert read == wanted


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("比2020年下降", 2020),
        ("较“十三五”末", 2020),
        ("在2005年基础上", 2005),
        ("以2020年为基数", 2020),
        ("与2015年相比", 2015),
        ("较上年", None),
        ("在现行标准基础上", None),
    ],
)
def test_bases_are_read(text, year):
    assert read_base(re.match(BASE, text).group()).year == year


@pytest.mark.parametrize("text", ["比重达到", "较大提高", "比例", "与会"])
def test_other_words_are_no_base(text):
    assert re.match(BASE, text) is None
