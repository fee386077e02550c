"""Clashes: minimal sets of clauses and facts that cannot hold together, on which side and by which counting rules.

Invariant: a set is told once, under the first way of counting in which it was found, with all others beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dafeng.core.labels import Label
from dafeng.work.reconcile_words import EVERY, WayNames, explain_clash
from dafeng.work.target_answers import ClashSet
from dafeng.work.target_table import Told, Way


@dataclass(frozen=True, slots=True)
class Member:
    """One clause or fact in a clash.

    Parameters
    ----------
    address : str
        Its trace.
    label : Label
        What it says.
    target : str or None
        Target id where it is a clause of the city's own plan.
    above : bool
        Whether it stands in a plan above the city.
    """

    address: str
    label: Label
    target: str | None
    above: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """On which side targets cannot be kept, and by which counting rules.

    Parameters
    ----------
    beyond : bool
        Whether a lone target is exceeded, the upper side of “about”, rather than missed.
    ways : tuple of str
        Ids of the systems in which it is so.
    by : Label
        The counting rules in words: by name, or whether it is every rule or some.
    """

    beyond: bool
    ways: tuple[str, ...]
    by: Label


@dataclass(frozen=True, slots=True)
class Clash:
    """A minimal set of clauses and facts that cannot hold together.

    Parameters
    ----------
    id : str
        Id inside the run.
    year : int
        Year it speaks of.
    counting : str
        Which capacities were summed.
    reading : str
        ``band`` where “about” holds on both sides, ``least`` where it is read as at least.
    members : tuple of Member
        The set.
    slack : float
        Smallest amount by which one member must give way if the others hold. [unit]
    unit : str
        Unit of the slack.
    gives : Label
        Which member gives way at that amount.
    ways : tuple of (Label, float)
        Each member with the amount by which it alone would have to give way. [unit]
    address : str
        Address of its trace.
    explanation : Label
        In words.
    units : tuple of str
        Unit of the amount of each way.
    ways_of_counting : tuple of str
        Ids of the systems in which the set was found.
    error : float
        Distance of the linear picture and the model where the others hold, relative to the sizes of the rows; 0 where only
        capacities take part.
    relative : float
        The slack as a part of what gives way. [1]
    exceeded : tuple of str
        Ids of the systems in which a lone member is exceeded rather than missed.
    sides : tuple of Side
        The side that the explanation speaks of first; two where a lone target is missed by some rules and exceeded by others.
    """

    id: str
    year: int
    counting: str
    reading: str
    members: tuple[Member, ...]
    slack: float
    unit: str
    gives: Label
    ways: tuple[tuple[Label, float], ...]
    address: str
    explanation: Label
    units: tuple[str, ...] = ()
    ways_of_counting: tuple[str, ...] = ()
    error: float = 0.0
    relative: float = 0.0
    exceeded: tuple[str, ...] = ()
    sides: tuple[Side, ...] = ()

    @property
    def firm(self) -> bool:
        """Whether it stands even where “about” is read as at least."""
        return any(".least." in way for way in self.ways_of_counting)

    @property
    def above(self) -> bool:
        """Whether a plan above the city takes part."""
        return any(member.above for member in self.members)


def keep_clash(
    found: ClashSet,
    told: Mapping[str, Told],
    way: Way,
    names: WayNames,
    clashes: dict[tuple[str, ...], Clash],
) -> tuple[str, ...]:
    """Keep a set under the addresses of its members; one found under several ways of counting is told once.

    Parameters
    ----------
    found : ClashSet
        The set.
    told : mapping of str to Told
        What each row says.
    way : Way
        The way of counting it was found in.
    names : WayNames
        Names of the ways.
    clashes : dict
        Clashes by the addresses of their members; gets this one.

    Returns
    -------
    tuple of str
        Addresses of the members.
    """
    rows = {told[name].address: name for name in found.rows}
    key = tuple(sorted(rows))
    beyond = len(found.rows) == 1 and found.rows[0].endswith(":high")
    over = (way.id,) if beyond else ()
    if key in clashes:
        known = clashes[key]
        if way.id not in known.ways_of_counting:
            ways_known, over = (*known.ways_of_counting, way.id), (*known.exceeded, *over)
            clashes[key] = replace(known, ways_of_counting=ways_known, exceeded=over)
        return key
    members = tuple(Member(one.address, one.label, one.target, one.above) for one in (told[name] for name in rows.values()))
    units = tuple(told[name].unit for name in rows.values())
    ways = tuple((told[name].label, found.ways[name]) for name in rows.values())
    at = _least(found, tuple(rows.values()), units)
    year = max(told[name].year for name in rows.values())
    slack, unit, gives = ways[at][1], units[at], ways[at][0]
    explanation = explain_clash(names.head(way, year), [one.label for one in members], slack, unit, gives, beyond=beyond)
    clashes[key] = Clash(
        "",
        year,
        way.counting,
        way.reading,
        members,
        slack,
        unit,
        gives,
        ways,
        "",
        explanation,
        units,
        (way.id,),
        found.error,
        slack / found.sizes[tuple(rows.values())[at]],
        over,
    )
    return key


def tell_sides(clash: Clash, tested: Mapping[str, Way], names: WayNames) -> tuple[Side, ...]:
    """On which side the targets of a clash cannot be kept, and by which counting rules.

    Parameters
    ----------
    clash : Clash
        The clash.
    tested : mapping of str to Way
        All ways of counting by their ids.
    names : WayNames
        Their names.

    Returns
    -------
    tuple of Side
        That of its explanation first.
    """
    over = set(clash.exceeded)
    parts = {beyond: tuple(way for way in clash.ways_of_counting if (way in over) == beyond) for beyond in (False, True)}
    order = sorted(parts, key=lambda beyond: clash.ways_of_counting[0] not in parts[beyond])
    return tuple(
        Side(beyond, parts[beyond], names.part([tested[way] for way in parts[beyond]], tested.values()))
        for beyond in order
        if parts[beyond]
    )


def qualify(said: Label, clash: Clash) -> Label:
    """Words about a clash with the counting rules by which it stands as its explanation says.

    Parameters
    ----------
    said : Label
        The words.
    clash : Clash
        The clash.

    Returns
    -------
    Label
        With the rules in brackets; unchanged where every rule has it so.
    """
    by = clash.sides[0].by if clash.sides else EVERY
    return said if by == EVERY else Label(f"{said.zh}（{by.zh}）", f"{said.en} ({by.en})")


def _least(found: ClashSet, rows: Sequence[str], units: Sequence[str]) -> int:
    """Which member gives way least; amounts of different units are compared by the size of what they belong to."""
    alike = len(set(units)) == 1
    return min(range(len(rows)), key=lambda at: found.ways[rows[at]] / (1.0 if alike else found.sizes[rows[at]]))
