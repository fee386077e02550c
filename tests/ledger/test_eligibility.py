"""Tests of eligibility with three answers, and working days with and without a table of holidays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DafengError
from dafeng.ledger.eligibility import Chosen, Joined, read_schemes, run_tests
from dafeng.ledger.eligibility import Test as Question
from dafeng.ledger.project_values import read_facts
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.working_days import count_days, is_over, read_holidays

SCHEMES = read_schemes()


def answers(method: str, **facts: object) -> dict[str, str]:
    said = run_tests(SCHEMES.methods[method].project_tests, read_facts(facts, SCHEMES.facts))
    return {one.test.id: one.answer for one in said}


@pytest.mark.parametrize(
    ("distance", "depth", "expected"),
    [
        ("35", "20", "met"),
        ("10", "35", "met"),
        ("30", "30", "not_met"),
        ("30.1", "10", "met"),
        ("25", "25", "not_met"),
        ("35", None, "met"),
        (None, "35", "met"),
        ("30", None, "not_known"),
        (None, None, "not_known"),
    ],
)
def test_offshore_wind_is_far_or_deep_strictly(distance, depth, expected):
    assert answers("offshore_wind", distance=distance, depth=depth)["far_or_deep"] == expected


@pytest.mark.parametrize(("decimals", "years", "expected"), [(6, 10, ("met", "met")), (5, 11, ("not_met", "not_met"))])
def test_corners_and_length_of_offshore_wind(decimals, years, expected):
    said = answers("offshore_wind", coordinate_decimals=decimals, crediting_years=years)
    assert (said["corners"], said["length"]) == expected


@pytest.mark.parametrize("land", ["economic_forest", "orchard", "wetland", "urban_greening"])
def test_afforestation_excludes_kinds_of_land(land):
    assert answers("afforestation", land=land)["land"] == "not_met"
    assert answers("afforestation", land="barren")["land"] == "met"
    assert answers("afforestation")["land"] == "not_known"


@pytest.mark.parametrize(
    ("area", "start", "expected"),
    [
        (400, "2020-01-01", "met"),
        (399, "2020-01-01", "not_met"),
        (666, "2019-12-31", "not_met"),
        (667, "2019-12-31", "met"),
        (700, None, "met"),
        (500, None, "not_known"),
        (300, None, "not_met"),
    ],
)
def test_smallest_plots_by_the_year_of_their_start(area, start, expected):
    assert answers("afforestation", plot_area=area, construction_start=start)["plot"] == expected


def test_an_orchard_is_no_method_of_ccer():
    assert "apple_orchard" not in SCHEMES.schemes["ccer"].methods
    assert "apple_orchard" in SCHEMES.schemes["inclusion"].methods
    books = {one.book for one in SCHEMES.schemes.values()}
    assert len(books) == len(SCHEMES.schemes)
    assert [one.id for one in SCHEMES.schemes.values() if one.offsets] == ["ccer"]
    assert "CCER" in SCHEMES.schemes["blue"].label.zh
    assert "非 CCER" in SCHEMES.schemes["blue"].label.zh


def test_every_test_can_say_all_three():
    for owner in (*SCHEMES.schemes.values(), *SCHEMES.methods.values()):
        for test in (*owner.project_tests, *owner.period_tests):
            assert run_tests([test], {})[0].answer == "not_known", test.id
            assert run_tests([test], {})[0].missing, test.id


THREE = st.sampled_from([True, False, None])


@given(st.lists(THREE, min_size=1, max_size=6), st.booleans())
def test_joined_rules_follow_three_valued_logic(values, every):
    rule = Joined(tuple(Chosen(f"f{at}", (True,), True) for at in range(len(values))), every)
    facts = {f"f{at}": value for at, value in enumerate(values) if value is not None}
    label = SCHEMES.schemes["ccer"].label
    said = run_tests([Question("t", label, "", "", "A", rule, {})], facts)[0].answer
    unknown = [at for at, value in enumerate(values) if value is None]
    reached = set()
    for guess in product((True, False), repeat=len(unknown)):
        filled = list(values)
        for at, value in zip(unknown, guess, strict=True):
            filled[at] = value
        reached.add(all(filled) if every else any(filled))
    assert said == ("not_known" if len(reached) > 1 else "met" if reached == {True} else "not_met")


@pytest.mark.parametrize(
    "facts",
    [{"distance": "far"}, {"in_ets": "no"}, {"construction_start": "2021"}, {"colour": 1}, {"land": 3}, {"distance": True}],
)
def test_a_fact_that_is_none_is_refused(facts):
    with pytest.raises(Refusal, match="fact_unknown"):
        read_facts(facts, SCHEMES.facts)


def test_facts_are_exact():
    read = read_facts({"distance": "30.1", "construction_start": "2012-11-09", "in_ets": False, "depth": None}, SCHEMES.facts)
    assert read == {"distance": Decimal("30.1"), "construction_start": date(2012, 11, 9).toordinal(), "in_ets": False}


@pytest.mark.parametrize(
    "rule",
    [
        "depth > shallow",
        "distance > depth",
        "{fact: colour, is: true}",
        "{any: []}",
        "{all: []}",
        "distance - distance",
        "distance",
        "{some: [1]}",
        "1",
    ],
)
def test_a_test_that_cannot_hold_is_refused(tmp_path, rule):
    (tmp_path / "rights").mkdir()
    text = f"""methods:
  own:
    label: {{zh: 甲, en: a}}
    source: dafeng-rights
    grade: C
    project_tests:
      t: {{label: {{zh: 甲, en: a}}, rule: {rule if rule.startswith("{") or rule == "1" else repr(rule)}}}
"""
    (tmp_path / "rights" / "schemes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DafengError):
        read_schemes(tmp_path)


def test_working_days_without_a_table_are_bounds(tmp_path):
    first = date(2024, 1, 10)
    assert read_holidays() == {}
    assert is_over(first, date(2024, 1, 29), 20, {}) == "not_met"  # 19 days altogether
    assert is_over(first, date(2024, 2, 8), 20, {}) == "not_known"
    assert is_over(first, date(2024, 2, 21), 20, {}) == "met"  # 30 weekdays
    (tmp_path / "rights").mkdir()
    rows = "\n".join(f"2024-02-{day:02},no,春节,x" for day in range(10, 18)) + "\n2024-02-18,yes,调休,x\n2024-02-09,no,春节,x"
    (tmp_path / "rights" / "holidays.csv").write_text(f"date,working,zh,source\n{rows}\n", encoding="utf-8")
    known = read_holidays(tmp_path)
    assert count_days(first, date(2024, 2, 9), known) == (21, 21)
    assert count_days(first, date(2024, 2, 18), known) == (22, 22)
    assert is_over(first, date(2024, 2, 7), 20, known) == "met"
    assert is_over(first, date(2024, 2, 6), 20, known) == "not_met"


@given(st.dates(date(2020, 1, 1), date(2029, 1, 1)), st.integers(0, 60), st.sets(st.integers(0, 60), max_size=10))
def test_bounds_hold_whatever_the_holidays_are(first, length, free):
    last = date.fromordinal(first.toordinal() + length)
    known = {date.fromordinal(first.toordinal() + day).isoformat(): False for day in free}
    known |= {f"{year}-12-31x": False for year in (first.year, last.year)}
    exact, same = count_days(first, last, known)
    least, most = count_days(first, last, {})
    assert exact == same
    assert least <= exact <= most
