"""The table of names: every name that plans write is matched to what it means, or to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.library.indicators import Catalogue, Indicator, read_indicators
from dafeng.library.naming import fit_unit, folded, keys_of
from dafeng.library.strict import load_yaml

TABLE = load_yaml(Path(__file__).with_name("names.yaml"))
CHANGES = ("increase", "decrease", "yearly")
CATALOGUE = read_indicators()


class Unscanned(dict[str, Indicator]):
    """Indicators that may be looked up by id only."""

    scans = 0

    def values(self):
        Unscanned.scans += 1
        return super().values()

    def items(self):
        Unscanned.scans += 1
        return super().items()


def found(name: str, unit: str, more: str | None = None) -> str | None:
    change, counting = (more, None) if more in CHANGES else (None, more)
    match = CATALOGUE.match(name, unit or "1", counting=counting, change=change)
    return None if match is None else match.indicator.id


def judged(half: str) -> list[tuple[str | None, str | None, str]]:
    return [(row[2], found(row[0], row[1], *row[3:]), row[0]) for row in TABLE[half]]


@pytest.mark.parametrize("half", list(TABLE))
def test_no_name_of_the_table_is_matched_to_another_indicator(half: str) -> None:
    assert [row for row in judged(half) if row[1] is not None and row[1] != row[0]] == []


@pytest.mark.parametrize(("half", "least"), [("tuned", 1.0), ("held_out", 0.98), ("third", 0.98)])
def test_names_that_say_the_same_are_matched(half: str, least: float) -> None:
    known = [row for row in judged(half) if row[0] is not None]
    assert sum(row[0] == row[1] for row in known) >= least * len(known)


def test_the_table_names_shipped_indicators_only() -> None:
    assert {row[2] for half in TABLE.values() for row in half} - {None} <= set(CATALOGUE.indicators)


def test_no_two_indicators_claim_one_name_for_one_thing() -> None:
    lost = [
        (one.id, name) for one in CATALOGUE.indicators.values() for name in one.synonyms
        if CATALOGUE.match(name, one.unit, counting=one.counting) is None
    ]  # fmt: skip
    assert lost == []


def test_a_look_up_does_not_go_through_the_catalogue() -> None:
    catalogue = Catalogue(Unscanned(CATALOGUE.indicators))
    before = Unscanned.scans
    catalogue.match("没有定义的指标", "%")
    catalogue.candidates("没有定义的指标", "%")
    assert Unscanned.scans == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("非化石能源占一次能源消费总量的比重", "能源消费总量中非化石能源占比"),
        ("风电光伏发电装机规模", "风力发电、太阳能发电装机容量"),
        ("单位地区生产总值能源消耗降低比例（%）", "万元GDP能耗降幅"),
        ("规模以上工业企业单位增加值能耗", "规上单位工业增加值能源消耗"),
    ],
)
def test_spellings_of_one_thing_fold_to_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("新增大宗固废综合利用率", "大宗固废综合利用率"),
        ("海上风电装机容量", "风电装机容量"),
        ("农村清洁取暖率", "清洁取暖率"),
        ("人均用水量", "用水量"),
        ("国家级绿色工厂", "绿色工厂"),
        ("累计发电量", "发电量"),
        ("规模以上工业能源消费量", "工业能源消费量"),
        ("单位面积产量", "产量"),
    ],
)
def test_a_word_that_changes_the_meaning_is_kept(one: str, other: str) -> None:
    assert not set(vars_of(one)) & set(vars_of(other))


def vars_of(name: str) -> tuple[str, ...]:
    keys = keys_of(name)
    return tuple(key for key in (keys.plain, keys.folded, keys.short, keys.order) if key)


@pytest.mark.parametrize(
    ("name", "printed", "own", "fitting"),
    [
        ("人均公园绿地面积", "平方米", "平方米/人", "平方米/人"),
        ("万元GDP用水量", "立方米", "立方米/万元", "立方米/万元"),
        ("炼油产能", "万吨/年", "万吨", "万吨"),
        ("公园绿地面积", "平方米", "平方米/人", None),
        ("供电煤耗", "%", "克标准煤/千瓦时", None),
        ("全社会用电量", "万吨标准煤", "亿千瓦时", None),
        ("绿色出行比例", "百分点", "1", None),
        ("绿色出行比例", "没有的单位", "1", None),
    ],
)
def test_a_unit_fits_with_what_the_name_adds(name: str, printed: str, own: str, fitting: str | None) -> None:
    assert fit_unit(name, printed, own) == fitting


def test_candidates_tell_why_they_were_not_taken() -> None:
    near = CATALOGUE.candidates("供电煤耗", "%")
    assert [(one.indicator.id, one.reason.en, one.fitting) for one in near][:1] == [
        ("coal_power_rate", "its unit differs (克标准煤/千瓦时)", False)
    ]


@given(st.sampled_from([row for row in TABLE["tuned"] if row[2]]), st.text(alphabet="甲乙丙丁戊己庚辛", min_size=1, max_size=3))
def test_a_word_nobody_knows_makes_another_name(row: list[str], word: str) -> None:
    assert found(word + row[0], row[1], *row[3:]) is None
