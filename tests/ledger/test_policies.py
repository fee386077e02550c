"""Policies as data: published examples, what is not known, and what a file may not say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.errors import DafengError, DefinitionError
from dafeng.ledger.allowances import allocate, entitle, read_benchmarks
from dafeng.ledger.plants import Plant
from dafeng.ledger.policies import find_policy, need_policy, read_policies, round_whole, work_out

POLICIES = read_policies()


def worked(name: str, **values: object):
    return work_out(POLICIES[name], {key: Decimal(str(value)) for key, value in values.items()})


@pytest.mark.parametrize(
    ("edition", "load", "expected"),
    [
        ("2019", "0.9", "1"),
        ("2019", "0.85", "1"),
        ("2019", "0.82", "1.0042"),
        ("2021", "0.8", "1.007"),
        ("2021", "0.78", "1.0102"),
        ("2021", "0.75", "1.015"),
        ("2019", "0.7", "1.030225"),
        ("2019", "0.6", "1.061364"),
        ("2023", "0.7", "1"),
        ("2023", "0.65", "1"),
        ("2023", "0.64", "1.048797"),
        ("2023", "0.6", "1.061364"),
        ("2023", "0.5", "1.093443"),
        ("2023", "0.4", "1.126493"),
        ("2025-draft", "0.5", "1"),
        ("2025-draft", "0.49", "1.104924"),
        ("2025-draft", "0.4", "1.160254"),
        ("2025-draft", "0.3", "1.281146"),
    ],
)
def test_the_load_correction_of_each_plan(edition, load, expected):
    found = worked(f"allowance.coal.{edition}", load_factor=load)["load_correction"]
    assert abs(found - Decimal(expected)) < Decimal("0.000001")


def test_benchmarks_of_2024_are_those_of_2023_less_half_a_percent():
    rows = {(one.year, one.kind, one.product, one.unit_class): one for one in read_benchmarks()}
    compared = [
        (one.value, rows[2024, *key[1:]].value) for key, one in rows.items() if key[0] == 2023 and key[1] == "benchmark"
    ]
    assert len(compared) == 8
    assert all(abs(before * Decimal("0.995") - after) <= Decimal("0.0001") for before, after in compared)
    assert rows[2023, "benchmark", "electricity", "coal_above_300"].value == Decimal("0.795")
    assert rows[2022, "benchmark", "electricity", "coal_above_300"].value == Decimal("0.8177")
    assert {rows[year, "benchmark", "electricity", "gas"].basis for year in (2022, 2023)} == {"supplied", "generated"}
    assert {one.status for one in rows.values() if one.year >= 2025} == {"draft"}


def test_carry_over_and_its_second_run():
    first = worked("carry_over", base=1, net_sale=4, holding=10)
    assert (first["max_carry"], first["excess"], first["extra_sale"]) == (7, 3, Decimal("1.2"))
    again = worked("carry_over", base=1, net_sale="5.2", holding="8.8")
    assert (again["max_carry"], again["excess"], again["extra_sale"]) == (Decimal("8.8"), 0, 0)


def test_a_base_from_memory_is_never_used_by_itself():
    found = worked("carry_over", net_sale=4, holding=10)
    assert found.value is None
    assert [one.name for one in found.missing] == ["base"]
    assert POLICIES["carry_over"].constants[0].suggested == 10000


def test_the_price_of_energy_use_rights():
    assert worked("energy_right_price.shizuishan", adjustment="0.3", intensity="2.24").value == Decimal("22.5")


def test_the_reduction_of_offshore_wind():
    given = {"exported": 10**6, "imported": 5000, "operating_margin": "0.9", "build_margin": "0.4"}
    assert worked("reduction.offshore_wind", **given, operating_weight="0.5", build_weight="0.5").whole == 646750
    assert [one.name for one in worked("reduction.offshore_wind", **given).missing] == ["operating_weight", "build_weight"]


@pytest.mark.parametrize(
    ("case", "errors", "expected"),
    [
        ("in_class", {}, ("1000", "10")),
        ("late", {"max_error": "0.005"}, ("995", "10.05")),
        ("out_of_class", {"actual_error": "-0.008"}, ("992", "10.08")),
        ("out_of_class", {"actual_error": "0.008"}, ("992", "10.08")),
    ],
)
def test_the_meter_is_read_against_the_project(case, errors, expected):
    found = worked(f"meter.{case}", exported=1000, imported=10, **errors)
    assert (found["corrected_export"], found["corrected_import"]) == tuple(map(Decimal, expected))


def test_the_emission_of_a_solar_thermal_project():
    given = {"fuel": 100, "heating_value": "389.31", "carbon_content": "0.0153", "oxidation": "0.99"}
    assert abs(worked("reduction.solar_thermal", **given)["project_emission"] - Decimal("2162.1888")) < Decimal("0.0001")


def test_a_deficit_ends_at_a_fifth_and_gas_owes_none():
    found = worked("obligation.power", verified=1000, allowance=700, gas_excess=0)
    assert (found["deficit"], found["relief"], found.value) == (300, 100, 900)
    assert worked("obligation.power", verified=1000, allowance=700, gas_excess=300).value == 700
    assert worked("obligation.power", verified=1000, allowance=1200, gas_excess=0).value == 1000


def test_a_penalty_that_nobody_read_is_not_measurable():
    found = worked("penalty", short=5)
    assert (found.value, [one.name for one in found.missing]) == (None, ["penalty_rate"])


def test_credits_count_up_to_their_limit():
    found = worked("compliance", obligation=1000, offset_limit=50, surrendered=900, credits=80)
    assert (found["counted"], found["beyond"], found["short"]) == (50, 30, 50)
    assert worked("offset_limit", obligation=1019).whole == 50


def test_whole_units():
    assert [round_whole(Decimal(text), way) for text in ("1.9", "-1.1", "2") for way in ("down", "up")] == [1, 2, -2, -1, 2, 2]


def test_every_edition_is_dated_and_none_overlap():
    for family in {one.family for one in POLICIES.values() if one.years}:
        years = [year for one in POLICIES.values() if one.family == family for year in one.years]
        assert len(years) == len(set(years)), family
    assert find_policy(POLICIES, "allowance.coal", year=2025) is None
    assert find_policy(POLICIES, "allowance.coal", year=2025, draft=True).id == "allowance.coal.2025-draft"
    with pytest.raises(DafengError, match=r"penalty\.2"):
        need_policy(POLICIES, "penalty.2")


FIGURES = {"electricity_generated": "1000000", "heat": "200000", "load_factor": "0.6", "verified": "850000"}


def plant(unit: str = "1", year: int = 2023, sort: str = "coal_above_300", **figures: str) -> Plant:
    given = {**FIGURES, **figures}
    return Plant("firm", unit, year, sort, {name: Decimal(value) for name, value in given.items() if value}, f"t:{unit}")


def test_an_allowance_explains_itself():
    found = allocate(plant(), POLICIES, read_benchmarks())
    by_hand = Decimal(1000000) * Decimal("0.795") * Decimal("1.015") ** 4 + Decimal(200000) * Decimal("0.1038")
    assert found.value == by_hand
    assert [one.value for one in found.benchmarks] == [Decimal("0.795"), Decimal("0.1038")]
    assert all(line.says.zh and line.says.en for line in found.worked.lines)
    assert "0.795" in found.worked.lines[1].says.en


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"electricity_generated": ""}, "allowance.missing"),
        ({"load_factor": "1.5"}, "allowance.bounds"),
        ({"sort": "coal"}, "allowance.class"),
        ({"year": 2025}, "allowance.edition"),
        ({"year": 2018}, "allowance.edition"),
        ({"year": 2022, "heat_share": "0.1", "cooling": "1"}, "allowance.missing"),  # generated, but supplied counts
    ],
)
def test_what_is_not_known_gives_no_quantity(change, rule):
    found = entitle([plant(**change), plant("2")], POLICIES, read_benchmarks())[0]
    assert found.allowance is None
    assert rule in [one.rule for one in found.findings]
    assert found.obligation is None or found.obligation.value is None


def test_a_company_is_rounded_once_and_gas_units_owe_no_deficit():
    gas = plant("g", sort="gas", electricity_generated="1000", heat="0", load_factor="", verified="900")
    found = entitle([plant(), gas], POLICIES, read_benchmarks())[0]
    exact = allocate(plant(), POLICIES, read_benchmarks()).value + Decimal("330.5")
    assert found.allowance == int(exact)
    assert found.obligation.inputs["gas_excess"] == Decimal("569.5")
    assert found.obligation.whole == 850331


def test_a_draft_counts_only_where_asked():
    assert entitle([plant(year=2026)], POLICIES, read_benchmarks(), draft=True)[0].allowance > 0


def own(folder: Path, text: str) -> Path:
    (folder / "rights").mkdir()
    (folder / "rights" / "policies.yaml").write_text(text, encoding="utf-8")
    return folder


RULE = """policies:
  own.rule:
    label: {{zh: 自有, en: own}}
    source: dafeng-rights
    grade: B
    given: {{a: {{label: {{zh: 甲, en: a}}, unit: t}}}}
    constants: {{k: {{label: {{zh: 乙, en: k}}, unit: "1", value: {value}, grade: {grade}}}}}
    steps: {{b: {{label: {{zh: 丙, en: b}}, unit: {unit}, formula: "{formula}"}}}}
"""


def test_a_city_adds_its_own_policy(tmp_path):
    read = read_policies(own(tmp_path, RULE.format(value=2, grade="B", unit="t", formula="k * a")))
    assert work_out(read["own.rule"], {"a": 3}).value == 6


@pytest.mark.parametrize(
    ("value", "grade", "unit", "formula"),
    [
        (2, "M", "t", "k * a"),
        (2, "B", "tce", "k * a"),
        (2, "B", "kg", "k * a"),
        (2, "B", "t", "k * c"),
        (2, "X", "t", "k * a"),
        (2, "B", "t", "k *"),
        (2, "B", "t", "k + a"),
    ],
)
def test_a_policy_that_cannot_hold_is_refused(tmp_path, value, grade, unit, formula):
    folder = own(tmp_path, RULE.format(value=value, grade=grade, unit=unit, formula=formula))
    with pytest.raises(DafengError) as caught:
        read_policies(folder)
    assert caught.value.read("zh")
    assert caught.value.read("en")


def test_an_id_comes_once(tmp_path):
    text = RULE.format(value=2, grade="B", unit="t", formula="k * a").replace("own.rule", "penalty")
    with pytest.raises(DefinitionError, match="penalty"):
        read_policies(own(tmp_path, text))
