"""The audit of exchanged lines: rows, columns or indicators whose figures fit each other's past and not their own.

Invariant: both lines must have left their own past and meet the other's in every figure that can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.audit_series import BALANCE
from dafeng.readers.delivery import place_in
from dafeng.readers.numbers import plain
from dafeng.readers.series import Row, choose, group
from dafeng.readers.suggestions import find
from dafeng.readers.wording import carriers, flows

Lines = Mapping[str, Mapping[Any, Row]]
KINDS = (("flow", "carrier"), ("carrier", "flow"))
"""Lines of a balance and what stands in them."""


def find_swaps(rows: Iterable[Row], *, step: float, fit: float) -> Iterator[Finding]:
    """Lines of a year that seem to have changed places.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    step : float
        Least step from the line's own figure of the year before. [natural logarithm]
    fit : float
        Largest step from the other line's figure. [natural logarithm]

    Yields
    ------
    Finding
        Rule ``audit.swap``.
    """
    for same in group(rows, ("place", "organisation")).values():
        years = sorted({int(row["period"]) for row in same if str(row["period"]).isdecimal()})
        for line, cell in (*KINDS, ("indicator", "unit")):
            told: set[tuple[str, str]] = set()
            for before, after in pairwise(years):
                found = list(_pairs(_lines(same, before, line, cell), _lines(same, after, line, cell), step, fit))
                yield from (_say(line, pair, cells, before) for pair, cells in found if pair not in told)
                told = {pair for pair, _ in found}


def _lines(rows: Iterable[Row], year: int, line: str, cell: str) -> dict[str, dict[Any, Row]]:
    """Figures of a year by line and cell."""
    balance = line != "indicator"
    chosen = [
        row for row in rows if row["period"] == str(year) and (row["indicator"] == BALANCE) == balance and row["value"] > 0
    ]
    lines: dict[str, dict[Any, Row]] = {}
    for (name, at, *_), same in group(chosen, (line, cell, "indicator" if balance else "carrier")).items():
        if name is not None and (balance or same[0]["flow"] is None):
            lines.setdefault(str(name), {})[at] = choose(same)
    return lines


def _pairs(earlier: Lines, later: Lines, step: float, fit: float) -> Iterator[tuple[tuple[str, str], list[tuple[Row, Row]]]]:
    for first, second in combinations(sorted(later), 2):
        shared = [key for key in later[first] if all(key in lines.get(name, {}) for lines in (earlier, later)
                                                    for name in (first, second))]  # fmt: skip
        cells = [(earlier[first][k], earlier[second][k], later[first][k], later[second][k]) for k in shared]
        if cells and all(len({row["unit"] for row in four}) == 1 for four in cells) and _crossed(cells, step, fit):
            yield (first, second), [(three, four) for _, _, three, four in cells]


def _crossed(cells: list[tuple[Row, Row, Row, Row]], step: float, fit: float) -> bool:
    """Whether the lines left their own past on average, and no figure misses the other's."""
    values = [tuple(row["value"] for row in four) for four in cells]
    own = [min(_distance(a, c), _distance(b, d)) for a, b, c, d in values]
    crossed = [max(_distance(b, c), _distance(a, d)) for a, b, c, d in values]
    return sum(own) >= step * len(own) and sum(crossed) <= fit * len(crossed) and max(crossed) <= min(step, 2 * fit)


def _distance(first: Decimal, second: Decimal) -> float:
    return abs(math.log(float(second / first))) if second / first > 0 else math.inf


def _say(line: str, pair: tuple[str, str], cells: list[tuple[Row, Row]], before: int) -> Finding:
    labels = [_label(line, name) for name in pair]
    row, other = cells[0]
    figures = (f"{plain(row['value'])} / {plain(other['value'])} {row['unit']}", place_in(other))
    says = (
        f"{row['period']} 年“{labels[0].zh}”与“{labels[1].zh}”的 {len(cells)} 个数与 {before} 年交叉相符"
        f"（{figures[0]}，另一处 {figures[1]}），疑为互换",
        f"{len(cells)} figures of {labels[0].en} and {labels[1].en} of {row['period']} fit each other's of {before} "
        f"({figures[0]}, the other at {figures[1]}): perhaps exchanged",
    )
    return find("audit.swap", row, "warning", says, ("核对两行或两列的名称", "check the names of both lines"),
                covers=[row for pair in cells for row in pair])  # fmt: skip


def _label(line: str, name: str) -> Label:
    if line == "flow" and name in flows():
        return flows()[name].label
    return carriers()[name].label if line == "carrier" and name in carriers() else Label(name, name)
