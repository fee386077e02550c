"""The audit of carbon inclusion: silent over whatever a programme does, and loud over every change that somebody else makes."""

from __future__ import annotations

import shutil
import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.ledger import audit_findings
from dafeng.ledger.audit import verify
from dafeng.ledger.audit_findings import AuditFindings
from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.inclusion import intake
from dafeng.ledger.inclusion.audit import check_inclusion
from dafeng.ledger.inclusion.bundles import aggregate_reductions
from dafeng.ledger.inclusion.intake import resume, take
from dafeng.ledger.inclusion.programme import Programme
from dafeng.ledger.inclusion.reversal import reverse_event
from dafeng.ledger.inclusion.rewards import erase_member, expire_points, redeem_points
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import Reverse, Transfer
from dafeng.store.inclusion_rows import EVENTS, InclusionRows
from dafeng.work.right_proof import is_whole
from tests.ledger.inclusion import event, join, programme
from tests.ledger.test_inclusion_books import address  # noqa: F401 - an empty PostgreSQL
from tests.ledger.test_inclusion_laws import Crash, Mine
from tests.store.conftest import server  # noqa: F401 - a PostgreSQL for the ledger

BARE = partial(check_inclusion, scenes=None, overlaps={}, plans=read_book_plans())
"""Without scenes."""


def audited(own: Programme) -> list[Finding]:
    """What the audit of the whole ledger finds, inclusion last."""
    check = partial(check_inclusion, own=own.rows, scenes=own.scenes, overlaps=own.overlaps, plans=own.plans)
    return verify(own.ledger, beside=[check])


def codes(own: Programme) -> set[tuple[str, str]]:
    """Code and place of what is found."""
    found = audited(own)
    assert all(one.says.zh and one.says.en and one.remedy.zh for one in found)
    return {(one.rule.removeprefix("ledger.inclusion_"), one.at.removeprefix("inclusion.")) for one in found}


def live(own: Programme) -> None:
    """All that a programme does: two bundles, vouchers, expiry, events taken back, somebody erased; some events left."""
    for name in "abcd":
        join(own, name)
    trips = [event(who, f"{who}{n}", scene="bus", amount="10", minute=60 * n) for who in "abcd" for n in range(8)]
    take(own, [*trips, event("a", "m1", minute=20 * 60), event("b", "m1", minute=21 * 60)], batch=7)
    redeem_points(own, "a", "merchant_5", order="o1")
    reverse_event(own, "bus", "a0", reason="fraud")
    reverse_event(own, "bus", "a1", reason="fraud")
    aggregate_reductions(own, "one", before="2026-03-02")
    late = [event(who, f"{who}{n}", scene="bus", amount="10", minute=60 * n) for who in "abcd" for n in range(24, 30)]
    take(own, late, batch=9)
    expire_points(own, before="2026-03-02")
    erase_member(own, "d")
    reverse_event(own, "bus", "b24", reason="fraud")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of such a programme."""
    folder = tmp_path_factory.mktemp("whole")
    with programme(folder) as own:
        live(own)
    return folder


@pytest.fixture
def own(whole: Path, tmp_path: Path) -> Iterator[Programme]:
    """A copy of it, opened."""
    shutil.copytree(whole, tmp_path / "own")
    with programme(tmp_path / "own") as opened:
        yield opened


def test_whatever_a_programme_does_leaves_nothing_to_find(own: Programme) -> None:
    assert own.rows.query("SELECT DISTINCT bundle FROM event ORDER BY 1") == [("",), ("erased",), ("one",), ("reversed",)]
    assert audited(own) == []
    for name in "abc":
        erase_member(own, name)
    assert audited(own) == []


def test_the_ledger_on_postgresql_is_compared_alike(tmp_path: Path, address: str) -> None:  # noqa: F811
    with programme(tmp_path, address=address) as own:
        live(own)
        assert audited(own) == []
        own.rows.run("DELETE FROM event WHERE no = 3")
        assert "missing" in {rule for rule, _ in codes(own)}


def deeds(own: Programme) -> None:
    """Work that writes into both databases."""
    take(own, [event(who, f"{who}{n}", scene="bus", amount="10", minute=60 * n) for who in "ab" for n in range(4)], batch=3)
    reverse_event(own, "bus", "a0", reason="fraud")
    aggregate_reductions(own, "one", before="2026-03-02")


def test_a_crash_between_the_two_is_told_until_it_is_made_good(tmp_path: Path) -> None:
    """What is found after a crash is unfinished work, never an event that was booked otherwise; asking again leaves nothing."""
    start = tmp_path / "start"
    start.mkdir()
    with programme(start) as own:
        for name in "ab":
            join(own, name)
    said: set[str] = set()
    for at in range(1, 200):
        folder = tmp_path / str(at)
        shutil.copytree(start, folder)
        with programme(folder) as own:
            mine = Mine(own, at)
            with suppress(Crash):
                deeds(own)
        if mine.count < at:
            break
        with programme(folder) as own:
            said |= {rule for rule, _ in codes(own)}
            deeds(own)
            assert audited(own) == [], at
        shutil.rmtree(folder)
    assert at > 20
    assert said == {"undone", "reversed", "balance"}


def test_an_erasure_that_was_cut_short_is_told_until_it_is_made_good(whole: Path, tmp_path: Path) -> None:
    said: list[set[str]] = []
    for at in range(1, 100):
        folder = tmp_path / str(at)
        shutil.copytree(whole, folder)
        with programme(folder) as cut:
            mine = Mine(cut, at)
            with suppress(Crash):
                erase_member(cut, "c")
        if mine.count < at:
            break
        with programme(folder) as cut:
            said.append({rule for rule, _ in codes(cut)})
            with suppress(LookupFailure):
                erase_member(cut, "c")
            assert audited(cut) == [], at
        shutil.rmtree(folder)
    assert {"erased"} in said
    assert all(one in (set(), {"erased"}) for one in said)


CHANGES = {
    "event.no": ("UPDATE event SET no = 900 WHERE no = 2", "chunk"),
    "event.no in a bundle": ("UPDATE event SET no = -6 WHERE no = 6", "bundle"),
    "event.key": ("UPDATE event SET key = 'f' || substr(key, 2, 30) || 'x' WHERE no = 45", "booked"),
    "event.scene": ("UPDATE event SET scene = 'metro' WHERE no = 45", "edition"),
    "event.scene in a bundle": ("UPDATE event SET scene = 'walk' WHERE no = 4", "bundle"),
    "event.person": ("UPDATE event SET person = (SELECT person FROM event WHERE no = 1) WHERE no = 50", "booked"),
    "event.day": ("UPDATE event SET day = day + 1 WHERE no = 45", "event"),
    "event.started": ("UPDATE event SET started = started - 86400 WHERE no = 45", "event"),
    "event.started a little": ("UPDATE event SET started = started - 50 * 60 WHERE no = 46", "overlap"),
    "event.ended": ("UPDATE event SET ended = started - 1 WHERE no = 45", "event"),
    "event.ended a little": ("UPDATE event SET ended = ended + 3600 WHERE no = 45", "overlap"),
    "event.amount": ("UPDATE event SET amount = '11' WHERE no = 45", "edition"),
    "event.amount spelt": ("UPDATE event SET amount = '10.0' WHERE no = 45", "edition"),
    "event.amount no number": ("UPDATE event SET amount = 'ten' WHERE no = 45", "edition"),
    "event.amount that gives the same": ("UPDATE event SET amount = '10.001' WHERE no = 45", "booked"),
    "event.scene that gives the same": ("UPDATE event SET scene = 'walk', amount = '5' WHERE no = 45", "booked"),
    "event.started and ended a little": ("UPDATE event SET started = started + 1, ended = ended + 1 WHERE no = 45", "booked"),
    "event.edition": ("UPDATE event SET edition = 'none' WHERE no = 45", "edition"),
    "event.grams": ("UPDATE event SET grams = grams + 1 WHERE no = 45", "booked"),
    "event.grams and amount": ("UPDATE event SET grams = 2 * grams, amount = '20' WHERE no = 45", "booked"),
    "event.grams no number": ("UPDATE event SET grams = 'many' WHERE no = 45", "event"),
    "event.points": ("UPDATE event SET points = points + 1 WHERE no = 45", "booked"),
    "event.points none": ("UPDATE event SET points = 0 WHERE no = 45", "missing"),
    "event.bundle none": ("UPDATE event SET bundle = '' WHERE no = 4", "bundle"),
    "event.bundle unknown": ("UPDATE event SET bundle = 'two' WHERE no = 45", "bundle"),
    "event.bundle more": ("UPDATE event SET bundle = 'one' WHERE no = 45", "bundle"),
    "event.bundle erased": ("UPDATE event SET bundle = 'erased' WHERE no = 45", "erased"),
    "event.bundle not erased": ("UPDATE event SET bundle = '' WHERE bundle = 'erased'", "balance"),
    "event.bundle reversed": ("UPDATE event SET bundle = 'reversed' WHERE no = 45", "reversed"),
    "event.bundle not reversed": ("UPDATE event SET bundle = '' WHERE bundle = 'reversed'", "missing"),
    "event gone": ("DELETE FROM event WHERE no = 45", "missing"),
    "event of the erased gone": ("DELETE FROM event WHERE bundle = 'erased'", "missing"),
    "event more": (
        "INSERT INTO event SELECT 900, 'x' || substr(key, 2), scene, person, day, started + 36000, ended + 36000, amount,"
        " edition, grams, points, '' FROM event WHERE no = 45",
        "booked",
    ),
    "chunk.first": ("UPDATE chunk SET first = first + 1 WHERE first = 8", "chunk"),
    "chunk.last": ("UPDATE chunk SET last = last - 1 WHERE first = 8", "chunk"),
    "chunk.last more": ("UPDATE chunk SET last = last + 1 WHERE first = 8", "chunk"),
    "chunk.last of the last": ("UPDATE chunk SET last = last - 1 WHERE last = (SELECT max(last) FROM chunk)", "chunk"),
    "chunk.done": ("UPDATE chunk SET done = 0 WHERE first = 8", "undone"),
    "chunk gone": ("DELETE FROM chunk WHERE first = 8", "chunk"),
    "chunk_policy.policy": (
        "UPDATE chunk_policy SET policy = 'f' || substr(policy, 2) || 'x' WHERE first = (SELECT max(first) FROM chunk)",
        "policy",
    ),
    "chunk_policy gone": ("DELETE FROM chunk_policy WHERE first = (SELECT max(first) FROM chunk)", "booked"),
    "chunk_policy more": ("INSERT INTO chunk_policy SELECT 900, policy FROM chunk_policy LIMIT 1", "policy"),
    "policy.hash": ("UPDATE policy SET hash = 'f' || substr(hash, 2) || 'x'", "policy"),
    "policy.content": ("UPDATE policy SET content = replace(content, '2000', '2001')", "policy"),
    "policy.content no policy": ("UPDATE policy SET content = '[]'", "policy"),
    "policy gone": ("DELETE FROM policy", "policy"),
    "bundle.name": ("UPDATE bundle SET name = 'two'", "bundle"),
    "bundle.name reserved": ("UPDATE bundle SET name = 'erased'", "bundle"),
    "bundle.before": ("UPDATE bundle SET before = before - 1", "bundle"),
    "bundle.before year": ("UPDATE bundle SET before = before - 365", "issued"),
    "bundle.before later": ("UPDATE bundle SET before = day + 1", "bundle"),
    "bundle.root": ("UPDATE bundle SET root = 'f' || substr(root, 2, 62) || 'x'", "bundle"),
    "bundle.events": ("UPDATE bundle SET events = events + 1", "bundle"),
    "bundle.grams": ("UPDATE bundle SET grams = grams + 1", "bundle"),
    "bundle.units": ("UPDATE bundle SET units = units + 1", "issued"),
    "bundle.day": ("UPDATE bundle SET day = day + 1", "issued"),
    "bundle.day no day": ("UPDATE bundle SET day = 'soon'", "bundle"),
    "bundle.policy": ("UPDATE bundle SET policy = 'plain (primary)'", "issued"),
    "bundle.done": ("UPDATE bundle SET done = 0", "undone"),
    "bundle gone": ("DELETE FROM bundle", "missing"),
    "bundle that nobody issued": (
        "INSERT INTO bundle SELECT 'two', before, root, 0, 0, 0, day, policy, 1 FROM bundle", "issued",
    ),
}  # fmt: skip


TABLES = ("event", "chunk", "bundle", "policy", "chunk_policy")


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_is_changed_in_events_chunks_and_bundles_is_named(own: Programme, name: str) -> None:
    change, code = CHANGES[name]
    before = [own.rows.query(f"SELECT * FROM {table}") for table in TABLES]
    assert own.rows.run(change) > 0
    assert [own.rows.query(f"SELECT * FROM {table}") for table in TABLES] != before
    found = codes(own)
    assert code in {rule for rule, _ in found}, found
    assert all(rule in CODES for rule, _ in found), "nothing of the ledger itself was changed"


CODES = (
    "balance", "booked", "bundle", "chunk", "claimed", "edition", "erased", "event", "file", "issued", "missing", "overlap",
    "points", "policy", "reversed", "unchecked", "undone",
)  # fmt: skip


def test_events_of_an_earlier_version_go_on_and_are_told_as_not_bound(tmp_path: Path) -> None:
    """Booked without the hash of the event, the second of them not to its end."""
    with programme(tmp_path) as own:
        join(own, "a")
        own.prepare()
        with pytest.MonkeyPatch.context() as former:
            former.setattr(intake, "bind_event", lambda *_: "")
            take(own, [event("a", "t1", scene="bus", amount="2")])
            take(own, [event("a", "t2", scene="bus", amount="2", minute=90)])
        own.rows.run("UPDATE chunk SET done = 0 WHERE first = 2")
        own.rows.run("DELETE FROM chunk_policy")
        assert resume(own) == 1
        assert own.rows.query("SELECT count(*) FROM event") == [(2,)], "the ledger knows it and refuses nothing"
        take(own, [event("a", "t3", scene="bus", amount="2", minute=300)])
        found = audited(own)
        told = [(one.rule, one.severity) for one in found]
        assert told == [("ledger.inclusion_unbound", "info"), ("ledger.inclusion_unchecked", "info")]
        assert ("2 个事件" in found[0].says.zh, "version: 2;" in found[0].says.en, is_whole(found)) == (True, True, True)
        own.rows.run("UPDATE event SET scene = 'walk', amount = '1' WHERE no = 2")
        assert is_whole(audited(own)), "what an earlier version did not bind cannot be told"
        own.rows.run("UPDATE event SET scene = 'walk', amount = '1' WHERE no = 3")
        assert not is_whole(audited(own))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("CREATE TRIGGER thief AFTER INSERT ON event BEGIN UPDATE event SET points = 99 WHERE no = NEW.no; END", "event/thief"),
        ("CREATE VIEW rich AS SELECT * FROM event", "rich/rich"),
        ("ALTER TABLE bundle ADD COLUMN note", "bundle/bundle"),
        ("CREATE UNIQUE INDEX once ON event (person, key)", "event/once"),
    ],
)
def test_what_hangs_on_the_tables_of_events_is_named(whole: Path, tmp_path: Path, text: str, at: str) -> None:
    shutil.copytree(whole, tmp_path / "own")
    with programme(tmp_path / "own") as own:
        own.rows.run(text)
        assert [(one.rule, one.at) for one in audited(own)] == [("ledger.inclusion_schema", at)]


def test_a_file_of_events_of_an_earlier_version_may_lack_tables(own: Programme) -> None:
    for name in ("message", "operator_key", "double_claim"):
        own.rows.run(f"DROP TABLE {name}")
    assert audited(own) == []


def test_an_evidence_that_counts_in_two_scenes_is_named(own: Programme) -> None:
    own.rows.run("CREATE TABLE copied AS SELECT * FROM event")
    own.rows.run("DROP TABLE event")
    own.rows.run("ALTER TABLE copied RENAME TO event")
    own.rows.run(
        "INSERT INTO event SELECT 900, key, 'metro', person, day, started + 36000, ended + 36000, '1',"
        " 'guangzhou_mean', grams, points, '' FROM event WHERE no = 45"
    )
    assert ("claimed", "event/900") in codes(own)


@pytest.mark.parametrize("kind", ["earn", "reverse", "convert", "issue"])
def test_what_was_booked_without_an_event_is_named(own: Programme, kind: str) -> None:
    """Booked by the rules of the ledger, so that only the events tell."""
    person = own.identities.find("a")
    [[known]] = own.rows.query("SELECT key FROM event WHERE person = ? AND bundle = '' LIMIT 1", person)
    held = f"puhui.grams/{person}"
    [[answer]] = own.ledger.submit([[{
        "earn": Transfer("puhui:0123:g", "earn", "puhui.grams/issuer", held, 5, own.today()),
        "reverse": Reverse("mine", f"puhui:{known}:g", own.today(), "why", alone=True),
        "convert": Transfer("mine", "convert", held, "puhui.grams/bundled", 5, own.today()),
        "issue": Transfer(
            "mine", "issue", own.shelf().issuer, own.shelf().issued, 5, own.today(), vintage="2026", project="one"
        ),
    }[kind]]])  # fmt: skip
    assert ("missing", f"ledger_event/{answer.seq}") in codes(own)


def test_events_of_many_are_looked_at_in_memory_that_does_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all that is read nothing is kept: four times the events, the same memory."""
    monkeypatch.setattr("dafeng.ledger.inclusion.audit.PAGE", 50)
    peaks = []
    with programme(tmp_path) as own:
        for name in range(10):
            join(own, str(name))
        for part in range(4):
            minutes = [part * 300 + n // 10 for n in range(1500)]
            trips = [event(str(n % 10), f"{part}-{n}", scene="walk", minute=at, length=1) for n, at in enumerate(minutes)]
            assert take(own, trips).taken == 1500
            if part not in (0, 3):
                continue
            said = AuditFindings()
            with own.ledger.standing() as rows:
                tracemalloc.start()
                check_inclusion(rows, said, own=own.rows, scenes=own.scenes, overlaps={}, plans=own.plans)
                peaks.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.stop()
            assert said.found == []
    assert peaks[1] < 1.3 * peaks[0], peaks


def test_a_file_that_is_gone_or_broken_is_said(own: Programme, tmp_path: Path) -> None:
    found = verify(own.ledger, beside=[partial(BARE, own=None)])
    assert {one.rule for one in found} == {"ledger.inclusion_missing"}
    (tmp_path / "x.sqlite").write_bytes(b"no database" * 100)
    broken = InclusionRows(tmp_path / "x.sqlite", EVENTS, reading=True)
    with closing(broken):
        found = verify(own.ledger, beside=[partial(BARE, own=broken)])
    assert [one.rule for one in found] == ["ledger.inclusion_file"]


def test_a_ledger_without_inclusion_has_nothing_to_compare(tmp_path: Path) -> None:
    with open_ledger(str(tmp_path / "l.sqlite")) as ledger:
        assert verify(ledger, beside=[partial(BARE, own=None)]) == []


def test_too_many_findings_end_the_audit(own: Programme) -> None:
    own.rows.run("UPDATE event SET grams = grams + 1, points = points + 1, day = day + 1")
    assert len(audited(own)) == audit_findings.MOST_FINDINGS


def test_reading_writes_nothing(own: Programme, tmp_path: Path) -> None:
    before = list(sqlite3.connect(tmp_path / "own" / "e.sqlite").iterdump())
    own.rows.run("UPDATE chunk SET done = 0 WHERE first = 8")
    assert resume(own) > 0
    assert audited(own) == []
    assert list(sqlite3.connect(tmp_path / "own" / "e.sqlite").iterdump()) == before
