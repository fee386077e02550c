"""What the credit projects on the ledger have claimed of what people do, so that an event earns nothing on top of a credit.

Invariant: a project that is not registered yet and may claim an event keeps it out as one that nobody can decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from dafeng.core.days import parse_day
from dafeng.ledger.inclusion.claims import Registered
from dafeng.ledger.inclusion.spelling import spell_evidence
from dafeng.ledger.projects import OVER, Project, Register

OWN = "inclusion"
"""Use of reductions that is carbon inclusion itself."""
_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


def find_registered(register: Register, scenes: Collection[str]) -> tuple[Registered, ...]:
    """What credit projects and other uses have claimed.

    Parameters
    ----------
    register : Register
        Projects and other uses on the ledger.
    scenes : collection of str
        Scenes of carbon inclusion.

    Returns
    -------
    tuple of Registered
        Boundaries of projects for as long as they earn; periods of their assets, and other uses of an asset: they meet events
        whose scene or operator has the name of the asset.
    """
    found = [one for project in register.projects.values() for one in _of_project(project, scenes)]
    for use in register.uses:
        if use.use != OWN:
            days = (parse_day(use.start).toordinal(), parse_day(use.end).toordinal())
            found.append(_of_asset(use.who, use.use, use.asset, days, scenes))
    return tuple(found)


def _of_project(project: Project, scenes: Collection[str]) -> Iterator[Registered]:
    sure = project.state == "registered"
    if project.state != "cancelled":
        end = project.facts.get("crediting_end")
        for one in project.boundary:
            yield _of_boundary(project, one, sure, end if isinstance(end, int) else _LAST, scenes)
    for period in project.periods.values():
        if period.state != OVER:
            days = (parse_day(period.start).toordinal(), parse_day(period.end).toordinal())
            for asset in project.assets:
                yield _of_asset(project.id, project.scheme, asset, days, scenes)


def _of_boundary(project: Project, boundary: Mapping[str, str], sure: bool, end: int, scenes: Collection[str]) -> Registered:
    scene = boundary.get("scene", "")
    known = scene in scenes  # one that is not known here may be any
    place, operator = boundary.get("place", ""), boundary.get("operator", "")
    return Registered(
        project.id, project.scheme, scene if known else "", place, operator, _FIRST, end, sure and (known or not scene)
    )


def _of_asset(project: str, scheme: str, asset: str, days: tuple[int, int], scenes: Collection[str]) -> Registered:
    """An asset that is the name of a scene or an operator; any other one meets no event."""
    scene = next((one for one in scenes if spell_evidence(one) == spell_evidence(asset)), "")
    return Registered(project, scheme, scene, "", "" if scene else asset, *days, strict=False)
