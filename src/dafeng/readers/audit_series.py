"""The audit of figures over the years: slips by powers of ten, jumps, fills by a straight line, zeros between figures.

Invariant: a series is judged by its own steps and a floor that a rule sets, never by a fixed growth; a jump of a cell that
is small beside its total is let pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from statistics import median

from dafeng.core.findings import Finding
from dafeng.library.rules import RuleBook
from dafeng.readers import remarks
from dafeng.readers.delivery import name_row
from dafeng.readers.numbers import plain
from dafeng.readers.series import SUBJECT, Point, Row, group, yearly
from dafeng.readers.suggestions import find

BALANCE = "balance"
TOTALS = ("total", "final", "available")
"""Rows of a balance beside which its other rows are small or large."""
RESIDUAL = ("available.", "difference")
"""Rows of a balance that take up what the others leave, and leap with them."""
CHANGES = ("growth", "change", "decline")
"""Words of an indicator that is itself a change."""
NORMAL = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a step of a series is a jump.

    Parameters
    ----------
    points : int
        Fewest figures from which a series is judged by its own steps.
    spread : float
        Allowed distance from the median step. [robust standard deviations]
    floor : float
        Distance that is always let pass. [natural logarithm]
    few : float
        Step that is reported in a shorter series. [natural logarithm]
    share : float
        Least change of a balance cell, as a share of its column's total. [0..1]
    """

    points: int
    spread: float
    floor: float
    few: float
    share: float


def read_limits(rules: RuleBook) -> Limits:
    """Limits from the rules.

    Parameters
    ----------
    rules : RuleBook
        Rules ``audit.jump_…``.

    Returns
    -------
    Limits
        The limits.
    """
    spread, floor, few, share = (float(rules.value(f"audit.jump_{name}")) for name in ("spread", "floor", "few", "share"))
    return Limits(int(rules.value("audit.jump_points")), spread, floor, few, share)


def find_slips(
    rows: Iterable[Row], *, distance: Decimal, least: Decimal, share: Decimal = Decimal("0.05")
) -> Iterator[Finding]:
    """Figures about a power of ten away from their neighbours: a unit slip such as 万吨 for 吨.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    distance : Decimal
        How near the decadic logarithm of the ratio must be to a whole number. [1]
    least : Decimal
        Smallest power of ten that is reported. [1]
    share : Decimal, optional
        Least change of a balance cell, as a share of its column's total. [0..1]

    Yields
    ------
    Finding
        Rule ``audit.slip`` at the figure that stands alone, with the power; both figures stay.
    """
    listed = list(rows)
    weigh = _weights(listed)
    for same in group(listed, SUBJECT).values():
        points = [point for point in yearly(same) if point.value]
        if same[0]["indicator"] == BALANCE and same[0]["flow"] not in TOTALS:
            continue
        powers = [_power(before, after, float(distance)) for before, after in pairwise(points)]
        for at, power in enumerate(powers):
            back = at > 0 and powers[at - 1] == -power
            heavy = weigh(points[at], points[at + 1], float(share))
            if abs(power) >= least and heavy and not back:
                yield _slip(points, powers, at)


def find_jumps(rows: Iterable[Row], *, limits: Limits) -> Iterator[Finding]:
    """Steps between years far from the series' own steps.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    limits : Limits
        When a step is a jump.

    Yields
    ------
    Finding
        Rule ``audit.jump`` at the figure, with its neighbours, the step and the usual steps.
    """
    listed = list(rows)
    weigh = _weights(listed)
    for same in group(listed, SUBJECT).values():
        residual = str(same[0]["flow"] or "").startswith(RESIDUAL)
        if not residual and not set(CHANGES) & set(str(same[0]["indicator"]).split("_")):
            yield from _jumps([point for point in yearly(same) if point.value > 0], limits, weigh)


def find_zeros(rows: Iterable[Row], *, points: int) -> Iterator[Finding]:
    """A zero between figures of a series that is never small: a blank that was filled with 0.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    points : int
        Fewest other figures.

    Yields
    ------
    Finding
        Rule ``audit.zero``.
    """
    for same in group(rows, SUBJECT).values():
        series = yearly(same)
        zeros = [point for point in series if point.value == 0]
        if len(zeros) == 1 and len(series) > points and same[0]["indicator"] != BALANCE:
            row = zeros[0].row
            others = ", ".join(plain(point.value) for point in series if point.value)
            says = (
                f"{name_row(row)} = 0，其余各年为 {others}：是零还是没有数",
                f"{name_row(row)} is 0 where the other years are {others}: a zero, or no figure",
            )
            yield find("audit.zero", row, "warning", says, ("没有数就留空；确为零则在备注说明", "leave it blank if unknown"))


def find_progressions(rows: Iterable[Row], *, length: int, digits: int) -> Iterator[Finding]:
    """Years that follow one another by exactly the same amount: a column filled by dragging.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    length : int
        Fewest years.
    digits : int
        Fewest significant digits of the figures.

    Yields
    ------
    Finding
        Rule ``audit.progression``.
    """
    for same in group(rows, SUBJECT).values():
        series = yearly(same)
        run: list[Point] = series[:1]
        for point in (*series[1:], None):
            if point is not None and _continues(run, point):
                run.append(point)
                continue
            if len(run) >= length and max(count_digits(one.value) for one in run) >= digits:
                yield _progression(run)
            run = [*run[-1:], point] if point is not None and run and point.year == run[-1].year + 1 else []
            run = run or ([point] if point is not None else [])


def count_digits(value: Decimal) -> int:
    """Significant digits of a figure.

    Parameters
    ----------
    value : Decimal
        The figure.

    Returns
    -------
    int
        Their number, without zeros at the end.
    """
    return len(value.normalize().as_tuple().digits)


def _jumps(points: Sequence[Point], limits: Limits, weigh: Callable[[Point, Point, float], bool]) -> Iterator[Finding]:
    steps = [math.log(float(after.value / before.value)) / (after.year - before.year) for before, after in pairwise(points)]
    if len(points) < 3:
        return
    told = -1
    for at, step in enumerate(steps):
        usual, allowed = _usual(steps, at, limits, len(points))
        if abs(step - usual) <= allowed or at == told or not weigh(points[at], points[at + 1], limits.share):
            continue
        returns = at + 1 < len(steps) and abs(step + steps[at + 1] - 2 * usual) <= allowed
        told = at + 1 if returns else told
        yield _jump(points, at, usual, allowed, spike=returns)


def _usual(steps: Sequence[float], at: int, limits: Limits, count: int) -> tuple[float, float]:
    """Median of the other steps, and how far from it a step may lie; the step behind a spike is no witness."""
    if count < limits.points:
        return 0.0, limits.few
    others = [step for number, step in enumerate(steps) if abs(number - at) > 1] or [
        step for number, step in enumerate(steps) if number != at
    ]
    middle = median(others)
    spread = median(abs(step - middle) for step in others)
    return middle, max(limits.floor, limits.spread * NORMAL * spread)


def _jump(points: Sequence[Point], at: int, usual: float, allowed: float, *, spike: bool) -> Finding:
    before, after = points[at], points[at + 1]
    percent = [f"{(math.exp(value) - 1) * 100:+.0f}%" for value in (usual, usual - allowed, usual + allowed)]
    change = (float(after.value / before.value) - 1) * 100
    beside = [before, *points[at + 2 : at + 3]] if spike else [before]
    listed = "、".join(f"{point.year} {plain(point.value)}" for point in beside)
    row = after.row
    says = (
        f"{name_row(row)} = {plain(after.value)} {before.row['unit']}，相邻年 {listed}，变动 {change:+.0f}%；"
        f"本序列通常 {percent[0]}（{percent[1]} 至 {percent[2]}）",
        f"{name_row(row)} = {plain(after.value)} {before.row['unit']} beside {listed}: {change:+.0f} %; "
        f"usual steps of the series {percent[0]} ({percent[1]} to {percent[2]})",
    )
    return find("audit.jump", row, "warning", says, ("核对数值和口径变化，属实则在备注说明", "check it; say why in the note"))


def _weights(rows: Sequence[Row]) -> Callable[[Point, Point, float], bool]:
    """Whether a change matters: for a cell of a balance, beside the total of its column."""
    totals: dict[tuple[object, ...], Decimal] = {}
    for row in rows:
        if row["indicator"] == BALANCE and row["flow"] in TOTALS:
            key = (row["place"], row["organisation"], row["carrier"])
            totals[key] = max(totals.get(key, Decimal(0)), abs(row["value"]))

    def weigh(before: Point, after: Point, share: float) -> bool:
        row = after.row
        if row["indicator"] != BALANCE:
            return True
        total = totals.get((row["place"], row["organisation"], row["carrier"]), Decimal(0))
        return float(abs(after.value - before.value)) >= share * float(total) > 0

    return weigh


def _slip(points: Sequence[Point], powers: Sequence[int], at: int) -> Finding:
    """The figure that stands alone: the first one where all later ones agree, else the later of the two."""
    alone = at == 0 and len(points) > 2 and powers[1] == 0
    odd, beside, power = (points[0], points[1], -powers[0]) if alone else (points[at + 1], points[at], powers[at])
    return remarks.slip(beside.row, odd.row, power)


def _power(before: Point, after: Point, distance: float) -> int:
    """Power of ten between two figures; 0 if their ratio is not near one."""
    if before.value == 0 or after.value == 0 or (before.value < 0) != (after.value < 0):
        return 0
    logarithm = math.log10(abs(after.value / before.value))
    nearest = round(logarithm)
    return nearest if abs(logarithm - nearest) <= distance else 0


def _continues(run: Sequence[Point], point: Point) -> bool:
    if not run or point.year != run[-1].year + 1:
        return False
    step = point.value - run[-1].value
    return step != 0 and (len(run) == 1 or step == run[-1].value - run[-2].value)


def _progression(run: Sequence[Point]) -> Finding:
    row, step = run[-1].row, run[-1].value - run[-2].value
    listed = "、".join(plain(point.value) for point in run)
    says = (
        f"{name_row(row)}：{run[0].year} 至 {run[-1].year} 年每年恰差 {plain(step)}（{listed}），疑为拖动填充",
        f"{name_row(row)}: {run[0].year} to {run[-1].year} differ by exactly {plain(step)} each year ({listed}): "
        "perhaps filled by dragging",
    )
    return find("audit.progression", row, "warning", says, ("改为各年实际数", "give the figure of each year"))
