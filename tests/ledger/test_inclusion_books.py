"""Carbon inclusion: points spent and expired, reductions certified, persons erased; and the books balanced after all of it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import AddressError, ConflictError, LookupFailure
from dafeng.ledger.chain import find_root, follow_path
from dafeng.ledger.inclusion.bundles import aggregate_reductions, finish_bundles, list_bundles, prove_event, stream_root
from dafeng.ledger.inclusion.intake import take
from dafeng.ledger.inclusion.reversal import reverse_event
from dafeng.ledger.inclusion.rewards import erase_member, expire_points, inclusion_balance, months_before, redeem_points
from dafeng.ledger.requests import SetState
from tests.ledger.inclusion import books, event, join, policy, programme, rules, sums
from tests.store.conftest import server  # noqa: F401 - a PostgreSQL for the ledger

VOUCHER = "merchant_5"


def ride(own, person, count, *, first=0):
    """Bus trips of ten points each, an hour apart."""
    trips = [event(person, f"{person}-{n}", scene="bus", amount="10", minute=60 * n) for n in range(first, first + count)]
    return take(own, trips)


def test_fifty_points_become_a_voucher_once_per_order(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        ride(own, "a", 6)
        first = redeem_points(own, "a", VOUCHER, order="o1")
        assert (first.again, first.voucher.value) == (False, 5)
        own.clock.now += 3 * 86400
        assert redeem_points(own, "a", VOUCHER, order="o1").again
        assert inclusion_balance(own, "a") == {"grams": 6 * 520, "points": 10, "voucher.merchant_5": 1}
        with pytest.raises(ConflictError, match="free of claims"):
            redeem_points(own, "a", VOUCHER, order="o2")
        assert set(sums(own).values()) == {0}


def test_an_order_of_another_is_not_fulfilled_again(tmp_path):
    with programme(tmp_path) as own:
        for name in "ab":
            join(own, name)
            ride(own, name, 5)
        redeem_points(own, "a", VOUCHER, order="o1")
        with pytest.raises(ConflictError):
            redeem_points(own, "b", VOUCHER, order="o1")
        assert inclusion_balance(own, "b")["points"] == 50


def test_no_more_vouchers_are_given_out_than_there_are(tmp_path):
    few = {VOUCHER: replace(policy().vouchers[VOUCHER], stock=1)}
    with programme(tmp_path, vouchers=few) as own:
        join(own, "a")
        ride(own, "a", 20)
        redeem_points(own, "a", VOUCHER, order="o1")
        with pytest.raises(ConflictError, match="limit"):
            redeem_points(own, "a", VOUCHER, order="o2")
        assert inclusion_balance(own, "a")["points"] == 150, "no points leave without a voucher"
        more = replace(own, policy=replace(own.policy, vouchers={VOUCHER: replace(few[VOUCHER], stock=2)}))
        assert not redeem_points(more, "a", VOUCHER, order="o2").again


def test_a_voucher_or_person_that_is_not_known_is_named(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        with pytest.raises(LookupFailure):
            redeem_points(own, "a", "none", order="o")
        with pytest.raises(LookupFailure):
            redeem_points(own, "b", VOUCHER, order="o")


def test_the_oldest_points_are_spent_and_expire_first(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        ride(own, "a", 10)  # the first of March
        ride(own, "a", 4, first=24)  # the second
        redeem_points(own, "a", VOUCHER, order="o1")
        assert expire_points(own, before="2026-03-02", preview=True) == (1, 50)
        assert expire_points(own, before="2026-03-02") == (1, 50), "of a hundred old points fifty were spent"
        assert expire_points(own, before="2026-03-02") == (0, 0)
        assert inclusion_balance(own, "a")["points"] == 40
        assert expire_points(own, before="2026-03-03") == (1, 40)
        assert books(own)["points.cancelled"] == 90


def test_points_expire_after_the_months_of_the_policy_and_never_without_one(tmp_path):
    with programme(tmp_path, expiry_months=1) as own:
        join(own, "a")
        ride(own, "a", 1)
        assert expire_points(own) == (0, 0)
        own.clock.now += 31 * 86400
        assert expire_points(own) == (1, 10)
    with programme(tmp_path, expiry_months=None) as own, pytest.raises(LookupFailure):
        expire_points(own)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-03-31", 1, "2026-03-01"), ("2026-01-15", 13, "2024-12-15"), ("2026-12-31", 1, "2026-12-01")],
)
def test_months_are_counted_back(day, months, expected):
    assert months_before(day, months) == expected


def test_many_reductions_become_one_credit_each_event_once(tmp_path):
    with programme(tmp_path) as own:
        for name in "abc":
            join(own, name)
            ride(own, name, 3)
        ride(own, "a", 1, first=24)
        made = aggregate_reductions(own, "2026-q1", before="2026-03-02")
        assert (made.events, made.grams, made.units, made.done) == (9, 9 * 520, 4, 1)
        assert aggregate_reductions(own, "2026-q1", before="2026-03-02") == made
        held = books(own)
        assert held["inclusion_credit.pool"] == 4
        assert held["puhui.grams/bundled"] == 9 * 520
        assert inclusion_balance(own, "a") == {"grams": 520, "points": 40, "voucher.merchant_5": 0}
        with pytest.raises(ConflictError):
            aggregate_reductions(own, "2026-q1", before="2026-03-03")
        with pytest.raises(ConflictError):
            aggregate_reductions(own, "again", before="2026-03-02")
        assert own.ledger.rows.query("SELECT first, last, project, vintage FROM ledger_block WHERE alive") == [
            (1, 4, "2026-q1", "2026")
        ]
        assert set(sums(own).values()) == {0}
        rest = own.rows.query("SELECT count(*) FROM event WHERE bundle = ''")
        assert rest == [(1,)], "what could not be certified is left for the next bundle"


@pytest.mark.parametrize(
    ("name", "before"),
    [("", "2026-03-02"), ("erased", "2026-03-02"), ("a:b", "2026-03-02"), ("x", "2026-04-01"), ("x", "2026-03-01")],
)
def test_a_bundle_needs_a_name_a_past_day_and_something_to_certify(tmp_path, name, before):
    with programme(tmp_path) as own:
        join(own, "a")
        ride(own, "a", 2)
        with pytest.raises(ConflictError):
            aggregate_reductions(own, name, before=before)
        assert list_bundles(own) == []


def test_one_account_that_gives_nothing_stops_no_other_bundle_and_no_erasure(tmp_path):
    with programme(tmp_path) as own:
        people = {name: join(own, name) for name in "abc"}
        for name in "abc":
            ride(own, name, 3)
        ride(own, "a", 3, first=24)
        own.ledger.submit([[SetState("block", f"puhui.grams/{people['b']}", "blocked", "court")]])
        one = aggregate_reductions(own, "one", before="2026-03-02")
        assert (one.done, books(own)[own.shelf().issued], books(own)["puhui.grams/bundled"]) == (0, 0, 6 * 520)
        two = aggregate_reductions(own, "two", before="2026-03-03")
        assert (two.done, books(own)[own.shelf().issued]) == (1, two.units)
        assert list(finish_bundles(own)) == ["one"]
        assert erase_member(own, "c") == people["c"]
        assert erase_member(own, "b") == people["b"]
        assert [bundle.done for bundle in list_bundles(own)] == [1, 1]
        assert books(own)[own.shelf().issued] == one.units + two.units
        assert books(own)["puhui.grams/bundled"] == one.grams + two.grams
        assert set(sums(own).values()) == {0}
        assert finish_bundles(own) == {}


def test_a_bundle_is_finished_once_the_account_gives_again(tmp_path):
    with programme(tmp_path) as own:
        person = join(own, "a")
        ride(own, "a", 3)
        name = f"puhui.grams/{person}"
        own.ledger.submit([[SetState("block", name, "blocked", "court")]])
        assert aggregate_reductions(own, "one", before="2026-03-02").done == 0
        own.ledger.submit([[SetState("free", name, "open", "done")]])
        assert aggregate_reductions(own, "one", before="2026-03-02").done == 1


def test_an_event_is_shown_to_stand_under_the_root_that_the_ledger_keeps(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        ride(own, "a", 5)
        made = aggregate_reductions(own, "one", before="2026-03-02")
        proof = prove_event(own, "bus", "a-3")
        path = [bytes.fromhex(one) for one in proof["path"]]
        root = follow_path(bytes.fromhex(proof["leaf"]), proof["at"], proof["size"], path).hex()
        assert root == made.root
        [[content]] = own.ledger.rows.query("SELECT content FROM ledger_event WHERE id = 'puhui:bundle:one'")
        assert root in content
        with pytest.raises(AddressError):
            prove_event(own, "bus", "a-9")


@given(st.lists(st.binary(min_size=1, max_size=4), max_size=70))
def test_the_streamed_root_is_that_of_the_ledger(texts):
    leaves = [sha256(one).digest() for one in texts]
    assert stream_root(iter(leaves)) == find_root(leaves)


def test_erasure_deletes_the_identity_and_leaves_the_books_balanced(tmp_path):
    with programme(tmp_path) as own:
        person = join(own, "a", "card")
        join(own, "b")
        ride(own, "a", 7)
        ride(own, "b", 3)
        redeem_points(own, "a", VOUCHER, order="o")
        aggregate_reductions(own, "one", before="2026-03-02")
        ride(own, "a", 2, first=24)
        issued = {name: held for name, held in books(own).items() if name.endswith("issuer") or name == "inclusion_credit.pool"}
        assert erase_member(own, "card") == person
        held = books(own)
        assert (held[f"points/{person}"], held[f"puhui.grams/{person}"]) == (0, 0)
        assert (held["points.cancelled"], held["puhui.grams/lapsed"]) == (40, 1040)
        assert {name: held[name] for name in issued} == issued, "nothing that was issued is unmade"
        assert set(sums(own).values()) == {0}
        for identity in ("a", "card", person):
            with pytest.raises(LookupFailure):
                own.identities.find(identity)
        assert [one["withdrawn"] is None for one in own.identities.consents(person)] == [False]


def test_who_comes_back_is_somebody_else_and_cannot_claim_the_old_evidence(tmp_path):
    with programme(tmp_path) as own:
        person = join(own, "a")
        ride(own, "a", 2)
        erase_member(own, "a")
        assert join(own, "a") != person
        assert rules(ride(own, "a", 2).findings) == ["inclusion.claimed"] * 2
        assert inclusion_balance(own, "a")["points"] == 0
        with pytest.raises(ConflictError):
            aggregate_reductions(own, "none", before="2026-03-02")


@pytest.fixture
def address(server):  # noqa: F811
    """Address of an empty PostgreSQL."""
    import psycopg

    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return server.get_uri()


def test_the_same_comes_out_with_the_ledger_on_postgresql(tmp_path, address):
    found = []
    for folder, where in ((tmp_path / "one", ""), (tmp_path / "two", address)):
        folder.mkdir()
        with programme(folder, address=where) as own:
            person = join(own, "a")
            ride(own, "a", 14)
            redeem_points(own, "a", VOUCHER, order="o1")
            assert redeem_points(own, "a", VOUCHER, order="o1").again
            assert expire_points(own, before="2026-03-02") == (1, 90)
            aggregate_reductions(own, "one", before="2026-03-02")
            ride(own, "a", 2, first=24)
            erase_member(own, "a")
            assert set(sums(own).values()) == {0}
            found.append({name.replace(person, "a"): held for name, held in books(own).items()})
    assert found[0] == found[1]


def test_an_event_is_taken_back_once_and_never_certified(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        ride(own, "a", 6)
        assert reverse_event(own, "bus", "a-0", reason="fraud") == (520, 10)
        own.clock.now += 86400
        assert reverse_event(own, "bus", "a-0", reason="fraud") == (520, 10)
        assert inclusion_balance(own, "a") == {"grams": 5 * 520, "points": 50, "voucher.merchant_5": 0}
        redeem_points(own, "a", VOUCHER, order="o")
        assert reverse_event(own, "bus", "a-1", reason="fraud") == (520, 0), "the points were spent"
        assert reverse_event(own, "bus", "a-1", reason="fraud") == (520, 0)
        made = aggregate_reductions(own, "one", before="2026-03-02")
        assert (made.events, made.grams) == (4, 4 * 520)
        assert rules(ride(own, "a", 1).findings) == []
        assert set(sums(own).values()) == {0}
        for scene, evidence, error in (
            ("bus", "a-2", ConflictError),
            ("bus", "none", AddressError),
            ("metro", "a-1", AddressError),
        ):
            with pytest.raises(error):
                reverse_event(own, scene, evidence, reason="fraud")
        with pytest.raises(ConflictError):
            reverse_event(own, "bus", "a-0", reason="another")


def test_a_bundle_holds_one_calendar_year(tmp_path):
    with programme(tmp_path, late_days=100) as own:
        join(own, "a", day=-90)
        ride(own, "a", 3)
        ride(own, "a", 2, first=-24 * 70)
        new = aggregate_reductions(own, "new", before="2026-03-02")
        old = aggregate_reductions(own, "old", before="2026-01-01")
        assert (new.events, old.events) == (3, 2)
        found = own.ledger.rows.query("SELECT project, vintage, last - first + 1 FROM ledger_block ORDER BY no")
        assert found == [("new", "2026", 1), ("old", "2025", 1)]
