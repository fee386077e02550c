"""Tables built from spelled values: the same rows as built from values, and nothing read with loss."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from dafeng.core.errors import TableError
from dafeng.core.tables import Column, Schema

SCHEMA = Schema(
    "sums",
    (
        Column("name", pa.string(), "name"),
        Column("year", pa.int32(), "year", required=False),
        Column("value", pa.decimal128(18, 9), "value"),
    ),
)
COLUMNS = {
    "name": ["煤", "", "None"],
    "year": [2024, None, -1],
    "value": [Decimal("1E-9"), Decimal("-999999999.999999999"), Decimal(0)],
}


def test_spelled_values_give_the_table_of_the_values():
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]
    assert SCHEMA.build_texts(COLUMNS).equals(SCHEMA.build(rows))


@pytest.mark.parametrize(
    ("name", "value"),
    [("year", "soon"), ("year", 2**31), ("year", 1.5), ("value", Decimal("1E-10")), ("value", Decimal(10**9)), ("value", None)],
)
def test_a_value_that_does_not_fit_is_refused(name, value):
    with pytest.raises(TableError):
        SCHEMA.build_texts({**COLUMNS, name: [value, 1, 1]})


def test_a_lacking_column_is_refused():
    with pytest.raises(TableError, match="lacks value"):
        SCHEMA.build_texts({name: values for name, values in COLUMNS.items() if name != "value"})
