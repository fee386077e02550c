"""``dafeng.solve`` in place of ``network.optimize``: the same status, objective and results in the same frames."""

import numpy as np
import pandas as pd
import pypsa
import pytest

from dafeng.core.errors import DafengError
from dafeng.energy.interop.pypsa_objects import read_object, solve
from tests.energy.pypsa_toys import grid

pytestmark = pytest.mark.filterwarnings("ignore")


def same(one: pypsa.Network, other: pypsa.Network, *, but: tuple[str, ...] = ()) -> None:
    """Every column and every frame of both networks."""
    for component in one.components:
        if component.static.empty or component.name == "SubNetwork":
            continue
        twin = other.c[component.name]
        assert set(component.static.columns) <= set(twin.static.columns), component.name
        for name in component.static.columns.difference(["obj"]):
            pd.testing.assert_series_equal(
                component.static[name], twin.static[name], check_dtype=False, rtol=1e-6, atol=1e-6, obj=name
            )
        for name, frame in component.dynamic.items():
            if name not in but:
                pd.testing.assert_frame_equal(
                    frame, twin.dynamic[name], check_dtype=False, check_freq=False, rtol=1e-5, atol=1e-5, obj=name
                )


def twins(seed: int, **made: object) -> tuple[pypsa.Network, pypsa.Network]:
    return grid(seed, **made), grid(seed, **made)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_results_are_those_of_optimize(seed: int) -> None:
    one, other = twins(seed)
    expected = one.optimize(log_to_console=False, include_objective_constant=True)
    assert solve(other) == expected
    assert other.objective == pytest.approx(one.objective, rel=1e-9)
    assert other.objective_constant == pytest.approx(one.objective_constant, rel=1e-9)
    same(one, other)


@pytest.mark.slow
def test_prices_of_limits_have_the_signs_of_optimize() -> None:
    one, other = twins(1)
    one.optimize(log_to_console=False, include_objective_constant=True, assign_all_duals=True)
    solve(other, assign_all_duals=True)
    # Around a cycle several lines may share one price; their sum is unique, not the parts.
    for network in (one, other):
        network.lines_t.mu_upper = network.lines_t.mu_lower = pd.DataFrame(index=network.snapshots)
    same(one, other)
    assert (other.generators_t.mu_upper <= 1e-9).all(axis=None)
    assert (other.generators_t.mu_lower >= -1e-9).all(axis=None)


@pytest.mark.slow
def test_investment_periods_and_the_constant() -> None:
    one, other = twins(3, periods=(2030, 2035))
    options = {"multi_investment_periods": True, "include_objective_constant": False}
    assert solve(other, **options) == one.optimize(log_to_console=False, **options)
    assert other.objective == pytest.approx(one.objective, rel=1e-9)
    assert other.objective_constant == one.objective_constant == 0.0
    # Hours of equal cost may share their flows in several ways; capacities are unique.
    np.testing.assert_allclose(other.generators.p_nom_opt, one.generators.p_nom_opt, atol=1e-6)


@pytest.mark.slow
def test_a_part_of_the_snapshots() -> None:
    one, other = twins(4)
    window = one.snapshots[:5]
    one.optimize(window, log_to_console=False, include_objective_constant=True)
    solve(other, snapshots=window)
    assert other.objective == pytest.approx(one.objective, rel=1e-9)
    same(one, other)


def test_a_window_that_remembers_the_past_is_refused() -> None:
    n = grid(0)
    with pytest.raises(DafengError, match="ramps"):
        solve(n, snapshots=n.snapshots[3:])


def test_an_infeasible_network_says_so_and_stays_as_it_was() -> None:
    n = grid(0)
    n.c.loads.dynamic["p_set"]["load a"] = 1e6
    assert solve(n) == ("warning", "infeasible")
    assert n.generators_t.p.empty


@pytest.mark.parametrize(
    "options",
    [{"transmission_losses": 2}, {"extra_functionality": print}, {"committable_big_m": 9.0}, {"solver_name": "gurobi"}],
)
def test_options_that_are_not_supported_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(DafengError, match=next(iter(options))):
        solve(grid(0), **options)


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(DafengError):
        solve({"buses": []})


def test_a_curve_is_refused_by_name() -> None:
    n = grid(0)
    n.c.generators.piecewise["marginal_cost"] = pd.DataFrame({("gas a", "x"): [0.0, 1.0], ("gas a", "y"): [0.0, 2.0]})
    with pytest.raises(DafengError, match="marginal_cost"):
        read_object(n)


def test_reading_leaves_the_object_as_it_was() -> None:
    n = grid(0)
    network = read_object(n)
    assert (n.lines.x == 0).all()
    assert (network.table("line").number("x") > 0).all()
    np.testing.assert_array_equal(network.table("load").series["p_set"]["load a"], n.loads_t.p_set["load a"])
