# ruff: noqa: S608 - the texts are made of declared names and whole numbers
"""Sums of activity rows times factors, as portable SQL that every engine answers to the last digit.

Invariant: rows are summed by key first and multiplied afterwards. Amounts and factors are decimals of fixed width, so
the product of the sum is the sum of the products, digit for digit, on every engine, in every order, with any threads.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.core.tables import AGGREGATES, FACTOR, UNACCOUNTED, Column, Schema
from dafeng.store.dialects import Kernel
from dafeng.store.engine import Engine

GRADES = AGGREGATES.arrow().names[7:]
"""Match grades of factors, which the sums count one by one."""
KEY = ("place", "year", "category", "carrier", "flow", "unit")
"""Columns that decide which factor a row has; NULL is spelled '' or 0 in them."""
_TEXT = pa.string()
KEYED = (
    Column("place", _TEXT, "administrative code"),
    Column("year", pa.int32(), "year of the activity"),
    Column("category", _TEXT, "category"),
    Column("carrier", _TEXT, "carrier"),
    Column("flow", _TEXT, "how it was used or treated"),
    Column("unit", _TEXT, "unit of the amounts"),
    Column("quantity", _TEXT, "what is computed"),
)
FACTOR_KEYS = Schema(
    "factor_keys",
    (
        *KEYED,
        Column("bucket", _TEXT, "what the sum is taken over"),
        Column("result_unit", _TEXT, "unit of the result"),
        Column("factor", FACTOR, "composed factor, in `result_unit` per `unit`"),
        Column("grade", _TEXT, "worst match grade of its factors"),
    ),
)
"""Composed factor by key: what the rows are multiplied with."""
LACKING_KEYS = Schema("lacking_keys", (*KEYED, Column("reason", _TEXT, "why there is no factor")))
"""Keys that have no factor for a quantity, or for none."""

_PLAIN = """
SELECT COALESCE(CAST(a.place AS VARCHAR), '') AS place, COALESCE(CAST(a.year AS INT), 0) AS year,
  COALESCE(CAST(a.category AS VARCHAR), '') AS category,
  COALESCE(CAST(a.carrier AS VARCHAR), '') AS carrier, COALESCE(CAST({flow} AS VARCHAR), '') AS flow,
  COALESCE(CAST(a.unit AS VARCHAR), '') AS unit,
  COALESCE(CAST(a.source AS VARCHAR), '') AS source, 0 AS contradictory, COUNT(*) AS row_count,
  COUNT(a.amount) AS counted, 0 AS repeated,
  COUNT(CASE WHEN a.amount < 0 THEN 1 END) AS negative, CAST(SUM(a.amount) AS DECIMAL(19, 6)) AS amount
FROM activities AS a
{where}GROUP BY a.place, a.year, a.category, a.carrier, a.unit, a.source{by_flow}
"""
_ONCE = """
WITH once AS (
  SELECT a.place AS place, a.year AS year, a.category AS category, a.carrier AS carrier, {flow} AS flow, MIN(a.unit) AS unit,
    MIN(a.source) AS source, MIN(a.amount) AS amount, COUNT(*) AS row_count, COUNT(a.amount) AS amount_count,
    CASE WHEN MIN(a.amount) < MAX(a.amount) OR MIN(a.unit) < MAX(a.unit) THEN 1 ELSE 0 END AS contradictory
  FROM activities AS a
  WHERE a.record IS NOT NULL{also}
  GROUP BY a.place, a.year, a.category, a.carrier, a.record{by_flow}
  UNION ALL
  SELECT a.place AS place, a.year AS year, a.category AS category, a.carrier AS carrier, {flow} AS flow, a.unit AS unit,
    a.source AS source, a.amount AS amount, 1 AS row_count, CASE WHEN a.amount IS NULL THEN 0 ELSE 1 END AS amount_count,
    0 AS contradictory
  FROM activities AS a
  WHERE a.record IS NULL{also}
)
SELECT COALESCE(CAST(o.place AS VARCHAR), '') AS place, COALESCE(CAST(o.year AS INT), 0) AS year,
  COALESCE(CAST(o.category AS VARCHAR), '') AS category, COALESCE(CAST(o.carrier AS VARCHAR), '') AS carrier,
  COALESCE(CAST(o.flow AS VARCHAR), '') AS flow, COALESCE(CAST(o.unit AS VARCHAR), '') AS unit,
  COALESCE(CAST(o.source AS VARCHAR), '') AS source, o.contradictory AS contradictory,
  CAST(SUM(o.row_count) AS BIGINT) AS row_count,
  COUNT(CASE WHEN o.contradictory = 0 AND o.amount_count > 0 THEN 1 END) AS counted,
  CAST(SUM(CASE WHEN o.contradictory = 0 AND o.amount_count > 0 THEN o.amount_count - 1 ELSE 0 END) AS BIGINT) AS repeated,
  COUNT(CASE WHEN o.amount < 0 THEN 1 END) AS negative,
  CAST(SUM(CASE WHEN o.contradictory = 0 THEN o.amount END) AS DECIMAL(19, 6)) AS amount
FROM once AS o
GROUP BY o.place, o.year, o.category, o.carrier, o.flow, o.unit, o.source, o.contradictory
"""
KEYS_SQL = Kernel("""
SELECT c.place AS place, c.year AS year, c.category AS category, c.carrier AS carrier, c.flow AS flow, c.unit AS unit,
  CAST(SUM(c.row_count) AS BIGINT) AS delivered, CAST(SUM(c.counted) AS BIGINT) AS counted,
  CAST(SUM(c.repeated) AS BIGINT) AS repeated, CAST(SUM(c.negative) AS BIGINT) AS negative,
  CAST(SUM(CASE WHEN c.contradictory = 1 THEN c.row_count ELSE 0 END) AS BIGINT) AS contradictory
FROM cells AS c
GROUP BY c.place, c.year, c.category, c.carrier, c.flow, c.unit
ORDER BY place, year, category, carrier, flow, unit
""")
"""Distinct keys of the cells with their counts of rows: what factors are resolved on (rule R2)."""
_JOIN = " AND ".join(f"k.{name} = c.{name}" for name in KEY)
_GRADES = ",\n  ".join(
    f"CAST(SUM(CASE WHEN k.grade = '{grade}' THEN c.counted ELSE 0 END) AS BIGINT) AS {grade}" for grade in GRADES
)
TOTALS_SQL = Kernel(f"""
SELECT k.quantity AS quantity, k.bucket AS bucket, k.year AS year, k.result_unit AS unit,
  SUM(CAST(c.amount AS DECIMAL(19, 6)) * CAST(k.factor AS DECIMAL(18, 9))) AS value,
  SUM(ABS(CAST(c.amount AS DOUBLE) * CAST(k.factor AS DOUBLE))) AS magnitude,
  CAST(SUM(c.counted) AS BIGINT) AS row_count, COUNT(DISTINCT c.source) AS source_count,
  {_GRADES}
FROM cells AS c JOIN factor_keys AS k ON {_JOIN}
WHERE c.counted > 0
GROUP BY k.quantity, k.bucket, k.year, k.result_unit
ORDER BY quantity, bucket, year, unit
""")
"""Cells × composed factors, summed by quantity, bucket and year with counts of where they came from."""
LACKING_SQL = Kernel(f"""
SELECT k.reason AS reason, k.quantity AS quantity, c.category AS category, c.carrier AS carrier, c.year AS year,
  SUM(CAST(c.amount AS DECIMAL(19, 6))) AS amount, c.unit AS unit,
  CAST(SUM(c.counted) AS BIGINT) AS row_count, COUNT(DISTINCT c.source) AS source_count
FROM cells AS c JOIN lacking_keys AS k ON {_JOIN}
WHERE c.counted > 0
GROUP BY k.reason, k.quantity, c.category, c.carrier, c.year, c.unit
ORDER BY reason, quantity, category, carrier, year, unit
""")
"""Cells without factor with their amounts."""


LARGEST = 9.9e22
"""Largest sum of magnitudes that is handed out: DECIMAL(38, 15) ends at 1e23, where one engine (Sail) wraps around silently."""


def cells_sql(columns: Collection[str], *, year: int | None = None) -> Kernel:
    """SQL of the sums of activity rows by key and source.

    Parameters
    ----------
    columns : collection of str
        Columns that the rows have. With ``record`` the same record counts once, and one that says two things is left
        out; with ``flow`` it is part of the key.
    year : int, optional
        Only rows of this year.

    Returns
    -------
    Kernel
        A portable SELECT over ``activities``.
    """
    flow = {"flow": "a.flow", "by_flow": ", a.flow"} if "flow" in columns else {"flow": "''", "by_flow": ""}
    condition = "" if year is None else f"CAST(a.year AS INT) = {int(year)}"
    if "record" in columns:
        return Kernel(_ONCE.format(also=f" AND {condition}" if condition else "", **flow))
    return Kernel(_PLAIN.format(where=f"WHERE {condition}\n" if condition else "", **flow))


def gather_cells(engine: Engine, columns: Collection[str], *, year: int | None = None) -> list[dict[str, Any]]:
    """Sum the activity rows of an engine by key and source, once, and list the distinct keys.

    Parameters
    ----------
    engine : Engine
        Knows the rows as ``activities``; afterwards it knows ``cells``.
    columns : collection of str
        Columns that the rows have, see `cells_sql`.
    year : int, optional
        Only rows of this year.

    Returns
    -------
    list of dict
        A row per key: the columns of ``KEY`` and the counts ``delivered``, ``counted``, ``repeated``, ``negative`` and
        ``contradictory``. [rows]

    Raises
    ------
    FormulaError
        If the sum of a key does not fit into DECIMAL(19, 6): 10 ** 13 of the unit.
    """
    engine.materialise("cells", cells_sql(columns, year=year))
    return list(engine.query(KEYS_SQL, {}).to_pylist())


def sum_cells(engine: Engine, factors: pa.Table, lacking: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Multiply the cells of an engine with composed factors and sum them.

    Parameters
    ----------
    engine : Engine
        After `gather_cells`.
    factors : pyarrow.Table
        ``FACTOR_KEYS``.
    lacking : pyarrow.Table
        ``LACKING_KEYS``.

    Returns
    -------
    tuple of pyarrow.Table
        ``AGGREGATES`` and ``UNACCOUNTED``.

    Raises
    ------
    FormulaError
        If a sum is too large for DECIMAL(38, 15), on every engine alike.
    """
    totals = engine.query(TOTALS_SQL, {"factor_keys": FACTOR_KEYS.check(factors)})
    left = engine.query(LACKING_SQL, {"lacking_keys": LACKING_KEYS.check(lacking)})
    check_magnitude(totals)
    return AGGREGATES.build(map(_total, totals.to_pylist())), UNACCOUNTED.build(map(_left, left.to_pylist()))


def check_magnitude(totals: pa.Table) -> None:
    """Refuse sums near the end of their decimals, on every engine alike.

    Parameters
    ----------
    totals : pyarrow.Table
        Answer of ``TOTALS_SQL``.

    Raises
    ------
    FormulaError
        If the magnitudes of a sum add up to ``LARGEST`` or more.
    """
    for row in totals.to_pylist():
        if not row["magnitude"] < LARGEST:
            raise FormulaError(
                Label(
                    f"{row['year']} 年 {row['quantity']} {row['bucket']} 的合计约 {row['magnitude']:.1e}，超出 DECIMAL(38,15)",
                    f"the sum of {row['quantity']}, {row['bucket']}, {row['year']}, about {row['magnitude']:.1e}, overflows",
                ),
                where=f"{row['quantity']}/{row['bucket']}/{row['year']}",
                expected=Label(f"小于 {LARGEST:.1e}", f"less than {LARGEST:.1e}"),
                remedy=Label("检查数量和单位（是否差 10 的若干次方）", "check amounts and units for a slip by a power of ten"),
            )


def _total(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: row[name] for name in ("quantity", "year", "value", "unit", *GRADES)}
    return plain | {"key": row["bucket"], "rows": row["row_count"], "sources": row["source_count"]}


def _left(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: row[name] for name in ("reason", "category", "carrier", "amount", "unit")}
    known = {"quantity": row["quantity"] or None, "year": row["year"] or None}
    return plain | known | {"rows": row["row_count"], "sources": row["source_count"]}
