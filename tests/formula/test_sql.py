"""SQL gives the value that arrays and exact numbers give (failure F05)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import FormulaError
from dafeng.formula import evaluate_exact, parse, to_sql
from tests.formula.trees import NAMES, decimals, expressions, outcome, sums, values

COLUMNS = {name: f"f.{name}" for name in NAMES}


@pytest.fixture(scope="module")
def engine():
    """One DuckDB in memory."""
    with duckdb.connect() as connection:
        yield connection


def computed(engine, text, row, kind):
    """Value of a SQL expression over one row of a table of one kind of number."""
    columns = ", ".join(f"CAST({value} AS {kind}) AS {name}" for name, value in row.items())
    return engine.execute(f"SELECT {text} AS v FROM (SELECT {columns}) AS f").fetchone()[0]


@given(expression=expressions, row=values)
def test_sql_agrees_with_exact_numbers_to_the_last_digit(engine, expression, row):
    exact = outcome(evaluate_exact, expression, {name: Decimal(value) for name, value in row.items()})
    found = computed(engine, f"CAST({to_sql(expression, COLUMNS)} AS DOUBLE)", row, "DOUBLE")
    assert [Fraction(v) for v in (found,) if v is not None] == [v for v in (exact,) if v is not None]


@given(expression=sums, row=decimals)
def test_decimal_columns_stay_decimal_and_exact(engine, expression, row):
    found = computed(engine, to_sql(expression, COLUMNS, decimal=True), row, "DECIMAL(7,2)")
    assert Decimal(found) == evaluate_exact(expression, row)


def test_a_product_of_decimals_has_the_type_of_memory(engine):
    found = computed(engine, to_sql(parse("a * b / 1000"), COLUMNS, decimal=True), {"a": "19.57", "b": "0.26"}, "DECIMAL(7,2)")
    assert (type(found), found) == (Decimal, Decimal("0.0050882"))


@pytest.mark.parametrize("text", ["a / 3", "a / b", "a ** -1", "44 / 12 * a", "a / 0"])
def test_what_leaves_decimal_is_refused_there(text):
    with pytest.raises(FormulaError, match="DECIMAL"):
        to_sql(parse(text), COLUMNS, decimal=True)


@pytest.mark.parametrize("text", ["a + b", "min(a, b)", "where(a > 1, 1, 2)", "a < b", "where(a > b, a, b) * 0"])
def test_null_is_missing_and_never_the_other_branch(engine, text):
    assert computed(engine, to_sql(parse(text), COLUMNS), {"a": "NULL", "b": "1"}, "DOUBLE") is None


def test_a_division_by_zero_is_null(engine):
    assert computed(engine, to_sql(parse("a / b"), COLUMNS), {"a": "1", "b": "0"}, "DOUBLE") is None


@pytest.mark.parametrize("column", ['a"; DROP TABLE f; --', "a b", "f.a.b", "", "1a", "sum(a)", "a)"])
def test_what_is_no_column_is_refused(column):
    with pytest.raises(FormulaError, match="no column"):
        to_sql(parse("a"), {"a": column})


def test_a_name_without_column_is_refused():
    with pytest.raises(FormulaError, match="'b' has no column"):
        to_sql(parse("a * b"), {"a": "a"})


def test_a_kernel_has_no_sql():
    with pytest.raises(FormulaError, match="decay"):
        to_sql(parse("decay(a)", kernels={"decay"}), COLUMNS)


def test_text_that_would_explode_is_refused():
    nested = "min(a, " * 30 + "a" + ")" * 30
    with pytest.raises(FormulaError, match="too long"):
        to_sql(parse(nested), COLUMNS)


def test_small_numbers_are_written_without_exponent():
    assert to_sql(parse("a * 1e-3"), COLUMNS) == '("f"."a" * 0.001)'


@given(expressions, st.sampled_from(["spark", "clickhouse", "postgres"]))
def test_sql_translates_to_other_engines(expression, dialect):
    said = sqlglot.transpile(f"SELECT {to_sql(expression, COLUMNS)} AS v FROM f", "duckdb", dialect)
    assert sqlglot.parse_one(said[0], dialect) is not None
