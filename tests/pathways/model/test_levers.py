"""Levers: what they do on paper, that their order changes nothing, that nothing shifts twice."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.formula import parse
from dafeng.pathways.model.axes import Array, Axis, Space
from dafeng.pathways.model.calls import CALLS
from dafeng.pathways.model.levers import Effect, Lever, add_levers
from dafeng.pathways.model.quantity import Graph, Quantity, make_graph
from dafeng.pathways.model.run import run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.tape import compile_graph

SPACE = Space(
    (
        Axis("sector", ("cars", "homes"), Label("部门", "sector")),
        Axis("carrier", ("oil", "coal", "power"), Label("能源", "carrier")),
        Axis("year", ("2020", "2025", "2030"), Label("年", "year")),
    )
)


def _graph() -> Graph:
    mix = Quantity("mix", Label("用能", "use"), "GJ", None, frozenset({"sector", "carrier", "year"}))
    level = Quantity("level", Label("水平", "level"), "GJ", None, frozenset({"sector"}))
    whole = Quantity("whole", Label("合计", "whole"), "GJ", parse("total(total(mix, carrier), sector)", kernels=CALLS))
    return make_graph(SPACE, [mix, level, whole])


def _lever(name: str, *effects: Effect, first: int = 2020, full: int = 2030) -> Lever:
    return Lever(name, Label(name, name), effects, first, full)


def _shift(name: str, share: float, *, source: str = "oil", into: str = "power", yields: float = 1.0) -> Lever:
    return _lever(name, Effect("mix", "shift", frozenset({"cars", source}), share, share, share, into, yields))


def _scale(name: str, amount: float, *members: str) -> Lever:
    return _lever(name, Effect("mix", "scale", frozenset(members), amount, amount, amount))


def _run(levers: list[Lever], *, wanted: str = "mix", positions: dict[str, float] | None = None) -> Array:
    pulled = add_levers(_graph(), levers)
    mix = np.array([[100.0, 0, 10], [0, 50, 50]]).reshape(2, 3, 1, 1)
    values: dict[str, Any] = pulled.given({"mix": mix})
    for lever in levers:
        values[lever.id] = np.full(SPACE.shape(()), (positions or {}).get(lever.id, 1.0))
    return run_tape(compile_graph(pulled.graph, [wanted]), values)[wanted].values[..., 0]


def test_half_of_the_oil_of_cars_becomes_power_at_a_third() -> None:
    """100 GJ of oil; 50 leave by 2030 and 15 arrive; half of that by 2025; homes stay."""
    found = _run([_shift("ev", 0.5, yields=0.3)])
    assert found[0].tolist() == [[100, 75, 50], [0, 0, 0], [10, 17.5, 25]]
    assert found[1].tolist() == [[0, 0, 0], [50, 50, 50], [50, 50, 50]]


def test_a_lever_at_zero_does_nothing_and_at_half_does_half() -> None:
    assert _run([_shift("ev", 0.5)], positions={"ev": 0.0})[0, 0].tolist() == [100, 100, 100]
    assert _run([_shift("ev", 0.5)], positions={"ev": 0.5})[0, 0].tolist() == [100, 87.5, 75]


def test_two_shifts_of_eighty_percent_take_no_more_than_there_is() -> None:
    """Claims of 160 % are granted at 1 / 1.6 each: nothing is left, and 50 GJ go each way."""
    found = _run([_shift("ev", 0.8), _shift("bus", 0.8, into="coal")])[0, :, 2]
    assert np.allclose(found, [0, 50, 60], atol=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_shifting_loses_nothing_and_leaves_nothing_below_zero(shares: list[float]) -> None:
    levers = [_shift(f"s{n}", share, into=("power", "coal")[n % 2]) for n, share in enumerate(shares)]
    assert np.allclose(_run(levers, wanted="whole"), 210)
    assert _run(levers).min() >= -1e-12


def test_the_order_of_levers_changes_nothing() -> None:
    added = _lever("hub", Effect("mix", "add", frozenset({"cars", "power"}), 7, 7, 7))
    levers = [_shift("ev", 0.5), _scale("saving", -0.2, "cars"), added, _scale("lighter", -0.1, "oil")]
    found = [_run(list(order)) for order in permutations(levers)]
    assert all(np.array_equal(found[0], other) for other in found[1:])
    assert np.allclose(found[0][0, :, 2], [50 * 0.8 * 0.9, 0, (60 + 7) * 0.8], rtol=1e-15)


def test_an_uncertain_effect_is_drawn() -> None:
    lever = _lever("saving", Effect("mix", "scale", frozenset({"cars"}), -0.3, -0.2, -0.1))
    pulled = add_levers(_graph(), [lever])
    values = pulled.given({"mix": np.full((2, 3, 1, 1), 100.0)}) | {"saving": np.ones(SPACE.shape(()))}
    bands = {"saving_on_mix_0": values["saving_on_mix_0"]}
    ranks = make_ranks(SPACE, bands, draws=2000, seed=1)  # type: ignore[arg-type]
    found = run_tape(compile_graph(pulled.graph, ["mix"], drawn=bands), values, ranks=ranks)["mix"]
    cars = found.values[0, 0, 2]
    assert cars.mean() == pytest.approx(80, rel=1e-3)
    assert (cars.min() >= 70, cars.max() <= 90) == (True, True)


def test_what_a_lever_acts_on_keeps_its_draws() -> None:
    """A measure that is not done leaves every draw of the model as it is."""
    flat = np.full((2, 3, 1, 1), 100.0)
    band = Band(0.9 * flat, flat, 1.1 * flat, frozenset({"carrier"}))
    pulled = add_levers(_graph(), [_scale("saving", -0.2, "cars")])
    levered, plain = pulled.given({"mix": band}) | {"saving": np.zeros(SPACE.shape(()))}, {"mix": band}
    found = []
    for graph, values in ((pulled.graph, levered), (_graph(), plain)):
        bands = {name: value for name, value in values.items() if isinstance(value, Band)}
        ranks = make_ranks(SPACE, bands, draws=50, seed=3)
        found.append(run_tape(compile_graph(graph, ["whole"], drawn=bands), values, ranks=ranks)["whole"].values)
    assert np.array_equal(np.squeeze(found[0][..., 0, :]), np.squeeze(found[1][..., 0, :]))
    assert np.ptp(found[0]) > 0


@pytest.mark.parametrize(
    ("effect", "wanted"),
    [
        (Effect("whole", "scale", frozenset(), 0, 0, 0), "not a given quantity"),
        (Effect("level", "scale", frozenset(), 0, 0, 0), "does not vary over the years"),
        (Effect("mix", "scale", frozenset({"ships"}), 0, 0, 0), "does not have"),
        (Effect("mix", "scale", frozenset(), 0.3, 0.2, 0.1), "low <= mid <= high"),
        (Effect("mix", "shift", frozenset({"oil"}), 1.2, 1.2, 1.2, "power"), "not between 0 and 1"),
        (Effect("mix", "shift", frozenset({"cars"}), 0.5, 0.5, 0.5, "power"), "shifts from"),
        (Effect("mix", "shift", frozenset({"oil"}), 0.5, 0.5, 0.5, "oil"), "shifts from"),
    ],
)
def test_an_effect_that_cannot_be_is_refused(effect: Effect, wanted: str) -> None:
    with pytest.raises(DefinitionError, match=wanted):
        add_levers(_graph(), [_lever("one", effect)])
