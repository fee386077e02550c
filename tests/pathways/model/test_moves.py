"""Moves of given quantities: order changes nothing, shares still sum to 1, what is not named stays."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError
from dafeng.pathways.model.city import read_city_drivers, read_city_model
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Drivers
from dafeng.pathways.model.moves import Move, apply_moves, value_at
from dafeng.pathways.model.sampling import Band

NUCLEAR = Move("capacity", ("nuclear",), "reach", 2025, 2035, 9000.0)
CARS = Move("sales", ("battery", "cars"), "reach", 2025, 2035, 0.9, "engine")


@cache
def model() -> Model:
    return read_city_model()


@cache
def drivers() -> Drivers:
    return read_city_drivers(model())


def moved(*moves: Move) -> dict[str, Any]:
    made = apply_moves(model(), drivers().values, moves)
    return {name: value.mid if isinstance(value, Band) else value for name, value in made.items()}


def places() -> st.SearchStrategy[Move]:
    def make(kind: Any, amount: float, year: int, plant: str) -> Move:
        return Move("capacity", (plant,), kind, 2024, year, amount)

    kinds = st.sampled_from(["add", "scale"])
    return st.builds(make, kinds, st.floats(-0.9, 2), st.integers(2026, 2060), st.sampled_from(["nuclear", "pv"]))


@given(st.lists(places(), min_size=2, max_size=6), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_moves_changes_no_bit(moves: list[Move], random: Any) -> None:
    shuffled = list(moves)
    random.shuffle(shuffled)
    assert np.array_equal(moved(*moves)["capacity"], moved(*shuffled)["capacity"])


def test_a_place_comes_to_its_value_and_keeps_the_difference() -> None:
    made = {"capacity": moved(NUCLEAR)["capacity"]}
    read = [value_at(model(), made, "capacity", ("nuclear",), year) for year in (2020, 2025, 2030, 2035, 2060)]
    # the package has no plants: 0 before, half way in 2030, and the difference stays
    assert read == [0.0, 0.0, 4500.0, 9000.0, 9000.0]


def test_two_years_of_one_place_are_both_reached() -> None:
    made = moved(NUCLEAR, replace(NUCLEAR, year=2045, amount=12000.0))
    read = [value_at(model(), made, "capacity", ("nuclear",), year) for year in (2035, 2040, 2045)]
    assert read == [9000.0, 10500.0, 12000.0]


def test_other_places_keep_their_values() -> None:
    before, after = drivers().values["saving"], moved(Move("saving", ("steel",), "add", 2025, 2030, 0.01))["saving"]
    same = np.isclose(after, before.mid if isinstance(before, Band) else before)
    at = model().graph.space.member("sector", "steel")
    assert (bool(np.delete(same, at, axis=0).all()), bool(same[at].all())) == (True, False)


def test_what_one_gains_the_giver_gives() -> None:
    made = {"sales": moved(CARS)["sales"]}
    drives = ("engine", "battery", "fuel_cell")
    sums = [sum(value_at(model(), made, "sales", ("cars", drive), year) for drive in drives) for year in range(2021, 2061)]
    assert sums == pytest.approx([1.0] * 40)
    assert value_at(model(), made, "sales", ("cars", "battery"), 2035) == pytest.approx(0.9)


def test_a_giver_gives_no_more_than_it_has() -> None:
    made = {"sales": moved(replace(CARS, kind="add", amount=5.0))["sales"]}
    read = [value_at(model(), made, "sales", ("cars", drive), 2050) for drive in ("engine", "battery")]
    assert read == pytest.approx([0.0, 1.0])


def test_bounds_hold_where_a_move_acts() -> None:
    made = moved(Move("electrified", ("steel",), "add", 2025, 2060, 3.0, floor=0.0, ceiling=0.9))["electrified"]
    assert value_at(model(), {"electrified": made}, "electrified", ("steel",), 2060) == 0.9


def test_steps_stay_steps() -> None:
    event = Move("power_event", ("refining",), "reach", 2031, 2032, 100.0)
    made = {"power_event": moved(event, replace(event, year=2035, amount=300.0))["power_event"]}
    read = [value_at(model(), made, "power_event", ("refining",), year) for year in (2031, 2032, 2034, 2035, 2060)]
    assert read == [0.0, 100.0, 100.0, 300.0, 300.0]


def test_corners_move_with_the_middle() -> None:
    before, after = (
        found["heat_clean"]
        for found in (
            drivers().values,
            apply_moves(model(), drivers().values, [Move("heat_clean", (), "add", 2025, 2035, 0.1)]),
        )
    )
    assert isinstance(before, Band)
    assert isinstance(after, Band)
    assert np.allclose(after.high - after.low, before.high - before.low)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(NUCLEAR, quantity="co2"),
        replace(NUCLEAR, quantity="calorific"),
        replace(NUCLEAR, members=("steel",)),
        replace(NUCLEAR, members=("nuclear", "pv")),
        replace(NUCLEAR, members=()),
        replace(NUCLEAR, giver="nuclear"),
        replace(NUCLEAR, giver="engine"),
        replace(NUCLEAR, first=2035),
        replace(NUCLEAR, year=2099),
        replace(NUCLEAR, amount=float("nan")),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_model_is_refused(wrong: Move) -> None:
    with pytest.raises(DefinitionError):
        moved(wrong)
