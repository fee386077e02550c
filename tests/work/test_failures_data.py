"""Failures of other platforms with delivered data (platforms.md), each tried on a whole city: file, store, account."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from dafeng.core.units import convert
from dafeng.library.indicators import read_indicators
from dafeng.readers.template import FIELDS, choose_indicators, offer_units
from dafeng.work.audit import audit
from dafeng.work.city import City, init
from dafeng.work.correct import correct
from dafeng.work.ingest import Ingested, ingest

HEAD = "指标,年份,品种,企业,数值,单位\n"


@pytest.fixture
def city(tmp_path: Path) -> City:
    return init(tmp_path / "city", place="370600")


def deliver(city: City, *lines: str, name: str = "a.csv") -> Ingested:
    path = city.folder.parent / name
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return ingest(city, [path])


def values(city: City) -> list[Decimal]:
    return [row["value"].normalize() for row in city.facts.read().to_pylist()]


def rules(taken: Ingested) -> list[str]:
    return [finding.rule for finding in taken.findings]


def test_f01_every_unit_a_template_offers_converts_there_and_back_exactly() -> None:
    catalogue = read_indicators()
    asked = {indicator for field in FIELDS for indicator in choose_indicators(catalogue, field)}
    pairs = {(text, one.unit) for one in asked for text in offer_units(one)}
    assert len(pairs) > 50
    assert all(convert(convert(Decimal(5), text, own), own, text) == 5 for text, own in pairs)


def test_f02_a_gas_in_tonnes_is_refused_where_no_density_is_named(city: City) -> None:
    taken = deliver(city, "天然气消费量,2024,,,3,万吨")
    assert (rules(taken), values(city)) == (["figure.unit"], [])


def test_f04_a_thousand_sources_of_400_grams_are_400_kilograms(city: City) -> None:
    deliver(city, *(f"煤炭消费量,2024,原煤,第{number}户,0.4,kg" for number in range(1000)))
    assert sum(values(city), Decimal(0)) == 400


def test_f05_a_sum_in_the_store_has_the_type_and_digits_of_a_sum_in_memory(city: City) -> None:
    deliver(city, "煤炭消费量,2024,,甲厂,0.100001,万吨", "煤炭消费量,2024,,乙厂,0.200002,万吨")
    told = city.facts.query("SELECT sum(f.value) AS total FROM facts AS f").column("total")[0].as_py()
    assert (type(told), told) == (Decimal, sum(values(city), Decimal(0)))


def test_f07_the_second_row_of_one_code_adds_to_the_first_however_often_it_is_imported(city: City) -> None:
    lines = ("煤炭消费量,2024,,甲厂,336.60,万吨", "煤炭消费量,2024,,乙厂,1413.40,万吨")
    for name in ("a.csv", "b.csv", "c.csv"):
        deliver(city, *lines, *(["常住人口,2024,,,700,万人"] if name == "c.csv" else []), name=name)
    told = [row["value"] for row in city.facts.read(indicators=("coal_consumption",)).to_pylist()]
    assert (sum(told, Decimal(0)), len(told)) == (Decimal(1750), 2)


@pytest.mark.parametrize("seed", range(3))
def test_f08_totals_equal_recomputation_after_any_edits(city: City, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random, model, failing = Random(seed), {}, "dafeng.work.correct._append"
    for step in range(8):
        unit, value = f"厂{random.randrange(4)}", Decimal(random.randrange(1, 10**6)) / 1000
        if unit in model and random.random() < 0.6 and model[unit] != value:
            rows = city.facts.read().to_pylist()
            fact = next(row["fact"] for row in rows if row["organisation"] == unit)
            if random.random() < 0.5:
                with monkeypatch.context() as patch:
                    patch.setattr(failing, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
                    with pytest.raises(KeyboardInterrupt):
                        correct(city, fact, value=value, reason="r", who="w")
                assert sum(values(city), Decimal(0)) == sum(model.values(), Decimal(0))
            correct(city, fact, value=value, reason="r", who="w")
        elif unit not in model:
            deliver(city, f"煤炭消费量,2024,,{unit},{value},万吨", name=f"{step}.csv")
        else:
            continue
        model[unit] = value
        assert sum(values(city), Decimal(0)) == sum(model.values(), Decimal(0))


def test_f09_a_figure_in_co2e_never_fills_an_indicator_of_co2(city: City) -> None:
    taken = deliver(city, "林业碳汇量,2024,,,12,万吨CO2e")
    assert (rules(taken), values(city)) == (["figure.unit"], [])


def test_f10_an_activity_listed_six_times_counts_once_and_a_contradiction_not_at_all(city: City) -> None:
    once = deliver(city, *["水泥熟料产量,2024,,,100,万吨"] * 6)
    assert (rules(once), values(city)) == (["figure.repeated"], [Decimal(100)])
    twice = deliver(city, "水泥熟料产量,2023,,,100,万吨", "水泥熟料产量,2023,,,101,万吨", name="b.csv")
    assert (rules(twice), values(city)) == (["figure.contradiction"], [Decimal(100)])


def test_f21_blank_and_not_estimated_are_no_zero_and_a_zero_among_figures_raises_a_question(city: City) -> None:
    given = {2019: "10.1", 2020: "10.9", 2021: "0", 2022: "11.4", 2023: "11.8", 2024: "12.3", 2017: "NE", 2018: ""}
    taken = deliver(city, *(f"天然气消费量,{year},,,{value},亿立方米" for year, value in given.items()))
    assert (rules(taken), len(values(city))) == (["figure.blank"], 6)
    assert [finding.at for finding in audit(city) if finding.rule == "audit.zero"] == ["a.csv!E4"]


def test_f22_a_true_zero_is_a_result_and_what_is_missing_is_none(city: City) -> None:
    deliver(city, "水泥熟料产量,2023,,,0,万吨")
    assert values(city) == [Decimal(0)]
    assert [row["period"] for row in city.facts.read(periods=("2024",)).to_pylist()] == []


def test_f23_a_sink_and_a_zero_are_accepted_and_an_unknown_option_is_refused(city: City) -> None:
    taken = deliver(city, "林业碳汇量,2023,,,-12,万吨CO2", "林业碳汇量,2024,,,0,万吨CO2", "幸福碳汇量,2024,,,3,万吨CO2",
                    "煤炭消费量,2024,某种煤,,3,万吨")  # fmt: skip
    assert (sorted(values(city)), sorted(rules(taken))) == ([Decimal(-12), Decimal(0)], ["figure.carrier", "figure.unknown"])
    assert [finding for finding in audit(city) if finding.severity == "error"] == []
