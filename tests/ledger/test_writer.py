"""The queue before a ledger: many threads, one transaction for what has arrived, everybody's own answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from dafeng.core.errors import StoreError
from dafeng.ledger.reading import list_accounts, list_events, open_reading, read_event
from dafeng.ledger.refusals import Booked, Refused
from dafeng.ledger.requests import Transfer
from dafeng.ledger.writer import Writer
from tests.ledger.scenes import book_all, opened

THREADS = 16
EACH = 40


def transfer(name, quantity=1):
    return Transfer(name, "transfer", "cea:A", "cea:B", quantity, "2026-01-02")


@pytest.fixture
def filled(address):
    """A ledger whose account A of the book without serials has 500 units."""
    ledger, _ = opened(address)
    book_all(ledger, Transfer("fill", "issue", "cea:issuer", "cea:A", 500, "2026-01-01"))
    with ledger:
        yield ledger


class Counting:
    """A ledger in between that counts transactions, or throws for some."""

    def __init__(self, ledger, broken: Callable[[list], bool] = lambda names: False):
        self.ledger, self.broken, self.sizes = ledger, broken, []

    def submit(self, groups):
        self.sizes.append(sum(map(len, groups)))
        if self.broken([request.id for group in groups for request in group]):
            raise OSError("disk full")
        return self.ledger.submit(groups)


def test_sixteen_threads_each_get_their_own_answers(filled, address):
    counting = Counting(filled)
    with Writer(counting) as writer, ThreadPoolExecutor(THREADS) as pool:

        def work(thread):
            return {f"{thread}-{at}": writer.submit([transfer(f"{thread}-{at}")])[0] for at in range(EACH)}

        given = {name: answer for part in pool.map(work, range(THREADS)) for name, answer in part.items()}
    booked = {name: answer.seq for name, answer in given.items() if isinstance(answer, Booked)}
    refused = {answer.code for answer in given.values() if isinstance(answer, Refused)}
    assert (len(given), len(booked), refused) == (THREADS * EACH, 500, {"not_held"})
    with open_reading(address) as rows:
        assert all(read_event(rows, name).seq == seq for name, seq in booked.items())
        balances = {one.name: one.balance for one in list_accounts(rows, book="cea").items}
    assert (balances["cea:A"], balances["cea:B"]) == (0, 500)
    assert len(counting.sizes) < THREADS * EACH / 2  # they shared transactions


def test_the_order_within_a_client_is_kept(filled, address):
    with Writer(filled) as writer:
        tickets = [writer.offer([[transfer(f"o{at:03}")]]) for at in range(100)]
        seqs = [ticket.wait()[0][0].seq for ticket in tickets]
    assert seqs == sorted(seqs)
    with open_reading(address) as rows:
        assert [one.id for one in list_events(rows, after=seqs[0] - 1).items] == [f"o{at:03}" for at in range(100)]


def test_one_request_that_breaks_the_ledger_fails_alone(filled):
    gate = threading.Event()
    with Writer(Paused(gate, Counting(filled, lambda names: "poison" in names))) as writer:
        first = writer.offer([[transfer("before")]])
        tickets = {name: writer.offer([[transfer(name)]]) for name in ("one", "poison", "two")}
        gate.set()
        assert isinstance(first.wait()[0][0], Booked)
        assert isinstance(tickets["one"].wait()[0][0], Booked)
        assert isinstance(tickets["two"].wait()[0][0], Booked)
        with pytest.raises(OSError, match="disk full"):
            tickets["poison"].wait()


class Paused:
    """A ledger that begins when the gate opens."""

    def __init__(self, gate, ledger):
        self.gate, self.ledger = gate, ledger

    def submit(self, groups):
        self.gate.wait()
        return self.ledger.submit(groups)


def test_what_has_arrived_goes_into_one_transaction(filled):
    gate, counting = threading.Event(), Counting(filled)
    with Writer(Paused(gate, counting), most=30) as writer:
        tickets = [writer.offer([[transfer(f"p{at}")]]) for at in range(100)]
        gate.set()
        assert all(isinstance(ticket.wait()[0][0], Booked) for ticket in tickets)
    assert sum(counting.sizes) == 100
    assert max(counting.sizes) <= 30
    assert len(counting.sizes) <= 5


def test_closing_books_what_has_arrived(filled):
    gate = threading.Event()
    writer = Writer(Paused(gate, filled))
    tickets = [writer.offer([[transfer(f"c{at}")]]) for at in range(50)]
    gate.set()
    writer.close()
    assert all(isinstance(ticket.wait()[0][0], Booked) for ticket in tickets)
    with pytest.raises(StoreError):
        writer.submit([transfer("late")])


def test_a_group_is_whole_or_not_at_all(filled):
    with Writer(filled) as writer:
        answers = writer.submit([transfer("g1", 400), transfer("g2", 400)])
        assert [answer.code for answer in answers] == ["group_failed", "not_held"]
        assert writer.offer([]).wait() == []
        assert isinstance(writer.submit([transfer("g3", 500)])[0], Booked)


def test_the_same_id_twice_in_one_batch_has_one_answer(filled):
    gate = threading.Event()
    with Writer(Paused(gate, filled)) as writer:
        first, second, other = (writer.offer([[transfer("same", quantity)]]) for quantity in (1, 1, 2))
        gate.set()
        (one,), (two,), (three,) = first.wait()[0], second.wait()[0], other.wait()[0]
    assert (one.seq, one.again, two.seq, two.again, three) == (two.seq, False, one.seq, True, Refused("conflict", "same"))
