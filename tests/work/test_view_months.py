"""Monthly figures in the view: one fact for each month, gaps stay gaps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dafeng.work.tracing import TraceBook
from dafeng.work.view_months import write_months
from dafeng.work.view_number import Frame

FRAME = Frame("0001-abc", TraceBook())


def fact(name: str, value: str, unit: str = "MW") -> dict[str, Any]:
    return {"fact": name, "value": Decimal(value), "unit": unit}


def test_months_run_from_the_first_to_the_last_with_gaps_between() -> None:
    months = write_months({"2020-11": fact("a", "3"), "2021-02": fact("b", "4")}, "MW", FRAME)
    assert months == {
        "first": "2020-11",
        "values": [3, None, None, 4],
        "addresses": ["0001-abc/facts/a", None, None, "0001-abc/facts/b"],
    }


def test_values_are_in_the_unit_of_the_indicator_and_shares_in_per_cent() -> None:
    assert write_months({"2020-01": fact("a", "2000", "kW")}, "MW", FRAME)["values"] == [2]  # type: ignore[index]
    assert write_months({"2020-01": fact("a", "25", "%")}, "1", FRAME)["values"] == [25]  # type: ignore[index]


def test_what_has_another_dimension_is_left_out() -> None:
    assert write_months({"2020-01": fact("a", "3", "t")}, "MW", FRAME) is None


def test_without_a_month_there_is_none() -> None:
    assert write_months({}, "MW", FRAME) is None
