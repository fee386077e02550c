"""Energy of a period from technology to carrier and on: what a flow picture shows.

Invariant: what enters a carrier or a conversion leaves it; losses and heat taken from the surroundings are streams of
their own, and energy that goes round (storages, lines) is taken out evenly, its amount told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from dafeng.energy.hourly import Hourly

LOSSES, SURROUNDINGS = "losses", "surroundings"
"""Nodes that stand for what is lost and for what is taken from the surroundings."""
MATTER = ("co2", "captured_co2", "co2 stored", "water")
"""Carriers that are no energy."""
NOTHING = 1e-6
"""Share of the largest stream below which one is noise of the solution."""
Node = tuple[str, str]
"""Kind of node, ``carrier``, ``technology``, ``demand`` or ``end``, and its id."""
Pair = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Stream:
    """Energy between two nodes.

    Parameters
    ----------
    source, target : (kind, id)
        Where from and where to.
    energy : float
        Always positive. [MWh]
    """

    source: Node
    target: Node
    energy: float


@dataclass(frozen=True, slots=True)
class Streams:
    """All streams over the steps of a period.

    Parameters
    ----------
    links : tuple of Stream
        Without a circle.
    circulating : float
        Energy that goes round and was taken out of the streams. [MWh]
    """

    links: tuple[Stream, ...]
    circulating: float


def list_streams(hourly: Hourly, *, period: int = 0, matter: Collection[str] = MATTER) -> Streams:
    """Streams over the steps of one period.

    Parameters
    ----------
    hourly : Hourly
        Series.
    period : int
        Position of the investment period.
    matter : collection of str
        Carriers that are left out.

    Returns
    -------
    Streams
        From sources through carriers and conversions to demand and losses.
    """
    flows: dict[Pair, float] = {}
    hours = np.where(hourly.clock.period == period, hourly.clock.generators, 0.0)
    for column, values in hourly.at("flow").items():
        carrier = hourly.carriers[column.bus]
        if carrier in matter:
            continue
        node = ("demand" if column.role == "demand" else "technology", _named(column.technology, carrier, column.role))
        into, out = float(np.maximum(values, 0.0) @ hours), float(np.maximum(-values, 0.0) @ hours)
        flows[node, ("carrier", carrier)] = flows.get((node, ("carrier", carrier)), 0.0) + into
        flows[("carrier", carrier), node] = flows.get((("carrier", carrier), node), 0.0) + out
    return _straighten(_close(flows))


def _named(technology: str, carrier: str, role: str) -> str:
    """Demand is told apart by carrier."""
    return f"{technology}.{carrier}" if role == "demand" else technology


def _close(flows: Mapping[Pair, float]) -> dict[Pair, float]:
    """Losses of conversions, and what they take from the surroundings."""
    found = dict(flows)
    into, out = _sums(flows, 1), _sums(flows, 0)
    least = NOTHING * max(flows.values(), default=0.0)
    for node in dict.fromkeys(node for pair in flows for node in pair):
        if node[0] != "technology" or min(into.get(node, 0.0), out.get(node, 0.0)) <= least:
            continue
        lost = into[node] - out[node]
        if lost > 0:
            found[node, ("end", LOSSES)] = lost
        elif lost < 0:
            found[("end", SURROUNDINGS), node] = -lost
    return found


def _sums(flows: Mapping[Pair, float], side: int) -> dict[Node, float]:
    found: dict[Node, float] = {}
    for pair, energy in flows.items():
        found[pair[side]] = found.get(pair[side], 0.0) + energy
    return found


def _straighten(flows: Mapping[Pair, float]) -> Streams:
    """Streams without circles: each circle loses its smallest stream on every side, so that every node stays balanced."""
    least = NOTHING * max(flows.values(), default=0.0)
    left = {pair: energy for pair, energy in flows.items() if energy > least}
    around = 0.0
    while circle := _find_circle(left):
        amount = min(left[pair] for pair in circle)
        around += amount
        left = {
            pair: energy - amount * (pair in circle) for pair, energy in left.items() if pair not in circle or energy > amount
        }
    return Streams(tuple(Stream(*pair, energy) for pair, energy in left.items() if energy > least), around)


def _find_circle(flows: Mapping[Pair, float]) -> frozenset[Pair]:
    """Some circle of streams, empty where there is none."""
    after: dict[Node, list[Node]] = {}
    for source, target in flows:
        after.setdefault(source, []).append(target)
    done: set[Node] = set()
    for root in after:
        way: list[Node] = []
        if circle := _walk(root, after, done, way):
            return frozenset(zip(circle, (*circle[1:], circle[0]), strict=True))
    return frozenset()


def _walk(node: Node, after: Mapping[Node, list[Node]], done: set[Node], way: list[Node]) -> list[Node]:
    if node in way:
        return way[way.index(node) :]
    if node in done:
        return []
    way.append(node)
    for target in after.get(node, ()):
        if circle := _walk(target, after, done, way):
            return circle
    way.pop()
    done.add(node)
    return []
