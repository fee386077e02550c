"""The engine: exact products, missing is not zero, repeated figures count once (failures F07, F10, F22, F23, F25)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import LookupFailure
from dafeng.library.factors import FactorLibrary
from dafeng.library.supplied import read_supplied
from dafeng.methods.account import Accounting, account
from dafeng.methods.definition import Method
from dafeng.methods.views import totals
from tests.methods.conftest import definitions, factors, facts

DIESEL = {"flow": "final.transport", "carrier": "diesel", "value": "1", "unit": "万吨"}


@pytest.fixture
def run(library: FactorLibrary, methods: Mapping[str, Method]) -> Any:
    def account_for(*rows: Mapping[str, Any], **options: Any) -> Accounting:
        given = {"library": library, "methods": methods, "place": "370600", "year": 2025, **options}
        return account(facts(*rows), **given)

    return account_for


def co2(accounting: Accounting) -> dict[str, Decimal]:
    return {r["result"]: r["value"] for r in accounting.results.to_pylist() if r["quantity"] == "co2"}


def rules(accounting: Accounting, severity: str) -> list[str]:
    return [finding.rule for finding in accounting.findings if finding.severity == severity]


def test_a_result_is_the_exact_product(run: Any) -> None:
    # hand: 42.652 GJ/t x 20.2 tC/TJ x 98 % x 44/12 = 3.0959096373333… tCO2/t; x 10^4 t, rounded once to 9 places
    assert co2(run(DIESEL)) == {"energy.transport.diesel.2025": Decimal("30959.096373333")}


def test_a_result_names_its_facts_factors_and_match(run: Any) -> None:
    row = next(r for r in run(DIESEL).results.to_pylist() if r["quantity"] == "co2")
    factors = [f"prov2025.diesel.{name}" for name in ("heating_value", "carbon_content", "oxidation_rate")]
    assert (row["facts"], row["factors"], row["match"], row["edition"]) == (
        ["None/final.transport/diesel/None/1/None"], factors, "exact", "prov2025",
    )  # fmt: skip


def test_an_input_printed_negative_is_burnt(run: Any) -> None:
    found = co2(run({**DIESEL, "flow": "transformation.heat", "value": "-2"}))
    assert found == {"energy.heat_supply.diesel.2025": 2 * Decimal("30959.096373333")}


def test_feedstock_is_not_burnt(run: Any) -> None:
    used = {**DIESEL, "flow": "final.industry", "value": "3"}
    found = co2(run(used, {**DIESEL, "flow": "final.industry.feedstock", "value": "1"}))
    assert found == {"energy.industry.diesel.2025": 2 * Decimal("30959.096373333")}


def test_households_are_taken_as_a_whole_only_where_not_split(run: Any) -> None:
    whole = {**DIESEL, "flow": "final.households", "value": "5"}
    part = {**DIESEL, "flow": "final.households.rural", "value": "5"}
    assert list(co2(run(whole))) == ["energy.households.diesel.2025"]
    assert list(co2(run(whole, part))) == ["energy.households.rural.diesel.2025"]


def test_a_missing_factor_leaves_the_cell_out_and_says_so(run: Any) -> None:
    found = run({**DIESEL, "carrier": "coal_gangue"})
    assert (co2(found), rules(found, "error").count("account.factor_missing")) == ({}, 2)
    assert {missing.activity.carrier for missing in found.missing} == {"coal_gangue"}


def test_a_year_before_all_grid_factors_is_not_computed(run: Any) -> None:
    used = {"indicator": "electricity_consumption", "value": "10", "unit": "亿千瓦时", "period": "2020"}
    found = run(used, year=2020)
    assert (found.results.num_rows, rules(found, "error")) == (0, ["account.factor_missing"])
    assert "only later years [2021, 2022, 2023]" in next(f.says.en for f in found.findings if f.severity == "error")


def test_no_facts_is_said_and_gives_no_zero(run: Any, methods: Mapping[str, Method]) -> None:
    found = run()
    said = [finding.says.zh for finding in found.findings if finding.rule == "account.no_facts"]
    assert (found.results.num_rows, len(said)) == (0, 1)
    assert all(method.title.zh in said[0] for method in list(methods.values())[:8])
    assert said[0].endswith(f"等 {len(methods)} 项")


def test_a_true_zero_is_a_result(run: Any) -> None:
    assert co2(run({**DIESEL, "value": "0"})) == {"energy.transport.diesel.2025": Decimal(0)}


def test_two_organisations_of_one_cell_add_up(run: Any) -> None:
    rows = [{**DIESEL, "organisation": name, "value": value} for name, value in (("甲厂", "1"), ("乙厂", "2"))]
    assert co2(run(*rows)) == {"energy.transport.diesel.2025": 3 * Decimal("30959.096373333")}


def test_an_activity_listed_six_times_counts_once(run: Any) -> None:
    found = run(*({**DIESEL, "fact": str(n)} for n in range(6)))
    assert co2(found) == {"energy.transport.diesel.2025": Decimal("30959.096373333")}
    assert rules(found, "info").count("account.repetition") == 1


def test_two_different_figures_for_one_cell_are_an_error(run: Any) -> None:
    found = run(DIESEL, {**DIESEL, "value": "2"})
    assert (co2(found), set(rules(found, "error"))) == ({}, {"account.contradiction"})


def test_other_places_and_periods_are_passed_over(run: Any) -> None:
    others = [{**DIESEL, "place": "370200"}, {**DIESEL, "period": "2024"}, {**DIESEL, "period": "2025-03"}]
    assert co2(run(*others)) == {}


def test_a_gas_delivered_by_mass_is_refused_not_converted(run: Any) -> None:
    found = run({**DIESEL, "carrier": "natural_gas", "unit": "万吨"})
    assert (co2(found), set(rules(found, "error"))) == ({}, {"account.unit"})


def test_mixed_units_of_one_mass_are_converted_exactly(run: Any) -> None:
    found = run(
        {**DIESEL, "flow": "final.industry"}, {**DIESEL, "flow": "final.industry.feedstock", "value": "2500", "unit": "t"}
    )
    assert co2(found) == {"energy.industry.diesel.2025": Decimal("0.75") * Decimal("30959.096373333")}


def test_an_unknown_carrier_is_said(run: Any) -> None:
    found = run({**DIESEL, "carrier": "peat"})
    assert "account.carrier_unknown" in rules(found, "warning")


def test_totals_of_the_balance_are_not_counted_again(run: Any) -> None:
    assert co2(run(DIESEL, {**DIESEL, "carrier": "oil_total"})) == co2(run(DIESEL))


def test_an_unknown_edition_is_refused(run: Any) -> None:
    with pytest.raises(LookupFailure, match="one of prov2025, gbt32151_22, ind24, user"):
        run(DIESEL, editions={"fuel_combustion": "prov2011"})


def test_the_balance_takes_precedence_over_the_reported_import(run: Any) -> None:
    rows = [
        {"flow": "available.inflow", "carrier": "electricity", "value": "12", "unit": "亿千瓦时"},
        {"flow": "available.outflow", "carrier": "electricity", "value": "-2", "unit": "亿千瓦时"},
        {"indicator": "net_electricity_import", "value": "11", "unit": "亿千瓦时"},
    ]
    found = run(*rows).results.to_pylist()
    assert [(r["result"], r["value"]) for r in found if r["quantity"] == "co2_indirect"] == [
        ("indirect.electricity.electricity.2025", Decimal("619100"))
    ]


def test_one_thousand_small_sources_add_up(run: Any, library: FactorLibrary) -> None:
    # failure F04: 1 000 sources of 0.4 kg are 400 kg, here of clinker at 0.535 t/t
    rows = [{"indicator": "clinker_output", "carrier": "clinker", "value": "0.0004", "unit": "t", "organisation": str(n)}
            for n in range(1000)]  # fmt: skip
    assert totals(run(*rows).cells, library, quantity="co2", by="all")[0].value == Decimal("0.214")


def test_weak_evidence_is_used_only_where_asked_for(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    weak = replace(library.factors["prov2025.diesel.heating_value"], id="weak", substance="coal_gangue", grade="provisional")
    parts = [replace(weak, id=f"weak.{n}", parameter=n, unit=u)
             for n, u in (("heating_value", "GJ/t"), ("carbon_content", "tC/TJ"), ("oxidation_rate", "%"))]  # fmt: skip
    more = library.add(parts)
    row = facts({**DIESEL, "carrier": "coal_gangue"})
    found = [account(row, library=more, methods=methods, place="370600", year=2025, provisional=p) for p in (False, True)]
    assert [co2(a) == {} for a in found] == [True, False]
    assert next(r["match"] for r in found[1].results.to_pylist()) == "provisional"


def test_a_trace_reads_as_a_sentence_in_both_languages(run: Any) -> None:
    trace = next(t for t in run(DIESEL).traces if t.address == "results/energy.transport.diesel.2025")
    assert trace.says.zh.startswith(
        "2025年 交通运输、仓储和邮政业 柴油 化石燃料燃烧二氧化碳排放 = 燃料燃烧量（1 万吨） × 低位发热量"
    )
    assert trace.says.en.endswith("= 30959.096373333 tCO2")
    assert trace.typeset is not None
    assert trace.typeset.startswith("<math")


def test_a_fact_graded_low_grades_the_result(run: Any) -> None:
    traces = {t.address: t.grade for t in run({**DIESEL, "grade": "estimated"}).traces}
    assert traces["results/energy.transport.diesel.2025"] == "estimated"


@given(
    st.lists(st.decimals(min_value=0, max_value=10**9, places=6), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_the_total_is_the_fold_of_the_facts_in_any_order(values: list[Decimal], random: Any) -> None:
    rows = [{**DIESEL, "value": value, "organisation": str(n)} for n, value in enumerate(values)]
    random.shuffle(rows)
    found = account(facts(*rows), library=factors(), methods=definitions(), place="370600", year=2025)
    total = sum(map(Fraction, values)) * Fraction("30959.096373333")
    assert Fraction(co2(found)["energy.transport.diesel.2025"]) == total


COKE = {"carrier": "coke", "unit": "万吨"}


def amounts(accounting: Accounting) -> dict[str, Decimal]:
    return {cell.activity.category.id: cell.activity.amount for cell in accounting.cells if cell.method.quantity == "co2"}


@pytest.mark.parametrize("value", ["2", "-2"])
def test_an_input_is_burnt_whatever_sign_it_is_printed_with(run: Any, value: str) -> None:
    found = run({**COKE, "flow": "transformation.thermal_power", "value": value})
    assert amounts(found) == {"energy.thermal_power": Decimal(2)}


def test_final_consumption_without_sectors_is_burnt(run: Any) -> None:
    found = run({**COKE, "flow": "final", "value": "5"}, {**COKE, "flow": "final.industry.feedstock", "value": "1"})
    assert amounts(found) == {"energy.final": Decimal(5), "energy.industry": Decimal(-1)}


def test_a_sector_row_that_is_not_there_leaves_its_share_of_the_total(run: Any) -> None:
    """A published national table prints 通迅 for 通讯: an unknown row must not cost its fuel."""
    rows = [
        {**COKE, "flow": flow, "value": value}
        for flow, value in (("final", "9"), ("final.trade", "2"), ("final.households.urban", "3"))
    ]
    found = run(*rows)
    assert amounts(found) == {"energy.trade": Decimal(2), "energy.households.urban": Decimal(3), "energy.final": Decimal(4)}
    said = [finding.says.en for finding in found.findings if finding.rule == "account.sum"]
    assert "coke: the parts of final less their total are -4 10^4 t; a part is missing, so the rest counts by itself" in said


PARTS = ("agriculture", "industry", "construction", "transport", "trade", "households", "other")


def test_a_total_beside_all_its_sectors_never_overrules_them(run: Any) -> None:
    rows = [{**COKE, "flow": f"final.{part}", "value": "1"} for part in PARTS]
    found = run(*rows, {**COKE, "flow": "final", "value": "9"})
    assert (sum(amounts(found).values()), "energy.final" in amounts(found)) == (7, False)


def test_final_consumption_with_sectors_is_not_counted_again(run: Any) -> None:
    found = run({**COKE, "flow": "final", "value": "5"}, {**COKE, "flow": "final.trade", "value": "5"})
    assert amounts(found) == {"energy.trade": Decimal(5)}


def test_more_feedstock_than_consumption_is_said(run: Any) -> None:
    # 2007, table 6-26: 焦炉煤气 of industry is all feedstock and more
    found = run({**COKE, "flow": "final.industry", "value": "5"}, {**COKE, "flow": "final.industry.feedstock", "value": "5.26"})
    assert (amounts(found), "account.negative" in rules(found, "warning")) == ({"energy.industry": Decimal("-0.26")}, True)


SOLVENT = {"flow": "final.industry", "carrier": "white_spirit", "value": "3", "unit": "万吨"}


def supplied(library: FactorLibrary, *rows: str) -> FactorLibrary:
    text = "\n".join(("fuel,value,unit,source,sector", *rows, ""))
    return library.add(read_supplied(text, library, sectors={"工业": "energy.industry", "供热": "energy.heat_supply"}))


@pytest.mark.parametrize(
    ("rows", "burnt"),
    [
        ((), {}),
        (("溶剂油,3,tCO2/t,a,",), {"energy.industry": Decimal(3)}),
        (("溶剂油,3,tCO2/t,a,工业",), {"energy.industry": Decimal(3)}),
        (("溶剂油,3,tCO2/t,a,供热",), {}),
        (("其他石油制品,3,tCO2/t,a,",), {}),
    ],
)
def test_a_material_is_burnt_only_where_a_factor_is_supplied_for_it(
    run: Any, library: FactorLibrary, rows: tuple[str, ...], burnt: dict[str, Decimal]
) -> None:
    found = run(SOLVENT, library=supplied(library, *rows), editions={"fuel_combustion": "user"})
    said = {finding.rule for finding in found.findings}
    assert (amounts(found), "account.supplied" in said, "account.left_out" in said) == (burnt, bool(burnt), not burnt)


REPORTED = {"indicator": "reported_process_emission", "carrier": None, "flow": None, "value": "43.659424", "unit": "百万吨CO2"}


def test_a_reported_emission_is_taken_over_and_marked(run: Any) -> None:
    found = run(REPORTED)
    assert (co2(found), "account.reported" in rules(found, "info")) == ({"process.reported.co2.2025": Decimal(43659424)}, True)


def test_a_reported_emission_does_not_count_beside_its_activity(run: Any) -> None:
    found = run(REPORTED, {"indicator": "clinker_output", "carrier": None, "flow": None, "value": "100", "unit": "万吨"})
    assert (list(co2(found)), "account.reported_unused" in rules(found, "info")) == (["process.cement.clinker.2025"], True)
