"""What the tests of the pages share: passwords that are hashed fast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from dafeng.store import accounts
from tests.store.conftest import server  # noqa: F401 - a PostgreSQL for the pages too
from tests.web.attacked import fresh


@pytest.fixture(scope="module", autouse=True)
def fast_hashes() -> Iterator[None]:
    """Argon2 with its least costs: a page does not know what a hash costs, and tests/store holds the real costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "hasher", lambda: PasswordHasher.from_parameters(CHEAPEST))
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest) -> str:
    """Where a city keeps its records: in its folder, or in an empty PostgreSQL."""
    return fresh(request.getfixturevalue("server").get_uri()) if request.param == "postgresql" else ""
