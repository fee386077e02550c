"""The audit finds what cannot be, what disagrees and what is missing, and changes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.library.indicators import Catalogue, read_indicators
from dafeng.library.rules import read_rules
from dafeng.readers.audit import audit_facts
from dafeng.readers.audit_series import find_slips
from dafeng.readers.balance import read_balance
from dafeng.readers.delivery import build_rows
from dafeng.readers.figures import read_figures
from dafeng.readers.sheets import read_sheets
from tests.readers.balances import as_csv, published

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_indicators()


@pytest.fixture
def audit(catalogue):
    def auditor(*rows):
        return audit_facts(build_rows(rows), catalogue=catalogue, rules=read_rules(), today=TODAY)

    return auditor


def fact(indicator: str, period: str, value: str, unit: str, **more):
    row = {"indicator": indicator, "place": "370600", "period": period, "value": Decimal(value), "unit": unit}
    return {**row, "source": "city", "grade": "reported", "file": "x.csv", "cell": "C2", **more}


def rules(findings) -> list[str]:
    return [finding.rule for finding in findings]


def test_sound_facts_have_no_finding(audit) -> None:
    assert audit(fact("population", "2023", "700", "万人"), fact("population", "2024", "701", "万人")) == ()


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (fact("gdp", "2023", "10162.46", "亿元", grade="memory"), "audit.memory"),
        (fact("gdp", "2026", "12000", "亿元"), "audit.future"),
        (fact("gdp", "2030", "12000", "亿元"), "audit.future"),
        (fact("population", "2023", "-1", "万人"), "audit.negative"),
        (fact("clean_capacity_share", "2023", "156", "%"), "audit.share"),
        (fact("clean_capacity_share", "2023", "56", "1"), "audit.share"),
        (fact("balance", "2023", "-1", "万吨", flow="final.industry", carrier="raw_coal"), "audit.negative"),
    ],
)
def test_what_cannot_be_is_an_error(audit, row, rule: str) -> None:
    assert [(f.rule, f.severity) for f in audit(row)] == [(rule, "error")]


@pytest.mark.parametrize(
    "row",
    [
        fact("gdp_growth", "2023", "-2.1", "%"),
        fact("net_electricity_import", "2023", "-5", "亿千瓦时"),
        fact("gdp", "2030", "12000", "亿元", grade="assumption"),
        fact("balance", "2023", "-1", "万吨", flow="transformation.heat", carrier="raw_coal"),
        fact("balance", "2023", "-1", "万吨", flow="available.outflow", carrier="raw_coal"),
    ],
)
def test_what_may_be_negative_or_assumed_is_let_pass(audit, row) -> None:
    assert audit(row) == ()


def test_a_unit_slip_against_the_year_before_is_reported_with_both_figures(audit) -> None:
    found = audit(fact("port_throughput", "2023", "54000", "万吨"), fact("port_throughput", "2024", "55000", "吨"))
    assert rules(found) == ["audit.slip"]
    assert all(said in found[0].says.en for said in ("54000 × 10^4 t", "55000 t", "10^-4"))


@given(st.integers(1, 6), st.decimals("0.9", "1.12", places=3), st.sampled_from([1, -1]))
def test_every_slip_by_a_power_of_ten_is_seen(power: int, growth: Decimal, sign: int) -> None:
    after = (Decimal(5000) * growth * Decimal(10) ** (sign * power)).quantize(Decimal("0.000001"))
    rows = [fact("gdp", "2023", "5000", "亿元"), fact("gdp", "2024", str(after), "亿元")]
    assert len(list(find_slips(rows, distance=Decimal("0.1"), least=Decimal(1)))) == 1


@given(st.decimals("0.2", "5", places=3))
def test_plain_growth_is_no_slip(growth: Decimal) -> None:
    rows = [fact("gdp", "2023", "5000", "亿元"), fact("gdp", "2024", str(5000 * growth), "亿元")]
    assert list(find_slips(rows, distance=Decimal("0.1"), least=Decimal(1))) == []


def test_the_same_figure_in_another_unit_is_no_slip(audit) -> None:
    rows = (fact("port_throughput", "2023", "54000", "万吨"), fact("port_throughput", "2024", "550000000", "吨"))
    assert audit(*rows) == ()


def test_two_sources_that_disagree_are_both_quoted(audit) -> None:
    # realdata: grain output of Yantai 2025 is 191.29 in one source and 191.26 in another
    rows = (
        fact("grain_output", "2025", "191.29", "万吨", source="a"),
        fact("grain_output", "2025", "191.26", "万吨", source="b"),
    )
    found = audit(*rows)
    assert (rules(found), "191.29" in found[0].says.zh and "191.26" in found[0].says.zh) == (["audit.disagreement"], True)


def test_two_sources_that_agree_in_other_units_are_let_pass(audit) -> None:
    rows = (
        fact("grain_output", "2025", "191.29", "万吨", source="a"),
        fact("grain_output", "2025", "1912900", "吨", source="b"),
    )
    assert audit(*rows) == ()


def test_a_figure_equal_to_the_year_before_looks_copied(audit) -> None:
    assert rules(audit(fact("gdp", "2023", "8711.75", "亿元"), fact("gdp", "2024", "8711.75", "亿元"))) == ["audit.copied"]


def test_a_round_figure_may_stay_the_same(audit) -> None:
    assert audit(fact("berths", "2023", "114", "个"), fact("berths", "2024", "114", "个")) == ()


def test_missing_years_are_listed(audit) -> None:
    found = audit(fact("gdp", "2020", "7816.42", "亿元"), fact("gdp", "2023", "10000.5", "亿元"))
    assert (rules(found), found[0].says.en.endswith("lacks 2 years: 2021, 2022")) == (["audit.gap"], True)


def test_industries_that_do_not_make_the_product_are_reported(audit) -> None:
    # Yantai 2020: 572.74 + 3192.39 + 4051.29 = 7816.42 (communique of 2021-03-24); the last one changed here
    parts = {"primary_value_added": "572.74", "secondary_value_added": "3192.39", "tertiary_value_added": "4501.29"}
    rows = [fact(name, "2020", value, "亿元") for name, value in {"gdp": "7816.42", **parts}.items()]
    assert rules(audit(*rows)) == ["audit.parts"]


def test_industries_that_make_the_product_are_let_pass(audit) -> None:
    parts = {"primary_value_added": "572.74", "secondary_value_added": "3192.39", "tertiary_value_added": "4051.29"}
    assert audit(*[fact(name, "2020", value, "亿元") for name, value in {"gdp": "7816.42", **parts}.items()]) == ()


def test_a_part_above_its_whole_is_reported(audit) -> None:
    assert rules(audit(fact("total_capacity", "2023", "2366", "万千瓦"), fact("clean_capacity", "2023", "25", "GW"))) == [
        "audit.parts"
    ]


def test_an_incomplete_list_of_parts_may_fall_short(audit) -> None:
    assert audit(fact("total_capacity", "2023", "2366", "万千瓦"), fact("clean_capacity", "2023", "1325", "万千瓦")) == ()


def test_identities_of_a_stored_balance_are_audited(shared, audit) -> None:
    book = read_sheets(as_csv(published(shared)), name="x.csv")
    rows = read_balance(book, place="370000", source="cesy", period="2007").rows.to_pylist()
    found = [f.says.zh for f in audit(*rows) if f.rule == "audit.balance" and "终端消费量" in f.says.zh]
    assert (len(found), "69.937028" in found[0]) == (1, True)


@pytest.mark.parametrize("city", ["yantai", "qingdao"])
def test_the_shipped_figures_hold_no_error(root, catalogue, city: str) -> None:
    book = read_sheets(root / "cities" / city / "data" / "figures.csv")
    rows = read_figures(book, catalogue=catalogue, place="370000", source="-", today=TODAY).rows
    found = audit_facts(rows, catalogue=catalogue, rules=read_rules(), today=TODAY)
    assert [f for f in found if f.severity == "error"] == []


def test_the_disagreements_of_the_yantai_figures_are_found(root, catalogue) -> None:
    # realdata: grain 191.29 / 191.26 and fruit 898.97 / about 870 in 2025
    book = read_sheets(root / "cities/yantai/data/figures.csv")
    rows = read_figures(book, catalogue=catalogue, place="370600", source="-", today=TODAY).rows
    found = audit_facts(rows, catalogue=catalogue, rules=read_rules(), today=TODAY)
    assert [f.says.zh.split(" ")[0] for f in found if f.rule == "audit.disagreement"] == ["粮食产量", "水果产量"]


def test_facts_are_not_changed_by_the_audit(catalogue) -> None:
    table = build_rows([fact("population", "2023", "-1", "万人")])
    audit_facts(table, catalogue=catalogue, rules=read_rules(), today=TODAY)
    assert table.to_pylist()[0]["value"] == Decimal(-1)


def test_the_audit_of_one_year_compares_with_the_others(catalogue) -> None:
    rows = [fact("gdp", "2022", "-5", "亿元", cell="C2"), fact("gdp", "2023", "9000", "亿元", cell="C3")]
    rows.append(fact("gdp", "2024", "90000.5", "亿元", cell="C4"))
    found = audit_facts(build_rows(rows), catalogue=catalogue, rules=read_rules(), today=TODAY, year=2024)
    assert [(f.rule, f.at) for f in found] == [("audit.slip", "x.csv!C4")]


def test_an_english_finding_has_no_chinese_unit(audit) -> None:
    (found,) = audit(fact("clean_capacity", "2023", "-30", "万千瓦"))
    assert ("-30 万千瓦" in found.says.zh, "-30 × 10^4 kW" in found.says.en, "万" in found.says.en.partition("=")[2]) == (
        True,
        True,
        False,
    )
