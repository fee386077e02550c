"""The engine of models: values worked out on paper, laws, and refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError, FormulaError
from dafeng.core.labels import Label
from dafeng.formula import parse
from dafeng.pathways.model import blocks
from dafeng.pathways.model.axes import Axis, Space
from dafeng.pathways.model.calls import CALLS
from dafeng.pathways.model.held import hold_draws, list_changes
from dafeng.pathways.model.quantity import Graph, Quantity, make_graph
from dafeng.pathways.model.run import run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.session import open_session
from dafeng.pathways.model.tape import compile_graph

GIVEN = ("start", "growth", "intensity", "mix", "carbon")


def _label(text: str) -> Label:
    return Label(text, text)


SPACE = Space(
    (
        Axis("product", ("steel", "glass"), _label("product")),
        Axis("carrier", ("coal", "power", "gas"), _label("carrier")),
        Axis("year", ("2020", "2021", "2022", "2023"), _label("year")),
    )
)


def _given(name: str, unit: str, *axes: str) -> Quantity:
    return Quantity(name, _label(name), unit, None, frozenset(axes))


def _made(name: str, unit: str, text: str) -> Quantity:
    return Quantity(name, _label(name), unit, parse(text, kernels=CALLS))


def _city() -> Graph:
    return make_graph(
        SPACE,
        [
            _made("co2", "t", "total(total(energy * carbon, carrier), product)"),
            _made("energy", "GJ", "activity * intensity * mix"),
            _made("activity", "t", "start * grow(growth)"),
            _given("start", "t", "product"),
            _given("growth", "1", "product", "year"),
            _given("intensity", "GJ/t", "product"),
            _given("mix", "1", "product", "carrier"),
            _given("carbon", "t/GJ", "carrier"),
        ],
    )


def _over(axes: Sequence[str], values: Any) -> Any:
    return np.asarray(values, dtype=float).reshape(SPACE.shape(axes))


def _values(**changed: Any) -> dict[str, Any]:
    return {
        "start": _over(["product"], [10, 5]),
        "growth": _over(["product", "year"], [[9, 0.1, 0.1, 0.1], [9, 0, -0.2, 0]]),
        "intensity": _over(["product"], [20, 8]),
        "mix": _over(["product", "carrier"], [[0.8, 0.2, 0], [0, 0.5, 0.5]]),
        "carbon": _over(["carrier"], [0.1, 0, 0.05]),
        **changed,
    }


def test_a_city_of_two_products_gives_what_paper_gives() -> None:
    """Steel 10 t × 20 GJ/t × 0.8 coal × 0.1 t/GJ = 16 t, then 10 % more a year; glass 5 × 8 × 0.5 × 0.05 = 1 t, then 0.8."""
    found = run_tape(compile_graph(_city(), ["co2"]), _values())["co2"].along("year")
    assert np.allclose(found, [17.0, 17.6 + 1, 19.36 + 0.8, 21.296 + 0.8], rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at(series, glass)", [5, 6, 7, 8]),
        ("total(series, product)", [6, 8, 10, 12]),
        ("at(before(series, 2 * series), glass)", [10, 5, 6, 7]),
        ("at(stock(series, 0.5, series), glass)", [5, 8.5, 11.25, 13.625]),
        ("at(stock(base(series), 1, 0 * series), glass)", [5, 5, 5, 5]),
        ("at(where(series > 6, series, 0), glass)", [0, 0, 7, 8]),
        ("at(max(series, 6, 7 - series), glass)", [6, 6, 7, 8]),
        ("at(-series + series ** 2 / 2, glass)", [7.5, 12, 17.5, 24]),
    ],
)
def test_every_call_gives_what_its_words_say(text: str, expected: list[float]) -> None:
    graph = make_graph(SPACE, [_given("series", "1", "product", "year"), _made("found", "1", text)])
    found = run_tape(compile_graph(graph, ["found"]), {"series": _over(["product", "year"], [[1, 2, 3, 4], [5, 6, 7, 8]])})
    assert found["found"].along("year").tolist() == expected


def test_what_is_missing_stays_missing_and_touches_nothing_else() -> None:
    values = _values(intensity=_over(["product"], [20, np.nan]))
    graph = make_graph(SPACE, [*_city().quantities.values(), _made("by_product", "t", "total(energy * carbon, carrier)")])
    found = run_tape(compile_graph(graph, ["co2", "by_product"]), values)
    assert np.isnan(found["co2"].along("year")).all()
    assert np.isfinite(found["by_product"].along("product", "year")[0]).all()


def test_a_comparison_with_something_missing_is_missing() -> None:
    graph = make_graph(SPACE, [_given("series", "1", "year"), _made("found", "1", "where(series > 1, 5, 6)")])
    found = run_tape(compile_graph(graph, ["found"]), {"series": _over(["year"], [0, 2, np.nan, 1])})
    assert found["found"].along("year").tolist()[:2] == [6, 5]
    assert np.isnan(found["found"].along("year")[2])


def _drawn(**corners: tuple[float, float]) -> dict[str, Band]:
    values = _values()
    return {
        name: Band(values[name] - down, values[name], values[name] + up, frozenset()) for name, (down, up) in corners.items()
    }


def test_blocks_of_draws_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    bands = _drawn(intensity=(2, 3), growth=(0.01, 0.02))
    ranks = make_ranks(SPACE, bands, draws=1000, seed=3)
    tape = compile_graph(_city(), ["co2", "activity"], drawn=bands)
    whole = run_tape(tape, _values(**bands), ranks=ranks)
    monkeypatch.setattr(blocks, "BLOCK_NUMBERS", 9_000)
    pieces = run_tape(tape, _values(**bands), ranks=ranks)
    assert all(np.array_equal(whole[name].values, pieces[name].values) for name in whole)


def test_a_new_quantity_moves_no_draw_of_another() -> None:
    one, two = _drawn(growth=(0.01, 0.02)), _drawn(growth=(0.01, 0.02), intensity=(1, 1))
    assert np.array_equal(
        make_ranks(SPACE, one, draws=50, seed=1)["growth"], make_ranks(SPACE, two, draws=50, seed=1)["growth"]
    )


def test_draws_of_a_band_have_its_mean_and_stay_inside() -> None:
    bands = _drawn(intensity=(2, 4))
    graph = make_graph(SPACE, [_given("intensity", "GJ/t", "product"), _made("same", "GJ/t", "intensity * 1")])
    ranks = make_ranks(SPACE, bands, draws=20_000, seed=1)
    found = run_tape(compile_graph(graph, ["same"], drawn=bands), bands, ranks=ranks)["same"].along("product", "draw")
    assert np.allclose(found.mean(1), [(18 + 20 + 24) / 3, (6 + 8 + 12) / 3], rtol=1e-4)
    assert (found.min(1) >= [18, 6]).all()
    assert (found.max(1) <= [24, 12]).all()


def test_members_with_ranks_of_their_own_are_independent() -> None:
    low, mid, high = (_over(["product"], [corner, corner]) for corner in (1, 2, 3))
    band = {"intensity": Band(low, mid, high, frozenset({"product"}))}
    steel, glass = make_ranks(SPACE, band, draws=5000, seed=1)["intensity"].reshape(2, -1)
    assert abs(float(np.mean((steel - 0.5) * (glass - 0.5)))) < 0.004


@given(st.floats(0, 5), st.floats(0, 5))
def test_the_sum_over_products_is_the_sum_of_the_parts(steel: float, glass: float) -> None:
    tape = compile_graph(_city(), ["co2"])
    both = run_tape(tape, _values(start=_over(["product"], [steel, glass])))["co2"].along("year")
    apart = [run_tape(tape, _values(start=_over(["product"], s)))["co2"].along("year") for s in ([steel, 0], [0, glass])]
    assert np.allclose(both, apart[0] + apart[1], rtol=1e-12, atol=1e-12)


def test_only_what_is_asked_for_must_be_given() -> None:
    tape = compile_graph(_city(), ["activity"])
    assert set(tape.given) == {"start", "growth"}


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([("a", "1", "b + 1"), ("b", "1", "a * 2")], "depend on one another"),
        ([("a", "1", "nothing + 1")], "unknown"),
        ([("steel", "1", "1 + 1")], "also an axis"),
        ([("a", "t", "x + 1")], "different units"),
        ([("a", "kg", "x + x")], "factor"),
        ([("a", "t", "total(x, year)")], None),
        ([("a", "t", "total(x, carrier)")], "does not vary along"),
        ([("a", "t", "x * product")], "takes an axis"),
        ([("a", "t", "at(x, product)")], "wrong axis or member"),
        ([("a", "t", "total(x, steel)")], "wrong axis or member"),
        ([("a", "1", "grow(x)")], "unit"),
    ],
)
def test_a_model_that_does_not_hold_together_is_refused(rows: list[tuple[str, str, str]], wanted: str | None) -> None:
    def build() -> None:
        graph = make_graph(SPACE, [_given("x", "t", "product", "year"), *(_made(*row) for row in rows)])
        compile_graph(graph, [rows[0][0]])

    if wanted is None:
        build()
    else:
        with pytest.raises((DefinitionError, FormulaError), match=wanted):
            build()


def test_a_division_by_zero_names_its_quantity() -> None:
    graph = make_graph(SPACE, [_given("x", "t", "year"), _made("ratio", "1", "x / base(x)")])
    with pytest.raises(DefinitionError, match="ratio"):
        run_tape(compile_graph(graph, ["ratio"]), {"x": _over(["year"], [0, 1, 2, 3])})


def test_what_is_not_given_and_what_does_not_fit_is_refused() -> None:
    tape = compile_graph(_city(), ["activity"])
    with pytest.raises(DefinitionError, match="not given"):
        run_tape(tape, {"start": _over(["product"], [1, 2])})
    with pytest.raises(DefinitionError, match="shape"):
        run_tape(tape, _values(start=np.ones((3, 1, 1, 1))))


@given(st.lists(st.tuples(st.sampled_from(["start", "growth", "intensity", "mix", "carbon"]), st.floats(0.1, 3)), max_size=6))
def test_a_session_after_any_changes_is_a_fresh_run(changes: list[tuple[str, float]]) -> None:
    tape = compile_graph(_city(), ["co2", "energy"])
    values = _values()
    session = open_session(tape, values)
    for name, factor in changes:
        values[name] = values[name] * factor
        session.change(name, values[name])
    fresh, kept = run_tape(tape, values), session.read()
    assert all(np.array_equal(fresh[name].values, kept[name].values) for name in fresh)


@given(
    st.frozensets(st.sampled_from(GIVEN), min_size=1),
    st.frozensets(st.sampled_from(GIVEN), min_size=1),
    st.lists(st.floats(0.1, 3), min_size=1, max_size=3),
)
def test_draws_at_hand_are_those_of_a_fresh_run(drawn: frozenset[str], changing: frozenset[str], factors: list[float]) -> None:
    bands = _drawn(**dict.fromkeys(drawn, (0.01, 0.02)))
    ranks = make_ranks(SPACE, bands, draws=30, seed=5)
    tape = compile_graph(_city(), ["co2", "activity", "energy", "growth", "start"], drawn=bands)
    before = _values(**bands)
    held = hold_draws(tape, before, changing, ranks=ranks)
    assert not changing & drawn & {name for name in drawn if tape.places[name] in held.arrays}
    for factor in factors:
        moved = {name: _times(before[name], factor) for name in changing}
        fresh, kept = run_tape(tape, before | moved, ranks=ranks), held.run(before | moved, ranks=ranks)
        assert all(np.array_equal(fresh[name].values, kept[name].values) for name in fresh)
        assert list_changes(tape, before, before | moved) == (changing if factor != 1 else frozenset())


def _times(value: Any, factor: float) -> Any:
    if not isinstance(value, Band):
        return value * factor
    return Band(value.low * factor, value.mid * factor, value.high * factor, value.apart)


def test_a_session_refuses_what_is_not_given_and_what_is_drawn() -> None:
    with pytest.raises(DefinitionError, match="not a given quantity"):
        open_session(compile_graph(_city(), ["co2"]), _values()).change("energy", _over([], [1]))
    with pytest.raises(DefinitionError, match="to be drawn"):
        open_session(compile_graph(_city(), ["co2"], drawn=["growth"]), _values())
