"""The invariants of a ledger that can be read off its rows at any moment, each by its number and name in the specification.

Five of the twelve speak of what happens rather than of what stands there: 5 (same id) and 12 (policy) are rules of the state
machine in ``test_model`` and tested in ``test_invariants``, as 7 (as of) and 11 (order) are; 9 (auction) by the tests of the
markets, which alone know of bids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from dafeng.ledger.chain import START, link
from dafeng.store.ledger_rows import LedgerRows

POSTINGS = "SELECT account, seq, effective, amount, balance FROM ledger_posting ORDER BY seq, account"


def grouped(rows: LedgerRows, text: str, *keys: int) -> dict[Any, list[Any]]:
    """Rows of a query by the values at some places."""
    found = defaultdict(list)
    for row in rows.query(text):
        found[tuple(row[key] for key in keys)].append(row)
    return found


def invariant_1_postings_sum_to_zero(rows: LedgerRows) -> None:
    """Per book and per transfer."""
    for column in ("a.book", "p.seq"):
        text = (
            f"SELECT {column}, sum(p.amount) FROM ledger_posting p JOIN ledger_account a ON a.no = p.account GROUP BY {column}"
        )
        assert [row for row in rows.query(text) if row[1] != 0] == []


def invariant_2_balance_is_sum_and_last_balance(rows: LedgerRows) -> None:
    """Every balance is the sum of its postings and what the last one left; every one left what it should."""
    postings = grouped(rows, "SELECT account, seq, amount, balance FROM ledger_posting ORDER BY account, seq", 0)
    for no, balance in rows.query("SELECT no, balance FROM ledger_account"):
        running = 0
        for _, _, amount, after in postings.get((no,), []):
            running += amount
            assert after == running
        assert balance == running


def invariant_3_holds_stay_within_balance(rows: LedgerRows) -> None:
    """What claims hold of an account is no more than it has, and is what the account says is held."""
    claims = grouped(rows, "SELECT account, held, asked FROM ledger_claim", 0)
    for no, balance, held in rows.query("SELECT no, balance, held FROM ledger_account"):
        mine = claims.get((no,), [])
        assert held == sum(one[1] for one in mine)
        assert all(0 <= one[1] <= one[2] for one in mine)
        assert not mine or held <= balance


def invariant_4_blocks_tile(rows: LedgerRows) -> None:
    """Living blocks of a book never overlap and cover all numbers ever made; children tile their parent; one holder each."""
    text = "SELECT book, no, first, last, account, parent, alive FROM ledger_block ORDER BY first, last"
    made = {(row[0],): row[1] for row in rows.query("SELECT no, next FROM ledger_book WHERE serials")}
    blocks = grouped(rows, text, 0)
    for book, following in made.items():
        numbers = [n for row in blocks.get(book, []) if row[6] for n in range(row[2], row[3] + 1)]
        assert numbers == list(range(1, following))
    by_no = {row[1]: row for rows_ in blocks.values() for row in rows_}
    for parent, children in grouped(rows, text, 5).items():
        if parent != (0,):
            spans = [n for row in children for n in range(row[2], row[3] + 1)]
            assert spans == list(range(by_no[parent[0]][2], by_no[parent[0]][3] + 1))
            assert not by_no[parent[0]][6]
    sizes = {
        no[0]: sum(row[3] - row[2] + 1 for row in mine if row[6])
        for no, mine in grouped(rows, "SELECT book, no, first, last, account, parent, alive FROM ledger_block", 4).items()
    }
    zero = (
        "SELECT a.no, a.balance FROM ledger_account a JOIN ledger_book b ON b.no = a.book"
        " WHERE b.serials AND a.type NOT IN ('issuer', 'external')"
    )
    assert all(sizes.get(no, 0) == balance for no, balance in rows.query(zero))


def invariant_6_retired_never_moves(rows: LedgerRows) -> None:
    """Nothing ever leaves an account of retired or surrendered units."""
    text = (
        "SELECT count(*) FROM ledger_posting p JOIN ledger_account a ON a.no = p.account"
        " WHERE a.type IN ('retired', 'surrendered') AND p.amount < 0"
    )
    assert rows.query(text) == [(0,)]


def invariant_8_chain_is_unbroken(rows: LedgerRows) -> None:
    """Every event carries the hash of its content and of the one before; numbers have no gap."""
    before, expected = START, 1
    for seq, name, group, at, content, told in rows.query(
        "SELECT seq, id, grp, known_at, content, hash FROM ledger_event ORDER BY seq"
    ):
        before = link(before, seq, group, at, name, content)
        assert (seq, bytes(told)) == (expected, before)
        expected += 1


def invariant_10_both_books_are_conserved(rows: LedgerRows) -> None:
    """In whatever groups units of several books changed hands, no book gained or lost: its giver's loss is its taker's gain."""
    text = (
        "SELECT e.grp, a.book, sum(p.amount) FROM ledger_posting p JOIN ledger_account a ON a.no = p.account"
        " JOIN ledger_event e ON e.seq = p.seq GROUP BY e.grp, a.book"
    )
    assert [row for row in rows.query(text) if row[2] != 0] == []


STANDING: tuple[Callable[[LedgerRows], None], ...] = (
    invariant_1_postings_sum_to_zero,
    invariant_2_balance_is_sum_and_last_balance,
    invariant_3_holds_stay_within_balance,
    invariant_4_blocks_tile,
    invariant_6_retired_never_moves,
    invariant_8_chain_is_unbroken,
    invariant_10_both_books_are_conserved,
)
