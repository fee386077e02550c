"""The smallest clash of groups: proven, and minimal by removal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.infeasible import Group, explain_infeasible
from dafeng.energy.program import Program
from dafeng.energy.proofs import Infeasibility, find_point
from tests.energy.test_traps import storage_city


def group(name: str, *constraints: str, variables: tuple[str, ...] = (), clause: str = "") -> Group:
    """A group with its name as label."""
    return Group(name, Label(f"要求 {name}", f"demand {name}"), clause, constraints, variables)


def plan(**limits: tuple[dict[str, float], float, float]) -> Program:
    """The storage city with annual rows: coefficients by block of variables, least, most."""
    program = storage_city(hours=96)
    for name, (coefficients, least, most) in limits.items():
        row = np.zeros(len(program.cost))
        for block, coefficient in coefficients.items():
            row[program.variables[block]] = coefficient
        size = len(program.row_low)
        program = replace(
            program,
            matrix=sparse.vstack([program.matrix, sparse.csr_matrix(row)], format="csc"),
            row_low=np.append(program.row_low, least),
            row_high=np.append(program.row_high, most),
            constraints={**program.constraints, name: slice(size, size + 1)},
        )
    return program


LOAD = 100.0 * 96
"""Energy of the load over 96 hours. [MWh]"""
CLASHING = {
    "gas_cap": ({"gas": 1.0}, -np.inf, 0.2 * LOAD),
    "wind_cap": ({"wind": 1.0}, -np.inf, 0.5 * LOAD),
    "wind_least": ({"capacity.wind": 1.0}, 10.0, np.inf),
    "battery_cap": ({"capacity.battery": 1.0}, -np.inf, 900.0),
}
"""Gas and wind together may give 70 % of the load; the other two rows are innocent."""
GROUPS = tuple(group(name, name, clause=f"plan#{name}") for name in CLASHING)


def names(found) -> set[str]:
    """Names of a clash's groups."""
    return {one.name for one in found.groups}


def test_the_clash_is_named_in_the_plans_words():
    found = explain_infeasible(plan(**CLASHING), GROUPS)
    assert names(found) == {"gas_cap", "wind_cap"}
    assert {one.clause for one in found.groups} == {"plan#gas_cap", "plan#wind_cap"}
    assert found.groups[0].label.zh.startswith("要求")
    assert found.proof.margin > 0
    assert set(found.places) == {"gas_cap", "wind_cap", "balance", *(set(found.places) & {"level_step"})}


def test_each_group_alone_must_give_way_by_what_lacks():
    # 0.3 of the load lacks; losses of the battery make it no less.
    found = explain_infeasible(plan(**CLASHING), GROUPS)
    assert found.shortfall["gas_cap"] == pytest.approx(0.3 * LOAD, rel=1e-6)
    assert found.shortfall["wind_cap"] >= 0.3 * LOAD - 1e-6


def test_the_clash_is_minimal_by_removal():
    for spared in ("gas_cap", "wind_cap"):
        kept = {name: limit for name, limit in CLASHING.items() if name != spared}
        assert not isinstance(find_point(plan(**kept)), Infeasibility)
    assert isinstance(find_point(plan(**CLASHING)), Infeasibility)


def test_of_two_clashes_one_is_returned_and_it_is_minimal():
    both = CLASHING | {"wind_much": ({"capacity.wind": 1.0}, 500.0, np.inf), "wind_little": ({"capacity.wind": 1.0}, 0, 400.0)}
    groups = (*GROUPS, group("wind_much", "wind_much"), group("wind_little", "wind_little"))
    found = explain_infeasible(plan(**both), groups)
    assert names(found) in ({"gas_cap", "wind_cap"}, {"wind_much", "wind_little"})


def test_bounds_of_variables_can_be_a_group():
    limits = {"wind_much": ({"capacity.wind": 1.0}, 2000.0, np.inf)}
    groups = (group("wind_much", "wind_much"), group("sites", variables=("capacity.wind",)), group("loads", "level_limit"))
    found = explain_infeasible(plan(**limits), groups)
    assert names(found) == {"wind_much", "sites"}
    assert found.shortfall["wind_much"] == pytest.approx(1000, rel=1e-6)


def test_a_feasible_programme_has_no_clash():
    assert explain_infeasible(plan(wind_least=CLASHING["wind_least"]), (group("wind_least", "wind_least"),)) is None


def test_what_contradicts_outside_all_groups_is_no_groups_fault():
    found = explain_infeasible(plan(**CLASHING), (group("battery_cap", "battery_cap"),))
    assert found.groups == ()
    assert {"gas_cap", "wind_cap"} <= set(found.places)


def test_a_group_of_an_unknown_block_is_refused():
    with pytest.raises(DefinitionError, match="no block is called 'coal'"):
        explain_infeasible(plan(), (group("coal", "coal"),))
