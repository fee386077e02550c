"""Every view of one small balance, computed by hand; and what holds for every balance.

The hand calculation, in 万tce: final 50*0.7143 + 2*13.3 + 26*1.229 + 200*0.03412 = 101.093; losses 1.229; transformation
-50*0.7143 + 12*1.229 + 200*0.03412 = -14.143; total 116.465, and by supply 100*0.7143 + 2*13.3 + 15*1.229 = 116.465.
At 300 gce/kWh the 15 亿kWh that no thermal plant made count 3 - 1.229 more each: 143.03.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError
from dafeng.library.balances import flows
from dafeng.library.records import Record
from dafeng.library.strict import read_yaml
from dafeng.methods import energy_catalogue
from dafeng.methods.energy_catalogue import read_views
from dafeng.methods.energy_traces import cell_traces
from dafeng.methods.energy_views import CALORIFIC, EQUIVALENT
from dafeng.work.facts import name_cell
from tests.methods.balances import FIGURES, TABLE, built, evaluated, rows

BY_HAND = {
    "total_calorific": "116.465",
    "total_equivalent": "143.03",
    "without_feedstock_calorific": "113.6078",
    "without_feedstock": "140.1728",
    "non_fossil": "32",
    "non_fossil_share": "0.223729288",
    "non_fossil_electricity_share": "0.209746207",
    "without_non_fossil": "108.1728",
    "intensity_calorific": "0.582325",
    "intensity_equivalent": "0.71515",
    "assessed_intensity": "0.540864",
    "assessed_decline": "0.242805544",
    "saving_needed": "19.2861",
    "certificate_deduction": "9.64305",
    "assessed_after_certificates": "0.49264875",
    "coal_amount": "100",
    "coal_energy": "71.43",
    "coal_share": "0.499405719",
    "electrification": "0.316085189",
}
NON_FOSSIL = {"none": "32", "own_mix": "38.818181818", "published": "41", "whole": "47"}


@pytest.mark.parametrize(("view", "value"), BY_HAND.items())
def test_each_view_is_the_hand_calculation(view: str, value: str) -> None:
    assert evaluated().get(view, "none").value == Decimal(value)


def test_every_view_that_ships_is_in_the_hand_calculation() -> None:
    assert set(read_views().views) == set(BY_HAND)


@pytest.mark.parametrize(("rule", "value"), NON_FOSSIL.items())
def test_each_rule_for_electricity_from_outside_gives_its_own_figure(rule: str, value: str) -> None:
    assert evaluated().get("non_fossil", rule).value == Decimal(value)


def test_a_rule_without_its_figure_is_unknown_and_says_what_it_lacks() -> None:
    found = evaluated().get("non_fossil_share", "province_mix")
    assert (found.value, [label.en for label in found.lacking]) == (None, ["non-fossil share of generation in the province"])


def test_certificates_below_the_cap_count_in_full() -> None:
    found = evaluated(given={**FIGURES, "certificates_bought": "1"})
    assert found.get("certificate_deduction", "none").value == 3


def test_the_published_national_totals_come_out_of_the_published_rows() -> None:
    """Yearbook 2008, tables 4-1 and 4-2 of 2007: final, losses, transformation in 万tce, electricity in 亿kWh."""
    final, loss, transformation = Decimal("183546.06634928708"), Decimal("3075.76342544"), Decimal("-66866.62824185498")
    electricity = Decimal("30650.095") + Decimal("2061.71") - Decimal("27229.33")
    calorific = final + loss - transformation
    rate = Decimal("3.43504")
    assert (round(calorific, 2), round(calorific + electricity * (rate - Decimal("1.229")))) == (Decimal("253488.46"), 265583)


def test_without_the_coal_use_of_generation_the_equivalent_views_are_unknown_and_the_others_are_not() -> None:
    given = {name: value for name, value in FIGURES.items() if name != "generation_coal_rate"}
    found = evaluated(given=given, rate=None)
    values = [
        found.get(name, "none").value
        for name in ("total_calorific", "total_equivalent", "non_fossil_share", "without_feedstock")
    ]
    assert values == [Decimal("116.465"), None, None, None]


def test_feedstock_that_is_nowhere_printed_is_unknown_not_zero() -> None:
    table = {flow: cells for flow, cells in TABLE.items() if flow != "final.industry.feedstock"}
    found = evaluated(table).get("without_feedstock", "none")
    assert (found.value, [label.en for label in found.lacking]) == (None, ["energy used as feedstock"])


def test_feedstock_printed_as_zero_is_zero() -> None:
    table = {**TABLE, "final.industry.feedstock": {"raw_coal": "0"}}
    assert evaluated(table).get("without_feedstock", "none").value == Decimal("143.03")


def test_without_a_base_year_the_decline_is_unknown() -> None:
    found = evaluated(base=False).get("assessed_decline", "none")
    assert (found.value, [label.en for label in found.lacking]) == (None, ["the energy balance of the base year"])


def test_a_column_without_a_coefficient_makes_the_total_incomplete_and_says_so() -> None:
    table = {**TABLE, "final.industry": {**TABLE["final.industry"], "raw_coal": "40"}}
    facts = rows(table)
    facts += [
        {**facts[0], "flow": "final.industry", "carrier": "coal_gangue", "unit": "万吨", "value": Decimal(3), "fact": "gangue"}
    ]
    balance = built(facts)
    assert [finding.rule for finding in balance.findings] == ["balance.coefficient"]


def test_two_figures_in_one_cell_are_left_out_and_named() -> None:
    facts = rows(TABLE)
    facts += [
        {**row, "value": row["value"] + 1, "fact": "other"} for row in facts if row["fact"].startswith("loss/electricity")
    ]
    balance = built(facts)
    assert (("loss", "electricity") in balance.cells, [f.rule for f in balance.findings]) == (False, ["balance.contradiction"])


def test_estimated_cells_are_used_only_alone_and_always_said() -> None:
    guessed = [{**row, "grade": "estimated", "value": row["value"] * 2, "fact": f"guess/{row['fact']}"} for row in rows(TABLE)]
    alone, mixed = built(guessed), built([*rows(TABLE), *guessed])
    assert (alone.basis, mixed.basis) == ("estimated", "actual")
    assert [[finding.rule for finding in balance.findings] for balance in (alone, mixed)] == [["balance.estimated"]] * 2
    assert mixed.cells["loss", "electricity"].fact["value"] == 1


def test_a_view_known_only_from_memory_says_that_it_is_provisional() -> None:
    trace = evaluated().get("non_fossil_share", "none").trace
    assert (trace.grade, "from memory" in trace.note.en if trace.note else "") == ("provisional", True)


def test_the_explanation_is_closed_and_typeset() -> None:
    found = evaluated()
    for name in read_views().views:
        found.get(name, "whole")
    balances = [one.balance for one in (found, found.base) if one is not None]
    traces = [value.trace for one in (found, found.base) if one is not None for value in one]
    traces += [t for b in balances for t in cell_traces(b, {cell.id: name_cell(cell.fact) for cell in b.cells.values()})]
    known = {trace.address for trace in traces}
    inputs = {address for trace in traces for address in trace.inputs if not address.startswith("facts/")}
    figures = {address for address in inputs if address.startswith("balances/figure.")}
    assert (inputs - known - figures, found.get("total_calorific", "none").trace.typeset is None) == (set(), False)


def test_a_unit_that_does_not_fit_is_refused_with_its_line(tmp_path) -> None:
    text = (energy_catalogue.shipped() / "balances" / "views.yaml").read_text("utf-8")
    path = tmp_path / "views.yaml"
    path.write_text(text.replace("expression: non_fossil / total_equivalent", "expression: non_fossil / gdp"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="non_fossil / gdp"):
        refused(path)


def test_a_name_that_stands_later_is_refused(tmp_path) -> None:
    text = (energy_catalogue.shipped() / "balances" / "views.yaml").read_text("utf-8")
    path = tmp_path / "views.yaml"
    path.write_text(
        text.replace("expression: total_calorific - feedstock", "expression: coal_energy - feedstock"), encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match="coal_energy"):
        refused(path)


def refused(path) -> None:
    energy_catalogue.read_book(Record(read_yaml(path), ()))


PARTS = st.decimals(min_value=0, max_value=5000, places=3)
BALANCES = st.fixed_dictionaries(
    {
        "available.production": st.fixed_dictionaries({"electricity": PARTS}),
        "available.inflow": st.fixed_dictionaries({"raw_coal": PARTS, "electricity": PARTS, "natural_gas": PARTS}),
        "transformation.thermal_power": st.fixed_dictionaries({"raw_coal": PARTS.map(lambda v: -v), "electricity": PARTS}),
        "loss": st.fixed_dictionaries({"electricity": PARTS}),
        **{
            flow: st.fixed_dictionaries({"raw_coal": PARTS, "electricity": PARTS, "natural_gas": PARTS})
            for flow in flows()
            if flow.startswith("final.") and flow.count(".") == 1
        },
        "final.industry.feedstock": st.fixed_dictionaries({"raw_coal": PARTS}),
    }
)


@given(BALANCES)
def test_the_fields_add_up_to_the_total(table) -> None:
    found = evaluated(table)
    sums = [sum(found.field(rule, side).value or 0 for rule in read_views().fields) for side in (CALORIFIC, EQUIVALENT)]
    assert sums == [found.get(name, "none").value for name in ("total_calorific", "total_equivalent")]


@given(BALANCES, st.sampled_from(("none", "published", "whole")))
def test_views_are_consistent_with_one_another(table, rule) -> None:
    found = evaluated(table)
    total, feedstock, non_fossil = (found.get(name, rule).value for name in ("total_equivalent", "feedstock", "non_fossil"))
    less, assessed = (found.get(name, rule).value for name in ("without_feedstock", "without_non_fossil"))
    assert (less, assessed) == (total - feedstock, total - feedstock - non_fossil)


@given(BALANCES)
def test_the_conventions_differ_only_by_electricity_that_no_thermal_plant_made(table) -> None:
    found = evaluated(table)
    calorific, equivalent = (Fraction(found.get(name, "none").value) for name in ("total_calorific", "total_equivalent"))
    used = sum(
        Fraction(cells["electricity"]) for flow, cells in table.items() if flow.startswith("final.") and "electricity" in cells
    )
    other = used + Fraction(table["loss"]["electricity"]) - Fraction(table["transformation.thermal_power"]["electricity"])
    assert equivalent - calorific == other * (3 - Fraction("1.229"))
