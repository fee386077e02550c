"""Tables of drivers: what a row may say, and where a target of the plan fills it."""

from __future__ import annotations

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.pathways.model.tables import Goal, read_rows, read_scenarios, scenario_rows

HEAD = "quantity,members,year,low,mid,high,unit,source,grade,note_zh,note_en\n"
SCENARIO = "scenario,target," + HEAD


def test_a_row_keeps_its_members_corners_and_evidence() -> None:
    (row,) = read_rows(HEAD + "claimed,steel,2020,1,2,4,万吨标准煤,dafeng,derived,说明,note\n")
    assert (row.members, row.year, row.low, row.mid, row.high) == (frozenset({"steel"}), 2020, 1.0, 2.0, 4.0)
    assert (row.grade, row.note and row.note.en, row.at) == ("derived", "note", "drivers:2")


def test_an_empty_value_is_unknown_not_zero() -> None:
    (row,) = read_rows(HEAD + "other_start,waste,,,,,tCO2e,dafeng,assumption,,\n")
    assert row.mid is None


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("x,,,,1,,t,dafeng,memory,,", "memory"),
        ("x,,,1,,2,t,dafeng,derived,,", "middle value"),
        ("x,,,,1,,t,dafeng,derived,说明,", "both languages"),
        ("x,,,,1,,t,nowhere,derived,,", "nowhere"),
        ("x,,20x0,,1,,t,dafeng,derived,,", "20x0"),
        ("x,,,,1,,t,dafeng,derived,,\nx,,,,2,,t,dafeng,derived,,", "repeats"),
    ],
)
def test_what_breaks_the_form_is_refused(line: str, wanted: str) -> None:
    with pytest.raises(DefinitionError, match=wanted):
        read_rows(HEAD + line + "\n", sources={} if "nowhere" in line else None)


def test_a_target_of_the_plan_fills_its_row_with_unit_and_address() -> None:
    table = read_scenarios(SCENARIO + "plan,nuclear_capacity 2030,capacity,nuclear,2033,,,,MW,dafeng,derived,,\n")
    rows, findings = scenario_rows(table, "plan", {("nuclear_capacity", 2030): Goal(1300, "万千瓦", "plan:98")})
    assert [(row.mid, row.unit, row.year, row.at) for row in rows] == [(1300, "万千瓦", 2033, "plan:98")]
    assert findings == ()


def test_a_target_that_the_plan_does_not_name_is_said_and_left_out() -> None:
    table = read_scenarios(SCENARIO + "plan,nuclear_capacity 2030,capacity,nuclear,2030,,,,MW,dafeng,derived,,\n")
    rows, (finding,) = scenario_rows(table, "plan", {})
    assert rows == ()
    assert "nuclear_capacity" in finding.says.en
    assert scenario_rows(table, "deep", {}) == ((), ())


@pytest.mark.parametrize("cells", ["nuclear 2030,capacity,nuclear,2030,,5,", "nuclear,capacity,nuclear,2030,,,"])
def test_a_target_stands_alone_and_with_its_year(cells: str) -> None:
    with pytest.raises(DefinitionError, match="target"):
        read_scenarios(SCENARIO + f"plan,{cells},MW,dafeng,derived,,\n")
