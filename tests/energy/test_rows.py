from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from dafeng.core.errors import DefinitionError, LookupFailure, SolveError
from dafeng.energy import rows as lines
from dafeng.energy.rows import Row, Rows, Variable

MW = "万千瓦"
ANY = Variable(MW, 0.0)


def soft(coefficients, sense, rhs, **more):
    return Row(coefficients, sense, rhs, MW, **more)


def hard(coefficients, sense, rhs):
    return Row(coefficients, sense, rhs, MW, soft=False)


PARTS = hard({"clean": 1, "nuclear": -1, "wind": -1, "sun": -1}, "=", 0)
NAMES = ("clean", "nuclear", "wind", "sun")
PLAN = Rows(
    dict.fromkeys(NAMES, ANY),
    {
        "parts": PARTS,
        "nuclear": soft({"nuclear": 1}, ">=", 1300),
        "wind": soft({"wind": 1}, ">=", 700),
        "sun": soft({"sun": 1}, ">=", 1800),
        "clean": soft({"clean": 1}, "<=", 3500),
        "built": soft({"nuclear": 1}, "<=", 500),
    },
)
"""1300 + 700 + 1800 = 3800 against 3500 (short of 300), and 1300 against 500 that can be built (short of 800)."""


def test_both_contradictions_are_found():
    assert [one.rows for one in lines.conflicts(PLAN)] == [("nuclear", "built"), ("nuclear", "wind", "sun", "clean")]


def test_what_must_give_way_is_measured_for_each_row():
    first, second = lines.conflicts(PLAN)
    assert first.shortfall == pytest.approx({"nuclear": 800, "built": 800})
    assert second.shortfall == pytest.approx({"nuclear": 300, "wind": 300, "sun": 300, "clean": 300})


def test_only_the_identities_that_are_needed_are_named():
    first, second = lines.conflicts(PLAN)
    assert (first.hard, second.hard) == ((), ("parts",))


def test_the_multipliers_leave_no_point():
    # Each row times its multiplier, summed: nothing on the left, more than nothing on the right.
    found = lines.conflicts(PLAN)[1]
    left = {name: sum(m * PLAN.rows[row].coefficients.get(name, 0) for row, m in found.multipliers.items()) for name in NAMES}
    assert left == pytest.approx(dict.fromkeys(NAMES, 0.0), abs=1e-12)
    assert sum(m * PLAN.rows[row].rhs for row, m in found.multipliers.items()) > 0


def test_the_points_keep_all_others():
    # Without the sun's target 3500 - 1300 - 700 = 1500 are left for it.
    assert lines.conflicts(PLAN)[1].points["sun"] == pytest.approx({"clean": 3500, "nuclear": 1300, "wind": 700, "sun": 1500})


def test_larger_sets_can_be_left_out():
    assert [one.rows for one in lines.conflicts(PLAN, max_size=2)] == [("nuclear", "built")]


def test_a_fixed_row_is_no_longer_in_doubt():
    found = lines.conflicts(PLAN, fixed=("built",))
    assert [(one.rows, one.hard) for one in found] == [(("nuclear",), ("built",))]


def test_a_fixed_row_must_exist():
    with pytest.raises(LookupFailure, match="coal"):
        lines.conflicts(PLAN, fixed=("coal",))


def test_hard_rows_alone_can_contradict():
    table = Rows({"x": ANY}, {"a": hard({"x": 1}, ">=", 2), "b": hard({"x": 1}, "<=", 1), "c": soft({"x": 1}, "<=", 9)})
    assert [(one.rows, one.hard) for one in lines.conflicts(table)] == [((), ("a", "b"))]


def test_bounds_that_take_part_are_named():
    table = Rows({"x": Variable(MW, 0, 1)}, {"a": soft({"x": 1}, ">=", 2)})
    found = lines.conflicts(table)[0]
    assert (found.rows, found.bounds, found.shortfall) == (("a",), ("x",), pytest.approx({"a": 1}))


def test_rows_that_agree_have_no_conflict():
    assert lines.conflicts(Rows({"x": ANY}, {"a": soft({"x": 1}, ">=", 2)})) == ()


def test_many_contradictions_apart_from_one_another_are_all_found():
    # Thirty pairs on thirty variables: searched together they would need more than a thousand million branches.
    pairs = {
        f"{side}{number}": soft({f"x{number}": 1}, sense, rhs)
        for number in range(30)
        for side, sense, rhs in (("least", ">=", 2), ("most", "<=", 1))
    }
    found = lines.conflicts(Rows({f"x{number}": ANY for number in range(30)}, pairs))
    assert {one.rows for one in found} == {(f"least{number}", f"most{number}") for number in range(30)}


def test_contradictory_hard_rows_hide_everything_else():
    both = {"a": hard({"x": 1}, ">=", 2), "b": hard({"x": 1}, "<=", 1)}
    other = {"c": soft({"y": 1}, ">=", 2), "d": soft({"y": 1}, "<=", 1)}
    assert [one.rows for one in lines.conflicts(Rows({"x": ANY, "y": ANY}, both | other))] == [()]


def test_an_endless_search_says_so():
    with pytest.raises(SolveError, match="branches"):
        lines.conflicts(PLAN, branches=2)


def test_sizes_of_units_do_not_matter():
    # The same contradiction in t of CO2 (5e7) and as a share of a share (1e-4).
    table = Rows(
        {"t": Variable("tCO2"), "s": Variable("1")},
        {
            "cap": Row({"t": 1}, "<=", 5e7, "tCO2"),
            "use": Row({"t": 1, "s": -1e11}, ">=", 0, "tCO2"),
            "share": Row({"s": 1}, ">=", 6e-4, "1"),
        },
    )
    found = lines.conflicts(table)
    assert [one.rows for one in found] == [("cap", "use", "share")]
    assert found[0].shortfall == pytest.approx({"cap": 1e7, "use": 1e7, "share": 1e-4})


def test_the_cheapest_relaxation():
    # Giving up 800 of nuclear also settles the sum: 800 of weight 1 is cheaper than 800 for what is built at weight 2.
    table = Rows(PLAN.variables, {**PLAN.rows, "built": soft({"nuclear": 1}, "<=", 500, weight=2)})
    found = lines.relaxation(table)
    assert found.cost == pytest.approx(800)
    assert found.slack == pytest.approx({"nuclear": 800, "wind": 0, "sun": 0, "clean": 0, "built": 0})


def test_the_weight_decides_who_gives_way():
    # Nuclear at weight 10: 800 at what is built and 300 elsewhere.
    table = Rows(PLAN.variables, {**PLAN.rows, "nuclear": soft({"nuclear": 1}, ">=", 1300, weight=10)})
    found = lines.relaxation(table)
    assert found.cost == pytest.approx(1100)
    assert found.slack["built"] == pytest.approx(800)


def test_hard_rows_are_not_relaxed():
    table = Rows({"x": ANY}, {"a": hard({"x": 1}, ">=", 2), "b": hard({"x": 1}, "<=", 1)})
    with pytest.raises(SolveError, match="hard rows"):
        lines.relaxation(table)


AGREE = Rows(PLAN.variables, {name: row for name, row in PLAN.rows.items() if name not in ("nuclear", "clean")})


def test_the_range_of_an_expression():
    # Nuclear lies between 0 and 500.
    assert lines.range_of(AGREE, {"nuclear": 1}) == pytest.approx((0, 500))


def test_a_range_may_have_no_end():
    assert lines.range_of(AGREE, {"clean": 1}) == (pytest.approx(2500), math.inf)


def test_a_free_variable_has_no_range():
    assert lines.range_of(Rows({"x": Variable(MW), "y": ANY}, {}), {"x": -2}) == (-math.inf, math.inf)


def test_contradictory_rows_have_no_range():
    with pytest.raises(SolveError, match="contradict"):
        lines.range_of(PLAN, {"clean": 1})


def test_the_best_value_and_its_prices():
    # Clean + 2 nuclear at most: nuclear stops at 500 (3 per unit), the sum at 3500 through the bound of the sun.
    table = Rows(AGREE.variables, {**AGREE.rows, "roof": soft({"sun": 1, "wind": 1}, "<=", 3000)})
    found = lines.solve(table, {"clean": 1, "nuclear": 2}, maximise=True)
    assert found.objective == pytest.approx(3500 + 1000)
    assert found.prices == pytest.approx({"parts": 1, "wind": 0, "sun": 0, "built": 3, "roof": 1})


def test_an_expression_without_limit_is_refused():
    with pytest.raises(SolveError, match="no limit"):
        lines.solve(AGREE, {"clean": 1}, maximise=True)


def test_contradictory_rows_have_no_optimum():
    with pytest.raises(SolveError, match="contradict"):
        lines.solve(PLAN, {"clean": 1})


@pytest.mark.parametrize(
    "row",
    [
        Row({"y": 1}, "<=", 1, MW),
        Row({}, "<=", 1, MW),
        Row({"x": 0}, "<=", 1, MW),
        Row({"x": math.nan}, "<=", 1, MW),
        Row({"x": 1}, "<=", math.inf, MW),
        Row({"x": 1}, "<=", 1, MW, weight=0),
        Row({"x": 1}, "<", 1, MW),
    ],
)
def test_an_impossible_row_is_refused(row):
    with pytest.raises(DefinitionError):
        Rows({"x": ANY}, {"r": row})


def test_contradictory_bounds_are_refused():
    with pytest.raises(DefinitionError, match="contradict"):
        Rows({"x": Variable(MW, 2, 1)}, {})


VARIABLES = ("x", "y", "z")
WHOLE = st.integers(-3, 3)


@st.composite
def tables(draw):
    """Seven random rows over three variables between -4 and 4, whole numbers, the last one hard."""
    listed = {}
    for number in range(7):
        coefficients = dict(zip(VARIABLES, draw(st.tuples(WHOLE, WHOLE, WHOLE).filter(any)), strict=True))
        sense = draw(st.sampled_from(["<=", ">=", "="]))
        listed[f"r{number}"] = Row(coefficients, sense, draw(st.integers(-9, 9)), MW, soft=number < 6)
    return Rows(dict.fromkeys(VARIABLES, Variable(MW, -4, 4)), listed)


def possible(table: Rows, names: tuple[str, ...]) -> bool:
    """Judge of its own: scipy's linprog on dense rows, no slack, no scaling, nothing of ours."""
    signs = {"<=": (1.0,), ">=": (-1.0,), "=": (1.0, -1.0)}
    rows = [table.rows[name] for name in (*names, *table.hard)]
    left = [[sign * one.coefficients[v] for v in VARIABLES] for one in rows for sign in signs[one.sense]]
    right = [sign * one.rhs for one in rows for sign in signs[one.sense]]
    return linprog(np.zeros(3), A_ub=left, b_ub=right, bounds=(-4, 4), method="highs").status == 0


def by_brute_force(table: Rows) -> set[frozenset[str]]:
    found: list[frozenset[str]] = []
    for size in range(7):
        for names in itertools.combinations(table.soft, size):
            if not any(one <= set(names) for one in found) and not possible(table, names):
                found.append(frozenset(names))
    return set(found)


@settings(max_examples=25)
@given(tables())
def test_no_minimal_set_is_missed_or_invented(table):
    assert {frozenset(one.rows) for one in lines.conflicts(table)} == by_brute_force(table)


@settings(max_examples=25)
@given(tables())
def test_each_conflict_leaves_a_point_without_any_one_row(table):
    for one in lines.conflicts(table):
        for name in one.rows:
            rest = [table.rows[other] for other in (*one.rows, *table.hard) if other != name]
            assert all(kept(row, one.points[name]) for row in rest)
            assert one.shortfall[name] > 0


def kept(row: Row, point) -> bool:
    gap = sum(value * point[name] for name, value in row.coefficients.items()) - row.rhs
    return {"<=": gap <= 1e-6, ">=": gap >= -1e-6, "=": abs(gap) <= 1e-6}[row.sense]


@settings(max_examples=25)
@given(tables())
def test_the_relaxation_touches_every_conflict(table):
    # What is relaxed must break every minimal set open; where nothing conflicts nothing is relaxed.
    open_rows = {frozenset(one.rows) for one in lines.conflicts(table)}
    broken = {name for name, value in relaxed(table).items() if value > 1e-6}
    assert all(one & broken for one in open_rows if one)
    assert bool(open_rows) or not broken


def relaxed(table: Rows):
    """Slack of the relaxation; every row broken where the hard rows alone contradict one another."""
    return lines.relaxation(table).slack if possible(table, ()) else dict.fromkeys(table.soft, 1.0)
