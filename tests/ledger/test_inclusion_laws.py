"""Laws of carbon inclusion: the order of evidence does not matter, nothing counts twice, and a crash changes nothing."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.ledger.inclusion.bundles import aggregate_reductions
from dafeng.ledger.inclusion.intake import resume, take
from dafeng.ledger.inclusion.rewards import erase_member, expire_points, redeem_points
from tests.ledger.inclusion import books, event, join, programme, sums

NAMES = ("a", "b", "c")
TRIPS = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(("metro", "bus", "walk")), st.integers(0, 6), st.integers(1, 3),
        st.integers(0, 12),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A programme that three have joined; copies of it know them by the same pseudonyms."""
    folder = tmp_path_factory.mktemp("start")
    with programme(folder) as own:
        for name in NAMES:
            join(own, name)
    return folder


def after(start, trips, *, batch):
    """Books after taking trips."""
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(start, folder, dirs_exist_ok=True)
    with programme(folder, most_per_day=100) as own:
        tally = take(own, trips, batch=batch)
        assert set(sums(own).values()) == {0}
        assert tally.taken + tally.again + sum(tally.refused.values()) == len(trips)
        held = books(own)
        [[events, grams, points]] = own.rows.query(
            "SELECT count(*), coalesce(sum(grams), 0), coalesce(sum(points), 0) FROM event"
        )
        assert (events, grams, points) == (tally.taken, -held["puhui.grams/issuer"], -held["points.issuer"])
        assert (grams, points) == (tally.grams, tally.points)
    shutil.rmtree(folder)
    return held


@settings(max_examples=25)
@given(TRIPS, st.randoms(use_true_random=False))
def test_the_order_of_evidence_in_a_batch_does_not_matter_even_where_claims_clash(start, drawn, chance):
    trips = [
        event(who, f"e{number}", scene=scene, minute=45 * hour, length=30 * length)
        for who, scene, hour, length, number in drawn
    ]
    mixed = list(trips)
    chance.shuffle(mixed)
    assert after(start, trips, batch=100) == after(start, mixed, batch=100)


@settings(max_examples=25)
@given(TRIPS, st.randoms(use_true_random=False), st.integers(1, 5))
def test_without_clashes_the_cut_into_batches_and_repetition_do_not_matter_either(start, drawn, chance, batch):
    trips = [event(who, f"e{place}", scene=scene, minute=60 * place, length=20) for place, (who, scene, *_) in enumerate(drawn)]
    mixed = [*trips, *chance.sample(trips, len(trips) // 2)]
    chance.shuffle(mixed)
    assert after(start, trips, batch=100) == after(start, mixed, batch=batch)


class Crash(Exception):
    """The process ended here."""


class Mine:
    """Stands in the way of the nth thing that is written."""

    def __init__(self, own, at):
        self.count, self.at = 0, at
        ledger, rows, people = own.ledger, own.rows, own.identities._rows
        for holder, name in ((ledger, "submit"), (rows, "run"), (rows, "add"), (people, "run"), (people, "scrub")):
            setattr(holder, name, self.around(getattr(holder, name)))

    def around(self, work):
        def crossed(*arguments, **options):
            self.step()
            said = work(*arguments, **options)
            self.step()
            return said

        return crossed

    def step(self):
        self.count += 1
        if self.count == self.at:
            raise Crash


def deeds(own):
    """All that a programme does."""
    trips = [event(who, f"{who}{n}", scene="bus", amount="10", minute=60 * n) for who in NAMES for n in range(8)]
    take(own, trips, batch=7)
    redeem_points(own, "a", "merchant_5", order="o1")
    aggregate_reductions(own, "one", before="2026-03-02")
    expire_points(own, before="2026-03-02")


def test_a_crash_at_any_write_changes_nothing_in_the_end(tmp_path, start):
    whole = tmp_path / "whole"
    shutil.copytree(start, whole)
    with programme(whole) as own:
        mine = Mine(own, 0)
        deeds(own)
        expected = books(own)
    assert mine.count > 40
    for at in range(1, mine.count + 1):
        folder = tmp_path / str(at)
        shutil.copytree(start, folder)
        with programme(folder) as own:
            Mine(own, at)
            with pytest.raises(Crash):
                deeds(own)
        with programme(folder) as own:
            deeds(own)
            assert books(own) == expected, at
            assert own.rows.query("SELECT count(*) FROM chunk WHERE NOT done") == [(0,)]
        shutil.rmtree(folder)


def test_a_crash_at_any_write_of_an_erasure_is_made_good_by_asking_again(tmp_path):
    first = tmp_path / "first"
    first.mkdir()
    with programme(first) as own:
        person = join(own, "a")
        take(own, [event("a", f"a{n}", minute=60 * n) for n in range(3)])
    for at in range(1, 200):
        folder = tmp_path / str(at)
        shutil.copytree(first, folder)
        with programme(folder) as own:
            mine = Mine(own, at)
            try:
                erase_member(own, person)
            except Crash:
                pass
            else:
                assert mine.count < at
                break
        with programme(folder) as own:
            if own.identities._rows.query("SELECT count(*) FROM person") == [(1,)]:
                erase_member(own, person)
            held = books(own)
            assert (held[f"points/{person}"], held[f"puhui.grams/{person}"]) == (0, 0)
            assert held["puhui.grams/lapsed"] == 3 * 515
            assert set(sums(own).values()) == {0}
    assert at > 10


def test_what_was_decided_before_a_crash_is_booked_when_anybody_takes_events_again(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        submit = own.ledger.submit
        calls = []

        def once(groups):
            calls.append(len(groups))
            if len(calls) == 2:  # the first opens the books
                raise Crash
            return submit(groups)

        own.ledger.submit = once
        with pytest.raises(Crash):
            take(own, [event("a", "t1")])
        own.ledger.submit = submit
        assert books(own)["puhui.grams/issuer"] == 0
        assert resume(own) == 1
        assert books(own)["puhui.grams/issuer"] == -515
        assert resume(own) == 0
