"""What the tours share: a browser, a city that is served with its people, a PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.store.conftest import server as server
from tests.web.browser import launched
from tests.web.conftest import fast_hashes as fast_hashes


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """Chromium, gone with its module: only one may be open in a process."""
    with launched(chromium) as one:
        yield one
