"""A published root of a day holds for what was booked then and for nothing else."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import LookupFailure
from dafeng.ledger.chain import find_root
from dafeng.ledger.market.asked import Order
from dafeng.ledger.reading import list_events, open_reading
from dafeng.ledger.requests import Transfer
from dafeng.ledger.roots import (
    Compared,
    check_hash,
    check_proof,
    check_root,
    list_roots,
    parse_proof,
    parse_roots,
    prove_event,
    prove_hash,
    read_root,
    spell_proof,
    spell_roots,
)
from tests.ledger.market.made import make_exchange
from tests.ledger.scenes import DAY, START, book_all, opened


@pytest.fixture
def days(address):
    """Eleven events on the first day, 1 to 7 on the days after, none on the third."""
    ledger, clock = opened(address)
    for day, count in ((1, 1), (3, 7), (4, 4)):
        clock.now = START + day * DAY
        for at in range(count):
            book_all(ledger, Transfer(f"d{day}-{at}", "issue", "cea:issuer", "cea:A", 1 + at, "2026-01-01"))
    with ledger, open_reading(address) as rows:
        yield ledger, rows


def test_every_day_has_the_root_of_its_events(days):
    _, rows = days
    events = list_events(rows, after=0, limit=1000).items
    roots = list(list_roots(rows))
    assert [(one.day.day, one.last - one.first + 1) for one in roots] == [(1, 10), (2, 1), (4, 7), (5, 4)]
    for one in roots:
        leaves = [bytes.fromhex(event.hash) for event in events[one.first - 1 : one.last]]
        assert (one.root, one.head) == (find_root(leaves).hex(), events[one.last - 1].hash)
        assert read_root(rows, one.day) == one
    assert [one.day.day for one in list_roots(rows, since=date(2026, 1, 2), before=date(2026, 1, 5))] == [2, 4]
    with pytest.raises(LookupFailure):
        read_root(rows, date(2026, 1, 3))


def test_every_event_can_be_proved_with_the_root_alone(days):
    _, rows = days
    roots = {one.day: one for one in list_roots(rows)}
    for event in list_events(rows, after=0, limit=1000).items:
        proof = parse_proof(spell_proof(prove_event(rows, event.id)))
        assert check_proof(proof, roots[proof.day])


@pytest.mark.parametrize(
    "changed",
    [
        {"content": '["transfer","issue","cea:issuer","cea:A",4,"2026-01-01"]'},
        {"id": "other"},
        {"known_at": 1},
        {"seq": 1},
        {"at": 3},
        {"at": 9},
        {"at": 3, "seq": 15},
        {"day": date(2026, 1, 1)},
        {"size": 8},
        {"before": "00" * 32},
        {"path": ()},
    ],
)
def test_a_proof_of_something_else_does_not_lead_to_the_root(days, changed):
    _, rows = days
    proof = prove_event(rows, "d3-2")
    root = read_root(rows, proof.day)
    assert check_proof(proof, root)
    assert not check_proof(proof._replace(**changed), root)


def test_published_roots_are_read_again_and_still_hold(days):
    ledger, rows = days
    text = spell_roots(list_roots(rows))
    published = parse_roots(text)
    assert published == tuple(list_roots(rows))
    assert json.loads(text)["format"] == "dafeng ledger roots 1"
    book_all(ledger, Transfer("later", "issue", "cea:issuer", "cea:A", 1, "2026-01-01"))
    assert {check_root(rows, one) for one in published} == {Compared(True, ())}


def test_a_changed_event_is_named(days, address):
    _, rows = days
    published = read_root(rows, date(2026, 1, 4))
    if address.startswith("postgresql"):
        run(address, "ALTER TABLE ledger_event DISABLE TRIGGER ledger_event_kept")
    else:
        run(address, "DROP TRIGGER ledger_event_update")
    run(address, f"UPDATE ledger_event SET content = replace(content, '1,', '9,') WHERE seq = {published.first}")
    told = check_root(rows, published)
    assert (told.same, told.broken) == (False, (published.first,))


def run(address, text):
    """A statement by somebody who has the database."""
    if address.startswith("postgresql"):
        import psycopg

        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(text)
        return
    import sqlite3

    with sqlite3.connect(address) as connection:
        connection.execute(text)
    connection.close()


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70))
def test_the_root_made_piece_by_piece_is_that_of_the_definition(leaves):
    """Law: the tree of whole subtrees is the recursive one of RFC 6962."""
    from dafeng.ledger.roots import _root

    assert _root(date(2026, 1, 1), 1, len(leaves), leaves).root == find_root(leaves).hex()


def test_the_hash_of_an_event_leads_to_the_root_without_its_content(days):
    _, rows = days
    roots = {one.day: one.root for one in list_roots(rows)}
    for event in list_events(rows, after=0, limit=1000).items:
        proof = prove_hash(rows, event.seq)
        assert (check_hash(proof), proof.root, proof.hash) == (True, roots[proof.day], event.hash)
        for wrong in (
            {"at": proof.at + 1},
            {"hash": "0" * 64},
            {"root": "0" * 64},
            {"path": ("0" * 64,)},
        ):
            assert not check_hash(proof._replace(**wrong)), wrong
    with pytest.raises(LookupFailure):
        prove_hash(rows, 10**6)


def test_the_markets_have_roots_of_their_own(tmp_path):
    with make_exchange(tmp_path) as exchange:
        exchange.submit([Order("s", "cea", "ann", "sell", 5, 100)])
        rows = exchange.rows
        (root,) = list_roots(rows, log="market")
        leaves = [bytes(row[0]) for row in rows.query("SELECT hash FROM ledger_link WHERE log = 'market' ORDER BY seq")]
        assert (root.log, root.root, root.last) == ("market", find_root(leaves).hex(), len(leaves))
        published = parse_roots(spell_roots([root]))[0]
        assert check_root(rows, published) == Compared(True, ())
        for act in ("update", "delete"):
            rows._run(f"DROP TRIGGER market_event_{act}")
        rows._run("UPDATE market_event SET known_at = known_at + 1 WHERE seq = 3")
        told = check_root(rows, published)
        assert (told.same, told.broken) == (False, (3,))
