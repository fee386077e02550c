"""Scenarios laid over one another: any order, or refused with both names."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError, SettingError
from dafeng.library.strict import read_yaml
from dafeng.pathways.model.city import read_city_drivers, read_city_model
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Drivers, Row
from dafeng.pathways.model.moves import Move, value_at
from dafeng.pathways.model.overlays import Layers, Overlay, compose, read_layers
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.tables import read_names

YANTAI = Path(__file__).resolve().parents[3] / "cities" / "yantai" / "data"


@cache
def model() -> Model:
    return read_city_model()


@cache
def layers() -> Layers:
    return read_layers(YANTAI)


def row(quantity: str, member: str, year: int | None, mid: float, unit: str = "MW") -> Row:
    return Row(quantity, frozenset(member.split()), year, None, mid, None, unit, "dafeng", "assumption")


def over(name: str, *rows: Row, moves: tuple[Move, ...] = ()) -> Overlay:
    return Overlay(name, rows, moves)


def same(one: Drivers, other: Drivers) -> bool:
    def corners(value: object) -> tuple[object, ...]:
        return (value.low, value.mid, value.high) if isinstance(value, Band) else (value,)

    pairs = ((corners(value), corners(other.values[name])) for name, value in one.values.items())
    return all(np.array_equal(a, b, equal_nan=True) for mine, theirs in pairs for a, b in zip(mine, theirs, strict=True))


NUCLEAR = over("own", row("capacity", "nuclear", 2040, 8000))
WIND = over(
    "wind", row("capacity", "offshore_wind", 2040, 7000), moves=(Move("capacity", ("nuclear",), "scale", 2030, 2040, 0.1),)
)


def test_one_scenario_is_what_the_city_reads() -> None:
    composed = compose(model(), layers().base, [layers().overlay("feasible")])
    assert same(composed, read_city_drivers(model(), YANTAI, scenario="feasible"))


def test_the_order_of_overlays_changes_nothing() -> None:
    stack = (layers().overlay("feasible"), NUCLEAR, WIND)
    made = [compose(model(), layers().base, order) for order in permutations(stack)]
    assert all(same(made[0], other) for other in made[1:])


def test_two_values_for_one_place_are_refused_by_name() -> None:
    with pytest.raises(SettingError) as refused:
        compose(model(), layers().base, [NUCLEAR, over("rival", row("capacity", "nuclear", 2040, 9000))])
    assert [word in str(refused.value) for word in ("capacity/nuclear/2040", "'own' has 8000 MW", "'rival' has 9000 MW")] == [
        True
    ] * 3


def test_equal_values_in_other_units_agree() -> None:
    compose(model(), layers().base, [NUCLEAR, over("same", row("capacity", "nuclear", 2040, 8, "GW"))])


def test_a_value_for_all_years_beside_a_dated_one_is_refused() -> None:
    with pytest.raises(SettingError):
        compose(model(), layers().base, [NUCLEAR, over("flat", row("capacity", "nuclear", None, 8000))])


@pytest.mark.parametrize("stack", [("plan", "deep"), ("plan", "feasible"), ("feasible", "deep"), ("plan", "feasible", "deep")])
def test_shipped_scenarios_compose_in_any_order(stack: tuple[str, ...]) -> None:
    made = [compose(model(), layers().base, [layers().overlay(name) for name in order]) for order in permutations(stack)]
    assert all(same(one, made[0]) for one in made)


def test_where_one_scenario_lies_over_another_its_place_reads_as_in_it_alone() -> None:
    upper = replace(over("upper", row("capacity", "nuclear", 2050, 100)), over=("own",))
    lower = over("own", row("capacity", "nuclear", 2040, 8000), row("capacity", "pv", 2040, 5))
    made, alone = (compose(model(), layers().base, stack) for stack in ([lower, upper], [upper]))
    read = [[value_at(model(), one.values, "capacity", ("nuclear",), year) for year in (2040, 2050)] for one in (made, alone)]
    assert read[0] == read[1]
    assert value_at(model(), made.values, "capacity", ("pv",), 2040) == 5


def test_a_scenario_lies_over_earlier_ones_only() -> None:
    text = "id: s\nscenarios:\n  - {id: a, over: [b], label: {zh: 甲, en: a}, says: {zh: 甲, en: a}}\n"
    text += "  - {id: b, label: {zh: 乙, en: b}, says: {zh: 乙, en: b}}\n"
    with pytest.raises(DefinitionError, match="stand before it"):
        read_names(read_yaml(text))


def test_two_sliders_for_one_place_and_year_are_refused() -> None:
    one, other = (
        over(name, moves=(Move("capacity", ("pv",), "reach", 2025, 2035, amount),)) for name, amount in (("a", 1.0), ("b", 2.0))
    )
    with pytest.raises(SettingError):
        compose(model(), layers().base, [one, other])


def test_a_single_value_lies_above_the_scenarios() -> None:
    made = compose(model(), layers().base, [NUCLEAR], top=[row("capacity", "nuclear", 2040, 1000)])
    assert value_at(model(), made.values, "capacity", ("nuclear",), 2040) == 1000


def test_what_was_constant_stays_so_until_the_single_value() -> None:
    made = compose(model(), layers().base, [], top=[row("hours", "pv", 2040, 2000, "h")])
    read = [value_at(model(), made.values, "hours", ("pv",), year) for year in (2020, 2030, 2040)]
    assert read == [1130.0, 1565.0, 2000.0]


def test_an_unknown_scenario_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingError, match="baseline, plan, feasible, deep"):
        layers().overlay("rosy")
