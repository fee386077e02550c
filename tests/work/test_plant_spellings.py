"""One power unit under two names, in a table or in a table and an account: it is told, and never two entitlements unseen."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.findings import Finding
from dafeng.ledger.plants import Plant
from dafeng.work.allowances import allowances, allowances_document
from dafeng.work.city import init
from dafeng.work.compliance import explain_standing
from dafeng.work.plant_spellings import check_alike
from dafeng.work.settle import settle
from tests.cli.test_rights import read, run
from tests.work.test_allowances import ROWS, make_city, table
from tests.work.unit_city import PLANTS, deliver, make_units, write_plants
from tests.work.unit_city import ROWS as FUEL

ONE = ROWS[0].replace("甲,1,", "甲,1号,", 1)


def twin(name: str, **other: str) -> str:
    """The row of the first unit under another name, with other cells for some."""
    row = ONE.replace("甲,1号,", f"甲,{name},", 1)
    for before, after in other.items():
        row = row.replace(before.removeprefix("_"), after)
    return row


def found(path: Path) -> tuple[int | None, list[tuple[str, str]]]:
    """Entitlement of the first company, and what is said of twins."""
    one = allowances(path).entitlements[0]
    return one.allowance, [(part.rule, part.severity) for part in one.findings if part.rule.startswith("allowance.unit_tw")]


SAME = ["1号机组", "#1", "1#机组", "1号机", "No.1", "№1", "一号", "１号机组", "01号", "Unit 1", "UNIT No. 001", "①"]


@pytest.mark.parametrize("name", SAME)
def test_a_unit_under_two_number_marks_is_counted_for_nobody(tmp_path, name):
    assert found(table(tmp_path, ONE, twin(name))) == (None, [("allowance.unit_twice", "error")] * 2)


@pytest.mark.parametrize("name", ["11号", "2号", "10号", "甲1号", "1-1", "1号2", "Units 1", "二十一号"])
def test_a_unit_of_the_same_figures_and_another_name_is_warned_of_and_counts(tmp_path, name):
    assert found(table(tmp_path, ONE, twin(name))) == (1729088, [("allowance.unit_twin", "warning")] * 2)


@pytest.mark.parametrize(("one", "other"), [("十一号", "11"), ("二十号机组", "#20"), ("二号", "02"), ("1号2机组", "#1#2")])
def test_numerals_and_marks_within_a_name_are_read(tmp_path, one, other):
    assert found(table(tmp_path, twin(one), twin(other)))[0] is None


def test_both_units_are_named_with_their_rows(tmp_path):
    (one,) = allowances(table(tmp_path, ONE, twin("3号"))).entitlements
    said = [part for part in one.findings if part.rule == "allowance.unit_twin"]
    assert [part.at for part in said] == ["plants.csv:2", "plants.csv:3"]
    assert all("1号 (plants.csv:2)" in part.says.en and "3号 (plants.csv:3)" in part.says.zh for part in said)


@pytest.mark.parametrize(
    "row",
    [
        twin("#1", _850000="850001"),
        twin("#1", _1000000="1000001"),
        twin("#1", _200000="0"),
        twin("#1", _2023="2024"),
        twin("#1").replace("甲,", "乙,", 1),
    ],
    ids=["verified", "electricity", "heat", "year", "company"],
)
def test_another_figure_year_or_company_is_another_unit(tmp_path, row):
    assert found(table(tmp_path, ONE, row))[1] == []


def test_shares_forecasts_and_zeros_are_no_likeness(tmp_path):
    rows = [f"甲,{unit},2023,coal_to_300,0,0,0.6,0,0,{forecast}" for unit, forecast in (("1号", 5), ("#1", 5))]
    assert found(table(tmp_path, *rows))[1] == []
    assert found(table(tmp_path, ONE, f"{twin('#1')}7"))[0] is None  # another forecast is no other unit


def test_what_only_one_of_them_tells_makes_no_second_unit(tmp_path):
    assert found(table(tmp_path, ONE, twin("#1", _800000=""))) == (None, [("allowance.unit_twice", "error")] * 2)


def test_a_third_that_tells_less_makes_no_twins_of_two_that_differ(tmp_path):
    path = table(tmp_path, ONE, twin("2号", _200000="5"), "甲,3号,2023,coal_above_300,,,0.6,850000,,")
    said = [part.says.en for part in allowances(path).entitlements[0].findings if part.rule == "allowance.unit_twin"]
    assert ["2号 (" in text and "1号 (" in text and "3号 (" not in text for text in said] == [False] * 3
    assert [text.partition(" (")[0] for text in said] == ["1号", "2号", "3号"]


def test_many_of_one_likeness_are_told_in_short(tmp_path):
    (one,) = allowances(table(tmp_path, *(twin(f"{letter}座") for letter in "ABCDEFGHI"))).entitlements
    said = [part.says.en for part in one.findings if part.rule == "allowance.unit_twin"]
    assert (len(said), {"+3 have" in text and text.count("座") == 6 for text in said}) == (9, {True})


def test_a_city_adds_words_that_say_nothing(tmp_path):
    city = make_city(tmp_path)
    path = table(city.overlay / "rights", ONE, twin("1号炉"))
    assert allowances(path, city=city).entitlements[0].allowance == 1729088
    (city.overlay / "rights" / "unit_words_own.csv").write_text("word,zh,en\n炉,类名,what it is\n", encoding="utf-8")
    assert allowances(path, city=city).entitlements[0].allowance is None


def test_a_unit_of_the_table_and_one_of_the_account_are_compared(tmp_path):
    """653 400 t stand in the table for 1#机组; the account has them for 1号, to which the table gives a class."""
    city = make_units(tmp_path)
    head = "企业,机组,年度,机组类别,发电量（MWh）,供热量,负荷系数,经核查排放量（t）"
    write_plants(city, head, f"{PLANTS[1]},,,,", "甲电厂,1#机组,2023,coal_above_300,750000,1000000,0.7,653400")
    (one, *_) = allowances(city, year=2023).entitlements
    said = next(part for part in one.findings if part.rule == "allowance.unit_twice")
    assert one.allowance is None
    assert "1号 (plants.csv:2; units.csv!F5" in said.says.en
    assert "1#机组 (plants.csv:3)" in said.says.en


def test_units_of_the_account_alone_are_compared(tmp_path):
    city = init(tmp_path / "city", place="370600")
    rows = [row for row in FUEL if row.startswith("甲电厂,1号")]
    deliver(city, *rows, *(row.replace("1号", "2号机组") for row in rows))
    write_plants(city, PLANTS[0], PLANTS[1], PLANTS[1].replace("1号", "2号机组"))
    (one,) = allowances(city, year=2023).entitlements
    said = next(part for part in one.findings if part.rule == "allowance.unit_twin")
    assert (one.allowance, "units.csv!F11" in said.says.en) == (1400100, True)


def test_the_command_the_check_and_the_company_say_so(tmp_path):
    city = make_city(tmp_path)
    table(city.overlay / "rights", ONE, twin("1号机组"), *ROWS[1:])
    rules = {one["rule"] for one in read("allowance", "compute", city.folder)["findings"]}
    assert "allowance.unit_twice" in rules
    assert "names that differ by number marks" in " ".join(
        run("allowance", "compute", city.folder, "--lang", "en").replace("│", " ").split()
    )
    checked = settle(city, "cea-2023", "2023")
    assert "allowance.unit_twice" in {one.rule for one in checked.findings}
    standing = next(one for one in checked.standings if one.enterprise == "甲")
    told = json.dumps(explain_standing(checked, standing), ensure_ascii=False)
    assert (standing.verdict, "allowance.unit_twice" in told) == ("not_measurable", True)
    document = allowances_document(allowances(city))
    assert {one["severity"] for one in document["findings"] if one["rule"] == "allowance.unit_twice"} == {"error"}


def test_a_large_company_is_compared_in_one_pass():
    """Pairs would be 18 million."""
    plants = [Plant("甲", f"{no}座", 2023, "gas", {"heat": Decimal(5), "verified": Decimal(no)}) for no in range(6000)]
    told: list[Finding] = [one for plant in check_alike(plants) for one in plant.findings]
    assert told == []
