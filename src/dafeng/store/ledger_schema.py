"""How the tables of a ledger are made in SQLite and PostgreSQL, with what makes the databases refuse to change what happened.

Invariant: all statements are right on a database that has the tables already.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from dafeng.store.ledger_tables import (
    ACCOUNT,
    CREDIT,
    EVENT,
    LINK,
    MARKET_EVENT,
    MARKET_TRADE,
    MOVE,
    POSTING,
    REVERSED,
    TABLES,
    TAKEN,
    Table,
)

Dialect = Literal["sqlite", "postgresql"]
ADDED_ONLY = (EVENT, POSTING, MOVE, CREDIT, MARKET_EVENT, MARKET_TRADE, LINK)
"""Tables whose rows are never changed or removed."""


def spell_schema(dialect: Dialect) -> Iterator[str]:
    """Statements that make the tables, indexes and triggers of a ledger where they are not there.

    Parameters
    ----------
    dialect : {"sqlite", "postgresql"}
        Whose spelling.

    Yields
    ------
    str
        One statement.
    """
    for table in TABLES:
        columns = ", ".join(
            f"{name} {_type(kind, dialect)}" + " NOT NULL" * is_required(name) for name, kind in table.columns.items()
        )
        unique = "".join(f", UNIQUE ({name})" for name in table.unique)
        stored = _storage(table, dialect)
        yield f"CREATE TABLE IF NOT EXISTS {table.name} ({columns}, PRIMARY KEY ({', '.join(table.key)}){unique}){stored}"
        for at, index in enumerate(table.indexes):
            yield f"CREATE INDEX IF NOT EXISTS {table.name}_{at} ON {table.name} {index}"
    for table in ADDED_ONLY:
        yield from _added_only(table.name, dialect)


def _storage(table: Table, dialect: Dialect) -> str:
    if dialect == "sqlite":
        return " WITHOUT ROWID" if table in (POSTING, MOVE, TAKEN, REVERSED, LINK) else ""
    return " WITH (fillfactor = 60)" if table is ACCOUNT else ""  # a new balance goes beside the old one


def is_required(name: str) -> bool:
    """Whether a column always has a value.

    Parameters
    ----------
    name : str
        The column.

    Returns
    -------
    bool
        False for the end of a claim that has none.
    """
    return name != "until"


def _type(kind: str, dialect: Dialect) -> str:
    if dialect == "postgresql":
        return 'text COLLATE "C"' if kind == "text" else kind  # the same order as in SQLite, and faster
    return {"bigint": "INTEGER", "integer": "INTEGER", "boolean": "INTEGER", "bytea": "BLOB"}.get(kind, "TEXT")


def _added_only(name: str, dialect: Dialect) -> Iterator[str]:
    """What makes a database refuse to change or remove rows."""
    said = f"{name} is append-only"
    if dialect == "sqlite":
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {name}_{event.lower()} BEFORE {event} ON {name}"
                f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
        return
    yield (
        f"CREATE OR REPLACE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{said}'; END $$"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER {name}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {name}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION refuse_{name}()"
    )
