"""Bounds of drivers: every given quantity has some, and nothing outside them is computed with."""

from __future__ import annotations

from functools import cache
from math import isfinite, nextafter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from dafeng.core.errors import DafengError, DefinitionError
from dafeng.pathways.measures import cost_model
from dafeng.pathways.model.city import read_city_model
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Row, read_drivers
from dafeng.pathways.model.moves import Move, apply_moves
from dafeng.pathways.model.sampling import Band

SHARES = {"heat_clean", "electrified", "mix", "sales", "taken", "captured", "abated", "follow", "grid_share", "spared"}
SIZES = {"capacity", "burner_capacity", "hours", "burner_hours", "field_energy", "field_power", "claimed", "output_start"}


@cache
def model() -> Model:
    return cost_model(read_city_model())


def row(quantity: str, value: float, *, year: int | None = None, unit: str = "") -> Row:
    unit = unit or model().graph.quantities[quantity].unit
    return Row(quantity, frozenset(), year, None, value, None, unit, "a", "assumption", None, "table.csv:7")


def read(*rows: Row) -> None:
    read_drivers(model().graph, model().given, rows)


def test_every_given_quantity_has_both_bounds() -> None:
    assert [name for name, rule in model().given.items() if not (isfinite(rule.floor) and isfinite(rule.ceiling))] == []


def test_shares_lie_between_0_and_1_and_sizes_are_not_negative() -> None:
    assert {(model().given[name].floor, model().given[name].ceiling) for name in SHARES} == {(0.0, 1.0)}
    assert {model().given[name].floor for name in SIZES} == {0.0}


@given(some.sampled_from(sorted(read_city_model().given)), some.floats(1e-6, 1e6), some.booleans())
def test_a_value_is_taken_exactly_where_its_bounds_allow(name: str, beyond: float, above: bool) -> None:
    rule = model().given[name]
    end = rule.ceiling if above else rule.floor
    read(row(name, end))
    outside = end + (1 if above else -1) * max(abs(end), 1.0) * beyond
    with pytest.raises(DefinitionError) as caught:
        read(row(name, outside))
    assert caught.value.where == "table.csv:7"
    assert name in caught.value.read("en")
    assert model().graph.quantities[name].label.zh in caught.value.read("zh")


def test_the_range_is_told_in_the_unit_of_the_row() -> None:
    with pytest.raises(DefinitionError, match=r"cannot be 180 %\. Expected: 0 to 100 %"):
        read(row("heat_clean", 180, unit="%"))


@pytest.mark.parametrize("corners", [(-1.0, 0.2, 0.3), (0.1, 0.2, 1.3)])
def test_corners_have_the_same_bounds(corners: tuple[float, float, float]) -> None:
    with pytest.raises(DefinitionError, match="Expected: 0 to 1"):
        read(Row("captured", frozenset(), 2040, *corners, "1", "a", "assumption"))


@pytest.mark.parametrize("year", [1850, 2019, 2061])
def test_a_year_outside_the_model_is_refused(year: int) -> None:
    with pytest.raises(DafengError, match=f"cannot be {year}. Expected: 2020 to 2060"):
        read(row("captured", 0.5, year=year))


@given(some.sampled_from(["add", "scale"]), some.floats(-1e7, 1e7))
def test_no_move_leaves_the_bounds(kind: str, amount: float) -> None:
    space = model().graph.space
    values = {"capacity": np.full(space.shape({"plant", "year"}), 300.0)}
    moved = apply_moves(model(), values, [Move("capacity", ("pv",), kind, 2025, 2035, amount)])["capacity"]  # type: ignore[arg-type]
    assert not isinstance(moved, Band)
    assert moved.min() >= 0
    assert moved.max() <= 1e6


def test_shares_that_miss_the_whole_are_found() -> None:
    def shares(coal: float) -> list[str]:
        given = [Row("mix", frozenset({"steel", name}), None, None, part, None, "1", "a", "assumption")
                 for name, part in (("coal", coal), ("gas", 0.3))]  # fmt: skip
        return [one.at for one in read_drivers(model().graph, model().given, given).findings if one.rule == "drivers.whole"]

    assert shares(0.7) == []
    assert shares(nextafter(0.7, 1)) == []
    assert shares(0.5) == ["mix steel 2020"]
