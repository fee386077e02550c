"""What the tests of the ledger share: a PostgreSQL, made empty for each test that asks for an address."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.conftest import server  # noqa: F401 - a PostgreSQL for the ledger too


def emptied(address: str) -> str:
    """The address of a PostgreSQL whose tables are gone."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty ledger may be, on either store."""
    if request.param == "postgresql":
        return emptied(request.getfixturevalue("server").get_uri())
    return str(tmp_path / "ledger.sqlite")
