"""That no whole point exists is proven part by part: every part is empty by itself, and together they leave no whole point."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from dafeng.energy.branching import prove_no_whole_point
from dafeng.energy.program import Program
from dafeng.energy.proofs import keeps, prove_infeasible

COUNT, MOST = 3, 3


def programme(rows, low, high):
    """All of three whole variables from 0 to 3, under some rows."""
    return Program(
        matrix=sparse.csc_matrix(np.array(rows, dtype=float).reshape(-1, COUNT)),
        row_low=np.array(low, dtype=float),
        row_high=np.array(high, dtype=float),
        low=np.zeros(COUNT),
        high=np.full(COUNT, float(MOST)),
        cost=np.zeros(COUNT),
        variables={"x": slice(0, COUNT)},
        constraints={"row": slice(0, len(low))},
        integer=np.ones(COUNT, dtype=bool),
    )


def points():
    """Every whole point of the box."""
    return [np.array(one, dtype=float) for one in itertools.product(range(MOST + 1), repeat=COUNT)]


row = st.tuples(*[st.integers(-5, 5)] * COUNT)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(row, st.integers(-9, 9)), min_size=1, max_size=3))
def test_a_proof_is_given_where_no_whole_point_exists_and_only_there(rows):
    sides = [side + 0.5 for _, side in rows[:1]] + [float(side) for _, side in rows[1:]]
    built = programme([one for one, _ in rows], sides, [side + 0.3 for side in sides])
    exists = any(keeps(built, point) for point in points())
    proof = prove_no_whole_point(built)
    assert (proof is None) == exists
    if proof is not None:
        for part in proof.parts:
            inside = Program(
                **{name: getattr(built, name) for name in built.__dataclass_fields__} | {"low": part.low, "high": part.high}
            )
            assert prove_infeasible(inside, part.proof.multipliers) is not None
        for point in points():
            assert any(np.all(part.low <= point) and np.all(point <= part.high) for part in proof.parts)


def test_too_many_parts_give_no_proof():
    built = programme([[2, 2, 2]], [3], [3])
    assert prove_no_whole_point(built, most=1) is None
    assert prove_no_whole_point(built) is not None


def test_a_watch_ends_the_search():
    assert prove_no_whole_point(programme([[2, 2, 2]], [3], [3]), watch=lambda _: True) is None
