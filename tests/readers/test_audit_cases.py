"""Injected errors are found where they are; consistent tables are left alone (numbers of many cases: docs/audit.md)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dafeng.core.labels import Label
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.indicators import Catalogue, read_indicators
from dafeng.library.rules import read_rules
from dafeng.readers.audit import audit_facts
from dafeng.readers.audit_factors import find_strange_factors
from dafeng.readers.delivery import build_rows
from dafeng.readers.suggestions import AuditFinding
from dafeng.readers.sums import Sum, Term, find_breaches
from tests.readers.audit_cases import TODAY, measure
from tests.readers.test_audit import fact

PENNY = Decimal("0.01")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_indicators()


@pytest.fixture(scope="module")
def library() -> FactorLibrary:
    return read_factors()


@pytest.fixture
def audit(catalogue: Catalogue, library: FactorLibrary):
    def auditor(*rows, peers=None):
        around = build_rows(peers) if peers else None
        return audit_facts(
            build_rows(rows), catalogue=catalogue, rules=read_rules(), today=TODAY, library=library, peers=around
        )

    return auditor


def told(findings) -> list[tuple[str, str]]:
    return [(one.rule, one.at) for one in findings if one.severity != "info"]


def test_most_injected_errors_are_found_and_clean_deliveries_are_let_pass() -> None:
    scores = measure(26, seed=7)
    clean = scores.pop("clean")
    assert (clean.cases, clean.findings) == (7, 0)
    assert sum(one.detected for one in scores.values()) >= 23
    assert sum(one.mistaken for one in scores.values()) <= 1
    assert all(scores[kind].suggested == scores[kind].cases for kind in ("slip", "digits"))


def of(values: dict[str, int], *sums: tuple[str, str]) -> list[Sum]:
    made = [Sum("test", total, tuple(Term(1, part) for part in parts), PENNY) for total, parts in sums]
    assert all(one.keys <= values.keys() for one in made)
    return made


@pytest.mark.parametrize(
    ("values", "how", "key", "value"),
    [
        # by hand: 1 + 20 + 300 = 321; 20 delivered as 200, 300 as -300, 321 as 231
        ({"t": 321, "a": 1, "b": 200, "c": 300}, "power", "b", Decimal(20)),
        ({"t": 321, "a": 1, "b": 20, "c": -300}, "sign", "c", Decimal(300)),
        ({"t": 231, "a": 1, "b": 20, "c": 300}, "digits", "t", Decimal(321)),
    ],
)
def test_one_sum_names_a_slip_of_the_pen(values, how: str, key: str, value: Decimal) -> None:
    figures = {name: Decimal(number) for name, number in values.items()}
    repair = find_breaches(of(values, ("t", "abc")), figures)[0].repair
    assert (repair.how, dict(repair.values)) == (how, {key: value})


def test_a_gap_that_any_figure_could_fill_names_none() -> None:
    figures = {"t": Decimal(321), "a": Decimal(1), "b": Decimal(20), "c": Decimal(317)}
    assert find_breaches(of(figures, ("t", "abc")), figures)[0].repair is None


def test_the_figure_where_two_broken_sums_meet_is_named() -> None:
    # by hand: t = a + b and u = b + c with b = 20; delivered as 37
    figures = {"t": Decimal(21), "u": Decimal(320), "a": Decimal(1), "b": Decimal(37), "c": Decimal(300)}
    breach = find_breaches(of(figures, ("t", "ab"), ("u", "bc")), figures)[0]
    assert (len(breach.sums), breach.repair.how, dict(breach.repair.values)) == (2, "value", {"b": Decimal(20)})


def test_a_year_that_its_months_do_not_make_is_reported_at_the_month_that_slipped(audit) -> None:
    months = [
        fact("coal_consumption", f"2024-{n:02d}", "100" if n != 5 else "1000", "万吨", cell=f"D{n}") for n in range(1, 13)
    ]
    found = audit(*months, fact("coal_consumption", "2024", "1200", "万吨", cell="D20"))
    assert told(found) == [("audit.months", "x.csv!D5")]
    assert isinstance(found[0], AuditFinding)
    assert found[0].suggestion.value == 100


def test_organisations_above_their_whole_are_reported(audit) -> None:
    rows = [
        fact("coal_consumption", "2024", "70", "万吨", organisation=name, cell=cell)
        for name, cell in (("甲", "D2"), ("乙", "D3"))
    ]
    assert told(audit(*rows, fact("coal_consumption", "2024", "130", "万吨", cell="D4"))) == [
        ("audit.organisations", "x.csv!D4")
    ]
    assert told(audit(*rows, fact("coal_consumption", "2024", "900", "万吨", cell="D4"))) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (fact("heating_value", "2024", "209.08", "GJ/t", carrier="raw_coal"), "209.08"),
        (fact("heating_value", "2024", "20.908", "GJ/t", carrier="raw_coal"), None),
        (fact("heating_value", "2024", "245.15", "GJ/t", carrier="anthracite"), "24"),
        (fact("heating_value", "2024", "24.6", "GJ/t", carrier="anthracite"), None),
        (fact("carbon_content", "2024", "0.0274", "tC/TJ", carrier="anthracite"), "27.4"),
        (fact("oxidation_rate", "2024", "103", "%", carrier="anthracite"), "100 %"),
        (fact("oxidation_rate", "2024", "94", "%", carrier="anthracite"), None),
    ],
)
def test_heat_values_are_held_against_the_published_tables(audit, row, said: str | None) -> None:
    found = [one for one in audit(row) if one.rule == "audit.factor"]
    assert [one.severity for one in found] == (["warning"] if said else [])
    assert said is None or said in found[0].says.en


def test_a_supplied_factor_is_held_against_heat_value_carbon_and_oxidation(library: FactorLibrary) -> None:
    # by hand: anthracite 24.515 GJ/t x 27.49 tC/TJ x 94 % x 44/12 = 2.323 tCO2/t
    def supplied(value: str) -> Factor:
        label = Label("无烟煤 排放因子", "anthracite, emission factor")
        return Factor("user.a", "anthracite", "emission_factor", "combustion", "user", None, None, None, Decimal(value), None,
                      None, "tCO2/t", "-", "", "reported", label)  # fmt: skip

    rule = Decimal("0.1")
    assert list(find_strange_factors([supplied("2.32")], library, margin=rule)) == []
    assert [one.at for one in find_strange_factors([supplied("23.2")], library, margin=rule)] == ["factors/user.a"]


def test_a_figure_per_head_far_from_the_province_is_reported_with_the_power(audit) -> None:
    # by hand: 2 000 per head here, 20 per head in the province: two powers of ten
    around = [
        fact("population", "2024", "10000", "万人", place="370000"),
        fact("gdp", "2024", "100000", "亿元", place="370000"),
    ]
    rows = [fact("population", "2024", "700", "万人", cell="C2"), fact("gdp", "2024", "700000", "亿元", cell="C3")]
    found = audit(*rows, peers=around)
    assert (told(found), "10^2" in found[0].says.en) == ([("audit.peer", "x.csv!C3")], True)
    assert audit(rows[0], fact("gdp", "2024", "9000", "亿元", cell="C3"), peers=around) == ()


def test_years_that_differ_by_the_same_amount_look_dragged(audit) -> None:
    rows = [fact("gdp", str(2019 + n), str(Decimal("9000.25") + n * Decimal("111.5")), "亿元", cell=f"C{n}") for n in range(6)]
    assert told(audit(*rows)) == [("audit.progression", "x.csv!C5")]
