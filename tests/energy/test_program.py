from __future__ import annotations

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.energy.program import Constraints, Term, Variables, compile_program

TWO = np.array([0.0, 0.0])


def test_blocks_become_one_matrix():
    # x_t - 2 x_(t-1) + 3 y: the shifted term uses the other hour, the single variable stands in both rows.
    program = compile_program(
        [Variables("x", TWO, TWO + 1, TWO), Variables("y", TWO[:1], TWO[:1] + 1, TWO[:1])],
        [Constraints("r", (Term("x", 1.0), Term("x", -2.0, np.array([1, 0])), Term("y", 3.0, np.array([0, 0]))), TWO, TWO)],
    )
    assert program.matrix.toarray().tolist() == [[1.0, -2.0, 3.0], [-2.0, 1.0, 3.0]]
    assert program.variables["y"] == slice(2, 3)


def test_repeated_entries_add_up():
    program = compile_program([Variables("x", TWO, TWO, TWO)], [Constraints("r", (Term("x", 1.0), Term("x", 2.0)), TWO, TWO)])
    assert program.matrix.toarray().tolist() == [[3.0, 0.0], [0.0, 3.0]]


def test_a_name_stands_for_one_block():
    with pytest.raises(DefinitionError, match="twice"):
        compile_program([Variables("x", TWO, TWO, TWO)] * 2, [])


def test_a_term_names_an_existing_block():
    with pytest.raises(DefinitionError, match="no variables 'y'"):
        compile_program([Variables("x", TWO, TWO, TWO)], [Constraints("r", (Term("y", 1.0),), TWO, TWO)])
