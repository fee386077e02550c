"""Arrays and exact numbers give the same value; missing stays missing (failures F06, F22, F24, F28)."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.dimensions import ONE
from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.formula import Kernel, evaluate, evaluate_exact, parse
from dafeng.formula.evaluation import BLOCK
from tests.formula.trees import decimals, expressions, outcome, sums, values

DOUBLED = Kernel(Label("二倍", "double"), 1, lambda units: units[0], lambda a: 2 * a, lambda a: 2 * a)


@given(expressions, values)
def test_arrays_and_exact_numbers_agree_to_the_last_digit(expression, given_values):
    exact = outcome(evaluate_exact, expression, {name: Decimal(value) for name, value in given_values.items()})
    assert outcome(lambda: float(evaluate(expression, given_values))) == exact


@given(sums, decimals)
def test_exact_values_are_those_of_fractions(expression, given_values):
    text = re.sub(r"[\d.]+(e-?\d+)?", lambda number: f'F("{number[0]}")', str(expression))
    wanted = eval(text, {"F": Fraction}, {name: Fraction(value) for name, value in given_values.items()})
    assert Fraction(evaluate_exact(expression, given_values)) == wanted


def test_a_hand_calculation_of_coal_combustion():
    # bituminous coal, GB/T 32151.22: 19.570 GJ/t * 0.0261 tC/GJ * 93 % * 44/12, times 1000 t = 1741.749...
    expression = parse("burned * ncv * carbon * oxidised * 44 / 12")
    found = evaluate_exact(
        expression, {"burned": 1000, "ncv": Decimal("19.570"), "carbon": Decimal("0.0261"), "oxidised": Decimal("0.93")}
    )
    assert found == Decimal("1741.74957")


def test_a_tenth_is_a_tenth():
    assert evaluate_exact(parse("a * 0.1 * 3"), {"a": 1}) == Decimal("0.3")


def test_a_third_times_three_is_one():
    assert evaluate_exact(parse("a / 3 * 3"), {"a": 1}) == 1


@pytest.mark.parametrize("compute", [evaluate, evaluate_exact])
@pytest.mark.parametrize(
    "text", ["a / b", "1 / (b - b)", "min(a, a / b)", "b ** -1", "where(a / b > 1, 1, 2)", "max(a / b, 5)"]
)
def test_a_division_by_zero_is_an_error_both_ways(text, compute):
    with pytest.raises(FormulaError, match="no finite value"):
        compute(parse(text), {"a": 2, "b": 0})


def test_a_division_by_zero_names_the_row_and_the_division():
    with pytest.raises(FormulaError, match=r"\[1\].*a / b"):
        evaluate(parse("a / b"), {"a": [1.0, 2.0], "b": [1.0, 0.0]})


def test_a_guarded_division_by_zero_does_not_happen():
    found = evaluate(parse("where(b > 0, a / b, 0)"), {"a": [1.0, 2.0], "b": [0.0, 4.0]})
    np.testing.assert_array_equal(found, [0.0, 0.5])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a + b", [np.nan, 3]),
        ("min(a, b)", [np.nan, 1]),
        ("where(a > 0, 5, 7)", [np.nan, 5]),
        ("where(b > 0, b, a)", [2, 2]),
        ("a < b", [np.nan, 1]),
    ],
)
def test_what_is_missing_stays_missing(text, wanted):
    np.testing.assert_array_equal(evaluate(parse(text), {"a": [np.nan, 1.0], "b": [2.0, 2.0]}), wanted)


def test_a_true_zero_is_kept():
    assert float(evaluate(parse("max(a, b)"), {"a": 0.0, "b": -1.0})) == 0.0


def test_a_missing_value_is_an_error_that_names_it():
    with pytest.raises(FormulaError, match="gwp_sf6"):
        evaluate_exact(parse("mass * gwp_sf6"), {"mass": 3})


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+999"])
def test_what_is_no_finite_number_is_refused(value):
    with pytest.raises(FormulaError):
        evaluate_exact(parse("a"), {"a": Decimal(value)})


def test_an_infinite_operand_is_refused():
    with pytest.raises(FormulaError):
        evaluate(parse("a * 2"), {"a": [1.0, np.inf]})


def test_an_overflow_is_refused():
    with pytest.raises(FormulaError):
        evaluate(parse("a ** 9"), {"a": 1e300})


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(FormulaError, match=r"a \(3,\), b \(2,\)"):
        evaluate(parse("a * b"), {"a": np.ones(3), "b": np.ones(2)})


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (4, 2, 3), (0,)])
def test_the_value_has_the_shape_of_its_operands(shape):
    assert evaluate(parse("a * b"), {"a": np.ones(shape), "b": 2}).shape == shape


@given(st.integers(2 * BLOCK - 2, 2 * BLOCK + 2), st.integers(1, 3))
def test_cutting_into_blocks_changes_nothing(rows, columns):
    a = np.arange(rows * columns, dtype=float).reshape(rows, columns)
    b = np.arange(1, columns + 1, dtype=float)
    np.testing.assert_array_equal(evaluate(parse("a * b - max(a, b) / b"), {"a": a, "b": b}), a * b - np.maximum(a, b) / b)


def test_a_missing_number_survives_the_blocks():
    a = np.ones(3 * BLOCK)
    a[2 * BLOCK + 5] = np.nan
    assert np.flatnonzero(np.isnan(evaluate(parse("a * 2"), {"a": a}))).tolist() == [2 * BLOCK + 5]


def test_one_factor_shared_by_a_hundred_sources_keeps_its_uncertainty():
    factor = 1 + 0.1 * np.sin(np.arange(1000.0))[:, np.newaxis]
    total = evaluate(parse("amount * factor"), {"amount": np.full(100, 3.0), "factor": factor}).sum(axis=1)
    assert total.std() / total.mean() == pytest.approx(factor.std() / factor.mean(), rel=1e-12)


def test_a_net_near_zero_keeps_a_finite_interval():
    factor = 1 + 0.1 * np.sin(np.arange(1000.0))
    net = evaluate(parse("amount * factor - sink"), {"amount": 100.0, "factor": factor, "sink": 100.0})
    assert np.isfinite(np.quantile(net, [0.05, 0.95])).all()


def test_kernels_compute():
    expression = parse("double(a) + 1", kernels={"double"})
    assert evaluate(expression, {"a": [1.0, 2.0]}, kernels={"double": DOUBLED}).tolist() == [3.0, 5.0]


def test_kernels_with_an_exact_form_compute_exactly():
    assert evaluate_exact(
        parse("double(a)", kernels={"double"}), {"a": Decimal("0.1")}, kernels={"double": DOUBLED}
    ) == Decimal("0.2")


def test_a_kernel_without_an_exact_form_is_refused_there():
    rough = Kernel(Label("粗", "rough"), 1, lambda units: ONE, lambda a: a)
    with pytest.raises(FormulaError, match="rough"):
        evaluate_exact(parse("rough(a)", kernels={"rough"}), {"a": 1}, kernels={"rough": rough})


def test_a_kernel_that_nobody_handed_over_is_named():
    with pytest.raises(FormulaError, match="double"):
        evaluate(parse("double(a)", kernels={"double"}), {"a": 1})
