"""``balance`` on the invented city, on a city without a balance, and on the published balance of Shandong 2007."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.errors import SettingError
from dafeng.core.tables import RESULTS
from dafeng.work.account import account
from dafeng.work.balance import balance, base_year
from dafeng.work.city import init, open_city
from dafeng.work.ingest import ingest
from dafeng.work.tracing import TraceBook
from dafeng.work.view_energy import balance_document
from tests.conftest import ROOT
from tests.work import form


def opened(name: str, folder: Path):
    shutil.copytree(ROOT / "cities" / name, folder / name)
    city = open_city(folder / name)
    ingest(city)
    return city


@pytest.fixture(scope="module")
def yunting(tmp_path_factory):
    return opened("yunting", tmp_path_factory.mktemp("balance"))


@pytest.fixture(scope="module")
def found(yunting):
    return balance(yunting)


def test_the_totals_of_the_invented_city_are_the_hand_calculation(found):
    """2025: 562.4*0.7143 + 30*1.4714 + 25*1.4571 + 3*13.3 + 48*1.229 = 581.18382; at 300 gce/kWh 48*(3 - 1.229) more."""
    totals = [found.value(2025, name).value for name in ("total_calorific", "total_equivalent")]
    assert totals == [Decimal("581.18382"), Decimal("666.19182")]


def test_the_total_agrees_with_the_account_of_the_same_facts(yunting, found):
    cells = [cell for cell in account(yunting, year=2025).years[2025].cells if cell.method.id == "comprehensive_energy"]
    assert sum(cell.value for cell in cells) == found.value(2025, "total_calorific").value * 10000


def test_every_number_of_the_document_has_a_trace_and_every_trace_its_inputs(found):
    traces = TraceBook(found.traces)
    lost = [address for address in form.addresses(balance_document(found)) if address not in traces]
    assert (lost, [i for trace in traces for i in trace.inputs if i not in traces]) == ([], [])


def test_the_document_has_the_form_of_the_view(found):
    told = {key: value for key, value in balance_document(found).items() if key != "place"}
    assert form.faults(told, form.ENERGY) == []


def test_results_are_rows_of_energy(found):
    table = RESULTS.check(found.table())
    assert set(table.column("quantity").to_pylist()) == {"energy"}
    unknown = [row for row in table.to_pylist() if "province_mix" in row["result"]]
    assert unknown == []


def test_the_published_total_is_set_beside_the_view_it_comes_nearest_to(found):
    row = next(row for row in found.published if (row.indicator, row.year) == ("energy_consumption", 2020))
    assert (row.view, row.gap) == ("total_equivalent", Decimal("0.004749324"))


def test_a_standard_table_beside_the_physical_one_is_compared_and_changes_no_account(tmp_path):
    """2025: a standard table in which raw coal of industry is 75 万tce where 100 万吨 make 71.43."""
    city = opened("yunting", tmp_path)
    before = account(city, year=2025).table()
    lines = ["云汀市能源平衡表（标准量）2025年（虚构）", "项目,原煤,汽油,柴油", ",万吨标准煤,万吨标准煤,万吨标准煤"]
    lines += ["四.终端消费量,82.1414,44.142,36.4275", "1.农、林、牧、渔业,1.4286,1.4714,5.8284", "2.工业,75,2.9428,7.2855"]
    lines += ["3.建筑业,,,2.9142", "4.交通运输、仓储和邮政业,,29.428,20.3994", "6.生活消费,5.7128,10.2998,"]
    (tmp_path / "standard_2025.csv").write_text("\n".join(lines), encoding="utf-8")
    ingest(city, [tmp_path / "standard_2025.csv"])
    found = [finding for finding in balance(city, year=2025).findings if finding.rule == "balance.standard"]
    assert len(found) == 2  # industry and, with it, final consumption
    assert account(city, year=2025).table().equals(before)


def test_a_table_without_the_rows_of_final_consumption_says_what_belongs_to_no_field(tmp_path):
    """Final consumption of 10 万吨 raw coal, printed as one figure: 7.143 万tce in no field."""
    city = init(tmp_path / "city", place="370600")
    lines = [
        "能源平衡表2023年",
        "项目,原煤,汽油,柴油",
        ",万吨,万吨,万吨",
        "一.可供本地区消费的能源量,10,,",
        "1.一次能源生产量,,,",
    ]
    lines += ["3.外省(区、市)调入量,10,,", "三.损失量,,,", "四.终端消费量,10,,", "五.平衡差额,0,,", "六.消费量合计,10,,"]
    (tmp_path / "short.csv").write_text("\n".join(lines), encoding="utf-8")
    ingest(city, [tmp_path / "short.csv"])
    (finding,) = [finding for finding in balance(city).findings if finding.rule == "balance.fields"]
    assert "7.143" in finding.says.en


def test_one_year_can_be_asked_for_and_keeps_its_base_year(yunting):
    found = balance(yunting, year=2025)
    assert (list(found.years), found.value(2025, "assessed_decline").value is not None) == ([2025], True)


def test_the_rule_shown_first_can_be_chosen_and_an_unknown_one_is_refused(yunting):
    assert balance(yunting, imported="whole").value(2025, "non_fossil").value == 150
    with pytest.raises(SettingError, match="own_mix"):
        balance(yunting, imported="guess")


def test_a_city_without_a_balance_is_told_how_to_deliver_one_and_shows_what_was_published(tmp_path):
    found = balance(opened("qingdao", tmp_path))
    assert (found.years, [finding.rule for finding in found.findings]) == ({}, ["balance.none"])
    fields = {row.indicator: row.value for row in found.published if row.year == 2020}
    assert fields["energy_consumption"] == 3187
    assert fields["industry_energy_consumption"] == Decimal("1452.7")


def test_a_year_without_a_balance_is_absent(yunting):
    assert (balance(yunting, year=2023).years, [f.rule for f in balance(yunting, year=2023).findings][-1]) == (
        {},
        "balance.none",
    )


@pytest.mark.parametrize(("year", "base"), [(2025, 2020), (2021, 2020), (2020, 2015), (2026, 2025), (2007, 2005)])
def test_the_base_year_ends_the_five_year_plan_before(year, base):
    assert base_year(year) == base


@pytest.fixture(scope="module")
def shandong(shared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shandong") / "sd"
    city = init(folder, place="370000")
    (folder / "inbox").mkdir(exist_ok=True)
    shutil.copy(shared / "data/oracles/shandong_2007_balance.csv", folder / "inbox" / "balance_2007.csv")
    ingest(city)
    return balance(city)


def test_shandong_2007_meets_the_printed_coal_total(shandong):
    """Printed: 煤合计, 消费量合计 31702.781022 万吨; our sum is over the four kinds of coal."""
    assert shandong.value(2007, "coal_amount").value == Decimal("31702.781022")


def test_shandong_2007_is_supplied_and_used_alike(shandong):
    """Available less difference, printed, is use: an independent way to the same total, to the rounding of the table."""
    one = shandong.years[2007]
    by_row = {value.id: value.value for value in one.rows["calorific"]}
    supplied = by_row["row.available.calorific"] - by_row["row.difference.calorific"]
    broken = Decimal("53.157028") * Decimal("1.4286")  # final of other coking products: the printed total lacks a part
    assert abs(supplied + broken - shandong.value(2007, "total_calorific").value) < Decimal("0.05")


def test_shandong_2007_breaks_only_the_known_identities(shandong):
    rules = {breach.rule for breach in shandong.years[2007].breaches}
    assert rules == {"available", "final"}


def test_shandong_2007_takes_the_nation_s_coal_use_of_generation_and_says_so(shandong):
    assert "balance.parent_place" in {finding.rule for finding in shandong.findings}
    assert {label.en for label in shandong.value(2007, "without_feedstock").lacking} == {"energy used as feedstock"}


def test_transformation_in_shandong_2007_is_plausible(shandong):
    found = {one.flow: one.efficiency for one in shandong.years[2007].conversions}
    assert Decimal("0.34") < found["transformation.thermal_power"] < Decimal("0.36")
