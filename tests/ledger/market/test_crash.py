"""A process that is killed before or after any commit: the next one goes on, and nothing is lost or doubled."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from dafeng.ledger.market.asked import Bid, Cancel, CloseAuction, CloseDay, Offer, OpenAuction, Order, Take
from dafeng.ledger.market.exchange import Exchange, open_exchange
from dafeng.ledger.refusals import Refused
from tests.ledger.market.made import Clock, balances, make_exchange, totals, trades

WORK = (
    [Order("s1", "cea", "ann", "sell", 100, 99), Order("s2", "cea", "cai", "sell", 100, 98)],
    [Order("b1", "cea", "bob", "buy", 150, 101), Order("own", "cea", "ann", "buy", 80, 101)],
    [Offer("o1", "cea", "dan", "sell", 10, 70), Take("t1", "cea", "bob", "o1"), Take("t2", "cea", "cai", "o1")],
    [OpenAuction("a1", "cea", "au", "city", 101, 50), Bid("x1", "cea", "au", "ann", 60, 70)],
    [Bid("x2", "cea", "au", "bob", 60, 60), Bid("x3", "cea", "au", "cai", 60, 60), CloseAuction("ac", "cea", "au")],
    [Cancel("c1", "cea", "s1"), Order("rest", "cea", "dan", "sell", 7, 120), CloseDay("end", "cea")],
)  # fmt: skip


def reopen(folder: Path) -> Exchange:
    """An exchange that does not wait for the disk: what a killed process wrote is in the system's memory all the same."""
    exchange = open_exchange(str(folder / "ledger.sqlite"), clock=Clock())
    exchange.rows.query("PRAGMA synchronous=OFF")
    return exchange


def work(exchange: Exchange) -> list:
    return [answer for batch in WORK for answer in exchange.submit(batch)]


def arm(exchange: Exchange, at: int, *, done: bool, die: Callable[[], None]) -> None:
    """Die at the n-th commit, before it or (``done``) after it."""
    rows = exchange.ledger.rows
    commit, left = rows.commit, iter(range(at, -1, -1))

    def counted() -> None:
        last = next(left) == 0
        if last and not done:
            die()
        commit()
        if last:
            die()

    rows.commit = counted


def killed(folder: Path, at: int, *, done: bool) -> bool:
    """Work in a process of its own that kills itself; False if it came to its end."""
    child = os.fork()
    if child == 0:
        status = 3
        try:
            exchange = reopen(folder)
            arm(exchange, at, done=done, die=lambda: os.kill(os.getpid(), signal.SIGKILL))
            work(exchange)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def outcome(exchange: Exchange) -> tuple:
    counted = exchange.rows.query("SELECT count(*) FROM ledger_event")
    due = exchange.rows.query("SELECT id, state FROM market_due ORDER BY id")
    return trades(exchange), balances(exchange), totals(exchange), counted, due


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    folder = tmp_path_factory.mktemp("begun")
    make_exchange(folder).close()
    return folder


@pytest.fixture(scope="module")
def expected(begun, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "city"
    shutil.copytree(begun, folder)
    with reopen(folder) as exchange:
        answers = work(exchange)
        return [one._replace(again=False) for one in answers if not isinstance(one, Refused)], outcome(exchange)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_killed_at_any_commit_the_work_done_again_ends_as_if_nothing_had_happened(begun, expected, tmp_path, done):
    points = 0
    alive = True
    while alive:
        folder = tmp_path / str(points)
        shutil.copytree(begun, folder)
        alive = killed(folder, points, done=done)
        with reopen(folder) as exchange:
            answers = [one._replace(again=False) for one in work(exchange) if not isinstance(one, Refused)]
            assert (len(answers), outcome(exchange)) == (len(expected[0]), expected[1]), f"killed at commit {points}"
        points += 1
    assert points > 30  # every step of every batch


def test_killed_again_and_again_at_every_second_commit_it_still_ends_the_same(begun, expected, tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(begun, folder)
    kills = 0
    while killed(folder, 2, done=kills % 2 == 0) and kills < 200:
        kills += 1
    with reopen(folder) as exchange:
        work(exchange)
        assert outcome(exchange) == expected[1]
    assert 5 < kills < 200


def test_an_order_whose_cover_was_held_when_the_process_died_counts_without_being_sent_again(begun, tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(begun, folder)
    killed(folder, 2, done=False)  # noted, held, and not yet counted
    with reopen(folder) as exchange:
        assert [thing.state for thing in exchange.refresh().halls["cea"].things.values()] == ["open", "open"]


def test_an_acknowledged_order_is_there_after_a_kill(begun, tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(begun, folder)
    killed(folder, 7, done=False)  # the first batch takes five commits at most
    with reopen(folder) as exchange:
        assert exchange.refresh().halls["cea"].things["s1"].state == "open"
        assert exchange.refresh().halls["cea"].things["s2"].state in ("open", "over")


def test_an_error_in_the_middle_of_a_batch_leaves_an_exchange_that_goes_on(begun, expected, tmp_path):
    class Broken(Exception):
        pass

    def die() -> None:
        raise Broken

    for at in range(12):
        folder = tmp_path / str(at)
        shutil.copytree(begun, folder)
        with reopen(folder) as exchange:
            commit = exchange.ledger.rows.commit
            arm(exchange, at, done=False, die=die)
            with pytest.raises(Broken):
                work(exchange)
            exchange.ledger.rows.commit = commit
            exchange.heal()
            work(exchange)
            assert outcome(exchange) == expected[1]
