"""The PostgreSQL server of the store's tests serves these too."""

from tests.store.conftest import server

__all__ = ["server"]
