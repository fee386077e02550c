"""Which neighbouring hours are alike: series of a network, scaled, merged into segments of different length.

Invariant: only neighbours of one investment period are merged; hours that are to be kept stay alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import CAPACITY, Network, Table
from dafeng.energy.program import Floats

SHARED = 2.0
"""Weight of the sum of all output that depends on the weather."""


def scaled_series(network: Network) -> Floats:
    """All series of a network between zero and one, and once more the sum of what the weather gives, twice as heavy.

    Parameters
    ----------
    network : Network
        A network.

    Returns
    -------
    (steps, k) array
        One column per series; series that rise and fall together count once.
    """
    found: dict[bytes, Floats] = {}
    for table in network.tables.values():
        for by in table.series.values():
            for values in by.values():
                column = _scaled(np.nan_to_num(values))
                alike = (np.round(one, 9).tobytes() for one in (column, 1.0 - column))
                found.setdefault(min(alike), column)
    generators = network.table("generator")
    given = generators.series.get("p_max_pu", {})
    sizes = dict(zip(generators.names, most_capacity(generators), strict=True))
    total = sum((values * sizes[name] for name, values in given.items()), np.zeros(network.clock.size))
    columns = [column for column in (*found.values(), SHARED * _scaled(total)) if column.any()]
    return np.stack(columns, axis=1) if columns else np.zeros((network.clock.size, 1))


def most_capacity(table: Table) -> Floats:
    """Capacity that each component may reach, the given one where that has no limit.

    Parameters
    ----------
    table : Table
        Components with a capacity.

    Returns
    -------
    (n,) array
        [MW or MWh]
    """
    letter = CAPACITY[table.component]
    given, most = table.number(f"{letter}_nom"), table.number(f"{letter}_nom_max")
    chosen = np.where(table.flag(f"{letter}_nom_extendable") & np.isfinite(most), most, given)
    return np.where(np.isfinite(chosen), chosen, 0.0)


def extreme_steps(network: Network) -> Places:
    """Steps of the highest and of the lowest demand that is left after what the weather gives, for each carrier.

    Parameters
    ----------
    network : Network
        A network.

    Returns
    -------
    (k,) array of int
        Steps in order.
    """
    loads = network.table("load")
    taken = loads.varying("p_set", network.clock.size) * np.ones((network.clock.size, 1))
    buses = loads.text("bus")
    found = set()
    for bus in dict.fromkeys(buses):
        demand = taken[:, [one == bus for one in buses]].sum(axis=1)
        rest = demand - _given(network, bus)
        found |= {int(np.argmax(demand)), int(np.argmax(rest)), int(np.argmin(rest))}
    return np.array(sorted(found), dtype=np.int64)


def merge_steps(series: Floats, count: int, *, begins: Iterable[int] = (0,), alone: Iterable[int] = ()) -> Places:
    """Merge neighbours, always the two that lose least (Ward), until so many segments are left.

    Parameters
    ----------
    series : (steps, k) array
        What is to stay alike within a segment.
    count : int
        Number of segments.
    begins : iterable of int
        Steps that begin a segment in any case, e.g. those of investment periods.
    alone : iterable of int
        Steps that stay segments of their own.

    Returns
    -------
    (count + 1,) array of int
        First step of each segment, and the number of steps.

    Raises
    ------
    DefinitionError
        If there are to be more segments than steps or fewer than must be kept apart.
    """
    steps = len(series)
    fixed = set(begins) | {0} | set(alone) | {step + 1 for step in alone if step + 1 < steps}
    if not len(fixed) <= count <= steps:
        raise _count(count, len(fixed), steps)
    return _Merging(series, fixed).until(count)


def segment_of_steps(edges: Places) -> Places:
    """Segment that each step belongs to.

    Parameters
    ----------
    edges : (segments + 1,) array of int
        First step of each segment, and the number of steps.

    Returns
    -------
    (steps,) array of int
        Segments.
    """
    return np.repeat(np.arange(len(edges) - 1), np.diff(edges))


class _Merging:
    """Segments as a chain of first steps with their sizes and means."""

    def __init__(self, series: Floats, fixed: set[int]) -> None:
        steps = len(series)
        self._size, self._mean = np.ones(steps), series.copy()
        self._next = np.arange(1, steps + 1)
        self._past = np.arange(-1, steps - 1)
        self._alive, self._turn, self._fixed = np.ones(steps, dtype=bool), np.zeros(steps, dtype=np.int64), fixed
        losses = 0.5 * ((series[1:] - series[:-1]) ** 2).sum(axis=1)
        self._heap = [(loss, step, 0, 0) for step, loss in enumerate(losses.tolist()) if step + 1 not in fixed]
        heapq.heapify(self._heap)

    def until(self, count: int) -> Places:
        left = len(self._size)
        while left > count:
            _, step, turn, other = heapq.heappop(self._heap)
            after = int(self._next[step])
            if self._alive[step] and self._turn[step] == turn and self._turn[after] == other:
                self._join(step, after)
                left -= 1
        return np.append(np.flatnonzero(self._alive), len(self._size))

    def _join(self, step: int, after: int) -> None:
        sizes = self._size[step], self._size[after]
        self._mean[step] = (self._mean[step] * sizes[0] + self._mean[after] * sizes[1]) / sum(sizes)
        self._size[step] = sum(sizes)
        self._alive[after] = False
        self._turn[step] += 1
        self._turn[after] = -1
        following = int(self._next[after])
        self._next[step] = following
        if following < len(self._size):
            self._past[following] = step
            self._offer(step, following)
        if self._past[step] >= 0:
            self._offer(int(self._past[step]), step)

    def _offer(self, step: int, after: int) -> None:
        if after in self._fixed:
            return
        one, other = self._size[step], self._size[after]
        apart = self._mean[after] - self._mean[step]
        loss = float(one * other / (one + other) * (apart @ apart))
        heapq.heappush(self._heap, (loss, step, int(self._turn[step]), int(self._turn[after])))


def _given(network: Network, bus: str) -> Floats:
    generators = network.table("generator")
    given = generators.series.get("p_max_pu", {})
    sizes = zip(generators.names, generators.text("bus"), most_capacity(generators), strict=True)
    found = np.zeros(network.clock.size)
    for name, place, size in sizes:
        if place == bus and name in given:
            found = found + given[name] * size
    return found


def _scaled(values: Floats) -> Floats:
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros(len(values))


def _count(count: int, least: int, steps: int) -> DefinitionError:
    return DefinitionError(
        Label(f"不能分成 {count} 段", f"{count} segments are not possible"),
        where="energy.modes.segments",
        expected=Label(f"{least} 至 {steps} 段", f"{least} to {steps} segments"),
        remedy=Label("换一个段数", "choose another number of segments"),
    )
