"""Every kind of page that the people of ``cockpit_users`` open, and the pages that they leave out, each with its reason.

A kind has a weight (how often it is opened) and addresses below the city; names in braces are drawn anew each time.
``tests/benchmarks/test_cockpit_kinds.py`` holds that no page of the application is in neither table.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.cockpit_city import FIELDS, INDICATORS, MONTHS, ORGANISATIONS, TASKS, VERDICTS, _month

SLUG = "yangli"
WEEKS, METHODS = 52, ("cement_process", "fuel_combustion", "coal_mining")
COMPANY = "3/20"
"""Numbers of a book and an account of the made city: the first plant of the compliance period."""
INSIDE = ("reader", "administrator")
"""Roles of those who are logged in."""
DRAWN: Mapping[str, Callable[[random.Random], str]] = {
    "indicator": lambda chance: f"M{chance.randrange(INDICATORS):04d}",
    "digits": lambda chance: f"{chance.randrange(100):02d}",
    "month": lambda chance: _month(chance.randrange(MONTHS)),
    "task": lambda chance: f"J{chance.randrange(TASKS):03d}",
    "organisation": lambda chance: f"市第{1 + chance.randrange(ORGANISATIONS)}局",
    "chapter": lambda chance: f"第{1 + chance.randrange(5)}章",
    "field": lambda chance: chance.choice(FIELDS),
    "verdict": lambda chance: chance.choice(VERDICTS),
    "window": lambda chance: str(50 * chance.randrange(40)),
    "hundred": lambda chance: str(100 * chance.randrange(20)),
    "week": lambda chance: str(chance.randrange(WEEKS)),
    "case": lambda chance: chance.choice(("written", "feasible")),
    "battery": lambda chance: str(chance.randrange(40, 101)),
    "method": lambda chance: chance.choice(METHODS),
}
"""What stands for a name in braces."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Pages that are told of together.

    Parameters
    ----------
    weight : int
        How often they are opened beside others.
    addresses : tuple of str
        Below ``/{slug}/``, or from the root where they begin with a slash.
    who : tuple of str
        Who opens them: nobody's role is empty.
    """

    weight: int
    addresses: tuple[str, ...]
    who: tuple[str, ...] = ("", *INSIDE)

    def choose(self, chance: random.Random) -> str:
        """One address with what is drawn for it."""
        return self.fill(chance.choice(self.addresses), chance)

    def first(self, chance: random.Random) -> str:
        """The first address with what is drawn for it."""
        return self.fill(self.addresses[0], chance)

    @staticmethod
    def fill(address: str, chance: random.Random) -> str:
        """An address with what is drawn for its names."""
        drawn = address.format_map({name: draw(chance) for name, draw in DRAWN.items() if f"{{{name}}}" in address})
        return drawn if drawn.startswith("/") else f"/{SLUG}/{drawn}"


FEW: Mapping[str, Kind] = {
    "overview": Kind(2, ("",)),
    "targets": Kind(5, ("targets", "targets?offset={window}", "targets?field={field}", "targets?verdict={verdict}",
                        "targets?verdict={verdict}&field={field}", "targets?sort=year", "targets?sort=indicator",
                        "targets?q={digits}")),
    "target": Kind(5, ("targets/{indicator}",)),
    "tasks": Kind(3, ("tasks", "tasks?organisation={organisation}", "tasks?chapter={chapter}")),
    "explain": Kind(5, ("explain/facts/{indicator}.{month}?fragment=1", "explain/verdicts/{indicator}?fragment=1",
                        "explain/targets/{indicator}?fragment=1")),
    "json": Kind(3, (f"/api/v1/cities/{SLUG}/verdicts?offset={{hundred}}&limit=100", "targets/{indicator}.json",
                     f"/api/v1/cities/{SLUG}/explain/facts/{{indicator}}.{{month}}", "overview.json")),
    "again": Kind(2, ()),
}  # fmt: skip
"""The kinds that plain pages have too; ``again`` are pages that were open before."""
KINDS: Mapping[str, Kind] = {
    **FEW,
    "targets_all": Kind(1, ("targets?rows=all",)),
    "tasks_board": Kind(1, ("tasks?view=board", "tasks?view=board&organisation={organisation}")),
    "tasks_gantt": Kind(1, ("tasks?view=gantt", "tasks?view=gantt&chapter={chapter}")),
    "tasks_links": Kind(1, ("tasks?view=links", "tasks?view=links&chapter={chapter}")),
    "task": Kind(2, ("tasks/{task}", "tasks/{task}.json")),
    "fields": Kind(1, ("fields",)),
    "field": Kind(2, ("fields/{field}", "fields/{field}.json")),
    "organisations": Kind(1, ("organisations", "organisations?by=year", "organisations?field={field}")),
    "organisation": Kind(2, ("organisations/{organisation}",)),
    "map": Kind(1, ("map", "map?year=2024")),
    "boundary": Kind(1, ("map/boundary/",), who=INSIDE),
    "wall": Kind(1, ("wall", "wall.json", "wall/run.json")),
    "energy": Kind(1, ("energy",)),
    "hours": Kind(2, ("hours", "hours?case={case}", "hours?case={case}&week={week}")),
    "hours_week": Kind(2, ("hours/week.json?case={case}&week={week}",)),
    "hours_year": Kind(1, ("hours/year.json?case={case}",)),
    "emissions": Kind(1, ("emissions",)),
    "inventory": Kind(1, ("inventory",)),
    "quality": Kind(1, ("quality",)),
    "pathway": Kind(1, ("pathway", "pathway.json")),
    "scenarios": Kind(2, ("scenarios", "scenarios?over=plan", "scenarios?beside=plan")),
    "scenarios_live": Kind(2, ("scenarios/live.json", "scenarios/live.json?over=plan", "scenarios.json?over=plan")),
    "scenarios_moved": Kind(1, ("scenarios/live.json?battery_cars={battery}",)),
    "measures": Kind(1, ("measures",)),
    "conflicts": Kind(1, ("conflicts",)),
    "compare": Kind(1, ("compare", "compare?field={field}")),
    "sources": Kind(1, ("sources",)),
    "factors": Kind(1, ("factors", "factors?q={digits}")),
    "methods": Kind(1, ("methods",)),
    "method": Kind(1, ("methods/{method}",)),
    "search": Kind(2, ("search?q={digits}", "search?q={organisation}", "search?q=风电")),
    "explanation": Kind(1, ("explain/facts/{indicator}.{month}",)),
    "file": Kind(1, ("targets.csv", "yangli-schedule.svg", "yangli-schedule.csv")),
    "login": Kind(1, ("login",), who=("",)),
    "about": Kind(1, ("/api/v1/",)),
    "views": Kind(1, ("views",)),
    "account": Kind(1, ("account",), who=INSIDE),
    "review": Kind(1, ("review/",), who=INSIDE),
    "deliver": Kind(1, ("deliver/",), who=INSIDE),
    "publishing": Kind(1, ("publishing/",), who=INSIDE),
    "jobs": Kind(1, ("jobs/", "jobs.json"), who=INSIDE),
    "rights": Kind(1, ("rights/", "rights/orders/", "rights.json", "orders.json"), who=INSIDE),
    "right": Kind(1, ("rights/books/1/", "rights/accounts/6/", "rights/events/20/"), who=INSIDE),
    "markets": Kind(1, ("markets/", "markets.json"), who=INSIDE),
    "market": Kind(1, ("markets/cea/", "markets/cea/auctions/spring/", "markets/cea/auctions/summer/"), who=INSIDE),
    "budgets": Kind(1, ("budgets/", "budgets.json"), who=INSIDE),
    "budget": Kind(
        1, ("budgets/energy-2025/", "budgets/energy-2025/nodes/east/", "budgets/energy-2025/nodes/east/used"), who=INSIDE
    ),
    "compliance": Kind(1, ("compliance/", "compliance.json", f"compliance/{COMPANY}/"), who=INSIDE),
    "projects": Kind(1, ("projects/", "projects.json", "projects/2/"), who=INSIDE),
    "inclusion": Kind(
        1,
        (
            "inclusion/",
            "inclusion.json",
            "inclusion/accounts/",
            "inclusion/scenes/metro/",
            "inclusion/bundles/2026-q1/",
            "inclusion/claims/",
            "inclusion/intake/",
        ),
        who=INSIDE,
    ),
    "enterprises": Kind(1, ("enterprises/", "enterprises.json", "enterprises/accounts/QL-01/"), who=INSIDE),
    "accounts": Kind(1, ("accounts",), who=("administrator",)),
}
"""All kinds of pages."""
LEFT_OUT: Mapping[str, str] = {
    "/": "leads to the only city",
    "/{slug}": "leads to the city",
    "/{slug}/review": "leads to the same address with a slash",
    "/{slug}/deliver": "leads to the same address with a slash",
    "/{slug}/jobs": "leads to the same address with a slash",
    "/{slug}/rights": "leads to the same address with a slash",
    "/{slug}/markets": "leads to the same address with a slash",
    "/{slug}/budgets": "leads to the same address with a slash",
    "/{slug}/compliance": "leads to the same address with a slash",
    "/{slug}/projects": "leads to the same address with a slash",
    "/{slug}/inclusion": "leads to the same address with a slash",
    "/{slug}/enterprises": "leads to the same address with a slash",
    "/{slug}/login/provider": "leads to a provider of logins, which is another server",
    "/{slug}/login/callback": "is opened by that provider",
    "/{slug}/setup/{token}": "is open until there is an account, once",
    "/{slug}/welcome/{token}": "is opened once by whoever was invited",
    "/{slug}/review/{name}/": "stands for a plan under review; the made city has none",
    "/{slug}/review/versions/{number}": "stands for a confirmed version; the made city has none",
    "/{slug}/review/{name}/form": "a part of the page review/{name}/ in an editor's hands",
    "/{slug}/review/{name}/confirm": "asks a confirmer once for each version",
    "/{slug}/review/{name}/review.xlsx": "writes a workbook on demand",
    "/{slug}/deliver/{name}/": "stands for a delivery; the made city has none",
    "/{slug}/jobs/{name}/": "stands for a job; the made city has none",
    "/{slug}/jobs/{name}.json": "stands for a job; the made city has none",
    "/{slug}/inclusion/accounts/{person}/": "stands for a pseudonym, which is drawn anew for each made city",
    "/{slug}/owner/{token}": "is open to whoever holds a link that a confirmer made",
    "/{slug}/rights/certificates/{event}.pdf": "writes a document on demand",
    "/{slug}/scenarios.xlsx": "writes a workbook on demand",
    "/{slug}/scenarios.csv": "writes a table of all years on demand",
}
"""Pages of the cockpit that the people do not open; those below ``/public/`` and the API are not of the cockpit."""
