"""Sums in the database that have no bound: one of 64 bits ends at 2 ** 63, and what came and went over the years may pass that.

Invariant: `join_sum` of the two columns of `split_sum` is the exact sum of the terms, on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

from typing import Any

BITS = 31
"""Bits of the low part: 2 ** 31 rows fit before either of the two sums could pass 64 bits."""


def split_sum(term: str) -> str:
    """Two columns of a SELECT that say an exact sum.

    Parameters
    ----------
    term : str
        A whole number of 64 bits in SQL; of our own, never typed.

    Returns
    -------
    str
        The sum of the high parts, a comma, the sum of the low parts; a shift rounds down, so low parts are never negative.
    """
    return f"SUM(({term}) >> {BITS}), SUM(({term}) & {2**BITS - 1})"


def join_sum(high: Any, low: Any) -> int:
    """The sum that two columns say.

    Parameters
    ----------
    high, low : int, Decimal or None
        What the columns of `split_sum` hold; none where there was no row.

    Returns
    -------
    int
        Exact; 0 where there was no row.
    """
    return (int(high or 0) << BITS) + int(low or 0)
