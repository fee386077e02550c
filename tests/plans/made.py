"""Targets and plans made of the lines of a table."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from dafeng.core.traces import Anchor
from dafeng.library.indicators import Catalogue, read_indicators
from dafeng.plans.plan import Goal, Plan, PlanDocument, Target, Task

HASH = "a" * 64
FIELDS = ("strength", "direction", "counting", "scope", "nature")


@cache
def catalogue() -> Catalogue:
    """The indicators of the package."""
    return read_indicators()


def target(line: str, number: int = 1, *, sha256: str = HASH, **more: Any) -> Target:
    """A target of ``year | indicator | comparator value unit | further fields``."""
    when, name, amount, *rest = (part.strip() for part in line.split("|"))
    comparator, figure, *unit = amount.split()
    low, _, high = figure.partition("-")
    further = dict(part.split("=") for part in " ".join(rest).split())
    measured = " ".join(unit)
    counting: Any = further.get("counting")
    match = catalogue().match(name, measured, counting=counting)
    fields: dict[str, Any] = {
        "id": f"T{number:02d}",
        "indicator": name,
        "indicator_id": match.indicator.id if match else None,
        "label": None,
        "year": int(when.split("/")[-1]),
        "period": when if "/" in when else None,
        "value": Decimal(low),
        "upper": Decimal(high) if high else None,
        "unit": measured,
        "comparator": comparator,
        **{key: further.get(key) for key in FIELDS},
        "base_year": int(further["base"]) if "base" in further else None,
        "base": None,
        "part_of": None,
        "implied": False,
        "organisations": (),
        "task": None,
        "anchor": Anchor(10 * number, 10 * number + 5, number, sha256, "样例方案"),
        "figure": (10 * number, 10 * number + 2),
        "also": (),
        "certainty": Decimal(1),
        "reason": "",
        "base_value": Decimal(further["start"]) if "start" in further else None,
    }
    return Target(**{**fields, **more})


def goal(line: str, kind: Any = "delegated") -> Goal:
    """A goal of ``year | words``."""
    when, text = (part.strip() for part in line.split("|"))
    return Goal("G01", kind, text, int(when), None, Anchor(1, 5, 0, HASH, "样例方案"))


def plan(
    *targets: Target, goals: tuple[Goal, ...] = (), tasks: tuple[Task, ...] = (), place: str | None = None, sha256: str = HASH
) -> Plan:
    """A plan of some targets."""
    return Plan(PlanDocument("plan.txt", sha256, "样例方案"), place, targets, tasks, (), goals, ())
