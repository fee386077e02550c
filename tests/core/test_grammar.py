"""A written unit splits into known factors, or is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dafeng.core.errors import UnitError
from dafeng.core.grammar import Part, split

SPELLINGS = {"t": "t", "吨": "t", "kW": "kW", "千瓦": "kW", "a": "a", "m2": "m2"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("万千瓦", [(10**4, "kW", 1)]),
        ("t/(m2*a)", [(1, "t", 1), (1, "m2", -1), (1, "a", -1)]),
        ("10^4吨", [(10**4, "t", 1)]),
        ("1.5e3 t", [(1500, "t", 1)]),
        ("(t/a)^2", [(1, "t", 2), (1, "a", -2)]),
        ("t/a/m2", [(1, "t", 1), (1, "a", -1), (1, "m2", -1)]),
        ("1", []),
    ],
)
def test_a_unit_splits_into_factors(text, parts):
    assert split(text, SPELLINGS) == tuple(Part(Fraction(scale), symbol, power) for scale, symbol, power in parts)


def test_deep_brackets_are_no_danger():
    with pytest.raises(UnitError):
        split("(" * 99 + "t", SPELLINGS)
