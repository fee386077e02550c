"""Proof that a city's books are as they were booked: the audit, the roots of the days, and paths that lead to them.

Invariant: a day has a root once it is over in UTC, and then for good.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from dafeng.core.errors import FileRefused, SettingError, StoreError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.typed import read_typed_day, read_whole
from dafeng.ledger.audit import verify
from dafeng.ledger.logs import LOGS
from dafeng.ledger.moments import read_balances
from dafeng.ledger.roots import LEDGER, DayRoot, HashProof, list_roots, parse_roots, prove_event, prove_hash, spell_proof
from dafeng.store.ledger_rows import failures, open_rows
from dafeng.store.schema_flaws import SchemaFlaw, find_flaws
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.credit_marks import marks_check
from dafeng.work.inclusion_audit import has_events, inclusion_check
from dafeng.work.rights import Rights


def audit_books(rights: Rights) -> list[Finding]:
    """Book everything again and compare it with what stands, carbon inclusion too; writers wait meanwhile.

    Parameters
    ----------
    rights : Rights
        Books of the city.

    Returns
    -------
    list of Finding
        What is wrong and where, with the severity ``info`` what could not be compared; empty where the city has neither a
        ledger nor events of inclusion.
    """
    city, there = rights.city, rights.has_ledger()
    if not there and not has_events(city):
        return []
    flaws = _find_flaws(city) if there else []
    with open_city_ledger(city, reads=not there) as ledger, inclusion_check(city) as check:
        return verify(ledger, beside=[marks_check(city), check], flaws=flaws)


def _find_flaws(city: City) -> list[SchemaFlaw]:
    """What is wrong with the tables of the ledger before anybody opens it to write, which puts back what is missing."""
    try:
        with open_rows(city.ledger, reads=True) as rows:
            return find_flaws(rows)
    except StoreError:
        return []  # no ledger is there yet, or it is told as soon as it is opened
    except failures():
        return []


def is_whole(found: Sequence[Finding]) -> bool:
    """Whether an audit found nothing wrong.

    Parameters
    ----------
    found : sequence of Finding
        From `audit_books`.

    Returns
    -------
    bool
        True also where something could not be compared.
    """
    return all(one.severity != "error" for one in found)


def list_day_roots(rights: Rights, *, since: str = "") -> Iterator[DayRoot]:
    """Roots of all days that are over, of the ledger, the markets and the credit projects.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    since : str, optional
        First day in UTC, as ISO date.

    Yields
    ------
    DayRoot
        Log by log, the oldest day first.

    Raises
    ------
    SettingError
        If the day is none.
    """
    try:
        first = date.fromisoformat(since) if since else None
    except ValueError:
        raise _bad_day(since) from None
    with rights.reading() as rows:
        for log in (LEDGER, *LOGS):
            yield from list_roots(rows, since=first, before=_today(), log=log)


def balances_document(rights: Rights, book: str, *, day: str = "", known: str = "") -> dict[str, Any]:
    """Balances of a book as they were, as plain data.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    book : str
        Id of the book.
    day : str, optional
        Only what is legally effective up to this day.
    known : str, optional
        Only what was booked up to this instant, ISO with its zone.

    Returns
    -------
    dict
        Book, unit, scale, and accounts with balances that are not 0. [minimal units]

    Raises
    ------
    LookupFailure
        If there is no such book.
    SettingError
        If day or instant do not read.
    """
    found = rights.find_book(book)
    effective = read_typed_day(day, where="day") if day else None
    with rights.reading() as rows:
        told = [
            {"account": name, "balance": balance}
            for name, balance in read_balances(rows, found.name, effective=effective, known_at=_instant(known))
        ]
    return {"book": found.name, "unit": found.unit, "scale": found.scale, "day": day, "known": known, "accounts": told}


def _instant(text: str) -> int | None:
    """Microseconds since 1970, of an instant that names its zone."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        good = at.tzinfo is not None and at.year > 1
    except ValueError:
        good = False
    if not good:
        raise SettingError(
            Label(f"时刻“{text[:40]}”不能采用", f"the instant '{text[:40]}' cannot be used"),
            where="known",
            expected=Label("带时区的时刻，如 2026-01-31T12:00:00Z", "an instant with its zone, such as 2026-01-31T12:00:00Z"),
            remedy=Label("改正后重试", "correct it and try again"),
        )
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def read_published(path: Path) -> tuple[DayRoot, ...]:
    """Roots from a file that was published.

    Parameters
    ----------
    path : Path
        From ``dafeng ledger roots --out``.

    Returns
    -------
    tuple of DayRoot
        In the order of the file.

    Raises
    ------
    FileRefused
        If it cannot be read or is no such file.
    """
    try:
        found = parse_roots(path.read_text(encoding="utf-8"))
        known = all(one.log in (LEDGER, *LOGS) for one in found)
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if known:
        return found
    raise FileRefused(
        Label("不是根值文件", "this is no file of roots"),
        where=path.name,
        expected=Label("dafeng ledger roots --out 写出的 JSON", "the JSON that dafeng ledger roots --out writes"),
        remedy=Label("核对路径，或重新下载公布的文件", "check the path, or fetch the published file anew"),
    )


def prove_booked(rights: Rights, event: str) -> str:
    """Proof that a request was booked: its content with the path to the root of its day.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    event : str
        Id of the request, or number of the event.

    Returns
    -------
    str
        JSON; read it with `dafeng.ledger.roots.parse_proof`.

    Raises
    ------
    LookupFailure
        If nothing was booked under that id.
    """
    with rights.reading() as rows:
        found = rows.query("SELECT id FROM ledger_event WHERE seq = ?", read_whole(event) or 0)
        return spell_proof(prove_event(rows, found[0][0] if found else event))


def find_day_proof(rights: Rights, seq: int) -> HashProof | None:
    """Path from the hash of an event to the root of its day, without its content.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    seq : int
        Number of the event.

    Returns
    -------
    HashProof or None
        ``None`` while its day is not over: then there is no root yet.

    Raises
    ------
    LookupFailure
        If there is no such event.
    """
    with rights.reading() as rows:
        found = rows.query("SELECT known_at FROM ledger_event WHERE seq = ?", seq)
        if found and datetime.fromtimestamp(found[0][0] // 1_000_000, UTC).date() >= _today():
            return None
        return prove_hash(rows, seq)


def proof_document(proof: HashProof) -> dict[str, Any]:
    """A proof as plain data.

    Parameters
    ----------
    proof : HashProof
        From `find_day_proof`.

    Returns
    -------
    dict
        Its fields; the day as ISO date.
    """
    return {**proof._asdict(), "day": proof.day.isoformat(), "path": list(proof.path)}


def _bad_day(text: str) -> SettingError:
    return SettingError(
        Label(f"“{text[:20]}”不是日期", f"'{text[:20]}' is no day"),
        where="since",
        expected=Label("日期，如 2026-01-31", "a day such as 2026-01-31"),
        remedy=Label("改正后重试", "correct it and try again"),
    )


def _today() -> date:
    return datetime.now(UTC).date()
