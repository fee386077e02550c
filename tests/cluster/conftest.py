"""The engine of this environment: Sail where it is installed, else Spark (``make test-cluster`` runs both)."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from dafeng.store.clusters import open_engine

NAME = "sail" if find_spec("pysail") else "spark"


@pytest.fixture(scope="session")
def cluster():
    """Name of the engine of this environment."""
    return NAME


@pytest.fixture(scope="session", autouse=True)
def warm():
    """A Spark that is started once for all tests; Sail starts fast and allows one session at a time."""
    if NAME == "sail":
        yield
        return
    with open_engine(NAME):
        yield


@pytest.fixture(scope="module")
def engine():
    """An open engine of this environment."""
    with open_engine(NAME) as opened:
        yield opened
