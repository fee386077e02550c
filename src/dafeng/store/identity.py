# ruff: noqa: S608 - the texts are made of declared names only
"""Which delivered rows the store knows already, which replace a fact, and which are new; and their ids.

Invariant: the id of a fact depends only on its key, its value (with unit, grade and note), its place among equal
rows and the fact it replaces; so the same figure delivered again is the same fact and is never counted twice.
"""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from dafeng.core.tables import FACTS, INSTANT, Schema
from dafeng.store.engine import LocalEngine
from dafeng.store.views import Wish

KEY = ("indicator", "flow", "carrier", "place", "organisation", "period", "source")
"""What a fact speaks of, and who says it: a later row with the same key replaces the earlier one."""
STATEMENT = (*KEY, "value", "unit", "grade", "note")
"""What a fact says: a row that says the same is the same fact."""
ID_DIGITS = 20
"""Length of a fact's id. [hexadecimal digits]"""
ADDED = frozenset({"fact", "lot", "known_at", "supersedes"})
GIVEN = Schema("delivery", tuple(column for column in FACTS.columns if column.name not in ADDED))
"""Columns a reader delivers; the store adds the others."""
LISTED = 500
"""Values up to which a column narrows the search for held facts."""


def _spell(columns: tuple[str, ...], table: str) -> str:
    """SQL of a hash over columns; lengths in front of the texts, so that no two rows can be spelled alike."""
    texts = (f"CAST({table}.{name} AS VARCHAR)" for name in columns)
    spelled = ", ".join(f"CASE WHEN {text} IS NULL THEN '-' ELSE length({text}) || ':' || {text} END" for text in texts)
    return f"left(sha256(concat_ws('|', {spelled})), 32)"


FRESH = f"""
SELECT f.position AS position, row_number() OVER (PARTITION BY f.b ORDER BY f.position) AS copy, f.b AS b, f.k AS k FROM (
  SELECT g.position AS position, {_spell(STATEMENT, "g")} AS b, {_spell(KEY, "g")} AS k FROM given AS g
) AS f
"""
HELD = f"""
SELECT h.fact AS fact, h.supersedes AS supersedes, h.known_at AS known_at, h.b AS b, h.k AS k,
  row_number() OVER (PARTITION BY h.b ORDER BY h.known_at, h.fact) AS copy
FROM (
  SELECT i.fact AS fact, i.supersedes AS supersedes, i.known_at AS known_at,
    {_spell(STATEMENT, "i")} AS b, {_spell(KEY, "i")} AS k
  FROM held AS i SEMI JOIN given AS g ON i.indicator = g.indicator AND i.place = g.place AND i.period = g.period
) AS h
"""
NAME = f"left(sha256(concat_ws('|', c.b, c.copy, coalesce(o.fact, '-'))), {ID_DIGITS})"
FIRST = f"""
SELECT {NAME} AS fact, o.fact AS supersedes, CAST(NULL AS TIMESTAMPTZ) AS before, false AS repeated
FROM ({FRESH}) AS c LEFT JOIN (SELECT CAST(NULL AS VARCHAR) AS fact) AS o ON true ORDER BY c.position
"""
LATER = f"""
WITH fresh AS MATERIALIZED ({FRESH}), kept AS MATERIALIZED ({HELD}), paired AS MATERIALIZED (
  SELECT f.position AS position, h.fact AS fact, h.supersedes AS supersedes
  FROM fresh AS f JOIN kept AS h ON f.b = h.b AND f.copy = h.copy
), changed AS (
  SELECT f.*, row_number() OVER (PARTITION BY f.k ORDER BY f.position) AS turn
  FROM fresh AS f ANTI JOIN paired AS p ON f.position = p.position
), open_facts AS (
  SELECT h.*, row_number() OVER (PARTITION BY h.k ORDER BY h.known_at, h.fact) AS turn
  FROM kept AS h ANTI JOIN paired AS p ON h.fact = p.fact
)
SELECT a.fact AS fact, a.supersedes AS supersedes, a.before AS before, a.repeated AS repeated FROM (
  SELECT p.position AS position, p.fact AS fact, p.supersedes AS supersedes,
    CAST(NULL AS TIMESTAMPTZ) AS before, true AS repeated
  FROM paired AS p
  UNION ALL
  SELECT c.position, {NAME}, o.fact, o.known_at, false
  FROM changed AS c LEFT JOIN open_facts AS o ON c.k = o.k AND c.turn = o.turn
) AS a ORDER BY a.position
"""


def narrow(rows: pa.Table, known_at: datetime) -> Wish:
    """What of a store has to be looked at before rows are taken in.

    Parameters
    ----------
    rows : pyarrow.Table
        Delivered rows.
    known_at : datetime
        When they were known: a lot that is withdrawn only later is still stood by.

    Returns
    -------
    Wish
        Indicators, places and periods of the rows, where they are few enough to be listed.

    Raises
    ------
    TableError
        If the rows lack columns or hold other types.
    """
    check_given(rows)
    found = {name: rows.column(name).unique().to_pylist() for name in ("indicator", "place", "period")}
    return Wish(None, known_at, {name: frozenset(values) for name, values in found.items() if len(values) <= LISTED})


def check_given(rows: pa.Table) -> pa.Table:
    """The same rows, if they have the columns a reader delivers.

    Parameters
    ----------
    rows : pyarrow.Table
        Delivered rows; further columns are left out of the store.

    Returns
    -------
    pyarrow.Table
        The columns of `GIVEN`, in order.

    Raises
    ------
    TableError
        If a column is lacking, has another type, or has nulls where none may be.
    """
    present = [name for name in GIVEN.arrow().names if name in rows.column_names]
    return GIVEN.check(rows.select(present))


def identify(rows: pa.Table, engine: LocalEngine) -> pa.Table:
    """Id of each delivered row, and the fact it replaces.

    A row that states what a held fact states is that fact (repeated). Of the other rows, the n-th with some key
    replaces the n-th remaining held fact with that key; further rows are new facts beside them. A held fact that no
    row speaks of stays as it is: a delivery never deletes.

    Parameters
    ----------
    rows : pyarrow.Table
        Delivered rows with at least the columns of `STATEMENT`.
    engine : LocalEngine
        Knows the facts in force as ``held``.

    Returns
    -------
    pyarrow.Table
        One row per delivered row, in its order: ``fact``, ``supersedes``, ``before`` (when the replaced fact became
        known), ``repeated``.
    """
    given = rows.select(list(STATEMENT)).append_column("position", pa.array(range(rows.num_rows), pa.int64()))
    engine.register("given", given)
    any_held = engine.scan("SELECT 1 AS one FROM held LIMIT 1").num_rows > 0
    return engine.scan(LATER if any_held else FIRST)


def complete(rows: pa.Table, identities: pa.Table, *, lot: str, known_at: pa.Scalar) -> pa.Table:
    """Delivered rows as FACTS.

    Parameters
    ----------
    rows : pyarrow.Table
        Delivered rows with the columns of `GIVEN`.
    identities : pyarrow.Table
        Their ids, from `identify`.
    lot : str
        Id of the lot.
    known_at : pyarrow.Scalar
        When the city knew them.

    Returns
    -------
    pyarrow.Table
        FACTS, checked.
    """
    count = rows.num_rows
    columns = {name: rows.column(name) for name in GIVEN.arrow().names}
    columns["fact"] = identities.column("fact")
    columns["supersedes"] = identities.column("supersedes")
    columns["lot"] = pa.repeat(pa.scalar(lot, pa.string()), count)
    columns["known_at"] = pa.repeat(known_at.cast(INSTANT), count)
    return FACTS.check(pa.table({c.name: columns[c.name] for c in FACTS.columns}).cast(FACTS.arrow()))
