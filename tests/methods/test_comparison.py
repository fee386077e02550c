"""Differences are explained completely, and opposite errors do not hide one another (failure F11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import PurposeError
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import Accounting, account
from dafeng.methods.comparison import compare
from dafeng.methods.definition import Method
from tests.methods.conftest import definitions, factors, facts

AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=3)


def run(*rows: Mapping[str, Any], edition: str = "prov2025") -> Accounting:
    listed = ({"unit": "万吨", "carrier": "diesel", **row} for row in rows)
    editions = {"fuel_combustion": edition}
    return account(facts(*listed), library=factors(), methods=definitions(), place="370600", year=2025, editions=editions)


def test_two_sectors_off_in_opposite_directions_are_seen() -> None:
    before = run({"flow": "final.transport", "value": "10"}, {"flow": "final.industry", "value": "10"})
    after = run({"flow": "final.transport", "value": "13"}, {"flow": "final.industry", "value": "7"})
    found = compare(before.cells, after.cells, quantity="co2")
    assert (found.net, found.absolute) == (0, 6 * Decimal("30959.096373333"))


def test_a_cell_on_one_side_only_is_a_boundary_cause() -> None:
    before = run({"flow": "final.transport", "value": "10"})
    after = run({"flow": "final.transport", "value": "10"}, {"flow": "final.industry", "value": "1"})
    found = compare(before.cells, after.cells, quantity="co2").causes
    assert [(cause.cause, cause.amount) for cause in found] == [("only_after", Decimal("30959.096373333"))]


def test_a_change_of_activity_alone_is_an_activity_cause() -> None:
    before, after = run({"flow": "final.transport", "value": "10"}), run({"flow": "final.transport", "value": "12"})
    assert {cause.cause for cause in compare(before.cells, after.cells, quantity="co2").causes} == {"activity"}


def test_a_change_of_one_factor_is_its_own_cause() -> None:
    # hand: only the heating value of diesel differs, 42.652 and 43.33 GJ/t; 10^4 t x 0.678 x 20.2e-3 x 0.98 x 44/12
    before = run({"flow": "final.transport", "value": "1"})
    after = run({"flow": "final.transport", "value": "1"}, edition="ind24")
    causes = compare(before.cells, after.cells, quantity="co2").causes
    assert [cause.cause for cause in causes] == ["heating_value"]
    assert float(causes[0].amount) == pytest.approx(492.1284, rel=1e-6)


def test_equal_runs_have_no_causes() -> None:
    cells = run({"flow": "final.transport", "value": "10"}).cells
    found = compare(cells, cells, quantity="co2")
    assert (found.causes, found.net, found.absolute) == ((), 0, 0)


def test_factors_of_different_purposes_are_not_compared(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    given = {"electricity_use": methods["electricity_use"]}
    cells = account(facts({"indicator": "electricity_consumption", "value": "1", "unit": "亿千瓦时", "place": "100000"}),
                    library=library, methods=given, place="100000", year=2025).cells  # fmt: skip
    match = cells[0].matches["emission_factor"]
    fossil = replace(match, factor=library.factors["grid.fossil.100000.2023"])
    with pytest.raises(PurposeError):
        compare(cells, [replace(cells[0], matches={"emission_factor": fossil})], quantity="co2_location")


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_causes_always_sum_to_the_net(a: Decimal, b: Decimal, c: Decimal, d: Decimal) -> None:
    before = run({"flow": "final.transport", "value": a}, {"flow": "final.industry", "value": b, "carrier": "raw_coal"})
    after = run({"flow": "final.transport", "value": c}, {"flow": "final.industry", "value": d, "carrier": "raw_coal"},
                edition="ind24")  # fmt: skip
    found = compare(before.cells, after.cells, quantity="co2")
    assert sum((cause.amount for cause in found.causes), Decimal(0)) == found.net
    assert found.absolute >= abs(found.net)
