"""A programme for tests: a virtual clock, a policy made for it, events of invented people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from dafeng.ledger.inclusion.claims import read_overlaps
from dafeng.ledger.inclusion.events import CHINA, Event, Finding, make_event
from dafeng.ledger.inclusion.identities import Identities
from dafeng.ledger.inclusion.policy import Policy, read_policy
from dafeng.ledger.inclusion.programme import Programme
from dafeng.ledger.inclusion.scenes import read_scenes
from dafeng.ledger.ledger import open_ledger
from dafeng.store.inclusion_rows import EVENTS, IDENTITIES, InclusionRows

START = datetime(2026, 3, 1, tzinfo=CHINA)
SECRET = "0" * 64
CITY = "370600"


class Clock:
    """An instant that tests move."""

    def __init__(self, instant: int) -> None:
        self.now = instant

    def __call__(self) -> int:
        return self.now


def policy(**changes: object) -> Policy:
    """The trial policy with changes."""
    return replace(read_policy("trial", read_scenes()), **changes)


@contextmanager
def programme(folder: Path, *, address: str = "", **changes: object) -> Iterator[Programme]:
    """An open programme in a folder; the clock stands at the end of the second of March."""
    scenes = read_scenes()
    events, people = InclusionRows(folder / "e.sqlite", EVENTS), InclusionRows(folder / "i.sqlite", IDENTITIES)
    clock = Clock(int((START + timedelta(days=2)).timestamp()))
    ledger = open_ledger(address or str(folder / "l.sqlite"), clock=lambda: clock.now * 1_000_000)
    registered = changes.pop("registered", ())
    try:
        yield Programme(
            ledger, events, Identities(people, SECRET), scenes, policy(**changes), read_overlaps(scenes), registered, CITY,
            SECRET, clock,
        )  # fmt: skip
    finally:
        ledger.close()
        events.close()
        people.close()


def join(own: Programme, *identities: str, kind: str = "person", day: int = 0) -> str:
    """Take somebody in, with consent since a day."""
    since = int((START + timedelta(days=day)).timestamp())
    made = own.identities.join(identities, kind=kind, purpose=own.policy.purpose, version="1", now=since)
    own.open_members([(made, kind)])
    return made


def event(person: str, evidence: str, **fields: object) -> Event:
    """An event; by default a metro trip of twenty minutes on the first of March at eight."""
    minute = int(str(fields.pop("minute", 8 * 60)))
    length = int(str(fields.pop("length", 20)))
    begin = START + timedelta(minutes=minute)
    given = {
        "scene": "metro", "person": person, "evidence": evidence, "started": begin.isoformat(),
        "ended": (begin + timedelta(minutes=length)).isoformat(), "amount": "1", "place": CITY,
    }  # fmt: skip
    made = make_event({**given, **fields}, evidence)
    assert isinstance(made, Event), made
    return made


def rules(findings: list[Finding]) -> list[str]:
    """Which rules found something."""
    return sorted(one.rule for one in findings)


def sums(own: Programme) -> dict[str, int]:
    """Sum of the balances of each book."""
    text = "SELECT b.name, sum(a.balance) FROM ledger_account a JOIN ledger_book b ON b.no = a.book GROUP BY b.name"
    return {row[0]: int(row[1]) for row in own.ledger.rows.query(text)}


def books(own: Programme) -> dict[str, int]:
    """Balance of every account."""
    return {row[0]: int(row[1]) for row in own.ledger.rows.query("SELECT name, balance FROM ledger_account")}
