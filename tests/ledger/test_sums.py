"""Sums over postings are exact also where they pass 64 bits, on either store."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.moments import read_balance, read_balances
from dafeng.ledger.positions import list_positions
from dafeng.ledger.requests import MOST, OpenAccount, OpenBook, Transfer
from dafeng.store.ledger_rows import open_rows
from dafeng.store.ledger_sums import join_sum, split_sum
from dafeng.work.right_rows import read_sums

MUCH = 4 * 10**18


def moved(address: str) -> Ledger:
    """Four times 10 to the 18 issued, then given to and fro five times, each on a day of its own."""
    ledger = open_ledger(address)
    opened = [OpenAccount(name, name, "b", "organisation", (name,)) for name in ("x", "y")]
    issuers = [OpenAccount(name, name, "b", "issuer", ("city",), limit=MOST) for name in ("i", "j", "k")]
    ledger.submit([[OpenBook("b", "b", "B", "t")], *[[one] for one in (*opened, *issuers)]])
    moves = [Transfer("0", "issue", "i", "x", MUCH, "2026-01-01")]
    for number in range(10):
        giver, taker = ("x", "y") if number % 2 == 0 else ("y", "x")
        moves.append(Transfer(f"m{number}", "transfer", giver, taker, MUCH, f"2026-02-{number + 1:02}"))
    assert all(hasattr(one[0], "seq") for one in ledger.submit([[one] for one in moves]))
    return ledger


def test_what_came_and_went_is_exact(address: str) -> None:
    with moved(address) as ledger:
        found = {one.account: one for one in list_positions(ledger.rows, "b")}
        flow = found["x"].flows["transfer"]
        assert (flow.came, flow.went, flow.count, found["x"].issued("issue")) == (5 * MUCH, 5 * MUCH, 10, MUCH)


def test_balances_of_a_day_are_exact(address: str) -> None:
    with moved(address) as ledger:
        at = date(2026, 1, 31)
        assert dict(read_balances(ledger.rows, "b", effective=at)) == {"x": MUCH, "i": -MUCH}
        assert read_balance(ledger.rows, "x", effective=at) == MUCH
        back = [
            Transfer(f"n{n}", "transfer", *("xy" if n % 2 == 0 else "yx"), MUCH, f"2026-{3 + n % 2:02}-01") for n in range(8)
        ]
        ledger.submit([[one] for one in back])  # as earlier versions dated: the same month again and again
        assert read_balance(ledger.rows, "x", effective=date(2026, 3, 1)) == -3 * MUCH
        assert dict(read_balances(ledger.rows, "b", effective=date(2026, 3, 1)))["y"] == 4 * MUCH


def test_sums_of_a_book_with_three_issuers_are_exact(address: str) -> None:
    with moved(address) as ledger:
        assert {kind: limit for _, kind, _, _, _, limit in read_sums(ledger.rows)}["issuer"] == 3 * MOST


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20))
def test_a_split_sum_is_the_sum(terms: list[int]) -> None:
    with open_rows(":memory:") as rows:
        values = " UNION ALL ".join(["SELECT ? AS n"] * len(terms)) or "SELECT 1 AS n WHERE 0"
        assert join_sum(*rows.query(f"SELECT {split_sum('n')} FROM ({values})", *terms)[0]) == sum(terms)


@pytest.mark.parametrize("terms", [(-1,), (2**63 - 1, 2**63 - 1, -5), (-(2**63), -(2**63))])
def test_a_split_sum_is_the_sum_on_either_store(address: str, terms: tuple[int, ...]) -> None:
    with open_rows(address) as rows:
        values = " UNION ALL ".join(f"SELECT CAST('{one}' AS bigint) AS n" for one in terms)
        assert join_sum(*rows.query(f"SELECT {split_sum('n')} FROM ({values}) t")[0]) == sum(terms)
