"""Tables of drivers: which row speaks, what holds between years, what is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.pathways.model.axes import Axis, Space
from dafeng.pathways.model.drivers import Drivers, Given, Row, lay_over, read_drivers
from dafeng.pathways.model.quantity import Graph, Quantity, make_graph
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.series import interpolate


def _graph(*axes: str) -> Graph:
    space = Space(
        (
            Axis("product", ("steel", "glass"), Label("产品", "product")),
            Axis("carrier", ("coal", "gas"), Label("能源", "carrier")),
            Axis("year", ("2020", "2021", "2022", "2023", "2024"), Label("年", "year")),
        )
    )
    return make_graph(space, [Quantity("intensity", Label("单耗", "intensity"), "GJ/t", None, frozenset(axes))])


def _row(members: str, year: int | None, mid: float | None, low: float | None = None, high: float | None = None) -> Row:
    return Row("intensity", frozenset(members.split()), year, low, mid, high, "GJ/t", "test", "assumption")


def _read(rows: list[Row], *, rule: Given | None = None, axes: str = "product carrier year") -> Drivers:
    return read_drivers(_graph(*axes.split()), {"intensity": rule or Given()}, rows)


def _array(drivers: Drivers) -> np.ndarray:
    found = drivers.values["intensity"]
    assert not isinstance(found, Band)
    return found[..., 0]


def test_the_row_that_names_more_speaks() -> None:
    found = _array(_read([_row("", None, 1), _row("steel", None, 2), _row("steel gas", None, 3)]))
    assert found[:, :, 0].tolist() == [[2, 3], [1, 1]]


def test_between_dated_values_the_series_is_straight_and_outside_constant() -> None:
    assert _array(_read([_row("", 2021, 10), _row("", 2023, 20)]))[0, 0].tolist() == [10, 10, 15, 20, 20]


@pytest.mark.parametrize(
    ("between", "expected"), [("steps", [1, 1, 1, 5, 5]), ("linear", [1, 1, 3, 5, 5]), ("smooth", [1, 1, 3, 5, 5])]
)
def test_what_holds_between_two_knots(between: str, expected: list[float]) -> None:
    found = interpolate(between, np.array([2021.0, 2023]), np.array([1.0, 5]), np.arange(2020, 2025))  # type: ignore[arg-type]
    assert found.tolist() == expected


def test_a_smooth_series_goes_through_its_knots_and_never_beyond() -> None:
    knots, values, years = np.array([2020.0, 2025, 2030, 2060]), np.array([0.07, 0.15, 0.25, 0.8]), np.arange(2020, 2061)
    found = interpolate("smooth", knots, values, years)
    assert np.allclose(found[[0, 5, 10, 40]], values)
    assert (np.diff(found) >= 0).all()


def test_uncertain_rows_make_a_band_with_certain_ones_inside() -> None:
    found = _read([_row("steel", None, 2, 1, 4), _row("glass", None, 3)], axes="product").values["intensity"]
    assert isinstance(found, Band)
    assert [found.low.ravel().tolist(), found.mid.ravel().tolist(), found.high.ravel().tolist()] == [[1, 3], [2, 3], [4, 3]]


def test_a_place_without_a_row_is_missing_and_says_so() -> None:
    drivers = _read([_row("steel", None, 2)])
    assert np.isnan(_array(drivers)[1]).all()
    assert [finding.at for finding in drivers.findings] == ["intensity coal glass", "intensity gas glass"]


def test_a_model_may_state_what_holds_otherwise() -> None:
    drivers = _read([_row("steel", None, 2)], rule=Given(otherwise=0.0))
    assert (_array(drivers)[1] == 0).all()
    assert drivers.findings == ()


def test_an_unknown_value_stays_unknown() -> None:
    assert np.isnan(_array(_read([_row("", None, 2), _row("glass", None, None)]))[1]).all()


def test_units_of_a_row_are_converted() -> None:
    row = replace(_row("", None, 0.001, 0.0005, 0.002), unit="TJ/t")
    found = _read([row]).values["intensity"]
    assert isinstance(found, Band)
    assert (found.low.max(), found.mid.max(), found.high.max()) == (0.5, 1.0, 2.0)


def test_a_later_table_replaces_rows_of_the_same_place_and_year() -> None:
    laid = lay_over([_row("", 2020, 1), _row("", 2024, 5)], [_row("", 2020, 3)])
    assert _array(_read(list(laid)))[0, 0].tolist() == [3, 3.5, 4, 4.5, 5]


def test_a_later_table_that_dates_a_value_for_all_years_replaces_it_and_the_other_way_round() -> None:
    dated, undated = [_row("", 2020, 1), _row("", 2024, 5)], [_row("", None, 7)]
    assert {row.year for row in lay_over(undated, dated)} == {2020, 2024}
    assert {row.year for row in lay_over(dated, undated)} == {None}


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([_row("iron", None, 1)], "has no member"),
        ([_row("steel glass", None, 1)], "two members of one axis"),
        ([_row("steel", None, 1), _row("gas", None, 2)], "equal strength"),
        ([_row("", None, 1, 2, 3)], "low <= mid <= high"),
        ([_row("", None, 1), _row("", 2020, 2)], "beside rows"),
        ([replace(_row("", None, 1), quantity="energy")], "not a given quantity"),
    ],
)
def test_rows_that_cannot_be_read_are_refused(rows: list[Row], wanted: str) -> None:
    with pytest.raises(DefinitionError, match=wanted):
        _read(rows)


def test_a_year_for_what_does_not_vary_over_the_years_is_refused() -> None:
    with pytest.raises(DefinitionError, match="does not vary over the years"):
        _read([_row("", 2020, 1)], axes="product")
