"""Tables of drivers: rows of dated values for members of the axes become arrays and bands.

Invariant: a row that names more members is stronger than one that names fewer; a place for which no row speaks is missing
(nan) with a finding, unless the model itself states what holds otherwise; a value that the quantity cannot have, or a year the
model does not reach, is refused wherever it was typed: in a table, on a page, in a workbook, behind ``--set``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import product
from math import inf

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import ratio
from dafeng.pathways.model.axes import YEAR, Array
from dafeng.pathways.model.quantity import Graph, Quantity
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.series import Between, interpolate

KEPT = 1024
"""Quantities whose values are kept; a model has some 60 given ones, a city some scenarios."""
NEAR = 1e-9
"""Relative error of a conversion of units that is let pass."""
WHOLE = 1e-6
"""How far shares may miss 1 by rounding."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table of drivers.

    Parameters
    ----------
    quantity : str
        A given quantity of the model.
    members : frozenset of str
        Members it holds for, of at most one per axis; for all members of the axes that it does not name.
    year : int or None
        Year of the value; ``None`` for all years.
    low, mid, high : float or None
        Corners of a triangular distribution; ``low`` and ``high`` are ``None`` where the value is certain, all three where
        it is unknown. [unit]
    unit : str
        Unit of the values.
    source : str
        Source id.
    grade : str
        Evidence grade.
    note : Label or None
        Why these values.
    at : str
        Where the row stands.
    """

    quantity: str
    members: frozenset[str]
    year: int | None
    low: float | None
    mid: float | None
    high: float | None
    unit: str
    source: str
    grade: str
    note: Label | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """How a given quantity is read from its rows.

    Parameters
    ----------
    between : {"constant", "linear", "smooth", "steps"}
        What holds between two dated values.
    apart : frozenset of str
        Axes whose members are drawn on their own.
    otherwise : float or None
        Value where no row speaks; ``None``: it is missing there.
    floor, ceiling : float
        What the quantity can be at all. [unit of the quantity]
    whole : str
        Axis over which the values add up to 1 where any is given; empty: they need not.
    """

    between: Between = "linear"
    apart: frozenset[str] = frozenset()
    otherwise: float | None = None
    floor: float = -inf
    ceiling: float = inf
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Drivers:
    """Given quantities of a model, ready to run.

    Parameters
    ----------
    values : mapping of str to array or Band
        By quantity.
    used : mapping of str to tuple of Row
        Rows of each quantity, in order.
    findings : tuple of Finding
        Places for which nothing is given.
    """

    values: Mapping[str, Array | Band]
    used: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def drawn(self) -> tuple[str, ...]:
        """Quantities that are uncertain somewhere."""
        return tuple(name for name, value in self.values.items() if isinstance(value, Band))


def lay_over(*tables: Iterable[Row]) -> tuple[Row, ...]:
    """One table from several; a later row replaces the earlier one of the same quantity, members and year.

    A later table that dates what an earlier one held for all years, or the other way round, replaces all of it.

    Parameters
    ----------
    *tables : iterable of Row
        The package's table, the city's, a scenario's.

    Returns
    -------
    tuple of Row
        In the order in which the places first appear.
    """
    laid: dict[tuple[str, frozenset[str], int | None], Row] = {}
    for table in tables:
        own = {(row.quantity, row.members, row.year): row for row in table}
        laid = {key: row for key, row in laid.items() if not _superseded(key, own)} | own
    return tuple(laid.values())


def _superseded(key: tuple[str, frozenset[str], int | None], own: Mapping[tuple[str, frozenset[str], int | None], Row]) -> bool:
    quantity, members, year = key
    return (quantity, members, None) in own if year is not None else (quantity, members) in {other[:2] for other in own}


def read_drivers(graph: Graph, rules: Mapping[str, Given], rows: Sequence[Row]) -> Drivers:
    """Values of all given quantities.

    Parameters
    ----------
    graph : Graph
        The model.
    rules : mapping of str to Given
        How each given quantity is read.
    rows : sequence of Row
        The table, as `lay_over` gives it.

    Returns
    -------
    Drivers
        Arrays where every row is certain, bands elsewhere.

    Raises
    ------
    DefinitionError
        If a row names what the model does not know, a value or year lies outside its bounds, corners are out of order, units
        do not fit, or two rows of equal strength speak for one place.
    """
    by_quantity: dict[str, list[Row]] = {name: [] for name, made in graph.quantities.items() if made.expression is None}
    for row in rows:
        if row.quantity not in by_quantity:
            raise _wrong(row, "不是模型的给定量", "is not a given quantity of the model")
        by_quantity[row.quantity].append(row)
    used = {name: tuple(own) for name, own in by_quantity.items()}
    found = {name: _values(graph, name, rules.get(name, Given()), own) for name, own in used.items()}
    findings = (finding for _, missing in found.values() for finding in missing)
    return Drivers({name: values for name, (values, _) in found.items()}, used, tuple(findings))


@cache
def _factor(unit: str, wanted: str) -> float:
    return float(ratio(unit, wanted))


def _check_bounds(graph: Graph, quantity: Quantity, rule: Given, row: Row) -> None:
    factor, years = _factor(row.unit, quantity.unit), graph.space.years
    floor, ceiling = rule.floor / factor, rule.ceiling / factor
    unit = "" if row.unit == "1" else f" {row.unit}"
    for corner in (row.low, row.mid, row.high):
        if corner is not None and not floor - NEAR * abs(floor) <= corner <= ceiling + NEAR * abs(ceiling):
            raise _outside(quantity, row, f"{corner:.10g}{unit}", f"{floor:.10g}", f"{ceiling:.10g}{unit}")
    if YEAR in quantity.axes and row.year is not None and row.year not in years:
        raise _outside(quantity, row, str(row.year), str(years[0]), str(years[-1]))


def _find_parts(graph: Graph, quantity: Quantity, whole: str, middle: Array) -> Iterator[Finding]:
    """Places whose shares do not add up to 1, each with the first year in which they do not."""
    axes = [axis for axis in graph.space.axes if axis.name in quantity.axes and axis.name not in (YEAR, whole)]
    summed = np.nansum(middle, axis=graph.space.position(whole), keepdims=True)
    for places in product(*(range(len(axis.members)) for axis in axes)):
        members = " ".join(axis.members[place] for axis, place in zip(axes, places, strict=True))
        series = summed[_index(graph, {axis.name: place for axis, place in zip(axes, places, strict=True)})].ravel()
        wrong = np.flatnonzero((series > WHOLE) & (abs(series - 1) > WHOLE))
        if wrong.size:
            year = str(graph.space.years[wrong[0]]) if YEAR in quantity.axes else ""
            yield _not_whole(quantity, f"{members} {year}".strip(), float(series[wrong[0]]))


def _not_whole(quantity: Quantity, place: str, found: float) -> Finding:
    return Finding(
        rule="drivers.whole",
        at=f"{quantity.id} {place}",
        severity="warning",
        says=Label(
            f"“{quantity.label.zh}”{place}各份额之和为 {found:.6g}，不是 1",
            f"shares of '{quantity.label.en}' {place} add up to {found:.6g} and not to 1",
        ),
        remedy=Label("把同一处其他成员的份额一并改正", "correct the shares of the other members of this place as well"),
    )


def _outside(quantity: Quantity, row: Row, found: str, least: str, most: str) -> DefinitionError:
    place = "/".join((quantity.id, *sorted(row.members), *([] if row.year is None else [str(row.year)])))
    return DefinitionError(
        Label(f"“{quantity.label.zh}”（{place}）不可能是 {found}", f"'{quantity.label.en}' ({place}) cannot be {found}"),
        where=row.at or "drivers",
        expected=Label(f"{least} 至 {most}", f"{least} to {most}"),
        remedy=Label("核对数值、单位和年份，改正这一处", "check value, unit and year, and correct it there"),
    )


@lru_cache(maxsize=KEPT)
def _values(graph: Graph, name: str, rule: Given, rows: tuple[Row, ...]) -> tuple[Array | Band, tuple[Finding, ...]]:
    """Values of one quantity and what is missing; most quantities are the same in every scenario."""
    quantity, findings = graph.quantities[name], list[Finding]()
    for row in rows:
        _check_bounds(graph, quantity, rule, row)
    space = graph.space
    axes = [axis for axis in space.axes if axis.name in quantity.axes and axis.name != YEAR]
    groups = _groups(graph, quantity, rows)
    drawn: dict[frozenset[str], tuple[Array, ...]] = {}
    shape = space.shape(quantity.axes)
    corners = np.full((3, *shape), np.nan)
    for places in product(*(range(len(axis.members)) for axis in axes)):
        members = frozenset(axis.members[place] for axis, place in zip(axes, places, strict=True))
        found = _strongest(groups, members)
        at = _index(graph, {axis.name: place for axis, place in zip(axes, places, strict=True)})
        if found is None:
            _leave(quantity, rule, members, corners, at, findings)
        else:
            if found not in drawn:
                drawn[found] = tuple(_corners(graph, quantity, rule, groups[found]))
            for corner, series in enumerate(drawn[found]):
                corners[corner][at] = series.reshape(corners[corner][at].shape)
    corners.flags.writeable = False
    low, mid, high = corners
    findings.extend(_find_parts(graph, quantity, rule.whole, mid) if rule.whole else ())
    certain = np.array_equal(low, high, equal_nan=True)
    return mid if certain else Band(low, mid, high, apart=rule.apart), tuple(findings)


def _groups(graph: Graph, quantity: Quantity, rows: Sequence[Row]) -> dict[frozenset[str], list[Row]]:
    groups: dict[frozenset[str], list[Row]] = {}
    for row in rows:
        axes = [graph.marks[member][0] if member in graph.marks else "" for member in row.members]
        for member, axis in zip(row.members, axes, strict=True):
            if axis not in quantity.axes:
                raise _wrong(row, f"没有成员“{member}”", f"has no member '{member}'")
        if len(set(axes)) < len(axes):
            raise _wrong(row, "同一维度写了两个成员", "names two members of one axis")
        groups.setdefault(row.members, []).append(row)
    return groups


def _strongest(groups: Iterable[frozenset[str]], members: frozenset[str]) -> frozenset[str] | None:
    speaking = sorted((group for group in groups if group <= members), key=len, reverse=True)
    if len(speaking) > 1 and len(speaking[0]) == len(speaking[1]):
        both = " / ".join(" ".join(sorted(group)) for group in speaking[:2])
        raise DefinitionError(
            Label(
                f"两行同样具体，都适用于{sorted(members)}：{both}",
                f"two rows of equal strength speak for {sorted(members)}: {both}",
            ),
            where="drivers",
            expected=Label("每处至多一行最具体", "one strongest row for each place"),
            remedy=Label("补一行写全成员，或删去一行", "add a row that names all members, or remove one"),
        )
    return speaking[0] if speaking else None


def _corners(graph: Graph, quantity: Quantity, rule: Given, rows: Sequence[Row]) -> Iterator[Array]:
    ordered = sorted(rows, key=lambda row: (row.year is not None, row.year or 0))
    if ordered[0].year is None and len(ordered) > 1:
        raise _wrong(ordered[0], "不写年份的行不能与写年份的行并列", "has no year beside rows that have one")
    if YEAR not in quantity.axes and ordered[0].year is not None:
        raise _wrong(ordered[0], "不随年份变化，不应写年份", "does not vary over the years and must have none")
    factors = [_factor(row.unit, quantity.unit) for row in ordered]
    triples = [tuple(part * factor for part in _triple(row)) for row, factor in zip(ordered, factors, strict=True)]
    if ordered[0].year is None:
        yield from (np.full(1 if YEAR not in quantity.axes else len(graph.space.years), part) for part in triples[0])
        return
    knots = np.array([float(row.year or 0) for row in ordered])
    for corner in range(3):
        yield interpolate(rule.between, knots, np.array([triple[corner] for triple in triples]), graph.space.years)


def _triple(row: Row) -> tuple[float, float, float]:
    if row.mid is None:
        return (float("nan"),) * 3
    low, high = (row.mid if part is None else part for part in (row.low, row.high))
    if not low <= row.mid <= high:
        raise _wrong(row, f"不满足低值≤中值≤高值：{low} {row.mid} {high}", f"breaks low <= mid <= high: {low} {row.mid} {high}")
    return low, row.mid, high


def _index(graph: Graph, places: Mapping[str, int]) -> tuple[slice | int, ...]:
    return tuple(places.get(axis.name, slice(None)) for axis in graph.space.axes)


def _leave(
    quantity: Quantity,
    rule: Given,
    members: frozenset[str],
    corners: Array,
    at: tuple[slice | int, ...],
    findings: list[Finding],
) -> None:
    if rule.otherwise is not None:
        corners[(slice(None), *at)] = rule.otherwise
        return
    place = " ".join(sorted(members))
    findings.append(
        Finding(
            rule="drivers.missing",
            at=f"{quantity.id} {place}".strip(),
            severity="warning",
            says=Label(f"“{quantity.label.zh}”{place}没有数据", f"nothing is given for '{quantity.label.en}' {place}".rstrip()),
            remedy=Label(
                "在城市的 data/drivers.csv 中补一行及来源", "add a row with its source to the city's data/drivers.csv"
            ),
        )
    )


def _wrong(row: Row, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{row.quantity}”{zh}", f"'{row.quantity}' {en}"),
        where=row.at or "drivers",
        expected=Label("模型中的给定量、成员和顺序", "given quantities, members and order as the model has them"),
        remedy=Label("改正驱动因素表中的这一行", "mend this row of the table of drivers"),
    )
