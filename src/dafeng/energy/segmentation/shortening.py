"""A network over segments instead of steps: every segment is one longer step with the mean of its hours.

Invariant: weights of the segments sum to those of the steps; a segment of one step is that step unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Clock, Network, Table
from dafeng.energy.program import Floats

ENDING = ("e_set", "state_of_charge_set", "e_min_pu", "e_max_pu")
"""Attributes of levels: what holds at the end of a segment is what holds in its last step."""
RAMPS = ("ramp_limit_up", "ramp_limit_down")
"""Attributes that say how much may change from one step to the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Which steps belong to which segment.

    Parameters
    ----------
    edges : (segments + 1,) array of int
        First step of each segment, and the number of steps.
    weight : (steps,) array
        Hours of each step.
    """

    edges: Places
    weight: Floats

    @property
    def count(self) -> int:
        """Number of segments."""
        return len(self.edges) - 1

    def total(self, values: Floats) -> Floats:
        """Sum over the steps of each segment.

        Parameters
        ----------
        values : (steps, ...) array
            Value of each step.

        Returns
        -------
        (segments, ...) array
            Sums.
        """
        return np.asarray(np.add.reduceat(values, self.edges[:-1], axis=0))

    def mean(self, values: Floats) -> Floats:
        """Mean over the hours of each segment; where a value is missing in any of its steps, it is missing.

        Parameters
        ----------
        values : (steps,) array
            Value of each step.

        Returns
        -------
        (segments,) array
            Means; exactly the value where it is the same in all steps.
        """
        low, high = (reduce.reduceat(values, self.edges[:-1]) for reduce in (np.minimum, np.maximum))
        found = self.total(values * self.weight) / self.total(self.weight)
        return np.where(low == high, low, found)

    def last(self, values: Floats) -> Floats:
        """Value of the last step of each segment.

        Parameters
        ----------
        values : (steps, ...) array
            Value of each step.

        Returns
        -------
        (segments, ...) array
            Values.
        """
        return np.asarray(values[self.edges[1:] - 1])


def shorten(network: Network, edges: Places) -> Network:
    """The network over segments.

    Parameters
    ----------
    network : Network
        A network.
    edges : (segments + 1,) array of int
        First step of each segment, and the number of steps.

    Returns
    -------
    Network
        One step per segment; ramps between means of neighbours have the hours between their middles.

    Raises
    ------
    DefinitionError
        If commitment or delays count in steps, which have no length here.
    """
    _check(network)
    clock = network.clock
    weight = np.where(clock.objective > 0, clock.objective, 1.0)
    parts = Segments(edges, weight)
    ramped = _distance(parts)
    tables = {name: _table(table, parts, ramped) for name, table in network.tables.items()}
    return Network(network.name, _clock(clock, parts), tables)


def _clock(clock: Clock, parts: Segments) -> Clock:
    starts = parts.edges[:-1]
    return replace(
        clock,
        labels=tuple(clock.labels[step] for step in starts),
        objective=parts.total(clock.objective),
        stores=parts.total(clock.stores),
        generators=parts.total(clock.generators),
        period=clock.period[starts],
    )


def _distance(parts: Segments) -> Floats:
    """Steps between the middle of each segment and the middle of the one before."""
    sizes = np.diff(parts.edges).astype(np.float64)
    return np.asarray((sizes + np.roll(sizes, 1)) / 2.0)


def _table(table: Table, parts: Segments, ramped: Floats) -> Table:
    series = {
        name: {one: parts.last(values) if name in ENDING else parts.mean(values) for one, values in by.items()}
        for name, by in table.series.items()
    }
    for name in RAMPS:
        if table.has(name) and (ramped != 1.0).any():
            series[name] = {one: _slower(values, ramped) for one, values in _ramps(table, name, parts).items()}
    return replace(table, series=series)


def _ramps(table: Table, name: str, parts: Segments) -> dict[str, Floats]:
    varying = table.varying(name, int(parts.edges[-1]))
    one = np.broadcast_to(varying, (int(parts.edges[-1]), len(table)))
    return {who: parts.mean(one[:, place]) for place, who in enumerate(table.names) if not np.isnan(one[:, place]).all()}


def _slower(limit: Floats, ramped: Floats) -> Floats:
    """A limit per step over several steps; none where it would allow the whole capacity."""
    wider = limit * ramped
    return np.where(wider >= 1.0, np.nan, wider)


def _check(network: Network) -> None:
    for component in ("generator", "link", "process"):
        table = network.table(component)
        if len(table) and table.flag("committable").any():
            raise _refusal(component, "开停机", "commitment")
        delays = [name for name in table.columns if name.startswith("delay")]
        if any((table.number(name) > 0).any() for name in delays):
            raise _refusal(component, "延迟", "delays")


def _refusal(component: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"时段合并不适用于{zh}", f"segments do not go together with {en}"),
        where=f"energy.modes.segments.{component}",
        expected=Label("没有按步计数的约束", "no constraint that counts steps"),
        remedy=Label("用全部时段求解", "solve over all steps"),
    )
