"""Which task comes before which: circles, layers and the chain with the least spare time.

Invariant: every ordered link leads from a lower layer to a higher one, those inside a circle excepted; the same links give
the same order whatever order they come in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter

Pair = tuple[str, str]
"""A task and one that comes after it."""


def find_circles(nodes: Sequence[str], pairs: Iterable[Pair]) -> tuple[tuple[str, ...], ...]:
    """Groups of tasks that wait for one another.

    Parameters
    ----------
    nodes : sequence of str
        All tasks; their order decides where a circle begins.
    pairs : iterable of (str, str)
        Task and one that comes after it.

    Returns
    -------
    tuple of tuple of str
        For each group the shortest circle through its first member, told in its order; empty where there is none.
    """
    after = _after(nodes, pairs)
    found, seen = [], set[str]()
    for node in nodes:
        group = {node} if node in seen else _reach(after, node) & _reach(_turned(after), node)
        if node not in seen and (circle := _circle(after, node, group)):
            found.append(circle)
            seen |= group
    return tuple(found)


def is_before(pairs: Iterable[Pair], first: str, second: str) -> bool:
    """Whether a way leads from one task to another.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Task and one that comes after it.
    first, second : str
        The tasks.

    Returns
    -------
    bool
        True also where they are the same.
    """
    kept = list(pairs)
    return second in _reach(_after({first, *(node for pair in kept for node in pair)}, kept), first)


def layer(nodes: Sequence[str], pairs: Iterable[Pair]) -> dict[str, int]:
    """Layer of every task: one more than the highest of those it waits for.

    Parameters
    ----------
    nodes : sequence of str
        All tasks.
    pairs : iterable of (str, str)
        Task and one that comes after it.

    Returns
    -------
    dict of str to int
        From 0; the members of a circle share a layer.
    """
    kept = list(pairs)
    head = _heads(nodes, kept)
    before: dict[str, set[str]] = {head[node]: set() for node in nodes}
    for first, second in kept:
        if head[first] != head[second]:
            before[head[second]].add(head[first])
    found: dict[str, int] = {}
    for one in TopologicalSorter(before).static_order():
        found[one] = max((found[other] + 1 for other in before[one]), default=0)
    return {node: found[head[node]] for node in nodes}


def arrange(nodes: Sequence[str], layers: Mapping[str, int], pairs: Iterable[Pair], *, sweeps: int = 6) -> list[list[str]]:
    """Tasks of every layer in an order with few crossings: each stands near the middle of its neighbours.

    Parameters
    ----------
    nodes : sequence of str
        All tasks.
    layers : mapping of str to int
        Layer of each.
    pairs : iterable of (str, str)
        Links of any kind.
    sweeps : int
        How often the layers are gone through, forth and back.

    Returns
    -------
    list of list of str
        Layer → tasks from above.
    """
    rows = [[node for node in nodes if layers[node] == at] for at in range(max(layers.values(), default=-1) + 1)]
    near: dict[str, list[str]] = {node: [] for node in nodes}
    for first, second in sorted(pairs):
        near[first].append(second)
        near[second].append(first)
    for sweep in range(sweeps):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            _settle(row, rows, near)
    return rows


def find_chain(slacks: Mapping[Pair, float]) -> tuple[tuple[str, ...], float] | None:
    """The whole chain with the least spare time; among equals the longest, then the first by its ids.

    Parameters
    ----------
    slacks : mapping of (str, str) to float
        Spare time of every link of which both times are known. [a]

    Returns
    -------
    (tuple of str, float) or None
        Tasks from the first to the last, and the spare time of the chain in sum [a]; ``None`` without links, and where they
        go round in a circle.
    """
    nodes = sorted({node for pair in slacks for node in pair})
    if not nodes or find_circles(nodes, slacks):
        return None
    after = _after(nodes, slacks)
    best: dict[str, tuple[float, int, tuple[str, ...]]] = {}
    for node in TopologicalSorter({node: set(after[node]) for node in nodes}).static_order():
        ways = [_lengthened(node, slacks[node, one], best[one]) for one in after[node]]
        best[node] = min(ways, default=(0.0, 0, (node,)))
    begun = {second for _, second in slacks}
    slack, _, chain = min(best[node] for node in nodes if node not in begun)
    return chain, slack


def _lengthened(node: str, slack: float, rest: tuple[float, int, tuple[str, ...]]) -> tuple[float, int, tuple[str, ...]]:
    return (rest[0] + slack, rest[1] - 1, (node, *rest[2]))


def _after(nodes: Iterable[str], pairs: Iterable[Pair]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {node: set() for node in nodes}
    for first, second in pairs:
        found[first].add(second)
    return {node: sorted(others) for node, others in found.items()}


def _turned(after: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {node: [] for node in after}
    for first, others in after.items():
        for second in others:
            found[second].append(first)
    return found


def _reach(after: Mapping[str, Sequence[str]], start: str) -> set[str]:
    """What can be reached from a task, the task itself only by a circle or as the start."""
    found, left = {start}, [start]
    while left:
        new = [other for other in after[left.pop()] if other not in found]
        found.update(new)
        left += new
    return found


def _circle(after: Mapping[str, Sequence[str]], start: str, group: set[str]) -> tuple[str, ...]:
    """Shortest way from a task back to itself inside its group."""
    came: dict[str, str] = {}
    left = deque([start])
    while left:
        node = left.popleft()
        for other in after[node]:
            if other == start:
                return _way(came, start, node)
            if other in group and other not in came:
                came[other] = node
                left.append(other)
    return ()


def _way(came: Mapping[str, str], start: str, last: str) -> tuple[str, ...]:
    way = [last]
    while way[-1] != start:
        way.append(came[way[-1]])
    return tuple(reversed(way))


def _heads(nodes: Sequence[str], pairs: Sequence[Pair]) -> dict[str, str]:
    """First member of the group that a task goes round with, itself where there is none."""
    after = _after(nodes, pairs)
    before = _turned(after)
    found: dict[str, str] = {}
    for node in nodes:
        if node not in found:
            found |= dict.fromkeys(_reach(after, node) & _reach(before, node), node)
    return found


def _settle(row: list[str], rows: Sequence[Sequence[str]], near: Mapping[str, Sequence[str]]) -> None:
    place = {node: at / max(1, len(other)) for other in rows for at, node in enumerate(other)}
    middle = {node: sum(place[other] for other in near[node]) / len(near[node]) if near[node] else place[node] for node in row}
    row.sort(key=lambda node: (middle[node], place[node]))
