"""Tables built from values: as Arrow itself would build them, and nothing that does not fit."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import TableError
from dafeng.core.tables import INSTANT, Column, Schema

KINDS = {
    "name": (pa.string(), ["煤", "", "None"]),
    "year": (pa.int32(), [2024, None, -1]),
    "count": (pa.int64(), [2**63 - 1, -(2**63), 0]),
    "value": (pa.decimal128(18, 9), [Decimal("1E-9"), Decimal("-999999999.999999999"), Decimal("-0")]),
    "low": (pa.float64(), [0.1, 5e-324, None]),
    "high": (pa.float64(), [math.inf, 1e308, 1]),
    "inputs": (pa.list_(pa.string()), [None, None, None]),
    "outputs": (pa.list_(pa.string()), [["a"], [], None]),
    "known_at": (INSTANT, [datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), None, None]),
}
SCHEMA = Schema("sums", tuple(Column(name, kind, name, required=name == "value") for name, (kind, _) in KINDS.items()))
COLUMNS = {name: values for name, (_, values) in KINDS.items()}
VALUES = {
    "name": st.text(),
    "year": st.integers(-(2**31), 2**31 - 1),
    "count": st.integers(-(2**63), 2**63 - 1),
    "value": st.decimals(-(10**9) + 1, 10**9 - 1, places=9),
    "low": st.floats(allow_nan=False),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_column_is_what_arrow_makes_of_its_values(name):
    kind, values = KINDS[name]
    assert SCHEMA.build_columns(COLUMNS).column(name).combine_chunks().equals(pa.array(values, kind))


@pytest.mark.parametrize("name", VALUES)
@given(st.data())
def test_any_value_comes_back_the_same(name, data):
    value = data.draw(VALUES[name])
    schema = Schema("one", (Column(name, KINDS[name][0], name),))
    assert schema.build_columns({name: [value]}).column(name).to_pylist() == [value]


def test_rows_give_the_table_of_their_columns():
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]
    assert SCHEMA.build(rows).equals(SCHEMA.build_columns(COLUMNS))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("year", "soon"), ("year", 2**31), ("name", 7), ("low", "1"),
        ("value", Decimal("1E-10")), ("value", Decimal(10**9)), ("value", None),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused(name, value):
    with pytest.raises(TableError):
        SCHEMA.build_columns({**COLUMNS, name: [value, value, value]})


def test_a_lacking_column_is_refused():
    with pytest.raises(TableError, match="lacks value"):
        SCHEMA.build_columns({name: values for name, values in COLUMNS.items() if name != "value"})
