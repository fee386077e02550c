"""Whether a database has the tables, indexes and triggers that its programme makes, and nothing else hangs on them.

Invariant: nothing is written; what is told stands in the database now, and one that was there and is gone is not seen.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Literal, NamedTuple

from dafeng.store.ledger_rows import VERSION, LedgerRows
from dafeng.store.ledger_schema import ADDED_ONLY, is_required, spell_schema
from dafeng.store.ledger_tables import TABLES

Query = Callable[..., Sequence[tuple[Any, ...]]]
_MASTER = "SELECT type, name, tbl_name, sql FROM sqlite_master"
_OWN = " IN (SELECT to_regclass(name) FROM unnest(?::text[]) AS own (name))"
"""Ends each of the following questions: of our tables, as far as they are there."""
_COLUMN = (
    "SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, coalesce(o.collname, ''),"
    " a.atthasdef OR a.attgenerated <> '' OR a.attidentity <> '' FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " LEFT JOIN pg_collation o ON o.oid = a.attcollation AND o.collname <> 'default'"
    " WHERE a.attnum > 0 AND NOT a.attisdropped AND c.oid"
)
_INDEX = (
    "SELECT i.relname, c.relname, replace(pg_get_indexdef(x.indexrelid), ' ON ' || quote_ident(n.nspname) || '.', ' ON ')"
    " || CASE WHEN x.indisvalid AND x.indislive THEN '' ELSE ' invalid' END FROM pg_index x"
    " JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid"
)
_TRIGGER = (
    "SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, p.proname, l.lanname, t.tgqual IS NULL AND t.tgnargs = 0, p.prosrc"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
    " JOIN pg_language l ON l.oid = p.prolang WHERE NOT t.tgisinternal AND c.oid"
)
_FOREIGN: Mapping[str, str] = {
    "rule": "SELECT r.rulename, c.relname FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.oid",
    "view": "SELECT DISTINCT v.relname, c.relname FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid"
    " AND d.classid = 'pg_rewrite'::regclass JOIN pg_class v ON v.oid = r.ev_class JOIN pg_class c ON c.oid = d.refobjid"
    " AND d.refclassid = 'pg_class'::regclass WHERE v.oid <> c.oid AND c.oid",
    "constraint": "SELECT o.conname, c.relname FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid"
    " WHERE o.contype NOT IN ('p', 'u', 'n') AND c.oid",
    "policy": "SELECT p.polname, c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.oid",
    "inheriting table": "SELECT k.relname, c.relname FROM pg_inherits h JOIN pg_class k ON k.oid = h.inhrelid"
    " JOIN pg_class c ON c.oid = h.inhparent WHERE c.oid",
    "row security": "SELECT c.relname, c.relname FROM pg_class c WHERE c.relrowsecurity AND c.oid",
}
"""Of PostgreSQL, by kind of object, what our tables never have: name and table."""
_BEFORE_EACH_STATEMENT = 58
"""``tgtype`` of a trigger before update, delete and truncate, for each statement."""


class SchemaFlaw(NamedTuple):
    """An object of a database that is not as the programme makes it: ``kind`` and ``name``, on which ``table``."""

    kind: str
    name: str
    table: str
    how: Literal["foreign", "missing", "changed"]


Objects = dict[tuple[str, str, str], str]
"""Kind, name and table of an object → what the database says of it."""


def find_flaws(rows: LedgerRows) -> list[SchemaFlaw]:
    """What in the database of a ledger is not as its programme makes it.

    Parameters
    ----------
    rows : LedgerRows
        The database.

    Returns
    -------
    list of SchemaFlaw
        Objects on the ledger's tables that it does not make, its own that are changed, and those that are not there; what a
        database of an older form lacks is not told, since opening it to write makes it.
    """
    if rows.dialect == "sqlite":
        found = compare_schema(rows.query, spell_schema("sqlite"))
    else:
        found = list(_compare(_read_postgres(rows.query), _spell_postgres()))
    return [one for one in found if one.how != "missing" or rows.version() == VERSION]


def compare_schema(query: Query, statements: Iterable[str]) -> list[SchemaFlaw]:
    """What in a SQLite file is not as some statements make it.

    Parameters
    ----------
    query : callable
        Gives the rows of a SELECT.
    statements : iterable of str
        What makes its tables, indexes and triggers.

    Returns
    -------
    list of SchemaFlaw
        Objects of no table that the statements make are told where they are triggers or views that name one.
    """
    with closing(sqlite3.connect(":memory:")) as database:
        for text in statements:
            database.execute(text)
        made = _read_master(database.execute(_MASTER).fetchall())
    own = {table for _, _, table in made}
    named = re.compile(rf"\b({'|'.join(map(re.escape, sorted(own)))})\b", re.IGNORECASE)
    told = {
        key: text
        for key, text in _read_master(query(_MASTER)).items()
        if key[2].casefold() in own or (key[0] in ("trigger", "view") and named.search(text))
    }
    return list(_compare(told, made))


def _read_master(rows: Iterable[tuple[Any, ...]]) -> Objects:
    return {(str(kind), str(name), str(table)): _plain(str(text or "")) for kind, name, table, text in rows}


def _compare(told: Objects, made: Objects) -> Iterator[SchemaFlaw]:
    for key in sorted({*told, *made}):
        if key not in made:
            yield SchemaFlaw(*key, "foreign")
        elif key not in told:
            yield SchemaFlaw(*key, "missing")
        elif told[key] != made[key]:
            yield SchemaFlaw(*key, "changed")


def _read_postgres(query: Query) -> Objects:
    own = [table.name for table in TABLES]
    columns: dict[str, list[str]] = {}
    for table, _, *rest in sorted(query(_COLUMN + _OWN, own)):
        columns.setdefault(table, []).append(_spell_column(*rest))
    found = {("table", table, table): ", ".join(told) for table, told in columns.items()}
    found |= {("index", name, table): _bare(text) for name, table, text in query(_INDEX + _OWN, own)}
    found |= {("trigger", name, table): _spell_trigger(*told) for name, table, *told in query(_TRIGGER + _OWN, own)}
    return found | {(kind, *named): "" for kind, text in _FOREIGN.items() for named in query(text + _OWN, own)}


def _spell_postgres() -> Objects:
    made: Objects = {}
    for table in TABLES:
        columns = (
            _spell_column(name, kind, is_required(name), "C" if kind == "text" else "", False)
            for name, kind in table.columns.items()
        )
        made["table", table.name, table.name] = ", ".join(columns)
        unique = {f"{table.name}_pkey": ", ".join(table.key), **{f"{table.name}_{name}_key": name for name in table.unique}}
        for name, text in unique.items():
            made["index", name, table.name] = _bare(f"CREATE UNIQUE INDEX {name} ON {table.name} USING btree {text}")
        for at, text in enumerate(table.indexes):
            spelt = f"CREATE INDEX {table.name}_{at} ON {table.name} USING btree {text}"
            made["index", f"{table.name}_{at}", table.name] = _bare(spelt)
    for table in ADDED_ONLY:
        said = f"BEGIN RAISE EXCEPTION '{table.name} is append-only'; END"
        told = _spell_trigger(_BEFORE_EACH_STATEMENT, "O", f"refuse_{table.name}", "plpgsql", True, said)
        made["trigger", f"{table.name}_kept", table.name] = told
    return made


def _spell_column(name: str, kind: str, required: bool, collation: str, filled: bool) -> str:
    return f"{name} {kind} required={required} collation={collation} filled={filled}"


def _spell_trigger(sort: int, enabled: str, function: str, language: str, simple: bool, source: str) -> str:
    return f"{sort} {enabled} {function} {language} simple={simple} {_plain(source)}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _bare(text: str) -> str:
    """A definition of an index without what PostgreSQL adds to it when it tells it."""
    return _plain(text.replace("(", " ").replace(")", " ").replace("::text", "").replace(" ,", ","))
