"""What the journeys share: the browser of the tours."""

from __future__ import annotations

from tests.tours.conftest import browser as browser
