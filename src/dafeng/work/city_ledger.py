"""The ledger of a city, opened only as the one that the records know.

Invariant: where the records name an event that the ledger lacks, nothing is read as if it were whole, nothing is booked and no
fresh ledger takes its place; looking makes no file.
"""

from __future__ import annotations

from pathlib import Path

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.ledger.ledger import Clock, Ledger, open_ledger, read_clock
from dafeng.ledger.requests import VERBS
from dafeng.store.ledger_rows import LedgerRows, open_rows
from dafeng.store.orders import last_booked
from dafeng.store.records import Records, open_records
from dafeng.work.city import City

SCHEMES = ("postgresql://", "postgres://")
"""How addresses of databases begin that are no files."""

_REQUESTS = tuple(f'["{verb}",' for verb in VERBS)
"""How orders begin that are one request, whose event has their own id."""


def is_there(city: City) -> bool:
    """Whether the database of a city's ledger is there; nothing is made by asking.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    bool
        True for an address of a server.
    """
    return city.ledger.startswith(SCHEMES) or Path(city.ledger.removeprefix("sqlite:///")).is_file()


def check_kept(city: City, *, records: Records | None = None, rows: LedgerRows | None = None) -> None:
    """Whether the ledger has the newest event that the records of the city name.

    Parameters
    ----------
    city : City
        The city.
    records : Records, optional
        Its open records.
    rows : LedgerRows, optional
        Its open ledger.

    Raises
    ------
    StoreError
        If the event is not there, or is that of another request: the ledger was lost, or is an older or another one.
    """
    last = _last(city, records)
    if last is None:
        return
    asked, event, content = last
    found = _find(city, event, rows)
    if found is None or (content.startswith(_REQUESTS) and found != asked):
        raise _lost(city, asked, event)


def open_city_ledger(city: City, *, clock: Clock = read_clock, reads: bool = False) -> Ledger:
    """Open the ledger of a city; where it has none yet it is made, or to read an empty one in memory.

    Parameters
    ----------
    city : City
        The city.
    clock : callable, optional
        Instant of booking. [µs]
    reads : bool, optional
        Only to look.

    Returns
    -------
    Ledger
        Close it after use.

    Raises
    ------
    StoreError
        If it cannot be opened, or lacks what the records know.
    """
    check_kept(city)
    return open_ledger(":memory:" if reads and not is_there(city) else city.ledger, clock=clock)


def _last(city: City, records: Records | None) -> tuple[str, int, str] | None:
    if records is None:
        address = city.records
        if isinstance(address, Path) and not address.is_file():
            return None
        with open_records(address) as opened:
            return _last(city, opened)
    with records.read() as session:
        return last_booked(session)


def _find(city: City, event: int, rows: LedgerRows | None) -> str | None:
    """Id of an event of the ledger."""
    if rows is None:
        if not is_there(city):
            return None
        with open_rows(city.ledger) as opened:
            return _find(city, event, opened)
    found = rows.query("SELECT id FROM ledger_event WHERE seq = ?", event)
    return str(found[0][0]) if found else None


def _lost(city: City, id: str, event: int) -> StoreError:
    return StoreError(
        Label(
            f"账簿不完整：档案记有事件 {event}（{id[:60]}），账簿中没有这一笔",
            f"the ledger is not whole: the records name event {event} ({id[:60]}), which the ledger does not have",
        ),
        where=city.ledger.rpartition("@")[2],
        expected=Label("档案所记的各笔都在账簿中", "a ledger that has every event of the records"),
        remedy=Label(
            "从备份恢复账簿数据库后重试；没有记账，也没有新建账簿",
            "restore the ledger's database from the backup; nothing was booked and no new ledger was made",
        ),
    )
