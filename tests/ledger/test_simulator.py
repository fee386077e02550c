"""The simulator on the first two hundred seeds; ``make ledger-nightly`` takes ten thousand."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.ledger.simulator import simulate


@pytest.mark.parametrize("first", range(0, 200, 25))
def test_ledger_is_its_model_whatever_fails(first: int) -> None:
    told = sum((simulate(seed) for seed in range(first, first + 25)), Counter[str]())
    assert {
        "answered, committed",
        "crash, committed",
        "crash, not committed",
        "error, committed",
        "error, not committed",
    } == set(told)
