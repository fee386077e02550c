"""The audit log: every change of a record, chained by hashes, and the check that nobody edited either.

Invariant: an entry's hash covers its content and the hash before it; the last entry on a row holds the row as it
now is. So one changed byte, in the log or in a record, is found and named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, inspect, or_, select
from sqlalchemy.orm import ColumnProperty, Session

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.store.files import hash_bytes
from dafeng.store.models import AUDITED, AuditEntry, Base

ORIGIN = "0" * 64
"""Hash before the first entry."""
BATCH = 1000


def log_changes(session: Session, actor: str, at: datetime) -> None:
    """Add an entry for each row that the session has just made, changed or removed.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        After its flush, before its commit.
    actor : str
        Who.
    at : datetime
        When, with time zone.
    """
    serial, previous = read_head(session)
    entries = []
    for action, row in _changes(session):
        serial += 1
        content = (serial, at, actor, action, name_row(row), None if action == "remove" else spell_row(row), previous)
        previous = hash_entry(*content)
        entries.append(dict(zip(_FIELDS, (*content, previous), strict=True)))
    if entries:
        session.connection().execute(insert(AuditEntry), entries)


def read_head(session: Session) -> tuple[int, str]:
    """Serial and hash of the newest entry.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    tuple of (int, str)
        ``(0, ORIGIN)`` for an empty log. Kept elsewhere, it shows later whether the end of the log was cut off.
    """
    newest = select(AuditEntry.serial, AuditEntry.hash).order_by(AuditEntry.serial.desc()).limit(1)
    row = session.connection().execute(newest).first()
    return (row.serial, row.hash) if row is not None else (0, ORIGIN)


def hash_entry(serial: int, at: datetime, actor: str, action: str, subject: str, after: str | None, previous: str) -> str:
    """Hash of one entry.

    Parameters
    ----------
    serial, at, actor, action, subject, after, previous
        Its content, see `dafeng.store.models.AuditEntry`.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    content = [serial, at.isoformat(), actor, action, subject, after, previous]
    return hash_bytes(json.dumps(content, ensure_ascii=False).encode())


def verify_log(session: Session) -> tuple[Finding, ...]:
    """Walk the chain and compare each record with the last entry on it.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    tuple of Finding
        One per entry that was edited, inserted or removed and per record that is not what was logged.
    """
    expected: dict[str, str] = {}
    faults = list(_walk(session, expected))
    current = {name_row(row): spell_row(row) for table in AUDITED for row in session.scalars(select(table))}
    wrong = sorted(name for name in expected.keys() | current.keys() if expected.get(name) != current.get(name))
    return (*faults, *(_fault("records.row", name, _ROW) for name in wrong))


def list_entries(session: Session, tables: Sequence[str], *, before: int = 0, limit: int = 100) -> Sequence[AuditEntry]:
    """Entries on the rows of some tables.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    tables : sequence of str
        Names of the tables.
    before : int, optional
        Only entries before this one; 0 for all.
    limit : int, optional
        At most so many.

    Returns
    -------
    sequence of AuditEntry
        The newest first.
    """
    found = select(AuditEntry).where(or_(*(AuditEntry.subject.startswith(f"{one}/", autoescape=True) for one in tables)))
    chosen = found.where(AuditEntry.serial < before) if before else found
    return session.scalars(chosen.order_by(AuditEntry.serial.desc()).limit(limit)).all()


_FIELDS = ("serial", "at", "actor", "action", "subject", "after", "previous", "hash")
_ROW = Label("记录与审计日志中的最后状态不一致", "the record is not what the audit log says it is")
_ENTRY = Label("审计日志条目被改动、插入或删除", "an entry of the audit log was edited, inserted or removed")


def _walk(session: Session, expected: dict[str, str]) -> Iterator[Finding]:
    """Faults of the chain; fills in the last state of each row on the way."""
    serial, previous = 0, ORIGIN
    columns = [getattr(AuditEntry, name) for name in _FIELDS]
    rows = session.execute(select(*columns).order_by(AuditEntry.serial), execution_options={"yield_per": BATCH})
    for entry in rows:
        serial += 1
        if not _is_next(entry, serial, previous):
            yield _fault("records.chain", f"audit_entry/{entry.serial}", _ENTRY)
        serial, previous = entry.serial, entry.hash
        if entry.after is None:
            expected.pop(entry.subject, None)
        else:
            expected[entry.subject] = entry.after


def _is_next(entry: Row[Any], serial: int, previous: str) -> bool:
    content = (entry.serial, entry.at, entry.actor, entry.action, entry.subject, entry.after, entry.previous)
    return (entry.serial, entry.previous, entry.hash) == (serial, previous, hash_entry(*content))


def _fault(rule: str, at: str, says: Label) -> Finding:
    remedy = Label("停止写入，从备份恢复并查明是谁改动的", "stop writing, restore a backup and find out who changed it")
    return Finding(rule, at, "error", says, remedy)


def _changes(session: Session) -> Iterator[tuple[str, Base]]:
    """Rows touched by the last flush, in an order that does not depend on memory addresses."""
    groups: Sequence[tuple[str, Any]] = (("add", session.new), ("change", session.dirty), ("remove", session.deleted))
    for action, rows in groups:
        yield from ((action, row) for row in sorted(rows, key=name_row) if action != "change" or session.is_modified(row))


def name_row(row: Base) -> str:
    """Name of a row: its table and key.

    Parameters
    ----------
    row : Base
        The row.

    Returns
    -------
    str
        ``table/key``.
    """
    mapper = inspect(type(row))
    return "/".join([row.__tablename__, *(str(value) for value in mapper.primary_key_from_instance(row))])


def spell_row(row: Base) -> str:
    """All columns of a row as JSON text, always in the same form.

    Parameters
    ----------
    row : Base
        The row.

    Returns
    -------
    str
        JSON; instants as ISO text in UTC; a secret as the hash of its value.
    """
    values = {column.key: _tell(column, getattr(row, column.key)) for column in inspect(type(row)).column_attrs}
    texts = {key: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
    return json.dumps(texts, ensure_ascii=False, sort_keys=True)


def _tell(column: ColumnProperty[Any], value: Any) -> Any:
    return hash_bytes(str(value).encode()) if column.columns[0].info.get("secret") else value
