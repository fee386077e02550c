"""Sums that delivered figures must keep, whatever they are sums of, and the one figure that would mend a broken one.

Invariant: a repair is named only where it closes every sum that its figure stands in; where two figures would do, none is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

NEARER = 10
"""How many times smaller a slip of the pen must leave a gap: less may be chance within the tolerance."""
POWERS = (1, 2, 3, 4, -1, -2, -3, -4)
"""Powers of ten by which a unit slips."""
FEWEST_DIGITS = 3
"""Fewest significant digits of a figure in which two may have changed places."""
Key = Any
"""Anything hashable that names a figure."""
Values = Mapping[Key, Decimal]


@dataclass(frozen=True, slots=True)
class Term:
    """One figure of a sum.

    Parameters
    ----------
    sign : int
        1 or -1.
    key : hashable
        The figure.
    inputs : bool
        Whether only its negative values count: inputs to transformation.
    """

    sign: int
    key: Key
    inputs: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and what it must be the sum of.

    Parameters
    ----------
    rule : str
        Rule that asks for it.
    total : hashable
        The total.
    terms : tuple of Term
        Its parts.
    tolerance : Decimal
        Gap that is let pass. [unit of the figures]
    firm : bool
        Whether every edition keeps it, so that a figure may be judged by it alone.
    """

    rule: str
    total: Key
    terms: tuple[Term, ...]
    tolerance: Decimal
    firm: bool = True

    @property
    def keys(self) -> frozenset[Key]:
        """All its figures."""
        return frozenset((self.total, *(term.key for term in self.terms)))

    def expected(self, values: Values) -> Decimal:
        """What the parts give.

        Parameters
        ----------
        values : mapping
            Figures.

        Returns
        -------
        Decimal
            Their sum.
        """
        return sum((term.sign * (min(values[term.key], Decimal(0)) if term.inputs else values[term.key])
                    for term in self.terms), Decimal(0))  # fmt: skip

    def gap(self, values: Values) -> Decimal:
        """Total less parts.

        Parameters
        ----------
        values : mapping
            Figures.

        Returns
        -------
        Decimal
            0 where it closes.
        """
        return values[self.total] - self.expected(values)

    def holds(self, values: Values) -> bool:
        """Whether it closes.

        Parameters
        ----------
        values : mapping
            Figures.

        Returns
        -------
        bool
            True within the tolerance.
        """
        return abs(self.gap(values)) <= self.tolerance

    def closing(self, key: Key, values: Values) -> Decimal:
        """Value of one figure that would close it.

        Parameters
        ----------
        key : hashable
            One of its figures.
        values : mapping
            Figures.

        Returns
        -------
        Decimal
            The value.
        """
        if key == self.total:
            return self.expected(values)
        sign = sum(term.sign for term in self.terms if term.key == key)
        return values[key] + self.gap(values) / sign if sign else values[key]


@dataclass(frozen=True, slots=True)
class Repair:
    """One or two figures that would close sums.

    Parameters
    ----------
    how : {"power", "sign", "digits", "value", "swap"}
        What happened to the digits.
    values : mapping
        New values by figure: one, or two that change places.
    power : int
        Power of ten, for a slip.
    """

    how: str
    values: Mapping[Key, Decimal]
    power: int = 0


@dataclass(frozen=True, slots=True)
class Breach:
    """Broken sums that share figures, and what would mend them.

    Parameters
    ----------
    sums : tuple of Sum
        The broken sums.
    repair : Repair or None
        The one repair that closes all of them; ``None`` where there is none, or more than one.
    """

    sums: tuple[Sum, ...]
    repair: Repair | None


def find_breaches(sums: Iterable[Sum], values: Values) -> tuple[Breach, ...]:
    """Broken sums, together with those that share a figure with them.

    Parameters
    ----------
    sums : iterable of Sum
        All sums that the figures must keep.
    values : mapping
        Figures.

    Returns
    -------
    tuple of Breach
        In the order of the sums.
    """
    listed = tuple(sums)
    by_key: dict[Key, list[Sum]] = {}
    for one in listed:
        for key in one.keys:
            by_key.setdefault(key, []).append(one)
    broken = [one for one in listed if not one.holds(values)]
    return tuple(Breach(group, find_repair(group, by_key, values)) for group in _groups(broken))


def find_repair(broken: Sequence[Sum], by_key: Mapping[Key, Sequence[Sum]], values: Values) -> Repair | None:
    """The one repair that closes broken sums and breaks no other.

    Parameters
    ----------
    broken : sequence of Sum
        Broken sums that share figures.
    by_key : mapping of hashable to sequence of Sum
        All sums of each figure.
    values : mapping
        Figures.

    Returns
    -------
    Repair or None
        A slip, sign or exchange of digits before two figures that change places, those before any other value; ``None``
        where several would do.
    """
    shared = frozenset.intersection(*(one.keys for one in broken))
    order = [key for key in broken[0].keys if key in shared]
    spelled = [repair for key in order for repair in _spelled(key, values) if _closes(repair, broken, by_key, values)]
    plain_ones = [repair for repair in spelled if _meets(repair, broken, values)]
    if plain_ones:
        return plain_ones[0] if len(plain_ones) == 1 else None
    swaps = [repair for repair in _swaps(broken, values) if _closes(repair, broken, by_key, values)]
    if len(swaps) == 1:
        return swaps[0]
    others = [Repair("value", {key: broken[0].closing(key, values)}) for key in order]
    closing = [repair for repair in others if _closes(repair, broken, by_key, values)]
    firm = all(one.firm for one in broken)
    return closing[0] if len(closing) == 1 and not swaps and firm else None


def swap_digits(value: Decimal) -> Iterator[Decimal]:
    """Values whose two neighbouring digits changed places.

    Parameters
    ----------
    value : Decimal
        A figure.

    Yields
    ------
    Decimal
        Each once, none equal to the figure.
    """
    digits = [str(digit) for digit in value.normalize().as_tuple().digits]
    if len(digits) < FEWEST_DIGITS:
        return
    exponent = value.normalize().as_tuple().exponent
    for at, (first, second) in enumerate(pairwise(digits)):
        if first != second:
            changed = [*digits[:at], second, first, *digits[at + 2 :]]
            yield Decimal(f"{'-' if value < 0 else ''}{''.join(changed)}e{exponent}")


def _groups(broken: Sequence[Sum]) -> list[tuple[Sum, ...]]:
    """Broken sums joined where they share a figure."""
    groups: list[tuple[set[Key], list[Sum]]] = []
    for one in broken:
        joined = [group for group in groups if group[0] & one.keys]
        keys, members = set(one.keys), [one]
        for group in joined:
            keys |= group[0]
            members = group[1] + members
            groups.remove(group)
        groups.append((keys, members))
    return [tuple(members) for _, members in groups]


def _spelled(key: Key, values: Values) -> Iterator[Repair]:
    """What a slip of the pen makes of a figure."""
    value = values[key]
    if value == 0:
        return
    for power in POWERS:
        yield Repair("power", {key: value.scaleb(power)}, power)
    yield Repair("sign", {key: -value})
    for changed in swap_digits(value):
        yield Repair("digits", {key: changed})


def _swaps(broken: Sequence[Sum], values: Values) -> Iterator[Repair]:
    keys = sorted(frozenset.union(*(one.keys for one in broken)), key=str)
    for first, second in combinations(keys, 2):
        differs = values[first] != values[second] and 0 not in (values[first], values[second])
        if differs and all({first, second} & one.keys for one in broken):
            yield Repair("swap", {first: values[second], second: values[first]})


def _closes(repair: Repair, broken: Sequence[Sum], by_key: Mapping[Key, Sequence[Sum]], values: Values) -> bool:
    changed = {**values, **repair.values}
    touched = dict.fromkeys(one for key in repair.values for one in by_key.get(key, ()))
    return all(one.holds(changed) for one in (*broken, *touched))


def _meets(repair: Repair, broken: Sequence[Sum], values: Values) -> bool:
    changed = {**values, **repair.values}
    return all(abs(one.gap(changed)) * NEARER <= abs(one.gap(values)) for one in broken)
