"""From the fuel of power units to what a company has to surrender: account, allowance, surrender check, each figure traced.

The numbers were worked out by hand from the published rules: E = FC · Car · OF · 44/12, A = Qf · Be · Fp + Qh · Bh.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

import dafeng as df
from dafeng.core.errors import DefinitionError, FileRefused, LookupFailure, SettingError
from dafeng.ledger.allowances import Entitlement
from dafeng.library.indicators import read_indicators
from dafeng.readers.template import choose_indicators
from dafeng.work.allotments import book_allowances, open_period
from dafeng.work.allowances import Allowances, allowances, allowances_document, list_enterprises
from dafeng.work.city import City, init
from dafeng.work.compliance import explain_standing
from dafeng.work.settle import find_standing, settle, surrender
from dafeng.work.study import open_study
from dafeng.work.unit_figures import find_unit_figures
from tests.work.unit_city import HEAD, PLANTS, ROWS, deliver, make_units, write_plants

BOOK, DAY = "cea-2023", "2024-06-01"
FIRST = "甲电厂,1号,2023,"


@pytest.fixture
def city(tmp_path) -> City:
    return make_units(tmp_path)


def first(found: Allowances) -> Entitlement:
    return next(one for one in found.entitlements if one.enterprise == "甲电厂")


def rules(found: Entitlement) -> set[str]:
    return {one.rule for one in found.findings}


def table(city: City, *, head: str, row: str) -> Entitlement:
    """甲电厂 where the table of units says more of its first unit."""
    write_plants(
        city, f"企业,机组,年度,机组类别,{head}", f"甲电厂,1号,2023,coal_above_300,{row}", "甲电厂,2号,2023,coal_to_300"
    )
    return first(allowances(city))


# --- the worked chain ------------------------------------------------------------------------------------------------------


def test_fuel_becomes_emissions_allowance_and_obligation(city):
    coal, gas = allowances(city).entitlements
    # 300 000 · 0.6 · 99 % · 44/12 = 653 400; 200 000 · 0.55 · 99 % · 44/12 = 399 300
    assert [part.plant.figures["verified"] for part in coal.allocations] == [Decimal(653400), Decimal(399300)]
    # 750 000 · 0.795 + 1 000 000 · 0.1038; 400 000 · 0.809 · 1.015^(16 - 20 · 0.6)
    assert [f"{part.value:.4f}" for part in coal.allocations] == ["700050.0000", "343457.2450"]
    # 700 050 + 343 457.245 rounded down; the deficit of 9 193 t is below 20 %
    assert (coal.verified, coal.allowance, coal.obligation.whole) == (Decimal(1052700), 1043507, 1052700)
    # 10 000 · 389.31 GJ · 15.3 tC/TJ · 99 % · 44/12; 500 000 · 0.3305 + 200 000 · 0.0536; a gas unit owes no deficit
    assert gas.verified == Decimal("216218.8809")
    assert (gas.allowance, gas.obligation.whole) == (175970, 175970)


def test_the_surrender_check_and_the_forecast_rest_on_the_account(city):
    companies, findings = list_enterprises(city)
    assert (companies, findings) == (("甲电厂", "乙电厂"), ())
    open_period(city, BOOK, "2023", limit=5_000_000, enterprises=companies)
    shares = book_allowances(city, BOOK, allowances(city), before=False, day=DAY)
    assert [(one.enterprise, one.booked, one.state) for one in shares] == [
        ("甲电厂", 1043507, "booked"),
        ("乙电厂", 175970, "booked"),
    ]
    surrender(city, BOOK, "2023", "甲电厂", quantity=1043507, credits=0, day=DAY)
    surrender(city, BOOK, "2023", "乙电厂", quantity=175970, credits=0, day=DAY)
    found = settle(city, BOOK, "2023")
    coal, gas = (find_standing(found, name) for name in companies)
    assert (coal.verdict, coal.check.whole, coal.limit.whole, coal.forecast.whole) == ("short", 9193, 52635, -9193)
    assert (gas.verdict, gas.check.whole) == ("met", 0)
    told = explain_standing(found, coal)
    rows = {row["name"]: row["origin"] for unit in told["units"][:1] for row in (*unit["inputs"], *unit["reported"])}
    assert (rows["electricity"]["kind"], rows["verified"]["kind"], rows["electricity_benchmark"]) == (
        "delivered",
        "account",
        None,
    )


def test_every_figure_names_its_rows_cells_and_hash(city):
    document = allowances_document(allowances(city))
    figure = document["companies"][0]["units"][0]["figures"]["verified"]
    origin = figure["origin"]
    assert (origin["scope"], origin["package"], origin["rule"]) == ("unit:甲电厂/1号", "ets_power2023", "power.2023")
    kinds = [(row["kind"], row["edition"] or row["place"], row["value"]) for row in origin["rows"]]
    assert kinds == [
        ("result", "power_coal ets_power2022", "653400"), ("fact", "units.csv!F2", "300000"), ("fact", "units.csv!F3", "0.6"),
        ("fact", "units.csv!F4", "99"),
    ]  # fmt: skip
    assert {len(row["sha256"]) for row in origin["rows"] if row["kind"] == "fact"} == {64}
    load = document["companies"][0]["units"][0]["figures"]["load_factor"]
    assert (load["value"], load["origin"]["rows"][0]["place"]) == ("0.7", "units.csv!F7")
    again = allowances_document(allowances(city))["companies"][0]["units"][0]["figures"]["verified"]["origin"]
    assert again["hash"] == origin["hash"]
    deliver(city, ROWS[1].replace("0.6", "0.61"), name="later.csv")
    later = allowances_document(allowances(city))["companies"][0]["units"][0]["figures"]["verified"]
    assert (later["value"], later["origin"]["hash"] == origin["hash"]) == ("664290", False)


def test_the_same_rows_come_from_account(city):
    found = df.account(city, scope="unit:甲电厂/1号", year=2023)
    origin = first(allowances(city)).allocations[0].plant.origins["verified"]
    results = [row for row in origin.rows if row.kind == "result"]
    told = [(row["result"], row["value"], row["facts"]) for row in found.table().to_pylist()]
    assert told == [(results[0].id, results[0].value, [origin.rows[1].id])]
    trace = next(one for one in found.traces if one.address == f"results/{results[0].id}")
    assert "300000" in trace.says.en


def test_a_city_does_not_count_its_units_beside_its_balance(city):
    found = df.account(city)
    assert (found.table().num_rows, [one.rule for one in found.findings]) == (0, ["account.nothing"])


def test_the_year_before_gives_the_pre_allocation(tmp_path):
    city = make_units(tmp_path)
    deliver(city, *(row.replace(",2023,", ",2024,") for row in ROWS[:6]), name="next.csv")
    write_plants(city, *PLANTS[:2], PLANTS[1].replace("2023", "2024"))
    found = next(one for one in allowances(city, year=2024).entitlements if one.enterprise == "甲电厂")
    assert (found.before.whole, found.allocations[0].plant.origins["verified_before"].year) == (457380, 2023)  # 70 % of 653 400


# --- the table beside the account ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "row"),
    [("经核查排放量（t）", "653400"), ("经核查排放量（t）", "653400.0"), ("发电量（MWh）", "750000"), ("负荷系数", "0.70")],
)
def test_what_both_say_alike_counts_once_and_names_both(city, head, row):
    found = table(city, head=head, row=row)
    assert (found.allowance, found.verified) == (1043507, Decimal(1052700))
    origins = found.allocations[0].plant.origins.values()
    assert [one.table for one in origins if one.table] == ["plants.csv:2"]


def test_a_rounded_figure_of_the_table_agrees_and_counts_as_printed(tmp_path):
    city = make_units(tmp_path)
    write_plants(city, "企业,机组,年度,机组类别,经核查排放量（t）", "乙电厂,1号,2023,gas,216219")
    found = next(one for one in allowances(city).entitlements if one.enterprise == "乙电厂")
    assert (found.verified, "allowance.contradiction" in rules(found)) == (Decimal(216219), False)


@pytest.mark.parametrize(
    ("head", "row", "column", "unknown"),
    [
        ("经核查排放量（t）", "653401", "verified", ("verified", "obligation")),
        ("经核查排放量（t）", "653400.4", "verified", ("verified", "obligation")),
        ("发电量（MWh）", "750001", "electricity_generated", ("allowance",)),
        ("负荷系数", "0.71", "load_factor", ("allowance",)),
    ],
)
def test_a_contradiction_is_a_finding_and_neither_counts(city, head, row, column, unknown):
    found = table(city, head=head, row=row)
    (said,) = [one for one in found.findings if one.rule == "allowance.contradiction"]
    assert (said.at, said.severity, row in said.says.en) == (f"plants.csv:2!{column}", "error", True)
    values = {"verified": found.verified, "allowance": found.allowance, "obligation": found.obligation.whole}
    assert [values[name] for name in unknown] == [None] * len(unknown)
    assert not [one for one in found.findings if one.rule == "allowance.missing"]
    open_period(city, BOOK, "2023", limit=5_000_000, enterprises=["甲电厂"])
    settled = settle(city, BOOK, "2023")
    assert (settled.standings[0].verdict, said in settled.findings) == ("not_measurable", True)


def test_an_unreadable_cell_is_not_filled_by_the_account(city):
    write_plants(city, "企业,机组,年度,机组类别,发电量", "甲电厂,1号,2023,coal_above_300,75万", PLANTS[2])
    found = allowances(city)
    assert (first(found).allowance, [one.rule for one in found.findings]) == (None, ["allowance.row"])


@pytest.mark.parametrize("row", ["甲电厂,2号,2O23,coal_to_300", "甲电厂,1号,2023,coal_other", "甲电厂,2号,2023,"])
def test_a_row_that_nobody_can_place_is_not_filled_either(city, row):
    write_plants(city, *PLANTS[:2], row)
    assert first(allowances(city)).allowance is None


def test_a_table_alone_still_works_and_a_city_may_have_none(city, tmp_path):
    path = tmp_path / "plants.csv"
    path.write_text(
        "enterprise,unit,year,unit_class,electricity_generated,heat,load_factor,verified\n丁,1,2023,coal_above_300,1000000,200000,0.6,850000\n",
        encoding="utf-8",
    )
    assert [one.allowance for one in allowances(path).entitlements] == [864544]
    assert [one.enterprise for one in allowances(path, city=city).entitlements] == ["丁", "乙电厂", "甲电厂"]
    with pytest.raises(FileRefused, match="dafeng ingest"):
        allowances(init(tmp_path / "empty", place="370600"))


# --- what is missing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("without", "rule", "words"),
    [
        (FIRST + "机组负荷系数", "allowance.missing", ("load_factor", "data/rights/plants.csv", "unit_load_factor")),
        (FIRST + "机组发电量", "allowance.missing", ("electricity_generated", "unit_electricity_generated")),
        (FIRST + "机组燃煤碳氧化率", "allowance.accounted_factor", ("unit_oxidation_rate", "--provisional")),
        (FIRST + "机组燃煤收到基", "allowance.accounted_factor", ("unit_element_carbon",)),
        (FIRST + "机组燃料消耗量", "allowance.accounted_part", ("unit_fuel_burnt",)),
    ],
)
def test_what_is_missing_is_named_with_the_cell_to_fill(tmp_path, without, rule, words):
    found = first(allowances(make_units(tmp_path, without=without)))
    said = [one for one in found.findings if one.rule == rule]
    assert said
    assert all(word in said[0].remedy.en and word in said[0].remedy.zh for word in words)
    assert None in (found.allowance, found.verified)
    assert (found.obligation.whole, 0 in (found.allowance, found.verified)) == (None, False)


def test_a_unit_without_a_class_makes_its_company_unknown(tmp_path):
    found = first(allowances(make_units(tmp_path, plants=PLANTS[:2])))
    (said,) = [one for one in found.findings if one.rule == "allowance.class"]
    assert (found.allowance, "甲电厂, 2号, 2023" in said.remedy.en, "unit_class" in said.remedy.zh) == (None, True, True)


def test_a_figure_that_names_no_unit_may_be_of_any(city):
    deliver(city, "甲电厂,,2023,机组发电量,,1,MWh", ",,2023,机组供热量,,1,GJ", name="nameless.csv")
    found = allowances(city)
    assert [one.allowance for one in found.entitlements] == [None, None]
    assert rules(first(found)) >= {"allowance.unit_name"}


def test_monthly_figures_do_not_count_and_are_said(city):
    deliver(city, "甲电厂,1号,2023-01,机组发电量,,60000,MWh", name="month.csv")
    found = first(allowances(city))
    assert (found.allowance, "allowance.unit_period" in rules(found)) == (1043507, True)


def test_two_deliveries_that_differ_count_for_nothing(city):
    other = {"head": HEAD + ",来源"}
    deliver(city, ROWS[3].replace("75000", "75001") + ",prov2025", name="output.csv", **other)
    deliver(city, f"{ROWS[1].replace('0.6', '0.7')},prov2025", name="carbon.csv", **other)
    found = first(allowances(city))
    assert (found.allowance, found.verified) == (None, None)
    assert len([one for one in found.findings if one.rule == "allowance.delivered_twice"]) == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("甲电厂,1号,2023,机组燃料消耗量,,5000,t", "names no fuel"),
        ("甲电厂,1号,2023,机组燃料消耗量,焦炭,5000,t", "names no fuel, or none that the edition knows"),
        ("甲电厂,1号,2023,机组燃气消耗量,天然气,-5,万立方米", "below zero"),
        ("甲电厂,1号,2023,机组供热比,,-5,%", "below zero"),
    ],
)
def test_fuel_that_cannot_be_counted_is_not_left_out_in_silence(city, row, said):
    path = city.folder.parent / "more.csv"
    path.write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
    df.ingest(city, [path], kept="如实", who="anna") if ",-" in row else df.ingest(city, [path])
    found = first(allowances(city))
    assert (found.verified, [one.at for one in found.findings if said in one.says.en]) == (
        None,
        ["unit:甲电厂/1号 2023 more.csv!F2"],
    )
    told = [one for one in df.account(city, scope="unit:甲电厂/1号").findings if said in one.says.en]
    assert bool(told) == ("消耗量" in row)


# --- years and editions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2020, 2021, 2025])
def test_a_year_whose_edition_was_not_read_is_not_accounted(tmp_path, year):
    city = init(tmp_path / "city", place="370600")
    deliver(city, *(row.replace(",2023,", f",{year},") for row in ROWS[:6]))
    write_plants(city, PLANTS[0], PLANTS[1].replace("2023", str(year)))
    (found,) = allowances(city, draft=True).entitlements
    (said,) = [one for one in found.findings if one.rule == "allowance.account_year"]
    assert (found.verified, str(year) in said.says.zh, "unit_accounts.yaml" in said.remedy.en) == (None, True, True)


def test_a_city_registers_the_edition_of_a_year_but_never_edits_one(tmp_path):
    city = init(tmp_path / "city", place="370600")
    deliver(city, *(row.replace(",2023,", ",2021,") for row in ROWS[:6]))
    write_plants(city, PLANTS[0], PLANTS[1].replace("2023", "2021"))
    text = (
        "accounts:\n  own.2021:\n    label: {zh: 自登, en: own}\n    years: [YEAR]\n    package: ets_power2023\n"
        "    source: ets_power_guide\n    grade: C\nfactors: {}\n"
    )
    path = city.overlay / "rights" / "unit_accounts.yaml"
    path.write_text(text.replace("YEAR", "2021"), encoding="utf-8")
    (found,) = allowances(city).entitlements
    assert (found.verified, found.allocations[0].plant.origins["verified"].rule) == (Decimal(653400), "own.2021")
    path.write_text(text.replace("YEAR", "2023"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="2023"):
        allowances(city)


def test_a_table_of_another_edition_is_not_used(city):
    found = table(city, head="经核查排放量（t）,核算版本", row="653400,ets_power2022")
    (said,) = [one for one in found.findings if one.rule == "allowance.table_edition"]
    assert (found.verified, "ets_power2023" in said.says.zh) == (None, True)
    assert table(city, head="经核查排放量（t）,核算版本", row="653400,ets_power2023").verified == Decimal(1052700)
    assert table(city, head="经核查排放量（t）,核算版本", row=",ets_power2022").verified == Decimal(1052700)


def test_an_edition_of_a_year_that_was_not_read_is_told_as_unchecked(city):
    head = "企业,机组,年度,机组类别,供电量,供热量,供热比,负荷系数,冷却方式,经核查排放量,核算版本"
    write_plants(city, head, "丁,1,2021,coal_above_300,1000000,0,0,0.85,air,900000,ets_power2022")
    found = next(one for one in allowances(city).entitlements if one.enterprise == "丁")
    assert (found.allowance, found.verified) == (862890, Decimal(900000))
    assert [(one.rule, one.severity) for one in found.findings] == [("allowance.table_edition", "warning")]


def test_electricity_bought_counts_in_2022_and_silence_is_not_zero(tmp_path):
    city = init(tmp_path / "city", place="370600")
    rows = [row.replace(",2023,", ",2022,") for row in (*ROWS[:3], ROWS[4], ROWS[5])]
    deliver(city, *rows, FIRST.replace("2023", "2022") + "机组供电量,,700000,MWh")
    write_plants(city, PLANTS[0], PLANTS[1].replace("2023", "2022"))
    (found,) = allowances(city, provisional=True).entitlements
    said = [one.remedy.en for one in found.findings if one.rule == "allowance.accounted_part"]
    assert (found.verified, said) == (None, ["deliver electricity_purchased; 0 where there is none"])
    path = tmp_path / "bought.csv"
    path.write_text(
        HEAD + "\n甲电厂,1号,2022,外购电量,,100,MWh\n".replace("外购电量", "electricity_purchased"), encoding="utf-8"
    )
    df.ingest(city, [path])
    (strict,) = allowances(city).entitlements
    assert (strict.verified, rules(strict) >= {"allowance.accounted_factor"}) == (None, True)
    (weak,) = allowances(city, provisional=True).entitlements
    assert weak.verified == Decimal("653457.03")  # 653 400 + 100 MWh · 0.5703
    assert rules(weak) >= {"allowance.accounted_match"}
    (other,) = find_unit_figures(city, provisional=True, study=open_study(city, edition="grid_announcement"))
    assert ("verified" in other.figures, {one.rule for one in other.findings} >= {"allowance.account_edition"}) == (False, True)


def test_a_scope_that_names_no_unit_is_refused(city):
    with pytest.raises(SettingError, match="COMPANY"):
        df.account(city, scope="unit:甲电厂")
    with pytest.raises(LookupFailure, match="unit:甲电厂/1号"):
        df.account(city, scope="unit:甲电厂/9号")
    with pytest.raises(SettingError, match="factors"):
        df.account(city, scope="unit:甲电厂/1号", factors=city.folder / "own.csv")


def test_drafts_of_allocation_do_not_hide_that_the_account_is_unknown(tmp_path):
    city = init(tmp_path / "city", place="370600")
    deliver(city, *(row.replace(",2023,", ",2025,") for row in ROWS[:6]))
    write_plants(city, PLANTS[0], PLANTS[1].replace("2023", "2025"))
    (found,) = allowances(city, draft=True).entitlements
    assert (found.allowance is not None, found.verified) == (True, None)


def test_no_office_is_asked_for_the_figures_of_units():
    asked = [one.id for one in choose_indicators(read_indicators(), "energy")]
    assert asked
    assert not [name for name in asked if name.startswith("unit_")]
