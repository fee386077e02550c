"""Equations are read, compiled and typeset from one text; rows of one variable become bounds and keep their price."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network import branch, cogeneration, generator, link, storage_unit, store
from dafeng.energy.network.attribute import component_attributes, symbols_of
from dafeng.energy.network.builder import Builder
from dafeng.energy.network.equation import Equation, add_equation
from dafeng.energy.network.linear import Linear, constant

MODULES = {
    "generator": generator,
    "link": link,
    "store": store,
    "storage_unit": storage_unit,
    "line": branch,
    "cogeneration": cogeneration,
}


def ones(*shape):
    return np.ones(shape, dtype=bool)


def equation(text):
    return Equation("rule", text, Label("规则", "rule"))


def test_a_row_of_two_variables_is_kept_and_one_of_one_becomes_a_bound():
    builder = Builder()
    x = builder.add_variables("x", ones(2, 1))
    y = builder.add_variables("y", ones(1, 1))
    add_equation(builder, "c", equation("x <= 2 * y + 3"), {"x": x, "y": y})
    add_equation(builder, "d", equation("-2 * x >= -8"), {"x": x})
    program = builder.compile()
    assert program.matrix.toarray().tolist() == [[1, 0, -2], [0, 1, -2]]
    assert program.row_high.tolist() == [3, 3]
    assert program.high.tolist() == [4, 4, np.inf]


def test_terms_of_one_variable_are_summed():
    builder = Builder()
    x = builder.add_variables("x", ones(1, 1))
    add_equation(builder, "c", equation("x + x <= 3 - x"), {"x": x})
    assert builder.compile().high.tolist() == [1]


def test_infinity_times_zero_is_zero():
    builder = Builder()
    x = builder.add_variables("x", ones(1, 2))
    values = {"x": x, "size": constant(np.array([[np.inf, np.inf]])), "share": np.array([[0.0, 1.0]])}
    add_equation(builder, "c", equation("x <= share * size"), values)
    assert builder.compile().high.tolist() == [0, np.inf]


def test_an_absent_variable_counts_nowhere():
    builder = Builder()
    x = builder.add_variables("x", np.array([[True], [False]]))
    y = builder.add_variables("y", ones(2, 1))
    add_equation(builder, "c", equation("x + y == 1"), {"x": x, "y": y})
    program = builder.compile()
    assert program.matrix.shape == (1, 3)
    assert (program.low[2], program.high[2]) == (1, 1)


def test_a_contradiction_without_variables_stays_a_row():
    builder = Builder()
    add_equation(builder, "c", equation("x >= 1"), {"x": Linear()}, present=ones(1, 1))
    assert builder.compile().matrix.shape == (1, 0)


@pytest.mark.parametrize("text", ["x * x <= 1", "x + 1", "1 / x <= 2"])
def test_what_is_not_linear_is_refused(text):
    builder = Builder()
    x = builder.add_variables("x", ones(1, 1))
    with pytest.raises(DefinitionError, match="rule"):
        add_equation(builder, "c", equation(text), {"x": x})


@pytest.mark.parametrize("component", MODULES)
def test_every_equation_of_a_component_can_be_set(component):
    for one in MODULES[component].EQUATIONS:
        assert one.mathml(symbols_of(component)).startswith("<math")
        assert one.label.zh
        assert one.label.en


def test_every_attribute_says_what_it_is_in_both_languages():
    for component, attributes in component_attributes().items():
        for name, one in attributes.items():
            assert one.label.zh, (component, name)
            assert one.label.en, (component, name)
            assert one.kind in ("number", "text", "flag")
