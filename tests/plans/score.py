"""How well a plan was read: the scoring rule of the material (realdata, section 5.2).

Invariant: a target counts as found only when name, year, value in a canonical unit and the class of comparator agree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.plans.plan import Plan, Target
from dafeng.plans.script import simplify

CLASSES = {">=": "up", ">": "up", "<=": "down", "<": "down", "~": "about", "=": "equal"}
TIMES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
TAILS = re.compile(r"(?:占比|比重|比例|下降率|率)$")
SAME = (("国内生产总值", "GDP"), ("地区生产总值", "GDP"), ("生产总值", "GDP"))
OVERLAP = 0.6


@dataclass(frozen=True)
class Truth:
    """One annotated target: what must agree, and whether missing it costs."""

    indicator: str
    year: int | None
    value: Decimal
    unit: str
    comparator: str
    explicit: bool = True


@dataclass(frozen=True)
class Score:
    """Found, missed and false targets."""

    found: tuple[Truth, ...]
    missed: tuple[Truth, ...]
    false: tuple[Target, ...]

    @property
    def recall(self) -> float:
        """Share of the explicit targets that were found. [0..1]"""
        explicit = [truth for truth in (*self.found, *self.missed) if truth.explicit]
        return sum(truth.explicit for truth in self.found) / len(explicit) if explicit else 1.0

    @property
    def precision(self) -> float:
        """Share of the targets read that are annotated. [0..1]"""
        read = len(self.found) + len(self.false)
        return len(self.found) / read if read else 1.0


def truths(gold: Mapping[str, Any]) -> list[Truth]:
    """Annotated targets of a gold file; there the comparator stands in ``direction``."""
    return [
        Truth(row["indicator"], row["year"], Decimal(str(row["value"])), row["unit"], row["direction"], row["explicit"])
        for row in gold["targets"]
    ]


def score(plan: Plan, wanted: Sequence[Truth]) -> Score:
    """Match each annotated target with at most one that was read."""
    left = list(plan.targets)
    found: list[Truth] = []
    missed: list[Truth] = []
    for truth in wanted:
        match = next((target for target in left if agree(truth, target)), None)
        if match is None:
            missed.append(truth)
        else:
            found.append(truth)
            left.remove(match)
    return Score(tuple(found), tuple(missed), tuple(left))


def agree(truth: Truth, target: Target) -> bool:
    """Whether a target that was read is the annotated one."""
    if target.value is None or target.year != truth.year:
        return False
    own = amount(target.value, target.unit)
    return own == amount(truth.value, truth.unit) and same_side(truth, target) and same_name(truth.indicator, target.indicator)


def same_side(truth: Truth, target: Target) -> bool:
    """Whether both mean the same side of the value; for 100 % “at least” and “equal” are the same."""
    sides = {CLASSES[truth.comparator], CLASSES[target.comparator]}
    return len(sides) == 1 or (truth.value == 100 and truth.unit == "%" and sides == {"up", "equal"})


def amount(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """Value in a unit without multiplier."""
    plain = unit.replace("％", "%")
    while plain and plain[0] in TIMES and len(plain) > 1:
        value *= TIMES[plain[0]]
        plain = plain[1:]
    return value.normalize(), {"度": "千瓦时", "标箱": "标准箱"}.get(plain, plain)


def same_name(one: str, other: str) -> bool:
    """Whether two names of indicators are the same: contained, or most characters shared; an intensity stays one."""
    first, second = normal(one), normal(other)
    if ("单位" in first) != ("单位" in second):
        return False
    if first in second or second in first:
        return True
    shared = sum((Counter(first) & Counter(second)).values())
    return 2 * shared / (len(first) + len(second)) >= OVERLAP


def normal(name: str) -> str:
    """A name without the endings of shares, with one word for gross domestic product."""
    text = re.sub(r"[\s，、。（）()“”]", "", simplify(name))
    for written, plain in SAME:
        text = text.replace(written, plain)
    while TAILS.search(text):
        text = TAILS.sub("", text)
    return text
