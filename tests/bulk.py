"""Activity rows for tests of bulk accounting, and the sums over them row by row in whole numbers: no engine, no float."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pyarrow as pa

from benchmarks.activity_rows import KINDS, PLACES, YEARS, draw
from dafeng.library.factors import read_factors
from dafeng.methods.catalogue import read_methods
from dafeng.methods.keys import ActivityKey, Composed, compose_keys

__all__ = ["answers", "compositions", "draw", "reference", "spell"]


@cache
def compositions():
    """Composed factors of all keys that `draw` makes, as (quantity, sector, composition) by key."""
    keys = [
        ActivityKey(place, year, category, carrier, "", unit)
        for place in PLACES
        for year in YEARS
        for category, carrier, unit in KINDS
    ]
    found = compose_keys(keys, library=read_factors(), methods=read_methods())
    return {
        (key.place, key.year, key.category, key.carrier, key.unit): [one for one in listed if isinstance(one, Composed)]
        for key, listed in found.items()
    }


def reference(table: pa.Table) -> dict[tuple[str, str, int], tuple[str, int, int, int]]:
    """Sum, rows, sources and rows that match exactly, by quantity, sector and year; one row after the other."""
    factors = compositions()
    sums: dict[tuple[str, str, int], list] = defaultdict(lambda: [0, 0, set(), 0])
    names = ("place", "year", "category", "carrier", "unit", "amount", "source")
    for *key, amount, source in zip(*(table.column(name).to_pylist() for name in names), strict=True):
        for one in factors[tuple(key)]:
            at = (one.method.quantity, ".".join(key[2].split(".")[:2]), key[1])
            total = sums[at]
            total[0] += int(amount.scaleb(6)) * int(one.factor.scaleb(9))
            total[1] += 1
            total[2].add(source)
            total[3] += one.grade == "exact"
    return {at: (spell(value), rows, len(sources), exact) for at, (value, rows, sources, exact) in sums.items()}


def spell(value: int) -> str:
    """A whole number of 1e-15 as a text with fifteen places, without any rounding."""
    digits = f"{abs(value):016d}"
    return f"{'-' if value < 0 else ''}{digits[:-15]}.{digits[-15:]}"


def answers(results: pa.Table) -> dict[tuple[str, str, int], tuple[str, int, int, int]]:
    """The same of an AGGREGATES table, sums as exact texts."""
    return {
        (row["quantity"], row["key"], row["year"]): (f"{row['value']:.15f}", row["rows"], row["sources"], row["exact"])
        for row in results.to_pylist()
    }
