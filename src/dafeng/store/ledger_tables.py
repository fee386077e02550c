"""Tables of a ledger, the same on SQLite and PostgreSQL: columns, keys, and which columns ever change.

Invariant: what happened (events, postings, moves) is added and never changed, which the databases refuse themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Parameters
    ----------
    name : str
        Its name in the database.
    columns : mapping of str to str
        Column → type in PostgreSQL's spelling, in the order of the rows.
    key : tuple of str
        Its primary key.
    changing : tuple of str
        Columns that a later row with the same key replaces; none where rows are only added.
    unique : tuple of str
        Further columns without doubles.
    indexes : tuple of str
        Further indexes, as the inside of ``CREATE INDEX … ON table``.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    changing: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()


def _table(name: str, columns: str, key: str, changing: str = "", unique: str = "", indexes: tuple[str, ...] = ()) -> Table:
    named = dict(one.split(" ") for one in columns.split(", "))
    return Table(name, MappingProxyType(named), tuple(key.split()), tuple(changing.split()), tuple(unique.split()), indexes)


EVENT = _table(
    "ledger_event",
    "seq bigint, id text, grp bigint, known_at bigint, effective integer, content text, kind text, giver integer,"
    " taker integer, quantity bigint, hash bytea",
    "seq",
    unique="id",
    indexes=("(kind, seq) WHERE giver = 0",),
)
POSTING = _table(
    "ledger_posting", "account integer, seq bigint, effective integer, amount bigint, balance bigint", "account seq"
)
MOVE = _table(
    "ledger_move", "seq bigint, book integer, first bigint, last bigint", "seq book first", indexes=("(book, first, seq)",)
)
REVERSED = _table("ledger_reversed", "id text, by_id text", "id")
TAKEN = _table("ledger_taken", "key text, account text", "key")
BOOK = _table(
    "ledger_book",
    "no integer, name text, instrument text, unit text, scale integer, serials boolean, period text, project boolean,"
    " state text, locked integer, next bigint",
    "no", "state locked next", "name",
)  # fmt: skip
ACCOUNT = _table(
    "ledger_account",
    "no integer, name text, book integer, type text, holder text, title text, registry text, state text, lim bigint,"
    " balance bigint, held bigint",
    "no", "state lim balance held", "name", ("(holder, name)", "(book, name)"),
)  # fmt: skip
CLAIM = _table(
    "ledger_claim",
    "id text, account integer, kind text, asked bigint, held bigint, rank bigint, seq bigint, until bigint, waits boolean,"
    " ended boolean, content text",
    "id", "asked held ended", "", ("(account) WHERE NOT ended", "(account, seq)"),
)  # fmt: skip
BLOCK = _table(
    "ledger_block",
    "no bigint, book integer, first bigint, last bigint, vintage text, project text, restricted boolean, account integer,"
    " parent bigint, claim text, alive boolean",
    "no", "account claim alive", "", ("(account) WHERE alive", "(book, first)"),
)  # fmt: skip
CREDIT = _table(
    "ledger_credit",
    "seq bigint, id text, project text, step text, known_at bigint, content text, hash bytea",
    "seq", unique="id", indexes=("(project)",),
)  # fmt: skip
MARKET_EVENT = _table(
    "market_event",
    "seq bigint, id text, market text, session text, known_at bigint, content text, found text",
    "seq",
    unique="id",
    indexes=("(session)",),
)
MARKET_TRADE = _table(
    "market_trade",
    "id text, seq bigint, known_at bigint, market text, session text, way text, buy text, sell text, buyer text, seller text,"
    " quantity bigint, price bigint, amount bigint",
    "id", "", "", ("(session)", "(market, seq)"),
)  # fmt: skip
MARKET_DUE = _table(
    "market_due",
    "id text, seq bigint, content text, state text, code text",
    "id",
    "state code",
    "",
    ("(seq) WHERE state = 'due'",),
)
LINK = _table("ledger_link", "log text, seq bigint, hash bytea", "log seq")
CORE = (EVENT, POSTING, MOVE, REVERSED, TAKEN, BOOK, ACCOUNT, CLAIM, BLOCK)
"""Tables of the ledger itself, which its audit compares with a replay."""
BESIDE = (CREDIT, MARKET_EVENT, MARKET_TRADE, MARKET_DUE, LINK)
"""Tables of what stands beside the ledger: credit projects, markets, and the chains of their logs."""
TABLES = (*CORE, *BESIDE)
"""All tables."""
