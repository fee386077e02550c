"""What is read from a ledger is what was booked: pages, statements, claims, serial numbers, moments; on both databases."""

from __future__ import annotations

from datetime import UTC, date, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import LookupFailure, StoreError
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.moments import find_seq, read_balance, read_balances
from dafeng.ledger.reading import (
    list_accounts,
    list_claims,
    list_events,
    list_holders,
    open_reading,
    read_account,
    read_event,
    trace_serial,
)
from dafeng.ledger.requests import Hold, Reverse, Span, Transfer, decode
from dafeng.ledger.rules import apply
from dafeng.ledger.state import State
from dafeng.ledger.statement import read_statement
from dafeng.store.ledger_tables import TAKEN
from tests.ledger.conftest import emptied
from tests.ledger.scenes import DAY, START, book_all, opened, told


@pytest.fixture
def story(address):
    ledger, clock = told(address)
    with ledger, open_reading(address) as rows:
        yield ledger, clock, rows


def test_a_statement_names_amounts_balances_reasons_and_numbers(story):
    _, _, rows = story
    page = read_statement(rows, "ccer:A")
    assert [(line.id, line.amount, line.balance) for line in page.lines] == [
        ("take", -150, 450),
        ("back", 50, 600),
        ("sale", -50, 550),
        ("issue", 600, 600),
    ]
    take, back, sale, issue = page.lines
    assert (take.about, take.reason, take.counterparty, take.kind) == ("offer", "option", "ccer:B", "transfer")
    assert (back.about, back.reason, back.kind) == ("sale", "wrong buyer", "reverse")
    assert (sale.reversed_by, sale.spans, sale.reason) == ("back", (Span(10, 59),), "contract 7")
    assert (issue.counterparty, issue.spans, issue.effective) == ("ccer:issuer", (Span(1, 600),), date(2026, 1, 1))
    assert (page.opening, page.closing, page.following) == (0, 450, None)
    assert read_statement(rows, "ccer:retired").lines[0].beneficiary == "Carl"


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_the_pages_of_a_statement_are_the_whole(story, order):
    _, _, rows = story
    whole = read_statement(rows, "ccer:A", order=order).lines
    found, key = [], None
    for _ in range(4):
        page = read_statement(rows, "ccer:A", order=order, after=key, limit=1)
        found += page.lines
        key = page.following
        assert (page.opening, page.closing) == (0, 450)
    assert (tuple(found), key) == (whole, None)


def test_a_period_opens_with_what_was_before_and_closes_with_what_was_then(address):
    ledger, clock = opened(address)
    with ledger:
        for day, quantity in enumerate((100, 20, 3)):
            clock.now = START + (10 + day) * DAY
            book_all(ledger, Transfer(f"t{day}", "issue", "cea:issuer", "cea:A", quantity, "2026-01-01"))
        middle = read_statement(ledger.rows, "cea:A", since=date(2026, 1, 12), until=date(2026, 1, 12))
        assert (middle.opening, middle.closing, [line.id for line in middle.lines]) == (100, 120, ["t1"])
        empty = read_statement(ledger.rows, "cea:A", since=date(2027, 1, 1))
        assert (empty.opening, empty.closing, empty.lines) == (123, 123, ())


def test_a_day_begins_where_the_reader_says(address):
    ledger, clock = opened(address)
    with ledger:
        clock.now = START + 10 * DAY + DAY * 17 // 24  # and an hour: 18:00 in UTC, 02:00 of the next day in China
        book_all(ledger, Transfer("late", "issue", "cea:issuer", "cea:A", 5, "2026-01-01"))
        china = timezone(timedelta(hours=8))
        day = {"since": date(2026, 1, 12), "until": date(2026, 1, 12)}
        assert [line.id for line in read_statement(ledger.rows, "cea:A", zone=china, **day).lines] == ["late"]
        assert read_statement(ledger.rows, "cea:A", zone=UTC, **day).lines == ()


def test_accounts_and_holders_come_in_pages(story):
    _, _, rows = story
    names, key = [], ""
    while key is not None:
        page = list_accounts(rows, after=key, limit=3)
        names += [one.name for one in page.items]
        key = page.following
    books = ("ccer", "cea")
    assert names == sorted(f"{book}:{name}" for book in books for name in ("A", "B", "issuer", "retired"))
    assert [one.name for one in list_accounts(rows, book="cea", holder="gov").items] == ["cea:issuer", "cea:retired"]
    first = list_holders(rows, limit=2)
    assert ([tuple(one) for one in first.items], first.following) == ([("Anna", 2), ("Bert", 2)], "Bert")
    assert [tuple(one) for one in list_holders(rows, after="Bert").items] == [("gov", 4)]


def test_an_account_tells_what_is_set_aside_and_what_may_leave(story):
    _, clock, rows = story
    standing = read_account(rows, "ccer:A", now=clock.now)
    assert (standing.account.balance, standing.held, standing.free) == (450, 70, 380)
    (claim,) = standing.claims
    assert (claim.id, claim.kind, claim.asked, claim.held, claim.over) == ("court", "freeze", 70, 70, False)
    assert [(one.id, one.over) for one in list_claims(rows, "ccer:A").items] == [("offer", True), ("court", False)]
    assert list_claims(rows, "ccer:A", limit=1).following == list_claims(rows, "ccer:A", limit=1).items[0].seq
    assert read_account(rows, "ccer:issuer", now=clock.now).free == 10_000 - 600


def test_a_claim_that_ended_by_itself_is_over_for_the_reader_and_who_waited_is_served(address):
    ledger, clock = opened(address)
    with ledger:
        end = START + 20 * DAY
        book_all(
            ledger,
            Transfer("in", "issue", "cea:issuer", "cea:A", 100, "2026-01-01"),
            Hold("first", "cea:A", "freeze", 80, "order", until=end),
            Hold("second", "cea:A", "pledge", 90, "bank", waits=True),
        )
        seq = find_seq(ledger.rows, clock.now)
        before = read_account(ledger.rows, "cea:A", now=end - 1)
        after = read_account(ledger.rows, "cea:A", now=end)
        assert [(one.id, one.held) for one in before.claims] == [("first", 80), ("second", 20)]
        assert [(one.id, one.held) for one in after.claims] == [("second", 90)]
        assert (before.free, after.free) == (0, 10)
        assert find_seq(ledger.rows, 2**62) == seq  # nothing was written


def test_a_serial_number_tells_where_it_was(story):
    _, clock, rows = story
    found = trace_serial(rows, "ccer", 12, now=clock.now)
    assert [(one.id, one.giver, one.taker) for one in found.passages] == [
        ("issue", "ccer:issuer", "ccer:A"),
        ("sale", "ccer:A", "ccer:B"),
        ("back", "ccer:B", "ccer:A"),
        *[(one.id, one.giver, one.taker) for one in found.passages[3:]],
    ]
    assert (found.vintage, found.project, found.restricted) == ("2024", "P1", False)
    with pytest.raises(LookupFailure):
        trace_serial(rows, "ccer", 601, now=clock.now)


def test_every_serial_number_is_where_its_last_passage_took_it(story):
    _, clock, rows = story
    units = [trace_serial(rows, "ccer", number, now=clock.now) for number in range(1, 601)]
    assert all(unit.passages[-1].taker == unit.account for unit in units)
    counts = {name: sum(unit.account == name for unit in units) for name in ("ccer:A", "ccer:B", "ccer:retired")}
    assert counts == {"ccer:A": 450, "ccer:B": 130, "ccer:retired": 20}
    assert sum(unit.claim == "court" for unit in units) == 70
    assert units[599].passages == units[598].passages
    assert sum(unit.passages[-1].id == "gone" for unit in units) == 20


def test_events_come_both_ways(story):
    _, _, rows = story
    forward = list_events(rows, after=0, limit=500)
    assert [one.seq for one in forward.items] == list(range(1, 19))
    assert [one.seq for one in list_events(rows, limit=3).items] == [18, 17, 16]
    page = list_events(rows, before=16, limit=2)
    assert ([one.seq for one in page.items], page.following) == ([15, 14], 14)
    assert read_event(rows, "gone") == forward.items[-1]
    assert (forward.items[0].effective, forward.items[0].giver, forward.items[-1].giver) == (None, "", "ccer:B")


@pytest.mark.parametrize(
    "ask",
    [
        lambda rows: read_statement(rows, "nobody"),
        lambda rows: read_account(rows, "nobody", now=0),
        lambda rows: list_claims(rows, "nobody"),
        lambda rows: read_balance(rows, "nobody"),
        lambda rows: list(read_balances(rows, "nobook")),
        lambda rows: read_event(rows, "never"),
        lambda rows: trace_serial(rows, "nobook", 1, now=0),
    ],
)
def test_what_is_not_there_is_said(story, ask):
    with pytest.raises(LookupFailure) as caught:
        ask(story[2])
    assert caught.value.what.zh.startswith("账簿中没有")


def test_who_reads_cannot_write(story):
    _, _, rows = story
    with pytest.raises(Exception, match=r"readonly|read-only"):
        rows.write(TAKEN, [("key", "account")])


def test_a_ledger_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(StoreError):
        open_reading(str(tmp_path / "none.sqlite"))
    assert not list(tmp_path.iterdir())


def test_a_snapshot_stays_while_others_write(story):
    ledger, _, rows = story
    with rows.snapshot():
        before = read_balance(rows, "cea:A")
        book_all(ledger, Transfer("meanwhile", "issue", "cea:issuer", "cea:A", 5, "2026-01-01"))
        assert (before, read_balance(rows, "cea:A")) == (0, 0)
    assert read_balance(rows, "cea:A") == 5


def replayed(events, known_at, effective):
    """Balances that the rules give when what was booked up to an instant is booked again."""
    state = State()
    for event in events:
        if event.known_at <= known_at:
            apply(state, [[decode(event.id, event.content)]], event.known_at)
    names = {number: account.name for number, account in state.by_number.items()}
    sums = {}
    for number, _, day, amount, _ in state.postings:
        if day <= effective.toordinal():
            sums[names[number]] = sums.get(names[number], 0) + amount
    return {name: balance for name, balance in sums.items() if balance}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["issue", "transfer", "retire", "reverse", "pending"]),
        st.sampled_from(["A", "B"]),
        st.integers(1, 400),
        st.integers(1, 9),
        st.integers(0, 3),
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(steps=STEPS, book=st.sampled_from(["cea", "ccer"]), day=st.integers(1, 10), part=st.floats(0, 1))
def test_a_moment_is_what_replay_gives(address_again, steps, book, day, part):
    """Law: the balance as of a legal day and an instant is that of booking everything known by then anew."""
    address = address_again()
    ledger, clock = opened(address)
    with ledger, open_reading(address) as rows:
        for at, (kind, who, quantity, effective, pause) in enumerate(steps):
            clock.now += pause * DAY
            ledger.submit([[requested(kind, f"{book}:{who}", quantity, f"2026-01-0{effective}", at, book, clock.now)]])
        events = list_events(rows, after=0, limit=1000).items
        known_at = START + int(part * (clock.now + DAY - START))
        until = date(2026, 1, day)
        wanted = replayed(events, known_at, until)
        assert dict(read_balances(rows, book, effective=until, known_at=known_at)) == wanted
        assert read_balance(rows, f"{book}:A", effective=until, known_at=known_at) == wanted.get(f"{book}:A", 0)
        known = replayed(events, known_at, date(9999, 1, 1))
        assert dict(read_balances(rows, book, known_at=known_at)) == known
        assert read_balance(rows, f"{book}:A", known_at=known_at) == known.get(f"{book}:A", 0)
        page = read_statement(rows, f"{book}:A", limit=1000)
        assert page.opening + sum(line.amount for line in page.lines) == page.closing
        assert sum(known.values()) == sum(wanted.values()) == 0


def requested(kind, account, quantity, effective, at, book, now):
    """One step of a random story; the rules may refuse it."""
    name = f"s{at}"
    match kind:
        case "issue":
            return Transfer(name, "issue", f"{book}:issuer", account, quantity, effective)
        case "retire":
            return Transfer(name, "retire", account, f"{book}:retired", quantity, effective, reason="r", beneficiary="b")
        case "reverse":
            return Reverse(name, f"s{quantity % (at + 1)}", effective, "wrong")
    other = f"{book}:{'B' if account.endswith('A') else 'A'}"
    until = now + 2 * DAY if kind == "pending" else None
    return Transfer(name, "transfer", account, other, quantity, effective, until=until)


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def address_again(request, tmp_path_factory):
    """A function that gives an empty place each time it is called."""
    if request.param == "postgresql":
        uri = request.getfixturevalue("server").get_uri()
        return lambda: emptied(uri)
    return lambda: str(tmp_path_factory.mktemp("moment") / "ledger.sqlite")


def test_a_ledger_of_its_own_needs_no_file():
    with open_ledger(":memory:") as ledger:
        assert list_accounts(ledger.rows).items == ()
