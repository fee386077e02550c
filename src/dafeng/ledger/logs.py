"""Logs beside that of the ledger, each with a chain of its own: what markets were asked, and the steps of credit projects.

Invariant: a link covers every column of its row and all rows before it; it is written in the transaction of its row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from dafeng.ledger.chain import START, link
from dafeng.store.ledger_rows import LedgerRows, Row, select
from dafeng.store.ledger_tables import CREDIT, LINK, MARKET_EVENT, Table


class Log(NamedTuple):
    """A log: its table, which of its columns is the instant, and what a link covers besides number, instant and id."""

    name: str
    table: Table
    instant: int
    spell: Callable[[Row], str]


def _market(row: Row) -> str:
    return json.dumps([*row[2:4], *row[5:7]], ensure_ascii=False, separators=(",", ":"))


def _credit(row: Row) -> str:
    content: str = row[5]  # it names project and step too, which the audit compares
    return content


LOGS: Mapping[str, Log] = MappingProxyType(
    {"market": Log("market", MARKET_EVENT, 4, _market), "credit": Log("credit", CREDIT, 4, _credit)}
)
"""Logs beside the ledger's by name."""


def link_row(log: Log, before: bytes, row: Row) -> bytes:
    """Link of a row.

    Parameters
    ----------
    log : Log
        The log.
    before : bytes
        Link of the row before, `START` for the first one.
    row : tuple
        In the order of the table's columns.

    Returns
    -------
    bytes
        32 bytes.
    """
    return link(before, row[0], row[0], row[log.instant], row[1], log.spell(row))


def extend_chain(rows: LedgerRows, log: Log) -> None:
    """Link what was added to a log; called in the transaction that adds it.

    Parameters
    ----------
    rows : LedgerRows
        The database, being written.
    log : Log
        The log.
    """
    found = rows.query("SELECT seq, hash FROM ledger_link WHERE log = ? ORDER BY seq DESC LIMIT 1", log.name)
    last, before = (found[0][0], bytes(found[0][1])) if found else (0, START)
    made = []
    for row in rows.query(f"{select(log.table)} WHERE seq > ? ORDER BY seq", last):
        before = link_row(log, before, row)
        made.append((log.name, row[0], before))
    rows.write(LINK, made)


def read_notes(rows: LedgerRows, log: Log, *, at_once: int) -> Iterator[list[Row]]:
    """Rows of a log in order, some at a time.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    log : Log
        The log.
    at_once : int
        How many.

    Yields
    ------
    list of tuple
        Never empty.
    """
    after: Any = -(2**62)
    while notes := rows.query(f"{select(log.table)} WHERE seq > ? ORDER BY seq LIMIT ?", after, at_once):
        yield notes
        after = notes[-1][0]


def beyond(prefix: str) -> str:
    """The first text after all that begin with a prefix, by code points.

    Parameters
    ----------
    prefix : str
        Not empty.

    Returns
    -------
    str
        With its last character one further.
    """
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
