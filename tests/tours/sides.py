"""From which sides the tours look: window, language, theme and the database behind the records.

Invariant: any two of these meet in every combination in at least one side, so that no full product is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect

from tests.web.browser import Visit

PATIENCE = 60_000
"""How long a tour waits for anything: two busy cores are slow, not wrong. [ms]"""
WINDOWS = {"desk": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}


@dataclass(frozen=True, slots=True)
class Side:
    """One way to look: ``desk`` or ``phone``, ``zh`` or ``en``, ``light`` or ``dark``, ``sqlite`` or ``postgres``."""

    window: str
    language: str
    theme: str
    records: str = "sqlite"

    def __str__(self) -> str:
        return "-".join((self.window, self.language, self.theme, self.records))

    def visit(self, browser: Any, base: str) -> Visit:
        """A reader's window of this side."""
        one = Visit(browser, viewport=WINDOWS[self.window], color_scheme=self.theme, reduced_motion="reduce")
        one.context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        one.context.add_cookies([{"name": "lang", "value": self.language, "url": base}])
        return one


READING = (
    Side("desk", "zh", "light"), Side("desk", "en", "dark"), Side("phone", "zh", "dark"), Side("phone", "en", "light"),
)  # fmt: skip
"""For tours that only read: the database is not asked."""
WRITING = (
    Side("desk", "zh", "light", "sqlite"), Side("desk", "en", "dark", "postgres"), Side("phone", "zh", "dark", "postgres"),
    Side("phone", "en", "light", "postgres"), Side("phone", "en", "dark", "sqlite"),
)  # fmt: skip
"""For tours that write: five sides meet what sixteen would."""
