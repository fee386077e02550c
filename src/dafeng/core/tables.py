"""Tables with declared columns: the form in which stages hand numbers to one another.

Invariant: a table that leaves a stage has exactly the columns, types and order that its schema declares,
and no nulls where the schema forbids them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dafeng.core.errors import TableError
from dafeng.core.labels import Label

AMOUNT = pa.decimal128(19, 6)
"""Type of a stored quantity: 13 digits before the point, 6 after (rule R3: exact sums on every engine)."""
FACTOR = pa.decimal128(18, 9)
"""Type of a composed factor; amount × factor has 37 digits, which every engine multiplies exactly."""
INSTANT = pa.timestamp("us", tz="UTC")
"""Type of an instant."""


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column.

    Parameters
    ----------
    name : str
        Column name.
    kind : pyarrow.DataType
        Type of the values.
    meaning : str
        What it holds, with its unit.
    required : bool
        Whether nulls are forbidden.
    """

    name: str
    kind: pa.DataType
    meaning: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Schema:
    """The declared columns of one table.

    Parameters
    ----------
    name : str
        Table name.
    columns : tuple of Column
        Columns in order.
    """

    name: str
    columns: tuple[Column, ...]

    def arrow(self) -> pa.Schema:
        """Declared columns as an Arrow schema.

        Returns
        -------
        pyarrow.Schema
            Fields in order; required columns are not nullable.
        """
        return pa.schema([pa.field(c.name, c.kind, nullable=not c.required) for c in self.columns])

    def build(self, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
        """Table from rows.

        Parameters
        ----------
        rows : iterable of mapping
            One mapping per row; a column that is not required may be left out.

        Returns
        -------
        pyarrow.Table
            Checked table.

        Raises
        ------
        TableError
            If a row has an undeclared column, lacks a required one, or holds a value of another type.
        """
        listed = list(rows)
        declared = {c.name for c in self.columns}
        for number, row in enumerate(listed):
            self._refuse(sorted(set(row) - declared), f"row {number}", "undeclared")
        return self.build_columns({c.name: [row.get(c.name) for row in listed] for c in self.columns})

    def build_columns(self, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
        """Table from columns.

        Parameters
        ----------
        columns : mapping of str to sequence
            Values of each column; ``None`` where a value is missing.

        Returns
        -------
        pyarrow.Table
            Checked table.

        Raises
        ------
        TableError
            If a column is lacking, or a value does not fit the declared type.
        """
        self._refuse(sorted({c.name for c in self.columns} - set(columns)), "columns", "lacks")
        try:
            arrays = [_column(columns[c.name], c.kind) for c in self.columns]
        except (pa.ArrowInvalid, pa.ArrowTypeError) as cause:
            raise self._error(f"{cause}") from cause
        return self.check(pa.Table.from_arrays(arrays, schema=self.arrow()))

    def check(self, table: pa.Table) -> pa.Table:
        """The same table, if it keeps the schema.

        Parameters
        ----------
        table : pyarrow.Table
            Any table.

        Returns
        -------
        pyarrow.Table
            The table itself.

        Raises
        ------
        TableError
            If columns, types, order or nulls differ from the declaration.
        """
        if table.schema.names != [c.name for c in self.columns]:
            raise self._error(f"columns {table.schema.names}")
        wrong = [c.name for c in self.columns if table.schema.field(c.name).type != c.kind]
        self._refuse(wrong, "types", "wrong type in")
        empty = [c.name for c in self.columns if c.required and table.column(c.name).null_count]
        self._refuse(empty, "nulls", "missing values in")
        return table

    def _refuse(self, names: Sequence[str], at: str, how: str) -> None:
        if names:
            raise self._error(f"{at}: {how} {', '.join(names)}")

    def _error(self, said: str) -> TableError:
        wanted = ", ".join(c.name for c in self.columns)
        return TableError(
            Label(f"表“{self.name}”不符合声明：{said}", f"table '{self.name}' breaks its declaration: {said}"),
            where=self.name,
            expected=Label(f"列 {wanted}", f"columns {wanted}"),
            remedy=Label("按声明的列和类型写表", "write the declared columns and types"),
        )


_PLAIN = ((pa.types.is_string, str), (pa.types.is_integer, int), (pa.types.is_decimal, Decimal), (pa.types.is_floating, float))
"""Kinds of columns and the Python type of their values."""


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """What `pyarrow.array` makes of values, which loads pandas (a second) only to see that they are none of its series.

    Plain values are taken by their spelling, which is exact; anything else is left to it.
    """
    plain = next((python for fits, python in _PLAIN if fits(kind)), None)
    if plain is None or not all(value is None or type(value) is plain for value in values):
        return pa.array(values, kind)
    builder = pa.lib.StringBuilder()
    builder.append_values([None if value is None else str(value) for value in values])
    return builder.finish().cast(kind)


TEXT = pa.string()

FACTS = Schema(
    "facts",
    (
        Column("fact", TEXT, "id: hash of the key and the value"),
        Column("lot", TEXT, "id of the delivery it came with"),
        Column(
            "indicator", TEXT, "what is measured: id in the indicator catalogue, or 'balance' for a cell of an energy balance"
        ),
        Column("flow", TEXT, "row of a balance or inventory (final.industry, transformation.thermal_power …)", required=False),
        Column("carrier", TEXT, "energy carrier, product or substance", required=False),
        Column("place", TEXT, "administrative code, 6 digits"),
        Column("organisation", TEXT, "reporting organisation", required=False),
        Column("period", TEXT, "ISO period: 2025, 2025-03, 2021/2025"),
        Column("value", AMOUNT, "the figure, in `unit`"),
        Column("unit", TEXT, "unit as in the unit catalogue"),
        Column("source", TEXT, "source id"),
        Column("grade", TEXT, "evidence grade (core.sources.Grade)"),
        Column("known_at", INSTANT, "when the city knew it"),
        Column("supersedes", TEXT, "id of the fact it replaces", required=False),
        Column("file", TEXT, "delivered file"),
        Column("sheet", TEXT, "sheet in the file", required=False),
        Column("cell", TEXT, "cell in A1 notation", required=False),
        Column("note", TEXT, "reservation of the source", required=False),
    ),
)
"""Facts, append-only and bi-temporal; one row per delivered figure."""

RESULTS = Schema(
    "results",
    (
        Column("result", TEXT, "id inside the run"),
        Column("method", TEXT, "method id"),
        Column("edition", TEXT, "edition of the method"),
        Column("quantity", TEXT, "what was computed: co2, ch4, energy …"),
        Column("category", TEXT, "inventory category: energy.industry, process.cement …"),
        Column("carrier", TEXT, "energy carrier or product", required=False),
        Column("place", TEXT, "administrative code"),
        Column("period", TEXT, "ISO period"),
        Column("value", pa.decimal128(38, 15), "the figure, in `unit`"),
        Column("unit", TEXT, "unit, e.g. tCO2"),
        Column("expression", TEXT, "expression evaluated"),
        Column("facts", pa.list_(TEXT), "fact ids used"),
        Column("factors", pa.list_(TEXT), "factor ids used"),
        Column("match", TEXT, "worst match grade of the factors"),
    ),
)
"""Results of accounting, written once per run."""

SCORES = Schema(
    "scores",
    (
        Column("indicator", TEXT, "id in the indicator catalogue"),
        Column("place", TEXT, "administrative code"),
        Column("year", pa.int32(), "year the value speaks of"),
        Column("value", pa.float64(), "value, in `unit`"),
        Column("unit", TEXT, "unit of the indicator"),
        Column("basis", TEXT, "actual, estimated or projected"),
        Column("low", pa.float64(), "lower end where an interval is known", required=False),
        Column("high", pa.float64(), "upper end where an interval is known", required=False),
        Column("grade", TEXT, "worst evidence grade of what went in"),
        Column("address", TEXT, "address of its trace"),
        Column("inputs", pa.list_(TEXT), "addresses of the traces it was made from"),
    ),
)
"""Indicator values of a city: actual, estimated (with the rule) or projected."""

ACTIVITIES = Schema(
    "activities",
    (
        Column("place", TEXT, "administrative code, 6 digits"),
        Column("year", pa.int32(), "year of the activity"),
        Column("category", TEXT, "inventory category of a method: energy.industry, process.cement …"),
        Column("carrier", TEXT, "energy carrier, product or substance"),
        Column("flow", TEXT, "how it was used or treated, where factors are found by it", required=False),
        Column("amount", AMOUNT, "the figure, in `unit`, signed as the category counts it", required=False),
        Column("unit", TEXT, "unit as in the unit catalogue"),
        Column("source", TEXT, "source or delivery it came with"),
        Column("record", TEXT, "number of the record at its sender, by which a repetition is known", required=False),
    ),
)
"""Activity rows of a province, by the million: one row per burner, field or meter; what accounts are made from in bulk."""

AGGREGATES = Schema(
    "aggregates",
    (
        Column("quantity", TEXT, "what was computed: co2, ch4, energy …"),
        Column("key", TEXT, "what the sum is taken over: sector, category, carrier, place or cell"),
        Column("year", pa.int32(), "year of the activity"),
        Column("value", pa.decimal128(38, 15), "the sum, in `unit`"),
        Column("unit", TEXT, "unit, e.g. tCO2"),
        Column("rows", pa.int64(), "rows that went in"),
        Column("sources", pa.int64(), "distinct sources of these rows"),
        Column("exact", pa.int64(), "rows whose factor matched exactly"),
        Column("earlier_year", pa.int64(), "rows whose factor is of an earlier year"),
        Column("parent_place", pa.int64(), "rows whose factor is of a surrounding place"),
        Column("other_edition", pa.int64(), "rows whose factor stands in another edition"),
        Column("substitute", pa.int64(), "rows whose factor is of another substance"),
        Column("provisional", pa.int64(), "rows whose factor has weak evidence"),
    ),
)
"""Sums of activity rows times factors, with where they came from."""

UNACCOUNTED = Schema(
    "unaccounted",
    (
        Column("reason", TEXT, "why: category, carrier, excluded, factor, method, place, unit, year"),
        Column("quantity", TEXT, "what could not be computed; empty where no method knows the rows", required=False),
        Column("category", TEXT, "category as delivered"),
        Column("carrier", TEXT, "carrier as delivered"),
        Column("year", pa.int32(), "year as delivered", required=False),
        Column("amount", pa.decimal128(38, 6), "sum of the amounts, in `unit`", required=False),
        Column("unit", TEXT, "unit as delivered"),
        Column("rows", pa.int64(), "rows that have an amount and no result"),
        Column("sources", pa.int64(), "distinct sources of these rows"),
    ),
)
"""Activity rows that have no result: nothing is dropped in silence."""
