"""Pre-allocation, true-up and claims on a real ledger: whatever comes, the entitlement is what is booked."""

from __future__ import annotations

from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.ledger.adjustments import Sides, adjust, carry, name_carried, repay
from dafeng.ledger.audit import verify
from dafeng.ledger.enterprise_sides import AllSides
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.positions import pick, read_positions
from dafeng.ledger.refusals import Booked, Refused
from dafeng.ledger.requests import MOST, OpenAccount, OpenBook, Reverse, SetState, Transfer

DAY = "2024-01-01"


def make(limit: int = 10_000, *books: str) -> Ledger:
    """A ledger in memory with books of allowances and their claims, a firm and a market."""
    ledger = open_ledger(":memory:")
    for book in books or ("b",):
        for part, most in ((book, limit), (f"{book}.owed", MOST)):
            ledger.submit(
                [
                    [OpenBook(f"o{part}", part, "CEA", "t")],
                    [OpenAccount(f"o{part}.i", f"{part}.i", part, "issuer", ("state",), limit=most)],
                    [OpenAccount(f"o{part}.f", f"{part}.f", part, "organisation", ("firm",))],
                    [OpenAccount(f"o{part}.m", f"{part}.m", part, "organisation", ("market",))],
                ]
            )
    return ledger


def sides(ledger: Ledger, book: str = "b") -> Sides:
    here, claims = read_positions(ledger, book), read_positions(ledger, f"{book}.owed")
    return Sides(
        pick(here, "issuer"), pick(here, "organisation", holder="firm"), pick(claims, "issuer"), pick(claims, "organisation")
    )


NAMES = count()


def settle(ledger: Ledger, final: int, *, kind: str = "allocate") -> list[object]:
    group = adjust(sides(ledger), final, DAY, kind=kind, reason="r", id=f"s{next(NAMES)}")
    return list(ledger.submit([group])[0]) if group else []


def test_a_shortfall_becomes_a_claim_and_is_paid_later():
    ledger = make()
    settle(ledger, 700, kind="pre_allocate")
    ledger.submit([[Transfer("sale", "trade", "b.f", "b.m", 650, DAY)]])
    settle(ledger, 600)
    now = sides(ledger)
    assert (now.booked, now.holder.balance, now.owed) == (600, 0, 50)
    assert now.to_repay == 0
    ledger.submit([[Transfer("buy", "trade", "b.m", "b.f", 30, DAY)]])
    assert all(isinstance(one, Booked) for one in ledger.submit([repay(sides(ledger), 30, DAY, reason="r", id="p")])[0])
    now = sides(ledger)
    assert (now.booked, now.holder.balance, now.owed) == (600, 0, 20)


def test_more_is_given_only_after_a_claim_is_forgiven():
    ledger = make()
    settle(ledger, 700, kind="pre_allocate")
    ledger.submit([[Transfer("sale", "trade", "b.f", "b.m", 700, DAY)]])
    settle(ledger, 600)
    assert sides(ledger).owed == 100
    settle(ledger, 650)
    assert (sides(ledger).owed, sides(ledger).holder.balance) == (50, 0)
    settle(ledger, 720)
    assert (sides(ledger).owed, sides(ledger).holder.balance, sides(ledger).booked) == (0, 20, 720)


def test_frozen_units_are_not_taken_back():
    from dafeng.ledger.requests import Hold

    ledger = make()
    settle(ledger, 700)
    ledger.submit([[Hold("h", "b.f", "freeze", 650, "court")]])
    settle(ledger, 600)
    assert (sides(ledger).holder.balance, sides(ledger).owed) == (650, 50)


def test_nothing_above_the_cap_is_booked():
    ledger = make(500)
    answers = settle(ledger, 501)
    assert [one.code for one in answers if isinstance(one, Refused)] == ["over_limit"]
    assert sides(ledger).booked == 0


def test_two_that_saw_the_same_state_book_once():
    ledger = make()
    settle(ledger, 700)
    seen = sides(ledger)
    first = adjust(seen, 600, DAY, kind="allocate", reason="r", id="mine")
    ledger.submit([[Transfer("sale", "trade", "b.f", "b.m", 650, DAY)]])
    second = adjust(sides(ledger), 600, DAY, kind="allocate", reason="r", id="mine")
    ledger.submit([second])
    assert isinstance(ledger.submit([first])[0][0], Refused)
    assert all(isinstance(one, Booked) and one.again for one in ledger.submit([second])[0])
    assert (sides(ledger).booked, sides(ledger).owed) == (600, 50)


def test_a_reversed_sale_counts_for_nothing():
    ledger = make()
    settle(ledger, 700)
    ledger.submit([[Transfer("sale", "trade", "b.f", "b.m", 200, DAY)]])
    assert sides(ledger).holder.net("trade") == -200
    ledger.submit([[Reverse("undo", "sale", DAY, "wrong")]])
    assert sides(ledger).holder.net("trade") == 0
    assert sides(ledger).holder.balance == 700


def test_carrying_over_takes_here_and_issues_there():
    ledger = make(1000, "b", "c")
    settle(ledger, 700)
    sink = name_carried("b")
    ledger.submit([[OpenAccount("sink", sink, "b", "cancelled", ("state",))]])
    group = carry(sides(ledger), sides(ledger, "c"), sink, 300, DAY, reason="r", id="c1")
    assert all(isinstance(one, Booked) for one in ledger.submit([group])[0])
    assert (sides(ledger).holder.balance, sides(ledger, "c").holder.balance) == (400, 300)
    assert sides(ledger).issuer.balance == -700  # what was carried still counts against the cap
    assert sides(ledger).booked == 700
    assert carry(sides(ledger), sides(ledger, "c"), sink, 0, DAY, reason="r", id="c0") == []
    more = [Transfer("x1", "allocate", "b.i", "b.m", 300, DAY)], [Transfer("x2", "allocate", "b.i", "b.m", 1, DAY)]
    assert [type(one[0]) for one in ledger.submit(more)] == [Booked, Refused]
    over = carry(sides(ledger), sides(ledger, "c"), sink, 800, DAY, reason="r", id="c2")
    assert any(isinstance(one, Refused) for one in ledger.submit([over])[0])
    assert sides(ledger).holder.balance == 400


def test_a_true_up_between_companies_frees_no_entitlement():
    ledger = make(20_000)
    settle(ledger, 9_000)
    ledger.submit([[Transfer("out", "true_up", "b.f", "b.m", 9_000, DAY)]])
    ledger.submit([[Transfer("home", "transfer", "b.m", "b.f", 9_000, DAY)]])
    assert sides(ledger).booked == 9_000
    assert settle(ledger, 9_000) == []
    settle(ledger, 8_000)
    assert (sides(ledger).booked, sides(ledger).holder.balance) == (8_000, 8_000)


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("final"), st.integers(0, 1200)),
        st.tuples(st.just("sell"), st.integers(1, 900)),
        st.tuples(st.just("buy"), st.integers(1, 900)),
        st.tuples(st.just("repay"), st.just(0)),
    ),
    max_size=14,
)


@settings(max_examples=60)
@given(MOVES)
def test_the_entitlement_is_what_is_booked_whatever_comes(moves):
    ledger, final = make(1000), 0
    for at, (what, quantity) in enumerate(moves):
        if what == "final":
            answers = settle(ledger, quantity)
            final = quantity if all(isinstance(one, Booked) for one in answers) else final
            assert settle(ledger, final) == []  # a second run changes nothing
        elif what == "repay":
            now = sides(ledger)
            group = repay(now, now.to_repay, DAY, reason="r", id=f"r{at}")
            assert all(isinstance(one, Booked) for one in (ledger.submit([group])[0] if group else []))
        else:
            giver, taker = ("b.f", "b.m") if what == "sell" else ("b.m", "b.f")
            ledger.submit([[Transfer(f"t{at}", "trade", giver, taker, quantity, DAY)]])
        now = sides(ledger)
        assert now.booked == final
        assert now.holder.balance >= 0
        assert now.owed >= 0
        assert sum(one.balance for one in read_positions(ledger, "b")) == 0
        assert sum(one.balance for one in read_positions(ledger, "b.owed")) == 0
        assert -now.issuer.balance == final + now.owed <= 1000


SEVERAL = st.lists(
    st.tuples(
        st.sampled_from(("final", "sell", "buy", "shift", "block", "repay", "carry")), st.integers(1, 900), st.integers(0, 2)
    ),
    max_size=16,
)


@settings(max_examples=60)
@given(SEVERAL)
def test_several_accounts_of_a_company_behave_as_one(moves):
    """Units wander between three accounts of a firm, some blocked for a while; the sums are those of one account."""
    ledger, final, carried = make(1000, "b", "c"), 0, 0
    accounts = ("b.f", "b.f2", "b.f3")
    opened = [OpenAccount(f"o{name}", name, "b", "organisation", ("ｆｉｒｍ",)) for name in accounts[1:]]
    sink = OpenAccount("sink", name_carried("b"), "b", "cancelled", ("state",))
    ledger.submit([[one] for one in (*opened, sink)])

    def book(group):
        said = ledger.submit([group])[0] if group else []
        return all(isinstance(one, Booked) for one in said)

    for at, (what, quantity, where) in enumerate(moves):
        now, account = AllSides(ledger, "b").sides("firm"), accounts[where]
        if what == "final" and book(adjust(now, quantity, DAY, kind="allocate", reason="r", id=f"s{at}")):
            final = quantity
        elif what == "repay":
            book(repay(now, min(now.to_repay, quantity), DAY, reason="r", id=f"r{at}"))
        elif what == "carry":
            group = carry(now, AllSides(ledger, "c").sides("firm"), name_carried("b"), quantity, DAY, reason="r", id=f"c{at}")
            carried += quantity if book(group) else 0
        elif what == "block":
            state = "open" if next(one for one in now.holder.parts if one.account == account).blocked else "blocked"
            book([SetState(f"b{at}", account, state, "r")])
        elif what in ("sell", "buy", "shift"):
            other = {"sell": "b.m", "buy": "b.m", "shift": accounts[(where + 1) % 3]}[what]
            giver, taker = (other, account) if what == "buy" else (account, other)
            book([Transfer(f"t{at}", "transfer", giver, taker, quantity, DAY)])
        now, listed = AllSides(ledger, "b").sides("firm"), read_positions(ledger, "b")
        own = [one.balance for one in listed if one.account in accounts]
        assert now.booked == final
        assert (now.holder.balance, now.holder.went("carry"), min(own) >= 0) == (sum(own), carried, True)
        assert sum(one.balance for one in listed) == sum(one.balance for one in read_positions(ledger, "c")) == 0
        assert -now.issuer.balance == final + now.owed <= 1000
        assert AllSides(ledger, "c").sides("firm").holder.balance == carried
    assert verify(ledger) == []
