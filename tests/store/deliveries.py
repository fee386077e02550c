"""Small deliveries for the tests of the store: rows, tables, files and days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pyarrow as pa

from dafeng.store.identity import GIVEN
from dafeng.store.lots import Item

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    """Instant some days after the start."""
    return START + timedelta(days=number)


def row(value: str | int, **other: Any) -> dict[str, Any]:
    """One delivered row; what is not said is always the same."""
    plain: dict[str, Any] = {
        "indicator": "energy",
        "place": "370600",
        "period": "2025",
        "value": Decimal(value),
        "unit": "tce",
        "source": "yearbook",
        "grade": "reported",
        "file": "figures.csv",
        "cell": "B2",
    }
    return plain | other


def table(*rows: Mapping[str, Any]) -> pa.Table:
    """Delivered rows as a table."""
    return GIVEN.build(rows)


def item(name: str) -> Item:
    """A delivered file; another name stands for other bytes."""
    return Item(file=f"{name}.csv", sha256=sha256(name.encode()).hexdigest(), kind="figures")


def delivery(name: str, *rows: Mapping[str, Any]) -> list[tuple[Item, pa.Table]]:
    """A delivery of one file."""
    return [(item(name), table(*rows))]


def values(facts: pa.Table) -> list[str]:
    """Values of facts as text without trailing zeros, in the order of the table."""
    return [f"{value.normalize():f}" for value in facts.column("value").to_pylist()]


def pairs(facts: pa.Table, column: str) -> Iterable[tuple[str, str]]:
    """Another column beside the values."""
    return list(zip(facts.column(column).to_pylist(), values(facts), strict=True))
