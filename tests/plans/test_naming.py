"""Names of indicators: normalised, shared over lists, built for parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.plans.heads import split_heads
from dafeng.plans.naming import inherit_denominator, name_part, normalise


@pytest.mark.parametrize(
    ("words", "name", "scope", "counting"),
    [
        ("全市清洁能源装机容量占比", "清洁能源装机容量占比", ("全市",), None),
        ("建成及在建海上风电装机容量", "海上风电装机容量", (), "built_and_under_construction"),
        ("实现星级绿色建筑面积占比", "星级绿色建筑面积占比", (), None),
        ("机组正常工况下平均供电煤耗", "机组平均供电煤耗", ("正常工况下",), None),
        ("废钢、废铜等再生资源产品年利用量", "再生资源产品年利用量", ("废钢、废铜等",), None),
        ("年吞吐量5000万吨以上港口岸电覆盖率", "港口岸电覆盖率", ("年吞吐量5000万吨以上",), None),
        ("共享单车保有量", "共享单车保有量", (), None),
        ("再生水利用率", "再生水利用率", (), None),
        ("产业增加值年均", "产业增加值", ("年均",), None),
        ("全市", "", ("全市",), None),
    ],
)
def test_names_are_normalised(words, name, scope, counting):
    found = normalise(words)
    assert (found.text, found.scope, found.counting) == (name, scope, counting)


@given(st.text(alphabet="全市实现的、和率占比重（）1万吨以上建成在等年均", max_size=30))
def test_normalising_twice_changes_nothing_more(words):
    once = normalise(words).text
    assert len(normalise(once).text) <= len(once)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("单位地区生产总值能源消耗、二氧化碳排放", ("单位地区生产总值能源消耗", "单位地区生产总值二氧化碳排放")),
        ("铁路、水路货运量", ("铁路货运量", "水路货运量")),
        (
            "建成区新增、更新公交车辆和出租车辆新能源占比",
            ("建成区新增、更新公交车辆新能源占比", "建成区新增、更新出租车辆新能源占比"),
        ),
        ("森林覆盖率和活立木蓄积量", ("森林覆盖率", "活立木蓄积量")),
        ("城区、县城清洁取暖率", ("城区清洁取暖率", "县城清洁取暖率")),
    ],
)
def test_lists_share_their_opening_and_ending(words, wanted):
    assert split_heads(words, 2) == wanted


def test_a_list_that_is_too_short_is_not_split():
    assert split_heads("森林覆盖率", 2) is None


@pytest.mark.parametrize(
    ("part", "whole", "name"),
    [
        ("海上", "光伏发电装机容量", "海上光伏发电装机容量"),
        ("海上风电", "风电装机容量", "海上风电装机容量"),
        ("光伏", "可再生能源装机容量", "光伏装机容量"),
        ("陆上风电装机容量", "风电装机容量", "陆上风电装机容量"),
    ],
)
def test_a_part_is_named_by_its_whole(part, whole, name):
    assert name_part(part, whole) == name


def test_the_denominator_of_an_intensity_is_inherited_only_by_intensities():
    assert inherit_denominator("二氧化碳排放", "单位地区生产总值能源消耗") == "单位地区生产总值二氧化碳排放"
    assert inherit_denominator("煤炭消费总量", "单位地区生产总值能源消耗") == "煤炭消费总量"
