"""The real beancount reads what is exported, has nothing to say against it, and comes to the same balances."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.ledger.beancount import name_account, name_commodity, spell_beancount
from dafeng.ledger.reading import list_accounts, open_reading
from dafeng.ledger.requests import OpenAccount, OpenBook, SetState, Transfer
from tests.conftest import absent
from tests.ledger.scenes import book_all, told


def added_again(text):
    """Balances by account, as the real beancount adds them; it must not complain."""
    try:
        from beancount import loader
        from beancount.core.data import Open, Transaction
    except ImportError as cause:
        absent(f"no beancount: {cause}")
    entries, errors, _ = loader.load_string(text)
    assert not errors, errors[:3]
    names = {one.account: one.meta["account"] for one in entries if isinstance(one, Open)}
    sums = dict.fromkeys(names.values(), Decimal(0))
    count = 0
    for entry in entries:
        if isinstance(entry, Transaction):
            count += 1
            for posting in entry.postings:
                sums[names[posting.account]] += posting.units.number
    return sums, count


def test_beancount_comes_to_the_same_balances(address):
    ledger, _ = told(address)
    with ledger, open_reading(address) as rows:
        book_all(
            ledger,
            OpenBook("odd", '元/元 "x"', "2024 人民币", "yuan", 2),
            OpenAccount("o1", "元\\发行", '元/元 "x"', "issuer", ("gov",), limit=10**18),
            OpenAccount("o2", "A-b", '元/元 "x"', "person", ('h"1',)),
            OpenAccount("o3", "A b", '元/元 "x"', "person", ("h\\2",)),
            OpenAccount("o4", "A:b", '元/元 "x"', "person", ("h3",)),
            Transfer("m1", "issue", "元\\发行", "A-b", 9_007_199_254_740_993_01, "0001-01-01", reason='say "x"'),
            Transfer("m2", "issue", "元\\发行", "A b", 5, "2026-01-01"),
            Transfer("m3", "transfer", "A b", "A-b", 5, "9999-12-31"),
            SetState("m4", "A b", "closed", "no more"),
        )
        sums, count = added_again("".join(spell_beancount(rows)))
        accounts = list_accounts(rows, limit=1000).items
    scales = {'元/元 "x"': 2}
    assert sums == {one.name: Decimal(one.balance).scaleb(-scales.get(one.book, 0)) for one in accounts}
    assert (len(sums), count) == (12, 8)
    assert sums["A-b"] == Decimal("9007199254740993.06")


def test_a_wrong_balance_would_be_found(address):
    ledger, _ = told(address)
    with ledger:
        text = "".join(spell_beancount(ledger.rows))
    with pytest.raises(AssertionError, match="Balance failed"):
        added_again(text.replace("  450 ~ 0", "  451 ~ 0"))


def test_an_empty_ledger_is_a_text_too(tmp_path):
    from dafeng.ledger.ledger import open_ledger

    with open_ledger(str(tmp_path / "l.sqlite")) as ledger:
        assert added_again("".join(spell_beancount(ledger.rows))) == ({}, 0)


@given(st.lists(st.text(), min_size=2, max_size=5))
def test_two_accounts_never_get_one_name(names):
    """Law: names differ whatever the names in the ledger are, and beancount can read each."""
    import re

    commodities = [name_commodity(name, at) for at, name in enumerate(names, 1)]
    made = [name_account(name, "person", at, "X-1") for at, name in enumerate(names, 1)]
    assert len(set(made)) == len(set(commodities)) == len(names)
    assert all(re.fullmatch(r"Assets:X-1:N\d+(-[A-Za-z0-9-]*[A-Za-z0-9])?", one) for one in made)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9-]{0,22}[A-Z0-9]", one) for one in commodities)


def test_what_never_gives_is_spent_and_what_issues_is_the_other_side():
    assert name_account("a", "retired", 1, "X-1") == "Expenses:X-1:N1-a"
    assert name_account("某", "issuer", 2, "X-1") == "Equity:X-1:N2"
