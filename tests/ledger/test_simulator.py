"""The simulator on the first two hundred seeds; ``make ledger-nightly`` takes ten thousand."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from dafeng.store.ledger_tables import ACCOUNT, BLOCK, BOOK, CLAIM, EVENT, MOVE, POSTING, REVERSED, TAKEN
from tests.ledger.simulator import simulate

ENDS = {"answered, committed", "crash, committed", "crash, not committed", "error, committed", "error, not committed"}


@pytest.mark.parametrize("first", range(0, 200, 25))
def test_ledger_is_its_model_whatever_fails(first: int) -> None:
    hits = Counter[str]()
    told = sum((simulate(seed, hits=hits) for seed in range(first, first + 25)), Counter[str]())
    assert set(told) == ENDS
    told_of = {name.rpartition(" ")[0] for name in hits}
    written = (EVENT, POSTING, MOVE, REVERSED, TAKEN, BOOK, ACCOUNT, CLAIM, BLOCK)
    assert told_of >= {f"write {table.name}" for table in written}  # the last ones before the commit too
    assert hits.keys() >= {"commit before", "commit after"}
    assert hits.keys() & {f"write {table.name} amid" for table in written}


@pytest.mark.slow
def test_ledger_on_postgresql_is_its_model_whatever_fails(server: Any) -> None:
    hits = Counter[str]()
    told = sum((simulate(seed, server.get_uri(), hits) for seed in range(1000, 1010)), Counter[str]())
    assert set(told) == ENDS
    assert hits.keys() >= {"write ledger_block before", "write ledger_account amid", "commit before", "commit after"}
