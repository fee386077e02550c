"""What is no finite number is refused by name, never certified; what is joined is split again as it can be."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError, SolveError
from dafeng.energy.certificate import certify
from dafeng.energy.network.build import build_network
from dafeng.energy.network.clash import explain_network
from dafeng.energy.network.solve import solve_network
from dafeng.energy.solution import InfeasibleError, solve_program
from tests.energy.network.test_components import ONE, network, solved

LOAD = {"l": {"bus": "b", "p_set": 20}}
SPARE = {"spare": {"bus": "b", "p_nom": np.inf, "marginal_cost": 100}}


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("storage_unit", {"p_nom": 1, "efficiency_dispatch": 0.0}),
        ("storage_unit", {"p_nom": 1, "efficiency_store": np.nan}),
        ("generator", {"p_nom_extendable": True, "overnight_cost": 5, "discount_rate": 0.0, "lifetime": 0.0}),
        ("generator", {"p_nom": np.inf, "p_min_pu": 0.1}),
    ],
)
def test_what_is_no_number_is_refused_by_its_block(kind, wrong):
    parts = {"generator": SPARE, "load": LOAD, "bus": ONE}
    parts[kind] = parts.get(kind, {}) | {"x": {"bus": "b"} | wrong}
    with pytest.raises(DefinitionError, match=kind):
        build_network(network(1, **parts))


def test_an_attribute_that_no_carrier_has_is_refused():
    limit = {"cap": {"carrier_attribute": "soot", "sense": "<=", "constant": 1}}
    with pytest.raises(DefinitionError, match="soot"):
        build_network(network(1, bus=ONE, generator=SPARE, load=LOAD, global_constraint=limit))


@pytest.mark.parametrize(
    ("part", "wrong"),
    [("matrix", np.nan), ("matrix", np.inf), ("cost", np.nan), ("cost", -np.inf), ("low", np.nan), ("row_high", np.nan)],
)
def test_no_certificate_passes_on_what_is_no_number(part, wrong):
    program = build_network(network(1, bus=ONE, generator=SPARE | {"a": {"bus": "b", "p_nom": 5}}, load=LOAD)).program
    solution = solve_program(program)
    broken = getattr(program, part).copy()
    (broken.data if part == "matrix" else broken)[0] = wrong
    found = certify(dataclasses.replace(program, **{part: broken}), solution.values, solution.prices)
    assert not found.passed


def test_an_infinite_capacity_beside_joined_ones_keeps_their_shares():
    wind = {"bus": "b", "p_max_pu": 0.5}
    found = solved(
        1,
        bus=ONE,
        generator=SPARE | {"w1": wind | {"p_nom": 10}, "w2": wind | {"p_nom": 30}},
        load={"l": {"bus": "b", "p_set": 30}},
    )
    assert found.value("generator", "p")[0] == pytest.approx([10, 5, 15])


def test_a_negative_capacity_is_never_joined():
    coal = {"bus": "b", "marginal_cost": 1}
    with pytest.raises(SolveError):
        solved(1, bus=ONE, generator={"a": coal | {"p_nom": 50}, "b": coal | {"p_nom": -5}}, load=LOAD)


def test_a_free_lunch_without_end_has_no_optimum():
    trade = {
        "import": {"bus": "b", "p_nom": np.inf, "marginal_cost": 5000.0},
        "export": {"bus": "b", "p_nom": np.inf, "sign": -1.0, "marginal_cost": -5000.0001},
    }
    with pytest.raises(SolveError):
        solved(1, bus=ONE, generator=trade, load=LOAD)


def test_crossed_bounds_name_the_component_and_the_hour():
    fixed = {"a": {"bus": "b", "p_nom": 20, "p_set": np.array([10.0, 50.0])}}
    given = network(2, bus=ONE, generator=fixed | SPARE, load=LOAD)
    with pytest.raises(InfeasibleError, match=r"generator\.p"):
        solve_program(build_network(given).program)
    (why,) = explain_network(given)
    assert "'a'" in why.en
    assert why.en.endswith(" 1")


def test_that_no_whole_point_exists_is_proven_part_by_part():
    unit = {"a": {"bus": "b", "p_nom": 10, "p_min_pu": 0.8, "committable": True}}
    given = network(1, bus=ONE, generator=unit, load={"l": {"bus": "b", "p_set": 5}})
    with pytest.raises(InfeasibleError) as caught:
        solve_network(given)
    assert len(caught.value.proof.parts) == 2
    unit_said, bus_said = (one.en for one in explain_network(given))
    assert "'a'" in unit_said
    assert "2 cases" in unit_said
    assert "'b'" in bus_said


def test_a_search_of_whole_numbers_without_proof_is_not_called_infeasible(monkeypatch):
    monkeypatch.setattr("dafeng.energy.solution.prove_no_whole_point", lambda *_, **__: None)
    unit = {"a": {"bus": "b", "p_nom": 10, "p_min_pu": 0.8, "committable": True}}
    with pytest.raises(SolveError, match="not proven") as caught:
        solved(1, bus=ONE, generator=unit, load={"l": {"bus": "b", "p_set": 5}})
    assert not isinstance(caught.value, InfeasibleError)


def test_what_is_short_is_told_with_hours_and_limits():
    given = network(
        3, bus=ONE, generator={"a": {"bus": "b", "p_nom": 80}}, load={"l": {"bus": "b", "p_set": np.array([70.0, 120.0, 81.0])}}
    )
    bus, limit = (one.en for one in explain_network(given))
    assert "short of 40 MW" in bus
    assert "in 1, 2;" in bus
    assert "'a' at most 80" in limit


@pytest.mark.parametrize("more", [{"marginal_cost_quadratic": -1.0}, {"marginal_cost_quadratic": 1.0, "committable": True}])
def test_squares_that_no_solver_here_takes_are_refused(more):
    with pytest.raises(SolveError, match="squared"):
        solved(1, bus=ONE, generator={"a": {"bus": "b", "p_nom": 50} | more}, load=LOAD)
