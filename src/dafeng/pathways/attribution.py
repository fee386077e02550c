"""What each of several measures contributes although they act on the same emissions.

Invariant: contributions add up to what all measures do together; the order in which measures are listed changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Effect = Callable[[frozenset[str]], Array]
"""A set of measures → what they do together, over any axes; of no measure, zero."""
MOST_EXACT = 12
"""Measures up to which all subsets are computed."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Contribution of each measure.

    Parameters
    ----------
    contributions : mapping of str to array
        Mean of what it adds over all orders (Shapley). [unit of the effect]
    errors : mapping of str to array
        Standard error where orders were sampled; zero where all were computed. [unit of the effect]
    alone : mapping of str to array
        What it does by itself. [unit of the effect]
    last : mapping of str to array
        What it adds when all others are there already. [unit of the effect]
    together : array
        What all do. [unit of the effect]
    """

    contributions: dict[str, Array]
    errors: dict[str, Array]
    alone: dict[str, Array]
    last: dict[str, Array]
    together: Array


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the greedy order.

    Parameters
    ----------
    measure : str
        The measure taken.
    added : float
        What it adds to those before it. [unit of the effect]
    cost : float
        Its cost. [any unit]
    price : float
        Cost per unit added; infinite where nothing is added. [cost / effect]
    """

    measure: str
    added: float
    cost: float
    price: float


def attribute(measures: Iterable[str], effect: Effect, *, orders: int = 400, seed: int = 1) -> Attribution:
    """Contribution of each measure, independent of any order.

    Parameters
    ----------
    measures : iterable of str
        Names, each once.
    effect : callable
        What a set of measures does.
    orders : int
        Random orders for more than twelve measures; each is also taken backwards.
    seed : int
        Seed of the orders.

    Returns
    -------
    Attribution
        Exact for up to twelve measures (all subsets), sampled above.

    Source
    ------
    ``shapley-1953``; sampling in pairs of opposite orders ``castro-2009``.
    """
    names = sorted(set(measures))
    known = _remembered(effect)
    whole = frozenset(names)
    found = _exact(names, known) if len(names) <= MOST_EXACT else _sampled(names, known, orders, seed)
    return Attribution(
        contributions={name: found[name][0] for name in names},
        errors={name: found[name][1] for name in names},
        alone={name: known(frozenset({name})) for name in names},
        last={name: known(whole) - known(whole - {name}) for name in names},
        together=known(whole),
    )


def greedy_order(costs: dict[str, float], effect: Callable[[frozenset[str]], float]) -> tuple[Step, ...]:
    """Measures in the order of what the next one costs per unit it still adds.

    Parameters
    ----------
    costs : dict of str to float
        Cost of each measure. [any unit]
    effect : callable
        What a set of measures does, as one number.

    Returns
    -------
    tuple of Step
        The cheapest next step first; a measure that adds nothing comes last.
    """
    taken: frozenset[str] = frozenset()
    reached, steps = effect(taken), list[Step]()
    while len(taken) < len(costs):
        nexts = [_next(name, costs[name], effect(taken | {name}) - reached) for name in sorted(costs) if name not in taken]
        step = min(nexts, key=lambda item: (item.price, item.measure))
        steps.append(step)
        taken, reached = taken | {step.measure}, reached + step.added
    return tuple(steps)


def _next(name: str, cost: float, added: float) -> Step:
    return Step(name, added, cost, cost / added if added > 0 else float("inf"))


def _remembered(effect: Effect) -> Effect:
    seen: dict[frozenset[str], Array] = {}

    def known(chosen: frozenset[str]) -> Array:
        if chosen not in seen:
            seen[chosen] = np.asarray(effect(chosen), dtype=float)
        return seen[chosen]

    return known


def _exact(names: Sequence[str], effect: Effect) -> dict[str, tuple[Array, Array]]:
    count, found = len(names), dict[str, tuple[Array, Array]]()
    for name in names:
        others = [other for other in names if other != name]
        total = np.zeros_like(effect(frozenset()))
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for chosen in map(frozenset, combinations(others, size)):
                total = total + weight * (effect(chosen | {name}) - effect(chosen))
        found[name] = (total, np.zeros_like(total))
    return found


def _sampled(names: Sequence[str], effect: Effect, orders: int, seed: int) -> dict[str, tuple[Array, Array]]:
    generator = np.random.Generator(np.random.PCG64(seed))
    added: dict[str, list[Array]] = {name: [] for name in names}
    for _ in range(orders):
        order = [names[at] for at in generator.permutation(len(names))]
        there, back = _along(order, effect), _along(order[::-1], effect)
        for name in names:
            added[name].append((there[name] + back[name]) / 2)
    return {name: (np.mean(rows, axis=0), np.std(rows, axis=0) / np.sqrt(len(rows))) for name, rows in added.items()}


def _along(order: Sequence[str], effect: Effect) -> dict[str, Array]:
    found, taken = dict[str, Array](), frozenset[str]()
    for name in order:
        found[name] = effect(taken | {name}) - effect(taken)
        taken = taken | {name}
    return found
