"""Targets of a plan as the scenarios of the sector model take them: indicator and year, with the clause.

Invariant: a target without a number, without a year or without a known indicator fills no row of a scenario.
"""

from __future__ import annotations

from dafeng.pathways.model.tables import Goal
from dafeng.plans.plan import Plan
from dafeng.work.city import City
from dafeng.work.targets import listed


def list_goals(city: City, plan: Plan) -> dict[tuple[str, int], Goal]:
    """Targets by indicator and year.

    Parameters
    ----------
    city : City
        The city, for its catalogue of indicators.
    plan : Plan
        The plan.

    Returns
    -------
    dict of (str, int) to Goal
        The first one where the plan says a thing twice.
    """
    found: dict[tuple[str, int], Goal] = {}
    for target, indicator, value in listed(plan, city.catalogue()):
        if indicator is not None and value is not None and target.year is not None:
            goal = Goal(float(value), indicator.unit, f"{plan.document.name}:{target.anchor.start}-{target.anchor.end}")
            found.setdefault((indicator.id, target.year), goal)
    return found
