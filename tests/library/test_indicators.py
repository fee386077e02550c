"""A name is matched where it says the same, and stays unknown where nobody defined it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError
from dafeng.library.indicators import Catalogue, read_indicators
from dafeng.library.naming import normal

HEAD = "id: own\nsource: dafeng\nindicators:\n"
ROW = (
    "  - {{id: own_share, field: city, label: {{zh: 自有占比, en: own share}}, unit: {unit}, kind: ratio, "
    "direction: increase, synonyms: [], definition: {definition}}}\n"
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_indicators()


def overlay(folder: Path, text: str) -> Path:
    (folder / "indicators").mkdir()
    (folder / "indicators" / "own.yaml").write_text(HEAD + text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "unit", "indicator", "how"),
    [
        ("非化石能源消费比重", "%", "non_fossil_share", "name"),
        ("非化石能源 消费 占比", "%", "non_fossil_share", "synonym"),
        ("国内生产总值", "亿元", "gdp", "name"),
        ("全市常住人口", "万人", "population", "name"),
        ("清洁能源装机容量比重", "%", "clean_capacity_share", "shortened"),
        ("能源消耗单位地区生产总值", "吨标准煤/万元", "energy_intensity", "word_order"),
    ],
)
def test_a_name_is_recognised(catalogue: Catalogue, name: str, unit: str, indicator: str, how: str) -> None:
    found = catalogue.match(name, unit)
    assert found is not None
    assert (found.indicator.id, found.how) == (indicator, how)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("分散式风电装机容量", "万千瓦"),
        ("非化石能源消费比重", "万千瓦"),
        ("清洁能源装机容量", "亿千瓦时"),
        ("", "%"),
        ("幸福指数", "%"),
        ("地区生产总值", "no such unit"),
    ],
)
def test_an_unknown_name_or_dimension_is_not_forced(catalogue: Catalogue, name: str, unit: str) -> None:
    assert catalogue.match(name, unit) is None


def test_what_counts_differently_is_another_indicator(catalogue: Catalogue) -> None:
    plain = catalogue.match("海上风电装机容量", "万千瓦")
    committed = catalogue.match("海上风电装机容量", "万千瓦", counting="built_and_under_construction")
    assert [m and m.indicator.id for m in (plain, committed)] == ["offshore_wind_capacity", "offshore_wind_capacity_committed"]


def test_needs_come_from_the_definition(catalogue: Catalogue) -> None:
    assert catalogue.indicators["clean_capacity_share"].needs == ("clean_capacity", "total_capacity")


def test_every_shipped_indicator_answers_to_its_own_name(catalogue: Catalogue) -> None:
    lost = [
        i.id for i in catalogue.indicators.values()
        if (m := catalogue.match(i.label.zh, i.unit, counting=i.counting)) is None or m.indicator.id != i.id
    ]  # fmt: skip
    assert lost == []


@pytest.mark.parametrize(
    ("unit", "definition", "said"),
    [
        ("'1'", "gdp / nothing_known", "uses the unknown indicator 'nothing_known'"),
        ("'1'", "gdp / population", "the definition has the unit"),
        ("'1'", "gdp + population", "different units"),
        ("'1'", "gdp ^ 2", "cannot parse"),
        ("furlong", "gdp / gdp", "unknown unit 'furlong'"),
    ],
)
def test_a_broken_definition_is_refused_with_its_place(tmp_path: Path, unit: str, definition: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=rf"own.yaml:4:\d+.*{said}"):
        read_indicators(overlay(tmp_path, ROW.format(unit=unit, definition=definition)))


def test_an_overlay_adds_an_indicator(tmp_path: Path) -> None:
    found = read_indicators(overlay(tmp_path, ROW.format(unit="亿元/万人", definition="gdp / population")))
    assert found.indicators["own_share"].needs == ("gdp", "population")


@given(st.text(max_size=20), st.sampled_from(["%", "万千瓦", "亿元", ""]))
def test_any_name_is_matched_or_unknown(name: str, unit: str) -> None:
    found = Catalogue(CATALOGUE.indicators).match(name, unit)
    assert found is None or found.indicator.id in CATALOGUE.indicators


@given(st.text(alphabet="地区生产总值能源消费占比", max_size=12), st.integers(0, 12))
def test_blanks_and_width_do_not_distinguish(name: str, place: int) -> None:
    assert normal(f"{name[:place]} \u3000{name[place:]}") == normal(name)


CATALOGUE = read_indicators()
