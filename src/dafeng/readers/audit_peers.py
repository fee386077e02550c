"""The audit against other places: figures per head that are a power of ten away from all of them.

Invariant: only amounts that grow with a place are compared, in one unit, with at least the number of places a rule asks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from statistics import median

from dafeng.core.findings import Finding
from dafeng.library.indicators import Catalogue
from dafeng.readers.delivery import name_row
from dafeng.readers.numbers import plain
from dafeng.readers.series import Row, choose, group, in_unit
from dafeng.readers.suggestions import find

POPULATION = "population"
PEOPLE = "人"
AMOUNTS = ("flow", "stock")
"""Kinds of indicators that grow with a place."""


def find_strange_places(
    rows: Iterable[Row], peers: Iterable[Row], catalogue: Catalogue, *, distance: Decimal, least: int
) -> Iterator[Finding]:
    """Figures per head far from those of other places.

    Parameters
    ----------
    rows : iterable of mapping
        Facts of the place.
    peers : iterable of mapping
        Facts of other places.
    catalogue : Catalogue
        Indicators.
    distance : Decimal
        Least distance from the median of the places. [decadic logarithm]
    least : int
        Fewest other places.

    Yields
    ------
    Finding
        Rule ``audit.peer``, naming the nearest power of ten.
    """
    own, others = _per_head(rows), _per_head(peers)
    for (indicator, period, _), row, value in own:
        kind = catalogue.indicators.get(indicator)
        if kind is None or kind.kind not in AMOUNTS or indicator == POPULATION or value <= 0:
            continue
        around = [
            each * scale
            for (name, when, _), other, each in others
            if (name, when) == (indicator, period)
            and each > 0
            and (scale := in_unit({**other, "value": Decimal(1)}, row["unit"]))
        ]
        if len(around) >= least:
            middle = Decimal(str(median(around)))
            gap = math.log10(float(value / middle))
            if abs(gap) >= float(distance):
                yield _say(row, value, middle, round(gap), len(around))


def _per_head(rows: Iterable[Row]) -> list[tuple[tuple[str, str, str], Row, Decimal]]:
    """Figures by indicator, period and place, per head of that place and period."""
    listed = [row for row in rows if not any(row.get(name) for name in ("flow", "carrier", "organisation"))]
    best = {key: choose(same) for key, same in group(listed, ("indicator", "period", "place")).items()}
    people = {key[1:]: in_unit(row, PEOPLE) for key, row in best.items() if key[0] == POPULATION}
    return [(key, row, row["value"] / heads) for key, row in best.items() if (heads := people.get(key[1:]))]


def _say(row: Row, value: Decimal, middle: Decimal, power: int, count: int) -> Finding:
    own, usual = (plain(Decimal(f"{float(one):.3g}")) for one in (value, middle))
    says = (
        f"{name_row(row)} = {plain(row['value'])} {row['unit']}，人均 {own}，{count} 个地区的中位数为 {usual}，"
        f"约差10^{power}，疑为单位错位",
        f"{name_row(row)} = {plain(row['value'])} {row['unit']}, {own} per head; the median of {count} places is {usual}: "
        f"about 10^{power} apart, perhaps a unit slip",
    )
    return find("audit.peer", row, "warning", says, ("核对单位", "check the unit"))
